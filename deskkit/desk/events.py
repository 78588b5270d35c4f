"""Every fact and every decision, one small frozen struct each: the only record types of deskkit.

A *fact* is what happened to the desk, a *decision* what the desk did about it, an *advice* what it would do where
it only watches. All carry `at` (milliseconds since the UTC epoch), and `(source, source_id)`, which identifies an
event for ever: the same delivery twice is one event. This module knows no file, no clock and no policy.

Evolution, so that every log stays readable: new fields have defaults; no kind is renamed, no field retyped.
"""

from __future__ import annotations

from typing import Final

import msgspec

FACETS: Final = ("customer", "inquiry", "label")
LEVELS: Final = ("low", "normal", "high", "urgent")


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True, gc=False):
    """What all events share: when (milliseconds since the UTC epoch, from 0 in simulated logs) and the identity."""

    at: int
    source: str = ""
    source_id: str = ""


class Fact(Event, frozen=True, kw_only=True):
    """Something that happened to the desk; `by` says who did it where a person or a product did."""

    by: str = ""


class Decision(Event, frozen=True, kw_only=True):
    """Something the desk did; `because` is the number of the rule and up to six integers."""

    because: tuple[int, ...] = ()


class PolicyChanged(Fact, frozen=True, kw_only=True, tag="policy_changed"):
    """From here on the desk decides by this policy; `text` is the whole TOML file."""

    text: str
    fingerprint: str


class AgentSet(Fact, frozen=True, kw_only=True, tag="agent_set"):
    """An agent is known, or known differently: groups, skill levels 1-5, languages, capacity in units, nickname."""

    agent: str
    name: str = ""
    role: str = "agent"
    groups: tuple[str, ...] = ()
    skills: dict[str, int] = {}
    languages: tuple[str, ...] = ()
    capacity: float | None = None
    nick: str = ""


class PresenceSet(Fact, frozen=True, kw_only=True, tag="presence_set"):
    """An agent is ``online`` (takes work), ``away`` (keeps what is in hand, gets nothing new) or ``offline``."""

    agent: str
    presence: str


class PeakSet(Fact, frozen=True, kw_only=True, tag="peak_set"):
    """A supervisor switches peak mode on or off by hand."""

    on: bool


class NoticesPaused(Fact, frozen=True, kw_only=True, tag="notices_paused"):
    """A supervisor pauses a ladder that is only noise (`event`, `level`) until an instant; 0: it rings again."""

    event: str
    level: int
    until: int


class DeadlineReached(Fact, frozen=True, kw_only=True, tag="deadline_reached"):
    """Time has come to `at`; whatever was due is due now."""


class CustomerSet(Fact, frozen=True, kw_only=True, tag="customer_set"):
    """What is known of a customer: name and fields (orders, spend, membership, own; `last_order` is an instant, ms)."""

    customer: str
    name: str = ""
    fields: dict[str, str | int | float] = {}


class HistorySeeded(Fact, frozen=True, kw_only=True, tag="history_seeded"):
    """What an import knows of a customer's past before the log begins."""

    customer: str
    contacts: tuple[int, ...] = ()
    unresolved: int = 0
    rating: int | None = None
    rated_at: int | None = None
    transfers: int = 0
    last_agent: str = ""


class ConversationFact(Fact, frozen=True, kw_only=True):
    """A fact about one conversation."""

    conversation: str


class ConversationOpened(ConversationFact, frozen=True, kw_only=True, tag="conversation_opened"):
    """A contact begins; `origin` is ``customer``, or ``agent`` for a new chat begun by hand (owner: `agent`)."""

    customer: str
    group: str = ""
    language: str = ""
    needs: tuple[str, ...] = ()
    origin: str = "customer"
    agent: str = ""
    channel: str = ""


class File(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A file that came with a message: its name, its address as the product gave it, its size in bytes (0: unknown)."""

    name: str
    url: str = ""
    size: int = 0


class CustomerWrote(ConversationFact, frozen=True, kw_only=True, tag="customer_wrote"):
    """The customer wrote; for an image, voice or file the text is its name, and `files` say where it lies."""

    message: str
    text: str
    content_type: str = "text"
    files: tuple[File, ...] = ()


class AgentWrote(ConversationFact, frozen=True, kw_only=True, tag="agent_wrote"):
    """An agent replied; `automatic` marks welcome, promotional and ending texts, which answer nobody."""

    agent: str
    message: str
    text: str
    content_type: str = "text"
    automatic: bool = False
    files: tuple[File, ...] = ()


class SystemWrote(ConversationFact, frozen=True, kw_only=True, tag="system_wrote"):
    """A bot or the system wrote; it answers nobody and wakes no rule."""

    message: str
    text: str
    content_type: str = "text"
    author: str = "system"
    files: tuple[File, ...] = ()


class NoteWritten(ConversationFact, frozen=True, kw_only=True, tag="note_written"):
    """An internal note, or a whisper `to` an agent; agents only see it, a pinned one at the head of the tab."""

    agent: str
    text: str
    pinned: bool = False
    to: str = ""


class Viewed(ConversationFact, frozen=True, kw_only=True, tag="viewed"):
    """An agent looks at the conversation's tab from here on, until the next view of another."""

    agent: str


class CustomerLeft(ConversationFact, frozen=True, kw_only=True, tag="customer_left"):
    """The customer abandoned: ``loud`` (closed the window) or silent (found out later).

    `reason` says how that is known: empty where the source told it, ``timeout`` where the product's time-out ended
    what nobody had answered, ``assumed`` where nothing tells how it ended.
    """

    silent: bool = False
    reason: str = ""


class Resolved(ConversationFact, frozen=True, kw_only=True, tag="resolved"):
    """Marked handled, by an agent, by the product or by its time-out (`reason`)."""

    reason: str = ""


class Reopened(ConversationFact, frozen=True, kw_only=True, tag="reopened"):
    """Reopened by hand; `undo`: it should not have been marked handled, and what was owed is owed again."""

    undo: bool = False


class Snoozed(ConversationFact, frozen=True, kw_only=True, tag="snoozed"):
    """Put aside until an instant or the customer's next message."""

    until: int


class Archived(ConversationFact, frozen=True, kw_only=True, tag="archived"):
    """Archived by hand."""


class Unarchived(ConversationFact, frozen=True, kw_only=True, tag="unarchived"):
    """An archiving is undone: back to the stage before."""


class TagSet(ConversationFact, frozen=True, kw_only=True, tag="tag_set"):
    """A tag is put on or off by hand (or by the product), which no rule undoes; `undo`: it is as rules left it."""

    facet: str
    tag: str
    on: bool = True
    undo: bool = False


class PrioritySet(ConversationFact, frozen=True, kw_only=True, tag="priority_set"):
    """A level 0-3 is set by hand, or cleared with -1."""

    level: int


class OwnerSet(ConversationFact, frozen=True, kw_only=True, tag="owner_set"):
    """Assigned by hand or by the product; an empty `agent`: to the queue. Of an undo: the `transfers` that count."""

    agent: str
    transfers: int | None = None


class GroupSet(ConversationFact, frozen=True, kw_only=True, tag="group_set"):
    """Moved to a group by hand or by the product; the owner is released. `transfers`: as of `OwnerSet`."""

    group: str
    transfers: int | None = None


class HelperSet(ConversationFact, frozen=True, kw_only=True, tag="helper_set"):
    """A further agent is invited to the conversation, or released."""

    agent: str
    on: bool = True


class Rated(ConversationFact, frozen=True, kw_only=True, tag="rated"):
    """The customer rated: -1 bad, 0 neutral, 1 good; `raw` is what the product said."""

    rating: int
    raw: str = ""


class ConversationDecision(Decision, frozen=True, kw_only=True):
    """A decision about one conversation."""

    conversation: str


class Tagged(ConversationDecision, frozen=True, kw_only=True, tag="tagged"):
    """A rule put a tag on, or took off one that a rule had put on."""

    facet: str
    tag: str
    on: bool = True


class Prioritised(ConversationDecision, frozen=True, kw_only=True, tag="prioritised"):
    """A reason began (`phase` 1), ended (0, it lasts on a while) or ran out (-1); the level was `old`, now `level`."""

    rule: int
    phase: int
    level: int
    old: int


class Queued(ConversationDecision, frozen=True, kw_only=True, tag="queued"):
    """The conversation waits in the queue of a group, for agents with the skills it needs."""

    group: str
    needs: tuple[str, ...] = ()
    old: str = ""


class Assigned(ConversationDecision, frozen=True, kw_only=True, tag="assigned"):
    """The desk gave the conversation to an agent."""

    agent: str


class Advised(ConversationDecision, frozen=True, kw_only=True, tag="advised"):
    """Advice: the desk, which only watches, would have given the conversation to this agent."""

    agent: str


class Returned(ConversationDecision, frozen=True, kw_only=True, tag="returned"):
    """Taken from an agent (time-out, offline) and put back into the queue with its waiting time."""

    agent: str


class Overflowed(ConversationDecision, frozen=True, kw_only=True, tag="overflowed"):
    """The conversation waited long enough for the next overflow step: more groups, fewer needs."""

    step: int


class TurnedAway(ConversationDecision, frozen=True, kw_only=True, tag="turned_away"):
    """The queue was full; the customer is asked to leave a message."""

    group: str


class Woken(ConversationDecision, frozen=True, kw_only=True, tag="woken"):
    """A snooze ended: by its time or by the customer's message."""


class Revived(ConversationDecision, frozen=True, kw_only=True, tag="revived"):
    """A message reopened a closed conversation within `reopen_ms`."""


class Renewed(ConversationDecision, frozen=True, kw_only=True, tag="renewed"):
    """A message came to a conversation closed long ago: it goes on as a new one, `renewed`."""

    renewed: str


class PeakChanged(Decision, frozen=True, kw_only=True, tag="peak_changed"):
    """Peak mode was entered or left."""

    on: bool


class Lent(Decision, frozen=True, kw_only=True, tag="lent"):
    """An agent is lent to another group, or the loan ends."""

    agent: str
    group: str
    on: bool = True


class Notified(ConversationDecision, frozen=True, kw_only=True, tag="notified"):
    """A notice goes to `agent`: rung `rung` of the ladder (`event`, `level`); `merged` earlier ones within it."""

    agent: str
    event: str
    level: int
    rung: int
    merged: int = 0


class NoticeHeld(ConversationDecision, frozen=True, kw_only=True, tag="notice_held"):
    """A notice that was due did not go out, and why.

    `reason`: limit, quiet, viewing, offline, nobody, merged, superseded, paused.
    """

    agent: str
    event: str
    level: int
    rung: int
    reason: str


class DigestSent(Decision, frozen=True, kw_only=True, tag="digest_sent"):
    """One message that sums up `count` notices held back from an agent."""

    agent: str
    count: int


class Tidied(ConversationDecision, frozen=True, kw_only=True, tag="tidied"):
    """A tidying rule archived, resolved, or suggests to archive the conversation (`action`)."""

    action: str


class Refused(Decision, frozen=True, kw_only=True, tag="refused"):
    """The fact before it changed nothing, and why: an action on an outdated view, an unknown name."""

    reason: str
    conversation: str = ""


FACTS: Final = (
    PolicyChanged, AgentSet, PresenceSet, PeakSet, NoticesPaused, DeadlineReached, CustomerSet, HistorySeeded,
    ConversationOpened, CustomerWrote, AgentWrote, SystemWrote, NoteWritten, Viewed, CustomerLeft, Resolved,
    Reopened, Snoozed, Archived, Unarchived, TagSet, PrioritySet, OwnerSet, GroupSet, HelperSet, Rated,
)  # fmt: skip
DECISIONS: Final = (
    Tagged, Prioritised, Queued, Assigned, Advised, Returned, Overflowed, TurnedAway, Woken, Revived, Renewed,
    PeakChanged, Lent, Notified, NoticeHeld, DigestSent, Tidied, Refused,
)  # fmt: skip
