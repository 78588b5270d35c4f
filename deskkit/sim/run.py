"""A run: a scenario lived through once under a policy, and what can be read off it."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.arguments import POLICY, SCENARIO, WHOLE, WORKLOAD, Kind, expect
from deskkit.clock import instant
from deskkit.desk import coding
from deskkit.desk.desk import Desk
from deskkit.errors import ScenarioError
from deskkit.log import open_log
from deskkit.log.spans import spans
from deskkit.sim.engine import Engine
from deskkit.sim.workload import sample
from deskkit.sim.world import World

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.log.spans import Spans
    from deskkit.sim.draws import Key
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


ENGINE: Final = Kind(
    "a class derived from deskkit.sim.engine.Engine", "Engine",
    lambda value: isinstance(value, type) and issubclass(value, Engine),
)  # fmt: skip


class Run:
    """A run: its log, and what can be read off it.

    Attributes
    ----------
    events : list of Event
    steps : DataFrame, one row per reply
        `conversation`, `turn`, `agent`, and the instants (ms) `asked`, `assigned`, `noticed`, `turned` (to the tab),
        `viewed`, `replied`; `astray`: it was written twice or interrupted. Derived from these: `given` (when who
        answered had both message and conversation), and each of `PARTS`, in ms.
    scenario, policy, workload
    seed, replication : int
        Of its luck, and unless the workload was given of its customers.
    roster : dict of str to Agent
        Who was there, by name.
    truncated : bool
        Whether somebody was still waiting when the run was cut off, though agents were there.
    left_over : int
        Contacts that had not ended when the run did: cut off, or with no agent left to end them.
    """

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self.events = engine.events
        self.steps = _parted(pl.DataFrame(engine.steps, schema=STEPS, orient="row"))
        self.scenario: Scenario = engine.world.scenario
        self.workload: Workload = engine.world.workload
        self.policy = policy
        self.seed, self.replication = self.workload.key.seed, self.workload.key.replication
        self.truncated, self.left_over = engine.truncated, engine.left_over
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
    seed: int | None = None,
    replication: int | None = None,
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
    seed, replication : int, optional
        Which customers come, and what happens to them; the same for every policy. By default 0, and of a given
        workload its own.
    workload : Workload, optional
        Instead of a sampled one, for example ``workload_from(log)``: then these customers come, whatever the seed, and
        seed and replication say what is not in its rows: how soon agents notice, which notices they miss, how long
        they take to switch, what goes astray. The scenario's agents, attention and costs hold; its streams bring
        nobody.
    pick : callable, optional
        ``pick(agent, unread, now)`` returns one of `unread`: the tab an agent turns to.
    engine : type
        A class derived from `Engine`, with processes of its own.

    Returns
    -------
    Run

    Raises
    ------
    ArgumentError
        One of them is something else.
    DeskkitError
        `pick` takes other arguments, or returned none of `unread`.
    ScenarioError
        Scenario and policy do not fit.

    Examples
    --------
    Yesterday under another policy, with other luck each time:

    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> from deskkit.sim.trace import workload_from
    >>> small, policy = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
    >>> yesterday = workload_from(simulate(small, policy, seed=7).log, policy=policy)
    >>> runs = [simulate(small, policy, workload=yesterday, seed=seed) for seed in (1, 2)]
    >>> len({run.workload.digest for run in runs}), len({run.digest for run in runs}), [run.seed for run in runs]
    (1, 2, [1, 2])
    """
    expect(SCENARIO, "simulate", scenario=scenario)
    expect(POLICY, "simulate", policy=policy)
    expect(ENGINE, "simulate", engine=engine)
    numbers = {"seed": seed, "replication": replication}
    expect(WHOLE, "simulate", **{name: value for name, value in numbers.items() if value is not None})
    if (replication or 0) < 0:
        raise ScenarioError(
            "This is no replication.", place="replication", value=replication, expected="0 or more",
            example="replication=0",
        )  # fmt: skip
    if workload is None:
        begin = begin_of(scenario, policy)
        workload = sample(scenario, seed=int(seed or 0), replication=int(replication or 0), begin=begin)
    else:
        expect(WORKLOAD, "simulate", workload=workload)
        workload = workload.with_luck(_luck(workload.key, seed, replication))
    desk = Desk(policy)
    made = engine(World(scenario, workload, policy, pick=pick), desk.step, desk.next_deadline)
    made.run()
    return Run(made, policy)


def _luck(own: Key, seed: int | None, replication: int | None) -> Key:
    """Return the luck that is asked for; what is not said is the workload's own, of another seed the first."""
    if seed is None:
        return own if replication is None else own._replace(replication=int(replication))
    return own._replace(seed=int(seed), replication=int(replication or 0))


def begin_of(scenario: Scenario, policy: Policy) -> int:
    """Return midnight of the scenario's first day in the policy's zone, milliseconds; 0 without a day."""
    return instant(f"{scenario.day}T00:00:00", zone=policy.schema.zone) if scenario.day else 0
