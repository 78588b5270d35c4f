"""The inbox: how views, receivers and commands reach the driver, and how the driver takes what they brought.

Whoever acts writes to the inbox and is acknowledged when that is committed; `submit` does it for a fact. The driver
moves one delivery at a time into the log, followed at once by its decisions and by the note that it is settled, in
one transaction: after a kill at any instant it is either all there or waits still. What cannot be read is set aside
and counted, and never stops the rest. This module knows no widget, no network and no product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from deskkit.desk import coding, events
from deskkit.desk.events import DeadlineReached, Fact, Refused
from deskkit.errors import DeskkitError, FactError, LogError
from deskkit.live.late import Newest, restate, standing
from deskkit.live.outdated import contradiction
from deskkit.live.served import UNOPENED
from deskkit.log import Delivery
from deskkit.log.rows import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from deskkit.live.served import ServedDriver
    from deskkit.log import EventLog
    from deskkit.log.beside import Settled

    Reader = Callable[[Delivery], Sequence[Fact]]

__all__ = ["GROUP", "Inbox", "earliest", "read_fact", "submit"]

GROUP: Final = 50  # deliveries in one transaction
FIRST: Final = 5_000  # of a log that no driver ever had, among which the earliest is looked for
AHEAD_MS: Final = 60_000  # by how much a fact may be ahead of the driver's clock
PARK_MS: Final = 3_600_000  # how long a delivery waits for its conversation to be opened
PARKED: Final = 10_000
HOSTILE: Final = (
    ArithmeticError, AssertionError, AttributeError, DeskkitError, LookupError, MemoryError, RuntimeError, TypeError,
    ValueError, msgspec.MsgspecError,
)  # fmt: skip
"""What reading or deciding a hostile delivery may end in; a failure of the log is told apart before."""


def submit(log: EventLog, fact: Fact, *, received_at: int, author: str = "", saw_seq: int | None = None) -> bool:
    """Put a fact into the inbox of a log; when this returns it is kept, and the driver will take it once.

    Parameters
    ----------
    log : EventLog
    fact : Fact
        With `source` and `source_id`. With `at=0` it happens when the driver takes it.
    received_at : int
        Milliseconds UTC.
    author : str
        Who acts; becomes the fact's `by` where that is empty.
    saw_seq : int, optional
        Up to where the author had seen the log; with it, an action on an outdated view is refused.

    Returns
    -------
    bool
        False if the same identity was in the inbox already.

    Examples
    --------
    >>> from deskkit.desk.events import Archived
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> submit(log, Archived(at=0, source="view", source_id="chen:1", conversation="c1"), received_at=5, author="chen")
    True
    >>> log.answer("view", "chen:1")
    ('waiting', '')
    """
    raw = coding.encode(fact)
    return log.receive(fact.source, fact.source_id, raw=raw, received_at=received_at, author=author, saw_seq=saw_seq)


def read_fact(delivery: Delivery) -> tuple[Fact, ...]:
    """Read what `submit` wrote: one fact, under the identity and by the author of the delivery.

    Raises
    ------
    FactError
        It is no fact, or one that only the driver makes.
    """
    try:
        event = coding.decode(delivery.raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FactError(f"This is no fact: {error}.", place=delivery.source) from error
    if not isinstance(event, Fact) or isinstance(event, DeadlineReached):
        raise FactError("This is no fact that can be brought.", place=delivery.source, value=type(event).__name__)
    by = event.by or delivery.author
    return (msgspec.structs.replace(event, source=delivery.source, source_id=delivery.source_id, by=by),)


def earliest(log: EventLog, readers: Mapping[str, Reader], *, now: int) -> int:
    """Return since when something waits that nobody took yet, milliseconds; `now` where nothing does that can be read.

    Parameters
    ----------
    log : EventLog
    readers : mapping of source to callable
        As of `Inbox`.
    now : int

    Returns
    -------
    int

    Examples
    --------
    >>> from deskkit.desk.events import Archived
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> submit(log, Archived(at=3, source="view", source_id="chen:1", conversation="c1"), received_at=5)
    True
    >>> earliest(log, {}, now=9)
    3
    """
    return min((now, *_instants(log.inbox(limit=FIRST), readers)))


def _instants(waiting: Iterable[Delivery], readers: Mapping[str, Reader]) -> Iterator[int]:
    for delivery in waiting:
        try:
            facts = readers.get(delivery.source, read_fact)(delivery)
        except HOSTILE:  # told when it is taken, which sets it aside
            continue
        yield from (fact.at for fact in facts if fact.at)


class _Parked(NamedTuple):
    delivery: Delivery
    conversation: str


class Inbox:
    """The inbox of a log, as its driver works it off.

    Parameters
    ----------
    driver : ServedDriver
    readers : mapping of source to callable, optional
        How deliveries of a source become facts; by default by `read_fact`.

    Attributes
    ----------
    set_aside : int
        How many deliveries could not be read or taken, since this driver began.
    """

    def __init__(self, driver: ServedDriver, *, readers: Mapping[str, Reader] | None = None) -> None:
        self._driver = driver
        self._log = driver.log
        self._readers = dict(readers or {})
        self._newest = Newest(driver)
        self._upto = 0  # everything up to this number is settled or parked
        self._parked: list[_Parked] = []
        self._is_more = False  # perhaps, after what was looked at last
        self.set_aside = 0

    def drain(self) -> int:
        """Take what waits, at most `GROUP` deliveries; return how many were looked at.

        Raises
        ------
        LogError
            The log could not store it, or the lease is lost; what was not stored waits still.
        """
        self._expire()
        waiting = self._log.inbox(self._upto, limit=GROUP)
        self._take_all(waiting)
        self._is_more = len(waiting) == GROUP
        return len(waiting)

    def reaches(self) -> int:
        """Return up to when what was brought is worked off, milliseconds: time goes no further before the rest is.

        Else what waits there for an hour, as after a time without a driver, would come after what is due by now. What
        is late already, as history that a feed brings while the desk is at work, holds nothing up.
        """
        now, seen = self._driver.clock.now(), self._driver.desk.now
        waiting = self._log.inbox(self._upto, limit=GROUP) if self._is_more else ()
        return min((at for at in _instants(waiting, self._readers) if at >= seen), default=now)

    def _take_all(self, waiting: Sequence[Delivery]) -> None:
        """Take deliveries together; where one of them fails, each alone, so that only that one is set aside."""
        if not waiting:
            return
        before, parked = self.set_aside, list(self._parked)
        try:
            with self._driver.together():
                self._driver.catch_up()
                for delivery in waiting:
                    self._take(delivery)
        except LogError:
            self._parked, self.set_aside = parked, before
            raise
        except HOSTILE as error:
            self._parked, self.set_aside = parked, before
            if len(waiting) > 1:
                for delivery in waiting:
                    self._take_all([delivery])
            else:
                self._give_up(waiting[0], error)
        self._upto = max(self._upto, waiting[-1].number)

    def _give_up(self, delivery: Delivery, error: Exception) -> None:
        with self._driver.together():
            self._aside(delivery, f"the desk failed: {type(error).__name__}")

    def _aside(self, delivery: Delivery, reason: str) -> None:
        """Set a delivery aside as it came."""
        self._log.quarantine(delivery.source, reason, raw=delivery.raw, received_at=delivery.received_at)
        self._log.settle(delivery.number, "aside", because=reason)
        self.set_aside += 1

    def take(self, source: str, facts: Sequence[Fact]) -> None:
        """Take facts that a feed gave by itself, in one transaction; those that cannot be taken are set aside.

        Raises
        ------
        LogError
            The log could not store them, or the lease is lost; nothing of them is stored.
        """
        with self._driver.together():
            self._driver.catch_up()
            for fact in facts:
                raw = coding.encode(fact)
                now = self._driver.clock.now()
                delivery = Delivery(0, source, fact.source_id, "", now, None, raw)
                try:
                    self._take_fact(delivery, fact)
                except FactError as error:
                    self._log.quarantine(source, _said(error), raw=raw, received_at=now)
                    self.set_aside += 1

    # ------------------------------------------------------------ one delivery

    def _take(self, delivery: Delivery) -> None:
        """Take one delivery: read it, take its facts, settle it; or park it until its conversation is opened."""
        try:
            facts = self._readers.get(delivery.source, read_fact)(delivery)
        except HOSTILE as error:
            self._aside(delivery, _said(error))
            return
        outcomes: list[tuple[Settled, str]] = []
        for fact in facts:
            if self._is_unopened(fact) and not delivery.author and len(self._parked) < PARKED:
                self._parked.append(_Parked(delivery, getattr(fact, "conversation", "")))
                return
            try:
                outcomes.append(self._take_fact(delivery, fact))
            except FactError as error:
                self._log.quarantine(delivery.source, _said(error), raw=delivery.raw, received_at=delivery.received_at)
                self.set_aside += 1
                outcomes.append(("aside", _said(error)))
        state, because = _worst(outcomes)
        self._log.settle(delivery.number, state, because=because)
        for fact in facts:
            if isinstance(fact, events.ConversationOpened):
                self._take_parked(fact.conversation)

    def _is_unopened(self, fact: Fact) -> bool:
        if isinstance(fact, events.ConversationOpened) or not isinstance(fact, events.ConversationFact):
            return False
        return self._driver.desk.conversations.find(fact.conversation) < 0

    def _take_fact(self, delivery: Delivery, fact: Fact) -> tuple[Settled, str]:
        """Take one fact; say what became of it."""
        if self._log.find(fact.source, fact.source_id) is not None:
            return "repeated", ""
        driver = self._driver
        fact = self._stamped(fact)
        written(fact)  # looked at before the desk moves: what the log would refuse costs no fold
        if driver.cannot_begin(fact):
            driver.refuse(fact, UNOPENED, because=(-1,))
            return "refused", UNOPENED
        against = contradiction(self._log, driver.desk, delivery, fact)
        if against is not None:
            driver.refuse(fact, "outdated", because=(-1, delivery.saw_seq or 0, against))
            return "refused", "outdated"
        is_late = not delivery.author and fact.at < driver.desk.now
        if is_late and self._newest.overtook(fact):
            driver.refuse(fact, "late", because=(-1,))
            return "refused", "late"
        before = standing(driver.desk, fact.conversation) if is_late and isinstance(fact, _MESSAGES) else None
        decisions = driver.take(fact)
        self._newest.note(fact)
        if before is not None:
            restate(driver, self._newest, fact, before=before)
        refused = next((one.reason for one in decisions if isinstance(one, Refused)), "")
        return ("refused", refused) if refused else ("taken", "")

    def _stamped(self, fact: Fact) -> Fact:
        """Let a fact without time happen now, and none in a future that a wrong clock made up."""
        now = self._driver.clock.now()
        if fact.at == 0:
            return msgspec.structs.replace(fact, at=max(now, self._driver.desk.now))
        return msgspec.structs.replace(fact, at=now) if fact.at > now + AHEAD_MS else fact

    # ------------------------------------------------------------ parked

    def _take_parked(self, conversation: str) -> None:
        """Take what came before its conversation was opened, in order of time."""
        ready = [one.delivery for one in self._parked if one.conversation == conversation]
        self._parked = [one for one in self._parked if one.conversation != conversation]
        for delivery in ready:
            self._take(delivery)

    def _expire(self) -> None:
        """Set aside what waited too long for its conversation."""
        end = self._driver.clock.now() - PARK_MS
        over = [one for one in self._parked if one.delivery.received_at < end]
        if over:
            with self._driver.together():
                for one in over:
                    self._aside(one.delivery, "no such conversation was opened")
            self._parked = [one for one in self._parked if one not in over]


_MESSAGES: Final = (events.CustomerWrote, events.AgentWrote)


def _said(error: BaseException) -> str:
    """Say why a delivery was not taken, without what a customer wrote."""
    return error.problem if isinstance(error, DeskkitError) else f"it cannot be read: {type(error).__name__}"


def _worst(outcomes: Iterable[tuple[Settled, str]]) -> tuple[Settled, str]:
    """Return what is to be said of a delivery with several facts."""
    order: tuple[Settled, ...] = ("repeated", "taken", "refused", "aside")
    return max(outcomes, key=lambda one: order.index(one[0]), default=("taken", ""))
