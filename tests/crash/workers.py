"""What the processes of the crash tests do; each runs in a child made for it."""

from __future__ import annotations

import multiprocessing
import random
import time
from typing import TYPE_CHECKING

from deskkit.errors import ConflictError
from deskkit.log import UnavailableError, open_log
from deskkit.log.sqlite import BUSY_MS
from tests.contract.samples import AT, assigned, wrote

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from multiprocessing.synchronize import Barrier, Event

BATCH = 3


def processes() -> ForkServerContext:
    """Return a maker of processes that start fast, as copies of one that has imported all they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "deskkit.log.sql", "tests.crash.workers", "tests.crash.drivers"])
    return context


def append_and_tell(url: str, pipe: Connection, first: int) -> None:
    """Append batches for ever, telling the number of each that was acknowledged."""
    with open_log(url) as log:
        number = first
        while True:
            start = number * BATCH
            log.append([wrote(start + n) for n in range(BATCH)], received_at=AT)
            pipe.send(number)
            number += 1


def deliver_shuffled(url: str, number: int, seed: int, barrier: Barrier) -> None:
    """Append the same deliveries as every other process, in an order of one's own, a few at a time."""
    deliveries = list(range(number))
    chance = random.Random(seed)
    chance.shuffle(deliveries)
    with open_log(url) as log:
        barrier.wait()
        while deliveries:
            size = chance.randint(1, 20)
            begun = time.monotonic()
            try:
                log.append([wrote(n) for n in deliveries[:size]], received_at=AT)
            except UnavailableError:  # on a busy machine the others may be writing for so long; then once more
                if time.monotonic() - begun < BUSY_MS / 1000:
                    raise
                continue
            del deliveries[:size]


def decide(url: str, conversations: int, agent: str, barrier: Barrier) -> None:
    """Assign every conversation to `agent` that has nobody yet; take no for an answer."""
    with open_log(url) as log:
        barrier.wait()
        for number in range(conversations):
            conversation = f"c{number}"
            seen = log.last_seq(conversation)
            if any(stored.event.source == "desk" for stored in log.read(conversation=conversation)):
                continue
            decision = assigned(number, conversation=conversation, agent=agent)
            mine = type(decision)(
                **{name: getattr(decision, name) for name in decision.__struct_fields__ if name != "source_id"},
                source_id=f"{agent}:{number}",
            )
            try:
                log.append([mine], received_at=AT, expect={conversation: seen})
            except ConflictError:
                continue


def poll(url: str, pipe: Connection, stop: Event) -> None:
    """Read on and on, in pages and in the middle of pages; tell how many rows were seen, or what was out of order."""
    seen = 0
    with open_log(url, read_only=True) as log:
        while not stop.is_set():
            for row in log.rows(seen):
                if row.seq != seen + 1:
                    pipe.send(f"seq {row.seq} after {seen}")
                    return
                seen = row.seq
            time.sleep(0.002)
        seen += sum(1 for _ in log.rows(seen))
    pipe.send(seen)
