"""One after the other, but not all alike: general times to handle, levels, levels that rise with age, late notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deskkit.errors import FormulaError
from deskkit.sim.queueing.checks import positive, stable, unless_negative, whole
from deskkit.sim.queueing.erlang import Waiting, erlang_c

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Flow",
    "accumulating",
    "conserved",
    "mg1",
    "noticed_late",
    "preemptive",
    "priority",
    "priority_agents",
]


class Flow(NamedTuple):
    """Customers of one level.

    Attributes
    ----------
    arrivals : float
        Per unit of time.
    handle : float
        Mean time to handle.
    cv : float
        Its standard deviation divided by its mean: 1 exponential, 0 constant.
    """

    arrivals: float
    handle: float
    cv: float = 1.0

    @property
    def load(self) -> float:
        """Agents' worth of work."""
        return self.arrivals * self.handle

    @property
    def residual(self) -> float:
        """What is left, on average over time, of the one in service: lambda E[S^2] / 2."""
        return self.arrivals * self.handle**2 * (1 + self.cv**2) / 2


def mg1(arrivals: float, *, handle: float, cv: float = 1.0) -> Waiting:
    """Return a queue before one agent with any law of the time to handle (M/G/1).

    Parameters
    ----------
    arrivals, handle, cv : float
        As in `Flow`.

    Returns
    -------
    Waiting
        `clearing` is nan, for the wait's law depends on more than two moments.

    Raises
    ------
    FormulaError
        The queue would grow without end, or a number means nothing.

    Notes
    -----
    Wq = lambda E[S^2] / (2 (1 - rho)): Pollaczek and Khinchine (Kleinrock 1975, section 5.6).

    Examples
    --------
    >>> round(mg1(0.7, handle=1.0, cv=1.2).wait, 9)
    2.846666667
    """
    only = Flow(arrivals, handle, cv)
    (wait,) = priority([only])
    return Waiting(
        p_wait=only.load, queue=arrivals * wait, wait=wait, present=arrivals * (wait + handle), stay=wait + handle,
        occupancy=only.load, clearing=float("nan"),
    )  # fmt: skip


def priority(flows: Sequence[Flow]) -> tuple[float, ...]:
    """Return the mean wait of each level before one agent, who ends what is begun (M/G/1, non-preemptive).

    Parameters
    ----------
    flows : sequence of Flow
        The first is served first; within a level first come, first served.

    Returns
    -------
    tuple of float, one for each level

    Raises
    ------
    FormulaError

    Notes
    -----
    W_k = W0 / ((1 - s_{k-1}) (1 - s_k)), W0 = sum lambda_i E[S_i^2] / 2, s_k the load of levels 1 to k
    (Cobham 1954).

    Examples
    --------
    >>> waits = priority([Flow(0.2, 1.0), Flow(0.3, 0.8, 1.2), Flow(0.25, 1.2, 0.0)])
    >>> [round(wait, 9) for wait in waits]
    [0.7678, 1.371071429, 4.218681319]
    """
    _check(flows)
    return _cobham(sum(flow.residual for flow in flows), [flow.load for flow in flows])


def priority_agents(arrivals: Sequence[float], *, handle: float, agents: int) -> tuple[float, ...]:
    """Return the mean wait of each level before several agents (M/M/c, non-preemptive, one time to handle).

    Parameters
    ----------
    arrivals : sequence of float
        Per unit of time; the first level is served first.
    handle : float
        Mean of the exponential time to handle, the same for all levels.
    agents : int

    Returns
    -------
    tuple of float, one for each level

    Raises
    ------
    FormulaError

    Notes
    -----
    W_k = (C / (c mu)) / ((1 - s_{k-1}) (1 - s_k)) (Cobham 1954; Kella & Yechiali 1985).

    Examples
    --------
    >>> [round(wait, 9) for wait in priority_agents([1.0, 1.5, 1.5], handle=1.0, agents=5)]
    [0.138528139, 0.277056277, 1.108225108]
    """
    whole(agents=agents)
    flows = [Flow(rate, handle) for rate in arrivals]
    _check(flows, agents)
    waiting = erlang_c(sum(flow.load for flow in flows), agents)
    return _cobham(waiting * handle / agents, [flow.load / agents for flow in flows])


def preemptive(flows: Sequence[Flow]) -> tuple[float, ...]:
    """Return the mean stay of each level where a higher one interrupts, and is resumed after (M/G/1).

    Parameters
    ----------
    flows : sequence of Flow
        The first goes first.

    Returns
    -------
    tuple of float
        Time from arrival to the end of service, interruptions within it.

    Raises
    ------
    FormulaError

    Notes
    -----
    T_k = E[S_k] / (1 - s_{k-1}) + (sum over i <= k of lambda_i E[S_i^2] / 2) / ((1 - s_{k-1}) (1 - s_k))
    (Kleinrock 1976, section 3.4). Lower levels do not exist for higher ones.

    Examples
    --------
    >>> [round(stay, 6) for stay in preemptive([Flow(0.4, 1.0), Flow(0.4, 1.0)])]
    [1.666667, 8.333333]
    """
    _check(flows)
    stays, residual, before = [], 0.0, 0.0
    for flow in flows:
        residual += flow.residual
        upto = before + flow.load
        stays.append(flow.handle / (1 - before) + residual / ((1 - before) * (1 - upto)))
        before = upto
    return tuple(stays)


def accumulating(flows: Sequence[Flow], slopes: Sequence[float]) -> tuple[float, ...]:
    """Return the mean wait of each kind before one agent where urgency is slope x time waited (M/G/1).

    Parameters
    ----------
    flows : sequence of Flow
        In any order.
    slopes : sequence of float
        How fast each kind's urgency grows; above 0. All the same is first come, first served.

    Returns
    -------
    tuple of float, in the order of `flows`

    Raises
    ------
    FormulaError

    Notes
    -----
    With slopes in rising order
    W_p = [W0 / (1 - rho) - sum over i < p of rho_i W_i (1 - b_i / b_p)] / [1 - sum over i > p of rho_i (1 - b_p / b_i)]
    (Kleinrock 1964; Stanford, Taylor & Ziedins 2014). It is exact for levels that rise with age in proportion.

    Examples
    --------
    >>> [round(wait, 9) for wait in accumulating([Flow(0.4, 1.0), Flow(0.4, 1.0)], [3.0, 1.0])]
    [2.545454545, 5.454545455]
    """
    _check(flows)
    if len(slopes) != len(flows):
        raise FormulaError(
            "There must be one slope for each kind.", place="slopes", value=list(slopes),
            expected=f"{len(flows)} of them",
        )  # fmt: skip
    for slope in slopes:
        positive(slope=slope)
    order = sorted(range(len(flows)), key=lambda i: slopes[i])
    all_alike = sum(flow.residual for flow in flows) / (1 - sum(flow.load for flow in flows))
    waits: dict[int, float] = {}
    for place, p in enumerate(order):
        below = sum(flows[i].load * waits[i] * (1 - slopes[i] / slopes[p]) for i in order[:place])
        above = sum(flows[i].load * (1 - slopes[p] / slopes[i]) for i in order[place + 1 :])
        waits[p] = (all_alike - below) / (1 - above)
    return tuple(waits[i] for i in range(len(flows)))


def conserved(flows: Sequence[Flow]) -> float:
    """Return what sum of load x mean wait is under every order that ends what is begun and looks at no size.

    Parameters
    ----------
    flows : sequence of Flow

    Returns
    -------
    float

    Raises
    ------
    FormulaError

    Notes
    -----
    sum rho_k W_k = rho W0 / (1 - rho): the conservation law (Kleinrock 1965). It holds for one agent who is never idle
    while somebody waits, so a rule of priority can be held to it whatever it does.

    Examples
    --------
    >>> flows = [Flow(0.4, 1.0), Flow(0.4, 1.0)]
    >>> round(conserved(flows), 9), round(sum(0.4 * wait for wait in priority(flows)), 9)
    (3.2, 3.2)
    """
    _check(flows)
    load = sum(flow.load for flow in flows)
    return load * sum(flow.residual for flow in flows) / (1 - load)


def noticed_late(arrivals: float, *, handle: float, cv: float = 1.0, notice: float, notice_cv: float = 1.0) -> Waiting:
    """Return a queue before one agent who, when idle, notices the first customer late (M/G/1 with set-up).

    Parameters
    ----------
    arrivals, handle, cv : float
        As in `Flow`.
    notice : float
        Mean time until an idle agent notices; who comes meanwhile waits as well, and is noticed with the first.
    notice_cv : float

    Returns
    -------
    Waiting
        `p_wait` is 1: everybody waits, if only for notice. `occupancy` does not count noticing.

    Raises
    ------
    FormulaError

    Notes
    -----
    Wq = lambda E[S^2] / (2 (1 - rho)) + (2 E[D] + lambda E[D^2]) / (2 (1 + lambda E[D])) (Takagi 1991, set-up times).

    Examples
    --------
    >>> round(noticed_late(0.6, handle=1.0, notice=0.5).wait, 9)
    2.0
    """
    positive(notice=notice)
    unless_negative(notice_cv=notice_cv)
    at_once = mg1(arrivals, handle=handle, cv=cv)
    second = notice**2 * (1 + notice_cv**2)
    wait = at_once.wait + (2 * notice + arrivals * second) / (2 * (1 + arrivals * notice))
    return Waiting(
        p_wait=1.0, queue=arrivals * wait, wait=wait, present=arrivals * (wait + handle), stay=wait + handle,
        occupancy=at_once.occupancy, clearing=float("nan"),
    )  # fmt: skip


def _check(flows: Sequence[Flow], agents: int = 1) -> None:
    if not flows:
        raise FormulaError("There must be one kind of customers at least.", place="flows", example="[Flow(0.5, 1.0)]")
    for flow in flows:
        positive(arrivals=flow.arrivals, handle=flow.handle)
        unless_negative(cv=flow.cv)
    stable(sum(flow.load for flow in flows), agents)


def _cobham(residual: float, loads: Sequence[float]) -> tuple[float, ...]:
    """Return waits from what is left in service and the loads of the levels, the first first."""
    waits, before = [], 0.0
    for load in loads:
        waits.append(residual / ((1 - before) * (1 - before - load)))
        before += load
    return tuple(waits)
