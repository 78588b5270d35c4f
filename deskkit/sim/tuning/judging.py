"""How policies stand on fresh customers: who is on the front there, who fell from it and why, and which is the best.

Which of their changes did nothing is found here too. It looks at a study of the policy as it is, which comes first, and
of the others. Customers who chose a policy say too much good of it; fresh ones do not, and the policy as it is stands
for election too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from deskkit.sim.tuning.front import beaten, central
from deskkit.sim.tuning.knobs import is_same
from deskkit.sim.tuning.present import present
from deskkit.sim.tuning.tries import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.study import Study
    from deskkit.sim.tuning.goals import Goal, Limit
    from deskkit.sim.tuning.tries import Tries

__all__ = ["Fall", "asked", "best_of", "better", "fallen", "keeps", "lean"]


class Fall(NamedTuple):
    """Why a policy is not on the front of fresh customers: a policy beats it or does exactly as well, or a limit."""

    by: str = ""
    is_same: bool = False
    breaks: tuple[str, ...] = ()


def keeps(study: Study, policy: str, limits: Sequence[Limit]) -> bool | None:
    """Say whether a policy keeps limits; None: there are none, or the interval of one holds its bound."""
    held = []
    for one in limits:
        ends = study.estimate(one.measure, policy).interval
        apart = [one.sign * (end - one.bound) for end in ends] if ends else [-1.0, 1.0]
        held.append(True if max(apart) <= 0 else False if min(apart) > 0 else None)
    return False if False in held else True if held and None not in held else None


def fallen(study: Study, goals: Sequence[Goal], limits: Sequence[Limit]) -> dict[str, Fall]:
    """Return which of the policies of a study are not on its front, as far as means tell, and why."""
    names = [*study.policies]
    broken = {name: tuple(one.text for one in limits if keeps(study, name, [one]) is False) for name in names}
    fit = [name for name in names if not broken[name]]
    points = _points(study, fit, goals)
    fell = {name: Fall(breaks=broken[name]) for name in names if broken[name]}
    fell |= {fit[n]: Fall(by=fit[by], is_same=points[n] == points[by]) for n, by in beaten(points).items()}
    return {name: fell[name] for name in names if name in fell}


def better(goal: Goal, low: float | None, high: float | None) -> bool:
    """Say whether the interval of a difference excludes zero, on the side that is wanted."""
    end = high if goal.sign > 0 else low
    return end is not None and goal.sign * end < 0


def best_of(study: Study, goals: Sequence[Goal], limits: Sequence[Limit]) -> str | None:
    """Return the best policy of a study's front; None where none is surely better than the policy as it is.

    Parameters
    ----------
    study : Study
    goals, limits : sequence

    Returns
    -------
    str or None

    Notes
    -----
    Of the front without the policy as it is: those whose means keep the limits, if any do; of these, those that are
    surely better than the policy as it is in at least one goal (all of them, if that one breaks a limit); of these, the
    one nearest to the best of every goal, each goal measured by its range among them.
    """
    base, *others = study.policies
    fell = fallen(study, goals, limits)
    front = [name for name in others if name not in fell]
    fit = [name for name in front if _means_keep(study, name, limits)] or front
    if base not in fell or not fell[base].breaks:
        sure = _surely_better(study, goals, limits)
        fit = [name for name in fit if name in sure]
    return fit[central(_points(study, fit, goals))] if fit else None


def _means_keep(study: Study, name: str, limits: Sequence[Limit]) -> bool:
    means = [(one, study.estimate(one.measure, name).mean) for one in limits]
    return all(mean is None or one.sign * (mean - one.bound) <= 0 for one, mean in means)


def _surely_better(study: Study, goals: Sequence[Goal], limits: Sequence[Limit]) -> set[str]:
    """Return which policies are surely better than the first in a goal; all intervals hold together, limits' too."""
    wanted = {one.measure: one for one in goals}
    rows = study.differences(asked(goals, limits)).to_dicts()
    return {
        row["policy"] for row in rows
        if row["measure"] in wanted and better(wanted[row["measure"]], row["low"], row["high"])
    }  # fmt: skip


def asked(goals: Sequence[Goal], limits: Sequence[Limit]) -> list[str]:
    """Return the measures of goals, then what else is limited."""
    return list(dict.fromkeys([*(one.measure for one in goals), *(one.measure for one in limits)]))


def _points(study: Study, names: Sequence[str], goals: Sequence[Goal]) -> list[list[float]]:
    """Return the goals of policies as points of which smaller is better."""
    return [[goal.sign * (study.estimate(goal.measure, name).mean or 0.0) for goal in goals] for name in names]


def lean(
    tries: Tries, study: Study, edits: Mapping[str, Mapping[str, Any]], policy: Policy, measures: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return policies without the changes that did nothing.

    Parameters
    ----------
    tries : Tries
        With the customers of `study`.
    study : Study
    edits : dict of str to dict
        What some of its policies change.
    policy : Policy
        As it is.
    measures : sequence of str
        Goals, and what is limited.

    Notes
    -----
    A change did nothing if without it every measure is exactly what it was in every replication. All meet the same
    customers and draws, so whatever it touches shows in one of them. Changes are taken out one after another, since two
    may each do nothing only because the other does the same. It may still act on customers who did not come: then
    nothing is known of it, and what stands in the file is the safer guess.
    """
    known = {
        name: {path: value for path, value in one.items() if not is_same(present(policy, path, like=value), value)}
        for name, one in edits.items()
    }
    before: dict[str, dict[str, Any]] = {}
    while before != known:
        before = dict(known)
        for path in dict.fromkeys(path for one in known.values() for path in one):
            less = {
                name: {key: value for key, value in one.items() if key != path}
                for name, one in known.items()
                if path in one
            }
            for n in (1, study.replications):  # most changes show in the first
                tries.see(less.values(), n)
                less = {name: one for name, one in less.items() if _is_alike(tries, study, name, one, measures, n)}
            known |= less
    return known


def _is_alike(tries: Tries, study: Study, name: str, edits: Mapping[str, Any], measures: Sequence[str], n: int) -> bool:
    if key_of(edits) in tries.refused:  # another change needs the one left out
        return False
    return all(tries.pairs(edits, one, n) == study.ratios(one, name)[:n] for one in measures)
