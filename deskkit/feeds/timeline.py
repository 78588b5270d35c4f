"""Events in order of time, in bounded memory.

Exports come in the order of their pages, but a desk folds its log in sequence; so an import first lays its
facts out here. Events of the same instant and rank keep the order in which they were added. What does not fit
in memory waits in a private temporary folder, removed when the work ends. This module knows no product and no
log.
"""

from __future__ import annotations

import heapq
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from deskkit.desk.coding import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from deskkit.desk.events import Event

__all__ = ["Timeline"]

_FAN: Final = 64  # files read side by side
_LIGHT: Final = 1_000  # characters of a text that weighs as much as none


class Timeline:
    """Collects events in any order and gives them back by `at`.

    Parameters
    ----------
    hold : int
        Events held in memory, one with a long text counting for several; more are sorted in runs on disk and
        merged.
    rank : callable, optional
        Gives the place of an event among those of its instant, smaller first; by default all are equal.

    Attributes
    ----------
    first, last : int or None
        The earliest and the latest instant so far, milliseconds; None while there is no event.

    Examples
    --------
    >>> from deskkit.desk.events import PeakSet
    >>> with Timeline(hold=2) as timeline:
    ...     for at in (5, 3, 9, 1, 7):
    ...         timeline.add([PeakSet(at=at, on=True)])
    ...     [event.at for event in timeline]
    [1, 3, 5, 7, 9]
    """

    def __init__(self, *, hold: int = 50_000, rank: Callable[[Event], int] | None = None) -> None:
        self._hold = hold
        self._key: Callable[[Event], tuple[int, int]] = lambda event: (event.at, 0 if rank is None else rank(event))
        self._held: list[Event] = []
        self._runs: list[Path] = []
        self._made = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0
        self._weight = 0
        self.first: int | None = None
        self.last: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def __len__(self) -> int:
        return self._count

    def add(self, events: Iterable[Event]) -> None:
        """Take events; a run is written when too many are held."""
        before = len(self._held)
        self._held.extend(events)
        self._count += len(self._held) - before
        for event in self._held[before:]:
            self._weight += 1 + len(getattr(event, "text", "")) // _LIGHT
            self.first = event.at if self.first is None or event.at < self.first else self.first
            self.last = event.at if self.last is None or event.at > self.last else self.last
        if self._weight > self._hold:
            self._held.sort(key=self._key)
            self._runs.append(self._write(self._held))
            self._held, self._weight = [], 0
            if len(self._runs) == _FAN:
                self._runs = [self._merge(self._runs)]

    def __iter__(self) -> Iterator[Event]:
        """Yield all events by `at` and rank, equal ones as they were added."""
        self._held.sort(key=self._key)
        with ExitStack() as opened:
            runs = [opened.enter_context(run.open("rb")) for run in self._runs]
            yield from heapq.merge(*(map(decode, lines) for lines in runs), self._held, key=self._key)

    def _merge(self, runs: list[Path]) -> Path:
        with ExitStack() as opened:
            lines = [opened.enter_context(run.open("rb")) for run in runs]
            merged = self._write(heapq.merge(*(map(decode, each) for each in lines), key=self._key))
        for run in runs:
            run.unlink()
        return merged

    def _write(self, events: Iterable[Event]) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="deskkit-")
        self._made += 1
        run = Path(self._folder.name, f"{self._made}.jsonl")
        with run.open("wb") as file:
            file.writelines(encode(event) + b"\n" for event in events)
        return run
