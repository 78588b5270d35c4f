"""Notification ladders tried against one another: how fast agents become against how much they are disturbed.

A ladder is made of the policy's own by an edit of its notices and of nothing else, so that what a comparison shows
comes from the notices. The measures: until a message is noticed, looked at, answered, by level; notices per agent-hour
and the share of them that told nobody anything.
"""

from __future__ import annotations

import math
import tomllib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from deskkit.desk.policyfile.quantities import read_duration, show_duration
from deskkit.errors import ScenarioError
from deskkit.sim.estimates import student
from deskkit.sim.study import named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.study import Study

    Table = dict[str, Any]

__all__ = [
    "PACES",
    "PRICES",
    "Trade",
    "delayed",
    "ladders",
    "limited",
    "noticed_by",
    "repeated",
    "trade",
    "with_notices",
]

PACES: Final = ("to_notice", "to_view", "to_reply")
PRICES: Final = ("notices_per_agent_hour", "loud_per_agent_hour", "notice_noise")
_OF_OWNER: Final = ("message", "assignment")
_TOLD: Final = ("owner", "helpers")


# ---------------------------------------------------------------- policies that differ in their notices alone


def ladders(policy: Policy, *, other: Policy | None = None) -> dict[str, Policy]:
    """Return the policy as it is, and with other notices of a message or a new conversation, by name.

    Parameters
    ----------
    policy : Policy
    other : Policy, optional
        Its notices, with the rest of `policy`, are one more.

    Returns
    -------
    dict of str to Policy
        The first is the policy itself.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> found = ladders(Policy.load("data/policies/standard.toml"))
    >>> [*found][:3]
    ['as it is', 'badge only', 'half the delays']
    """
    found = {
        "as it is": policy,
        "badge only": noticed_by(policy, "badge"),
        "half the delays": delayed(policy, 0.5),
        "twice the delays": delayed(policy, 2.0),
        "all at once": delayed(policy, 0.0),
        "again every 30 s": repeated(policy, every="30 s", times=4),
        "1 a minute, digests": limited(policy, 1, digest="30 min"),
    }
    return found | ({f"notices of {other.name}": with_notices(policy, other)} if other else {})


def delayed(policy: Policy, factor: float) -> Policy:
    """Return a policy whose owners and helpers are told so many times as late; 0: each of its rings at once.

    Parameters
    ----------
    policy : Policy
    factor : float
        On every delay of a ladder for a message or a new conversation; repetitions keep their distance.

    Returns
    -------
    Policy

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> late = delayed(Policy.load("data/policies/standard.toml"), 2)
    >>> [rung.after_ms for rung in late.schema.notify.ladders[1].rungs]
    [0, 90000]
    """

    def later(rungs: list[Table]) -> list[Table]:
        told = [rung | {"after": show_duration(round(_ms(rung["after"]) * factor))} for rung in rungs]
        return _once(told) if factor == 0 else told

    return _changed(policy, later, name=f"delays x {factor:g}")


def repeated(policy: Policy, *, every: str = "30 s", times: int) -> Policy:
    """Return a policy that says again, after its last rung to an owner, that a message was not looked at.

    Parameters
    ----------
    policy : Policy
    every : str
        As a policy writes times.
    times : int
        0: no ring of an owner is repeated.

    Returns
    -------
    Policy

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> often = repeated(Policy.load("data/policies/standard.toml"), every="20 s", times=2)
    >>> [rung.times for rung in often.schema.notify.ladders[1].rungs]
    [0, 2]
    """

    def again(rungs: list[Table]) -> list[Table]:
        plain = [{key: rung[key] for key in ("after", "to", "ring")} for rung in rungs]
        last = max((n for n, rung in enumerate(plain) if rung["to"] == "owner" and rung["ring"] != "push"), default=-1)
        if times and last >= 0:
            plain[last] |= {"repeat": every, "times": times}
        return plain

    return _changed(policy, again, name=f"again {times} x {every}", events=("message",))


def noticed_by(policy: Policy, ring: str) -> Policy:
    """Return a policy whose owners and helpers are told by one ring alone, once, when the message comes.

    Parameters
    ----------
    policy : Policy
    ring : str
        One of the policy's.

    Returns
    -------
    Policy

    Raises
    ------
    PolicyError
        The policy has no such ring.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> plain = noticed_by(Policy.load("data/policies/standard.toml"), "badge")
    >>> {rung.ring for ladder in plain.schema.notify.ladders[:6] for rung in ladder.rungs if rung.to == "owner"}
    {'badge'}
    """
    return _changed(policy, lambda _rungs: [{"after": "0 s", "to": "owner", "ring": ring}], name=f"{ring} only")


def limited(policy: Policy, per_minute: int, *, digest: str = "10 min") -> Policy:
    """Return a policy that lets fewer notices through and sums up the rest.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> limited(Policy.load("data/policies/standard.toml"), 2).schema.notify.per_minute
    2
    """
    changes = {"name": f"{per_minute} a minute", "notify.per_minute": per_minute, "notify.digest": digest}
    return policy.edit(changes)


def with_notices(policy: Policy, other: Policy) -> Policy:
    """Return a policy with another one's notices: ladders, limits, quiet hours, digests and rings.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> standard, quiet = (Policy.load(f"data/policies/{name}.toml") for name in ("standard", "quiet"))
    >>> with_notices(standard, quiet).schema.notify.ladders == quiet.schema.notify.ladders
    True
    """
    ours, theirs = (tomllib.loads(one.text) for one in (policy, other))
    changes = {f"notify.{key}": value for key, value in theirs["notify"].items() if ours["notify"].get(key) != value}
    for ring, about in theirs["rings"].items():
        known = ours["rings"].get(ring, {})
        changes |= {f"rings.{ring}.{key}": value for key, value in about.items() if known.get(key) != value}
    return policy.edit({"name": f"notices of {other.name}", **changes})


def _changed(
    policy: Policy,
    change: Callable[[list[Table]], list[Table]],
    *,
    name: str,
    events: Sequence[str] = _OF_OWNER,
) -> Policy:
    """Return a policy with other rungs to owners and helpers on its ladders for some events."""
    changes: dict[str, object] = {"name": name}
    for number, ladder in enumerate(tomllib.loads(policy.text)["notify"].get("ladder", [])):
        mine = [rung for rung in ladder["rungs"] if rung["to"] in _TOLD]
        rest = [rung for rung in ladder["rungs"] if rung["to"] not in _TOLD]
        if ladder["event"] in events and mine:
            rungs = sorted(change(mine) + rest, key=lambda rung: _ms(rung["after"]))
            if rungs != ladder["rungs"]:
                changes[f"notify.ladder[{number}].rungs"] = rungs
    return policy.edit(changes)


def _once(rungs: list[Table]) -> list[Table]:
    """Keep of rungs at one instant the last of each recipient, which is the only one to ring."""
    return list({(rung["to"], rung["ring"] == "push"): rung for rung in rungs}.values())


def _ms(text: str) -> int:
    return read_duration(text) or 0


# ---------------------------------------------------------------- what is bought, and at what price


class Trade(NamedTuple):
    """What policies buy and pay.

    Attributes
    ----------
    table : DataFrame, one row per policy, the least disturbing first
        `policy`, `price`, `price_half`, `pace`, `pace_half` (half-widths, each alone, of the paired difference from
        the base), `noise`, `front`: no other policy disturbs as little and is as fast.
    base : str
        The first policy of the study.
    pace, price : (str, str)
        Title and unit of each measure.
    level : float
    """

    table: pl.DataFrame
    base: str
    pace: tuple[str, str]
    price: tuple[str, str]
    level: float


def trade(study: Study, *, pace: str = "to_view", price: str = "loud_per_agent_hour") -> Trade:
    """Return what each policy of a study buys and pays, and whether it stands on the Pareto front.

    Parameters
    ----------
    study : Study
    pace : str
        What is to be small: a measure of the study, such as `to_view_urgent`.
    price : str
        What it is paid with: another one.

    Returns
    -------
    Trade

    Raises
    ------
    ScenarioError
        The study holds no such measure, or nothing was counted.

    Notes
    -----
    The front is that of the means. Two policies whose intervals overlap may change places with another seed: their
    paired difference says whether they do (`study.differences`).
    """
    rows = []
    base = next(iter(study.policies))
    for policy in study.policies:
        paid, bought, noise = (study.estimate(name, policy).mean for name in (price, pace, "notice_noise"))
        if paid is None or bought is None:
            raise ScenarioError(
                "Under this policy there was nothing to measure.", place=policy, value=pace,
                expected="a level at which customers write in this scenario", example='pace="to_view"',
            )  # fmt: skip
        halves = [0.0 if policy == base else _half(study, measure, policy) for measure in (price, pace)]
        rows.append((policy, paid, halves[0], bought, halves[1], noise))
    points = [(row[1], row[3]) for row in rows]
    front = [not any(_beats(one, point) for one in points) for point in points]
    names = {"policy": pl.String} | dict.fromkeys(("price", "price_half", "pace", "pace_half", "noise"), pl.Float64)
    table = pl.DataFrame(rows, schema=names, orient="row").with_columns(front=pl.Series(front)).sort("price", "pace")
    return Trade(table, base, named(pace), named(price), study.level)


def _half(study: Study, measure: str, policy: str) -> float | None:
    """Return the half-width of a policy's difference from the first, this one alone."""
    variance = study.differences([measure]).filter(pl.col("policy") == policy)["variance_paired"].item()
    n = study.replications
    return student(study.level, n - 1) * math.sqrt(variance / n) if variance is not None and n > 1 else None


def _beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Say whether a point is nowhere worse than another, and somewhere better."""
    return one != other and all(mine <= theirs for mine, theirs in zip(one, other, strict=True))
