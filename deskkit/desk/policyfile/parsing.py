"""A policy's text read as TOML, or the error that says why it is none: the first gate, before anything has a meaning.

Whatever the text is, the answer is data or a `PolicyError` with a line; and it comes soon. Nothing here knows what a
policy says.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

from deskkit.desk.policyfile.faults import syntax_error
from deskkit.desk.policyfile.layout import scan, show_path
from deskkit.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.policyfile.layout import KeyPath

__all__ = ["LONGEST_FILE", "parsed"]

LONGEST_FILE: Final = 1_000_000
MOST_ENTRIES: Final = 1_000
MOST_BITS: Final = 4_096  # of a whole number; what has more is not even shown
DIGITS: Final = re.compile(r"[0-9][0-9_]{1000,}")
A_NUMBER: Final = "numbers of at most 18 digits"


def parsed(text: str, place: str) -> dict[str, object] | PolicyError:
    """Return what a text says as TOML, or why it says nothing.

    Parameters
    ----------
    text : str
    place : str
        What errors call it.

    Returns
    -------
    dict or PolicyError

    Raises
    ------
    PolicyError
        `text` is no text.
    """
    if not isinstance(text, str):
        found = type(text).__name__
        raise _whole("A policy is read from a text.", place, found, "a str", 'Policy.load("my-policy.toml")')
    if len(text) > LONGEST_FILE:
        expected = f"at most {LONGEST_FILE:,} characters"
        return _whole("The policy is too long.", place, len(text), expected, "# split rarely used signals off")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return syntax_error(text, error, place)
    except RecursionError:
        expected, example = "at most a few brackets in one another", 'when = { tag = "VIP" }'
        return _whole("The text is nested too deeply.", place, None, expected, example)
    except ValueError:  # Python reads no number of more than 4,300 digits
        found_at = DIGITS.search(text)
        return _too_long(text, found_at.start() if found_at else 0, place, "")
    first = next(_too_large(data, ()), None)
    return data if first is None else _too_much(text, place, *first)


def _too_much(text: str, place: str, path: KeyPath, value: int | list[object] | dict[str, object]) -> PolicyError:
    """Say that a number is too long, or that a list or table holds too much."""
    layout = scan(text)
    found = layout.find(path)
    if isinstance(value, int):
        return _too_long(text, max(0, found.start), place, show_path(path))
    line = layout.line(found.key_start)
    return PolicyError(
        "There is too much in one list or table.", place=f"{place}, line {line}, {show_path(path)}",
        value=len(value), expected=f"at most {MOST_ENTRIES:,} entries",
        example="# one expression under patterns finds many words", line=line,
    )  # fmt: skip


def _too_large(data: object, path: KeyPath) -> Iterator[tuple[KeyPath, int | list[object] | dict[str, object]]]:
    """Yield numbers that are too long and lists and tables with too many entries, with their paths."""
    if isinstance(data, int):
        if data.bit_length() > MOST_BITS:
            yield path, data
    elif isinstance(data, dict | list):
        if len(data) > MOST_ENTRIES:
            yield path, data
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _too_large(value, (*path, key))


def _too_long(text: str, at: int, place: str, path: str) -> PolicyError:
    """Say that a number is too long to be one."""
    line = text.count("\n", 0, at) + 1
    return PolicyError(
        "This number is too long.", place=f"{place}, line {line}" + (f", {path}" if path else ""),
        value=text[at : at + 20] + "…", expected=A_NUMBER, example="per_minute = 6", line=line,
    )  # fmt: skip


def _whole(problem: str, place: str, value: object, expected: str, example: str) -> PolicyError:
    """Make an error about a text as a whole."""
    return PolicyError(problem, place=place, value=value, expected=expected, example=example, line=1)
