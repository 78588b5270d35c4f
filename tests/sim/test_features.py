"""Each thing a desk can decide, and each thing people can do, happens in a scenario that ships.

Seed 1, one replication of each; a feature that does not occur once fails.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.sim.run import Run, simulate
from deskkit.sim.said import ASTRAY
from deskkit.sim.scenariofile import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def lived(scenario: str) -> Run:
    """Return a run of a shipped scenario under the standard policy; of an exact case under that of its waiting room."""
    policy = "scenarios/validation/policies/room-4" if scenario.startswith("validation") else "policies/standard"
    return simulate(load_scenario(f"data/scenarios/{scenario}.toml"), Policy.load(f"data/{policy}.toml"), seed=2)


def of(kind: type[e.Event], **wanted: object) -> Callable[[e.Event], bool]:
    """Return whether an event is of a kind, with these fields."""
    return lambda event: isinstance(event, kind) and all(getattr(event, key) == is_ for key, is_ in wanted.items())


def taken_back(*, offline: bool) -> Callable[[e.Event], bool]:
    """Return whether a conversation was taken back from one who went, or from one who did not answer in time."""
    return lambda event: isinstance(event, e.Returned) and (event.because[2] <= 0) == offline


def tagged(tag: str) -> Callable[[e.Event], bool]:
    """Return whether a rule put a tag on."""
    return of(e.Tagged, tag=tag, on=True)


TABLE: dict[str, tuple[str, Callable[[e.Event], bool]]] = {
    "a VIP is tagged": ("weekday", tagged("VIP")),
    "an order is tagged": ("weekday", tagged("order")),
    "a complaint is tagged": ("weekday", tagged("complaint")),
    "a technical question is tagged": ("weekday", tagged("technical")),
    "a new customer is tagged": ("weekday", tagged("new")),
    "urgent words raise to high": ("weekday", of(e.Prioritised, level=2, phase=1)),
    "a conversation becomes urgent": ("weekday", of(e.Prioritised, level=3, phase=1)),
    "a reason ends": ("weekday", of(e.Prioritised, phase=-1)),
    "the English queue": ("weekday", of(e.Queued, group="international")),
    "the VIP queue": ("weekday", of(e.Queued, group="vip")),
    "a skill is needed": ("weekday", of(e.Queued, needs=("technical",))),
    "assignment": ("weekday", of(e.Assigned)),
    "assignment to the agent whom the customer knows": (
        "weekday", lambda event: isinstance(event, e.Assigned) and event.because[3] == 1
    ),
    "taken back from one who goes": ("weekday", taken_back(offline=True)),
    "taken back from one who does not answer": ("peak", taken_back(offline=False)),
    "turned away from a full queue": ("validation/mmck-3", of(e.TurnedAway)),
    "handled by a rule of tidying": ("peak", of(e.Tidied, action="resolve")),
    "reopened": ("peak", of(e.Revived)),
    "overflow": ("peak", of(e.Overflowed)),
    "peak mode begins": ("peak", of(e.PeakChanged, on=True)),
    "peak mode ends": ("peak", of(e.PeakChanged, on=False)),
    "a loan": ("peak", of(e.Lent, on=True)),
    "a loan ends": ("peak", of(e.Lent, on=False)),
    "a notice of a message": ("weekday", of(e.Notified, event="message")),
    "a notice of an assignment": ("weekday", of(e.Notified, event="assignment")),
    "a notice of waiting to the supervisor": ("peak", of(e.Notified, event="waiting")),
    "a notice of a neglected tab": ("peak", of(e.Notified, event="neglected")),
    "a later rung of a ladder": ("weekday", lambda event: isinstance(event, e.Notified) and event.rung > 0),
    "a notice is held: the agent looks at it": ("weekday", of(e.NoticeHeld, reason="viewing")),
    "a notice is held: another level's came": ("weekday", of(e.NoticeHeld, reason="superseded")),
    "a notice is held by the limit": ("peak", of(e.NoticeHeld, reason="limit")),
    "a notice is merged": ("peak", of(e.NoticeHeld, reason="merged")),
    "a digest": ("peak", of(e.DigestSent)),
    "a customer leaves loudly": ("peak", of(e.CustomerLeft, silent=False)),
    "a customer leaves without a word": ("peak", of(e.CustomerLeft, silent=True)),
    "an agent takes a break": ("weekday", of(e.PresenceSet, presence="away")),
    "an agent goes home": ("weekday", of(e.PresenceSet, presence="offline")),
    "a helper": ("weekday", of(e.HelperSet, on=True)),
    "a conversation is passed on": ("weekday", of(e.GroupSet)),
    "a bad rating": ("weekday", of(e.Rated, rating=-1)),
    "a good rating": ("weekday", of(e.Rated, rating=1)),
    "a history": ("weekday", of(e.HistorySeeded)),
    "a reply in the wrong window": (
        "peak", lambda event: isinstance(event, e.AgentWrote) and event.message.endswith(ASTRAY)
    ),
}  # fmt: skip


@pytest.mark.parametrize("feature", TABLE)
def test_it_happens(feature: str) -> None:
    """At least once."""
    scenario, happens = TABLE[feature]
    assert any(happens(event) for event in lived(scenario).events), f"{feature} does not occur in {scenario}.toml"


def test_what_cannot_happen_is_noticed() -> None:
    """Positive control: a group that there is not has no queue."""
    assert not any(of(e.Queued, group="nobody")(event) for event in lived("weekday").events)
