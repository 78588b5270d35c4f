"""The shape of a policy: plain frozen structs, one per table of the file.

`policy.py` reads a file into these, `lower.py` turns them into integer tables. All times are integer
milliseconds, capacities and weights integer thousandths of a unit, money integer hundredths. Nothing here
decides.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

__all__ = [
    "NO_LIMIT",
    "WALL_NUMBERS",
    "WALL_SHARES",
    "WALL_TIMES",
    "All",
    "Any",
    "Author",
    "Capacity",
    "Complexity",
    "Condition",
    "Facet",
    "Group",
    "Hours",
    "Ladder",
    "Languages",
    "Loan",
    "Not",
    "Notify",
    "Overflow",
    "Peak",
    "PriorityRule",
    "Recipient",
    "Ring",
    "Route",
    "Routing",
    "Ruling",
    "Rung",
    "Schema",
    "Send",
    "SignalDef",
    "Strategy",
    "TagRule",
    "Targets",
    "Term",
    "TidyRule",
    "Tidying",
    "Topic",
    "Wallboard",
    "Window",
]

NO_LIMIT: Final = 10**9

Author = Literal["customer", "agent"]
Strategy = Literal["least_load", "round_robin", "longest_idle", "best_skill"]
Languages = Literal["required", "preferred", "ignored"]
Topic = Literal["message", "assignment", "waiting", "neglected"]
Recipient = Literal["owner", "helpers", "group", "supervisor"]
Tidying = Literal["resolve", "archive", "suggest"]


class Term(msgspec.Struct, frozen=True):
    """One comparison: `key` (the vocabulary of conditions), operator, value.

    `op` is one of ``eq``, ``ge``, ``le``, ``contains``, ``never``; a list in the file becomes `Any`, and
    ``> 5`` of whole numbers ``ge 6``.

    `value` is milliseconds for times (0 for ``never``), thousandths for `load`, hundredths for `spend`, 0
    to 3 for levels, -1 to 1 for ratings, 0 or 1 for `returning` and `open`, a plain integer for counts.
    `hour` has minutes of the day as text, ``540-720`` (to may be 1440, never past midnight); `day` a bit
    mask of weekdays (Monday = 1) or an ISO date. Own fields have the key ``own.NAME``: numbers in
    thousandths, or text. All else is the text itself: names, stages, presences, language codes.
    Membership and own texts are compared without case.
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
    """A weekly window: days as a bit mask (Monday = 1), minutes of the day (`end` may be 1440)."""

    days: int
    start: int
    end: int


class Hours(msgspec.Struct, frozen=True):
    """Opening hours, ISO dates of days off, and whether work is assigned outside of them."""

    open: tuple[Window, ...]
    holidays: tuple[str, ...]
    assign_when_closed: bool


class Group(msgspec.Struct, frozen=True):
    """A group; `queue_limit` is `NO_LIMIT` where the file sets none."""

    name: str
    title: str
    queue_limit: int


class SignalDef(msgspec.Struct, frozen=True):
    """The fields of `tagging.Signal`."""

    name: str
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    by: Author = "customer"


class Facet(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind of tags: customer, inquiry or label; `exclusive` allows one tag by rule.

    `retired` tags are offered no more, and stand on what bears them; `renamed` gives old names their new one: what
    bears the old counts as the new; `colours` are ``#rrggbb``. Left out where empty, so that policies from before
    there were such keep their fingerprints.
    """

    name: str
    tags: tuple[str, ...]
    exclusive: bool
    retired: tuple[str, ...] = ()
    renamed: dict[str, str] = {}
    colours: dict[str, str] = {}


class TagRule(msgspec.Struct, frozen=True):
    """A tag, and when it is given; while the tag is retired the rule rests, and keeps its number."""

    name: str
    facet: str
    tag: str
    when: Condition


class PriorityRule(msgspec.Struct, frozen=True):
    """A reason for a level; `hold_ms` is its own, or the one of all rules."""

    name: str
    level: int
    when: Condition
    hold_ms: int


class Complexity(msgspec.Struct, frozen=True):
    """Points for a turn, 100 words, a different inquiry, a transfer."""

    turn: int
    hundred_words: int
    inquiry: int
    transfer: int


class Targets(msgspec.Struct, frozen=True):
    """Milliseconds to a reply by level; `groups` holds the groups that differ."""

    levels: tuple[int, int, int, int]
    groups: dict[str, tuple[int, int, int, int]]


WALL_TIMES: Final = ("oldest_wait", "first_response", "reply_time")
WALL_SHARES: Final = (
    "agents_full", "service_level", "sla_first_response", "sla_next_response", "abandonment", "csat",
    "occupancy_assigned",
)  # fmt: skip
WALL_NUMBERS: Final = ("waiting", "pending", "overdue", "missed", "load_spread", "notices_per_agent_hour")


class Wallboard(msgspec.Struct, frozen=True):
    """What the wallboard marks as missed: the most or least of a measure, in ms or thousandths; only those named."""

    targets: dict[str, int] = {}


class Capacity(msgspec.Struct, frozen=True):
    """All in thousandths, but `complex_from` in points; `groups`: capacity of agents of a group."""

    agent: int
    waiting_for_agent: int
    waiting_for_customer: int
    complex_from: int
    complex_factor: int
    helper: int
    reserve: int
    groups: dict[str, int]


class Route(msgspec.Struct, frozen=True):
    """A group and needed skills, for conversations that meet the condition when they enter the queue."""

    name: str
    when: Condition
    group: str
    needs: tuple[str, ...]


class Overflow(msgspec.Struct, frozen=True):
    """Further groups after a time in the queue of `group`; `drop` is of "skills", "language"."""

    group: str
    after_ms: int
    to: tuple[str, ...]
    drop: tuple[str, ...]


class Routing(msgspec.Struct, frozen=True):
    """How conversations find an agent; `reassign_after_ms` 0 means never; `credit` is ms by tag."""

    strategy: Strategy
    default_group: str
    language: Languages
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
    """So many agents of a group also take work of another in peak mode."""

    from_group: str
    to_group: str
    agents: int


class Send(msgspec.Struct, frozen=True):
    """Conversations of these levels may also go to these groups in peak mode."""

    levels: tuple[int, ...]
    to: tuple[str, ...]


class Peak(msgspec.Struct, frozen=True):
    """Peak mode; with `enter` and `leave` None it comes and goes by hand only."""

    enter: Condition | None
    leave: Condition | None
    min_stay_ms: int
    capacity: int
    capacity_groups: dict[str, int]
    loans: tuple[Loan, ...]
    sends: tuple[Send, ...]


class Ring(msgspec.Struct, frozen=True):
    """What a notice does; without a channel "sound" the sound is empty and the volume 0."""

    name: str
    channels: tuple[str, ...]
    sound: str
    volume: int
    icon: int


class Rung(msgspec.Struct, frozen=True):
    """A step of a ladder; it rings once, then `times` times more, every `repeat_ms`."""

    after_ms: int
    to: Recipient
    ring: str
    repeat_ms: int
    times: int


class Ladder(msgspec.Struct, frozen=True):
    """The rungs, in order of time, for an event at these levels."""

    event: Topic
    levels: tuple[int, ...]
    rungs: tuple[Rung, ...]


class Notify(msgspec.Struct, frozen=True):
    """Notices: limits, quiet hours, rings by name, ladders."""

    per_minute: int
    quiet: tuple[Window, ...]
    digest_ms: int
    merge_urgent_ms: int
    rings: tuple[Ring, ...]
    ladders: tuple[Ladder, ...]


class TidyRule(msgspec.Struct, frozen=True):
    """What is done with a conversation that meets the condition."""

    name: str
    do: Tidying
    when: Condition


class Ruling(msgspec.Struct, frozen=True):
    """What a policy decides by; `courtesy` names the signal of messages that owe no answer ("" for none)."""

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
    courtesy: str = ""


class Schema(Ruling, frozen=True):
    """A whole policy: also what is only shown."""

    wallboard: Wallboard = Wallboard()
