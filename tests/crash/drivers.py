"""Drivers in processes of their own, for the tests that kill, stop and replace them.

Each stores with every event under which epoch it did so, in the same transaction: as the one recipient of the outbox.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from itertools import count
from typing import TYPE_CHECKING, Any

from deskkit.clock import SystemClock
from deskkit.desk import events
from deskkit.desk.policy import Policy
from deskkit.live import lease, serve
from deskkit.live.inbox import submit
from deskkit.live.serve import Serving, Ways
from deskkit.log import open_log
from deskkit.log.sql import SqlLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Barrier

    from deskkit.desk.events import Event, Fact
    from deskkit.log import EventLog, Outgoing

STANDARD = Policy.load("data/policies/standard.toml")
QUICK_MS = 600  # a lease that ends soon, so that a test need not wait
CONVERSATIONS = 3


def quick(lease_ms: int = QUICK_MS) -> None:
    """Let leases end soon in this process."""
    lease.LEASE_MS, lease.RENEW_MS = lease_ms, lease_ms // 6  # type: ignore[misc] # constants elsewhere


def opened(number: int) -> Fact:
    """Return a contact that begins."""
    name = f"c{number}"
    return events.ConversationOpened(at=0, source="t", source_id=f"open {name}", conversation=name, customer="zhang")


def wrote(number: int) -> Fact:
    """Return a message of one of a few customers."""
    return events.CustomerWrote(
        at=0, source="t", source_id=f"w{number}", conversation=f"c{number % CONVERSATIONS}", message=str(number),
        text="这个多少钱",
    )  # fmt: skip


def replied(number: int) -> Fact:
    """Return a reply of an agent to one of a few customers."""
    return events.AgentWrote(
        at=0, source="t", source_id=f"r{number}", conversation=f"c{number % CONVERSATIONS}", message=f"r{number}",
        text="稍等", agent="chen",
    )  # fmt: skip


def prepare(log: EventLog) -> None:
    """Open the conversations, with an agent online: there is something to decide."""
    agent = events.AgentSet(at=0, source="t", source_id="a", agent="chen", groups=("presales",), languages=("zh",))
    online = events.PresenceSet(at=0, source="t", source_id="p", agent="chen", presence="online")
    for fact in (agent, online, *(opened(number) for number in range(CONVERSATIONS))):
        submit(log, fact, received_at=SystemClock().now())


def deliver(url: str, number: int, seed: int, barrier: Barrier) -> None:
    """Bring the same messages as every other process, in an order of one's own."""
    numbers = list(range(number))
    random.Random(seed).shuffle(numbers)
    with open_log(url) as log:
        barrier.wait()
        for one in numbers:
            submit(log, wrote(one), received_at=SystemClock().now())


def serve_on(url: str, pipe: Connection, *, is_checked: bool) -> None:
    """Wait for the lease, then decide until there is a reason to stop; tell the epoch, and at the end the reason.

    Without the check of the epoch it is the control: a driver that does not know when it is over.
    """
    quick()
    if not is_checked:
        for name in ("check_lease", "renew_lease"):
            setattr(SqlLog, name, lambda *_, **__: None)
    with open_log(url) as log:
        holding = lease.take_lease(log, f"process {os.getpid()}", wait_ms=60_000)
        assert holding is not None
        mine = (f"epoch {holding.epoch:06}",)
        ways = Ways(routes=[lambda _event: mine])
        serving = Serving(log, STANDARD, holding, ways=ways)
        pipe.send(holding.epoch)
        pipe.send(serving.run(threading.Event()))


def die_at(url: str, pipe: Connection, n: int) -> None:
    """Decide what waits, and be killed at the n-th call that changes the log; tell if that never came."""
    quick()
    calls = count()

    def perhaps_die() -> None:
        if next(calls) == n:
            os.kill(os.getpid(), signal.SIGKILL)

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            perhaps_die()
            made = call(*args, **kwargs)
            perhaps_die()
            return made

        return called

    with open_log(url) as log:
        holding = lease.take_lease(log, "doomed", wait_ms=60_000)
        assert holding is not None
        serving = Serving(log, STANDARD, holding)
        for name in ("append", "settle", "check_lease", "release_lease"):
            setattr(log, name, dying(getattr(log, name)))
        while log.inbox():
            serving.tick()
        holding.end("nothing waits")
        pipe.send(next(calls))


def send_on(url: str, place: str) -> None:
    """Decide and send for ever; what is sent is written to a file at `place`, a line each."""
    quick(100)  # nobody else is there to take it over when a busy machine renews it late
    serve.TICK_MS = 1  # type: ignore[misc] # a constant elsewhere
    file = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def send(item: Outgoing) -> None:
        os.write(file, f"{getattr(item.event, 'conversation', '')}\t{item.seq}\t{item.id}\n".encode())

    def route(event: Event) -> tuple[str, ...]:
        return ("out",) if isinstance(event, events.AgentWrote) else ()

    with open_log(url) as log:
        holding = lease.take_lease(log, "sender", wait_ms=60_000)
        assert holding is not None
        Serving(log, STANDARD, holding, ways=Ways(routes=[route], senders={"out": send})).run(threading.Event())
