"""One item of Zendesk Chat's incremental export as facts.

The history says who came, went, wrote, rated and moved the chat to another department, and when. What is taken
for given where it does not is counted in the report:

* who joins first owns it, who joins beside is a helper; when the owner leaves and the talk goes on, the
  longest present helper owns it; without any joining the first of `agent_ids` had it from its start;
* a chat that ended without a reply by hand was abandoned, silently if the customer never wrote (known where the
  history tells that the customer went, else taken for given);
* tags, rating and comment that no history entry dates are as of the end (of the last update, where given);
* without a history Zendesk's own count says whether an agent replied;
* an offline message was left while nobody was online: it is tagged, waits for nobody and is closed as it comes (its
  reason is ``offline``), for whether it was answered by mail or in a ticket the export does not say.

This module knows no file and no log.
"""

from __future__ import annotations

import hashlib
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    CustomerLeft,
    CustomerSet,
    CustomerWrote,
    Fact,
    Rated,
    Resolved,
    SystemWrote,
    TagSet,
)
from deskkit.errors import FactError
from deskkit.feeds import zendesk_model as model
from deskkit.feeds.fields import NAME, is_empty, look_up
from deskkit.feeds.standing import all_tags
from deskkit.feeds.values import whole
from deskkit.feeds.zendesk_counts import compare
from deskkit.feeds.zendesk_hands import LEAVE, hands
from deskkit.feeds.zendesk_history import CUSTOMER, TRIGGER, Entry, ZendeskReader
from deskkit.log.stages import OFFLINE
from deskkit.text import LIMIT, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["SOURCE", "facts_of"]

SOURCE: Final = "zendesk"
OFFLINE_TAG: Final = "offline message"
_TOLERANCE_MS: Final = 1_500  # durations are given in whole seconds


class _Chat(msgspec.Struct):
    """What one item says, read."""

    name: str
    customer: str
    group: str
    begin: int
    end: int
    known: int  # the instant as of which what has no time of its own is known
    agents: dict[str, str]
    entries: list[Entry]
    base: dict[str, Any]


def facts_of(record: Mapping[str, Any], reader: ZendeskReader, *, aside: Callable[[str, bytes], None]) -> list[Fact]:
    """Turn a chat or an offline message into facts, in order of time.

    Parameters
    ----------
    record : mapping
        The item of the export.
    reader : ZendeskReader
        Reads and counts.
    aside : callable
        Takes reason and bytes of each history entry that cannot be read.

    Returns
    -------
    list of Fact
        By `at`. A `TagSet` whose tag begins with `standing.ALL_TAGS` lists all tags.

    Raises
    ------
    FactError
        It has no id or no readable time, or is of an unknown type; `problem` says so.
    """
    reader.survey(record, stored=model.STORED + model.COMPARED, dropped=model.DROPPED)
    kind = reader.text(record.get("type"), "type").strip()
    if kind not in ("", "chat", "offline_msg"):
        raise FactError("an item that is neither chat nor offline message")
    chat = _read(record, reader, aside)
    facts: list[Fact] = list(_beginning(chat, record, reader))
    if kind == "offline_msg":
        facts += _offline(chat, record, reader)
    else:
        facts += hands(
            chat.entries, chat.base, agents=list(chat.agents), group=chat.group, begin=chat.begin, reader=reader
        )
        facts += filter(None, (_said(chat, entry) for entry in chat.entries))
        facts.append(_ending(chat, record, reader))
        compare(record, reader, chat.entries, begin=chat.begin)
    facts += _afterwards(chat, record, reader)
    facts.sort(key=attrgetter("at"))
    return facts


# ---------------------------------------------------------------- reading


def _read(record: Mapping[str, Any], reader: ZendeskReader, aside: Callable[[str, bytes], None]) -> _Chat:
    name = reader.key(record.get("id"), "id")
    if not name:
        raise FactError("a chat without id")
    start = reader.moment(record.get("timestamp"), "timestamp")
    end = reader.moment(record.get("end_timestamp"), "end_timestamp")
    entries = reader.history(record.get("history"), aside)
    times = [at for at in (start and start.at, entries[0].at if entries else None, end and end.at) if at is not None]
    if not times:
        raise FactError("a chat without any time")
    begin = min(times)
    if start is None:
        reader.report.assume("it began with its first entry, or its end")
    else:
        odd = f"what is {start.at - begin} ms earlier"
        reader.report.conflict("timestamp", record.get("timestamp"), odd, when=begin < start.at)
    ended = _end(record, reader, begin, None if end is None else end.at, entries)
    updated = reader.times.read(record.get("update_timestamp"))
    last = max(ended, entries[-1].at if entries else ended)
    return _Chat(
        name=name,
        customer=_customer(record, reader, name),
        group=_group(record, reader, entries),
        begin=begin,
        end=ended,
        known=last if updated is None else max(last, updated.at),
        agents=_agents(record, reader, entries),
        entries=entries,
        base={"source": SOURCE, "by": SOURCE, "conversation": name},
    )


def _end(record: Mapping[str, Any], reader: ZendeskReader, begin: int, end: int | None, entries: list[Entry]) -> int:
    seconds = reader.coerced(record.get("duration"), "duration", whole)
    lasted = None if seconds is None or seconds < 0 else begin + int(seconds) * 1000
    if end is not None:
        conflict, last = reader.report.conflict, max([begin, *(one.at for one in entries if one.says)])
        apart = lasted is not None and abs(end - lasted) > _TOLERANCE_MS
        conflict("duration", seconds, f"{(end - begin) / 1000:g} s by its end", when=apart)
        conflict("end_timestamp", record.get("end_timestamp"), f"what is {last - end} ms later", when=last > end)
        return max(end, begin)
    if lasted is not None:
        reader.report.assume("it ended after its duration")
        return lasted
    if record.get("type") != "offline_msg":
        reader.report.assume("it ended with its last entry")
    return entries[-1].at if entries else begin


def _customer(record: Mapping[str, Any], reader: ZendeskReader, chat: str) -> str:
    visitor = record.get("visitor")
    if not isinstance(visitor, dict):
        reader.report.conflict("visitor", type(visitor).__name__, when=not is_empty(visitor))
        visitor = {}
    reader.survey(visitor, stored=model.VISITOR, dropped=model.VISITOR_DROPPED, prefix="visitor.")
    own = reader.key(visitor.get("id"), "visitor.id")
    if not own:
        reader.report.assume("its customer is nobody else's")
    return own or f"conversation:{chat}"


def _group(record: Mapping[str, Any], reader: ZendeskReader, entries: list[Entry]) -> str:
    """Return the department it began in: where it was moved from, if it was moved."""
    name = reader.text(record.get("department_name"), "department_name").strip()
    own = reader.key(record.get("department_id"), "department_id")
    moved = next((entry.raw for entry in entries if not is_empty(entry.raw.get("prev_department_id"))), None)
    if moved is None:
        return name or own
    before = reader.key(moved.get("prev_department_id"), "history.prev_department_id")
    names = {
        reader.key(entry.raw.get("department_id"), "history.department_id"): entry.raw.get("department_name")
        for entry in entries
        if entry.raw.get("department_name")
    }
    given = name if before == own else names.get(before)
    return (given if isinstance(given, str) else "") or before


def _agents(record: Mapping[str, Any], reader: ZendeskReader, entries: list[Entry]) -> dict[str, str]:
    """Return the agents with their names, those of `agent_ids` first."""
    found: dict[str, str] = {}
    lists = {}
    for key in ("agent_ids", "agent_names"):
        value = record.get(key)
        if value is not None and not isinstance(value, list):
            reader.report.conflict(key, type(value).__name__)
        lists[key] = value if isinstance(value, list) else []
    if lists["agent_names"] and len(lists["agent_names"]) != len(lists["agent_ids"]):
        reader.report.conflict("agent_names", *(f"{len(lists[key])} of {key}" for key in ("agent_names", "agent_ids")))
        lists["agent_names"] = []
    for at, given in enumerate(lists["agent_ids"]):
        agent = reader.key(given, "agent_ids")
        if agent:
            names = lists["agent_names"][at : at + 1]
            found[agent] = reader.text(names[0], "agent_names").strip() if names else ""
    for entry in entries:
        if entry.agent:
            found[entry.agent] = found.get(entry.agent) or entry.name
    return found


# ---------------------------------------------------------------- facts


def _beginning(chat: _Chat, record: Mapping[str, Any], reader: ZendeskReader) -> Iterator[Fact]:
    visitor = record.get("visitor")
    given = visitor.get("name") if isinstance(visitor, dict) else None
    name = reader.text(given, "visitor.name").strip()
    if name:
        yield CustomerSet(
            at=chat.begin,
            source=SOURCE,
            source_id=f"customer:{chat.name}:{_digest(chat.customer, name)}",
            customer=chat.customer,
            name=name,
        )
    started = reader.text(record.get("started_by"), "started_by").strip().lower()
    first = next(iter(chat.agents), "")
    by_agent = started == "agent" and bool(first)
    yield ConversationOpened(
        at=chat.begin,
        source=SOURCE,
        source_id=f"opened:{chat.name}",
        conversation=chat.name,
        customer=chat.customer,
        group=chat.group,
        origin="agent" if by_agent else "customer",
        agent=first if by_agent else "",
    )
    for agent, known_as in chat.agents.items():
        yield AgentSet(at=chat.begin, source=SOURCE, agent=agent, name=known_as)


def _said(chat: _Chat, entry: Entry) -> Fact | None:
    """Return what an entry adds to the talk, or None if it is about something else."""
    base: dict[str, Any] = {"at": entry.at, "source": SOURCE, "conversation": chat.name}
    comment = entry.raw.get("new_comment") or entry.raw.get("comment") or entry.raw.get("msg")
    if entry.kind == "chat.comment" and isinstance(comment, str):
        return _comment(chat, comment, at=entry.at)
    asked = entry.kind == "chat.request.rating"
    if not entry.says and not asked:
        return None
    message = f"{chat.name}:{entry.message}"
    content = "rating_request" if asked else "text" if entry.kind == "chat.msg" else "file"
    base |= {"message": message, "text": entry.text, "content_type": content, "source_id": f"message:{message}"}
    base["files"] = entry.files
    if entry.who == CUSTOMER and entry.says:
        return CustomerWrote(**base)
    if entry.replies:
        return AgentWrote(**base, agent=entry.agent)
    return SystemWrote(**base, author=TRIGGER if entry.who == TRIGGER else "system")


def _comment(chat: _Chat, text: str, *, at: int) -> SystemWrote | None:
    text = clean(text, limit=LIMIT)
    if not text.strip():
        return None
    message = f"{chat.name}:comment:{_digest(text)}"
    return SystemWrote(
        at=at,
        source=SOURCE,
        source_id=f"message:{message}",
        conversation=chat.name,
        message=message,
        text=text,
        author="evaluation",
    )


def _ending(chat: _Chat, record: Mapping[str, Any], reader: ZendeskReader) -> Fact:
    counts = record.get("count")
    counted = whole(counts.get("agent"))[0] if isinstance(counts, dict) and not chat.entries else None
    if any(entry.replies for entry in chat.entries) or counted:
        return Resolved(**chat.base, at=chat.end, source_id=f"resolved:{chat.name}:{chat.end}")
    # Its history may tell that the customer went; Zendesk's own `missed` says no more than that nobody replied.
    went = any(entry.who == CUSTOMER and entry.kind == LEAVE for entry in chat.entries)
    if not went:
        reader.report.assume("it ended without a reply by hand: the customer left")
    silent = not any(entry.asks for entry in chat.entries)
    reason = "" if went else "assumed"
    return CustomerLeft(
        **chat.base, at=chat.end, source_id=f"left:{chat.name}:{chat.end}", silent=silent, reason=reason
    )


def _offline(chat: _Chat, record: Mapping[str, Any], reader: ZendeskReader) -> Iterator[Fact]:
    text = reader.text(record.get("message"), "message", limit=LIMIT)
    message = f"{chat.name}:offline"
    yield CustomerWrote(
        at=chat.begin,
        source=SOURCE,
        source_id=f"message:{message}",
        conversation=chat.name,
        message=message,
        text=text,
    )
    ticket = reader.key(record.get("zendesk_ticket_id"), "zendesk_ticket_id")
    where = "with a ticket is handled there" if ticket else "without a ticket is handled elsewhere"
    reader.report.assume(f"an offline message {where}: it waits for nobody")
    yield Resolved(**chat.base, at=chat.begin, source_id=f"resolved:{chat.name}:{chat.begin}", reason=OFFLINE)


def _afterwards(chat: _Chat, record: Mapping[str, Any], reader: ZendeskReader) -> Iterator[Fact]:
    """Ratings, comments and tags: dated ones from the history, and what the item says as of its last update."""
    dated = [(entry.at, entry.raw) for entry in chat.entries]
    for at, raw in dated:
        given = raw.get("new_rating") if "new_rating" in raw else raw.get("rating")
        yield from _rated(chat, given, reader, at=at, field="history.new_rating")
        if isinstance(raw.get("new_tags"), list):
            tags = reader.tags(raw.get("new_tags"), "history.new_tags")
            yield all_tags(TagSet(**chat.base, at=at, facet="label", tag=""), tags)
    yield from _rated(chat, record.get("rating"), reader, at=chat.known, field="rating")
    comment = record.get("comment")
    dated_comments = {fact.text for one in chat.entries if isinstance(fact := _said(chat, one), SystemWrote)}
    if isinstance(comment, str) and clean(comment, limit=LIMIT) not in dated_comments:
        yield from filter(None, [_comment(chat, comment, at=chat.known)])
    own = [OFFLINE_TAG] if record.get("type") == "offline_msg" else []
    if own or isinstance(record.get("tags"), list | str):
        tags = [*own, *reader.tags(record.get("tags"), "tags")]
        yield all_tags(TagSet(**chat.base, at=chat.known, facet="label", tag=""), tags)


def _rated(chat: _Chat, given: object, reader: ZendeskReader, *, at: int, field: str) -> Iterator[Rated]:
    if is_empty(given):
        return
    rating = look_up(model.RATINGS, given)
    if rating is None:
        reader.report.conflict(field, given)
        return
    reader.fields[field].coerced += not isinstance(given, str)
    yield Rated(
        at=at,
        source=SOURCE,
        source_id=f"rated:{chat.name}:{rating}:{at}",
        conversation=chat.name,
        rating=rating,
        raw=clean(str(given), limit=NAME),
    )


def _digest(*values: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(values, order="deterministic"), digest_size=8).hexdigest()
