"""Values as Chatwoot sends them: seconds that are 0 for never, people with a kind, files by name.

This module makes no facts and knows no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.errors import FactError
from deskkit.feeds.fields import FieldReader, file_name, file_of, is_empty
from deskkit.text import LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.desk.events import File
    from deskkit.feeds.values import Moment

__all__ = ["UNRESOLVED", "ChatwootReader"]

UNRESOLVED: Final = "\0"
"""Begins the name of a conversation whose account is not told; no cleaned text holds this character."""

_FILES: Final = 20  # of one message, by name


class ChatwootReader(FieldReader):
    """Reads what only Chatwoot sends; parameters as for `FieldReader`."""

    def _is_forced(self, value: object, found: Moment) -> bool:  # noqa: ARG002 - the documented form is a number
        """Tell a time that is a text: documented are seconds."""
        return isinstance(value, str)

    def when(self, record: Mapping[str, Any], name: str, *, prefix: str) -> int | None:
        """Read an instant, milliseconds UTC; None if there is none, or 0 stands for none.

        Raises
        ------
        FactError
            There is something, and it is no time.
        """
        value = record.get(name)
        if value in (0, "0") and not isinstance(value, bool):
            return None
        try:
            found = self.moment(value, prefix + name)
        except FactError:
            raise FactError(f"{name} is no readable time") from None
        return None if found is None else found.at

    def conversation(self, given: object, account: str, name: str) -> str:
        """Return the name of a conversation, whose number counts within its account; empty if it has none."""
        own = self.key(given, name)
        if not own:
            return ""
        return f"{account}:{own}" if account else UNRESOLVED + own

    def account(self, record: Mapping[str, Any], *, prefix: str) -> str:
        """Return the account that a record names; empty if it names none."""
        inside = record.get("account")
        given = inside.get("id") if isinstance(inside, dict) else None
        return self.key(record.get("account_id"), f"{prefix}account_id") or self.key(given, f"{prefix}account")

    def person(self, value: object, name: str) -> tuple[str, str, str]:
        """Read a sender or assignee: kind (``user``, ``contact``, ``agent_bot`` or empty), id, name."""
        if not isinstance(value, dict):
            self.report.conflict(name, type(value).__name__, when=not is_empty(value))
            return "", "", ""
        kind = value.get("type") if isinstance(value.get("type"), str) else ""
        own = self.key(value.get("id"), name)
        shown = self.text(value.get("name"), name).strip()
        return str(kind).strip().lower().replace("agentbot", "agent_bot"), own, shown

    def files(self, value: object) -> tuple[tuple[File, ...], str]:
        """Read attachments, and the kind of the first."""
        if not isinstance(value, list):
            self.report.conflict("message.attachments", type(value).__name__, when=not is_empty(value))
            return (), ""
        found: list[File] = []
        kind = ""
        for one in value[:_FILES]:
            if not isinstance(one, dict):
                self.report.conflict("message.attachments", type(one).__name__)
                continue
            kind = kind or self.text(one.get("file_type"), "message.attachments", limit=64).strip()
            given = one.get("data_url") or one.get("fallback_title") or ""
            address = self.text(given, "message.attachments", limit=LIMIT)
            found.append(file_of(address, name=file_name(address) or kind or "file", size=one.get("file_size")))
        return tuple(found), kind or ("file" if found else "")

    def part(self, record: Mapping[str, Any], name: str, *, prefix: str) -> dict[str, Any]:
        """Return an object within a record; an empty one if there is none."""
        value = record.get(name)
        if isinstance(value, dict):
            return value
        self.report.conflict(prefix + name, type(value).__name__, when=not is_empty(value))
        return {}
