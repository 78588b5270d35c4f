"""The one decider of a log: each fact goes into the log, followed at once by the desk's decisions, in one transaction.

Commands and feeds give facts to `take`; time is given by `wake`. A driver that starts on a log folds it first, from a
snapshot on where that is quicker, so it goes on where the last one stopped; a log that was only imported gets its first
decisions when the policy comes in force. What another process wrote meanwhile is folded before anything is decided. The
driver knows no widget and no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk.events import DeadlineReached, Fact, PolicyChanged
from deskkit.errors import ConflictError, FactError
from deskkit.live.follower import Follower
from deskkit.log.rows import log_moved_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from deskkit.clock import Clock
    from deskkit.desk.events import Decision, Event
    from deskkit.desk.policy import Policy
    from deskkit.live.follower import Before
    from deskkit.log import EventLog

__all__ = ["Driver"]

RETRIES: Final = 5  # after which a conflict is reported: the decision may no longer be right


class Driver(Follower):
    """Decide for a log by a policy.

    Parameters
    ----------
    log : EventLog
    policy : Policy
        If the log's last policy is another one, a `PolicyChanged` fact is written first, and everything open is
        looked at by the new rules.
    clock : Clock
    acts : bool
        Whether the desk assigns and tidies, or only watches and advises.
    notices : bool
        Whether notices are decided.
    author : str
        Who puts the policy in force.
    since : int, optional
        From when on the policy holds where the log has none yet, milliseconds; by default now.

    Attributes
    ----------
    replaced : Policy or None
        The one that was in force until this driver began with another.

    Examples
    --------
    >>> from deskkit.clock import ManualClock
    >>> from deskkit.desk.events import ConversationOpened
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.log import open_log
    >>> driver = Driver(open_log("memory:"), Policy.load("data/policies/standard.toml"), clock=ManualClock(0))
    >>> driver.take(ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang"))
    ()
    >>> driver.log.last_seq()
    2
    """

    def __init__(
        self,
        log: EventLog,
        policy: Policy,
        *,
        clock: Clock,
        acts: bool = True,
        notices: bool = True,
        author: str = "",
        since: int | None = None,
        before: Before | None = None,
    ) -> None:
        super().__init__(log, policy, clock=clock, acts=acts, notices=notices, before=before)
        self.replaced: Policy | None = None
        if self._in_force != policy.fingerprint or self.desk.policy.shown != policy.shown:
            self.replaced = self.desk.policy if self._in_force else None
            self._change(policy, author=author, at=None if self._in_force else since)

    # ------------------------------------------------------------ what the log says

    def _start(self) -> None:
        """Fold the log; of the instants that left no trace nothing is known any more."""
        self._idle: DeadlineReached | None = None  # the last instant, if nothing was decided at it
        super()._start()

    def _catch_up(self) -> list[Decision]:
        """Let the desk be what the log says now, whoever wrote it; return what others decided meanwhile."""
        if self._idle is not None and self.log.last_seq() > self._seen:
            self._start()
        return super()._catch_up()

    def _fold(self, stored: Iterable[Event]) -> None:
        """Fold events, and be ready to decide: nothing that happened may be left to who did not decide by it."""
        self.desk.fold(stored)
        self.desk.begin(self.clock.now())

    def _tidy(self) -> None:
        """Put away what was said alone: who decides looks at all conversations, and at all customers they are of."""
        self.desk.pack()

    def keep_snapshot(self) -> None:
        """Keep a snapshot; see `Follower.keep_snapshot`."""
        if self._idle is not None:  # the desk has seen an instant that the log does not hold
            self._start()
        super().keep_snapshot()

    def check_alone(self) -> None:
        """Refuse if the log holds what the desk does not show yet: for hands that act on what they see.

        Raises
        ------
        ConflictError
            Somebody else wrote; the desk shows it now.
        """
        seen, last = self._seen, self.log.last_seq()
        if last != seen:
            self._catch_up()
            raise log_moved_on(self.log.url, seen=seen, last=last)

    # ------------------------------------------------------------ deciding

    def act(self, facts: Sequence[Fact]) -> tuple[Decision, ...]:
        """Take facts of a hand that acts on what it sees, after whatever time has made due; as `Client.act`.

        Raises
        ------
        ConflictError
            Somebody else wrote; the desk shows it now, and nothing was taken.
        DeskkitError
            As for `take`.
        """
        self.check_alone()
        return self.wake() + tuple(decision for fact in facts for decision in self.take(fact))

    def take(self, fact: Fact) -> tuple[Decision, ...]:
        """Take a fact: decide, and store fact and decisions together before returning.

        Where somebody else wrote to the log meanwhile, that is folded first and the fact decided again.

        Parameters
        ----------
        fact : Fact
            With `source` and `source_id`; a fact the log has already changes nothing and decides nothing.

        Returns
        -------
        tuple of Decision

        Raises
        ------
        FactError
            The fact has no identity, or names what does not exist; nothing is stored.
        ConflictError
            Somebody else wrote to the log each of six times. Nothing is stored.
        LogError
            The log could not store it; the desk is folded anew from what is stored.
        """
        if not fact.source or not fact.source_id:
            raise FactError(
                "A fact needs an identity.", value=type(fact).__name__, expected="source and source_id",
                example="source='desk', source_id='chen/17'",
            )  # fmt: skip
        return self._repeated(lambda: self._take_new(fact))

    def _repeated(self, decide: Callable[[], tuple[Decision, ...]]) -> tuple[Decision, ...]:
        """Decide on what the log says now; where it has moved on before that was stored, decide again."""
        for left in range(RETRIES, -1, -1):
            self._catch_up()
            try:
                return decide()
            except ConflictError:
                if left == 0:
                    raise
        raise AssertionError  # the last attempt returns or raises

    def _take_new(self, fact: Fact) -> tuple[Decision, ...]:
        return () if self.log.find(fact.source, fact.source_id) is not None else self._decide(fact)

    def _decide(self, fact: Fact) -> tuple[Decision, ...]:
        """Step, and store fact and decisions together; a deadline at which nothing is decided is not stored.

        Unless a late fact follows: that one happened to the desk at the deadline, and the log has to say so.
        """
        self._stale = True
        try:
            before = [self._idle] if self._idle is not None and fact.at < self._idle.at else []
            decisions = self._stepped(fact)
            if decisions or not isinstance(fact, DeadlineReached):
                self._seen += self._append([*before, fact, *decisions])
                self._idle = None
                if isinstance(fact, PolicyChanged):
                    self._in_force = fact.fingerprint
            elif self._idle is None or fact.at > self._idle.at:
                self._idle = fact
            self._stale = False
        finally:
            if self._stale:  # whatever went wrong, the desk is what the log says and nothing more
                self._start()
        return decisions

    def _stepped(self, fact: Fact) -> tuple[Decision, ...]:
        """Step; a fact that the desk refuses has changed nothing, so the desk need not be folded anew."""
        self._before(self.desk, fact)
        try:
            decisions = self.desk.step(fact)
        except FactError:
            self._stale = False
            raise
        for decision in decisions:
            self._before(self.desk, decision)
        return decisions

    def _append(self, events: Sequence[Event]) -> int:
        """Store a fact with what came of it, on what the desk knows; return how many events were stored."""
        appended = self.log.append(events, received_at=self.clock.now(), last_seq=self._seen, together=True)
        return appended.stored

    def change_policy(self, policy: Policy, *, author: str = "") -> tuple[Decision, ...]:
        """Put a policy in force now; it stands in the log with its text, fingerprint and author."""
        return self._change(policy, author=author)

    def _change(self, policy: Policy, *, author: str, at: int | None = None) -> tuple[Decision, ...]:
        at = max(self.clock.now() if at is None else at, self.desk.now)
        fact = PolicyChanged(
            at=at, source="policy", source_id=f"{policy.fingerprint}@{at}", by=author, text=policy.text,
            fingerprint=policy.fingerprint,
        )  # fmt: skip
        decisions = self.take(fact)
        self._policy = policy
        return decisions

    def wake(self) -> tuple[Decision, ...]:
        """Decide whatever the clock has made due; an instant at which nothing is decided leaves no trace.

        Returns
        -------
        tuple of Decision
            Of all deadlines up to now, in order.

        Raises
        ------
        ConflictError, LogError
            As for `take`.
        """
        self._catch_up()
        made: list[Decision] = []
        while self._due() is not None:
            made += self._repeated(self._decide_due)
        return tuple(made)

    def _due(self, until: int | None = None) -> int | None:
        """Return the next deadline if it has come, and is none of after `until`, milliseconds."""
        at, now = self.desk.next_deadline(), self.clock.now()
        return at if at is not None and at <= (now if until is None else min(now, until)) else None

    def _decide_due(self) -> tuple[Decision, ...]:
        at = self._due()
        return () if at is None else self._decide(DeadlineReached(at=at, source="clock", source_id=str(at)))
