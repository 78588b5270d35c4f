"""Readable views of the columns: conversations, agents, queues. What people and widgets look at.

Nothing here changes the desk. A card is a small frozen struct of names, texts and instants.
"""

from __future__ import annotations

from functools import cmp_to_key
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from deskkit.desk import columns as k
from deskkit.desk import core, rules
from deskkit.desk.events import FACETS, AgentWrote, CustomerWrote, NoteWritten, SystemWrote
from deskkit.desk.messages import ANYBODY
from deskkit.desk.reasons import Reason, made_by, reasons
from deskkit.desk.resting import glance, near
from deskkit.desk.tagging import LOOKED_AT
from deskkit.desk.written import last_words, last_writer
from deskkit.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Fact, File

__all__ = [
    "AgentCard",
    "ConversationCard",
    "CustomerCard",
    "Reason",
    "Recap",
    "Said",
    "Tag",
    "agent_card",
    "agents",
    "allowed",
    "conversation_card",
    "conversations_of",
    "customer_card",
    "earlier",
    "line",
    "open_conversations",
    "queue",
    "reasons",
    "recap",
    "said",
]

STAGES = ("waiting", "assigned", "snoozed", "resolved", "abandoned", "archived")
GREETING_WORDS = 4  # "你好，在吗" has as many
RECALLED = 50  # messages that are looked at: for the matter from the first on, for the promise from the last
PRESENCE = ("offline", "away", "online")
HANDS = {
    "reply": k.F_AGENT_WROTE,
    "handled": k.F_RESOLVED,
    "reopen": k.F_REOPENED,
    "snooze": k.F_SNOOZED,
    "archive": k.F_ARCHIVED,
    "unarchive": k.F_UNARCHIVED,
    "tag": k.F_TAG,
    "priority": k.F_PRIORITY,
    "assign": k.F_OWNER,
    "group": k.F_GROUP,
    "help": k.F_HELPER,
}


class Tag(msgspec.Struct, frozen=True):
    """A tag as shown: its facet and whether a hand put it on."""

    facet: str
    name: str
    by_hand: bool


class ConversationCard(msgspec.Struct, frozen=True):
    """A conversation as a tab shows it; instants in milliseconds, None where there is none.

    `advised` is the agent a desk that only watches would give it to; `why` the rule that made its level,
    empty where none did; `kept_until` when the level falls where that rule's condition ended already; `taken_off` are
    tags a hand took off; `too_long` says that it has waited so long that it goes before every level.
    """

    name: str
    customer: str
    customer_name: str
    stage: str
    group: str
    owner: str
    helpers: tuple[str, ...]
    advised: str
    language: str
    level: int
    by_hand: bool
    why: str
    kept_until: int | None
    too_long: bool
    tags: tuple[Tag, ...]
    taken_off: tuple[Tag, ...]
    opened: int
    waiting_since: int | None
    unanswered_since: int | None
    last_message: str
    last_at: int | None
    unread: int
    turns: int
    transfers: int
    target_ms: int
    snoozed_until: int | None
    closed_at: int | None


class CustomerCard(msgspec.Struct, frozen=True):
    """What is known of a customer; `last_agent` is who last wrote to them."""

    name: str
    customer: str
    fields: dict[str, str | int | float]
    conversations: int
    unresolved: int
    rating: int | None
    last_agent: str


class AgentCard(msgspec.Struct, frozen=True):
    """An agent with load and room, in units."""

    name: str
    agent: str
    role: str
    presence: str
    groups: tuple[str, ...]
    lent_to: tuple[str, ...]
    skills: dict[str, int]
    languages: tuple[str, ...]
    load: float
    capacity: float
    conversations: tuple[str, ...]


def _instant(value: int) -> int | None:
    return value if value >= 0 else None


def conversation_card(desk: Desk, name: str) -> ConversationCard:
    """Return one conversation as its tab shows it."""
    number = desk.exactly(name)
    row = desk.state.conversation[number]
    customer = desk.customers[row[k.CUSTOMER]] if row[k.CUSTOMER] >= 0 else ""
    person = desk.people.get(customer)
    said = desk.messages[number]
    last = next(said.back(ANYBODY), None)
    owed = row[k.UNANSWERED] >= 0
    seen = max(row[k.VIEWED], row[k.REPLY_AT])
    stage = STAGES[row[k.STAGE]]
    why, kept_until = made_by(desk, number)
    return ConversationCard(
        name=desk.conversations[number],
        customer=customer,
        customer_name=person.name if person else "",
        stage=stage,
        group=desk.names.groups[row[k.HOME]] if len(desk.names.groups) else "",
        owner=desk.agents[row[k.OWNER_OF]] if row[k.OWNER_OF] >= 0 and stage != "waiting" else "",
        helpers=tuple(desk.agents[row[k.HELPER0 + i]] for i in range(k.HELPERS_MAX) if row[k.HELPER0 + i] >= 0),
        advised=desk.agents[row[k.ADVISED]] if row[k.ADVISED] >= 0 and stage == "waiting" else "",
        language=desk.names.languages[row[k.LANGUAGE]] if row[k.LANGUAGE] >= 0 else "",
        level=row[k.LEVEL],
        by_hand=row[k.HAND] >= 0,
        too_long=stage in {"waiting", "assigned"} and _waited(desk, row) >= desk.tables.number[k.P_GUARD],
        why=why,
        kept_until=kept_until,
        tags=_tags(desk, number),
        taken_off=_tags(desk, number, on=False),
        opened=row[k.OPENED],
        waiting_since=_instant(row[k.QUEUED]),
        unanswered_since=_instant(row[k.UNANSWERED]),
        last_message=last_words(said, is_owed=owed),
        last_at=last.at if last else None,
        unread=said.unread(seen),
        turns=row[k.TURNS],
        transfers=row[k.TRANSFERS],
        target_ms=desk.tables.target[row[k.HOME]][row[k.LEVEL]],
        snoozed_until=_instant(row[k.UNTIL]) if stage == "snoozed" else None,
        closed_at=_instant(row[k.CLOSED]),
    )


def _tags(desk: Desk, number: int, *, on: bool = True) -> tuple[Tag, ...]:
    return tuple(
        Tag(facet, tag, how == "hand")
        for facet, tags in zip(FACETS, desk.tags[number], strict=True)
        for tag, how in tags.items()
        if (how != "off") == on
    )


def customer_card(desk: Desk, customer: str) -> CustomerCard:
    """Return what is known of a customer."""
    row = desk.state.customer[desk.customer(customer)]
    person = desk.people.get(customer)
    return CustomerCard(
        name=person.name if person else "",
        customer=customer,
        fields=dict(person.fields) if person else {},
        conversations=row[k.SEEN],
        unresolved=row[k.UNRESOLVED],
        rating=None if row[k.RATING] == k.UNKNOWN else row[k.RATING],
        last_agent=last_writer(desk, conversations_of(desk, customer)),
    )


def earlier(desk: Desk, name: str) -> Iterator[str]:
    """Yield the customer's conversations before this one, latest first."""
    return _back_from(desk, glance(desk.state.conversation, desk.exactly(name), k.EARLIER))


def conversations_of(desk: Desk, customer: str) -> Iterator[str]:
    """Yield all conversations of a customer, latest first; none of one who is not known yet."""
    number = desk.customers.find(customer)
    return _back_from(desk, desk.state.customer[number][k.LATEST] if number >= 0 else k.NOBODY)


def _back_from(desk: Desk, at: int) -> Iterator[str]:
    while at >= 0:
        yield desk.conversations[at]
        at = glance(desk.state.conversation, at, k.EARLIER)


def open_conversations(desk: Desk) -> tuple[str, ...]:
    """Return all conversations that are waiting, assigned or snoozed, most urgent first.

    The order is the serving order: who waits too long first, then the level, then the share of the target that has
    passed; then who waits for nobody, and last what is snoozed.
    """
    rows = desk.state.conversation
    chosen = [c for c in near(rows) if rows[c][k.STAGE] < k.RESOLVED]
    order = _in_serving_order(desk)
    parts: tuple[list[int], ...] = ([], [], [])
    for c in chosen:
        parts[2 if rows[c][k.STAGE] == k.SNOOZED else rows[c][k.UNANSWERED] < 0].append(c)
    return tuple(desk.conversations[c] for part in parts for c in sorted(part, key=order))


def queue(desk: Desk) -> tuple[str, ...]:
    """Return the waiting conversations in serving order."""
    rows = desk.state.conversation
    chosen = [c for c in near(rows) if rows[c][k.LANE] >= 0]
    return tuple(desk.conversations[c] for c in sorted(chosen, key=_in_serving_order(desk)))


def _waited(desk: Desk, row: list[int]) -> int:
    """Return how long a conversation waits: in the queue with its credit, else for an answer."""
    if row[k.LANE] >= 0:
        return desk.now - int(row[k.IN_LINE])
    since = row[k.UNANSWERED]
    return desk.now - since if since >= 0 else 0


def _in_serving_order(desk: Desk) -> Callable[[int], Any]:
    """Return the key of the order in which who waits is served; what it compares is looked up once for each."""
    guard, targets, rows = desk.tables.number[k.P_GUARD], desk.tables.target, desk.state.conversation

    def compare(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> int:
        turn = rules.sooner(a[0], a[1], a[2], b[0], b[1], b[2], guard)
        return -turn if turn else a[3] - b[3]

    by_turn = cmp_to_key(compare)

    def key(c: int) -> Any:  # noqa: ANN401 - what `cmp_to_key` makes
        row = rows[c]
        return by_turn((_waited(desk, row), row[k.LEVEL], targets[row[k.HOME]][row[k.LEVEL]], c))

    return key


def agents(desk: Desk) -> tuple[AgentCard, ...]:
    """Return all agents in the order they became known."""
    return tuple(agent_card(desk, name) for name in desk.agents)


def agent_card(desk: Desk, name: str) -> AgentCard:
    """Return an agent with load and room."""
    one = desk.state.agent[desk.agent(name)]
    profile = desk.profiles.get(name)
    held = []
    at = one[k.FIRST_OWN]
    while at >= 0:
        held.append(desk.conversations[at])
        at = desk.state.conversation[at][k.OWN_NEXT]
    return AgentCard(
        name=profile.name if profile and profile.name else name,
        agent=name,
        role=profile.role if profile else "agent",
        presence=PRESENCE[one[k.PRESENCE]],
        groups=desk.names.groups.named(one[k.MEMBER]),
        lent_to=desk.names.groups.named(one[k.LENT_TO]),
        skills=dict(profile.skills) if profile else {},
        languages=desk.names.languages.named(one[k.SPEAKS]),
        load=one[k.HOLDS] / 1000,
        capacity=one[k.LIMIT] / 1000,
        conversations=tuple(held),
    )


class Recap(msgspec.Struct, frozen=True):
    """What an agent needs on switching back: the matter, what is unanswered first, the last promise, the wait."""

    first: str
    unanswered: tuple[str, ...]
    promise: str
    promised_at: int | None
    waiting_since: int | None


def recap(desk: Desk, name: str) -> Recap:
    """Return the recap of a conversation, made of its own messages."""
    number = desk.exactly(name)
    row = desk.state.conversation[number]
    messages, open_since = desk.messages[number], row[k.UNANSWERED]
    asked = list(islice(messages.asked_after(k.NEVER), RECALLED))
    greeting = next((one.text for one in asked if one.text), "")
    first = next((one.text for one in asked if _says_a_matter(desk, one)), greeting)
    owed = islice(messages.asked_after(open_since - 1), RECALLED) if open_since >= 0 else ()
    unanswered = tuple(one.text for one in owed)
    promises = (one for one in islice(messages.by_hand(), RECALLED) if desk.tagger.mask(one.text, by="agent"))
    promise = next(promises, None)
    promised, promised_at = (promise.text, promise.at) if promise else ("", None)
    return Recap(first, unanswered, promised, promised_at, _instant(open_since))


def _says_a_matter(desk: Desk, message: CustomerWrote) -> bool:
    """Say whether a message is more than a greeting: a signal finds something in it, or it is long enough."""
    return words(message.text[:LOOKED_AT]) > GREETING_WORDS or desk.tagger.mask(message.text) != 0


class Said(msgspec.Struct, frozen=True):
    """A message or note as a tab shows it.

    `who` is ``customer``, ``agent``, ``system`` or ``note``; `author` the agent or bot, empty for the
    customer. `content_type` other than ``text`` means that `text` is a file's name; `files` came with it. A note with
    `to` is a whisper to that agent.
    """

    who: str
    author: str
    at: int
    text: str
    content_type: str = "text"
    automatic: bool = False
    pinned: bool = False
    to: str = ""
    files: tuple[File, ...] = ()


def said(desk: Desk, name: str) -> tuple[Said, ...]:
    """Return the messages and notes of a conversation in the order they came."""
    return tuple(map(line, desk.messages[desk.exactly(name)]))


def line(fact: Fact) -> Said:
    """Return one message or note."""
    match fact:
        case CustomerWrote():
            return Said("customer", "", fact.at, fact.text, content_type=fact.content_type, files=fact.files)
        case AgentWrote():
            kind, auto = fact.content_type, fact.automatic
            return Said("agent", fact.agent, fact.at, fact.text, content_type=kind, automatic=auto, files=fact.files)
        case NoteWritten():
            return Said("note", fact.agent, fact.at, fact.text, pinned=fact.pinned, to=fact.to)
        case SystemWrote():
            return Said("system", fact.author, fact.at, fact.text, content_type=fact.content_type, files=fact.files)
    raise TypeError(type(fact).__name__)  # the desk keeps nothing else among the messages


def allowed(desk: Desk, name: str) -> frozenset[str]:
    """Return what a hand may do with a conversation in its stage: ``handled``, ``archive``, ``assign``, ...

    By the life cycle's own table, so that a view offers what the desk will accept; nothing where it goes on as another.
    """
    stage = desk.state.conversation[desk.exactly(name)][k.STAGE]
    hands = {} if name in desk.going_on else HANDS
    return frozenset(hand for hand, kind in hands.items() if core.LIFE[stage][kind - k.F_OPENED] != core.NO)
