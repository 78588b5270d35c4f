"""Folded texts of conversations, searched for a word: the latest in memory, the rest put away in blocks.

A block is read at once and searched as bytes, which is quicker than looking at the conversations one by one.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk.shelf import Place, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Texts"]

BLOCK: Final = 100_000  # characters that lie loose before they are put away, a millisecond of work
_END: Final = "\n"  # of a line and of a piece, over which no word reaches
_CODE: Final = "utf-8", "surrogatepass"


class _Block(NamedTuple):
    """Pieces of texts that were put away together: of which conversation each is, in order, and where it begins.

    `gone` are those whose text was begun anew since.
    """

    place: Place
    of: array[int]
    begins: array[int]
    gone: set[int]

    def part(self, piece: int) -> tuple[int, int]:
        """Return where a piece begins and ends."""
        return self.begins[piece], self.begins[piece + 1] if piece + 1 < len(self.begins) else self.place.size


class Texts:
    r"""Lines of folded text by number.

    Examples
    --------
    >>> texts = Texts()
    >>> texts.begin(0, "c1")
    >>> texts.add(0, ["有货吗", "有"])
    >>> texts[0], texts.holding("货"), texts.holding("c1"), texts.holding("1有")
    ('c1\n有货吗\n有\n', {0}, {0}, set())
    """

    def __init__(self) -> None:
        self._loose: dict[int, list[str]] = {}
        self._size = 0  # characters that lie loose
        self._blocks: list[_Block] = []
        self._last = -1  # the highest number of a text in them
        self._shelf = Shelf()

    def begin(self, number: int, line: str) -> None:
        """Begin a text anew with a line."""
        self._size -= sum(map(len, self._loose.pop(number, ())))
        for block, piece in self._away(number):
            block.gone.add(piece)
        self.add(number, [line])

    def add(self, number: int, lines: Sequence[str]) -> None:
        """Add lines to a text; where much lies loose by now it is put away."""
        added = [line + _END for line in lines]
        self._loose.setdefault(number, []).extend(added)
        self._size += sum(map(len, added))
        if self._size >= BLOCK:
            self._put_away()

    def _put_away(self) -> None:
        loose = sorted(self._loose.items())
        texts = ["".join(lines).encode(*_CODE) for _, lines in loose]
        begins = array("q", accumulate(map(len, texts[:-1]), initial=0))
        of = array("q", (number for number, _ in loose))
        self._blocks.append(_Block(self._shelf.put(b"".join(texts)), of, begins, set()))
        self._last = max(self._last, of[-1])
        self._loose, self._size = {}, 0

    def _away(self, number: int) -> Iterator[tuple[_Block, int]]:
        for block in self._blocks if number <= self._last else ():
            piece = bisect_left(block.of, number)
            if piece < len(block.of) and block.of[piece] == number and piece not in block.gone:
                yield block, piece

    def __getitem__(self, number: int) -> str:
        """Return a text, each line with its end."""
        away = [self._shelf.get(block.place, *block.part(piece)) for block, piece in self._away(number)]
        return b"".join(away).decode(*_CODE) + "".join(self._loose.get(number, ()))

    def holding(self, word: str) -> set[int]:
        """Return the numbers of the texts in which a word occurs; a word has no line's end."""
        found = {number for number, lines in self._loose.items() if any(word in line for line in lines)}
        sought = word.encode(*_CODE)
        for block in self._blocks:
            found |= self._held(block, sought)
        return found

    def ranked(self, word: str, *, first: int) -> Iterator[dict[int, int]]:
        r"""Yield, bit by bit, the texts one of whose first lines is a word: 0, begins with it: 1, or holds it: 2.

        A text that is put away meanwhile may come twice.

        Parameters
        ----------
        word : str
        first : int
            How many lines of each text are looked at.

        Examples
        --------
        >>> texts = Texts()
        >>> for number, text in enumerate(["c1\nli na\nna", "na\nli", "c3\nnana"]):
        ...     texts.begin(number, text)
        >>> list(texts.ranked("na", first=2))
        [{0: 2, 1: 0, 2: 1}]
        """
        ranks: dict[int, int] = {}
        for number, lines in self._loose.items():
            for line in "".join(lines).split(_END, first)[:first]:
                if word in line:
                    rank = 0 if line == word else 1 if line.startswith(word) else 2
                    ranks[number] = min(rank, ranks.get(number, rank))
        yield ranks
        sought = word.encode(*_CODE)
        for block in self._blocks:
            yield self._ranked_in(block, sought, first)

    def _ranked_in(self, block: _Block, word: bytes, first: int) -> dict[int, int]:
        data, end, size = self._shelf.get(block.place), _END.encode(), len(word)
        ranks: dict[int, int] = {}
        at = data.find(word)
        while at >= 0:
            piece = bisect_right(block.begins, at) - 1
            begin, over = block.part(piece)
            if piece in block.gone or data.count(end, begin, at) >= first:
                after = over  # what stands further on in this text does not count
            else:
                after = data.find(end, at)
                is_first = at == begin or data[at - 1] == end[0]
                rank = 2 if not is_first else 1 if after - at > size else 0
                ranks[block.of[piece]] = min(rank, ranks.get(block.of[piece], rank))
            at = data.find(word, after)
        return ranks

    def _held(self, block: _Block, word: bytes) -> set[int]:
        data, found = self._shelf.get(block.place), set()
        at = data.find(word)
        while at >= 0:
            piece = bisect_right(block.begins, at) - 1
            if piece not in block.gone:
                found.add(block.of[piece])
            at = data.find(word, block.part(piece)[1])
        return found
