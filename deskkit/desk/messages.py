"""What was said in each conversation. The latest lies in memory; what was said before is put away, packed.

A desk lives for weeks and is asked for little of what was said: in memory stays what rows are drawn of.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from functools import reduce
from itertools import chain, islice, takewhile
from operator import or_
from typing import TYPE_CHECKING, Final, NamedTuple, overload

import msgspec

from deskkit.desk import columns as k
from deskkit.desk.events import AgentWrote, CustomerWrote, NoteWritten, SystemWrote
from deskkit.desk.shelf import Place, Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["ANYBODY", "ASKED", "AUTOMATIC", "BY_HAND", "NOTED", "Messages", "Said", "Written"]

Written = CustomerWrote | AgentWrote | SystemWrote | NoteWritten
TAIL: Final = 8  # messages of an open conversation that stay: its row shows the last of them
TOGETHER: Final = 16  # messages that are packed together; more would save little, and more would lie loose
ASKED: Final = 1  # who wrote: the customer,
BY_HAND: Final = 2  # an agent by hand,
AUTOMATIC: Final = 4  # a machine,
NOTED: Final = 8  # an agent, a note that no customer sees
ANYBODY: Final = ASKED | BY_HAND | AUTOMATIC  # in what a customer sees
FAST: Final = 1  # of zlib's nine levels; the others save a tenth more

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Written]).decode
_NOWHERE: Final = -(2**63)  # no place on a shelf


class _Pack(NamedTuple):
    """Messages that were put away together: where, the number behind their last, and who wrote any of them.

    So many are the customer's, the first and the last of them so late: who counts what is unread need not read them.
    """

    place: Place
    upto: int
    who: int
    asked: int
    first: int
    last: int


_decode_packs = msgspec.msgpack.Decoder(tuple[_Pack, ...]).decode


class Said(Sequence[Written]):
    """What was said in a conversation, in the order it came; what was put away is read when it is asked for."""

    def __init__(self, packs: Sequence[_Pack], tail: Sequence[Written], read: Callable[[_Pack], list[Written]]) -> None:
        self._packs, self._tail, self._read = packs, tail, read
        self._begin = packs[-1].upto if packs else 0  # of the tail

    def __len__(self) -> int:
        return self._begin + len(self._tail)

    @overload
    def __getitem__(self, which: int) -> Written: ...
    @overload
    def __getitem__(self, which: slice) -> list[Written]: ...
    def __getitem__(self, which: int | slice) -> Written | list[Written]:
        """Return a message, or some."""
        if isinstance(which, slice):
            begin, end, step = which.indices(len(self))
            return list(islice(self.forth(begin=begin), max(0, end - begin))) if step == 1 else list(self)[which]
        at = which + len(self) if which < 0 else which
        if not 0 <= at < len(self):
            raise IndexError(which)
        return next(self.forth(begin=at))

    def forth(self, *, begin: int = 0) -> Iterator[Written]:
        """Yield what was said from a message on."""
        for pack in self._packs[bisect_right(self._packs, begin, key=_behind) :]:
            yield from _from(begin, self._read(pack), pack.upto)
        yield from _from(begin, self._tail, len(self))

    def __iter__(self) -> Iterator[Written]:
        return self.forth()

    def __reversed__(self) -> Iterator[Written]:
        return self.back()

    def back(self, who: int = ANYBODY | NOTED, *, begin: int = 0) -> Iterator[Written]:
        """Yield what some wrote from a message on, the latest first; what holds nothing of theirs is not read."""
        packs = takewhile(lambda pack: pack.upto > begin, reversed(self._packs))
        put_away = ((self._read(pack), pack.upto) for pack in packs if pack.who & who)
        for written, upto in chain([(self._tail, len(self))], put_away):
            yield from (one for one in reversed(_from(begin, written, upto)) if _who(one) & who)

    def by_hand(self, *, begin: int = 0) -> Iterator[AgentWrote]:
        """Yield what agents wrote by hand from a message on, the latest first."""
        return (one for one in self.back(BY_HAND, begin=begin) if isinstance(one, AgentWrote))

    def asked_after(self, at: int) -> Iterator[CustomerWrote]:
        """Yield what the customer wrote later than an instant, milliseconds, the first before the others."""
        packs = (self._read(pack) for pack in self._packs if pack.last > at)
        return _asked_after(chain(chain.from_iterable(packs), self._tail), at)

    def unread(self, seen: int) -> int:
        """Return how much the customer wrote later than an instant, milliseconds."""
        packs = (
            pack.asked if pack.first > seen else _count(_asked_after(self._read(pack), seen))
            for pack in self._packs
            if pack.last > seen
        )
        return sum(packs) + _count(_asked_after(self._tail, seen))


class Messages:
    """Messages and notes by the number of their conversation, in the order they came.

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
        self._tails: dict[int, list[Written]] = {}
        self._packs: dict[int, tuple[_Pack, ...]] = {}  # but of those that rest
        self._upto = array("q", [0]) * conversations  # of each conversation, the number behind its last pack
        self._listed = array("q", [_NOWHERE]) * conversations  # of one that rests, where its packs are listed
        self._taken: dict[int, int] = {}
        self.loose = 0  # how many were added since something was put away
        self._loose: set[int] = set()  # those whose tail may hold what can be packed
        self._shelf = Shelf()
        self._latest: tuple[Place, list[Written]] | None = None  # what was unpacked last

    def begin(self) -> None:
        """Begin a conversation, of the next number."""
        self._upto.append(0)
        self._listed.append(_NOWHERE)

    def add(self, number: int, fact: Written) -> None:
        """Add what was written in a conversation."""
        self._tails.setdefault(number, []).append(fact)
        self._loose.add(number)
        self.loose += 1

    def take_back(self, number: int) -> Written:
        """Take away what was written last in a conversation, and return it."""
        if not self._tails.get(number):
            *before, last = self._packs_of(number)
            self._keep(number, tuple(before))
            self._tails[number] = list(self._read(last))
            self._loose.add(number)
        self._taken[number] = self.taken(number) + 1
        return self._tails[number].pop()

    def clear(self, number: int) -> None:
        """Forget what was said in a conversation."""
        self._keep(number, ())
        self._tails.pop(number, None)
        self._taken[number] = self.taken(number) + 1
        self._loose.discard(number)

    def pack(self, rests: Callable[[int], bool]) -> None:
        """Put away what lies loose: of a conversation that rests all, of others all but the latest messages."""
        self.loose = 0
        for number in list(self._loose):
            tail, all_of_it = self._tails.pop(number, []), rests(number)
            while tail and (all_of_it or len(tail) >= TAIL + TOGETHER):
                self._put_away(number, tail[:TOGETHER])
                tail = tail[TOGETHER:]
            if tail:
                self._tails[number] = tail
            if all_of_it:
                self._loose.discard(number)
                self._list(number)

    def _put_away(self, number: int, written: list[Written]) -> None:
        packs = self._packs_of(number)
        place = self._shelf.put(zlib.compress(_encode(written), FAST))
        asked = [one.at for one in written if isinstance(one, CustomerWrote)]
        first, last = min(asked, default=k.NEVER), max(asked, default=k.NEVER)
        upto = (packs[-1].upto if packs else 0) + len(written)
        who = reduce(or_, map(_who, written))
        self._keep(number, (*packs, _Pack(place, upto, who, len(asked), first, last)))

    def _packs_of(self, number: int) -> tuple[_Pack, ...]:
        at = self._listed[number]
        return self._packs.get(number, ()) if at == _NOWHERE else _decode_packs(self._shelf.record(at))

    def _keep(self, number: int, packs: tuple[_Pack, ...]) -> None:
        self._listed[number] = _NOWHERE
        self._upto[number] = packs[-1].upto if packs else 0
        self._packs[number] = packs

    def _list(self, number: int) -> None:
        """Put away too which packs a conversation that rests has."""
        packs = self._packs.pop(number, ())
        if packs:
            self._listed[number] = self._shelf.put_record(_encode(packs))

    def _read(self, pack: _Pack) -> list[Written]:
        if self._latest is None or self._latest[0] != pack.place:
            self._latest = pack.place, _decode(zlib.decompress(self._shelf.get(pack.place)))
        return self._latest[1]

    def __getitem__(self, number: int) -> Said:
        """Return what was said in a conversation; as it stands now, until something is added."""
        return Said(self._packs_of(number), self._tails.get(number, ()), self._read)

    def __iter__(self) -> Iterator[Said]:
        """Yield what was said in each conversation."""
        return map(self.__getitem__, range(len(self)))

    def count(self, number: int) -> int:
        """Return how much was said in a conversation."""
        return len(self._tails.get(number, ())) + self._upto[number]

    def taken(self, number: int) -> int:
        """Return how often something was taken away from a conversation: until it is, more is only added."""
        return self._taken.get(number, 0)

    def __len__(self) -> int:
        """Return of how many conversations."""
        return len(self._upto)


def _from(begin: int, written: Sequence[Written], upto: int) -> Sequence[Written]:
    """Return those written from a message on, of some that end before another."""
    return written[max(0, begin - upto + len(written)) :]


def _who(one: Written) -> int:
    """Return who wrote a message or note."""
    match one:
        case CustomerWrote():
            return ASKED
        case AgentWrote(automatic=False):
            return BY_HAND
        case NoteWritten():
            return NOTED
    return AUTOMATIC


def _asked_after(written: Iterable[Written], at: int) -> Iterator[CustomerWrote]:
    return (one for one in written if isinstance(one, CustomerWrote) and one.at > at)


def _count(written: Iterable[Written]) -> int:
    return sum(1 for _ in written)


def _behind(pack: _Pack) -> int:
    return pack.upto
