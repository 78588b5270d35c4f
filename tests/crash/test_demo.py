"""The living demo under fire: two notebooks act on it, its process is killed and started again, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.clock import WallClock
from deskkit.desk import events
from deskkit.live.lease import is_alive
from deskkit.log import open_log
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog


def demo(log: EventLog, speed: int) -> subprocess.Popen[bytes]:
    """Start the demo, so many times as fast as life; it asks for the lease, and has it when this returns."""
    url = log.url
    begins = [] if log.last_seq() else ["--at", "10:00"]  # a desk that lives goes on where it was
    command = [sys.executable, "-m", "deskkit", "demo", "--log", url, "--speed", str(speed), "--quiet", *begins]
    living = subprocess.Popen(command)
    wait_until(lambda: log.lease().holder.startswith("demo") and is_alive(log.lease(), now=WallClock().now()))
    return living


def hands(url: str, me: str, file: Path, stop: Path) -> subprocess.Popen[bytes]:
    """Start a notebook that acts until there is a file `stop`, and wait until it has done something."""
    at_work = subprocess.Popen([sys.executable, "-m", "tests.crash.hands", url, me, str(file), str(stop)])
    wait_until(lambda: file.exists() and file.stat().st_size, f"{me} did nothing")
    return at_work


def texts_taken(file: Path) -> int:
    """Return how many texts of a notebook the desk has taken so far."""
    said = file.read_text(encoding="utf-8")
    return sum(said.count(f'"what": "{what}", "accepted": true') for what in ("Replied", "Note written"))


def killed(log: EventLog, living: subprocess.Popen[bytes]) -> float:
    """Kill the demo; return after how many seconds another driver, which a notebook started, decided."""
    epoch = log.lease().epoch
    living.kill()
    living.wait()
    begun = time.monotonic()
    wait_until(lambda: log.lease().epoch > epoch and is_alive(log.lease(), now=WallClock().now()))
    return time.monotonic() - begun


def end_child(log: EventLog) -> None:
    """End a driver that a view started."""
    holder = log.lease().holder
    if holder.startswith("process "):
        with suppress(ProcessLookupError):
            os.kill(int(holder.removeprefix("process ")), signal.SIGTERM)


@pytest.mark.parametrize(
    ("seconds", "kill_every", "speed"), [(30, 15, 100), pytest.param(3_600, 300, 10, marks=pytest.mark.full)]
)
def test_the_demo_for_an_hour(log_url: str, tmp_path: Path, seconds: float, kill_every: float, speed: int) -> None:
    """Each deed accepted stands in the log once, a refused one never; a killed driver is followed; the log is sound."""
    with open_log(log_url) as log:
        living = demo(log, speed)
        files = {me: tmp_path / f"{me}.jsonl" for me in ("boss", "lead")}
        stop, begun = tmp_path / "stop", time.monotonic()
        at_work = [hands(log_url, me, file, stop) for me, file in files.items()]
        waits = []
        for _ in range(int(seconds // kill_every)):
            time.sleep(kill_every * 0.4)
            waits.append(killed(log, living))
            living = demo(log, speed)
        time.sleep(max(0, seconds - (time.monotonic() - begun)))
        wait_until(lambda: sum(map(texts_taken, files.values())) > 5, "the notebooks did too little")
        stop.touch()
        for process in at_work:
            assert process.wait(PATIENCE_S) == 0
        living.send_signal(signal.SIGTERM)
        assert living.wait(PATIENCE_S) == 0
        end_child(log)
        done: list[dict[str, Any]] = []
        for file in files.values():
            done += [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        check(log, done)
        took = sorted(line["took"] for line in done if "took" in line)
        sys.stdout.write(
            f"{log.last_seq()} events, {len(took)} deeds, answered in {took[len(took) // 2]:.3f} s (median), "
            f"{took[-1]:.1f} s (longest); {len(waits)} kills, followed within {max(waits):.1f} s\n"
        )


def check(log: EventLog, done: list[dict[str, Any]]) -> None:
    """Check that what was done is there, once, and that the log is whole."""
    report = log.verify()
    assert report.ok, report.faults
    written = Counter(
        row.event.text
        for row in log.read(kinds=[events.AgentWrote, events.NoteWritten])
        if isinstance(row.event, events.AgentWrote | events.NoteWritten) and row.event.source == "view"
    )
    texts = [line for line in done if line.get("what") in {"Replied", "Note written"}]
    accepted = {line["text"] for line in texts if line["accepted"]}
    assert len(accepted) >= 3, "the notebooks did something"
    assert {text: written[text] for text in accepted} == dict.fromkeys(accepted, 1)
    assert set(written) == accepted, "what was refused is not there"
    assert [line["faults"] for line in done if "faults" in line] == [0, 0]
    kinds = Counter(type(row.event).__name__ for row in log.read(kinds=[events.CustomerWrote, events.Assigned]))
    assert kinds["CustomerWrote"] > 20, "the world lived"
    assert kinds["Assigned"] > 5
