"""A desk that follows its log: what stands there is folded, whoever wrote it, and nothing is decided.

Views of a desk that a driver decides for are followers, and the driver itself is one that also decides. A follower
that begins on a long log folds it from its snapshot on, where that is quicker.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from deskkit.arguments import LOG, POLICY, expect
from deskkit.desk.desk import Desk
from deskkit.desk.events import Decision, PolicyChanged
from deskkit.errors import FactError, LogError
from deskkit.live import snapshots
from deskkit.live.snapshots import Folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from deskkit.clock import Clock
    from deskkit.desk.events import Event
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.log.rows import Snapshot, Stored

    Before = Callable[[Desk, Event | None], None]

__all__ = ["Follower"]

_logger = logging.getLogger(__name__)
WORTH_KEEPING: Final = 10_000  # events; folding fewer takes less than a second
TIDIED_AFTER: Final = 500  # events


class Follower:
    """Follow a log.

    Parameters
    ----------
    log : EventLog
    policy : Policy
        By which the desk reads its log until the log says which policy is in force.
    clock : Clock
        The desk's.
    acts, notices : bool
        What the one who decides does, see `deskkit.desk.desk.Desk`.
    before : callable, optional
        Told the desk and an event right before the desk changes by it; None stands for all the desk began with.
    rows : int, default 0
        At most so many events are read by one look at the log, 0: all there are; what it begins with is always whole.

    Attributes
    ----------
    desk : Desk
        As it stood when the log was last looked at.

    Examples
    --------
    >>> from deskkit.clock import ManualClock
    >>> from deskkit.desk.events import ConversationOpened
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.log import open_log
    >>> log, policy = open_log("memory:"), Policy.load("data/policies/standard.toml")
    >>> follower = Follower(log, policy, clock=ManualClock(0))
    >>> fact = ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang")
    >>> _ = log.append([fact], received_at=0)
    >>> follower.wake(), list(follower.desk.conversations)
    ((), ['c1'])
    """

    def __init__(
        self,
        log: EventLog,
        policy: Policy,
        *,
        clock: Clock,
        acts: bool = True,
        notices: bool = True,
        before: Before | None = None,
        rows: int = 0,
    ) -> None:
        expect(LOG, type(self).__name__, log=log)
        expect(POLICY, type(self).__name__, policy=policy)
        self.log = log
        self.clock = clock
        self._before = before or _unheeded
        self._rows = rows
        self._policy = policy
        self._acts = acts
        self._notices = notices
        self._start()

    def _start(self) -> None:
        """Fold the log, from its snapshot on where it has one; keep another where that took long."""
        self._stale, self._folding = True, 0
        found = snapshots.latest(self.log, self._policy, acts=self._acts, notices=self._notices)
        if found is None:
            found = Folded(Desk(self._policy, acts=self._acts, notices=self._notices), 0, "")
        self.desk, self._seen, self._in_force = found
        self._before(self.desk, None)
        self._begun_by = self._policy
        self._read_on(self.log.last_seq())
        if self._seen - found.seq >= WORTH_KEEPING:
            self._keep_beside()
        self._tidy()

    def _keep_beside(self) -> None:
        """Keep a snapshot, where that can be: a full disk, or a log to be read only, and the desk works without."""
        try:
            self.keep_snapshot()
        except LogError as error:
            _logger.warning("No snapshot was kept: %s", error)

    def _read_on(self, until: int, decided: list[Decision] | None = None) -> None:
        """Fold what was stored up to there, and note what was decided; else the desk is stale."""
        self._stale = True
        try:
            self._fold(self._noting(self.log.read(self._seen, until=until), decided))
        except FactError as error:  # a program of its own stored what no desk takes, as an instant beyond the calendar
            raise LogError(
                f"Of this log no desk can be made: what stands there as event {self._folding} no desk takes.",
                place=self.log.url, value=str(error), expected="events as a driver or an import stores them",
                example="import into a new log, without that event",
            ) from error  # fmt: skip
        self._seen = until
        self._stale = False

    def _fold(self, stored: Iterable[Event]) -> None:
        """Fold events; who only follows need not be ready to decide, which would cost by all conversations."""
        self.desk.follow(stored)

    def _noting(self, stored: Iterable[Stored], decided: list[Decision] | None) -> Iterator[Event]:
        """Pass events on, and note the decisions and which policy is in force."""
        for one in stored:
            if isinstance(one.event, PolicyChanged):
                self._in_force = one.event.fingerprint
            elif decided is not None and isinstance(one.event, Decision):
                decided.append(one.event)
            self._before(self.desk, one.event)
            self._folding = one.seq
            yield one.event
            self.desk.pack()
            if one.seq % TIDIED_AFTER == 0:  # with each of a look's few events it might take longer than they
                self._tidy()

    def _tidy(self) -> None:
        """Put away what is seldom asked for by who only follows."""
        self.desk.pack()
        self.desk.rest()

    def _catch_up(self) -> list[Decision]:
        """Let the desk be what the log says now, whoever wrote it; return what was decided meanwhile."""
        last = self.log.last_seq()
        decided: list[Decision] = []
        if self._stale or last < self._seen:
            self._start()
        elif last > self._seen:
            self._read_on(self._upto(last), decided)
        self._tidy()
        return decided

    def _upto(self, last: int) -> int:
        """Return up to where one look reads the log."""
        return min(last, self._seen + self._rows) if self._rows else last

    @property
    def seen(self) -> int:
        """Up to where the log was read, a sequence number."""
        return self._seen

    def refresh(self) -> None:
        """Fold the log anew, for example after it was restored from a backup."""
        self._start()

    def let_go(self) -> None:
        """Keep nothing of the log in memory, and none of its files open; the next look folds it anew."""
        self.desk = Desk(self._policy, acts=self._acts, notices=self._notices)
        self._seen, self._stale = 0, True
        self._before(self.desk, None)
        self.log.rest()

    def wake(self) -> tuple[Decision, ...]:
        """Look at the log; return what was decided since the last look.

        Raises
        ------
        LogError
            The log cannot be read.
        """
        return tuple(self._catch_up())

    def keep_snapshot(self) -> None:
        """Keep a snapshot, so that the next driver starts sooner; a start that took long does it by itself.

        Raises
        ------
        LogError
            The log could not store it.
        """
        self._catch_up()
        if (made := self._snapshot()) is not None:
            self.log.save_snapshot(made)

    def _snapshot(self) -> Snapshot | None:
        """Return a snapshot of what was read; nothing of an empty log."""
        self.desk.fold(())  # whoever begins from it may decide
        folded = Folded(self.desk, self._seen, self._in_force)
        how = {"acts": self._acts, "notices": self._notices}
        return snapshots.made(self.log, folded, policy=self._begun_by, **how) if self._seen else None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.log.url}, {self.desk!r})"


def _unheeded(_desk: Desk, _event: Event | None) -> None:
    """Nobody wants to be told."""
