"""What people of a simulated desk do beyond the turns of a conversation: who comes in, and what follows a reply."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from deskkit.desk import events as e
from deskkit.sim import said
from deskkit.sim.shifts import days_lived, presence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskkit.desk.events import Fact
    from deskkit.desk.policy import Policy
    from deskkit.sim.people import Conversation, Person
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload
    from deskkit.sim.world import World

__all__ = ["entrance", "introductions", "opening", "rating", "roster"]


def introductions(policy: Policy, people: Sequence[Person], at: int) -> Iterator[Fact]:
    """Yield what the desk knows before anybody comes: the policy in force, and the agents."""
    yield e.PolicyChanged(
        at=at, source="sim", source_id="policy", by="sim", text=policy.text, fingerprint=policy.fingerprint
    )
    for person in people:
        yield said.is_agent(at, person)


def roster(scenario: Scenario, workload: Workload, person: Person) -> list[tuple[int, str]]:
    """Return when an agent comes, takes a break, is back and goes, with the presence from then on."""
    if not person.about.shifts:
        return [(workload.midnight, "online")]
    return presence(person.about, workload.days, days_lived(scenario, workload))


def entrance(world: World, one: Conversation, at: int) -> Iterator[Fact]:
    """Yield what is known of a customer who comes in: fields, history, and tags that are put on by hand."""
    row = world.rows[one.index]
    fields, history = json.loads(row["fields"]), json.loads(row["history"])
    if fields:
        yield said.is_customer(at, one.index, row, fields)
    if history:
        yield said.has_history(at, one.index, row["customer"], history)
    yield said.came(at, one.index, one.name, row)
    for facet, tag in json.loads(row["tags"]):
        yield said.has_tag(at, one.index, one.name, facet, tag)


def opening(world: World, person: Person, one: Conversation, at: int) -> Iterator[Fact]:
    """Yield what an agent does after the first reply: pass the conversation on, or invite a colleague."""
    row = world.rows[one.index]
    if row["transfer_to"]:
        yield said.passed_on(at, one.index, one.name, row["transfer_to"], person.name)
    elif row["help"] and (helper := _colleague(world, person, one)) is not None:
        yield said.asked_for_help(at, one.index, one.name, helper.name, person.name)


def _colleague(world: World, person: Person, one: Conversation) -> Person | None:
    """Return whom an agent asks: of the same group, there, not in the conversation yet, with the fewest tabs."""
    groups = set(person.about.groups)
    able = [
        other
        for other in world.people
        if other is not person
        and other.presence == "online"
        and other not in one.helpers
        and groups & set(other.about.groups)
    ]
    return min(able, key=lambda other: (len(other.tabs), other.index), default=None)


def rating(world: World, one: Conversation, at: int) -> Iterator[Fact]:
    """Yield the customer's rating after the last reply, if one is given."""
    given = world.rows[one.index]["rating"]
    if given is not None:
        yield said.rated(at, one.index, one.name, given)
