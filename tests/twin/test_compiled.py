"""One source, two speeds: the model on lists and the very same functions compiled on int64 arrays."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from deskkit.desk import columns as k
from deskkit.desk import state as states
from deskkit.desk import turn
from deskkit.desk.lower import lower
from deskkit.desk.names import Names
from deskkit.desk.policy import Policy
from tests.twin import compiled

START = 1_781_740_000_000
AGENTS, CUSTOMERS, CONVERSATIONS = 6, 9, 40
STANDARD = Policy.load("data/policies/standard.toml")
POLICIES = (
    STANDARD,
    Policy.load("data/policies/peak.toml"),
    STANDARD.edit({"routing.strategy": "best_skill", "routing.language": "required"}),
    STANDARD.edit({"routing.strategy": "longest_idle", "groups.presales.queue_limit": 1}),
    STANDARD.edit({"routing.strategy": "round_robin", "offline.redistribute": False}),
)


def prepared(policy: Any) -> tuple[k.State, k.Tables]:
    """Return a state with empty rows for everybody, and the tables of a policy."""
    names = Names()
    tables = lower(policy.schema, names, start=START).tables
    names.skills.number("technical")
    state = states.empty()
    for c in range(CONVERSATIONS):
        states.add_conversation(state, reasons=len(tables.level_rule))
        state.lane[c]  # arrays do not grow
    for _ in range(CUSTOMERS):
        states.add_customer(state)
    for _ in range(AGENTS):
        states.add_agent(state, notices=max(1, policy.schema.notify.per_minute))
    for _ in names.groups:
        states.add_group(state)
    return state, tables


def facts_of(seed: int, length: int) -> list[list[int]]:
    """Return a random sequence of facts as rows: every kind, in any order, at growing instants."""
    draw = random.Random(seed)
    rows = []
    at = START
    for a in range(AGENTS):
        row = [
            k.F_AGENT,
            at,
            -1,
            a,
            1 << a % 5 | 1 << (a + 2) % 5,
            a % 2,
            1 + a % 3,
            -1 if a % 3 else 3000,
            int(a == 5),
        ]
        rows += [row, [k.F_PRESENCE, at, -1, a, k.ONLINE]]
    opened = 0
    for _ in range(length):
        at += draw.choice((0, 1, 900, 5_000, 31_000, 95_000, 400_000, 1_900_000))
        if opened < 3 or (draw.random() < 0.25 and opened < CONVERSATIONS):
            group = draw.choice((-1, -1, -1, 0, 3))
            rows.append([k.F_OPENED, at, opened, -1, draw.randrange(CUSTOMERS), group, draw.choice((-1, 0, 1)), 0])
            rows.append([k.F_CUSTOMER_WROTE, at, opened, -1, draw.randrange(1 << 9), draw.randrange(60), -1])
            opened += 1
            continue
        c, a = draw.randrange(max(0, opened - 9), opened), draw.randrange(AGENTS)
        kind = draw.choice(
            (
                *(k.F_CUSTOMER_WROTE,) * 3, k.F_AGENT_WROTE, k.F_AGENT_WROTE, k.F_VIEWED, *(k.F_DEADLINE,) * 3,
                k.F_LEFT, k.F_RESOLVED, k.F_REOPENED, k.F_SNOOZED, k.F_ARCHIVED, k.F_UNARCHIVED, k.F_TAG, k.F_PRIORITY,
                k.F_OWNER, k.F_GROUP, k.F_HELPER, k.F_RATED, k.F_PRESENCE, k.F_PEAK, k.F_CUSTOMER,
                k.F_PAUSE,
            )
        )  # fmt: skip
        numbers = {
            k.F_CUSTOMER_WROTE: [
                draw.randrange(1 << 9),
                draw.randrange(60),
                draw.choice((-1, 0, 1)),
                draw.randrange(2),
            ],
            k.F_AGENT_WROTE: [int(draw.random() < 0.2)],
            k.F_SNOOZED: [at + draw.randrange(1, 900_000)],
            k.F_TAG: [draw.randrange(3), 1 << draw.randrange(4), draw.randrange(2)],
            k.F_PRIORITY: [draw.randrange(-1, 4)],
            k.F_GROUP: [draw.randrange(5)],
            k.F_HELPER: [draw.randrange(2)],
            k.F_RATED: [draw.randrange(-1, 2)],
            k.F_PRESENCE: [draw.choice((0, 1, 2, 2, 2))],
            k.F_PEAK: [draw.randrange(2)],
            k.F_PAUSE: [draw.randrange(k.TOPICS), draw.randrange(k.LEVELS), draw.choice((0, at + 3_600_000))],
            k.F_CUSTOMER: [draw.randrange(CUSTOMERS)],
        }.get(kind, [])
        if kind == k.F_OWNER and draw.random() < 0.3:
            a = -1
        rows.append([kind, at, c, a, *numbers])
    return [row + [0] * (k.FACT_WIDTH - len(row)) for row in rows]


def run_both(policy: Any, seed: int, length: int) -> int:
    """Run lists and arrays through the same facts; compare decisions after each and the state at the end."""
    lists, tables = prepared(policy)
    arrays, packed = compiled.arrays(lists), compiled.tables(tables)
    held, kept = compiled.pinned(arrays), compiled.pinned(packed)
    made = 0
    for n, row in enumerate(facts_of(seed, length)):
        fact = np.array(row, dtype=np.int64)
        plain = turn.step(lists, tables, row)
        assert compiled.step(held, kept, fact) == plain, (seed, n)
        count = lists.desk[k.DECIDED]
        assert arrays.desk[k.DECIDED] == count, (seed, n)
        assert arrays.decision[:count].tolist() == list(lists.decision[:count]), (seed, n)
        assert compiled.next_instant(held, kept) == turn.next_instant(lists, tables), (seed, n)
        made += count
    for name, rows in lists._asdict().items():
        if name != "decision":
            assert getattr(arrays, name).tolist() == rows, (seed, name)
    return made


@pytest.mark.parametrize("part", range(5))
def test_lists_and_arrays_agree(part: int) -> None:
    """Over 200 random sequences per policy (1,000 in all), states and decisions are the same to the last integer."""
    made = sum(run_both(POLICIES[part], 1000 * part + seed, 60) for seed in range(200))
    assert made > 10_000


def test_a_difference_would_be_noticed() -> None:
    """The comparison sees one changed integer of one table: it can fail."""
    policy = POLICIES[0]
    lists, tables = prepared(policy)
    arrays, packed = compiled.arrays(lists), compiled.tables(tables)
    packed.number[k.P_WEIGHT_AGENT] += 1
    held, kept = compiled.pinned(arrays), compiled.pinned(packed)
    differs = False
    for row in facts_of(7, 60):
        turn.step(lists, tables, row)
        compiled.step(held, kept, np.array(row, dtype=np.int64))
        differs = differs or arrays.agent.tolist() != lists.agent
    assert differs
