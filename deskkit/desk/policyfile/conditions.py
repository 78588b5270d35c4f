"""Conditions of rules, read from TOML into `schema.Condition`: how comparisons combine, and which fit where.

A table of several keys means all of them, a list means any of its values. Nested `all` in `all` is flattened,
one part needs no frame: what leaves here is small and regular.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk.policyfile.faults import listed, nearest
from deskkit.desk.policyfile.vocabulary import VOCABULARY, Known, Spot, own_field
from deskkit.desk.schema import All, Any, Not, Term
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.desk.schema import Condition

__all__ = ["flat", "read_condition", "terms"]

DEEPEST: Final = 8
MOST_TERMS: Final = 200

_REFUSED: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "tag": (("tag", "inquiry", "inquiries", "complexity", "level"), worded("it is decided after the tags")),
    "priority": (("level",), worded("it is what these rules decide")),
    "routing": (("agent", "stage", "not_viewed"), worded("nobody owns a conversation that enters the queue")),
    "tidy": ((), ""),
}
_PEAK: Final = ("queue_length", "longest_wait", "load", "hour", "day", "open")
_PEAK_ONLY: Final = ("longest_wait", "load")
_TWINS: Final = {"longest_wait": "waiting", "waiting": "longest_wait", "unanswered": "longest_wait"}
_EXAMPLE: Final = 'when = { tag = "VIP", waiting = ">= 5 min" }'
_EXAMPLES: Final = {  # where a tag cannot be asked for
    "tag": 'when = { signal = "refund", spend = ">= 5000" }',
    "peak": 'enter = { queue_length = ">= 10" }',
}


def read_condition(value: object, path: KeyPath, book: Book, *, known: Known, family: str) -> Condition:
    """Read the condition at `path`.

    Parameters
    ----------
    value : object
        What TOML holds there.
    path : KeyPath
    book : Book
        Takes the faults; what could not be read has a term with the key ``?`` in its place.
    known : Known
    family : {"tag", "priority", "routing", "tidy", "peak"}
        Whose rule it is; a few keys make no sense in some.

    Returns
    -------
    Condition

    Examples
    --------
    >>> from deskkit.desk.policyfile.faults import Book
    >>> known = Known((), ("refund",), (), {"VIP": "customer"})
    >>> when = {"tag": "VIP", "turns": "> 5"}
    >>> read_condition(when, ("when",), Book(), known=known, family="priority").parts[1]
    Term(key='turns', op='ge', value=6)
    """
    condition = _table(value, Spot(path, family, known, book), depth=1)
    count = len(terms(condition))
    if count > MOST_TERMS:
        expected = worded("at most {n} comparisons; make two rules of it", n=MOST_TERMS)
        book.note(path, worded("This condition is too long."), value=count, expected=expected, example=_example(family))
    return condition


def terms(condition: Condition) -> list[Term]:
    """Return all comparisons of a condition."""
    if isinstance(condition, Term):
        return [condition]
    if isinstance(condition, Not):
        return terms(condition.part)
    return [term for part in condition.parts for term in terms(part)]


def flat(kind: type[All | Any], parts: Sequence[Condition]) -> Condition:
    """Join parts, without frames around one part or within frames of the same kind."""
    found: list[Condition] = []
    for part in parts:
        found.extend(part.parts if isinstance(part, kind) else [part])
    return found[0] if len(found) == 1 else kind(tuple(found))


def _nothing(spot: Spot) -> Term:
    """Stand in for what could not be read; equal to nothing else."""
    return Term("?", "eq", repr(spot.path))


def _usual(spot: Spot) -> dict[str, str]:
    return {"queue_length": ">= 12"} if spot.family == "peak" else {"turns": ">= 1"}


def _table(value: object, spot: Spot, *, depth: int) -> Condition:
    if depth > DEEPEST:
        problem, expected = (
            worded("This condition is nested more than {n} deep.", n=DEEPEST),
            worded("two rules instead of one"),
        )
        spot.book.note(spot.path, problem, expected=expected, example=_example(spot.family))
        return _nothing(spot)
    if not isinstance(value, dict) or not value:
        empty = worded("This condition is empty; it would hold for everything.")
        problem = empty if isinstance(value, dict) else worded("A condition is a table.")
        spot.refuse(problem, value, worded("keys and what to compare them with, in braces"), _usual(spot))
        return _nothing(spot)
    return flat(All, [_part(key, item, spot.inside(key), depth=depth) for key, item in value.items()])


def _part(key: str, value: object, spot: Spot, *, depth: int) -> Condition:
    if key == "not":
        part = _table(value, spot, depth=depth + 1)
        return part.part if isinstance(part, Not) else Not(part)
    if key in ("any", "all"):
        if not isinstance(value, list) or not value:
            spot.refuse(
                worded('"{key}" needs conditions.', key=key),
                value,
                worded("a list of conditions in braces"),
                [_usual(spot)],
            )
            return _nothing(spot)
        parts = [_table(item, spot.inside(number), depth=depth + 1) for number, item in enumerate(value)]
        return flat(Any if key == "any" else All, parts)
    if key == "own" and isinstance(value, dict) and value:
        return flat(All, [_values(f"own.{name}", item, spot.inside(name)) for name, item in value.items()])
    return _values(key, value, spot)


def _values(key: str, value: object, spot: Spot) -> Condition:
    """Read one key: its value, or any of a list of values."""
    reader = own_field if key.startswith("own.") and len(key) > len("own.") else VOCABULARY.get(key)
    if reader is None:
        options = [*_keys(spot.family), "any", "all", "not"]
        meant = nearest(key, [*options, *VOCABULARY])
        spot.book.note(
            spot.path,
            worded('The key "{key}" is no part of a condition.', key=key),
            value=key,
            expected=listed(options),
            key=meant if meant in options else "",
            example=_example(spot.family),
        )
        return _nothing(spot)
    if not _allowed(key, spot):
        return _nothing(spot)
    if not isinstance(value, list):
        return reader(key, value, spot) or _nothing(spot)
    if not value:
        spot.book.note(
            spot.path,
            worded("This list is empty."),
            value=value,
            expected=worded("a value"),
            example=_example(spot.family),
        )
        return _nothing(spot)
    spots = [spot.inside(number) for number in range(len(value))]
    parts = [reader(key, item, at) or _nothing(at) for item, at in zip(value, spots, strict=True)]
    return flat(Any, parts)


def _example(family: str) -> str:
    """Return a condition that is fine in a family of rules."""
    return _EXAMPLES.get(family, _EXAMPLE)


def _keys(family: str) -> list[str]:
    """Return the keys that may be used in a family of rules."""
    if family == "peak":
        return list(_PEAK)
    refused = (*_REFUSED[family][0], *_PEAK_ONLY)
    return [*(key for key in VOCABULARY if key not in refused), "own.NAME"]


def _allowed(key: str, spot: Spot) -> bool:
    """Note a key that makes no sense in this family of rules."""
    why: str
    if spot.family == "peak":
        fine, why = key in _PEAK, worded("here only the desk as a whole is looked at")
    elif key in _PEAK_ONLY:
        fine, why = False, worded("it speaks of the desk as a whole and belongs in [peak]")
    else:
        refused, why = _REFUSED[spot.family]
        fine = key not in refused
    if not fine:
        options = _keys(spot.family)
        fix = _TWINS.get(key, "")
        spot.book.note(
            spot.path,
            worded('"{key}" cannot be used here: {why}.', key=key, why=why),
            value=key,
            expected=listed(options),
            key=fix if fix in options else "",
            example=worded("# remove {key}, or make another rule of it", key=key),
        )
    return fine
