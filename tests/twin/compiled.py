"""The desk's model compiled, one pass at a time, over a state of lists made arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from deskkit.desk import columns as k
from deskkit.sim.compiled import compiling
from deskkit.sim.compiled.pointers import Pinned, pinned
from deskkit.sim.compiled.shapes import arrays_of, row, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["arrays", "next_instant", "pinned", "step", "tables"]

tables = arrays_of


def step(s: Pinned, p: Pinned, f: NDArray[np.int64]) -> int:
    """Run one pass of the model on arrays."""
    return compiling.step()(s.address, p.address, f.ctypes.data)


def next_instant(s: Pinned, p: Pinned) -> int:
    """Return the next instant of the model on arrays."""
    return compiling.next_instant()(s.address, p.address)


def arrays(s: k.State, *, decisions: int = 4096) -> k.State:
    """Return a state of lists as arrays with room for the decisions of one pass."""
    flat = {"desk", "active_lane", "dirty"}
    width = {
        "conversation": k.CONVERSATION_WIDTH, "customer": k.CUSTOMER_WIDTH, "agent": k.AGENT_WIDTH, "group": 1,
        "lane": k.LANE_WIDTH, "pool": k.POOL_WIDTH,
        "reason": len(s.reason[0]) if s.reason else 0, "rang": len(s.rang[0]) if s.rang else 0,
    }  # fmt: skip
    made: dict[str, Any] = {
        name: row(rows) if name in flat else table(rows, width[name])
        for name, rows in s._asdict().items()
        if name != "decision"
    }
    return k.State(**made, decision=np.zeros((decisions, k.DECISION_WIDTH), dtype=np.int64))
