"""How long a driver takes to start on a log, without and with a snapshot.

Run by `make bench`, or `python -m tests.bench.bench_start [CONVERSATIONS]`: the sample log first, then days of invented
conversations as `bench_step` has them (4,000 make about 180,000 events). The files lie in the system's folder for
temporary files.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.desk.policy import Policy
from deskkit.desk.state import comparable
from deskkit.live import follower as following
from deskkit.live import snapshots
from deskkit.live.driver import Driver
from deskkit.log import open_log
from deskkit.sample import SAMPLE_NOW, sample_log, sample_policy
from tests.bench.bench_step import POLICY, START, Day

if TYPE_CHECKING:
    from deskkit.log import EventLog

CONVERSATIONS = 4_000
BATCH = 5_000


class Logged(Day):
    """A day whose events go into a log."""

    def __init__(self, agents: int, conversations: int, *, log: EventLog) -> None:
        self.log = log
        self.kept: list[events.Event] = []
        self.policy = Policy.load(POLICY)
        fact = events.PolicyChanged(
            at=START, source="b", source_id="policy", text=self.policy.text, fingerprint=self.policy.fingerprint
        )
        self.kept.append(fact)
        super().__init__(agents, conversations)

    def step(self, fact: events.Fact) -> tuple[events.Decision, ...]:
        """Take a fact, and keep it with its decisions."""
        made = super().step(fact)
        if made or not isinstance(fact, events.DeadlineReached):
            self.kept += [fact, *made]
        if len(self.kept) >= BATCH:
            self.store()
        return made

    def store(self) -> None:
        """Append what was kept."""
        self.log.append(self.kept, received_at=START)
        self.kept.clear()


def started(log: EventLog, policy: Policy, at: int) -> tuple[Driver, float]:
    """Start a driver; return it and the seconds it took."""
    begun = time.perf_counter()
    driver = Driver(log, policy, clock=ManualClock(at))
    return driver, time.perf_counter() - begun


def measure(label: str, log: EventLog, policy: Policy, at: int) -> None:
    """Print what a start costs without a snapshot, what keeping one costs, and a start with it."""
    following.__dict__["WORTH_KEEPING"] = 1 << 60
    started(log, policy, at)  # puts the policy in force where it is not
    driver, without = started(log, policy, at)
    begun = time.perf_counter()
    driver.keep_snapshot()
    keeping = time.perf_counter() - begun
    kept = log.snapshot(snapshots.policy_hash(policy, acts=True, notices=True))
    again, fast = started(log, policy, at)
    same = "the same state" if comparable(again.desk.state) == comparable(driver.desk.state) else "ANOTHER STATE"
    size = 0 if kept is None else len(kept.state)
    print(f"{label}: {log.last_seq():,} events, {driver.desk!r}")
    print(f"  start without a snapshot {without:8.2f} s, with one {fast:6.2f} s: {without / fast:.1f} x, {same}")
    print(f"  keeping one              {keeping:8.2f} s, {size / 2**20:.1f} MiB")


def main(conversations: int) -> None:
    """Print all figures."""
    measure("sample", sample_log(), sample_policy(), SAMPLE_NOW)
    with tempfile.TemporaryDirectory() as name, open_log(f"sqlite:///{Path(name, 'desk.db').as_posix()}") as log:
        day = Logged(40, conversations, log=log)
        day.run()
        day.store()
        measure(f"{conversations:,} conversations", log, day.policy, day.desk.now)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CONVERSATIONS)
