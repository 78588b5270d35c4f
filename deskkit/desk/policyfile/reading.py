"""Typed reading of a policy's tables: every value is taken by kind, and every fault is noted with its path.

A `Table` hands out checked values and goes on after a fault with a harmless one in its place, so that one
reading finds all faults of a file. What was never asked for is an unknown key. Nothing here knows lines
(`faults.py`) or what the values mean (`sections.py`).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, Self, TypeVar, cast

from deskkit.desk.events import LEVELS
from deskkit.desk.policyfile import quantities as q
from deskkit.desk.policyfile.faults import LEFT_OUT, Fix, listed, nearest
from deskkit.desk.policyfile.layout import literal, show_path
from deskkit.desk.schema import Window
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.policyfile.layout import KeyPath

__all__ = ["A_TIME", "LONGEST", "Table", "read_span", "read_window", "window_backwards"]

T = TypeVar("T", bound=str)

LONGEST: Final = "400 days"
LONGEST_NAME: Final = 80
MOST_NAMES: Final = 62
A_TIME: Final = worded('a time such as "30 s", "5 min", "24 h" or "30 days"')


class Table:
    """One table of the file, read key by key; `done` reports the keys nobody asked for.

    Parameters
    ----------
    data : object
        What TOML holds there; anything but a table is a fault.
    path : KeyPath
    book : Book
    """

    def __init__(self, data: object, path: KeyPath, book: Book) -> None:
        self.path = path
        self.book = book
        self.asked: set[str] = set()
        self.lacking: dict[str, tuple[str, str]] = {}
        self.data: dict[str, object] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            names = tuple(step for step in path if isinstance(step, str))
            example = f"[{show_path(names)}]"
            book.note(path, worded("Here a table is needed."), value=data, expected=worded("a table"), example=example)

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def at(self, key: str) -> KeyPath:
        """Return the path of a key of this table."""
        return (*self.path, key)

    def missing(self, key: str, expected: str, example: str) -> None:
        """Remember that `key` has to be given; `done` notes it, unless a misspelt key explains it."""
        self.lacking[key] = (expected, example)

    def take(self, key: str) -> object:
        """Return a raw value (None if absent) and count it as known."""
        self.asked.add(key)
        return self.data.get(key)

    def items(self, key: str) -> Iterator[tuple[KeyPath, object]]:
        """Yield the elements of a list with their paths; a single value is a list of one."""
        value = self.take(key)
        if isinstance(value, list):
            yield from (((*self.at(key), number), item) for number, item in enumerate(value))
        elif value is not None:
            yield self.at(key), value

    def text(self, key: str, default: str | None = None, *, example: str = "name") -> str:
        """Return a non-empty text of one line; required when there is no default."""
        value = self.take(key)
        expected = worded("a text of 1 to {n} characters on one line", n=LONGEST_NAME)
        if value is None:
            if default is None:
                self.missing(key, expected, f'"{example}"')
            return default or ""
        if isinstance(value, str) and value.strip() and len(value) <= LONGEST_NAME and value.isprintable():
            return value.strip()
        fix = str(value)[:LONGEST_NAME] if isinstance(value, int | float) else default or example
        self.book.note(self.at(key), worded("This text cannot be used."), value=value, expected=expected, fix=fix)
        return fix

    def choice(
        self, key: str, options: Sequence[T], default: T | None = None, *, what: str = worded("kind: word")
    ) -> T:
        """Return one of `options`; required when there is no default."""
        value = self.take(key)
        fallback = default or (*options, cast("T", ""))[0]
        if value is not None:
            return cast("T", self.known(value, self.at(key), options, what) or fallback)
        if default is None:
            self.missing(key, worded("one of {options}", options=listed(options)), literal(fallback))
        return fallback

    def names(self, key: str, known: Sequence[str], *, what: str, required: bool = True) -> tuple[str, ...]:
        """Return one name or a list of names, each of `known`, none twice."""
        found: list[str] = []
        for path, item in self.items(key):
            name = self.known(item, path, known, what)
            if name in found:
                self.twice(path, name)
            elif name:
                found.append(name)
        example = [(*known, "")[0]]
        if required and key not in self.data:
            self.missing(key, worded("a list of {what}s: {known}", what=what, known=listed(known)), f'["{example[0]}"]')
        elif required and self.data[key] == []:
            self.book.note(
                self.at(key),
                worded("This list is empty."),
                value=[],
                expected=worded("a {what}", what=what),
                fix=example,
            )
        return tuple(found)

    def known(self, value: object, path: KeyPath, known: Sequence[str], what: str) -> str:
        """Return `value` if it is one of `known`, else note the fault and return an empty text."""
        if isinstance(value, str) and value in known:
            return value
        fix = nearest(value, known, otherwise=known[0] if known else "") or None
        self.book.note(
            path, worded("This {what} is not known.", what=what), value=value, expected=listed(known), fix=fix
        )
        return ""

    def twice(self, path: KeyPath, name: str) -> None:
        """Note that a list holds `name` a second time."""
        problem = worded('"{name}" stands in this list already.', name=name)
        self.book.note(path, problem, value=name, expected=worded("each once"), fix=LEFT_OUT)

    def words(self, key: str, *, longest: int = LONGEST_NAME) -> tuple[str, ...]:
        """Return a list of any texts, none empty or twice; absent is empty."""
        found: list[str] = []
        for path, item in self.items(key):
            if not isinstance(item, str) or not item.strip() or len(item) > longest:
                fix = str(item)[:longest] if isinstance(item, int | float | str) else ""
                expected = worded("a text of 1 to {n} characters", n=longest)
                text = fix.strip() or "word"
                self.book.note(path, worded("This is no usable text."), value=item, expected=expected, fix=text)
            elif item in found:
                self.twice(path, item)
            else:
                found.append(item)
        return tuple(found)

    def level(self, key: str, default: str | None = None) -> int:
        """Return a level 0-3."""
        return LEVELS.index(self.choice(key, LEVELS, default, what=worded("kind: level")))

    def levels(self, key: str) -> tuple[int, ...]:
        """Return one level or several, sorted."""
        return tuple(sorted(LEVELS.index(name) for name in self.names(key, LEVELS, what=worded("kind: level"))))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.take(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        fix = str(value).casefold() in {"true", "yes", "on", "1"}
        expected = worded("true or false, without quotes")
        self.book.note(self.at(key), worded("This is neither true nor false."), value=value, expected=expected, fix=fix)
        return fix

    def number(self, key: str, default: float | None = None, *, least: float, most: float, scale: int = 1) -> int:
        """Return a number in 1/`scale`; `least` and `most` are in the file's unit."""
        value = self.take(key)
        kind = worded("a whole number") if scale == 1 else worded("a number with at most three decimals")
        expected = worded(
            "{kind} from {least} to {most}, without quotes", kind=kind, least=f"{least:,}", most=f"{most:,}"
        )
        if value is None and default is None:
            self.missing(key, expected, str(least))
        if value is None:
            return round((least if default is None else default) * scale)
        exact = q.scaled(value, scale)
        low, high = round(least * scale), round(most * scale)
        if exact is None or isinstance(value, str):
            problem = worded("This is no such number.")
        elif low <= exact <= high:
            return exact
        else:
            problem = worded("This number is too small.") if exact < low else worded("This number is too large.")
        right = min(max(round((default or least) * scale) if exact is None else exact, low), high)
        fix = right // scale if right % scale == 0 else right / scale
        self.book.note(self.at(key), problem, value=value, expected=expected, fix=fix)
        return right

    def duration(self, key: str, default: str = "", *, least: str = "1 s", most: str = LONGEST) -> int:
        """Return milliseconds; required when there is no default."""
        value = self.take(key)
        if value is not None:
            return read_span(value, self.at(key), self.book, least=least, most=most, example=default or "5 min")
        if not default:
            self.missing(key, A_TIME, '"5 min"')
        return q.read_duration(default) or 0

    def windows(self, key: str, default: Sequence[str] = ()) -> tuple[Window, ...]:
        """Return weekly windows, sorted."""
        given = list(self.items(key)) if key in self.data else [(self.at(key), item) for item in default]
        found = [read_window(item, path, self.book) for path, item in given]
        self.asked.add(key)
        return tuple(sorted((item for item in found if item), key=lambda item: (item.days, item.start, item.end)))

    def dates(self, key: str) -> tuple[str, ...]:
        """Return dates as ISO texts, sorted; TOML's own dates, without quotes, are accepted."""
        found: set[str] = set()
        for path, item in self.items(key):
            text = item.isoformat() if type(item) is dt.date else item
            day = q.iso_date(text) if isinstance(text, str) else None
            if day is None:
                expected = worded('a date that exists, such as "2027-02-06"')
                self.book.note(path, worded("This is no date."), value=item, expected=expected, fix="2027-02-06")
            else:
                found.add(day)
        return tuple(sorted(found))

    def table(self, key: str) -> Self:
        """Return a table; an absent one is empty."""
        value = self.take(key)
        return type(self)({} if value is None else value, self.at(key), self.book)

    def rows(self, key: str) -> list[Self]:
        """Return the tables of a list, written ``[[key]]``."""
        value = self.take(key)
        if value is None or isinstance(value, list):
            return [type(self)(item, (*self.at(key), number), self.book) for number, item in enumerate(value or [])]
        inner = any(isinstance(step, int) for step in self.path)
        header = f"{key} = [{{ ... }}]" if inner else f"[[{show_path(self.at(key))}]]"
        problem = (
            worded("This is a list of tables in braces.")
            if inner
            else worded("Each table of this list takes two brackets.")
        )
        self.book.note(self.at(key), problem, value=value, expected=header, example=header)
        return []

    def entries(self) -> list[str]:
        """Return all keys of a table whose keys are names, in the file's order."""
        self.asked.update(self.data)
        for number, name in enumerate(self.data):
            if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME or '"' in name:
                expected = worded("1 to {n} printable characters without quotes", n=LONGEST_NAME)
                path, key = (*self.path, name), f"name{number + 1}"
                self.book.note(path, worded("This name cannot be used."), value=name, expected=expected, key=key)
        self.few(self.path, len(self.data))
        return list(self.data)[:MOST_NAMES]

    def keyed(self, known: Sequence[str], *, what: str) -> list[str]:
        """Return those keys of a table that are names of `known`; note the others."""
        self.asked.update(self.data)
        free = [name for name in known if name not in self.data] or known
        for name in self.data:
            if name not in known:
                key = nearest(name, free, otherwise=(*free, "")[0])
                self.book.note(
                    self.at(name),
                    worded("This {what} is not known.", what=what),
                    value=name,
                    expected=listed(known),
                    key=key,
                )
        return [name for name in self.data if name in known]

    def few(self, path: KeyPath, count: int) -> None:
        """Refuse more than 62 of something: the desk keeps such sets as bits of one integer."""
        if count > MOST_NAMES:
            example = worded("# remove {n} of them", n=count - MOST_NAMES)
            problem = worded("There are too many entries in {path}.", path=show_path(path))
            self.book.note(path, problem, value=count, expected=worded("at most {n}", n=MOST_NAMES), example=example)

    def done(self) -> None:
        """Note every key that nobody asked for, and every one that is missing."""
        for key in [key for key in self.data if key not in self.asked]:
            meant = nearest(key, sorted(self.lacking)) or nearest(key, sorted(self.asked - set(self.data)))
            self.lacking.pop(meant, None)
            self.book.note(
                self.at(key),
                worded('The key "{key}" is not known here.', key=key),
                value=key,
                expected=listed(sorted(self.asked)),
                key=meant,
                example=f"# {key} = ...",
            )
        for key, (expected, example) in self.lacking.items():
            line = f"{key} = {example}"
            self.book.note(
                self.path,
                worded('"{key}" is missing here.', key=key),
                expected=worded('"{key}" with {expected}', key=key, expected=expected),
                fix=Fix(line, "put in"),
                example=line,
            )


def read_span(value: object, path: KeyPath, book: Book, *, least: str, most: str, example: str) -> int:
    """Return the milliseconds of one time, or note the fault."""
    ms = q.read_duration(value) if isinstance(value, str) else None
    low, high = q.read_duration(least) or 0, q.read_duration(most) or 0
    expected = worded("{time}, from {least} to {most}", time=A_TIME, least=least, most=most)
    if ms is not None and not low <= ms <= high:
        short = ms < low
        problem = worded("This time is too short.") if short else worded("This time is too long.")
        fix = least if short else most
    elif ms is None:
        guess = q.guess_duration(str(value), unit=example.split()[1])
        bare = str(value).strip().removeprefix("-").replace(".", "", 1).isdigit()
        problem = worded("This time has no unit.") if bare else worded("This is no time.")
        meant = q.read_duration(guess)
        fix = guess if meant is not None and low <= meant <= high else example
    else:
        return ms
    book.note(path, problem, value=value, expected=expected, fix=fix)
    return q.read_duration(fix) or 0


def read_window(value: object, path: KeyPath, book: Book) -> Window | None:
    """Read "mon-fri 09:00-18:00", or note the fault."""
    days_text, _, hours_text = value.partition(" ") if isinstance(value, str) else ("", "", "")
    days, hours = q.day_mask(days_text), q.minute_range(hours_text)
    if days is None or hours is None:
        expected = worded('days and hours such as "mon-fri 09:00-18:00" or "sat 10:00-24:00"')
        fix = q.guess_window(str(value), days=True)
        book.note(path, worded("These are no days and hours."), value=value, expected=expected, fix=fix)
        return None
    if window_backwards(value, f"{days_text} ", hours, path, book):
        return None
    return Window(days=days, start=hours[0], end=hours[1])


def window_backwards(value: object, days: str, hours: tuple[int, int], path: KeyPath, book: Book) -> bool:
    """Note hours that end before they begin: over midnight it takes two windows."""
    start, end = hours
    if start < end:
        return False
    first = f"{days}{q.show_hours(start, q.DAY_MINUTES)}"
    second = worded(' and "{days}{end}"', days=days, end=q.show_hours(0, end)) if end else ""
    expected = worded('an end after the beginning; past midnight as two, "{first}"{second}', first=first, second=second)
    book.note(path, worded("These hours end before they begin."), value=value, expected=expected, fix=first)
    return True
