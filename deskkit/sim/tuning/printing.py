"""A search as text: the front on fresh customers, what changed, who fell from it, and what each change is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.locale import chosen, translator
from deskkit.measures.printing import padded, shown, signed
from deskkit.sim.tuning.result import half_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskkit.sim.tuning.judging import Fall
    from deskkit.sim.tuning.result import Tuning

    Say = Callable[[str], str]

__all__ = ["fell", "told"]

_RULE: Final = (
    "The best is, of the front's policies that keep the limits as their means tell and are surely better than the\n"
    "policy as it is in a goal, the one nearest to the best of every goal, each by its range among them."
)


def told(found: Tuning) -> str:
    """Write a search for a terminal or a notebook."""
    study, say = found.study, translator(chosen())
    judged = f"{study.replications} replications; all intervals hold together at {100 * study.level:g} %"
    wanted = ", ".join(f"{'least' if one.sign > 0 else 'most'} {one.measure}" for one in found.goals)
    tried = f"{found.candidates} candidates, {len(found.refused)} of them no policies"
    lines = [
        f"{found.scenario.name}: {tried}, seed {found.seed}, engine {study.engine}",
        "; ".join([wanted, *(one.text for one in found.limits)]),
        "",
        f"The front on fresh customers, {judged}; * excludes zero, on the better side",
        *_base(found, say),
    ]  # fmt: skip
    for name in found.policies:
        lines += ["", *_policy(found, name, say)]
    if found.fallen:
        lines += ["", *(fell(name, why, found) for name, why in found.fallen.items())]
    lines += ["", *_verdict(found, say)]
    notes = [*(f"\nNote: {note}" for note in found.notes), *(f"\nWarning: {text}" for text in study.warnings)]
    return "\n".join([*lines, *notes])


def _base(found: Tuning, say: Say) -> Iterator[str]:
    """Write the policy as it is, with the decimals that tell the others from it."""
    yield from ("", found.base)
    table = found.judged
    for measure in found.measures:
        rows = table.filter(measure=measure).to_dicts()
        half = min((half for half in map(half_of, rows) if half), default=None)
        mean = found.study.estimate(measure, found.base).mean
        yield f"  {padded(say(rows[0]['title']), -44)} {shown(mean, rows[0]['unit'], half):>10}"


def _policy(found: Tuning, name: str, say: Say) -> Iterator[str]:
    """Write a policy of the front."""
    yield name + ("  (the best)" if name == found.best else "")
    yield from (f"    {path}: {was} -> {now}" for path, was, now in found.changes(name))
    for path, was, now in found.left_out(name):
        yield f"    left out, it did nothing: {path}: {was} -> {now}"
    limited = {one.measure for one in found.limits}
    rows = found.front.filter(policy=name).to_dicts()
    yield from (_row(row, say(row["title"]), is_limited=row["measure"] in limited) for row in rows)


def _row(row: dict[str, Any], title: str, *, is_limited: bool) -> str:
    half = half_of(row)
    apart, low, high = (signed(row[one], row["unit"], half) for one in ("difference", "low", "high"))
    kept = "  limit not certain" if is_limited and row["keeps"] is None else ""
    mark = "*" if row["better"] else " "
    return f"{mark} {padded(title, -44)} {shown(row['mean'], row['unit'], half):>10}  {apart}  ({low} to {high}){kept}"


def fell(name: str, why: Fall, found: Tuning) -> str:
    """Say why a policy is not on the front of fresh customers."""
    if why.breaks:
        return f"{name}: breaks {', '.join(why.breaks)} on fresh customers"
    by = "the policy as it is" if why.by == found.base else why.by.removeprefix(f"{found.policy.name} ")
    return f"{name}: {'the same on fresh customers as' if why.is_same else 'beaten on fresh customers by'} {by}"


def _verdict(found: Tuning, say: Say) -> Iterator[str]:
    """Say which is the best, by which rule, and what each of its changes is worth; or that there is none."""
    if found.best is None:
        kept = " that keeps the limits" if found.limits else ""
        if not found.policies and any(why.by == found.base for why in found.fallen.values()):
            yield "The policy as it is stands on the front alone."
        yield f"None{kept} is surely better than the policy as it is: no goal has an interval beyond zero on that side."
        yield "More fresh customers make intervals narrower."
        return
    yield from _RULE.split("\n")
    together = f"all intervals hold together at {100 * found.study.level:g} %"
    yield from ("", f"{found.best}: what would change if one change alone were undone; {together}; * excludes zero")
    yield from dict.fromkeys(_undone(row, say(row["title"])) for row in found.worth.to_dicts())


def _undone(row: dict[str, Any], title: str) -> str:
    about = f"{row['path']}: {row['is']} -> {row['was']}"
    if row["mean"] is None:
        return f"  {padded(about, -44)} another change needs this one"
    half = half_of(row)
    mean, low, high = (signed(row[one], row["unit"], half) for one in ("mean", "low", "high"))
    return f"{'*' if row['differs'] else ' '} {padded(about, -44)} {title}: {mean}  ({low} to {high})"
