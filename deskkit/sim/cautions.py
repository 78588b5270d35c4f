"""What a reader of a study must be told beside its numbers: what went wrong, what they rest on, what was not tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.sim.scenariofile.given import unserved
from deskkit.sim.standards import own_targets
from deskkit.sim.unspoken import untried

if TYPE_CHECKING:
    from deskkit.sim.study import Study

__all__ = ["given_of", "notes_of", "warnings_of"]


def warnings_of(study: Study) -> tuple[str, ...]:
    """Say where the desk was overwhelmed, a run cut off, or somebody left over, and what is not precise enough."""
    said = []
    for name, runs in study.found.items():
        for what, count in (
            ("the desk was overwhelmed: a longer day would only be worse", sum(run.saturated for run in runs)),
            ("the run was cut off while customers waited and agents were there", sum(run.truncated for run in runs)),
        ):
            if count:
                said.append(f"{name}: in {count} of {len(runs)} replications {what}.")
        left = [run.left_over for run in runs if run.left_over and not run.truncated]
        if left:
            said.append(
                f"{name}: in {len(left)} of {len(runs)} replications the last agent went home before everybody was "
                f"served: conversations left over: {sum(left)} in all. Let shifts end later, or customers come until "
                "sooner."
            )
    if study.imprecise:
        said.append(
            f"After {study.replications} replications not yet as precise as asked: {', '.join(study.imprecise)}."
        )
    return tuple(said)


def notes_of(study: Study) -> tuple[str, ...]:
    """Say whose targets hold, what was not tried, which customers came, and who chose the tabs."""
    said = [*own_targets(study.policies), *untried(study.scenario, study.policies, study.workload)]
    if study.workload is not None:
        said.append(
            f"The same {study.workload.conversations.height:,} customers come in every replication, as in the workload "
            "given; only luck in noticing, switching and erring varies with the seed. The intervals hold for these "
            "customers, not for another day."
        )
        for name, policy in study.policies.items():
            said += [f"{name}: {one}" for one in unserved(study.scenario, policy.schema, study.workload)]
    said += [f"{name}: agents choose their tabs by {pick}." for name, pick in study.picks.items()]
    return tuple(said)


def given_of(study: Study) -> dict[str, Any] | None:
    """Return for JSON what is to be said of a workload that was given; None: customers were drawn."""
    if (found := study.workload) is None:
        return None
    return {
        "conversations": found.conversations.height, "digest": found.digest, "begin": found.begin, "end": found.end,
    }  # fmt: skip
