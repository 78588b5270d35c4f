"""The history of a Zendesk chat, read entry by entry, in order of time.

Who an entry is of stands in `nick` (``visitor``, ``agent:123``, ``agent:trigger``), or, in tables made from the
export, in `sender_type` and `agent_id`. This module makes no facts.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.feeds import zendesk_model as model
from deskkit.feeds.fields import FieldReader, file_name, file_of, is_empty, raw_of
from deskkit.text import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskkit.desk.events import File
    from deskkit.feeds.values import Moment

__all__ = ["CUSTOMER", "SYSTEM", "TRIGGER", "Entry", "ZendeskReader"]

CUSTOMER: Final = "visitor"
TRIGGER: Final = "trigger"
SYSTEM: Final = "system"
_AGENT: Final = "agent"
_FILES: Final = frozenset({"chat.file", "chat.attachment"})


class Entry(msgspec.Struct):
    """An entry of `history`, read.

    Attributes
    ----------
    kind : str
        As in ``chat.msg``; unknown kinds are kept.
    who : str
        ``visitor``, ``trigger``, ``system``, or ``agent`` with the agent's id in `agent`.
    message : str
        What tells it from the other entries of the chat.
    """

    at: int
    kind: str
    who: str
    agent: str
    name: str
    text: str
    message: str
    raw: dict[str, Any]
    files: tuple[File, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether the customer wrote it."""
        return self.who == CUSTOMER and self.says

    @property
    def replies(self) -> bool:
        """Whether an agent wrote it by hand."""
        return self.who == _AGENT and self.says

    @property
    def says(self) -> bool:
        """Whether it is a message."""
        return self.kind == "chat.msg" or self.kind in _FILES


class ZendeskReader(FieldReader):
    """Reads what only Zendesk sends; parameters as for `FieldReader`."""

    def _is_forced(self, value: object, found: Moment) -> bool:
        """Tell a time that is no ISO text; what has no offset is UTC by the documentation."""
        return not isinstance(value, str) or (found.coerced and not value.endswith("Z"))

    def history(self, value: object, aside: Callable[[str, bytes], None]) -> list[Entry]:
        """Read `history`, in order of time; `aside` takes reason and bytes of what is unreadable."""
        if is_empty(value):
            return []
        if not isinstance(value, list):
            self.report.conflict("history", type(value).__name__)
            return []
        entries: list[Entry] = []
        seen: Counter[tuple[int, str]] = Counter()
        for item in value:
            entry = self._entry(item, aside)
            if entry is None:
                continue
            if not entry.message:
                key = (entry.at, entry.kind + entry.who + entry.agent)
                entry.message = f"{entry.at}{entry.who[:1]}{entry.agent}{seen[key] or ''}"
                seen[key] += 1
            entries.append(entry)
        if any(later.at < earlier.at for earlier, later in pairwise(entries)):
            self.report.conflict("history", "not in order of time")
            entries.sort(key=lambda entry: entry.at)
        return entries

    def _entry(self, item: object, aside: Callable[[str, bytes], None]) -> Entry | None:
        if not isinstance(item, dict):
            aside("a history entry is no object", raw_of(item))
            return None
        self.survey(item, stored=model.HISTORY, dropped=model.HISTORY_DROPPED, prefix="history.")
        found = self.times.read(item.get("timestamp"))
        if found is None:
            given = item.get("timestamp")
            self.report.conflict("history.timestamp", given, when=not is_empty(given))
            aside("a history entry without a readable time", raw_of(item))
            return None
        self.fields["history.timestamp"].coerced += self._is_forced(item.get("timestamp"), found)
        kind = self.text(item.get("type"), "history.type").strip()
        who, agent = self._who(item)
        text = self._text(item, kind)
        return Entry(
            at=found.at,
            kind=kind,
            who=who,
            agent=agent,
            name=self.text(item.get("name"), "history.name").strip(),
            text=text,
            message=self.key(item.get("msg_id"), "history.msg_id"),
            raw=item,
            files=_files(item, text) if kind in _FILES else (),
        )

    def _who(self, item: Mapping[str, Any]) -> tuple[str, str]:
        nick = self.text(item.get("nick"), "history.nick").strip()
        kind = self.text(item.get("sender_type"), "history.sender_type").strip().lower()
        given = self.key(item.get("agent_id"), "history.agent_id")
        head, _, own = nick.partition(":")
        if head == CUSTOMER or (not nick and kind in ("visitor", "customer", "enduser")):
            return CUSTOMER, ""
        if TRIGGER in {own, kind}:
            return TRIGGER, ""
        agent = own if head == _AGENT else given
        if agent:
            return _AGENT, agent
        if nick and head != SYSTEM:
            self.report.conflict("history.nick", nick)
        return SYSTEM, ""

    def _text(self, item: Mapping[str, Any], kind: str) -> str:
        if kind in _FILES:
            file = item.get("attachment")
            inside = file.get("name") or file.get("url") if isinstance(file, dict) else file
            return file_name(self.text(inside or item.get("msg"), "history.attachment", limit=LIMIT))
        text = self.text(item.get("msg"), "history.msg", limit=LIMIT)
        options = item.get("options")
        if isinstance(options, str) and options and not text:
            text = self.text(options, "history.options", limit=LIMIT)
        return text


def _files(item: Mapping[str, Any], name: str) -> tuple[File, ...]:
    given = item.get("attachment")
    inside = given if isinstance(given, dict) else {"url": given}
    address = inside.get("url") or item.get("msg")
    return (file_of(address if isinstance(address, str) else name, name=name, size=inside.get("size")),) if name else ()
