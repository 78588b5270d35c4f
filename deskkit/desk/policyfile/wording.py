"""Conditions in words, for views and messages: why a rule holds, said as a supervisor would.

English only: the views translate around it. Nothing is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk.events import LEVELS
from deskkit.desk.policyfile import quantities as q
from deskkit.desk.policyfile.faults import listed
from deskkit.desk.policyfile.vocabulary import COUNTS, RATINGS, TIMES
from deskkit.desk.schema import All, Any, Not, Term

if TYPE_CHECKING:
    from deskkit.desk.schema import Condition

__all__ = ["describe"]

_COUNTED: Final = {
    "orders": "orders",
    "unresolved": "earlier contacts unresolved",
    "contacts": "contacts in 30 days",
    "past_transfers": "transfers in the past",
    "turns": "turns",
    "words": "words from the customer",
    "inquiries": "different inquiries",
    "transfers": "transfers",
    "complexity": "points of complexity",
    "queue_length": "waiting in the queue",
}
_TIMED: Final = {
    "last_order": ("last order {} ago", "never ordered"),
    "rated": ("last rated {} ago", "never rated"),
    "waiting": ("waiting in the queue for {}", "not waiting in the queue"),
    "unanswered": ("unanswered for {}", "nothing unanswered"),
    "not_viewed": ("not viewed by the owner for {}", "nothing for an owner to view"),
    "idle": ("no message for {}", "no message yet"),
    "age": ("open for {}", ""),
    "longest_wait": ("the longest wait is {}", ""),
}
_NAMED: Final = {
    "signal": "the customer's last messages say “{}”",
    "signal_ever": "the customer said “{}” in this conversation",
    "tag": "tagged “{}”",
    "inquiry": "asks about “{}”",
    "language": "writes in “{}”",
    "group": "in the group “{}”",
    "stage": "{}",
    "agent": "the owner is {}",
}
_FLAGS: Final = {
    "returning": ("the customer's first time here", "a returning customer"),
    "open": ("outside opening hours", "within opening hours"),
}
_HOW: Final = {"ge": "at least ", "le": "at most ", "eq": ""}


def describe(condition: Condition) -> str:
    """Say a condition in words.

    Parameters
    ----------
    condition : Condition

    Returns
    -------
    str, English, without a full stop

    Examples
    --------
    >>> from deskkit.desk.schema import Term
    >>> describe(All((Term("tag", "eq", "VIP"), Term("unanswered", "ge", 300_000))))
    'tagged “VIP” and unanswered for at least 5 min'
    """
    names = _names(condition)
    if names:
        return names
    if isinstance(condition, All | Any):
        word = " and " if isinstance(condition, All) else " or "
        return word.join(_framed(part) for part in condition.parts)
    if isinstance(condition, Not):
        return f"not ({describe(condition.part)})"
    return _term(condition)


def _names(condition: Condition) -> str:
    """Say a choice of names under one key at once, or nothing if it is none."""
    if not isinstance(condition, Any):
        return ""
    parts = [part for part in condition.parts if isinstance(part, Term) and part.key in _NAMED]
    if len(parts) < len(condition.parts) or len({part.key for part in parts}) > 1:
        return ""
    said = _NAMED[parts[0].key]
    quoted = "“{}”" if "“" in said else "{}"
    words = [quoted.format(part.value) for part in parts]
    return said.replace(quoted, listed(words))


def _framed(part: Condition) -> str:
    return f"({describe(part)})" if isinstance(part, All | Any) and not _names(part) else describe(part)


def _term(term: Term) -> str:
    key, value, how = term.key, term.value, _HOW.get(term.op, "")
    if key in TIMES:
        said, never = _TIMED[key]
        return never if term.op == "never" else said.format(how + q.show_duration(int(value)))
    if key in COUNTS:
        return f"{how}{int(value):,} {_COUNTED[key]}"
    if key in _NAMED:
        return _NAMED[key].format(value)
    if key in _FLAGS:
        return _FLAGS[key][int(value)]
    return _rest(term, how)


def _rest(term: Term, how: str) -> str:
    """Say the terms of which each is of its own kind."""
    value = term.value
    match term.key:
        case "spend":
            said = f"spent {how}{q.show_scaled(int(value), 100)}"
        case "load":
            said = f"{how}{q.show_scaled(int(value), 10)} % of capacity in use"
        case "level":
            after = {"ge": " or above", "le": " or below"}.get(term.op, "")
            said = f"level {LEVELS[int(value)]}{after}"
        case "rating":
            said = f"last rated {RATINGS[int(value) + 1]}"
        case "hour":
            start, end = str(value).split("-")
            said = f"in the hours {q.show_hours(int(start), int(end))}"
        case "day":
            said = f"on {q.show_days(value) if isinstance(value, int) else value}"
        case _:
            name = term.key.removeprefix("own.")
            shown = q.show_scaled(value, 1000) if isinstance(value, int) else f"“{value}”"
            said = f"{name} {'contains' if term.op == 'contains' else 'is'} {how}{shown}"
    return said
