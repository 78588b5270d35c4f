"""What was said in each conversation; where little is asked for any more it is packed, for a desk lives for weeks."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk.events import AgentWrote, CustomerWrote, NoteWritten, SystemWrote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Messages", "Written"]

Written = CustomerWrote | AgentWrote | SystemWrote | NoteWritten
FAST: Final = 1  # of zlib's nine levels; the others save a tenth more

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Written]).decode


class Messages:
    """Messages and notes by the number of their conversation, in the order they came.

    Packed, a conversation takes a tenth of its room and is read as before; what is added to one unpacks it.

    Examples
    --------
    >>> said = Messages()
    >>> said.begin()
    >>> said.add(0, CustomerWrote(at=0, conversation="c1", message="m1", text="在吗"))
    >>> said.pack(lambda number: True)
    >>> [one.text for one in said[0]], said.count(0), len(said)
    (['在吗'], 1, 1)
    """

    def __init__(self, conversations: int = 0) -> None:
        self._of: list[list[Written] | bytes] = [[] for _ in range(conversations)]
        self._counts = [0] * conversations
        self._loose: set[int] = set()  # those of which something is kept unpacked

    def begin(self) -> None:
        """Begin a conversation, of the next number."""
        self._of.append([])
        self._counts.append(0)

    def add(self, number: int, fact: Written) -> None:
        """Add what was written in a conversation."""
        self._open(number).append(fact)
        self._counts[number] += 1

    def take_back(self, number: int) -> Written:
        """Take away what was written last in a conversation, and return it."""
        self._counts[number] -= 1
        return self._open(number).pop()

    def clear(self, number: int) -> None:
        """Forget what was said in a conversation."""
        self._of[number] = []
        self._counts[number] = 0
        self._loose.discard(number)

    def pack(self, may: Callable[[int], bool]) -> None:
        """Pack every conversation of which something lies loose, and which may be packed."""
        for number in [one for one in self._loose if may(one)]:
            self._of[number] = zlib.compress(_encode(self._open(number)), FAST)
            self._loose.discard(number)

    def _open(self, number: int) -> list[Written]:
        found = self._of[number]
        if isinstance(found, bytes):
            found = self._of[number] = _decode(zlib.decompress(found))
        self._loose.add(number)
        return found

    def __getitem__(self, number: int) -> Sequence[Written]:
        """Return what was said in a conversation."""
        found = self._of[number]
        return _decode(zlib.decompress(found)) if isinstance(found, bytes) else found

    def __iter__(self) -> Iterator[Sequence[Written]]:
        """Yield what was said in each conversation."""
        return map(self.__getitem__, range(len(self)))

    def count(self, number: int) -> int:
        """Return how much was said in a conversation."""
        return self._counts[number]

    def __len__(self) -> int:
        """Return of how many conversations."""
        return len(self._of)
