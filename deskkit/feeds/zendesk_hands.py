"""Whose hands a Zendesk chat went through: departments, owners and helpers out of the comings and goings.

This module knows no file and no log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.events import Fact, GroupSet, HelperSet, OwnerSet
from deskkit.feeds.fields import is_empty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deskkit.feeds.zendesk_history import Entry, ZendeskReader

__all__ = ["FIRST", "LEAVE", "hands"]

_JOIN, LEAVE = "chat.memberjoin", "chat.memberleave"
FIRST: Final = "its first agent had it from its start"


def hands(
    entries: Sequence[Entry],
    base: Mapping[str, Any],
    *,
    agents: Sequence[str],
    group: str,
    begin: int,
    reader: ZendeskReader,
) -> Iterator[Fact]:
    """Yield owners, helpers and groups as the history tells them.

    Parameters
    ----------
    entries : sequence of Entry
        In order of time.
    base : mapping
        Source and conversation of each fact.
    agents : sequence of str
        All agents, the first one first.
    group : str
        Where it began.
    begin : int
        When it began, milliseconds UTC.
    """
    if agents and not any(entry.agent and (entry.kind == _JOIN or entry.says) for entry in entries):
        reader.report.assume(FIRST)
        yield _owner(base, agents[0], begin)
        return
    last_said = max((at for at, entry in enumerate(entries) if entry.says), default=-1)
    work = _Hands(base)
    for at, entry in enumerate(entries):
        moved = _group_of(entry, reader)
        if moved and moved != group:
            group, work.owner = moved, ""
            source_id = f"group:{base['conversation']}:{moved}:{entry.at}"
            yield GroupSet(**base, at=entry.at, source_id=source_id, group=moved)
        if entry.agent and entry.kind == LEAVE and at < last_said:  # at the end all leave
            yield from work.leaves(entry)
        elif entry.agent and (entry.kind == _JOIN or entry.says):
            yield from work.comes(entry)


class _Hands:
    """Who is there, and whose it is."""

    def __init__(self, base: Mapping[str, Any]) -> None:
        self.owner = ""
        self._base = base
        self._present: dict[str, None] = {}
        self._helpers: set[str] = set()

    def comes(self, entry: Entry) -> Iterator[Fact]:
        """Take in an agent who joins, or writes without having joined."""
        if not self.owner:
            self.owner = entry.agent
            yield _owner(self._base, entry.agent, entry.at)
        elif entry.agent not in (self.owner, *self._present):
            self._helpers.add(entry.agent)
            yield _helper(self._base, entry.agent, entry.at, on=True)
        self._present[entry.agent] = None

    def leaves(self, entry: Entry) -> Iterator[Fact]:
        """Let an agent go; the longest present helper takes over from an owner."""
        self._present.pop(entry.agent, None)
        if entry.agent in self._helpers:
            yield self._released(entry.agent, entry.at)
        if entry.agent != self.owner:
            return
        self.owner = next(iter(self._present), "")
        if self.owner in self._helpers:
            yield self._released(self.owner, entry.at)
        if self.owner:
            yield _owner(self._base, self.owner, entry.at)

    def _released(self, agent: str, at: int) -> Fact:
        self._helpers.discard(agent)
        return _helper(self._base, agent, at, on=False)


def _group_of(entry: Entry, reader: ZendeskReader) -> str:
    """Return the department an entry moves the chat to; empty if it moves nothing."""
    raw = entry.raw
    own = reader.key(raw.get("department_id"), "history.department_id")
    before = reader.key(raw.get("prev_department_id"), "history.prev_department_id")
    if is_empty(raw.get("prev_department_id")) or own == before:
        return ""
    return reader.text(raw.get("department_name"), "history.department_name").strip() or own


def _owner(base: Mapping[str, Any], agent: str, at: int) -> OwnerSet:
    return OwnerSet(**base, at=at, source_id=f"owner:{base['conversation']}:{agent}:{at}", agent=agent)


def _helper(base: Mapping[str, Any], agent: str, at: int, *, on: bool) -> HelperSet:
    state = "on" if on else "off"
    source_id = f"helper:{base['conversation']}:{agent}:{at}:{state}"
    return HelperSet(**base, at=at, source_id=source_id, agent=agent, on=on)
