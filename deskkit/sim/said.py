"""What people of a simulated desk say and do, as facts: the same words and identities from every engine.

Each takes the instant, the row of the workload (`index`) that makes the identity, and what else the fact says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import structs

from deskkit.desk import events as e
from deskkit.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.sim.people import Person

__all__ = [
    "ASTRAY", "REPLIES", "Distinct", "asked_for_help", "called", "came", "does_not_get_on", "has_history", "has_tag",
    "is_agent", "is_customer", "left", "most_at_once", "passed_on", "rated", "reached", "replied", "resolved",
    "viewed", "was_present", "words", "wrote",
]  # fmt: skip

ASTRAY: Final = "~astray"
MOST_AT_ONCE: Final = 100_000
REPLIES: Final = {"zh": "好的，正在为您处理。", "en": "Sure, I am on it."}
_DAY_MS: Final = 86_400_000
_SOURCE: Final = "sim"
_FAMILIES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = ("Alex", "Sam", "Robin", "Kim", "Jo", "Chris", "Dana", "Lee", "Max", "Pat", "Ray", "Toni")
_SURNAMES: Final = ("Hill", "Reed", "Stone", "Brook", "Field", "Marsh", "Lake", "Wood", "Ford", "Heath", "Vale")


def most_at_once(conversations: int) -> int:
    """Return how many facts of one instant are no more a busy moment but a run that does not get on."""
    return MOST_AT_ONCE + 100 * conversations


def does_not_get_on(at: int) -> ScenarioError:
    """Return the error that says so."""
    return ScenarioError(
        "The run does not get on: what happens makes the next thing happen, and nothing of it takes time.",
        place=f"instant {at:,} ms", expected="notices some time after what they tell of, or a cost of switching tabs",
        example='rungs = [{ after = "10 min", ... }] of neglected tabs, or switch = "3.8 s"',
    )  # fmt: skip


class Distinct:
    """Gives a fact that would have the identity of an earlier one an identity of its own.

    Only what may happen twice in a millisecond, or twice in a turn, is looked at: to a log the same identity twice is
    the same fact twice.

    Examples
    --------
    >>> distinct = Distinct()
    >>> [distinct(reached(at)).source_id for at in (5, 5, 6)]
    ['clock:5', 'clock:5~2', 'clock:6']
    """

    def __init__(self) -> None:
        self._at = -1
        self._now: dict[str, int] = {}
        self._strayed: dict[str, int] = {}

    def __call__(self, fact: e.Fact) -> e.Fact:
        """Return the fact, or the same with another identity."""
        if isinstance(fact, _OF_AN_INSTANT):
            if fact.at != self._at:
                self._at = fact.at
                self._now.clear()
            seen = self._now
        elif isinstance(fact, e.AgentWrote) and fact.message.endswith(ASTRAY):
            seen = self._strayed
        else:
            return fact
        seen[fact.source_id] = nth = seen.get(fact.source_id, 0) + 1
        return fact if nth == 1 else structs.replace(fact, source_id=f"{fact.source_id}~{nth}")

    def forget(self, fact: e.DeadlineReached) -> None:
        """Forget what nobody wrote down."""
        self._now[f"clock:{fact.at}"] -= 1


_OF_AN_INSTANT: Final = (e.Viewed, e.PresenceSet, e.DeadlineReached)


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


def words(language: str) -> str:
    """Return what an agent writes, in the customer's language."""
    return REPLIES.get(language, REPLIES["en"])


def is_agent(at: int, person: Person) -> e.AgentSet:
    """Say that there is an agent."""
    about = person.about
    return e.AgentSet(
        at=at, source=_SOURCE, source_id=f"agent:{person.index}", agent=person.name, name=person.name, role=about.role,
        groups=about.groups, skills=about.skills, languages=about.languages, capacity=about.capacity,
    )  # fmt: skip


def was_present(at: int, person: int, agent: str, presence: str) -> e.PresenceSet:
    """Say that an agent comes, takes a break, or goes."""
    return e.PresenceSet(
        at=at, source=_SOURCE, source_id=f"presence:{person}:{at}:{presence}", agent=agent, presence=presence
    )


def reached(at: int) -> e.DeadlineReached:
    """Say what time it is."""
    return e.DeadlineReached(at=at, source=_SOURCE, source_id=f"clock:{at}")


def is_customer(at: int, index: int, row: Mapping[str, Any], fields: dict[str, Any]) -> e.CustomerSet:
    """Say what is known of a customer."""
    return e.CustomerSet(
        at=at, source=_SOURCE, source_id=f"customer:{index}", customer=row["customer"],
        name=called(row["language"], index), fields=fields,
    )  # fmt: skip


def has_history(at: int, index: int, customer: str, history: dict[str, int | str]) -> e.HistorySeeded:
    """Say what is known of a customer's past; contacts are spread over the 30 days before.

    A run without a day begins at instant 0, before which there is none.
    """
    contacts = int(history.get("contacts", 0))
    given = history.get("rating")
    return e.HistorySeeded(
        at=at, source=_SOURCE, source_id=f"history:{index}", customer=customer,
        contacts=tuple(max(0, at - (n + 1) * 30 * _DAY_MS // (contacts + 1)) for n in reversed(range(contacts))),
        unresolved=int(history.get("unresolved", 0)), rating=None if given is None else int(given),
        rated_at=None if given is None else max(0, at - _DAY_MS), transfers=int(history.get("transfers", 0)),
        last_agent=str(history.get("last_agent", "")),
    )  # fmt: skip


def came(at: int, index: int, conversation: str, row: Mapping[str, Any]) -> e.ConversationOpened:
    """Say that a conversation begins."""
    return e.ConversationOpened(
        at=at, source=_SOURCE, source_id=f"opened:{index}", conversation=conversation, customer=row["customer"],
        group=row["group"], language=row["language"], needs=tuple(row["needs"]),
    )  # fmt: skip


def has_tag(at: int, index: int, conversation: str, facet: str, tag: str) -> e.TagSet:
    """Say that a tag is put on by hand."""
    return e.TagSet(
        at=at, source=_SOURCE, source_id=f"tag:{index}:{facet}:{tag}", conversation=conversation, facet=facet, tag=tag,
        by="sim",
    )  # fmt: skip


def wrote(at: int, index: int, conversation: str, number: int, text: str) -> e.CustomerWrote:
    """Say that a customer writes the message of this number."""
    return e.CustomerWrote(
        at=at, source=_SOURCE, source_id=f"wrote:{index}:{number}", conversation=conversation,
        message=f"{index}/c{number}", text=text,
    )  # fmt: skip


def viewed(at: int, index: int, conversation: str, person: int, agent: str) -> e.Viewed:
    """Say that an agent looks at a tab."""
    return e.Viewed(
        at=at, source=_SOURCE, source_id=f"viewed:{index}:{person}:{at}", conversation=conversation, agent=agent
    )


def replied(
    at: int, index: int, conversation: str, turn: int, agent: str, text: str, *, astray: bool = False
) -> e.AgentWrote:
    """Say that an agent answers the message of this turn; `astray`: in the window of another conversation."""
    return e.AgentWrote(
        at=at, source=_SOURCE, source_id=f"{'astray' if astray else 'replied'}:{index}:{turn}",
        conversation=conversation, agent=agent, message=f"{index}/a{turn}{ASTRAY if astray else ''}", text=text,
    )  # fmt: skip


def resolved(at: int, index: int, conversation: str, agent: str) -> e.Resolved:
    """Say that an agent marks a conversation handled."""
    return e.Resolved(at=at, source=_SOURCE, source_id=f"resolved:{index}", conversation=conversation, by=agent)


def passed_on(at: int, index: int, conversation: str, group: str, agent: str) -> e.GroupSet:
    """Say that an agent passes a conversation on."""
    return e.GroupSet(
        at=at, source=_SOURCE, source_id=f"passed:{index}", conversation=conversation, group=group, by=agent
    )


def asked_for_help(at: int, index: int, conversation: str, helper: str, agent: str) -> e.HelperSet:
    """Say that an agent invites a helper."""
    return e.HelperSet(
        at=at, source=_SOURCE, source_id=f"helper:{index}", conversation=conversation, agent=helper, by=agent
    )


def left(at: int, index: int, conversation: str, *, silent: bool = False) -> e.CustomerLeft:
    """Say that a customer goes, or is found to be gone."""
    return e.CustomerLeft(
        at=at, source=_SOURCE, source_id=f"left:{index}", conversation=conversation, silent=silent
    )  # fmt: skip


def rated(at: int, index: int, conversation: str, rating: int) -> e.Rated:
    """Say how a customer rates a conversation."""
    return e.Rated(
        at=at, source=_SOURCE, source_id=f"rated:{index}", conversation=conversation, rating=rating,
        raw=("bad", "neutral", "good")[rating + 1],
    )  # fmt: skip
