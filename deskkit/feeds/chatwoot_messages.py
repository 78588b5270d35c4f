"""One message of Chatwoot as facts: who wrote what, notes among agents, what nobody wrote, stars.

A survey's stars have no time of their own in the API: they are as of the survey's last change, where that is
sent, else as of the survey. This module knows no file and no log.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    CustomerSet,
    CustomerWrote,
    Fact,
    NoteWritten,
    Rated,
    SystemWrote,
)
from deskkit.errors import FactError
from deskkit.feeds import chatwoot_model as model
from deskkit.feeds.fields import look_up
from deskkit.feeds.values import whole
from deskkit.text import LIMIT, clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskkit.feeds.chatwoot_reader import ChatwootReader

__all__ = ["SOURCE", "message_facts"]

SOURCE: Final = "chatwoot"
_P: Final = "message."


def message_facts(record: Mapping[str, Any], reader: ChatwootReader, *, account: str, parent: object) -> list[Fact]:
    """Turn a message into facts.

    Parameters
    ----------
    record : mapping
        The message.
    reader : ChatwootReader
        Reads and counts.
    account : str
        The account around it, empty if not told.
    parent : object
        Number of the conversation around it; None if it stands alone.

    Raises
    ------
    FactError
        It has no id, no conversation, no readable time, or is of an unknown kind; `problem` says so.
    """
    reader.survey(record, stored=model.MESSAGE, dropped=model.MESSAGE_DROPPED, prefix=_P)
    own = reader.key(record.get("id"), f"{_P}id")
    inside = reader.part(record, "conversation", prefix=_P)
    number = next((given for given in (parent, inside.get("id"), record.get("conversation_id")) if given), None)
    account = reader.account(record, prefix=_P) or account
    name = reader.conversation(number, account, f"{_P}conversation_id")
    kind = look_up(model.MESSAGE_TYPES, record.get("message_type"))
    at = reader.when(record, "created_at", prefix=_P)
    if not own or not name:
        raise FactError("a message without id or conversation")
    if kind is None:
        reader.report.conflict(f"{_P}message_type", record.get("message_type"))
        raise FactError("a message of an unknown kind")
    if at is None:
        raise FactError("a message without a time")
    base = {"at": at, "source": SOURCE, "conversation": name}
    facts = list(_people(record, reader, base, kind))
    facts.append(_said(record, reader, base, kind, own))
    facts += _stars(record, reader, base, own)
    return facts


def _people(record: Mapping[str, Any], reader: ChatwootReader, base: Mapping[str, Any], kind: str) -> Iterator[Fact]:
    """Make the writer known; the conversation too, for its own record may not be in the export."""
    _, who, shown = reader.person(record.get("sender"), f"{_P}sender")
    customer = who if kind == "incoming" else ""
    if customer and shown:
        yield CustomerSet(
            at=base["at"],
            source=SOURCE,
            source_id=f"customer:{customer}:{_digest(shown)}",
            customer=customer,
            name=shown,
        )
    yield ConversationOpened(
        **base, source_id=f"opened:{base['conversation']}", customer=customer or f"conversation:{base['conversation']}"
    )
    if kind == "outgoing" and _is_agent(record, reader):
        yield AgentSet(at=base["at"], source=SOURCE, agent=who, name=shown)


def _is_agent(record: Mapping[str, Any], reader: ChatwootReader) -> bool:
    """Tell whether a person of the desk wrote; a bot has a kind of its own, a campaign nobody."""
    kind, who, _ = reader.person(record.get("sender"), f"{_P}sender")
    given = record.get("sender_type")
    kind = kind or (given.lower() if isinstance(given, str) else "")
    return bool(who) and kind not in ("agent_bot", "agentbot", "captain::assistant", "contact")


def _said(record: Mapping[str, Any], reader: ChatwootReader, base: Mapping[str, Any], kind: str, own: str) -> Fact:
    text = reader.text(record.get("content"), f"{_P}content", limit=LIMIT)
    files, file_kind = reader.files(record.get("attachments"))
    content_type = reader.text(record.get("content_type"), f"{_P}content_type", limit=64).strip() or "text"
    if not text.strip() and files:
        content_type = file_kind
    text = clean("\n".join(filter(None, [text, *(file.name for file in files)])))
    _, who, _ = reader.person(record.get("sender"), f"{_P}sender")
    if reader.flag(record.get("private")):
        return NoteWritten(**base, source_id=f"note:{own}", by=SOURCE, agent=who, text=text)
    common: dict[str, Any] = {
        **base, "source_id": f"message:{own}", "message": own, "text": text, "content_type": content_type,
        "files": files,
    }  # fmt: skip
    if kind == "incoming":
        return CustomerWrote(**common)
    if kind == "outgoing" and _is_agent(record, reader):
        attributes = reader.part(record, "content_attributes", prefix=_P)
        automatic = bool(attributes.get("automation_rule_id") or attributes.get("campaign_id"))
        if record.get("status") == "failed":
            reader.report.assume("a reply that failed to be sent was written all the same")
        return AgentWrote(**common, agent=who, automatic=automatic)
    author = kind if kind != "outgoing" else "bot" if who else "automation"
    return SystemWrote(**common, author=author)


def _stars(record: Mapping[str, Any], reader: ChatwootReader, base: Mapping[str, Any], own: str) -> Iterator[Fact]:
    """Yield what the customer answered to a survey."""
    attributes = record.get("content_attributes")
    values = attributes.get("submitted_values") if isinstance(attributes, dict) else None
    answer = values.get("csat_survey_response") if isinstance(values, dict) else None
    if record.get("content_type") != "input_csat" or not isinstance(answer, dict):
        return
    stars, forced = whole(answer.get("rating"))
    rating = model.STARS.get(stars)
    count = reader.fields["csat.rating"]
    count.present += 1
    count.coerced += forced
    if rating is None:
        reader.report.conflict("csat.rating", answer.get("rating"))
        return
    changed = reader.times.read(answer.get("created_at")) or reader.times.read(record.get("updated_at"))
    if changed is None:
        reader.report.assume("the survey was answered when it was sent")
    at = base["at"] if changed is None else max(base["at"], changed.at)
    rated = {**base, "at": at}
    yield Rated(**rated, source_id=f"rated:{own}:{stars}", rating=rating, raw=str(stars))
    remark = reader.text(answer.get("feedback_message"), "csat.feedback_message", limit=LIMIT)
    if remark.strip():
        message = f"{own}:feedback:{_digest(remark)}"
        yield SystemWrote(**rated, source_id=f"message:{message}", message=message, text=remark, author="evaluation")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
