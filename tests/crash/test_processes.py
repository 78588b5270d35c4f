"""Several processes on one log (T5; P3, P4, P7): nothing twice, nothing lost, nobody turned away."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.events import Assigned
from deskkit.log import open_log
from tests.contract.samples import AT, wrote
from tests.crash.workers import decide, deliver_shuffled, poll, processes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.crash

FULL = pytest.mark.full


@pytest.mark.parametrize(
    ("writers", "number"),
    [(2, 2_000), (4, 1_000), pytest.param(2, 10_000, marks=FULL), pytest.param(4, 10_000, marks=FULL),
     pytest.param(8, 10_000, marks=FULL)],
)  # fmt: skip
def test_same_deliveries_from_many(log_url: str, log_path: Path, writers: int, number: int) -> None:
    """Processes that deliver the same in different orders store each delivery once; readers see no gap."""
    context = processes()
    open_log(log_url).close()
    barrier, stop = context.Barrier(writers), context.Event()
    ours, theirs = context.Pipe(duplex=False)
    reader = context.Process(target=poll, args=(log_url, theirs, stop))
    children = [
        context.Process(target=deliver_shuffled, args=(log_url, number, seed, barrier)) for seed in range(writers)
    ]
    with open_log(log_url) as log:
        for process in (reader, *children):
            process.start()
        for process in children:
            process.join(300)
        wal = log_path.with_name("desk.db-wal").stat().st_size
        stop.set()
        assert [process.exitcode for process in children] == [0] * writers
        assert ours.recv() == number
        reader.join()
        rows = [stored.event.source_id for stored in log.read()]
        assert log.verify().ok
    assert Counter(rows) == Counter(f"message:{n}" for n in range(number))
    assert wal < 64 << 20


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
            process.join(60)
        assert [process.exitcode for process in children] == [0] * len(agents)
        events = [stored.event for stored in log.read(kinds=[Assigned])]
    taken = Counter(event.conversation for event in events if isinstance(event, Assigned))
    assert taken == Counter(f"c{n}" for n in range(conversations))
