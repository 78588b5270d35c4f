"""What undoes a deed of a hand: facts that leave a conversation as it was before.

Worked out of what stood there before the deed, so that everybody who folds the log can undo it, also after a reload.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk import events as e

if TYPE_CHECKING:
    from deskkit.desk.cards import ConversationCard

__all__ = ["KEPT_MS", "undoing"]

KEPT_MS: Final = 600_000  # so long a deed can be undone


@singledispatch
def undoing(fact: e.Fact, before: ConversationCard) -> tuple[e.Fact, ...]:
    """Return the facts, without time, identity and author, that undo a fact; none where nothing can or need.

    Parameters
    ----------
    fact : Fact
        About one conversation.
    before : ConversationCard
        The conversation as it stood before it.

    Examples
    --------
    >>> from deskkit.desk import cards
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> _ = desk.step(e.ConversationOpened(at=0, conversation="c1", customer="zhang"))
    >>> card = cards.conversation_card(desk, "c1")
    >>> undoing(e.PrioritySet(at=5, conversation="c1", level=3), card)
    (PrioritySet(at=0, source='', source_id='', by='', conversation='c1', level=-1),)
    """
    del fact, before
    return ()


@undoing.register(e.Resolved)
def _(_fact: e.Resolved, before: ConversationCard) -> tuple[e.Fact, ...]:
    return (e.Reopened(at=0, conversation=before.name, undo=True), *_helpers(before))


@undoing.register(e.Archived)
def _(_fact: e.Archived, before: ConversationCard) -> tuple[e.Fact, ...]:
    return (e.Unarchived(at=0, conversation=before.name), *_helpers(before))


@undoing.register(e.Unarchived)
def _(_fact: e.Unarchived, before: ConversationCard) -> tuple[e.Fact, ...]:
    return (e.Archived(at=0, conversation=before.name),)


@undoing.register(e.Reopened)
def _(_fact: e.Reopened, before: ConversationCard) -> tuple[e.Fact, ...]:
    match before.stage:
        case "resolved":
            return (e.Resolved(at=0, conversation=before.name),)
        case "archived":
            return (e.Archived(at=0, conversation=before.name),)
        case "snoozed" if before.snoozed_until is not None:
            asleep = e.Snoozed(at=0, conversation=before.name, until=before.snoozed_until)
            return (_owner(before), asleep) if before.owner else (asleep,)  # the desk may have given it since
    return ()


@undoing.register(e.Snoozed)
def _(_fact: e.Snoozed, before: ConversationCard) -> tuple[e.Fact, ...]:
    if before.snoozed_until is not None:  # it slept already, until then
        return (e.Snoozed(at=0, conversation=before.name, until=before.snoozed_until),)
    return (e.Reopened(at=0, conversation=before.name),)


@undoing.register(e.TagSet)
def _(fact: e.TagSet, before: ConversationCard) -> tuple[e.Fact, ...]:
    """Return what leaves the tag as the card shows it: by hand or by rule, taken off or never there."""
    on, off = (
        [one for one in tags if (one.facet, one.name) == (fact.facet, fact.tag)]
        for tags in (before.tags, before.taken_off)
    )
    if on and on[0].by_hand and fact.on:
        return ()  # it was so already
    by_hand = on[0].by_hand if on else bool(off)
    return (e.TagSet(at=0, conversation=before.name, facet=fact.facet, tag=fact.tag, on=bool(on), undo=not by_hand),)


@undoing.register(e.PrioritySet)
def _(fact: e.PrioritySet, before: ConversationCard) -> tuple[e.Fact, ...]:
    level = before.level if before.by_hand else -1
    return () if level == fact.level else (e.PrioritySet(at=0, conversation=before.name, level=level),)


@undoing.register(e.OwnerSet)
def _(fact: e.OwnerSet, before: ConversationCard) -> tuple[e.Fact, ...]:
    return () if before.owner == fact.agent else (_owner(before), *_as_before(before))


@undoing.register(e.GroupSet)
def _(_fact: e.GroupSet, before: ConversationCard) -> tuple[e.Fact, ...]:
    back = e.GroupSet(at=0, conversation=before.name, group=before.group, transfers=before.transfers)
    return (back, *((_owner(before),) if before.owner else ()), *_as_before(before))


@undoing.register(e.HelperSet)
def _(fact: e.HelperSet, before: ConversationCard) -> tuple[e.Fact, ...]:
    if (fact.agent in before.helpers) == fact.on:
        return ()
    return (msgspec.structs.replace(fact, at=0, source="", source_id="", by="", on=not fact.on),)


def _helpers(before: ConversationCard) -> tuple[e.Fact, ...]:
    """Return what lets those help again who did: an end lets them go, and who is given what they helped in."""
    return tuple(e.HelperSet(at=0, conversation=before.name, agent=agent) for agent in before.helpers)


def _as_before(before: ConversationCard) -> tuple[e.Fact, ...]:
    """Return what else a hand changes that gives a conversation: who helped in it, and that it slept at its agent."""
    until = before.snoozed_until
    return *_helpers(before), *(() if until is None else (e.Snoozed(at=0, conversation=before.name, until=until),))


def _owner(before: ConversationCard) -> e.Fact:
    return e.OwnerSet(at=0, conversation=before.name, agent=before.owner, transfers=before.transfers)
