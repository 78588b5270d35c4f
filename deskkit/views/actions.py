"""What a hand does to a conversation, as facts, and the facts that undo it.

A deed is made from what a card shows; nothing here writes to a log or knows a widget. Facts come without
time, identity and author: whoever takes them stamps them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from deskkit.desk import events

if TYPE_CHECKING:
    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.events import Fact

__all__ = [
    "Deed",
    "Done",
    "archive",
    "assign",
    "clear_priority",
    "handle",
    "move",
    "note",
    "reopen",
    "reply",
    "set_priority",
    "snooze",
    "stamped",
    "tag",
    "untag",
    "view",
]

UNSTAMPED = 0


class Deed(msgspec.Struct, frozen=True):
    """What was done, in English words with a place for the customer, the facts, and those that undo it."""

    what: str
    facts: tuple[Fact, ...]
    undo: tuple[Fact, ...] = ()


class Done(NamedTuple):
    """A deed as it was given to the driver, and what is to be said and can be undone once it is taken."""

    facts: list[Fact]
    deed: Deed
    undo: tuple[Fact, ...]
    title: str

    @property
    def conversation(self) -> str:
        """The conversation it was done to."""
        return getattr(self.deed.facts[0], "conversation", "")


def stamped(fact: Fact, *, at: int, by: str, source_id: str) -> Fact:
    """Return a fact with time (milliseconds), author and an identity of its own.

    Examples
    --------
    >>> stamped(events.Reopened(at=0, conversation="c1"), at=5, by="chen", source_id="a1").source
    'view'
    """
    return msgspec.structs.replace(fact, at=at, by=by, source="view", source_id=source_id)


def _(text: str) -> str:
    """Mark a text as one to translate where it is shown."""
    return text


def view(name: str, *, me: str) -> Deed:
    """Look at a conversation."""
    return Deed("", (events.Viewed(at=UNSTAMPED, conversation=name, agent=me),))


def handle(card: ConversationCard) -> Deed:
    """Mark a conversation handled; undone, it is where it was and owes what it owed."""
    back = (events.Reopened(at=UNSTAMPED, conversation=card.name, undo=True),)
    return Deed(_("Marked handled"), (events.Resolved(at=UNSTAMPED, conversation=card.name),), back)


def archive(card: ConversationCard) -> Deed:
    """Put a conversation away."""
    back = (events.Unarchived(at=UNSTAMPED, conversation=card.name),)
    return Deed(_("Archived"), (events.Archived(at=UNSTAMPED, conversation=card.name),), back)


def reopen(card: ConversationCard) -> Deed:
    """Open a conversation again, or end its snooze."""
    back: dict[str, Fact] = {
        "resolved": events.Resolved(at=UNSTAMPED, conversation=card.name),
        "archived": events.Archived(at=UNSTAMPED, conversation=card.name),
    }
    if card.snoozed_until is not None:
        back["snoozed"] = events.Snoozed(at=UNSTAMPED, conversation=card.name, until=card.snoozed_until)
    undo = (back[card.stage],) if card.stage in back else ()
    return Deed(_("Reopened"), (events.Reopened(at=UNSTAMPED, conversation=card.name),), undo)


def snooze(card: ConversationCard, *, until: int) -> Deed:
    """Put a conversation aside until an instant, milliseconds, or the customer's next message."""
    fact = events.Snoozed(at=UNSTAMPED, conversation=card.name, until=until)
    return Deed(_("Snoozed"), (fact,), (events.Reopened(at=UNSTAMPED, conversation=card.name),))


def tag(card: ConversationCard, *, facet: str, name: str) -> Deed:
    """Put a tag on."""
    fact = events.TagSet(at=UNSTAMPED, conversation=card.name, facet=facet, tag=name)
    return Deed(_("Tagged"), (fact,), _as_it_was(card, fact))


def untag(card: ConversationCard, *, facet: str, name: str) -> Deed:
    """Take a tag off; no rule puts it on again."""
    fact = events.TagSet(at=UNSTAMPED, conversation=card.name, facet=facet, tag=name, on=False)
    return Deed(_("Tag taken off"), (fact,), _as_it_was(card, fact))


def _as_it_was(card: ConversationCard, fact: events.TagSet) -> tuple[Fact, ...]:
    """Return what leaves a tag as the card shows it: by hand or by rule, taken off or never there."""
    on, off = (
        [one for one in tags if (one.facet, one.name) == (fact.facet, fact.tag)] for tags in (card.tags, card.taken_off)
    )
    if on and on[0].by_hand and fact.on:
        return ()  # it was so already
    by_hand = on[0].by_hand if on else bool(off)
    return (msgspec.structs.replace(fact, on=bool(on), undo=not by_hand),)


def set_priority(card: ConversationCard, *, level: int) -> Deed:
    """Set a level 0 to 3 by hand."""
    return _priority(card, level)


def clear_priority(card: ConversationCard) -> Deed:
    """Leave the level to the rules again."""
    return _priority(card, -1)


def _priority(card: ConversationCard, level: int) -> Deed:
    before = card.level if card.by_hand else -1
    fact = events.PrioritySet(at=UNSTAMPED, conversation=card.name, level=level)
    undo = () if before == level else (msgspec.structs.replace(fact, level=before),)
    return Deed(_("Priority set"), (fact,), undo)


def assign(card: ConversationCard, *, agent: str) -> Deed:
    """Give a conversation to an agent; an empty name sends it back to the queue."""
    fact = events.OwnerSet(at=UNSTAMPED, conversation=card.name, agent=agent)
    undo = () if card.owner == agent else (msgspec.structs.replace(fact, agent=card.owner, transfers=card.transfers),)
    return Deed(_("Assigned") if agent else _("Sent to the queue"), (fact,), undo)


def move(card: ConversationCard, *, group: str) -> Deed:
    """Move a conversation to a group's queue."""
    facts = (events.GroupSet(at=UNSTAMPED, conversation=card.name, group=group),)
    back = events.GroupSet(at=UNSTAMPED, conversation=card.name, group=card.group, transfers=card.transfers)
    undo: tuple[Fact, ...] = (back,)
    if card.owner:
        owner = events.OwnerSet(at=UNSTAMPED, conversation=card.name, agent=card.owner, transfers=card.transfers)
        undo = (back, owner)
    return Deed(_("Moved"), facts, undo)


def reply(name: str, *, me: str, text: str, message: str) -> Deed:
    """Answer the customer; what was said cannot be unsaid."""
    fact = events.AgentWrote(at=UNSTAMPED, conversation=name, agent=me, message=message, text=text)
    return Deed(_("Replied"), (fact,))


def note(name: str, *, me: str, text: str, pinned: bool) -> Deed:
    """Write an internal note."""
    fact = events.NoteWritten(at=UNSTAMPED, conversation=name, agent=me, text=text, pinned=pinned)
    return Deed(_("Note pinned") if pinned else _("Note written"), (fact,))
