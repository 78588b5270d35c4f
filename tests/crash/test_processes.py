"""Several processes on one log (T5; P3, P4, P7): nothing twice, nothing lost, nobody turned away."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.events import Assigned
from deskkit.log import open_log
from tests.contract.samples import AT, wrote
from tests.crash.workers import decide, deliver_shuffled, poll, processes
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.crash

FULL = pytest.mark.full
READERS = 2


@pytest.mark.parametrize(
    ("writers", "number"),
    [(2, 1_000), (4, 500), (8, 300), pytest.param(2, 10_000, marks=FULL), pytest.param(4, 10_000, marks=FULL),
     pytest.param(8, 10_000, marks=FULL)],
)  # fmt: skip
def test_same_deliveries_from_many(log_url: str, log_path: Path, writers: int, number: int) -> None:
    """Processes that deliver the same in different orders store it once; readers see no gap, the WAL stays small.

    A writer to which a `BUSY` came through before its five seconds were over would end with an error.
    """
    context = processes()
    open_log(log_url).close()
    barrier, stop = context.Barrier(writers), context.Event()
    pipes = [context.Pipe(duplex=False) for _ in range(READERS)]
    readers = [context.Process(target=poll, args=(log_url, theirs, stop)) for _, theirs in pipes]
    children = [
        context.Process(target=deliver_shuffled, args=(log_url, number, seed, barrier)) for seed in range(writers)
    ]
    wal = log_path.with_name("desk.db-wal")
    with open_log(log_url) as log:
        for process in (*readers, *children):
            process.start()
        largest = 0
        while any(process.is_alive() for process in children):
            largest = max(largest, wal.stat().st_size)
            children[0].join(0.02)
            time.sleep(0.01)
        stop.set()
        assert [process.exitcode for process in children] == [0] * writers
        assert [ours.recv() for ours, _ in pipes] == [number] * READERS
        for process in readers:
            process.join()
        rows = [stored.event.source_id for stored in log.read()]
        assert log.verify().ok
    assert Counter(rows) == Counter(f"message:{n}" for n in range(number))
    assert 0 < largest < 64 << 20


def test_one_decision_wins(log_url: str) -> None:
    """Of several processes that decide about the same conversations, one wins each (P4)."""
    context = processes()
    conversations, agents = 200, ("chen", "li", "wang")
    with open_log(log_url) as log:
        log.append([wrote(n, conversation=f"c{n}") for n in range(conversations)], received_at=AT)
        barrier = context.Barrier(len(agents))
        children = [context.Process(target=decide, args=(log_url, conversations, agent, barrier)) for agent in agents]
        for process in children:
            process.start()
        for process in children:
            process.join(PATIENCE_S)
        assert [process.exitcode for process in children] == [0] * len(agents)
        events = [stored.event for stored in log.read(kinds=[Assigned])]
    taken = Counter(event.conversation for event in events if isinstance(event, Assigned))
    assert taken == Counter(f"c{n}" for n in range(conversations))
