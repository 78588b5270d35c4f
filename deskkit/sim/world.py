"""The people of a simulated desk: what each knows by what the desk logged, and how long each thing takes them.

`World.observe` folds the events of the log, whoever caused them, into what customers and agents have before them.
Nothing is decided here that is the desk's to decide, and nothing here knows SimPy: `deskkit.sim.engine` lets time pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import events as e
from deskkit.desk.because import ring_of
from deskkit.desk.policy import Policy
from deskkit.desk.rules import draw
from deskkit.sim import luck, said
from deskkit.sim.habits import Habits
from deskkit.sim.people import Conversation, Person, PutAway, people_of
from deskkit.sim.picks import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.desk.events import Event
    from deskkit.sim.scenario import Attention, Scenario
    from deskkit.sim.workload import Turn, Workload

__all__ = ["World"]


class World:
    """Customers and agents of a scenario, with a sampled workload.

    Parameters
    ----------
    scenario : Scenario
    workload : Workload
    policy : Policy
        Names the channels of each notice.
    pick : callable, optional
        ``pick(agent, unread, now)`` returns which unread conversation the agent takes next.
    """

    def __init__(
        self,
        scenario: Scenario,
        workload: Workload,
        policy: Policy,
        *,
        pick: Callable[[Person, Sequence[Conversation], int], Conversation] | None = None,
    ) -> None:
        self.scenario, self.workload, self.policy = scenario, workload, policy
        self.rows = workload.conversations.to_dicts()
        self.attention: Attention = scenario.attention
        self.now = workload.begin
        seed = draw(workload.key.seed & 0x7FFFFFFF, workload.key.replication)
        self.conversations = [
            Conversation(i, row["conversation"], row["at"], draw(seed, i)) for i, row in enumerate(self.rows)
        ]
        self.named = {one.name: one for one in self.conversations}
        self.people = people_of(scenario)
        self.agents = {one.name: one for one in self.people}
        self.choose = _PICKS[self.attention.pick] if pick is None else watched(pick)
        self.habits = Habits(self.attention, workload)
        self._seen = self._eyes()
        self.told: Callable[[Conversation, str], None] = _ignored
        self.called: Callable[[Person, str, Conversation, int], None] = _ignored

    # ------------------------------------------------------------ what the log says

    def observe(self, event: Event) -> None:
        """Let everybody see what the log says, whoever did it."""
        self.now = max(self.now, event.at)
        seen = self._seen.get(type(event))
        if seen is not None:
            seen(event)

    def _eyes(self) -> dict[type[Event], Callable[[Any], None]]:
        """Return what is made of each kind of event."""
        return {
            e.Assigned: self._given, e.OwnerSet: self._given, e.Returned: self._taken_back,
            e.GroupSet: self._taken_back, e.HelperSet: self._helped, e.CustomerWrote: self._asked,
            e.AgentWrote: self._answered, e.Resolved: self._closed, e.CustomerLeft: self._closed,
            e.TurnedAway: self._closed, e.Archived: self._closed, e.Tidied: self._closed, e.Renewed: self._renewed,
            e.Unarchived: self._taken_out, e.Reopened: self._taken_out, e.Prioritised: self._levelled,
            e.PrioritySet: self._levelled, e.Notified: self._alerted, e.PresenceSet: self._present,
            e.PolicyChanged: self._ruled,
        }  # fmt: skip

    def _given(self, event: e.Assigned | e.OwnerSet) -> None:
        """Put a conversation into an agent's hands."""
        one = self.named.get(event.conversation)
        if one is None:
            return
        self._release(one, one.owner)
        one.owner = self.agents.get(event.agent)
        if one.owner is None:
            one.queued_at = event.at
            self.told(one, "returned")
            return
        self._take_in(one.owner, one)
        one.assigned_at = event.at
        one.noticed_at = -1  # whoever it was given to before
        one.is_open = True
        self.told(one, "assigned")
        if one.asked >= 0:
            self.called(one.owner, "message", one, 0)

    def _taken_back(self, event: e.Returned | e.GroupSet) -> None:
        one = self.named.get(event.conversation)
        if one is not None:
            if one.owner is not None:
                one.queued_at = event.at
            self._release(one, one.owner)
            one.owner = None
            self.told(one, "returned")

    def _helped(self, event: e.HelperSet) -> None:
        one, helper = self.named.get(event.conversation), self.agents.get(event.agent)
        if one is None or helper is None:
            return
        if event.on and helper not in one.helpers:
            one.helpers.append(helper)
            self._take_in(helper, one)
            if one.asked >= 0:
                self.called(helper, "message", one, 0)
        elif not event.on and helper in one.helpers:
            one.helpers.remove(helper)
            self._release(one, helper)

    def _take_in(self, person: Person, one: Conversation) -> None:
        person.tabs[one.index] = one
        person.touched.setdefault(one.index, self.now)

    def _release(self, one: Conversation, person: Person | None) -> None:
        """Take a conversation out of an agent's hands; what is being written there is given up."""
        if person is None:
            return
        person.tabs.pop(one.index, None)
        person.reminded.pop(one.index, None)
        if person.focus is one:
            person.focus = None
        if one.taken is person:
            one.taken = None
            one.left_ms = -1
            self.called(person, "gone", one, 0)

    def _asked(self, event: e.CustomerWrote) -> None:
        one = self.named.get(event.conversation)
        if one is None:
            return
        one.is_open = True
        if one.asked < 0:
            one.asked = event.at
            one.noticed_at = -1
        for person in (one.owner, *one.helpers):
            if person is not None:
                self.called(person, "message", one, 0)

    def _answered(self, event: e.AgentWrote) -> None:
        one = self.named.get(event.conversation)
        if one is None or event.automatic or one.asked < 0 or _is_astray(event):
            return
        one.reply_ms = event.at - one.asked
        one.asked = -1
        one.turn += 1
        if one.taken is not None and one.taken.name != event.agent:  # somebody else was quicker
            slower, one.taken, one.left_ms = one.taken, None, -1
            self.called(slower, "gone", one, 0)
        self.told(one, "answered")

    def _closed(self, event: e.ConversationFact | e.ConversationDecision) -> None:
        one = self.named.get(event.conversation)
        if one is None or not one.is_open or (isinstance(event, e.Tidied) and event.action == "suggest"):
            return
        has_left = isinstance(event, e.CustomerLeft | e.TurnedAway)
        is_archived = isinstance(event, e.Archived) or getattr(event, "action", "") == "archive"
        one.put_away = None if has_left else PutAway(is_archived, one.asked, one.owner)
        one.is_open = False
        one.asked = -1
        for person in (one.owner, *one.helpers):
            self._release(one, person)
        one.owner = None
        one.helpers = []
        self.told(one, "closed")

    def _taken_out(self, event: e.Unarchived | e.Reopened) -> None:
        """Go on with a conversation that was put away: its owner has it again, and owes what was owed, as at the desk.

        What was handled is settled, unless that is undone; an archiving settles nothing. One that had been closed
        before it was archived goes back to that.
        """
        one = self.named.get(event.conversation)
        if one is None or one.is_open:
            return
        away = one.put_away
        if isinstance(event, e.Unarchived) and (away is None or not away.is_archived):
            return
        one.is_open, one.put_away = True, None
        if away is not None and (away.is_archived or getattr(event, "undo", False)):
            one.asked = away.asked
        owner = None if away is None else away.owner
        if owner is not None and owner.presence != "offline":
            one.owner = owner
            self._take_in(owner, one)
            one.assigned_at = event.at
            one.noticed_at = -1
            if one.asked >= 0:
                self.called(owner, "message", one, 0)
        else:
            one.queued_at = event.at
        if away is not None:
            self.told(one, "taken out")

    def _renewed(self, event: e.Renewed) -> None:
        one = self.named.get(event.conversation)
        if one is not None:
            one.name = event.renewed
            one.is_open = True
            self.named[event.renewed] = one

    def _levelled(self, event: e.Prioritised | e.PrioritySet) -> None:
        one = self.named.get(event.conversation)
        if one is not None and event.level >= 0:
            one.level = event.level

    def _alerted(self, event: e.Notified) -> None:
        person, one = self.agents.get(event.agent), self.named.get(event.conversation)
        if person is None or one is None:
            return
        person.alerts.append(event.at)
        if one.index not in person.tabs:
            return
        ring = ring_of(self.policy, event).channels
        seen = [ms for name in ring if (ms := self.habits.notice_ms(person, one, name, event.at)) >= 0]
        if one.asked < 0 or one.taken is not None:
            if seen:
                person.reminded[one.index] = one
                self.called(person, "reminder", one, min(seen))
            return
        if seen:
            self.called(person, "notice", one, min(seen))
        interrupts = set(ring) & set(self.attention.interrupts)
        if interrupts and event.level == len(e.LEVELS) - 1:
            self.called(person, "urgent", one, 0)

    def _ruled(self, event: e.PolicyChanged) -> None:
        """Let notices mean what the policy in force says."""
        if event.fingerprint != self.policy.fingerprint:
            self.policy = Policy.parse(event.text)

    def _present(self, event: e.PresenceSet) -> None:
        person = self.agents.get(event.agent)
        if person is not None:
            person.presence = event.presence
            self.called(person, "presence", _NO_CONVERSATION, 0)

    # ------------------------------------------------------------ what people have before them

    def needs(self, one: Conversation) -> Turn:
        """Return what the next turn of a conversation needs: words, time to answer, time to think, patience."""
        return self.workload.turn(one.index, one.turn)

    def words(self, one: Conversation) -> str:
        """Return what an agent writes, in the customer's language."""
        return said.words(self.rows[one.index]["language"])

    def think_ms(self, one: Conversation, ms: int) -> int:
        """Return how long a customer thinks: longer after a slow reply, where the stream says so."""
        slower = self.scenario.streams[self.rows[one.index]["stream"]].impatience
        return luck.think_ms(ms, slower, one.reply_ms)

    def unread(self, person: Person) -> list[Conversation]:
        """Return the tabs of an agent in which a customer waits for an answer that nobody is writing."""
        return [one for one in person.tabs.values() if one.asked >= 0 and one.taken is None]

    def pick(self, person: Person) -> Conversation | None:
        """Return which tab an agent turns to, or None if nothing is left to do."""
        if person.first is not None:
            first, person.first = person.first, None
            if first.index in person.tabs and first.asked >= 0 and first.taken is None:
                return first
        unread = self.unread(person)
        if unread:
            return unread[0] if len(unread) == 1 else self.choose(person, unread, self.now)
        if person.reminded:
            return person.reminded.pop(next(iter(person.reminded)))
        return None


_NO_CONVERSATION: Final = Conversation(-1, "", 0, 0)


def _is_astray(event: e.AgentWrote) -> bool:
    return event.message.endswith(said.ASTRAY)


def _ignored(*_told: object) -> None:
    """Nobody listens yet."""


def _oldest(_person: Person, unread: Sequence[Conversation], _now: int) -> Conversation:
    return min(unread, key=lambda one: (one.asked, one.index))


def _newest(_person: Person, unread: Sequence[Conversation], _now: int) -> Conversation:
    return max(unread, key=lambda one: (one.asked, -one.index))


def _by_level(_person: Person, unread: Sequence[Conversation], _now: int) -> Conversation:
    return min(unread, key=lambda one: (-one.level, one.asked, one.index))


_PICKS: Final = {"oldest": _oldest, "newest": _newest, "level": _by_level}
