"""The closed formulas refuse what has no answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from deskkit.errors import FormulaError
from deskkit.sim import queueing as q
from deskkit.sim.queueing.chains import steady

if TYPE_CHECKING:
    from collections.abc import Callable

SENSELESS: list[Callable[[], object]] = [
    lambda: q.erlang_c(10.0, 10),
    lambda: q.erlang_b(-1.0, 10),
    lambda: q.erlang_b(1.0, -1),
    lambda: q.erlang_b(1.0, 1.5),  # type: ignore[arg-type]
    lambda: q.erlang_c(0.5, True),  # noqa: FBT003
    lambda: q.mmc(1.0, handle=1.0),
    lambda: q.mmc(math.nan, handle=1.0),
    lambda: q.mmc(0.5, handle=1.0).within(-1.0),
    lambda: q.mmck(1.0, handle=1.0, agents=3, room=2),
    lambda: q.erlang_a(1.0, handle=1.0, agents=1, patience=0.0),
    lambda: q.erlang_a(1.0, handle=1.0, agents=1, patience=math.inf),
    lambda: q.mg1(0.5, handle=1.0, cv=-0.1),
    lambda: q.priority([]),
    lambda: q.priority([q.Flow(0.5, 1.0), q.Flow(0.5, 1.0)]),
    lambda: q.accumulating([q.Flow(0.5, 1.0)], [1.0, 2.0]),
    lambda: q.accumulating([q.Flow(0.5, 1.0)], [0.0]),
    lambda: q.noticed_late(0.5, handle=1.0, notice=0.0),
    lambda: q.tabs(0, handle=1.0, think=1.0),
    lambda: q.tabs(1, handle=1.0, think=0.0),
    lambda: q.tabs_switching(2, handle=1.0, think=1.0, switch=-1.0),
    lambda: q.vip_tabs(0, 0, handle=1.0, think=1.0),
    lambda: q.open_desk(0.02, turns=4, handle=20.0, think=60.0),
    lambda: q.open_desk(0.02, turns=0.5, handle=20.0, think=60.0),
    lambda: q.desk_with_queue(1 / 100, turns=5, handle=20.0, think=60.0, cap=3),
    lambda: q.desk_with_queue(2.0, turns=1, handle=1.0, think=1.0, cap=3),
    lambda: q.overflow(1.0, 1.0, handle=1.0, specialists=0, generalists=1),
    lambda: q.day_from_empty(1.0, handle=1.0, agents=1, length=0.0, within=1.0),
    lambda: q.swinging_load(5.0, 10.0, period=24.0, handle=1.0),
    lambda: q.busy_counts(10.0, 0.0),
    lambda: q.cluster_size(1.0),
    lambda: steady(0, lambda n: [(n + 1, 1.0), (0, 1.0)]),
    lambda: steady(0, lambda n: [(1, 1.0)] if n == 0 else []),
]


@pytest.mark.parametrize("asked", SENSELESS, ids=range(len(SENSELESS)))
def test_what_means_nothing_is_refused(asked: Callable[[], object]) -> None:
    """Endless queues, negative times, fractions of agents: refused, with what would be right."""
    with pytest.raises(FormulaError, match=r"Hint|Expected|Got"):
        asked()
