"""An agent and the tabs in hand: N customers who write, wait for the reply, think, and write again.

It is the machine-repairman queue M/M/1//N: agents are repairmen, tabs machines. Slowdown under several tabs is not put
in, it comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from deskkit.sim.queueing.chains import steady
from deskkit.sim.queueing.checks import positive, unless_negative, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    Phase = tuple[str, int]

__all__ = ["Tabs", "VipTabs", "tabs", "tabs_noticed_late", "tabs_switching", "vip_tabs"]


class Tabs(NamedTuple):
    """Tabs in hand.

    Attributes
    ----------
    idle, occupancy : float
        Shares of an agent's time with nothing to do; reading and answering.
    lost : float
        Share neither idle nor answering: switching, or not yet noticing.
    rate : float
        Replies per unit of time, of all agents.
    reply : float
        Mean time from a customer's message to its reply.
    slowdown : float
        `reply` divided by the mean time to handle.
    gain : float
        Replies for each reply to a single tab that is noticed at once.
    """

    idle: float
    occupancy: float
    lost: float
    rate: float
    reply: float
    slowdown: float
    gain: float


class VipTabs(NamedTuple):
    """Tabs of which some always go first.

    Attributes
    ----------
    rate_vip, rate_regular : float
        Replies per unit of time.
    reply_vip, reply_regular : float
        Mean time from a message to its reply; nan without such tabs.
    occupancy : float
    """

    rate_vip: float
    rate_regular: float
    reply_vip: float
    reply_regular: float
    occupancy: float


def tabs(count: int, *, handle: float, think: float, agents: int = 1) -> Tabs:
    """Return tabs in hand, without a cost of switching or of noticing (M/M/c//N).

    Parameters
    ----------
    count : int
        Tabs, of all agents.
    handle : float
        Mean time to read and answer, exponential.
    think : float
        Mean time until the customer writes again; only its mean matters (insensitivity), so its law does not.
    agents : int
        More than one share all tabs: each takes whichever waits longest.

    Returns
    -------
    Tabs

    Raises
    ------
    FormulaError
        A time of 0 or less, or a number that is none.

    Notes
    -----
    p(n) in proportion to the product over i <= n of (N - i + 1) S / (Z min(i, c)), n at the agents;
    X = E[min(n, c)] / S, R = N / X - Z (Kleinrock 1975, section 3.8).

    Examples
    --------
    >>> found = tabs(3, handle=20.0, think=60.0)
    >>> round(found.reply, 8), round(found.gain, 9)
    (31.76470588, 2.615384615)
    """
    _check(count, handle, think)
    whole(agents=agents)
    n = np.arange(1, count + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log((count - n + 1) * handle / (think * np.minimum(n, agents))))])
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    busy = float(chance @ np.minimum(np.arange(count + 1), agents)) / agents
    return _tabs(count, handle, think, occupancy=busy, idle=1 - busy, agents=agents)


def tabs_switching(count: int, *, handle: float, think: float, switch: float) -> Tabs:
    """Return tabs of one agent whom it costs time to change to another tab than the last.

    Parameters
    ----------
    count : int
    handle, think : float
        Mean exponential times.
    switch : float
        Mean exponential time to change the tab; 0 costs nothing.

    Returns
    -------
    Tabs
        `lost` is the share of time spent switching.

    Raises
    ------
    FormulaError

    Notes
    -----
    A chain on (idle, switching or answering; tabs at the agent), first come, first served. Who waits while another is
    answered is never the tab just answered, so the agent stays with a tab only from idleness, with 1 / N.

    Examples
    --------
    >>> found = tabs_switching(4, handle=20.0, think=60.0, switch=4.0)
    >>> round(found.reply, 7), round(found.lost, 10)
    (50.7096021, 0.1350317755)
    """
    _check(count, handle, think)
    unless_negative(switch=switch)
    if switch == 0:
        return tabs(count, handle=handle, think=think)

    def moves(at: Phase) -> Iterator[tuple[Phase, float]]:
        phase, n = at
        if phase == "idle":
            yield ("answering", 1), 1 / think
            yield ("switching", 1), (count - 1) / think
            return
        yield (phase, n + 1), (count - n) / think
        if phase == "switching":
            yield ("answering", n), 1 / switch
        else:
            yield ("switching", n - 1) if n > 1 else ("idle", 0), 1 / handle

    return _from_chain(count, handle, think, steady(("idle", 0), moves))


def tabs_noticed_late(count: int, *, handle: float, think: float, notice: float) -> Tabs:
    """Return tabs of one agent who, when idle, notices the first message late.

    Parameters
    ----------
    count : int
    handle, think : float
        Mean exponential times.
    notice : float
        Mean exponential time until an idle agent notices; whatever came meanwhile is noticed with it.

    Returns
    -------
    Tabs
        `lost` is the share of time in which something waits unnoticed.

    Raises
    ------
    FormulaError

    Examples
    --------
    >>> found = tabs_noticed_late(3, handle=20.0, think=60.0, notice=6.0)
    >>> round(found.reply, 8), round(found.lost, 10)
    (36.68408551, 0.0875589623)
    """
    _check(count, handle, think)
    unless_negative(notice=notice)
    if notice == 0:
        return tabs(count, handle=handle, think=think)

    def moves(at: Phase) -> Iterator[tuple[Phase, float]]:
        phase, n = at
        if phase == "idle":
            yield ("unnoticed", 1), count / think
            return
        yield (phase, n + 1), (count - n) / think
        if phase == "unnoticed":
            yield ("answering", n), 1 / notice
        else:
            yield ("answering", n - 1) if n > 1 else ("idle", 0), 1 / handle

    return _from_chain(count, handle, think, steady(("idle", 0), moves))


def vip_tabs(vips: int, regulars: int, *, handle: float, think: float) -> VipTabs:
    """Return tabs of one agent who takes a VIP's tab first, but ends a reply once begun.

    Parameters
    ----------
    vips, regulars : int
        Tabs of either kind; one at least in all.
    handle, think : float
        Mean exponential times.

    Returns
    -------
    VipTabs

    Raises
    ------
    FormulaError

    Notes
    -----
    A chain on (whom the agent answers, VIP tabs waiting, regular tabs waiting); R = N / X - Z for either kind.

    Examples
    --------
    >>> found = vip_tabs(1, 3, handle=20.0, think=60.0)
    >>> round(found.reply_vip, 8), round(found.reply_regular, 8)
    (33.57142857, 43.42105263)
    """
    whole(0, vips=vips, regulars=regulars)
    _check(vips + regulars, handle, think)

    def moves(at: tuple[str, int, int]) -> Iterator[tuple[tuple[str, int, int], float]]:
        serving, vip, regular = at
        thinking_vips = vips - vip - (serving == "vip")
        thinking_regulars = regulars - regular - (serving == "regular")
        if serving == "none":
            yield ("vip", 0, 0), thinking_vips / think
            yield ("regular", 0, 0), thinking_regulars / think
            return
        yield (serving, vip + 1, regular), thinking_vips / think
        yield (serving, vip, regular + 1), thinking_regulars / think
        if vip:
            yield ("vip", vip - 1, regular), 1 / handle
        elif regular:
            yield ("regular", vip, regular - 1), 1 / handle
        else:
            yield ("none", 0, 0), 1 / handle

    shares = steady(("none", 0, 0), moves)
    busy = {kind: sum(share for state, share in shares.items() if state[0] == kind) for kind in ("vip", "regular")}
    rates = {kind: share / handle for kind, share in busy.items()}
    return VipTabs(
        rate_vip=rates["vip"], rate_regular=rates["regular"],
        reply_vip=vips / rates["vip"] - think if vips else float("nan"),
        reply_regular=regulars / rates["regular"] - think if regulars else float("nan"),
        occupancy=sum(busy.values()),
    )  # fmt: skip


def _check(count: int, handle: float, think: float) -> None:
    whole(count=count)
    positive(handle=handle, think=think)


def _from_chain(count: int, handle: float, think: float, shares: dict[Phase, float]) -> Tabs:
    busy = sum(share for (phase, _), share in shares.items() if phase == "answering")
    return _tabs(count, handle, think, occupancy=busy, idle=shares["idle", 0])


def _tabs(count: int, handle: float, think: float, *, occupancy: float, idle: float, agents: int = 1) -> Tabs:
    rate = agents * occupancy / handle
    reply = count / rate - think
    return Tabs(
        idle=idle, occupancy=occupancy, lost=max(0.0, 1 - idle - occupancy), rate=rate, reply=reply,
        slowdown=reply / handle, gain=rate * (think + handle),
    )  # fmt: skip
