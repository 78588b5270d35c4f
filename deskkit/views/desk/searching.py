"""The search: what of all conversations, open and closed, answers a few words, and where in them the words stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk.cards import open_conversations
from deskkit.desk.events import FACETS
from deskkit.desk.finding import LIMIT, Index
from deskkit.desk.hits import around, places
from deskkit.desk.narrowing import Wanted, narrowed
from deskkit.text import clean, visible
from deskkit.views.desk.whom import Whom
from deskkit.views.words import shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

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
_NOBODY: Final = "\0"  # as a browser says that no agent has it
LOOKED_AT: Final = 200_000  # characters looked at for one answer; what is found below stands there without its place


class _Search(msgspec.Struct):
    """What one page searches, what it was told was found, whether it waits for an answer, and all that matches."""

    message: dict[str, Any]
    shown: Sequence[str]
    waits: bool = True
    matches: tuple[str, ...] | None = None


class Searching:
    """The searches of one view, one of each page that shows it; the index is made bit by bit, while nobody searches.

    Parameters
    ----------
    painter : Painter
        Draws the rows that were found.
    waits : bool, default False
        Whether whoever asks waits for all of it, which may take seconds: as where no look follows.
    """

    def __init__(self, painter: Painter, *, waits: bool = False) -> None:
        self._painter, self._waits = painter, waits
        self._desk: Desk | None = None
        self._searches: dict[str, _Search] = {}  # by page, the one that asked last comes last
        self._old: set[str] = set()  # what was found and is to be drawn anew
        self._is_read = False
        self._whom = Whom()
        self._index: Index

    def index(self, desk: Desk) -> Index:
        """Return the index, as far as it is read."""
        if self._desk is not desk:
            self._index, self._desk = Index(desk), desk
            for search in self._searches.values():
                search.matches = None  # in a desk that is no more
        return self._index

    def look(self, desk: Desk) -> None:
        """Read what was said in open conversations, which a reply may be compared with."""
        index = self.index(desk)
        for name in open_conversations(desk):
            index.look(desk.exactly(name))

    def ready(self, desk: Desk) -> Index:
        """Return the index, a little further read."""
        index = self.index(desk)
        self._is_read = index.read_on(FOLDED)
        return index

    def ask(self, message: dict[str, Any]) -> None:
        """Take what a page searches, or whom it looks for; what it searched before is no longer wanted."""
        if message.get("type") == "whom":
            self._whom.ask(message)
            return
        page = message.get("page", "")
        before = self._searches.pop(page, None)
        self._searches[page] = _Search(message, before.shown if before else ())

    def keep(self, pages: Collection[str]) -> None:
        """Forget what was searched on any other page: it is gone."""
        self._whom.keep(pages)
        self._searches = {page: search for page, search in self._searches.items() if page in pages}

    def answer(self, desk: Desk, *, say: Words, now: int) -> dict[str, Any] | None:
        """Read the index on; return the answer to one page that waits for it, else what became of what was found.

        None where there is neither, or not yet. Matching and drawing are work for two looks: of ten thousand
        conversations both would hold the kernel too long, and so would the searches of two pages.

        Parameters
        ----------
        desk : Desk
        say : Words
        now : int
            Milliseconds.
        """
        index = self.ready(desk)
        if self._waits and not index.has_met_all:
            index.meet_all()
        if (whom := self._whom.answer(desk, index, say=say, now=now, waits=self._waits)) is not None:
            return whom
        search = next((one for one in self._searches.values() if one.waits), None)
        if search is None or not (self._waits or self._is_read):
            return self.renewed(desk, say=say, now=now)
        if search.matches is None:
            search.matches = self._matching(search.message, desk, say=say)
            if not self._waits:
                return None
        search.waits = False
        return self._drawn(search, desk, say=say, now=now)

    def renewed(self, desk: Desk, *, say: Words, now: int) -> dict[str, Any] | None:
        """Return the rows of what was found that something happened to: a closed one stands in no other list.

        Of many that several pages found, the rest comes with the next looks.
        """
        touched, all_is_new = self._painter.taken()
        shown = dict.fromkeys(name for search in self._searches.values() for name in search.shown)
        self._old = {name for name in shown if all_is_new or name in touched or name in self._old}
        known = [name for name in shown if name in self._old and desk.conversations.find(name) >= 0]
        names = known if self._waits else known[:LIMIT]
        self._old -= set(names)
        return {"type": "rows", "rows": self._painter.found(desk, names, say=say, now=now)} if names else None

    def found(self, message: dict[str, Any], desk: Desk, *, say: Words, now: int) -> dict[str, Any]:
        """Return the answer to what a browser searches."""
        matches = self._matching(message, desk, say=say)
        return self._drawn(_Search(message, (), matches=matches), desk, say=say, now=now)

    def _matching(self, message: dict[str, Any], desk: Desk, *, say: Words) -> tuple[str, ...]:
        """Return all that a browser searches: by words, by what it is narrowed to, or by both."""
        index, query, filters = self.index(desk), _query(message), message.get("filters", {})
        found = index.all(query) if query else index.every() if filters else ()
        return narrowed(desk, found, _wanted(filters, desk, say)) if filters else found

    def _drawn(self, search: _Search, desk: Desk, *, say: Words, now: int) -> dict[str, Any]:
        message, found, search.matches = search.message, search.matches or (), None
        query, index, names = _query(message), self.index(desk), found[:LIMIT]
        is_any = "stage" not in message.get("filters", {})
        text = _caption(query, len(names), len(found), say, is_any=is_any)
        rows = self._painter.found(desk, names, say=say, now=now)
        search.shown = list(rows)
        return {
            "type": "found", "page": message.get("page", ""), "ask": message["ask"], "query": query,
            "total": len(found), "ids": list(rows), "rows": rows, "text": text,
            "hits": _shown_of(index, rows, query, say),
        }  # fmt: skip


def _query(message: dict[str, Any]) -> str:
    return clean(message["query"][:LONGEST]).strip()


def _caption(query: str, n: int, of: int, say: Words, *, is_any: bool) -> str:
    """Say how much was found, and whether of any stage; the search looks at what was written, not at what is shown."""
    shown = say.personal(query)
    if query and not is_any and n < of:
        return say("the newest {n} of {all} found for “{query}”", n=n, all=of, query=shown)
    if query and not is_any:
        return say("{n} found for “{query}”, newest first", n=n, query=shown)
    if query and n < of:
        return say("the newest {n} of {all} found for “{query}”, open and closed", n=n, all=of, query=shown)
    if query:
        return say("{n} found for “{query}”, open and closed, newest first", n=n, query=shown)
    return say("the newest {n} of {all} found", n=n, all=of) if n < of else say("{n} found, newest first", n=n)


def _wanted(filters: Mapping[str, str], desk: Desk, say: Words) -> Wanted:
    """Return what a browser narrows to; what it says of tags is what a row shows of them."""
    level, agent = filters.get("level"), filters.get("agent")
    tags = tuple(
        (number, {tag for tag in desk.tags.known() if visible(say.personal(tag)) == filters[facet]})
        for number, facet in enumerate(FACETS)
        if facet in filters
    )
    return Wanted(
        level=None if level is None else int(level) if level.isdecimal() else -1,
        stage=filters.get("stage"),
        group=filters.get("group"),
        agent="" if agent == _NOBODY else agent,
        tags=tags,
    )


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
