"""The keys of conditions, one vocabulary for all families of rules, and how the value of each is read.

Each reader takes one value and gives one comparison, or refuses it with what would have been right. How
comparisons combine is the matter of `conditions.py`; what they mean for a conversation is decided elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk.columns import CONTACTS_KEPT
from deskkit.desk.events import LEVELS
from deskkit.desk.policyfile import quantities as q
from deskkit.desk.policyfile.faults import listed, nearest
from deskkit.desk.policyfile.reading import A_TIME, LONGEST, LONGEST_NAME, read_span, window_backwards
from deskkit.desk.schema import Term
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.policyfile.layout import KeyPath

__all__ = [
    "A_LANGUAGE",
    "COUNTS",
    "PRESENCE",
    "RATINGS",
    "STAGES",
    "TIMES",
    "VOCABULARY",
    "Known",
    "Spot",
    "meant_language",
    "own_field",
]

STAGES: Final = ("waiting", "assigned", "snoozed", "resolved", "abandoned", "archived")
RATINGS: Final = ("bad", "neutral", "good")
PRESENCE: Final = ("online", "away", "offline")
COUNTS: Final = (
    "orders", "unresolved", "contacts", "past_transfers", "turns", "words", "inquiries", "transfers",
    "complexity", "queue_length",
)  # fmt: skip
TIMES: Final = ("last_order", "rated", "waiting", "unanswered", "not_viewed", "idle", "age", "longest_wait")
ALWAYS: Final = ("age", "longest_wait")  # these times always run, so "never" makes no sense

_SHOW: Final = {"ge": ">= ", "le": "<= ", "gt": "> ", "lt": "< ", "eq": "= "}
_NAMES: Final = {
    "signal": worded("kind: signal"), "tag": worded("kind: tag"), "inquiry": worded("kind: inquiry"),
    "group": worded("kind: group"), "stage": worded("kind: stage"), "agent": worded("kind: agent"),
    "rating": worded("kind: rating"),
}  # fmt: skip
_INCLUSIVE: Final = {"gt": ("ge", 1), "lt": ("le", -1)}
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
A_LANGUAGE: Final = worded('a language code in small letters, such as "zh", "en" or "zh-tw"')
_LANGUAGES: Final = {
    "english": "en",
    "chinese": "zh",
    "中文": "zh",
    "英文": "en",
    "japanese": "ja",
    "cn": "zh",
}


class Known(NamedTuple):
    """The names a condition may speak of; `tags` gives the facet of each tag, `resting` that of each retired one."""

    groups: tuple[str, ...]
    signals: tuple[str, ...]
    agent_signals: tuple[str, ...]
    tags: Mapping[str, str]
    resting: Mapping[str, str] = {}


class Spot(NamedTuple):
    """Where a part of a condition stands: path, family of the rule, names it may use, book of faults."""

    path: KeyPath
    family: str
    known: Known
    book: Book

    def inside(self, step: str | int) -> Spot:
        """Return the spot one step further in."""
        return self._replace(path=(*self.path, step))

    def refuse(self, problem: str, value: object, expected: str, fix: object = None) -> None:
        """Note a fault at this spot."""
        self.book.note(self.path, problem, value=value, expected=expected, fix=fix)


def _name(key: str, value: object, spot: Spot, options: Sequence[str]) -> Term | None:
    if isinstance(value, str) and value in options:
        return Term(key, "eq", value)
    what = _NAMES[key.removesuffix("_ever")]
    fix = nearest(value, options, otherwise=(*options, "")[0]) or None
    return spot.refuse(worded("This {what} is not known.", what=what), value, listed(options), fix)


def _signal(key: str, value: object, spot: Spot) -> Term | None:
    found = _name(key, value, spot, [*spot.known.signals, *spot.known.agent_signals])
    if found and value in spot.known.agent_signals:
        fix = nearest(value, spot.known.signals, otherwise=(*spot.known.signals, "")[0]) or None
        problem = worded("This signal is looked for in agents' messages only.")
        return spot.refuse(problem, value, listed(spot.known.signals), fix)
    return found


def _tag(key: str, value: object, spot: Spot) -> Term | None:
    return _name(key, value, spot, [name for name, facet in spot.known.tags.items() if key in ("tag", facet)])


def _group(key: str, value: object, spot: Spot) -> Term | None:
    return _name(key, value, spot, spot.known.groups)


def _stage(key: str, value: object, spot: Spot) -> Term | None:
    return _name(key, value, spot, STAGES)


def _presence(key: str, value: object, spot: Spot) -> Term | None:
    return _name(key, value, spot, PRESENCE)


def _rating(key: str, value: object, spot: Spot) -> Term | None:
    found = _name(key, value, spot, RATINGS)
    return found and Term(key, "eq", RATINGS.index(str(found.value)) - 1)


def _flag(key: str, value: object, spot: Spot) -> Term | None:
    if isinstance(value, bool):
        return Term(key, "eq", int(value))
    fix = str(value).casefold() in {"true", "yes", "on", "1"}
    return spot.refuse(worded("This is neither true nor false."), value, worded("true or false, without quotes"), fix)


class _Numbers(NamedTuple):
    """A kind of number: bounds and scale of the integer, a usual one, and how one may write it."""

    low: int
    high: int
    scale: int
    usual: int
    expected: str


_COUNT: Final = _Numbers(0, 10**9, 1, 5, worded('a whole number with >=, <=, >, < or =, such as ">= 5"'))
_CONTACTS: Final = _Numbers(0, CONTACTS_KEPT, 1, 3, worded('a whole number up to {n}, such as ">= 3"', n=CONTACTS_KEPT))
_MONEY: Final = _Numbers(0, 10**11, 100, 500_000, worded('an amount with >=, <=, >, < or =, such as ">= 5000"'))
_SHARE: Final = _Numbers(0, 1000, 1000, 900, worded('a share from 0 to 1 with >= or <=, such as ">= 0.9"'))
_FIELD: Final = _Numbers(-(10**15), 10**15, 1000, 5000, worded('a number such as ">= 5", or a text such as "gold"'))


def _number(key: str, value: object, spot: Spot, kind: _Numbers) -> Term | None:
    """Read a comparison with a number; > and < become >= and <= of the next one."""
    op, rest = q.split_comparison(value) if isinstance(value, str) else ("eq", value)
    exact = q.scaled(rest, kind.scale)
    plain, shift = _INCLUSIVE.get(op, (op, 0))
    if op in _SHOW and exact is not None and kind.low <= exact + shift <= kind.high:
        return Term(key, plain, exact + shift)
    expected = kind.expected
    problem = worded("This is no comparison with a number.")
    if op == "!=":
        expected = worded("{expected}; or not = {{ {key} = ... }}", expected=expected, key=key)
    elif op in _SHOW and exact is not None:
        problem = worded("No number can ever meet this comparison, or it is out of bounds.")
    right = min(max(kind.usual if exact is None else exact, kind.low), kind.high)
    number = right // kind.scale if right % kind.scale == 0 else right / kind.scale
    return spot.refuse(problem, value, expected, f"{_SHOW[plain if plain in ('ge', 'le', 'eq') else 'ge']}{number}")


def _count(key: str, value: object, spot: Spot) -> Term | None:
    return _number(key, value, spot, _COUNT)


def _contacts(key: str, value: object, spot: Spot) -> Term | None:
    return _number(key, value, spot, _CONTACTS)


def _money(key: str, value: object, spot: Spot) -> Term | None:
    bare = q.scaled(value, _MONEY.scale)
    if bare is not None and _MONEY.low <= bare <= _MONEY.high:
        problem = worded("This would ask for exactly this amount, which hardly anybody has spent.")
        return spot.refuse(
            problem,
            value,
            worded('{expected}; "= {value}" if it is meant', expected=_MONEY.expected, value=value),
            f">= {value}",
        )
    return _number(key, value, spot, _MONEY)


def _share(key: str, value: object, spot: Spot) -> Term | None:
    return _number(key, value, spot, _SHARE)


def own_field(key: str, value: object, spot: Spot) -> Term | None:
    """Read a comparison with a field of the desk's own: a number, with or without a sign, or a text."""
    sign = q.split_comparison(value)[0] if isinstance(value, str) else ""
    if sign or isinstance(value, int | float):
        return _number(key, value, spot, _FIELD)
    return _text(key, value, spot)


def _time(key: str, value: object, spot: Spot) -> Term | None:
    """Read ">= 5 min", "<= 30 days" or "never"."""
    if value == "never" and key not in ALWAYS:
        return Term(key, "never", 0)
    op, rest = q.split_comparison(value) if isinstance(value, str) else ("", value)
    never = "" if key in ALWAYS else worded(', or "never"')
    if op in ("ge", "le"):
        faults = type(spot.book)()
        ms = read_span(rest, spot.path, faults, least="0 s", most=LONGEST, example="5 min")
        for fault in faults.problems:  # said again with the comparison in front
            fix = f"{_SHOW[op]}{q.show_duration(ms)}"
            return spot.refuse(
                fault.problem,
                value,
                worded(">= or <= and {expected}{never}", expected=fault.expected, never=never),
                fix,
            )
        return Term(key, op, ms)
    text = str(rest)
    guess = text if q.read_duration(text) is not None else q.guess_duration(text) or "5 min"
    fix = f"{'<= ' if op == 'lt' else '>= '}{guess}"
    return spot.refuse(
        worded("A time is compared with >= or <= only."),
        value,
        worded(">= or <= and {expected}{never}", expected=A_TIME, never=never),
        fix,
    )


def _level(key: str, value: object, spot: Spot) -> Term | None:
    op, rest = q.split_comparison(value) if isinstance(value, str) else ("", str(value))
    plain, shift = _INCLUSIVE.get(op, (op or "eq", 0))
    number = LEVELS.index(rest) + shift if rest in LEVELS else -1
    if plain in _SHOW and 0 <= number < len(LEVELS):
        return Term(key, plain, number)
    expected = worded('{words}, also with >=, <=, > or <, such as ">= high"', words=listed(LEVELS))
    sign = {"": "", "eq": ""}.get(op, _SHOW.get(plain, ""))
    fix = sign + nearest(rest, LEVELS, otherwise="high")
    return spot.refuse(worded("This is no level that can occur."), value, expected, fix)


def _text(key: str, value: object, spot: Spot) -> Term | None:
    """Read a text to equal, or "contains ..."."""
    word = value.strip() if isinstance(value, str) else ""
    op = "contains" if word.startswith("contains ") else "eq"
    word = word.removeprefix("contains ").strip()
    if word and len(word) <= LONGEST_NAME and word.isprintable():
        return Term(key, op, word)
    fix = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else "gold"
    return spot.refuse(
        worded("This is no text to compare with."), value, worded('a text such as "gold", or "contains gold"'), fix
    )


def meant_language(value: object) -> str:
    """Return the language code a value is or probably means.

    Examples
    --------
    >>> meant_language("zh-tw"), meant_language("English"), meant_language(7)
    ('zh-tw', 'en', 'en')
    """
    if isinstance(value, str) and _LANGUAGE.fullmatch(value):
        return value
    meant = str(value).strip().casefold().replace("_", "-")
    return _LANGUAGES.get(meant, meant if _LANGUAGE.fullmatch(meant) else "en")


def _language(key: str, value: object, spot: Spot) -> Term | None:
    if isinstance(value, str) and value == meant_language(value):
        return Term(key, "eq", value)
    return spot.refuse(worded("This is no language code."), value, A_LANGUAGE, meant_language(value))


def _hour(key: str, value: object, spot: Spot) -> Term | None:
    hours = q.minute_range(value) if isinstance(value, str) else None
    if hours is None:
        fix = q.guess_window(str(value), days=False)
        return spot.refuse(worded("These are no hours."), value, worded('hours of the day such as "09:00-12:00"'), fix)
    if window_backwards(value, "", hours, spot.path, spot.book):
        return None
    return Term(key, "eq", f"{hours[0]}-{hours[1]}")


def _day(key: str, value: object, spot: Spot) -> Term | None:
    text = value.isoformat() if type(value) is dt.date else value
    mask, day = (q.day_mask(text), q.iso_date(text)) if isinstance(text, str) else (None, None)
    if mask is not None:
        return Term(key, "eq", mask)
    if day is not None:
        return Term(key, "eq", day)
    fix = nearest(str(value)[:3], q.DAYS, otherwise="mon")
    expected = worded('a weekday, "mon-fri", or a date that exists such as "2026-11-11"')
    return spot.refuse(worded("This is no day."), value, expected, fix)


VOCABULARY: Final[dict[str, Callable[[str, object, Spot], Term | None]]] = {
    "signal": _signal, "signal_ever": _signal, "tag": _tag, "inquiry": _tag,
    "orders": _count, "spend": _money, "last_order": _time, "membership": _text,
    "unresolved": _count, "rating": _rating, "rated": _time, "contacts": _contacts, "past_transfers": _count,
    "returning": _flag, "turns": _count, "words": _count, "inquiries": _count, "transfers": _count,
    "complexity": _count, "language": _language, "group": _group, "level": _level, "stage": _stage,
    "waiting": _time, "unanswered": _time, "not_viewed": _time, "idle": _time, "age": _time,
    "queue_length": _count, "longest_wait": _time, "load": _share,
    "hour": _hour, "day": _day, "open": _flag, "agent": _presence,
}  # fmt: skip
