"""A search as text: the front on fresh customers, what changed, who fell from it, and what each change is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.locale import chosen, translator
from deskkit.measures.printing import columns_of, padded, shown, signed
from deskkit.sim.tuning.result import half_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

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
    refused = f" ({len(found.refused)} of them refused: no valid policy)" if found.refused else ""
    tried = f"{found.candidates} candidates{refused}"
    lines = [
        f"{found.scenario.name}: {tried}, seed {found.seed}, engine {study.engine}",
        "; ".join([wanted, *(one.text for one in found.limits)]),
        *(f"Refused, for one: {edits}: {why}" for edits, why in [*found.refused.items()][:1]),
        "",
        f"The front on fresh customers, {judged}; * excludes zero, on the better side",
    ]  # fmt: skip
    rows = _rows(found, say)
    lines += ["", found.base, *rows[found.base]]
    for name in found.policies:
        lines += ["", *_policy(found, name), *rows[name]]
    if found.fallen:
        lines += ["", *(fell(name, why, found) for name, why in found.fallen.items())]
    lines += ["", *_verdict(found, say)]
    notes = [*(f"\nNote: {note}" for note in found.notes), *(f"\nWarning: {text}" for text in study.warnings)]
    return "\n".join([*lines, *notes])


def _policy(found: Tuning, name: str) -> Iterator[str]:
    """Write a policy of the front, and what it changes."""
    yield name + ("  (the best)" if name == found.best else "")
    yield from (f"    {path}: {was} -> {now}" for path, was, now in found.changes(name))
    for path, was, now in found.left_out(name):
        yield f"    left out, it did nothing: {path}: {was} -> {now}"


def _rows(found: Tuning, say: Say) -> dict[str, list[str]]:
    """Write what the policy as it is and each of the front come to, in columns that are those of all."""
    limited, judged, front = {one.measure for one in found.limits}, found.judged, found.front.to_dicts()
    cells = []
    for measure in found.measures:  # with the decimals that tell the others from it
        rows = judged.filter(measure=measure).to_dicts()
        half = min((half for half in map(half_of, rows) if half), default=None)
        mean = found.study.estimate(measure, found.base).mean
        cells.append((" ", _title(rows[0], found, say), shown(mean, rows[0]["unit"], half), "", "", ""))
    for row in front:
        kept = "limit not certain" if row["measure"] in limited and row["keeps"] is None else ""
        value = shown(row["mean"], row["unit"], half_of(row))
        mark, title = "*" if row["better"] else " ", _title(row, found, say)
        cells.append((mark, title, value, *_apart(row, "difference", say), kept))
    lines: dict[str, list[str]] = {name: [] for name in (found.base, *found.policies)}
    names = [*(found.base for _ in found.measures), *(row["policy"] for row in front)]
    for name, line in zip(names, _aligned(cells, (2, 3)), strict=True):
        lines[name].append(line)
    return lines


def _title(row: dict[str, Any], found: Tuning, say: Say) -> str:
    """Write what a row is of; of money, in which."""
    title = say(row["title"])
    return f"{title}, {found.scenario.cost.currency}" if row["measure"] == "cost_per_resolved" else title


def _apart(row: dict[str, Any], name: str, say: Say) -> tuple[str, str]:
    """Write a difference and its interval."""
    mean, low, high = (signed(row[one], row["unit"], half_of(row), say=say) for one in (name, "low", "high"))
    return mean, f"({low} to {high})"


def _aligned(rows: Sequence[Sequence[str]], numbers: Collection[int]) -> list[str]:
    """Return rows as lines: a mark, and cells in columns as wide as the widest; those of numbers end at one place."""
    columns = [*zip(*rows, strict=True)][1:]
    widths = [
        max(map(columns_of, column)) * (1 if place in numbers else -1) for place, column in enumerate(columns, start=1)
    ]
    return [f"{mark} {'  '.join(map(padded, cells, widths))}".rstrip() for mark, *cells in rows]


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
    yield from _worth(found, say)


def _worth(found: Tuning, say: Say) -> Iterable[str]:
    """Write what each change of the best policy is worth; of one that another needs, that."""
    cells = []
    for row in found.worth.to_dicts():
        about = f"{row['path']}: {row['is']} -> {row['was']}"
        if row["mean"] is None:
            cells.append((" ", about, "another change needs this one", "", ""))
        else:
            cells.append(("*" if row["differs"] else " ", about, _title(row, found, say), *_apart(row, "mean", say)))
    return dict.fromkeys(_aligned(cells, (3,)))  # what needs another change needs it for every measure
