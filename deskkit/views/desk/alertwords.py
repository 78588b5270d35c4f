"""Every word that the browser's half of the Alerts tab shows by itself, and what it is to know of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import columns as k
from deskkit.desk.checks import TOPICS
from deskkit.views.desk.alertboard import channels, outcomes
from deskkit.views.desk.labels import NOT_DONE
from deskkit.views.words import level_mark

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk
    from deskkit.views.words import Words

__all__ = ["setup"]

QUIETS: Final = (900_000, 3_600_000, 14_400_000)


def setup(desk: Desk, *, say: Words, me: str) -> dict[str, Any]:
    """Return what a browser has to know before anything rings.

    Parameters
    ----------
    desk : Desk
    say : Words
    me : str
    """
    levels = [{"k": level, "text": f"{level_mark(level)} {say.level_title(level)}"} for level in range(k.LEVELS)]
    quiets = [{"ms": ms, "text": say.span(ms)} for ms in QUIETS]
    hint = "" if me in desk.profiles else say("You are no agent of this desk: nothing is addressed to you")
    return {
        "labels": _labels(say), "language": say.language, "hint": hint, "levels": levels[::-1],
        "events": [{"k": event, "text": say.event(event)} for event in TOPICS],
        "marks": [level_mark(level) for level in range(k.LEVELS)],
        "quiets": [*quiets, {"ms": 0, "text": say("until I end it")}],
    }  # fmt: skip


def _labels(say: Words) -> dict[str, str]:
    word = say.translate  # the browser fills in what stands in braces
    said = {f"did_{name.replace(' ', '_')}": text for name, text in outcomes(say).items()}
    return said | {f"channel_{name}": text for name, text in channels(say).items()} | {
        "about_badge": word("the number of conversations to look at, before the page's title"),
        "about_flash": word("rows and tabs of the list flash once a second"),
        "about_popup": word("in a corner of the page; a click opens the conversation"),
        "actions": word("Actions"),
        "all_sounds": word("All sounds"),
        "channel": word("Channel"),
        "channels": word("How I am told"),
        "choose": word("Choose a file"),
        "close": word("Close"),
        "desktop_ask": word("Allow notifications"),
        "desktop_default": word("The browser has not been asked yet."),
        "desktop_denied": word(
            "Denied. Allow notifications for this page in the browser's settings (the sign before its address), "
            "then load it anew."
        ),
        "desktop_granted": word("Allowed"),
        "desktop_unsupported": word("Not possible here: the page needs https, or this very machine."),
        "flash_still": word("The system asks for less motion: a frame is shown instead."),
        "not_done": word(NOT_DONE),
        "no_sound": word("The browser cannot play this file."),
        "of": word("Of"),
        "other_tab": word("Another browser tab of this desk makes the noise."),
        "own_file": word("Own sound"),
        "play": word("Play"),
        "push_sending": word("Push: being sent …"),
        "quiet": word("Quiet for me:"),
        "quiet_end": word("End it"),
        "quiet_note": word("Then only popups and the number in the title; the ladder goes on, and so does push."),
        "quiet_on": word("until I end it"),
        "quiet_until": word("until {time}"),
        "remove": word("Remove"),
        "sound_blocked": word("Silent until something was clicked on this page."),
        "sound_on": word("Turn sounds on"),
        "sound_running": word("Sounds are on."),
        "sound_unsupported": word("This browser plays no sounds."),
        "sounds": word("Sounds and volume"),
        "sounds_note": word(
            "How high a tone is tells the level, its figure the event. An own file for an event goes before one for "
            "a level. All of this is kept in this browser."
        ),
        "state": word("State"),
        "test": word("Test"),
        "test_name": word("A test"),
        "test_what": word("This is how an urgent notice looks."),
        "too_large": word("A sound may have 2 MB at most."),
        "volume": word("Volume"),
    }  # fmt: skip
