"""The wallboard beside the desk, and as a page of its own: the measures of a report, live, readable across a room.

The numbers are worked out elsewhere (see `deskkit.views.desk.reckoner`), at most every few seconds and for a quarter
of the time at most; here they are put into words and sent. What is shown says how old it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskkit.views.desk.reckoner import reckoner
from deskkit.views.desk.shell import COMMON
from deskkit.views.desk.wallwords import listed, spoken, wall_labels
from deskkit.views.door import Door
from deskkit.views.heard import Heard
from deskkit.views.spoken import LANGUAGE_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.log import EventLog
    from deskkit.views.words import Words

__all__ = ["Wallboard", "look", "source"]

_THERE: Final = Path(__file__).parent / "wall"
EVERY_MS: Final = 5_000
SOON_MS: Final = 1_000
SHARE: Final = 4  # of the time it works at most one part in so many
BEAT_MS: Final = 2_000
GONE_MS: Final = 150_000  # browsers let the timers of a page behind others run once a minute


def source() -> str:
    """Return the one module that a browser loads."""
    files = [*COMMON, *(_THERE / name for name in ("chart.js", "behind.js", "wall.js"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def look() -> str:
    """Return its style."""
    return (_THERE / "wall.css").read_text(encoding="utf-8")


class _Shell(Heard):
    _esm = source()
    _css = look()

    def __repr__(self) -> str:
        return "Wallboard"


class Wallboard:
    """A wallboard.

    Parameters
    ----------
    log : EventLog
        Only read.
    hear : callable, optional
        Told what else a hand asks for, such as opening a conversation; without it none can be opened.
    name : callable, optional
        Given a conversation and words, what its customer is called.
    driven : callable, optional
        Given words, what is to be said of who runs the desk; see `deskkit.views.driven`.
    large : bool, default False
        Whether it fills the page from the beginning.
    speaks : sequence of str
        The languages of its own switch; beside the desk it speaks as the desk does.

    Attributes
    ----------
    widget : anywidget.AnyWidget
    reckoner : Reckoner
        Who works out the numbers.
    door : Door
    """

    def __init__(
        self,
        log: EventLog,
        *,
        hear: Callable[[dict[str, Any]], None] | None = None,
        name: Callable[[str, Words], str] | None = None,
        driven: Callable[[Words], str] | None = None,
        large: bool = False,
        speaks: Sequence[str] = (),
    ) -> None:
        self.widget = _Shell()
        self._log, self._hear, self._name, self._large, self._speaks = log, hear, name, large, speaks
        self.reckoner, self.door = reckoner(log), Door()
        self._driven, self._told_driven = driven, ""
        self._board: dict[str, Any] = {}
        self._fault = ""
        self._made_at = self._asked_at = self._beat_at = self._heard_at = 0  # of the wall's clock
        self._asked_for: tuple[int, int] | None = None
        self._hears, self._is_new = False, False
        self._is_called = False  # by a browser, since it was drawn last
        self._said: Words | None = None
        self.widget.on_msg(lambda _widget, message, _buffers: self.hear(message))

    def title(self, say: Words) -> str:
        """Return what its tab is called."""
        return say("Wallboard")

    def hear(self, message: object) -> None:
        """Do what a browser asks for."""
        self._heard(self.door.heard(message))

    def _heard(self, message: dict[str, Any]) -> None:
        self._is_called = True
        match message.get("type"):
            case "hello":
                self._is_new = self._is_new or not self._hears or not message.get("again")
                self._hears = True
            case "behind":
                of = {key: self._board[key] for key in ("now", "zone") if key in self._board}
                group = message.get("group") or ""
                self.reckoner.ask({"do": "behind", "measure": message["measure"], "group": group} | of)
        if self._hear is not None:
            self._hear(message)

    def draw(self, *, say: Words, at: int, speed: float, real: int, anyway: bool = False) -> None:
        """Send what was worked out since, and have it worked out anew where that is due; it never waits.

        Parameters
        ----------
        say : Words
        at, real : int
            The desk's clock and the wall's, milliseconds.
        speed : float
            How fast the desk's clock runs.
        anyway : bool, default False
            Whether something was just done, so that nobody waits until the numbers are due.
        """
        if self._is_called:
            self._is_called, self._heard_at = False, real
        elif real - self._heard_at > GONE_MS:  # its cell was run again, or its page went without a word
            self._hears = False
        if not self._hears:
            return
        self._ask(at, real, zone=say.zone, soon=anyway)
        for told in self.reckoner.heard():
            self._hear_of(told, say, at=at, real=real)
        told_driven = "" if self._driven is None else self._driven(say)
        if self._is_new or say is not self._said or told_driven != self._told_driven:
            self._told_driven = told_driven
            self._is_new, self._said = False, say
            self._send_board(say, at, speed, real)
        elif real - self._beat_at >= BEAT_MS:
            self._beat_at = real
            self.widget.send({"type": "beat"})

    def _ask(self, at: int, real: int, *, zone: str, soon: bool) -> None:
        pause = max(SOON_MS if soon else EVERY_MS, SHARE * int(self._board.get("took_ms", 0)))
        if self.reckoner.is_busy or (self._asked_for is not None and real - self._asked_at < pause):
            return
        wanted = (at // 1_000, self._log.last_seq())
        self._asked_at = real
        if wanted != self._asked_for or self._fault:
            self._asked_for = wanted
            self.reckoner.ask({"do": "board", "now": at, "zone": zone})

    def _hear_of(self, told: dict[str, Any], say: Words, *, at: int, real: int) -> None:
        match told["is"]:
            case "board":
                self._board, self._made_at, self._fault, self._is_new = told, real, "", True
            case "behind":
                self.widget.send({"type": "behind"} | listed(told, say, now=at, name=self._name))
            case "fault":
                self._fault, self._is_new = str(told["text"]), True

    def _send_board(self, say: Words, at: int, speed: float, real: int) -> None:
        self._beat_at = real
        fault = say("The numbers cannot be worked out now: {why}", why=self._fault) if self._fault else ""
        head = {
            "type": "wall", "at": at, "speed": speed, "labels": wall_labels(say), "fault": fault,
            "driven": self._told_driven, "large": self._large,
            "languages": [
                {"k": one, "text": LANGUAGE_NAMES[one], "lang": one, "on": one == say.language} for one in self._speaks
            ],
            "still": speed == 0,
            "age_ms": real - self._made_at, "every_ms": max(EVERY_MS, SHARE * int(self._board.get("took_ms", 0))),
        }  # fmt: skip
        self.widget.send(head | (spoken(self._board, say) if self._board else {"sections": []}))

    def send(self, message: dict[str, Any]) -> None:
        """Do nothing: on a wallboard no deed is done."""

    def close(self) -> None:
        """Take it off every page, and give back the process that works for it."""
        self._hears = False
        self.reckoner.close()
        self.widget.close()
