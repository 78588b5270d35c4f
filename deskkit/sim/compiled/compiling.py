"""The model compiled by numba exactly as it stands: nothing of it is written twice."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numba
from numba.extending import register_jitable

from deskkit.desk import (
    assign, choosing, core, decisions, facts, hands, heap, judge, notices, peak, people, queues, rules, turn,
)  # fmt: skip
from deskkit.desk.columns import State, Tables
from deskkit.sim import luck
from deskkit.sim.compiled import agents, customers, living, seeing, tabs, telling, waking
from deskkit.sim.compiled.columns import Life
from deskkit.sim.compiled.pointers import at

DESK = (rules, heap, queues, core, hands, people, facts, decisions, judge, choosing, assign, peak, notices, turn)
WORLD = (luck, tabs, waking, seeing, telling, customers, agents, living)
njit: Any = numba.njit

for _module in (*DESK, *WORLD):
    for _function in list(vars(_module).values()):
        if isinstance(_function, FunctionType) and _function.__module__ == _module.__name__:
            register_jitable(_nrt=False)(_function)


def made(*, guarded: bool = False) -> Any:
    life_at, state_at, tables_at = (at(kind, guarded=guarded) for kind in (Life, State, Tables))

    @njit("int64(int64, int64, int64)", _nrt=False, nogil=True)
    def run(life: Any, state: Any, tables: Any) -> Any:
        living.live(life_at(life), state_at(state), tables_at(tables))
        return 0

    return run
