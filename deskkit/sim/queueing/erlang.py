"""Telephone queues: waiting without end (Erlang C), with a limit (M/M/c/K, Erlang B), with patience (Erlang A)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import special

from deskkit.sim.queueing.checks import positive, stable, unless_negative, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Abandoning", "Limited", "Waiting", "erlang_a", "erlang_b", "erlang_c", "mmc", "mmck"]

_TINY: Final = 1e-18  # of the most likely state: what comes after no longer shows in ten digits


class Waiting(NamedTuple):
    """A queue in which everybody waits until served.

    Attributes
    ----------
    p_wait : float
        Share who wait at all.
    queue, wait : float
        Mean number waiting; mean wait of all.
    present, stay : float
        Mean number waiting or in service; mean time from arrival to the end of service.
    occupancy : float
        Share of their time that agents handle.
    clearing : float
        Rate at which the queue's wait fades: P(wait > t) = p_wait exp(-clearing t).
    """

    p_wait: float
    queue: float
    wait: float
    present: float
    stay: float
    occupancy: float
    clearing: float

    def within(self, time: float) -> float:
        """Return the share who wait at most `time`."""
        unless_negative(time=time)
        return 1 - self.p_wait * math.exp(-self.clearing * time)


class Limited(NamedTuple):
    """A queue that turns away who finds it full; waits and stays are of those accepted.

    Attributes
    ----------
    empty, p_block : float
        Share of time without anybody; share turned away.
    present, queue : float
        Mean numbers there; waiting.
    stay, wait : float
    occupancy : float
    """

    empty: float
    p_block: float
    present: float
    queue: float
    stay: float
    wait: float
    occupancy: float


class Abandoning(NamedTuple):
    """A queue whose customers leave when their patience ends.

    Attributes
    ----------
    p_wait, p_abandon : float
        Shares of all who wait at all; who leave unserved.
    queue, wait : float
        Mean number waiting; mean wait of all, served or not.
    wait_served, wait_abandoned : float
        Mean wait of those served; of those who left.
    occupancy : float
    served_within, waits_longer : float
        Share of all served after at most the time asked for; share who still wait then.
    """

    p_wait: float
    p_abandon: float
    queue: float
    wait: float
    wait_served: float
    wait_abandoned: float
    occupancy: float
    served_within: float
    waits_longer: float


def erlang_b(load: float, agents: int) -> float:
    """Return the share turned away where nobody waits (M/G/c/c).

    Parameters
    ----------
    load : float
        Arrivals x mean time to handle.
    agents : int
        0 turns everybody away.

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    FormulaError
        A load of 0 or less, a number of agents that is none.

    Notes
    -----
    B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1)): the recursion of Jagerman (1974), without factorials. The law of the
    time to handle does not matter, only its mean.

    Examples
    --------
    >>> round(erlang_b(8.0, 10), 10)
    0.1216610643
    """
    positive(load=load)
    whole(0, agents=agents)
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """Return the share who wait where everybody does until served (M/M/c).

    Parameters
    ----------
    load : float
        Arrivals x mean time to handle; below `agents`.
    agents : int

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    FormulaError
        As much load as agents, or more; a senseless number.

    Notes
    -----
    C = c B / (c - a (1 - B)), with Erlang's B (Gans, Koole & Mandelbaum 2003, section 2).

    Examples
    --------
    >>> round(erlang_c(8.0, 10), 10)
    0.4091801508
    """
    whole(agents=agents)
    blocked = erlang_b(load, agents)
    stable(load, agents)
    return agents * blocked / (agents - load * (1 - blocked))


def mmc(arrivals: float, *, handle: float, agents: int = 1) -> Waiting:
    """Return a queue with exponential times whose customers wait until served (M/M/c, "Erlang C").

    Parameters
    ----------
    arrivals : float
        Per unit of time.
    handle : float
        Mean time to handle.
    agents : int

    Returns
    -------
    Waiting

    Raises
    ------
    FormulaError
        The queue would grow without end, or a number means nothing.

    Notes
    -----
    Wq = C / (c mu - lambda); lengths by Little's law (Gans, Koole & Mandelbaum 2003, section 2).

    Examples
    --------
    >>> found = mmc(0.8, handle=1.0)
    >>> round(found.wait, 9), round(found.within(5.0), 10)
    (4.0, 0.7056964471)
    """
    positive(arrivals=arrivals, handle=handle)
    load = arrivals * handle
    p_wait = erlang_c(load, agents)
    clearing = agents / handle - arrivals
    wait = p_wait / clearing
    return Waiting(
        p_wait=p_wait, queue=arrivals * wait, wait=wait, present=arrivals * (wait + handle), stay=wait + handle,
        occupancy=load / agents, clearing=clearing,
    )  # fmt: skip


def mmck(arrivals: float, *, handle: float, agents: int, room: int) -> Limited:
    """Return a queue that turns away who finds `room` customers there (M/M/c/K).

    Parameters
    ----------
    arrivals : float
        Per unit of time, before anybody is turned away.
    handle : float
    agents : int
    room : int
        Customers at most, waiting or in service; at least `agents`.

    Returns
    -------
    Limited

    Raises
    ------
    FormulaError

    Notes
    -----
    p(n) in proportion to the product over i <= n of lambda / (min(i, c) mu) (Kleinrock 1975, section 3).

    Examples
    --------
    >>> round(mmck(50.0, handle=0.1, agents=4, room=6).p_block, 10)
    0.2935429935
    """
    positive(arrivals=arrivals, handle=handle)
    whole(agents=agents)
    whole(agents, room=room)
    n = np.arange(room + 1)
    chance = _normed(math.log(arrivals * handle) - np.log(np.minimum(n[1:], agents)))
    accepted = arrivals * (1 - chance[-1])
    present, queue = float(chance @ n), float(chance @ np.maximum(n - agents, 0))
    return Limited(
        empty=float(chance[0]), p_block=float(chance[-1]), present=present, queue=queue,
        stay=float(present / accepted), wait=float(queue / accepted), occupancy=float(accepted * handle / agents),
    )  # fmt: skip


def erlang_a(arrivals: float, *, handle: float, agents: int, patience: float, within: float = 0.0) -> Abandoning:
    """Return a queue whose customers leave when an exponential patience ends (M/M/c+M, "Erlang A").

    Parameters
    ----------
    arrivals : float
        Per unit of time; there is no limit, for who does not get served leaves.
    handle : float
    agents : int
    patience : float
        Its mean.
    within : float
        Time that `served_within` and `waits_longer` ask for.

    Returns
    -------
    Abandoning

    Raises
    ------
    FormulaError

    Notes
    -----
    A birth and death chain with death rate min(n, c) mu + (n - c)+ theta (Palm 1957; Garnett, Mandelbaum & Reiman
    2002). Who finds j waiting would wait V = sum over i <= j of Exp(c mu + i theta), and exp(-theta V) is
    Beta(c mu / theta, j + 1), which gives the waits by outcome in closed form.

    Examples
    --------
    >>> found = erlang_a(12.0, handle=1.0, agents=10, patience=2.0)
    >>> round(found.p_abandon, 9), round(found.wait_served, 9)
    (0.195655944, 0.400833695)
    """
    positive(arrivals=arrivals, handle=handle, patience=patience)
    unless_negative(within=within)
    whole(agents=agents)
    chance = _impatient(arrivals, handle, agents, patience)
    busy = chance[agents:]
    ahead = np.arange(len(busy))
    a = agents * patience / handle
    served = a / (a + ahead + 1)
    queue = float(busy @ ahead)
    abandon = queue / (patience * arrivals)
    served_wait = float(busy @ (served * patience * (special.digamma(a + ahead + 2) - special.digamma(a + 1))))
    left = math.exp(-within / patience)
    return Abandoning(
        p_wait=float(busy.sum()), p_abandon=abandon, queue=queue, wait=queue / arrivals,
        wait_served=served_wait / (1 - abandon),
        wait_abandoned=(queue / arrivals - served_wait) / abandon if abandon else math.nan,
        occupancy=arrivals * (1 - abandon) * handle / agents,
        served_within=float(
            chance[:agents].sum() + busy @ (served * special.betaincc(a + 1, ahead + 1, left))
        ),
        waits_longer=float(busy @ special.betainc(a, ahead + 1, left)) * left,
    )  # fmt: skip


def _impatient(arrivals: float, handle: float, agents: int, patience: float) -> NDArray[np.float64]:
    """Return the chances of numbers present, as far as they matter."""
    states = 2 * agents + 64
    while True:
        n = np.arange(1, states)
        ratios = math.log(arrivals) - np.log(np.minimum(n, agents) / handle + np.maximum(n - agents, 0) / patience)
        chance = _normed(ratios)
        if chance[-1] < _TINY * chance.max() and ratios[-1] < 0:
            return chance
        states *= 2


def _normed(ratios: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return chances whose successive ratios have these logarithms."""
    logs = np.concatenate([[0.0], np.cumsum(ratios)])
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum(), dtype=np.float64)
