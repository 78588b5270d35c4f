"""What is being tried out: two sides live through the same days in other processes, and the newest wish counts.

Knows no widget. Its thread mostly waits, so that the notebook stays free; what is heard of an older wish is never
shown.
"""

from __future__ import annotations

import sys
import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.errors import DeskkitError
from deskkit.sim.crew import Told, standing
from deskkit.sim.member import Job
from deskkit.sim.study import Study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Replication

    Ways = Mapping[str, tuple[Scenario, Policy]]

__all__ = ["Showing", "Trying", "is_same"]

_REST_S: Final = 0.3  # between two drawings
_LEVEL: Final = 0.95
_FEW: Final = 2  # of which there is an interval
_NOTHING: Final = 0  # asked of the crew


def is_same(one: tuple[Scenario, Policy], other: tuple[Scenario, Policy]) -> bool:
    """Say whether two ways are the same."""
    return one[0] == other[0] and one[1].fingerprint == other[1].fingerprint


class _Word(NamedTuple):
    """What the thread is told: to begin with a wish, to stop, or to end."""

    what: str
    wish: int = 0


class Showing(NamedTuple):
    """How a view is told.

    Attributes
    ----------
    make : callable
        Returns the two ways ``now`` and ``changed``, and how many replications are wanted. It may raise.
    see : callable
        ``see(studies, is_newest)``; to be asked before anything is shown.
    fail : callable
        ``fail(error, is_newest)``.
    rest : callable
        Nothing is to arrive any more.
    """

    make: Callable[[], tuple[Ways, int]]
    see: Callable[[dict[str, Study], Callable[[], bool]], None]
    fail: Callable[[BaseException, Callable[[], bool]], None]
    rest: Callable[[], None]


class Trying:
    """Has the newest wish lived through; made with a view, and closed with it.

    Parameters
    ----------
    showing : Showing
    seed : int
    measures : tuple of str
        As of `deskkit.sim.member.Job`.

    Attributes
    ----------
    wish : int
        How often something else was wanted.
    """

    def __init__(self, showing: Showing, *, seed: int, measures: tuple[str, ...]) -> None:
        self._showing, self._seed, self._measures = showing, seed, measures
        self.wish, self._asked, self._all, self._shown = 0, _NOTHING, 0, -1
        self._ways: dict[str, tuple[Scenario, Policy]] = {}
        self._lived: dict[str, dict[int, Replication]] = {"now": {}, "changed": {}}
        self._heard: SimpleQueue[_Word | Told] = SimpleQueue()
        self._settled = threading.Event()
        self._lock, self._is_closed = threading.Lock(), threading.Lock()
        self._crew = standing.enter()
        threading.Thread(target=self._follow, daemon=True).start()

    # ------------------------------------------------------------ from any thread, at once

    @property
    def is_running(self) -> bool:
        """Whether replications are still to arrive."""
        return not self._settled.is_set()

    @property
    def processes(self) -> tuple[int, ...]:
        """The numbers of the processes that stand ready."""
        return self._crew.processes

    def begin(self) -> None:
        """Want what `Showing.make` says now, and nothing earlier any more."""
        with self._lock:
            self.wish += 1
            self._settled.clear()
        self._crew.drop(self._asked)
        self._heard.put(_Word("begin", self.wish))

    def stop(self) -> None:
        """Let no more arrive; what did stays."""
        self._crew.drop(self._asked)
        self._heard.put(_Word("stop", self.wish))

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until all has arrived and is shown; tells whether it has."""
        return self._settled.wait(timeout_s)

    def close(self) -> None:
        """End it, and the processes if nobody else wants them; once."""
        if self._is_closed.acquire(blocking=False):
            self.wish += 1
            self._crew.drop(self._asked)
            self._heard.put(_Word("end"))
            self._settled.set()
            standing.leave()

    # ------------------------------------------------------------ the thread

    def _follow(self) -> None:
        """Take what is heard, and show what is new, not too often."""
        is_due, rested = False, 0.0
        while True:
            try:
                said = self._heard.get(timeout=max(0.0, rested - time.monotonic()) if is_due else None)
            except Empty:
                self._show()
                is_due, rested = False, time.monotonic() + _REST_S
                continue
            if isinstance(said, Told):
                is_due = self._keep(said) or is_due
            elif said.what == "end":
                return
            else:
                self._obey(said)
                is_due, rested = self._is_news(), 0.0

    def _obey(self, word: _Word) -> None:
        if word.wish != self.wish:
            return  # overtaken
        if word.what == "stop":
            self._show()
            self._settle(word.wish)
            return
        self._crew.drop(self._asked)
        try:
            ways, self._all = self._showing.make()
        except BaseException as error:  # noqa: BLE001 - an own function may raise whatever it likes
            self._failed(error)
            return
        if "changed" not in self._ways or not is_same(self._ways["changed"], ways["changed"]):
            self._lived["changed"] = {}
        self._ways = dict(ways)
        self._shown = -1
        sides = ("changed", "now") if self._is_moved else ("now",)
        self._asked = self._crew.ask(
            [
                Job(side, n, *self._ways[side], self._seed, self._measures)
                for n in range(self._all) for side in sides if n not in self._lived[side]
            ],
            self._heard.put,
        )  # fmt: skip
        if word.wish != self.wish:
            self._crew.drop(self._asked)

    @property
    def _is_moved(self) -> bool:
        return not is_same(self._ways["now"], self._ways["changed"])

    def _keep(self, told: Told) -> bool:
        """Keep what has arrived; tells whether there is more to see. The desk as it is stays as it is."""
        if isinstance(told.found, BaseException):
            if told.wish == self._asked:
                self._crew.drop(self._asked)
                self._asked = _NOTHING  # what else fails, fails for the same reason
                self._failed(told.found)
            return False
        if told.wish == self._asked or told.name == "now":
            self._lived[told.name][told.n] = told.found
        return self._is_news()

    def _is_news(self) -> bool:
        many = self._arrived()
        return self.is_running and many > self._shown and many >= min(_FEW, self._all)

    def _arrived(self) -> int:
        """Return how many replications both sides have, from the first on."""
        sides = [self._lived["now"]] + ([self._lived["changed"]] if self._ways and self._is_moved else [])
        n = 0
        while n < self._all and all(n in side for side in sides):
            n += 1
        return n

    def _show(self) -> None:
        wish, many = self.wish, self._arrived()
        if many == self._shown or not self._ways or not many:
            return
        self._shown = many
        try:
            self._showing.see(self._studies(many), lambda: wish == self.wish)
        except BaseException as error:  # noqa: BLE001 - likewise
            self._crew.drop(self._asked)
            self._failed(error)
            return
        if many >= self._all:
            self._settle(wish)

    def _studies(self, many: int) -> dict[str, Study]:
        found = {}
        for name, (scenario, policy) in self._ways.items():
            runs = self._lived[name if self._is_moved else "now"]
            found[name] = Study(
                scenario=scenario, policies={policy.name: policy}, found={policy.name: [runs[n] for n in range(many)]},
                seed=self._seed, level=_LEVEL,
            )  # fmt: skip
        return found

    def _failed(self, error: BaseException) -> None:
        """Say what failed; a fault that is not ours to explain goes to the kernel's log as well."""
        wish = self.wish
        self._showing.fail(error, lambda: wish == self.wish)
        if not isinstance(error, DeskkitError):
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
        self._settle(wish)

    def _settle(self, wish: int) -> None:
        with self._lock:
            if wish != self.wish:
                return
            self._settled.set()
        self._showing.rest()
