"""Going over what already happened: other rules decide, but what became of customers and agents stays what it was.

Tags, levels, queues, peak mode and notices are decided anew, in the same order as in `turn.run`. Whatever moved a
conversation is history: facts, and those decisions of the log that gave it to an agent, took it back, woke, revived or
renewed it, turned it away or put it away. Each is folded at the place in the pass where the desk would have made it,
so the same rules see the same desk and decide the same. This module knows no file, no clock and no second policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk import (
    assign,
    choosing,
    core,
    decisions,
    events,
    facts,
    judge,
    notices,
    peak,
    queues,
    rows,
    turn,
    verdicts,
)
from deskkit.desk import columns as k
from deskkit.desk.checks import check
from deskkit.desk.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.events import Decision, Event, Fact

__all__ = ["HISTORY", "Choice", "Retraced", "Retracer"]

_RESUMED: Final = (events.Woken, events.Revived, events.Returned)
HISTORY: Final = (*_RESUMED, events.Renewed, events.Assigned, events.TurnedAway, events.Tidied)
"""Decisions that are kept; of `Tidied` those that archived or resolved."""
_LAST: Final = 1 << 62


class Choice(NamedTuple):
    """Who got a waiting conversation, and whom the rules would have chosen at that moment.

    Attributes
    ----------
    conversation, actual : str
    at : int, milliseconds since the UTC epoch
    given : Assigned or None
        The log's decision; None where a hand, a reply or the product gave it.
    advice : Advised or None
        None where the rules would have let it wait.
    """

    conversation: str
    at: int
    actual: str
    given: events.Assigned | None
    advice: events.Advised | None


class Retraced(NamedTuple):
    """What was decided anew about one fact, in order, and the choices at its assignments."""

    decisions: tuple[Decision, ...]
    choices: tuple[Choice, ...]


class _Open(NamedTuple):
    """A choice whose advice is still a row of the pass (-1: nobody)."""

    conversation: int
    actual: str
    given: events.Assigned | None
    row: int


class Retracer(Desk):
    """A desk that goes over what already happened.

    Parameters
    ----------
    policy : Policy
    acts, notices : bool
        As for `Desk`: what the desk that made the history did.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> desk = Retracer(Policy.load("data/policies/standard.toml"))
    >>> opened = events.ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang")
    >>> desk.retrace(opened, (), life=True)
    Retraced(decisions=(), choices=())
    """

    def retrace(self, fact: Fact, kept: Sequence[Decision], *, life: bool, wakes: bool = False) -> Retraced:
        """Fold a fact, decide anew what is the rules', and fold what is history.

        Parameters
        ----------
        fact : Fact
        kept : sequence of Decision
            What the log decided about this fact, in order; of it only `HISTORY` is read.
        life : bool
            Whether `kept` says if the conversation goes on as a new one; else the policy's `reopen_within` does.
        wakes : bool
            Whether snoozes end by themselves, because nobody decided in this log.

        Returns
        -------
        Retraced

        Raises
        ------
        FactError
            As for `step`.
        """
        renewed = verdicts.renewal(kept)
        split = _renewal_begins(kept, renewed)
        check(self, fact)
        self._follow_calendar(fact.at)
        row = rows.of_fact(self, fact)
        rows.look_again(self, fact)
        if life:
            self._force_renewal(row, on=renewed != "")
        made, choices = self._go_over(fact, row, kept[:split], wakes=wakes)
        if life:
            self.tables.number[k.P_REOPEN] = self.policy.schema.reopen_within_ms
            made = [one for one in made if not isinstance(one, events.Renewed)]
            made[:0] = [one for one in kept if isinstance(one, events.Renewed)]
        renewed = renewed or verdicts.renewal(made)
        if renewed:
            row = rows.renew(self, fact, renewed)
            more, later = self._go_over(fact, row, kept[split:], wakes=wakes, place=len(made))
            made, choices = made + more, choices + later
        self.forget_texts(fact)
        return Retraced(tuple(made), tuple(choices))

    def _force_renewal(self, row: list[int], *, on: bool) -> None:
        """Let a message to a closed conversation do what it did, whatever the policy's limit is."""
        self.tables.number[k.P_REOPEN] = -1 if on else _LAST
        if on and row[k.KIND] == k.F_CUSTOMER_WROTE:
            row[k.X3] = 0  # what counted as more than a thank-you then

    def forget_texts(self, fact: Fact) -> None:
        """Drop the messages of a closed conversation: no rule reads them again."""
        if isinstance(fact, events.ConversationFact):
            c = self.conversation(fact.conversation)
            if self.state.conversation[c][k.STAGE] >= k.RESOLVED:
                self.messages.clear(c)

    # ------------------------------------------------------------ one pass

    def _go_over(
        self, fact: Fact, row: list[int], kept: Sequence[Decision], *, wakes: bool, place: int = 0
    ) -> tuple[list[Decision], list[Choice]]:
        """Run a pass and read it."""
        self.state.desk[k.DECIDED] = 0
        choices = self._choice_of_a_hand(row)
        self._run(row, kept, choices, wakes=wakes)
        made = verdicts.read(self, fact, self.state.desk[k.DECIDED], place=place)
        told = [
            Choice(
                self.conversations[one.conversation], self.now, one.actual, one.given,
                _advice(made[one.row]) if one.row >= 0 else None,
            )
            for one in choices
        ]  # fmt: skip
        return [one for one in made if not isinstance(one, events.Advised)], told

    def _run(self, row: list[int], kept: Sequence[Decision], choices: list[_Open], *, wakes: bool) -> None:
        """Do as `turn.step` does, with what is kept in the place of what would be decided."""
        s, p = self.state, self.tables
        desk = s.desk
        refused = facts.fold_fact(s, p, row)
        if refused >= 0:
            core.emit(s, k.D_REFUSED, row[k.WHO], row[k.AGENT], refused, 0, 0, 0, -1, 0, 0, 0)
        turn.wake(s, p)
        if self.acts and row[k.KIND] == k.F_PEAK and refused < 0:
            peak.lend(s, p)
        if wakes:
            self._wake()
        self._keep(kept, _RESUMED)
        for i in range(desk[k.DIRTIED]):
            judge.judge(s, p, s.dirty[i])
        for i in range(desk[k.DIRTIED]):
            assign.route(s, p, s.dirty[i])
            if self.acts:
                assign.overflow(s, p, s.dirty[i])
        self._assign(kept, choices)
        self._keep(kept, events.TurnedAway)
        if self.acts:
            peak.turn(s, p)
        if desk[k.QUIETLY] == 0:
            for i in range(desk[k.DIRTIED]):
                notices.ring(s, p, s.dirty[i])
            notices.digests(s, p)
        self._tidy([one for one in kept if isinstance(one, events.Tidied)])
        self._end_pass(wakes=wakes)

    def _wake(self) -> None:
        """End the snoozes that are over."""
        s = self.state
        for i in range(s.desk[k.DIRTIED]):
            if s.conversation[s.dirty[i]][k.STAGE] == k.SNOOZED:
                assign.resume(s, self.tables, s.dirty[i])

    def _keep(self, kept: Sequence[Decision], kinds: type[Event] | tuple[type[Event], ...]) -> None:
        """Fold what the log decided of these kinds."""
        for event in kept:
            if isinstance(event, kinds):
                row = verdicts.of_decision(self, event, None)
                if row is not None:
                    decisions.fold_decision(self.state, self.tables, row)

    def _end_pass(self, *, wakes: bool) -> None:
        s, p = self.state, self.tables
        for i in range(s.desk[k.DIRTIED]):
            c = s.dirty[i]
            row = s.conversation[c]
            row[k.DIRTY] = row[k.MARKED] = 0
            turn.rearm(s, p, c)
            if not wakes and row[k.STAGE] == k.SNOOZED and row[k.UNTIL] <= s.desk[k.NOW]:
                core.time_conversation(s, c, k.FAR)  # the log says when it woke
        s.desk[k.DIRTIED] = 0
        if self.acts:
            peak.plan(s, p)

    # ------------------------------------------------------------ whom the rules would have chosen

    def _assign(self, kept: Sequence[Decision], choices: list[_Open]) -> None:
        """Ask for each assignment of the log whom the rules would have chosen, then let it stand."""
        for event in kept:
            if isinstance(event, events.Assigned):
                c = self.exactly(event.conversation)
                choices.append(_Open(c, event.agent, event, self._choose(c)))
                self._keep([event], events.Assigned)
                core.mark(self.state, c, k.SAW_STAGE | k.SAW_TIME)

    def _choice_of_a_hand(self, row: list[int]) -> list[_Open]:
        """Ask the same where a hand, a reply or the product is about to give a waiting conversation to an agent."""
        a, c = row[k.AGENT], row[k.WHO]
        gives = row[k.KIND] == k.F_OWNER or (row[k.KIND] == k.F_AGENT_WROTE and row[k.X0] == 0)
        if not gives or a < 0 or self.state.conversation[c][k.STAGE] != k.WAITING:
            return []
        facts.remember_time(self.state, row[k.AT])
        return [_Open(c, self.agents[a], None, self._choose(c))]

    def _choose(self, c: int) -> int:
        """Write down as advice who would get a waiting conversation now; return the row, -1 if nobody."""
        s, p = self.state, self.tables
        row = s.conversation[c]
        before = list(row)
        if row[k.LANE] < 0:  # given before the customer wrote: as the queue would be by what is known
            self._pretend_to_wait(c)
        a = choosing.choose(s, p, c)
        n = -1
        if a >= 0:
            known = int(a == choosing.known_agent(s, p, c, core.weigh(p, row)))
            waited, one = s.desk[k.NOW] - row[k.QUEUED], s.agent[a]
            n = core.emit(s, k.D_ADVISED, c, a, 0, 0, 0, 0, p.number[k.P_STRATEGY], waited, one[k.HOLDS], known)
            s.decision[n][k.B3], s.decision[n][k.B4] = one[k.LIMIT], row[k.LEVEL]
        if before[k.LANE] < 0:
            queues.dequeue(s, c)
            row[:] = before
        return n

    def _pretend_to_wait(self, c: int) -> None:
        """Let a conversation that waits outside the queues stand in the one the rules name."""
        s, p = self.state, self.tables
        row = s.conversation[c]
        if row[k.ROUTED] == 0:
            for rule in p.route:
                if judge.holds(s, p, rule[k.R_START], c) == 1:
                    row[k.HOME], row[k.GROUPS] = rule[k.R_GROUP], 1 << rule[k.R_GROUP]
                    row[k.NEEDS] = rule[k.R_NEEDS]
                    break
        if row[k.LANGUAGE] >= 0:
            row[k.LANGUAGE_RULE] = p.number[k.P_LANGUAGE]
        row[k.QUEUED] = row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 else s.desk[k.NOW]
        queues.enqueue(s, p, c)

    # ------------------------------------------------------------ tidying

    def _tidy(self, kept: list[events.Tidied]) -> None:
        """Say what the rules would put away; only what was put away is."""
        s = self.state
        left: dict[int, list[events.Tidied]] = {}
        for one in kept:
            if one.action != "suggest":
                left.setdefault(self.exactly(one.conversation), []).append(one)
        for i in range(s.desk[k.DIRTIED]):
            self._tidy_one(s.dirty[i], left.pop(s.dirty[i], []))
        for put_away in left.values():  # at an instant at which these rules had nothing to look at
            self._put_away(put_away)

    def _put_away(self, kept: list[events.Tidied]) -> None:
        for event in kept:
            row = verdicts.of_decision(self, event, None)
            if row is not None:
                row[k.Y1] = len(self.tables.tidy_rule)  # by no rule of this policy
                decisions.fold_decision(self.state, self.tables, row)

    def _tidy_one(self, c: int, kept: list[events.Tidied]) -> None:
        s, p = self.state, self.tables
        row, desk = s.conversation[c], s.desk
        for r, rule in enumerate(p.tidy_rule):
            if row[k.STAGE] == k.ARCHIVED:
                break
            if turn.tidies(s, p, c, r) == 0:
                continue
            do = rule[k.R_DO]
            n = core.emit(s, k.D_TIDIED, c, -1, do, r, 0, 0, r, desk[k.SEEN_TERM], desk[k.SEEN_VALUE], 0)
            was = next((one for one in kept if one.action == rows.DOES[do]), None)
            if was is not None:
                kept.remove(was)
            elif do != k.SUGGEST:  # it would be put away: until the customer writes, no rule has more to say
                row[k.TIDY_DONE] = (1 << len(p.tidy_rule)) - 1
                continue
            decisions.fold_decision(s, p, s.decision[n])
        self._put_away(kept)


def _advice(decision: Decision) -> events.Advised | None:
    return decision if isinstance(decision, events.Advised) else None


def _renewal_begins(kept: Sequence[Decision], renewed: str) -> int:
    """Return where the decisions about the conversation that goes on begin."""
    for n, event in enumerate(kept):
        if renewed and isinstance(event, events.ConversationDecision) and event.conversation == renewed:
            return n
    return len(kept)
