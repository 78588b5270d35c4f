"""The one decider of a log: each fact goes into the log, followed at once by the desk's decisions, in one transaction.

Commands and feeds give facts to `take`; time is given by `wake`. A driver that starts on a log folds it first, so it
goes on where the last one stopped; a log that was only imported gets its first decisions when the policy comes in
force. The driver knows no widget and no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.desk.desk import Desk
from deskkit.desk.events import DeadlineReached, Fact, PolicyChanged
from deskkit.errors import ConflictError, FactError

if TYPE_CHECKING:
    from deskkit.clock import Clock
    from deskkit.desk.events import Decision
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog

__all__ = ["Driver"]


class Driver:
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
    ) -> None:
        self.log = log
        self.clock = clock
        self._policy = policy
        self._acts = acts
        self._notices = notices
        self.desk = self._folded()
        if self._in_force != policy.fingerprint:
            self.change_policy(policy, author=author)

    def _folded(self) -> Desk:
        desk = Desk(self._policy, acts=self._acts, notices=self._notices)
        self._in_force = ""
        self._idle: DeadlineReached | None = None  # the last instant, if nothing was decided at it
        for stored in self.log.read(kinds=[PolicyChanged]):
            if isinstance(stored.event, PolicyChanged):
                self._in_force = stored.event.fingerprint
        self._seen = self.log.last_seq()
        desk.fold(stored.event for stored in self.log.read(until=self._seen))
        return desk

    def take(self, fact: Fact) -> tuple[Decision, ...]:
        """Take a fact: decide, and store fact and decisions together before returning.

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
            Somebody else wrote to the log; call `refresh` and decide again. Nothing is stored.
        LogError
            The log could not store it; the desk is folded anew from what is stored.
        """
        if not fact.source or not fact.source_id:
            raise FactError(
                "A fact needs an identity.", value=type(fact).__name__, expected="source and source_id",
                example="source='desk', source_id='chen/17'",
            )  # fmt: skip
        self._stay_alone()
        if self.log.find(fact.source, fact.source_id) is not None:
            return ()
        return self._decide(fact)

    def _stay_alone(self) -> None:
        """Refuse to decide on a log somebody else wrote to since."""
        if self.log.last_seq() != self._seen:
            raise ConflictError(
                "Somebody else wrote to this log.", place=self.log.url, value=self.log.last_seq(),
                expected=f"seq {self._seen}", example="driver.refresh()",
            )  # fmt: skip

    def _decide(self, fact: Fact) -> tuple[Decision, ...]:
        """Step, and store fact and decisions together; a deadline at which nothing is decided is not stored.

        Unless a late fact follows: that one happened to the desk at the deadline, and the log has to say so.
        """
        stored = False
        try:
            before = [self._idle] if self._idle is not None and fact.at < self._idle.at else []
            decisions = self.desk.step(fact)
            if decisions or not isinstance(fact, DeadlineReached):
                appended = self.log.append([*before, fact, *decisions], received_at=self.clock.now(), together=True)
                self._seen += appended.stored
                self._idle = None
            elif self._idle is None or fact.at > self._idle.at:
                self._idle = fact
            stored = True
        finally:
            if not stored:  # whatever went wrong, the desk is what the log says and nothing more
                self.desk = self._folded()
        return decisions

    def refresh(self) -> None:
        """Fold the log anew, for example after another process wrote to it."""
        self.desk = self._folded()

    def change_policy(self, policy: Policy, *, author: str = "") -> tuple[Decision, ...]:
        """Put a policy in force now; it stands in the log with its text, fingerprint and author."""
        at = max(self.clock.now(), self.desk.now)
        fact = PolicyChanged(
            at=at, source="policy", source_id=f"{policy.fingerprint}@{at}", by=author, text=policy.text,
            fingerprint=policy.fingerprint,
        )  # fmt: skip
        decisions = self.take(fact)
        self._policy = policy
        self._in_force = policy.fingerprint
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
        self._stay_alone()
        made: list[Decision] = []
        at = self.desk.next_deadline()
        while at is not None and at <= self.clock.now():
            made += self._decide(DeadlineReached(at=at, source="clock", source_id=str(at)))
            at = self.desk.next_deadline()
        return tuple(made)

    def __repr__(self) -> str:
        return f"Driver({self.log.url}, {self.desk!r})"
