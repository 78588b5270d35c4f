"""What the log holds of a table's rows already, and where that is not what the rows say now.

A fact is told by its identity, so a row that comes again is known, whatever its cells say now. Under the map by which
it came before, the table itself was changed: that is counted as a conflict, and the log stays as it is. Under
another map the whole table is refused, for half of it would be read in one way and half in the other: a log is
append-only, and a corrected map needs a new one. The log remembers the maps of each source. This module makes no facts.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.clock import moment
from deskkit.desk.events import (
    AgentWrote,
    ConversationFact,
    ConversationOpened,
    CustomerLeft,
    CustomerWrote,
    Fact,
    NoteWritten,
    PrioritySet,
    Rated,
    Resolved,
    SystemWrote,
    TagSet,
)
from deskkit.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskkit.feeds.agents import Agents
    from deskkit.feeds.columnmap_model import Spec
    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog

__all__ = ["Known", "remember_map"]

_HELD: Final = 1_000  # conversations remembered
_LARGEST: Final = 1_000  # of what is no instant: levels and ratings
_TALK: Final = (CustomerWrote, AgentWrote, SystemWrote, NoteWritten)
_TIMES: Final[dict[type, tuple[str, ...]]] = {
    ConversationOpened: ("opened",), CustomerWrote: ("sent", "waiting"), AgentWrote: ("sent", "answered"),
    Resolved: ("ended",), CustomerLeft: ("left", "ended"),
}  # fmt: skip
_IDENTITY: Final = {"source", "source_id", "by", "conversation", "message"}


class _Stored(msgspec.Struct):
    """What the log holds of a conversation, by earlier imports of its source."""

    facts: dict[str, Fact] = {}
    said: dict[object, set[object]] = {}  # what was said of each aspect
    last: int = -1  # the latest instant
    is_begun: bool = False  # a row told its beginning


class Known:
    """Holds rows against the log.

    Parameters
    ----------
    log : EventLog
    spec : Spec
        The map.
    agents : Agents
        Knows agents as the log spells them.
    report : ImportReport
        Conflicts are counted here, at its `place`.
    """

    def __init__(self, log: EventLog, spec: Spec, agents: Agents, report: ImportReport) -> None:
        self._log, self._spec, self._agents, self._report = log, spec, agents, report
        self._is_empty = log.last_seq() == 0
        self._is_other = not self._is_empty and _is_other_map(log, spec)
        self._held: OrderedDict[str, _Stored] = OrderedDict()
        self._odd: dict[str, int] = {}  # rows at odds with the log, by column

    def compare(self, facts: Sequence[Fact]) -> None:
        """Count where the facts of a row are not what the log holds of them."""
        if self._is_empty:
            return
        columns: dict[str, None] = {}
        for fact in facts:
            if isinstance(fact, ConversationFact) and fact.source == self._spec.source:
                stored = self._of(fact.conversation)
                if stored.facts:
                    columns |= dict.fromkeys(self._differences(fact, stored))
        for column in columns:
            self._odd[column] = self._odd.get(column, 0) + 1

    def refuse(self, example: str) -> None:
        """Refuse the table if it stands in the log by another map, which said otherwise.

        Raises
        ------
        FeedError
            Names the columns, how many rows, and the first of them with both values; `example` is the command that
            imports it into a new log.
        """
        if not self._is_other or not self._odd:
            return
        counted = ", ".join(f"{column} ({count:,} rows)" for column, count in self._odd.items())
        named = "; ".join(
            f"{one.place} {one.field}: {one.value or 'nothing'}, in the log {one.other or 'nothing'}"
            for one in self._report.conflicts
            if one.field in self._odd
        )
        raise FeedError(
            f"These rows are already in the log with other values, by another column map: {counted}. For example "
            f"{named}. Nothing was stored: what a log holds stays, so import into a new log.",
            place=f"source {self._spec.source!r}", example=example,
        )  # fmt: skip

    def beginning(self, fact: ConversationOpened) -> ConversationOpened | None:
        """Return what the log holds of a beginning from before; None if nothing."""
        found = None if self._is_empty else self._of(fact.conversation).facts.get(fact.source_id)
        return found if isinstance(found, ConversationOpened) else None

    # ------------------------------------------------------------ differences

    def _differences(self, fact: ConversationFact, stored: _Stored) -> Iterator[str]:
        """Yield the columns by which a fact is not what the log holds, each counted."""
        if isinstance(fact, AgentWrote | NoteWritten):
            fact = next(one for one in self._agents.settle(fact) if isinstance(one, ConversationFact))
        known = stored.facts.get(fact.source_id)
        if isinstance(fact, ConversationOpened):
            yield from self._beginning(fact, stored)
        elif isinstance(known, ConversationFact):
            yield from self._fields(fact, known)
        elif self._is_other and self._contradicts(fact, stored):
            aspect, value = _aspect(fact)
            others = stored.said[aspect]
            at_once = [one for one in others if isinstance(one, tuple) and one[1] == fact.at]
            column = self._column(aspect[0]) if at_once or not isinstance(value, tuple) else self._time(fact)
            before = sorted(map(self._shown, at_once or others))
            self._report.conflict(column, self._shown(value), ", ".join(before[:1]))
            yield column

    def _beginning(self, fact: ConversationOpened, stored: _Stored) -> Iterator[str]:
        """Compare the first row that tells the beginning; later rows of a conversation may tell its time otherwise."""
        known = stored.facts.get(fact.source_id)
        if not isinstance(known, ConversationOpened) or stored.is_begun:
            return
        tells = self._spec.rows == "conversation" or "opened" in self._spec.times
        if fact.at == known.at or (self._is_other and (tells or fact.at < known.at)):
            stored.is_begun = True
            # one row cannot tell who began its conversation
            yield from self._fields(msgspec.structs.replace(fact, origin=known.origin, agent=known.agent), known)

    def _fields(self, fact: ConversationFact, known: ConversationFact) -> Iterator[str]:
        if fact == known:
            return
        for name in fact.__struct_fields__:
            now, before = getattr(fact, name), getattr(known, name, None)
            if name not in _IDENTITY and now != before:
                column = self._time(fact) if name == "at" else self._column(name)
                shown = (
                    f"({len(str(one))} characters)" if name == "text" else self._shown(one) for one in (now, before)
                )
                self._report.conflict(column, *shown)
                yield column

    @staticmethod
    def _contradicts(fact: ConversationFact, stored: _Stored) -> bool:
        """Tell whether the log, which holds later facts of the conversation, says another thing of the same aspect."""
        aspect, value = _aspect(fact)
        others = stored.said.get(aspect)
        return others is not None and value not in others and fact.at <= stored.last

    def _column(self, field: str) -> str:
        """Return the column that the map takes a field of a fact from, or the field where it takes none."""
        spec = self._spec
        taken = {
            "customer": spec.customer, "group": spec.group, "language": spec.language,
            "channel": spec.channel, "text": spec.text, "content_type": spec.content_type, "level": spec.priority,
            "agent": spec.agent or spec.agent_name, "rating": spec.rating, "raw": spec.rating,
            "automatic": spec.author.column if spec.author else "", "author": spec.author.column if spec.author else "",
            "ending": spec.outcome.column if spec.outcome else "",
        }  # fmt: skip
        return taken.get(field) or field

    def _time(self, fact: ConversationFact) -> str:
        """Return the column that the map takes the instant of a fact from."""
        times = self._spec.times
        name = next((name for name in _TIMES.get(type(fact), ()) if name in times), next(iter(times)))
        return times[name][0].column

    def _shown(self, value: object) -> str:
        """Write a value; instants as people read them."""
        if isinstance(value, tuple):
            return " ".join(self._shown(one) for one in value)
        is_instant = isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST
        return moment(value, zone=self._report.zone) if is_instant and isinstance(value, int) else str(value)

    # ------------------------------------------------------------ what is stored

    def _of(self, conversation: str) -> _Stored:
        held = self._held.get(conversation)
        if held is None:
            held = self._held[conversation] = self._look_up(conversation)
            if len(self._held) > _HELD:
                self._held.popitem(last=False)
        else:
            self._held.move_to_end(conversation)
        return held

    def _look_up(self, conversation: str) -> _Stored:
        found = _Stored()
        for stored in self._log.read(conversation=conversation):
            fact = stored.event
            if isinstance(fact, ConversationFact) and fact.source == self._spec.source:
                found.facts[fact.source_id] = fact
                found.last = max(found.last, fact.at)
                aspect, value = _aspect(fact)
                if aspect:
                    found.said.setdefault(aspect, set()).add(value)
        return found


def _aspect(fact: ConversationFact) -> tuple[tuple[str, ...], Any]:
    """Return what a fact is about and what it says of that; nothing where another value is no contradiction."""
    if isinstance(fact, _TALK):
        return ("author",), (type(fact).__struct_config__.tag, fact.at)
    if isinstance(fact, Resolved | CustomerLeft):
        return ("ending",), (type(fact).__struct_config__.tag, fact.at)
    if isinstance(fact, TagSet):
        return ("tag", fact.facet), fact.tag
    if isinstance(fact, PrioritySet):
        return ("level",), fact.level
    return (("rating",), fact.rating) if isinstance(fact, Rated) else ((), None)


# ---------------------------------------------------------------- maps


def remember_map(log: EventLog, spec: Spec) -> None:
    """Note in the log that facts of a source are stored that a map made."""
    for name in (_name(spec), f"{_name(spec)}: {_digest(spec)}"):
        if not log.cursor(name):
            log.set_cursor(name, 1)


def _is_other_map(log: EventLog, spec: Spec) -> bool:
    """Tell whether the log knows maps of a source, and not this one."""
    return bool(log.cursor(_name(spec))) and not log.cursor(f"{_name(spec)}: {_digest(spec)}")


def _name(spec: Spec) -> str:
    return f"map of {spec.source}"


def _digest(spec: Spec) -> str:
    """Return what tells a map from others; its comments and the order of its tables do not matter."""
    return hashlib.blake2b(
        msgspec.json.encode(msgspec.structs.replace(spec, columns=()), order="deterministic"), digest_size=8
    ).hexdigest()
