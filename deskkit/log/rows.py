"""The values a log speaks in: rows, what an append did, what a check found; events made ready for storing.

It knows events and nothing of where or how a log is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from deskkit.desk.coding import decode, encode
from deskkit.desk.events import DECISIONS, FACTS, Event
from deskkit.errors import ConflictError, FactError, LogError

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "Appended",
    "Fault",
    "FullError",
    "Lines",
    "MovedError",
    "Quarantined",
    "Report",
    "Row",
    "Snapshot",
    "Stored",
    "UnavailableError",
    "Written",
    "check_time",
    "kind_names",
    "kind_of",
    "log_moved_on",
    "moved_on",
    "not_dense",
    "not_empty",
    "plain",
    "rewritten",
    "taken",
    "written",
]

_INT64 = 1 << 63


class UnavailableError(LogError):
    """The log cannot be written just now (busy, disk full); nothing was stored, the call may be repeated."""

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: what is wrong lies outside of every program, and no line of one tells more."""
        return [f"{type(self).__name__}: {self}"]


class FullError(UnavailableError):
    """There is no room for what is to be written, or the disk fails."""


class MovedError(LogError):
    """The file of the log was deleted, moved or replaced while it was open: nobody will find what it says."""


class Row(NamedTuple):
    """One row as stored: `body` is what `events.encode` made of the event; `received_at` milliseconds UTC."""

    seq: int
    received_at: int
    body: bytes


class Lines(NamedTuple):
    """Rows of one kind, undecoded: their sequence numbers, and their bodies in that order, a line each."""

    kind: str
    seqs: list[int]
    text: bytes


class Stored(NamedTuple):
    """One event read back, with its place in the log; `received_at` is milliseconds since the UTC epoch."""

    seq: int
    received_at: int
    event: Event

    @property
    def at(self) -> int:
        """When it happened, as the event says, milliseconds."""
        return self.event.at


class Quarantined(NamedTuple):
    """A delivery that could not be decoded, set aside as it came; `number` counts from 1."""

    number: int
    received_at: int
    source: str
    reason: str
    raw: bytes


class Snapshot(NamedTuple):
    """What a fold of rows 1 to `seq` led to, kept so that the next fold may begin behind it; never part of the log.

    `policy_hash` and `code_hash` say by which policy and code it was folded: under others it is of no use. `state`
    is for `deskkit.desk.snapshot` to read.
    """

    seq: int
    policy_hash: str
    code_hash: str
    state: bytes


class Appended(msgspec.Struct, frozen=True):
    """What an append did.

    Attributes
    ----------
    seqs : tuple of (int or None), one per event given
        The sequence number an event got, or None where it was not stored because it (or, with
        ``together=True``, its cause) was in the log already; `EventLog.find` tells the earlier number.
    last_seq : int
        The log's last sequence number after this append.
    """

    seqs: tuple[int | None, ...]
    last_seq: int

    @property
    def stored(self) -> int:
        """How many events were stored."""
        return len(self.seqs) - self.duplicates

    @property
    def duplicates(self) -> int:
        """How many events were not stored."""
        return self.seqs.count(None)


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with a log; `seq` is 0 where the fault belongs to no row."""

    seq: int
    problem: str


class Report(msgspec.Struct, frozen=True):
    """What `EventLog.verify` found; `str(report)` is a summary for people.

    Attributes
    ----------
    url : str
    events : int
        Rows read.
    forgotten : int
        Rows whose text was removed by `forget`; their digest can no longer be recomputed.
    faults : tuple of Fault
        The first faults, in order of `seq`; empty when the log is sound.
    link : str
        The last link of the chain, hexadecimal; "" where there is none. Noted elsewhere, it is the only witness
        against a log that was cut off, or computed anew, at its end.
    """

    url: str
    events: int
    forgotten: int
    faults: tuple[Fault, ...]
    link: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def first_bad(self) -> int | None:
        """The smallest bad sequence number, or None if no row is bad."""
        return min((fault.seq for fault in self.faults if fault.seq), default=None)

    def __str__(self) -> str:
        rows = f"{self.events:,} events" + (f", {self.forgotten:,} forgotten" if self.forgotten else "")
        if self.ok and not self.link:
            return f"{self.url}: sound ({rows})"
        if self.ok:
            return (
                f"{self.url}: sound ({rows})\n  last link {self.link}\n  Note it elsewhere: without it nobody can see"
                " that a log was cut off, or written anew, at its end."
            )
        lines = [f"{self.url}: DAMAGED ({rows} read)"]
        lines += [f"  {f'seq {fault.seq}' if fault.seq else 'file'}: {fault.problem}" for fault in self.faults]
        return "\n".join(lines)


class Written(NamedTuple):
    """An event made ready for storing: the columns a log looks things up by, and the body."""

    at: int
    kind: str
    conversation: str | None
    source: str
    source_id: str
    body: bytes


def written(event: Event) -> Written:
    """Make an event ready for storing, and be sure that it can be read back.

    Raises
    ------
    FactError
        No identity, a NUL in a name, a time beyond 64 bits, or a body that would not decode.
    """
    try:
        body = encode(event)
        decode(body)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError) as error:
        raise FactError(
            f"The event could not be read back: {_without_text(error)}.",
            place=type(event).__name__,
            value=getattr(event, "source_id", None),
            expected="fields of the types that deskkit.desk.events declares, text without lone surrogates",
            example="text.encode('utf-8', 'replace').decode()",
        ) from error
    conversation: str | None = getattr(event, "conversation", None) or None
    if not event.source or not event.source_id:
        raise FactError(
            "An event without identity cannot be stored.",
            place=type(event).__name__,
            value=(event.source, event.source_id),
            expected="source and source_id",
            example=f"{type(event).__name__}(..., source='meiqia', source_id='message:81723')",
        )
    for name in (event.source, event.source_id, conversation):
        if name is not None and "\0" in name:
            raise FactError(
                "A name holds a NUL character.", place=type(event).__name__, value=name, expected="a name without NUL",
                example="name.replace(chr(0), '')",
            )  # fmt: skip
    check_time(event.at)
    kind = str(type(event).__struct_config__.tag)
    return Written(event.at, kind, conversation, event.source, event.source_id, body)


def check_time(at: int) -> None:
    """Refuse an instant beyond 64 bits.

    Raises
    ------
    FactError
    """
    if not -_INT64 <= at < _INT64:
        raise FactError(
            "The time is out of range.", value=at, expected="milliseconds since the UTC epoch", example="1781749800000"
        )


def plain(text: str) -> str:
    r"""Return a text without what a database cannot hold: lone surrogates and NUL characters.

    Examples
    --------
    >>> plain("a\0b")
    'a�b'
    """
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def rewritten(row: Row) -> Written:
    """Make a row of another log ready for storing here, with its body as it is.

    Raises
    ------
    FactError
        The body is no event, or a time is out of range.
    """
    check_time(row.received_at)
    try:
        event = decode(row.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FactError(
            f"The row is no event: {error}.", place=f"row {row.seq}", expected="what encode(event) gave",
            example="log.restore(other.rows())",
        ) from error  # fmt: skip
    return written(event)._replace(body=row.body)


def _without_text(error: Exception) -> str:
    """Say what is wrong without quoting what a customer wrote."""
    return error.reason if isinstance(error, UnicodeEncodeError) else str(error)


def kind_names(kinds: Collection[type[Event]] | None) -> frozenset[str] | None:
    """Return the names under which event types are stored; a base type stands for all its kinds.

    Examples
    --------
    >>> from deskkit.desk.events import Viewed
    >>> sorted(kind_names([Viewed]))
    ['viewed']
    """
    if kinds is None:
        return None
    wanted = tuple(kinds)
    return frozenset(str(kind.__struct_config__.tag) for kind in FACTS + DECISIONS if issubclass(kind, wanted))


_BEGINS: Final = len(b'{"kind":"')


def kind_of(body: bytes) -> str:
    """Return the kind that a body, as `events.encode` writes it, begins with.

    Examples
    --------
    >>> kind_of(b'{"kind":"viewed","at":5}')
    'viewed'
    """
    return body[_BEGINS : body.index(b'"', _BEGINS)].decode()


def taken(row: Written) -> FactError:
    """Say that an identity is in the log already."""
    return FactError(
        "This identity is in the log already; nothing was stored.",
        place=row.kind,
        value=(row.source, row.source_id),
        expected="a source_id of its own for each event",
        example="source_id='<the fact's source_id>:assigned:1'",
    )


def moved_on(conversation: str, *, seen: int, last: int) -> ConflictError:
    """Say that a conversation moved on."""
    return ConflictError(
        "The conversation moved on; nothing was stored.",
        place=f"conversation {conversation!r}",
        value=last,
        expected=f"{seen}, the last seq you saw",
        example="read on from there, decide again, append again",
    )


def log_moved_on(url: str, *, seen: int, last: int) -> ConflictError:
    """Say that somebody else wrote to the log."""
    return ConflictError(
        "Somebody else wrote to this log; nothing was stored.", place=url, value=last,
        expected=f"{seen}, the last seq you saw", example="read on from there, decide again, append again",
    )  # fmt: skip


def not_empty(url: str, last_seq: int) -> LogError:
    """Say that only an empty log can be filled from another."""
    return LogError(
        "Only an empty log can be filled from another.", place=url, value=last_seq, expected="0 events",
        example="open_log('sqlite:///new.db')",
    )  # fmt: skip


def not_dense(url: str, *, found: int, expected: int) -> LogError:
    """Say that the rows of another log have a gap."""
    return LogError(
        "The rows to restore have a gap.",
        place=url,
        value=found,
        expected=f"seq {expected}",
        example="log.restore(other.rows())",
    )
