"""What people of a simulated desk do beyond the turns of a conversation: who comes in, and what follows a reply."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from deskkit.desk import events as e

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.events import Fact
    from deskkit.sim.people import Conversation, Person
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.world import World

__all__ = ["called", "entrance", "introductions", "opening", "rating", "roster"]

_DAY_MS: Final = 86_400_000
_FAMILIES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = ("Alex", "Sam", "Robin", "Kim", "Jo", "Chris", "Dana", "Lee", "Max", "Pat", "Ray", "Toni")
_SURNAMES: Final = ("Hill", "Reed", "Stone", "Brook", "Field", "Marsh", "Lake", "Wood", "Ford", "Heath", "Vale")


def introductions(world: World) -> Iterator[Fact]:
    """Yield what the desk knows before anybody comes: the policy in force, and the agents."""
    at, policy = world.workload.begin, world.policy
    yield e.PolicyChanged(
        at=at, source="sim", source_id="policy", by="sim", text=policy.text, fingerprint=policy.fingerprint
    )
    for person in world.people:
        about = person.about
        yield e.AgentSet(
            at=at, source="sim", source_id=f"agent:{person.index}", agent=person.name, name=person.name,
            role=about.role, groups=about.groups, skills=about.skills, languages=about.languages,
            capacity=about.capacity,
        )  # fmt: skip


def roster(scenario: Scenario, person: Person, first: int) -> Iterator[tuple[int, str]]:
    """Yield when an agent comes, takes a break, is back and goes, with the presence from then on."""
    if not person.about.shifts:
        yield first, "online"
        return
    for day in range(scenario.days):
        midnight = first + day * _DAY_MS
        for shift in sorted(person.about.shifts, key=lambda one: one.begin_ms):
            yield midnight + shift.begin_ms, "online"
            for leaves, returns in sorted(shift.breaks):
                yield midnight + leaves, "away"
                yield midnight + returns, "online"
            yield midnight + shift.end_ms, "offline"


def entrance(world: World, one: Conversation, at: int) -> Iterator[Fact]:
    """Yield what is known of a customer who comes in: fields, history, and tags that are put on by hand."""
    row = world.rows[one.index]
    customer, fields, history = row["customer"], json.loads(row["fields"]), json.loads(row["history"])
    if fields:
        yield e.CustomerSet(
            at=at, source="sim", source_id=f"customer:{one.index}", customer=customer,
            name=called(row["language"], one.index), fields=fields,
        )  # fmt: skip
    if history:
        yield _seeded(one, customer, history, at)
    yield e.ConversationOpened(
        at=at, source="sim", source_id=f"opened:{one.index}", conversation=one.name, customer=customer,
        group=row["group"], language=row["language"], needs=tuple(row["needs"]),
    )  # fmt: skip
    for facet, tag in json.loads(row["tags"]):
        yield e.TagSet(
            at=at, source="sim", source_id=f"tag:{one.index}:{facet}:{tag}", conversation=one.name, facet=facet,
            tag=tag, by="sim",
        )  # fmt: skip


def called(language: str, index: int) -> str:
    """Return an invented name, so that people on a screen can be told apart.

    Examples
    --------
    >>> called("zh", 0), called("en", 13)
    ('王先生', 'Sam Stone')
    """
    if language == "zh":
        return _FAMILIES[index % len(_FAMILIES)] + ("先生", "女士")[index // len(_FAMILIES) % 2]
    return f"{_GIVEN[index % len(_GIVEN)]} {_SURNAMES[index % len(_SURNAMES)]}"


def _seeded(one: Conversation, customer: str, history: dict[str, int | str], at: int) -> Fact:
    """Return what is known of a customer's past; contacts are spread over the 30 days before.

    A run without a day begins at instant 0, before which there is none.
    """
    contacts = int(history.get("contacts", 0))
    rated = history.get("rating")
    return e.HistorySeeded(
        at=at, source="sim", source_id=f"history:{one.index}", customer=customer,
        contacts=tuple(max(0, at - (n + 1) * 30 * _DAY_MS // (contacts + 1)) for n in reversed(range(contacts))),
        unresolved=int(history.get("unresolved", 0)), rating=None if rated is None else int(rated),
        rated_at=None if rated is None else max(0, at - _DAY_MS), transfers=int(history.get("transfers", 0)),
        last_agent=str(history.get("last_agent", "")),
    )  # fmt: skip


def opening(world: World, person: Person, one: Conversation, at: int) -> Iterator[Fact]:
    """Yield what an agent does after the first reply: pass the conversation on, or invite a colleague."""
    row = world.rows[one.index]
    if row["transfer_to"]:
        yield e.GroupSet(
            at=at, source="sim", source_id=f"passed:{one.index}", conversation=one.name, group=row["transfer_to"],
            by=person.name,
        )  # fmt: skip
    elif row["help"] and (helper := _colleague(world, person, one)) is not None:
        yield e.HelperSet(
            at=at, source="sim", source_id=f"helper:{one.index}", conversation=one.name, agent=helper.name,
            by=person.name,
        )  # fmt: skip


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
        yield e.Rated(
            at=at, source="sim", source_id=f"rated:{one.index}", conversation=one.name, rating=given,
            raw=("bad", "neutral", "good")[given + 1],
        )  # fmt: skip
