"""What stands beside the events in a SQLite log: lease, inbox and outbox as tables.

The tables are made when something is first written to them, so a log of an earlier release gets them then and one
that no driver ever served has none. Their statements never change under a name, as those of `sqlite.SCHEMA` do not.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from deskkit.desk.coding import decode
from deskkit.log.beside import (
    Answer,
    Beside,
    Delivery,
    Lease,
    Outgoing,
    Sending,
    Settled,
    check_delivery,
    lost,
    no_such_sending,
    not_waiting,
    sending_id,
)
from deskkit.log.rows import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from sqlite3 import Cursor

    from deskkit.log.store import Store, Value

__all__ = ["TABLES", "SqlBeside"]

TABLES: Final = (
    """CREATE TABLE lease (
        one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL, holder TEXT NOT NULL, until INTEGER NOT NULL,
        wanted_at INTEGER NOT NULL, note TEXT NOT NULL, asked_at INTEGER NOT NULL, desk_at INTEGER NOT NULL,
        wall_at INTEGER NOT NULL, speed REAL NOT NULL
    ) STRICT""",
    "INSERT INTO lease VALUES (1, 0, '', 0, 0, '', 0, 0, 0, 1.0)",
    """CREATE TABLE inbox (
        number INTEGER PRIMARY KEY, source TEXT NOT NULL, source_id TEXT NOT NULL, author TEXT NOT NULL,
        received_at INTEGER NOT NULL, saw_seq INTEGER, raw BLOB, state TEXT NOT NULL, because TEXT NOT NULL,
        UNIQUE (source, source_id)
    ) STRICT""",
    "CREATE INDEX inbox_waiting ON inbox (number) WHERE state = 'waiting'",
    """CREATE TABLE outbox_trial (
        seq INTEGER NOT NULL, recipient TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL,
        failed_at INTEGER, because TEXT NOT NULL, PRIMARY KEY (seq, recipient)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX outbox_queued ON outbox (seq) WHERE delivered_at IS NULL",
)
MADE: Final = "SELECT count(*) FROM sqlite_schema WHERE name = 'lease'"
LEASE: Final = "SELECT epoch, holder, until, wanted_at, note, asked_at, desk_at, wall_at, speed FROM lease"
TAKE: Final = "UPDATE lease SET epoch = ?, holder = ?, until = ?, note = '', asked_at = 0"
RECEIVE: Final = """INSERT INTO inbox (source, source_id, author, received_at, saw_seq, raw, state, because)
    VALUES (?, ?, ?, ?, ?, ?, 'waiting', '') ON CONFLICT (source, source_id) DO UPDATE SET
    number = (SELECT max(number) + 1 FROM inbox), author = excluded.author, received_at = excluded.received_at,
    saw_seq = excluded.saw_seq, raw = excluded.raw, state = 'waiting', because = '' WHERE state = 'aside'"""
INBOX: Final = """SELECT number, source, source_id, author, received_at, saw_seq, raw FROM inbox
    WHERE state = 'waiting' AND number > ? ORDER BY number LIMIT ?"""
OUTGOING: Final = """SELECT o.seq, o.recipient, CAST(e.body AS BLOB), coalesce(t.attempts, 0), coalesce(t.next_at, 0)
    FROM outbox o JOIN event e ON e.seq = o.seq LEFT JOIN outbox_trial t ON t.seq = o.seq AND t.recipient = o.recipient
    WHERE o.delivered_at IS NULL AND t.failed_at IS NULL ORDER BY o.seq, o.recipient LIMIT ?"""
SENDINGS: Final = """SELECT o.seq, o.recipient,
    CASE WHEN o.delivered_at IS NOT NULL THEN 'sent' WHEN t.failed_at IS NOT NULL THEN 'failed' ELSE 'queued' END,
    coalesce(t.attempts, 0), coalesce(t.because, '')
    FROM outbox o LEFT JOIN outbox_trial t ON t.seq = o.seq AND t.recipient = o.recipient WHERE o.seq > ?"""
TRIED: Final = """INSERT INTO outbox_trial VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT (seq, recipient) DO UPDATE SET
    attempts = attempts + 1, next_at = excluded.next_at, failed_at = excluded.failed_at, because = excluded.because"""


class SqlBeside(Beside):
    """Lease, inbox and outbox of a log in a SQLite file."""

    _url: str
    _store: Store
    _are_made = False  # whether the tables are known to be there
    _made_here = False  # what made them may be undone: then they are looked for each time

    def _rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a statement; none where there are no such tables yet."""
        if not self._are_made and not self._look(self._store.query(MADE)[0][0]):
            return []
        return self._store.query(sql, values)

    def _look(self, made: Value) -> bool:
        """Say whether the tables are there, and remember it where nothing can undo it."""
        self._are_made = bool(made) and not self._made_here
        return bool(made)

    @contextmanager
    def _writing(self) -> Iterator[Cursor]:
        """Open a transaction in which the tables are there."""
        with self._store.transaction() as cursor, self._store.storage():
            if not self._are_made and not self._look(cursor.execute(MADE).fetchone()[0]):
                self._made_here = True
                for statement in TABLES:
                    cursor.execute(statement)
            yield cursor

    # ------------------------------------------------------------ lease

    def lease(self) -> Lease:
        """Return who decides; see `Beside.lease`."""
        rows = self._rows(LEASE)
        return Lease(*rows[0]) if rows else Lease()

    def take_lease(self, holder: str, *, now: int, until: int) -> int | None:
        """Become the one who decides; see `Beside.take_lease`."""
        with self._writing() as cursor:
            found = Lease(*cursor.execute(LEASE).fetchone())
            if found.is_held(now):
                return None
            cursor.execute(TAKE, (found.epoch + 1, holder, until))
            return found.epoch + 1

    def renew_lease(self, epoch: int, *, until: int) -> None:
        """Go on deciding; see `Beside.renew_lease`."""
        with self._writing() as cursor:
            self._check_epoch(cursor, epoch)
            cursor.execute("UPDATE lease SET until = ?", (until,))

    def release_lease(self, epoch: int, *, note: str = "") -> bool:
        """Let go; see `Beside.release_lease`."""
        with self._writing() as cursor:
            cursor.execute(
                "UPDATE lease SET holder = '', note = ? WHERE epoch = ? AND holder <> ''", (plain(note), epoch)
            )
            return cursor.rowcount == 1

    def check_lease(self, epoch: int) -> None:
        """Refuse to go on under an epoch that is over; see `Beside.check_lease`."""
        with self._writing() as cursor:
            self._check_epoch(cursor, epoch)

    def _check_epoch(self, cursor: Cursor, epoch: int) -> None:
        found = Lease(*cursor.execute(LEASE).fetchone())
        if found.epoch != epoch or not found.holder:
            raise lost(self._url, epoch=epoch, found=found)

    def tell_time(self, epoch: int, *, desk_at: int, wall_at: int, speed: float) -> None:
        """Let everybody know the desk's clock; see `Beside.tell_time`."""
        with self._writing() as cursor:
            self._check_epoch(cursor, epoch)
            cursor.execute("UPDATE lease SET desk_at = ?, wall_at = ?, speed = ?", (desk_at, wall_at, speed))

    def ask_lease(self, *, now: int) -> None:
        """Ask the holder to let it go; see `Beside.ask_lease`."""
        with self._writing() as cursor:
            cursor.execute("UPDATE lease SET asked_at = ?", (now,))

    def want_driver(self, *, now: int) -> None:
        """Note that somebody needs a driver."""
        with self._writing() as cursor:
            cursor.execute("UPDATE lease SET wanted_at = max(wanted_at, ?)", (now,))

    # ------------------------------------------------------------ inbox

    def receive(
        self, source: str, source_id: str, *, raw: bytes, received_at: int, author: str = "", saw_seq: int | None = None
    ) -> bool:
        """Put a delivery into the inbox; see `Beside.receive`."""
        check_delivery(source, source_id, raw=raw, received_at=received_at)
        with self._writing() as cursor:
            cursor.execute(RECEIVE, (source, source_id, plain(author), received_at, saw_seq, raw))
            return cursor.rowcount == 1

    def inbox(self, after: int = 0, *, limit: int | None = None) -> list[Delivery]:
        """Return deliveries that wait; see `Beside.inbox`."""
        return [Delivery(*row) for row in self._rows(INBOX, (after, -1 if limit is None else limit))]

    def settle(self, number: int, state: Settled, *, because: str = "") -> None:
        """Note what became of a delivery; see `Beside.settle`."""
        with self._writing() as cursor:
            cursor.execute(
                "UPDATE inbox SET state = ?, because = ?, raw = NULL WHERE number = ? AND state = 'waiting'",
                (state, plain(because), number),
            )
            if cursor.rowcount != 1:
                raise not_waiting(self._url, number)

    def answer(self, source: str, source_id: str) -> tuple[Answer, str] | None:
        """Return what became of a delivery; see `Beside.answer`."""
        rows = self._rows("SELECT state, because FROM inbox WHERE source = ? AND source_id = ?", (source, source_id))
        return cast("tuple[Answer, str]", rows[0]) if rows else None

    # ------------------------------------------------------------ outbox

    def queue(self, seq: int, recipients: Collection[str]) -> None:
        """Note what is to leave the desk; see `Beside.queue`."""
        with self._writing() as cursor:
            for recipient in recipients:
                cursor.execute(
                    "INSERT INTO outbox VALUES (?, ?, NULL) ON CONFLICT (seq, recipient) DO NOTHING", (seq, recipient)
                )

    def outgoing(self, *, limit: int | None = None) -> list[Outgoing]:
        """Return what is still to be sent; see `Beside.outgoing`."""
        found = []
        for seq, recipient, body, attempts, next_at in self._rows(OUTGOING, (-1 if limit is None else limit,)):
            event = decode(body)
            found.append(Outgoing(seq, recipient, sending_id(event, recipient), event, attempts, next_at))
        return found

    def mark_sent(self, seq: int, recipient: str, *, at: int) -> None:
        """Note that something left; see `Beside.mark_sent`."""
        with self._writing() as cursor:
            cursor.execute(
                "UPDATE outbox SET delivered_at = coalesce(delivered_at, ?) WHERE seq = ? AND recipient = ?",
                (at, seq, recipient),
            )
            self._found(cursor, seq, recipient)

    def _found(self, cursor: Cursor, seq: int, recipient: str) -> None:
        if cursor.rowcount != 1:
            raise no_such_sending(self._url, seq, recipient)

    def _mark(self, seq: int, recipient: str, *, next_at: int, failed_at: int | None, because: str) -> None:
        with self._writing() as cursor:
            known = cursor.execute("SELECT 1 FROM outbox WHERE seq = ? AND recipient = ?", (seq, recipient)).fetchone()
            if known is None:
                raise no_such_sending(self._url, seq, recipient)
            cursor.execute(TRIED, (seq, recipient, next_at, failed_at, plain(because)))

    def mark_tried(self, seq: int, recipient: str, *, next_at: int, because: str) -> None:
        """Note that something could not be sent yet; see `Beside.mark_tried`."""
        self._mark(seq, recipient, next_at=next_at, failed_at=None, because=because)

    def mark_failed(self, seq: int, recipient: str, *, at: int, because: str) -> None:
        """Note that something will not be sent; see `Beside.mark_failed`."""
        self._mark(seq, recipient, next_at=at, failed_at=at, because=because)

    def send_again(self, seq: int, recipient: str) -> None:
        """Let something that failed be tried anew; see `Beside.send_again`."""
        with self._writing() as cursor:
            cursor.execute(
                """UPDATE outbox_trial SET attempts = 0, next_at = 0, failed_at = NULL
                WHERE seq = ? AND recipient = ? AND failed_at IS NOT NULL""",
                (seq, recipient),
            )
            self._found(cursor, seq, recipient)

    def sendings(self, *, conversation: str | None = None, after: int = 0) -> list[Sending]:
        """Return what became of what was to leave; see `Beside.sendings`."""
        where = ""
        about: list[Value] = [after]
        if conversation is not None:
            where = " AND o.seq IN (SELECT seq FROM event WHERE conversation = ?)"
            about.append(conversation)
        return [Sending(*row) for row in self._rows(f"{SENDINGS}{where} ORDER BY o.seq, o.recipient", about)]
