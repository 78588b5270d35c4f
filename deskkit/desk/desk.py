"""The desk: events in, decisions out; names, texts and reasons on this side, integers on the other.

`step` folds a fact and decides by the policy; `fold` replays a log without deciding; `next_deadline` says when time
itself has something to decide. The desk knows no file, no clock and no random number.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from deskkit.arguments import POLICY, expect
from deskkit.desk import assign, core, decisions, events, facts, peak, queues, restating, rows, state, turn, verdicts
from deskkit.desk import columns as k
from deskkit.desk.checks import check, check_new
from deskkit.desk.customers import People
from deskkit.desk.lower import Lowered, lower
from deskkit.desk.messages import Messages
from deskkit.desk.names import Names, Registry
from deskkit.desk.resting import Rows, glance, near
from deskkit.desk.tagging import LOOKED_AT, Signal, Tagger, is_courtesy
from deskkit.desk.tags import Tags
from deskkit.errors import FactError
from deskkit.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.desk.events import Decision, Event, Fact
    from deskkit.desk.policy import Policy
    from deskkit.desk.rereading import Found
    from deskkit.desk.schema import SignalDef

__all__ = ["Desk", "fold", "tagger_of"]

MANY = 1 << 40
PACK_AFTER = 1_000  # messages, half a megabyte: what memory once was needed stays taken, so that it be little
REST_AFTER = 100  # conversations in memory more than there were, a tenth of a megabyte
REST_AT_ONCE = 200  # of what is put away of them; it takes some five milliseconds


@lru_cache(maxsize=8)
def tagger_of(signals: tuple[SignalDef, ...]) -> Tagger:
    """Return the pattern set of a policy's signals; desks under one policy share it."""
    return Tagger([Signal(name=s.name, words=s.words, patterns=s.patterns, unless=s.unless, by=s.by) for s in signals])


class Desk:
    """A desk under a policy.

    Parameters
    ----------
    policy : Policy
        In force until a `PolicyChanged` fact brings another.
    acts : bool
        Whether the desk assigns and tidies, or only watches, tags, prioritises and advises.
    notices : bool
        Whether notices are decided (an import never notifies).

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> desk.step(events.ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang"))
    ()
    """

    def __init__(self, policy: Policy, *, acts: bool = True, notices: bool = True) -> None:
        expect(POLICY, "Desk", policy=policy)
        self.acts = acts
        self.names: Names = Names()
        self.conversations = Registry("conversation", limit=MANY)
        self.customers = Registry("customer", limit=MANY)
        self.agents = Registry("agent", limit=MANY)
        self.state = state.empty()
        self.state.desk[k.QUIETLY] = int(not notices)
        self.profiles: dict[str, events.AgentSet] = {}
        self.people = People(self.customers)
        self.tags = Tags()
        self.messages = Messages()
        self.read_ahead: dict[int, Found] = {}  # by a policy that comes next
        self.going_on: dict[str, str] = {}
        self._before: dict[str, str] = {}
        self._start: int | None = None
        self._enough = REST_AFTER
        self.policy = policy
        self.lowered: Lowered
        self.tagger: Tagger
        self._take(policy, None)

    # ------------------------------------------------------------ policy

    def _take(self, policy: Policy, at: int | None) -> None:
        """Lower a policy and search by its signals."""
        self._lower(policy, at)  # first, since it may refuse
        self.policy = policy
        self.tagger = tagger_of(policy.schema.signals)

    def _lower(self, policy: Policy, at: int | None) -> None:
        self.lowered = lower(policy.schema, self.names, start=at, acts=self.acts)
        self.tables = self.lowered.tables
        self._calendar_end = self.lowered.calendar.end
        while len(self.state.group) < len(self.names.groups):
            state.add_group(self.state)
        self.state.desk[k.CALENDAR_AT] = 0

    def change(self, policy: Policy, at: int) -> None:
        """Put a policy in force from `at` on; everything open is looked at again in the next pass."""
        self._start = max(self.now, at)
        before = self.lowered
        self._take(policy, self._start)
        restating.restate(self, before)
        rows.restate_notices(self, before.tables, self._start)

    # ------------------------------------------------------------ numbers for names

    def conversation(self, name: str) -> int:
        """Return the number of a conversation that exists, under the name it goes on by.

        Raises
        ------
        FactError
            No such conversation was opened.
        """
        return self.exactly(self.goes_on_as(name))

    def goes_on_as(self, name: str) -> str:
        """Return the name under which a conversation goes on: its own, or a new one if its customer wrote later."""
        while name in self.going_on:
            name = self.going_on[name]
        return name

    def go_on(self, old: str, new: str) -> None:
        """Let a conversation go on under a new name."""
        self.going_on[old], self._before[new] = new, old

    def called(self, name: str) -> tuple[str, ...]:
        """Return all names a conversation had, the latest first; by the last of them its feed knows it."""
        names = [name]
        while names[-1] in self._before:
            names.append(self._before[names[-1]])
        return tuple(names)

    def exactly(self, name: str) -> int:
        """Return the number of the conversation of this very name, whether or not it goes on by another.

        Raises
        ------
        FactError
            No such conversation was opened.
        """
        number = self.conversations.find(name)
        if number < 0:
            raise FactError(
                "There is no such conversation.", value=name, expected="one that a fact opened",
                example="ConversationOpened(...) first",
            )  # fmt: skip
        return number

    def customer(self, name: str) -> int:
        """Return the number of a customer, a new one on first sight."""
        known = len(self.customers)
        number = self.customers.number(name)
        if number == known:
            state.add_customer(self.state)
        return number

    def agent(self, name: str) -> int:
        """Return the number of an agent, a new one (offline) on first sight."""
        known = len(self.agents)
        number = self.agents.number(name)
        if number == known:
            state.add_agent(self.state, notices=max(1, self.policy.schema.notify.per_minute))
            queues.set_limit(self.state, self.tables, number)
        return number

    def group(self, name: str) -> int:
        """Return the number of a group; one the policy does not know gets no limit of its own."""
        number = self.names.group(name)
        if number >= len(self.state.group):
            self._lower(self.policy, self._start)
        return number

    # ------------------------------------------------------------ step, fold, deadlines

    def step(self, fact: Fact) -> tuple[Decision, ...]:
        """Fold a fact and decide.

        Parameters
        ----------
        fact : Fact
            Its `at` may lie before the latest seen; the desk's time never goes back.

        Returns
        -------
        tuple of Decision
            In the order they were made; they carry the fact's identity as theirs.

        Raises
        ------
        FactError
            The fact names a conversation that was never opened, or holds a value out of range or of a wrong type;
            nothing has changed.
        """
        check_new(self, fact)
        made = self._fold_fact(fact, decide=True)
        return verdicts.decided(self, fact, made)

    def _fold_fact(self, fact: Fact, *, decide: bool) -> int:
        """Fold a fact (and decide); return how many decisions were made."""
        check(self, fact)
        self._follow_calendar(fact.at)
        row = rows.of_fact(self, fact)
        desk = self.state.desk
        if decide:
            rows.look_again(self, fact)
            turn.step(self.state, self.tables, row)
        else:
            desk[k.DECIDED] = 0
            if facts.fold_fact(self.state, self.tables, row) >= 0:
                desk[k.DECIDED] = 0
        return int(desk[k.DECIDED])

    def _follow_calendar(self, at: int) -> None:
        """Work the calendar out anew where time has left it."""
        if self._start is None or at >= self._calendar_end:
            self._start = at
            self._lower(self.policy, at)

    def fold(self, stored: Iterable[Event]) -> None:
        """Replay events, facts and decisions alike, without deciding."""
        self.follow(stored)
        for c in range(self.state.desk[k.CONVERSATIONS]):
            turn.rearm(self.state, self.tables, c)
        if self.acts:
            peak.plan(self.state, self.tables)
        self.state.desk[k.FRESH] = 1
        for pool in self.state.pool:
            pool[k.POOL_FRESH] = 1

    def follow(self, stored: Iterable[Event]) -> None:
        """Replay events a few at a time, each fact before its decisions; only a `fold` after them readies `step`."""
        fact: Fact | None = None
        for event in stored:
            if isinstance(event, events.Fact):
                self._end_fold()
                fact = event
                self._fold_fact(event, decide=False)
            else:
                row = verdicts.of_decision(self, event, fact)
                if row is not None:
                    if row[k.OF] >= 0:  # whatever is noted of it for this pass ends with the pass
                        core.mark(self.state, row[k.OF], k.SAW_TIME)
                    decisions.fold_decision(self.state, self.tables, row)
        self._end_fold()

    def _end_fold(self) -> None:
        """End the pass of a replayed fact: nothing stays marked."""
        desk = self.state.desk
        for i in range(desk[k.DIRTIED]):
            row = self.state.conversation[self.state.dirty[i]]
            row[k.DIRTY] = row[k.MARKED] = 0
        desk[k.DIRTIED] = 0
        turn.follow_calendar(self.state, self.tables)

    def is_courtesy(self, text: str) -> bool:
        """Say whether a customer's text is a mere courtesy, which owes no answer by the policy in force."""
        mask = self.tagger.mask(text)
        return is_courtesy(text, mask=mask, courtesy=self.lowered.courtesy, length=words(text[:LOOKED_AT]))

    @property
    def start(self) -> int | None:
        """The instant from whose day on the calendar is worked out, milliseconds; None before the first fact."""
        return self._start

    def begin_at(self, start: int | None) -> None:
        """Work the calendar out from `start` on, for a desk whose names and state were set from outside."""
        self._start = start
        self._lower(self.policy, start)

    def pack(self, *, times: int = 1) -> None:
        """Put away what was said in closed conversations, and in open ones before the latest, once it is much.

        What was told of customers without an open conversation is put away too. The more `times` as much, the more of
        a conversation lies together where all of them are closed already, as in one that is retold.
        """
        if self.messages.loose < times * PACK_AFTER:
            return
        rows, customers = self.state.conversation, self.state.customer
        self.messages.pack(lambda c: glance(rows, c, k.STAGE) >= k.RESOLVED)
        self.people.put_away(lambda number: not glance(customers, number, k.OPEN_NOW))

    def rest(self) -> None:
        """Put away what closed conversations are, and customers without an open one, once they are many.

        For who only follows: what a desk that decides looks at in all conversations would come back each time.
        """
        s = self.state
        if not isinstance(s.conversation, Rows):
            self.state = s = restating.at_rest(self)
        if len(s.conversation.near) < self._enough:
            return
        closed = [c for c in near(s.conversation) if s.conversation[c][k.STAGE] >= k.RESOLVED]
        gone = [number for number in near(s.customer) if not s.customer[number][k.OPEN_NOW]]
        for table, numbers in ((s.conversation, closed), (s.reason, closed), (s.customer, gone)):
            for number in numbers[:REST_AT_ONCE]:
                table.put_away(number)
        if max(len(closed), len(gone)) <= REST_AT_ONCE:
            self._enough = len(s.conversation.near) + REST_AFTER

    @property
    def now(self) -> int:
        """The latest instant the desk has seen, milliseconds."""
        return int(self.state.desk[k.NOW])

    def next_deadline(self) -> int | None:
        """Return the instant (milliseconds) at which a `DeadlineReached` is due though nothing happens, or None."""
        at = turn.next_instant(self.state, self.tables)
        return None if at >= k.FAR else int(at)

    def begin(self, at: int) -> None:
        """Let who decides from now (milliseconds) on look at once, where one before, who only advised, gave nobody."""
        if assign.gives(self.state, self.tables):
            self.state.desk[k.AGAIN] = min(self.state.desk[k.AGAIN], max(at, self.now + 1))

    def __repr__(self) -> str:
        return f"Desk({len(self.conversations)} conversations, {len(self.agents)} agents, policy {self.policy.name!r})"


def fold(stored: Iterable[Event], policy: Policy, *, acts: bool = True) -> Desk:
    """Return the desk to which a log leads; `policy` holds until the log brings its own."""
    desk = Desk(policy, acts=acts)
    desk.fold(stored)
    return desk
