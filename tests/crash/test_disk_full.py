"""A full disk (T4, P6): nothing half-written, the error says so, and work goes on once there is room."""

from __future__ import annotations

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

ROOT = Path(__file__).parents[2]
HINT = r"disk is full.*nothing was stored.*Hint: free some space"


def resume(log: EventLog, number: int) -> None:
    """Append what was refused, in the same log, and check everything."""
    stored = log.last_seq()
    log.append([wrote(n) for n in range(number)], received_at=AT)
    assert [each.event.source_id for each in log.read()][:stored] == [f"message:{n}" for n in range(stored)]
    assert log.last_seq() == number
    assert log.verify().ok


@pytest.mark.parametrize("pages", [20, 21, 22, 25, 30])
@pytest.mark.parametrize("in_batch", [False, True])
def test_no_page_left(monkeypatch: pytest.MonkeyPatch, log_url: str, pages: int, in_batch: bool) -> None:  # noqa: FBT001
    """When no page is left, appends fail whole; with room again the same log takes them."""
    open_log(log_url).close()
    monkeypatch.setattr(sqlite, "WRITER", (*sqlite.WRITER, f"PRAGMA max_page_count = {pages}"))
    acknowledged, reason = 0, ""
    with open_log(log_url) as log:
        for start in range(0, 10_000, 5):
            batch = [wrote(start + n) for n in range(5)]
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
    assert acknowledged > 0


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


LIMITED = """
import resource, signal, sys
from deskkit.log import UnavailableError, open_log
from tests.contract.samples import wrote
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = open_log(sys.argv[1])
log.append([wrote(0)], received_at=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
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
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert log.append([wrote(stored + n) for n in range(7)], received_at=1).stored == 7
assert log.verify().ok, log.verify()
log.close()
print(stored + 7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit on Windows")
@pytest.mark.parametrize("limit", [60_000, 70_001, 100_000, 200_000])
def test_no_byte_left(log_url: str, limit: int) -> None:
    """When the file system gives no more bytes, the same holds: whole appends or none, and on it goes."""
    command = [sys.executable, "-c", LIMITED, log_url, str(limit)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert result.stderr == ""
    with open_log(log_url, create=False) as log:
        assert log.last_seq() == int(result.stdout)
        assert log.verify().ok
