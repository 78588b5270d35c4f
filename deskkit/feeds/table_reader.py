"""Rows of a table read through a column map: words, numbers and instants, every oddity counted by column.

This module makes no facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.clock import moment
from deskkit.errors import FactError
from deskkit.feeds.fields import FieldReader
from deskkit.feeds.languages import LANGUAGES
from deskkit.feeds.table_values import (
    DAY_MS,
    day_of,
    duration_of,
    instant_of,
    on_day,
    time_of_day,
    word_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.feeds.columnmap_model import Spec, Tag, When
    from deskkit.feeds.report import ImportReport
    from deskkit.feeds.values import Times

__all__ = ["Cells", "TableReader"]

_NEXT_DAY: Final = "a time of day before its beginning is of the next day"
_TOLERANCE_MS: Final = 1_500  # durations are given in whole seconds


class Cells:
    """One row: its cells by column."""

    __slots__ = ("_at", "row")

    def __init__(self, row: Sequence[object], at: dict[str, int]) -> None:
        self.row, self._at = row, at

    def __getitem__(self, column: str) -> object:
        return self.row[self._at[column]]

    def word(self, column: str) -> str:
        """Return a cell as text; empty if the map names no such column."""
        return word_of(self.row[self._at[column]]) if column else ""


class TableReader(FieldReader):
    """Reads the rows of one table.

    Parameters
    ----------
    times : Times
    report : ImportReport
    spec : Spec
        The column map.
    columns : sequence of str
        Of the table.
    """

    def __init__(self, times: Times, report: ImportReport, spec: Spec, columns: Sequence[str]) -> None:
        super().__init__(times, report)
        self.spec = spec
        self._at = {name: at for at, name in enumerate(columns)}
        used = {name for _, name in spec.columns}
        self._counts = [(self.fields[name], name not in used) for name in columns]
        self._nones = {
            when: (frozenset(when.none), frozenset(time_of_day(word) for word in when.none) - {None})
            for each in spec.times.values()
            for when in each
        }

    def cells(self, row: Sequence[object]) -> Cells:
        """Return a row by column, and count which of its cells hold something."""
        empty = self.spec.empty
        for cell, (count, unused) in zip(row, self._counts, strict=True):
            if cell is None or (isinstance(cell, str) and cell.strip() in empty) or cell != cell:  # noqa: PLR0124 - nan
                count.absent += 1
            else:
                count.present += 1
                count.dropped += unused
        return Cells(row, self._at)

    def bare(self, row: Sequence[object]) -> Cells:
        """Return a row by column without counting it again."""
        return Cells(row, self._at)

    def word(self, cells: Cells, column: str) -> str:
        """Return a cell as cleaned text; empty if there is nothing, or no such column."""
        word = cells.word(column)
        return "" if not word or word in self.spec.empty else self.text(word, column)

    def meaning(self, cells: Cells, column: str, words: dict[str, Any]) -> Any:  # noqa: ANN401 - of whatever map
        """Return what the word in a column means by the map; None if there is no word or no meaning."""
        word = self.word(cells, column)
        if not word:
            return None
        found = words.get(word)
        self.report.conflict(column, word, when=found is None)
        return found

    def renamed(self, tag: Tag, word: str) -> str:
        """Return the tag that a word means; where the map renames words but not this one, it is counted and kept."""
        unknown = bool(word and tag.values) and word not in tag.values
        self.report.conflict(tag.column, word, "no word of its values", when=unknown)
        return tag.values.get(word, word)

    def language(self, cells: Cells) -> str:
        """Return the language of a row; what is no language's code is counted and kept."""
        word = self.word(cells, self.spec.language)
        known = word.replace("_", "-").partition("-")[0].lower() in LANGUAGES
        self.report.conflict(self.spec.language, word, "no code of a language", when=bool(word) and not known)
        return word

    # ------------------------------------------------------------ times

    def instants(self, cells: Cells) -> dict[str, int]:
        """Return the instants of a row by name, those that are there.

        Raises
        ------
        FactError
            The first of them is missing, or one is no time.
        """
        found: dict[str, int] = {}
        names = list(self.spec.times)
        for name in names:
            for when in self.spec.times[name]:
                at = self._instant(cells, when, found, found.get(names[0]))
                if at is not None:
                    found[name] = at
                    break
            if name == names[0] and name not in found:
                raise FactError(f"a row without the time {name!r}")
        return found

    def at_odds(self, name: str, at: int, other: int) -> None:
        """Count an instant that is earlier than another of its row, or later, as it cannot be."""
        said = (moment(one, zone=self.times.zone) for one in (at, other))
        self.report.conflict(self.spec.times[name][0].column, *said)

    def _instant(self, cells: Cells, when: When, found: dict[str, int], begin: int | None) -> int | None:
        value = cells[when.column]
        if self._is_none(value, when):
            return None
        if when.after:
            lasted = duration_of(value, when.unit)
            if lasted is None:
                raise self._no_time(when.column, value, "duration")
            anchor = found.get(when.after)
            return None if anchor is None else anchor + lasted
        if not when.date:
            at = instant_of(value, self.times, self.spec.date)
            if at is None:
                raise self._no_time(when.column, value, "time")
            return at
        ms = time_of_day(value)
        day = day_of(cells[when.date], self.spec.date)
        if ms is None:
            raise self._no_time(when.column, value, "time of day")
        at = None if day is None else on_day(day, ms, self.times)
        if at is None:
            raise self._no_time(when.date, cells[when.date], "date")
        if begin is not None and begin - at > DAY_MS // 2:
            self.report.assume(_NEXT_DAY)
            at += DAY_MS
        return at

    def _is_none(self, value: object, when: When) -> bool:
        word = word_of(value)
        if word in self.spec.empty:
            return True
        if not when.none:
            return False
        words, clocks = self._nones[when]
        return word in words or (bool(clocks) and time_of_day(value) in clocks)

    def _no_time(self, column: str, value: object, kind: str) -> FactError:
        self.report.conflict(column, value)
        return FactError(f"{column} is no readable {kind}")

    # ------------------------------------------------------------ what the table derived

    def compare(self, cells: Cells, found: dict[str, int]) -> None:
        """Count as conflicting durations that other columns tell otherwise; those others are right."""
        for one in self.spec.compare:
            given = cells[one.column]
            end = next((found[name] for name in one.ends if name in found), None)
            begin = found.get(one.begin)
            if word_of(given) in self.spec.empty or begin is None or end is None:
                continue
            lasted = duration_of(given, one.unit)
            apart = lasted is None or abs(end - begin - lasted) > _TOLERANCE_MS
            self.report.conflict(one.column, word_of(given), f"{(end - begin) / 1000:g} s", when=apart)
