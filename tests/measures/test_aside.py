"""Who can be given no conversation is no idle agent: occupancy, concurrency and spread do not count that time."""

from __future__ import annotations

import pytest
from msgspec import structs

from deskkit.desk import events as e
from deskkit.log import open_log
from deskkit.measures import report

HOUR = 3_600_000


def measured(**lead: object) -> dict[str, float | int | None]:
    """Measure an hour in which an agent has one conversation throughout, beside somebody who has none."""
    facts = [
        e.AgentSet(at=0, agent="chen", groups=("all",)), e.AgentSet(at=0, agent="lead", **lead),  # type: ignore[arg-type]
        e.PresenceSet(at=0, agent="chen", presence="online"), e.PresenceSet(at=0, agent="lead", presence="online"),
        e.ConversationOpened(at=0, conversation="c", customer="zhang", group="all"),
        e.CustomerWrote(at=0, conversation="c", message="m", text="hi"),
        e.OwnerSet(at=0, conversation="c", agent="chen"),
        e.AgentWrote(at=HOUR, conversation="c", agent="chen", message="n", text="yes"),
    ]  # fmt: skip
    log = open_log("memory:")
    log.append([structs.replace(one, source="doc", source_id=str(n)) for n, one in enumerate(facts)], received_at=HOUR)
    names = ("occupancy_assigned", "occupancy_actionable", "concurrency_assigned", "load_spread", "agent_hours")
    found = report(log, measures=names)
    return {name: found[name].numbers["value"] for name in names}


@pytest.mark.parametrize("lead", [{"role": "supervisor"}, {"groups": ("all",), "capacity": 0.0}])
def test_who_can_be_given_nothing_does_not_count(lead: dict[str, object]) -> None:
    """The one agent is busy all the time; both were there for an hour each."""
    assert list(measured(**lead).values()) == [1.0, 1.0, 1.0, 0.0, 2.0]


@pytest.mark.parametrize("lead", [{"role": "supervisor", "groups": ("all",)}, {"groups": ("all",)}, {}])
def test_who_could_have_been_given_one_does(lead: dict[str, object]) -> None:
    """Control: half of the time is idle, and one of two has all."""
    assert list(measured(**lead).values()) == [0.5, 0.5, 0.5, 0.5, 2.0]
