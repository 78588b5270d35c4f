"""What a browser was sent last, and the difference that makes it what is so now.

A screen is plain data. A browser takes a patch only if its number is the next one, and otherwise asks for the whole, so
that nothing is shown that is half old. Knows no widget and no desk.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    Json = dict[str, Any]
    Splice = list[Any]  # where, how many go, what comes

__all__ = ["Screen", "Wire", "changed", "spliced", "spliced_apart", "table"]

_NOTHING: list[Any] = []
FIELDS: Final = (
    "n", "x", "l", "s", "g", "a", "t", "y", "w", "ct", "iq", "lb", "u", "tl", "fl", "z", "cl", "dr",
)  # fmt: skip
SHARED: Final = ("s", "g", "a", "y", "ct", "iq", "lb")  # what many rows say alike; none of them is a number itself


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be shown, as plain data; see the docstring of `deskkit.views.desk`.

    Attributes
    ----------
    head, choices : dict
    rows : dict of str to dict
        Of the list, by conversation.
    order : list of str
        Of the rows.
    pages : dict of str to dict
        Of the open tabs, by conversation; their ``lines`` are a list.
    foot, undo : list of dict
    """

    head: Json
    choices: Json
    rows: dict[str, Json]
    order: list[str]
    pages: dict[str, Json]
    foot: list[Json]
    undo: list[Json]


def spliced(old: Sequence[Any], new: Sequence[Any]) -> Splice | None:
    """Return the one splice that makes a list another, None where they are equal.

    Examples
    --------
    >>> spliced(["a", "b", "c"], ["a", "x", "y", "c"]), spliced(["a"], ["a"])
    ([1, 1, ['x', 'y']], None)
    """
    shared = min(len(old), len(new))
    head = 0
    while head < shared and (old[head] is new[head] or old[head] == new[head]):
        head += 1
    if head == len(old) == len(new):
        return None
    tail = 0
    while tail < shared - head and (old[-1 - tail] is new[-1 - tail] or old[-1 - tail] == new[-1 - tail]):
        tail += 1
    return [head, len(old) - head - tail, list(new[head : len(new) - tail])]


def spliced_apart(old: Sequence[str], new: Sequence[str]) -> list[Splice]:
    """Return splices that make a list of names another one after the other, and move what moved, not what it passed.

    Of the names in both, the most that stand in the same order in both stay where they are.

    Examples
    --------
    >>> spliced_apart(["a", "b", "c", "d"], ["b", "c", "x", "a", "d"])
    [[0, 1, []], [2, 0, ['x', 'a']]]
    """
    if (whole := spliced(old, new)) is None:
        return []
    at, going, coming = whole
    staying = _staying(old[at : at + going], coming)
    goes = [[at + start, end - start, []] for start, end in _gaps(old[at : at + going], staying)]
    comes = [[at + start, 0, coming[start:end]] for start, end in _gaps(coming, staying)]
    return [*reversed(goes), *comes]


def _staying(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Return the longest part of a list that stands in the same order in another."""
    place = {name: n for n, name in enumerate(old)}
    ends: list[int] = []  # the least place at which a rising row of each length ends
    before: list[tuple[str, int]] = []  # of each name of `new` that is old, and which precedes it in its row
    last: list[int] = []
    for name in new:
        if (at := place.get(name)) is None:
            continue
        length = bisect_left(ends, at)
        ends[length : length + 1] = [at]
        before.append((name, last[length - 1] if length else -1))
        last[length : length + 1] = [len(before) - 1]
    found, number = set(), last[-1] if last else -1
    while number >= 0:
        name, number = before[number]
        found.add(name)
    return found


def _gaps(names: Sequence[str], staying: set[str]) -> list[tuple[int, int]]:
    """Return from where to where a list holds what does not stay."""
    found: list[tuple[int, int]] = []
    for n, name in enumerate(names):
        if name in staying:
            continue
        if found and found[-1][1] == n:
            found[-1] = (found[-1][0], n + 1)
        else:
            found.append((n, n + 1))
    return found


def changed(old: Json, new: Json) -> Json:
    """Return the fields of a row that differ; None stands for a field that is no more.

    Examples
    --------
    >>> changed({"u": 1, "x": "hi"}, {"x": "ho"})
    {'x': 'ho', 'u': None}
    """
    differing = {name: value for name, value in new.items() if name not in old or old[name] != value}
    return differing | {name: None for name in old if name not in new}


def table(rows: dict[str, Json], order: Sequence[str]) -> Json:
    """Return rows as a table: a line of `cells` each, in this order, and once what many of them say.

    Where a field is shared, a number stands for its place in `shared`; fields at the end of a line may be missing.

    Examples
    --------
    >>> rows = {"c1": {"n": "Li", "l": 2, "s": "waiting"}, "c2": {"n": "Wu", "l": 0, "s": "waiting"}}
    >>> table(rows, ["c2", "c1"])["cells"]
    [['Wu', None, 0, 0], ['Li', None, 2, 0]]
    """
    shared: dict[object, int] = {}
    cells = []
    for name in order:
        row = rows[name]
        line = [_cell(field, row.get(field), shared) for field in FIELDS]
        while line and line[-1] is None:
            line.pop()
        cells.append(line)
    return {"fields": FIELDS, "shared": list(shared), "cells": cells}


def _cell(field: str, value: Any, shared: dict[object, int]) -> Any:  # noqa: ANN401 - as JSON has it
    if value is None or field not in SHARED:
        return value
    return shared.setdefault(tuple(value) if isinstance(value, list) else value, len(shared))


class Wire:
    """Snapshot and patches of one view.

    Parameters
    ----------
    epoch : str
        Of the view: another one tells a browser that all it had is old.

    Examples
    --------
    >>> wire = Wire("e1")
    >>> empty = Screen(head={}, choices={}, rows={}, order=[], pages={}, foot=[], undo=[])
    >>> wire.snapshot(empty)["seq"], wire.patch(empty)
    (1, None)
    >>> wire.patch(msgspec.structs.replace(empty, rows={"c1": {"l": 3}}, order=["c1"]))
    {'type': 'patch', 'epoch': 'e1', 'seq': 2, 'rows': {'c1': {'l': 3}}, 'order': [[0, 0, ['c1']]]}
    """

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.seq = 0
        self._sent: Screen | None = None

    def _stamped(self, kind: str) -> Json:
        return {"type": kind, "epoch": self.epoch, "seq": self.seq}

    def beat(self) -> Json:
        """Return the sign of life that tells a browser whether it missed something."""
        return self._stamped("beat")

    def snapshot(self, screen: Screen) -> Json:
        """Return the whole, and remember that it was sent."""
        self.seq += 1
        self._sent = screen
        parts = {name: getattr(screen, name) for name in Screen.__struct_fields__}
        return self._stamped("snapshot") | parts | {"rows": table(screen.rows, screen.order)}

    def patch(self, screen: Screen) -> Json | None:
        """Return the difference to what was sent last, and remember that it was sent; None where there is none."""
        sent = self._sent
        if sent is None:
            return self.snapshot(screen)
        parts = {
            name: getattr(screen, name)
            for name in ("head", "foot", "undo")
            if getattr(screen, name) != getattr(sent, name)
        }
        if choices := {key: one for key, one in screen.choices.items() if sent.choices.get(key) != one}:
            parts["choices"] = choices
        parts |= _rows(sent.rows, screen.rows)
        if order := spliced_apart(sent.order, screen.order):
            parts["order"] = order
        if pages := _pages(sent.pages, screen.pages):
            parts["pages"] = pages
        self._sent = screen
        if not parts:
            return None
        self.seq += 1
        return self._stamped("patch") | parts


def _rows(old: dict[str, Json], new: dict[str, Json]) -> Json:
    parts: Json = {}
    rows = {}
    for name, row in new.items():
        before = old.get(name)
        if before is not row and (differing := changed(before or {}, row)):  # a row not drawn anew is the same object
            rows[name] = differing
    if rows:
        parts["rows"] = rows
    if gone := [name for name in old if name not in new]:
        parts["gone"] = gone
    return parts


def _pages(old: dict[str, Json], new: dict[str, Json]) -> dict[str, Json]:
    pages = {}
    for name, page in new.items():
        before = old.get(name)
        if before is None:
            pages[name] = page
            continue
        sections = {key: value for key, value in page.items() if key != "lines" and before.get(key) != value}
        if (lines := spliced(before.get("lines", _NOTHING), page.get("lines", _NOTHING))) is not None:
            sections["lines"] = lines
        if sections:
            pages[name] = sections
    return pages
