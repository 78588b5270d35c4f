"""Whole desks: conversations of several turns come, take tabs, are answered and go; and two groups with overflow.

`turns` is the mean number of replies of a conversation; their number is geometric. Times to handle and to think are
exponential.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import special

from deskkit.errors import FormulaError
from deskkit.sim.queueing.chains import settled, steady
from deskkit.sim.queueing.checks import positive, stable, whole
from deskkit.sim.queueing.erlang import mmc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

__all__ = ["Desk", "Overflow", "desk_with_loss", "desk_with_queue", "open_desk", "overflow"]

_TINY: Final = 1e-15
_LONGEST: Final = 1 << 17


class Desk(NamedTuple):
    """A desk.

    Attributes
    ----------
    p_lost, p_wait, p_abandon : float
        Shares of all conversations turned away; that wait for a tab; whose customer leaves before one is free.
    wait : float
        Mean wait for a tab, of all who come.
    occupancy : float
        Share of an agent's time spent answering.
    reply : float
        Mean time from a message to its reply, the wait for a tab apart.
    tabs : float
        Mean number open.
    duration : float
        Mean time from the tab to the last reply.
    """

    p_lost: float
    p_wait: float
    p_abandon: float
    wait: float
    occupancy: float
    reply: float
    tabs: float
    duration: float


class Overflow(NamedTuple):
    """Specialists, and generalists who also take what specialists cannot.

    Attributes
    ----------
    p_lost_first, p_lost_second : float
        Shares turned away, of the kind that specialists take and of the other.
    specialists, generalists : float
        Occupancy.
    """

    p_lost_first: float
    p_lost_second: float
    specialists: float
    generalists: float


def open_desk(arrivals: float, *, turns: float, handle: float, think: float, agents: int = 1) -> Desk:
    """Return a desk without a limit on tabs, where every agent answers whichever message waits longest.

    Parameters
    ----------
    arrivals : float
        Conversations per unit of time.
    turns : float
        At least 1.
    handle, think : float
    agents : int

    Returns
    -------
    Desk

    Raises
    ------
    FormulaError
        More messages than agents can answer, or a number that means nothing.

    Notes
    -----
    A Jackson network: the agents see M/M/c with rate lambda m, and a conversation lasts m R + (m - 1) Z.

    Examples
    --------
    >>> found = open_desk(0.01, turns=4, handle=20.0, think=60.0)
    >>> round(found.reply, 6), round(found.duration, 6), round(found.tabs, 6)
    (100.0, 580.0, 5.8)
    """
    _check(arrivals, turns, handle, think)
    agent = mmc(arrivals * turns, handle=handle, agents=agents)
    duration = turns * agent.stay + (turns - 1) * think
    return Desk(
        p_lost=0.0, p_wait=0.0, p_abandon=0.0, wait=0.0, occupancy=agent.occupancy, reply=agent.stay,
        tabs=arrivals * duration, duration=duration,
    )  # fmt: skip


def desk_with_loss(arrivals: float, *, turns: float, handle: float, think: float, cap: int) -> Desk:
    """Return one agent with at most `cap` tabs, who turns away whoever comes when all are taken.

    Parameters
    ----------
    arrivals : float
        Conversations per unit of time, before any is turned away.
    turns : float
        At least 1.
    handle, think : float
    cap : int

    Returns
    -------
    Desk

    Raises
    ------
    FormulaError

    Notes
    -----
    Product form: p(i at the agent, j thinking) in proportion to (lambda m S)^i (lambda (m - 1) Z)^j / j!, i + j <= N.

    Examples
    --------
    >>> found = desk_with_loss(1 / 120, turns=5, handle=20.0, think=60.0, cap=3)
    >>> round(found.p_lost, 10), round(found.duration, 7)
    (0.3774182202, 387.4576271)
    """
    _check(arrivals, turns, handle, think)
    whole(cap=cap)
    i, j = (grid.ravel() for grid in np.indices((cap + 1, cap + 1)))
    i, j = i[i + j <= cap], j[i + j <= cap]
    thinking = arrivals * (turns - 1) * think
    logs = i * np.log(arrivals * turns * handle) + special.xlogy(j, thinking) - special.gammaln(j + 1)
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    lost = float(chance[i + j == cap].sum())
    accepted = arrivals * (1 - lost)
    open_tabs = float(chance @ (i + j))
    return Desk(
        p_lost=lost, p_wait=0.0, p_abandon=0.0, wait=0.0, occupancy=float(chance[i > 0].sum()),
        reply=float(chance @ i) / (accepted * turns), tabs=open_tabs, duration=open_tabs / accepted,
    )  # fmt: skip


def desk_with_queue(
    arrivals: float, *, turns: float, handle: float, think: float, cap: int, patience: float | None = None
) -> Desk:
    """Return one agent with at most `cap` tabs, for one of which customers wait.

    Parameters
    ----------
    arrivals : float
        Conversations per unit of time.
    turns : float
        At least 1.
    handle, think : float
    cap : int
    patience : float, optional
        Mean exponential time after which a customer without a tab leaves; None waits for ever.

    Returns
    -------
    Desk

    Raises
    ------
    FormulaError
        Nobody leaves and the queue would grow without end; a number means nothing.

    Notes
    -----
    A chain on (queue, tabs at the agent), the other tabs thinking, solved level by level from a queue so long that it
    never occurs (Neuts 1981; linear level reduction). A conversation ends with each reply with probability 1 / m, and
    the first of the queue takes its tab at once.

    Examples
    --------
    >>> found = desk_with_queue(1 / 200, turns=5, handle=20.0, think=60.0, cap=3)
    >>> round(found.wait, 7), round(found.reply, 8), round(found.duration, 7)
    (201.6232568, 30.36161546, 391.8080773)
    """
    _check(arrivals, turns, handle, think)
    whole(cap=cap)
    if patience is not None:
        positive(patience=patience)
    inner, up, down = _full(arrivals, turns, handle, think, cap)
    if patience is None:
        busy = float(settled(inner + down)[1:].sum()) if turns > 1 else 1.0  # without thinking all tabs want a reply
        stable(arrivals * handle * turns / busy, place="arrivals / what the tabs can bear")
    longest = 64
    while True:
        ratios = _ratios(inner, up, down, longest, 0.0 if patience is None else 1 / patience)
        free, levels = _levels(arrivals, turns, handle, think, cap, ratios, down, patience)
        if levels[-1].sum() < _TINY or longest > _LONGEST:
            break
        longest *= 2
    full = levels.sum(axis=0)
    queue = float(levels.sum(axis=1) @ np.arange(len(levels)))
    abandon = 0.0 if patience is None else queue / patience / arrivals
    served = arrivals * (1 - abandon)
    at_agent = float(sum(share * i for (i, _), share in free.items()) + full @ np.arange(cap + 1))
    open_tabs = float(sum(share * (i + j) for (i, j), share in free.items()) + cap * full.sum())
    return Desk(
        p_lost=0.0, p_wait=float(full.sum()), p_abandon=abandon, wait=queue / arrivals,
        occupancy=float(sum(share for (i, _), share in free.items() if i) + full[1:].sum()),
        reply=at_agent / (served * turns), tabs=open_tabs, duration=open_tabs / served,
    )  # fmt: skip


def overflow(first: float, second: float, *, handle: float, specialists: int, generalists: int) -> Overflow:
    """Return two groups without a queue, where one kind of customer overflows from specialists to generalists.

    Parameters
    ----------
    first : float
        Per unit of time, who go to specialists, and to generalists when those are all busy.
    second : float
        Who only generalists serve.
    handle : float
        Mean exponential time to handle, of either.
    specialists, generalists : int
        Agents.

    Returns
    -------
    Overflow

    Raises
    ------
    FormulaError

    Notes
    -----
    A chain on (busy specialists, busy generalists). What overflows comes in bursts, so Erlang B does not hold.

    Examples
    --------
    >>> found = overflow(3.0, 2.0, handle=1.0, specialists=3, generalists=3)
    >>> round(found.p_lost_first, 10), round(found.p_lost_second, 10)
    (0.1480900569, 0.3367347245)
    """
    positive(first=first, second=second, handle=handle)
    whole(specialists=specialists, generalists=generalists)

    def moves(at: tuple[int, int]) -> Iterator[tuple[tuple[int, int], float]]:
        one, other = at
        if one < specialists:
            yield (one + 1, other), first
        if other < generalists:
            yield (one, other + 1), second + (first if one == specialists else 0.0)
        if one:
            yield (one - 1, other), one / handle
        if other:
            yield (one, other - 1), other / handle

    shares = steady((0, 0), moves)
    return Overflow(
        p_lost_first=shares[specialists, generalists],
        p_lost_second=sum(share for (_, other), share in shares.items() if other == generalists),
        specialists=sum(share * one for (one, _), share in shares.items()) / specialists,
        generalists=sum(share * other for (_, other), share in shares.items()) / generalists,
    )


def _check(arrivals: float, turns: float, handle: float, think: float) -> None:
    positive(arrivals=arrivals, handle=handle, think=think)
    if not (np.isfinite(turns) and turns >= 1):
        raise FormulaError(
            "A conversation has one reply at least.", place="turns", value=turns, expected="at least 1",
            example="turns=5",
        )  # fmt: skip


def _full(arrivals: float, turns: float, handle: float, think: float, cap: int) -> tuple[Matrix, Matrix, Matrix]:
    """Return rates between numbers at the agent when all tabs are taken: same queue, one more, one less waiting."""
    size = cap + 1
    inner, down = np.zeros((size, size)), np.zeros((size, size))
    for i in range(size):
        if i < cap:
            inner[i, i + 1] = (cap - i) / think
        if i:
            inner[i, i - 1] = (1 - 1 / turns) / handle
            down[i, i] = 1 / (turns * handle)  # one goes, the first of the queue is at the agent at once
    return inner, arrivals * np.eye(size), down


def _ratios(inner: Matrix, up: Matrix, down: Matrix, longest: int, leaving: float) -> list[Matrix]:
    """Return the matrices that lead from each queue to the next longer one, queue 0 to 1 first."""
    found: list[Matrix] = []
    size = len(inner)
    below = np.zeros((size, size))
    for queue in range(longest, 0, -1):
        out = inner.sum(axis=1) + down.sum(axis=1) + queue * leaving + (up.sum(axis=1) if queue < longest else 0.0)
        stays = np.diag(out) - inner - below
        ratio = np.asarray(np.linalg.solve(stays.T, up.T).T, dtype=np.float64)
        found.append(ratio)
        below = ratio @ (down + queue * leaving * np.eye(size))
    return found[::-1]


def _levels(
    arrivals: float,
    turns: float,
    handle: float,
    think: float,
    cap: int,
    ratios: list[Matrix],
    down: Matrix,
    patience: float | None,
) -> tuple[dict[tuple[int, int], float], Matrix]:
    """Return the shares of time with a tab free, by (at the agent, thinking), and of full desks by queue."""
    leaving = 0.0 if patience is None else 1 / patience
    back = ratios[0] @ (down + leaving * np.eye(cap + 1))  # from a full desk through queues to a full desk without one

    def moves(at: tuple[int, int]) -> Iterator[tuple[tuple[int, int], float]]:
        i, j = at
        if j:
            yield (i + 1, j - 1), j / think
        if i:
            yield (i - 1, j), 1 / (turns * handle)
            yield (i - 1, j + 1), (1 - 1 / turns) / handle
        if i + j < cap:
            yield (i + 1, j), arrivals
        else:
            yield from (((after, cap - after), float(back[i, after])) for after in range(cap + 1))

    shares = steady((0, 0), moves)
    level = np.array([shares.get((i, cap - i), 0.0) for i in range(cap + 1)])
    levels = [level]
    for ratio in ratios:
        level = level @ ratio
        levels.append(level)
    whole_levels = np.array(levels)
    total = sum(share for (i, j), share in shares.items() if i + j < cap) + whole_levels.sum()
    free = {state: share / total for state, share in shares.items() if sum(state) < cap}
    return free, whole_levels / total
