"""The world and the desk of a run as tables of integers: names, texts and laws go in, and numbers come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import numpy as np

from deskkit.desk import columns as k
from deskkit.desk import rows as border
from deskkit.desk import state as states
from deskkit.desk.checks import PRESENCE
from deskkit.desk.desk import Desk
from deskkit.desk.events import FACETS, CustomerSet
from deskkit.desk.rows import write_fields
from deskkit.desk.rules import draw
from deskkit.desk.tagging import LOOKED_AT, is_courtesy
from deskkit.sim import luck, said
from deskkit.sim.cast import introductions, roster
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled.shapes import row, table
from deskkit.sim.people import people_of
from deskkit.text import language as language_of
from deskkit.text import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from deskkit.desk.events import Event
    from deskkit.desk.policy import Policy
    from deskkit.sim.people import Person
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

    Ints = NDArray[np.int64]

__all__ = ["Prepared", "Room", "prepare"]

_decode: Final = msgspec.json.Decoder().decode
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
    known = _Known(desk, rows, workload.begin)
    languages, turns = _turns(desk, workload)
    contact = _contacts(desk, workload, known, languages)
    count, many = rows.height, len(people)
    traits = luck.traits(scenario.attention)
    life = w.Life(
        trait=row(traits.trait), real=np.array(traits.real), law=table(traits.law, 4096),
        channel=table(traits.channel, 1), missed=table(traits.missed, traits.trait[luck.T_ALERTS]),
        clock=_clock(scenario, workload, desk, many), contact=contact, turn=turns,
        person=_people(people), speed=np.array([one.about.speed for one in people], dtype=np.float64),
        impatience=np.array([one.impatience for one in scenario.streams] or [0.0], dtype=np.float64),
        shift=np.zeros((0, 2), dtype=np.int64), field=table(known.fields, w.KNOWN_FIELDS),
        past=table(known.past, w.PAST_WIDTH), tag=table(known.tags, 2), ring=_rings(policy, scenario),
        timer=_timer(count + 2 * many + 2), urgent=np.zeros(count + 3 * many + 2, dtype=np.int64),
        touch=np.zeros((room.touches, 3), dtype=np.int64), alert=np.zeros((room.alerts, 2), dtype=np.int64),
        language=row([desk.names.languages.find(name) for name in languages]),
        whose=np.zeros(room.conversations, dtype=np.int64), fact=np.zeros(k.FACT_WIDTH, dtype=np.int64),
        log=np.zeros((room.log, w.LOG_WIDTH), dtype=np.int64),
        step=np.zeros((room.steps, w.STEP_WIDTH), dtype=np.int64),
    )  # fmt: skip
    life = life._replace(shift=_shifts(scenario, workload, people, life.person))
    return Prepared(life, _state(desk, room), desk.tables, desk, people, list(languages), opening)


# ---------------------------------------------------------------- customers


class _Known:
    """What the desk is told of customers before they write, conversation by conversation, as numbers."""

    def __init__(self, desk: Desk, rows: pl.DataFrame, begin: int) -> None:
        self.desk = desk
        self.fields: list[list[int]] = []
        self.past: list[list[int]] = []
        self.tags: list[list[int]] = []
        self.field_of: list[int] = []
        self.past_of: list[int] = []
        self.tags_of: list[tuple[int, int]] = []
        self._tagged: dict[str, tuple[int, int]] = {}
        wanted = ("at", "customer", "fields", "history", "tags")
        for index, (at, customer, fields, history, tags) in enumerate(rows.select(wanted).iter_rows()):
            self.field_of.append(-1 if fields == "{}" else self._fields(max(at, begin), customer, fields))
            self.past_of.append(-1 if history == "{}" else self._past(max(at, begin), index, customer, history))
            if customer:
                desk.customer(customer)
            if tags not in self._tagged:
                self._tagged[tags] = self._tags(tags)
            self.tags_of.append(self._tagged[tags])

    def _fields(self, at: int, customer: str, fields: str) -> int:
        told = _decode(fields)
        if not told:
            return -1
        number = self.desk.customer(customer)
        fact = border.remember_person(self.desk, CustomerSet(at=at, customer=customer, fields=told))
        write_fields(self.desk, number, fact)
        one = self.desk.state.customer[number]
        self.fields.append([one[k.ORDERS], one[k.SPEND], one[k.LAST_ORDER], *one[k.OWN0 : k.OWN0 + k.OWN_MAX]])
        return len(self.fields) - 1

    def _past(self, at: int, index: int, customer: str, history: str) -> int:
        told = _decode(history)
        if not told:
            return -1
        self.desk.customer(customer)
        fact = said.has_history(at, index, customer, told)
        contacts = sorted(fact.contacts)[-k.CONTACTS_KEPT :]
        past = [0] * w.PAST_WIDTH
        past[w.P_UNRESOLVED], past[w.P_TRANSFERS] = fact.unresolved, fact.transfers
        past[w.P_RATED] = past[w.P_LAST] = -1
        if fact.rating is not None and fact.rated_at is not None:
            past[w.P_RATING], past[w.P_RATED] = fact.rating, fact.rated_at
        if fact.last_agent:
            past[w.P_LAST] = self.desk.agent(fact.last_agent)
        past[w.P_COUNT] = len(contacts)
        past[w.P_CONTACT0 : w.P_CONTACT0 + len(contacts)] = contacts
        self.past.append(past)
        return len(self.past) - 1

    def _tags(self, tags: str) -> tuple[int, int]:
        first = len(self.tags)
        for facet, tag in _decode(tags):
            number = FACETS.index(facet)
            self.tags.append([number, border.bit(self.desk, number, tag)])
        return first, len(self.tags) - first


def _contacts(desk: Desk, workload: Workload, known: _Known, languages: dict[str, int]) -> Ints:
    """Return the row of each contact."""
    rows = workload.conversations
    found = np.zeros((rows.height, w.CONTACT_WIDTH), dtype=np.int64)
    seed = draw(workload.key.seed & 0x7FFFFFFF, workload.key.replication)
    found[:, w.KEY] = draw(seed, np.arange(rows.height))  # type: ignore[arg-type]
    for column, name in (
        (w.ARRIVES, "at"), (w.PATIENCE, "queue_patience_ms"), (w.SILENT, "silent"), (w.FIRST, "first"),
        (w.STORED, "stored"), (w.TURNS, "turns"), (w.ASKS_HELP, "help"), (w.STREAM, "stream"),
    ):  # fmt: skip
        found[:, column] = rows[name].to_numpy()
    found[:, w.RATING] = rows["rating"].fill_null(w.NO_RATING).to_numpy()
    groups = {name: desk.group(name) if name else -1 for name in _distinct(rows["group"], rows["transfer_to"])}
    found[:, w.GROUP] = [groups[name] for name in rows["group"].to_list()]
    found[:, w.PASSED_TO] = [groups[name] for name in rows["transfer_to"].to_list()]
    found[:, w.LANGUAGE] = [languages.get(name, -1) for name in rows["language"].to_list()]
    found[:, w.CUSTOMER] = [desk.customers.find(name) for name in rows["customer"].to_list()]
    masks: dict[tuple[str, ...], int] = {}
    for c, needs in enumerate(map(tuple, rows["needs"].to_list())):
        if needs not in masks:
            masks[needs] = desk.names.skills.mask(needs)
        found[c, w.NEEDS] = masks[needs]
    found[:, w.FIELDS], found[:, w.HISTORY] = known.field_of, known.past_of
    if rows.height:
        found[:, [w.TAGS, w.TAG_COUNT]] = known.tags_of
    for column in (
        w.NUMBER, w.ASKED, w.ASSIGNED_AT, w.NOTICED_AT, w.LEFT_MS, w.QUEUED_AT, w.OWNER, w.HELPER, w.TAKEN,
        w.TOUCHES, w.HOLDER0, w.HOLDER1,
    ):  # fmt: skip
        found[:, column] = -1
    found[:, w.LEVEL] = found[:, w.IS_OPEN] = 1
    return found


def _distinct(*columns: pl.Series) -> list[str]:
    """Return the values of columns of names, each once, in the order in which they come."""
    return list(dict.fromkeys(name for column in columns for name in column.unique(maintain_order=True).to_list()))


def _turns(desk: Desk, workload: Workload) -> tuple[dict[str, int], Ints]:
    """Return the languages that may be met, with a number for each, and what each message brings."""
    rows = workload.turns
    languages: dict[str, int] = {}
    for name in _distinct(workload.conversations["language"]):
        if name:
            languages.setdefault(name, len(languages))
    read: dict[str, tuple[int, int, int, int]] = {}
    for text in rows["text"].unique(maintain_order=True).to_list():
        mask, length, spoken = desk.tagger.mask(text), words(text[:LOOKED_AT]), language_of(text[:LOOKED_AT])
        courtesy = is_courtesy(text, mask=mask, courtesy=desk.lowered.courtesy, length=length)
        number = languages.setdefault(spoken, len(languages)) if spoken else -1
        read[text] = (mask, length, number, int(courtesy))
    found = np.zeros((rows.height, w.TURN_WIDTH), dtype=np.int64)
    for column, name in ((w.HANDLE, "handle_ms"), (w.THINK, "think_ms"), (w.HOLDS_OUT, "patience_ms")):
        found[:, column] = rows[name].to_numpy()
    if rows.height:
        found[:, [w.SIGNALS, w.WORDS, w.SPOKEN, w.COURTESY]] = [read[text] for text in rows["text"].to_list()]
    return languages, found


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
        customer=np.tile(row(fresh.customer[0]), (len(s.customer), 1)),
        agent=table(s.agent, k.AGENT_WIDTH),
        rang=table(s.rang, len(s.rang[0]) if s.rang else 1),
        group=table(s.group, 1),
        lane=np.zeros((many, k.LANE_WIDTH), dtype=np.int64),
        active_lane=np.arange(many),
        pool=table(s.pool, k.POOL_WIDTH),
        dirty=np.zeros(many, dtype=np.int64),
        decision=np.zeros((room.decisions, k.DECISION_WIDTH), dtype=np.int64),
    )
