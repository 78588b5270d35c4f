"""Do the rules of a policy fit together? Each can hold and has an effect, and peak mode does not flap."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from deskkit.desk.columns import OWN_MAX
from deskkit.desk.events import LEVELS
from deskkit.desk.policyfile import quantities as q
from deskkit.desk.policyfile.conditions import terms
from deskkit.desk.policyfile.implication import Questions, implies, impossible
from deskkit.desk.policyfile.layout import literal, lookup, show_path
from deskkit.desk.schema import Not
from deskkit.desk.tagging import Signal, Tagger
from deskkit.errors import PolicyError
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.desk.schema import Condition, PriorityRule, Route, Schema, SignalDef, TagRule, Term, TidyRule

    Rule = TagRule | PriorityRule | Route | TidyRule

__all__ = ["check_rules", "check_thresholds"]

R = TypeVar("R", bound="Rule")

MOST_WINDOWS: Final = 58  # of hours and days in conditions: they are bits beside two others


def check_rules(schema: Schema, book: Book) -> None:
    """Note conditions that never hold, rules without effect, and signals nobody asks for."""
    _check_conditions(schema, book)
    _check_shadows(schema, book)
    _check_levels(schema, book)
    _check_signals(schema, book)
    _check_resting(schema, book)


def _rules(schema: Schema) -> Iterator[tuple[KeyPath, Condition]]:
    """Yield every condition with its path."""
    families: list[tuple[KeyPath, Sequence[Rule]]] = [
        (("tag",), schema.tags),
        (("priority", "rule"), schema.priority),
        (("routing", "rule"), schema.routing.rules),
        (("tidy",), schema.tidy),
    ]
    for path, rules in families:
        yield from (((*path, number, "when"), rule.when) for number, rule in enumerate(rules))
    for key, when in (("enter", schema.peak.enter), ("leave", schema.peak.leave)):
        if when is not None:
            yield ("peak", key), when


def _check_conditions(schema: Schema, book: Book) -> None:
    """Note what can never hold, and more hours, days or fields than fit into the desk's integers."""
    windows: set[tuple[str, int | str]] = set()
    fields: set[tuple[str, str, str]] = set()
    for path, when in _rules(schema):
        if impossible(when):
            problem = worded("This condition can never hold: its parts contradict each other.")
            example = f'{path[-1]} = {{ any = [{{ turns = ">= 5" }}, {{ words = ">= 100" }}] }}'
            book.note(path, problem, expected=worded("parts that can hold together"), example=example)
        windows |= {(term.key, term.value) for term in terms(when) if term.key in ("hour", "day")}
        fields |= {_asked(term) for term in terms(when) if term.key == "membership" or term.key.startswith("own.")}
    for count, most, what in (
        (len(windows), MOST_WINDOWS, worded("hours and days")),
        (len(fields), OWN_MAX, worded("fields")),
    ):
        if count > most:
            problem, example = (
                worded("There are too many different {what}.", what=what),
                worded("# use the same ones in several rules"),
            )
            book.note((), problem, value=count, expected=worded("at most {n}", n=most), example=example)


def _asked(term: Term) -> tuple[str, str, str]:
    """Return what a term asks of a field, as the desk keeps it: any number, or whether the text is this one."""
    return (term.key, "", "") if isinstance(term.value, int) else (term.key, term.op, term.value.casefold())


def _check_shadows(schema: Schema, book: Book) -> None:
    """Note rules without effect, because one before holds whenever they do, and does as much."""
    exclusive = {facet.name for facet in schema.facets if facet.exclusive}
    resting = {tag for facet in schema.facets for tag in facet.retired}

    def tag(one: TagRule, before: TagRule) -> bool:
        if not resting.isdisjoint((one.tag, before.tag)):
            return False
        return one.facet == before.facet in exclusive or one.tag == before.tag

    def level(one: PriorityRule, before: PriorityRule) -> bool:
        return before.level >= one.level and before.hold_ms >= one.hold_ms

    def tidying(one: TidyRule, before: TidyRule) -> bool:
        return before.do in (one.do, "archive")

    asked = Questions()
    _shadows(("tag",), schema.tags, tag, book, asked)
    _shadows(("priority", "rule"), schema.priority, level, book, asked)
    _shadows(("routing", "rule"), schema.routing.rules, lambda _one, _before: True, book, asked)
    _shadows(("tidy",), schema.tidy, tidying, book, asked)


def _shadows(path: KeyPath, rules: Sequence[R], as_much: Callable[[R, R], bool], book: Book, asked: Questions) -> None:
    header = show_path(path)
    for number, rule in enumerate(rules):
        for before in rules[:number]:
            if as_much(rule, before) and asked.implies(rule.when, before.when):
                book.note(
                    (*path, number, "when"),
                    worded(
                        '"{name}" never has an effect: "{before}" before it holds whenever it does.',
                        name=rule.name,
                        before=before.name,
                    ),
                    expected=worded("the narrower condition first, or one that the rule before does not cover"),
                    example=worded(
                        'move the [[{header}]] named "{name}" above the one named "{before}"',
                        header=header,
                        name=rule.name,
                        before=before.name,
                    ),
                )
                break


def _check_levels(schema: Schema, book: Book) -> None:
    """Note reasons for a level that every conversation has from the start."""
    if not book.clean("priority"):
        return
    start, higher = LEVELS[schema.start_level], LEVELS[schema.start_level + 1 :]
    for number, rule in enumerate(schema.priority):
        if rule.level <= schema.start_level:
            level = LEVELS[rule.level]
            book.note(
                ("priority", "rule", number, "level"),
                worded(
                    'Every conversation starts at "{start}"; a reason for "{level}" has no effect.',
                    start=start,
                    level=level,
                ),
                value=level,
                expected=worded('a level above "{start}"', start=start),
                fix=higher[0] if higher else None,
                example=worded("# remove this rule, or let conversations start lower"),
            )


def _check_signals(schema: Schema, book: Book) -> None:
    """Note signals that are too much for one search; warn of one that no rule asks for."""
    if not book.clean("signals"):
        return
    error = _too_much(schema.signals)
    if error is not None:
        book.note(("signals",), error.problem, expected=error.expected, example=error.example)
    every = [term for _, when in _rules(schema) for term in terms(when)]
    used = {term.value for term in every if term.key in ("signal", "signal_ever")} | {schema.courtesy}
    for signal in schema.signals:
        if signal.by == "customer" and signal.name not in used:
            problem = worded('No rule asks for the signal "{name}".', name=signal.name)
            book.warn(("signals", signal.name), problem, example=f'when = {{ signal = "{signal.name}" }}')


def _check_resting(schema: Schema, book: Book) -> None:
    """Warn of rules that rest, because their tag is retired."""
    resting = {tag: facet.tags for facet in schema.facets for tag in facet.retired}
    for number, rule in enumerate(schema.tags):
        if rule.tag in resting:
            problem = worded('"{name}" rests: its tag "{tag}" is retired.', name=rule.name, tag=rule.tag)
            expected = worded("the tag offered again, or the rule taken out")
            offered = literal([*resting[rule.tag], rule.tag])
            book.warn(("tag", number, "tag"), problem, expected=expected, example=f"tags = {offered}")


@lru_cache(maxsize=8)
def _too_much(signals: tuple[SignalDef, ...]) -> PolicyError | None:
    """Return why these signals cannot be looked for together; kept, because most edits leave them alone."""
    try:
        Tagger([Signal(one.name, one.words, one.patterns, one.unless, one.by) for one in signals])
    except PolicyError as error:
        return error
    return None


# ---------------------------------------------------------------- peak mode


def check_thresholds(enter: Condition, leave: Condition, data: object, book: Book) -> None:
    """Note an exit from peak mode that is not below the entry: it would come and go at every turn."""
    if implies(leave, Not(enter)):
        return
    for term in terms(leave):
        for one in terms(enter):
            above = one.key == term.key and one.op == "ge" and term.op == "le"
            if above and int(term.value) >= int(one.value):
                _flaps(one, term, data, book)
                return
    example = 'leave = { queue_length = "<= 3", longest_wait = "<= 60 s" }'
    problem = worded("Peak mode can be left while its entry still holds, and would come back at once.")
    book.warn(("peak", "leave"), problem, expected=worded("an exit that excludes the entry"), example=example)


def _flaps(enter: Term, leave: Term, data: object, book: Book) -> None:
    path: KeyPath = ("peak", "leave", leave.key)
    fix: str | None = f"<= {_shown(leave.key, int(enter.value) // 3)}"
    example = f'{leave.key} = "{fix}"'
    try:
        lookup(data, path)
    except KeyError:
        path, fix = ("peak", "leave"), None
    limit = _shown(leave.key, int(enter.value))
    book.note(
        path,
        worded(
            "Peak mode is entered at {key} {limit}; left there, it would come back at once.", key=leave.key, limit=limit
        ),
        value=f"<= {_shown(leave.key, int(leave.value))}",
        expected=worded("clearly less than {limit}", limit=limit),
        fix=fix,
        example=example,
    )


def _shown(key: str, value: int) -> str:
    """Write a value of the desk's state as the file does."""
    if key == "longest_wait":
        return q.show_duration(value)
    return str(q.in_units(value)) if key == "load" else str(value)
