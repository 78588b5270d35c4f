"""A backup is a log: taken while the log is in use, checked, and restored here."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from deskkit.cli import main
from deskkit.clock import ManualClock
from deskkit.desk.state import comparable
from deskkit.errors import LogError
from deskkit.live.driver import Driver
from deskkit.log import MemoryLog, Snapshot, UnavailableError, open_log
from deskkit.log.backup import backup
from deskkit.log.sql import SqlLog
from tests.contract.samples import AT, wrote
from tests.desk.days import STANDARD, world

if TYPE_CHECKING:
    from pathlib import Path


def at(path: Path) -> str:
    """Return the address of a log."""
    return f"sqlite:///{path.as_posix()}"


def test_restore(log_url: str, log_path: Path, tmp_path: Path) -> None:
    """Damaged past opening, the log is restored from its backup; the same deliveries again bring back the rest."""
    copy = tmp_path / "copy.db"
    with open_log(log_url) as log:
        log.append([wrote(n) for n in range(500)], received_at=AT)
        log.set_cursor("inbox", 500)
        log.quarantine("meiqia", "why", raw=b"x", received_at=AT)
        log.save_snapshot(Snapshot(500, "p", "code", b"state"))
        report = backup(log, copy)
        assert (report.ok, report.events, report.url) == (True, 500, log_url)
        digest = log.digest()
        log.append([wrote(n) for n in range(700)], received_at=AT)
        whole = log.digest()
    content = bytearray(log_path.read_bytes())
    content[5_000:30_000] = bytes(25_000)
    log_path.write_bytes(content)
    with pytest.raises(LogError, match="restore the last backup"):
        open_log(log_url)

    log_path.rename(tmp_path / "damaged.db")
    log_path.write_bytes(copy.read_bytes())
    with open_log(log_url) as log:
        assert log.digest() == digest
        assert (log.cursor("inbox"), len(list(log.quarantined()))) == (500, 1)
        assert log.snapshot("p") == Snapshot(500, "p", "code", b"state")
        assert log.append([wrote(n) for n in range(700)], received_at=AT).stored == 200
        assert log.digest() == whole
        assert log.verify().ok


def test_a_restored_desk_goes_on(log_url: str, tmp_path: Path) -> None:
    """A driver on the backup knows what the driver on the log knew when it was taken."""
    with open_log(log_url) as log:
        made = world(2, 120)
        log.append(made.log, received_at=made.at)
        driver = Driver(log, STANDARD, clock=ManualClock(made.at))
        driver.keep_snapshot()
        backup(log, tmp_path / "copy.db")
    with open_log(at(tmp_path / "copy.db")) as copy:
        again = Driver(copy, STANDARD, clock=ManualClock(made.at))
        assert comparable(again.desk.state) == comparable(driver.desk.state)


def test_while_it_is_written(log_url: str, tmp_path: Path) -> None:
    """Copies taken while another thread appends batches hold whole batches, and the writer is not kept waiting."""
    stop = threading.Event()
    written: list[int] = []
    with open_log(log_url) as log:

        def write() -> None:
            while not stop.is_set():
                start = len(written) * 3
                log.append([wrote(start + n) for n in range(3)], received_at=AT)
                written.append(start)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            sizes = [backup(log, tmp_path / f"{n}.db").events for n in range(5)]
        finally:
            stop.set()
            thread.join()
    assert all(size % 3 == 0 for size in sizes)
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]  # the writer went on: the control


def test_only_for_its_owner(log_url: str, tmp_path: Path) -> None:
    """Nobody else can read a backup, and nothing lies about beside it."""
    with open_log(log_url) as log:
        log.append([wrote(1)], received_at=AT)
        backup(log, tmp_path / "sub.db")
    assert stat.S_IMODE((tmp_path / "sub.db").stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"desk.db", "desk.db.lock", "sub.db"}


def test_refused(log_url: str, log_path: Path, tmp_path: Path) -> None:
    """No file is ever overwritten; a log in memory, a missing folder and a damaged log are refused with the reason."""
    (tmp_path / "taken.db").write_text("mine")
    with open_log(log_url) as log:
        log.append([wrote(n) for n in range(3)], received_at=AT)
        for name in ("taken.db", "desk.db"):
            with pytest.raises(LogError, match="There is a file of this name"):
                backup(log, tmp_path / name)
        with pytest.raises(LogError, match="cannot be written"):
            backup(log, tmp_path / "no folder" / "copy.db")
        assert isinstance(log, SqlLog)
        own = log._store._own()  # noqa: SLF001
        own.execute("DROP TRIGGER event_no_update")
        own.execute("UPDATE event SET body = replace(body, 'hello', 'HELLO') WHERE seq = 2")
        with pytest.raises(LogError, match="damaged, so there is no backup"):
            backup(log, tmp_path / "copy.db")
    with pytest.raises(LogError, match="closed"):
        backup(log, tmp_path / "copy.db")
    with pytest.raises(LogError, match="Only a log in a file"):
        backup(MemoryLog(), tmp_path / "copy.db")
    assert {path.name for path in tmp_path.iterdir()} == {"desk.db", "desk.db.lock", "taken.db"}
    assert (tmp_path / "taken.db").read_text() == "mine"


def test_no_room(log_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that could not be written whole leaves nothing."""

    def full(*_: object) -> None:
        raise UnavailableError("The disk is full.")

    with open_log(log_url) as log:
        monkeypatch.setattr(SqlLog, "copy_to", full)
        with pytest.raises(UnavailableError):
            backup(log, tmp_path / "copy.db")
    assert {path.name for path in tmp_path.iterdir()} == {"desk.db", "desk.db.lock"}


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file's size")
def test_no_room_names_the_backup(log_url: str, log_path: Path, tmp_path: Path) -> None:
    """Where the copy grows beyond what there is room for, the error names it, not the log, which is sound."""
    with open_log(log_url) as log:
        log.append([wrote(n) for n in range(2_000)], received_at=AT)
    assert log_path.stat().st_size > 200 * 1024
    command = [sys.executable, "-m", "deskkit", "backup", "--log", log_url, str(tmp_path / "copy.db")]
    limited = ["sh", "-c", 'ulimit -f 200; exec "$@"', "sh", *command]  # 100 KiB
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"deskkit backup: {tmp_path / 'copy.db'}: The backup cannot be written")
    assert "append" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} <= {"desk.db", "desk.db.lock", "desk.db-wal", "desk.db-shm"}


KILLED = """
import os, signal, sys
from pathlib import Path
from deskkit.log import open_log
from deskkit.log.backup import backup
from deskkit.log.sql import SqlLog
whole = SqlLog.copy_to
def half(log, path):
    whole(log, path)
    print(path.parent.name, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
SqlLog.copy_to = half
with open_log(sys.argv[1]) as log:
    backup(log, Path(sys.argv[2]))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_what_a_killed_backup_left(log_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next backup in a folder removes what a killed one left; what one at work needs, or is a link, stays."""
    folder = tmp_path / "backups"
    folder.mkdir()
    with open_log(log_url) as log:
        log.append([wrote(1)], received_at=AT)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, log_url, str(folder / "monday.db")], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    left = done.stdout.strip()
    assert [path.name for path in folder.iterdir()] == [left], "nothing was left: the control"
    (folder / left).replace(folder / ".deskkit-backup-old.tmp")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / ".deskkit-backup-link.tmp").symlink_to(elsewhere)
    whole = SqlLog.copy_to

    def slow(log: SqlLog, path: Path) -> None:
        monkeypatch.setattr(SqlLog, "copy_to", whole)
        backup(log, folder / "meanwhile.db")
        whole(log, path)

    monkeypatch.setattr(SqlLog, "copy_to", slow)
    with open_log(log_url) as log:
        assert backup(log, folder / "tuesday.db").ok
    assert {path.name for path in folder.iterdir()} == {"meanwhile.db", "tuesday.db", ".deskkit-backup-link.tmp"}
    assert list(elsewhere.iterdir()) == []


def test_without_locks(log_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a disk without locks a backup is taken all the same, and nothing is left."""
    with open_log(log_url) as log:
        log.append([wrote(1)], received_at=AT)
        monkeypatch.setattr("deskkit.log.backup._lock", lambda _folder: None)
        assert backup(log, tmp_path / "copy.db").ok
    assert {path.name for path in tmp_path.iterdir()} == {"desk.db", "desk.db.lock", "copy.db"}


def test_command(log_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`deskkit backup` says what it copied, as words or as JSON, and fails where the file is there."""
    with open_log(log_url) as log:
        log.append([wrote(n) for n in range(3)], received_at=AT)
    one, two = str(tmp_path / "one.db"), str(tmp_path / "two.db")
    assert main(["backup", "--log", log_url, one]) == 0
    assert capsys.readouterr().out == f"{one}: a sound copy (3 events)\n"
    assert main(["backup", "--log", log_url, "--json", two]) == 0
    assert json.loads(capsys.readouterr().out) == {"url": log_url, "file": two, "events": 3, "forgotten": 0}
    assert main(["backup", "--log", log_url, two]) == 1
    assert "There is a file of this name" in capsys.readouterr().err
    with open_log(at(tmp_path / "two.db"), create=False) as log:
        assert log.last_seq() == 3
