"""The model compiled by numba exactly as it stands: nothing of it is written twice.

Every function of the modules below is registered as it is; `step` is the same `turn.step` over int64 arrays.
Nothing is allocated in there, so reference counting is off (`_nrt`): half the code, half the time to compile.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba.extending import register_jitable

from deskkit.desk import (
    assign,
    choosing,
    core,
    decisions,
    facts,
    hands,
    heap,
    judge,
    notices,
    peak,
    people,
    queues,
    rules,
    turn,
)  # fmt: skip
from deskkit.desk import columns as k

MODULES = (rules, heap, queues, core, hands, people, facts, decisions, judge, choosing, assign, peak, notices, turn)
njit: Any = numba.njit  # typed as anything: the private option below is not in numba's stubs

for _module in MODULES:
    for _function in vars(_module).values():
        if isinstance(_function, FunctionType) and _function.__module__ == _module.__name__:
            register_jitable(_nrt=False)(_function)


@njit(cache=False, _nrt=False)
def step(s: Any, p: Any, f: Any) -> Any:
    """Run one pass of the model on arrays."""
    return turn.step(s, p, f)


@njit(cache=False, _nrt=False)
def next_instant(s: Any, p: Any) -> Any:
    """Return the next instant of the model on arrays."""
    return turn.next_instant(s, p)


def table(rows: Any, width: int) -> np.ndarray[Any, Any]:
    """Return rows as a two-dimensional int64 array, also where there are none."""
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)


def tables(p: k.Tables) -> k.Tables:
    """Return a policy's tables as arrays."""
    one = {"number", "send"}
    width = {
        "group": 5, "term": 6, "tag_rule": 5, "level_rule": 5, "route": 4, "overflow": 4, "loan": 3, "tidy_rule": 3,
        "target": k.LEVELS, "credit": 3, "ladder": k.LADDER_WIDTH, "rung": k.RUNG_WIDTH, "alarm": 3, "calendar": 2,
    }  # fmt: skip
    return k.Tables(
        **{
            name: np.array(rows, dtype=np.int64) if name in one else table(rows, width[name])
            for name, rows in p._asdict().items()
        }
    )


def arrays(s: k.State, *, decisions: int = 4096) -> k.State:
    """Return a state of lists as arrays with room for the decisions of one pass."""
    flat = {"desk", "active_lane", "dirty"}
    width = {
        "conversation": k.CONVERSATION_WIDTH, "customer": k.CUSTOMER_WIDTH, "agent": k.AGENT_WIDTH, "group": 1,
        "lane": k.LANE_WIDTH, "pool": k.POOL_WIDTH,
        "reason": len(s.reason[0]) if s.reason else 0, "rang": len(s.rang[0]) if s.rang else 0,
    }  # fmt: skip
    made: dict[str, Any] = {}
    for name, rows in s._asdict().items():
        if name == "decision":
            made[name] = np.zeros((decisions, k.DECISION_WIDTH), dtype=np.int64)
        elif name in flat:
            made[name] = np.array(rows, dtype=np.int64)
        else:
            made[name] = table(rows, width[name])
    return k.State(**made)
