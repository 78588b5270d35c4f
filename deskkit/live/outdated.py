"""What makes an action outdated: since its author saw the log, somebody else changed the very thing it acts on.

An action says up to where its author had seen the log. What speaks against it is a later event about the same
conversation, by somebody else:

* a closing or a snooze: the customer wrote more than a courtesy, or another hand closed, reopened, snoozed or
  unarchived;
* a reopening or an unarchiving: the same, but for the customer's message;
* an assignment or a move: another hand or the desk gave it to somebody, took it back, or another hand closed it;
* a helper invited or released: another hand did so with the same helper;
* a level by hand: another level by another hand; a tag: another hand set or took off the same tag;
* a policy put in force: another hand put another one in force.

A rule's tag or level speaks against no hand, whose word stands before it. Replies, notes, views and ratings are never
outdated: a text once written is not thrown away, and what happened has happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk import events
from deskkit.live.told import told

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Event, Fact
    from deskkit.log import Delivery, EventLog

__all__ = ["cause_of", "contradiction"]

_HANDS: Final = (
    events.Resolved, events.CustomerLeft, events.Archived, events.Unarchived, events.Reopened, events.Snoozed,
    events.Tidied, events.Renewed,
)  # fmt: skip
_GIVEN: Final = (
    events.OwnerSet, events.GroupSet, events.Assigned, events.Returned, events.Resolved, events.CustomerLeft,
    events.Archived, events.Tidied, events.Renewed,
)  # fmt: skip
_AGAINST: Final[dict[type[events.Fact], tuple[type[events.Event], ...]]] = {
    **dict.fromkeys(
        (events.Resolved, events.CustomerLeft, events.Archived, events.Snoozed), (*_HANDS, events.CustomerWrote)
    ),
    **dict.fromkeys((events.Reopened, events.Unarchived), _HANDS),
    **dict.fromkeys((events.OwnerSet, events.GroupSet), _GIVEN),
    events.HelperSet: (events.HelperSet,),
    events.PrioritySet: (events.PrioritySet,),
    events.TagSet: (events.TagSet,),
    events.PolicyChanged: (events.PolicyChanged,),
}  # fmt: skip
_SAME: Final[dict[type[events.Fact], tuple[str, ...]]] = {  # what it has to be about besides the conversation
    events.HelperSet: ("agent",),
    events.TagSet: ("facet", "tag"),
}


def contradiction(log: EventLog, desk: Desk, delivery: Delivery, fact: Fact) -> int | None:
    """Return the sequence number of the event that makes an action outdated, or None.

    Parameters
    ----------
    log : EventLog
    desk : Desk
        Which has seen the whole log.
    delivery : Delivery
        With `saw_seq`; an action that does not say what it saw is never outdated.
    fact : Fact
        The action.
    """
    kinds = _AGAINST.get(type(fact))
    if delivery.saw_seq is None or kinds is None:
        return None
    name = getattr(fact, "conversation", None)
    saw = delivery.saw_seq
    for stored in log.read(saw, kinds=kinds) if name is None else told(log, desk, name, kinds, after=saw):
        event = stored.event
        if isinstance(event, events.CustomerWrote) and desk.is_courtesy(event.text):
            continue  # a thank-you asks for nothing
        if _is_about(fact, event) and _differs(fact, event) and _is_other(log, event, delivery):
            return stored.seq
    return None


def cause_of(decision: Event) -> tuple[str, str]:
    """Return source and source_id of the fact that a decision was made about.

    Examples
    --------
    >>> tagged = events.Tagged(at=1, source="desk", source_id="a%3Ab:7#2", conversation="c", facet="label", tag="new")
    >>> cause_of(tagged), cause_of(events.Refused(at=1, source="view", source_id="7", reason="outdated"))
    (('a:b', '7'), ('view', '7'))
    """
    if decision.source != "desk":  # a fact refused outside the desk leaves that under its own identity
        return decision.source, decision.source_id
    source, _, rest = decision.source_id.partition(":")
    return source.replace("%3A", ":").replace("%25", "%"), rest.rpartition("#")[0]


def _is_other(log: EventLog, event: Event, delivery: Delivery) -> bool:
    """Say whether somebody else did it; what the author's own earlier action led to is the author's too."""
    if isinstance(event, events.Fact):
        return event.source != delivery.source or event.by != delivery.author
    cause = _cause(log, event)
    return cause is None or _is_other(log, cause, delivery)


def _cause(log: EventLog, decision: Event) -> Fact | None:
    """Return the fact that a decision was made about: its identity stands in the decision's."""
    seq = log.find(*cause_of(decision))
    if seq is None:
        return None
    (stored,) = log.read(seq - 1, until=seq)
    return stored.event if isinstance(stored.event, events.Fact) else None


def _is_about(fact: Fact, event: Event) -> bool:
    return all(getattr(fact, field) == getattr(event, field, None) for field in _SAME.get(type(fact), ()))


def _differs(fact: Fact, event: Event) -> bool:
    """Say whether an event of the same kind wanted something else; the same wish twice is no quarrel."""
    if type(fact) is not type(event):
        return True
    identity = {"at", "source", "source_id", "by", "transfers", "reason"}
    fields = [field for field in fact.__struct_fields__ if field not in identity]
    return any(getattr(fact, field) != getattr(event, field) for field in fields)
