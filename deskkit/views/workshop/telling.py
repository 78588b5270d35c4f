"""How the rules workshop tells a browser what it knows: versions, spans, differences, what came of a deed; as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.clock import instant, moment
from deskkit.desk.events import ConversationOpened
from deskkit.measures.summary import word
from deskkit.sample import is_passing
from deskkit.text import visible
from deskkit.views.words import LONGEST_NAME, shortened
from deskkit.views.workshop.draft import mark_of
from deskkit.views.workshop.labels import labels
from deskkit.views.workshop.versions import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.log import EventLog
    from deskkit.views.words import Words
    from deskkit.views.workshop.draft import Draft
    from deskkit.views.workshop.versions import Version, Versions

__all__ = [
    "DAYS", "REFUSED", "SHOWN", "author", "checked", "greeting", "instead_of_live", "newer", "sentences",
    "shown_lines", "since", "spans", "told", "untaken", "version_rows",
]  # fmt: skip

DAYS: Final = (1, 7, 30)
SHOWN: Final = 100  # versions
_READ: Final = 5_000  # events looked at in one go


def since(log: EventLog, days: int, *, zone: str) -> int | None:
    """Return when the last days began on which conversations did, milliseconds; None where all of the log is as young.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> at = [day * 86_400_000 + 7_200_000 for day in (0, 1, 5)]
    >>> for one in at:
    ...     fact = ConversationOpened(at=one, source="t", source_id=str(one), conversation="c", customer="u")
    ...     _ = log.append([fact], received_at=0)
    >>> since(log, 2, zone="UTC"), since(log, 3, zone="UTC")
    (86400000, None)
    """
    seen: set[str] = set()
    end = log.last_seq()
    while end > 0 and len(seen) <= days:
        begin = max(0, end - _READ)
        for stored in log.read(begin, until=end, kinds=[ConversationOpened]):
            seen.add(moment(stored.at, zone=zone)[:10])
        end = begin
    return instant(f"{sorted(seen)[-days]}T00:00", zone=zone) if len(seen) > days else None


def spans(say: Words) -> list[dict[str, Any]]:
    """Return the spans that a trial can go over, besides the whole log."""

    def text(days: int) -> str:
        if days == 1:
            return say("the last day with conversations")
        return say("the last {n} days with conversations", n=days)

    return [{"k": days, "text": text(days)} for days in DAYS]


def author(one: Version, called: Callable[[str], str], *, say: Words) -> str:
    """Return who put a version live, by the name of the account."""
    if not one.by:
        return say("whoever started the desk")
    return shortened(visible(called(one.by)[:LONGEST_NAME]), LONGEST_NAME)


def greeting(log: EventLog, *, kept_as: str, say: Words) -> dict[str, Any]:
    """Return what a browser is told once: the words, and under what it keeps a text that is not live yet.

    A log that ends with its kernel is another one after it: there the text is kept by where it was written alone.
    `kept_as` tells this workshop from others in the notebook.
    """
    of = "" if is_passing(log) else f"{log.url}|{log.identity()}"
    return {"labels": labels(say), "language": say.language, "key": f"{of}|{kept_as}"}


def checked(draft: Draft, *, may_live: bool, say: Words) -> dict[str, Any]:
    """Return what is known of a text, without its forms."""
    return {
        "faults": [one.told(say.translate) for one in draft.faults],
        "warnings": [one.told(say.translate) for one in draft.warnings],
        "state": _state(draft, may_live=may_live, say=say),
        "back": draft.can_go_back, "changed": draft.text != draft.begun.text,
        "begun": draft.origin, "text": draft.text, "turn": draft.turn,
        "title": visible(say.personal(draft.policy.name)), "print": draft.policy.fingerprint,
    }  # fmt: skip


def _state(draft: Draft, *, may_live: bool, say: Words) -> str:
    if draft.faults:
        return say("{n} to mend; the last valid policy stays in use", n=len(draft.faults))
    if draft.text == draft.begun.text:
        return say("Valid; as it is in force") if may_live else say("Valid; nothing is changed yet")
    return say("Valid; changed, not live yet") if may_live else say("Valid; changed")


def version_rows(versions: Sequence[Version], called: Callable[[str], str], *, say: Words) -> list[dict[str, Any]]:
    """Return the latest versions as rows."""
    return [
        {
            "n": one.n, "seq": one.seq, "when": say.clock(one.at), "who": author(one, called, say=say),
            "print": one.fingerprint,
        }
        for one in versions[:SHOWN]
    ]  # fmt: skip


def shown_lines(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let hidden characters of a difference be seen."""
    return [line | {"parts": [(visible(text), changed) for text, changed in line["parts"]]} for line in lines]


def untaken(draft: Draft, message: dict[str, Any]) -> dict[str, Any]:
    """Return what a window is told whose text was not taken: the text that is there, and what differs."""
    lines = shown_lines(difference(draft.text, message["text"]))
    return {
        "type": "untaken", "to": message["window"], "n": message["n"], "turn": draft.turn, "text": draft.text,
        "lines": lines,
    }  # fmt: skip


REFUSED: Final = word("Not done: the form holds what was refused. Mend it, or ask again to leave it out")
"""What a window is told that used the text before it saw what became of its last change."""


def told(text: str, *, wrong: bool = False, details: Sequence[str] = (), to: str | None = None) -> dict[str, Any]:
    """Return what is said above the text, in one window or in all."""
    return {"type": "said", "text": text, "wrong": wrong, "details": list(details), "to": to}


def instead_of_live(draft: Draft, versions: Versions, message: dict[str, Any], *, say: Words) -> dict[str, Any] | None:
    """Return what is told instead of putting a text live; None where it may be."""
    if not draft.is_valid:
        return told(say("First mend what is wrong: only a valid policy can be put live"), wrong=True)
    last = versions.newest
    if last is None:
        return None
    if last.text == draft.text:
        return told(say("This very policy is in force already"))
    if draft.origin == mark_of(last.text) or message.get("saw") == last.seq:
        return None
    return overtaken(last, draft, versions.called, to=message["window"], say=say)


def newer(versions: Versions, draft: Draft, *, say: Words) -> dict[str, Any] | None:
    """Return what is told of a version that a colleague put live; None of one that is the text already.

    Parameters
    ----------
    versions : Versions
    draft : Draft
        As it was until now: an untouched text is about to become the version, and `see` is the one it was.
    say : Words
    """
    every = versions.all()
    last, who = every[0], author(every[0], versions.called, say=say)
    if last.text == draft.text:
        return None
    if draft.text != draft.begun.text:
        return told(say("{who} put another version live: see Versions", who=who))
    text = say("{who} put version {n} live ({time}); what you see is that", who=who, n=last.n, time=say.clock(last.at))
    return told(text) | {"see": next((one.seq for one in every if one.text == draft.text), None)}


def overtaken(last: Version, draft: Draft, called: Callable[[str], str], *, to: str, say: Words) -> dict[str, Any]:
    """Return what a window is asked before it puts a text live over a colleague's version."""
    who = author(last, called, say=say)
    text = say("{who} put another version live meanwhile: see what yours would undo", who=who)
    lines = shown_lines(difference(last.text, draft.text))
    return {"type": "overtaken", "to": to, "seq": last.seq, "text": text, "lines": lines}


def sentences(told: object) -> list[str]:
    """Return what is said of a deed, each with whom it is about.

    Examples
    --------
    >>> sentences([{"about": "Li Na", "text": "Archived"}, {"about": "", "text": "Policy put live"}])
    ['Li Na: Archived', 'Policy put live']
    """
    found = [(str(one.get("about", "")), str(one.get("text", ""))) for one in told] if isinstance(told, list) else []
    return [f"{about}: {text}" if about else text for about, text in found]
