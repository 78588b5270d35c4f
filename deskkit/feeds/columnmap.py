"""The column map: which column of a table means what; one TOML file, written for people.

``data/maps/`` holds an example for a log of calls and one for a table of messages, with every key explained.
A wrong map is refused with the line, the value, what was expected and a corrected example. This module knows no
table and no log.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskkit.desk.policyfile.faults import Book, error_of, nearest, syntax_error
from deskkit.desk.policyfile.layout import scan
from deskkit.errors import FeedError
from deskkit.feeds.columnmap_reading import read_map
from deskkit.smallfile import content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.errors import PolicyError
    from deskkit.feeds.columnmap_model import Spec

__all__ = ["ColumnMap"]

_SHOWN: Final = 40  # characters of a column's name; what has no header holds texts in its place
_OF_A_POLICY: Final = 'after = "5 min"'  # what a policy's reader shows where nothing can be mended
_BARE: Final = re.compile(r"(?<=[{,=.\s])([^\W\d_][\w-]*)(?=\s*=)|^([^\W\d_][\w-]*)(?=\s*=)")
_LINE_OF_A_MAP: Final = 'column = "status", or levels = { "高" = "high" }'
_EXAMPLE: Final = 'ColumnMap.load("data/maps/calls.toml")'


class ColumnMap:
    """A column map, read and checked.

    Attributes
    ----------
    text : str
        The TOML it was read from.
    place : str
        What errors call it.
    spec : columnmap_model.Spec
        What it says.

    Examples
    --------
    >>> one = ColumnMap.parse('''
    ... rows = "message"
    ... conversation.id = "chat"
    ... times.sent = "at"
    ... [author]
    ... column = "who"
    ... customer = ["in"]
    ... agent = ["out"]
    ... ''')
    >>> one.spec.rows, [name for _, name in one.spec.columns]
    ('message', ['chat', 'at', 'who'])
    """

    __slots__ = ("place", "spec", "text")

    def __init__(self, text: str, spec: Spec, place: str) -> None:
        self.text, self.spec, self.place = text, spec, place

    def __repr__(self) -> str:
        return f"<ColumnMap {self.place}: a row is a {self.spec.rows}>"

    @classmethod
    def load(cls, path: str | Path) -> ColumnMap:
        """Read a column map from a file.

        Raises
        ------
        FeedError
            It cannot be read, or says what a map cannot say; with the line of the first fault.
        """
        try:
            text = content(path).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise FeedError(
                "The column map cannot be read.",
                place=str(path),
                value=str(error),
                expected="a TOML file in UTF-8",
                example=_EXAMPLE,
            ) from error
        return cls.parse(text, place=Path(path).name)

    @classmethod
    def parse(cls, text: str, *, place: str = "map") -> ColumnMap:
        """Read a column map from its text.

        Raises
        ------
        FeedError
            It says what a map cannot say; with the line of the first fault.
        """
        text = text.replace("\r\n", "\n")
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            refused = _refusal(syntax_error(text, error, place), of_a_map=True)
            raise refused from error
        book = Book()
        spec = read_map(data, book)
        _refuse_faults(book, text, place)
        return cls(text, spec, place)

    def check(self, columns: Sequence[str]) -> None:
        """Refuse the map if it names a column that the table does not have.

        Raises
        ------
        FeedError
            With the line of the map and the column most like the one named.
        """
        book = Book()
        for path, name in self.spec.columns:
            if name not in columns:
                shown = ", ".join(column[:_SHOWN] for column in columns[:20])
                fix = nearest(name, columns) or None
                book.note(
                    path, "The table has no such column.", value=name, expected=f"one of {shown}", fix=fix,
                    example=f'"{columns[0][:_SHOWN] if columns else ""}"',
                )  # fmt: skip
        _refuse_faults(book, self.text, self.place)


def _refuse_faults(book: Book, text: str, place: str) -> None:
    """Raise the fault that stands first in the text."""
    if not book.problems:
        return
    layout = scan(text)
    first = min((error_of(problem, layout, place) for problem in book.problems), key=lambda error: error.line)
    raise _refusal(first)


def _refusal(error: PolicyError, *, of_a_map: bool = False) -> FeedError:
    expected, example = error.expected, error.example
    quoted = _quoted_keys(str(error.value)) if of_a_map else ""
    if quoted:
        expected, example = "keys that are not plain letters, digits, - and _ in double quotes", quoted
    elif example == _OF_A_POLICY:
        example = _LINE_OF_A_MAP
    return FeedError(error.problem, place=error.place, value=error.value, expected=expected, example=example)


def _quoted_keys(line: str) -> str:
    """Return a line with quotes around its keys that TOML does not take bare; empty if that mends nothing."""
    mended = _BARE.sub(lambda key: key[0] if key[0].isascii() else f'"{key[0]}"', line)
    try:
        tomllib.loads(mended)
    except tomllib.TOMLDecodeError:
        return ""
    return mended if mended != line else ""
