"""How long a look is held while New chat looks for known customers, from 2,000 to 200,000 of them.

    python -m tests.bench.bench_finding

Each is held against the longest that a callback may hold the kernel; the index is read before.
"""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import Final

from deskkit.desk import events
from deskkit.desk.desk import Desk
from deskkit.desk.finding import Index
from deskkit.desk.policy import Policy
from deskkit.views.desk.whom import AT_ONCE, SHOWN
from deskkit.views.desk.working import Work

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


def longest(index: Index, query: str) -> tuple[float, int]:
    """Return how long the longest look is held, in seconds, the median of some; and how many looks it takes."""
    took, looks = [], 0
    for _ in range(TIMES):
        work = Work[object](lambda _name, _found: None)
        work.begin("whom", index.called(query, limit=SHOWN))
        held = []
        while work:
            begun = time.perf_counter()
            work.go_on(AT_ONCE)
            held.append(time.perf_counter() - begun)
        took.append(max(held))
        looks = len(held)
    return median(took), looks


def main() -> None:
    """Print a line for each size and query."""
    for customers in (2_000, 20_000, 200_000):
        index = Index(known(customers))
        index.meet_all()
        for what, query in QUERIES.items():
            held, looks = longest(index, query)
            told = f"{1000 * held:6.1f} ms of {HOLDS:g} s ({held / HOLDS:4.0%}), {looks} looks"
            print(f"{customers:>7,} customers, {what:<12} {told}")


if __name__ == "__main__":
    main()
