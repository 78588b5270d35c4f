"""A run of the compiled engine: prepared, lived through with room enough, and read when asked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk import columns as k
from deskkit.errors import ScenarioError
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled.compiling import live
from deskkit.sim.compiled.families import Families
from deskkit.sim.compiled.pointers import pinned
from deskkit.sim.compiled.reading import Reader
from deskkit.sim.compiled.refusing import check
from deskkit.sim.compiled.rows import Room, prepare
from deskkit.sim.compiled.shapes import arrays_of
from deskkit.sim.said import does_not_get_on

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from deskkit.desk.events import Event
    from deskkit.desk.policy import Policy
    from deskkit.sim.compiled.rows import Prepared
    from deskkit.sim.people import Person
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["Lived", "World", "first_room", "larger", "lived"]

_MOST: Final = 1 << 27  # rows of one table; beyond is no run but a mistake
_GROWS: Final = 4
_ROOMS: Final = {
    w.ROOM_LOG: "log", w.ROOM_STEPS: "steps", w.ROOM_CONVERSATIONS: "conversations", w.ROOM_TOUCHES: "touches",
    w.ROOM_ALERTS: "alerts", w.ROOM_DECISIONS: "decisions",
}  # fmt: skip


class World(NamedTuple):
    """What a run was about, as of `deskkit.sim.engine.Engine.world`."""

    scenario: Scenario
    workload: Workload
    people: list[Person]


class Lived:
    """A run that was lived through.

    Attributes
    ----------
    world : World
    truncated : bool
        Whether somebody was still waiting when the run was cut off, though agents were there.
    left_over : int
        Contacts that had not ended when the run did.
    """

    def __init__(self, made: Prepared, scenario: Scenario, workload: Workload, stored: Workload) -> None:
        self.made = made
        self.world = World(scenario, workload, made.people)
        self.truncated = bool(made.life.clock[w.TRUNCATED])
        self.left_over = int(made.life.clock[w.LEFT_OVER])
        self._stored = stored

    @cached_property
    def events(self) -> list[Event]:
        """The log."""
        return list(self._reader.events())

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self.made.opening) + int(self.made.life.clock[w.LOGGED])

    @cached_property
    def steps(self) -> pl.DataFrame:
        """How each reply came about."""
        return self._reader.steps()

    @property
    def gave_up(self) -> pl.Series:
        """The conversations whose customers ran out of patience."""
        return self._reader.gave_up()

    @cached_property
    def families(self) -> Families:
        """What the spans are derived from, without a log."""
        return Families(self._reader)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.made, self._stored)


def lived(
    scenario: Scenario, workload: Workload, policy: Policy, *, pick: Callable[..., object] | None = None
) -> Lived:
    """Live through a workload under a policy.

    Raises
    ------
    NotCompilable
        What is asked for cannot be run here.
    ScenarioError
        The run does not get on from some instant, or would need more room than any machine has.
    """
    given, scenario = scenario, check(scenario, workload, policy, pick)
    run = live()
    stored, room = workload, first_room(workload)
    while True:
        made = prepare(scenario, stored, policy, room)
        tables = arrays_of(made.tables)
        held = [pinned(one) for one in (made.life, made.state, tables)]
        clock = made.life.clock
        try:
            run(*(one.address for one in held))
        except IndexError:
            if made.state.desk[k.DECIDED] < room.decisions:
                raise
            clock[w.FULL] = w.ROOM_DECISIONS  # a pass made more than there was room for
        if clock[w.FULL] == 0:
            return Lived(made, given, workload, stored)
        if clock[w.FULL] == w.STUCK:
            raise does_not_get_on(int(clock[w.FULL_AT]))
        if clock[w.FULL] == w.ROOM_TURNS:
            stored = stored.stored_to(_GROWS * int(stored.conversations["stored"][int(clock[w.FULL_AT])]))
            room = first_room(stored)
        else:
            room = larger(room, _ROOMS[int(clock[w.FULL])])


def first_room(workload: Workload) -> Room:
    """Return for how much there is room at first; what is never touched costs nothing."""
    conversations, turns = workload.conversations.height, workload.turns.height
    return Room(
        log=16 * turns + 32 * conversations + 16_384, steps=2 * turns + 1_024,
        conversations=conversations + conversations // 4 + 64, touches=6 * conversations + 256,
        alerts=8 * turns + 4_096, decisions=8_192,
    )  # fmt: skip


def larger(room: Room, name: str) -> Room:
    """Return a room with more of what there was too little of."""
    more = _GROWS * getattr(room, name)
    if more > _MOST:
        raise ScenarioError(
            "This run is too long for the compiled engine.", place="simulate", value=f"{more:,} rows of {name}",
            expected=f"at most {_MOST:,}", example='engine="simpy"',
        )  # fmt: skip
    return room._replace(**{name: more})
