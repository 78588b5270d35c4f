"""The log in a database: SQLite in this release, by the contract of `deskkit.log.log`.

It says what is written and read; `deskkit.log.store` holds the file. It knows no policy and no state.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, cast

import msgspec

from deskkit.errors import LogError
from deskkit.log import guard, sqlite
from deskkit.log.beside_sql import SqlBeside
from deskkit.log.chain import SALT_BYTES, Head, LinkedRow, digest_of, examine, link_of
from deskkit.log.log import LINES, EventLog
from deskkit.log.rows import (
    Appended,
    Fault,
    Lines,
    Quarantined,
    Report,
    Row,
    Snapshot,
    Written,
    check_time,
    kind_names,
    log_moved_on,
    moved_on,
    not_dense,
    not_empty,
    plain,
    rewritten,
    taken,
    written,
)
from deskkit.log.soundness import beside_faults, file_faults, quarantine_digest, readable
from deskkit.log.store import Store, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from sqlite3 import Cursor

    from deskkit.desk.events import Event

__all__ = ["SqlLog", "open_sqlite"]

PAGE: Final = 1_000
QUARANTINE_PAGE: Final = 20  # a delivery may have a mebibyte

INSERT: Final = """INSERT INTO event
    (seq, at, received_at, conversation, kind, source, source_id, body, salt, digest, link)
    VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?, ?) ON CONFLICT (source, source_id) DO NOTHING"""
JSON_LINES: Final = """SELECT kind, CAST('[' || group_concat(seq) || ']' AS BLOB),
    CAST(group_concat(body, char(10)) AS BLOB) FROM event WHERE seq > ? AND seq <= ? GROUP BY kind"""
LINKED: Final = """SELECT seq, at, received_at,
    CAST(conversation AS BLOB), CAST(kind AS BLOB), CAST(source AS BLOB), CAST(source_id AS BLOB),
    CAST(body AS BLOB), salt, digest, link FROM event WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"""


def open_sqlite(url: str, *, create: bool, read_only: bool) -> SqlLog:
    """Open a log in a SQLite file; see `deskkit.log.open_log`."""
    path = guard.path_of(url)
    guard.check_path(path)
    module = guard.library()
    verdict = guard.judge(module.sqlite_version_info)
    if verdict == "refused":
        raise LogError(
            "This SQLite library must not keep a log.", place=module.__name__, value=module.sqlite_version,
            expected="3.51.3 or newer, but not 3.52", example="pip install --upgrade pysqlite3",
        )  # fmt: skip
    kind = guard.network_filesystem(path)
    if kind is not None:
        raise LogError(
            "A SQLite log cannot live on a network file system.", place=str(path), value=kind,
            expected="a local disk", example="open_log('sqlite:////var/lib/deskkit/desk.db')",
        )  # fmt: skip
    sqlite.prepare(path, module, create=create)
    lock = guard.ProcessLock(path, exclusive=verdict == "solo")
    try:
        return SqlLog(url, Store(path, module=module, lock=lock, read_only=read_only))
    except BaseException:
        lock.release()
        raise


class SqlLog(SqlBeside, EventLog):
    """An event log in a SQLite file; made by `deskkit.log.open_log`.

    Parameters
    ----------
    url : str
    store : Store
        Closed with the log.
    """

    def __init__(self, url: str, store: Store) -> None:
        self._url = url
        self._store = store

    @property
    def url(self) -> str:
        """Where the log is."""
        return self._url

    def identity(self) -> str:
        """Return the digest of the first row, which its salt makes the log's own; empty while there is none."""
        rows = self._store.query("SELECT digest FROM event WHERE seq = 1")
        return cast("bytes", rows[0][0]).hex() if rows else ""

    @property
    def is_read_only(self) -> bool:
        """Whether this handle is for reading only."""
        return self._store.is_read_only

    def check_place(self) -> None:
        """Refuse to go on with a file that its path no longer names."""
        self._store.check_place()

    def batch(self) -> AbstractContextManager[None]:
        """Make the block one transaction; see `EventLog.batch`."""
        return self._store.batch()

    # ------------------------------------------------------------ writing

    def append(
        self,
        events: Sequence[Event],
        *,
        received_at: int,
        expect: Mapping[str, int] | None = None,
        last_seq: int | None = None,
        together: bool = False,
    ) -> Appended:
        """Store events; see `EventLog.append`."""
        ready = [written(event) for event in events]
        check_time(received_at)
        with self._store.transaction() as cursor, self._store.storage():
            seen = {conversation: self.last_seq(conversation) for conversation in expect or ()}
            head = self._head(cursor)
            seqs, new_head = self._insert(cursor, ready, received_at, head=head, together=together)
            if new_head.seq > head.seq:
                if last_seq is not None and last_seq != head.seq:
                    raise log_moved_on(self._url, seen=last_seq, last=head.seq)
                for conversation, seq in (expect or {}).items():
                    if seen[conversation] != seq:
                        raise moved_on(conversation, seen=seq, last=seen[conversation])
                self._set_head(cursor, new_head)
            return Appended(tuple(seqs), new_head.seq)

    @staticmethod
    def _insert(
        cursor: Cursor, ready: Sequence[Written], received_at: int, *, head: Head, together: bool
    ) -> tuple[list[int | None], Head]:
        """Put in what is new, chained to `head`; return the sequence numbers and the new head."""
        count, link = head
        salts = os.urandom(SALT_BYTES * len(ready))
        seqs: list[int | None] = []
        for number, row in enumerate(ready):
            salt = salts[number * SALT_BYTES : (number + 1) * SALT_BYTES]
            digest = digest_of(salt, row.body)
            new_link = link_of(link, received_at, digest)
            cursor.execute(
                INSERT,
                (
                    count + 1, row.at, received_at, row.conversation, row.kind, row.source, row.source_id,
                    row.body, salt, digest, new_link,
                ),
            )  # fmt: skip
            if cursor.rowcount == 1:
                count, link = count + 1, new_link
                seqs.append(count)
            elif not together:
                seqs.append(None)
            elif number == 0:
                return [None] * len(ready), head
            else:
                raise taken(row)
        return seqs, Head(count, link)

    @staticmethod
    def _head(cursor: Cursor) -> Head:
        return Head(*cursor.execute("SELECT seq, link FROM head").fetchone())

    @staticmethod
    def _set_head(cursor: Cursor, head: Head) -> None:
        cursor.execute("UPDATE head SET seq = ?, link = ?", head)

    def restore(self, rows: Iterable[Row]) -> int:
        """Fill this empty log with the rows of another; see `EventLog.restore`."""
        with self.batch(), self._store.transaction() as cursor:
            with self._store.storage():
                head = self._head(cursor)
            if head.seq:
                raise not_empty(self._url, head.seq)
            for row in rows:
                if row.seq != head.seq + 1:
                    raise not_dense(self._url, found=row.seq, expected=head.seq + 1)
                ready = rewritten(row)
                with self._store.storage():
                    seqs, head = self._insert(cursor, [ready], row.received_at, head=head, together=False)
                if seqs == [None]:
                    raise taken(ready)
            with self._store.storage():
                self._set_head(cursor, head)
            return head.seq

    def set_cursor(self, name: str, seq: int) -> None:
        """Note that the reader called `name` has come to `seq`."""
        with self._store.transaction() as cursor, self._store.storage():
            cursor.execute(
                "INSERT INTO cursor VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq",
                (name, seq),
            )

    def quarantine(self, source: str, reason: str, *, raw: bytes, received_at: int) -> bool:
        """Set aside a delivery that could not be decoded; False if the very same is there already."""
        check_time(received_at)
        source, reason = plain(source), plain(reason)
        digest = quarantine_digest(source.encode(), reason.encode(), raw)
        with self._store.transaction() as cursor, self._store.storage():
            cursor.execute(
                """INSERT INTO quarantine (received_at, source, reason, raw, digest) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (digest) DO NOTHING""",
                (received_at, source, reason, raw, digest),
            )
            return cursor.rowcount == 1

    def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot; see `EventLog.save_snapshot`."""
        with self._store.transaction() as cursor, self._store.storage():
            cursor.execute("DELETE FROM snapshot WHERE policy_hash = ?", (snapshot.policy_hash,))
            cursor.execute(
                "INSERT INTO snapshot (seq, policy_hash, code_hash, state) VALUES (?, ?, ?, ?)", tuple(snapshot)
            )

    # ------------------------------------------------------------ reading

    def rows(
        self,
        after: int = 0,
        *,
        until: int | None = None,
        conversation: str | None = None,
        kinds: Collection[type[Event]] | None = None,
        limit: int | None = None,
    ) -> Iterator[Row]:
        """Yield rows in order; see `EventLog.rows`."""
        where, values = _where(conversation, kinds)
        end = self.last_seq() if until is None else until
        left = end if limit is None else limit
        while left > 0 and after < end:
            page = self._store.query(
                f"SELECT seq, received_at, CAST(body AS BLOB) FROM event WHERE seq > ? AND seq <= ?{where}"  # noqa: S608 -- only placeholders
                " ORDER BY seq LIMIT ?",
                (after, end, *values, min(left, PAGE)),
            )
            if not page:
                return
            for row in page:
                yield Row(*row)  # type: ignore[arg-type] # the columns have these types: STRICT
            after = cast("int", page[-1][0])
            left -= len(page)

    def lines(self, after: int = 0, *, until: int | None = None) -> Iterator[list[Lines]]:
        """Yield rows as JSON lines, put together by the library itself; see `EventLog.lines`."""
        end = self.last_seq() if until is None else min(until, self.last_seq())
        for first in range(after, end, LINES):
            found = self._store.query(JSON_LINES, (first, min(first + LINES, end)))
            yield [
                Lines(cast("str", kind), _numbers(cast("bytes", seqs)), cast("bytes", text))
                for kind, seqs, text in found
            ]

    def _number(self, sql: str, values: Sequence[Value] = ()) -> int | None:
        rows = self._store.query(sql, values)
        return cast("int | None", rows[0][0]) if rows else None

    def find(self, source: str, source_id: str) -> int | None:
        """Return the sequence number of the event with this identity, or None."""
        return self._number("SELECT seq FROM event WHERE source = ? AND source_id = ?", (source, source_id))

    def last_seq(self, conversation: str | None = None) -> int:
        """Return the last sequence number of the log, or of one conversation; 0 if there is none."""
        if conversation is None:
            return self._number("SELECT max(seq) FROM event") or 0
        return self._number("SELECT max(seq) FROM event WHERE conversation = ?", (conversation,)) or 0

    def count(self, *, conversation: str | None = None, kinds: Collection[type[Event]] | None = None) -> int:
        """Return how many events there are, of a conversation or of some kinds."""
        where, values = _where(conversation, kinds)
        return self._number(f"SELECT count(*) FROM event WHERE true{where}", values) or 0  # noqa: S608 -- only placeholders

    def cursor(self, name: str) -> int:
        """Return how far the reader called `name` has come; 0 at first."""
        return self._number("SELECT seq FROM cursor WHERE name = ?", (name,)) or 0

    def cursors(self, prefix: str) -> dict[str, int]:
        """Return the cursors whose names begin with `prefix`, by what follows it."""
        rows = self._store.query(
            "SELECT name, seq FROM cursor WHERE substr(name, 1, ?) = ? ORDER BY name", (len(prefix), prefix)
        )
        return {str(name).removeprefix(prefix): int(seq or 0) for name, seq in rows}

    def quarantined(self) -> Iterator[Quarantined]:
        """Yield what was set aside, in order."""
        after = 0
        while page := self._store.query(
            """SELECT number, received_at, source, reason, raw FROM quarantine
            WHERE number > ? ORDER BY number LIMIT ?""",
            (after, QUARANTINE_PAGE),
        ):
            for row in page:
                yield Quarantined(*row)  # type: ignore[arg-type] # the columns have these types: STRICT
            after = cast("int", page[-1][0])

    def snapshot(self, policy_hash: str) -> Snapshot | None:
        """Return the snapshot kept under a policy, or None."""
        rows = self._store.query(
            "SELECT seq, policy_hash, code_hash, state FROM snapshot WHERE policy_hash = ? ORDER BY seq DESC LIMIT 1",
            (policy_hash,),
        )
        return Snapshot(*rows[0]) if rows else None  # type: ignore[arg-type] # the columns have these types: STRICT

    # ------------------------------------------------------------ checking, closing

    def verify(self) -> Report:
        """Check the file, its tables and marks, the numbering, every body and column, the chain and its end."""
        faults = file_faults(self._store.query)
        if not readable(faults):
            return Report(self._url, 0, 0, tuple(faults))
        ends = self._store.query("SELECT seq, link, (SELECT max(seq) FROM event) FROM head")
        if not ends:
            return Report(self._url, 0, 0, (*faults, Fault(0, "the row that notes the end of the log is gone")))
        count, link, last = cast("tuple[int, bytes, int | None]", ends[0])
        report = examine(self._url, self._linked(max(count, last or 0)), head=Head(count, link))
        beside = beside_faults(self._store.query)
        return Report(self._url, report.events, report.forgotten, (*faults, *beside, *report.faults), report.link)

    def _linked(self, end: int) -> Iterator[LinkedRow]:
        after = 0
        while page := self._store.query(LINKED, (after, end, PAGE)):
            for row in page:
                yield LinkedRow(*row)  # type: ignore[arg-type] # the columns have these types: STRICT
            after = cast("int", page[-1][0])

    def copy_to(self, path: Path) -> None:
        """Write a copy of this moment to a new file, as one transaction of a reader; `deskkit.log.backup` checks it."""
        self._store.copy_to(path)

    def rest(self) -> None:
        """Hold no file open, but for the lock, until the log is used again."""
        self._store.rest()

    def close(self) -> None:
        """Close the log; a second time does nothing."""
        self._store.close()


def _numbers(text: bytes) -> list[int]:
    """Read sequence numbers that the library wrote side by side."""
    return msgspec.json.decode(text, type=list[int])


def _where(conversation: str | None, kinds: Collection[type[Event]] | None) -> tuple[str, tuple[Value, ...]]:
    """Return the end of a WHERE clause, and its values."""
    where = ""
    values: list[Value] = []
    if conversation is not None:
        where += " AND conversation = ?"
        values.append(conversation)
    names = kind_names(kinds)
    if names is not None:
        where += f" AND kind IN ({', '.join('?' * len(names))})"
        values += sorted(names)
    return where, tuple(values)
