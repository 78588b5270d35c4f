"""One process of a crew: it lives through the replications it is handed, and leaves one that nobody wants any more.

What does not depend on what is varied is made once: the customers of a replication, by the scenario's part that brings
them, so that all policies meet the same ones and none is drawn twice.
"""

from __future__ import annotations

import gc
import os
from collections import OrderedDict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskkit.errors import DeskkitError, NotCompilable, ScenarioError
from deskkit.sim.processes import obey

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Lock

    from deskkit.desk.policy import Policy
    from deskkit.sim.run import EngineName, Run
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Replication
    from deskkit.sim.workload import Workload

__all__ = ["Job", "serve"]

_KEPT: Final = 32  # workloads, policies
_PATIENCE_S: Final = 120.0
_OFTEN: Final = 256  # steps of a slow engine between two looks


class Job(NamedTuple):
    """A replication to live through.

    Attributes
    ----------
    name : str
        Of its side.
    n : int
        Its number.
    scenario, policy, seed
        As for `deskkit.sim.experiment.replicate`.
    measures : tuple of str
        That somebody waits for, see `deskkit.sim.outcomes.judged`; those of single times are added up already.
    """

    name: str
    n: int
    scenario: Scenario
    policy: Policy
    seed: int
    measures: tuple[str, ...] = ()


class Left(Exception):  # noqa: N818 - nothing went wrong
    """A replication that nobody wants any more."""


class Kept(OrderedDict[Any, Any]):
    """What was made, the latest of it."""

    def of(self, key: Any, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is kept
        """Return what is kept under a key, or make it."""
        if key not in self:
            self[key] = make()
        self.move_to_end(key)
        while len(self) > _KEPT:
            self.popitem(last=False)
        return self[key]


class Member:
    """Lives through replications.

    Parameters
    ----------
    is_left : callable
        Whether nobody wants the present one any more.
    """

    def __init__(self, is_left: Callable[[], bool]) -> None:
        self._is_left, self._workloads, self._policies = is_left, Kept(), Kept()

    def live(self, job: Job) -> Replication:
        """Live through a replication.

        Raises
        ------
        Left
            Nobody wants it any more.
        ScenarioError
            It failed: which one, with what seed.
        """
        try:
            return self._read_off(self._run(job), job)
        except (Left, NotCompilable):
            raise
        except Exception as error:
            raise ScenarioError(
                f"A replication failed under {job.name}: {error}", place=f"replication {job.n}",
                value=f"seed {job.seed}", expected="a run to its end",
                example=f"simulate(scenario, policy, seed={job.seed}, replication={job.n})",
            ) from error  # fmt: skip

    def _look(self) -> None:
        if self._is_left():
            raise Left

    def _run(self, job: Job) -> Run:
        from deskkit.sim.run import clock_of, simulate  # noqa: PLC0415 - see `serve`
        from deskkit.sim.scenariofile.made import check_made  # noqa: PLC0415
        from deskkit.sim.workload import sample  # noqa: PLC0415

        policy: Policy = self._policies.of(job.policy.fingerprint, lambda: job.policy)
        scenario = job.scenario
        check_made(scenario)
        begin, zone = clock_of(scenario, policy)

        def drawn() -> Workload:
            found = sample(scenario, seed=job.seed, replication=job.n, begin=begin, zone=zone)
            _ = found.digest
            gc.freeze()  # thousands of rows that stay need not be looked through again and again
            return found

        workload: Workload = self._workloads.of((_customers(scenario), job.seed, job.n, begin, zone), drawn)
        self._look()
        if find_spec("numba"):
            try:
                return simulate(scenario, policy, workload=workload, engine="compiled")
            except NotCompilable:
                pass  # the other one gives the same
        return simulate(scenario, policy, workload=workload, engine=_looking(self._look))

    def _read_off(self, run: Run, job: Job) -> Replication:
        from deskkit.sim.outcomes import judged, saturated  # noqa: PLC0415 - see `serve`
        from deskkit.sim.periods import by_period  # noqa: PLC0415
        from deskkit.sim.study import Replication  # noqa: PLC0415

        self._look()
        _ = run.spans
        self._look()
        measures, samples = judged(run, job.measures)
        sums = {name: (float(sum(samples[name])), float(len(samples[name])))
                for name in job.measures if name in samples and name not in measures}  # fmt: skip
        return Replication(
            measures | sums, samples, saturated(run), run.truncated, run.workload.digest, "", by_period(run),
            run.left_over,
        )  # fmt: skip


def _customers(scenario: Scenario) -> bytes:
    """Return the part of a scenario that says who comes when with what, as a key."""
    import msgspec  # noqa: PLC0415 - see `serve`

    return msgspec.json.encode((
        scenario.streams, scenario.day, scenario.days, scenario.begin_ms, scenario.end_ms, scenario.factors
    ))  # fmt: skip


def _looking(look: Callable[[], None]) -> type[Any]:
    """Return the slow engine, which looks now and then whether it is still wanted."""
    from deskkit.sim.engine import Engine  # noqa: PLC0415 - see `serve`

    class Looking(Engine):
        def __init__(self, world: Any, step: Any, next_deadline: Any) -> None:  # noqa: ANN401 - as the base has them
            steps = 0

            def watched(fact: Any) -> Any:  # noqa: ANN401
                nonlocal steps
                steps += 1
                if steps % _OFTEN == 0:
                    look()
                return step(fact)

            super().__init__(world, watched, next_deadline)

    return Looking


def serve(connection: Connection, newest: Any, first: Lock) -> None:  # noqa: ANN401 - a number that two processes share
    """Live through what is handed over, one after the other, until the connection ends.

    Parameters
    ----------
    connection : Connection
        Brings ``(stamp, Job)``; takes a `Replication`, an exception, or None for one that was left.
    newest : shared number
        A job with an older stamp than this is wanted no more.
    first : Lock
        Who has it compiles the engine, if need be; the others then take what was kept.
    """
    obey()
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # there are as many of us as cores
    _warm(first)
    stamp = 0
    member = Member(lambda: newest.value > stamp)
    while True:
        try:
            stamp, job = connection.recv()
        except EOFError:
            return
        found: Replication | Exception | None
        try:
            found = member.live(job)
        except Left:
            found = None
        except DeskkitError as error:
            found = error
        try:
            connection.send(found)
        except OSError:
            return  # nobody listens any more


def _warm(first: Lock) -> None:
    """Load what every replication needs, before the first is wanted."""
    from deskkit.sim.run import make_ready  # noqa: PLC0415 - polars must not be loaded before it is told its threads

    engine: EngineName = "compiled" if find_spec("numba") else "simpy"
    is_first = first.acquire(timeout=_PATIENCE_S)  # who had it may have been ended
    try:
        make_ready(engine)
    finally:
        if is_first:
            first.release()
