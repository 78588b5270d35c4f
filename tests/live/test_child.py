"""The driver as a child process: started where there is none, once however many ask, and gone when it should be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit.clock import SystemClock, WallClock
from deskkit.desk import events
from deskkit.errors import DeskkitError, LogError
from deskkit.live.child import ensure_driver
from deskkit.live.inbox import submit
from deskkit.log import open_log
from tests.live.desks import make
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.log import EventLog

POLICY = Path("data/policies/standard.toml")


def pid_of(log: EventLog) -> int:
    """Return the process that decides."""
    return int(log.lease().holder.removeprefix("process "))


@pytest.fixture
def log(log_url: str) -> Iterator[EventLog]:
    """Give an empty log in a file; a driver that a test left behind is ended."""
    with open_log(log_url) as opened:
        yield opened
        if opened.lease().holder:
            with suppress(ProcessLookupError):
                os.kill(pid_of(opened), signal.SIGKILL)


def brought(log: EventLog, name: str) -> None:
    """Bring a conversation, and wait until it is taken."""
    fact = make(events.ConversationOpened, name, at=0, conversation=name, customer="u")
    submit(log, fact, received_at=SystemClock().now())
    wait_until(lambda: log.answer("feed", name) == ("taken", ""))


def test_several_at_once_start_one(log: EventLog) -> None:
    """Views that find no driver at the same instant start one between them; it takes what they bring."""
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(ensure_driver(log.url, POLICY).epoch)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert found == [1, 1, 1, 1]
    brought(log, "c1")
    assert ensure_driver(log.url, POLICY).epoch == 1
    os.kill(pid_of(log), signal.SIGTERM)
    wait_until(lambda: not log.lease().holder)
    assert log.lease()[3:5] == (log.lease().wanted_at, "it was told to")
    late = [sys.executable, "-m", "deskkit.live", "--log", log.url, "--policy", str(POLICY), "--after", "0"]
    straggler = subprocess.run(late, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert (straggler.returncode, "another one was faster" in straggler.stderr) == (0, True)
    assert log.lease().epoch == 1


def test_killed_another_takes_over_in_seconds(log: EventLog) -> None:
    """After kill -9 the lease runs out by itself, and whoever asks then starts another driver, which goes on."""
    ensure_driver(log.url, POLICY)
    brought(log, "c1")
    os.kill(pid_of(log), signal.SIGKILL)
    submit(
        log,
        make(events.ConversationOpened, "c2", at=0, conversation="c2", customer="u"),
        received_at=SystemClock().now(),
    )
    killed_at = WallClock().now()
    wait_until(lambda: ensure_driver(log.url, POLICY).epoch == 2)
    assert log.lease().until - killed_at < 30_000
    wait_until(lambda: log.answer("feed", "c2") == ("taken", ""))
    assert [stored.event.source_id for stored in log.read(kinds=[events.ConversationOpened])] == ["c1", "c2"]


def test_nobody_needs_it_for_a_while(log: EventLog) -> None:
    """A child that nobody needs stops by itself and says why."""
    ensure_driver(log.url, POLICY, idle_ms=500)
    wait_until(lambda: log.lease().note == "nobody needed it for 0 s")


def test_a_second_one_is_refused(log: EventLog) -> None:
    """Run by hand beside a driver, it ends at once, without an error, and says why; ended, it says why too."""
    command = [sys.executable, "-m", "deskkit.live", "--log", log.url, "--policy", str(POLICY)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as first:
        wait_until(lambda: log.lease().holder)
        second = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert second.returncode == 0
        assert "another one decides already" in second.stderr
        first.send_signal(signal.SIGTERM)
        _, said = first.communicate(timeout=PATIENCE_S)
    assert (first.returncode, said.endswith("stopped: it was told to.\n")) == (0, True), said


def test_what_cannot_start_says_why(log: EventLog, tmp_path: Path) -> None:
    """A child that cannot start is no silence: its own words come back, and the lease stays free."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("nonsense = 1\n", encoding="utf-8")
    with pytest.raises(LogError, match=r"No driver could be started: wrong.toml, line 1, groups"):
        ensure_driver(log.url, wrong)
    assert log.lease().epoch == 0
    with pytest.raises(LogError, match="in memory"):
        ensure_driver("memory:", POLICY)
    with pytest.raises(DeskkitError, match="no log here"):
        ensure_driver(f"sqlite:///{tmp_path / 'none.db'}", POLICY)
