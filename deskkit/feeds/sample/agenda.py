"""What is going to happen next: a heap of instants, ties in the order of entry."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Agenda:
    """Events to come; an event is a function of the instant and its subjects."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Callable[..., None], tuple[object, ...]]] = []
        self._entries = 0

    def at(self, instant: int, event: Callable[..., None], *subjects: object) -> None:
        """Enter an event."""
        self._entries += 1
        heappush(self._heap, (instant, self._entries, event, subjects))

    def run(self, until: int) -> None:
        """Let everything before an instant happen, in order."""
        while self._heap and self._heap[0][0] < until:
            instant, _, event, subjects = heappop(self._heap)
            event(instant, *subjects)
