"""Random days for tests of folds: what happened, everything a desk knows, and the log cut before each fact."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from deskkit.desk import events
from deskkit.desk.policy import Policy
from deskkit.desk.state import comparable
from tests.laws.world import ACTS, World

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk

STANDARD = Policy.load("data/policies/standard.toml")


def world(seed: int, steps: int, *, acts: bool = True, policy: Policy = STANDARD) -> World:
    """Let a random day happen."""
    draw = random.Random(seed)
    made = World(policy, acts=acts)
    for _ in range(steps):
        made.act(draw.randrange(len(ACTS)), draw.randrange(10**6), draw.randrange(10**6), draw.randrange(10**6))
    return made


def known(desk: Desk) -> dict[str, Any]:
    """Return everything a desk knows, by name and by number."""
    return comparable(desk.state) | {
        "conversations": list(desk.conversations), "customers": list(desk.customers), "agents": list(desk.agents),
        "groups": list(desk.names.groups), "skills": list(desk.names.skills), "languages": list(desk.names.languages),
        "tags": [tuple(dict(facet) for facet in tags) for tags in desk.tags],
        "messages": [list(said) for said in desk.messages],
        "people": dict(desk.people), "profiles": dict(desk.profiles), "going on": dict(desk.going_on),
        "due": desk.next_deadline(), "policy": desk.policy.fingerprint,
    }  # fmt: skip


def facts_with_decisions(log: list[events.Event]) -> list[list[events.Event]]:
    """Cut a log before each fact."""
    parts: list[list[events.Event]] = []
    for event in log:
        if isinstance(event, events.Fact):
            parts.append([])
        parts[-1].append(event)
    return parts
