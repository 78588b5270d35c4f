"""Bytes that are put away in a file, so that what is rarely asked for takes no memory of a desk that lives for weeks.

The file has no name where the system allows that, and goes with its shelf: what lasts is the log alone.
"""

from __future__ import annotations

import logging
import struct
import tempfile
import weakref
from typing import IO, Final, NamedTuple

__all__ = ["Place", "Shelf"]

_logger = logging.getLogger(__name__)
_SIZE: Final = struct.Struct("<q")
_READ: Final = 1_000  # bytes that are read of a record at once: few are longer


class Place(NamedTuple):
    """Where bytes lie: from which on, and how many; below zero they lie in memory, by number."""

    at: int
    size: int


class Shelf:
    """A file of bytes, made when the first are put there; it only grows, and is one thread's.

    Attributes
    ----------
    has_warned : bool
        Whether the log of Python was told, of any shelf, that the disk is full.

    Examples
    --------
    >>> shelf = Shelf()
    >>> place = shelf.put("在吗".encode())
    >>> place, shelf.get(place).decode(), shelf.get(place, 3).decode()
    (Place(at=0, size=6), '在吗', '吗')
    >>> shelf.record(shelf.put_record(b"of any length"))
    b'of any length'
    """

    has_warned = False

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end = 0
        self._held: list[bytes] = []  # what found no room in the file

    def put(self, data: bytes) -> Place:
        """Put bytes away; where the file has no room for them they stay in memory, which the log of Python says once.

        Parameters
        ----------
        data : bytes

        Returns
        -------
        Place
        """
        try:
            self._write(data)
        except OSError as error:
            if not Shelf.has_warned:
                Shelf.has_warned = True
                _logger.warning(
                    "What was said stays in memory: the folder for temporary files takes no more: %s", error
                )
            self._held.append(data)
            return Place(-len(self._held), len(data))
        place = Place(self._end, len(data))
        self._end += len(data)
        return place

    def put_record(self, data: bytes) -> int:
        """Put bytes away with their length, for who keeps thousands of places: a number alone says where.

        Parameters
        ----------
        data : bytes

        Returns
        -------
        int
            For `record`.
        """
        return self.put(_SIZE.pack(len(data)) + data).at

    def record(self, at: int) -> bytes:
        """Return what `put_record` put at a place.

        Parameters
        ----------
        at : int

        Raises
        ------
        OSError
            The system lost it.
        """
        if at < 0:
            return self._held[-at - 1][_SIZE.size :]
        file = self._opened()
        file.seek(at)
        found = file.read(_READ)
        size = _SIZE.unpack_from(found)[0] if len(found) >= _SIZE.size else _READ
        data = found[_SIZE.size : _SIZE.size + size]
        return data if len(data) == size else data + self.get(Place(at + _SIZE.size + len(data), size - len(data)))

    def _write(self, data: bytes) -> None:
        file = self._opened()
        file.seek(self._end)
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="deskkit-", buffering=0)  # noqa: SIM115 - goes with its shelf
            weakref.finalize(self, self._file.close)
        return self._file

    def get(self, place: Place, begin: int = 0, end: int | None = None) -> bytes:
        """Return what was put at a place, or a part of it.

        Parameters
        ----------
        place : Place
        begin : int, default 0
        end : int, optional
            As of a slice.

        Raises
        ------
        OSError
            The system lost it.
        """
        end = place.size if end is None else end
        if place.at < 0:
            return self._held[-place.at - 1][begin:end]
        file = self._opened()
        file.seek(place.at + begin)
        found = file.read(end - begin)
        if len(found) < end - begin:
            raise OSError(f"Of {end - begin} bytes put away in a temporary file {len(found)} are left.")
        return found
