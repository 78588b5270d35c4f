"""Where every key, value and comment of a TOML text stands.

The standard library reads TOML but does not say where anything was. This scanner does: an error can name the
line, and an edit can replace exactly one value and leave every other byte, comment and blank line alone. It
trusts the text to be valid (read it with `tomllib` first) and knows nothing of policies.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from datetime import date
from typing import Final, NamedTuple

__all__ = [
    "KeyPath",
    "Layout",
    "Place",
    "Statement",
    "literal",
    "lookup",
    "read_path",
    "scan",
    "show_path",
    "unfinished",
]

KeyPath = tuple[str | int, ...]

_BLANK: Final = re.compile(r"[ \t]*")
_GAP: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_COMMENT: Final = re.compile(r"#[^\r\n]*")
_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR: Final = re.compile(r"\d{4}-\d\d-\d\d[ Tt][^\s,\]}#]+|[^\s,\]}#]+")
_STEP: Final = re.compile(r'\.([A-Za-z0-9_-]+)|\."([^"]*)"|\[(\d+)\]')


_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Place(NamedTuple):
    """Offsets of a key's last name, of its value, and where the whole entry begins.

    A table under a header has no value: there `start` is -1, and `end` the end of the header.
    """

    key_start: int
    key_end: int
    start: int
    end: int
    begin: int


class Statement(NamedTuple):
    """A header or a `key = value` of a block, from its first to its last character (comments excluded)."""

    path: KeyPath
    start: int
    end: int
    header: bool


class Layout(NamedTuple):
    """What `scan` found.

    Attributes
    ----------
    places : dict of path to Place
    statements : list of Statement, in the order of the text
    comments : list of (start, end)
    """

    text: str
    places: dict[KeyPath, Place]
    statements: list[Statement]
    comments: list[tuple[int, int]]

    def line(self, offset: int) -> int:
        """Return the 1-based line of an offset."""
        return self.text.count("\n", 0, offset) + 1

    def bounds(self, offset: int) -> tuple[int, int]:
        """Return the offsets at which the line around `offset` begins and ends (before its line break)."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return start, end - 1 if end > start and self.text[end - 1] == "\r" else end

    def find(self, path: KeyPath) -> Place:
        """Return the place of `path`, else of the first thing in it, else of the nearest table around it."""
        while path and path not in self.places:
            inside = [place for where, place in self.places.items() if where[: len(path)] == path]
            if inside:
                return inside[0]
            path = path[:-1]
        return self.places.get(path, Place(0, 0, -1, -1, 0))


class _Scanner:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.began = 0
        self.layout = Layout(text, {}, [], [])
        self.counts: dict[KeyPath, int] = {}

    def run(self) -> Layout:
        block: KeyPath = ()
        self.gap()
        while self.at < len(self.text):
            self.began = self.at
            if self.text[self.at] == "[":
                block = self.header()
            else:
                start = self.at
                path = self.pair(block)
                self.layout.statements.append(Statement(path, start, self.at, header=False))
            self.gap()
        return self.layout

    def gap(self) -> None:
        """Pass over blanks, line breaks and comments; note the comments."""
        end = _match(_GAP, self.text, self.at)
        found = _COMMENT.search(self.text, self.at, end)
        while found:
            self.layout.comments.append(found.span())
            found = _COMMENT.search(self.text, found.end(), end)
        self.at = end

    def blank(self) -> None:
        self.at = _match(_BLANK, self.text, self.at)

    def header(self) -> KeyPath:
        start = self.at
        double = self.text.startswith("[[", start)
        self.at += 2 if double else 1
        names, key_start, key_end = self.key()
        self.at += 2 if double else 1
        path = self.header_path(names, double=double)
        self.layout.places[path] = Place(key_start, key_end, -1, self.at, start)
        self.layout.statements.append(Statement(path, start, self.at, header=True))
        return path

    def header_path(self, names: tuple[str, ...], *, double: bool) -> KeyPath:
        """Resolve a header's names: an array of tables met on the way means its latest element."""
        path: KeyPath = ()
        for number, name in enumerate(names, 1):
            path = (*path, name)
            if double and number == len(names):
                self.counts[path] = self.counts.get(path, 0) + 1
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def key(self) -> tuple[tuple[str, ...], int, int]:
        """Read a possibly dotted key; return its names and the span of the last one."""
        names: list[str] = []
        while True:
            self.blank()
            start = self.at
            quoted = self.text[start] in "\"'"
            self.at = _match(_STRING if quoted else _BARE, self.text, start)
            raw = self.text[start : self.at]
            names.append(tomllib.loads(f"x = {raw}")["x"] if quoted else raw)
            end = self.at
            self.blank()
            if self.text[self.at] != ".":
                return tuple(names), start, end
            self.at += 1

    def pair(self, table: KeyPath) -> KeyPath:
        """Read `key = value`; stop after the value."""
        begin = self.at
        names, key_start, key_end = self.key()
        self.at += 1  # the equals sign
        self.blank()
        path = (*table, *names)
        start = self.at
        self.value(path)
        self.layout.places[path] = Place(key_start, key_end, start, self.at, begin)
        return path

    def value(self, path: KeyPath) -> None:
        first = self.text[self.at]
        if first == "[":
            self.array(path)
        elif first == "{":
            self.inline(path)
        else:
            self.at = _match(_STRING if first in "\"'" else _SCALAR, self.text, self.at)

    def array(self, path: KeyPath) -> None:
        self.at += 1
        self.gap()
        number = 0
        while self.text[self.at] != "]":
            start = self.at
            self.value((*path, number))
            self.layout.places[*path, number] = Place(start, start, start, self.at, start)
            number += 1
            self.gap()
            if self.text[self.at] == ",":
                self.at += 1
                self.gap()
        self.at += 1

    def inline(self, path: KeyPath) -> None:
        self.at += 1
        self.gap()
        while self.text[self.at] != "}":
            self.pair(path)
            self.gap()
            if self.text[self.at] == ",":
                self.at += 1
                self.gap()
        self.at += 1


def _match(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where `pattern` ends when it begins at `at`."""
    found = pattern.match(text, at)
    if found is None:
        message = f"no {pattern.pattern!r} at offset {at}: the text is not valid TOML"
        raise ValueError(message)
    return found.end()


def scan(text: str) -> Layout:
    r"""Find every key, value and comment of a valid TOML text.

    Parameters
    ----------
    text : str
        TOML that `tomllib` accepts.

    Returns
    -------
    Layout

    Examples
    --------
    >>> found = scan('[capacity]\nagent = 5  # units')
    >>> place = found.places["capacity", "agent"]
    >>> found.text[place.start : place.end], found.line(place.start)
    ('5', 2)
    """
    return _Scanner(text).run()


def unfinished(text: str) -> int:
    """Return the offset at which the last header or `key = value` begins; the text may break off in it."""
    scanner = _Scanner(text)
    with suppress(ValueError, IndexError):
        scanner.run()
    return scanner.began


def literal(value: object, *, key: bool = False) -> str:
    """Write a value as TOML on one line; with `key`, a name as a key.

    Raises
    ------
    TypeError
        TOML has no such value.

    Examples
    --------
    >>> print(literal({"signal": ["refund", "order"], "turns": 3}), literal("after sales", key=True))
    { signal = ["refund", "order"], turns = 3 } "after sales"
    """
    if key and isinstance(value, str) and _BARE.fullmatch(value):
        return value
    match value:
        case str():
            text = f'"{"".join(_ESCAPES.get(letter) or _escaped(letter) for letter in value)}"'
        case bool() | int() | float():
            try:
                text = repr(value).lower()
            except ValueError as error:
                message = "TOML has no number of more than 4,300 digits"
                raise TypeError(message) from error
        case date():
            text = value.isoformat()
        case list() | tuple():
            text = f"[{', '.join(literal(item) for item in value)}]"
        case dict():
            pairs = ", ".join(f"{literal(name, key=True)} = {literal(item)}" for name, item in value.items())
            text = f"{{ {pairs} }}" if pairs else "{}"
        case _:
            message = f"TOML has no value like {value!r}"
            raise TypeError(message)
    return text


def _escaped(letter: str) -> str:
    """Return a letter as it may stand in a basic string."""
    return letter if letter.isprintable() else f"\\U{ord(letter):08X}"


def read_path(text: str) -> KeyPath:
    """Read ``priority.rule[2].level`` as a path; indices count from 0, odd names stand in double quotes.

    Raises
    ------
    ValueError
        The text is no path.

    Examples
    --------
    >>> read_path('priority.rule[2].level'), read_path('queue.credit."after-sales A"')
    (('priority', 'rule', 2, 'level'), ('queue', 'credit', 'after-sales A'))
    """
    path: list[str | int] = []
    rest = text if text.startswith("[") else f".{text}"
    while rest:
        found = _STEP.match(rest)
        if found is None:
            message = f"no path: {text!r}"
            raise ValueError(message)
        bare, quoted, index = found.groups()
        path.append(int(index) if index is not None else bare if bare is not None else quoted)
        rest = rest[found.end() :]
    return tuple(path)


def show_path(path: KeyPath) -> str:
    """Write a path as `read_path` reads it.

    Examples
    --------
    >>> show_path(("priority", "rule", 2, "level"))
    'priority.rule[2].level'
    """
    parts: list[str] = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            name = step if _BARE.fullmatch(step) else f'"{step}"'
            parts.append(f".{name}" if parts else name)
    return "".join(parts)


def lookup(data: object, path: KeyPath) -> object:
    """Return what stands at `path` in parsed TOML, or raise KeyError."""
    for step in path:
        match data, step:
            case dict(), str():
                data = data[step]
            case list(), int() if step < len(data):
                data = data[step]
            case _:
                raise KeyError(show_path(path))
    return data
