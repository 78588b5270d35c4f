"""Do the parts of a policy fit together? Contradictions are faults, what is probably not meant is a warning.

Every check takes a schema that was read, and notes by path. Rules stand in the schema in the order of the
file, so their numbers are the numbers of the file. Rules and notices have checks in modules of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk.events import LEVELS
from deskkit.desk.policyfile import quantities as q
from deskkit.desk.policyfile.notice_consistency import check_notices
from deskkit.desk.policyfile.rule_consistency import check_rules, check_thresholds
from deskkit.worded import worded

if TYPE_CHECKING:
    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.desk.schema import Capacity, Schema

__all__ = ["check"]

WEEK: Final = 7 * q.DAY_MINUTES


def check(schema: Schema, data: object, book: Book) -> None:
    """Note what contradicts itself or has no effect.

    Parameters
    ----------
    schema : Schema
    data : object
        What `tomllib` made of the file, to find where a comparison stands.
    book : Book
    """
    check_hours(schema, book)
    check_targets(schema, book)
    check_capacity(schema, book)
    check_routing(schema, book)
    check_peak(schema, data, book)
    check_notices(schema, book)
    check_rules(schema, book)


# ---------------------------------------------------------------- time


def check_hours(schema: Schema, book: Book) -> None:
    """Note a desk that never opens, and quiet hours without an end."""
    if not schema.hours.open and book.clean("hours"):
        expected = worded('at least one window, such as "mon-sun 09:00-21:00"')
        problem = worded("The desk is never open, so nothing is ever assigned.")
        book.note(("hours", "open"), problem, value=[], expected=expected, fix=["mon-sun 09:00-21:00"])
    covered: set[int] = set()
    for window in schema.notify.quiet:
        for day in range(7):
            if window.days >> day & 1:
                covered.update(range(day * q.DAY_MINUTES + window.start, day * q.DAY_MINUTES + window.end))
    if len(covered) == WEEK:
        expected = worded("some hours of the week without quiet")
        problem = worded("The quiet hours cover the whole week; only urgent notices would ever go out.")
        book.note(("notify", "quiet"), problem, expected=expected, fix=["mon-sun 00:00-08:00"])


def check_targets(schema: Schema, book: Book) -> None:
    """Note a higher level that would be served later by its target."""
    special = [(("groups", name), levels) for name, levels in schema.targets.groups.items()]
    every: list[tuple[KeyPath, tuple[int, ...]]] = [((), schema.targets.levels), *special]
    for path, levels in every:
        for level in range(1, len(levels)):
            if levels[level] > levels[level - 1]:
                lower = q.show_duration(levels[level - 1])
                book.note(
                    ("targets", *path, LEVELS[level]),
                    worded(
                        'The target of "{one}" is longer than that of "{lower}".',
                        one=LEVELS[level],
                        lower=LEVELS[level - 1],
                    ),
                    value=q.show_duration(levels[level]),
                    expected=worded('at most "{n}"', n=lower),
                    fix=lower,
                )


# ---------------------------------------------------------------- capacity


def check_capacity(schema: Schema, book: Book) -> None:
    """Note weights and a reserve that leave no room for one conversation on an agent."""
    capacity = schema.capacity
    if not book.clean("capacity"):
        return
    one = capacity.waiting_for_agent
    heaviest = one * capacity.complex_factor // 1000
    least = min([capacity.agent, *capacity.groups.values()])
    room = least - capacity.reserve
    if capacity.reserve >= capacity.agent:
        _exceeds(book, "reserve", capacity.reserve, capacity.agent, fix=max(0, least - heaviest))
        return
    for key in ("waiting_for_customer", "helper"):
        value = getattr(capacity, key)
        if value > one:
            _exceeds(book, key, value, one, other="waiting_for_agent", fix=one)
    if one > capacity.agent - capacity.reserve:
        fix = max(1, room * 1000 // capacity.complex_factor)
        _exceeds(book, "waiting_for_agent", one, room, other=worded("agent less reserve"), fix=fix)
    elif heaviest > capacity.agent - capacity.reserve:
        most = max(1000, room * 1000 // one)
        value, other = capacity.complex_factor, worded("agent less reserve, in conversations")
        _exceeds(book, "complex_factor", value, most, other=other, fix=most)
    else:
        _check_groups(capacity, capacity.reserve + heaviest, book)


def _check_groups(capacity: Capacity, least: int, book: Book) -> None:
    for name, own in capacity.groups.items():
        if own < least:
            problem = worded(
                'An agent of "{name}" has no room for one complex conversation beside the reserve.', name=name
            )
            path, expected = ("capacity", "groups", name), worded("at least {n}", n=q.in_units(least))
            book.note(path, problem, value=q.in_units(own), expected=expected, fix=q.in_units(least))


def _exceeds(book: Book, key: str, value: int, limit: int, *, fix: int, other: str = "agent") -> None:
    """Note that a capacity is larger than another allows."""
    book.note(
        ("capacity", key),
        worded(
            '"{key}" contradicts "{other}": {value} against {limit}.',
            key=key,
            other=other,
            value=q.in_units(value),
            limit=q.in_units(limit),
        ),
        value=q.in_units(value),
        expected=worded("less than {n}", n=q.in_units(limit))
        if key == "reserve"
        else worded("at most {n}", n=q.in_units(limit)),
        fix=q.in_units(fix),
    )


# ---------------------------------------------------------------- routing


def check_routing(schema: Schema, book: Book) -> None:
    """Note overflow that leads nowhere or back, and a reassignment before the target is over."""
    last: dict[str, int] = {}
    reached: dict[str, set[str]] = {}
    for number, step in enumerate(schema.routing.overflow):
        path = ("routing", "overflow", number)
        value = q.show_duration(step.after_ms)
        before = last.get(step.group, 0)
        gained = (set(step.to) | set(step.drop)) - reached.setdefault(step.group, set())
        if step.group in step.to:
            others = [name for name in step.to if name != step.group]
            right = others or [group.name for group in schema.groups if group.name != step.group][:1] or None
            problem = worded('"{group}" overflows to itself.', group=step.group)
            book.note((*path, "to"), problem, value=list(step.to), expected=worded("other groups"), fix=right)
        elif step.after_ms <= before:
            fix = q.show_duration(before + 60_000)
            problem = worded(
                'The step of "{group}" before comes at {before}: out of order.',
                group=step.group,
                before=q.show_duration(before),
            )
            book.note(
                (*path, "after"), problem, value=value, expected=worded('later, such as "{fix}"', fix=fix), fix=fix
            )
        elif not gained and step.to:
            problem = worded('An earlier step of "{group}" went to these groups already.', group=step.group)
            example = worded("# remove this step, or name a further group")
            book.note((*path, "to"), problem, value=list(step.to), expected=worded("a further group"), example=example)
        last[step.group] = max(before, step.after_ms)
        reached[step.group] |= gained
    target = schema.targets.levels[schema.start_level]
    if 0 < schema.routing.reassign_after_ms < target and book.clean("targets", "reassign"):
        level, least = LEVELS[schema.start_level], q.show_duration(target)
        problem = worded(
            'An owner would lose a conversation before the target of "{level}" ({least}) is over.',
            level=level,
            least=least,
        )
        value = q.show_duration(schema.routing.reassign_after_ms)
        book.note(("reassign", "after"), problem, value=value, expected=worded('at least "{n}"', n=least), fix=least)


# ---------------------------------------------------------------- peak mode


def check_peak(schema: Schema, data: object, book: Book) -> None:
    """Note a peak mode with less room than an ordinary day, loans that lend nothing, and a flapping exit."""
    peak, capacity = schema.peak, schema.capacity
    if book.clean("peak", "capacity"):
        normal = capacity.agent
        if peak.capacity < normal:
            _below(("peak", "capacity", "agent"), peak.capacity, normal, book)
        for name, own in peak.capacity_groups.items():
            if own < capacity.groups.get(name, normal):
                _below(("peak", "capacity", "groups", name), own, capacity.groups.get(name, normal), book)
    seen: set[tuple[str, str]] = set()
    for number, loan in enumerate(peak.loans):
        path, pair = ("peak", "loan", number, "to"), (loan.from_group, loan.to_group)
        others = [group.name for group in schema.groups if group.name != loan.from_group]
        if loan.from_group == loan.to_group:
            problem, fix = worded("Agents are lent to their own group."), (*others, "")[0] or None
            book.note(path, problem, value=loan.to_group, expected=worded("another group"), fix=fix)
        elif pair in seen:
            problem, example = (
                worded("This loan is given a second time."),
                worded("# remove this loan, or add its agents to the other"),
            )
            book.note(path, problem, value=loan.to_group, expected=worded("each pair of groups once"), example=example)
        seen.add(pair)
    if book.clean("peak") and peak.enter is not None and peak.leave is not None:
        check_thresholds(peak.enter, peak.leave, data, book)


def _below(path: KeyPath, value: int, normal: int, book: Book) -> None:
    problem = worded("At peak an agent would hold less than on an ordinary day ({normal}).", normal=q.in_units(normal))
    book.note(
        path,
        problem,
        value=q.in_units(value),
        expected=worded("at least {n}", n=q.in_units(normal)),
        fix=q.in_units(normal),
    )
