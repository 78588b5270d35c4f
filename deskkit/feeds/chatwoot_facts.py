"""One conversation of Chatwoot as facts: what it says of itself as of an instant.

A conversation record is a snapshot: it says who owns it now, not since when. What is taken for given is counted
in the report:

* of a conversation that only the API told of, its team and its assignee had it from its start; a webhook comes
  when something changed, and what it says is as of then;
* status is as of the last activity, for every change of status leaves a message; priority and labels are as of
  the last update;
* `timestamp` is the last activity and never the beginning; `messages` is the last message and never all.

Chatwoot knows no leaving: who went away without a word was resolved by somebody. This module knows no file and
no log.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from deskkit.desk.events import (
    AgentSet,
    ConversationOpened,
    CustomerSet,
    Fact,
    GroupSet,
    OwnerSet,
    PrioritySet,
    Reopened,
    Resolved,
    Snoozed,
    TagSet,
)
from deskkit.errors import FactError
from deskkit.feeds import chatwoot_model as model
from deskkit.feeds.chatwoot_messages import SOURCE
from deskkit.feeds.customers import customer_fields
from deskkit.feeds.fields import is_empty, look_up
from deskkit.feeds.standing import all_tags

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskkit.feeds.chatwoot_reader import ChatwootReader

__all__ = ["ASSIGNED", "FROM_START", "conversation_facts", "reopened_id"]

FROM_START: Final = "api"
"""The `by` of what was so from the start, unless a webhook or the log knows better."""

ASSIGNED: Final = "its assignee had it from its start"
"""What is taken for given where no webhook tells; then nor is it told whether another had it before."""

_NEVER: Final = 4_102_444_800_000  # 2100-01-01: put aside until the customer writes


class _Snapshot(NamedTuple):
    name: str
    begin: int
    active: int  # last activity
    known: int  # last update
    base: dict[str, Any]


def conversation_facts(record: Mapping[str, Any], reader: ChatwootReader, *, account: str, told: bool) -> list[Fact]:
    """Turn a conversation record into facts.

    Parameters
    ----------
    record : mapping
        The conversation, without regard to its messages.
    reader : ChatwootReader
        Reads and counts.
    account : str
        The account, empty if not told.
    told : bool
        Whether a webhook brought it.

    Returns
    -------
    list of Fact
        Facts by `FROM_START` hold only where nothing better is known.

    Raises
    ------
    FactError
        It has no id or no readable time; `problem` says so.
    """
    told_of = {key: None if key in model.TIMES and value == 0 else value for key, value in record.items()}
    reader.survey(told_of, stored=model.CONVERSATION, dropped=model.CONVERSATION_DROPPED)
    name = reader.conversation(record.get("id"), reader.account(record, prefix="") or account, "id")
    if not name:
        raise FactError("a conversation without id")
    begin, active, stamp, known = (
        reader.when(record, key, prefix="") for key in ("created_at", "last_activity_at", "timestamp", "updated_at")
    )
    times = [at for at in (begin, active, stamp, known) if at is not None]
    if not times:
        raise FactError("a conversation without any time")
    if begin is None:
        reader.report.assume("it began with its earliest time known")
        messages = record.get("messages")
        inside = (
            [one.get("created_at") for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
        )
        begin = min([*times, *(found.at for given in inside if (found := reader.times.read(given)) is not None)])
    for key, at in (("last_activity_at", active), ("timestamp", stamp), ("updated_at", known)):
        odd = at is not None and at < begin - 1_000
        reader.report.conflict(key, record.get(key), f"its beginning, {begin // 1000}", when=odd)
    active = max(begin, active or stamp or begin)
    one = _Snapshot(
        name=name,
        begin=begin,
        active=active,
        known=max(active, known or begin),
        base={"source": SOURCE, "by": SOURCE, "conversation": name},
    )
    meta = reader.part(record, "meta", prefix="")
    return [
        *_beginning(one, record, meta, reader, told=told),
        *_hands(one, meta, reader, told=told),
        *_status(one, record, reader, told=told),
        *_marks(one, record, reader),
    ]


def _beginning(
    one: _Snapshot, record: Mapping[str, Any], meta: Mapping[str, Any], reader: ChatwootReader, *, told: bool
) -> Iterator[Fact]:
    sender = reader.part(meta, "sender", prefix="meta.")
    _, own, shown = reader.person(sender, "meta.sender")
    if not own:
        reader.report.assume("its customer is nobody else's")
    customer = own or f"conversation:{one.name}"
    attributes = reader.part(sender, "custom_attributes", prefix="meta.sender.")
    fields = customer_fields(attributes, reader, prefix="meta.sender.custom_attributes.", personal=model.PERSONAL)
    identifier = reader.key(sender.get("identifier"), "meta.sender.identifier")
    if identifier:
        fields["identifier"] = identifier
    if shown or fields:
        digest = _digest(shown, fields)
        yield CustomerSet(
            at=one.begin,
            source=SOURCE,
            source_id=f"customer:{customer}:{digest}",
            customer=customer,
            name=shown,
            fields=fields,
        )
    channel = reader.text(record.get("channel") or meta.get("channel"), "channel").strip()
    team = _team(meta, reader)
    if team and not told:
        reader.report.assume("its team had it from its start")
    yield ConversationOpened(
        **one.base | {"by": SOURCE if told else FROM_START},
        at=one.begin,
        source_id=f"opened:{one.name}",
        customer=customer,
        group="" if told else team,
        channel=channel.removeprefix("Channel::"),
    )


def _team(meta: Mapping[str, Any], reader: ChatwootReader) -> str:
    _, own, shown = reader.person(meta.get("team"), "meta.team")
    return shown or own


def _hands(one: _Snapshot, meta: Mapping[str, Any], reader: ChatwootReader, *, told: bool) -> Iterator[Fact]:
    """Team and assignee; a bot that has it is no agent."""
    group = _team(meta, reader)
    if group:  # that a team was taken away moves a conversation nowhere
        yield GroupSet(**one.base, at=one.known, source_id=f"group:{one.name}:{group}:{one.known}", group=group)
    if "assignee" not in meta:
        return
    kind, agent, shown = reader.person(meta.get("assignee"), "meta.assignee")
    given = meta.get("assignee_type")
    if kind == "agent_bot" or (isinstance(given, str) and given.replace("_", "").lower() == "agentbot"):
        agent = ""
    owner = OwnerSet(**one.base, at=one.known, source_id=f"owner:{one.name}:{agent}:{one.known}", agent=agent)
    if agent:
        yield AgentSet(at=one.begin, source=SOURCE, agent=agent, name=shown)
    if agent and not told:
        reader.report.assume(ASSIGNED)
        source_id = f"owner:{one.name}:{agent}:{one.begin}"
        yield msgspec.structs.replace(owner, at=one.begin, by=FROM_START, source_id=source_id)
    yield owner


def _status(one: _Snapshot, record: Mapping[str, Any], reader: ChatwootReader, *, told: bool) -> Iterator[Fact]:
    given = record.get("status")
    if is_empty(given):
        return
    status = look_up(model.STATUSES, given)
    reader.report.conflict("status", given, when=status is None)
    reader.fields["status"].coerced += status is not None and status != given
    at = one.known if told and _changed(record, "status") else one.active
    if status == "resolved":
        yield Resolved(**one.base, at=at, source_id=f"resolved:{one.name}:{at}")
    elif status == "open":
        yield Reopened(**one.base, at=at, source_id=reopened_id(one.name, at))
    elif status == "snoozed":
        until = reader.when(record, "snoozed_until", prefix="")
        until = _NEVER if until is None else until
        yield Snoozed(**one.base, at=at, source_id=f"snoozed:{one.name}:{until}:{at}", until=until)


def reopened_id(name: str, at: int) -> str:
    """Return what tells a reopening: the same whether a status says it or a message does it."""
    return f"reopened:{name}:{at}"


def _changed(record: Mapping[str, Any], name: str) -> bool:
    """Tell whether a webhook says that a field just changed."""
    if record.get("event") == f"conversation_{name}_changed":
        return True
    changes = record.get("changed_attributes")
    return isinstance(changes, list) and any(isinstance(change, dict) and name in change for change in changes)


def _marks(one: _Snapshot, record: Mapping[str, Any], reader: ChatwootReader) -> Iterator[Fact]:
    """Priority and labels; a missing key says nothing, null says none."""
    if "priority" in record:
        given = record["priority"]
        level = -1 if is_empty(given) else look_up(model.PRIORITIES, given)
        if level is None:
            reader.report.conflict("priority", given)
        else:
            reader.fields["priority"].coerced += level >= 0 and not isinstance(given, str)
            source_id = f"priority:{one.name}:{level}:{one.known}"
            yield PrioritySet(**one.base, at=one.known, source_id=source_id, level=level)
    if isinstance(record.get("labels"), list | str):
        labels = reader.tags(record["labels"], "labels")
        yield all_tags(TagSet(**one.base, at=one.known, facet="label", tag=""), labels)
    elif "labels" in record:
        given = record["labels"]
        reader.report.conflict("labels", type(given).__name__, when=not is_empty(given))


def _digest(*values: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(values, order="deterministic"), digest_size=8).hexdigest()
