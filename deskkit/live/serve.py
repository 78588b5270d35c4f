"""The loop of the one driver: inbox, feeds, time and outbox, again and again, until there is a reason to stop.

It takes what waits in the inbox and what feeds give, lets the clock decide, tells feeds what stands in the log, and
sends what is to leave. It ends with a reason: told to, nobody needs it, another driver took over, or the log is gone.
It knows no widget and no product.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.clock import FastClock, PacedClock, WallClock
from deskkit.errors import ConflictError, LogError
from deskkit.live.inbox import Inbox, earliest
from deskkit.live.lease import resumed
from deskkit.live.opening import tell_opening
from deskkit.live.outbox import FAILING, Outbox, replies_to
from deskkit.live.push import NAME as PUSH
from deskkit.live.push import push_route
from deskkit.live.served import ServedDriver
from deskkit.log import LeaseLostError, UnavailableError
from deskkit.log.in_force import policy_in_force

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping, Sequence

    from deskkit.clock import Clock
    from deskkit.desk.events import Fact
    from deskkit.desk.policy import Policy
    from deskkit.feeds.feed import Feed
    from deskkit.live.inbox import Reader
    from deskkit.live.lease import Holding
    from deskkit.live.outbox import Sender
    from deskkit.live.push import Push
    from deskkit.live.served import Route
    from deskkit.log import EventLog

__all__ = ["TAKEN_OVER", "TOLD", "Serving", "Ways"]

_logger = logging.getLogger(__name__)

TICK_MS: Final = 20  # between two looks at an idle inbox
AGAIN_MS: Final = 1_000  # after a failure that may pass
TOLD: Final = "it was told to"
TAKEN_OVER: Final = "another driver has taken over"
PAGE: Final = 500  # facts of a feed in one transaction, and rows shown to it at once


class Ways(NamedTuple):
    """What a desk is connected to.

    Attributes
    ----------
    feeds : sequence of Feed
    readers : mapping of source to callable
        How deliveries of a source become facts, see `Inbox`.
    senders : mapping of recipient to callable
        How what leaves the desk is sent, see `Outbox`; a feed in mode *act* is a recipient of its own name.
    routes : sequence of callable
        Beside those to the feeds.
    push : Push, optional
        Who is reached by push.
    """

    feeds: Sequence[Feed] = ()
    readers: Mapping[str, Reader] = {}
    senders: Mapping[str, Sender] = {}
    routes: Sequence[Route] = ()
    push: Push | None = None


class Serving:
    """A desk that is served: its driver, and everything around it.

    Parameters
    ----------
    log : EventLog
    policy : Policy
        Used where the log has none in force yet: a driver that starts anew undoes no change a supervisor made.
    holding : Holding
        The lease, see `take_lease`.
    ways : Ways
    clock : Clock, optional
        The desk's; by default the system's, or the one that an earlier driver told the log of. A demo's runs faster.
    acts : bool, optional
        Whether the desk assigns and tidies, or only watches; by default it acts unless its feeds only observe.
    idle_ms : int, optional
        Stop when nobody needed the driver for so long and there is no feed; by default never.
    notices : bool
        Whether notices are decided.

    Attributes
    ----------
    faults : int
        How often a feed failed.

    Examples
    --------
    >>> from deskkit.clock import ManualClock
    >>> from deskkit.desk.events import ConversationOpened
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.live.inbox import submit
    >>> from deskkit.live.lease import take_lease
    >>> from deskkit.log import open_log
    >>> log, policy = open_log("memory:"), Policy.load("data/policies/standard.toml")
    >>> serving = Serving(log, policy, take_lease(log, "doc"), clock=ManualClock(1_000))
    >>> fact = ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang")
    >>> submit(log, fact, received_at=1_000)
    True
    >>> serving.tick()
    True
    >>> log.answer("doc", "1")
    ('taken', '')
    >>> serving.holding.end()
    True
    """

    def __init__(
        self,
        log: EventLog,
        policy: Policy,
        holding: Holding,
        *,
        ways: Ways | None = None,
        clock: Clock | None = None,
        acts: bool | None = None,
        idle_ms: int | None = None,
        notices: bool = True,
    ) -> None:
        self.log = log
        self.holding = holding
        self._ways = ways = ways or Ways()
        self._wall = WallClock()
        self._idle_ms = idle_ms
        self._busy_at = self._looked_at = self._wall.now()
        known, clock = policy_in_force(log), clock or resumed(log)
        in_force = known or policy
        by_push = () if ways.push is None else (push_route(ways.push, in_force),)
        slow = {} if ways.push is None else {PUSH: ways.push.send}
        self.driver = ServedDriver(
            log,
            in_force,
            clock=clock,
            lease=holding,
            routes=(*(replies_to(feed, log) for feed in ways.feeds), *ways.routes, *by_push),
            acts=not ways.feeds or any(feed.declared.mode == "act" for feed in ways.feeds) if acts is None else acts,
            notices=notices,
            since=None if known else earliest(log, ways.readers, now=clock.now()),
        )
        people = self.driver.desk.profiles
        if ways.push is not None and people and (strangers := ways.push.strangers(people)):
            _logger.warning("The file of addresses names agents whom this log does not know: %s", ", ".join(strangers))
        self.driver.opens = not ways.feeds or any(_opens(feed) for feed in ways.feeds)
        tell_opening(log, can=self.driver.opens)
        self.go_by(self.driver.clock)
        self.inbox = Inbox(self.driver, readers=ways.readers)
        self.outbox = Outbox(self.driver, ways.senders, slow=slow)
        self.faults = 0
        self._shown = 0  # up to where the feeds were told
        self._polled: list[list[Fact]] = [[] for _ in ways.feeds]  # given, and not stored yet

    def go_by(self, clock: Clock) -> None:
        """Go by a clock from now on; one that is not the system's is told to all who look at the log.

        Raises
        ------
        LogError
            The lease is lost, or the log cannot say so.
        """
        self.driver.clock = clock
        self._is_told, self._told_at = True, self._wall.now()
        if isinstance(clock, FastClock):
            self.log.tell_time(self.holding.epoch, desk_at=clock.now(), wall_at=self._wall.now(), speed=clock.speed)

    # ------------------------------------------------------------ once around

    def tick(self) -> bool:
        """Go once around: inbox, feeds, time, outbox; say whether there was anything to do.

        Raises
        ------
        LogError
            As for `Driver.take`; also where the lease is lost.
        """
        self.holding.beat()
        self._go_on()
        taken = self.inbox.drain()
        self._show()
        polled = self._poll()
        woken = self.driver.wake(until=self.inbox.reaches())
        sent = self.outbox.deliver()
        if taken:
            self._busy_at = self._wall.now()
        return bool(taken or polled or woken or sent)

    def _go_on(self) -> None:
        """Let the desk's time go on, by no more than the desk lives through; all who look at the log are told."""
        clock = self.driver.clock
        if not isinstance(clock, PacedClock):
            return
        was_late = clock.left_out_ms > 0
        self._is_told = not clock.go_on() and self._is_told
        if clock.left_out_ms and not was_late:
            _logger.warning("The desk cannot keep up at %g times life, or stood still: its clock waits.", clock.speed)
        if not self._is_told and self._wall.now() - self._told_at >= AGAIN_MS // 2:
            self.go_by(clock)

    def _poll(self) -> bool:
        """Take what feeds give; what the log cannot store is kept for the next time."""
        given = False
        for feed, waiting in zip(self._ways.feeds, self._polled, strict=True):
            with self._going_on(feed):
                waiting.extend(feed.poll(self.driver.clock.now()))
            while waiting:
                self.inbox.take(feed.declared.name, waiting[:PAGE])
                del waiting[:PAGE]
                given = True
        return given

    @contextmanager
    def _going_on(self, feed: Feed) -> Iterator[None]:
        """Let a feed fail without stopping the desk: it is counted and said."""
        try:
            yield
        except FAILING as error:
            self.faults += 1
            _logger.warning("The feed %s failed (%s); the desk goes on.", feed.declared.name, type(error).__name__)

    def _show(self) -> None:
        """Tell the feeds what stands in the log since they were last told."""
        if not self._ways.feeds:
            return
        last = self.log.last_seq()
        while self._shown < last:
            page = list(self.log.read(self._shown, until=last, limit=PAGE))
            self.holding.beat()
            for feed in self._ways.feeds:
                with self._going_on(feed):
                    feed.observe(page)
            self._shown = page[-1].seq

    # ------------------------------------------------------------ until there is a reason to stop

    def run(self, stop: threading.Event) -> str:
        """Go around until `stop` is set or something else ends it; let the lease go; return why it ended."""
        try:
            why = self._run(stop)
        except BaseException as error:
            self._let_go(f"it failed: {type(error).__name__}")
            raise
        self._let_go(why)
        return why

    def _let_go(self, why: str) -> None:
        try:
            self.holding.end(why)
        except LogError as error:  # the log is gone, or its disk is full: the lease ends by itself
            _logger.warning("The lease could not be let go: %s", error)

    def _run(self, stop: threading.Event) -> str:
        while not stop.is_set():
            try:
                pause_ms = 0 if self.tick() or getattr(self.driver.clock, "is_behind", False) else TICK_MS
            except LeaseLostError:
                return TAKEN_OVER
            except (ConflictError, UnavailableError) as error:
                _logger.warning("%s", error)
                pause_ms = AGAIN_MS
            except LogError as error:
                return f"the log is gone: {error.problem}"
            if why := self._not_needed():
                return why
            if pause_ms:
                stop.wait(pause_ms / 1000)
        return TOLD

    def _not_needed(self) -> str:
        """Say why this driver may go, if it may: one with a feed never does; the log is asked once a second."""
        now = self._wall.now()
        if self._ways.feeds or now - self._looked_at < AGAIN_MS:
            return ""
        self._looked_at = now
        lease = self.log.lease()
        if lease.asked_at:
            return "another driver asked for the lease"
        if self._idle_ms is not None and now - max(self._busy_at, lease.wanted_at) > self._idle_ms:
            return f"nobody needed it for {self._idle_ms // 1000} s"
        return ""


def _opens(feed: Feed) -> bool:
    return feed.declared.mode == "act" and feed.declared.can.open
