"""Processes that stand ready: the newest wish comes first, a dropped one is never told, the numbers are the same."""

from __future__ import annotations

import errno
import multiprocessing
import os
import queue
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim import member as members
from deskkit.sim.crew import Crew, Told
from deskkit.sim.experiment import replicate
from deskkit.sim.member import Job, Left, Member
from deskkit.sim.outcomes import judged
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario
from tests.patience import PATIENCE_S, wait_until
from tests.sim.test_processes import is_alive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STANDARD = Policy.load("data/policies/standard.toml")
SMALL = load_scenario("data/scenarios/small.toml")
WANTED = ("reply_time", "missed", "loud_per_agent_hour", "to_view_high")


def job(n: int, name: str = "now", policy: Policy = STANDARD) -> Job:
    """Return a replication of a small desk."""
    return Job(name, n, SMALL, policy, 7)


@pytest.fixture
def crew() -> Iterator[Crew]:
    """Return two processes that stand ready."""
    made = Crew(2)
    yield made
    made.close()


def killed(crew: Crew) -> tuple[int, ...]:
    """Kill every process that has begun, and return their numbers once they are gone."""
    gone = crew.processes
    for one in gone:
        os.kill(one, signal.SIGKILL)
    wait_until(lambda: not any(map(is_alive, gone)))
    return gone


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_member_lives_through_the_same(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the compiled engine, without numba with the other one, and with customers that were drawn before."""
    if engine == "simpy":
        monkeypatch.setattr(members, "find_spec", lambda _name: None)
    one = Member(lambda: False)
    known = replicate(SMALL, STANDARD, replications=2, seed=7).found[STANDARD.name]
    for _ in range(2):
        assert [one.live(job(n))._replace(log="") for n in range(2)] == [each._replace(log="") for each in known]


def test_what_nobody_waits_for_is_left_out() -> None:
    """Of a run only some measures: those are the same as among all, and fewer."""
    run = simulate(SMALL, STANDARD, seed=7)
    every, samples = judged(run)
    some, single = judged(run, WANTED)
    assert {name: every[name] for name in some} == some
    assert {name: samples[name] for name in single} == single
    assert set(WANTED) <= some.keys() | single.keys()
    assert len(some) < len(every)


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_replication_is_left_in_its_midst(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked the second time whether it is wanted still, one is not; with the slow engine that is within the run."""
    if engine == "simpy":
        monkeypatch.setattr(members, "find_spec", lambda _name: None)
    asked = 0

    def is_left() -> bool:
        nonlocal asked
        asked += 1
        return asked == 2

    with pytest.raises(Left):
        Member(is_left).live(job(0))
    assert asked == 2


def test_what_was_asked_last_comes_first(crew: Crew) -> None:
    """Everything of both comes, each to who asked for it; what was overtaken comes after what overtook it."""
    told: queue.SimpleQueue[Told] = queue.SimpleQueue()
    first = crew.ask([job(n) for n in range(12)], told.put)
    begun = told.get(timeout=PATIENCE_S)
    second = crew.ask([job(n, "changed") for n in range(4)], told.put)
    found = [begun, *(told.get(timeout=PATIENCE_S) for _ in range(15))]
    assert sorted((one.wish, one.n) for one in found) == sorted(
        [(first, n) for n in range(12)] + [(second, n) for n in range(4)]
    )
    last = max(n for n, one in enumerate(found) if one.wish == second)
    assert sum(one.wish == first for one in found[last:]) >= 4


def test_what_is_dropped_is_not_told(crew: Crew) -> None:
    """After it was dropped nothing of a wish arrives; the next one does."""
    dropped: list[Told] = []
    told: queue.SimpleQueue[Told] = queue.SimpleQueue()
    wish = crew.ask([job(n) for n in range(500)], dropped.append)
    wait_until(lambda: dropped)  # the control: it would arrive
    crew.drop(wish)
    many = len(dropped)
    crew.ask([job(0)], told.put)
    assert told.get(timeout=PATIENCE_S).n == 0
    assert len(dropped) == many


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_process_that_is_gone_is_said_and_replaced(crew: Crew) -> None:
    """In words, to who asked; the next job finds another process."""
    told: queue.SimpleQueue[Told] = queue.SimpleQueue()
    crew.ask([job(n) for n in range(2)], told.put)
    for _ in range(2):
        assert not isinstance(told.get(timeout=PATIENCE_S).found, Exception)
    gone = killed(crew)
    crew.ask([job(n) for n in range(6)], told.put)
    found = [told.get(timeout=PATIENCE_S).found for _ in range(6)]
    errors = [one for one in found if isinstance(one, ScenarioError)]
    assert 1 <= len(errors) <= 2
    assert all("ended before its work" in str(one) for one in errors)
    assert set(crew.processes) != set(gone)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_process_that_cannot_begin_is_said(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has no room for another process: whoever asked hears it, and later another begins."""
    told: queue.Queue[Told] = queue.Queue()
    wait_until(lambda: len(crew.processes) > 1)
    with monkeypatch.context() as patched:
        patched.setattr(type(multiprocessing.get_context("spawn").Process()), "start", _without_room)
        gone = killed(crew)
        crew.ask([job(n) for n in range(6)], told.put)
        found = [told.get(timeout=PATIENCE_S).found for _ in range(6)]
        assert all(isinstance(one, ScenarioError) for one in found)
        unbegun = [str(one) for one in found if "No further process can begin" in str(one)]
        assert len(unbegun) >= len(found) - len(gone)
        assert all("Cannot allocate memory" in one for one in unbegun)
    crew.ask([job(n) for n in range(4)], told.put)
    later = [told.get(timeout=PATIENCE_S).found for _ in range(4)]
    assert sum(isinstance(one, Exception) for one in later) < len(gone)  # one may not have tried until now


def _without_room(_process: object) -> None:
    raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))


def test_a_script_without_its_guard_ends_in_words(tmp_path: Path) -> None:
    """Each process reads the script anew: it would begin others, and all would wait for one another."""
    script = tmp_path / "tried.py"
    script.write_text(UNGUARDED, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE_S, check=False
    )
    assert "No further process can begin" in ended.stderr
    assert "A process ended before its work did" in ended.stdout


UNGUARDED = """import queue
from deskkit.desk.policy import Policy
from deskkit.sim.crew import Crew
from deskkit.sim.member import Job
from deskkit.sim.scenariofile import load_scenario
crew, told = Crew(1), queue.Queue()
scenario, policy = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
crew.ask([Job("now", 0, scenario, policy, 7)], told.put)
print(told.get().found)
crew.close()
"""
