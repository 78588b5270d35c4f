"""A run: a scenario lived through once under a policy, and what can be read off it."""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from deskkit.arguments import POLICY, SCENARIO, WHOLE, WORKLOAD, Kind, expect
from deskkit.clock import instant
from deskkit.desk import coding
from deskkit.desk import events as e
from deskkit.desk.desk import Desk
from deskkit.errors import DeskkitError, ScenarioError
from deskkit.log import open_log
from deskkit.log.spans import spans, spans_of
from deskkit.sim.draws import check_luck
from deskkit.sim.engine import Engine
from deskkit.sim.parts import parted
from deskkit.sim.said import ASTRAY
from deskkit.sim.scenariofile.made import check_made
from deskkit.sim.workload import sample
from deskkit.sim.world import World

if TYPE_CHECKING:
    from deskkit.desk.events import Event
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.log.spans import Spans
    from deskkit.sim.compiled.engine import Lived
    from deskkit.sim.draws import Key
    from deskkit.sim.engine import Pick
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["ENGINE", "ENGINES", "EngineName", "Run", "begin_of", "clock_of", "make_ready", "simulate"]

EngineName = Literal["simpy", "compiled"]
ENGINES: Final[tuple[EngineName, ...]] = ("simpy", "compiled")

STEPS: Final = pl.Schema({
    "conversation": pl.String(), "turn": pl.Int32(), "agent": pl.String(), "asked": pl.Int64(), "assigned": pl.Int64(),
    "noticed": pl.Int64(), "turned": pl.Int64(), "viewed": pl.Int64(), "replied": pl.Int64(), "astray": pl.Boolean(),
})  # fmt: skip

ENGINE: Final = Kind(
    "a known engine: simpy, compiled, or a class derived from deskkit.sim.engine.Engine", '"compiled"',
    lambda value: value in ENGINES or (isinstance(value, type) and issubclass(value, Engine)),
)  # fmt: skip


class Run:
    """A run: its log, and what can be read off it.

    Attributes
    ----------
    events : list of Event
    steps : DataFrame, one row per reply
        `conversation`, `turn`, `agent`, and the instants (ms) `asked`, `assigned`, `noticed`, `turned` (to the tab),
        `viewed`, `replied`; `astray`: it was written twice or interrupted. Derived from these: `given` (when who
        answered had both message and conversation), and what its time is made of (`deskkit.sim.parts`).
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

    def __init__(self, made: Engine | Lived, policy: Policy) -> None:
        self._made = made
        steps = made.steps
        if isinstance(steps, list):
            steps = pl.DataFrame(steps, schema=STEPS, orient="row")
        self.steps = parted(steps.select(STEPS.names()))
        self.scenario: Scenario = made.world.scenario
        self.workload: Workload = made.world.workload
        self.policy = policy
        self.seed, self.replication = self.workload.key.seed, self.workload.key.replication
        self.truncated, self.left_over = made.truncated, made.left_over
        self.roster = {person.name: person.about for person in made.world.people}
        self.engine = "simpy" if isinstance(made, Engine) else "compiled"

    @property
    def events(self) -> list[Event]:
        """The log as events; of the compiled engine it is written when it is asked for."""
        return self._made.events

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
        """The spans that every measure reads; of the compiled engine without a log."""
        if isinstance(self._made, Engine):
            return spans(self.log, policy=self.policy)
        return spans_of(self._made.families.events())

    @cached_property
    def levels(self) -> pl.DataFrame:
        """The levels said of conversations, in their order: `conversation`, `at` (ms), `level`."""
        if not isinstance(self._made, Engine):
            return self._made.families.levels()
        said = [
            (event.conversation, event.at, event.level)
            for event in self.events
            if isinstance(event, e.Prioritised | e.PrioritySet) and event.level >= 0
        ]
        names = {"conversation": pl.String, "at": pl.Int64, "level": pl.Int64}
        return pl.DataFrame(said, schema=names, orient="row")

    @cached_property
    def gave_up(self) -> pl.Series:
        """The conversations whose customers ran out of patience, told or not, whatever the log says of their end."""
        if not isinstance(self._made, Engine):
            return self._made.gave_up
        names = [one.name for one in self._made.world.conversations if one.gave_up]
        return pl.Series(names, dtype=pl.String)

    @cached_property
    def astray(self) -> pl.Series:
        """When replies went to a wrong window, ms."""
        if not isinstance(self._made, Engine):
            return self._made.families.astray()
        wrote = (event for event in self.events if isinstance(event, e.AgentWrote))
        return pl.Series([event.at for event in wrote if event.message.endswith(ASTRAY)], dtype=pl.Int64)

    @cached_property
    def rings(self) -> pl.DataFrame:
        """The notices that went out: `at` (ms) and `ring`, its number in the policy."""
        if not isinstance(self._made, Engine):
            return self._made.families.rings()
        sent = [(event.at, event.because[3]) for event in self.events if isinstance(event, e.Notified)]
        return pl.DataFrame(sent, schema={"at": pl.Int64, "ring": pl.Int64}, orient="row")

    @property
    def count(self) -> int:
        """How many events there are."""
        return self._made.count

    def __repr__(self) -> str:
        return f"Run({self.scenario.name!r}, {self.policy.name!r}, {self.count:,} events)"


def simulate(
    scenario: Scenario,
    policy: Policy,
    *,
    seed: int | None = None,
    replication: int | None = None,
    workload: Workload | None = None,
    pick: Pick | None = None,
    engine: type[Engine] | EngineName = "simpy",
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
    engine : {"simpy", "compiled"} or type
        ``compiled`` writes the same log a hundred times as fast, needs numba, and once half a minute to compile. A
        class derived from `Engine` brings processes of its own.

    Returns
    -------
    Run

    Raises
    ------
    ArgumentError
        One of them is something else.
    DeskkitError
        `pick` takes other arguments, or returned none of `unread`.
    NotCompilable
        The compiled engine was asked for and cannot run this; the message says why.
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
    check_made(scenario, is_given=workload is not None)
    expect(POLICY, "simulate", policy=policy)
    expect(ENGINE, "simulate", engine=engine)
    numbers = {"seed": seed, "replication": replication}
    expect(WHOLE, "simulate", **{name: value for name, value in numbers.items() if value is not None})
    check_luck(**numbers)
    if workload is None:
        begin, zone = clock_of(scenario, policy)
        workload = sample(scenario, seed=int(seed or 0), replication=int(replication or 0), begin=begin, zone=zone)
    else:
        expect(WORKLOAD, "simulate", workload=workload)
        _check_streams(scenario, workload)
        workload = workload.with_luck(_luck(workload.key, seed, replication))
    if engine == "compiled":
        return Run(_compiled(scenario, workload, policy, pick), policy)
    desk = Desk(policy)
    kind = engine if isinstance(engine, type) else Engine
    made = kind(World(scenario, workload, policy, pick=pick), desk.step, desk.next_deadline)
    made.run()
    return Run(made, policy)


def make_ready(engine: type[Engine] | EngineName) -> None:
    """Have an engine ready before several processes want it: the compiled one is compiled once and kept for them.

    Raises
    ------
    DeskkitError
        It is not installed.
    """
    if engine != "compiled":
        return
    if find_spec("numba") is None:
        raise DeskkitError(
            "The compiled engine is not installed.", place="engine", value="compiled", expected="numba",
            example="pip install 'deskkit[fast]', or engine=\"simpy\"",
        )  # fmt: skip
    from deskkit.sim.compiled.compiling import live  # noqa: PLC0415 - numba takes a second to load

    live()


def _compiled(scenario: Scenario, workload: Workload, policy: Policy, pick: Pick | None) -> Lived:
    """Live through it with the compiled engine, if it is installed."""
    make_ready("compiled")
    from deskkit.sim.compiled.engine import lived  # noqa: PLC0415 - numba takes a second to load

    return lived(scenario, workload, policy, pick=pick)


def _check_streams(scenario: Scenario, workload: Workload) -> None:
    """Refuse customers of a stream that the scenario does not have."""
    most = workload.conversations["stream"].max()
    if isinstance(most, int) and most >= len(scenario.streams):
        raise ScenarioError(
            "The scenario has no such stream.", place="workload.conversations.stream", value=most,
            expected=f"0 to {len(scenario.streams) - 1}", example="the scenario that these customers were drawn from",
        )  # fmt: skip


def _luck(own: Key, seed: int | None, replication: int | None) -> Key:
    """Return the luck that is asked for; what is not said is the workload's own, of another seed the first."""
    if seed is None:
        return own if replication is None else own._replace(replication=int(replication))
    return own._replace(seed=int(seed), replication=int(replication or 0))


def clock_of(scenario: Scenario, policy: Policy) -> tuple[int, str]:
    """Return `begin_of`, and the zone on whose clock the scenario's hours are; without a day there is none."""
    return begin_of(scenario, policy), policy.schema.zone if scenario.day else ""


def begin_of(scenario: Scenario, policy: Policy) -> int:
    """Return midnight of the scenario's first day in the policy's zone, milliseconds; 0 without a day."""
    return instant(f"{scenario.day}T00:00:00", zone=policy.schema.zone) if scenario.day else 0
