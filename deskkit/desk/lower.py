"""A policy lowered once to integer tables: what the model reads instead of names, texts and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deskkit.desk import columns as k
from deskkit.desk.calendar import DAYS, Calendar
from deskkit.desk.names import other_names
from deskkit.desk.schema import All, Any, Condition, Not, Schema, Term
from deskkit.errors import PolicyError
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.names import Names
    from deskkit.desk.schema import Ring

__all__ = ["Field", "Lowered", "lower"]

UNLIMITED = 1 << 40
_LEVELS = range(k.LEVELS)
_SINCE = {
    "waiting": (k.OF_CONVERSATION, k.QUEUED, k.SAW_TIME),
    "unanswered": (k.OF_CONVERSATION, k.UNANSWERED, k.SAW_TIME),
    "not_viewed": (k.OF_CONVERSATION, k.LADDER0 + k.NEGLECTED, k.SAW_TIME),
    "idle": (k.OF_CONVERSATION, k.TOUCHED, k.SAW_TIME),
    "age": (k.OF_CONVERSATION, k.OPENED, k.SAW_TIME),
    "last_order": (k.OF_CUSTOMER, k.LAST_ORDER, k.SAW_CUSTOMER),
    "rated": (k.OF_CUSTOMER, k.RATED_AT, k.SAW_CUSTOMER),
}
_PLAIN = {
    "orders": (k.OF_CUSTOMER, k.ORDERS, k.SAW_CUSTOMER),
    "spend": (k.OF_CUSTOMER, k.SPEND, k.SAW_CUSTOMER),
    "unresolved": (k.OF_CUSTOMER, k.UNRESOLVED, k.SAW_CUSTOMER),
    "rating": (k.OF_CUSTOMER, k.RATING, k.SAW_CUSTOMER),
    "past_transfers": (k.OF_CUSTOMER, k.PAST_TRANSFERS, k.SAW_CUSTOMER),
    "contacts": (k.OF_CONVERSATION, k.CONTACTS, k.SAW_CUSTOMER),
    "returning": (k.OF_CONVERSATION, k.RETURNING, k.SAW_CUSTOMER),
    "turns": (k.OF_CONVERSATION, k.TURNS, k.SAW_COUNTS),
    "words": (k.OF_CONVERSATION, k.WORDS, k.SAW_COUNTS),
    "inquiries": (k.OF_CONVERSATION, k.INQUIRIES, k.SAW_COUNTS),
    "transfers": (k.OF_CONVERSATION, k.TRANSFERS, k.SAW_COUNTS),
    "complexity": (k.OF_CONVERSATION, k.COMPLEXITY, k.SAW_COUNTS),
    "level": (k.OF_CONVERSATION, k.LEVEL, k.SAW_STAGE),
    "longest_wait": (k.OF_DESK, k.LONGEST, k.SAW_DESK),
    "load": (k.OF_DESK, k.USE, k.SAW_DESK),
}
_STAGES = ("waiting", "assigned", "snoozed", "resolved", "abandoned", "archived")
_PRESENCE = ("offline", "away", "online")
_WORDS = {"stage": (k.OF_CONVERSATION, k.STAGE, _STAGES), "agent": (k.OF_OWNER, k.PRESENCE, _PRESENCE)}
_OPS = {"eq": k.EQUAL, "ge": k.AT_LEAST, "le": k.AT_MOST}
_STRATEGIES = ("least_load", "round_robin", "longest_idle", "best_skill")
_LANGUAGE = ("ignored", "preferred", "required")
_TOPICS = ("message", "assignment", "waiting", "neglected")
_RECIPIENTS = ("owner", "helpers", "group", "supervisor")
_DOES = ("suggest", "archive", "resolve")


class Field(msgspec.Struct, frozen=True):
    """A customer's field that a condition reads, and where its number stands.

    `how` is ``number`` (thousandths), ``eq`` or ``contains`` (1 if the text, without case, equals or holds `text`).
    """

    name: str
    column: int
    how: str
    text: str = ""


class Lowered(msgspec.Struct, frozen=True):
    """A policy as tables, with what leads back to its words."""

    schema: Schema
    tables: k.Tables
    fields: tuple[Field, ...]
    terms: tuple[Term, ...]
    calendar: Calendar
    courtesy: int


class _Compiler:
    """Conditions to terms with jumps; collects alarms, fields and calendar windows on the way."""

    def __init__(self, schema: Schema, names: Names, calendar: Calendar) -> None:
        self.schema = schema
        self.names = names
        self.calendar = calendar
        self.rows: list[list[int]] = []
        self.terms: list[Term] = []
        self.alarms: dict[tuple[int, int], int] = {}
        self.fields: list[Field] = []
        self.signals = {signal.name: 1 << i for i, signal in enumerate(schema.signals)}
        self.tags = {tag: (f, 1 << i) for f, facet in enumerate(schema.facets) for i, tag in enumerate(facet.tags)}
        self.watches = 0
        self.reads_signal = 0

    def condition(self, when: Condition, *, closed: bool = False, desk_wide: bool = False) -> int:
        """Return the number of the term a condition begins with."""
        self.watches = 0
        self.reads_signal = 0
        self._closed = closed
        self._desk_wide = desk_wide
        return self._lay(when, k.YES, k.NO)

    def _lay(self, when: Condition, yes: int, no: int) -> int:
        # Parts are laid from the last to the first, so every jump leads to a term that is there already.
        if isinstance(when, All):
            for part in reversed(when.parts):
                yes = self._lay(part, yes, no)
            return yes
        if isinstance(when, Any):
            for part in reversed(when.parts):
                no = self._lay(part, yes, no)
            return no
        if isinstance(when, Not):
            return self._lay(when.part, no, yes)
        table, column, op, value, negated = self._term(when)
        if negated:
            yes, no = no, yes
        self.rows.append([table, column, op, value, yes, no])
        self.terms.append(when)
        return len(self.rows) - 1

    def _term(self, term: Term) -> tuple[int, int, int, int, bool]:
        key, value = term.key, term.value
        if key in _SINCE:
            return self._since(term)
        if key in _PLAIN:
            table, column, watches = _PLAIN[key]
            self.watches |= watches
            return table, column, _OPS[term.op], int(value), False
        if key == "membership" or key.startswith("own."):
            return self._field(term)
        if key in ("hour", "day", "open"):
            self.watches |= k.SAW_DESK | k.READS_CALENDAR
            bit = self.calendar.bit(key, value)
            return k.OF_DESK, k.CALENDAR, k.ANY_BIT, bit, key == "open" and value == 0
        return self._named(term)

    def _since(self, term: Term) -> tuple[int, int, int, int, bool]:
        table, column, watches = _SINCE[term.key]
        self.watches |= watches
        if term.op == "never":
            return table, column, k.IS_NEVER, 0, False
        ms = int(term.value)
        if table == k.OF_CONVERSATION:
            at = (column, ms if term.op == "ge" else ms + 1)
            self.alarms[at] = self.alarms.get(at, 0) | self._closed
        return table, column, k.SINCE_AT_LEAST if term.op == "ge" else k.SINCE_AT_MOST, ms, False

    def _field(self, term: Term) -> tuple[int, int, int, int, bool]:
        self.watches |= k.SAW_CUSTOMER
        name = term.key.removeprefix("own.")
        text = "" if isinstance(term.value, int) else term.value.casefold()
        how = "number" if isinstance(term.value, int) else term.op
        column = next((f.column for f in self.fields if (f.name, f.how, f.text) == (name, how, text)), -1)
        if column < 0:
            if len(self.fields) == k.OWN_MAX:
                raise PolicyError(
                    worded("The rules ask {one} different things of membership and own fields.", one=k.OWN_MAX + 1),
                    place=self.schema.name, value=term.key, expected=worded("at most {n}", n=k.OWN_MAX),
                    example=worded("let several rules share one comparison, by way of a tag"),
                )  # fmt: skip
            column = k.OWN0 + len(self.fields)
            self.fields.append(Field(name, column, how, text))
        if isinstance(term.value, int):
            return k.OF_CUSTOMER, column, _OPS[term.op], term.value, False
        return k.OF_CUSTOMER, column, k.EQUAL, 1, False

    def _named(self, term: Term) -> tuple[int, int, int, int, bool]:
        key, value = term.key, str(term.value)
        if key in ("signal", "signal_ever"):
            self.watches |= k.SAW_TEXT
            self.reads_signal = 1
            column = k.SIGNALS_NOW if key == "signal" else k.SIGNALS
            return k.OF_CONVERSATION, column, k.ANY_BIT, self.signals[value], False
        if key in ("tag", "inquiry"):
            self.watches |= k.SAW_TAGS
            facet, bit = self.tags[value]
            return k.OF_CONVERSATION, k.TAGS0 + facet, k.ANY_BIT, bit, False
        if key == "language":
            self.watches |= k.SAW_TEXT
            return k.OF_CONVERSATION, k.LANGUAGE, k.EQUAL, self.names.languages.number(value), False
        self.watches |= k.SAW_STAGE | k.SAW_DESK
        if key == "group":
            return k.OF_CONVERSATION, k.HOME, k.EQUAL, self.names.group(value), False
        if key == "queue_length":
            table, column = (k.OF_DESK, k.WAITING_NOW) if self._desk_wide else (k.OF_GROUP, k.Q_WAITING)
            return table, column, _OPS[term.op], int(term.value), False
        table, column, words = _WORDS[key]
        return table, column, k.EQUAL, words.index(value), False


def lower(schema: Schema, names: Names, *, start: int | None, acts: bool = True) -> Lowered:
    """Lower a policy to integer tables.

    Parameters
    ----------
    schema : Schema
    names : Names
        Registries; groups, skills and languages of the policy are added.
    start : int, milliseconds, or None
        The calendar is worked out from the day before this instant, for `calendar.DAYS` days; None: not at all.
    acts : bool
        Whether the desk acts, or only watches and advises.

    Returns
    -------
    Lowered
    """
    for group in schema.groups:
        names.groups.number(group.name)
    for word, name in other_names(schema.groups).items():
        names.aliases.setdefault(word, name)
    calendar = Calendar(schema, start or 0, days=0 if start is None else DAYS)
    compiler = _Compiler(schema, names, calendar)
    tag_rules = []
    for rule in schema.tags:
        if rule.tag not in compiler.tags:  # retired: the rule rests
            tag_rules.append([k.NO, 0, 0, 0, 0])
            continue
        begin = compiler.condition(rule.when)
        facet, bit = compiler.tags[rule.tag]
        exclusive = schema.facets[facet].exclusive
        watches = compiler.watches | (k.SAW_TAGS if exclusive else 0)  # a hand's tag takes the place of a rule's
        tag_rules.append([begin, watches, facet, bit, int(exclusive)])
    level_rules = []
    for level_rule in schema.priority:
        begin = compiler.condition(level_rule.when)
        level_rules.append([begin, compiler.watches, level_rule.level, level_rule.hold_ms, compiler.reads_signal])
    routes = []
    for route in schema.routing.rules:
        begin = compiler.condition(route.when)
        routes.append([begin, compiler.watches, names.group(route.group), names.skills.mask(route.needs)])
    tidy_rules = []
    for tidy in schema.tidy:
        begin = compiler.condition(tidy.when, closed=True)
        tidy_rules.append([begin, compiler.watches, _DOES.index(tidy.do)])
    enter = k.NO if schema.peak.enter is None else compiler.condition(schema.peak.enter, desk_wide=True)
    leave = k.NO if schema.peak.leave is None else compiler.condition(schema.peak.leave, desk_wide=True)
    groups, overflow = _groups(schema, names)
    ladders, rungs = _ladders(schema)
    number = _numbers(schema, names, calendar, enter, leave, acts=acts)
    tables = k.Tables(
        number=number,
        group=groups,
        term=compiler.rows,
        tag_rule=tag_rules,
        level_rule=level_rules,
        route=routes,
        overflow=overflow,
        loan=[[names.group(x.from_group), names.group(x.to_group), x.agents] for x in schema.peak.loans],
        send=[names.groups.mask(g for x in schema.peak.sends if level in x.levels for g in x.to) for level in _LEVELS],
        tidy_rule=tidy_rules,
        target=[list(schema.targets.groups.get(name, schema.targets.levels)) for name in names.groups],
        credit=[[*compiler.tags[tag], ms] for tag, ms in schema.routing.credit.items()],
        ladder=ladders,
        rung=rungs,
        alarm=[[column, ms, int(closed)] for (column, ms), closed in sorted(compiler.alarms.items())],
        calendar=calendar.rows(),
    )
    courtesy = compiler.signals.get(schema.courtesy, 0)
    return Lowered(schema, tables, tuple(compiler.fields), tuple(compiler.terms), calendar, courtesy)


def _groups(schema: Schema, names: Names) -> tuple[list[list[int]], list[list[int]]]:
    """Return a row for each group, also those only facts speak of, and the overflow steps one after the other."""
    known = {group.name: group for group in schema.groups}
    rows: list[list[int]] = []
    steps: list[list[int]] = []
    for name in names.groups:
        limit = known[name].queue_limit if name in known else UNLIMITED
        mine = [x for x in schema.routing.overflow if x.group == name]
        capacity = schema.capacity.groups.get(name, 0)
        peak = schema.peak.capacity_groups.get(name, capacity)
        rows.append([limit, capacity, peak, len(steps), len(mine)])
        for step in mine:
            drop = ("skills" in step.drop) | ("language" in step.drop) << 1
            steps.append([names.groups.number(name), step.after_ms, names.groups.mask(step.to), drop])
    return rows, steps


def _covered(ring: Ring, rings: Sequence[Ring]) -> int:
    """Return the rings that reach an agent by every channel of `ring`, as loud and as large, as bits."""
    bits = 0
    for i, other in enumerate(rings):
        reaches = set(ring.channels) <= set(other.channels)
        bits |= (reaches and other.volume >= ring.volume and other.icon >= ring.icon) << i
    return bits


def _ladders(schema: Schema) -> tuple[list[list[int]], list[list[int]]]:
    """Return first rung, size and lowest level by topic and level, and the rungs with their repetitions, in time."""
    rings = {ring.name: (i, int("push" in ring.channels)) for i, ring in enumerate(schema.notify.rings)}
    covered = {ring.name: _covered(ring, schema.notify.rings) for ring in schema.notify.rings}
    by_place = {
        (topic, level): ladder
        for ladder in schema.notify.ladders
        for topic in (_TOPICS.index(ladder.event),)
        for level in ladder.levels
    }
    rows: list[list[int]] = []
    rungs: list[list[int]] = []
    for topic in range(k.TOPICS):
        for level in _LEVELS:
            ladder = by_place.get((topic, level))
            steps = () if ladder is None else ladder.rungs
            laid = sorted(
                [rung.after_ms + n * rung.repeat_ms, i, n]
                for i, rung in enumerate(steps)
                for n in range(rung.times + 1)
            )
            rows.append([len(rungs), len(laid), level if ladder is None else min(ladder.levels)])
            for after, i, n in laid:
                rung = steps[i]
                rungs.append(
                    [after, _RECIPIENTS.index(rung.to), *rings[rung.ring], n, rung.after_ms, covered[rung.ring]]
                )
    return rows, rungs


def _numbers(schema: Schema, names: Names, calendar: Calendar, enter: int, leave: int, *, acts: bool) -> list[int]:
    """Return the numbers of the policy, one for each P_ column."""
    routing, capacity, notify = schema.routing, schema.capacity, schema.notify
    points, peak = schema.complexity, schema.peak
    number = [0] * k.NUMBERS
    number[k.P_START_LEVEL] = schema.start_level
    number[k.P_REOPEN] = schema.reopen_within_ms
    number[k.P_GUARD] = routing.guard_ms
    number[k.P_STRATEGY] = _STRATEGIES.index(routing.strategy)
    number[k.P_LANGUAGE] = _LANGUAGE.index(routing.language)
    number[k.P_PATIENCE] = routing.language_patience_ms
    number[k.P_RETURNING] = int(routing.returning)
    number[k.P_REASSIGN] = routing.reassign_after_ms
    number[k.P_TRIES] = routing.reassign_times
    number[k.P_REDISTRIBUTE] = int(routing.redistribute)
    number[k.P_DEFAULT_GROUP] = names.group(routing.default_group)
    number[k.P_WEIGHT_AGENT] = capacity.waiting_for_agent
    number[k.P_WEIGHT_CUSTOMER] = capacity.waiting_for_customer
    number[k.P_COMPLEX_FROM] = capacity.complex_from
    number[k.P_COMPLEX_FACTOR] = capacity.complex_factor
    number[k.P_HELPER] = capacity.helper
    number[k.P_RESERVE] = capacity.reserve
    number[k.P_CAPACITY] = capacity.agent
    number[k.P_PEAK_CAPACITY] = peak.capacity
    number[k.P_PEAK_ENTER] = enter
    number[k.P_PEAK_LEAVE] = leave
    number[k.P_PEAK_STAY] = peak.min_stay_ms
    number[k.P_PEAK_WAIT] = _shortest_wait(peak.enter)
    number[k.P_PER_MINUTE] = notify.per_minute
    number[k.P_DIGEST] = notify.digest_ms
    number[k.P_MERGE] = notify.merge_urgent_ms
    number[k.P_TURN] = points.turn
    number[k.P_WORDS] = points.hundred_words
    number[k.P_INQUIRY] = points.inquiry
    number[k.P_TRANSFER] = points.transfer
    number[k.P_OPEN_BIT] = calendar.bit("open", 1)
    number[k.P_QUIET_BIT] = calendar.bit("quiet", 1)
    number[k.P_ASSIGN_CLOSED] = int(schema.hours.assign_when_closed)
    number[k.P_ACTS] = int(acts)
    return number


def _shortest_wait(when: Condition | None) -> int:
    """Return the shortest `longest_wait >=` of a condition, 0 if it has none."""
    if isinstance(when, Term):
        return int(when.value) if when.key == "longest_wait" and when.op == "ge" else 0
    if isinstance(when, All | Any):
        waits = [w for w in map(_shortest_wait, when.parts) if w > 0]
        return min(waits, default=0)
    return _shortest_wait(when.part) if isinstance(when, Not) else 0
