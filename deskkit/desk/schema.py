"""The shape of a policy: plain frozen structs, one per table of the file.

`policy.py` reads a file into these, `lower.py` turns them into integer tables. All times are integer
milliseconds, capacities and weights integer thousandths of a unit, money integer hundredths. Nothing here decides.
"""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = [
    "All", "Any", "Capacity", "Condition", "Complexity", "Facet", "Group", "Hours", "Ladder", "Loan", "Not",
    "Notify", "Overflow", "Peak", "PriorityRule", "Ring", "Route", "Routing", "Rung", "Schema", "Send",
    "SignalDef", "TagRule", "Targets", "Term", "TidyRule", "Window",
]  # fmt: skip


class Term(msgspec.Struct, frozen=True):
    """One comparison: `key` (the vocabulary of conditions), operator, value.

    `op` is one of ``eq``, ``ge``, ``le``, ``gt``, ``lt``, ``contains``, ``never``; a list in the file becomes `Any`.
    `value` is milliseconds for times, thousandths of a unit for loads, hundredths for spend, a level number 0-3
    for levels, a plain integer for counts, the text itself otherwise. Own fields have key ``own.NAME``
    (numbers in thousandths).
    """

    key: str
    op: str
    value: int | str


class All(msgspec.Struct, frozen=True):
    """Holds when every part holds."""

    parts: tuple[Condition, ...]


class Any(msgspec.Struct, frozen=True):
    """Holds when one part holds."""

    parts: tuple[Condition, ...]


class Not(msgspec.Struct, frozen=True):
    """Holds when the part does not."""

    part: Condition


Condition = Term | All | Any | Not


class Window(msgspec.Struct, frozen=True):
    """A weekly window: days as a bit mask (Monday = 1), from and to in minutes of the day (to may be 1440)."""

    days: int
    start: int
    end: int


class Hours(msgspec.Struct, frozen=True):
    open: tuple[Window, ...]
    holidays: tuple[str, ...]
    assign_when_closed: bool


class Group(msgspec.Struct, frozen=True):
    name: str
    title: str
    queue_limit: int


class SignalDef(msgspec.Struct, frozen=True):
    """The fields of `tagging.Signal`."""

    name: str
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    by: Literal["customer", "agent"] = "customer"


class Facet(msgspec.Struct, frozen=True):
    name: str
    tags: tuple[str, ...]
    exclusive: bool


class TagRule(msgspec.Struct, frozen=True):
    name: str
    facet: str
    tag: str
    when: Condition


class PriorityRule(msgspec.Struct, frozen=True):
    name: str
    level: int
    when: Condition
    hold_ms: int


class Complexity(msgspec.Struct, frozen=True):
    turn: int
    hundred_words: int
    inquiry: int
    transfer: int


class Targets(msgspec.Struct, frozen=True):
    """Milliseconds to a reply by level; `groups` holds the groups that differ."""

    levels: tuple[int, int, int, int]
    groups: dict[str, tuple[int, int, int, int]]


class Capacity(msgspec.Struct, frozen=True):
    """All in thousandths of a unit; `complex_factor` in thousandths; `groups`: capacity of agents of a group."""

    agent: int
    waiting_for_agent: int
    waiting_for_customer: int
    complex_from: int
    complex_factor: int
    helper: int
    reserve: int
    groups: dict[str, int]


class Route(msgspec.Struct, frozen=True):
    name: str
    when: Condition
    group: str
    needs: tuple[str, ...]


class Overflow(msgspec.Struct, frozen=True):
    group: str
    after_ms: int
    to: tuple[str, ...]
    drop: tuple[str, ...]


class Routing(msgspec.Struct, frozen=True):
    strategy: Literal["least_load", "round_robin", "longest_idle", "best_skill"]
    default_group: str
    language: Literal["required", "preferred", "ignored"]
    language_patience_ms: int
    returning: bool
    rules: tuple[Route, ...]
    overflow: tuple[Overflow, ...]
    guard_ms: int
    credit: dict[str, int]
    reassign_after_ms: int
    reassign_times: int
    redistribute: bool


class Loan(msgspec.Struct, frozen=True):
    from_group: str
    to_group: str
    agents: int


class Send(msgspec.Struct, frozen=True):
    levels: tuple[int, ...]
    to: tuple[str, ...]


class Peak(msgspec.Struct, frozen=True):
    """Peak mode; without [peak] in the file `enter` is None and it comes by hand only."""

    enter: Condition | None
    leave: Condition | None
    min_stay_ms: int
    capacity: int
    capacity_groups: dict[str, int]
    loans: tuple[Loan, ...]
    sends: tuple[Send, ...]


class Ring(msgspec.Struct, frozen=True):
    name: str
    channels: tuple[str, ...]
    sound: str
    volume: int
    icon: int


class Rung(msgspec.Struct, frozen=True):
    after_ms: int
    to: Literal["owner", "helpers", "group", "supervisor"]
    ring: str
    repeat_ms: int
    times: int


class Ladder(msgspec.Struct, frozen=True):
    event: Literal["message", "assignment", "waiting", "neglected"]
    levels: tuple[int, ...]
    rungs: tuple[Rung, ...]


class Notify(msgspec.Struct, frozen=True):
    per_minute: int
    quiet: tuple[Window, ...]
    digest_ms: int
    merge_urgent_ms: int
    rings: tuple[Ring, ...]
    ladders: tuple[Ladder, ...]


class TidyRule(msgspec.Struct, frozen=True):
    name: str
    do: Literal["archive", "resolve", "suggest"]
    when: Condition


class Schema(msgspec.Struct, frozen=True):
    """A whole policy."""

    name: str
    zone: str
    hours: Hours
    reopen_within_ms: int
    groups: tuple[Group, ...]
    signals: tuple[SignalDef, ...]
    facets: tuple[Facet, Facet, Facet]
    tags: tuple[TagRule, ...]
    start_level: int
    priority: tuple[PriorityRule, ...]
    complexity: Complexity
    targets: Targets
    capacity: Capacity
    routing: Routing
    peak: Peak
    notify: Notify
    tidy: tuple[TidyRule, ...]
