"""Zendesk's own counts and response times, held against the history; the history is right.

This module makes no facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.feeds.fields import is_empty
from deskkit.feeds.values import number, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.feeds.zendesk_history import Entry, ZendeskReader

__all__ = ["compare"]

_TOLERANCE_MS: Final = 1_500  # response times are given in whole seconds


def compare(record: Mapping[str, Any], reader: ZendeskReader, entries: Sequence[Entry], *, begin: int) -> None:
    """Count as conflicting what Zendesk derived otherwise than the history says."""
    if not entries:
        return  # an export without history has nothing to be held against
    replies = [entry for entry in entries if entry.replies]
    asked = [entry for entry in entries if entry.asks]
    automatic = sum(entry.says for entry in entries) - len(replies) - len(asked)
    counts = _part(record, reader, "count")
    for name, fits in (
        ("visitor", (len(asked),)),
        ("agent", (len(replies), len(replies) + automatic)),
        ("total", (len(replies) + len(asked), len(replies) + len(asked) + automatic)),
    ):
        given = reader.coerced(counts.get(name), f"count.{name}", whole)
        reader.fields[f"count.{name}"].conflicting += given is not None and given not in fits
    missed, dropped = (reader.flag(record.get(name)) for name in ("missed", "dropped"))
    unanswered = bool(asked) and not replies
    reader.fields["missed"].conflicting += bool(replies) if missed else missed is False and unanswered and not dropped
    reader.fields["dropped"].conflicting += bool(dropped) and bool(replies)
    _response_times(record, reader, entries, begin)


def _response_times(record: Mapping[str, Any], reader: ZendeskReader, entries: Sequence[Entry], begin: int) -> None:
    times = _part(record, reader, "response_time")
    turns = _turns(entries)
    first_reply = next((entry.at for entry in entries if entry.replies), None)
    first_ask = next((entry.at for entry in entries if entry.asks), begin)
    anchors = [] if first_reply is None else [first_reply - begin, first_reply - first_ask]
    mean = [sum(turns) / len(turns)] if turns else []
    for name, fits in (("first", anchors + turns[:1]), ("avg", mean), ("max", [max(turns)] if turns else [])):
        given = reader.coerced(times.get(name), f"response_time.{name}", number)
        if given is not None:
            near = any(abs(given * 1000 - fit) <= _TOLERANCE_MS for fit in fits)
            reader.fields[f"response_time.{name}"].conflicting += not near


def _turns(entries: Sequence[Entry]) -> list[int]:
    """Return the response times: from the first unanswered customer message to the reply."""
    waits: list[int] = []
    since: int | None = None
    for entry in entries:
        if entry.asks and since is None:
            since = entry.at
        elif entry.replies and since is not None:
            waits.append(entry.at - since)
            since = None
    return waits


def _part(record: Mapping[str, Any], reader: ZendeskReader, name: str) -> dict[str, Any]:
    value = record.get(name)
    if not isinstance(value, dict):
        reader.fields[name].conflicting += not is_empty(value)
        value = {}
    reader.survey(value, stored=_PARTS[name], prefix=f"{name}.")
    return value


_PARTS: Final = {"count": ("visitor", "agent", "total"), "response_time": ("first", "avg", "max")}
