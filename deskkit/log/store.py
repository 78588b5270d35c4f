"""One SQLite file held open: one connection that writes, read-only ones beside it, and transactions.

A transaction takes the write lock when it begins. Readers hold a snapshot for one statement only, so that the
write-ahead log stays small. It knows no events; `deskkit.log.sql` says what is written.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa

from deskkit.errors import ConflictError, FactError, LogError
from deskkit.log import guard, sqlite
from deskkit.log.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from sqlite3 import Connection, Cursor
    from types import ModuleType

__all__ = ["Store", "Value"]

Value = int | str | bytes | None


class Store:
    """An open file with its connections; threads take turns at writing.

    Parameters
    ----------
    path : Path
        Of a file that `sqlite.prepare` has looked at.
    module : module
        The driver.
    lock : ProcessLock
        Released when the store closes.
    read_only : bool
    """

    def __init__(self, path: Path, *, module: ModuleType, lock: guard.ProcessLock, read_only: bool) -> None:
        self._path = path.resolve()
        self._errors: tuple[type[Exception], ...] = (module.Error, sa.exc.DBAPIError, UnicodeDecodeError)
        self._process_lock = lock
        self._witness = Witness(self._path)
        self._witness.check()
        self._lock = threading.RLock()
        self._owner: int | None = None  # the thread whose transaction is open
        self._batch_lost: bool | None = None  # None: no batch is open
        self._closed = False
        self._pid = os.getpid()
        self._writer: sa.Connection | None = None  # none at rest
        self._readers = sqlite.reader_engine(module, self._path)
        self._writers = None if read_only else sqlite.writer_engine(module, self._path)
        if self._writers is not None:
            try:
                with self.storage():
                    self._writer = self._writers.connect()
            except LogError:
                self._writers.dispose()
                raise

    @property
    def is_read_only(self) -> bool:
        """Whether there is nothing to write with."""
        return self._writers is None

    def check_open(self) -> None:
        """Refuse a closed log, and one from before a fork.

        Raises
        ------
        LogError
        """
        if self._closed:
            raise LogError("The log is closed.", place=str(self._path), example="with open_log(url) as log: ...")
        if self._pid != os.getpid():
            raise LogError(
                "This log was opened before a fork and cannot be used in the child.", place=str(self._path),
                expected="a log of this process", example="open_log(url) in the child",
            )  # fmt: skip

    def check_place(self) -> None:
        """Refuse to go on with a file that its path no longer names; see `EventLog.check_place`."""
        self.check_open()
        self._witness.check_log()

    @contextmanager
    def storage(self) -> Iterator[None]:
        """Turn the driver's errors into ours."""
        try:
            yield
        except self._errors as error:
            raise sqlite.explain(getattr(error, "orig", None) or error, self._path) from error

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Open a transaction, or inside a batch a step of it; commit at the end, undo it on any exception."""
        self.check_open()  # before the lock, which another thread may have held when this process was forked
        with self._lock:
            self.check_open()
            if self._batch_lost is not None:
                with self._step() as cursor:
                    yield cursor
                return
            if self._writers is None:
                raise LogError("The log was opened for reading only.", place=str(self._path), example="open_log(url)")
            with self.storage():
                if self._writer is None:
                    self._writer = self._writers.connect()
                transaction = self._writer.begin()
            connection = self._own()
            self._owner = threading.get_ident()
            committed = False
            try:
                yield connection.cursor()
                self._witness.check()
                with self.storage():
                    transaction.commit()
                committed = True
                self._witness.check(stored=True)
            finally:
                self._owner = None
                if not committed:
                    with self.storage():
                        transaction.rollback()
                        if connection.in_transaction:  # a commit that failed leaves it open
                            connection.rollback()

    @contextmanager
    def _step(self) -> Iterator[Cursor]:
        """Make one change inside a batch: refused, it undoes itself; failed, the batch is lost."""
        if self._batch_lost:
            raise self._lost()
        self._batch_lost = True
        with self.storage():
            cursor = self._own().cursor()
            cursor.execute("SAVEPOINT step")
        try:
            yield cursor
        except (ConflictError, FactError):
            with self.storage():
                cursor.execute("ROLLBACK TO step")
                cursor.execute("RELEASE step")
            self._batch_lost = False
            raise
        with self.storage():
            cursor.execute("RELEASE step")
        self._batch_lost = False

    def _lost(self) -> LogError:
        return LogError(
            "This batch is lost: an earlier change in it failed; nothing of it was stored.",
            place=str(self._path), example="leave the with block and do it again",
        )  # fmt: skip

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Make all transactions of the block one."""
        self.check_open()
        with self._lock:
            if self._batch_lost is not None:
                raise LogError(
                    "A batch is open already.", place=str(self._path), expected="one batch at a time",
                    example="with log.batch(): ... and a second one after it",
                )  # fmt: skip
            with self.transaction():
                self._batch_lost = False
                try:
                    yield
                    if self._batch_lost:
                        raise self._lost()
                finally:
                    self._batch_lost = None

    def _own(self) -> Connection:
        """Return the writing connection as the driver knows it."""
        return cast("Connection", cast("sa.Connection", self._writer).connection.driver_connection)

    def query(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Value, ...]]:
        """Return all rows of a statement: of what is committed, or inside a transaction of what it sees."""
        self.check_open()
        with self.storage():
            if self._owner == threading.get_ident():
                return self._own().execute(sql, values).fetchall()
            with self._readers.connect() as reader:
                connection = cast("Connection", reader.connection.driver_connection)
                return connection.execute(sql, values).fetchall()

    def copy_to(self, path: Path) -> None:
        """Let SQLite write what is committed now to a new file, in one transaction of a reader."""
        self.check_open()
        with self.storage(), self._readers.connect() as reader:
            connection = cast("Connection", reader.connection.driver_connection)
            connection.execute("PRAGMA query_only = OFF")  # it would forbid the other file too; this one is opened ro
            try:
                connection.execute("VACUUM INTO ?", (str(path),))
            finally:
                connection.execute("PRAGMA query_only = ON")

    def rest(self) -> None:
        """Keep no connection until one is needed again: each may hold 2 MB of pages. Those at work stay as they are."""
        if self._pid != os.getpid() or not self._lock.acquire(blocking=False):
            return
        try:
            if self._closed or self._owner is not None:
                return
            with self.storage():
                self._readers.dispose()
                if self._writer is not None and self._writers is not None:
                    self._writer.close()
                    self._writer = None
                    self._writers.dispose()
            self._witness.rest()
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close all connections; a second time, and in a forked child, it does nothing."""
        if self._pid != os.getpid():
            return  # a child must not touch its parent's connections
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                with self.storage():
                    self._readers.dispose()
                    if self._writer is not None:
                        self._writer.close()
                    if self._writers is not None:
                        self._writers.dispose()
            finally:
                self._process_lock.release()
