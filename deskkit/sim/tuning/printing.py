"""A search as text: the front on fresh customers, what changed, and what each change is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.locale import chosen, translator
from deskkit.measures.printing import padded, shown, signed

if TYPE_CHECKING:
    from deskkit.sim.tuning.result import Tuning

__all__ = ["told"]


def told(found: Tuning) -> str:
    """Write a search for a terminal or a notebook."""
    study, say = found.study, translator(chosen())
    together = f"all intervals hold together at {100 * study.level:g} %"
    wanted = ", ".join(f"{'least' if one.sign > 0 else 'most'} {one.measure}" for one in found.goals)
    tried = f"{found.candidates} candidates, {len(found.refused)} of them no policies"
    lines = [
        f"{found.scenario.name}: {tried}, seed {found.seed}, engine {study.engine}",
        "; ".join([wanted, *(one.text for one in found.limits)]),
        "", f"On fresh customers, {study.replications} replications; {together}; * excludes zero, on the better side",
        "", next(iter(study.policies)),
    ]  # fmt: skip
    for measure in found.measures:
        row = found.front.filter(measure=measure).row(0, named=True)
        lines.append(f"  {padded(say(row['title']), -44)} {shown(study.estimate(measure).mean, row['unit']):>10}")
    for name in found.edits:
        lines += ["", name + ("  (the best)" if name == found.best else "")]
        lines += [f"    {path}: {was} -> {now}" for path, was, now in found.changes(name)]
        lines += [_row(row, say(row["title"])) for row in found.front.filter(policy=name).to_dicts()]
    lines += ["", f"{found.best}: what would change if one change alone were undone; {together}; * excludes zero"]
    lines += dict.fromkeys(_undone(row, say(row["title"])) for row in found.worth.to_dicts())
    return "\n".join([*lines, *(f"\nWarning: {warning}" for warning in study.warnings)])


def _row(row: dict[str, Any], title: str) -> str:
    apart, low, high = (signed(row[one], row["unit"]) for one in ("difference", "low", "high"))
    kept = {True: "", False: "  breaks a limit", None: ""}[row["keeps"]]
    mark = "*" if row["better"] else " "
    return f"{mark} {padded(title, -44)} {shown(row['mean'], row['unit']):>10}  {apart}  ({low} to {high}){kept}"


def _undone(row: dict[str, Any], title: str) -> str:
    about = f"{row['path']}: {row['is']} -> {row['was']}"
    if row["mean"] is None:
        return f"  {padded(about, -44)} another change needs this one"
    mean, low, high = (signed(row[one], row["unit"]) for one in ("mean", "low", "high"))
    return f"{'*' if row['differs'] else ' '} {padded(about, -44)} {title}: {mean}  ({low} to {high})"
