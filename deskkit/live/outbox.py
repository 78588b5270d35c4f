"""The outbox: what leaves the desk is sent at least once, in order, under one id, and kept where it failed.

What goes out is noted in the transaction that stores the event, sent outside of any, and marked in another: a process
killed in between sends it again, under the same id. A sender is a callable; who cannot be reached is tried again ever
more rarely, and what waits behind it for the same conversation waits too. A slow sender is called in a thread, so that
no server that hangs keeps the desk from deciding. This module knows no network.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from deskkit.desk import events
from deskkit.errors import DeskkitError
from deskkit.live.inbox import HOSTILE
from deskkit.live.told import as_told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskkit.desk.events import Event
    from deskkit.feeds.feed import Feed
    from deskkit.live.served import Route, ServedDriver
    from deskkit.log import EventLog, Outgoing

    Sender = Callable[[Outgoing], None]

__all__ = ["LONGEST_MS", "TRIES", "Outbox", "RejectedError", "SendError", "notices_to", "replies_to", "retry_ms"]

FIRST_MS: Final = 1_000
LONGEST_MS: Final = 300_000
TRIES: Final = 12  # about half an hour
LOOK_MS: Final = 1_000  # how often to look whether somebody asked for something to be sent again
AT_ONCE: Final = 20  # sent before the loop goes on
ERRANDS: Final = 8  # of slow senders under way at once
FAILING: Final = (*HOSTILE, OSError)


class SendError(DeskkitError):
    """Something could not be sent just now; it will be tried again."""


class RejectedError(SendError):
    """The recipient will never take this; trying again is useless."""


def retry_ms(attempts: int) -> int:
    """Return how long to wait after so many attempts failed, milliseconds.

    Examples
    --------
    >>> [retry_ms(attempts) // 1000 for attempts in (1, 2, 3, 9, 10)]
    [1, 2, 4, 256, 300]
    """
    return min(FIRST_MS << (attempts - 1), LONGEST_MS)


class _Errand:
    """Something that a slow sender is sending, in a thread that ends with the process."""

    def __init__(self, item: Outgoing, sender: Sender) -> None:
        self.item = item
        self.error: Exception | None = None
        self._sender = sender
        self._thread = threading.Thread(target=self._run, name="deskkit outbox", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._sender(self.item)
        except Exception as error:  # noqa: BLE001 -- whatever a library raises, it was not sent
            self.error = error

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()


class Outbox:
    """The outbox of a log, as its driver works it off.

    Parameters
    ----------
    driver : ServedDriver
    senders : mapping of recipient to callable
        Called with an `Outgoing`; returns when the recipient has it, raises `SendError` if not now and `RejectedError`
        if never. A recipient ``push/chen`` is served by the sender of that name, or by that of ``push``. For a
        recipient without sender everything waits.
    slow : mapping of recipient to callable, optional
        Senders that may take long. Each is called in a thread of its own, one at a time for each lane; what came of it
        is noted by a later `deliver`.
    """

    def __init__(
        self, driver: ServedDriver, senders: Mapping[str, Sender], *, slow: Mapping[str, Sender] | None = None
    ) -> None:
        self._driver = driver
        self._log = driver.log
        self._senders = dict(senders)
        self._slow = dict(slow or {})
        self._under_way: list[_Errand] = []
        self._look_at = 0
        self._queued = -1

    def deliver(self) -> int:
        """Send what is due, at most some twenty; return how many were sent or tried.

        Raises
        ------
        LogError
            What became of it could not be noted, or the lease is lost; it will be sent again.
        """
        now = self._driver.clock.now()
        done = self._note_errands(now)
        if not (self._senders or self._slow) or (self._queued == self._driver.queued and now < self._look_at):
            return done
        queued, self._queued = self._driver.queued, self._driver.queued
        tried = done
        busy = {_lane(one.item) for one in self._under_way}  # lanes whose first cannot leave yet
        for item in self._log.outgoing():
            lane = _lane(item)
            sender, slow = _sender_of(self._senders, item), _sender_of(self._slow, item)
            if lane in busy or (sender is None and slow is None):
                continue
            if item.next_at > now:
                busy.add(lane)
                continue
            if tried == AT_ONCE:
                self._queued = -1  # there is more
                return tried
            if sender is None:
                busy.add(lane)
                self._set_out(item, slow)
                continue
            tried += 1
            if not self._send(item, sender, now):
                busy.add(lane)
        self._queued, self._look_at = queued, now + LOOK_MS
        return tried

    def _set_out(self, item: Outgoing, sender: Sender | None) -> None:
        if sender is not None and len(self._under_way) < ERRANDS:
            self._under_way.append(_Errand(item, sender))

    def _as_told(self, item: Outgoing) -> Outgoing:
        """Say the name of a conversation that its feed gave it: what goes on has a new one at the desk alone."""
        return item if _is_notice(item.event) else item._replace(event=as_told(self._driver.desk, item.event))

    def _note_errands(self, now: int) -> int:
        """Note what came of slow sendings; return of how many."""
        over = [one for one in self._under_way if one.is_over]
        for one in over:
            if one.error is not None:
                self._note(one.item, one.error, now)
            else:
                self._note_sent(one.item, now)
            self._under_way.remove(one)
            self._look_at = 0  # what waited behind it may go
        return len(over)

    def _note_sent(self, item: Outgoing, now: int) -> None:
        with self._driver.together():
            self._log.mark_sent(item.seq, item.recipient, at=now)

    def _send(self, item: Outgoing, sender: Sender, now: int) -> bool:
        """Send one; say whether what is behind it may go on."""
        try:
            sender(self._as_told(item))
        except FAILING as error:
            return self._note(item, error, now)
        self._note_sent(item, now)
        return True

    def _note(self, item: Outgoing, error: Exception, now: int) -> bool:
        """Note why something could not be sent, and whether it will be tried again."""
        because = error.problem if isinstance(error, DeskkitError) else type(error).__name__
        over = isinstance(error, RejectedError) or item.attempts + 1 >= TRIES
        with self._driver.together():
            if over:
                self._log.mark_failed(item.seq, item.recipient, at=now, because=because)
            else:
                next_at = now + retry_ms(item.attempts + 1)
                self._log.mark_tried(item.seq, item.recipient, next_at=next_at, because=because)
        return over


def _sender_of(senders: Mapping[str, Sender], item: Outgoing) -> Sender | None:
    return senders.get(item.recipient) or senders.get(item.recipient.partition("/")[0])


def _lane(item: Outgoing) -> tuple[str, str]:
    """Return within what the order is kept: a conversation of a feed, or all notices of one recipient."""
    return item.recipient, "" if _is_notice(item.event) else str(getattr(item.event, "conversation", ""))


def _is_notice(event: Event) -> bool:
    return isinstance(event, events.Notified | events.DigestSent)


# ---------------------------------------------------------------- where events go


def replies_to(feed: Feed, log: EventLog) -> Route:
    """Return the route of what goes out to a feed in mode *act*: what it can do, of its own conversations.

    What the feed itself told is never sent back to it. The route is asked of events by the feed's own names, see
    `deskkit.live.told.as_told`.

    Parameters
    ----------
    feed : Feed
    log : EventLog
        Tells to which feed a conversation belongs: the source, or the channel, of the fact that opened it.
    """
    about, can = feed.declared, feed.declared.can
    kinds: tuple[type[Event], ...] = (
        *((events.AgentWrote,) if can.reply else ()),
        *((events.Assigned, events.Returned, events.OwnerSet, events.GroupSet) if can.assign else ()),
        *((events.Tagged, events.TagSet) if can.tag else ()),
        *((events.Resolved, events.Archived, events.Tidied) if can.close else ()),
        *((events.ConversationOpened, events.Reopened) if can.open else ()),
    )
    mine: dict[str, bool] = {}

    def is_mine(conversation: str) -> bool:
        if conversation not in mine:
            first = next(log.read(conversation=conversation, kinds=[events.ConversationOpened], limit=1), None)
            opened = first.event if first is not None else None
            mine[conversation] = opened is not None and about.name in {opened.source, getattr(opened, "channel", "")}
        return mine[conversation]

    def route(event: Event) -> tuple[str, ...]:
        if about.mode != "act" or not isinstance(event, kinds) or event.source in {about.name, "late"}:
            return ()  # what it told itself, stated again after something late, is no news to it either
        if isinstance(event, events.Tidied) and event.action == "suggest":
            return ()
        return (about.name,) if is_mine(str(getattr(event, "conversation", ""))) else ()

    return route


def notices_to(name: str) -> Route:
    """Return the route of notices to agents: each goes to ``name/agent``.

    Examples
    --------
    >>> from deskkit.desk.events import DigestSent
    >>> notices_to("push")(DigestSent(at=0, agent="chen", count=3))
    ('push/chen',)
    """

    def route(event: Event) -> tuple[str, ...]:
        return (f"{name}/{event.agent}",) if isinstance(event, events.Notified | events.DigestSent) else ()

    return route
