"""Rows that are put away while they rest, for a desk that lives for weeks and only follows."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Returned = Callable[[int, list[Any]], None]

__all__ = ["Reasons", "Rows", "glance", "near"]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[int]).decode
_in_memory: Final = list.__getitem__


class Rows(list[Any]):
    """A table whose rows can be put away on a shelf; one that is asked for comes back until it is put away again.

    Parameters
    ----------
    rows : iterable of list of int
    keeps : tuple of int
        Columns that can be looked up of rows that are away, see `glance`.
    returned : callable, optional
        Told the number of a row that came back, and the changes that it missed.

    Attributes
    ----------
    near : set of int
        The numbers of the rows that are in memory.
    kept : dict of array
        By column what is kept of rows that are away; whoever changes all rows writes here what changed.

    Examples
    --------
    >>> rows = Rows([[1, 2], [3, 4]], keeps=(1,))
    >>> rows.put_away(0)
    >>> rows.near, glance(rows, 0, 1)
    ({1}, 2)
    >>> rows[0][0] = 7
    >>> list(rows), rows.near
    ([[7, 2], [3, 4]], {0, 1})
    """

    def __init__(
        self, rows: Iterable[list[int]], *, keeps: tuple[int, ...] = (), returned: Returned | None = None
    ) -> None:
        super().__init__(rows)
        self.near = set(range(len(self)))
        self.kept = {column: array("q") for column in keeps}
        self._places = array("q")
        self._shelf = Shelf()
        self._returned = returned
        self._changes: list[Any] = []
        self._followed = array("q")  # by number: how many of the changes; a row added after the last: all

    def append(self, row: list[int]) -> None:
        """Add a row."""
        self.near.add(len(self))
        super().append(row)

    def put_away(self, number: int) -> None:
        """Put a row away, unless it is."""
        row = _in_memory(self, number)
        if row is None:
            return
        _set(self._places, number, self._shelf.put_record(_encode(row)))
        for column, kept in self.kept.items():
            _set(kept, number, row[column])
        self[number] = None
        self.near.discard(number)

    def __getitem__(self, number: Any) -> Any:  # noqa: ANN401 - as of a list
        """Return a row, which is in memory from then on."""
        row = _in_memory(self, number)
        if row is None:
            row = self[number] = _decode(self._shelf.record(self._places[number]))
            self.near.add(number)
            self._follow(number)
        return row

    def _follow(self, number: int) -> None:
        """Let a row that came back follow the changes that it missed."""
        followed = self._followed[number] if number < len(self._followed) else len(self._changes)
        if followed < len(self._changes) and self._returned is not None:
            self._followed[number] = len(self._changes)
            self._returned(number, self._changes[followed:])

    def change(self, change: object) -> None:
        """Note a change of all rows, which those in memory followed already: the others do when they come back."""
        self._followed.extend([len(self._changes)] * (len(self) - len(self._followed)))
        self._changes.append(change)
        for number in self.near:
            self._followed[number] = len(self._changes)

    def away(self) -> Iterator[int]:
        """Yield the numbers of the rows that are away."""
        return (number for number in range(len(self)) if number not in self.near)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield every row, which are in memory from then on."""
        return map(self.__getitem__, range(len(self)))

    def glance(self, number: int, column: int) -> int:
        """Return what stands in a column that is kept, without bringing the row back."""
        row = _in_memory(self, number)
        return int(self.kept[column][number] if row is None else row[column])


class Reasons(Rows):
    """The reasons of conversations for their levels; of those that are away it is kept which last on.

    Attributes
    ----------
    lasting : array
        By number, as bits; of a policy's rules there are at most 62.
    """

    def __init__(self, rows: Iterable[list[int]], *, returned: Returned | None = None) -> None:
        super().__init__(rows, returned=returned)
        self.lasting = array("q")

    def put_away(self, number: int) -> None:
        """Put a row away, unless it is."""
        row = _in_memory(self, number)
        if row is not None:
            _set(self.lasting, number, sum(1 << rule for rule, until in enumerate(row) if until))
        super().put_away(number)


def _set(numbers: array[int], at: int, number: int) -> None:
    numbers.extend([0] * (at + 1 - len(numbers)))
    numbers[at] = number


def near(rows: list[list[int]]) -> Iterable[int]:
    """Return the numbers of the rows in memory, in order: of a table that puts none away all."""
    return sorted(rows.near) if isinstance(rows, Rows) else range(len(rows))


def glance(rows: list[list[int]], number: int, column: int) -> int:
    """Return what stands in a row; where rows are put away, without bringing it back."""
    return rows.glance(number, column) if isinstance(rows, Rows) else rows[number][column]
