"""A log copied while it is in use: whole, checked, and a log itself.

Never copy the file of an open log: what stands in its write-ahead log would be missing. This module lets SQLite write
a copy of one moment, checks it as `verify` does and only then gives it its name. What a killed backup left in the
folder is removed by the next one there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskkit.errors import LogError
from deskkit.log.disk import sync_folder
from deskkit.log.guard import ProcessLock
from deskkit.log.log import open_log
from deskkit.log.rows import Report, UnavailableError
from deskkit.log.sql import SqlLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.log.log import EventLog

__all__ = ["backup"]

_BEGIN: Final = ".deskkit-backup-"  # not the backup's name: the next one has another
_END: Final = ".tmp"
_WRITING: Final = {"SQLITE_FULL", "SQLITE_IOERR", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC"}  # the log is only read


def backup(log: EventLog, path: Path | str) -> Report:
    """Copy a log as it is at one moment to a new file; readers and the writer go on meanwhile.

    The copy holds events, cursors, what was set aside and snapshots. It is a log: to restore it, let every program
    close the damaged log, move that away with its ``-wal`` and ``-shm`` files, and copy the backup to its place.
    Deliveries that came after the backup can then be appended again; what it holds already is stored once.

    Parameters
    ----------
    log : EventLog
        In a SQLite file.
    path : Path or str
        A file that does not exist yet.

    Returns
    -------
    Report
        Of the copy; it is sound, or there is none.

    Raises
    ------
    LogError
        The log is in memory, the path is taken or cannot be written, or the log is damaged.

    Examples
    --------
    >>> import tempfile
    >>> from deskkit.desk.events import Viewed
    >>> with tempfile.TemporaryDirectory() as folder, open_log(f"sqlite:///{folder}/desk.db") as log:
    ...     fact = Viewed(at=5, source="ui", source_id="1", conversation="c1", agent="chen")
    ...     _ = log.append([fact], received_at=5)
    ...     backup(log, f"{folder}/backup.db").events
    1
    """
    path = Path(path)
    if not isinstance(log, SqlLog):
        raise LogError(
            "Only a log in a file is backed up.", place="backup", value=log.url, expected="a sqlite: log",
            example="deskkit.log.frames.to_parquet(log, 'desk.parquet')",
        )  # fmt: skip
    if path.exists():
        raise _taken(path)
    _clear(path.parent)
    with _folder(path) as folder:
        copy = folder / "copy.db"
        with _room(path):
            log.copy_to(copy)
            report = _checked(copy, log.url)
            _publish(copy, path)
    return report


@contextmanager
def _room(path: Path) -> Iterator[None]:
    """Name the backup, not the log, where the one that has no room is the backup."""
    try:
        yield
    except (UnavailableError, OSError) as error:
        name = str(getattr(error.__cause__, "sqlite_errorname", ""))
        if isinstance(error, UnavailableError) and name not in _WRITING:
            raise
        why = name or getattr(error, "strerror", None) or error
        raise UnavailableError(
            f"The backup cannot be written: the disk is full or failing ({why}); there is none.", place=str(path),
            expected="room for a copy of the whole log", example=f"df -h '{path.parent}'",
        ) from error  # fmt: skip


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """Make a folder beside `path` for as long as the copy is made, with a lock that says that somebody is at work."""
    folder = _made(path)
    lock = _lock(folder)
    if lock is None:  # another backup took it for a left one; or this disk has no locks, and then nobody takes any
        shutil.rmtree(folder, ignore_errors=True)
        folder = _made(path)
        lock = _lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            lock.release()


def _made(path: Path) -> Path:
    """Make an empty folder beside `path`."""
    try:
        return Path(tempfile.mkdtemp(prefix=_BEGIN, suffix=_END, dir=path.parent))
    except OSError as error:
        raise LogError(
            f"The backup cannot be written ({error.strerror}).", place=str(path), expected="a folder of yours",
            example="deskkit backup --log sqlite:///desk.db /srv/backups/desk.db",
        ) from error  # fmt: skip


def _clear(parent: Path) -> None:
    """Remove the folders of backups that were killed: nobody holds their lock."""
    for folder in parent.glob(f"{_BEGIN}*{_END}"):
        if folder.is_symlink() or not folder.is_dir():
            continue
        lock = _lock(folder)
        if lock is not None:  # else a backup is at work, or it is somebody else's
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()


def _lock(folder: Path) -> ProcessLock | None:
    """Take the lock of a folder; None where another has it, the folder is gone, or there are no locks."""
    try:
        return ProcessLock(folder / "backup", exclusive=True)
    except LogError:
        return None


def _checked(copy: Path, url: str) -> Report:
    """Verify a copy by opening it as what it is."""
    with open_log(f"sqlite:///{copy.as_posix()}", create=False) as log:
        found = log.verify()
    if not found.ok:
        raise LogError(
            f"The log is damaged, so there is no backup of it: {found.faults[0].problem}.", place=url,
            value=found.first_bad, expected="a sound log", example=f"deskkit verify --log {url}",
        )  # fmt: skip
    return Report(url, found.events, found.forgotten, (), found.link)


def _publish(copy: Path, path: Path) -> None:
    """Give a closed and checked copy its name, for its owner's eyes only, so that it outlives a power cut."""
    descriptor = os.open(copy, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    copy.chmod(0o600)
    try:
        os.link(copy, path)  # never in place of a file that appeared meanwhile
    except FileExistsError as error:
        raise _taken(path) from error
    sync_folder(path.parent)


def _taken(path: Path) -> LogError:
    return LogError(
        "There is a file of this name; nothing was written.", place=str(path), expected="a new name for each backup",
        example="deskkit backup --log sqlite:///desk.db desk-2026-06-18.db",
    )  # fmt: skip
