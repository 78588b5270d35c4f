"""The search: what of all conversations, open and closed, answers a few words, and where in them the words stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.cards import open_conversations
from deskkit.desk.finding import LIMIT, Index
from deskkit.desk.hits import around, places
from deskkit.text import clean, visible
from deskkit.views.words import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.desk.desk import Desk
    from deskkit.desk.hits import Hit
    from deskkit.views.desk.painter import Painter
    from deskkit.views.words import Words

__all__ = ["Searching"]

LONGEST: Final = 200  # characters that are searched for
FOLDED: Final = 500  # conversations made ready with each look
SHOWN: Final = 2  # places in which words stand
_BEFORE: Final = 11  # half columns before the first word, so that a narrow list shows it
_AFTER: Final = 80
_AROUND: Final = 200  # characters looked at around a word, more than are shown: no number is cut before it is masked
_LONGEST_SHOWN: Final = 2_000  # and of these once more, with hidden signs spelt out
LOOKED_AT: Final = 200_000  # characters looked at for one answer; what is found below stands there without its place


class Searching:
    """The search of one view; its index is made bit by bit, while nobody searches.

    Parameters
    ----------
    painter : Painter
        Draws the rows that were found.
    """

    def __init__(self, painter: Painter) -> None:
        self._painter = painter
        self._desk: Desk | None = None
        self._asked: dict[str, Any] | None = None
        self._matched: tuple[dict[str, Any], tuple[str, ...]] | None = None  # what was asked, and all that it matches
        self._shown: list[str] = []  # what a browser was told that a search found
        self._is_read = False
        self._index: Index

    def index(self, desk: Desk) -> Index:
        """Return the index, as far as it is read."""
        if self._desk is not desk:
            self._index, self._desk = Index(desk), desk
            if self._matched is not None:  # in a desk that is no more
                self._asked, self._matched = self._matched[0], None
        return self._index

    def look(self, desk: Desk) -> None:
        """Read what was said in open conversations, which a reply may be compared with."""
        index = self.index(desk)
        for name in open_conversations(desk):
            index.look(desk.conversation(name))

    def ready(self, desk: Desk) -> Index:
        """Return the index, a little further read."""
        index = self.index(desk)
        self._is_read = index.read_on(FOLDED)
        return index

    def ask(self, message: dict[str, Any]) -> None:
        """Take what a browser searches; what it searched before is no longer wanted."""
        self._asked, self._matched = message, None

    def answer(self, desk: Desk, *, say: Words, now: int, waits: bool = False) -> dict[str, Any] | None:
        """Read the index on; return the answer to what was asked last, else what became of the rows that were found.

        None where there is neither, or not yet. Matching and drawing are work for two looks: of ten thousand
        conversations both would hold the kernel too long.

        Parameters
        ----------
        desk : Desk
        say : Words
        now : int
            Milliseconds.
        waits : bool, default False
            Whether to wait for all of it, which may take seconds.
        """
        self.ready(desk)
        if self._asked is not None and (waits or self._is_read):
            message, self._asked = self._asked, None
            self._matched = message, self.index(desk).all(_query(message))
            if not waits:
                return None
        if self._matched is None:
            return self.renewed(desk, say=say, now=now)
        (message, found), self._matched = self._matched, None
        return self._drawn(message, found, desk, say=say, now=now)

    def renewed(self, desk: Desk, *, say: Words, now: int) -> dict[str, Any] | None:
        """Return the rows of what was found that something happened to: a closed one stands in no other list."""
        touched, all_is_new = self._painter.taken()
        known = (name for name in self._shown if desk.conversations.find(name) >= 0)
        names = [name for name in known if all_is_new or name in touched]
        return {"type": "rows", "rows": self._painter.found(desk, names, say=say, now=now)} if names else None

    def found(self, message: dict[str, Any], desk: Desk, *, say: Words, now: int) -> dict[str, Any]:
        """Return the answer to what a browser searches."""
        return self._drawn(message, self.index(desk).all(_query(message)), desk, say=say, now=now)

    def _drawn(
        self, message: dict[str, Any], found: tuple[str, ...], desk: Desk, *, say: Words, now: int
    ) -> dict[str, Any]:
        query, index, names = _query(message), self.index(desk), found[:LIMIT]
        shown = say.personal(query)  # the search itself looks at what was written
        text = say("{n} found for “{query}”, open and closed, newest first", n=len(found), query=shown)
        if len(found) > LIMIT:
            text = say(
                "the newest {n} of {all} found for “{query}”, open and closed",
                n=len(names), all=len(found), query=shown,
            )  # fmt: skip
        rows = self._painter.found(desk, names, say=say, now=now)
        self._shown = list(rows)
        return {
            "type": "found", "ask": message["ask"], "query": query, "total": len(found), "ids": list(rows),
            "rows": rows, "text": text,
            "hits": _shown_of(index, rows, query, say),
        }  # fmt: skip


def _query(message: dict[str, Any]) -> str:
    return clean(message["query"][:LONGEST]).strip()


def _shown_of(index: Index, names: Iterable[str], query: str, say: Words) -> dict[str, list[dict[str, Any]]]:
    """Return where words stand in conversations, as far as there is time for it."""
    made: dict[str, list[dict[str, Any]]] = {}
    left = LOOKED_AT
    for name in names:
        made[name] = []
        for hit in index.why(name, query)[:SHOWN] if left > 0 else ():
            text = _as_shown(hit, say)[:_LONGEST_SHOWN]
            left -= len(text)
            made[name].append(_shown(hit, text, say))
    return made


def _shown(hit: Hit, text: str, say: Words) -> dict[str, Any]:
    """Return where words stand: what that is called, and its text in pieces, each with whether it is what was sought.

    Of a long text the part around the first word is shown. A word that masking hides is not marked.
    """
    spans = places(text, hit.words)
    before = text[: spans[0][0]] if spans else ""
    begin = len(before) - len(shortened(before[::-1], _BEFORE).removesuffix("…"))
    end = len(shortened(text[begin:], _AFTER).removesuffix("…")) + begin
    pieces: list[list[Any]] = [["…", False]] if begin else []
    for start, stop in spans:
        if start >= end:
            break
        pieces += [[text[begin:start], False], [text[start : min(stop, end)], True]]
        begin = min(stop, end)
    pieces += [[text[begin:end], False], ["…" if end < len(text) else "", False]]
    return {"k": _title(hit, say), "x": [one for one in pieces if one[0]]}


def _as_shown(hit: Hit, say: Words) -> str:
    if hit.where == "tag":
        named = say.tag(hit.text)
        return named if places(named, hit.words) else f"{named} ({visible(say.personal(hit.text))})"
    if hit.where == "field":
        return visible(say.field(hit.about, hit.text))
    text = around(hit.text, hit.words, before=_AROUND, after=2 * _AROUND)
    return " ".join(visible(say.personal(text)).split())


def _title(hit: Hit, say: Words) -> str:
    """Return what a place is called; a message needs no name."""
    if hit.where == "field":
        return visible(say.personal(hit.about))
    named = {
        "note": say("Note"), "customer": say("Customer"), "agent": say("Agent"), "tag": say("Tag"), "id": say("Id"),
    }  # fmt: skip
    return named.get(hit.where, "")
