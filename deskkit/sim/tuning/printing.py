"""A search as text: the front on fresh customers, what changed, who fell from it, and what each change is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.locale import chosen, translator
from deskkit.measures.printing import columns_of, padded, shown, signed
from deskkit.sim.printing import beside
from deskkit.sim.tuning.result import AS_IS, half_of
from deskkit.worded import SEMICOLON, joined, said, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from deskkit.sim.tuning.judging import Fall
    from deskkit.sim.tuning.result import Tuning

    Say = Callable[[str], str]

__all__ = ["fell", "told"]

_RULE: Final = worded(
    "The best is, of the front's policies that keep the limits as their means tell and are surely better than the\n"
    "policy as it is in a goal, the one nearest to the best of every goal, each by its range among them."
)


def told(found: Tuning) -> str:
    """Write a search for a terminal or a notebook."""
    study, say = found.study, translator(chosen())
    front = say(
        "The front on fresh customers, {n} replications; all intervals hold together at {level:g} %; * excludes zero, "
        "on the better side"
    )
    lines = [
        *(said(one, say) for one in _head(found)),
        "",
        front.format(n=study.replications, level=100 * study.level),
    ]
    rows = _rows(found, say)
    lines += ["", _as_it_is(found, say), *rows[found.base]]
    for name in found.policies:
        lines += ["", *_policy(found, name, say), *rows[name]]
    if found.fallen:
        lines += ["", *(said(fell(name, why, found), say) for name, why in found.fallen.items())]
    lines += ["", *_verdict(found, say)]
    return "\n".join([*lines, *beside(found.notes, study.warnings, say)])


def _head(found: Tuning) -> Iterator[str]:
    """Say what was searched and for what, and of one refused candidate why."""
    about = {"name": found.scenario.name, "n": found.candidates, "seed": found.seed, "engine": found.study.engine}
    if found.refused:
        yield worded(
            "{name}: {n} candidates ({refused} of them refused: no valid policy), seed {seed}, engine {engine}",
            refused=len(found.refused), **about,
        )  # fmt: skip
    else:
        yield worded("{name}: {n} candidates, seed {seed}, engine {engine}", **about)
    wanted = (
        worded("least {measure}", measure=one.measure)
        if one.sign > 0
        else worded("most {measure}", measure=one.measure)
        for one in found.goals
    )
    yield joined([joined(wanted), *(one.text for one in found.limits)], SEMICOLON)
    for edits, why in [*found.refused.items()][:1]:
        yield worded("Refused, for one: {edits}: {why}", edits=edits, why=why)


def _as_it_is(found: Tuning, say: Say) -> str:
    """Return what the policy as it is is called; only what is said of it is translated, not its name."""
    is_said = found.base == f"{found.policy.name} ({AS_IS})"
    return say("{policy} (as it is)").format(policy=found.policy.name) if is_said else found.base


def _policy(found: Tuning, name: str, say: Say) -> Iterator[str]:
    """Write a policy of the front, and what it changes."""
    best = say("(the best)")
    yield f"{name}  {best}" if name == found.best else name
    yield from (f"    {path}: {was} -> {now}" for path, was, now in found.changes(name))
    left_out = say("left out, it did nothing: {path}: {was} -> {now}")
    for path, was, now in found.left_out(name):
        yield "    " + left_out.format(path=path, was=was, now=now)


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
        kept = say("limit not certain") if row["measure"] in limited and row["keeps"] is None else ""
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
    title: str = row["title"]
    if row["measure"] != "cost_per_resolved":
        return say(title)
    return say("{title}, {currency}").format(title=say(title), currency=found.scenario.cost.currency)


def _apart(row: dict[str, Any], name: str, say: Say) -> tuple[str, str]:
    """Write a difference and its interval."""
    mean, low, high = (signed(row[one], row["unit"], half_of(row), say=say) for one in (name, "low", "high"))
    return mean, say("({low} to {high})").format(low=low, high=high)


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
        return worded("{name}: breaks {limits} on fresh customers", name=name, limits=joined(why.breaks))
    is_base = why.by == found.base
    by = worded("the policy as it is") if is_base else why.by.removeprefix(f"{found.policy.name} ")
    if why.is_same:
        return worded("{name}: the same on fresh customers as {by}", name=name, by=by)
    return worded("{name}: beaten on fresh customers by {by}", name=name, by=by)


def _verdict(found: Tuning, say: Say) -> Iterator[str]:
    """Say which is the best, by which rule, and what each of its changes is worth; or that there is none."""
    if found.best is None:
        if not found.policies and any(why.by == found.base for why in found.fallen.values()):
            yield say("The policy as it is stands on the front alone.")
        none = worded(
            "None is surely better than the policy as it is: no goal has an interval beyond zero on that side."
        )
        if found.limits:
            none = worded(
                "None that keeps the limits is surely better than the policy as it is: no goal has an interval beyond "
                "zero on that side."
            )
        yield said(none, say)
        yield say("More fresh customers make intervals narrower.")
        return
    yield said(_RULE, say)
    undone = say(
        "{policy}: what would change if one change alone were undone; all intervals hold together at {level:g} %; * "
        "excludes zero"
    )
    yield from ("", undone.format(policy=found.best, level=100 * found.study.level))
    yield from _worth(found, say)


def _worth(found: Tuning, say: Say) -> Iterable[str]:
    """Write what each change of the best policy is worth; of one that another needs, that."""
    cells = []
    for row in found.worth.to_dicts():
        about = f"{row['path']}: {row['is']} -> {row['was']}"
        if row["mean"] is None:
            cells.append((" ", about, say("another change needs this one"), "", ""))
        else:
            cells.append(("*" if row["differs"] else " ", about, _title(row, found, say), *_apart(row, "mean", say)))
    return dict.fromkeys(_aligned(cells, (3,)))  # what needs another change needs it for every measure
