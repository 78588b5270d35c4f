"""Experiments: a scenario lived through many times, and policies compared on the same customers.

Replications run in processes of their own and are put together by their number, so that one worker and eight give the
same result to the last bit. Policies are compared in pairs: each replication brings all of them the same customers.
"""

from __future__ import annotations

import sys
from contextlib import closing
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import structs
from tqdm import tqdm

from deskkit.arguments import CALLABLE, POLICY, SEVERAL, expect
from deskkit.desk.policy import Policy
from deskkit.errors import NotCompilable, ScenarioError
from deskkit.sim.estimates import Target
from deskkit.sim.outcomes import judged, saturated
from deskkit.sim.periods import by_period
from deskkit.sim.processes import in_order
from deskkit.sim.run import make_ready, simulate
from deskkit.sim.study import Replication, Study, named
from deskkit.sim.terms import LOOK_AHEAD, check, check_once, check_rule, check_who, pair_of, picks_of, targets_of, told

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

    from deskkit.sim.engine import Pick
    from deskkit.sim.processes import Workers
    from deskkit.sim.run import EngineName
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["Replication", "Study", "Target", "alongside", "compare", "named", "precise", "replicate", "sweep"]


class Way(NamedTuple):
    """One alternative of a study: what is lived through, and by which decisions."""

    scenario: Scenario
    policy: str
    workload: Workload | None = None
    pick: Pick | None = None
    engine: EngineName = "simpy"


def replicate(  # noqa: PLR0913 - each is a choice of the analyst
    scenario: Scenario,
    policy: Policy,
    *,
    replications: int = 10,
    seed: int = 0,
    workload: Workload | None = None,
    pick: Pick | None = None,
    workers: Workers = 1,
    level: float = 0.95,
    progress: bool = False,
    engine: EngineName = "simpy",
) -> Study:
    """Live through a scenario so many times.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    replications : int
    seed : int
    workload : Workload, optional
        Customers to serve in every replication, for example ``workload_from(log)``; see the notes of `compare`.
    pick : callable, optional
        ``pick(agent, unread, now)`` returns one of `unread`, as in `simulate`.
    workers : int or str
        Processes, or the address of a Dask cluster, ``"tls://host:port"``; the result is the same for any number. With
        more than one `pick` is a function of a file. A cluster is sent no `workload`.
    level : float
    progress : bool
        Show a bar on standard error.
    engine : {"simpy", "compiled"}
        Which engine lives through it; both give the same. The compiled one writes no log, so its replications have no
        digest of one.

    Returns
    -------
    Study

    Raises
    ------
    ArgumentError
        Something is of the wrong type: no policy, a text for a number.
    ScenarioError
        A replication failed: which one, with what seed; or a number is out of range.
    """
    expect(POLICY, "replicate", policy=policy)
    return compare(
        {policy.name: policy}, scenario, replications=replications, seed=seed, workload=workload, pick=pick,
        workers=workers, level=level, progress=progress, engine=engine,
    )  # fmt: skip


def compare(  # noqa: PLR0913 - likewise
    policies: Mapping[str, Policy],
    scenario: Scenario,
    *,
    replications: int = 10,
    seed: int = 0,
    workload: Workload | None = None,
    pick: Pick | Mapping[str, Pick | None] | None = None,
    workers: Workers = 1,
    level: float = 0.95,
    progress: bool = False,
    engine: EngineName = "simpy",
) -> Study:
    """Compare policies on the same customers; parameters as for `replicate`.

    Parameters
    ----------
    policies : dict of str to Policy
        The first is the base. One policy may stand under two names, with another `pick`.
    pick : callable, or dict of str to callable
        For all of them, or by the name of a policy; who is not named chooses as the scenario says.

    Returns
    -------
    Study
        Its `differences` are paired, with intervals that hold together.

    Notes
    -----
    In replication n all policies meet the same customers with the same luck: common random numbers. *Without a
    workload* each replication is another day: other customers come. *With one* the same customers come in every
    replication, at the same instants, with the same texts, needs and patience, and what answering and thinking take is
    in its rows. Only the luck that is not in it varies: how soon an agent notices, which notices are missed, what
    switching costs, which replies go astray, how long mending takes. The intervals then say how sure a number is *for
    these customers*; how another day would differ, they do not know.

    Examples
    --------
    What would have come of yesterday's customers under a policy with less room, twice:

    >>> from deskkit.sim.run import make_ready, simulate
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> from deskkit.sim.trace import workload_from
    >>> small, policy = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
    >>> yesterday = workload_from(simulate(small, policy, seed=7).log, policy=policy)
    >>> policies = {"today": policy, "narrow": policy.edit({"capacity.agent": 3})}
    >>> study = compare(policies, small, workload=yesterday, replications=2)
    >>> len({run.workload for runs in study.found.values() for run in runs})
    1

    The same policy with an own decision about which tab comes next:

    >>> from deskkit.sim.picks import newest_first
    >>> study = compare({"as it is": policy, "newest": policy}, small, pick={"newest": newest_first}, replications=2)
    >>> study.picks
    {'newest': 'newest_first'}
    """
    check("compare", replications=replications, workers=workers, level=level, seed=seed)
    check_who("compare", policies, scenario, workload, workers)
    picks = picks_of(policies, pick, workers)
    ordered: dict[str, list[Replication]] = {name: [] for name in policies}
    ways = {name: Way(scenario, policy.text, workload, picks[name], engine) for name, policy in policies.items()}
    lived = _lived(ways, range(replications), seed=seed, workers=workers)
    total = replications * len(policies)
    with closing(lived), tqdm(total=total, unit=" runs", disable=not progress, file=sys.stderr) as bar:
        for (name, _), found in lived:
            ordered[name].append(found)
            bar.update()
    return Study(
        scenario=scenario, policies=dict(policies), found=ordered, seed=int(seed), level=level, workload=workload,
        engine=engine, picks={name: _called(one) for name, one in picks.items() if one is not None},
    )  # fmt: skip


def _called(pick: Pick) -> str:
    return getattr(pick, "__name__", type(pick).__name__)


def precise(  # noqa: PLR0913 - likewise
    scenario: Scenario,
    policy: Policy,
    measures: str | Sequence[str] | Mapping[str, Target],
    *,
    relative: float = 0.0,
    absolute: float = 0.0,
    least: int = 10,
    look_ahead: int = LOOK_AHEAD,
    most: int = 1_000,
    seed: int = 0,
    workload: Workload | None = None,
    pick: Pick | None = None,
    workers: Workers = 1,
    level: float = 0.95,
    progress: bool = False,
    engine: EngineName = "simpy",
) -> Study:
    """Add replications until several measures are precise at once, or there are `most`.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    measures : str, sequence of str, or dict of str to Target
        Names, which all get the target of `relative` and `absolute`; or each with its own.
    relative, absolute : float
        A half-width at most this share of the mean, or this amount; whichever is wider.
    least : int
        So many before the rule first looks: few replications are precise by luck.
    look_ahead : int
        It must hold with each of so many further replications as well (Hoad, Robinson & Davies, JORS 2010).
    most : int
    seed, workload, pick, workers, level, progress, engine
        As for `replicate`. The intervals hold together at `level` (Bonferroni).

    Returns
    -------
    Study
        The same for any number of workers. What was not reached stands in its `imprecise` and `warnings`.

    Raises
    ------
    ArgumentError
        Something is of the wrong type: no policy, a text for a number.
    ScenarioError
        No target, an unknown measure, a number out of range, or a replication that failed.
    """
    expect(POLICY, "precise", policy=policy)
    check("precise", replications=most, workers=workers, level=level, seed=seed)
    check_who("precise", {policy.name: policy}, scenario, workload, workers)
    targets = targets_of(measures, relative=relative, absolute=absolute)
    check_rule(targets, least, look_ahead, most)
    picked = picks_of({policy.name: policy}, pick, workers)[policy.name]
    runs: list[Replication] = []
    missed: list[str] = []
    held = 0
    study = Study(
        scenario=scenario, policies={policy.name: policy}, found={policy.name: runs}, seed=int(seed), level=level,
        rule=told(targets, least, look_ahead, most), workload=workload, engine=engine,
        picks={} if picked is None else {policy.name: _called(picked)},
    )  # fmt: skip
    way = Way(scenario, policy.text, workload, picked, engine)
    lived = _lived({policy.name: way}, range(most), seed=seed, workers=workers)
    with closing(lived), tqdm(total=most, unit=" runs", disable=not progress, file=sys.stderr) as bar:
        for _, found in lived:
            runs.append(found)
            bar.update()
            missed = [name for name in targets if len(runs) < least or not study.is_within(targets, name)]
            held = 0 if missed else held + 1
            if held > look_ahead:
                break
    return structs.replace(study, imprecise=tuple(missed))


def sweep(
    make: Callable[[Any], tuple[Scenario, Policy]],
    values: Sequence[Any],
    **options: Any,
) -> dict[Any, Study]:
    """Replicate for each of some values.

    Parameters
    ----------
    make : callable
        ``make(value)`` returns a scenario and a policy.
    values : sequence
    **options
        Of `replicate`.

    Returns
    -------
    dict of value to Study

    Raises
    ------
    ArgumentError
        `make` is no function, or does not return a scenario and a policy.
    ScenarioError
        As for `replicate`.

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> small, policy = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
    >>> found = sweep(lambda room: (small, policy.edit({"capacity.agent": room})), [3, 5], replications=2)
    >>> found[3].estimate("part_attention").mean < found[5].estimate("part_attention").mean
    True
    """
    expect(CALLABLE, "sweep", make=make)
    expect(SEVERAL, "sweep", values=values)
    check_once("sweep", values)
    return {
        value: replicate(*pair_of(make(value), "sweep", f"make({value!r}) returned"), **options) for value in values
    }


def alongside(
    ways: Mapping[str, tuple[Scenario, Policy]],
    *,
    replications: int = 10,
    seed: int = 0,
    workers: Workers = 1,
    level: float = 0.95,
    engine: EngineName = "simpy",
) -> Generator[dict[str, Study], None, None]:
    """Live through scenarios that differ, under policies that may, side by side; yield what is known so far.

    Parameters
    ----------
    ways : dict of str to (Scenario, Policy)
    replications, seed, workers, level, engine
        As for `replicate`. Close the generator to have no more.

    Yields
    ------
    dict of str to Study
        After each replication of all; those of one number have the same seed, see `versus`.

    Raises
    ------
    ScenarioError
        As for `replicate`.
    """
    check("alongside", replications=replications, workers=workers, level=level, seed=seed)
    pairs = {name: pair_of(pair, "alongside", f"ways[{name!r}] is") for name, pair in ways.items()}
    lives = {name: Way(scenario, policy.text, engine=engine) for name, (scenario, policy) in pairs.items()}
    runs: dict[str, list[Replication]] = {name: [] for name in ways}
    with closing(_lived(lives, range(replications), seed=seed, workers=workers)) as lived:
        for (name, n), found in lived:
            runs[name].append(found)
            if all(len(so_far) == n + 1 for so_far in runs.values()):
                yield {
                    one: Study(
                        scenario=scenario, policies={policy.name: policy}, found={policy.name: list(runs[one])},
                        seed=seed, level=level, engine=engine,
                    )
                    for one, (scenario, policy) in ways.items()
                }  # fmt: skip


def _lived(
    ways: Mapping[str, Way], numbers: Iterable[int], *, seed: int, workers: Workers
) -> Generator[tuple[tuple[str, int], Replication], None, None]:
    """Yield name and number of each replication with what came of it, in order."""
    jobs = ((name, n) for n in numbers for name in ways)
    work = partial(_live, dict(ways), int(seed))
    return in_order(
        work, jobs, workers=workers, about=lambda job: f"replication {job[1]}, seed {seed}, under {job[0]}",
        ready=partial(_make_ready, tuple({way.engine for way in ways.values()})),
    )  # fmt: skip


def _make_ready(engines: Iterable[EngineName]) -> None:
    for engine in engines:
        make_ready(engine)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Policy:
    return Policy.parse(text)


def _live(ways: Mapping[str, Way], seed: int, job: tuple[str, int]) -> Replication:
    """Live through one replication."""
    name, n = job
    try:
        way = ways[name]
        run = simulate(
            way.scenario, _parsed(way.policy), seed=seed, replication=n, workload=way.workload, pick=way.pick,
            engine=way.engine,
        )  # fmt: skip
        measures, samples = judged(run)
        return Replication(
            measures, samples, saturated(run), run.truncated, run.workload.digest,
            run.digest if way.engine == "simpy" else "", by_period(run), run.left_over,
        )  # fmt: skip
    except NotCompilable:
        raise
    except Exception as error:
        raise ScenarioError(
            f"A replication failed under {name}: {error}", place=f"replication {n}", value=f"seed {seed}",
            expected="a run to its end", example=f"simulate(scenario, policy, seed={seed}, replication={n})",
        ) from error  # fmt: skip
