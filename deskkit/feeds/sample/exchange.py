"""Who writes when: the customer's clocks and the agent's attention, message by message.

An agent does one thing at a time: notices, picks a conversation, thinks, types, turns to the next. What the
customer does follows from how long that took: answers, asks again, gives up, falls silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.feeds.sample import paces
from deskkit.feeds.sample.records import ENDING, MINUTE, SECOND
from deskkit.feeds.sample.scene import promise_of

if TYPE_CHECKING:
    from deskkit.feeds.sample.floor import Floor
    from deskkit.feeds.sample.phrase import Said
    from deskkit.feeds.sample.records import Conversation
    from deskkit.feeds.sample.roster import Agent

_OLDEST_FIRST = 0.75  # share of turns taken in order; else the newest, which blinks


class Exchange:
    """The writing in all conversations of a floor.

    Parameters
    ----------
    floor : Floor
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._at = floor.agenda.at

    # the customer

    def open(self, at: int, conversation: Conversation) -> None:
        """Arrange the first word of a customer; some never say one."""
        draw, turn = conversation.draw, conversation.turn
        if draw.chance(paces.NEVER_WRITES) and not conversation.script.name:
            conversation.gone = True
            self._at(at + paces.OPENED_SILENT_MS, self._time_out, conversation, turn)
        else:
            self._at(at + draw.along(paces.FIRST_WORD), self._speak, conversation, turn)

    def _speak(self, at: int, conversation: Conversation, turn: int) -> None:
        if _stale(conversation, turn):
            return
        wordings, manner = conversation.next_step.wordings, conversation.customer.manner
        said = conversation.speaker.messages(wordings, manner)
        last = conversation.customer_says(at, said, pace=paces.NEXT_IN_BURST)
        conversation.cursor += 1
        conversation.turn += 1
        if conversation.cursor == len(conversation.steps):
            self._finish(last, conversation)
        elif conversation.next_step.who == "C":
            then = last + conversation.draw.along(paces.THEN)
            self._at(then, self._speak, conversation, conversation.turn)
        else:
            self._await_answer(at, last, conversation)

    def _await_answer(self, first: int, last: int, conversation: Conversation) -> None:
        conversation.waiting_since = first
        conversation.chases = 0
        if not conversation.promised:
            self._at(last, self._ready, conversation, conversation.turn)
        if not conversation.next_step.closing:
            self._arm(last, conversation)

    def _arm(self, at: int, conversation: Conversation) -> None:
        """Start the customer's clocks: when to ask again, when to give up."""
        draw, turn = conversation.draw, conversation.turn
        patience = paces.PROMISE_PATIENCE if conversation.promised else paces.PATIENCE
        if conversation.agent is None:
            patience = paces.QUEUE_PATIENCE
        slower = 3 if conversation.promised else 1
        self._at(at + slower * draw.along(paces.FIRST_CHASE), self._chase, conversation, turn)
        self._at(at + draw.along(patience), self._leave, conversation, turn)

    def _chase(self, at: int, conversation: Conversation, turn: int) -> None:
        if _stale(conversation, turn):
            return
        draw, agent = conversation.draw, conversation.agent
        waited = at - (conversation.waiting_since or at)
        conversation.speaker.slots["mins"] = str(max(2, waited // MINUTE))
        phrase = "chase_long" if waited >= paces.LONG_MS and draw.chance(0.55) else "chase"
        if conversation.promised:
            phrase = "chase_promise"
        said = conversation.speaker.messages(("{@" + phrase + "}",), conversation.customer.manner)
        conversation.customer_says(at, said, pace=paces.NEXT_IN_BURST)
        conversation.chases += 1
        if draw.chance(paces.CHASE_IS_SEEN):
            conversation.not_before = 0
        if agent and conversation.promised and conversation.fellow.chance(0.5):
            conversation.aside = "still"
            conversation.pending = True
        if agent and conversation.pending:
            self.wake(at, agent, conversation)
        if conversation.chases < paces.MOST_CHASES:
            self._at(at + draw.along(paces.NEXT_CHASE), self._chase, conversation, turn)

    def _leave(self, at: int, conversation: Conversation, turn: int) -> None:
        if _stale(conversation, turn):
            return
        draw = conversation.draw
        conversation.gone = True
        conversation.unresolved = conversation.agent is not None
        if draw.chance(paces.LEAVES_WITH_A_WORD):
            said = conversation.speaker.messages(("{@gone_line}",), conversation.customer.manner)
            conversation.customer_says(at, said, pace=paces.NEXT_IN_BURST)
        if conversation.agent is None:
            self._floor.leave_queue(conversation)
            self._at(at + draw.along(paces.LEAVES_PAGE), self._floor.close, conversation, "customer")

    # the agent

    def _ready(self, at: int, conversation: Conversation, turn: int) -> None:
        if conversation.turn != turn or conversation.closed is not None:
            return
        conversation.pending = True
        agent, fellow = conversation.agent, conversation.fellow
        if agent is None:
            return
        if fellow.chance(paces.LOSES_SIGHT + len(agent.hand) ** 2 * paces.LOSES_SIGHT_PER_PAIR):
            conversation.not_before = at + fellow.along(paces.LOST_SIGHT)
            self._at(conversation.not_before, self._work, agent)
        self.wake(at, agent, conversation)

    def wake(self, at: int, agent: Agent, conversation: Conversation) -> None:
        """Let a free agent notice that something waits."""
        if not agent.busy:
            self._at(at + conversation.fellow.along(paces.NOTICE), self._work, agent)

    def _work(self, at: int, agent: Agent) -> None:
        """Take up one of the conversations that wait for this agent, if any and if free."""
        waiting = [one for one in agent.hand if one.pending and one.not_before <= at]
        if agent.busy or not waiting:
            return
        waiting.sort(key=lambda one: (one.waiting_since or at, one.number))
        chosen = waiting[0] if waiting[0].fellow.chance(_OLDEST_FIRST) else waiting[-1]
        agent.busy = True
        apology, said = self._answer(at, chosen)
        signs = sum(len(one.content) for one in said if one.content_type == "text")
        typing = signs * paces.PER_SIGN_MS[chosen.script.lang]
        juggling = 1 + paces.SLOWER_PER_HAND * max(0, len(agent.hand) - paces.EASY_HAND)
        effort = int((chosen.fellow.along(paces.THINK) + typing) * agent.pace * juggling)
        self._at(at + effort, self._reply, agent, chosen, apology + said, chosen.aside)

    def _answer(self, at: int, conversation: Conversation) -> tuple[list[Said], list[Said]]:
        """Return an apology if one is due, and what the agent is going to write."""
        speaker, manner = conversation.speaker, conversation.owner.manner
        if conversation.aside:
            return [], speaker.messages(("{@" + conversation.aside + "}",), manner)
        step = conversation.next_step
        if step.who == "T":
            return [], []
        waited = at - (conversation.waiting_since or at)
        late = waited > paces.LATE_MS and not (conversation.promised or step.closing)
        sorry = late and conversation.fellow.chance(0.6)
        apology = speaker.messages(("{@late}",), manner) if sorry else []
        return apology, speaker.messages(step.wordings, manner)

    def _reply(self, at: int, agent: Agent, conversation: Conversation, said: list[Said], aside: str | None) -> None:
        agent.busy = False
        self._at(at + conversation.fellow.along(paces.SWITCH), self._work, agent)
        if conversation.closed is not None or conversation.agent is not agent:
            return
        if aside:
            conversation.agent_says(at, said)
            conversation.aside = None
            conversation.pending = conversation.due is not None and conversation.due <= at
            return
        step = conversation.next_step
        conversation.cursor += 1
        if step.who == "T":
            self._hand_over(at, conversation, step.wordings[0])
            return
        last = conversation.agent_says(at, said)
        if conversation.waiting_since is not None:
            conversation.longest_wait = max(conversation.longest_wait, at - conversation.waiting_since)
        conversation.waiting_since = None
        conversation.pending = False
        conversation.promised = False
        conversation.aside = None
        conversation.turn += 1
        self._go_on(last, conversation, promised=step.who == "P")

    def _go_on(self, at: int, conversation: Conversation, *, promised: bool) -> None:
        """Arrange what happens after the agent wrote."""
        if conversation.gone or conversation.cursor >= len(conversation.steps):
            conversation.unresolved |= promised
            self._finish(at, conversation)
            return
        if promised:
            self._promise(at, conversation)
        if conversation.next_step.who != "C":
            if not promised:
                self._at(at, self._ready, conversation, conversation.turn)
            return
        draw = conversation.draw
        tired = 2 if conversation.longest_wait > paces.LONG_MS else 1
        if draw.chance(paces.FALLS_SILENT * tired) and not promised:
            conversation.gone = True
            self._finish(at, conversation)
        else:
            self._at(at + draw.along(paces.ANSWER), self._speak, conversation, conversation.turn)

    def _promise(self, at: int, conversation: Conversation) -> None:
        """Arrange the agent's coming back, or that it is forgotten."""
        rest = conversation.steps[conversation.cursor :]
        if all(step.who == "C" for step in rest):
            conversation.unresolved = True
            return
        conversation.promised = True
        conversation.waiting_since = at
        conversation.chases = 0
        if conversation.fellow.chance(paces.PROMISE_FORGOTTEN):
            conversation.due = None
            conversation.unresolved = True
            self._at(at + paces.AGENT_SILENT_MS, self._time_out_promise, conversation)
        else:
            conversation.due = at + conversation.fellow.along(paces.LOOK_UP)
            self._at(conversation.due, self._keep, conversation, conversation.due)
        if rest[0].who != "C":
            self._arm(at, conversation)

    def _keep(self, at: int, conversation: Conversation, due: int) -> None:
        """Come back with the result of a promise, once the customer's part before it is said."""
        if conversation.closed is not None or not conversation.promised or conversation.due != due:
            return
        while conversation.gone and conversation.next_step.who == "C":
            conversation.cursor += 1
        if conversation.next_step.who == "C":
            self._at(at + 20 * SECOND, self._keep, conversation, due)
            return
        conversation.pending = True
        conversation.aside = None
        self.wake(at, conversation.owner, conversation)

    def _hand_over(self, at: int, conversation: Conversation, group: str) -> None:
        """Give the conversation to a group or a supervisor; if nobody is there, promise a call."""
        if group or conversation.owner.role != "supervisor":
            others = self._floor.colleagues(at, conversation, group)
            if others:
                self._floor.hand_over(at, conversation, conversation.fellow.pick(others), group)
                return
            phrase = "no_colleague" if group else "no_supervisor"
            conversation.steps[conversation.cursor :] = promise_of(phrase)
        self._at(at, self._ready, conversation, conversation.turn)

    # the end

    def _finish(self, at: int, conversation: Conversation) -> None:
        conversation.turn += 1
        turn, fellow = conversation.turn, conversation.fellow
        quits = conversation.gone or conversation.script.end == "quit"
        if quits and fellow.chance(paces.NUDGES):
            self._at(at + fellow.along(paces.NUDGE), self._nudge, conversation, turn)
        elif not quits and fellow.chance(paces.CLOSES_BY_HAND):
            self._at(at + fellow.along(paces.CLOSE), self._close_by_hand, conversation, turn)
        else:
            self._at(at + paces.CUSTOMER_SILENT_MS, self._time_out, conversation, turn)

    def _nudge(self, at: int, conversation: Conversation, turn: int) -> None:
        if conversation.closed is None and conversation.agent:
            words = conversation.speaker.messages(("{@nudge}",), conversation.agent.manner)
            conversation.agent_says(at, words)
            self._at(at + paces.CUSTOMER_SILENT_MS, self._time_out, conversation, turn)

    def _close_by_hand(self, at: int, conversation: Conversation, turn: int) -> None:
        if conversation.turn == turn:
            conversation.automatic(at, "ending", kind=ENDING)
            then = at + 2 * SECOND + conversation.draw.below(40 * SECOND)
            self._at(then, self._floor.close, conversation, "agent")

    def _time_out(self, at: int, conversation: Conversation, turn: int) -> None:
        if conversation.turn == turn and conversation.closed is None:
            conversation.system(at, "timeout", kind=ENDING)
            self._floor.close(at + 100, conversation, "timeout")

    def _time_out_promise(self, at: int, conversation: Conversation) -> None:
        if conversation.promised and conversation.due is None:
            self._time_out(at, conversation, conversation.turn)


def _stale(conversation: Conversation, turn: int) -> bool:
    """Tell whether a clock of the customer was set for something that is over."""
    return conversation.turn != turn or conversation.gone or conversation.closed is not None
