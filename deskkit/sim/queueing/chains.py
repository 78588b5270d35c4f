"""Small Markov chains: the states that can be reached, and how much of the time each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from deskkit.errors import FormulaError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from numpy.typing import NDArray

__all__ = ["MOST_STATES", "settled", "steady"]

MOST_STATES: Final = 3_000
"""More would take minutes: the work grows with the cube of the states."""

State = TypeVar("State", bound="Hashable")


def steady(begin: State, moves: Callable[[State], Iterable[tuple[State, float]]]) -> dict[State, float]:
    """Return the share of time a chain spends in each state in the long run.

    Parameters
    ----------
    begin : state
        Any hashable value; it must be reached again from every state reached from it.
    moves : callable
        ``moves(state)`` returns where it goes from there, and at what rate; rates of 0 are no moves.

    Returns
    -------
    dict of state to float, summing to 1

    Raises
    ------
    FormulaError
        More than `MOST_STATES` states, or a state from which nothing leads back.

    Examples
    --------
    >>> steady("idle", lambda s: [("busy", 1.0)] if s == "idle" else [("idle", 3.0)])
    {'idle': 0.75, 'busy': 0.25}
    """
    numbered, ahead = {begin: 0}, [begin]
    found: list[tuple[int, int, float]] = []
    while ahead:
        state = ahead.pop()
        for after, rate in moves(state):
            if rate <= 0 or after == state:
                continue
            if after not in numbered:
                numbered[after] = len(numbered)
                ahead.append(after)
                if len(numbered) > MOST_STATES:
                    raise FormulaError(
                        "The chain has too many states.", place="steady", expected=f"at most {MOST_STATES:,}",
                        example="fewer tabs or agents, or a simulation",
                    )  # fmt: skip
            found.append((numbered[state], numbered[after], rate))
    rates = np.zeros((len(numbered), len(numbered)))
    for one, other, rate in found:
        rates[one, other] += rate
    return dict(zip(numbered, settled(rates).tolist(), strict=True))


def settled(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the long-run shares of time from a matrix of rates; its diagonal is not looked at.

    Parameters
    ----------
    rates : array of float, square
        From row to column.

    Returns
    -------
    array of float

    Raises
    ------
    FormulaError
        From some state nothing leads back to those before it.

    Notes
    -----
    The elimination of Grassmann, Taksar & Heyman (1985): it subtracts nothing, so small shares keep all their digits.

    Examples
    --------
    >>> settled(np.array([[0.0, 1.0], [3.0, 0.0]])).tolist()
    [0.75, 0.25]
    """
    left = np.array(rates, dtype=np.float64)
    size = len(left)
    for last in range(size - 1, 0, -1):
        out = left[last, :last].sum()
        if out <= 0:
            raise FormulaError("The chain has a state from which nothing leads back.", place="settled", value=last)
        left[:last, last] /= out
        left[:last, :last] += np.outer(left[:last, last], left[last, :last])
    shares = np.ones(size)
    for state in range(1, size):
        shares[state] = shares[:state] @ left[:state, state]
    return np.asarray(shares / shares.sum(), dtype=np.float64)
