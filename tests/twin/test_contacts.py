"""What is known of customers, read by columns, against the desk that is told of them one after the other."""

from __future__ import annotations

import json
import random
from typing import Any, Final

import numpy as np
import polars as pl

from deskkit.desk import columns as k
from deskkit.desk.desk import Desk
from deskkit.desk.events import CustomerSet
from deskkit.desk.policy import Policy
from deskkit.sim.compiled.contacts import known_of
from deskkit.sim.scenario import Arrivals, Law, Scenario, Stream
from deskkit.sim.workload import Workload, sample
from tests.twin.policies import drawn_policy

HOUR: Final = 3_600_000
FIELDS: Final[dict[str, tuple[Any, ...]]] = {
    "last_order": (0, 5, -7, 1_750_000_000_000, 10**15, 10**17, 2.5, "yesterday"),
    "orders": (0, 3, 10**16, "many"), "spend": (0.5, 900), "membership": ("gold", "GOLD ", '"last_order": 3,'),
    "city": (5, 7),
}  # fmt: skip


def policy() -> Policy:
    """Return a policy whose rules ask for membership and for fields of its own."""
    for number in range(100):
        found = Policy.parse(drawn_policy(random.Random(f"policy {number}")))
        if len(Desk(found).lowered.fields) > 1:
            return found
    raise AssertionError


def told(dice: random.Random) -> str:
    """Draw fields as JSON, as Python or as others write it, and once in a while one key twice."""
    names = [name for name in FIELDS if dice.random() < 0.6]
    dice.shuffle(names)
    text = json.dumps({name: dice.choice(FIELDS[name]) for name in names}, separators=dice.choice(((", ", ": "), None)))
    if "last_order" in names and dice.random() < 0.2:
        return text[:-1] + ', "last_order": 11}'
    return text


def customers(texts: list[str], names: list[str]) -> Workload:
    """Return customers of these names who are told of in these texts."""
    arrivals = Arrivals(instants=tuple(range(len(texts))))
    stream = Stream(name="s", arrivals=arrivals, turns=Law("constant", 1.0))
    found = sample(Scenario(name="known", end_ms=HOUR, streams=(stream,), agents=()), seed=1)
    rows = found.conversations.with_columns(
        fields=pl.Series(texts, dtype=pl.String), customer=pl.Series(names, dtype=pl.String)
    )
    return Workload(rows, found.turns, key=found.key, begin=0, end=HOUR, midnight=0)


def folded(desk: Desk, workload: Workload) -> list[list[int] | None]:
    """Return what a desk knows of each customer once told; None where nothing is told."""
    found: list[list[int] | None] = []
    for name, at, text in workload.conversations.select("customer", "at", "fields").iter_rows():
        if not (fields := json.loads(text)):
            found.append(None)
            continue
        desk.step(CustomerSet(at=at, source="test", source_id=str(len(found)), customer=name, fields=fields))
        one = desk.state.customer[desk.customers.find(name)]
        found.append([one[k.ORDERS], one[k.SPEND], one[k.LAST_ORDER], *one[k.OWN0 : k.OWN0 + k.OWN_MAX]])
    return found


def read(workload: Workload) -> list[list[int] | None]:
    """Return the same, read by columns."""
    desk = Desk(policy())
    known = known_of(desk, workload.conversations, 0)
    rows: list[list[int]] = known.fields.tolist()
    return [None if row < 0 else rows[row] for row in known.field_of.tolist()]


def test_what_is_told_of_customers_is_read_as_the_desk_folds_it() -> None:
    """Of 400 conversations of 90 customers; and a single other number would be noticed."""
    dice = random.Random(11)
    texts = [told(dice) for _ in range(400)]
    names = [f"customer {dice.randrange(90)}" for _ in texts]
    workload = customers(texts, names)
    right = folded(Desk(policy()), workload)
    assert read(workload) == right
    last = max(row for row, found in enumerate(right) if found is not None)
    other = json.loads(texts[last]) | {"orders": 77}
    assert read(customers([*texts[:last], json.dumps(other), *texts[last + 1 :]], names)) != right


def test_customers_get_the_numbers_in_which_they_come_and_nobody_gets_none() -> None:
    """Without a name there is no customer, and no history to share."""
    desk = Desk(policy())
    known = known_of(desk, customers(["{}"] * 5, ["b", "", "a", "b", ""]).conversations, 0)
    assert known.customer_of.tolist() == [0, -1, 1, 0, -1]
    assert [*desk.customers] == ["b", "a"]


def test_no_customers_are_no_rows() -> None:
    """A day on which nobody comes."""
    known = known_of(Desk(policy()), customers([], []).conversations, 0)
    assert [len(table) for table in known] == [0] * 7
    assert known.fields.dtype == np.int64
