"""The compiled engine against SimPy on drawn days under drawn policies: the same log to the last event.

Most have times in coarse ticks, so that much happens at once and only the one order decides (`corpus`). In every run
of CI there are a thousand short days; `pytest -m full -s tests/twin/test_drawn_days.py` goes through 1,000 and 10,000
longer ones and prints in how many each rule and feature acted.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.policy import Policy
from deskkit.sim.compiled import compiling, engine
from deskkit.sim.run import simulate
from tests.sim.days import busy_day
from tests.twin.comparing import both, first_difference, unlike
from tests.twin.corpus import LONG, SHORT, TICKS, drawn_case
from tests.twin.coverage import FEATURES, acted, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

POLICIES = tuple(Policy.load(f"data/policies/{name}.toml") for name in ("standard", "peak"))
IN_CI = 1_000
SPANS_OF = 40  # each so many


def go_through(numbers: Iterable[int], minutes: Sequence[int]) -> Counter[str]:
    """Compare the engines on drawn cases; return in how many of them each feature acted."""
    counts: Counter[str] = Counter()
    for number in numbers:
        case = drawn_case(number, minutes)
        slow, fast = both(case)
        assert not first_difference(slow, fast), f"case {number}: {first_difference(slow, fast)}"
        if number % SPANS_OF == 0:
            assert unlike(slow.spans, fast.spans) == [], f"case {number}"
        counts.update(acted(case, slow))
        counts[f"tick of {case.tick:,} ms"] += 1
    return counts


def test_the_engines_write_the_same_log() -> None:
    """A thousand short days under 250 policies; every rule and feature acts in one of them at least."""
    counts = go_through(range(IN_CI), SHORT)
    print(table(counts, IN_CI))  # noqa: T201 - what was gone through
    assert all(counts[f"tick of {tick:,} ms"] > IN_CI / 10 for tick in TICKS)
    assert [name for name in FEATURES if not counts[name]] == []


@pytest.mark.full
@pytest.mark.parametrize("numbers", [range(1_000, 2_000), range(10_000, 20_000)], ids=["1,000", "10,000"])
def test_the_engines_write_the_same_logs(numbers: range) -> None:
    """Many more; each feature acts in at least one in a thousand."""
    counts = go_through(numbers, LONG)
    print(table(counts, len(numbers)))  # noqa: T201 - what was gone through
    assert [name for name in FEATURES if counts[name] < len(numbers) / 1_000] == []


@cache
def unguarded() -> list[str]:
    """Return the digests of some runs without any check of an index."""
    return [simulate(busy_day(), policy, seed=8, engine="compiled").digest for policy in POLICIES]


@pytest.mark.full
def test_no_index_is_out_of_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every index checked, 300 drawn days and two busy ones run as without."""
    expected = unguarded()
    monkeypatch.setattr(engine, "live", compiling.watchful)
    assert [simulate(busy_day(), policy, seed=8, engine="compiled").digest for policy in POLICIES] == expected
    for number in range(300):
        case = drawn_case(number)
        assert first_difference(*both(case)) == "", number
