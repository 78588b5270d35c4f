"""What a conversation of the sample consists of, before any provider's format.

Times are milliseconds UTC since 1970. Knows no script but as a list of steps, and no file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskkit.feeds.sample.draw import Curve, Draw
    from deskkit.feeds.sample.phrase import Manner, Said, Speaker
    from deskkit.feeds.sample.roster import Agent
    from deskkit.feeds.sample.script import Script, Step

BEIJING = timezone(timedelta(hours=8))
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MESSAGE, WELCOME, ENDING, REMARK, LEFT = 0, 1, 2, 3, 4
"""Meiqia's message types; REMARK carries an evaluation, LEFT a message left while nobody was there."""


def beijing(text: str) -> int:
    """Return the instant of a Beijing time such as 2026-06-05 08:00."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BEIJING).timestamp()) * SECOND


def local(at: int) -> datetime:
    """Return an instant as Beijing time, to the millisecond."""
    whole = datetime.fromtimestamp(at // SECOND, tz=UTC).astimezone(BEIJING)
    return whole.replace(microsecond=at % SECOND * 1000)


@dataclass
class Contact:
    """An earlier conversation of a customer, as the next one may speak of it."""

    at: int
    agent: str
    article: str
    unresolved: bool


@dataclass
class Customer:
    """An invented customer."""

    number: int
    lang: str
    kind: str  # new, buyer, vip
    name: str
    title: str
    client_id: int
    dev_client_id: str | None
    tel: str
    orders: int
    spend: int  # in fen
    last_order: int | None
    city: str
    location: str
    manner: Manner
    contacts: list[Contact] = field(default_factory=list)
    bought: dict[str, tuple[str, str]] = field(default_factory=dict)  # kind of article -> article, order
    busy: bool = False


@dataclass(frozen=True)
class Message:
    """One message of a conversation; `name` is the agent's, or None."""

    at: int
    sender: str  # client, agent, system, bot
    type: int
    content_type: str
    content: str
    name: str | None = None


@dataclass
class Conversation:
    """A conversation while it goes on, and afterwards."""

    number: int
    script: Script
    customer: Customer
    opened: int
    group: str
    speaker: Speaker
    steps: list[Step]
    draw: Draw
    fellow: Draw  # the agent's side, so that a change there moves nothing on the customer's
    messages: list[Message] = field(default_factory=list)
    agent: Agent | None = None
    closed: int | None = None
    closed_by: str = ""  # agent, timeout, customer
    cursor: int = 0
    turn: int = 0  # counts what happened, so that a timer set earlier knows that it is stale
    pending: bool = False  # waits for the agent
    waiting_since: int | None = None
    longest_wait: int = 0
    due: int | None = None  # when a promise is kept
    promised: bool = False  # a promise is open
    not_before: int = 0  # the agent has lost sight of it until then
    aside: str | None = None  # a phrase the agent says out of turn
    chases: int = 0
    gone: bool = False
    unresolved: bool = False
    transferred: int = 0
    rating: int | None = None

    def post(self, message: Message) -> None:
        """Add a message."""
        self.messages.append(message)

    def system(self, at: int, phrase: str, *, kind: int = MESSAGE) -> None:
        """Let the system say one of the shared phrases."""
        text = self.speaker.fill(self.speaker.phrase(phrase))
        self.post(Message(at, "system", kind, "text", text))

    def automatic(self, at: int, phrase: str, *, kind: int) -> None:
        """Send one of the shared phrases in the owner's name, without the owner."""
        text = self.speaker.fill(self.speaker.phrase(phrase))
        self.post(Message(at, "agent", kind, "text", text, self.owner.name))

    def customer_says(self, at: int, said: list[Said], *, pace: Curve) -> int:
        """Post a customer's burst; return the instant of its last message."""
        for place, one in enumerate(said):
            at += self.draw.along(pace) if place else 0
            self.post(Message(at, "client", MESSAGE, one.content_type, one.content))
        return at

    def agent_says(self, at: int, said: list[Said]) -> int:
        """Post what the owner wrote; return the instant of the last message."""
        for place, one in enumerate(said):
            at += (2 * SECOND + len(one.content) * 90) if place else 0
            self.post(Message(at, "agent", MESSAGE, one.content_type, one.content, self.owner.name))
        return at

    @property
    def owner(self) -> Agent:
        """The agent, where there must be one."""
        if self.agent is None:
            raise AssertionError(f"conversation {self.number} has no owner at this point")
        return self.agent

    @property
    def next_step(self) -> Step:
        """The step that comes next."""
        return self.steps[self.cursor]

    @property
    def first_reply(self) -> int | None:
        """When a human agent first wrote, or None."""
        return next((m.at for m in self.messages if m.sender == "agent" and m.type == MESSAGE), None)
