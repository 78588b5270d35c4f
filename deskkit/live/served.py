"""A driver under a lease: what it stores it stores under its epoch, together with what is to leave the desk.

The lease is checked in the very transaction that stores, so a driver whose lease is over stores nothing. It knows no
thread, no sender and no feed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from deskkit.desk.events import AgentWrote, ConversationOpened, CustomerSet, Refused
from deskkit.live.driver import Driver
from deskkit.live.told import as_told

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from deskkit.clock import Clock
    from deskkit.desk.events import Decision, Event, Fact
    from deskkit.desk.policy import Policy
    from deskkit.live.lease import Held
    from deskkit.log import EventLog

    Route = Callable[[Event], Collection[str]]

__all__ = ["NEW", "UNOPENED", "ServedDriver"]

AT_ONCE: Final = 200
NEW: Final = "new-"  # and the identity of the deed: a conversation that a hand began, and its customer where new
UNOPENED: Final = "unopened"  # why a chat was not begun


class ServedDriver(Driver):
    """Decide for a log under a lease.

    Parameters
    ----------
    log, policy, clock, acts, notices, since
        As for `Driver`.
    lease : Held
        What `take_lease` gave: its epoch goes with everything that is stored, and each transaction begins with a sign
        of life for it.
    routes : sequence of callable, optional
        Each says of an event to which recipients it is to go; they are noted in the outbox with the event.

    Attributes
    ----------
    opens : bool
        Whether somebody at the desk can begin a conversation; not where its feeds cannot.

    Examples
    --------
    >>> from deskkit.clock import ManualClock
    >>> from deskkit.desk.events import ConversationOpened
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.live.lease import take_lease
    >>> from deskkit.log import open_log
    >>> log, policy = open_log("memory:"), Policy.load("data/policies/standard.toml")
    >>> clock = ManualClock(0)
    >>> driver = ServedDriver(log, policy, clock=clock, lease=take_lease(log, "doc", clock=clock))
    >>> log.take_lease("other", now=5_000, until=10_000)
    2
    >>> driver.take(ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang"))
    Traceback (most recent call last):
    deskkit.log.beside.LeaseLostError: ...
    """

    def __init__(
        self,
        log: EventLog,
        policy: Policy,
        *,
        clock: Clock,
        lease: Held,
        routes: Sequence[Route] = (),
        acts: bool = True,
        notices: bool = True,
        since: int | None = None,
    ) -> None:
        self._lease = lease
        self.opens = True
        self._routes = tuple(routes)
        self._is_together = False
        self.queued = 0  # how often something was noted in the outbox
        super().__init__(log, policy, clock=clock, acts=acts, notices=notices, since=since)

    def cannot_begin(self, fact: Fact) -> bool:
        """Say whether a fact is part of a chat that a hand begins and no feed could tell the customer of.

        A new customer and a first text go with their chat: without it none of them is to be stored.
        """
        if self.opens:
            return False
        begun = NEW + fact.source_id.rpartition(".")[0]
        match fact:
            case ConversationOpened(origin="agent"):
                return True
            case CustomerSet(customer=customer):
                return customer == begun
            case AgentWrote(conversation=name):
                return name == begun and self.desk.conversations.find(name) < 0
        return False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make everything in the block one transaction under the lease; inside another one, a part of that.

        Raises
        ------
        LeaseLostError
            Another driver has taken over; nothing of the block is stored.
        """
        if self._is_together:
            yield
            return
        self._lease.beat()
        self._is_together = True
        done = False
        try:
            with self.log.batch():
                self.log.check_lease(self._lease.epoch)
                yield
            done = True
        finally:
            self._is_together = False
            self._stale = self._stale or not done  # the desk may know what was not stored: it is folded anew

    def catch_up(self) -> None:
        """Let the desk be what the log says now; inside `together` it then stays so, for nobody else can write."""
        self._catch_up()

    def wake(self, *, until: int | None = None) -> tuple[Decision, ...]:
        """Decide what the clock has made due, at most `AT_ONCE` instants in one transaction under the lease.

        One that has lost the lease learns it here: without that it would fold what its follower writes for ever.

        Parameters
        ----------
        until : int, optional
            Nothing that is due later, milliseconds.

        Raises
        ------
        LeaseLostError
            Another driver has taken over.
        LogError
            As for `Driver.take`.
        """
        if self._due(until) is None:
            return ()
        made: list[Decision] = []
        with self.together():
            self._catch_up()
            for _ in range(AT_ONCE):
                if self._due(until) is None:
                    break
                made += self._decide_due()
        return tuple(made)

    def _append(self, events: Sequence[Event]) -> int:
        """Store a fact with what came of it, and where it is to go."""
        with self.together():
            first = self._seen + 1
            stored = super()._append(events)
            if stored:
                for seq, event in enumerate(events, first):
                    recipients = {to for route in self._routes for to in route(as_told(self.desk, event))}
                    if recipients:
                        self.log.queue(seq, sorted(recipients))
                        self.queued += 1
        return stored

    def refuse(self, fact: Fact, reason: str, *, because: tuple[int, ...] = ()) -> None:
        """Store that a fact was refused, under its identity and without it: a fold would not know that it is not to be.

        Parameters
        ----------
        fact : Fact
        reason : str
            ``outdated``, ``late`` or ``unopened``.
        because : tuple of int
            -1, and what was seen and what spoke against it, as sequence numbers.
        """
        self._catch_up()
        name = getattr(fact, "conversation", "")
        refused = Refused(
            at=self.clock.now(), source=fact.source, source_id=fact.source_id, reason=reason,
            conversation=name if self.desk.conversations.find(name) >= 0 else "", because=because,
        )  # fmt: skip
        self._seen += self._append([refused])
