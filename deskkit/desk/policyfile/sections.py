"""A whole policy, table by table, read into the structs of `schema.py`.

Here stand keys, bounds and defaults; whether the parts fit together is asked in `consistency.py`. Names come
first (groups, signals, tags), because everything else speaks of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, get_args
from zoneinfo import available_timezones

from deskkit.desk.events import LEVELS
from deskkit.desk.lexicon import check_word
from deskkit.desk.patterns import check_pattern
from deskkit.desk.policyfile import quantities as q
from deskkit.desk.policyfile.facet_sections import read_facets
from deskkit.desk.policyfile.faults import LEFT_OUT, nearest
from deskkit.desk.policyfile.notice_sections import read_notify
from deskkit.desk.policyfile.reading import Table
from deskkit.desk.policyfile.rule_sections import (
    read_peak,
    read_priority,
    read_routing,
    read_tag_rules,
    read_tidy,
)
from deskkit.desk.policyfile.vocabulary import Known
from deskkit.desk.schema import (
    NO_LIMIT,
    WALL_NUMBERS,
    WALL_SHARES,
    WALL_TIMES,
    Author,
    Capacity,
    Complexity,
    Group,
    Hours,
    Schema,
    SignalDef,
    Targets,
    Wallboard,
)
from deskkit.errors import PolicyError
from deskkit.worded import worded
from deskkit.zones import MACHINE_ZONES, zone_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.policyfile.layout import KeyPath

__all__ = ["VERSION", "read_schema"]

VERSION: Final = 1
AUTHORS: Final[tuple[Author, ...]] = get_args(Author)
MOST_UNITS: Final = 1000
LONGEST_TEXT: Final = 500
_SIGN: Final = re.compile(r"[\\.^$*+?{}()|\[\]]")
_LOOK_AROUND: Final = re.compile(r"\(\?<?[=!][^()]*\)")
_TARGETS: Final = ("5 min", "2 min", "60 s", "30 s")


def read_schema(data: object, book: Book) -> Schema:
    """Read a whole policy.

    Parameters
    ----------
    data : object
        What `tomllib` made of the file.
    book : Book
        Takes the faults; what they leave open has a harmless value.

    Returns
    -------
    Schema
    """
    root = Table(data, (), book)
    _version(root)
    name, zone = root.text("name", example="standard"), _zone(root)
    groups = _groups(root)
    signals = _signals(root.table("signals"))
    facets = read_facets(root.table("facets"))
    known = Known(
        tuple(group.name for group in groups),
        tuple(signal.name for signal in signals if signal.by == "customer"),
        tuple(signal.name for signal in signals if signal.by == "agent"),
        {tag: facet.name for facet in facets for tag in facet.tags},
        {tag: facet.name for facet in facets for tag in facet.retired},
    )
    reopen_within_ms, courtesy = _life(root.table("life"), known)
    priority = root.table("priority")
    start, rules = read_priority(priority, known)
    capacity = _capacity(root.table("capacity"), known)
    schema = Schema(
        name=name,
        zone=zone,
        hours=_hours(root.table("hours")),
        reopen_within_ms=reopen_within_ms,
        groups=groups,
        signals=signals,
        facets=facets,
        tags=read_tag_rules(root, known),
        start_level=start,
        priority=rules,
        complexity=_complexity(priority.table("complexity")),
        targets=_targets(root.table("targets"), known),
        capacity=capacity,
        routing=read_routing(root, known),
        peak=read_peak(root.table("peak"), known, capacity),
        notify=read_notify(root),
        tidy=read_tidy(root, known),
        courtesy=courtesy,
        wallboard=_wallboard(root.table("wallboard")),
    )
    priority.done()
    root.take("quick")  # no rule: see `quick_sections`
    root.done()
    return schema


def _version(root: Table) -> None:
    value = root.take("version")
    if value is None:
        root.missing("version", worded("the number {n}", n=VERSION), str(VERSION))
    elif value != VERSION or isinstance(value, bool):
        problem = worded("This version of the policy file is not known.")
        root.book.note(("version",), problem, value=value, expected=f"{VERSION}", fix=VERSION)


def _zone(root: Table) -> str:
    zone = root.text("zone", example="Asia/Shanghai")
    try:
        zone_of(zone)
    except ValueError:
        if "zone" in root:
            fix = nearest(zone, sorted(available_timezones() - MACHINE_ZONES), otherwise="Asia/Shanghai")
            expected = worded('a zone of the IANA list, such as "Asia/Shanghai" or "UTC"')
            root.book.note(("zone",), worded("This zone is not known."), value=zone, expected=expected, fix=fix)
        return "UTC"
    return zone


def _hours(table: Table) -> Hours:
    found = Hours(
        open=table.windows("open", ["mon-sun 00:00-24:00"]),
        holidays=table.dates("holidays"),
        assign_when_closed=table.flag("assign_when_closed", default=False),
    )
    table.done()
    return found


def _life(table: Table, known: Known) -> tuple[int, str]:
    """Return how long a message reopens, and the signal of messages that owe no answer ("" for none)."""
    found = table.duration("reopen_within", "24 h")
    courtesy = ""
    if "courtesy" in table:
        courtesy = table.known(table.take("courtesy"), table.at("courtesy"), known.signals, "signal")
    table.done()
    return found, courtesy


def _groups(root: Table) -> tuple[Group, ...]:
    table = root.table("groups")
    found: list[Group] = []
    for name in table.entries():
        group = table.table(name)
        limit = group.number("queue_limit", NO_LIMIT, least=0, most=NO_LIMIT)
        found.append(Group(name=name, title=group.text("title", name), queue_limit=limit))
        group.done()
    if not found:
        example = '[groups.presales]\ntitle = "Pre-sales"'
        root.book.note(
            ("groups",), worded("There is no group."), expected=worded("at least one [groups.NAME]"), example=example
        )
    return tuple(found)


def _signals(table: Table) -> tuple[SignalDef, ...]:
    return tuple(sorted((_signal(name, table.table(name)) for name in table.entries()), key=lambda one: one.name))


def _signal(name: str, table: Table) -> SignalDef:
    before = len(table.book.problems)
    words = _texts(table, "words", check_word, "refund")
    patterns = _texts(table, "patterns", check_pattern, "急+")
    unless = _texts(table, "unless", check_word, "not urgent")
    by = table.choice("by", AUTHORS, "customer", what=worded("kind: author"))
    if "words" not in table and "patterns" not in table:
        table.missing("words", worded("words to look for"), '["refund", "退款"]')
    elif not words and not patterns and len(table.book.problems) == before:
        path = table.at("words" if "words" in table else "patterns")
        fix = ["急", "asap"] if "words" in table else ["急+"]
        table.book.note(
            path, worded("This signal looks for nothing."), value=[], expected=worded("words or patterns"), fix=fix
        )
    table.done()
    return SignalDef(name=name, words=words, patterns=patterns, unless=unless, by=by)


def _texts(table: Table, key: str, check: Callable[[str], None], example: str) -> tuple[str, ...]:
    """Read a list of words or patterns, each of which must pass `check`."""
    found: dict[str, None] = {}
    for path, item in table.items(key):
        if not isinstance(item, str) or not item.strip() or len(item) > LONGEST_TEXT:
            expected = worded("a text of 1 to {n} characters", n=LONGEST_TEXT)
            table.book.note(path, worded("This is no usable text."), value=item, expected=expected, fix=example)
        elif item in found:
            problem = worded('"{item}" stands in this list already.', item=item)
            table.book.warn(path, problem, expected=worded("each once"), fix=LEFT_OUT)
        elif _passes(item, check, path, table.book, example):
            found[item] = None
    return tuple(found)


def _passes(item: str, check: Callable[[str], None], path: KeyPath, book: Book, example: str) -> bool:
    """Note a word or pattern that cannot be looked for, with the nearest one that can."""
    try:
        check(item)
    except PolicyError as error:
        expected = error.expected or worded("an expression that RE2 understands: {example}", example=error.example)
        without = _LOOK_AROUND.sub("", item)
        plain = [item.replace("*", "")] if check is check_word else [_SIGN.sub(r"\\\g<0>", item)]
        plain = [without] if check is check_pattern and without != item else plain
        candidates = [*([error.example] if _is_bare(error.example) else plain), example]
        fix = next(candidate for candidate in candidates if _is_fine(candidate, check))
        book.note(path, error.problem, value=item, expected=expected, fix=fix)
        return False
    return True


def _is_bare(example: str) -> bool:
    """Say whether an example is a pattern by itself, rather than advice."""
    return not set(example) & set(' "')


def _is_fine(item: str, check: Callable[[str], None]) -> bool:
    try:
        check(item)
    except PolicyError:
        return False
    return True


def _complexity(table: Table) -> Complexity:
    found = Complexity(
        turn=table.number("turn", 1, least=0, most=MOST_UNITS),
        hundred_words=table.number("hundred_words", 1, least=0, most=MOST_UNITS),
        inquiry=table.number("inquiry", 2, least=0, most=MOST_UNITS),
        transfer=table.number("transfer", 3, least=0, most=MOST_UNITS),
    )
    table.done()
    return found


def _targets(table: Table, known: Known) -> Targets:
    levels = _levels(table, _TARGETS)
    general = tuple(q.show_duration(ms) for ms in levels)
    special = table.table("groups")
    groups: dict[str, tuple[int, int, int, int]] = {}
    for name in special.keyed(known.groups, what=worded("kind: group")):
        group = special.table(name)
        groups[name] = _levels(group, general)
        group.done()
    table.done()
    return Targets(levels=levels, groups=groups)


def _levels(table: Table, defaults: tuple[str, ...]) -> tuple[int, int, int, int]:
    """Read a target for each level; a day is the most, so that no product in a rule grows too large."""
    low, normal, high, urgent = (
        table.duration(level, default, most="24 h") for level, default in zip(LEVELS, defaults, strict=True)
    )
    return low, normal, high, urgent


def _wallboard(table: Table) -> Wallboard:
    """Read what the wallboard marks as missed: shares in percent."""
    found = {name: table.duration(name, most="24 h") for name in WALL_TIMES if name in table}
    found |= {name: table.number(name, least=0, most=100, scale=10) for name in WALL_SHARES if name in table}
    found |= {name: table.number(name, least=0, most=MOST_UNITS, scale=1000) for name in WALL_NUMBERS if name in table}
    table.asked.update((*WALL_TIMES, *WALL_SHARES, *WALL_NUMBERS))
    table.done()
    return Wallboard(targets=found)


def _capacity(table: Table, known: Known) -> Capacity:
    special = table.table("groups")
    groups = {
        name: special.number(name, least=0.001, most=MOST_UNITS, scale=1000)
        for name in special.keyed(known.groups, what=worded("kind: group"))
    }
    found = Capacity(
        agent=table.number("agent", 5, least=0.001, most=MOST_UNITS, scale=1000),
        waiting_for_agent=table.number("waiting_for_agent", 1, least=0.001, most=MOST_UNITS, scale=1000),
        waiting_for_customer=table.number("waiting_for_customer", 0.5, least=0, most=MOST_UNITS, scale=1000),
        complex_from=table.number("complex_from", 12, least=1, most=10**9),
        complex_factor=table.number("complex_factor", 1, least=1, most=10, scale=1000),
        helper=table.number("helper", 0.3, least=0, most=MOST_UNITS, scale=1000),
        reserve=table.number("reserve", 0, least=0, most=MOST_UNITS, scale=1000),
        groups=groups,
    )
    table.done()
    return found
