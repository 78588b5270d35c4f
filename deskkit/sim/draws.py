"""Keyed draws: a uniform number for each (seed, replication, purpose, conversation, turn), whatever was drawn before.

So all policies face the same customers with the same luck, and a further purpose shifts nothing. A draw is the mixed
counter of splitmix64 (Steele, Lea & Flood, OOPSLA 2014), computed the same for one number and for an array.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from deskkit.errors import ScenarioError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["SEEDS", "Drawn", "Key", "check_luck", "uniform", "uniforms"]

SEEDS: Final = 1 << 31  # beyond, luck would repeat itself: a key of `deskkit.desk.rules.draw` has so many values
_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB
_UNIT: Final = 2.0**-53


class Drawn(IntEnum):
    """What is drawn before a run; a further one shifts no other."""

    BUSYNESS = 1
    COUNT = 2
    INSTANT = 3
    TURNS = 4
    HANDLE = 5
    THINK = 6
    QUEUE_PATIENCE = 7
    PATIENCE = 8
    SILENT = 9
    LINE = 10
    RETURNING = 11
    WHO = 12
    TRANSFER = 13
    HELP = 14
    RATING = 15
    WORDS = 16


class Key(NamedTuple):
    """Which run: its seed and replication; `antithetic` turns every draw u into 1 - u."""

    seed: int
    replication: int = 0
    antithetic: bool = False


def check_luck(**numbers: int | None) -> None:
    """Refuse a seed or a replication that another one would repeat; what is not given is fine."""
    for name, value in numbers.items():
        if value is not None and not 0 <= value < SEEDS:
            raise ScenarioError(
                f"This is no {name}.", place=name, value=value, expected=f"0 to {SEEDS - 1:,}", example=f"{name}=7"
            )


def check_key(key: object) -> None:
    """Refuse what is no key, before a run asks it for its luck."""
    if not isinstance(key, Key) or not all(type(number) is int for number in (key.seed, key.replication)):
        raise ScenarioError(
            "This is no key.", place="key", value=str(key), expected="a seed and a replication", example="Key(7, 0)"
        )
    check_luck(seed=key.seed, replication=key.replication)


def _mixed(x: int) -> int:
    x = ((x ^ x >> 30) * _FIRST) & _MASK
    x = ((x ^ x >> 27) * _SECOND) & _MASK
    return x ^ x >> 31


def _start(key: Key, purpose: int) -> int:
    """Return the state from which the draws of a purpose are counted."""
    x = _mixed((key.seed + _GOLDEN) & _MASK)
    x = _mixed((x + key.replication * _GOLDEN + _GOLDEN) & _MASK)
    return _mixed((x + purpose * _GOLDEN + _GOLDEN) & _MASK)


def uniform(key: Key, purpose: int, conversation: int, turn: int = 0) -> float:
    """Return one draw, strictly between 0 and 1; see `uniforms`.

    Examples
    --------
    >>> uniform(Key(7), Drawn.THINK, 3, 1) == float(uniforms(Key(7), Drawn.THINK, [3], [1])[0])
    True
    """
    x = _mixed((_start(key, purpose) + conversation * _GOLDEN + _GOLDEN) & _MASK)
    x = _mixed((x + turn * _GOLDEN + _GOLDEN) & _MASK)
    u = ((x >> 12) + 0.5) * 2 * _UNIT
    return 1 - u if key.antithetic else u


def uniforms(key: Key, purpose: int, conversation: ArrayLike, turn: ArrayLike = 0) -> NDArray[np.float64]:
    """Return draws for arrays of conversations and turns, which are broadcast.

    Parameters
    ----------
    key : Key
    purpose : int
    conversation, turn : array of int
        At least 0.

    Returns
    -------
    array of float
        Strictly between 0 and 1.
    """
    golden = np.uint64(_GOLDEN)
    with np.errstate(over="ignore"):
        x = np.uint64(_start(key, purpose)) + np.asarray(conversation, dtype=np.uint64) * golden + golden
        x = _mix(_mix(x) + np.asarray(turn, dtype=np.uint64) * golden + golden)
    u = ((x >> np.uint64(12)).astype(np.float64) + 0.5) * (2 * _UNIT)
    return 1 - u if key.antithetic else u


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ x >> np.uint64(30)) * np.uint64(_FIRST)
    x = (x ^ x >> np.uint64(27)) * np.uint64(_SECOND)
    return x ^ x >> np.uint64(31)
