"""The living demo: a simulated world as a feed of the driver, in real time or faster.

The same processes as in a simulation, but the desk is the live one: what people do goes to the driver as facts, and
what the desk decided they learn from the log, as they learn what a supervisor did. A supervisor who moves a
conversation changes who answers it; a reply that a supervisor types is answered by the customer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk import events as e
from deskkit.feeds.feed import Can, Declared, Sees
from deskkit.sim.engine import Engine
from deskkit.sim.order import Due
from deskkit.sim.wording import worded
from deskkit.sim.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.desk.events import Fact
    from deskkit.desk.policy import Policy
    from deskkit.log import Stored
    from deskkit.sim.engine import Process
    from deskkit.sim.people import Conversation
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["Living"]

SOURCE: Final = "sim"
THANKS: Final = {"en": "Thank you!", "zh": "好的，谢谢"}
THANKS_MS: Final = 5_000


class Living(Engine):
    """A world that lives beside a desk; it is a `deskkit.feeds.feed.Feed`.

    Parameters
    ----------
    scenario : Scenario
    workload : Workload
        Whose instants are those of the desk's clock.
    policy : Policy
        Names the channels of notices.

    Examples
    --------
    >>> from deskkit.sim.scenario import Agent, Arrivals, Scenario, Stream
    >>> from deskkit.sim.workload import sample
    >>> stream = Stream(name="s", group="g", arrivals=Arrivals(instants=(1_000,)))
    >>> scenario = Scenario(name="one", end_ms=60_000, streams=(stream,), agents=(Agent(name="chen", groups=("g",)),))
    >>> from deskkit.desk.policy import Policy
    >>> living = Living(scenario, sample(scenario, seed=1), Policy.load("data/policies/standard.toml"))
    >>> living.observe([])
    >>> [type(fact).__name__ for fact in (*living.poll(0), *living.poll(2_000))]
    ['AgentSet', 'PresenceSet', 'ConversationOpened', 'CustomerWrote']
    """

    def __init__(self, scenario: Scenario, workload: Workload, policy: Policy) -> None:
        super().__init__(World(scenario, workload, policy), lambda _fact: (), lambda: None)
        self._begun = False
        self._said: list[Fact] = []
        self._known: set[str] = set()  # of ours: what the log held when another process had lived here, and messages
        self._last_reply: dict[int, int] = {}

    @property
    def declared(self) -> Declared:
        """What the feed sees and can do."""
        sees = Sees(messages=True, views=True, queue=True, ratings=True)
        can = Can(reply=True, assign=True, tag=True, close=True, open=False)
        return Declared(name=SOURCE, sees=sees, can=can, mode="act")

    @property
    def senders(self) -> dict[str, Callable[[object], None]]:
        """Where what goes out to the people arrives: they see it in the log, so it has arrived when it stands there."""
        return {SOURCE: lambda _item: None}

    # ------------------------------------------------------------ as a feed

    def poll(self, now: int) -> Sequence[Fact]:
        """Let the people live up to `now`; return what they did."""
        if not self._begun:
            self._begin(now)
        if now > self.now:
            self.env.run(until=now)
        said, self._said = self._said, []
        return said

    def observe(self, events: Sequence[Stored]) -> None:
        """Let the people see what the log says; what they did themselves they know."""
        for stored in events:
            event = stored.event
            own = event.source == SOURCE and isinstance(event, e.Fact)
            if own and not self._begun:
                self._known.add(event.source_id)
            if not own or not self._begun:
                self.world.observe(event)
                self._remember(event)

    def _remember(self, event: e.Event) -> None:
        one = self.world.named.get(getattr(event, "conversation", ""))
        if one is None or not isinstance(event, e.AgentWrote):
            return
        self._last_reply[one.index] = event.at
        if self._begun and not event.automatic and (one.gone or not one.process.is_alive):
            self.env.process(self.thanks(one, event.message))

    # ------------------------------------------------------------ as an engine

    def say(self, fact: Fact) -> None:
        """Give a fact to the driver; what it decides is seen in the log."""
        one = self.world.named.get(getattr(fact, "conversation", ""))
        stream = None if one is None else self.world.scenario.streams[self.world.rows[one.index]["stream"]]
        fact = worded(fact, filler="" if stream is None else stream.text)
        if fact.source_id not in self._known and not isinstance(fact, e.PolicyChanged):  # that is the driver's to say
            self._said.append(fact)
        if isinstance(fact, e.CustomerWrote):
            self._known.add(fact.source_id)  # where a hand put it away, its contact goes on from there
        self.world.observe(fact)

    def _begin(self, now: int) -> None:
        """Begin now; who was there before, in another process, goes on."""
        begun = [one for one in self.world.conversations if f"wrote:{one.index}:0" in self._known]
        if now > self.now:
            self.begin_at(now)
        self._begun = True
        self.start()
        for one in begun:
            one.process = self.env.process(self.again(one))

    def _told(self, one: Conversation, what: str) -> None:
        """Wake a customer who waits; let one go on whose conversation a hand had put away and takes out again."""
        super()._told(one, what)
        if what == "taken out" and self._begun and not one.process.is_alive:
            one.process = self.env.process(self.leave(one) if one.gone else self.again(one))

    def arrivals(self) -> Process:
        """Let those come who have not come yet; who should have come before the demo began does not."""
        begin = self.now
        for one in self.world.conversations:
            if one.arrives < begin or f"wrote:{one.index}:0" in self._known:
                continue
            if one.arrives > self.now:
                yield self.at(one.arrives, Due.ARRIVES, one)
            one.process = self.env.process(self.customer(one))

    def talk(self, one: Conversation, number: int) -> Process:
        """Live through a contact; who got the last answer from a supervisor says thanks, for no agent closes it."""
        yield from super().talk(one, number)
        if one.is_open and one.turn == self.world.rows[one.index]["turns"]:
            yield from self.thanks(one, "last")

    def thanks(self, one: Conversation, answered: str) -> Process:
        """Say thanks: who had said all, or had gone, hears a supervisor too, so that nobody writes to nobody."""
        yield self.at(self.now + THANKS_MS, Due.WRITES, one)
        self.say(
            e.CustomerWrote(
                at=self.now, source=SOURCE, source_id=f"thanked:{one.index}:{answered}", conversation=one.name,
                message=f"{one.index}/thanks:{answered}",
                text=THANKS.get(self.world.rows[one.index]["language"], THANKS["en"]),
            )
        )  # fmt: skip

    def again(self, one: Conversation) -> Process:
        """Go on with a contact that began in another process."""
        number = sum(f"wrote:{one.index}:{n}" in self._known for n in range(one.turn + 2))
        ended = not one.is_open or one.turn == self.world.rows[one.index]["turns"]
        if ended:
            return
        if one.asked < 0:
            think = self.world.think_ms(one, self.world.needs(one).think_ms)
            yield self.at(self._last_reply.get(one.index, self.now) + think, Due.WRITES, one)
        yield from self.talk(one, number)
