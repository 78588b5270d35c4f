"""The SQLite file: made, opened, refused, set up, closed (P5, P7, P8)."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deskkit.errors import LogError
from deskkit.log import UnavailableError, guard, open_log, sqlite
from tests.contract.samples import AT, assigned, wrote
from tests.log.files import contents, filled, raw
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]


def test_new_file(log_url: str, log_path: Path) -> None:
    """A new log is for its owner's eyes only, with all that SQLite puts beside it."""
    with open_log(log_url) as log:
        log.append([wrote(1)], received_at=AT)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in log_path.parent.iterdir()}
    assert modes == dict.fromkeys(("desk.db", "desk.db-wal", "desk.db-shm", "desk.db.lock"), 0o600)
    assert sorted(contents(log_path.parent)) == ["desk.db", "desk.db.lock"]


def test_it_stays(log_url: str) -> None:
    """What was appended is there when the log is opened again, and numbering goes on."""
    with open_log(log_url) as log:
        log.append([wrote(1), wrote(2)], received_at=AT)
        log.set_cursor("inbox", 7)
        log.quarantine("meiqia", "why", raw=b"x", received_at=AT)
    with open_log(log_url, create=False) as log:
        assert log.append([wrote(2), wrote(3)], received_at=AT).seqs == (None, 3)
        assert (log.cursor("inbox"), len(list(log.quarantined()))) == (7, 1)
        assert log.verify().ok


def test_relative_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A relative path stays where it was when the working directory changes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    with open_log("sqlite:///desk.db") as log:
        monkeypatch.chdir(tmp_path / "elsewhere")
        log.append([wrote(1)], received_at=AT)
        assert len(list(log.read())) == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_odd_names(tmp_path: Path) -> None:
    """Any file name will do."""
    for name in ("my desk.db", "台.db", "a?b#c%20.db", "quote'.db"):
        path = tmp_path / name
        if "?" in name:
            with pytest.raises(LogError, match="without options"):
                open_log(f"sqlite:///{path}")
            continue
        with open_log(f"sqlite:///{path}") as log:
            log.append([wrote(1)], received_at=AT)
        assert path.exists()


SETTINGS = {
    "application_id": (guard.APPLICATION_ID, guard.APPLICATION_ID),
    "user_version": (guard.SCHEMA, guard.SCHEMA),
    "journal_mode": ("wal", "wal"),
    "synchronous": (2, None),
    "busy_timeout": (5000, 5000),
    "wal_autocheckpoint": (1000, 0),
    "journal_size_limit": (64 << 20, None),
    "foreign_keys": (1, 1),
    "trusted_schema": (0, 0),
    "cell_size_check": (1, 1),
    "mmap_size": (0, 0),
    "query_only": (0, 1),
    "recursive_triggers": (1, None),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(log_url: str, log_path: Path, name: str) -> None:
    """Each setting is in force on the connection that writes and on those that read."""
    open_log(log_url).close()
    module = guard.library()
    for engine, expected in zip(
        (sqlite.writer_engine(module, log_path), sqlite.reader_engine(module, log_path)),
        SETTINGS[name],
        strict=True,
    ):
        with engine.connect() as connection:
            assert expected in (None, connection.exec_driver_sql(f"PRAGMA {name}").scalar())
        engine.dispose()


def test_append_only(log_url: str, log_path: Path) -> None:
    """The database itself refuses to change, remove, replace or skip a row."""
    with open_log(log_url) as log:
        log.append([wrote(1), wrote(2)], received_at=AT)
    connection = raw(log_path)
    connection.execute("PRAGMA recursive_triggers = ON")
    columns = "at, received_at, conversation, kind, source, source_id, body, salt, digest, link"
    copy = f"SELECT {{}}, {columns.replace('source_id', '{}')} FROM event WHERE seq = 1"  # noqa: S608
    for statement in (
        "UPDATE event SET body = '{}' WHERE seq = 1",
        "DELETE FROM event WHERE seq = 2",
        f"INSERT OR REPLACE INTO event (seq, {columns}) {copy.format(1, 'source_id')}",
        f"INSERT INTO event (seq, {columns}) {copy.format(4, repr('new'))}",
        f"INSERT INTO event (seq, {columns}) {copy.format('NULL', repr('new'))}",
    ):
        with pytest.raises(guard.library().IntegrityError):
            connection.execute(statement)
    connection.close()
    with open_log(log_url) as log:
        assert log.verify().ok


def test_columns_have_types(log_url: str, log_path: Path) -> None:
    """Every table is STRICT: a column holds what it says."""
    open_log(log_url).close()
    connection = raw(log_path)
    tables = connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall()
    connection.close()
    ours = {name: strict for name, strict in tables if not name.startswith("sqlite_")}
    assert ours == dict.fromkeys(("event", "head", "cursor", "snapshot", "quarantine", "outbox"), 1)


# ---------------------------------------------------------------- made


def test_a_crash_while_making(monkeypatch: pytest.MonkeyPatch, log_url: str, log_path: Path) -> None:
    """A log appears whole: if making it fails half-way, there is none, and nothing lies about."""
    monkeypatch.setattr(sqlite, "SCHEMA", (*sqlite.SCHEMA[:-1], "CREATE nonsense"))
    with pytest.raises(LogError, match="nonsense"):
        open_log(log_url)
    assert list(log_path.parent.iterdir()) == []
    monkeypatch.undo()
    open_log(log_url).close()


def test_without_hard_links(monkeypatch: pytest.MonkeyPatch, log_url: str, log_path: Path) -> None:
    """On a file system without hard links making a log fails with the reason."""

    def link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(LogError, match="hard links"):
        open_log(log_url)
    assert list(log_path.parent.iterdir()) == []


def test_no_write_ahead(monkeypatch: pytest.MonkeyPatch, log_url: str, log_path: Path) -> None:
    """Where SQLite gives no write-ahead log, nothing is made."""
    monkeypatch.setattr(sqlite, "WRITE_AHEAD", "PRAGMA journal_mode = TRUNCATE")
    with pytest.raises(LogError, match="no write-ahead log"):
        open_log(log_url)
    assert list(log_path.parent.iterdir()) == []


def test_a_copy_in_another_mode(log_url: str, log_path: Path, tmp_path: Path) -> None:
    """A copy that SQLite made (`VACUUM INTO`) is a log, and is switched to write-ahead when it is opened."""
    filled(log_path)
    connection = raw(log_path)
    connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    connection.close()
    with open_log(f"sqlite:///{tmp_path / 'copy.db'}", create=False) as copy, open_log(log_url) as log:
        assert copy.digest() == log.digest()
        copy.append([wrote(1_000)], received_at=AT)
        assert copy.verify().ok
        assert (tmp_path / "copy.db-wal").exists()


def test_many_open_a_new_file_at_once(log_url: str) -> None:
    """Threads that open the same new file at once all get the one log."""
    logs, errors = [], []
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        barrier.wait()
        try:
            log = open_log(log_url)
            logs.append(log)
            log.append([wrote(number)], received_at=AT)
        except LogError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [log.last_seq() for log in logs] == [8] * 8
    for log in logs:
        log.close()


# ---------------------------------------------------------------- for reading only


def test_read_only(log_url: str) -> None:
    """A log opened for reading follows what others append, and refuses to write."""
    with open_log(log_url) as log, open_log(log_url, read_only=True) as view:
        assert (log.is_read_only, view.is_read_only) == (False, True)
        log.append([wrote(1)], received_at=AT)
        assert view.last_seq() == 1
        for call in (
            lambda: view.append([wrote(2)], received_at=AT),
            lambda: view.set_cursor("a", 1),
            lambda: view.quarantine("a", "b", raw=b"", received_at=AT),
            view.batch().__enter__,
        ):
            with pytest.raises(LogError, match="for reading only"):
                call()
        log.append([assigned(2)], received_at=AT)
        assert [stored.seq for stored in view.read()] == [1, 2]
        assert view.verify().ok


def test_idle_reader_does_not_hold_the_file_open(log_url: str, log_path: Path) -> None:
    """A reading in the middle keeps no snapshot, so the write-ahead log stays small (P7)."""
    with open_log(log_url) as log, open_log(log_url, read_only=True) as view:
        log.append([wrote(n) for n in range(2_000)], received_at=AT)
        reading = view.read()
        assert next(reading).seq == 1
        for start in range(2_000, 32_000, 500):
            log.append([wrote(n, text="x" * 300) for n in range(start, start + 500)], received_at=AT)
        size = log_path.with_name("desk.db-wal").stat().st_size
        assert sum(1 for _ in reading) == 1_999
    assert size < 16 << 20  # 1000 pages and one batch, not the 30 MB that were written


# ---------------------------------------------------------------- busy, full, forked


def test_busy(monkeypatch: pytest.MonkeyPatch, log_url: str, log_path: Path) -> None:
    """A log that another program holds says so in time; nothing is stored; later it works again (P6)."""
    monkeypatch.setattr(sqlite, "SETTINGS", ("PRAGMA busy_timeout = 50", *sqlite.SETTINGS[1:]))
    with open_log(log_url) as log:
        other = raw(log_path)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match=r"Another process.*Hint: do the same again"):
            log.append([wrote(1)], received_at=AT)
        other.execute("ROLLBACK")
        other.close()
        assert log.append([wrote(1)], received_at=AT).seqs == (1,)
        assert log.verify().ok


def test_busy_waits(log_url: str, log_path: Path) -> None:
    """A writer waits for another that is done within the time, even if it has read before."""
    with open_log(log_url) as log:
        other = guard.library().connect(log_path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        timer = threading.Timer(0.3, other.execute, ("COMMIT",))
        timer.start()
        assert log.append([wrote(1)], received_at=AT, expect={"c1": 0}).seqs == (1,)
        timer.join()
        other.close()


def test_a_waiting_writer_looks_often(monkeypatch: pytest.MonkeyPatch, log_url: str, log_path: Path) -> None:
    """Who waits for the lock looks every few milliseconds to the end, or others would be luckier for ever (T5)."""
    looks: list[float] = []
    with open_log(log_url) as log:
        other = guard.library().connect(log_path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        def look(seconds: float) -> None:
            looks.append(seconds)
            if len(looks) == 900:
                other.execute("COMMIT")

        monkeypatch.setattr(sqlite.time, "sleep", look)  # type: ignore[attr-defined]
        assert log.append([wrote(1)], received_at=AT).stored == 1
        assert log._store._own().execute("PRAGMA busy_timeout").fetchone() == (sqlite.BUSY_MS,)  # type: ignore[attr-defined] # noqa: SLF001
        other.close()
    assert len(looks) == 900
    assert max(looks) <= 0.002


FORKED = """
import os, sys
from deskkit.errors import LogError
from deskkit.log import open_log, MemoryLog
from tests.contract.samples import wrote
log = open_log(sys.argv[1])
log.append([wrote(1)], received_at=1)
memory = MemoryLog()
child = os.fork()
if child == 0:
    for call in (log.last_seq, lambda: log.append([wrote(2)], received_at=1), lambda: next(log.read()),
                 log.batch().__enter__, memory.last_seq):
        try:
            call()
        except LogError as error:
            assert "fork" in str(error), error
        else:
            os._exit(3)
    log.close()
    sys.exit(0)  # finalises everything, as a child should not need to fear
_, status = os.waitpid(child, 0)
assert status == 0, status
log.append([wrote(3)], received_at=1)
assert log.verify().ok
assert log.last_seq() == 2
other = open_log(sys.argv[1])
assert other.last_seq() == 2
other.append([wrote(4)], received_at=1)
other.close()
assert log.last_seq() == 3
log.close()
print("sound")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_fork(log_url: str) -> None:
    """A child after a fork may not use its parent's log, and does it no harm."""
    result = subprocess.run(
        [sys.executable, "-c", FORKED, log_url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert (result.stdout, result.stderr) == ("sound\n", "")


def test_what_loading_costs(log_url: str) -> None:
    """`import deskkit.log` loads neither polars nor SQLAlchemy; opening a file loads no polars."""
    code = (
        "import sys, deskkit.log\n"
        "print([name for name in ('polars', 'sqlalchemy', 'numba') if name in sys.modules])\n"
        "deskkit.log.open_log(sys.argv[1]).close()\n"
        "print([name for name in ('polars', 'sqlalchemy', 'numba') if name in sys.modules])\n"
    )
    command = [sys.executable, "-c", code, log_url]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    assert result.stdout.splitlines() == ["[]", "['sqlalchemy']"]
