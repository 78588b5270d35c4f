"""What came of a search: the front on fresh customers, what each change is worth, and policies ready to go live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import polars as pl

from deskkit.errors import PolicyError
from deskkit.measures.printing import shown, signed
from deskkit.sim.sensitivity import Sensitivity
from deskkit.sim.study import named
from deskkit.sim.tuning.front import central, front
from deskkit.sim.tuning.knobs import is_same, present

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study
    from deskkit.sim.tuning.goals import Goal, Limit
    from deskkit.sim.tuning.knobs import Knob

__all__ = ["AS_IS", "Tuning", "central_of", "without", "worth_of", "written"]

AS_IS: Final = "as it is"
_ENDS: Final = ("difference", "low", "high")
_WORTH: Final = {
    "path": pl.String, "was": pl.String, "is": pl.String, "measure": pl.String, "title": pl.String, "unit": pl.String,
    "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64, "differs": pl.Boolean,
}  # fmt: skip

_FRONT: Final = {
    "policy": pl.String, "measure": pl.String, "title": pl.String, "unit": pl.String, "mean": pl.Float64,
    "half_width": pl.Float64, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64, "better": pl.Boolean,
    "keeps": pl.Boolean, "on_front": pl.Boolean,
}  # fmt: skip
_SENSITIVE: Final = {
    "name": pl.String, "title": pl.String, "is_assumed": pl.Boolean, "end": pl.String, "value": pl.String,
    "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64, "differs": pl.Boolean, "saved": pl.Float64,
}  # fmt: skip
"""As of `deskkit.sim.sensitivity.Sensitivity.frame`."""


class Tuning(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a search.

    Attributes
    ----------
    scenario : Scenario
    policy : Policy
        As it is.
    knobs, goals, limits : tuple
    study : Study
        The policy as it is and those of the front, on fresh customers.
    best : str
        The policy nearest to the best of every goal.
    edits : dict of str to dict
        What each policy of the front changes.
    policies : dict of str to Policy
        The front, each ready to go live: the file as it is but for its numbers, with a word on top about what changed.
    worth : DataFrame, one row per change of the best policy and measure
        `path`, `was`, `is`, `measure`, `title`, `unit`; `mean`, `low`, `high`: how much the measure would change if
        this change alone were undone, on the same fresh customers; `differs`; nulls where others need this one.
    tried : list of dict
        A row for each candidate: its numbers, means, replications, whether it keeps the limits.
    refused : dict of str to str
        Candidates that are no policies, and why.
    candidates, lived : int
        How many were proposed; replications that were lived through now, not taken from a file.
    seed : int
    """

    scenario: Scenario
    policy: Policy
    knobs: tuple[Knob, ...]
    goals: tuple[Goal, ...]
    limits: tuple[Limit, ...]
    study: Study
    best: str
    edits: dict[str, dict[str, Any]]
    worth: pl.DataFrame
    tried: list[dict[str, Any]]
    refused: dict[str, str]
    candidates: int
    lived: int
    seed: int
    policies: dict[str, Policy] = {}

    @property
    def measures(self) -> list[str]:
        """Goals, then what else is limited."""
        return list(dict.fromkeys([*(one.measure for one in self.goals), *(one.measure for one in self.limits)]))

    @property
    def front(self) -> pl.DataFrame:
        """The front on fresh customers, one row per policy and measure.

        `policy`, `measure`, `title`, `unit`, `mean`, `half_width`; `difference`, `low`, `high` (paired, from the policy
        as it is; the intervals hold together), `better` (the interval excludes zero on the right side; null of what is
        only limited), `keeps` (the limit; null: the interval holds the bound, or there is no limit), `on_front`
        (whether no other policy of the table beats this one, as far as means tell).
        """
        apart = {(row["policy"], row["measure"]): row for row in self.study.differences(self.measures).to_dicts()}
        names = [*self.edits]
        standing = {names[number] for number in front(_points(self.study, names, self.goals))}
        signs = {goal.measure: goal.sign for goal in self.goals}
        rows = []
        for name in names:
            for measure in self.measures:
                one, row = self.study.estimate(measure, name), apart[name, measure]
                better = None
                if measure in signs:
                    end = row["high"] if signs[measure] > 0 else row["low"]
                    better = end is not None and signs[measure] * end < 0
                apart_by = (row[end] for end in ("mean", "low", "high"))
                rows.append((
                    name, measure, *named(measure), one.mean, one.half_width, *apart_by, better,
                    self._keeps(name, measure), name in standing,
                ))  # fmt: skip
        return pl.DataFrame(rows, schema=_FRONT, orient="row")

    def sensitivity(self, measure: str) -> Sensitivity:
        """Return what each change of the best policy is worth to a measure, as `deskkit.figures.tornado` draws it.

        What is varied is each number set back to what it was: lower or higher than the tuned one.
        """
        order = {one.path: [str(value) for value in one.values] for one in self.knobs}
        rows = [
            (row["path"], f"{row['path']}: {row['is']} → {row['was']}", False, _end(row, order), row["was"],
             row["mean"], row["low"], row["high"], row["differs"], None)
            for row in self.worth.filter((pl.col("measure") == measure) & pl.col("mean").is_not_null()).to_dicts()
        ]  # fmt: skip
        frame = pl.DataFrame(rows, schema=_SENSITIVE, orient="row").sort(pl.col("mean").abs(), descending=True)
        title, unit = named(measure)
        return Sensitivity(
            measure=measure, title=title, unit=unit, base=self.study.estimate(measure, self.best), frame=frame,
            scenario=self.scenario.name, policy=self.best, seed=self.study.seed,
            replications=self.study.replications, level=self.study.level,
        )  # fmt: skip

    def _keeps(self, policy: str, measure: str) -> bool | None:
        """Say whether a policy keeps the limits of a measure; None: there is none, or it cannot be told."""
        ends = self.study.estimate(measure, policy).interval
        bounds = [limit for limit in self.limits if limit.measure == measure]
        if ends is None or not bounds:
            return None
        kept = [all(one.sign * (end - one.bound) <= 0 for end in ends) for one in bounds]
        broken = [all(one.sign * (end - one.bound) > 0 for end in ends) for one in bounds]
        return False if any(broken) else True if all(kept) else None

    def changes(self, name: str | None = None) -> list[tuple[str, Any, Any]]:
        """Return what a policy changes, by default the best: path, what was, what is."""
        return [(path, present(self.policy, path), value) for path, value in self.edits[name or self.best].items()
                if not is_same(present(self.policy, path), value)]  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        goals = [{"measure": one.measure, "better": "least" if one.sign > 0 else "most"} for one in self.goals]
        changes = {
            name: [{"path": path, "was": was, "is": now} for path, was, now in self.changes(name)]
            for name in self.edits
        }  # fmt: skip
        return {
            "scenario": self.scenario.name, "policy": self.policy.name, "fingerprint": self.policy.fingerprint,
            "seed": self.seed, "candidates": self.candidates, "refused": len(self.refused),
            "engine": self.study.engine, "goals": goals, "limits": [one.text for one in self.limits],
            "replications": self.study.replications, "level": self.study.level, "best": self.best,
            "as_it_is": {one: self.study.estimate(one).mean for one in self.measures}, "changes": changes,
            "front": self.front.to_dicts(), "worth": self.worth.to_dicts(), "warnings": list(self.study.warnings),
        }  # fmt: skip


def central_of(study: Study, names: Sequence[str], goals: Sequence[Goal], limits: Sequence[Limit]) -> str:
    """Return the policy nearest to the best of every goal, of those whose means keep the limits if there are any."""

    def keeps(name: str) -> bool:
        means = [(one, study.estimate(one.measure, name).mean) for one in limits]
        return all(mean is None or one.sign * (mean - one.bound) <= 0 for one, mean in means)

    fit = [name for name in names if keeps(name)] or list(names)
    return fit[central(_points(study, fit, goals))]


def _points(study: Study, names: Sequence[str], goals: Sequence[Goal]) -> list[list[float]]:
    """Return the goals of policies as points of which smaller is better."""
    return [[goal.sign * (study.estimate(goal.measure, name).mean or 0.0) for goal in goals] for name in names]


def _end(row: Mapping[str, Any], order: Mapping[str, list[str]]) -> str:
    """Say whether a number set back is lower or higher than the tuned one."""
    known = order[row["path"]]
    if row["was"] in known:
        return "low" if known.index(row["was"]) < known.index(row["is"]) else "high"
    return "low"


def without(policy: Policy, best: str, edits: Mapping[str, Any]) -> dict[str, Policy]:
    """Return a tuned policy, and the same without each of its changes, where that is a policy."""
    found = {best: policy.edit(edits)}
    for path, value in edits.items():
        if is_same(present(policy, path), value):
            continue
        try:
            found[_undone(best, path)] = policy.edit({one: other for one, other in edits.items() if one != path})
        except PolicyError:  # another change needs this one
            continue
    return found


def worth_of(
    study: Study, best: str, edits: Mapping[str, Any], policy: Policy, measures: Sequence[str]
) -> pl.DataFrame:
    """Return what each change of a policy is worth, of a study of it and of itself without each."""
    apart = {(row["policy"], row["measure"]): row for row in study.differences(measures).to_dicts()}
    rows = []
    for path, value in edits.items():
        was = present(policy, path)
        if is_same(was, value):
            continue
        for measure in measures:
            row = apart.get((_undone(best, path), measure), {})
            numbers = (row.get(name) for name in ("mean", "low", "high", "differs"))
            rows.append((path, str(was), str(value), measure, *named(measure), *numbers))
    return pl.DataFrame(rows, schema=_WORTH, orient="row")


def _undone(best: str, path: str) -> str:
    return f"{best} without {path}"


def written(found: Tuning) -> dict[str, Policy]:
    """Return the policies of the front as files: with a name of their own, and what changed on top."""
    return {
        name: found.policy.parse(_head(found, name) + found.policy.edit({"name": name, **edits}).text, place=name)
        for name, edits in found.edits.items()
    }


def _head(found: Tuning, name: str) -> str:
    """Write what a reader of the file should know, as comments."""
    wanted = ", ".join(f"{'least' if one.sign > 0 else 'most'} {one.measure}" for one in found.goals)
    lines = [
        f'"{name}": tuned by deskkit from "{found.policy.name}" ({found.policy.fingerprint})',
        f"on {found.candidates} candidates in scenario {found.scenario.name}, seed {found.seed}, for {wanted}"
        + (f"; {', '.join(one.text for one in found.limits)}" if found.limits else ""),
        *(f"  {path}: {was} -> {now}" for path, was, now in found.changes(name)),
    ]
    table = found.front.filter(pl.col("policy") == name)
    for row in table.to_dicts():
        mean, *ends = (shown(row["mean"], row["unit"]), *(signed(row[one], row["unit"]) for one in _ENDS))
        lines.append(f"  {row['title']}: {mean}, that is {ends[0]} ({ends[1]} to {ends[2]}) on fresh customers")
    return "".join(f"# {line}\n" for line in lines) + "\n"
