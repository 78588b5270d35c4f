"""A policy's text read as TOML, or the error that says why it is none: the first gate, before anything has a meaning.

Whatever the text is, the answer is data or a `PolicyError` with a line; and it comes soon. Nothing here knows what a
policy says.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk.policyfile.faults import syntax_error
from deskkit.desk.policyfile.layout import scan, show_path
from deskkit.errors import PolicyError
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.policyfile.layout import KeyPath

__all__ = ["LONGEST_FILE", "POLICY", "Kind", "decoded", "parsed"]

LONGEST_FILE: Final = 1_000_000
DEEPEST: Final = 100  # tables in one another; a dotted key makes them without a bracket
MOST_BITS: Final = 4_096  # of a whole number; what has more is not even shown
DIGITS: Final = re.compile(r"[0-9][0-9_]{1000,}")
LONG_KEY: Final = re.compile(  # tomllib's time grows with the square of a key's parts
    rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{DEEPEST}}}"""
)
A_NUMBER: Final = worded("numbers of at most 18 digits")


class Kind(NamedTuple):
    """What is read: its name, how many entries one table may hold, and what its errors give as right.

    Attributes
    ----------
    noun : str
    most : int
    load, number, shorter, nested, fewer : str
        Examples: how a file is read, a number, what to do about too long a text, too deep a table, too long a list.
    """

    noun: str
    most: int
    load: str
    number: str
    shorter: str
    nested: str
    fewer: str


POLICY: Final = Kind(
    noun=worded("kind: policy"),
    most=1_000,
    load='Policy.load("my-policy.toml")',
    number="per_minute = 6",
    shorter=worded("# split rarely used signals off"),
    nested='when = { tag = "VIP" }',
    fewer=worded("# one expression under patterns finds many words"),
)


def decoded(raw: bytes, place: str) -> str:
    """Return a file's text; a mark of the byte order at its beginning is left out.

    Raises
    ------
    PolicyError
        The bytes are no UTF-8.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PolicyError(
            worded("The file is not written in UTF-8."),
            place=f"{place}, line {line}",
            value=raw[error.start : error.start + 8],
            expected=worded("text in UTF-8"),
            example=worded("save the file again with the encoding UTF-8"),
            line=line,
        ) from error


def parsed(text: str, place: str, *, kind: Kind = POLICY) -> dict[str, object] | PolicyError:
    """Return what a text says as TOML, or why it says nothing.

    Parameters
    ----------
    text : str
    place : str
        What errors call it.
    kind : Kind

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
        raise _whole(worded("A {noun} is read from a text.", noun=kind.noun), place, found, "a str", kind.load)
    if len(text) > LONGEST_FILE:
        expected = worded("at most {n} characters", n=f"{LONGEST_FILE:,}")
        return _whole(worded("The {noun} is too long.", noun=kind.noun), place, len(text), expected, kind.shorter)
    try:
        data = _shallow(text)
    except tomllib.TOMLDecodeError as error:
        return syntax_error(text, error, place)
    except RecursionError:
        expected = worded("at most a few brackets in one another, and keys of a few parts")
        return _whole(worded("The text is nested too deeply."), place, None, expected, kind.nested)
    except ValueError:  # Python reads no number of more than 4,300 digits
        found_at = DIGITS.search(text)
        return _too_long(text, found_at.start() if found_at else 0, place, "", kind.number)
    first = next(_too_large(data, (), kind.most), None)
    return data if first is None else _too_much(text, place, kind, *first)


def _shallow(text: str) -> dict[str, object]:
    """Return what a text says; raise `RecursionError` where there is too much within one another to be walked through.

    Dotted keys nest too, and tomllib takes any number of them.
    """
    if LONG_KEY.search(text):
        raise RecursionError
    data = tomllib.loads(text)
    level: list[object] = [data]
    for _ in range(DEEPEST):
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [value for values in inner for value in values]
    if any(isinstance(one, dict | list) for one in level):
        raise RecursionError
    return data


def _too_much(
    text: str, place: str, kind: Kind, path: KeyPath, value: int | list[object] | dict[str, object]
) -> PolicyError:
    """Say that a number is too long, or that a list or table holds too much."""
    layout = scan(text)
    found = layout.find(path)
    if isinstance(value, int):
        return _too_long(text, max(0, found.start), place, show_path(path), kind.number)
    line = layout.line(found.key_start)
    return PolicyError(
        worded("There is too much in one list or table."), place=f"{place}, line {line}, {show_path(path)}",
        value=len(value), expected=worded("at most {n} entries", n=f"{kind.most:,}"),
        example=kind.fewer, line=line,
    )  # fmt: skip


def _too_large(
    data: object, path: KeyPath, most: int
) -> Iterator[tuple[KeyPath, int | list[object] | dict[str, object]]]:
    """Yield numbers that are too long and lists and tables with too many entries, with their paths."""
    if isinstance(data, int):
        if data.bit_length() > MOST_BITS:
            yield path, data
    elif isinstance(data, dict | list):
        if len(data) > most:
            yield path, data
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _too_large(value, (*path, key), most)


def _too_long(text: str, at: int, place: str, path: str, example: str) -> PolicyError:
    """Say that a number is too long to be one."""
    line = text.count("\n", 0, at) + 1
    return PolicyError(
        worded("This number is too long."), place=f"{place}, line {line}" + (f", {path}" if path else ""),
        value=text[at : at + 20] + "…", expected=A_NUMBER, example=example, line=line,
    )  # fmt: skip


def _whole(problem: str, place: str, value: object, expected: str, example: str) -> PolicyError:
    """Make an error about a text as a whole."""
    return PolicyError(problem, place=place, value=value, expected=expected, example=example, line=1)
