"""A study as text: each measure with its half-width, each difference with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.measures.printing import shown, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.sim.study import Study

__all__ = ["printed"]


def printed(study: Study, measures: Sequence[str] | None = None) -> str:
    """Write a study for a terminal or a notebook.

    Parameters
    ----------
    study : Study
    measures : sequence of str, optional
        Only these, in this order.

    Returns
    -------
    str
        Ends with the study's warnings.
    """
    measures = list(next(iter(study.found.values()))[0].measures) if measures is None else list(measures)
    head = f"{study.scenario.name}: {study.replications} replications, seed {study.seed}, engine {study.engine}"
    lines = [f"{head}; intervals of {100 * study.level:g} %"]
    if study.rule.startswith("sequential"):
        lines.append(study.rule)
    for name in study.policies:
        rows = {row["measure"]: row for row in study.frame.iter_rows(named=True) if row["policy"] == name}
        lines += ["", name]
        lines += [
            f"  {row['title']:44} {shown(row['mean'], row['unit']):>10}  ± {shown(row['half_width'], row['unit'])}"
            for row in (rows[measure] for measure in measures)
            if row["mean"] is not None
        ]
    if len(study.policies) > 1:
        found = study.differences(measures).iter_rows(named=True)
        lines += ["", f"Differences, paired; all intervals hold together at {100 * study.level:g} %; * excludes zero"]
        lines += [_difference(row) for row in found if row["mean"] is not None]
    return "\n".join([*lines, *(f"\nWarning: {warning}" for warning in study.warnings)])


def _difference(row: dict[str, Any]) -> str:
    """Write one difference, with its interval."""
    low, mean, high = (signed(row[name], row["unit"]) for name in ("low", "mean", "high"))
    mark = "*" if row["differs"] else " "
    return f"{mark} {row['title']:44} {row['policy']} - {row['base']}: {mean}  ({low} to {high})"
