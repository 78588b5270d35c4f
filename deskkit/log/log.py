"""The contract of an event log: what every back-end promises, and the values it speaks in.

A log is append-only. `seq` runs 1, 2, 3 ... without a gap; `(source, source_id)` is unique for ever; when
`append` returns, the events are stored. Three verbs matter: `append`, `read`, `verify`. This module knows
events and nothing of files, SQL, frames, policies or state.
"""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING, Protocol, Self

import msgspec

from deskkit.desk.coding import decode
from deskkit.errors import LogError
from deskkit.log.beside import Beside
from deskkit.log.rows import Appended, Lines, Quarantined, Report, Row, Snapshot, Stored, kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from deskkit.desk.events import Event

__all__ = ["LINES", "EventLog", "open_log"]

LINES = 8_000
"""Rows in a slice of `EventLog.lines`: the longest texts there may be still make less than a gigabyte of them."""


class EventLog(Beside, Protocol):
    """An append-only log of events, one contract for every back-end; `Beside` is what the live desk needs of it.

    A log is a context manager that closes itself. It may be used from several threads; after a fork the child
    must open its own. Every method raises `LogError` on a closed log, and where the storage fails;
    `UnavailableError` (a `LogError`) where repeating the same call later may succeed.
    """

    @property
    def url(self) -> str:
        """Where the log is, as `open_log` takes it."""
        ...

    def identity(self) -> str:
        """Return what tells this log from any other, another one at the same address too; empty while the log is.

        It stays with the file, and with a copy of the file; a log restored from rows has one of its own.
        """
        ...

    @property
    def is_read_only(self) -> bool:
        """Whether this handle was opened for reading only: whatever would write through it raises `LogError`."""
        ...

    def check_place(self) -> None:
        """Refuse to go on with a log that its address no longer names; what is written is refused anyway.

        Raises
        ------
        MovedError
            The file was deleted, moved or replaced since it was opened.
        """
        ...

    def append(
        self,
        events: Sequence[Event],
        *,
        received_at: int,
        expect: Mapping[str, int] | None = None,
        last_seq: int | None = None,
        together: bool = False,
    ) -> Appended:
        """Store events in one transaction; it returns after they are safely committed.

        Parameters
        ----------
        events : sequence of Event
            Each with `source` and `source_id`. One that is in the log already is left out (a duplicate).
        received_at : int
            When they reached us, milliseconds since the UTC epoch.
        expect : mapping of conversation to sequence number, optional
            The last seq the caller saw of each conversation (0: none). Looked at only if something would be
            stored, so that a repeated append is answered as a duplicate, not as a conflict.
        last_seq : int, optional
            The last seq the caller saw of the whole log; looked at as `expect` is.
        together : bool
            The first event is the cause of the others: if it is a duplicate, nothing is stored.

        Raises
        ------
        ConflictError
            A conversation of `expect`, or the log since `last_seq`, moved on; nothing is stored.
        FactError
            An event without identity, or one that could not be read back; with `together`, a new cause with a
            consequence whose identity is taken. Nothing is stored.
        """
        ...

    def batch(self) -> AbstractContextManager[None]:
        """Make everything written inside the ``with`` block one transaction, committed when the block ends.

        Inside it, `append`, `set_cursor` and `quarantine` act at once for readers in the same thread; others
        see nothing before the block has ended. An exception that leaves the block undoes all of it. An
        `append` refused inside (ConflictError, FactError) undoes only itself; after any other LogError the
        block is lost.

        Examples
        --------
        >>> from deskkit.desk.events import Viewed
        >>> log = open_log("memory:")
        >>> with log.batch():
        ...     fact = Viewed(at=5, source="ui", source_id="1", conversation="c1", agent="chen")
        ...     if log.append([fact], received_at=5).stored:
        ...         log.set_cursor("ui", 1)
        >>> log.last_seq(), log.cursor("ui")
        (1, 1)
        """
        ...

    def rows(
        self,
        after: int = 0,
        *,
        until: int | None = None,
        conversation: str | None = None,
        kinds: Collection[type[Event]] | None = None,
        limit: int | None = None,
    ) -> Iterator[Row]:
        """Yield rows in order of `seq`, undecoded, in bounded memory.

        Parameters
        ----------
        after : int
            Start behind this sequence number.
        until : int, optional
            Last sequence number; by default the last one when reading begins.
        conversation : str, optional
            Only events of this conversation.
        kinds : collection of event types, optional
            Only these; a base type such as `Decision` stands for all its kinds.
        limit : int, optional
            At most so many.
        """
        ...

    def read(
        self,
        after: int = 0,
        *,
        until: int | None = None,
        conversation: str | None = None,
        kinds: Collection[type[Event]] | None = None,
        limit: int | None = None,
    ) -> Iterator[Stored]:
        """Yield events in order of `seq`, in bounded memory; parameters as for `rows`.

        Raises
        ------
        LogError
            A body that cannot be decoded; the message names its seq.
        """
        for row in self.rows(after, until=until, conversation=conversation, kinds=kinds, limit=limit):
            try:
                event = decode(row.body)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise LogError(
                    f"The event cannot be decoded: {error}.",
                    place=f"{self.url}, seq {row.seq}",
                    expected="an event of this or an earlier release",
                    example=f"deskkit verify --log {self.url}",
                ) from error
            yield Stored(row.seq, row.received_at, event)

    def last(self) -> Stored | None:
        """Return the last event that was stored, if there is one."""
        end = self.last_seq()
        return next(self.read(end - 1), None) if end else None

    def lines(self, after: int = 0, *, until: int | None = None) -> Iterator[list[Lines]]:
        r"""Yield rows undecoded as JSON lines, `LINES` rows of the log at a time, those of each kind apart.

        What reads a whole log column by column parses these, and makes no object of each row.

        Parameters
        ----------
        after : int
            Start behind this sequence number.
        until : int, optional
            Last sequence number; by default the last one when reading begins.

        Examples
        --------
        >>> from deskkit.desk.events import PeakSet
        >>> log = open_log("memory:")
        >>> _ = log.append([PeakSet(at=n, source="ui", source_id=str(n), on=True) for n in (5, 6)], received_at=6)
        >>> [(part.kind, part.seqs, part.text.count(b"\n") + 1) for (part,) in log.lines()]
        [('peak_set', [1, 2], 2)]
        """
        rows = self.rows(after, until=until)
        while slice_ := list(islice(rows, LINES)):
            found: dict[str, tuple[list[int], list[bytes]]] = {}
            for row in slice_:
                seqs, bodies = found.setdefault(kind_of(row.body), ([], []))
                seqs.append(row.seq)
                bodies.append(row.body)
            yield [Lines(kind, seqs, b"\n".join(bodies)) for kind, (seqs, bodies) in found.items()]

    def restore(self, rows: Iterable[Row]) -> int:
        """Fill an empty log with the rows of another, all or none of them; return how many.

        Raises
        ------
        LogError
            This log is not empty, or the rows do not run 1, 2, 3 ...
        FactError
            A row is no event, or its identity occurs twice.
        """
        ...

    def find(self, source: str, source_id: str) -> int | None:
        """Return the sequence number of the event with this identity, or None."""
        ...

    def last_seq(self, conversation: str | None = None) -> int:
        """Return the last sequence number of the log, or of one conversation; 0 if there is none."""
        ...

    def count(self, *, conversation: str | None = None, kinds: Collection[type[Event]] | None = None) -> int:
        """Return how many events there are, of a conversation or of some kinds."""
        ...

    def cursor(self, name: str) -> int:
        """Return how far the reader called `name` has come; 0 at first."""
        ...

    def cursors(self, prefix: str) -> dict[str, int]:
        """Return the cursors whose names begin with `prefix`, by what follows it, in order of the names."""
        ...

    def set_cursor(self, name: str, seq: int) -> None:
        """Note that the reader called `name` has come to `seq`; inside `batch`, in the same transaction.

        `verify` finds a cursor beyond the end of the log; one called ``inbox...`` counts an inbox's own numbers.
        """
        ...

    def quarantine(self, source: str, reason: str, *, raw: bytes, received_at: int) -> bool:
        """Set aside a delivery that could not be decoded; False if the very same is there already."""
        ...

    def quarantined(self) -> Iterator[Quarantined]:
        """Yield what was set aside, in order."""
        ...

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot in place of the last under the same policy; inside `batch`, in the same transaction."""
        ...

    def snapshot(self, policy_hash: str) -> Snapshot | None:
        """Return the snapshot kept under a policy, or None; whether it still holds is for the reader to see."""
        ...

    def digest(self, *, until: int | None = None) -> str:
        """Return the SHA-256 of the canonical rows up to `until`, as hexadecimal digits.

        Two logs with the same events in the same order have the same digest, whatever holds them and whenever
        they were received.
        """
        total = hashlib.sha256()
        for row in self.rows(until=until):
            total.update(row.body)
            total.update(b"\n")
        return total.hexdigest()

    def verify(self) -> Report:
        """Check everything that can be checked: numbering, decodable bodies, the chain of links, the file.

        Of a file also: tables, indexes and the triggers that keep the log append-only, its marks, cursors and
        snapshots beyond the end, deliveries set aside. It cannot see without a witness outside that rows are missing
        at the end if the note of the end was changed with them, that everything behind a row was computed anew, or
        that the last deliveries set aside are gone. `Report.link` is that witness: note it elsewhere.
        """
        ...

    def rest(self) -> None:
        """Hold no file open, but for a lock, until the log is used again, as where nobody looks at it any more."""
        ...

    def close(self) -> None:
        """Close the log; a second time does nothing."""
        ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_log(url: str, *, create: bool = True, read_only: bool = False) -> EventLog:
    """Open an event log.

    Parameters
    ----------
    url : str
        ``memory:`` for one that lives in this process, ``sqlite:///desk.db`` for a file (a fourth slash makes
        the path absolute, as in SQLAlchemy).
    create : bool
        Make the file if there is none.
    read_only : bool
        Open an existing log that cannot be written through this handle.

    Raises
    ------
    LogError
        No such log; or it is damaged, foreign, newer or on a network file system; or the SQLite library is
        unsafe.

    Notes
    -----
    Several handles, processes and notebooks may have one file open. But in a process that has a log open, open its file
    with nothing else, neither the module `sqlite3` nor another library that brings a SQLite of its own, nor as a file:
    two SQLite libraries in one process do not know of one another, and when one of them closes the file, the operating
    system lets go of the locks that the other one holds, so that two could write at once. Read it through this handle
    or `deskkit.log.frames`, or in another process, or a copy (``deskkit backup``).

    References
    ----------
    .. [1] SQLite, How To Corrupt An SQLite Database File, sections 2.2 and 2.2.1.

    Examples
    --------
    >>> with open_log("memory:") as log:
    ...     log.last_seq()
    0
    """
    if not isinstance(url, str):
        raise LogError(
            "The address of a log is a text.", place="open_log", value=type(url).__name__,
            expected="memory: or sqlite:///PATH", example="open_log('sqlite:///desk.db')",
        )  # fmt: skip
    if url == "memory:":
        from deskkit.log.memory import MemoryLog  # noqa: PLC0415 -- back-ends load only when asked for

        return MemoryLog()
    if url.startswith("sqlite:"):
        from deskkit.log.sql import open_sqlite  # noqa: PLC0415

        return open_sqlite(url, create=create and not read_only, read_only=read_only)
    if url.startswith("postgresql"):
        raise LogError(
            "PostgreSQL is not in this release.", place="open_log", value=url.partition(":")[0],
            example="open_log('sqlite:///desk.db')",
        )  # fmt: skip
    raise LogError(
        "This is no address of a log.", place="open_log", value=url,
        expected="memory: or sqlite:///PATH", example="open_log('sqlite:///desk.db')",
    )  # fmt: skip
