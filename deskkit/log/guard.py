"""What must be true before a SQLite file is touched: a safe library, a local disk, our file, one process.

SQLite 3.7.0 to 3.51.2 can lose committed transactions in WAL mode when two connections write or checkpoint at
the same moment (fixed in 3.51.3, 3.50.7 and 3.44.6; 3.52.0 was withdrawn). With such a library a log opens in
*solo mode* only: a lock file held for the life of the log keeps every other process out. This module knows
nothing of events and writes nothing but the lock file.
"""

from __future__ import annotations

import importlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from deskkit.errors import LogError
from deskkit.log.oslock import lock, unlock

if TYPE_CHECKING:
    from sqlite3 import Connection
    from types import ModuleType

__all__ = [
    "APPLICATION_ID",
    "SCHEMA",
    "ProcessLock",
    "Verdict",
    "absolute",
    "check_path",
    "inspect",
    "judge",
    "library",
    "network_filesystem",
    "path_of",
]

APPLICATION_ID: Final = 0x6465736B  # "desk"
SCHEMA: Final = 1
LARGE: Final = 512 << 20  # bytes
SMALL: Final = ("head", "cursor", "snapshot", "quarantine", "outbox")
NETWORK: Final = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
    "fuse.sshfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "vboxsf",
})  # fmt: skip

Verdict = Literal["safe", "solo", "refused"]


def judge(version: tuple[int, ...]) -> Verdict:
    """Say whether a SQLite library may be used by several processes, by one alone, or not at all.

    Examples
    --------
    >>> judge((3, 53, 4)), judge((3, 40, 1)), judge((3, 52, 0))
    ('safe', 'solo', 'refused')
    """
    if version < (3, 37) or version[:2] == (3, 52):
        return "refused"  # before 3.37 there are no STRICT tables; 3.52 was withdrawn
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return "safe" if fixed else "solo"


def library() -> ModuleType:
    """Return the SQLite driver to use: pysqlite3, which brings a fixed library, or Python's own."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3")


def path_of(url: str) -> Path:
    """Return the path that a ``sqlite:`` URL names.

    Raises
    ------
    LogError
        Another form, or one that asks for a database in memory.

    Examples
    --------
    >>> path_of("sqlite:///desk.db").as_posix(), path_of("sqlite:////srv/desk.db").as_posix()
    ('desk.db', '/srv/desk.db')
    """
    start, _, rest = url.partition(":///")
    if start not in {"sqlite", "sqlite+pysqlite"} or not rest or "?" in rest:
        raise LogError(
            "This is no address of a SQLite log.", place="open_log", value=url,
            expected="sqlite:///PATH without options", example="open_log('sqlite:///desk.db')",
        )  # fmt: skip
    if rest.startswith((":memory:", "file:")):
        raise LogError("A SQLite log is a file.", place="open_log", value=url, example="open_log('memory:')")
    return Path(rest)


def absolute(url: str) -> str:
    """Return the address of a log as it holds in any folder.

    Examples
    --------
    >>> absolute("sqlite:////srv/desk.db")
    'sqlite:////srv/desk.db'
    """
    return f"sqlite:///{path_of(url).resolve().as_posix()}" if url.startswith("sqlite:") else url


def check_path(path: Path) -> None:
    """Refuse a path that can be no log's, whatever stands there: a link to nowhere, a folder, a device, a bad name.

    Raises
    ------
    LogError
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        if path.is_symlink():
            raise _no_path(path, "it is a link that leads nowhere") from error
        return  # what is missing is made, or missed, by who opens
    except (OSError, ValueError) as error:  # too long, in a circle, NUL or half a character in it
        raise _no_path(path, str((isinstance(error, OSError) and error.strerror) or error)) from error
    if not stat.S_ISREG(found.st_mode):
        raise _no_path(path, "it is a folder" if stat.S_ISDIR(found.st_mode) else "it is no plain file")
    if not os.access(path.resolve().parent, os.W_OK):
        raise LogError(
            "The folder of the log may not be written; SQLite keeps a file beside the log, also to read it.",
            place=str(path), expected="a folder of yours on a disk that may be written",
            example=f"cp '{path}' copy.db and open the copy",
        )  # fmt: skip


def _no_path(path: Path, why: str) -> LogError:
    """Say that nothing can be opened or made at a path."""
    shown = str(path).encode("utf-8", "replace").decode()
    return LogError(
        f"No log can be here: {why}.", place=shown[:200].replace("\0", "\ufffd"),
        expected="the path of a file, or of none yet",
        example="open_log('sqlite:///desk.db')",
    )  # fmt: skip


def network_filesystem(path: Path, *, mounts: str | None = None) -> str | None:
    r"""Return the type of the network file system that holds `path`, or None.

    Known on Linux, from its table of mounts (`mounts`: another one), and for ``\\server`` paths on Windows;
    elsewhere nothing is found, and None is the answer.

    Examples
    --------
    >>> network_filesystem(Path("/srv/desk.db"), mounts="nas:/x /srv nfs4 rw 0 0")
    'nfs4'
    """
    full = path.resolve()
    if path.as_posix().startswith("//") or full.as_posix().startswith("//"):
        return "UNC path"
    if mounts is None:
        table = Path("/proc/self/mounts")
        mounts = table.read_text(encoding="utf-8", errors="surrogateescape") if table.exists() else ""
    best = ("", "")
    for line in mounts.splitlines():
        _, point, kind, *_ = line.split(" ")
        point = point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        if full.is_relative_to(point) and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1] if best[1] in NETWORK else None


class ProcessLock:
    """A lock file beside the log, held until `release`: shared by safe processes, exclusive in solo mode.

    Parameters
    ----------
    path : Path
        Of the log; the lock file is `path` with ``.lock`` behind it, and stays.
    exclusive : bool

    Raises
    ------
    LogError
        Another process (or another open log in this one) is in the way.
    """

    def __init__(self, path: Path, *, exclusive: bool) -> None:
        lock_path = path.with_name(path.name + ".lock")
        try:
            self._file: int | None = os.open(lock_path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise LogError(
                f"The lock file cannot be opened ({error.strerror}).", place=str(lock_path),
                expected="a folder that may be written", example=f"chmod u+rwx '{path.parent}'",
            ) from error  # fmt: skip
        try:
            lock(self._file, exclusive=exclusive)
        except OSError as error:
            self.release()
            raise LogError(
                "The log is open elsewhere, and a SQLite library with the WAL-reset bug is in play"
                " (3.7.0 to 3.51.2), so only one process may open it.",
                place=str(path),
                expected="SQLite 3.51.3 or newer in every process, or one process alone",
                example="pip install 'pysqlite3>=0.6.1', or close the other notebook",
            ) from error

    def release(self) -> None:
        """Let go; a second time does nothing."""
        if self._file is not None:
            unlock(self._file)
            os.close(self._file)
            self._file = None


def inspect(connection: Connection, path: Path) -> None:
    """Refuse a file that is damaged, somebody else's, or of a later release; `connection` is read-only.

    Raises
    ------
    LogError
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise LogError(
            "This is no deskkit log, but another program's database or an empty file.",
            place=str(path), value=application, expected=f"application_id {APPLICATION_ID}", example="open_log('sqlite:///desk.db')",
        )  # fmt: skip
    if version > SCHEMA:
        raise LogError(
            "This log was written by a newer deskkit.", place=str(path), value=version,
            expected=f"schema {SCHEMA} or older", example="pip install --upgrade deskkit",
        )  # fmt: skip
    if version < 1:
        raise damaged(path, f"its version is {version}, which no release ever wrote")
    for check in _checks(path.stat().st_size):
        (found,) = connection.execute(check).fetchone()
        if found != "ok":
            raise damaged(path, found)


def _checks(size: int) -> tuple[str, ...]:
    """Return what to ask SQLite of a file of so many bytes.

    The table of events of a large file would be read for minutes from a slow disk before anybody sees the desk; what
    is damaged in it is found by whoever reads there, and by `deskkit verify`.
    """
    return ("PRAGMA quick_check(1)",) if size <= LARGE else tuple(f"PRAGMA quick_check({name})" for name in SMALL)


def damaged(path: Path, found: str) -> LogError:
    """Say that a file is damaged."""
    return LogError(
        f"The log is damaged: {found}.", place=str(path), expected="a sound SQLite file",
        example="restore the last backup; nothing was written to this file",
    )  # fmt: skip


def not_a_database(path: Path) -> LogError:
    """Say that a file is no database."""
    return LogError(
        "This file is no SQLite database.", place=str(path), expected="a deskkit log or a new path",
        example="open_log('sqlite:///desk.db')",
    )  # fmt: skip
