"""How many conversations an agent may hold: the numbers of a policy that go together, changed together."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy

__all__ = ["UNIT", "at_most"]

UNIT: Final = 1_000
"""Of capacity, which a policy holds in thousandths."""


def at_most(policy: Policy, units: float) -> Policy:
    """Return a policy under which an agent holds at most so many units.

    The reserve shrinks where it would fill the room, a complex conversation weighs no more than the room, and at peak
    an agent holds no less than otherwise.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> one = at_most(Policy.load("data/policies/standard.toml"), 1).schema.capacity
    >>> one.agent, one.reserve, one.complex_factor
    (1000, 0, 1000)
    """
    now = policy.schema.capacity
    reserve = max(0.0, min(now.reserve / UNIT, units - 2))
    changes: dict[str, Any] = {
        "capacity.agent": units, "capacity.reserve": reserve,
        "capacity.complex_factor": min(now.complex_factor / UNIT, units - reserve),
    }  # fmt: skip
    at_peak = tomllib.loads(policy.text).get("peak", {}).get("capacity", {}).get("agent")
    if at_peak is not None:
        changes["peak.capacity.agent"] = max(at_peak, units)
    return policy.edit(changes)
