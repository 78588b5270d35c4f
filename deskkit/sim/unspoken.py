"""What a policy listens for that no customer of a study ever writes: rules on it were not tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deskkit.desk.desk import tagger_of
from deskkit.worded import joined, worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["unspoken", "untried"]


def unspoken(texts: Iterable[str], policy: Policy) -> tuple[str, ...]:
    """Return the signals of which a policy's rules speak and that it finds in none of some texts of customers.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> unspoken(["我要退款", "订单什么时候发货？", "身高175穿多大？"], Policy.load("data/policies/standard.toml"))
    ('complaint', 'dissatisfied', 'human', 'technical', 'urgent')
    """
    signals = policy.schema.signals
    tagger, mask = tagger_of(signals), 0
    for text in texts:
        mask |= tagger.mask(text)
    asked = set(_asked(msgspec.to_builtins(policy.schema)))
    return tuple(
        one.name for n, one in enumerate(signals) if one.name in asked and one.by != "agent" and not mask >> n & 1
    )


def _asked(part: object) -> Iterator[str]:
    """Yield the signals that the conditions in a part of a policy ask for."""
    if isinstance(part, dict) and part.get("key") in {"signal", "signal_ever"}:
        yield part["value"]
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ()
    for one in inside:
        yield from _asked(one)


def untried(scenario: Scenario, policies: Mapping[str, Policy], workload: Workload | None) -> tuple[str, ...]:
    """Say of each policy which of its signals nobody writes, of a workload or of a scenario's streams.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> weekday, standard = load_scenario("data/scenarios/weekday.toml"), Policy.load("data/policies/standard.toml")
    >>> untried(weekday, {"standard": standard}, None)
    ()
    """
    texts = _written(scenario) if workload is None else set(workload.turns["text"].to_list())
    missing: dict[tuple[str, ...], list[str]] = {}
    for name, policy in policies.items():
        missing.setdefault(unspoken(texts, policy), []).append(name)
    return tuple(
        worded(
            "{names}: nobody writes what these signals look for, so rules on them were not tried: {signals}.",
            names=joined(names), signals=joined(signals),
        )
        for signals, names in missing.items()
        if signals
    )  # fmt: skip


def _written(scenario: Scenario) -> set[str]:
    """Return all that the customers of a scenario can write."""
    lines = {line.text for stream in scenario.streams for line in stream.lines if line.share > 0}
    return lines | {stream.text for stream in scenario.streams}
