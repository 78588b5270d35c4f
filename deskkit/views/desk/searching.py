"""The search: what of all conversations, open and closed, answers a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.finding import LIMIT, Index
from deskkit.text import clean

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk
    from deskkit.views.desk.painter import Painter
    from deskkit.views.words import Words

__all__ = ["Searching"]

LONGEST: Final = 200  # characters that are searched for
FOLDED: Final = 500  # conversations made ready with each look


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
        found = self.ready(desk).all(query)
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
        }  # fmt: skip
