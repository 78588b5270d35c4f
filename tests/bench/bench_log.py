"""Figures of the log: events per second in and out of SQLite and parquet, and what each costs in bytes.

Run it by `make bench`, or `python -m tests.bench.bench_log [EVENTS]`. The file lies in the system's folder
for temporary files; the figures for one commit per event are those of its disk's flush.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from deskkit.desk.events import Assigned, CustomerWrote
from deskkit.log import EventLog, MemoryLog, guard, open_log
from deskkit.log.frames import events, from_parquet, to_parquet

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = 100_000
SINGLES = 2_000
AT = 1_781_749_800_000


def message(number: int) -> CustomerWrote:
    """Return a message of ordinary length."""
    return CustomerWrote(
        at=AT + number,
        source="meiqia",
        source_id=f"message:{number:09d}",
        conversation=f"c{number // 10}",
        message=f"m{number}",
        text="你好，我的订单什么时候发货？已经等了三天了，谢谢",
    )


def assigned(number: int) -> Assigned:
    """Return a decision."""
    return Assigned(
        at=AT,
        source="desk",
        source_id=f"{number}:assigned",
        conversation=f"c{number}",
        agent="chen",
        because=(7, 3, 12),
    )


def per_second(label: str, number: int, work: Callable[[], object]) -> None:
    """Time one piece of work on `number` events and print the rate."""
    start = time.perf_counter()
    work()
    print(f"{label:58s} {number / (time.perf_counter() - start):12,.0f} /s")


def append(log: EventLog, number: int, size: int) -> None:
    """Append messages in batches."""
    for start in range(0, number, size):
        log.append([message(n) for n in range(start, min(number, start + size))], received_at=AT)


def append_singles(log: EventLog) -> None:
    """Append facts with their decision, one transaction each, with an expectation each."""
    for number in range(SINGLES):
        log.append([message(number * 10), assigned(number)], received_at=AT, expect={f"c{number}": 0}, together=True)


def group_commit(log: EventLog) -> None:
    """Append facts with their decisions, twenty facts in a transaction, as the live driver does."""
    for start in range(0, SINGLES, 20):
        with log.batch():
            for number in range(start, start + 20):
                log.append([message(number * 10), assigned(number)], received_at=AT, together=True)


def main(number: int) -> None:
    """Print all figures."""
    library = guard.library()
    print(f"{library.__name__} {library.sqlite_version}, synchronous=FULL, {number:,} events")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        per_second("memory: append, batches of 1,000", number, lambda: append(MemoryLog(), number, 1_000))
        with open_log(f"sqlite:///{folder / 'a.db'}") as log:
            per_second("sqlite: append, batches of 200", number, lambda: append(log, number, 200))
            per_second("sqlite: append the same again (duplicates)", number, lambda: append(log, number, 200))
            per_second("sqlite: rows", number, lambda: sum(1 for _ in log.rows()))
            per_second("sqlite: events", number, lambda: sum(1 for _ in log.read()))
            per_second("sqlite: digest", number, log.digest)
            per_second("sqlite: verify", number, log.verify)
            per_second("frame", number, lambda: events(log))
            per_second("parquet out", number, lambda: to_parquet(log, folder / "a.parquet"))
            with open_log(f"sqlite:///{folder / 'b.db'}") as other:
                per_second("parquet into sqlite", number, lambda: from_parquet(folder / "a.parquet", other))
                same = other.digest() == log.digest()
        with open_log(f"sqlite:///{folder / 'c.db'}") as log:
            per_second("sqlite: fact + decision, a commit each", 2 * SINGLES, lambda: append_singles(log))
        with open_log(f"sqlite:///{folder / 'd.db'}") as log:
            per_second("sqlite: fact + decision, 20 facts a commit", 2 * SINGLES, lambda: group_commit(log))
        start = time.perf_counter()
        open_log(f"sqlite:///{folder / 'a.db'}").close()
        print(f"{'sqlite: open':58s} {(time.perf_counter() - start) * 1000:12,.1f} ms")
        for file in ("a.db", "a.parquet"):
            print(f"{file:58s} {(folder / file).stat().st_size / number:12,.0f} bytes an event")
    print(f"{'digest after parquet out and in':58s} {'the same' if same else 'DIFFERENT':>12s}")
    print(f"{'peak memory':58s} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:12,.0f} MiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS)
