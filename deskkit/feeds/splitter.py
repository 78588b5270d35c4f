"""Where the records of a JSON text begin and end, found by counting brackets outside texts.

Nothing is parsed, so a record that is no good JSON costs itself alone, and what is held is one record and a
chunk. This module knows neither files nor products.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["CHUNK", "KEPT", "LONGEST", "NESTED", "Piece", "split"]

LONGEST: Final = 16 << 20
"""Bytes of one record (a conversation with all its messages) that are accepted."""

NESTED: Final = 32
"""Levels of lists and objects within one record that are accepted."""

KEPT: Final = 64 << 10
"""Bytes kept of what is no record."""

CHUNK: Final = 1 << 20

_PAGE_DEPTH: Final = 2
_DEEPEST: Final = 1_000  # past this a file is no data but an attack

# Everything up to and with the next bracket that is not inside a text; possessive, hence linear.
# Groups are greedy, not possessive: Python 3.11.2, Debian's, gets those wrong. What they hold cannot match otherwise.
_TOKEN: Final = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*")*([{}\[\]])', re.DOTALL)
_PLAIN: Final = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*")*', re.DOTALL)
_SCALAR: Final = re.compile(rb'"(?:[^"\\]++|\\.)*"?|[^\s,"][^,"]*+', re.DOTALL)  # between commas
_KEY: Final = re.compile(rb'"(\w{1,32})"\s*:\s*[\[{]\Z')
_CLOSER: Final = {b"{": b"}", b"[": b"]"}

# What an open bracket belongs to: a list of records, a page around such a list, a record, the rest of a page.
_LIST, _PAGE, _RECORD, _OTHER = range(4)


class Piece(NamedTuple):
    """A record, or what stood in the place of one.

    Attributes
    ----------
    place : str
        File, and line or number of the record.
    raw : bytes
        Its bytes; of what is no record at most the first `KEPT`.
    problem : str
        Why it is no record; empty for a record.
    note : str
        What had to be done to read the file as UTF-8; empty for nothing.
    """

    place: str
    raw: bytes
    problem: str = ""
    note: str = ""


def split(place: str, start: bytes, read: Callable[[int], bytes], *, lists: frozenset[bytes]) -> Iterator[Piece]:
    r"""Hand out the records of a JSON text piece by piece.

    The records are the top-level values, the elements of a top-level list, and those of the lists that stand
    under one of the keys `lists` in a top-level object; ``data.payload`` is the key of a list one object deeper.

    Parameters
    ----------
    place : str
        What to call the text.
    start : bytes
        Its beginning; `read(size)` gives what follows, empty bytes at the end.

    Examples
    --------
    >>> text = b'{"errno": 0, "result": [{"id": 1}, {"id": [}, {"id": 3}]}'
    >>> for piece in split("p", text, lambda size: b"", lists=frozenset({b"result"})):
    ...     print(piece.raw, piece.problem or "good")
    b'{"id": 1}' good
    b'{"id": [}' the brackets do not match
    b'{"id": 3}' good
    """
    return _Splitter(place, start, read, lists).pieces()


class _Splitter:
    def __init__(self, place: str, start: bytes, read: Callable[[int], bytes], lists: frozenset[bytes]) -> None:
        self._place, self._read, self._lists = place, read, lists
        self._held = start  # what is read and still needed
        self._at = 0  # how far in it brackets were counted
        self._begin = -1  # where in it the record in hand begins; -1 outside of records
        self._outer = 0  # open brackets around the record in hand
        self._problem = ""  # of the record in hand
        self._open: list[tuple[int, bytes]] = []
        self._number = 0
        self._around = b""  # the key of the object in hand within the top-level object, with a dot

    def pieces(self) -> Iterator[Piece]:
        while True:
            found = _TOKEN.match(self._held, self._at)
            if found is None:
                if self._more():
                    continue
                yield from self._end()
                return
            if self._begin < 0 and (not self._open or self._open[-1][0] == _LIST):
                yield from self._between(self._held[self._at : found.end() - 1])
            self._at = found.end()
            bracket = found[1]
            if bracket in _CLOSER:
                self._opened(bracket)
            elif (self._open and self._open[-1][1] == bracket) or self._mended(bracket):
                yield from self._closed()
            else:
                yield self._broken("the brackets do not match; what follows in the file is not read")
                return
            if len(self._open) > _DEEPEST:
                yield self._broken(f"nested deeper than {_DEEPEST} levels; what follows in the file is not read")
                return

    def _opened(self, bracket: bytes) -> None:
        parent = self._open[-1][0] if self._open else _LIST
        kind = _RECORD
        if not self._open and bracket == b"[":
            kind = _LIST
        elif parent == _LIST:
            self._begin, self._outer, self._problem = self._at - 1, len(self._open), ""
            self._number += 1
        elif self._is_page(parent, bracket):
            self._number -= parent == _RECORD  # what looked like a record is the page around them
            self._open = [(_PAGE, b"}")] * len(self._open)
            kind, self._begin = _LIST, -1
        elif parent in (_PAGE, _OTHER):
            kind = _OTHER
        self._open.append((kind, _CLOSER[bracket]))
        if self._begin >= 0 and len(self._open) - self._outer > NESTED and not self._problem:
            self._problem = f"nested deeper than {NESTED} levels"

    def _is_page(self, parent: int, bracket: bytes) -> bool:
        """Tell whether a list holds records: one in the top-level object, or in an object of that."""
        depth = len(self._open)
        if depth > _PAGE_DEPTH or parent == _OTHER or any(closer != b"}" for _, closer in self._open):
            return False
        found = _KEY.search(self._held, max(self._at - 64, 0), self._at)
        key = found[1] if found else b""
        if depth == 1:
            self._around = key + b"." if bracket == b"{" else b""
            return bracket == b"[" and key in self._lists
        return bracket == b"[" and self._around + key in self._lists

    def _mended(self, bracket: bytes) -> bool:
        """Close what was left open within the record in hand, if the bracket closes something of it."""
        closers = [closer for _, closer in self._open[self._outer :]]
        if self._begin < 0 or bracket not in closers:
            return False
        del self._open[len(self._open) - closers[::-1].index(bracket) :]
        self._problem = self._problem or "the brackets do not match"
        return True

    def _closed(self) -> Iterator[Piece]:
        kind, _ = self._open.pop()
        if kind == _RECORD and len(self._open) == self._outer:
            if self._problem:
                yield self._broken(self._problem)
            else:
                yield Piece(self._where(), self._held[self._begin : self._at])
            self._begin, self._problem = -1, ""

    def _between(self, gap: bytes) -> Iterator[Piece]:
        """Set aside what stands between records and is none: a number, a text, rubbish."""
        for rubbish in _SCALAR.findall(gap):
            self._number += 1
            yield Piece(self._where(), rubbish.rstrip()[:KEPT], "this is no object")

    def _more(self) -> bool:
        """Read on; of what is held only the record in hand is kept, and of one too long nothing."""
        if self._begin >= 0 and (plain := _PLAIN.match(self._held, self._at)):
            self._at = plain.end()
        keep = self._at if self._begin < 0 else self._begin
        if self._begin >= 0 and len(self._held) - keep > LONGEST:
            self._problem = self._problem or f"longer than {LONGEST} bytes"
            keep = self._begin = self._at
        if len(self._held) - self._at > LONGEST:
            self._problem = f"a text without end, or longer than {LONGEST} bytes"
            return False
        more = self._read(max(CHUNK, len(self._held) - self._at))
        self._held = self._held[keep:] + more
        self._at -= keep
        if self._begin >= 0:
            self._begin -= keep
        return bool(more)

    def _end(self) -> Iterator[Piece]:
        if self._open:
            yield self._broken(self._problem or "the file ends in the middle")
        else:
            yield from self._between(self._held[self._at :])

    def _broken(self, problem: str) -> Piece:
        raw = self._held[self._begin : self._at][:KEPT] if self._begin >= 0 else b""
        return Piece(self._where(), raw, problem)

    def _where(self) -> str:
        return f"{self._place}, record {max(self._number, 1)}"
