"""A hand at a desk that a driver decides for: what it does goes into the inbox, what came of it is read from the log.

Several notebooks and a server work on one log that way. Where no driver decides, one is started as a child process;
who must not wait, a notebook's kernel, goes on meanwhile. What a hand did is kept from the instant it is in the inbox:
a driver that was killed is followed by another, which takes it then, once.
"""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.clock import WallClock
from deskkit.errors import LogError
from deskkit.live.ahead import Ahead
from deskkit.live.follower import Follower
from deskkit.live.hearing import SLICE, Hearing
from deskkit.live.inbox import submit
from deskkit.live.lease import clock_of, is_alive, resumed
from deskkit.live.starting import Starting
from deskkit.live.writing import Writing
from deskkit.log import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from deskkit.desk.events import Decision, Fact
    from deskkit.desk.policy import Policy
    from deskkit.live.follower import Before
    from deskkit.live.writing import Written
    from deskkit.log import EventLog
    from deskkit.log.rows import Snapshot

__all__ = ["Client", "UnansweredError"]

_logger = logging.getLogger(__name__)
WANT_MS: Final = 60_000  # how often a driver is told that it is needed
ANSWER_MS: Final = 15_000  # longer than it takes to follow a driver that was killed
AT_ONCE_MS: Final = 50  # a driver that is there answers sooner, mostly
AGAIN_S: Final = 10  # after a driver that could not be started
LOOK_S: Final = 0.01
FEW: Final = 50  # facts that a log takes within a moment
LOOK_ROWS: Final = 200  # of the log that are read at once by who must not wait


class UnansweredError(UnavailableError):
    """What was done is kept in the inbox, and nobody knows yet what came of it."""


class Client(Follower):
    """See and act on a desk that a driver decides for.

    Parameters
    ----------
    log : EventLog
        In a file.
    policy : Policy
        For a log that has none in force yet.
    acts, notices : bool
        What a driver started here does; see `ensure_driver`.
    push : Path or str, optional
        The file of addresses for push of a driver started here.
    answer_ms : int, milliseconds
        How long to wait for the driver's answer.
    waits : bool
        Whether to wait for a driver that has to be started. Who does not, gets no answer to what it does meanwhile:
        `answered` has it later. It also waits no more than `AT_ONCE_MS` for any answer.

    Attributes
    ----------
    clock : Clock
        The desk's, as its driver told it.
    lease : Lease
        Of its driver, as it was found last.
    writing : Writing
        Writes for who must not wait.
    unstarted : LogError or None
        Why no driver could be started, for who does not wait for one; it is tried again, and None once one decides.

    Raises
    ------
    LogError
        The log is in memory, or no driver could be started and this client waits for one.
    """

    def __init__(
        self,
        log: EventLog,
        policy: Policy,
        *,
        acts: bool = True,
        notices: bool = True,
        push: Path | str | None = None,
        answer_ms: int = ANSWER_MS,
        before: Before | None = None,
        waits: bool = True,
    ) -> None:
        self._wall = WallClock()
        self._answer_ms = answer_ms if waits else min(answer_ms, AT_ONCE_MS)
        self._waits = waits
        self.writing = Writing()
        self.unstarted: LogError | None = None
        self._starts_with = (acts, notices, push)
        self._starting: Starting | None = None
        self._again_at = 0.0  # not before that is another driver started, of the monotonic clock
        self._ahead = Ahead(log)
        self._told: tuple[bool, int, int] | None = None  # whether, by whom and when the desk's time was told
        self._need(log, policy)
        super().__init__(log, policy, clock=self.clock, acts=acts, before=before, rows=0 if waits else LOOK_ROWS)

    @property
    def is_starting(self) -> bool:
        """Whether no driver decides yet, but one is being started."""
        return (
            self.unstarted is None
            and self._starting is not None
            and not self._starting.is_over
            and not is_alive(self.log.lease(), now=self._wall.now())
        )

    @property
    def reads_policy(self) -> bool:
        """Whether this client stands before another policy, which it has been reading for more than a second."""
        return self._ahead.takes_long

    def _keep_beside(self) -> None:
        """Keep a snapshot; who must not wait has it written beside: a log that is locked takes seconds."""
        if self._waits:
            super()._keep_beside()
        elif (made := self._snapshot()) is not None:
            self.writing.soon(partial(self._stored, made), keeps=False, waits=False)

    def _stored(self, made: Snapshot) -> None:
        try:
            self.log.save_snapshot(made)
        except LogError as error:
            _logger.warning("No snapshot was kept: %s", error)

    def _upto(self, last: int) -> int:
        """Return up to where one look reads the log: for who must not wait, before a policy that is not read yet."""
        until = super()._upto(last)
        return until if self._waits else self._ahead.upto(self.desk, self._seen, until)

    def _need(self, log: EventLog, policy: Policy) -> None:
        """See to it that a driver decides, unless the log is only to be read, and go by its clock."""
        log.check_place()  # else a driver would be started for the log that stands there now
        now, lease = self._wall.now(), log.lease()
        is_wanted = not is_alive(lease, now=now) or now - lease.wanted_at > WANT_MS
        if is_wanted and not log.is_read_only:  # who may only look lets nobody write either
            self._start_driver(log, policy)
            lease = log.lease()
        self.lease = lease
        told = is_alive(lease, now=now), lease.epoch, lease.wall_at
        if told != self._told:  # a desk without a driver stands where its log ends
            self._told, self.clock = told, clock_of(lease) if told[0] else resumed(log)
        if told[0]:
            self.unstarted = None

    def _start_driver(self, log: EventLog, policy: Policy) -> None:
        """Start a driver, or tell the one there is that it is needed; where this client waits, wait for it."""
        if self._starting is not None and self._starting.is_over:
            self._end_start(self._starting)
        if self._starting is None and time.monotonic() >= self._again_at:
            acts, notices, push = self._starts_with
            self._starting = Starting(log.url, policy, acts=acts, notices=notices, push=push)
        if self._starting is not None and self._waits:
            self._end_start(self._starting)

    def _end_start(self, starting: Starting) -> None:
        """Wait for a driver; if it could not be started raise, or keep why: who does not wait goes on reading."""
        self._starting = None
        try:
            starting.result()
        except LogError as error:
            if self._waits:
                raise
            self._again_at = time.monotonic() + AGAIN_S
            self.unstarted = error

    def wake(self) -> tuple[Decision, ...]:
        """Look at the log, and whether a driver decides; return what was decided since the last look.

        Raises
        ------
        MovedError
            The log was deleted, moved or replaced.
        LogError
            The log cannot be read; or no driver could be started, and this client waits for one.
        """
        self._need(self.log, self._policy)
        return super().wake()

    def act(self, facts: Sequence[Fact]) -> tuple[Decision, ...]:
        """Give facts to the driver, in their order; return what was decided about them.

        They happen when the driver takes them. One that contradicts what somebody else did since this desk was last
        looked at is refused; see `deskkit.live.outdated`.

        Parameters
        ----------
        facts : sequence of Fact
            With `source`, `source_id` and `by`.

        Returns
        -------
        tuple of Decision

        Raises
        ------
        FactError
            The driver could not take one of them.
        UnansweredError
            The facts are kept and will be taken once, but it is not known yet what comes of them: no driver answered in
            time or could be started, the log could not be read, or the wait was interrupted. `answered` knows it later.
        LogError
            The log cannot be written: nothing is kept.
        """
        self.give(facts)
        try:
            return self._await(facts)
        except (LogError, KeyboardInterrupt) as error:  # whoever repeats what is kept already would do it twice
            raise UnansweredError(
                "What you did is kept, and will be done once; nothing has been heard of it yet.", place=self.log.url,
                value=str(error), expected="an answer within seconds", example="look again in a moment",
            ) from error  # fmt: skip

    def give(self, facts: Sequence[Fact], *, saw: int | None = None) -> None:
        """Put facts into the driver's inbox, all or none, and do not wait for what comes of them: see `answered`.

        Parameters
        ----------
        facts : sequence of Fact
        saw : int, optional
            The last event that was seen when it was done; by default what is seen now.

        Raises
        ------
        LogError
            The log cannot be written: nothing is kept.
        """
        with self.log.batch():
            for fact in facts:
                now, kept = self._wall.now(), msgspec.structs.replace(fact, at=0)
                submit(self.log, kept, received_at=now, author=fact.by, saw_seq=self._seen if saw is None else saw)

    def give_soon(self, facts: Sequence[Fact], *, saw: int | None = None) -> Written:
        """Give facts as `give` does, and wait for no log that is locked: they are kept until it takes them.

        Parameters
        ----------
        facts : sequence of Fact
        saw : int, optional
            The last event that was seen when it was done; by default what is seen now: what comes until they are
            stored, whoever did this had not seen.
        """
        seen = self._seen if saw is None else saw
        return self.writing.soon(lambda: self.give(facts, saw=seen), waits=len(facts) <= FEW)

    def _await(self, facts: Sequence[Fact]) -> tuple[Decision, ...]:
        """Wait until the driver has taken or refused facts; return what was decided about them."""
        end = time.monotonic() + (0 if self.is_starting else self._answer_ms / 1000)
        while (decided := self.answered(facts)) is None:
            self._need(self.log, self._policy)
            if time.monotonic() >= end:
                raise UnavailableError("The driver does not answer.", place=self.log.url, value=type(facts[0]).__name__)
            time.sleep(LOOK_S)
        return decided

    def answered(self, facts: Sequence[Fact]) -> tuple[Decision, ...] | None:
        """Return what was decided about facts that were given, or None while nothing is known of one of them.

        Raises
        ------
        FactError
            The driver could not take one of them.
        LogError
            The log cannot be read.
        """
        return self.heard(Hearing(self.log, facts), most=3 * len(facts))

    def heard(self, hearing: Hearing, *, most: int = SLICE) -> tuple[Decision, ...] | None:
        """Hear some more of what becomes of facts; return what was decided about all, or None while that is not known.

        Parameters
        ----------
        hearing : Hearing
            Begun with the facts, and asked again until it is over.
        most : int
            Looks into the log at once.

        Raises
        ------
        FactError
            The driver could not take one of them.
        LogError
            The log cannot be read.
        """
        hearing.hear(most)
        if not hearing.is_over:
            return None
        self._catch_up()
        return tuple(hearing.decided)
