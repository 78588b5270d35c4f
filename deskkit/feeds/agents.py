"""The agents an import meets: one name each, and set only where the log learns something.

A product names an agent by account or number where it says who owns a conversation, and often only by name
where it says who wrote. A name is the account that bears it alone, by the log, a roster and this import together;
else it is an agent of its own. An account is one whatever the case of its letters. This module knows no product.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk.events import AgentSet, AgentWrote, ConversationOpened, Event, NoteWritten, OwnerSet
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

    Attributes
    ----------
    identified : set of str
        Names under which the log knows an agent of its own, and that turned out to be an account's: what was
        stored stays with the name, what comes now goes to the account.
    """

    def __init__(self, log: EventLog, source: str) -> None:
        self._source = source
        self._known = known_agents(log)
        self._stored: dict[str, list[AgentSet]] = {}  # until proposed again
        for stored in log.read(kinds=[AgentSet]):
            if isinstance(stored.event, AgentSet) and stored.event.source == source:
                self._stored.setdefault(stored.event.agent, []).append(stored.event)
        self._names: dict[str, str] = {}  # to accounts; empty where two share a name
        self._spelt: dict[str, str] = {}  # accounts that log or roster know, by their small letters
        self.identified: set[str] = set()
        for fact in self._known.values():
            if fact.agent != fact.name:  # else it may be known by name only
                self.expect(fact.agent, (fact.name, fact.nick))

    def expect(self, agent: str, names: Iterable[object]) -> None:
        """Remember an account as log or roster spell it, and its names."""
        self._spelt.setdefault(agent.lower(), agent)
        self.learn(agent, names)

    def learn(self, agent: str, names: Iterable[object]) -> None:
        """Remember by which names an account goes."""
        agent = self._account(agent)
        for given in names:
            if isinstance(given, str) and (name := clean(given, limit=_NAME).strip()):
                known = self._names.setdefault(name, agent)
                self._names[name] = agent if known == agent else ""

    def settle(self, fact: Event) -> Iterator[Event]:
        """Yield the fact as it is to be stored; nothing if it says nothing new."""
        if not isinstance(fact, AgentSet | AgentWrote | ConversationOpened | OwnerSet | NoteWritten):
            yield fact
            return
        if fact.source == self._source and (agent := self._agent(fact.agent)) != fact.agent:
            is_alias = isinstance(fact, AgentSet) and fact.agent.startswith(BY_NAME) and agent in self._known
            fact = msgspec.structs.replace(fact, agent=agent)
            if is_alias:  # whoever writes under a nickname is not renamed by it
                fact = msgspec.structs.replace(fact, name="")
        news = self._news(fact) if isinstance(fact, AgentSet) else fact
        if news is not None:
            yield news

    def meant(self, agent: str) -> str:
        """Return the account that an agent of the log is, if the log knows it by name only."""
        known = self._known.get(agent)
        by_name = known is not None and known.agent == known.name
        return self._names.get(agent) or agent if by_name else agent

    def _agent(self, proposed: str) -> str:
        if not proposed.startswith(BY_NAME):
            return self._account(proposed)
        name = proposed.removeprefix(BY_NAME)
        agent = self._names.get(name) or name
        if agent != name and name in self._known:
            self.identified.add(name)
        return agent

    def _account(self, agent: str) -> str:
        """Return an account as log or roster spell it; else an e-mail address in small letters."""
        if agent in self._known:
            return agent
        return self._spelt.get(agent.lower()) or (agent.lower() if "@" in agent else agent)

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
                nick=fact.nick if fact.nick and fact.at > known.at else known.nick or fact.nick,
                groups=tuple(dict.fromkeys((*known.groups, *fact.groups))),
            )
            if says_the_same(fact, known):
                stored = self._stored.get(fact.agent)
                return stored.pop() if stored else None  # the log knows it by its identity
        content = json.dumps([fact.name, fact.groups, fact.nick], ensure_ascii=False)
        fact = msgspec.structs.replace(fact, source_id=f"agent:{fact.agent}:{content}")
        self._known[fact.agent] = fact
        return fact
