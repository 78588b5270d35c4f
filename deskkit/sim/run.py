"""A run: a scenario lived through once under a policy, and what can be read off it."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.clock import instant
from deskkit.desk import coding
from deskkit.desk.desk import Desk
from deskkit.log import open_log
from deskkit.log.spans import spans
from deskkit.sim.engine import Engine
from deskkit.sim.workload import sample
from deskkit.sim.world import World

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.log.spans import Spans
    from deskkit.sim.engine import Pick
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["PARTS", "Run", "begin_of", "simulate"]

STEPS: Final = pl.Schema({
    "conversation": pl.String(), "turn": pl.Int32(), "agent": pl.String(), "asked": pl.Int64(), "assigned": pl.Int64(),
    "noticed": pl.Int64(), "turned": pl.Int64(), "viewed": pl.Int64(), "replied": pl.Int64(), "astray": pl.Boolean(),
})  # fmt: skip
PARTS: Final = {
    "part_queue": ("asked", "given"), "part_notice": ("given", "noticed"), "part_attention": ("noticed", "turned"),
    "part_switch": ("turned", "viewed"), "part_handle": ("viewed", "replied"),
}  # fmt: skip
"""What the time of a reply is made of: from which instant of a step to which, in their order."""


class Run:
    """A run: its log, and what can be read off it.

    Attributes
    ----------
    events : list of Event
    steps : DataFrame, one row per reply
        `conversation`, `turn`, `agent`, and the instants (ms) `asked`, `assigned`, `noticed`, `turned` (to the tab),
        `viewed`, `replied`; `astray`: it was written twice or interrupted. Derived from these: `given` (when who
        answered had both message and conversation), and each of `PARTS`, in ms.
    scenario, policy, workload, seed, replication
    roster : dict of str to Agent
        Who was there, by name.
    truncated : bool
        Whether somebody was still waiting when the run was cut off.
    """

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self.events = engine.events
        self.steps = _parted(pl.DataFrame(engine.steps, schema=STEPS, orient="row"))
        self.scenario: Scenario = engine.world.scenario
        self.workload: Workload = engine.world.workload
        self.policy = policy
        self.seed, self.replication = self.workload.key.seed, self.workload.key.replication
        self.truncated = engine.truncated
        self.roster = {person.name: person.about for person in engine.world.people}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical rows: what "the same log" means."""
        found = hashlib.sha256()
        for event in self.events:
            found.update(coding.encode(event))
            found.update(b"\n")
        return found.hexdigest()

    @cached_property
    def log(self) -> EventLog:
        """The ordinary event log, in memory."""
        log = open_log("memory:")
        if self.events:
            log.append(self.events, received_at=self.events[-1].at)
        return log

    @cached_property
    def spans(self) -> Spans:
        """The spans that every measure reads."""
        return spans(self.log, policy=self.policy)

    def __repr__(self) -> str:
        return f"Run({self.scenario.name!r}, {self.policy.name!r}, {len(self.events):,} events)"


def _parted(steps: pl.DataFrame) -> pl.DataFrame:
    """Add what the time of each reply is made of."""
    given = steps.with_columns(given=pl.max_horizontal("asked", "assigned"))
    return given.with_columns(
        (pl.col(until) - pl.col(since)).clip(0).alias(name) for name, (since, until) in PARTS.items()
    )


def simulate(
    scenario: Scenario,
    policy: Policy,
    *,
    seed: int = 0,
    replication: int = 0,
    workload: Workload | None = None,
    pick: Pick | None = None,
    engine: type[Engine] = Engine,
) -> Run:
    """Live through a scenario under a policy, once.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
        The very file of the live desk.
    seed, replication : int
        Which customers come, and what happens to them; the same for every policy.
    workload : Workload, optional
        Instead of a sampled one, for example of a real log.
    pick : callable, optional
        ``pick(agent, unread, now)`` returns one of `unread`: the tab an agent turns to.
    engine : type
        A class derived from `Engine`, with processes of its own.

    Returns
    -------
    Run

    Raises
    ------
    DeskkitError
        `pick` takes other arguments, or returned none of `unread`.
    ScenarioError
        Scenario and policy do not fit.
    """
    if workload is None:
        workload = sample(scenario, seed=seed, replication=replication, begin=begin_of(scenario, policy))
    desk = Desk(policy)
    made = engine(World(scenario, workload, policy, pick=pick), desk.step, desk.next_deadline)
    made.run()
    return Run(made, policy)


def begin_of(scenario: Scenario, policy: Policy) -> int:
    """Return midnight of the scenario's first day in the policy's zone, milliseconds; 0 without a day."""
    return instant(f"{scenario.day}T00:00:00", zone=policy.schema.zone) if scenario.day else 0
