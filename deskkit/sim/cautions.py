"""What a reader of a study must be told beside its numbers: what went wrong, what they rest on, what was not tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import structs

from deskkit.sim.naming import ENOUGH, named
from deskkit.sim.scenariofile.fit import grave, slight
from deskkit.sim.scenariofile.given import misfits
from deskkit.sim.sheetwords import FEW_DAYS
from deskkit.sim.standards import own_targets
from deskkit.sim.unspoken import untried
from deskkit.sim.untold import SEEN_BY_A_LOG, twice, untold
from deskkit.worded import joined, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.study import Replication, Study

__all__ = ["given_of", "notes_of", "of_shown", "warnings_of"]


def warnings_of(study: Study) -> tuple[str, ...]:
    """Say whom nobody can serve, where the desk was overwhelmed or a run cut off, who was left over."""
    said = [*twice(study.scenario, study.workload), *_of_each(study, _misses)]
    for name, runs in study.found.items():
        for what, count in (
            (
                worded("the desk was overwhelmed: a third were lost, or ever more had no answer"),
                sum(run.saturated for run in runs),
            ),
            (
                worded("the run was cut off while customers waited and agents were there"),
                sum(run.truncated for run in runs),
            ),
        ):
            if count:
                said.append(
                    worded("{name}: in {n} of {all} replications {what}.", name=name, n=count, all=len(runs), what=what)
                )
        left = [run.left_over for run in runs if run.left_over and not run.truncated]
        if left:
            said.append(
                worded(
                    "{name}: in {n} of {all} replications the last agent went home before everybody was served: "
                    "conversations left over: {left} in all. Let shifts end later, or customers come until sooner.",
                    name=name, n=len(left), all=len(runs), left=sum(left),
                )
            )  # fmt: skip
    if study.imprecise:
        said.append(
            worded(
                "After {n} replications not yet as precise as asked: {measures}.",
                n=study.replications, measures=joined(study.imprecise),
            )
        )  # fmt: skip
    return tuple(said)


def notes_of(study: Study) -> tuple[str, ...]:
    """Say whose targets hold, what was not tried, which customers came, and who chose the tabs."""
    said = [
        *own_targets(study.policies),
        *untried(study.scenario, study.policies, study.workload),
        *_of_each(study, _slights),
    ]
    if study.workload is not None:
        said.append(
            worded(
                "The same {n:,} customers come in every replication, as in the workload given; only luck in noticing, "
                "switching and erring varies with the seed. The intervals hold for these customers, not for another "
                "day.",
                n=study.workload.conversations.height,
            )
        )
        said += untold(study.scenario, study.workload)
    said += [
        worded("{name}: agents choose their tabs by {pick}.", name=name, pick=pick)
        for name, pick in study.picks.items()
    ]
    return tuple(said)


def of_shown(study: Study, measures: Sequence[str]) -> tuple[str, ...]:
    """Say of the measures shown what abandonment does not count, and that intervals of few skewed days are narrow."""
    few = (FEW_DAYS,) if "queue_wait" in measures and 1 < study.replications < ENOUGH else ()
    left = [one for one in ("abandonment", "abandonment_silent") if one in measures]
    if not left or not any(_knows_more(run) for runs in study.found.values() for run in runs):
        return few
    return (
        *(worded("{title} is {seen}.", title=worded(named(one)[0]), seen=SEEN_BY_A_LOG[one]) for one in left), *few,
    )  # fmt: skip


def _knows_more(run: Replication) -> bool:
    """Say whether more gave up in a run than its log tells."""
    nothing = (0.0, 0.0)
    gave_up, told, away = (run.measures.get(one, nothing)[0] for one in ("gave_up", "abandonment", "turned_away"))
    return gave_up > told - away + 1 / 2  # whole numbers, but for rounding


def _of_each(study: Study, say: Callable[[Study, Policy], Iterable[str]]) -> list[str]:
    """Return what there is to say of each policy, with the names of those of which it is so."""
    found: dict[str, list[str]] = {}
    for name, policy in study.policies.items():
        for said in say(study, policy):
            found.setdefault(said, []).append(name)
    return [worded("{names}: {said}", names=joined(names), said=said) for said, names in found.items()]


def _misses(study: Study, policy: Policy) -> Iterable[str]:
    """Say whom nobody can serve, of a scenario's customers or of those given."""
    if study.workload is None:
        return grave(study.scenario, policy)
    return misfits(study.scenario, policy.schema, study.workload)


def _slights(study: Study, policy: Policy) -> Iterable[str]:
    """Say what else a policy will never meet; what a scenario's customers are is no matter where others are given."""
    scenario = study.scenario if study.workload is None else structs.replace(study.scenario, streams=())
    return slight(scenario, policy)


def given_of(study: Study) -> dict[str, Any] | None:
    """Return for JSON what is to be said of a workload that was given; None: customers were drawn."""
    if (found := study.workload) is None:
        return None
    return {
        "conversations": found.conversations.height, "digest": found.digest, "begin": found.begin, "end": found.end,
    }  # fmt: skip
