"""The rules of a policy (tags, priority, routing, peak mode, tidying), read into the structs of `schema.py`.

Rules keep the order and the numbers they have in the file: a decision names its rule by number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, get_args

from deskkit.desk import schema as shape
from deskkit.desk.events import FACETS
from deskkit.desk.policyfile import quantities as q
from deskkit.desk.policyfile.conditions import read_condition
from deskkit.desk.policyfile.reading import MOST_NAMES
from deskkit.desk.schema import (
    Loan,
    Overflow,
    Peak,
    PriorityRule,
    Route,
    Routing,
    Send,
    TagRule,
    Term,
    TidyRule,
)
from deskkit.worded import worded

if TYPE_CHECKING:
    from deskkit.desk.policyfile.reading import Table
    from deskkit.desk.policyfile.vocabulary import Known
    from deskkit.desk.schema import Capacity, Condition

__all__ = ["read_peak", "read_priority", "read_routing", "read_tag_rules", "read_tidy"]

STRATEGIES: Final[tuple[shape.Strategy, ...]] = get_args(shape.Strategy)
LANGUAGES: Final[tuple[shape.Languages, ...]] = get_args(shape.Languages)
DROPS: Final = ("skills", "language")
TIDYINGS: Final[tuple[shape.Tidying, ...]] = get_args(shape.Tidying)
MOST_AGENTS: Final = 1000
MOST_TIMES: Final = 100


def _rows(table: Table, key: str) -> list[Table]:
    """Return the tables of a list of rules, at most 62: of more, which is a fault, the first ones."""
    found = table.rows(key)
    table.few(table.at(key), len(found))
    return found[:MOST_NAMES]


def _named(rows: list[Table]) -> list[str]:
    """Return the name of each rule; none may stand twice, because a reason is shown by it."""
    found: list[str] = []
    for row in rows:
        name = row.text("name", example="What this rule is for")
        if name and name in found:
            fix, expected = f"{name} {found.count(name) + 1}", worded("a name of its own for every rule")
            path, problem = row.at("name"), worded("Another rule before has this name.")
            row.book.note(path, problem, value=name, expected=expected, fix=fix)
        found.append(name)
    return found


def _when(row: Table, known: Known, family: str, key: str = "when") -> Condition:
    value = row.take(key)
    if value is None:
        row.missing(
            key,
            worded("a condition"),
            '{ queue_length = "<= 3" }' if family == "peak" else '{ turns = ">= 1" }',
        )
        return Term("?", "eq", repr(row.at(key)))
    return read_condition(value, row.at(key), row.book, known=known, family=family)


def read_tag_rules(root: Table, known: Known) -> tuple[TagRule, ...]:
    """Read ``[[tag]]``; the rule of a retired tag rests."""
    rows = _rows(root, "tag")
    found: list[TagRule] = []
    for row, name in zip(rows, _named(rows), strict=True):
        facet = row.choice("facet", FACETS, what=worded("kind: facet"))
        tags = [tag for tag, its_facet in {**known.resting, **known.tags}.items() if its_facet == facet]
        tag = row.choice("tag", tags, what=worded("kind: tag"))
        found.append(TagRule(name=name, facet=facet, tag=tag, when=_when(row, known, "tag")))
        row.done()
    return tuple(found)


def read_priority(table: Table, known: Known) -> tuple[int, tuple[PriorityRule, ...]]:
    """Read ``[priority]`` but for the complexity points: the level to start with, and the rules."""
    start = table.level("start", "normal")
    hold = q.show_duration(table.duration("hold", "0 s", least="0 s"))
    rows = _rows(table, "rule")
    found: list[PriorityRule] = []
    for row, name in zip(rows, _named(rows), strict=True):
        rule = PriorityRule(
            name=name,
            level=row.level("level"),
            when=_when(row, known, "priority"),
            hold_ms=row.duration("hold", hold, least="0 s"),
        )
        found.append(rule)
        row.done()
    return start, tuple(found)


def read_routing(root: Table, known: Known) -> Routing:
    """Read ``[queue]``, ``[routing]``, ``[reassign]`` and ``[offline]``."""
    queue, table = root.table("queue"), root.table("routing")
    reassign, offline = root.table("reassign"), root.table("offline")
    credit = queue.table("credit")
    has_reassign = "reassign" in root
    found = Routing(
        strategy=table.choice("strategy", STRATEGIES, "least_load", what=worded("kind: strategy")),
        default_group=table.choice("default_group", known.groups, what=worded("kind: group")),
        language=table.choice("language", LANGUAGES, "preferred"),
        language_patience_ms=table.duration("language_patience", "60 s", least="0 s"),
        returning=table.flag("returning", default=True),
        rules=_routes(table, known),
        overflow=_overflow(table, known),
        guard_ms=queue.duration("guard", "15 min"),
        credit={tag: credit.duration(tag) for tag in credit.keyed(tuple(known.tags), what=worded("kind: tag"))},
        reassign_after_ms=reassign.duration("after", least="10 s") if has_reassign else 0,
        reassign_times=reassign.number("times", 1, least=1, most=MOST_TIMES) if has_reassign else 0,
        redistribute=offline.flag("redistribute", default=True),
    )
    for part in (queue, table, reassign, offline):
        part.done()
    return found


def _routes(table: Table, known: Known) -> tuple[Route, ...]:
    rows = _rows(table, "rule")
    found: list[Route] = []
    for row, name in zip(rows, _named(rows), strict=True):
        group = row.choice("group", known.groups, what=worded("kind: group"))
        found.append(Route(name, _when(row, known, "routing"), group, row.words("needs")))
        row.done()
    return tuple(found)


def _overflow(table: Table, known: Known) -> tuple[Overflow, ...]:
    found: list[Overflow] = []
    for row in _rows(table, "overflow"):
        step = Overflow(
            group=row.choice("group", known.groups, what=worded("kind: group")),
            after_ms=row.duration("after"),
            to=row.names("to", known.groups, what=worded("kind: group")),
            drop=row.names("drop", DROPS, what=worded("kind: need"), required=False),
        )
        found.append(step)
        row.done()
    return tuple(found)


def read_peak(table: Table, known: Known, capacity: Capacity) -> Peak:
    """Read ``[peak]``; without `enter` peak mode comes by hand only, and its other settings hold then."""
    enter = leave = None
    if "enter" in table or "leave" in table:
        enter, leave = _when(table, known, "peak", "enter"), _when(table, known, "peak", "leave")
    units = table.table("capacity")
    special = units.table("groups")
    normal = capacity.agent / 1000
    bounds = {"least": 0.001, "most": 1000.0}
    groups = {
        name: special.number(name, scale=1000, **bounds)
        for name in special.keyed(known.groups, what=worded("kind: group"))
    }
    found = Peak(
        enter=enter,
        leave=leave,
        min_stay_ms=table.duration("min_stay", "15 min"),
        capacity=units.number("agent", normal, scale=1000, **bounds),
        capacity_groups=groups,
        loans=_loans(table, known),
        sends=_sends(table, known),
    )
    units.done()
    table.done()
    return found


def _loans(table: Table, known: Known) -> tuple[Loan, ...]:
    found: list[Loan] = []
    for row in _rows(table, "loan"):
        source, target = (row.choice(key, known.groups, what=worded("kind: group")) for key in ("from", "to"))
        found.append(Loan(source, target, row.number("agents", least=1, most=MOST_AGENTS)))
        row.done()
    return tuple(found)


def _sends(table: Table, known: Known) -> tuple[Send, ...]:
    found: list[Send] = []
    for row in _rows(table, "send"):
        found.append(Send(row.levels("levels"), row.names("to", known.groups, what=worded("kind: group"))))
        row.done()
    return tuple(found)


def read_tidy(root: Table, known: Known) -> tuple[TidyRule, ...]:
    """Read ``[[tidy]]``."""
    rows = _rows(root, "tidy")
    found: list[TidyRule] = []
    for row, name in zip(rows, _named(rows), strict=True):
        do = row.choice("do", TIDYINGS)
        found.append(TidyRule(name=name, do=do, when=_when(row, known, "tidy")))
        row.done()
    return tuple(found)
