"""A demo that is too slow for its speed, or was stopped: its clock waits for it, and what people do does not suffer."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from deskkit.clock import FastClock, PacedClock
from deskkit.desk import events as e
from deskkit.live.lease import take_lease
from deskkit.live.serve import Serving, Ways
from deskkit.log import open_log
from deskkit.sim.living import Living
from deskkit.sim.workload import sample
from tests.live.desks import STANDARD
from tests.sim.days import HOUR, busy_day

if TYPE_CHECKING:
    from deskkit.log import EventLog

SPEED = 1_000
BEGIN = round(9.5 * HOUR)


class Life:
    """How much time passes in life: as much as a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ns = 0
        module = SimpleNamespace(monotonic_ns=lambda: self.ns, time_ns=time.time_ns)
        monkeypatch.setattr("deskkit.clock.time", module)

    def passes(self, ms: float) -> None:
        """Let so much pass."""
        self.ns += round(ms * 1_000_000)


def paced(speed: float = SPEED) -> PacedClock:
    """Return a clock as the demo has it."""
    return PacedClock(BEGIN, speed=speed, step_ms=1_000, most_ms=round(2_000 * speed))


def replies(life: Life, clock: FastClock) -> tuple[EventLog, float, Serving]:
    """Live through 20 minutes at the desk, 0.2 s of life each time around; return the mean time to a reply, s."""
    log = open_log("memory:")
    holding = take_lease(log, "demo")
    assert holding is not None
    living = Living(busy_day(), sample(busy_day(), seed=3, begin=0), STANDARD)
    serving = Serving(log, STANDARD, holding, ways=Ways(feeds=[living], senders=living.senders), clock=clock)
    while clock.now() < BEGIN + 20 * 60_000:
        serving.tick()
        life.passes(200)
    holding.end()
    asked: dict[str, int] = {}
    took = []
    for stored in log.read(kinds=[e.CustomerWrote, e.AgentWrote]):
        event = stored.event
        if isinstance(event, e.CustomerWrote):
            asked.setdefault(event.conversation, event.at)
        elif isinstance(event, e.AgentWrote) and event.conversation in asked:
            took.append(event.at - asked.pop(event.conversation))
    return log, float(np.mean(took)) / 1_000 if took else np.inf, serving


def test_a_desk_too_slow_for_its_speed_lives_as_one_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replies take what they take at a speed it keeps up with; by a clock that does not wait they take far longer."""
    life = Life(monkeypatch)
    monkeypatch.setattr("deskkit.live.serve.AGAIN_MS", 0)  # told each time
    _, slow, _ = replies(life, FastClock(BEGIN, speed=4))  # 0.8 s at the desk each time around
    log, found, serving = replies(life, paced())
    _, hurried, _ = replies(life, FastClock(BEGIN, speed=SPEED))
    assert found == pytest.approx(slow, rel=0.2)
    assert hurried > 2 * slow
    left_out = serving.driver.clock.left_out_ms  # type: ignore[attr-defined]
    assert left_out > 20 * 60_000
    now = serving.driver.clock.now()
    assert now - 2_000 < log.lease().desk_at <= now  # who looks at the log goes by the clock that waited


def test_what_is_late_is_made_up_for_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds of life, at ten times speed, step by step; an hour of standing still is not lived in one go."""
    life, clock = Life(monkeypatch), paced(10)
    life.passes(3_000)  # to begin takes a while
    assert not clock.go_on()
    assert (clock.now(), clock.left_out_ms) == (BEGIN, 0)
    life.passes(1_500)
    found = []
    while clock.is_behind:
        found.append(clock.now())
        clock.go_on()
    assert np.diff(found).tolist() == [1_000] * (len(found) - 1)
    assert (clock.now(), clock.left_out_ms) == (BEGIN + 15_000, 0)
    life.passes(3_600_000)
    assert clock.go_on()
    assert clock.now() <= BEGIN + 17_000
    assert clock.left_out_ms == pytest.approx(36_000_000 - 20_000, abs=2_000)
