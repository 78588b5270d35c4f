"""The engine: a scenario lived through under a policy, with SimPy.

One process for each agent, one for each customer's contact. They say what they do as facts to the desk, which folds
them and decides by the policy, as it does live; what it decided they see in the log (`deskkit.sim.world`). Nothing else
passes between them. The log is the result.

An analyst who wants other behaviour hands `simulate` a function for a choice (`pick`), or derives from `Engine` and
writes one of its processes anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import simpy
from simpy.exceptions import Interrupt

from deskkit.desk import events as e
from deskkit.sim import said
from deskkit.sim.cast import entrance, introductions, opening, rating, roster
from deskkit.sim.order import NOBODY, Call, Due, Entry, packed
from deskkit.sim.scenario import FOREVER

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from deskkit.desk.events import Decision, Event, Fact
    from deskkit.sim.people import Conversation, Person
    from deskkit.sim.world import World

    Process = Generator[simpy.Event, Any, Any]
    Pick = Callable[[Person, Sequence[Conversation], int], Conversation]

__all__ = ["Engine", "Pick"]

_PATIENT_MS: Final = 12 * 3_600_000  # how long after the last arrival a run goes on at most


class Engine:
    """The processes of a run.

    Parameters
    ----------
    world : World
    tell : callable
        Takes a fact, returns the decisions: `Desk.step`, or the driver of a live log.
    due : callable
        Returns the desk's next deadline (milliseconds) or None.
    """

    def __init__(self, world: World, tell: Callable[[Fact], Sequence[Decision]], due: Callable[[], int | None]) -> None:
        self.world, self.tell, self.due = world, tell, due
        self.begin_at(world.workload.begin)
        self.events: list[Event] = []
        self.steps: list[tuple[object, ...]] = []
        self.present = len(world.conversations)  # contacts that have not ended
        self.truncated = False
        self.left_over = 0  # contacts that nobody could end any more
        self._armed: int | None = None
        self._distinct = said.Distinct()
        self._last, self._at_once = -1, 0  # the instant of the last fact, and how many there are of it
        self._most = said.most_at_once(self.present)
        world.told, world.called = self._told, self._called

    def begin_at(self, instant: int) -> None:
        """Let time begin at an instant; before anybody does anything."""
        self.env = simpy.Environment(instant)
        self.over = self.env.event()

    @property
    def now(self) -> int:
        """The instant, milliseconds."""
        return int(self.env.now)

    @property
    def count(self) -> int:
        """How many events there are."""
        return len(self.events)

    def run(self) -> None:
        """Live through the whole run."""
        self.start()
        workload = self.world.workload
        limit = workload.end + (_PATIENT_MS if self.world.scenario.drain else 0)
        Entry(self.env, limit, packed(Due.ENDS)).callbacks.append(self._cut)
        if self.present:
            self.env.run(self.over)
        else:
            self.env.run(limit)

    def start(self) -> None:
        """Let everybody begin."""
        for fact in introductions(self.world.policy, self.world.people, self.world.workload.begin):
            self.say(fact)
        for person in self.world.people:
            person.process = self.env.process(self.agent(person))
            self.env.process(self.shift(person))
        self.env.process(self.arrivals())

    def _cut(self, _event: simpy.Event) -> None:
        if self.world.scenario.drain:
            self.left_over = self.present
            self.truncated = self.present > 0 and any(one.presence != "offline" for one in self.world.people)
        if not self.over.triggered:
            self.over.succeed()

    # ------------------------------------------------------------ the desk

    def say(self, fact: Fact) -> None:
        """Tell the desk a fact; all see it, and what was decided. A deadline without a decision leaves no trace."""
        fact = self._distinct(fact)
        self._at_once = self._at_once + 1 if fact.at == self._last else 1
        self._last = fact.at
        if self._at_once > self._most:
            raise said.does_not_get_on(fact.at)
        decisions = self.tell(fact)
        if isinstance(fact, e.DeadlineReached) and not decisions:
            self._distinct.forget(fact)
        else:
            for event in (fact, *decisions):
                self.events.append(event)
                self.world.observe(event)
        self._arm()

    def _arm(self) -> None:
        """Be there when the desk has something to decide though nothing happens."""
        at = self.due()
        if at is not None and (self._armed is None or at < self._armed):
            self._armed = max(at, self.now)
            Entry(self.env, self._armed, packed(Due.DEADLINE)).callbacks.append(self._deadline)

    def _deadline(self, _event: simpy.Event) -> None:
        at = self.now
        if self._armed is None or at < self._armed:
            return
        self._armed = None
        due = self.due()
        if due is not None and due <= at:
            self.say(said.reached(at))
        else:
            self._arm()

    def at(self, instant: int, due: Due, one: Conversation | None = None, person: Person | None = None) -> Entry:
        """Return a SimPy event at an instant, in the one order."""
        key = packed(due, NOBODY if one is None else one.index, NOBODY if person is None else person.index)
        return Entry(self.env, max(instant, self.now), key)

    # ------------------------------------------------------------ customers

    def arrivals(self) -> Process:
        """Let one customer after the other begin."""
        for one in self.world.conversations:
            if one.arrives > self.now:
                yield self.at(one.arrives, Due.ARRIVES, one)
            one.process = self.env.process(self.customer(one))

    def customer(self, one: Conversation) -> Process:
        """Live through one customer's contact: write, wait, think, write again, until all is said or patience ends."""
        for fact in entrance(self.world, one, self.now):
            self.say(fact)
        yield from self.talk(one, 0)

    def talk(self, one: Conversation, number: int) -> Process:
        """Write, wait and think until all is said or patience ends; `number` messages were written before."""
        while True:
            turn = self.world.needs(one)
            if one.asked < 0:
                self.write(one, turn.text, number)
                number += 1
            if not (yield from self.reply(one)):
                break
            if one.turn == self.world.rows[one.index]["turns"]:
                for fact in rating(self.world, one, self.now):
                    self.say(fact)
                break
            yield self.at(self.now + self.world.think_ms(one, turn.think_ms), Due.WRITES, one)
        self.present -= 1
        if self.present == 0 and not self.over.triggered:
            self.over.succeed()

    def write(self, one: Conversation, text: str, number: int) -> None:
        """Let a customer write."""
        self.say(said.wrote(self.now, one.index, one.name, number, text))

    def reply(self, one: Conversation) -> Process:
        """Wait for a reply; True if one came. Who runs out of patience leaves, with or without a word."""
        turn = one.turn
        while one.turn == turn and one.is_open:
            until = self.gives_up_at(one)
            one.waits = True
            try:
                yield self.env.event() if until == FOREVER else self.at(until, Due.LEAVES, one)
            except Interrupt:
                continue
            one.waits = False
            one.gave_up = True
            yield from self.leave(one)
            return False
        one.waits = False
        return one.turn > turn

    def gives_up_at(self, one: Conversation) -> int:
        """Return when a customer runs out of patience, with the queue or with an agent; -1: never."""
        if one.gone:
            return FOREVER
        if one.owner is None:
            patience, since = self.world.rows[one.index]["queue_patience_ms"], one.queued_at
        else:
            patience, since = self.world.needs(one).patience_ms, one.assigned_at
        return FOREVER if patience == FOREVER else max(one.asked, since) + patience

    def leave(self, one: Conversation) -> Process:
        """Let a customer go; of one who goes without a word an agent finds out after a while."""
        if not self.world.rows[one.index]["silent"]:
            self.say(said.left(self.now, one.index, one.name))
            return
        one.gone = True
        yield from self.reply(one)
        if one.is_open:
            yield self.at(self.now + self.world.attention.ghost_ms, Due.FOUND_GONE, one)
        if one.is_open:
            self.say(said.left(self.now, one.index, one.name, silent=True))

    def _told(self, one: Conversation, _what: str) -> None:
        """Wake a customer who waits."""
        if one.waits:
            one.waits = False
            one.process.interrupt()

    # ------------------------------------------------------------ agents

    def agent(self, person: Person) -> Process:
        """Live through an agent's day: notice, turn to a tab, look, read and answer, and so on to the next one."""
        while True:
            one = self.world.pick(person) if person.presence == "online" else None
            if one is None:
                yield from self.rest(person)
                continue
            turned = self.now
            yield from self.turn_to(person, one)
            if one.index not in person.tabs:
                continue  # it went elsewhere meanwhile
            self.look(person, one)
            if one.asked >= 0 and one.taken is None and one.index in person.tabs:
                yield from self.answer(person, one, turned)
            if person.leaves:
                self.set_presence(person, "offline")

    def rest(self, person: Person) -> Process:
        """Have nothing to do until a message comes and is noticed."""
        call = Call(self.env)
        person.idle = call
        yield call
        while self.now < person.notice_at:
            person.noticing = True
            try:
                yield self.at(person.notice_at, Due.NOTICES, None, person)
            except Interrupt:
                continue  # a notice came: it takes less time now
        person.noticing = False
        for one in person.tabs.values():
            if one.asked >= 0 and one.noticed_at < 0:
                one.noticed_at = self.now

    def turn_to(self, person: Person, one: Conversation) -> Process:
        """Change to a tab, which costs time."""
        person.switched = person.focus is not one
        if not person.switched:
            return
        cost = self.world.habits.switch_ms(person, one, self.now)
        if person.focus is not None:
            person.touched[person.focus.index] = self.now
            person.before = person.focus
        if cost:
            yield self.at(self.now + cost, Due.TURNS, None, person)
        person.focus = one

    def look(self, person: Person, one: Conversation) -> None:
        """Look at a tab."""
        person.touched[one.index] = self.now
        person.reminded.pop(one.index, None)
        self.say(said.viewed(self.now, one.index, one.name, person.index, person.name))

    def answer(self, person: Person, one: Conversation, turned: int) -> Process:
        """Read and answer, unless something urgent interrupts, or the customer goes."""
        person.interrupted = False
        viewed, begun = self.now, one.left_ms
        turned = max(turned, one.asked, one.assigned_at)  # it may have come while the agent turned to this tab anyway
        needed = self.world.habits.handle_ms(person, one)
        one.taken, person.busy = person, True
        if not 0 <= one.noticed_at <= turned:  # another agent may have noticed it meanwhile
            one.noticed_at = turned
        given, noticed = one.assigned_at, one.noticed_at  # while a helper writes it may be given to another owner
        try:
            yield self.at(viewed + needed, Due.SENDS, None, person)
        except Interrupt:
            if one.taken is person:  # something urgent: go on later
                one.taken = None
                one.left_ms = max(0, needed - (self.now - viewed))
            return
        finally:
            person.busy = False
        one.left_ms = -1
        astray = self.world.habits.goes_astray(person, one)
        if astray is not None:
            yield from self.mend(person, one, astray)
            if one.taken is not person:
                return
        step = (one.name, one.turn, person.name, one.asked, given, noticed, turned, viewed, self.now)
        one.taken = None
        self.steps.append((*step, astray is not None or begun >= 0))
        self.send(person, one)

    def send(self, person: Person, one: Conversation) -> None:
        """Send the reply, and do what follows from it: close, pass on, invite a helper."""
        at, turn = self.now, one.turn
        self.say(said.replied(at, one.index, one.name, turn, person.name, self.world.words(one)))
        person.touched[one.index] = at
        if one.turn == self.world.rows[one.index]["turns"]:
            self.say(said.resolved(at, one.index, one.name, person.name))
        elif turn == 0 and not one.gone:
            for fact in opening(self.world, person, one, at):
                self.say(fact)

    def mend(self, person: Person, one: Conversation, astray: Conversation) -> Process:
        """Have written into the wrong window: it stands there, is noticed and excused, and the reply is given again."""
        words = self.world.words(one)
        self.say(said.replied(self.now, one.index, astray.name, one.turn, person.name, words, astray=True))
        person.busy = True
        try:
            yield self.at(self.now + self.world.habits.repair_ms(one), Due.SENDS, None, person)
        except Interrupt:
            if one.taken is person:
                one.taken = None
        finally:
            person.busy = False

    def shift(self, person: Person) -> Process:
        """Come and go by the roster."""
        for instant, presence in roster(self.world.scenario, self.world.workload, person):
            if instant > self.now:
                yield self.at(instant, Due.SHIFT, None, person)
            if presence == "offline" and person.busy:
                person.leaves = True  # after this reply
            else:
                self.set_presence(person, presence)

    def set_presence(self, person: Person, presence: str) -> None:
        """Come, take a break, or go."""
        person.leaves = False
        self.say(said.was_present(self.now, person.index, person.name, presence))

    def _called(self, person: Person, what: str, one: Conversation, ms: int) -> None:
        """Let an agent perceive something: a message, a notice, that a customer is gone, a change of presence."""
        if what in {"gone", "urgent"}:
            if person.busy and (what == "gone" or self._yields(person, one)):
                person.busy = False
                person.process.interrupt()
        elif person.idle is not None:
            if what == "message":
                ms = self.world.habits.glance_ms(one)
            person.notice_at = self.now + ms
            call, person.idle = person.idle, None
            call.happen(packed(Due.ACTS, NOBODY, person.index))
        elif what == "notice" and self.now + ms < person.notice_at:
            person.notice_at = self.now + ms
            if person.noticing:
                person.noticing = False
                person.process.interrupt()

    def _yields(self, person: Person, urgent: Conversation) -> bool:
        """Let a reply in the making wait for something urgent, unless it is urgent itself."""
        writing = next((one for one in person.tabs.values() if one.taken is person), None)
        if writing is None or writing.level >= urgent.level:
            return False
        person.first = urgent
        return True
