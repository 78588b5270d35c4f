"""Rows of a table as facts, by a column map: a row is a whole conversation (a call), or one message.

What is taken for given is counted in the report. A call says nothing, so its arrival at the queue stands for
the customer's first words and its answer for the first reply; both are of the content type ``call`` and without
text. Instants of a row that contradict one another are counted as conflicting and put in order: waiting begins
not before the call, an answer comes not before the waiting.

This module knows no file and no log.
"""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    CustomerLeft,
    CustomerSet,
    CustomerWrote,
    Fact,
    NoteWritten,
    OwnerSet,
    PrioritySet,
    Rated,
    Resolved,
    SystemWrote,
    TagSet,
)
from deskkit.errors import FactError
from deskkit.feeds.customers import customer_fields
from deskkit.feeds.report import brief
from deskkit.feeds.table_openers import Openers
from deskkit.feeds.table_values import word_of
from deskkit.text import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskkit.feeds.columnmap_model import Spec
    from deskkit.feeds.table_reader import Cells, TableReader

__all__ = ["TableFacts"]

_CALL: Final = "call"
_ORDER: Final = (("waiting", "opened"), ("answered", "waiting"), ("left", "waiting"), ("ended", "answered"))
_REMEMBERED: Final = (
    20_000  # messages without id, to tell equal ones apart; conversations of which something was assumed
)


_NAMED: Final = 20  # words that the map gives no level, by name


class TableFacts:
    """Turns rows into facts; keeps what it needs to tell equal messages apart.

    Parameters
    ----------
    spec : Spec
    reader : TableReader

    Attributes
    ----------
    openers : Openers
        Who began the conversations of the messages so far.
    """

    def __init__(self, spec: Spec, reader: TableReader) -> None:
        self._spec, self._reader = spec, reader
        self.openers = Openers()
        self._seen: Counter[str] = Counter()
        self._taken: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._no_levels: set[str] = set()

    def skipped(self, row: Sequence[object]) -> str:
        """Return the rule by which the map leaves a row out; empty if it does not."""
        cells = self._reader.cells(row)
        for rule in self._spec.skip:
            word = cells.word(rule.column)
            if word in rule.values:
                return f"{rule.column} = {word}"
        return ""

    def of(self, row: Sequence[object]) -> list[Fact]:
        """Return the facts of a row, in order of time.

        Raises
        ------
        FactError
            The row lacks what the map needs; `problem` says what.
        """
        cells = self._reader.bare(row)
        times = self._reader.instants(cells)
        facts = list(self._message(cells, times) if self._spec.rows == "message" else self._call(cells, times, row))
        facts.sort(key=attrgetter("at"))
        return facts

    # ------------------------------------------------------------ a row is a conversation

    def _call(self, cells: Cells, times: dict[str, int], row: Sequence[object]) -> Iterator[Fact]:
        reader = self._reader
        outcome = self._outcome(cells, times)
        if outcome == "answered" and "answered" not in times:
            raise FactError("an answered row without the time of the answer")
        if outcome == "left" and "left" not in times:
            raise FactError("a row of one who left, without the time of it")
        self._put_in_order(times)
        reader.compare(cells, times)
        name = self._name(cells)
        if not name:
            reader.report.assume("its id is made of all that its row says")
            name = _digest([word_of(cell) for cell in row])
        opened, waiting = times["opened"], times.get("waiting", times["opened"])
        base = self._base(name)
        yield from self._beginning(cells, base, opened)
        yield from self._marks(cells, base, opened)
        common = {**base, "text": self._text(cells), "content_type": _CALL}
        arrival, answer = f"{name}:arrival", f"{name}:answer"
        yield CustomerWrote(**common, at=waiting, message=arrival, source_id=f"message:{arrival}")
        if outcome == "answered":
            agent = self._agent(cells, name)
            at = times["answered"]
            yield from self._known(cells, agent, at)
            yield self._owner(base, agent, at)
            said = {**base, "text": "", "content_type": _CALL}
            yield AgentWrote(**said, at=at, agent=agent, message=answer, source_id=f"message:{answer}")
        if outcome == "left":
            yield CustomerLeft(**base, at=times["left"], source_id=f"left:{name}:{times['left']}")
        elif outcome == "answered" and "ended" in times:
            yield Resolved(**base, at=times["ended"], source_id=f"resolved:{name}:{times['ended']}")
        yield from self._rated(cells, base, max(times.values()))

    def _outcome(self, cells: Cells, times: dict[str, int]) -> str:
        """Return ``answered``, ``left`` or ``open``: as the map says, else as the instants tell."""
        given = self._spec.outcome
        if given is None:
            return "answered" if "answered" in times else "left" if "left" in times else "open"
        found = self._reader.meaning(cells, given.column, given.words)
        if found is None:
            word = self._reader.word(cells, given.column)
            raise FactError(f"an outcome that the map does not name: {word}" if word else "a row without outcome")
        return str(found)

    def _put_in_order(self, times: dict[str, int]) -> None:
        for name, before in _ORDER:
            floor = times.get(before, times["opened"])
            if name in times and times[name] < floor:
                self._reader.at_odds(name, times[name], floor)
                times[name] = floor

    # ------------------------------------------------------------ a row is a message

    def _message(self, cells: Cells, times: dict[str, int]) -> Iterator[Fact]:
        spec, reader = self._spec, self._reader
        name = self._name(cells)
        if not name:
            raise FactError("a message without conversation")
        author = spec.author and reader.meaning(cells, spec.author.column, spec.author.words)
        if not author:
            raise FactError("a message of an author that the map does not name")
        sent = times["sent"]
        base = self._base(name)
        opened = min(times.get("opened", sent), sent)
        if opened < times.get("opened", opened):
            reader.at_odds("sent", sent, times["opened"])
        yield from self._beginning(cells, base, opened)
        yield self._said(cells, base, author, sent)
        if author == "agent" and not self._is_automatic(cells):
            agent = self._agent(cells, name)
            yield from self._known(cells, agent, sent)
            yield self._owner(base, agent, sent)
            self.openers.wrote(name, sent, agent=agent)
        elif author != "note":
            self.openers.wrote(name, sent, agent="")
        last = sent
        if "ended" in times:
            last = max(times["ended"], opened)
            if last < sent:
                reader.at_odds("ended", last, sent)
            yield self._ending(cells, base, last)
        yield from self._marks(cells, base, last)
        yield from self._rated(cells, base, last)

    def _said(self, cells: Cells, base: dict[str, Any], author: str, at: int) -> Fact:
        reader, spec, name = self._reader, self._spec, base["conversation"]
        text = self._text(cells)
        own = reader.key(word_of(cells[spec.message]), spec.message) if spec.message else ""
        own = f"{name}:{own or self._number(base, author, at, text)}"
        if author == "note":
            return NoteWritten(**base, at=at, source_id=f"note:{own}", agent=self._agent(cells, name), text=text)
        kind = reader.word(cells, spec.content_type) or "text"
        common = {**base, "at": at, "source_id": f"message:{own}", "message": own, "text": text, "content_type": kind}
        if author == "customer":
            return CustomerWrote(**common)
        if author == "agent":
            return AgentWrote(**common, agent=self._agent(cells, name), automatic=self._is_automatic(cells))
        return SystemWrote(**common, author=reader.word(cells, spec.author.column) if spec.author else "system")

    def _number(self, base: dict[str, Any], author: str, at: int, text: str) -> str:
        """Name a message that has no id: by when, who and what, and its place among equal ones."""
        own = f"{at}{author[:1]}{_digest(text)}"
        key = f"{base['conversation']}:{own}"
        nth = self._seen[key]
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[key] = nth + 1
        return f"{own}{nth or ''}"

    def _is_automatic(self, cells: Cells) -> bool:
        author = self._spec.author
        rule = author.automatic if author else None
        return rule is not None and cells.word(rule.column) in rule.values

    def _ending(self, cells: Cells, base: dict[str, Any], at: int) -> Fact:
        given = self._spec.outcome
        if given is not None and self._reader.meaning(cells, given.column, given.words) == "left":
            return CustomerLeft(**base, at=at, source_id=f"left:{base['conversation']}:{at}")
        return Resolved(**base, at=at, source_id=f"resolved:{base['conversation']}:{at}")

    # ------------------------------------------------------------ both

    def _base(self, name: str) -> dict[str, Any]:
        return {"source": self._spec.source, "by": self._spec.source, "conversation": name}

    def _name(self, cells: Cells) -> str:
        parts = [self._reader.key(word_of(cells[column]), column) for column in self._spec.conversation]
        return "-".join(parts) if parts and all(parts) else ""

    def _text(self, cells: Cells) -> str:
        column = self._spec.text
        given = cells[column] if column else ""
        return self._reader.text(given if isinstance(given, str) else word_of(given), column, limit=LIMIT)

    def _agent(self, cells: Cells, conversation: str) -> str:
        agent = self._reader.word(cells, self._spec.agent) or self._reader.word(cells, self._spec.agent_name)
        if not agent or agent in self._spec.agent_none:
            self._assume("who answered is not told", conversation)
            return "unknown"
        return agent

    def _assume(self, what: str, conversation: str) -> None:
        """Count what is taken for given once for a conversation, however many rows it has."""
        one = (what, conversation)
        if one not in self._taken:
            self._reader.report.assume(what)
        self._taken[one] = None
        self._taken.move_to_end(one)
        if len(self._taken) > _REMEMBERED:
            self._taken.popitem(last=False)

    def _known(self, cells: Cells, agent: str, at: int) -> Iterator[Fact]:
        name = self._reader.word(cells, self._spec.agent_name)
        yield AgentSet(at=at, source=self._spec.source, agent=agent, name=name)

    def _owner(self, base: dict[str, Any], agent: str, at: int) -> Fact:
        return OwnerSet(**base, at=at, source_id=f"owner:{base['conversation']}:{agent}:{at}", agent=agent)

    def _beginning(self, cells: Cells, base: dict[str, Any], at: int) -> Iterator[Fact]:
        spec, reader = self._spec, self._reader
        given = reader.key(word_of(cells[spec.customer]), spec.customer) if spec.customer else ""
        if not given or given in spec.customer_none or given in spec.empty:
            self._assume("its customer is nobody else's", base["conversation"])
            given = ""
        customer = given or f"conversation:{base['conversation']}"
        name = reader.word(cells, spec.customer_name)
        info = {field: cells[column] for field, column in spec.fields.items()}
        info = {field: None if word_of(value) in spec.empty else value for field, value in info.items()}
        fields = customer_fields(info, reader, prefix="customer.fields.", personal=()) if info else {}
        if name or fields:
            source_id = f"customer:{customer}:{_digest([name, fields])}"
            yield CustomerSet(
                at=at, source=spec.source, source_id=source_id, customer=customer, name=name, fields=fields
            )
        yield ConversationOpened(
            **base,
            at=at,
            source_id=f"opened:{base['conversation']}",
            customer=customer,
            group=reader.word(cells, spec.group),
            language=reader.language(cells),
            channel=reader.word(cells, spec.channel),
        )

    def _marks(self, cells: Cells, base: dict[str, Any], at: int) -> Iterator[Fact]:
        """Priority and tags; a level that the map does not name is counted and left out, a tag is kept as it is."""
        spec, reader, name = self._spec, self._reader, base["conversation"]
        level = reader.meaning(cells, spec.priority, spec.levels) if spec.priority else None
        if level is not None:
            yield PrioritySet(**base, at=at, source_id=f"priority:{name}:{level}:{at}", level=level)
        elif (word := cells.word(spec.priority)) not in spec.empty:
            self._assume(self._no_level(word), name)
        for one in spec.tags:
            word = reader.word(cells, one.column)
            for part in word.split(one.split) if one.split else [word]:
                tag = reader.renamed(one, part.strip())
                if tag:
                    source_id = f"tag:{name}:{one.facet}:{tag}:{at}"
                    yield TagSet(**base, at=at, source_id=source_id, facet=one.facet, tag=tag)

    def _no_level(self, word: str) -> str:
        """Say that a word is no level of the map, by name; past so many words, of a wrong column, without."""
        named = brief(word)
        if len(self._no_levels) < _NAMED:
            self._no_levels.add(named)
        which = f'priority "{named}"' if named in self._no_levels else "another priority"
        unless = " unless another row says more" if self._spec.rows == "message" else ""
        return f"{which}: not in the map, taken as normal{unless}"

    def _rated(self, cells: Cells, base: dict[str, Any], at: int) -> Iterator[Fact]:
        spec = self._spec
        rating = self._reader.meaning(cells, spec.rating, spec.ratings) if spec.rating else None
        if rating is not None:
            source_id = f"rated:{base['conversation']}:{rating}:{at}"
            raw = self._reader.word(cells, spec.rating)
            yield Rated(**base, at=at, source_id=source_id, rating=rating, raw=raw)


def _digest(value: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(value, order="deterministic"), digest_size=8).hexdigest()
