"""The model compiled by numba exactly as it stands: nothing of it is written twice.

Every function of the desk's model and of the world's is registered as it is; `live` is the same `living.live` over
tables that lie in arrays. Compiling takes a quarter of a minute or so; what comes of it is kept for the next process
(`deskkit.sim.compiled.keeping`).
"""

from __future__ import annotations

import sys
import threading
from functools import cache, partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import numba
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
)
from deskkit.desk import columns as desk_columns
from deskkit.desk.columns import State, Tables
from deskkit.sim import luck
from deskkit.sim.compiled import (
    agents,
    columns,
    customers,
    keeping,
    linking,
    living,
    pointers,
    seeing,
    tabs,
    telling,
    waking,
)
from deskkit.sim.compiled.columns import Life

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DESK", "WORLD", "live", "next_instant", "step", "watchful"]

DESK: Final = (rules, heap, queues, core, hands, people, facts, decisions, judge, choosing, assign, peak, notices, turn)
WORLD: Final = (luck, tabs, waking, seeing, telling, customers, agents, living)
_njit: Any = numba.njit  # typed as anything: the private option below is not in numba's stubs
_OPTIONS: Final = {"_nrt": False, "nogil": True}  # nothing is allocated in there, so nothing is counted
_SAID: Final = "Compiling the simulator, once for this version: half a minute or so ...\n"

for _module in (*DESK, *WORLD):
    for _function in list(vars(_module).values()):
        if isinstance(_function, FunctionType) and _function.__module__ == _module.__name__:
            register_jitable(_nrt=False)(_function)


def _compiled(function: Callable[..., Any], *, kept: bool) -> Any:
    """Compile a function of addresses to machine code, or take what was kept of it."""
    signature = f"int64({', '.join(['int64'] * function.__code__.co_argcount)})"
    sources = (*DESK, *WORLD, desk_columns, columns, pointers, linking, sys.modules[__name__])
    place = keeping.place(sources) if kept else None
    is_kept = place is not None and keeping.holds(place, function.__qualname__)
    if not is_kept:
        sys.stderr.write(_SAID)
        sys.stderr.flush()
    with keeping.kept_in(place), linking.once(function.__qualname__):
        made = _njit(signature, cache=place is not None, **_OPTIONS)(function)
    if place is not None and not is_kept:
        keeping.seal(place)
    return made


_life_at, _state_at, _tables_at = pointers.at(Life), pointers.at(State), pointers.at(Tables)
LIVE, STEP, NEXT_INSTANT = range(3)


def _enter(door: Any, one: Any, two: Any, three: Any) -> Any:
    """Go in by one of three doors: one program, so that it is compiled and kept once."""
    if door == LIVE:
        living.live(_life_at(one), _state_at(two), _tables_at(three))
        return 0
    if door == STEP:
        return turn.step(_state_at(one), _tables_at(two), pointers.row_at(three))
    return turn.next_instant(_state_at(one), _tables_at(two))


_ONE_COMPILES: Final = threading.Lock()  # a worker of a cluster may have several threads


def _program(*, kept: bool = True) -> Callable[[int, int, int, int], int]:
    with _ONE_COMPILES:
        return _made(kept=kept)


@cache
def _made(*, kept: bool) -> Callable[[int, int, int, int], int]:
    found: Callable[[int, int, int, int], int] = _compiled(_enter, kept=kept)
    return found


@cache
def live(*, kept: bool = True) -> Callable[[int, int, int], int]:
    """Return what lives through a run, given the addresses of its world, its desk and its policy's tables.

    Parameters
    ----------
    kept : bool
        Whether machine code is kept for, and taken from, other processes.
    """
    return partial(_program(kept=kept), LIVE)


@cache
def watchful() -> Callable[[int, int, int], int]:
    """Return the same with every index checked: IndexError where one is out of bounds. A test needs it."""
    life_at, state_at, tables_at = (pointers.at(kind, guarded=True) for kind in (Life, State, Tables))

    def live_watchfully(life: Any, state: Any, tables: Any) -> Any:
        living.live(life_at(life), state_at(state), tables_at(tables))
        return 0

    found: Callable[[int, int, int], int] = _compiled(live_watchfully, kept=False)
    return found


def step() -> Callable[[int, int, int], int]:
    """Return one pass of the model, given the addresses of a desk, a policy's tables, and a fact."""
    return partial(_program(), STEP)


def next_instant() -> Callable[[int, int], int]:
    """Return what says when the model is due next, given the addresses of a desk and a policy's tables."""
    return lambda state, tables: _program()(NEXT_INSTANT, state, tables, 0)
