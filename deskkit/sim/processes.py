"""Work in processes of its own, handed back in order: the result does not depend on how many there are.

Whatever ends the work early - an error, Ctrl-C, a caller who has enough, the end of this process itself - leaves no
process behind. This module knows nothing of what the work is.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from deskkit.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from concurrent.futures import Future

__all__ = ["at_hand", "by", "in_order", "obey"]

_AHEAD: Final = 3  # jobs handed out for each process: enough that none waits for work, few enough to throw away

_GLANCE_S: Final = 0.1
MAY_END: Final = sys.version_info >= (3, 11, 5)
"""Before, a pool hangs for ever if a process ends while work is written to it (CPython issue 94777): it is awaited."""

Job = TypeVar("Job")
Found = TypeVar("Found")


def in_order(
    work: Callable[[Job], Found], jobs: Iterable[Job], *, workers: int = 1
) -> Generator[tuple[Job, Found], None, None]:
    """Yield each job with what came of it, in the order of the jobs.

    Parameters
    ----------
    work : callable
        Takes a job. With more than one worker both are pickled: a function of a module, or a `partial` of one.
    jobs : iterable
        May be endless: only a few are taken ahead. Close the generator to have no more.
    workers : int
        Processes; 1 works in this one.

    Yields
    ------
    (job, found)

    Raises
    ------
    ScenarioError
        A process was ended from outside, or could not begin. What `work` raises is raised here.

    Notes
    -----
    Processes are spawned, never forked: a fork copies locks that other threads hold. They ignore Ctrl-C, which a
    terminal sends to all, and end when told to, or when this process is no more.

    Examples
    --------
    >>> list(in_order(abs, [-3, -1, -2]))
    [(-3, 3), (-1, 1), (-2, 2)]
    """
    with at_hand(workers) as pool:
        yield from by(pool, work, jobs, ahead=_AHEAD * workers)


@contextmanager
def at_hand(workers: int) -> Iterator[ProcessPoolExecutor | None]:
    """Have processes at hand for several pieces of work, see `by`; None where this one is enough."""
    if workers == 1:
        yield None
        return
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=obey)
    is_done = False
    try:
        yield pool
        is_done = True
    except BrokenProcessPool as error:
        raise ScenarioError(
            "A process ended before its work did.", place=f"workers={workers}",
            expected="memory for all of them; in a script, a call that only the script itself makes",
            example='if __name__ == "__main__": ... , or workers=1',
        ) from error  # fmt: skip
    finally:
        if not is_done and MAY_END:
            for child in set(multiprocessing.active_children()) - before:
                child.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def by(
    pool: ProcessPoolExecutor | None, work: Callable[[Job], Found], jobs: Iterable[Job], *, ahead: int
) -> Generator[tuple[Job, Found], None, None]:
    """Yield each job with what came of it, in the order of the jobs; so many are with the processes at once."""
    if pool is None:
        for job in jobs:
            yield job, work(job)
        return
    handed: deque[tuple[Job, Future[Found]]] = deque()
    for job in jobs:
        handed.append((job, pool.submit(work, job)))
        if len(handed) >= ahead:
            yield _awaited(handed)
    while handed:
        yield _awaited(handed)


def _awaited(handed: deque[tuple[Job, Future[Found]]]) -> tuple[Job, Found]:
    """Wait for the first job handed out.

    In glances: once polars has run a query, its handler of Ctrl-C lets a wait for a lock go on as if nothing had come.
    """
    job, future = handed.popleft()
    while not future.done():
        wait([future], timeout=_GLANCE_S)
    return job, future.result()


def obey() -> None:
    """Leave Ctrl-C to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
