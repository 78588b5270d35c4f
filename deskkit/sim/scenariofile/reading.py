"""Typed reading of a scenario's tables: what a policy's `Table` reads, and numbers, shares, laws, instants of a day.

As there, a fault is noted with its path and reading goes on with a harmless value.
"""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, Final, cast

from deskkit.desk.policyfile.faults import LEFT_OUT
from deskkit.desk.policyfile.quantities import guess_window, read_duration, show_duration
from deskkit.desk.policyfile.reading import LONGEST, Table
from deskkit.desk.policyfile.vocabulary import A_LANGUAGE, meant_language
from deskkit.sim.scenariofile.amounts import DAY_MS, guess_moment, read_moment, read_range, show_moment
from deskkit.sim.scenariofile.lawtext import Bounds, read_law

if TYPE_CHECKING:
    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.sim.defaults import OneDefault
    from deskkit.sim.scenario import Law

__all__ = ["COUNTS", "PATIENCES", "PAUSES", "WORK", "Sheet"]

LONGEST_MS: Final = read_duration(LONGEST) or 0
LONGEST_TEXT: Final = 2_000
HUNDRED: Final = 100  # per cent

WORK: Final = Bounds(1, DAY_MS, counts=False, example="20 s lognormal cv 1.2")
"""Handling and repairing: it takes time."""
PAUSES: Final = Bounds(0, LONGEST_MS, counts=False, example="60 s exponential")
"""Thinking, noticing, switching: it may take none."""
PATIENCES: Final = Bounds(1, LONGEST_MS, counts=False, example="180 s exponential")
"""Nobody leaves before they came."""
COUNTS: Final = Bounds(1, 1_000, counts=True, example="8 geometric")


class Sheet(Table):
    """One table of a scenario, read key by key.

    Examples
    --------
    >>> from deskkit.desk.policyfile.faults import Book
    >>> sheet = Sheet({"think": "60 s exponential", "silent": 0.7}, (), Book())
    >>> sheet.law("think", bounds=PAUSES), sheet.real("silent", least=0, most=1)
    (Law(kind='exponential', mean=60000.0, cv=0.0, values=()), 0.7)
    """

    def real(
        self, key: str, default: float | None = None, *, least: float, most: float, usual: float | None = None
    ) -> float:
        """Return a number; required when there is no default. `usual` is the hint for one too large or small."""
        value = self.take(key)
        if value is None:
            if default is None:
                self.missing(key, self.between(least, most), f"{least:g}")
            return float(least if default is None else default)
        return self.bounded(value, self.at(key), default, least=least, most=most, usual=usual)

    def bounded(
        self,
        value: object,
        path: KeyPath,
        default: float | None = None,
        *,
        least: float,
        most: float,
        usual: float | None = None,
    ) -> float:
        """Return a number between two others, or note the fault."""
        plain = isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
        if plain and least <= cast("float", value) <= most:
            return float(cast("float", value))
        right = least if default is None else default
        problem = "This is no such number."
        if plain:
            small = cast("float", value) < least
            problem = f"This number is too {'small' if small else 'large'}."
            right = (usual or least if least > 0 else least) if small else usual or most
        fix = int(right) if right == int(right) else right
        self.book.note(path, problem, value=value, expected=self.between(least, most), fix=fix)
        return float(right)

    @staticmethod
    def between(least: float, most: float) -> str:
        """Say which numbers fit."""
        return f"a number from {least:,.10g} to {most:,.10g}, without quotes"

    def share(self, key: str, default: float = 0.0) -> float:
        """Return a probability."""
        given = self.data.get(key)
        percent = isinstance(given, int | float) and 1 < given <= HUNDRED
        return self.real(key, default, least=0, most=1, usual=cast("float", given) / HUNDRED if percent else None)

    def shares(self, key: str, known: tuple[str, ...] = ()) -> dict[str, float]:
        """Return probabilities by name, no more than 1 together; `known` restricts the names."""
        table = self.table(key)
        names = table.keyed(known, what="word") if known else table.entries()
        found = {name: table.share(name) for name in names}
        total = sum(found.values())
        if total > 1 + 1e-9:
            last = names[-1]
            room = max(0.0, 1 - (total - found[last]))
            problem = f"These probabilities add up to {total:g}."
            self.book.note(
                table.at(last), problem, value=found[last], expected="at most 1 together", fix=round(room, 6)
            )
        return found

    def law(self, key: str, default: OneDefault | None = None, *, bounds: Bounds) -> Law:
        """Return a law; required when there is no default."""
        value = self.take(key)
        if value is None and default is None:
            self.missing(key, "a law", f'"{bounds.example}"')
            default = bounds.example
        return read_law(default if value is None else value, self.at(key), self.book, bounds=bounds)

    def law_or(self, key: str, off: str, default: OneDefault | None = None, *, bounds: Bounds) -> Law | None:
        """Return a law, or None if it is switched off by a word, or absent without a default."""
        value = self.take(key)
        if value == off or (value is None and default is None):
            return None
        return self.law(key, default, bounds=bounds)

    def span(self, key: str, default: str = "", *, least: str = "0 s", most: str = LONGEST) -> int:
        """Return the milliseconds of a time, which may be none at all."""
        return self.duration(key, default, least=least, most=most)

    def moment(self, value: object, path: KeyPath, *, key: bool = False) -> int | None:
        """Return an instant of the day, or note the fault; `key`: it is the key of an entry."""
        found = read_moment(value) if isinstance(value, str) else None
        if found is None or found > LONGEST_MS:
            fix = guess_moment(str(value)[:20])
            expected = 'an instant of the day such as "09:00" or "09:00:30", or a time since the beginning: "90 s"'
            right = {"key": fix} if key else {"fix": fix}
            self.book.note(path, "This is no instant of the day.", value=value, expected=expected, **right)
            return None
        return found

    def range(self, value: object, path: KeyPath, *, key: bool = False) -> tuple[int, int] | None:
        """Return hours of a day, or note the fault; past midnight it takes two."""
        found = read_range(value) if isinstance(value, str) else None
        if found is not None and found[0] < found[1] <= LONGEST_MS:
            return found
        if found is None:
            problem, fix = "These are no hours.", guess_window(str(value)[:40], days=False)
            expected = 'hours such as "09:00-18:00" or "22:00-24:00"'
        else:
            begin, end = found[0], max(found[0] + 1, DAY_MS)
            problem, fix = "These hours end before they begin.", f"{show_moment(begin)}-{show_moment(end)}"
            fix = fix if begin < DAY_MS else f"{show_duration(begin)} - {show_duration(begin + 60_000)}"
            second = f' and "00:00-{show_moment(found[1])}"' if 0 < found[1] < DAY_MS else ""
            expected = f'an end after the beginning; past midnight as two, "{fix}"{second}'
        self.book.note(path, problem, value=value, expected=expected, **({"key": fix} if key else {"fix": fix}))
        return None

    def ranges(self, key: str) -> list[tuple[KeyPath, tuple[int, int]]]:
        """Return hours of a day with their paths, sorted; no two of them may overlap."""
        found = [(path, self.range(item, path)) for path, item in self.items(key)]
        good = sorted(((path, hours) for path, hours in found if hours), key=lambda one: one[1])
        kept: list[tuple[KeyPath, tuple[int, int]]] = []
        for path, hours in good:
            if kept and hours[0] < kept[-1][1][1]:
                shown = "-".join(map(show_moment, hours))
                problem = f'"{shown}" overlaps other hours of this list.'
                self.book.note(path, problem, value=shown, expected="hours that do not overlap", fix=self.left_out(key))
            else:
                kept.append((path, hours))
        return kept

    def left_out(self, key: str) -> object:
        """Return the fix that leaves an entry out of a list."""
        return LEFT_OUT if isinstance(self.data.get(key), list) else None

    def languages(self, key: str) -> tuple[str, ...]:
        """Return language codes."""
        found: list[str] = []
        for path, item in self.items(key):
            code = self.language(item, path)
            if code in found:
                self.twice(path, code)
            elif code:
                found.append(code)
        return tuple(found)

    def language(self, value: object, path: KeyPath) -> str:
        """Return a language code, or note the fault."""
        meant = meant_language(value)
        if meant == value:
            return meant
        self.book.note(path, "This is no language code.", value=value, expected=A_LANGUAGE, fix=meant)
        return ""

    def saying(self, key: str, default: str | None = None) -> str:
        """Return what a customer writes: a text of any lines; required when there is no default."""
        value = self.take(key)
        expected = f"what a customer writes, 1 to {LONGEST_TEXT:,} characters"
        if value is None:
            if default is None:
                self.missing(key, expected, '"我的快递到哪里了？"')
            return default or ""
        if isinstance(value, str) and value.strip() and len(value) <= LONGEST_TEXT and not _unwritable(value):
            return value
        fix = "".join(letter for letter in str(value)[:LONGEST_TEXT] if not _unwritable(letter)) or "你好"
        fix = fix if fix.strip() else "你好"
        self.book.note(self.at(key), "Nobody can write this.", value=value, expected=expected, fix=fix)
        return fix


def _unwritable(text: str) -> bool:
    """Say whether a text holds control characters (but line breaks) or halves of characters."""
    return any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in text)
