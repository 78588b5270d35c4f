"""A study as an object for JSON."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import msgspec

from deskkit.sim.cautions import given_of, of_shown
from deskkit.sim.naming import in_what, is_few, named
from deskkit.sim.scenariofile import scenario_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.sim.study import Study

__all__ = ["object_of"]


def object_of(study: Study, measures: Sequence[str] | None = None) -> dict[str, Any]:
    """Return a study for JSON; see `deskkit.sim.study.Study.as_dict`."""
    first = next(iter(study.found.values()))[0]
    measures = list(first.measures) if measures is None else list(measures)
    return {
        "deskkit": _version(), "scenario": study.scenario.name,
        "scenario_digest": hashlib.sha256(scenario_text(study.scenario).encode()).hexdigest(),
        "currency": study.scenario.cost.currency, "seed": study.seed, "replications": study.replications,
        "level": study.level, "engine": study.engine, "rule": str(study.rule),
        "warnings": [*map(str, study.warnings)],
        "notes": [*map(str, (*study.notes, *of_shown(study, measures)))], "workload": given_of(study),
        "policies": {
            name: {
                "fingerprint": policy.fingerprint, "pick": study.picks.get(name),
                "measures": {measure: _measure(study, measure, name) for measure in measures},
                "workloads": [run.workload for run in study.found[name]],
                **_logs(study, name),
            }
            for name, policy in study.policies.items()
        },
        "differences": [_difference(row) for row in _differences(study, measures)],
    }  # fmt: skip


def _logs(study: Study, policy: str) -> dict[str, list[str]]:
    """Return the digests of the logs, as far as there are logs: the compiled engine writes none."""
    found = [run.log for run in study.found[policy]]
    return {"logs": found} if all(found) else {}


def _differences(study: Study, measures: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of the differences; none of one policy."""
    return study.differences(study.comparable(measures)).to_dicts() if len(study.policies) > 1 else []


def _measure(study: Study, measure: str, policy: str) -> dict[str, Any]:
    title, unit = named(measure)
    return {
        "title": title, "unit": in_what(measure, unit), **msgspec.to_builtins(study.estimate(measure, policy)),
        "few": is_few(study.ratios(measure, policy)),
    }  # fmt: skip


def _difference(row: dict[str, Any]) -> dict[str, Any]:
    """Call the mean of a paired difference what it is, and add half the width of its interval."""
    mean, high = row["mean"], row["high"]
    row["unit"] = in_what(row["measure"], row["unit"])
    told = {("difference" if name == "mean" else name): value for name, value in row.items()}
    return told | {"half_width": None if high is None else high - mean}


def _version() -> str:
    try:
        return version("deskkit")
    except PackageNotFoundError:
        return "not installed as a package"
