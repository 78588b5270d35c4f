"""Events as integer rows and back: the border between names and numbers.

`of_fact` and `of_decision` write an event as the row the model folds; `decided` reads the rows of a pass as decisions.
What only names and texts concern (messages, tag names, customer cards) is kept here too, on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from deskkit.desk import columns as k
from deskkit.desk import core, decisions, events, facts, state
from deskkit.desk.checks import PRESENCE, TOPICS, policy_of
from deskkit.desk.events import FACETS
from deskkit.desk.labels import current
from deskkit.desk.resting import glance, near
from deskkit.desk.tagging import LOOKED_AT, is_courtesy
from deskkit.text import language as language_of
from deskkit.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Fact

__all__ = [
    "TOPICS",
    "bit",
    "look_again",
    "next_name",
    "of_fact",
    "put_fields",
    "quieten",
    "remember_person",
    "renew",
    "restate_notices",
]

HELD = ("limit", "quiet", "viewing", "offline", "nobody", "merged", "superseded", "paused")
DOES = ("suggest", "archive", "resolve")
REFUSED = ("stage", "agent", "not online", "no change", "too many helpers")
MOST = 10**15  # of a number in a customer's field; a policy compares with no larger one
DIGITS = 9  # a name that ends in a longer number is not one of ours
Row = list[int]


def _row(kind: int, at: int, conversation: int = -1, agent: int = -1, *numbers: int) -> Row:
    row = [kind, at, conversation, agent, *numbers]
    row += [0] * (k.FACT_WIDTH - len(row))
    return row


def _agent(desk: Desk, name: str) -> int:
    return desk.agent(name) if name else k.NOBODY


# ---------------------------------------------------------------- facts


def _agent_set(desk: Desk, fact: events.AgentSet) -> Row:
    number = desk.agent(fact.agent)
    desk.profiles[fact.agent] = fact
    one = desk.state.agent[number]
    for i in range(k.SKILLS_MAX):
        one[k.SKILL0 + i] = 0
    for skill, level in fact.skills.items():
        one[k.SKILL0 + desk.names.skills.number(skill)] = level
    groups = 0
    for group in fact.groups:
        groups |= 1 << desk.group(group)
    own = -1 if fact.capacity is None else round(fact.capacity * 1000)
    skills = desk.names.skills.mask(fact.skills)
    speaks = desk.names.languages.mask(fact.languages)
    return _row(k.F_AGENT, fact.at, -1, number, groups, skills, speaks, own, int(fact.role == "supervisor"))


def _presence_set(desk: Desk, fact: events.PresenceSet) -> Row:
    return _row(k.F_PRESENCE, fact.at, -1, desk.agent(fact.agent), PRESENCE.index(fact.presence))


def _customer_set(desk: Desk, fact: events.CustomerSet) -> Row:
    number = desk.customer(fact.customer)
    put_fields(desk, desk.state.customer[number], remember_person(desk, fact).fields)
    return _row(k.F_CUSTOMER, fact.at, -1, -1, number)


def remember_person(desk: Desk, fact: events.CustomerSet) -> events.CustomerSet:
    """Keep what is known of a customer, what is new beside what was known; return it."""
    old = desk.people.get(fact.customer)
    if old is not None:
        fields = {**old.fields, **fact.fields}
        fact = events.CustomerSet(at=fact.at, customer=fact.customer, name=fact.name or old.name, fields=fields)
    desk.people.tell(fact)
    return fact


def put_fields(desk: Desk, row: Row, fields: Mapping[str, object]) -> None:
    """Write the fields that rules read as numbers into a customer's row."""
    for name, column, scale in (
        ("orders", k.ORDERS, 1),
        ("spend", k.SPEND, 100),
        ("last_order", k.LAST_ORDER, 1),
    ):
        row[column] = _whole(fields.get(name), scale, k.NEVER if column == k.LAST_ORDER else k.UNKNOWN)
    row[k.OWN0 : k.OWN0 + k.OWN_MAX] = [k.UNKNOWN] * k.OWN_MAX
    for field in desk.lowered.fields:
        value = fields.get(field.name)
        if field.how == "number":
            row[field.column] = _whole(value, 1000, k.UNKNOWN)
        elif value is not None:
            text = str(value).casefold().strip()
            row[field.column] = int(text == field.text if field.how == "eq" else field.text in text)


def _whole(value: object, scale: int, unknown: int) -> int:
    """Return a number as an integer that the model can count with; what is none is not known."""
    if not isinstance(value, int | float) or not -MOST <= value <= MOST:
        return unknown
    return round(value * scale)


def _history_seeded(desk: Desk, fact: events.HistorySeeded) -> Row:
    number = desk.customer(fact.customer)
    row = desk.state.customer[number]
    row[k.UNRESOLVED] = fact.unresolved
    row[k.PAST_TRANSFERS] = fact.transfers
    if fact.rating is not None and fact.rated_at is not None:
        row[k.RATING], row[k.RATED_AT] = fact.rating, fact.rated_at
    if fact.last_agent:
        row[k.LAST_AGENT] = desk.agent(fact.last_agent)
    for at in sorted(fact.contacts)[-k.CONTACTS_KEPT :]:
        row[k.CONTACT0 + row[k.SEEN] % k.CONTACTS_KEPT] = at
        row[k.SEEN] += 1
    return _row(k.F_HISTORY, fact.at, -1, -1, number)


def _opened(desk: Desk, fact: events.ConversationOpened) -> Row:
    customer = desk.customer(fact.customer) if fact.customer else k.NOBODY  # who is unknown shares no history
    group = desk.group(fact.group) if fact.group else -1
    agent = _agent(desk, fact.agent if fact.origin == "agent" else "")
    language = _language(desk, fact.language)
    needs = desk.names.skills.mask(fact.needs)
    number = _new_conversation(desk, fact.conversation)
    return _row(k.F_OPENED, fact.at, number, agent, customer, group, language, needs)


def _language(desk: Desk, name: str) -> int:
    """Return the number of a language; one for which no number is left is not known: no message is lost for it."""
    languages = desk.names.languages
    full = len(languages) >= languages.limit
    return languages.find(name) if full or not name else languages.number(name)


def _new_conversation(desk: Desk, name: str) -> int:
    desk.conversations.number(name)
    desk.messages.begin()
    desk.tags.begin()
    return state.add_conversation(desk.state, reasons=len(desk.tables.level_rule))


def _customer_wrote(desk: Desk, fact: events.CustomerWrote) -> Row:
    number = desk.conversation(fact.conversation)
    row = _written(desk, fact, number)
    desk.messages.add(number, fact)
    return row


def _written(desk: Desk, fact: events.CustomerWrote, number: int) -> Row:
    if fact.content_type != "text":
        return _row(k.F_CUSTOMER_WROTE, fact.at, number, -1, 0, 0, -1)
    spoken = language_of(fact.text[:LOOKED_AT]) if desk.state.conversation[number][k.LANGUAGE] < 0 else ""
    language = _language(desk, spoken)
    mask = desk.tagger.mask(fact.text)
    length = words(fact.text[:LOOKED_AT])
    courtesy = is_courtesy(fact.text, mask=mask, courtesy=desk.lowered.courtesy, length=length)
    return _row(k.F_CUSTOMER_WROTE, fact.at, number, -1, mask, length, language, int(courtesy))


def _agent_wrote(desk: Desk, fact: events.AgentWrote) -> Row:
    number = desk.conversation(fact.conversation)
    desk.messages.add(number, fact)
    return _row(k.F_AGENT_WROTE, fact.at, number, _agent(desk, fact.agent), int(fact.automatic))


def _system_wrote(desk: Desk, fact: events.SystemWrote) -> Row:
    number = desk.conversation(fact.conversation)
    desk.messages.add(number, fact)
    return _row(k.F_SYSTEM_WROTE, fact.at, number)


def _note_written(desk: Desk, fact: events.NoteWritten) -> Row:
    number = desk.conversation(fact.conversation)
    desk.messages.add(number, fact)
    return _row(k.F_NOTE, fact.at, number)


def _tag_set(desk: Desk, fact: events.TagSet) -> Row:
    number = desk.conversation(fact.conversation)
    facet = FACETS.index(fact.facet)
    tags, tag = dict(desk.tags[number][facet]), current(desk.policy.schema.facets[facet], fact.tag)
    if fact.on or not fact.undo:
        tags[tag] = ("rule" if fact.undo else "hand") if fact.on else "off"
    else:
        tags.pop(tag, None)
    desk.tags.put(number, facet, tags)
    return _row(k.F_TAG, fact.at, number, -1, facet, bit(desk, facet, tag), int(fact.on), int(fact.undo))


def bit(desk: Desk, facet: int, tag: str) -> int:
    """Return the bit of a tag, 0 for one no rule speaks of."""
    tags = desk.policy.schema.facets[facet].tags
    return 1 << tags.index(tag) if tag in tags else 0


def _priority_set(desk: Desk, fact: events.PrioritySet) -> Row:
    return _row(k.F_PRIORITY, fact.at, desk.conversation(fact.conversation), -1, fact.level)


def _owner_set(desk: Desk, fact: events.OwnerSet) -> Row:
    return _row(
        k.F_OWNER, fact.at, desk.conversation(fact.conversation), _agent(desk, fact.agent), _count(fact.transfers)
    )


def _count(number: int | None) -> int:
    return -1 if number is None else number


def _group_set(desk: Desk, fact: events.GroupSet) -> Row:
    return _row(
        k.F_GROUP, fact.at, desk.conversation(fact.conversation), -1, desk.group(fact.group), _count(fact.transfers)
    )


def _helper_set(desk: Desk, fact: events.HelperSet) -> Row:
    number = desk.conversation(fact.conversation)
    return _row(k.F_HELPER, fact.at, number, desk.agent(fact.agent), int(fact.on))


def _viewed(desk: Desk, fact: events.Viewed) -> Row:
    return _row(k.F_VIEWED, fact.at, desk.conversation(fact.conversation), desk.agent(fact.agent))


def _rated(desk: Desk, fact: events.Rated) -> Row:
    return _row(k.F_RATED, fact.at, desk.conversation(fact.conversation), -1, fact.rating)


def _snoozed(desk: Desk, fact: events.Snoozed) -> Row:
    return _row(k.F_SNOOZED, fact.at, desk.conversation(fact.conversation), -1, fact.until)


def _paused(fact: events.NoticesPaused) -> Row:
    return _row(k.F_PAUSE, fact.at, -1, -1, TOPICS.index(fact.event), fact.level, fact.until)


def _reopened(desk: Desk, fact: events.Reopened) -> Row:
    return _row(k.F_REOPENED, fact.at, desk.conversation(fact.conversation), -1, int(fact.undo))


def _policy_changed(desk: Desk, fact: events.PolicyChanged) -> Row:
    if fact.fingerprint != desk.policy.fingerprint:
        desk.change(policy_of(fact.text), fact.at)
    elif fact.text != desk.policy.text:  # the same rules; quick replies may be others
        desk.policy = policy_of(fact.text)
    return _row(k.F_POLICY, fact.at)


def look_again(desk: Desk, fact: Fact) -> None:
    """Have everything looked at by another policy in this pass, if that is the fact; for who decides."""
    if not isinstance(fact, events.PolicyChanged):
        return
    rows = desk.state.conversation
    for number in range(len(rows)):
        stage = glance(rows, number, k.STAGE)
        if stage < k.ARCHIVED:  # of handled ones only the time counts: the new rules put them away
            core.mark(desk.state, number, k.SAW_ALL if stage < k.RESOLVED else k.SAW_TIME)


def _plain(kind: int) -> Callable[[Desk, Fact], Row]:
    def write(desk: Desk, fact: Fact) -> Row:
        return _row(kind, fact.at, desk.conversation(cast("events.ConversationFact", fact).conversation))

    return write


_OF_FACT: dict[type[Fact], Callable[[Desk, Fact], Row]] = {
    events.DeadlineReached: lambda _, fact: _row(k.F_DEADLINE, fact.at),
    events.CustomerLeft: _plain(k.F_LEFT),
    events.Resolved: _plain(k.F_RESOLVED),
    events.Archived: _plain(k.F_ARCHIVED),
    events.Unarchived: _plain(k.F_UNARCHIVED),
    events.NoticesPaused: lambda _, fact: _paused(cast("events.NoticesPaused", fact)),
    events.PeakSet: lambda _, fact: _row(k.F_PEAK, fact.at, -1, -1, int(cast("events.PeakSet", fact).on)),
}
for _kind, _write in (
    (events.AgentSet, _agent_set), (events.PresenceSet, _presence_set), (events.CustomerSet, _customer_set),
    (events.HistorySeeded, _history_seeded), (events.ConversationOpened, _opened),
    (events.CustomerWrote, _customer_wrote), (events.AgentWrote, _agent_wrote), (events.SystemWrote, _system_wrote),
    (events.NoteWritten, _note_written), (events.TagSet, _tag_set), (events.PrioritySet, _priority_set),
    (events.OwnerSet, _owner_set), (events.GroupSet, _group_set), (events.HelperSet, _helper_set),
    (events.Viewed, _viewed), (events.Rated, _rated), (events.Snoozed, _snoozed),
    (events.Reopened, _reopened),
    (events.PolicyChanged, _policy_changed),
):  # fmt: skip
    _OF_FACT[_kind] = cast("Callable[[Desk, Fact], Row]", _write)


def of_fact(desk: Desk, fact: Fact) -> Row:
    """Write a fact as the row the model folds; new names get their numbers."""
    return _OF_FACT[type(fact)](desk, fact)


# ---------------------------------------------------------------- a conversation goes on as a new one


def next_name(desk: Desk, name: str) -> str:
    """Return the name under which a conversation closed long ago goes on: ``c1~2``, ``c1~3``, ..."""
    base, _, count = name.rpartition("~")
    counted = base and count.isdecimal() and len(count) <= DIGITS
    number = int(count) + 1 if counted else 2
    base = base if counted else name
    while desk.conversations.find(f"{base}~{number}") >= 0:  # a product may name its own like this
        number += 1
    return f"{base}~{number}"


def renew(desk: Desk, fact: Fact, renewed: str) -> Row:
    """Open `renewed` for the customer of the fact's conversation; return the row of its message there."""
    wrote = cast("events.CustomerWrote", fact)
    old = desk.conversation(wrote.conversation)
    desk.messages.take_back(old)
    number = _new_conversation(desk, renewed)
    desk.go_on(desk.conversations[old], renewed)
    before = desk.state.conversation[old]
    opened = _row(k.F_OPENED, fact.at, number, -1, before[k.CUSTOMER], -1, before[k.LANGUAGE], 0)
    facts.fold_fact(desk.state, desk.tables, opened)
    desk.messages.add(number, wrote)
    return _written(desk, wrote, number)


# ---------------------------------------------------------------- another policy


def restate_notices(desk: Desk, before: k.Tables, now: int) -> None:
    """Let running ladders and the counts of the last minute follow a policy just lowered.

    What is due under the new ladder where the old one has rung already counts as rung; the rest rings as it says.
    """
    s, p = desk.state, desk.tables
    after = [[one[k.N_AFTER] for one in p.rung[first : first + size]] for first, size, _ in p.ladder]
    for number in near(s.conversation):
        row = s.conversation[number]
        running = [topic for topic in range(k.TOPICS) if row[k.LADDER0 + topic] >= 0 and row[k.FIRED0 + topic] != 0]
        rung = {
            (topic, level): done
            for topic in running
            for level in range(k.LEVELS)
            if (done := decisions.rungs_done(before, row, topic, level)) > 0
        }
        quieten(row)
        for (topic, level), done in rung.items():
            ladder, start = after[topic * k.LEVELS + level], row[k.LADDER0 + topic]
            due, past = (sum(1 for ms in ladder if start + ms < until) for until in (now + 1, now))
            decisions.done_upto(p, row, topic, level, max(past, min(done, due)))
    limit = p.number[k.P_PER_MINUTE]
    for one, instants in zip(s.agent, s.rang, strict=True):
        count = min(one[k.RUNG_COUNT], len(instants), limit)
        kept = [instants[n % len(instants)] for n in range(one[k.RUNG_COUNT] - count, one[k.RUNG_COUNT])]
        instants[:] = [*kept, *[k.NEVER] * (limit - count)]
        one[k.RUNG_COUNT] = count


def quieten(row: Row) -> None:
    """Forget which rungs rang: they have other numbers under another policy, and what is due next rings."""
    for topic in range(k.TOPICS):
        row[k.LOUD0 + topic] = k.NOBODY
        row[k.FIRED0 + topic] = 0
