"""What stands beside the events of a log for the live desk: the lease of its driver, the inbox, the outbox.

The lease says who decides. Everybody else writes to the inbox alone, and is acknowledged when that is committed. What
is to leave the desk stands in the outbox until it left. This module holds the values and the contract; it knows no
file, no policy and no feed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from deskkit.errors import FactError, LogError
from deskkit.log.rows import check_time, plain

if TYPE_CHECKING:
    from collections.abc import Collection

    from deskkit.desk.events import Event

__all__ = [
    "MOST_BYTES",
    "Answer",
    "Beside",
    "Delivery",
    "Lease",
    "LeaseLostError",
    "Outgoing",
    "Sending",
    "Settled",
    "check_delivery",
    "lost",
    "no_such_sending",
    "not_waiting",
    "sending_id",
]

MOST_BYTES: Final = 1 << 20  # of a delivery

Settled = Literal["taken", "repeated", "refused", "aside"]
Answer = Literal["waiting", "taken", "repeated", "refused", "aside"]


class LeaseLostError(LogError):
    """Another driver decides for this log now; nothing was stored, and whoever gets this must stop deciding."""


class Lease(NamedTuple):
    """Who decides for a log.

    Attributes
    ----------
    epoch : int
        Grows by one with each driver; 0 where there never was one. What a driver stores, it stores under its epoch.
    holder : str
        Empty after a clean end.
    until : int
        When it ends if it is not renewed, milliseconds UTC.
    wanted_at : int
        When somebody last needed a driver, milliseconds UTC.
    note : str
        Why the last driver stopped.
    asked_at : int
        When somebody last asked the holder to let it go, milliseconds UTC.
    desk_at, wall_at : int
        What the desk's clock showed when the wall clock showed `wall_at`, milliseconds UTC; 0: it is the wall clock.
    speed : float
        How many times as fast as life the desk's clock runs: a demo's may.
    """

    epoch: int = 0
    holder: str = ""
    until: int = 0
    wanted_at: int = 0
    note: str = ""
    asked_at: int = 0
    desk_at: int = 0
    wall_at: int = 0
    speed: float = 1.0

    def is_held(self, now: int) -> bool:
        """Say whether somebody decides at the instant `now`, milliseconds.

        Examples
        --------
        >>> Lease(epoch=1, holder="a", until=5_000).is_held(4_999), Lease(epoch=1, until=5_000).is_held(4_999)
        (True, False)
        """
        return bool(self.holder) and self.until > now


class Delivery(NamedTuple):
    """A row of the inbox that waits: who brought what when, having seen the log up to `saw_seq` (None: unknown)."""

    number: int
    source: str
    source_id: str
    author: str
    received_at: int
    saw_seq: int | None
    raw: bytes


class Outgoing(NamedTuple):
    """Something that is to leave the desk: the event at `seq`, for `recipient`.

    `id` is the same however often it is sent, so that who receives it twice can see so.
    """

    seq: int
    recipient: str
    id: str
    event: Event
    attempts: int
    next_at: int


class Sending(NamedTuple):
    """What became of something that was to leave the desk (`queued`, `sent` or `failed`), and why not yet."""

    seq: int
    recipient: str
    state: str
    attempts: int = 0
    because: str = ""


class Beside(Protocol):
    """The part of the contract of `EventLog` that the live desk needs; all of it works inside `batch`."""

    # ------------------------------------------------------------ lease

    def lease(self) -> Lease:
        """Return who decides for this log."""
        ...

    def take_lease(self, holder: str, *, now: int, until: int) -> int | None:
        """Become the one who decides, unless somebody is; return the epoch, or None.

        Parameters
        ----------
        holder : str
            Not empty.
        now, until : int
            Milliseconds UTC. A lease that ended before `now` is free.
        """
        ...

    def renew_lease(self, epoch: int, *, until: int) -> None:
        """Go on deciding.

        Raises
        ------
        LeaseLostError
            Another driver has taken over, or this one had let go.
        """
        ...

    def release_lease(self, epoch: int, *, note: str = "") -> bool:
        """Let go, and say why; False if the lease is somebody else's by now."""
        ...

    def check_lease(self, epoch: int) -> None:
        """Refuse to go on under an epoch that is over; inside `batch`, nothing of that batch is stored.

        A lease that ran out but that nobody took still holds.

        Raises
        ------
        LeaseLostError
        """
        ...

    def tell_time(self, epoch: int, *, desk_at: int, wall_at: int, speed: float) -> None:
        """Let everybody know the desk's clock where it is not the wall clock, also the drivers that follow.

        Raises
        ------
        LeaseLostError
            Another driver has taken over.
        """
        ...

    def ask_lease(self, *, now: int) -> None:
        """Ask the holder to let it go, milliseconds UTC; only a driver that anybody could replace does."""
        ...

    def want_driver(self, *, now: int) -> None:
        """Note that somebody needs a driver, milliseconds UTC."""
        ...

    # ------------------------------------------------------------ inbox

    def receive(
        self, source: str, source_id: str, *, raw: bytes, received_at: int, author: str = "", saw_seq: int | None = None
    ) -> bool:
        """Put a delivery into the inbox; when this returns it is kept. False if the same identity came before.

        What was set aside and comes again is no repetition: it waits once more, behind all others.

        Parameters
        ----------
        source, source_id : str
            The identity of what is delivered, for ever.
        raw : bytes
            As it came, at most 1 MiB; `coding.encode(fact)` for an action of a view.
        received_at : int
            Milliseconds UTC.
        author : str
            Who acts, for an action of a view.
        saw_seq : int, optional
            Up to where the author had seen the log; with it, an action on an outdated view is refused.

        Raises
        ------
        FactError
            No identity, a NUL in it, a time beyond 64 bits, or too many bytes.
        """
        ...

    def inbox(self, after: int = 0, *, limit: int | None = None) -> list[Delivery]:
        """Return deliveries that wait, in the order they came, with a number beyond `after`."""
        ...

    def settle(self, number: int, state: Settled, *, because: str = "") -> None:
        """Note what became of a delivery; its bytes are dropped, its identity stays.

        Raises
        ------
        LogError
            There is none of this number that waits.
        """
        ...

    def answer(self, source: str, source_id: str) -> tuple[Answer, str] | None:
        """Return what became of a delivery and why, or None if it never came."""
        ...

    # ------------------------------------------------------------ outbox

    def queue(self, seq: int, recipients: Collection[str]) -> None:
        """Note that the event at `seq` is to go to `recipients`; what is noted already stays as it is."""
        ...

    def outgoing(self, *, limit: int | None = None) -> list[Outgoing]:
        """Return what has not left yet and is still to be tried, in order of `seq`."""
        ...

    def mark_sent(self, seq: int, recipient: str, *, at: int) -> None:
        """Note that something left, milliseconds UTC.

        Raises
        ------
        LogError
            It is not in the outbox.
        """
        ...

    def mark_tried(self, seq: int, recipient: str, *, next_at: int, because: str) -> None:
        """Note that something could not be sent, and when to try again, milliseconds UTC."""
        ...

    def mark_failed(self, seq: int, recipient: str, *, at: int, because: str) -> None:
        """Note that something will not be sent; its text stays in the log."""
        ...

    def send_again(self, seq: int, recipient: str) -> None:
        """Let something that failed be tried anew."""
        ...

    def sendings(self, *, conversation: str | None = None, after: int = 0) -> list[Sending]:
        """Return what became of everything in the outbox behind `after`, or of one conversation, in order of `seq`."""
        ...


def check_delivery(source: str, source_id: str, *, raw: bytes, received_at: int) -> None:
    """Refuse a delivery that could not be told from another, or that is too large.

    Raises
    ------
    FactError
    """
    if not source or not source_id or any(plain(name) != name for name in (source, source_id)):
        raise FactError(
            "A delivery needs an identity.", place="the inbox", value=(source, source_id),
            expected="source and source_id, without NUL and lone surrogates",
            example="source='view', source_id='chen:17'",
        )  # fmt: skip
    if len(raw) > MOST_BYTES:
        raise FactError(
            "The delivery is too large.", place="the inbox", value=len(raw), expected=f"at most {MOST_BYTES} bytes",
            example="leave attachments out: their names are enough",
        )  # fmt: skip
    check_time(received_at)


def lost(url: str, *, epoch: int, found: Lease) -> LeaseLostError:
    """Say that another driver has taken over."""
    return LeaseLostError(
        "Another driver decides for this log now, or this one had let go; nothing was stored.", place=url,
        value=(found.epoch, found.holder), expected=f"epoch {epoch}, still held",
        example="stop, and take the lease again",
    )  # fmt: skip


def sending_id(event: Event, recipient: str) -> str:
    """Return the id under which an event goes to a recipient, however often.

    Examples
    --------
    >>> from deskkit.desk.events import Viewed
    >>> sending_id(Viewed(at=5, source="view", source_id="7", conversation="c1", agent="chen"), "meiqia")
    'view:7>meiqia'
    """
    return f"{event.source}:{event.source_id}>{recipient}"


def no_such_sending(url: str, seq: int, recipient: str) -> LogError:
    """Say that something is not in the outbox."""
    return LogError(
        "This is not in the outbox.", place=url, value=(seq, recipient), expected="what log.outgoing() lists",
        example="log.queue(seq, ['meiqia'])",
    )  # fmt: skip


def not_waiting(url: str, number: int) -> LogError:
    """Say that no delivery of this number waits."""
    return LogError(
        "No delivery of this number waits.", place=url, value=number, expected="a number that log.inbox() lists",
        example="log.settle(log.inbox()[0].number, 'taken')",
    )  # fmt: skip
