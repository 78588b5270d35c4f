"""What an import found and did, field by field; to read as a table or as JSON.

The import fills it in as it goes. It holds counts, names of fields and places in files, never what a customer
wrote. This module knows no product.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple
from unicodedata import east_asian_width

from deskkit.privacy import mask
from deskkit.text import clean, visible

__all__ = ["COUNTS", "Conflict", "Count", "Fields", "ImportReport", "brief"]

COUNTS: Final = ("present", "absent", "coerced", "conflicting", "dropped")

_EXAMPLES: Final = 20  # places named per import; the log's quarantine holds all
_OF_A_FIELD: Final = 3  # conflicts named per field, and per import as many as rows set aside
_VALUE: Final = 40  # characters of a value at odds; what is longer may be what a customer wrote
_WIDTH: Final = 38
_UNKNOWN: Final = 200  # undocumented fields counted under their own name


@dataclass(slots=True)
class Count:
    """What became of one field.

    Attributes
    ----------
    present, absent : int
        How often it held something, and nothing (missing, null or an empty text).
    coerced : int
        Read, though it was not of the documented type or form.
    conflicting : int
        Unreadable, or at odds with the rest of the record.
    dropped : int
        Present and not stored: personal, derived, or undocumented.
    """

    present: int = 0
    absent: int = 0
    coerced: int = 0
    conflicting: int = 0
    dropped: int = 0


class Fields(dict[str, Count]):
    """Counts by name of field; a new name counts from zero.

    Examples
    --------
    >>> fields = Fields()
    >>> fields["conv_id"].present += 1
    >>> fields["conv_id"].present
    1
    """

    def __missing__(self, name: str) -> Count:
        self[name] = count = Count()
        return count

    def unknown(self, name: str) -> Count:
        """Return the count of an undocumented field; past 200 names they share one."""
        name = clean(mask(name, language="en"), limit=64)
        if name not in self and len(self) >= _UNKNOWN:
            name = "(other fields)"
        return self[name]


class Conflict(NamedTuple):
    """Where one field is unreadable or at odds: its value, and what that was held against (empty: nothing it could be).

    Times are milliseconds UTC where the import computed them, else as the export has them.
    """

    place: str
    field: str
    value: str
    other: str = ""


@dataclass(slots=True)
class ImportReport:
    """What an import found and did.

    Attributes
    ----------
    source, zone : str
        The product, and the zone its times were read in.
    conversations, messages : int
        Read; of a conversation that stands in several records the messages are counted each time.
    records, records_set_aside : int
        Records found in JSON, and those of them that were not imported. A conversation may stand in several.
    rows : int
        Rows of a table: those imported, skipped and set aside; 0 for what is no table.
    facts, stored, duplicates, repeated : int
        Facts made; those new to the log; those it held before; those that repeat another of this import, or say
        what was said. The last three are the first.
    cut : int
        Texts longer than the limit, cut and marked.
    set_aside : dict of str to int
        Rows that were not imported, by reason.
    examples : list of (str, str)
        Place and reason of the first rows set aside.
    skipped : dict of str to int
        Rows that the column map leaves out on purpose, by rule.
    assumed : dict of str to int
        What the export does not say and the import took for given, and for how many conversations.
    fields : Fields
    conflicts : list of Conflict
        The first of each field; `fields` counts all.
    place : str
        Where the row, record or conversation under way stands.
    """

    source: str
    zone: str
    conversations: int = 0
    messages: int = 0
    facts: int = 0
    stored: int = 0
    duplicates: int = 0
    repeated: int = 0
    cut: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)
    examples: list[tuple[str, str]] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    assumed: dict[str, int] = field(default_factory=dict)
    fields: Fields = field(default_factory=Fields)
    records: int = 0
    records_set_aside: int = 0
    rows: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    place: str = ""

    @property
    def rows_set_aside(self) -> int:
        """How many rows were not imported."""
        return sum(self.set_aside.values())

    @property
    def _parts_set_aside(self) -> int:
        """How many messages and entries of records that were imported were not."""
        return 0 if self.rows else self.rows_set_aside - self.records_set_aside

    def aside(self, place: str, reason: str, *, detail: str = "") -> None:
        """Count a row that is not imported."""
        self.set_aside[reason] = self.set_aside.get(reason, 0) + 1
        if len(self.examples) < _EXAMPLES:
            said = f"{reason}: {detail}" if detail else reason
            self.examples.append((_shown(place, 300), _shown(said, 200)))

    def conflict(self, name: str, value: object = "", other: object = "", *, when: bool = True) -> None:
        """Count a field as conflicting, and name the first ones.

        Parameters
        ----------
        name : str
            The field; an undocumented one counts under its own name.
        value, other : object
            What it holds, and what that is held against; never a text that a customer wrote.
        when : bool, default True
            Whether it is one.
        """
        if not when:
            return
        self.fields[name].conflicting += 1
        if len(self.conflicts) < _EXAMPLES and self.fields[name].conflicting <= _OF_A_FIELD:
            self.conflicts.append(Conflict(_shown(self.place, 300), name, brief(value), brief(other)))

    def assume(self, what: str) -> None:
        """Count a conversation for which something was taken for given."""
        self.assumed[what] = self.assumed.get(what, 0) + 1

    def skip(self, rule: str) -> None:
        """Count a row that is left out on purpose."""
        self.skipped[rule] = self.skipped.get(rule, 0) + 1

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, ready for JSON."""
        return {
            "source": self.source,
            "zone": self.zone,
            "rows": self.rows,
            "conversations": self.conversations,
            "records": self.records,
            "records_set_aside": self.records_set_aside,
            "messages": self.messages,
            "facts": self.facts,
            "stored": self.stored,
            "duplicates": self.duplicates,
            "repeated": self.repeated,
            "cut": self.cut,
            "rows_set_aside": self.rows_set_aside,
            "set_aside": dict(self.set_aside),
            "examples": [{"place": place, "reason": reason} for place, reason in self.examples],
            "conflicts": [one._asdict() for one in self.conflicts],
            "skipped": dict(self.skipped),
            "assumed": dict(self.assumed),
            "fields": {
                name: {count: getattr(counts, count) for count in COUNTS} for name, counts in self.fields.items()
            },
        }

    def table(self) -> str:
        """Return the report as aligned text, at most 100 columns wide.

        Examples
        --------
        >>> report = ImportReport("meiqia", "Asia/Shanghai", conversations=1)
        >>> report.fields["conv_id"].present += 1
        >>> print(report.table().splitlines()[-1])
        conv_id                                        1         0         0            0         0
        """
        lines = [f"Import from {self.source}, times read in {self.zone}", ""]
        lines += [f"{name:<16}{value:>12,}" for name, value in self._totals()]
        lines += _section("Assumed, for the export does not say", self.assumed)
        lines += _section("Rows skipped, as the map says", self.skipped)
        lines += _section("Rows set aside", self.set_aside)
        lines += [f"    {_fit(_file(place), 45)}  {_fit(reason, 48)}".rstrip() for place, reason in self.examples]
        lines += _named(self.conflicts)
        lines += ["", _row("field", COUNTS)]
        for name, counts in self.fields.items():
            lines.append(_row(name, [f"{getattr(counts, count):,}" for count in COUNTS]))
        return "\n".join(lines)

    def _totals(self) -> list[tuple[str, int]]:
        left_out = sum(self.skipped.values()) + self.rows_set_aside
        rows = [
            ("rows", self.rows),
            ("  imported", self.rows - left_out),
            ("  skipped", left_out - self.rows_set_aside),
            ("  set aside", self.rows_set_aside),
        ]
        records = [
            ("records", self.records),
            ("  imported", self.records - self.records_set_aside),
            ("  set aside", self.records_set_aside),
        ]
        return [
            *(rows if self.rows else records),
            ("conversations", self.conversations),
            ("messages", self.messages),
            ("facts", self.facts),
            ("  new", self.stored),
            ("  known before", self.duplicates),
            ("  repeated", self.repeated),
            ("texts cut", self.cut),
            *([("parts set aside", self._parts_set_aside)] if self._parts_set_aside else []),
        ]


def _shown(text: str, limit: int) -> str:
    return visible(clean(mask(text, language="en"), limit=limit))


def _file(place: str) -> str:
    """Return a place without the folders, which would leave no room for its line."""
    return place.rpartition("/")[2]


def brief(value: object) -> str:
    """Return a value as a report may name it: without addresses, and of a long one only the length.

    Examples
    --------
    >>> brief("Basic"), brief("my parcel is not here, and I have been waiting")
    ('Basic', '(46 characters)')
    """
    text = str(value)
    return _shown(text, 200) if len(text) <= _VALUE else f"({len(text)} characters)"


def _section(title: str, counts: dict[str, int]) -> list[str]:
    if not counts:
        return []
    return ["", title] + [f"  {_fit(what, 84)}{count:>12,}" for what, count in counts.items()]


def _named(conflicts: list[Conflict]) -> list[str]:
    if not conflicts:
        return []
    lines = ["", "Conflicting, the first of each field (all are counted below)"]
    for one in conflicts:
        against = f"{one.value or '(nothing)'} against {one.other}" if one.other else one.value
        lines.append(f"    {_fit(_file(one.place), 34)}  {_fit(one.field, 20)}  {_fit(against, 38)}".rstrip())
    return lines


def _row(name: str, cells: list[str] | tuple[str, ...]) -> str:
    widths = (10, 10, 10, 13, 10)
    return _fit(visible(name), _WIDTH) + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _fit(text: str, width: int) -> str:
    """Cut or fill a text to a width in columns; Chinese characters take two."""
    text = text.replace("\n", " ")
    columns = [2 if east_asian_width(char) in "WF" else 1 for char in text]
    if sum(columns) > width:
        while sum(columns) > width - 1:
            columns.pop()
        text, columns = text[: len(columns)] + "…", [*columns, 1]
    return text + " " * (width - sum(columns))
