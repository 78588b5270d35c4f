"""Several drivers on one log, killed and stopped: one decides at a time, and nothing acknowledged is lost (P1, P4)."""

from __future__ import annotations

import os
import random
import signal
import time
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

import pytest

from deskkit.clock import ManualClock, SystemClock
from deskkit.desk import events
from deskkit.live.inbox import submit
from deskkit.live.lease import LEASE_MS, take_lease
from deskkit.live.serve import Serving
from deskkit.log import UnavailableError, open_log
from tests.crash.drivers import STANDARD, deliver, die_at, prepare, serve_on, wrote
from tests.crash.workers import processes
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerProcess

    from deskkit.log import EventLog

pytestmark = pytest.mark.crash

SEED = 20_260_618


def started(url: str, *, is_checked: bool = True) -> tuple[ForkServerProcess, Connection]:
    """Start a driver that waits for the lease."""
    context = processes()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=serve_on, args=(url, theirs), kwargs={"is_checked": is_checked})
    process.start()
    theirs.close()
    return process, ours


def told(pipe: Connection) -> object:
    """Return what a driver says next."""
    assert pipe.poll(PATIENCE_S), "the driver says nothing"
    return pipe.recv()


def next_to_speak(drivers: list[tuple[ForkServerProcess, Connection]]) -> int:
    """Wait until one of the drivers says something; return which."""
    ready = wait([pipe for _, pipe in drivers], PATIENCE_S)
    return next(n for n, (_, pipe) in enumerate(drivers) if pipe in ready)


def settled(log: EventLog) -> None:
    """Wait until nothing waits."""
    wait_until(lambda: not log.inbox(limit=1), "the inbox is not worked off")


def stopped(process: ForkServerProcess, log: EventLog) -> None:
    """Stop a process, but not while it writes: nobody else could then."""
    while True:
        os.kill(process.pid or 0, signal.SIGSTOP)
        try:
            log.want_driver(now=0)
        except UnavailableError:
            os.kill(process.pid or 0, signal.SIGCONT)
        else:
            return


def only_one_decided(log: EventLog) -> None:
    """Assert that no epoch stored anything after a later one had begun, and that no row has two."""
    epochs = [(sending.seq, sending.recipient) for sending in log.sendings()]
    assert [seq for seq, _ in epochs] == list(range(1, log.last_seq() + 1))
    assert [epoch for _, epoch in epochs] == sorted(epoch for _, epoch in epochs), "two decided at the same time"


def each_is_followed_by_its_decisions(log: EventLog) -> None:
    """Assert that nothing stands between a fact and what was decided about it."""
    fact = None
    for stored in log.read():
        if isinstance(stored.event, events.Fact):
            fact = stored.event
        else:
            assert fact is not None
            assert stored.event.source_id.startswith(f"{fact.source}:{fact.source_id}#")


@pytest.mark.parametrize("kills", [15, pytest.param(500, marks=pytest.mark.full)])
def test_killed_drivers_lose_nothing(log_url: str, kills: int) -> None:
    """While drivers are killed and others take over, everything acknowledged is decided once, in order, by one."""
    chance = random.Random(SEED)
    with open_log(log_url) as log:
        prepare(log)
        drivers = [started(log_url), started(log_url)]
        number = 0
        for _ in range(kills):
            holder = next_to_speak(drivers)
            process, pipe = drivers[holder]
            epoch = told(pipe)
            end = time.monotonic() + chance.uniform(0, 0.15)
            while time.monotonic() < end:
                submit(log, wrote(number), received_at=SystemClock().now())
                number += 1
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL, f"the driver of epoch {epoch} ended by itself"
            pipe.close()
            drivers[holder] = started(log_url)
        settled(log)
        for process, _ in drivers:
            process.kill()
            process.join()
        only_one_decided(log)
        each_is_followed_by_its_decisions(log)
        assert log.verify().ok
        taken = [stored.event.source_id for stored in log.read(kinds=[events.CustomerWrote])]
        assert taken == [f"w{n}" for n in range(number)]
        assert log.lease().epoch >= kills
        assert number > kills


@pytest.mark.parametrize("number", [150, pytest.param(10_000, marks=pytest.mark.full)])
def test_the_same_from_many(log_url: str, number: int) -> None:
    """Processes that bring the same in different orders while a driver works bring it once; nobody is turned away."""
    context, writers = processes(), 4
    with open_log(log_url) as log:
        prepare(log)
        driver, pipe = started(log_url)
        told(pipe)
        barrier = context.Barrier(writers)
        children = [context.Process(target=deliver, args=(log_url, number, seed, barrier)) for seed in range(writers)]
        for process in children:
            process.start()
        for process in children:
            process.join()
        assert [process.exitcode for process in children] == [0] * writers
        settled(log)
        driver.kill()
        driver.join()
        taken = [stored.event.source_id for stored in log.read(kinds=[events.CustomerWrote])]
        assert sorted(taken) == sorted(f"w{n}" for n in range(number))
        only_one_decided(log)
        each_is_followed_by_its_decisions(log)
        assert log.verify().ok


@pytest.mark.parametrize("is_checked", [True, False])
def test_a_driver_that_slept_stores_nothing(log_url: str, *, is_checked: bool) -> None:
    """A driver that was stopped while another took over ends when it wakes up.

    Without the check of its epoch, the control, it decides beside the other, and is seen to.
    """
    with open_log(log_url) as log:
        prepare(log)
        sleeper, sleepers = started(log_url, is_checked=is_checked)
        assert told(sleepers) == 1
        settled(log)
        stopped(sleeper, log)
        other, others = started(log_url)
        try:
            assert told(others) == 2
            submit(log, wrote(0), received_at=SystemClock().now())
            settled(log)
            stopped(other, log)  # so that what is brought next is the sleeper's, if it takes it
            for number in range(1, 4):
                submit(log, wrote(number), received_at=SystemClock().now())
            os.kill(sleeper.pid or 0, signal.SIGCONT)
            if is_checked:
                assert told(sleepers) == "another driver has taken over"
                os.kill(other.pid or 0, signal.SIGCONT)
                settled(log)
                only_one_decided(log)
                assert log.lease().epoch == 2
            else:
                settled(log)
                with pytest.raises(AssertionError, match="two decided"):
                    only_one_decided(log)
        finally:
            for process in (sleeper, other):
                process.kill()
                process.join()


def test_killed_at_every_step(log_path: str) -> None:
    """Killed before or after the n-th change, for n = 0, 1, 2 ... until none is left: all there, or all waiting."""
    context = processes()
    n, died = 0, 0
    while True:
        url = f"sqlite:///{log_path}.{n}"
        _ours, theirs = context.Pipe(duplex=False)
        with open_log(url) as log:
            prepare(log)
            for number in range(2):
                submit(log, wrote(number), received_at=SystemClock().now())
            process = context.Process(target=die_at, args=(url, theirs, n))
            process.start()
            theirs.close()
            process.join()
            died += process.exitcode == -signal.SIGKILL
            waiting = {one.source_id for one in log.inbox()}
            there = {row.event.source_id for row in log.read() if row.event.source == "t"}
            assert not waiting & there, "decided and waiting"
            assert len(waiting | there) == 7, "lost"
            each_is_followed_by_its_decisions(log)
            finish(log)
            assert log.inbox() == []
            assert log.verify().ok
            taken = [stored.event.source_id for stored in log.read(kinds=[events.CustomerWrote])]
            assert taken == ["w0", "w1"]
        if process.exitcode == 0:
            break
        n += 1
    assert died == n > 15


def finish(log: EventLog) -> None:
    """Let another driver, for which the lease of the killed one is over, finish what that left."""
    holding = take_lease(log, "next", clock=ManualClock(SystemClock().now() + LEASE_MS))
    assert holding is not None
    serving = Serving(log, STANDARD, holding)
    while log.inbox():
        serving.tick()
    holding.end()
