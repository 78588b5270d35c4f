"""The world and the desk of a run as tables of integers: names, texts and laws go in, and numbers come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from deskkit.desk import columns as k
from deskkit.desk import state as states
from deskkit.desk.checks import PRESENCE
from deskkit.desk.desk import Desk
from deskkit.sim import luck, said
from deskkit.sim.cast import introductions, roster
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled.contacts import contacts_of, known_of, turns_of
from deskkit.sim.compiled.shapes import row, table
from deskkit.sim.people import people_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from deskkit.desk.events import Event
    from deskkit.desk.policy import Policy
    from deskkit.sim.people import Person
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

    Ints = NDArray[np.int64]

__all__ = ["Prepared", "Room", "prepare"]

PATIENT_MS: Final = 12 * 3_600_000  # how long after the last arrival a run goes on at most


class Prepared(NamedTuple):
    """A run that can be lived through: its tables, and what leads back to names.

    Attributes
    ----------
    life : Life
    state : State
    tables : Tables
    desk : Desk
        Who gave the numbers; it knows nobody's conversations yet.
    people : list of Person
    languages : list of str
        By the number that a message's language has in `life.turn`.
    opening : list of Event
        What was said and decided before anybody came.
    """

    life: w.Life
    state: k.State
    tables: k.Tables
    desk: Desk
    people: list[Person]
    languages: list[str]
    opening: list[Event]


class Room(NamedTuple):
    """For how much a run has room; too little is noticed, and asked for again."""

    log: int
    steps: int
    conversations: int
    touches: int
    alerts: int
    decisions: int


def prepare(scenario: Scenario, workload: Workload, policy: Policy, room: Room) -> Prepared:
    """Write a run as tables of integers."""
    people = people_of(scenario)
    desk = Desk(policy)
    opening: list[Event] = []
    for fact in introductions(policy, people, workload.begin):
        opening += (fact, *desk.step(fact))
    rows = workload.conversations
    known = known_of(desk, rows, workload.begin)
    languages, turns = turns_of(desk, workload)
    contact = contacts_of(desk, workload, known, languages)
    count, many = rows.height, len(people)
    traits = luck.traits(scenario.attention)
    life = w.Life(
        trait=row(traits.trait), real=np.array(traits.real), law=table(traits.law, 4096),
        channel=table(traits.channel, 1), missed=table(traits.missed, traits.trait[luck.T_ALERTS]),
        clock=_clock(scenario, workload, desk, many), contact=contact, turn=turns,
        person=_people(people), speed=np.array([one.about.speed for one in people], dtype=np.float64),
        impatience=np.array([one.impatience for one in scenario.streams] or [0.0], dtype=np.float64),
        shift=np.zeros((0, 2), dtype=np.int64), field=known.fields, past=known.past, tag=known.tags,
        ring=_rings(policy, scenario),
        timer=_timer(count + 2 * many + 2), urgent=np.zeros(count + 3 * many + 2, dtype=np.int64),
        touch=np.zeros((room.touches, 3), dtype=np.int64), alert=np.zeros((room.alerts, 2), dtype=np.int64),
        language=row([desk.names.languages.find(name) for name in languages]),
        whose=np.zeros(room.conversations, dtype=np.int64), fact=np.zeros(k.FACT_WIDTH, dtype=np.int64),
        log=np.zeros((room.log, w.LOG_WIDTH), dtype=np.int64),
        step=np.zeros((room.steps, w.STEP_WIDTH), dtype=np.int64),
    )  # fmt: skip
    life = life._replace(shift=_shifts(scenario, workload, people, life.person))
    return Prepared(life, _state(desk, room), desk.tables, desk, people, list(languages), opening)


# ---------------------------------------------------------------- agents


def _people(people: Sequence[Person]) -> Ints:
    """Return the row of each agent."""
    found = np.zeros((len(people), w.PERSON_WIDTH), dtype=np.int64)
    for column in (
        w.FOCUS, w.BEFORE, w.FIRST_TO, w.TAB_FIRST, w.REMIND_FIRST, w.REMIND_LAST, w.ALERT_FIRST, w.ALERT_LAST, w.ONE,
        w.ASTRAY,
    ):  # fmt: skip
        found[:, column] = -1
    teams: dict[str, int] = {}
    for one in people:
        found[one.index, w.TEAMS] = sum(1 << teams.setdefault(name, len(teams)) for name in set(one.about.groups))
    return found


def _shifts(scenario: Scenario, workload: Workload, people: Sequence[Person], person: Ints) -> Ints:
    """Return when agents come and go, one after the other, and write down which rows are whose."""
    rows: list[list[int]] = []
    for one in people:
        person[one.index, w.SHIFT] = len(rows)
        rows += [[at, PRESENCE.index(presence)] for at, presence in roster(scenario, workload, one)]
        person[one.index, w.SHIFT_END] = len(rows)
    return table(rows, 2)


def _rings(policy: Policy, scenario: Scenario) -> Ints:
    """Return through which channels each ring reaches an agent, and whether it interrupts a reply in the making."""
    numbers = {name: i for i, name in enumerate(scenario.attention.channels)}
    found = np.zeros((len(policy.schema.notify.rings), w.RING_WIDTH), dtype=np.int64)
    for one, ring in zip(found, policy.schema.notify.rings, strict=True):
        heard = [numbers[name] for name in ring.channels if name in numbers]
        one[w.V_COUNT], one[w.V_INTERRUPTS] = (
            len(heard),
            not set(scenario.attention.interrupts).isdisjoint(ring.channels),
        )
        one[w.V_CHANNEL0 : w.V_CHANNEL0 + len(heard)] = heard
    return found


# ---------------------------------------------------------------- the whole


def _clock(scenario: Scenario, workload: Workload, desk: Desk, people: int) -> Ints:
    found = np.zeros(w.CLOCK_WIDTH, dtype=np.int64)
    count = workload.conversations.height
    due = desk.next_deadline()
    found[w.NOW], found[w.PRESENT], found[w.CONTACTS], found[w.PEOPLE] = workload.begin, count, count, people
    found[w.ROOT] = found[w.ALERT_FREE] = -1
    found[w.DUE] = w.FAR if due is None else max(due, workload.begin)
    found[w.LAST], found[w.MOST_AT_ONCE] = -1, said.most_at_once(count)
    found[w.LANGUAGES], found[w.LANGUAGE_LIMIT] = len(desk.names.languages), desk.names.languages.limit
    found[w.DRAWN] = int(workload.is_drawn)
    found[w.LIMIT], found[w.DRAIN] = workload.end + (PATIENT_MS if scenario.drain else 0), int(scenario.drain)
    return found


def _timer(rows: int) -> Ints:
    found = np.full((rows, 4), -1, dtype=np.int64)
    found[:, 0] = w.FAR
    return found


def _state(desk: Desk, room: Room) -> k.State:
    """Return the desk's state with room for all who may come."""
    fresh = states.empty()
    rules = len(desk.tables.level_rule)
    states.add_conversation(fresh, reasons=rules)
    states.add_customer(fresh)
    many = room.conversations
    s = desk.state
    return k.State(
        desk=row(s.desk),
        conversation=np.tile(row(fresh.conversation[0]), (many, 1)),
        reason=np.zeros((many, rules), dtype=np.int64),
        customer=np.tile(row(fresh.customer[0]), (len(desk.customers), 1)),
        agent=table(s.agent, k.AGENT_WIDTH),
        rang=table(s.rang, len(s.rang[0]) if s.rang else 1),
        group=table(s.group, 1),
        lane=np.zeros((many, k.LANE_WIDTH), dtype=np.int64),
        active_lane=np.arange(many),
        pool=table(s.pool, k.POOL_WIDTH),
        dirty=np.zeros(many, dtype=np.int64),
        decision=np.zeros((room.decisions, k.DECISION_WIDTH), dtype=np.int64),
    )
