"""The search: what of all conversations, open and closed, answers a few words, and where in them the words stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.finding import LIMIT, Index
from deskkit.desk.hits import places
from deskkit.text import clean, visible
from deskkit.views.words import shortened

if TYPE_CHECKING:
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
        self._index: Index

    def ready(self, desk: Desk) -> Index:
        """Return the index, a little further read."""
        if self._desk is not desk:
            self._index, self._desk = Index(desk), desk
        self._index.read_on(FOLDED)
        return self._index

    def found(self, message: dict[str, Any], desk: Desk, *, say: Words, now: int) -> dict[str, Any]:
        """Return the answer to what a browser searches."""
        query = clean(message["query"][:LONGEST]).strip()
        index = self.ready(desk)
        found = index.all(query)
        names = found[:LIMIT]
        shown = say.personal(query)  # the search itself looks at what was written
        text = say("{n} found for “{query}”, open and closed, newest first", n=len(found), query=shown)
        if len(found) > LIMIT:
            text = say(
                "the newest {n} of {all} found for “{query}”, open and closed",
                n=len(names), all=len(found), query=shown,
            )  # fmt: skip
        rows = self._painter.found(desk, names, say=say, now=now)
        return {
            "type": "found", "ask": message["ask"], "query": query, "total": len(found), "ids": list(rows),
            "rows": rows, "text": text,
            "hits": {name: [_shown(hit, say) for hit in index.why(name, query)[:SHOWN]] for name in rows},
        }  # fmt: skip


def _shown(hit: Hit, say: Words) -> dict[str, Any]:
    """Return where words stand: what that is called, and its text in pieces, each with whether it is what was sought.

    Of a long text the part around the first word is shown. A word that masking hides is not marked.
    """
    text = _as_shown(hit, say)
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
    text = hit.text
    if len(text) > 2 * _AROUND and (spans := places(text, hit.words)):
        text = text[max(0, spans[0][0] - _AROUND) : spans[0][0] + 2 * _AROUND]
    return " ".join(visible(say.personal(text)).split())


def _title(hit: Hit, say: Words) -> str:
    """Return what a place is called; a message needs no name."""
    if hit.where == "field":
        return visible(say.personal(hit.about))
    named = {
        "note": say("Note"), "customer": say("Customer"), "agent": say("Agent"), "tag": say("Tag"), "id": say("Id"),
    }  # fmt: skip
    return named.get(hit.where, "")
