"""Whether a hand changed, since a deed, the very thing that undoing it would change: then the newer one goes first.

Asked of the log when somebody undoes. What the customer wrote or the desk decided since speaks against no undo; nor
does what was refused, or is itself undone by now.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk import cards
from deskkit.desk import events as e
from deskkit.desk.labels import current
from deskkit.live.outdated import cause_of
from deskkit.live.told import told
from deskkit.views.desk import wording
from deskkit.views.desk.resent import is_waiting
from deskkit.views.desk.undo import VIEW, tried, undone

if TYPE_CHECKING:
    from collections.abc import Generator

    from deskkit.desk.desk import Desk
    from deskkit.desk.schema import Facet
    from deskkit.log import EventLog
    from deskkit.views.desk.undo import Done, Undo
    from deskkit.views.words import Words

__all__ = ["Left", "is_undone", "next_try", "overtaken"]

_PLACE: Final = (e.OwnerSet, e.GroupSet, e.Resolved, e.Archived, e.Unarchived, e.Reopened, e.Snoozed)
_LOOKS: Final = 2  # where the deed stands, and what followed
_SENT_ON: Final = (e.OwnerSet, e.GroupSet)  # after which a reply may claim the conversation


class Left(NamedTuple):
    """Why a conversation is left as it is, in words, and whether that may itself be undone first."""

    why: str
    goes_first: bool = False


def overtaken(
    log: EventLog, desk: Desk, undo: Undo, done: Done, *, say: Words, now: int
) -> Generator[float, None, dict[str, Left]]:
    """Return the conversations of a deed that have to be left as they are, each with the reason.

    Rests after each, and says how many looks into the log that took.
    """
    found: dict[str, Left] = {}
    for fact in list(done.facts):
        yield _LOOKS
        since = log.find(VIEW, fact.source_id)
        if since is None or fact.conversation in found:
            continue
        if fact.conversation in desk.going_on:
            found[fact.conversation] = Left(
                say("Since then the customer wrote again: it goes on as a new conversation")
            )
        elif isinstance(fact, e.TagSet) and _is_relabelled(log, desk, fact, since):
            tag = say.tag(fact.tag)
            why = say("Since then the tag {tag} was renamed, merged or retired: put it right by hand", tag=tag)
            found[fact.conversation] = Left(why)
        elif isinstance(fact, e.Snoozed) and cards.conversation_card(desk, fact.conversation).stage != "snoozed":
            found[fact.conversation] = Left(say("It is awake already"))
        elif owner := _taken_since(desk, fact, done):
            found[fact.conversation] = Left(say("{agent} has it since then", agent=say.agent(desk, owner)))
        elif (later := _later(log, desk, fact, since, done)) is not None:
            who, what = say.agent(desk, later.by), wording.done(desk, later, say=say, now=now)
            why = say("Since then {agent} did: {what}", agent=who, what=what)
            found[fact.conversation] = Left(why, goes_first=undo.get(_act(later)) is not None)
    return found


def is_undone(log: EventLog, act: str) -> bool:
    """Say whether a deed was undone, whoever did so: what is sent again after a reload was done by itself."""
    identity = (VIEW, f"{next_try(log, act)}.0")
    seq = log.find(*identity)
    if seq is None:
        return False
    (stored,) = log.read(seq - 1, until=seq)
    if isinstance(stored.event, e.Refused):
        return False
    name = getattr(stored.event, "conversation", None)
    refused = (row.event for row in log.read(seq, conversation=name, kinds=(e.Refused,)))
    return not any(
        isinstance(one, e.Refused) and one.reason != "no change" and cause_of(one) == identity for one in refused
    )


def next_try(log: EventLog, act: str) -> str:
    """Return the identity under which a deed is undone: the first that was not wholly refused by the driver.

    An undo that is sent again while nobody decided about it is the same one; one that was refused has spent its
    identity, for the log holds there that it was refused.
    """
    return next(one for n in count(1) if not _is_spent(log, one := tried(act, n)))


def _is_spent(log: EventLog, identity: str) -> bool:
    """Say whether all facts of an undo were refused by the driver: none stands in the log, and none waits for it."""
    for n in count():
        seq = log.find(VIEW, f"{identity}.{n}")
        if seq is None:
            return n > 0 and not is_waiting(log, identity, n)
        (stored,) = log.read(seq - 1, until=seq)
        if not isinstance(stored.event, e.Refused):
            return False
    return False


def _later(log: EventLog, desk: Desk, fact: e.ConversationFact, since: int, done: Done) -> e.Fact | None:
    """Return the last that a hand did since to the same thing of the conversation, None if nothing."""
    kinds = (*_PLACE, e.AgentWrote) if isinstance(fact, _PLACE) else (type(fact),)
    events = [row.event for row in told(log, desk, fact.conversation, (*kinds, e.Refused), after=since)]
    refused = {cause_of(one) for one in events if isinstance(one, e.Refused)}
    stand = [one for one in events if isinstance(one, e.Fact) and (one.source, one.source_id) not in refused]
    taken_back = {undone(_act(one)) for one in stand if undone(_act(one))} | {done.act}
    thing = _thing(desk, fact)
    for one in reversed(stand):
        if not one.by or undone(_act(one)) or _act(one) in taken_back:
            continue
        speaks = _claims(desk, fact, one, done) if isinstance(one, e.AgentWrote) else _thing(desk, one) == thing
        if speaks:
            return one
    return None


def _act(fact: e.Fact) -> str:
    return fact.source_id.rpartition(".")[0] if fact.source == VIEW else ""


def _thing(desk: Desk, fact: e.Fact) -> tuple[str, ...]:
    """Return what of its conversation a fact changes."""
    match fact:
        case e.TagSet(facet=facet, tag=tag):
            return ("tag", facet, current(_facet(desk, facet), tag))
        case e.HelperSet(agent=agent):
            return ("helper", agent)
        case e.PrioritySet():
            return ("level",)
    return ("place",)


def _claims(desk: Desk, fact: e.ConversationFact, reply: e.AgentWrote, done: Done) -> bool:
    """Say whether a reply gave its author what the deed had sent on, and the undo would give somebody else."""
    owners = {one.agent for one in done.back if isinstance(one, e.OwnerSet) and one.conversation == fact.conversation}
    is_sent_on = isinstance(fact, _SENT_ON) or (isinstance(fact, e.Reopened) and owners)  # or woken, and given since
    if not is_sent_on or cards.conversation_card(desk, fact.conversation).owner != reply.agent:
        return False
    given = fact.agent if isinstance(fact, e.OwnerSet) else ""
    return not reply.automatic and reply.agent not in {*owners, given}


def _taken_since(desk: Desk, fact: e.ConversationFact, done: Done) -> str:
    """Return who has by now what slept at nobody until it was woken: undone, it would sleep at them."""
    back = [one for one in done.back if isinstance(one, e.ConversationFact) and one.conversation == fact.conversation]
    slept = any(isinstance(one, e.Snoozed) for one in back) and not any(isinstance(one, e.OwnerSet) for one in back)
    return cards.conversation_card(desk, fact.conversation).owner if isinstance(fact, e.Reopened) and slept else ""


def _facet(desk: Desk, name: str) -> Facet:
    return next(facet for facet in desk.policy.schema.facets if facet.name == name)


def _is_relabelled(log: EventLog, desk: Desk, fact: e.TagSet, since: int) -> bool:
    """Say whether a policy since made the tag another one, or one with a tag that a hand had put on as well."""
    if next(iter(log.read(since, kinds=(e.PolicyChanged,), limit=1)), None) is None:
        return False
    facet = _facet(desk, fact.facet)
    if current(facet, fact.tag) != fact.tag or (fact.tag in facet.retired and not fact.on):
        return True
    merged: dict[str, bool] = {}
    for row in log.read(conversation=fact.conversation, kinds=(e.TagSet,)):
        one = row.event
        if isinstance(one, e.TagSet) and one.facet == fact.facet and one.tag != fact.tag:
            merged[one.tag] = one.on and current(facet, one.tag) == fact.tag
    return any(merged.values())
