"""A full disk (T4, P6): nothing half-written, the error says so, and work goes on once there is room."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit.errors import LogError
from deskkit.log import UnavailableError, open_log, sqlite
from tests.contract.samples import AT, wrote

if TYPE_CHECKING:
    from deskkit.log import EventLog

pytestmark = pytest.mark.crash

SEED = 20_260_618
ROOT = Path(__file__).parents[2]
HINT = r"disk is full.*nothing was stored.*Hint: free some space"


def resume(log: EventLog, number: int) -> None:
    """Append what was refused, in the same log, and check everything."""
    stored = log.last_seq()
    log.append([wrote(n) for n in range(number)], received_at=AT)
    assert [each.event.source_id for each in log.read()][:stored] == [f"message:{n}" for n in range(stored)]
    assert log.last_seq() == number
    assert log.verify().ok


def fill(log_url: str, *, in_batch: bool, long: int = 0) -> int:
    """Append until no page is left, then once more, then with room again; return how many were acknowledged before."""
    acknowledged, reason = 0, ""
    with open_log(log_url) as log:
        for start in range(0, 10_000, 5):
            batch = [wrote(start + n, text="x" * long) for n in range(5)]
            try:
                if in_batch:
                    with log.batch():
                        log.append(batch[:2], received_at=AT)
                        log.append(batch[2:], received_at=AT)
                        log.set_cursor("inbox", start + 5)
                else:
                    log.append(batch, received_at=AT)
            except UnavailableError as error:
                reason = str(error)
                break
            acknowledged = start + 5
        assert "disk is full" in reason
        assert log.last_seq() == acknowledged
        assert log.cursor("inbox") == (acknowledged if in_batch else 0)
        with pytest.raises(UnavailableError, match=HINT):
            log.append([wrote(n, text="x" * 99_999) for n in range(20_000, 20_010)], received_at=AT)
        assert log.verify().ok
        log._store._own().execute("PRAGMA max_page_count = 1000000")  # type: ignore[attr-defined] # noqa: SLF001
        resume(log, acknowledged + 50)
    return acknowledged


@pytest.mark.parametrize("pages", [20, 21, 22, 25, 30])
@pytest.mark.parametrize("in_batch", [False, True])
def test_no_page_left(monkeypatch: pytest.MonkeyPatch, log_url: str, pages: int, *, in_batch: bool) -> None:
    """When no page is left, appends fail whole; with room again the same log takes them."""
    open_log(log_url).close()
    monkeypatch.setattr(sqlite, "WRITER", (*sqlite.WRITER, f"PRAGMA max_page_count = {pages}"))
    assert fill(log_url, in_batch=in_batch) > 0


@pytest.mark.full
def test_no_page_left_often(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same, 600 times: any number of pages, short and long texts."""
    chance = random.Random(SEED)
    for run in range(600):
        url = f"sqlite:///{tmp_path / f'{run}.db'}"
        open_log(url).close()
        with monkeypatch.context() as context:
            pages = f"PRAGMA max_page_count = {chance.randint(18, 80)}"
            context.setattr(sqlite, "WRITER", (*sqlite.WRITER, pages))
            fill(url, in_batch=run % 2 == 1, long=chance.choice((0, 90, 2_000)))


def test_swallowed_failure_in_a_batch(monkeypatch: pytest.MonkeyPatch, log_url: str) -> None:
    """A batch in which an append failed stores nothing, even if the failure was swallowed."""
    open_log(log_url).close()
    monkeypatch.setattr(sqlite, "WRITER", (*sqlite.WRITER, "PRAGMA max_page_count = 30"))

    def swallow(log: EventLog) -> None:
        with log.batch():
            log.append([wrote(1)], received_at=AT)
            with pytest.raises(UnavailableError):
                log.append([wrote(2, text="x" * 999_999)], received_at=AT)
            with pytest.raises(LogError, match="batch is lost"):
                log.append([wrote(3)], received_at=AT)

    with open_log(log_url) as log:
        with pytest.raises(LogError, match="batch is lost"):
            swallow(log)
        assert log.last_seq() == 0
        resume(log, 5)


WORK = """
import os, resource, signal, sys
from pathlib import Path
from deskkit.log import UnavailableError, open_log
from tests.contract.samples import wrote
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

def work(url, shrink, grow):
    log = open_log(url)
    log.append([wrote(0)], received_at=1)
    shrink()
    stored, refused = 1, 0
    while not refused:
        try:
            log.append([wrote(stored + n) for n in range(7)], received_at=1)
            stored += 7
        except UnavailableError as error:
            assert "disk is full" in str(error), error
            refused += 1
    assert log.last_seq() == stored, (log.last_seq(), stored)
    for _ in range(3):
        try:
            log.append([wrote(90_000, text="x" * 300_000)], received_at=1)
        except UnavailableError:
            refused += 1
    assert refused == 4, refused
    grow()
    assert log.append([wrote(stored + n) for n in range(7)], received_at=1).stored == 7
    assert log.verify().ok, log.verify()
    log.close()
    with open_log(url, create=False) as log:
        assert log.last_seq() == stored + 7
        assert log.verify().ok
    print("done", flush=True)
"""
LIMITED = (
    WORK
    + """
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
for size in map(int, sys.argv[2:]):
    work(f"sqlite:///{sys.argv[1]}/{size}.db", lambda: limit(size), lambda: limit(resource.RLIM_INFINITY))
"""
)
SMALL = (
    WORK
    + """
folder = Path(sys.argv[1])
for size in map(int, sys.argv[2:]):
    for each in folder.iterdir():
        each.unlink()
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(free - size))
    work(f"sqlite:///{folder}/desk.db", lambda: None, ballast.unlink)
"""
)
ALONE = ("unshare", "--user", "--map-root-user", "--mount")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the folder of the project."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit on Windows")
@pytest.mark.parametrize("number", [4, pytest.param(300, marks=pytest.mark.full)])
def test_no_byte_left(tmp_path: Path, number: int) -> None:
    """When a file may not grow any more, the same holds: whole appends or none, and on it goes."""
    chance = random.Random(SEED)
    sizes = chance.sample(range(60_000, 250_000), number)
    result = run(sys.executable, "-c", LIMITED, str(tmp_path), *map(str, sizes))
    assert (result.stderr, result.stdout.split()) == ("", ["done"] * number)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a file system in memory for one process")
@pytest.mark.parametrize("number", [4, pytest.param(100, marks=pytest.mark.full)])
def test_no_block_left(tmp_path: Path, number: int) -> None:
    """On a small file system that is really full, the same holds, and work goes on when a file is removed."""
    chance = random.Random(SEED)
    mounted = f"mount -t tmpfs -o size=2m tmpfs '{tmp_path}'"
    if shutil.which("unshare") is None or run(*ALONE, "sh", "-c", mounted).returncode:
        pytest.skip("this system lets nobody mount a file system of one's own")
    sizes = [str(chance.randint(160, 500) * 1024) for _ in range(number)]
    script = f'{mounted} && exec "$0" -c "$1" "$2" "${{@:3}}"'
    result = run(*ALONE, "bash", "-c", script, sys.executable, SMALL, str(tmp_path), *sizes)
    assert (result.stderr, result.stdout.split()) == ("", ["done"] * number)
