"""What further tabs bring: throughput by number of tabs, and why it may fall again.

One agent has so many conversations in hand, always. Throughput is counted in conversations' worth: 1 is what a single
tab gives an agent whom nothing disturbs. That two tabs give less than 2 is not put in; it comes out of waiting for the
one agent, of noticing and of switching. A constant cost of switching lets the curve only flatten: it falls (the
inverted U) when the cost grows with the time away, when each tab costs attention, or when slow replies lose customers.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from deskkit.arguments import POLICY, expect
from deskkit.sim.estimates import ratio
from deskkit.sim.processes import in_order
from deskkit.sim.queueing import tabs_switching
from deskkit.sim.run import simulate
from deskkit.sim.scenario import Agent, Arrivals, Attention, Law, Patience, Point, Scenario, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.run import Run

__all__ = ["CURVE", "MECHANISMS", "PRACTICE", "TABS", "Mechanism", "exact_gains", "gains"]

PRACTICE: Final = (1.0, 1.7, 2.5, 2.9, 3.5)
"""Throughput of 1 to 5 simultaneous chats as practitioners report it (Call Centre Helper, "Erlang C for chat")."""
TABS: Final = (1, 2, 3, 4, 6, 9, 12)
_S: Final = 1_000
_HOUR_MS: Final = 3_600_000
_HANDLE: Final = 20 * _S
_THINK: Final = 60 * _S
_TURNS: Final = 5
_WARM: Final = 0.1
_MANY: Final = 12


class Mechanism(NamedTuple):
    """How an agent is, and how long customers wait for a reply; None: for ever, in conversations without end."""

    attention: Attention
    patience: Law | None = None


_BARE: Final = Attention(pick="oldest")
_SWITCH: Final = Law("exponential", 4 * _S)

CURVE: Final[Mapping[str, Mechanism]] = {
    "switch 4 s": Mechanism(Attention(pick="oldest", switch=_SWITCH)),
    "as by default": Mechanism(Attention(pick="oldest", switch=Law("exponential", 3.8 * _S), switch_away_ms=11.2 * _S)),
}
"""A constant cost, of which the exact curve is known; and the defaults, whose cost grows to 15 s with the time away."""

MECHANISMS: Final[Mapping[str, Mechanism]] = {
    "constant switch cost": Mechanism(Attention(pick="oldest", switch=_SWITCH)),
    "switch cost grows with time away": Mechanism(
        Attention(pick="oldest", switch=_SWITCH, switch_away_ms=45 * _S, switch_recover_ms=240 * _S)
    ),
    "attention lost per tab": Mechanism(Attention(pick="oldest", switch=_SWITCH, per_tab=0.08)),
    "slow replies lose customers": Mechanism(Attention(pick="oldest", switch=_SWITCH), Law("weibull", 150 * _S, 0.5)),
}
"""Each mechanism alone, larger than by default so that its shape is plain; the first lets throughput only saturate."""


def gains(
    policy: Policy,
    mechanisms: Mapping[str, Mechanism] = MECHANISMS,
    *,
    tabs: Sequence[int] = TABS,
    hours: float = 1.0,
    replications: int = 4,
    seed: int = 7,
    workers: int = 1,
    level: float = 0.95,
) -> pl.DataFrame:
    """Return throughput by number of tabs.

    Parameters
    ----------
    policy : Policy
        With a group ``all`` and nothing that disturbs: ``bare.toml`` of the exact cases.
    mechanisms : mapping of str to Mechanism
    tabs : sequence of int
    hours : float
        Of one replication with many tabs; with fewer it is longer, so that all count about as many replies. The first
        tenth is not measured.
    replications, seed, workers, level
        As for `deskkit.sim.experiment.replicate`; all see the same customers.

    Returns
    -------
    DataFrame, one row per mechanism and number of tabs
        `mechanism`, `tabs`, `gain` (conversations' worth), `half_width`, `n`.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> bare = Policy.load("data/scenarios/validation/policies/bare.toml")
    >>> found = gains(bare, CURVE, tabs=(1, 3), hours=0.5, replications=2)
    >>> (found["gain"].diff().drop_nulls() > 0).to_list()
    [True, False, True]
    """
    expect(POLICY, "gains", policy=policy)
    jobs = [(name, count, n) for name in mechanisms for count in tabs for n in range(replications)]
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for (name, count, _), pair in in_order(partial(_live, policy, mechanisms, hours, seed), jobs, workers=workers):
        found.setdefault((name, count), []).append(pair)
    rows = []
    for (name, count), pairs in found.items():
        one = ratio(pairs, level=level)
        rows.append((name, count, one.mean, one.half_width, one.n))
    names = {
        "mechanism": pl.String, "tabs": pl.Int64, "gain": pl.Float64, "half_width": pl.Float64, "n": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def exact_gains(tabs: Sequence[int] = TABS, *, switch_ms: float = 4 * _S) -> list[float]:
    """Return throughput by number of tabs as the formula has it, with a constant mean cost of switching.

    Examples
    --------
    >>> [round(gain, 2) for gain in exact_gains((1, 2, 3, 4, 5))]
    [1.0, 1.81, 2.45, 2.89, 3.15]
    """
    return [tabs_switching(count, handle=_HANDLE, think=_THINK, switch=switch_ms).gain for count in tabs]


def _live(
    policy: Policy, mechanisms: Mapping[str, Mechanism], hours: float, seed: int, job: tuple[str, int, int]
) -> tuple[float, float]:
    """Return the replies of use in a replication, and in how many one undisturbed tab would give."""
    name, count, n = job
    about = mechanisms[name]
    hours *= exact_gains([_MANY])[0] / exact_gains([count])[0]  # few tabs give few replies in an hour
    scenario = _held(count, about, hours) if about.patience is None else _refilled(count, about, hours)
    run = simulate(scenario, policy, seed=seed, replication=n)
    begin, end = run.workload.begin + scenario.warm_up_ms, run.workload.end
    replies = run.steps.filter(pl.col("replied").is_between(begin, end))
    if about.patience is None:
        return float(replies.height), (end - begin) / (_HANDLE + _THINK)
    of_use = replies.filter(~pl.col("conversation").is_in(_lost(run)))
    return float(of_use.height), (end - begin) / (_HANDLE + _THINK * (_TURNS - 1) / _TURNS)


def _lost(run: Run) -> list[str]:
    """Return the conversations whose customer left."""
    closing = pl.col("closing").cast(pl.String)
    return run.spans.conversations.filter(closing == "customer_left")["conversation"].cast(pl.String).to_list()


def _held(count: int, about: Mechanism, hours: float) -> Scenario:
    """Return one agent with so many conversations in hand, which never end."""
    stream = Stream(
        name="all", group="all", arrivals=Arrivals(instants=(0,) * count), turns=None,
        handle=Law("exponential", _HANDLE), think=Law("exponential", _THINK),
    )  # fmt: skip
    return _scenario(stream, count, about, hours)


def _refilled(count: int, about: Mechanism, hours: float) -> Scenario:
    """Return one agent with room for so many conversations, and always somebody in the queue."""
    stream = Stream(
        name="all", group="all", arrivals=Arrivals(points=(Point(0, 120.0),)), turns=Law("geometric", _TURNS),
        handle=Law("exponential", _HANDLE), think=Law("exponential", _THINK),
        patience=Patience(queue=Law("exponential", 180 * _S), service=about.patience),
    )  # fmt: skip
    return _scenario(stream, count, about, hours)


def _scenario(stream: Stream, count: int, about: Mechanism, hours: float) -> Scenario:
    end = round(hours * _HOUR_MS)
    return Scenario(
        name="tabs", streams=(stream,), agents=(Agent(name="agent", groups=("all",), capacity=float(count)),),
        end_ms=end, warm_up_ms=round(_WARM * end), drain=False, attention=about.attention,
    )  # fmt: skip
