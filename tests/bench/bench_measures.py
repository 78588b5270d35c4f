"""How long it takes to derive spans and a report from a log of N events (default 10,000,000), and how much memory.

The log is the sample desk, decided by the standard policy, as often as needed, each copy two weeks later and with
conversations, customers and messages of its own. Figures of a log made once (`--log`) can be taken again.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from deskkit.clock import ManualClock
from deskkit.desk import events as e
from deskkit.live.driver import Driver
from deskkit.log import open_log
from deskkit.sample import sample_log, sample_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.events import Event

TWO_WEEKS_MS = 14 * 86_400_000
OWN = ("conversation", "customer", "message", "renewed")  # what each copy has of its own


def decided() -> list[Event]:
    """Return the sample desk with the decisions that the standard policy would have made."""
    log = open_log("memory:")
    with sample_log() as facts:
        first = next(iter(facts.read(limit=1)))
        clock = ManualClock(first.event.at)
        driver = Driver(log, sample_policy("standard"), clock=clock, acts=False)
        for stored in facts.read():
            clock.advance(stored.event.at - clock.now())
            driver.take(stored.event)  # type: ignore[arg-type] # the sample holds facts alone
            driver.wake()
    return [stored.event for stored in log.read()]


def copies(base: list[Event], count: int) -> Iterator[list[Event]]:
    """Yield `count` events, a copy of the base at a time."""
    made = 0
    n = 0
    while made < count:
        shift = n * TWO_WEEKS_MS
        copy = [_shifted(event, n, shift) for event in base[: count - made]]
        made += len(copy)
        n += 1
        yield copy


def _shifted(event: Event, n: int, shift: int) -> Event:
    changes: dict[str, Any] = {"at": event.at + shift, "source_id": f"{event.source_id}/{n}"}
    for name in OWN:
        value = getattr(event, name, "")
        if value:
            changes[name] = f"{value}/{n}"
    return msgspec.structs.replace(event, **changes)


def fill(url: str, count: int) -> None:
    """Make the log."""
    base = decided()
    print(f"one copy: {len(base):,} events, {sum(isinstance(one, e.Decision) for one in base):,} of them decisions")
    started = time.perf_counter()
    with open_log(url) as log:
        for copy in copies(base, count):
            for at in range(0, len(copy), 20_000):
                log.append(copy[at : at + 20_000], received_at=copy[-1].at)
    print(f"made in {time.perf_counter() - started:.0f} s")


def measure(url: str, what: str) -> None:
    """Print the time and the memory of one piece of work, in this process."""
    from deskkit.log.spans import spans  # noqa: PLC0415 - its import is part of what is measured

    started = time.perf_counter()
    with open_log(url, read_only=True) as log:
        found = spans(log, policy=sample_policy("standard"))
        if what == "report":
            from deskkit.measures import report_of  # noqa: PLC0415

            report_of(found)
        count = log.last_seq()
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:8} {count:>12,} events {took:7.1f} s {count / took:>12,.0f} events/s {peak:8,.0f} MiB at most")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=10_000_000)
    parser.add_argument("--log", help="a log made before, or the file to make")
    parser.add_argument("--measure", choices=["spans", "report"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        measure(args.log, args.measure)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(args.log or f"{folder}/desk.db")
        url = f"sqlite:///{path}"
        if not path.exists():
            fill(url, args.count)
        for what in ("spans", "report"):
            subprocess.run(
                [sys.executable, "-m", "tests.bench.bench_measures", "--log", url, "--measure", what], check=True
            )


if __name__ == "__main__":
    main()
