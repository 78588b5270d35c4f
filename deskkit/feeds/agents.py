"""The agents an import meets: one name each, and set only where the log learns something.

A product names an agent by account or number where it says who owns a conversation, and often only by name
where it says who wrote. This module knows no product.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk.events import AgentSet, AgentWrote, Event, OwnerSet
from deskkit.feeds.roster import known_agents, says_the_same
from deskkit.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deskkit.log import EventLog

__all__ = ["BY_NAME", "Agents"]

BY_NAME: Final = "\0"
"""Begins the `agent` of a fact of which only the name is known; no cleaned text holds this character."""

_NAME: Final = 256  # characters


class Agents:
    """Gives every agent of one import one name.

    Parameters
    ----------
    log : EventLog
        What it says of agents already is not said again; agents that it knows from elsewhere (a roster) are
        left as they are.
    source : str
        Of the facts of this import.
    """

    def __init__(self, log: EventLog, source: str) -> None:
        self._source = source
        self._known = known_agents(log)
        self._names: dict[str, str] = {}  # to accounts; empty where two share a name

    def learn(self, agent: str, names: Iterable[object]) -> None:
        """Remember by which names an account goes."""
        for given in names:
            if isinstance(given, str) and (name := clean(given, limit=_NAME).strip()):
                known = self._names.setdefault(name, agent)
                self._names[name] = agent if known == agent else ""

    def settle(self, fact: Event) -> Iterator[Event]:
        """Yield the fact as it is to be stored; nothing if it says nothing new."""
        if not isinstance(fact, AgentSet | AgentWrote | OwnerSet):
            yield fact
            return
        if fact.agent.startswith(BY_NAME):
            name = fact.agent.removeprefix(BY_NAME)
            fact = msgspec.structs.replace(fact, agent=self._names.get(name) or name)
        news = self._news(fact) if isinstance(fact, AgentSet) else fact
        if news is not None:
            yield news

    def _news(self, fact: AgentSet) -> AgentSet | None:
        known = self._known.get(fact.agent)
        if fact.source != self._source:
            self._known[fact.agent] = fact
            return None if known is not None and says_the_same(fact, known) else fact
        if known is not None and known.source != self._source:
            return None
        if known is not None:
            fact = msgspec.structs.replace(
                fact,
                at=max(fact.at, known.at),  # an older export, imported late, renames nobody
                name=fact.name if fact.name and fact.at > known.at else known.name or fact.name,
                groups=tuple(dict.fromkeys((*known.groups, *fact.groups))),
            )
            if says_the_same(fact, known):
                return None
        content = json.dumps([fact.name, fact.groups], ensure_ascii=False)
        fact = msgspec.structs.replace(fact, source_id=f"agent:{fact.agent}:{content}")
        self._known[fact.agent] = fact
        return fact
