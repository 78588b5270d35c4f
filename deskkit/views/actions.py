"""What a hand does to a conversation, as facts, and the facts that undo it.

A deed is made from what a card shows; nothing here writes to a log or knows a widget. Facts come without
time, identity and author: whoever takes them stamps them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from deskkit.desk import events
from deskkit.desk.undoing import undoing

if TYPE_CHECKING:
    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.events import Fact

__all__ = [
    "Deed",
    "Done",
    "archive",
    "assign",
    "be",
    "begin",
    "clear_priority",
    "handle",
    "invite",
    "move",
    "note",
    "peak",
    "release",
    "reopen",
    "reply",
    "set_priority",
    "snooze",
    "stamped",
    "tag",
    "unarchive",
    "untag",
    "view",
    "whisper",
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


def _deed(what: str, fact: Fact, card: ConversationCard) -> Deed:
    return Deed(what, (fact,), undoing(fact, card))


def handle(card: ConversationCard) -> Deed:
    """Mark a conversation handled; undone, it is where it was and owes what it owed."""
    return _deed(_("Marked handled"), events.Resolved(at=UNSTAMPED, conversation=card.name), card)


def archive(card: ConversationCard) -> Deed:
    """Put a conversation away."""
    return _deed(_("Archived"), events.Archived(at=UNSTAMPED, conversation=card.name), card)


def unarchive(card: ConversationCard) -> Deed:
    """Take a conversation back from where it was put away."""
    return _deed(_("Taken out of the archive"), events.Unarchived(at=UNSTAMPED, conversation=card.name), card)


def reopen(card: ConversationCard) -> Deed:
    """Open a conversation again, or end its snooze."""
    return _deed(_("Reopened"), events.Reopened(at=UNSTAMPED, conversation=card.name), card)


def snooze(card: ConversationCard, *, until: int) -> Deed:
    """Put a conversation aside until an instant, milliseconds, or the customer's next message."""
    return _deed(_("Snoozed"), events.Snoozed(at=UNSTAMPED, conversation=card.name, until=until), card)


def tag(card: ConversationCard, *, facet: str, name: str) -> Deed:
    """Put a tag on."""
    return _deed(_("Tagged"), events.TagSet(at=UNSTAMPED, conversation=card.name, facet=facet, tag=name), card)


def untag(card: ConversationCard, *, facet: str, name: str) -> Deed:
    """Take a tag off; no rule puts it on again."""
    fact = events.TagSet(at=UNSTAMPED, conversation=card.name, facet=facet, tag=name, on=False)
    return _deed(_("Tag taken off"), fact, card)


def set_priority(card: ConversationCard, *, level: int) -> Deed:
    """Set a level 0 to 3 by hand."""
    return _deed(_("Priority set"), events.PrioritySet(at=UNSTAMPED, conversation=card.name, level=level), card)


def clear_priority(card: ConversationCard) -> Deed:
    """Leave the level to the rules again."""
    return set_priority(card, level=-1)


def assign(card: ConversationCard, *, agent: str) -> Deed:
    """Give a conversation to an agent; an empty name sends it back to the queue."""
    fact = events.OwnerSet(at=UNSTAMPED, conversation=card.name, agent=agent)
    return _deed(_("Assigned") if agent else _("Sent to the queue"), fact, card)


def move(card: ConversationCard, *, group: str) -> Deed:
    """Move a conversation to a group's queue."""
    return _deed(_("Moved"), events.GroupSet(at=UNSTAMPED, conversation=card.name, group=group), card)


def invite(card: ConversationCard, *, agent: str) -> Deed:
    """Invite a helper."""
    return _deed(_("Helper invited"), events.HelperSet(at=UNSTAMPED, conversation=card.name, agent=agent), card)


def release(card: ConversationCard, *, agent: str) -> Deed:
    """Release a helper."""
    fact = events.HelperSet(at=UNSTAMPED, conversation=card.name, agent=agent, on=False)
    return _deed(_("Helper released"), fact, card)


def be(agent: str, *, presence: str) -> Deed:
    """Let an agent be ``online``, ``away`` or ``offline``."""
    return Deed(_("Presence set"), (events.PresenceSet(at=UNSTAMPED, agent=agent, presence=presence),))


def peak(*, on: bool) -> Deed:
    """Switch peak mode by hand."""
    return Deed(_("Peak mode entered") if on else _("Peak mode left"), (events.PeakSet(at=UNSTAMPED, on=on),))


def reply(name: str, *, me: str, text: str, message: str) -> Deed:
    """Answer the customer; what was said cannot be unsaid."""
    fact = events.AgentWrote(at=UNSTAMPED, conversation=name, agent=me, message=message, text=text)
    return Deed(_("Replied"), (fact,))


def note(name: str, *, me: str, text: str, pinned: bool) -> Deed:
    """Write an internal note."""
    fact = events.NoteWritten(at=UNSTAMPED, conversation=name, agent=me, text=text, pinned=pinned)
    return Deed(_("Note pinned") if pinned else _("Note written"), (fact,))


def begin(customer: str, *, name: str, me: str, group: str, conversation: str, text: str) -> Deed:
    """Begin a conversation with a customer, known by id or new by `name`, and perhaps say something."""
    known = (events.CustomerSet(at=UNSTAMPED, customer=customer, name=name),) if name else ()
    opened = events.ConversationOpened(
        at=UNSTAMPED, conversation=conversation, customer=customer, group=group, origin="agent", agent=me
    )
    said = events.AgentWrote(at=UNSTAMPED, conversation=conversation, agent=me, message=f"{conversation}/1", text=text)
    return Deed(_("Conversation begun"), (*known, opened, *((said,) if text else ())))


def whisper(name: str, *, me: str, text: str, to: str) -> Deed:
    """Write a note to one agent."""
    fact = events.NoteWritten(at=UNSTAMPED, conversation=name, agent=me, text=text, to=to)
    return Deed(_("Whispered"), (fact,))
