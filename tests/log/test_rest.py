"""A log at rest holds no file open but its lock, and goes on where it was when it is used again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.events import AgentSet
from deskkit.errors import LogError
from deskkit.log import MovedError, open_log

if TYPE_CHECKING:
    from deskkit.log import EventLog

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="which files are open is read from /proc")


def open_files(path: Path) -> list[str]:
    """Return what this process holds open of a log, each as often as it is."""
    found = [str(name.readlink()) for name in Path("/proc/self/fd").iterdir() if name.exists()]
    return sorted(Path(name).name for name in found if name.startswith(str(path)))


def add(log: EventLog, name: str) -> None:
    """Store one more event."""
    log.append([AgentSet(at=1, agent="chen", source="test", source_id=name)], received_at=1)


def test_a_log_at_rest_is_used_again(tmp_path: Path) -> None:
    """By reading and by writing, also where the write-ahead log is another by then, since nobody else had it open."""
    path = tmp_path / "desk.db"
    with open_log(f"sqlite:///{path}") as log:
        add(log, "1")
        assert len(open_files(path)) > 1
        for n in range(2, 5):
            log.rest()
            log.rest()
            assert open_files(path) == ["desk.db.lock"]
            assert log.last_seq() == n - 1
            add(log, str(n))
            log.check_place()
        assert log.verify().ok
    assert open_files(path) == []


def test_what_is_at_work_does_not_rest(tmp_path: Path) -> None:
    """In the middle of a batch nothing is closed; closed, a log stays closed."""
    log = open_log(f"sqlite:///{tmp_path / 'desk.db'}")
    with log.batch():
        add(log, "1")
        log.rest()
        add(log, "2")
    assert log.last_seq() == 2
    log.close()
    log.rest()
    with pytest.raises(LogError, match="closed"):
        log.last_seq()


def test_a_log_replaced_while_it_rested_is_not_written_to(tmp_path: Path) -> None:
    """It is refused as under an open log."""
    path, other = tmp_path / "desk.db", tmp_path / "other.db"
    with open_log(f"sqlite:///{other}") as log:
        add(log, "1")
    with open_log(f"sqlite:///{path}") as log:
        add(log, "1")
        log.rest()
        other.replace(path)
        with pytest.raises(MovedError, match="nothing was stored"):
            add(log, "2")


def test_who_only_reads_rests_too(tmp_path: Path) -> None:
    """And still writes nothing after it; in memory there is nothing to close."""
    path = tmp_path / "desk.db"
    with open_log(f"sqlite:///{path}") as log, open_log(f"sqlite:///{path}", read_only=True) as reader:
        add(log, "1")
        reader.rest()
        assert reader.last_seq() == 1
        with pytest.raises(LogError, match="reading only"):
            add(reader, "2")
    with open_log("memory:") as memory:
        memory.rest()
        assert memory.last_seq() == 0
