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
    conflict = reader.report.conflict
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
        found = " or ".join(str(fit) for fit in dict.fromkeys(fits))
        conflict(f"count.{name}", given, f"{found} in its history", when=given is not None and given not in fits)
    missed, dropped = (reader.flag(record.get(name)) for name in ("missed", "dropped"))
    unanswered = bool(asked) and not replies
    told = f"{len(replies)} replies to {len(asked)} messages"
    odd = bool(replies) if missed else missed is False and unanswered and not dropped
    conflict("missed", missed, told, when=odd)
    conflict("dropped", dropped, told, when=bool(dropped) and bool(replies))
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
            found = " or ".join(f"{fit / 1000:g}" for fit in dict.fromkeys(fits)) or "no"
            reader.report.conflict(f"response_time.{name}", given, f"{found} s", when=not near)


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
        reader.report.conflict(name, type(value).__name__, when=not is_empty(value))
        value = {}
    reader.survey(value, stored=_PARTS[name], prefix=f"{name}.")
    return value


_PARTS: Final = {"count": ("visitor", "agent", "total"), "response_time": ("first", "avg", "max")}
