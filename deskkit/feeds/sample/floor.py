"""The room where the sample's desk works: conversations arrive, queue, get an owner, change owner, close.

A small simulation of its own, so that waits, chases and leavers follow from load and not from a table. It
belongs to the sample alone and decides nothing for deskkit's desk: the distribution here is the unfair one of
the provider. What is said stands in `exchange`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from deskkit.feeds.sample.agenda import Agenda
from deskkit.feeds.sample.arrivals import END, START, arrivals, is_night, scripts_at
from deskkit.feeds.sample.cast import Cast
from deskkit.feeds.sample.closing import after_close, closed_at_night
from deskkit.feeds.sample.draw import Draw
from deskkit.feeds.sample.exchange import Exchange
from deskkit.feeds.sample.records import HOUR, MINUTE, WELCOME, Conversation
from deskkit.feeds.sample.roster import GROUPS, Agent, roster
from deskkit.feeds.sample.scene import stage

if TYPE_CHECKING:
    from deskkit.feeds.sample.records import Customer
    from deskkit.feeds.sample.script import Script

_LOOK_AGAIN = 30 * MINUTE  # shifts begin on the half hour
_PROMOTION_FROM = END - 38 * HOUR
_PROMOTION = 0.35
_STAND_IN = ("aftersales", "presales", "international")


class Floor:
    """The desk of the sample, from START to END.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.agenda = Agenda()
        self.cast = Cast(seed)
        self.agents = roster(seed)
        self.conversations: list[Conversation] = []
        self.queues: dict[str, list[Conversation]] = defaultdict(list)
        self.exchange = Exchange(self)

    def run(self) -> list[Conversation]:
        """Play the fortnight; return the conversations in the order of their opening."""
        for number, at in enumerate(arrivals(self.seed)):
            self.agenda.at(at, self._arrive, number)
        for at in range(START, END, _LOOK_AGAIN):
            self.agenda.at(at, self._new_shift)
        self.agenda.run(END)
        return self.conversations

    def _arrive(self, at: int, number: int) -> None:
        script, customer = self._who(at, number)
        conversation = stage(number, script, customer, at=at, seed=self.seed)
        self.conversations.append(conversation)
        customer.busy = True
        if is_night(at):
            closed_at_night(conversation)
            return
        self.exchange.open(at, conversation)
        conversation.group = self._open_group(conversation.group, at)
        self._offer(at, conversation)

    def _who(self, at: int, number: int) -> tuple[Script, Customer]:
        draw = Draw(self.seed, "conversation", number, "who")
        scripts, weights = scripts_at(at, draw=draw)
        while True:
            script = draw.weighted(scripts, weights)
            customer = self.cast.choose(script, at, draw=draw)
            if customer is not None:
                return script, customer

    def _open_group(self, group: str, at: int) -> str:
        """Return the group itself, or the one that stands in while nobody of it is on shift."""
        staffed = {name for agent in self.agents if agent.on_shift(at) for name in agent.groups}
        return next((name for name in (group, *_STAND_IN) if name in staffed), group)

    def _free(self, group: str, at: int) -> list[Agent]:
        return [
            agent
            for agent in self.agents
            if group in agent.groups and agent.on_shift(at) and len(agent.hand) < agent.capacity
        ]

    def _offer(self, at: int, conversation: Conversation) -> None:
        free = self._free(conversation.group, at)
        if not free:
            queue = self.queues[conversation.group]
            queue.append(conversation)
            conversation.speaker.slots["ahead"] = str(len(queue))
            conversation.system(at + 200, "queue")
            return
        at_home = [agent for agent in free if agent.groups[0] == conversation.group]
        self._assign(at, conversation, _pick(at_home or free, conversation))

    def _assign(self, at: int, conversation: Conversation, agent: Agent) -> None:
        conversation.agent = agent
        agent.hand.append(conversation)
        conversation.speaker.slots |= {"nick": agent.nick, "persona": agent.persona}
        if conversation.transferred == 0:
            conversation.automatic(at + 300 + conversation.fellow.below(500), "welcome", kind=WELCOME)
            if at >= _PROMOTION_FROM and conversation.fellow.chance(_PROMOTION):
                late = 900 + conversation.fellow.below(900)
                conversation.automatic(at + late, "promo_welcome", kind=WELCOME)
        if conversation.pending:
            self.exchange.wake(at, agent, conversation)

    def _new_shift(self, at: int) -> None:
        for group in list(self.queues):
            self._drain(at, group)

    def _drain(self, at: int, group: str) -> None:
        queue = self.queues[group]
        while queue and (free := self._free(group, at)):
            conversation = queue.pop(0)
            self._assign(at, conversation, _pick(free, conversation))

    def leave_queue(self, conversation: Conversation) -> None:
        """Take a customer who gave up, or was timed out, out of the queue."""
        queue = self.queues[conversation.group]
        if conversation in queue:
            queue.remove(conversation)

    def colleagues(self, at: int, conversation: Conversation, group: str) -> list[Agent]:
        """Return who could take the conversation over: of a group, or a supervisor where none is named."""
        return [
            agent
            for agent in self.agents
            if agent is not conversation.agent
            and agent.on_shift(at)
            and (group in agent.groups if group else agent.role == "supervisor")
            and conversation.script.lang in agent.languages
        ]

    def hand_over(self, at: int, conversation: Conversation, to: Agent, group: str) -> None:
        """Give the conversation to a colleague."""
        agent = conversation.owner
        conversation.group = group or to.groups[0]
        conversation.speaker.slots |= {
            "from_name": agent.name,
            "to_name": to.name,
            "group_name": GROUPS[conversation.group][1],
        }
        conversation.system(at, "transfer")
        conversation.transferred += 1
        agent.hand.remove(conversation)
        self._assign(at, conversation, to)
        self._drain(at, agent.groups[0])

    def close(self, at: int, conversation: Conversation, by: str) -> None:
        """Close a conversation: by agent, timeout or customer. A second close does nothing."""
        if conversation.closed is not None:
            return
        conversation.closed = at
        conversation.closed_by = by
        conversation.pending = False
        after_close(conversation)
        if conversation.agent is None:
            self.leave_queue(conversation)
            return
        conversation.agent.hand.remove(conversation)
        for group in conversation.agent.groups:
            self._drain(at, group)


def _pick(agents: list[Agent], conversation: Conversation) -> Agent:
    """Return one of the agents as the provider does: some far more often than others."""
    return conversation.fellow.weighted(agents, [agent.favour for agent in agents])
