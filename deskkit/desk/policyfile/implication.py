"""Does one condition imply another? Finds rules that an earlier rule shadows, and conditions that never hold.

Both answers are sound: "yes" is always right, "no" may only mean that it was not seen. What is not seen: that
several parts of an `any` cover a range or a week together; that different keys hang together (turns and
words); that two tags of one facet exclude each other (by hand both may be given); that a negated comparison
is one the other way round; and what needs more than `STEPS` steps.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk.schema import All, Any, Not, Term

if TYPE_CHECKING:
    from deskkit.desk.schema import Condition

__all__ = ["Questions", "implies", "impossible"]

STEPS: Final = 20_000
ALL_STEPS: Final = 400_000
ONE_TEXT: Final = ("language", "group", "stage", "agent")  # of these a conversation has at most one
COUNTED: Final = ("turns", "words", "inquiries", "transfers", "complexity", "queue_length")  # never unknown


def implies(narrow: Condition, wide: Condition) -> bool:
    """Say whether `wide` holds wherever `narrow` does; False may mean "not seen".

    Examples
    --------
    >>> late, later = Term("waiting", "ge", 300_000), Term("waiting", "ge", 600_000)
    >>> implies(later, late), implies(late, later)
    (True, False)
    """
    return _Search(STEPS).implies(narrow, wide)


def impossible(condition: Condition) -> bool:
    """Say whether a condition can never hold; False may mean "not seen".

    Examples
    --------
    >>> impossible(All((Term("turns", "ge", 5), Term("turns", "le", 3))))
    True
    """
    return _Search(STEPS).impossible(condition)


class Questions:
    """Many questions about one policy, which together take no more than `ALL_STEPS` steps.

    Examples
    --------
    >>> Questions().implies(Term("turns", "ge", 5), Term("turns", "ge", 3))
    True
    """

    def __init__(self) -> None:
        self._left = ALL_STEPS

    def implies(self, narrow: Condition, wide: Condition) -> bool:
        """Say whether `wide` holds wherever `narrow` does; False may mean "not seen"."""
        search = _Search(min(STEPS, self._left))
        answer = search.implies(narrow, wide)
        self._left -= min(search.steps, self._left)
        return answer


class _Range(NamedTuple):
    low: float
    high: float


def _range(term: Term) -> _Range | None:
    """Return the numbers a term admits, or None if it speaks of no number."""
    if isinstance(term.value, str) or term.key == "day":
        return None
    match term.op:
        case "ge":
            return _Range(term.value, float("inf"))
        case "le":
            return _Range(float("-inf"), term.value)
        case "eq":
            return _Range(term.value, term.value)
    return None


def _hours(term: Term) -> tuple[int, int]:
    start, end = str(term.value).split("-")
    return int(start), int(end)


def _days(term: Term) -> tuple[int, str]:
    """Return the weekdays of a term as a mask, and its date if it is one."""
    if isinstance(term.value, int):
        return term.value, ""
    return 1 << date.fromisoformat(term.value).weekday(), term.value


class _Search:
    """One question; the steps are counted, because cases multiply."""

    def __init__(self, most: int) -> None:
        self.steps = 0
        self.most = most

    def implies(self, narrow: Condition, wide: Condition) -> bool:
        self.steps += 1
        if self.steps > self.most:
            return False
        if narrow == wide:
            return True
        if isinstance(narrow, Any):
            return all(self.implies(part, wide) for part in narrow.parts)
        if isinstance(wide, All):
            return all(self.implies(narrow, part) for part in wide.parts)
        return self._implies_one(narrow, wide)

    def _implies_one(self, narrow: Condition, wide: Condition) -> bool:
        """Go on where `narrow` is no `any` and `wide` no `all`."""
        if isinstance(wide, Any) and any(self.implies(narrow, part) for part in wide.parts):
            return True
        if isinstance(wide, Not) and self._apart(narrow, wide.part):
            return True
        if isinstance(narrow, All):
            return any(self.implies(part, wide) for part in narrow.parts) or self._split(narrow, wide)
        if isinstance(narrow, Not):
            return isinstance(wide, Not) and self.implies(wide.part, narrow.part)
        return isinstance(narrow, Term) and isinstance(wide, Term) and _term_implies(narrow, wide)

    def _split(self, narrow: All, wide: Condition) -> bool:
        """Try the cases of the first `any` among the parts of an `all`."""
        for number, part in enumerate(narrow.parts):
            if isinstance(part, Any):
                rest = (*narrow.parts[:number], *narrow.parts[number + 1 :])
                return all(self.implies(All((*rest, case)), wide) for case in part.parts)
        return False

    def _apart(self, one: Condition, other: Condition) -> bool:
        """Say whether two conditions never hold together."""
        self.steps += 1
        if self.steps > self.most:
            return False
        pairs = ((one, other), (other, one))
        for left, right in pairs:
            if isinstance(right, Any):
                return all(self._apart(left, part) for part in right.parts)
        for left, right in pairs:
            if isinstance(right, Not):
                return self.implies(left, right.part)
        for left, right in pairs:
            if isinstance(right, All) and any(self._apart(left, part) for part in right.parts):
                return True
        return isinstance(one, Term) and isinstance(other, Term) and _terms_apart(one, other)

    def impossible(self, condition: Condition) -> bool:
        if isinstance(condition, Any):
            return all(self.impossible(part) for part in condition.parts)
        if isinstance(condition, All):
            parts = condition.parts
            return any(self.impossible(part) for part in parts) or any(
                self._apart(part, other) for number, part in enumerate(parts) for other in parts[:number]
            )
        return False


def _terms_apart(one: Term, other: Term) -> bool:
    """Say whether two comparisons never hold together."""
    if one.key != other.key or "never" in (one.op, other.op):
        return one.key == other.key and one.op != other.op
    if one.key in ("hour", "day"):
        return _calendar_apart(one, other)
    left, right = _range(one), _range(other)
    if left is not None and right is not None:
        return left.high < right.low or right.high < left.low
    return _texts_apart(one, other)


def _calendar_apart(one: Term, other: Term) -> bool:
    """Say whether two hours, or two days, have nothing in common."""
    if one.key == "hour":
        (start, end), (first, last) = _hours(one), _hours(other)
        return end <= first or last <= start
    (mask, day), (other_mask, other_day) = _days(one), _days(other)
    return mask & other_mask == 0 or bool(day and other_day and day != other_day)


def _free_text(key: str) -> bool:
    """Say whether a key holds free text: case does not count, and a part can be asked for."""
    return key == "membership" or key.startswith("own.")


def _texts_apart(one: Term, other: Term) -> bool:
    """Say whether two texts to equal exclude one another."""
    if one.op != "eq" or other.op != "eq" or not (one.key in ONE_TEXT or _free_text(one.key)):
        return False
    left, right = one.value, other.value
    return isinstance(left, str) and isinstance(right, str) and left.casefold() != right.casefold()


def _term_implies(narrow: Term, wide: Term) -> bool:
    """Say whether one comparison implies another."""
    if wide.key in COUNTED and wide.op == "ge" and wide.value == 0:
        return True
    if narrow.key != wide.key:
        return _related(narrow, wide)
    if narrow.key == "hour":
        (start, end), (first, last) = _hours(narrow), _hours(wide)
        return first <= start and end <= last
    if narrow.key == "day":
        (mask, day), (wide_mask, wide_day) = _days(narrow), _days(wide)
        return day == wide_day if wide_day else mask & ~wide_mask == 0
    inner, outer = _range(narrow), _range(wide)
    if inner is not None and outer is not None:
        return outer.low <= inner.low and inner.high <= outer.high
    return _text_implies(narrow, wide)


def _related(narrow: Term, wide: Term) -> bool:
    """Say whether a term implies one of another key: a signal now is a signal ever, an inquiry is a tag."""
    if narrow.value != wide.value:
        return False
    pairs = (("signal", "signal_ever"), ("inquiry", "tag"), ("tag", "inquiry"))
    return (narrow.key, wide.key) in pairs


def _text_implies(narrow: Term, wide: Term) -> bool:
    """Say whether a text comparison implies another on the same key."""
    if isinstance(narrow.value, int) or isinstance(wide.value, int) or not _free_text(wide.key):
        return False
    inner, outer = narrow.value.casefold(), wide.value.casefold()
    if wide.op == "contains":
        return outer in inner
    return narrow.op == wide.op and inner == outer
