"""One conversation of Meiqia's API V2.0 as facts.

The export says what was written and when, who owns the conversation now, when it began and ended. It does not
say when it was assigned, queued or transferred, nor who ended it. What is taken for given in place of that is
counted in the report:

* the owner had it from its start; but if an agent of another name replied first, that one had it
  from the start, and the owner from the own first reply on (without one: as of the last instant);
* a webhook ``conversation.scheduled`` knows the instant of the first assignment, and is believed
  (`meiqia_owners` brings several records of a conversation together);
* an ending text of the system is the time-out's; what ended after a reply by hand was resolved, whatever ended it;
* one that a time-out ended without a reply by hand was abandoned, silently: the customer told nobody. So, silently if
  the customer never wrote, was one of which nothing tells who ended it. The fact's `reason` keeps the two apart;
* one whose end lies before its start ended with its last message;
* tags, grade and rating are as of the end (of an open conversation: of its last message);
* an evaluation among the messages is the rating where the record has none, if it is a level;
* messages that Meiqia's own counts leave out were automatic, even where no kind is given (`meiqia_counts`).

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
    NoteWritten,
    OwnerSet,
    Rated,
    Resolved,
    SystemWrote,
    TagSet,
)
from deskkit.errors import FactError
from deskkit.feeds import meiqia_model as model
from deskkit.feeds.agents import BY_NAME
from deskkit.feeds.customers import customer_fields
from deskkit.feeds.fields import NAME, is_empty, look_up
from deskkit.feeds.meiqia_counts import compare, mark_uncounted
from deskkit.feeds.meiqia_owners import ASSUMED, CLAIMED, KNOWN, SOURCE
from deskkit.text import LIMIT, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deskkit.feeds.meiqia_reader import Reader, Said

__all__ = ["facts_of"]

_LETTER: Final = {"client": "c", "agent": "a", "system": "s", "bot": "b"}


class _Conversation(msgspec.Struct):
    """What one record says, read."""

    name: str
    customer: str
    agent: str
    agent_name: str
    agent_nick: str
    group: str
    begin: int
    end: int | None
    end_stamp: str
    said: list[Said]

    @property
    def last(self) -> int:
        """The instant as of which what has no time of its own is known."""
        if self.end is not None:
            return self.end
        return max(self.begin, self.said[-1].at) if self.said else self.begin


def facts_of(
    record: Mapping[str, Any],
    reader: Reader,
    *,
    envelope: Mapping[str, Any],
    aside: Callable[[str, bytes], None],
) -> list[Fact]:
    """Turn a conversation into facts, in order of time.

    Parameters
    ----------
    record : mapping
        The conversation object.
    reader : Reader
        Reads and counts.
    envelope : mapping
        The webhook around it, or empty.
    aside : callable
        Takes reason and bytes of each message that cannot be read.

    Returns
    -------
    list of Fact
        By `at`. An `agent` that begins with `BY_NAME` is known by name only; an `OwnerSet` is a proposal, and
        its `source_id` says of what kind (see `meiqia_owners`).

    Raises
    ------
    FactError
        The conversation has no id or no readable time; `problem` says so.
    """
    reader.survey(record, stored=model.STORED + model.COMPARED, dropped=model.DROPPED)
    one = _read(record, reader, aside)
    created = reader.times.read(envelope.get("created_at"))
    sent = None if created is None else max(created.at, one.begin)
    facts: list[Fact] = [
        *_beginning(one, record, reader),
        *_agents(one),
        *_owners(one, sent, is_first=envelope.get("event") == "conversation.scheduled"),
        *_messages(one),
        *_claims(one, at=one.last if sent is None else max(one.last, sent)),  # behind the messages, before the end
        *_ending(one, reader),
        *_afterwards(one, record, reader),
    ]
    facts.sort(key=attrgetter("at"))
    return facts


# ---------------------------------------------------------------- reading


def _read(record: Mapping[str, Any], reader: Reader, aside: Callable[[str, bytes], None]) -> _Conversation:
    name = reader.key(record.get("conv_id"), "conv_id")
    if not name:
        raise FactError("a conversation without conv_id")
    start = reader.moment(record.get("conv_start_tm"), "conv_start_tm")
    end = reader.moment(record.get("conv_end_tm"), "conv_end_tm")
    said = reader.messages(record.get("conv_content"), aside)
    if start is None and not said and end is None:
        raise FactError("a conversation without any time")
    began = [at for at in (start and start.at, said[0].at if said else None) if at is not None]
    if start is None:
        reader.report.assume("it began with its first message, or its end")
    begin = min(began) if began or end is None else end.at
    if start is not None and begin < start.at:
        reader.report.conflict("conv_start_tm", record.get("conv_start_tm"), f"a message {start.at - begin} ms earlier")
    last = max([begin, *(one.at for one in said[-1:])])
    if end is not None and last > end.at:
        reader.report.conflict("conv_end_tm", record.get("conv_end_tm"), f"what is {last - end.at} ms later")
        if end.at < (begin if start is None else start.at):
            reader.report.assume("its end lies before its start: it ended with its last message")
            end = end._replace(at=last)
    account, nick = (reader.text(record.get(key), key).strip() for key in ("agent_account", "agent_nick_name"))
    own = reader.text(record.get("agent_name"), "agent_name").strip()
    agent = account or reader.key(record.get("agent_ID"), "agent_ID")
    if not agent and (own or nick):
        agent = BY_NAME + (own or nick)
    mark_uncounted(said, record, reader, begin=begin, ended=end is not None)
    compare(said, record, reader, begin=begin)
    return _Conversation(
        name=name,
        customer=_customer(record, reader, name),
        agent=agent,
        agent_name=own,
        agent_nick=nick,
        group=reader.text(record.get("group_name"), "group_name").strip()
        or reader.key(record.get("group_id"), "group_id"),
        begin=begin,
        end=None if end is None else end.at,
        end_stamp="" if end is None else end.stamp,
        said=said,
    )


def _customer(record: Mapping[str, Any], reader: Reader, conversation: str) -> str:
    """Return Meiqia's own number of the customer, else the company's, else one of this conversation's own."""
    own = reader.key(record.get("client_id"), "client_id")
    if own:
        return own
    given = reader.key(record.get("dev_client_id"), "dev_client_id")
    if given:
        return f"dev:{given}"
    reader.report.assume("its customer is nobody else's")
    return f"conversation:{conversation}"


# ---------------------------------------------------------------- facts


def _beginning(one: _Conversation, record: Mapping[str, Any], reader: Reader) -> Iterator[Fact]:
    customer = _customer_set(one, record, reader)
    if customer is not None:
        yield customer
    channel = [reader.text(record.get(key), key).strip() for key in ("platform", "main_channel", "sub_channel")]
    yield ConversationOpened(
        at=one.begin,
        source=SOURCE,
        source_id=f"opened:{one.name}",
        conversation=one.name,
        customer=one.customer,
        group=one.group,
        channel="/".join(dict.fromkeys(filter(None, channel))),
    )
    for tag in reader.tags(record.get("visitor_tags"), "visitor_tags"):
        yield _tag(one, "customer", tag, at=one.begin)


def _customer_set(one: _Conversation, record: Mapping[str, Any], reader: Reader) -> CustomerSet | None:
    info = record.get("client_info")
    if not isinstance(info, dict):
        reader.report.conflict("client_info", type(info).__name__, when=bool(info))
        info = {}
    fields = customer_fields(
        info, reader, prefix="client_info.", personal=model.PERSONAL | {"_m_track_id"}, names=("name", "visitor_name")
    )
    given = reader.key(record.get("dev_client_id"), "dev_client_id")
    if given:
        fields["dev_client_id"] = given
    name = (reader.text(info.get(key), f"client_info.{key}").strip() for key in ("name", "visitor_name"))
    fact = CustomerSet(
        at=one.begin, source=SOURCE, customer=one.customer, name=next(filter(None, name), ""), fields=fields
    )
    if not fact.name and not fields:
        return None
    return msgspec.structs.replace(fact, source_id=f"customer:{one.name}:{_digest(fact.customer, fact.name, fields)}")


def _agents(one: _Conversation) -> Iterator[AgentSet]:
    authors = (_author(one, said) for said in one.said if said.sender == "agent")
    for author in filter(None, dict.fromkeys((one.agent, *authors))):
        is_owner = author == one.agent
        name = one.agent_name or one.agent_nick
        yield AgentSet(
            at=one.begin,
            source=SOURCE,
            agent=author,
            name=name if is_owner else author.removeprefix(BY_NAME),
            groups=(one.group,) if one.group and is_owner else (),
            nick=one.agent_nick if is_owner and one.agent_nick != name else "",
        )


def _owners(one: _Conversation, sent: int | None, *, is_first: bool) -> Iterator[OwnerSet]:
    """Propose who had it first, and the owner at each own reply that follows another's.

    `sent` is the instant of the webhook around it; `is_first` tells that the webhook is of the first assignment.
    """
    replies = [said for said in one.said if said.replies]
    authors = [_author(one, said) for said in replies]
    if sent is not None and is_first and one.agent:
        yield _owner(one, one.agent, sent if one.end is None else min(sent, one.end), KNOWN)
    elif first := next(iter(authors), one.agent):
        yield _owner(one, first, one.begin, ASSUMED)
    for before, said, author in zip(["", *authors], replies, authors, strict=False):
        if author == one.agent != before:
            yield from _claims(one, at=said.at)


def _claims(one: _Conversation, *, at: int) -> Iterator[OwnerSet]:
    """Propose that the owner has it as of an instant."""
    if one.agent:
        yield _owner(one, one.agent, at if one.end is None else min(at, one.end), CLAIMED)


def _owner(one: _Conversation, agent: str, at: int, how: str) -> OwnerSet:
    return OwnerSet(at=at, source=SOURCE, source_id=how, by=SOURCE, conversation=one.name, agent=agent)


def _author(one: _Conversation, said: Said) -> str:
    """Return who wrote an agent's message: the owner, or somebody known by name only."""
    if not said.name or said.name in (one.agent_name, one.agent_nick):
        return one.agent or "unknown"
    return BY_NAME + said.name


def _messages(one: _Conversation) -> Iterator[Fact]:
    for said in one.said:
        message = f"{one.name}:{said.stamp}{_LETTER.get(said.sender) or said.sender}{said.nth or ''}"
        base: dict[str, Any] = {
            "at": said.at, "source": SOURCE, "source_id": f"message:{message}", "conversation": one.name,
            "message": message, "text": said.text, "content_type": said.content_type, "files": said.files,
        }  # fmt: skip
        if said.kind in (model.HUMAN, model.AUTOMATIC) and said.sender == "agent":
            yield AgentWrote(**base, agent=_author(one, said), automatic=said.kind == model.AUTOMATIC)
        elif said.asks:
            yield CustomerWrote(**base)
        else:
            yield SystemWrote(**base, author=_not_a_person(said))


def _not_a_person(said: Said) -> str:
    if said.kind == model.REMARK:
        return "evaluation"
    return "system" if said.sender in ("client", "agent") else said.sender


def _ending(one: _Conversation, reader: Reader) -> Iterator[Fact]:
    if one.end is None:
        return
    common: dict[str, Any] = {"at": one.end, "source": SOURCE, "by": SOURCE, "conversation": one.name}
    ended_by = _ended_by(one, reader)
    if ended_by == _AGENT or any(said.replies for said in one.said):
        yield Resolved(**common, source_id=f"resolved:{one.name}:{one.end_stamp}", reason=ended_by)
        return
    how = "by time-out, and nobody had answered" if ended_by else "without a reply by hand"
    reader.report.assume(f"it ended {how}: the customer left")
    silent = ended_by == _TIMEOUT or not any(said.asks for said in one.said)
    source_id, reason = f"left:{one.name}:{one.end_stamp}", ended_by or "assumed"
    yield CustomerLeft(**common, source_id=source_id, silent=silent, reason=reason)


def _ended_by(one: _Conversation, reader: Reader) -> str:
    """Return what its messages say ended it: an agent, the time-out, or nothing."""
    for said in reversed(one.said):
        if said.action in _REASONS:
            return _REASONS[said.action]
        if said.action == "ending" and said.sender == "system":
            reader.report.assume("an ending text of the system was its time-out's")
            return _TIMEOUT
    return ""


_AGENT, _TIMEOUT = "agent", "timeout"
_REASONS: Final = {"end_conv_agent": _AGENT, "end_conv_timeout": _TIMEOUT}


def _afterwards(one: _Conversation, record: Mapping[str, Any], reader: Reader) -> Iterator[Fact]:
    """Tags, grade, rating and summary, which the export gives without a time (the summary with one)."""
    for tag in reader.tags(record.get("conv_tags"), "conv_tags"):
        yield _tag(one, "label", tag, at=one.last)
    grade = reader.text(record.get("conv_quality_grade"), "conv_quality_grade").strip()
    if grade:
        yield _tag(one, "label", f"grade:{grade}", at=one.last)
    yield from _rated(one, record, reader)
    summary = reader.text(record.get("summary_content"), "summary_content", limit=LIMIT)
    if summary.strip():
        written = reader.times.read(record.get("summary_update_at"))
        given = record.get("summary_update_at")
        reader.report.conflict("summary_update_at", given, when=written is None and bool(given))
        yield NoteWritten(
            at=max(one.begin, one.last if written is None else written.at),
            source=SOURCE,
            source_id=f"note:{one.name}:{_digest(summary)}",
            by=SOURCE,
            conversation=one.name,
            agent=one.agent,
            text=summary,
        )


def _rated(one: _Conversation, record: Mapping[str, Any], reader: Reader) -> Iterator[Rated]:
    """Propose the rating: the record's; where it has none, the first evaluation among the messages that is a level."""
    given = record.get("comment_level")
    rating = reader.rating(given, "comment_level")
    remarks = [said for said in one.said if said.kind == model.REMARK]
    levels = [(said, level) for said in remarks if (level := look_up(model.RATINGS, said.text)) is not None]
    at = next((said.at for said in remarks), one.last)
    if rating is not None and levels:
        told = levels[-1][1]
        reader.report.conflict("comment_level", rating, f"{told} in a message", when=told != rating)
    elif rating is None and is_empty(given) and levels:
        reader.report.assume("an evaluation among its messages is its rating")
        at, given, rating = levels[-1][0].at, levels[-1][0].text, levels[-1][1]
    elif rating is None and any(said.told for said in remarks):
        reader.report.assume("an evaluation among its messages is no level: it has no rating")
    if rating is not None:
        yield Rated(
            at=max(one.begin, at),
            source=SOURCE,
            source_id=f"rated:{one.name}:{rating}",
            conversation=one.name,
            rating=rating,
            raw=clean(str(given), limit=NAME),
        )


def _tag(one: _Conversation, facet: str, tag: str, *, at: int) -> TagSet:
    return TagSet(
        at=at,
        source=SOURCE,
        source_id=f"tag:{one.name}:{facet}:{tag}",
        by=SOURCE,
        conversation=one.name,
        facet=facet,
        tag=tag,
    )


def _digest(*values: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(values, order="deterministic"), digest_size=8).hexdigest()
