"""Customers' conversations and agents as the people of a simulated desk have them before them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from deskkit.sim.scenario import Agent, Scenario

__all__ = ["Conversation", "Person", "PutAway", "people_of"]


class Interruptible(Protocol):
    """Who lives through a day, and can be interrupted: a process of SimPy, which this module does not know."""

    @property
    def is_alive(self) -> bool:
        """Whether it goes on."""
        ...

    def interrupt(self) -> None:
        """Wake whoever waits for something else."""
        ...


class Waking(Protocol):
    """What somebody waits for."""

    def happen(self, key: int) -> None:
        """Let it happen now, in the one order."""
        ...


class PutAway(NamedTuple):
    """How a conversation stood that a hand or a rule closed, in case that is taken back.

    Attributes
    ----------
    is_archived : bool
        Archived, not marked handled.
    asked, owner
        As in `Conversation`.
    """

    is_archived: bool
    asked: int
    owner: Person | None


class Conversation:
    """A conversation as the people of the world have it before them.

    Attributes
    ----------
    index : int
        Row of the workload.
    name : str
        The name it goes on by.
    asked : int
        Instant of the first message not answered; -1: nothing is owed.
    turn : int
        Replies so far.
    owner : Person or None
    helpers : list of Person
    level : int
    assigned_at, queued_at : int
        Instant at which it was given to its owner, or came back into a queue; -1: never.
    taken : Person or None
        Who is answering right now.
    left_ms : int
        What remains of an interrupted reply; -1: none is begun.
    is_open : bool
    gone : bool
        The customer left without a word.
    gave_up : bool
        The customer ran out of patience, and told it or not; an answer may have come afterwards.
    put_away : PutAway or None
        By what a hand or a rule closed it, its customer not having left; as long as it is closed.
    """

    __slots__ = (
        "arrives", "asked", "assigned_at", "gave_up", "gone", "helpers", "index", "is_open", "key", "left_ms", "level",
        "name", "noticed_at", "owner", "process", "put_away", "queued_at", "reply_ms", "taken", "turn", "waits",
    )  # fmt: skip

    def __init__(self, index: int, name: str, arrives: int, key: int) -> None:
        self.index, self.name, self.arrives, self.key = index, name, arrives, key
        self.asked = self.assigned_at = self.queued_at = self.noticed_at = self.left_ms = -1
        self.turn = self.reply_ms = 0
        self.level = 1
        self.owner: Person | None = None
        self.taken: Person | None = None
        self.helpers: list[Person] = []
        self.is_open = True
        self.gone = self.gave_up = False
        self.put_away: PutAway | None = None
        self.waits = False  # its customer waits, and can be told something
        self.process: Interruptible  # from the beginning of the process on

    def __repr__(self) -> str:
        return f"Conversation({self.name!r}, level {self.level}, {'open' if self.is_open else 'closed'})"


class Person:
    """An agent as a person: one pair of hands over all tabs.

    Attributes
    ----------
    index : int
    name : str
    about : Agent
        Of the scenario.
    presence : str
    tabs : dict of int to Conversation
        In hand, by row of the workload.
    focus : Conversation or None
        The tab before the agent's eyes.
    before : Conversation or None
        The one before that.
    """

    __slots__ = (
        "about", "alerts", "before", "busy", "first", "focus", "idle", "index", "interrupted", "leaves", "name",
        "notice_at", "noticing", "presence", "process", "reminded", "switched", "tabs", "touched",
    )  # fmt: skip

    def __init__(self, index: int, name: str, about: Agent) -> None:
        self.index, self.name, self.about = index, name, about
        self.presence = "offline"
        self.tabs: dict[int, Conversation] = {}
        self.touched: dict[int, int] = {}
        self.focus: Conversation | None = None
        self.before: Conversation | None = None
        self.first: Conversation | None = None  # what interrupted a reply is taken first
        self.reminded: dict[int, Conversation] = {}  # of what a notice reminded that has nothing unread
        self.alerts: deque[int] = deque()
        self.notice_at = 0
        self.noticing = self.busy = self.leaves = self.switched = self.interrupted = False
        self.idle: Waking | None = None  # what an idle agent waits for
        self.process: Interruptible  # from the beginning of the process on

    def __repr__(self) -> str:
        return f"Person({self.name!r}, {self.presence}, {len(self.tabs)} tabs)"


def people_of(scenario: Scenario) -> list[Person]:
    """Return everybody of a scenario's roster; of several alike each has a number in the name."""
    return [
        Person(i, name, about)
        for i, (name, about) in enumerate(
            (f"{about.name}-{n}" if about.count > 1 else about.name, about)
            for about in scenario.agents
            for n in range(1, about.count + 1)
        )
    ]
