"""SQLite as deskkit uses it: schema, settings, connections, and what its errors mean.

Everything about the file and the library is here; `deskkit.log.sql` holds the log. It knows no events.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool, StaticPool

from deskkit.errors import LogError
from deskkit.log import guard
from deskkit.log.chain import GENESIS
from deskkit.log.disk import sync_folder
from deskkit.log.rows import FullError, UnavailableError

if TYPE_CHECKING:
    from sqlite3 import Connection
    from types import ModuleType

__all__ = ["explain", "prepare", "reader_engine", "writer_engine"]

BUSY_MS: Final = 5_000
LOOK_AGAIN_S: Final = 0.001
CACHED_STATEMENTS: Final = 64


SETTINGS: Final = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
)
WRITE_AHEAD: Final = "PRAGMA journal_mode = WAL"
WRITER: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",  # macOS: without these two, FULL does not reach the disk
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA wal_autocheckpoint = 1000",
    f"PRAGMA journal_size_limit = {64 << 20}",
    "PRAGMA recursive_triggers = ON",  # or REPLACE would delete past the trigger
)
READER: Final = ("PRAGMA wal_autocheckpoint = 0", "PRAGMA query_only = ON")

SCHEMA: Final = (
    """CREATE TABLE event (
        seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, received_at INTEGER NOT NULL, conversation TEXT,
        kind TEXT NOT NULL, source TEXT NOT NULL, source_id TEXT NOT NULL, body TEXT NOT NULL, salt BLOB,
        digest BLOB NOT NULL, link BLOB NOT NULL, UNIQUE (source, source_id)
    ) STRICT""",
    "CREATE INDEX event_conversation ON event (conversation, seq) WHERE conversation IS NOT NULL",
    """CREATE TRIGGER event_next BEFORE INSERT ON event
        WHEN NEW.seq IS NOT coalesce((SELECT max(seq) FROM event), 0) + 1
        BEGIN SELECT RAISE(ABORT, 'seq is not the next one'); END""",
    """CREATE TRIGGER event_no_update BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    """CREATE TRIGGER event_no_delete BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    """CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, link BLOB NOT NULL
    ) STRICT""",
    f"INSERT INTO head VALUES (1, 0, x'{GENESIS.hex()}')",  # noqa: S608 -- a constant
    "CREATE TABLE cursor (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE snapshot (
        seq INTEGER NOT NULL, policy_hash TEXT NOT NULL, code_hash TEXT NOT NULL, state BLOB NOT NULL,
        PRIMARY KEY (policy_hash, seq)
    ) STRICT""",
    """CREATE TABLE quarantine (
        number INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL,
        raw BLOB NOT NULL, digest BLOB NOT NULL UNIQUE
    ) STRICT""",
    """CREATE TABLE outbox (
        seq INTEGER NOT NULL, recipient TEXT NOT NULL, delivered_at INTEGER, PRIMARY KEY (seq, recipient)
    ) STRICT, WITHOUT ROWID""",
    f"PRAGMA application_id = {guard.APPLICATION_ID}",
    f"PRAGMA user_version = {guard.SCHEMA}",
)


def _connect(module: ModuleType, path: Path, *, mode: Literal["ro", "rw", "new"]) -> Connection:
    """Open one connection that starts no transaction of its own."""
    connection: Connection = module.connect(
        f"{path.resolve().as_uri()}?mode={'ro' if mode == 'ro' else 'rw'}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_MS / 1000,
        cached_statements=CACHED_STATEMENTS,
    )
    # What a damaged file calls a text need not be UTF-8; events are read as bytes, and checked.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    settings = {"ro": READER, "new": WRITER, "rw": (WRITE_AHEAD, *WRITER)}
    try:
        for setting in SETTINGS + settings[mode]:
            connection.execute(setting)
    except module.Error:
        connection.close()
        raise
    return connection


def writer_engine(module: ModuleType, path: Path) -> sa.Engine:
    """Return an engine of one connection, each of whose transactions takes the write lock when it begins."""
    engine = sa.create_engine(
        "sqlite://",
        module=module,
        poolclass=StaticPool,
        creator=lambda: _connect(module, path, mode="rw"),
        hide_parameters=True,  # what customers wrote does not belong in a traceback
    )

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        _take_write_lock(cast("Connection", connection.connection.driver_connection), module)

    return engine


def _take_write_lock(connection: Connection, module: ModuleType) -> None:
    """Begin a transaction that may write, within the connection's `busy_timeout`.

    A deferred one that reads first would fail at once, without waiting, if another writer was faster. SQLite itself
    looks ever more rarely whether the lock is free, up to ten times a second, and so may not once be lucky in five
    seconds against several who look more often: measured, with eight processes on a busy machine.
    """
    (wait_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    end = time.monotonic() + wait_ms / 1000
    try:
        while not _begun(connection, module, last=time.monotonic() >= end):
            time.sleep(LOOK_AGAIN_S)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {wait_ms}")


def _begun(connection: Connection, module: ModuleType, *, last: bool) -> bool:
    """Try to begin; where another writer is at work say no, or if it is the last time raise."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except module.Error as error:
        if last or not _name(error).startswith("SQLITE_BUSY"):
            raise
        return False
    return True


def reader_engine(module: ModuleType, path: Path) -> sa.Engine:
    """Return an engine of read-only connections; each statement reads what is committed when it begins."""
    return sa.create_engine(
        "sqlite://",
        module=module,
        poolclass=QueuePool,
        creator=lambda: _connect(module, path, mode="ro"),
        hide_parameters=True,
    )


def prepare(path: Path, module: ModuleType, *, create: bool) -> None:
    """Look at a file before anything is written; make a log if there is none and `create` is set.

    Raises
    ------
    LogError
        There is none, or it is damaged, foreign or newer.
    """
    if not path.exists():
        if not create:
            raise no_log(path)
        _make(path, module)
    if path.is_dir():
        raise LogError(
            "This is a folder.", place=str(path), expected="the file of a log", example=f"sqlite:///{path / 'desk.db'}"
        )
    if path.stat().st_size == 1:
        raise guard.not_a_database(path)  # SQLite takes a file of one byte for an empty one
    try:
        connection = _connect(module, path, mode="ro")
        try:
            guard.inspect(connection, path)
        finally:
            connection.close()
    except (module.Error, UnicodeDecodeError) as error:  # the driver decodes what a damaged schema says in messages
        raise explain(error, path) from error


def _make(path: Path, module: ModuleType) -> None:
    """Make an empty log that only its owner can read: it appears whole, whenever the power goes.

    It is made under another name, closed, and then linked; where another process was faster, its log stays.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
        os.close(descriptor)
        try:
            _lay_schema(Path(name), module, log=path)
            with suppress(FileExistsError):
                os.link(name, path)
        finally:
            for suffix in ("", "-journal", "-wal", "-shm"):
                Path(name + suffix).unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise LogError(
            f"The log cannot be made ({error.strerror}).", place=str(path),
            expected="a folder of yours on a disk with hard links", example=f"mkdir -p '{path.parent}'",
        ) from error  # fmt: skip


def _lay_schema(path: Path, module: ModuleType, *, log: Path) -> None:
    """Fill an empty file: the schema first, in the file itself, write-ahead only then; errors name `log`."""
    try:
        connection = _connect(module, path, mode="new")
        try:
            connection.execute("BEGIN")
            for statement in SCHEMA:
                connection.execute(statement)
            connection.execute("COMMIT")
            (mode,) = connection.execute(WRITE_AHEAD).fetchone()
        finally:
            connection.close()
    except module.Error as error:
        raise explain(error, log) from error
    if mode != "wal":
        raise LogError(
            "This file system gives no write-ahead log.", place=str(log), value=mode, expected="wal",
            example="put the log on a local disk",
        )  # fmt: skip


def no_log(path: Path) -> LogError:
    """Say that there is no log, and where one of this name is: one folder up or down is soon mistaken."""
    folder = path.resolve().parent
    near = [place / path.name for place in (folder.parent, folder / "notebooks") if (place / path.name).is_file()]
    return LogError(
        "There is no log here.", place=str(path), value=path.resolve().as_posix(), expected="a log that was imported",
        example=f"sqlite:///{near[0].as_posix()}" if near else "deskkit import meiqia export.json --log sqlite:///desk.db",
    )  # fmt: skip


def _name(error: BaseException) -> str:
    return str(getattr(error, "sqlite_errorname", ""))


def explain(error: BaseException, path: Path) -> LogError:
    """Turn a driver's error into one that says what to do; nothing was stored."""
    name = _name(error)
    place = str(path)
    passing = _passing(error, path)
    if passing is not None:
        return passing
    if isinstance(error, UnicodeDecodeError):
        return guard.damaged(path, "its tables have names that are no text")
    if name.startswith("SQLITE_NOTADB"):
        return guard.not_a_database(Path(path))
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_CONSTRAINT")):
        return guard.damaged(path, f"{error} ({name})")
    if name.startswith("SQLITE_READONLY"):
        return LogError(
            f"The file may not be written, or a program stopped in the middle of changing it ({name}).",
            place=place, expected="a log that deskkit alone has written", example=f"chmod u+w '{path}'",
        )  # fmt: skip
    return LogError(
        f"SQLite refused: {error} ({name or type(error).__name__}).", place=place, expected="a sound log",
        example=f"deskkit verify --log sqlite:///{place}",
    )  # fmt: skip


def _passing(error: BaseException, path: Path) -> UnavailableError | None:
    """Say what to do about a failure after which the same call may succeed, or None if it is none of these."""
    name = _name(error)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return UnavailableError(
            f"Another process has been writing for more than {BUSY_MS // 1000} s; nothing was stored.",
            place=str(path),
            example="do the same again; if it lasts, look for a program that holds the file",
        )  # fmt: skip
    if name == "SQLITE_FULL" or name.startswith("SQLITE_IOERR"):
        return FullError(
            f"The disk is full or failing ({name}: {error}); nothing was stored.", place=str(path),
            expected="a little room on its disk, which SQLite needs also to read",
            example="free some space on the disk of this file, then do the same again",
        )  # fmt: skip
    if name.startswith("SQLITE_CANTOPEN"):
        return UnavailableError(
            f"A file of the log cannot be opened ({error}); nothing was stored.", place=str(path),
            expected="fewer open files, and a folder and files of yours", example=f"ls -l '{path}'*; ulimit -n",
        )  # fmt: skip
    return None
