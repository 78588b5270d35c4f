"""Numbers from a key: the same on every machine and every version of Python.

Every draw of the sample comes from a hash of (seed, subject, purpose, count), never from a generator whose
methods may change between versions, and every curve is a table read with plus, minus, times and divide only.
Knows nothing of customers or conversations.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
Curve = tuple[tuple[float, float], ...]
"""Points (share, seconds) of a distribution, both rising, the first share 0 and the last 1."""


class Draw:
    """A sequence of numbers that depends on its key and on nothing else.

    Parameters
    ----------
    *key : object
        What the numbers are for; the texts of the parts are the key.

    Examples
    --------
    >>> Draw(1, "arrival").below(6) == Draw(1, "arrival").below(6)
    True
    """

    def __init__(self, *key: object) -> None:
        self._key = "/".join(str(part) for part in key).encode()
        self._count = 0

    def unit(self) -> float:
        """Return the next number in [0, 1)."""
        self._count += 1
        digest = blake2b(self._key + self._count.to_bytes(4, "big"), digest_size=8).digest()
        return (int.from_bytes(digest, "big") >> 11) / 9007199254740992.0

    def below(self, n: int) -> int:
        """Return an integer in [0, n)."""
        return int(self.unit() * n)

    def chance(self, share: float) -> bool:
        """Return true in this share of all draws."""
        return self.unit() < share

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """Return one of the items, as often as its weight says."""
        total = 0.0
        for weight in weights:  # not sum(): since Python 3.12 it adds in another way
            total += weight
        mark = self.unit() * total
        for item, weight in zip(items, weights, strict=True):
            mark -= weight
            if mark < 0:
                return item
        return items[-1]

    def along(self, curve: Curve) -> int:
        """Return milliseconds from a distribution given as points (share, seconds)."""
        at = self.unit()
        left, low = curve[0]
        for right, high in curve[1:]:
            if at < right:
                return int((low + (high - low) * (at - left) / (right - left)) * 1000)
            left, low = right, high
        return int(low * 1000)
