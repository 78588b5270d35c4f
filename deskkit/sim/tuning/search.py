"""The search: Optuna proposes numbers, all candidates meet the same customers, and who stands on the front meets more.

Candidates come in rounds of the same size whatever the number of processes, each round from a sampler seeded anew by
its number: so the result is the same on one core and on eight, and a search that was ended goes on as if it had not
been. What comes of it is judged in `deskkit.sim.tuning.fresh`.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from sys import stderr
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import structs
from tqdm import tqdm

from deskkit.arguments import NAMES, POLICY, SCENARIO, WHOLE, expect
from deskkit.errors import DeskkitError, ScenarioError
from deskkit.sim.draws import SEEDS
from deskkit.sim.processes import at_hand
from deskkit.sim.run import make_ready
from deskkit.sim.scenariofile.made import check_made
from deskkit.sim.terms import check
from deskkit.sim.tuning.alone import alone
from deskkit.sim.tuning.fresh import Fresh
from deskkit.sim.tuning.front import front, spread
from deskkit.sim.tuning.goals import goals_of, limits_of
from deskkit.sim.tuning.judging import asked, best_of
from deskkit.sim.tuning.knobs import knobs_of, notes_of
from deskkit.sim.tuning.result import Tuning, written
from deskkit.sim.tuning.tries import Tries, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from os import PathLike

    from deskkit.desk.policy import Policy
    from deskkit.sim.processes import Workers
    from deskkit.sim.run import EngineName
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.tuning.goals import Goal, Limit
    from deskkit.sim.tuning.knobs import Knob
    from deskkit.sim.tuning.tries import Edits

__all__ = ["tune"]

_ROUND: Final = 12  # candidates of a round
_BLIND: Final = 24  # candidates before the sampler learns
_DECIDING: Final = ("desk", "log", "measures", "sim")  # folders of deskkit
_FEWEST: Final = 2


def tune(  # noqa: PLR0913 - each is a choice of the analyst
    scenario: Scenario,
    policy: Policy,
    vary: Mapping[str, str],
    goals: Sequence[str],
    *,
    limits: Sequence[str] = (),
    candidates: int = 300,
    replications: int = 2,
    most: int = 6,
    fresh: int = 12,
    kept: int = 6,
    seed: int = 0,
    workers: Workers = 1,
    level: float = 0.95,
    file: str | PathLike[str] | None = None,
    progress: bool = False,
    engine: EngineName = "compiled",
) -> Tuning:
    """Search numbers of a policy for several goals at once.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
        The very file of the live desk: what is not varied stays as it is.
    vary : dict of str to str
        Paths of the policy and how far each may go, see `deskkit.sim.tuning.knobs.read_knob`.
    goals : sequence of str
        Measures, see `deskkit.sim.tuning.goals.goals_of`.
    limits : sequence of str
        Such as ``"abandonment <= 5%"``: what breaks one is on no front.
    candidates : int
    replications, most : int
        So many of each candidate, and so many of those that then stand on the front of the search.
    fresh : int
        Replications, of other customers, by which it is judged who stands on the front.
    kept : int
        At most so many policies of the search's front, far apart, meet them.
    seed : int
        Of the customers of the search and of the sampler; the fresh ones have the next.
    workers : int or str
        Processes, or the address of a Dask cluster, ``"tls://host:port"``; the result is the same for any number.
    level : float
    file : path, optional
        Where runs are kept as they come. A search that was ended goes on from there.
    progress : bool
        Show a bar on standard error.
    engine : {"compiled", "simpy"}

    Returns
    -------
    Tuning

    Raises
    ------
    DeskkitError
        Optuna is not installed.
    PolicyError
        The policy has no such number.
    ScenarioError
        A range, goal or limit cannot be read, or limits contradict one another; a number is out of range; no candidate
        keeps the limits; or `file` is of another search, or another one works in it.

    Notes
    -----
    Optuna's tree-structured Parzen estimator for several goals (Ozaki et al., JAIR 2022) sees the means over the first
    `replications`, the same customers for all. Means that decide who is on the front are of the same replications on
    both sides. Intervals are of fresh customers only: what was chosen for its luck does not have it twice.
    """
    _check(scenario, policy, goals, limits, candidates=candidates, replications=replications, most=most, fresh=fresh,
           kept=kept, seed=seed, workers=workers, level=level)  # fmt: skip
    knobs, wanted, bounds = knobs_of(policy, vary), goals_of(goals), limits_of(limits)
    measures = asked(wanted, bounds)
    path = None if file is None else Path(file)
    with alone(path):
        tries = Tries(
            scenario, policy, measures, seed=seed, engine=engine, file=path,
            about=_about(scenario, policy, measures, seed),
        )  # fmt: skip
        search = _Search(knobs, wanted, bounds, tries, seed, replications)
        with (
            at_hand(workers, ready=partial(make_ready, engine)) as pool,
            tqdm(total=candidates, unit=" candidates", disable=not progress, file=stderr) as bar,
        ):
            tries.pool = pool
            search.go(candidates, bar)
            chosen = search.settled(most, kept)
    edits = {f"{policy.name} tuned {n}": dict(one) for n, one in enumerate(chosen, start=1)}
    options: Any = {
        "replications": fresh,
        "seed": (seed + 1) % SEEDS,
        "workers": workers,
        "level": level,
        "engine": engine,
    }
    about = Fresh(scenario, policy, wanted, bounds, progress=progress, options=options)
    study, kept_edits, idle = about.judged(edits)
    best = best_of(study, wanted, bounds)
    found = Tuning(
        scenario=scenario, policy=policy, knobs=knobs, goals=wanted, limits=bounds, study=study, best=best,
        worth=about.worth(best, kept_edits), edits=kept_edits, idle=idle, tried=search.table(),
        refused=dict(tries.refused), candidates=candidates, lived=tries.lived, seed=seed,
        notes=notes_of(policy, knobs),
    )  # fmt: skip
    return structs.replace(found, policies=written(found))


class _Search:
    """Candidates proposed and judged, in rounds."""

    def __init__(
        self,
        knobs: Sequence[Knob],
        goals: Sequence[Goal],
        limits: Sequence[Limit],
        tries: Tries,
        seed: int,
        replications: int,
    ) -> None:
        self.knobs, self.goals, self.limits = knobs, goals, limits
        self.tries, self.seed, self.replications = tries, seed, replications
        self.seen: list[Edits] = []

    def go(self, candidates: int, bar: Any) -> None:  # noqa: ANN401 - a bar of tqdm
        """Try so many candidates."""
        with _quiet() as optuna:
            study = optuna.create_study(directions=["minimize"] * len(self.goals))
            for begun in range(0, candidates, _ROUND):
                study.sampler = self._sampler(optuna, begun)
                trials = [study.ask(self._distributions(optuna)) for _ in range(min(_ROUND, candidates - begun))]
                edits = [self._edits(trial.params) for trial in trials]
                self.tries.see(edits, self.replications)
                for trial, one in zip(trials, edits, strict=True):
                    point = self.point(one, self.replications)
                    if point is None:
                        study.tell(trial, state=optuna.trial.TrialState.FAIL)
                        continue
                    for limit, by in zip(self.limits, self.broken(one, self.replications), strict=True):
                        trial.set_constraint(limit.text, by)
                    study.tell(trial, point)
                    self.seen.append(one)
                bar.update(len(trials))

    def _sampler(self, optuna: Any, begun: int) -> Any:  # noqa: ANN401 - Optuna is loaded when needed
        seed = (self.seed * 1_000_003 + begun) % (1 << 32)
        return optuna.samplers.TPESampler(seed=seed, multivariate=True, n_startup_trials=_BLIND)

    def _distributions(self, optuna: Any) -> dict[str, Any]:  # noqa: ANN401 - likewise
        """Return what may be proposed: the number of a value in its order, or one of a choice."""
        made = optuna.distributions
        return {
            one.path: made.CategoricalDistribution(one.values) if one.is_choice
            else made.IntDistribution(0, len(one.values) - 1)
            for one in self.knobs
        }  # fmt: skip

    def _edits(self, params: Mapping[str, Any]) -> Edits:
        return {one.path: params[one.path] if one.is_choice else one.values[params[one.path]] for one in self.knobs}

    def point(self, edits: Edits, n: int) -> list[float] | None:
        """Return the goals of a candidate over its first replications, smaller is better; None where one is unknown."""
        if key_of(edits) in self.tries.refused:
            return None
        means = [self.tries.mean(edits, goal.measure, n) for goal in self.goals]
        known = [goal.sign * mean for goal, mean in zip(self.goals, means, strict=True) if mean is not None]
        return known if len(known) == len(means) else None

    def broken(self, edits: Edits, n: int) -> list[float]:
        """Return by how much each limit is broken; kept is nothing or less."""
        means = [self.tries.mean(edits, limit.measure, n) for limit in self.limits]
        return [limit.sign * ((mean or 0.0) - limit.bound) for limit, mean in zip(self.limits, means, strict=True)]

    def front(self, n: int) -> list[Edits]:
        """Return who stands on the front over the first replications, of those seen so often that keep the limits."""
        distinct = {key_of(one): one for one in self.seen if self.tries.count(one) >= n}
        keeping = [one for one in distinct.values() if all(by <= 0 for by in self.broken(one, n))]
        points = [self.point(one, n) or [] for one in keeping]
        return [keeping[number] for number in front(points)]

    def settled(self, most: int, kept: int) -> list[Edits]:
        """See the front more often and return at most so many of who is still on it, far apart."""
        first = self.front(self.replications)
        if not first:
            raise ScenarioError(
                "No candidate keeps the limits.", place="tune", value=", ".join(one.text for one in self.limits),
                expected="limits that some policy of these ranges keeps", example="wider ranges, or a limit less",
            )  # fmt: skip
        self.tries.see(first, most)
        still = self.front(most) or first
        points = [self.point(one, min(most, self.tries.count(one))) or [] for one in still]
        return [still[number] for number in spread(points, kept)]

    def table(self) -> list[dict[str, Any]]:
        """Return a row for each candidate: its numbers, the means of its measures, whether it keeps the limits."""
        rows = []
        measures = asked(self.goals, self.limits)
        for number, one in enumerate(self.seen):
            n = self.tries.count(one)
            means = {measure: self.tries.mean(one, measure, n) for measure in measures}
            rows.append({
                "candidate": number, **one, **means, "replications": n,
                "keeps": all(by <= 0 for by in self.broken(one, n)),
            })  # fmt: skip
        return rows


@contextmanager
def _quiet() -> Iterator[Any]:
    """Load Optuna, and let it say nothing meanwhile: that a sampler is young is no news to an analyst."""
    if find_spec("optuna") is None:
        raise DeskkitError(
            "Optuna is not installed.", place="tune", expected="optuna", example="pip install 'deskkit[tune]'"
        )
    import optuna  # noqa: PLC0415 - it takes half a second to load

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield optuna
    finally:
        optuna.logging.set_verbosity(before)


def _about(scenario: Scenario, policy: Policy, measures: Sequence[str], seed: int) -> str:
    """Say what a search's runs depend on: with other ranges or goals of the same measures they are as good."""
    return json.dumps([msgspec.json.encode(scenario).decode(), policy.text, list(measures), seed, _sources()])


def _sources() -> str:
    """Return the hash of all that decides and measures: what other sources lived through is no run of these."""
    package, found = Path(__file__).parents[2], hashlib.sha256()
    for part in _DECIDING:
        for file in sorted((package / part).rglob("*.py")):
            found.update(file.read_bytes() + b"\0")
    return found.hexdigest()


def _check(scenario: Scenario, policy: object, goals: object, limits: object, **numbers: Any) -> None:
    """Refuse what is no scenario or policy, or a number out of range."""
    expect(SCENARIO, "tune", scenario=scenario)
    check_made(scenario)
    expect(POLICY, "tune", policy=policy)
    expect(NAMES, "tune", goals=goals, limits=limits)
    whole = ("candidates", "replications", "most", "fresh", "kept")
    expect(WHOLE, "tune", **{name: numbers[name] for name in whole})
    for name, least in (("candidates", 1), ("replications", 1), ("most", numbers["replications"]), ("fresh", _FEWEST),
                        ("kept", 1)):  # fmt: skip
        if numbers[name] < least:
            raise ScenarioError(
                "This number is out of range.", place=name, value=numbers[name], expected=f"{least} or more",
                example=f"{name}={max(least, 6)}",
            )  # fmt: skip
    check(
        "tune", replications=numbers["most"], workers=numbers["workers"], level=numbers["level"], seed=numbers["seed"]
    )
