"""The chain of links over the rows of a log, and the check that finds what was changed behind its back.

``digest = SHA-256(salt + body)`` and ``link = SHA-256(link before + received_at + digest)``. Who removes a
text writes the row's `tombstone` for its body, removes the salt and keeps the digest, so the chain outlives
forgetting; a row without salt whose body is no tombstone was changed by somebody else.

It shows accidents and hasty hands. It cannot see what somebody computed anew from the first changed row to the
end, nor a log cut off at its end together with the note of it: for these the last link, noted elsewhere, is the
witness. Of a forgotten row nothing but its being without text is checked.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from deskkit.desk import events
from deskkit.desk.coding import decode, encode
from deskkit.errors import FactError
from deskkit.log.rows import Fault, Report, written

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["GENESIS", "SALT_BYTES", "Head", "LinkedRow", "digest_of", "examine", "link_of", "tombstone"]

GENESIS: Final = bytes(32)
SALT_BYTES: Final = 16
MOST_FAULTS: Final = 20

BLANK: Final[dict[type[events.Event], dict[str, object]]] = {
    events.CustomerSet: {"name": "", "fields": {}},
    events.CustomerWrote: {"text": ""},
    events.AgentWrote: {"text": ""},
    events.SystemWrote: {"text": ""},
    events.NoteWritten: {"text": ""},
}
"""The kinds whose text can be forgotten, and what is left of it."""

_sha256 = hashlib.sha256
_pack_time = struct.Struct(">q").pack


class Head(NamedTuple):
    """The end of the log: its last sequence number and its last link."""

    seq: int
    link: bytes


class LinkedRow(NamedTuple):
    """A row with all its columns, text as the bytes on disk; `salt` is None once the text is forgotten."""

    seq: int
    at: int
    received_at: int
    conversation: bytes | None
    kind: bytes
    source: bytes
    source_id: bytes
    body: bytes
    salt: bytes | None
    digest: bytes
    link: bytes


def digest_of(salt: bytes, body: bytes) -> bytes:
    """Return the digest of one row."""
    return _sha256(salt + body).digest()


def tombstone(event: events.Event) -> bytes | None:
    """Return the body of a row whose text is forgotten, or None for an event without a text of anybody.

    What happened stays: kind, time, identity, conversation and who wrote. Words, names and fields are gone.

    Examples
    --------
    >>> tombstone(events.NoteWritten(at=5, source="ui", source_id="1", conversation="c1", agent="chen", text="call 12"))
    b'{"kind":"note_written","at":5,"source":"ui","source_id":"1","conversation":"c1","agent":"chen","text":""}'
    """
    blank = BLANK.get(type(event))
    return None if blank is None else encode(msgspec.structs.replace(event, **blank))


def link_of(before: bytes, received_at: int, digest: bytes) -> bytes:
    """Return the link of one row, given the link of the row before."""
    return _sha256(before + _pack_time(received_at) + digest).digest()


def examine(url: str, rows: Iterable[LinkedRow], *, head: Head) -> Report:
    """Follow the chain and name the first faults.

    Parameters
    ----------
    url : str
        Named in the report.
    rows : iterable of LinkedRow
        In order of `seq`.
    head : Head
        What the log says its end is; rows missing at the end are found by it.

    Returns
    -------
    Report
        With at most 20 faults. After a fault the walk goes on from the row as it is.
    """
    faults: list[Fault] = []
    link, last, read, forgotten = GENESIS, 0, 0, 0
    for row in rows:
        read += 1
        forgotten += row.salt is None
        if row.seq != last + 1:
            faults.append(Fault(last + 1, f"missing: the next row is seq {row.seq}"))
            link = b""  # nothing to compare with
        problem = fault_of(row, link)
        if problem:
            faults.append(Fault(row.seq, problem))
        link, last = row.link, row.seq
        if len(faults) >= MOST_FAULTS:
            break
    else:
        if last != head.seq:
            faults.append(Fault(min(last, head.seq) + 1, f"the log should end at seq {head.seq}, not {last}"))
        elif link != head.link:
            faults.append(Fault(last, "the last link is not the one noted at the end of the log"))
    return Report(url, read, forgotten, tuple(sorted(faults, key=lambda fault: fault.seq)), head.link.hex())


def fault_of(row: LinkedRow, link: bytes) -> str:
    """Say what is wrong with a row, if anything; `link` is that of the row before, empty if unknown."""
    if row.salt is not None and row.digest != digest_of(row.salt, row.body):  # without: see below
        return "the body is not the one that was stored (digest)"
    if link and row.link != link_of(link, row.received_at, row.digest):
        return "the chain is broken here: a row was changed, moved, put in or taken out (link)"
    try:
        event = written(decode(row.body))
    except (msgspec.DecodeError, UnicodeDecodeError, FactError) as error:
        return f"the body cannot be decoded: {error}"
    if row.salt is None and row.body != tombstone(decode(row.body)):
        return "the text is gone (no salt), but the body is not what forgetting leaves"
    names = (event.conversation, event.kind, event.source, event.source_id)
    columns = tuple(None if name is None else name.encode() for name in names)
    if (row.at, row.conversation, row.kind, row.source, row.source_id) != (event.at, *columns):
        return "a column does not say what the body says"
    return ""
