"""A disk that loses power: a file system for SQLite that forgets unsynced writes, and a driver on it.

Writes go to the real file at once and are noted; a sync makes what was noted of that file durable. After a
cut each sector of each unsynced write is kept or lost at random. Deletes and truncation count as durable.
"""
# ruff: noqa: N802, FBT001, FBT003 -- the names and signatures are APSW's

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

import apsw

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

SECTOR = 512


class Disk(apsw.VFS):
    """A file system for SQLite that can lose power.

    Parameters
    ----------
    cut_at : int or None
        The operation (write, sync, truncation, deletion), counted from 1, during which the power goes.
    """

    def __init__(self, *, cut_at: int | None = None) -> None:
        self.vfs = f"power-{uuid.uuid4().hex}"
        self.cut_at = cut_at
        self.operations = 0
        self.durable: dict[str, bytearray] = {}
        self.pending: dict[str, list[tuple[int, bytes]]] = {}
        super().__init__(self.vfs, base="")

    @property
    def dead(self) -> bool:
        """Whether the power has gone."""
        return self.cut_at is not None and self.operations >= self.cut_at

    def operate(self) -> None:
        """Count one operation; fail if the power is gone by it."""
        self.operations += 1
        if self.dead:
            raise apsw.IOError("the power is gone")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        """Open a file."""
        return DiskFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        """Delete a file."""
        self.operate()
        super().xDelete(filename, syncdir)
        self.durable.pop(filename, None)
        self.pending.pop(filename, None)

    def reboot(self, chance: random.Random) -> None:
        """Leave on the real disk what the cut left: all that was synced, and some sectors of the rest."""
        for name, durable in self.durable.items():
            if not Path(name).exists():
                continue  # a log in the making, linked to its name or removed
            for offset, sector in sectors(self.pending[name]):
                if chance.random() < 0.5:
                    overwrite(durable, offset, sector)
            Path(name).write_bytes(durable)
            Path(f"{name}-shm").unlink(missing_ok=True)


class DiskFile(apsw.VFSFile):
    """An open file on such a disk."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self.disk = disk
        super().__init__("", name, flags)
        self.name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        if self.name not in disk.durable:
            disk.durable[self.name] = bytearray(Path(self.name).read_bytes())
            disk.pending[self.name] = []

    def xWrite(self, data: bytes, offset: int) -> None:
        """Write, and note that it is not yet durable."""
        written = bytes(data)
        try:
            self.disk.operate()
        except apsw.IOError:
            if self.disk.operations == self.disk.cut_at:
                self.disk.pending[self.name].append((offset, written))  # the write the cut interrupts may be torn
            raise
        super().xWrite(data, offset)
        self.disk.pending[self.name].append((offset, written))

    def xSync(self, flags: int) -> None:
        """Make everything noted of this file durable; there is no need to wait for the real disk."""
        self.disk.operate()
        for offset, data in self.disk.pending[self.name]:
            overwrite(self.disk.durable[self.name], offset, data)
        self.disk.pending[self.name].clear()

    def xTruncate(self, size: int) -> None:
        """Shorten the file, durably."""
        self.disk.operate()
        super().xTruncate(size)
        del self.disk.durable[self.name][size:]
        kept = [(offset, data[: size - offset]) for offset, data in self.disk.pending[self.name] if offset < size]
        self.disk.pending[self.name][:] = kept


def sectors(writes: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Cut writes at the borders of sectors, in order."""
    pieces = []
    for offset, data in writes:
        start = 0
        while start < len(data):
            end = min(len(data), start + SECTOR - (offset + start) % SECTOR)
            pieces.append((offset + start, data[start:end]))
            start = end
    return pieces


def overwrite(content: bytearray, offset: int, data: bytes) -> None:
    """Write `data` at `offset`; a hole before it is zeros."""
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


# ---------------------------------------------------------------- a driver that runs on such a disk


class Mountable(Protocol):
    """A file system that SQLite knows by a name."""

    vfs: str


class Error(Exception):
    """What SQLite refused, under the name that Python's driver would give it."""

    def __init__(self, error: apsw.Error) -> None:
        super().__init__(str(error))
        code = getattr(error, "extendedresult", 0) or getattr(error, "result", 0)
        names = apsw.mapping_extended_result_codes | apsw.mapping_result_codes
        self.sqlite_errorname = str(names.get(code, "SQLITE_IOERR"))


class Cursor:
    """A cursor as Python's DB API has it."""

    arraysize = 1
    lastrowid = None

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._cursor = connection.base.cursor()
        self.rowcount = -1
        self.description: tuple[tuple[str | None, ...], ...] | None = None

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Self:
        """Run one statement."""
        with Translated():
            self._cursor.execute(sql, tuple(values))
            self.rowcount = self.connection.base.changes()
            return self

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row."""
        with Translated():
            return self._cursor.fetchone()

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the remaining rows."""
        with Translated():
            return self._cursor.fetchall()

    def close(self) -> None:
        """Close it."""
        self._cursor.close(True)


class Connection:
    """A connection as Python's DB API has it, in autocommit."""

    isolation_level = None

    def __init__(self, base: apsw.Connection) -> None:
        self.base = base

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.base.in_transaction

    def cursor(self) -> Cursor:
        """Return a new cursor."""
        return Cursor(self)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Cursor:
        """Run one statement in a new cursor."""
        setting, _, pages = sql.partition(" = ")
        if setting == "PRAGMA wal_autocheckpoint":
            self.checkpoint_from(int(pages))
            return self.cursor()
        return self.cursor().execute(sql, values)

    def checkpoint_from(self, pages: int) -> None:
        """Checkpoint after a commit, as SQLite does by itself: it ignores that this failed, which APSW would raise."""

        def checkpoint(base: apsw.Connection, name: str, written: int) -> int:
            if written >= pages > 0:
                with suppress(apsw.Error):
                    base.wal_checkpoint(name)
            return apsw.SQLITE_OK

        self.base.set_wal_hook(checkpoint)

    def commit(self) -> None:
        """Commit, if a transaction is open."""
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Roll back, if a transaction is open."""
        if self.in_transaction:
            self.execute("ROLLBACK")

    def create_function(self, name: str, count: int, function: Callable[..., Any], **_: object) -> None:
        """Make a function known; SQLAlchemy asks for one that nothing here uses."""

    def close(self) -> None:
        """Close it; what fails then because the power is gone is of no interest."""
        with suppress(apsw.Error):
            self.base.close()


class Translated:
    """Turns APSW's errors into the driver's."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> None:
        """Translate what was raised."""
        if isinstance(error, apsw.Error):
            raise Error(error) from error


def driver(disk: Mountable) -> ModuleType:
    """Return a driver module, as `deskkit.log.guard.library` does, whose files are on `disk`."""

    def connect(name: str, **_: object) -> Connection:
        flags = apsw.SQLITE_OPEN_URI
        flags |= apsw.SQLITE_OPEN_READONLY if name.endswith("mode=ro") else apsw.SQLITE_OPEN_READWRITE
        with Translated():
            return Connection(apsw.Connection(name, flags=flags, vfs=disk.vfs))

    module = ModuleType("power")
    version = apsw.sqlite_lib_version()
    module.__dict__.update(
        connect=connect, Error=Error, DatabaseError=Error, OperationalError=Error,
        IntegrityError=Error, ProgrammingError=Error, InterfaceError=Error,
        NotSupportedError=Error, InternalError=Error, DataError=Error,
        paramstyle="qmark", threadsafety=1, apilevel="2.0", sqlite_version=version,
        sqlite_version_info=tuple(int(part) for part in version.split(".")),
    )  # fmt: skip
    return module
