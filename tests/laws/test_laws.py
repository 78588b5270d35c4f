"""The laws of the desk, searched by hypothesis, and the proof that the search would notice a broken rule."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from deskkit.desk import columns as k
from deskkit.desk import core, decisions, facts, heap, judge, queues, rules
from deskkit.desk.policy import Policy
from tests.laws.world import ACTS, World

if TYPE_CHECKING:
    from collections.abc import Callable

STANDARD = Policy.load("data/policies/standard.toml")
POLICIES = {
    "standard": STANDARD,
    "peak": Policy.load("data/policies/peak.toml"),
    "quiet": Policy.load("data/policies/quiet.toml"),
    "round robin": STANDARD.edit({"routing.strategy": "round_robin", "routing.returning": False}),
    "best skill": STANDARD.edit({"routing.strategy": "best_skill", "routing.language": "required"}),
    "longest idle": STANDARD.edit({"routing.strategy": "longest_idle", "offline.redistribute": False}),
    "no queue": STANDARD.edit({f"groups.{name}.queue_limit": 0 for name in ("presales", "aftersales", "technical")}),
}
NUMBERS = st.integers(0, 10**6)


class DeskMachine(RuleBasedStateMachine):
    """Any sequence of facts, from any hand, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(STANDARD)

    @rule(code=st.integers(0, len(ACTS) - 1), x=NUMBERS, y=NUMBERS, z=NUMBERS)
    def act(self, code: int, x: int, y: int, z: int) -> None:
        """Let something happen."""
        self.world.act(code, x, y, z)

    @rule()
    def fold(self) -> None:
        """Fold the log and compare."""
        self.world.check_fold()

    @invariant()
    def laws(self) -> None:
        """Every law holds."""
        self.world.check()

    def teardown(self) -> None:
        """At the end the fold of the log is the live state."""
        self.world.check_fold()


TestDesk = DeskMachine.TestCase
TestDesk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def draw_act(draw: random.Random) -> tuple[int, int, int, int]:
    """Draw what happens next."""
    return draw.randrange(len(ACTS)), draw.randrange(10**6), draw.randrange(10**6), draw.randrange(10**6)


def run(policy: Any, seed: int, steps: int, *, acts: bool = True, agents: int = 0) -> World:
    """Drive a world by a seed; check every law after every act."""
    draw = random.Random(seed)
    world = World(policy, acts=acts, agents=agents or 2 + seed % 2 * 4)
    for n in range(steps):
        world.act(*draw_act(draw))
        world.check()
        if n % 25 == 24:
            world.check_fold()
    return world


@pytest.mark.parametrize("name", POLICIES)
def test_laws_hold_under_every_policy(name: str) -> None:
    """Thirty random days of 80 acts each keep every law, whatever the policy."""
    for seed in range(30):
        run(POLICIES[name], seed, 80)


@pytest.mark.full
@pytest.mark.parametrize("name", POLICIES)
def test_laws_hold_for_long(name: str) -> None:
    """A thousand random days of 150 acts each keep every law."""
    for seed in range(1000, 2000):
        run(POLICIES[name], seed, 150)


def test_laws_hold_where_the_desk_only_watches() -> None:
    """A watching desk decides tags and levels and advises, but never changes an owner."""
    kinds = set()
    for seed in range(30):
        world = run(STANDARD, seed, 80, acts=False)
        kinds |= {type(event).__name__ for event in world.log}
    assert {"Tagged", "Prioritised", "Queued", "Advised"} <= kinds
    assert not kinds & {"Assigned", "Returned", "Overflowed", "TurnedAway", "PeakChanged", "Lent", "Revived"}


def test_the_search_reaches_every_decision() -> None:
    """The random days contain every kind of decision at least once: the laws are not kept by doing nothing."""
    kinds = set()
    for name in ("standard", "no queue"):
        for seed in range(60):
            draw = random.Random(seed)
            world = World(POLICIES[name])
            for _ in range(80):
                world.act(
                    draw.randrange(len(ACTS)),
                    draw.randrange(10**6),
                    draw.randrange(10**6),
                    draw.randrange(10**6),
                )
            kinds |= {type(event).__name__ for event in world.log}
    missing = {
        "Tagged", "Prioritised", "Queued", "Assigned", "Returned", "Overflowed", "TurnedAway", "Woken", "Revived",
        "Renewed", "PeakChanged", "Lent", "Notified", "NoticeHeld", "DigestSent", "Tidied", "Refused",
    } - kinds  # fmt: skip
    assert not missing


def always(answer: Any) -> Callable[..., Any]:
    """Return a function that always answers the same."""
    return lambda *_: answer


def ignoring_guard(waited: int, level: int, target: int, w: int, lv: int, t: int, guard: int) -> int:
    """Serve by level alone, however long somebody waited."""
    return SOONER(waited, level, target, w, lv, t, 1 << 60)


SOONER = rules.sooner
MUTANTS = {
    "everything fits": (rules, "fits", always(1)),
    "nothing fits": (rules, "fits", always(0)),
    "everybody serves": (rules, "serves", always(1)),
    "no overdue": (rules, "sooner", ignoring_guard),
    "all heads equal": (rules, "sooner", always(0)),
    "no reserve": (
        rules,
        "fits",
        lambda load, units, limit, _reserve, _level: 1 if load + units <= limit else 0,
    ),
    "most loaded first": (
        rules,
        "agent_key",
        lambda _s, tier, load, _a, given, _i: tier * (1 << 60) - load * (1 << 36) + given,
    ),
    "a level without reason": (
        queues,
        "set_level",
        lambda s, _p, c, level: s.conversation[c].__setitem__(k.LEVEL, level),
    ),
    "pauses forgotten": (facts, "pause", always(-1)),
    "rungs forgotten": (decisions, "done_upto", always(None)),
    "heap upside down": (
        heap,
        "before",
        lambda rows, at, a, b: 1 if (rows[a][at], a) > (rows[b][at], b) else 0,
    ),
    "lanes never left": (queues, "dequeue", always(None)),
    "load never counted": (core, "add_load", always(None)),
    "no hold": (
        rules,
        "phase",
        lambda holds, was, _now, _hold: 2 if (holds == 1) == (was == 1) else (1 if holds else -1),
    ),
    "hand tags lost": (
        judge,
        "tag_exclusive",
        lambda s, _p, c, _f: s.conversation[c].__setitem__(slice(k.HAND0, k.HAND0 + 3), [0, 0, 0]),
    ),
}


def search(days: int) -> None:
    """Drive so many random days, under a short guard and no rule that raises who waits: the guard has to."""
    policy = STANDARD.edit({"queue.guard": "3 min"}).remove("priority.rule[9]").remove("priority.rule[8]")
    for seed in range(days):
        run(policy, seed, 100, agents=2 + seed % 2)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_rule_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each mutant of a rule or transition breaks a law within 120 random days: the search can fail."""
    module, function, mutant = MUTANTS[name]
    monkeypatch.setattr(module, function, mutant)
    with pytest.raises((AssertionError, IndexError, RecursionError, KeyError)):
        search(120)
