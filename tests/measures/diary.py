"""A small log written by hand, line by line, in seconds: what the tests of measures compute from paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from deskkit.desk import events as e
from deskkit.log import MemoryLog
from deskkit.log.spans import spans
from deskkit.measures import Choices, measure

if TYPE_CHECKING:
    from deskkit.log.spans import Spans
    from deskkit.measures import Figure

START = 1_781_740_800_000  # 2026-06-18 00:00 UTC


class Diary:
    """Events at so many seconds after the start; each method writes one and returns the diary."""

    def __init__(self) -> None:
        self.events: list[e.Event] = []

    def add(self, kind: type[e.Event], second: float, **fields: Any) -> Self:
        """Write an event of any kind."""
        at = START + round(second * 1000)
        source = "desk" if issubclass(kind, e.Decision) else "diary"
        self.events.append(kind(at=at, source=source, source_id=str(len(self.events)), **fields))
        return self

    def opened(self, second: float, conversation: str, **fields: Any) -> Self:
        """Let a contact begin."""
        fields.setdefault("customer", f"customer of {conversation}")
        return self.add(e.ConversationOpened, second, conversation=conversation, **fields)

    def asks(self, second: float, conversation: str, text: str = "订单什么时候发货") -> Self:
        """Let the customer write."""
        return self.add(e.CustomerWrote, second, conversation=conversation, message=f"m{len(self.events)}", text=text)

    def says(self, second: float, conversation: str, agent: str, **fields: Any) -> Self:
        """Let an agent write, by hand unless `automatic`."""
        message = f"m{len(self.events)}"
        return self.add(
            e.AgentWrote, second, conversation=conversation, agent=agent, message=message, text="好的", **fields
        )

    def owner(self, second: float, conversation: str, agent: str) -> Self:
        """Give it to an agent, or with an empty name back to the queue."""
        return self.add(e.OwnerSet, second, conversation=conversation, agent=agent)

    def presence(self, second: float, agent: str, presence: str = "online") -> Self:
        """Let an agent come or go."""
        return self.add(e.PresenceSet, second, agent=agent, presence=presence)

    def about(self, kind: type[e.Event], second: float, conversation: str, **fields: Any) -> Self:
        """Write any other event about a conversation."""
        return self.add(kind, second, conversation=conversation, **fields)

    @property
    def log(self) -> MemoryLog:
        """The diary as a log."""
        log = MemoryLog()
        log.append(self.events, received_at=self.events[-1].at)
        return log

    @property
    def spans(self) -> Spans:
        """The diary as spans."""
        return spans(self.log)

    def figure(self, name: str, **choices: Any) -> Figure:
        """Return one measure of the diary."""
        return measure(name).of(self.spans, Choices(**choices))

    def value(self, name: str, **choices: Any) -> float | int | None:
        """Return the number of one measure of the diary."""
        return self.figure(name, **choices).value


def simple() -> Diary:
    """Return three conversations of one agent: answered after 20 s and 60 s, and not at all."""
    return (
        Diary()
        .presence(0, "chen")
        .opened(0, "a").asks(10, "a").owner(15, "a", "chen").says(30, "a", "chen")
        .asks(100, "a").says(140, "a", "chen")
        .opened(50, "b").asks(50, "b").owner(55, "b", "chen").says(110, "b", "chen")
        .opened(200, "c").asks(200, "c")
        .about(e.Resolved, 300, "a").about(e.Resolved, 320, "b").about(e.CustomerLeft, 400, "c")
        .presence(500, "chen", "offline")
    )  # fmt: skip
