"""Work in processes of its own, handed back in order: the result does not depend on how many there are, or where.

They are processes of this machine, or the workers of a cluster (`deskkit.sim.cluster`): this is the one door to both.
Whatever ends the work early - an error, Ctrl-C, a caller who has enough, the end of this process itself - leaves no
process behind. This module knows nothing of what the work is.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

from deskkit.arguments import WHOLE, expect
from deskkit.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from concurrent.futures import Future

__all__ = ["Pool", "Workers", "at_hand", "by", "check_workers", "in_order", "obey"]

Workers: TypeAlias = "int | str"
"""Who works: so many processes of this machine, or the cluster of an address."""

MOST: Final = 256
AHEAD: Final = 3  # jobs handed out for each process: enough that none waits for work, few enough to throw away

_GLANCE_S: Final = 0.1
_SELDOM: Final = 100_000  # objects made between two searches for rubbish: a replication makes many and leaves little
_THREADS: Final = "POLARS_MAX_THREADS"
MAY_END: Final = sys.version_info >= (3, 11, 5)
"""Before, a pool hangs for ever if a process ends while work is written to it (CPython issue 94777): it is awaited."""

Job = TypeVar("Job")
Found = TypeVar("Found")


class Pool(Protocol):
    """Processes at hand, wherever they are."""

    @property
    def width(self) -> int:
        """How many jobs they do at once."""

    def submit(self, work: Callable[[Job], Found], job: Job, about: str) -> Future[Found]:
        """Hand out a job; `about` says of it which one it is."""

    def look(self) -> None:
        """Raise what ends the work though no job says so; asked now and then while one is awaited."""


def in_order(
    work: Callable[[Job], Found],
    jobs: Iterable[Job],
    *,
    workers: Workers = 1,
    about: Callable[[Job], str] = repr,
    ready: Callable[[], object] | None = None,
) -> Generator[tuple[Job, Found], None, None]:
    """Yield each job with what came of it, in the order of the jobs.

    Parameters
    ----------
    work : callable
        Takes a job. With more than one worker both are pickled: a function of a module, or a `partial` of one.
    jobs : iterable
        May be endless: only a few are taken ahead. Close the generator to have no more.
    workers : int or str
        Processes; 1 works in this one. Or the address of a Dask cluster, ``tls://host:port``.
    about : callable
        Says of a job which one it is, for an error.
    ready : callable, optional
        Done first, once for each machine that works: what all its processes then have at hand.

    Yields
    ------
    (job, found)

    Raises
    ------
    ScenarioError
        A process was ended from outside, or could not begin; of a cluster, whose lost workers others stand in for:
        nobody is there or left, or several workers ended over the same job. What `work` raises is raised here.

    Notes
    -----
    Processes are spawned, never forked: a fork copies locks that other threads hold. They ignore Ctrl-C, which a
    terminal sends to all, and end when told to, or when this process is no more.

    Examples
    --------
    >>> list(in_order(abs, [-3, -1, -2]))
    [(-3, 3), (-1, 1), (-2, 2)]
    """
    with at_hand(workers, ready=ready) as pool:
        yield from by(pool, work, jobs, about=about)


def check_workers(workers: object, place: str) -> None:
    """Refuse what is neither a number of processes nor the address of a cluster.

    Raises
    ------
    ArgumentError
    ScenarioError

    Examples
    --------
    >>> check_workers("tls://desk.example:8786", "compare")
    >>> check_workers("desk.example", "compare")
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: workers: This is no address of a cluster. Got 'desk.example'. Expected ... Hint: ...
    """
    if isinstance(workers, str):
        try:
            parts = urlsplit(workers)
            is_address = parts.scheme in {"tcp", "tls"} and bool(parts.hostname and parts.port) and not parts.path
        except ValueError:  # a port that is none
            is_address = False
        if not is_address:
            raise ScenarioError(
                "This is no address of a cluster.", place="workers", value=workers,
                expected="tls:// or, on this machine, tcp://, with host and port",
                example="workers='tls://desk.example:8786'",
            )  # fmt: skip
        return
    expect(WHOLE, place, workers=workers)
    if not 1 <= int(workers) <= MOST:  # type: ignore[call-overload]
        raise ScenarioError(
            "This number is out of range.", place="workers", value=workers, expected=f"1 to {MOST}", example="workers=2"
        )


@contextmanager
def at_hand(workers: Workers, *, ready: Callable[[], object] | None = None) -> Iterator[Pool | None]:
    """Have processes at hand for several pieces of work, see `by` and `in_order`; None where this one is enough."""
    if isinstance(workers, str):
        from deskkit.sim.cluster import joined  # noqa: PLC0415 - Dask is loaded when needed

        with joined(workers) as cluster:
            if ready is not None:
                for _ in by(cluster, partial(_done, ready), cluster.machines(), ahead=MOST):
                    pass
            yield cluster
        return
    if ready is not None:
        ready()
    if workers == 1:
        yield None
        return
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=obey)
    is_done = False
    try:
        _begin(pool, workers)
        yield _Processes(pool, workers)
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


def _begin(pool: ProcessPoolExecutor, workers: int) -> None:
    """Let the processes begin, with one thread each for frames: they are as many as are to work at once.

    They find it in the environment, for the main module of a script, which each of them loads first, may load polars.
    """
    before = os.environ.get(_THREADS)
    os.environ.setdefault(_THREADS, "1")
    try:
        for _ in range(workers):  # one begins with each job that finds none idle, and none is so soon
            pool.submit(int)
    finally:
        if before is None:
            del os.environ[_THREADS]


def _done(ready: Callable[[], object], _: object) -> None:
    ready()


def by(
    pool: Pool | None,
    work: Callable[[Job], Found],
    jobs: Iterable[Job],
    *,
    ahead: int = 0,
    about: Callable[[Job], str] = repr,
) -> Generator[tuple[Job, Found], None, None]:
    """Yield each job with what came of it, in the order of the jobs; so many are with the processes at once."""
    if pool is None:
        for job in jobs:
            yield job, work(job)
        return
    handed: deque[tuple[Job, Future[Found]]] = deque()
    for job in jobs:
        handed.append((job, pool.submit(work, job, about(job))))
        if len(handed) >= (ahead or AHEAD * pool.width):
            yield _awaited(pool, handed)
    while handed:
        yield _awaited(pool, handed)


def _awaited(pool: Pool, handed: deque[tuple[Job, Future[Found]]]) -> tuple[Job, Found]:
    """Wait for the first job handed out.

    In glances: once polars has run a query, its handler of Ctrl-C lets a wait for a lock go on as if nothing had come.
    """
    job, future = handed.popleft()
    while not future.done():
        wait([future], timeout=_GLANCE_S)
        pool.look()
    return job, future.result()


class _Processes:
    """Processes of this machine."""

    def __init__(self, pool: ProcessPoolExecutor, width: int) -> None:
        self._pool, self.width = pool, width

    def submit(self, work: Callable[[Job], Found], job: Job, about: str) -> Future[Found]:  # noqa: ARG002 - see `Pool`
        return self._pool.submit(work, job)

    def look(self) -> None:
        """Let the pool itself say of a process that ended."""


def obey() -> None:
    """Leave Ctrl-C to the parent, end with it, and seldom look for rubbish."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_SELDOM)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
