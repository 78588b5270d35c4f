"""A log as groups: each fact with what the log decided about it, in the order in which a desk meets them.

That is the order of the log where one decided it. In a log of facts alone nothing hangs on that order: there the
people of a roster stand at their own time, also if they were told after the conversations.
"""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk.events import AgentSet, Decision, Fact, PolicyChanged, PresenceSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deskkit.log import EventLog
    from deskkit.log.rows import Stored

__all__ = ["Group", "grouped"]

_PEOPLE: Final = (AgentSet, PresenceSet)


class Group(NamedTuple):
    """A fact of the log, and what the log decided about it; `seq` is the last of them."""

    seq: int
    fact: Fact
    decisions: tuple[Decision, ...]

    @property
    def at(self) -> int:
        """When it was decided: a fact that comes late is decided when it comes; milliseconds."""
        return max(self.fact.at, self.decisions[0].at) if self.decisions else self.fact.at


def grouped(log: EventLog, *, until: int) -> Iterator[Group]:
    """Yield each fact with the decisions that follow it, up to a sequence number.

    Examples
    --------
    >>> from deskkit.desk.events import ConversationOpened
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> opened = ConversationOpened(at=9, source="doc", source_id="1", conversation="c1", customer="zhang")
    >>> there = PresenceSet(at=5, source="roster", source_id="2", agent="chen", presence="online")
    >>> _ = log.append([opened, there], received_at=9)
    >>> [group.fact.at for group in grouped(log, until=2)]
    [5, 9]
    """
    every = _groups(log.read(until=until))
    if log.count(kinds=[PolicyChanged]):
        yield from every
        return
    people = _as_told_last(list(_groups(log.read(until=until, kinds=_PEOPLE))))
    others = (group for group in every if not isinstance(group.fact, _PEOPLE))
    yield from merge(sorted(people, key=_time), others, key=_time)


def _as_told_last(people: list[Group]) -> Iterator[Group]:
    """Leave out what was said of an agent where it was said otherwise later, of that time or an earlier one."""
    since: dict[str, int] = {}
    for group in reversed(people):
        if isinstance(group.fact, AgentSet):
            if group.fact.at >= since.get(group.fact.agent, group.fact.at + 1):
                continue
            since[group.fact.agent] = group.fact.at
        yield group


def _time(group: Group) -> tuple[int, int]:
    return group.fact.at, group.seq


def _groups(stored: Iterable[Stored]) -> Iterator[Group]:
    fact: Fact | None = None
    decisions: list[Decision] = []
    seq = 0
    for one in stored:
        if isinstance(one.event, Decision):
            decisions.append(one.event)
        elif isinstance(one.event, Fact):
            if fact is not None:
                yield Group(seq, fact, tuple(decisions))
            fact, decisions = one.event, []
        seq = one.seq
    if fact is not None:
        yield Group(seq, fact, tuple(decisions))
