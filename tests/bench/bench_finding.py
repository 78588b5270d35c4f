"""How long New chat takes to offer known customers, from 2,000 to 200,000 of them.

    python -m tests.bench.bench_finding

Each is held against the longest that a callback may hold the kernel; the index is read before.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from deskkit.desk import events
from deskkit.desk.desk import Desk
from deskkit.desk.finding import Index
from deskkit.desk.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

POLICY: Final = Path(__file__).parents[2] / "data" / "policies" / "standard.toml"
START: Final = 1_781_748_000_000
HOLDS: Final = 0.1  # seconds
TIMES: Final = 7
FIELDS: Final[dict[str, str | int | float]] = {f"f{i}": "anything" for i in range(10)}
QUERIES: Final = {
    "held by all": "客户",
    "in every id": "13",
    "in a field": "an",
    "by one": "客户1977",
    "by none": "张伟",
}


def known(customers: int) -> Desk:
    """Return a desk that knows so many customers, each with a name, a number and ten fields."""
    desk = Desk(Policy.load(POLICY))
    for n in range(customers):
        fact = events.CustomerSet(
            at=START,
            source="b",
            source_id=f"{n}",
            customer=f"13{n:09}",
            name=f"客户{n}",
            fields=FIELDS,
        )
        desk.step(fact)
    return desk


def timed(call: Callable[[], object]) -> float:
    """Return the median of some calls, in seconds."""
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        call()
        took.append(time.perf_counter() - begun)
    return median(took)


def main() -> None:
    """Print a line for each size and query."""
    for customers in (2_000, 20_000, 200_000):
        index = Index(known(customers))
        index.meet_all()
        for what, query in QUERIES.items():
            took = timed(partial(index.called, query, limit=6))
            print(f"{customers:>7,} customers, {what:<12} {1000 * took:8.2f} ms, {took / HOLDS:6.1%} of {HOLDS:g} s")


if __name__ == "__main__":
    main()
