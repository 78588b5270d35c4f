"""What came of a search: the front on fresh customers, what each change is worth, and policies ready to go live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import polars as pl

from deskkit.errors import PolicyError, ScenarioError
from deskkit.measures.printing import shown, signed
from deskkit.sim.sensitivity import Sensitivity
from deskkit.sim.study import named
from deskkit.sim.tuning.judging import asked, better, fallen, keeps
from deskkit.sim.tuning.knobs import is_same
from deskkit.sim.tuning.present import present

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study
    from deskkit.sim.tuning.goals import Goal, Limit
    from deskkit.sim.tuning.judging import Fall
    from deskkit.sim.tuning.knobs import Knob

__all__ = ["AS_IS", "WORTH", "Tuning", "half_of", "without", "worth_of", "written"]

AS_IS: Final = "as it is"
_ENDS: Final = ("difference", "low", "high")
_APART: Final = ("mean", "low", "high")
WORTH: Final = {
    "path": pl.String, "was": pl.String, "is": pl.String, "measure": pl.String, "title": pl.String, "unit": pl.String,
    "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64, "differs": pl.Boolean,
}  # fmt: skip

_JUDGED: Final = {
    "policy": pl.String, "measure": pl.String, "title": pl.String, "unit": pl.String, "mean": pl.Float64,
    "half_width": pl.Float64, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64, "better": pl.Boolean,
    "keeps": pl.Boolean, "on_front": pl.Boolean, "beaten_by": pl.String,
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
        The policy as it is and those of the search's front, on fresh customers.
    best : str or None
        Of the front on fresh customers, of the policies that keep the limits as their means tell and are surely better
        than the policy as it is in one goal: the one nearest to the best of every goal (each by its range among them).
        None where none is surely better.
    edits : dict of str to dict
        What each policy of `study` but the first changes; those of the front without what did nothing.
    idle : dict of str to dict
        The changes of the front's policies that did nothing on fresh customers, and were left out.
    policies : dict of str to Policy
        The front on fresh customers, each ready to go live: the file as it is but for its numbers, with a word on top
        about what changed. None if the policy as it is stands on it alone.
    worth : DataFrame, one row per change of the best policy and measure
        `path`, `was`, `is`, `measure`, `title`, `unit`; `mean`, `low`, `high`: how much the measure would change if
        this change alone were undone, on the same fresh customers; `differs`; nulls where others need this one.
    notes : tuple of str
        What a reader should know of the ranges.
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
    best: str | None
    edits: dict[str, dict[str, Any]]
    worth: pl.DataFrame
    tried: list[dict[str, Any]]
    refused: dict[str, str]
    candidates: int
    lived: int
    seed: int
    policies: dict[str, Policy] = {}
    idle: dict[str, dict[str, Any]] = {}
    notes: tuple[str, ...] = ()

    @property
    def measures(self) -> list[str]:
        """Goals, then what else is limited."""
        return asked(self.goals, self.limits)

    @property
    def base(self) -> str:
        """What the policy as it is is called."""
        return next(iter(self.study.policies))

    @property
    def fallen(self) -> dict[str, Fall]:
        """Who stood on the front of the search and does not on that of fresh customers, and why."""
        return {name: why for name, why in fallen(self.study, self.goals, self.limits).items() if name in self.edits}

    @property
    def judged(self) -> pl.DataFrame:
        """All that stood on the front of the search, on fresh customers, one row per policy and measure.

        `policy`, `measure`, `title`, `unit`, `mean`, `half_width`; `difference`, `low`, `high` (paired, from the policy
        as it is; the intervals hold together), `better` (the interval excludes zero on the right side; null of what is
        only limited), `keeps` (the limit; null: the interval holds the bound, or there is no limit), `on_front`
        (it breaks no limit for sure, and no other policy, nor that as it is, beats it, as far as means tell),
        `beaten_by` (a policy of the front that beats it or does exactly as well; null on the front).
        """
        apart = {(row["policy"], row["measure"]): row for row in self.study.differences(self.measures).to_dicts()}
        goals, fell = {goal.measure: goal for goal in self.goals}, self.fallen
        rows = []
        for name in self.edits:
            by = fell[name].by or None if name in fell else None
            for measure in self.measures:
                one, row = self.study.estimate(measure, name), apart[name, measure]
                is_better = better(goals[measure], row["low"], row["high"]) if measure in goals else None
                rows.append((
                    name, measure, *named(measure), one.mean, one.half_width, *(row[end] for end in _APART), is_better,
                    keeps(self.study, name, [one for one in self.limits if one.measure == measure]), name not in fell,
                    by,
                ))  # fmt: skip
        return pl.DataFrame(rows, schema=_JUDGED, orient="row")

    @property
    def front(self) -> pl.DataFrame:
        """The front on fresh customers: of `judged`, who is on it."""
        return self.judged.filter("on_front")

    def sensitivity(self, measure: str) -> Sensitivity:
        """Return what each change of the best policy is worth to a measure, as `deskkit.figures.tornado` draws it.

        What is varied is each number set back to what it was: lower or higher than the tuned one.

        Raises
        ------
        ScenarioError
            No policy is surely better than the one as it is: there is no best one.
        """
        best = self._best()
        order = {one.path: [str(value) for value in one.values] for one in self.knobs if not one.is_choice}
        rows = [
            (row["path"], f"{row['path']}: {row['is']} → {row['was']}", False, _end(row, order), row["was"],
             row["mean"], row["low"], row["high"], row["differs"], None)
            for row in self.worth.filter((pl.col("measure") == measure) & pl.col("mean").is_not_null()).to_dicts()
        ]  # fmt: skip
        frame = pl.DataFrame(rows, schema=_SENSITIVE, orient="row").sort(pl.col("mean").abs(), descending=True)
        title, unit = named(measure)
        return Sensitivity(
            measure=measure, title=title, unit=unit, base=self.study.estimate(measure, best), frame=frame,
            scenario=self.scenario.name, policy=best, seed=self.study.seed,
            replications=self.study.replications, level=self.study.level,
        )  # fmt: skip

    def _best(self) -> str:
        if self.best is None:
            raise ScenarioError(
                "No policy is surely better than the one as it is.", place="tune", value=self.policy.name,
                expected="more fresh customers, more candidates or wider ranges", example="fresh=24",
            )  # fmt: skip
        return self.best

    def changes(self, name: str | None = None) -> list[tuple[str, Any, Any]]:
        """Return what a policy changes, by default the best: path, what was, what is.

        Raises
        ------
        ScenarioError
            There is no best one.
        """
        return self._changed(self.edits[name or self._best()])

    def left_out(self, name: str) -> list[tuple[str, Any, Any]]:
        """Return which changes of a policy did nothing and were left out, likewise."""
        return self._changed(self.idle.get(name, {}))

    def _changed(self, edits: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
        known = [(path, present(self.policy, path, like=value), value) for path, value in edits.items()]
        return [one for one in known if not is_same(*one[1:])]

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        goals = [{"measure": one.measure, "better": "least" if one.sign > 0 else "most"} for one in self.goals]
        changes, left_out = (
            {name: [dict(zip(("path", "was", "is"), one, strict=True)) for one in of(name)] for name in self.edits}
            for of in (self.changes, self.left_out)
        )
        fell = [
            {"policy": name, "beaten_by": why.by or None, "is_same": why.is_same, "breaks": list(why.breaks)}
            for name, why in self.fallen.items()
        ]
        return {
            "scenario": self.scenario.name, "policy": self.policy.name, "fingerprint": self.policy.fingerprint,
            "seed": self.seed, "candidates": self.candidates, "refused": len(self.refused),
            "engine": self.study.engine, "goals": goals, "limits": [one.text for one in self.limits],
            "replications": self.study.replications, "level": self.study.level, "best": self.best,
            "as_it_is": {one: self.study.estimate(one).mean for one in self.measures}, "changes": changes,
            "left_out": left_out, "front": self.front.to_dicts(), "fallen": fell, "notes": [*map(str, self.notes)],
            "worth": self.worth.to_dicts(), "warnings": [*map(str, self.study.warnings)],
        }  # fmt: skip


def _end(row: Mapping[str, Any], order: Mapping[str, list[str]]) -> str:
    """Say whether a number set back is lower or higher than the tuned one; a choice is neither."""
    known = order.get(row["path"], [])
    if not known:
        return "other"
    if row["was"] in known:
        return "low" if known.index(row["was"]) < known.index(row["is"]) else "high"
    return "low"


def without(policy: Policy, best: str, edits: Mapping[str, Any]) -> dict[str, Policy]:
    """Return a tuned policy, and the same without each of its changes, where that is a policy."""
    found = {best: policy.edit(edits)}
    for path, value in edits.items():
        if is_same(present(policy, path, like=value), value):
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
        was = present(policy, path, like=value)
        if is_same(was, value):
            continue
        for measure in measures:
            row = apart.get((_undone(best, path), measure), {})
            numbers = (row.get(name) for name in ("mean", "low", "high", "differs"))
            rows.append((path, str(was), str(value), measure, *named(measure), *numbers))
    return pl.DataFrame(rows, schema=WORTH, orient="row")


def _undone(best: str, path: str) -> str:
    return f"{best} without {path}"


def written(found: Tuning) -> dict[str, Policy]:
    """Return the policies of the front on fresh customers as files: with a name of their own, and what changed."""
    fell = found.fallen
    return {
        name: found.policy.parse(_head(found, name) + found.policy.edit({"name": name, **edits}).text, place=name)
        for name, edits in found.edits.items()
        if name not in fell
    }


def half_of(row: Mapping[str, Any]) -> float | None:
    """Return half the width of a row's difference; None where it has no interval."""
    return None if row["low"] is None else (row["high"] - row["low"]) / 2


def _head(found: Tuning, name: str) -> str:
    """Write what a reader of the file should know, as comments."""
    wanted = ", ".join(f"{'least' if one.sign > 0 else 'most'} {one.measure}" for one in found.goals)
    lines = [
        f'"{name}": tuned by deskkit from "{found.policy.name}" ({found.policy.fingerprint})',
        f"on {found.candidates} candidates in scenario {found.scenario.name}, seed {found.seed}, for {wanted}"
        + (f"; {', '.join(one.text for one in found.limits)}" if found.limits else ""),
        *(f"  {path}: {was} -> {now}" for path, was, now in found.changes(name)),
        *(f"  left out, it did nothing: {path}: {was} -> {now}" for path, was, now in found.left_out(name)),
    ]
    table, limited = found.front.filter(pl.col("policy") == name), {one.measure for one in found.limits}
    for row in table.to_dicts():
        half = half_of(row)
        mean, *ends = (shown(row["mean"], row["unit"], half), *(signed(row[one], row["unit"], half) for one in _ENDS))
        kept = "; limit not certain" if row["measure"] in limited and row["keeps"] is None else ""
        lines.append(f"  {row['title']}: {mean}, that is {ends[0]} ({ends[1]} to {ends[2]}) on fresh customers{kept}")
    return "".join(f"# {line}\n" for line in lines) + "\n"
