"""What a fact must be before the desk moves at all: a refused fact changes nothing, not even a registry.

Every function looks and either returns nothing or raises `FactError`. It knows names and ranges, no rule and no stage:
whether a stage allows a fact stands in `core.LIFE`.
"""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk import coding, events
from deskkit.desk import columns as k
from deskkit.desk.lower import lower
from deskkit.desk.policy import Policy
from deskkit.errors import FactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from deskkit.desk.desk import Desk
    from deskkit.desk.names import Registry

__all__ = ["LONGEST_NAME", "PRESENCE", "TOPICS", "check", "check_new", "policy_of"]

PRESENCE: Final = ("offline", "away", "online")
TOPICS: Final = ("message", "assignment", "waiting", "neglected")
LAST: Final = 250_000_000_000_000  # in the year 9892: the calendar ends in 9999
MOST: Final = 1_000_000
BEST: Final = 5
LONGEST_NAME: Final = 1_000  # characters; a door of a browser lets no longer one in either
NAMES: Final = (
    "agent", "conversation", "customer", "facet", "group", "last_agent", "message", "nick", "presence", "source_id",
    "tag", "to",
)  # fmt: skip
"""Fields that name something: every board and every index holds them whole. What a customer is called is only shown."""
_EXAMPLES: Final = {"at": 1_781_749_800_000, "until": 1_781_749_800_000, "capacity": 5}


def check(desk: Desk, fact: events.Fact) -> None:
    """Refuse a fact the desk cannot take.

    Raises
    ------
    FactError
        It names what does not exist, or what exists already, or holds a value out of range.
    """
    looks = _CHECK.get(type(fact))
    if looks is None:
        raise FactError(
            "This is no fact.", value=type(fact).__name__, expected="one of deskkit.desk.events.FACTS",
            example="desk.step(CustomerWrote(...))",
        )  # fmt: skip
    if not 0 <= fact.at <= LAST:
        raise _out_of_range("at", fact.at, f"milliseconds since the UTC epoch, 0 to {LAST}")
    for look in looks:
        look(desk, fact)


def check_new(desk: Desk, fact: events.Fact) -> None:
    """Refuse a fact that comes from outside and could not be stored, or that says two things of a policy.

    What is in a log was looked at when it was stored, and a later release may know a policy by another fingerprint.

    Raises
    ------
    FactError
        A field of a wrong type, a text with half a character, a name longer than any, or a fingerprint of another
        text.
    """
    if type(fact) not in _CHECK:
        return  # `check` says so
    try:
        if coding.decode(coding.encode(fact)) != fact:
            _no_bytes(fact)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        raise FactError(
            f"The fact could not be stored: {_without_text(error)}.",
            place=type(fact).__name__,
            value=str(fact.source_id).encode("utf-8", "replace").decode(),
            expected="fields of the types that deskkit.desk.events declares, text without lone surrogates",
            example="at=1781749800000, text=text.encode('utf-8', 'replace').decode()",
        ) from error
    _check_names(fact)
    if isinstance(fact, events.PolicyChanged) and fact.text != desk.policy.text:
        found = Policy.parse(fact.text, place="the new policy").fingerprint
        if fact.fingerprint != found:
            raise _not_its_own(fact.fingerprint, found)
    elif isinstance(fact, events.PolicyChanged) and fact.fingerprint != desk.policy.fingerprint:
        raise _not_its_own(fact.fingerprint, desk.policy.fingerprint)


def _check_names(fact: events.Fact) -> None:
    """Refuse a name that is no name for its length."""
    for field in NAMES if not isinstance(fact, events.AgentSet) else (*NAMES, "name"):
        value = getattr(fact, field, "")
        if isinstance(value, str) and len(value) > LONGEST_NAME:
            raise FactError(
                f"The {field} is too long.", place=type(fact).__name__,
                value=f"{value[:40]}… ({len(value):,} characters)", expected=f"at most {LONGEST_NAME:,} characters",
                example=f"{field}={value[:8]!r}",
            )  # fmt: skip


def _no_bytes(fact: events.Fact) -> None:
    """Refuse bytes, which would be stored as another text than they are."""
    for name in fact.__struct_fields__:
        if isinstance(getattr(fact, name), bytes | bytearray | memoryview):
            message = f"Expected `str`, got `bytes` - at `$.{name}`"
            raise TypeError(message)


def _without_text(error: Exception) -> str:
    """Say what is wrong without quoting what a customer wrote."""
    return error.reason if isinstance(error, UnicodeEncodeError) else str(error)


def _not_its_own(given: str, found: str) -> FactError:
    return FactError(
        "The fingerprint is not that of the text.", place="PolicyChanged", value=given, expected=found,
        example="PolicyChanged(..., text=policy.text, fingerprint=policy.fingerprint)",
    )  # fmt: skip


def _out_of_range(field: str, value: object, expected: str) -> FactError:
    return FactError(
        f"The field {field} is out of range.",
        value=value,
        expected=expected,
        example=f"{field}={_EXAMPLES.get(field, 0)}",
    )


def _named(field: str, example: str) -> Callable[[Desk, Any], None]:
    def look(_desk: Desk, fact: events.Fact) -> None:
        if not getattr(fact, field):
            hint = f"{field}={example!r}"
            raise FactError(f"The {field} has no name.", value="", expected=f"a {field}", example=hint)

    return look


def _exists(desk: Desk, fact: events.ConversationFact) -> None:
    desk.conversation(fact.conversation)


def _is_new(desk: Desk, fact: events.ConversationOpened) -> None:
    if desk.conversations.find(fact.conversation) >= 0:
        raise FactError(
            "This conversation was opened before.", value=fact.conversation, expected="a new name",
            example=f"{fact.conversation[:40]}~2",
        )  # fmt: skip
    _room(desk.names.groups, [desk.names.aliases.get(fact.group, fact.group)] if fact.group else ())
    _room(desk.names.skills, fact.needs)


def _room(registry: Registry, names: Iterable[str]) -> None:
    """Refuse names for which a registry has no numbers left."""
    new = [name for name in dict.fromkeys(names) if registry.find(name) < 0]
    if "" in new:
        raise FactError(
            f"A {registry.what} has no name.",
            value="",
            expected=f"the name of a {registry.what}",
            example="'technical'",
        )
    if len(registry) + len(new) > registry.limit:
        raise registry.full(new[-1])


def _agent_set(desk: Desk, fact: events.AgentSet) -> None:
    if fact.capacity is not None and not 0 <= fact.capacity <= MOST:
        raise _out_of_range("capacity", fact.capacity, f"units, 0 to {MOST}, or None")
    for skill, level in fact.skills.items():
        if not 1 <= level <= BEST:
            hint = f"{{{skill[:40]!r}: 3}}"
            raise FactError("No such level of a skill.", value=level, expected="1 to 5", example=hint)
    _room(desk.names.groups, [desk.names.aliases.get(group, group) for group in fact.groups])
    _room(desk.names.skills, fact.skills)
    _room(desk.names.languages, fact.languages)


def _presence(_desk: Desk, fact: events.PresenceSet) -> None:
    if fact.presence not in PRESENCE:
        raise FactError("No such presence.", value=fact.presence, expected=", ".join(PRESENCE), example="online")


def _history(_desk: Desk, fact: events.HistorySeeded) -> None:
    instants = (*fact.contacts, *(() if fact.rated_at is None else (fact.rated_at,)))
    for at in instants:
        if not 0 <= at <= LAST:
            raise _out_of_range("contacts or rated_at", at, f"milliseconds since the UTC epoch, 0 to {LAST}")
    for count in (fact.unresolved, fact.transfers):
        if not 0 <= count <= MOST:
            raise _out_of_range("unresolved or transfers", count, f"0 to {MOST}")
    if fact.rating is not None:
        _is_rating(fact.rating)


def _is_rating(rating: int) -> None:
    if not -1 <= rating <= 1:
        raise FactError("No such rating.", value=rating, expected="-1 bad, 0 neutral, 1 good", example="rating=1")


def _facet(_desk: Desk, fact: events.TagSet) -> None:
    if fact.facet not in events.FACETS:
        raise FactError("No such facet of tags.", value=fact.facet, expected=", ".join(events.FACETS), example="label")


def _level(_desk: Desk, fact: events.PrioritySet) -> None:
    if not -1 <= fact.level < k.LEVELS:
        raise FactError("No such level.", value=fact.level, expected="0 to 3, or -1 to clear", example="level=3")


def _paused(_desk: Desk, fact: events.NoticesPaused) -> None:
    if fact.event not in TOPICS:
        raise FactError("No such event of a ladder.", value=fact.event, expected=", ".join(TOPICS), example="message")
    if not 0 <= fact.level < k.LEVELS:
        raise FactError("No such level.", value=fact.level, expected="0 to 3", example="level=3")


def _transfers(_desk: Desk, fact: events.OwnerSet | events.GroupSet) -> None:
    if fact.transfers is not None and not 0 <= fact.transfers <= MOST:
        raise _out_of_range("transfers", fact.transfers, f"0 to {MOST}, or None")


def _group(desk: Desk, fact: events.GroupSet) -> None:
    _room(desk.names.groups, [desk.names.aliases.get(fact.group, fact.group)])


def _rating(_desk: Desk, fact: events.Rated) -> None:
    _is_rating(fact.rating)


def _until(_desk: Desk, fact: events.Snoozed | events.NoticesPaused) -> None:
    if not 0 <= fact.until <= LAST:
        raise _out_of_range("until", fact.until, f"milliseconds since the UTC epoch, 0 to {LAST}")


def _policy(desk: Desk, fact: events.PolicyChanged) -> None:
    if fact.fingerprint != desk.policy.fingerprint:  # on a copy of the names: a policy may ask for too much
        lower(policy_of(fact.text).schema, deepcopy(desk.names), start=None)


@lru_cache(maxsize=8)
def policy_of(text: str) -> Policy:
    """Return the policy that a fact brings, read once though it is looked at more than once: that takes long."""
    return Policy.parse(text, place="the log's policy")


_AGENT = _named("agent", "chen")
_CUSTOMER = _named("customer", "zhang")
_CHECK: dict[type[events.Fact], tuple[Callable[[Desk, Any], None], ...]] = {
    **dict.fromkeys(events.FACTS, (_exists,)),
    events.PolicyChanged: (_policy,),
    events.AgentSet: (_AGENT, _agent_set),
    events.PresenceSet: (_AGENT, _presence),
    events.PeakSet: (),
    events.NoticesPaused: (_paused, _until),
    events.DeadlineReached: (),
    events.CustomerSet: (_CUSTOMER,),
    events.HistorySeeded: (_CUSTOMER, _history),
    events.ConversationOpened: (_named("conversation", "c1"), _is_new),
    events.Viewed: (_exists, _AGENT),
    events.HelperSet: (_exists, _AGENT),
    events.TagSet: (_exists, _facet, _named("tag", "VIP")),
    events.PrioritySet: (_exists, _level),
    events.OwnerSet: (_exists, _transfers),
    events.GroupSet: (_exists, _group, _transfers),
    events.Rated: (_exists, _rating),
    events.Snoozed: (_exists, _until),
}
