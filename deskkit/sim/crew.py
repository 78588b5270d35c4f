"""Processes that stand ready while somebody tries things out: what was asked last is lived through first.

`deskkit.sim.processes` begins processes for a piece of work and ends them with it. Here they stay: the compiled engine
is loaded and the customers are drawn when the next wish comes. A wish that is dropped, or overtaken by a newer one, is
left at once, in the midst of a replication; of one that was dropped nothing is told any more.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import threading
from collections import deque
from contextlib import suppress
from ctypes import c_longlong
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskkit.errors import ScenarioError
from deskkit.sim.member import Job, serve
from deskkit.sim.study import Replication

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

__all__ = ["MEMBERS", "Crew", "Told", "standing"]

MEMBERS: Final = max(2, min(4, os.cpu_count() or 2))

_EXPECTED: Final = "memory for all of them; in a script, a call that only the script itself makes"
_EXAMPLE: Final = 'if __name__ == "__main__": ...'


class Told(NamedTuple):
    """What came of a replication.

    Attributes
    ----------
    wish : int
        As `Crew.ask` returned it.
    name : str
    n : int
        Of the job.
    found : Replication or Exception
    """

    wish: int
    name: str
    n: int
    found: Replication | Exception


class _Wish(NamedTuple):
    jobs: deque[Job]
    tell: Callable[[Told], None]


class _Process(NamedTuple):
    process: BaseProcess
    connection: Connection

    def lives(self, stamp: int, job: Job) -> tuple[object, bool]:
        """Hand a job over and wait for what comes of it; tell also whether the process is still there."""
        try:
            self.connection.send((stamp, job))
            return self.connection.recv(), True
        except (EOFError, OSError):
            return ScenarioError(
                "A process ended before its work did.", place=f"replication {job.n}", value=f"seed {job.seed}",
                expected=_EXPECTED, example=_EXAMPLE,
            ), False  # fmt: skip

    def end(self) -> None:
        """End the process, whatever it is doing: it holds nothing of its own."""
        self.process.terminate()
        self.process.join()
        self.connection.close()


class Crew:
    """Processes that stand ready, until they are closed or this process ends.

    Parameters
    ----------
    members : int
        How many. They begin at once, in the background.

    Raises
    ------
    ScenarioError
        This is such a process itself, which reads the script that began it: without end, each would begin others.
    """

    def __init__(self, members: int = MEMBERS) -> None:
        if getattr(multiprocessing.current_process(), "_inheriting", False):  # as multiprocessing asks itself
            raise _unbegun("this process reads the script that began it")
        spawning = multiprocessing.get_context("spawn")
        self._spawning: Any = spawning
        self._first = spawning.Lock()
        self._newest = spawning.RawValue(c_longlong, 0)
        self._more = threading.Condition()
        self._wishes: dict[int, _Wish] = {}
        self._is_closed = False
        self._begun: dict[int, _Process] = {}
        self._threads = [
            threading.Thread(target=self._have_served, args=(place, members), daemon=True) for place in range(members)
        ]
        for thread in self._threads:
            thread.start()
        atexit.register(self.close)

    # ------------------------------------------------------------ what is wanted

    def ask(self, jobs: Iterable[Job], tell: Callable[[Told], None]) -> int:
        """Have replications lived through, before all that was asked earlier.

        Parameters
        ----------
        jobs : iterable of Job
            What is wanted soonest first.
        tell : callable
            Told of each, from another thread; it must not take long.

        Returns
        -------
        int
            The wish, to be dropped.
        """
        with self._more:
            wish = self._overtake()
            self._wishes[wish] = _Wish(deque(jobs), tell)
            self._more.notify_all()
        return wish

    def drop(self, wish: int) -> None:
        """Want a wish no more: what is being lived through for it is left, and nothing more is told of it."""
        with self._more:
            if self._wishes.pop(wish, None) is not None:
                self._overtake()

    def _overtake(self) -> int:
        self._newest.value += 1
        return int(self._newest.value)

    # ------------------------------------------------------------ who does it

    @property
    def processes(self) -> tuple[int, ...]:
        """The numbers of the processes that have begun."""
        return tuple(one.process.pid or 0 for one in self._begun.values())

    def close(self) -> None:
        """End all processes, in the midst of their work."""
        with self._more:
            self._is_closed = True
            self._wishes.clear()
            self._more.notify_all()
            begun = list(self._begun.values())
        for one in begun:
            one.process.terminate()  # whoever waits for it hears that it is gone
        for thread in self._threads:
            thread.join()
        atexit.unregister(self.close)

    def _have_served(self, place: int, members: int) -> None:
        """Keep one process at work; one that is gone is replaced when the next job comes."""
        one: _Process | None = None
        with suppress(ScenarioError):  # whoever wants something hears of it, if it still cannot begin then
            one = self._begin(place)
        while (handed := self._next(place, members)) is not None:
            wish, stamp, job = handed
            try:
                one = one or self._begin(place)
            except ScenarioError as error:
                self._pass_on(wish, job, error)
                continue
            found, is_there = one.lives(stamp, job)
            self._pass_on(wish, job, found)
            if not is_there:
                one.end()
                one = None
        if one:
            one.end()

    def _begin(self, place: int) -> _Process:
        """Begin a process; a `ScenarioError` says why none can be."""
        ours, theirs = self._spawning.Pipe()
        process = self._spawning.Process(target=serve, args=(theirs, self._newest, self._first), daemon=True)
        if hasattr(signal, "pthread_sigmask"):  # Ctrl-C is no matter of a process, not even while it begins
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        except OSError as error:
            ours.close()
            raise _unbegun(str(error)) from error
        finally:
            theirs.close()
        one = _Process(process, ours)
        with self._more:
            self._begun[place] = one
        return one

    def _next(self, place: int, members: int) -> tuple[int, int, Job] | None:
        """Wait for a job: of the newest wish, and if there is one of a replication whose customers this one knows."""
        with self._more:
            while not self._is_closed:
                for wish, (jobs, _) in reversed(self._wishes.items()):
                    if jobs:
                        job = next((job for job in jobs if job.n % members == place), jobs[0])
                        jobs.remove(job)
                        return wish, self._newest.value, job
                self._more.wait()
        return None

    def _pass_on(self, number: int, job: Job, found: object) -> None:
        """Tell who asked; what was left though it is still wanted comes again."""
        with self._more:
            wish = self._wishes.get(number)
            if wish is None:
                return
            if isinstance(found, Replication | Exception):
                wish.tell(Told(number, job.name, job.n, found))
            else:
                wish.jobs.appendleft(job)
                self._more.notify_all()


def _unbegun(why: str) -> ScenarioError:
    return ScenarioError("No further process can begin.", place="crew", value=why, expected=_EXPECTED, example=_EXAMPLE)


class _Standing:
    """The crew of this process: one for all who want one, as long as somebody does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._crew: Crew | None = None
        self._wanted = 0

    def enter(self) -> Crew:
        """Have a crew; it begins with the first who wants one."""
        with self._lock:
            self._wanted += 1
            self._crew = self._crew or Crew()
            return self._crew

    def leave(self) -> None:
        """Want it no more; it ends with the last."""
        with self._lock:
            self._wanted -= 1
            crew = None if self._wanted else self._crew
            if crew is not None:
                self._crew = None
        if crew is not None:
            crew.close()


standing: Final = _Standing()
