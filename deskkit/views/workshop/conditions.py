"""A condition as a small form: one row for each key, its comparison and its value; and back to what TOML has.

Conditions within one another (`any`, `all`, `not`), and values that no row can hold, are rows of TOML text.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.policyfile.layout import literal
from deskkit.desk.policyfile.quantities import split_comparison
from deskkit.desk.policyfile.vocabulary import ALWAYS, COUNTS, PRESENCE, RATINGS, STAGES, TIMES, VOCABULARY
from deskkit.measures.summary import word

if TYPE_CHECKING:
    from deskkit.views.words import Words

__all__ = ["condition_of", "keys", "rows_of"]

SIGNS: Final = {"ge": ">=", "le": "<=", "gt": ">", "lt": "<", "eq": "="}
NEVER: Final = "never"
IS: Final = "is"
_TEXT: Final = "toml"
_FLAGS: Final = ("returning", "open")
_NAMES: Final = {
    "signal": "signals", "signal_ever": "signals", "tag": "tags", "inquiry": "inquiries", "group": "groups",
    "stage": "stages", "rating": "ratings", "agent": "presence",
}  # fmt: skip
FIXED: Final = {"stages": STAGES, "ratings": RATINGS, "presence": PRESENCE}
_TITLES: Final = {
    "signal": word("Signal since the last reply"), "signal_ever": word("Signal at any time"), "tag": word("Tag"),
    "inquiry": word("Inquiry"), "orders": word("Orders"), "spend": word("Spent"), "last_order": word("Last order, ago"),
    "membership": word("Membership"), "unresolved": word("Earlier contacts unresolved"),
    "rating": word("Last rating"), "rated": word("Rated, ago"), "contacts": word("Contacts in 30 days"),
    "past_transfers": word("Transfers in the past"), "returning": word("Returning customer"),
    "turns": word("Turns"), "words": word("Words of the customer"), "inquiries": word("Different inquiries"),
    "transfers": word("Transfers"), "complexity": word("Points of complexity"), "language": word("Language"),
    "group": word("Group"), "level": word("Level"), "stage": word("Stage"), "waiting": word("Waiting in the queue for"),
    "unanswered": word("Unanswered for"), "not_viewed": word("Not viewed for"), "idle": word("No message for"),
    "age": word("Open for"), "queue_length": word("Length of the queue"), "longest_wait": word("Longest wait"),
    "load": word("Share of capacity in use"), "hour": word("Hours of the day"), "day": word("Day"),
    "open": word("In opening hours"), "agent": word("The owner is"),
    "any": word("Any of"), "all": word("All of"), "not": word("Not"),
}  # fmt: skip


def keys(say: Words) -> list[dict[str, Any]]:
    """Return the keys a row may have: what each is called, how it compares, and which names it takes.

    Examples
    --------
    >>> from deskkit.views.words import Words
    >>> [one["signs"] for one in keys(Words("en")) if one["k"] in ("turns", "unanswered", "tag")]
    [['is'], ['>=', '<=', '>', '<', '='], ['>=', '<=', 'never']]
    """
    return [
        {"k": key, "text": say(_TITLES.get(key, key)), "signs": _signs(key), "options": _NAMES.get(key, "")}
        for key in (*VOCABULARY, "any", "all", "not")
    ]


def _signs(key: str) -> list[str]:
    if key in COUNTS or key in ("spend", "load"):
        return list(SIGNS.values())
    if key in TIMES:
        return [">=", "<=", *([] if key in ALWAYS else [NEVER])]
    if key in ("any", "all", "not"):
        return [_TEXT]
    return [IS] if key != "level" else [IS, *SIGNS.values()]


def rows_of(condition: object) -> list[dict[str, str]]:
    """Return a condition as rows of key, sign and value, all of them text.

    Examples
    --------
    >>> rows_of({"tag": "VIP", "turns": ">= 3", "signal": ["a", "b"], "not": {"open": True}})
    [{'k': 'tag', 'sign': 'is', 'v': 'VIP'}, {'k': 'turns', 'sign': '>=', 'v': '3'},
    {'k': 'signal', 'sign': 'is', 'v': 'a, b'}, {'k': 'not', 'sign': 'toml', 'v': '{ open = true }'}]
    """
    if not isinstance(condition, dict):
        return []
    return [_row(f"own.{own}" if key == "own" else key, value) for key, value, own in _flat(condition)]


def _flat(condition: dict[str, Any]) -> list[tuple[str, Any, str]]:
    """Return keys and values; own fields, a table in the file, each with its name."""
    found: list[tuple[str, Any, str]] = []
    for key, value in condition.items():
        if key == "own" and isinstance(value, dict):
            found += [("own", one, name) for name, one in value.items()]
        else:
            found.append((key, value, ""))
    return found


def _row(key: str, value: object) -> dict[str, str]:
    sign, text = _split(key, value) or (_TEXT, literal(value))
    return {"k": key, "sign": sign, "v": text}


def _split(key: str, value: object) -> tuple[str, str] | None:  # noqa: PLR0911 -- one a kind of value
    """Return sign and text of a value, None where only TOML can say it."""
    signs = _signs(key)
    match value:
        case str() if NEVER in signs and value == NEVER:
            return NEVER, ""
        case str():
            sign, rest = split_comparison(value)
            if SIGNS.get(sign) in signs:
                return SIGNS[sign], str(rest)
            if IS in signs and not sign and "," not in value:
                return IS, value
        case bool() if key in _FLAGS:
            return IS, str(value).lower()
        case int() | float() if "=" in signs and not isinstance(value, bool):
            return "=", str(value)
        case list() if IS in signs and value and all(isinstance(one, str) and "," not in one for one in value):
            if not any(split_comparison(one)[0] for one in value):
                return IS, ", ".join(value)
    return None


def condition_of(rows: object) -> dict[str, Any]:
    """Return rows as a condition; what was not changed is as it was.

    Raises
    ------
    ValueError
        A row is none, a key stands twice, or a text is no TOML.

    Examples
    --------
    >>> condition_of([{"k": "tag", "sign": "is", "v": "VIP"}, {"k": "not", "sign": "toml", "v": "{ open = true }"}])
    {'tag': 'VIP', 'not': {'open': True}}
    """
    made: dict[str, Any] = {}
    if not isinstance(rows, list):
        raise ValueError("rows")  # noqa: TRY004 -- one kind of error for whatever a browser sends
    for row in rows:
        key, sign, text = (str(row.get(name, "")).strip() for name in ("k", "sign", "v"))
        holder = made.setdefault("own", {}) if key.startswith("own.") else made
        name = key.removeprefix("own.")
        if name in holder or not name:
            raise ValueError(name)
        holder[name] = _value(key, sign, text)
    return made


def _value(key: str, sign: str, text: str) -> object:
    if sign == _TEXT:
        return tomllib.loads(f"x = {text}")["x"]
    if sign == NEVER:
        return NEVER
    if sign in SIGNS.values():
        return f"{sign} {text}"
    if key in _FLAGS and text in ("true", "false"):
        return text == "true"
    parts = [one.strip() for one in text.split(",") if one.strip()]
    return parts if len(parts) > 1 else text
