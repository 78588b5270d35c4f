"""What stands beside the events in a log in memory: lease, inbox and outbox as dictionaries.

What is changed in a batch is noted, so that it can be taken back; a batch need not copy what it does not change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.desk.coding import decode
from deskkit.log.beside import (
    Answer,
    Beside,
    Delivery,
    Lease,
    Outgoing,
    Sending,
    Settled,
    check_delivery,
    lost,
    no_such_sending,
    not_waiting,
    sending_id,
)
from deskkit.log.rows import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractContextManager

    from deskkit.log.rows import Row, Written

__all__ = ["MemoryBeside"]

_MISSING = object()


class MemoryBeside(Beside):
    """Lease, inbox and outbox of a log in memory."""

    _rows: list[Row]
    _names: list[Written]
    _open: Callable[[], AbstractContextManager[None]]
    _in_batch: bool

    def __init__(self) -> None:
        self._lease = {0: Lease()}
        self._waiting: dict[int, Delivery] = {}
        self._last_number = {0: 0}
        self._answers: dict[tuple[str, str], tuple[int, Answer, str]] = {}
        self._outbox: dict[tuple[int, str], Sending] = {}
        self._next_at: dict[tuple[int, str], int] = {}  # of what is queued
        self._changes: list[tuple[dict[Any, Any], Any, Any]] = []  # of the batch that is open

    def _set(self, table: dict[Any, Any], key: Any, value: Any) -> None:  # noqa: ANN401 -- any of the tables
        """Change a table, so that a batch can take it back."""
        if self._in_batch:
            self._changes.append((table, key, table.get(key, _MISSING)))
        if value is _MISSING:
            table.pop(key, None)
        else:
            table[key] = value

    def _begin(self) -> None:
        self._changes.clear()

    def _take_back(self) -> None:
        """Undo what the batch changed, the last first."""
        for table, key, before in reversed(self._changes):
            if before is _MISSING:
                table.pop(key, None)
            else:
                table[key] = before
        self._changes.clear()

    # ------------------------------------------------------------ lease

    def lease(self) -> Lease:
        """Return who decides; see `Beside.lease`."""
        with self._open():
            return self._lease[0]

    def take_lease(self, holder: str, *, now: int, until: int) -> int | None:
        """Become the one who decides; see `Beside.take_lease`."""
        with self._open():
            found = self._lease[0]
            if found.is_held(now):
                return None
            made = found._replace(epoch=found.epoch + 1, holder=holder, until=until, note="", asked_at=0)
            self._set(self._lease, 0, made)
            return made.epoch

    def renew_lease(self, epoch: int, *, until: int) -> None:
        """Go on deciding; see `Beside.renew_lease`."""
        with self._open():
            self.check_lease(epoch)
            self._set(self._lease, 0, self._lease[0]._replace(until=until))

    def release_lease(self, epoch: int, *, note: str = "") -> bool:
        """Let go; see `Beside.release_lease`."""
        with self._open():
            found = self._lease[0]
            if found.epoch != epoch or not found.holder:
                return False
            self._set(self._lease, 0, found._replace(holder="", note=plain(note)))
            return True

    def check_lease(self, epoch: int) -> None:
        """Refuse to go on under an epoch that is over; see `Beside.check_lease`."""
        with self._open():
            found = self._lease[0]
            if found.epoch != epoch or not found.holder:
                raise lost("memory:", epoch=epoch, found=found)

    def tell_time(self, epoch: int, *, desk_at: int, wall_at: int, speed: float) -> None:
        """Let everybody know the desk's clock; see `Beside.tell_time`."""
        with self._open():
            self.check_lease(epoch)
            self._set(self._lease, 0, self._lease[0]._replace(desk_at=desk_at, wall_at=wall_at, speed=speed))

    def ask_lease(self, *, now: int) -> None:
        """Ask the holder to let it go; see `Beside.ask_lease`."""
        with self._open():
            self._set(self._lease, 0, self._lease[0]._replace(asked_at=now))

    def want_driver(self, *, now: int) -> None:
        """Note that somebody needs a driver."""
        with self._open():
            found = self._lease[0]
            self._set(self._lease, 0, found._replace(wanted_at=max(found.wanted_at, now)))

    # ------------------------------------------------------------ inbox

    def receive(
        self, source: str, source_id: str, *, raw: bytes, received_at: int, author: str = "", saw_seq: int | None = None
    ) -> bool:
        """Put a delivery into the inbox; see `Beside.receive`."""
        check_delivery(source, source_id, raw=raw, received_at=received_at)
        with self._open():
            if self._answers.get((source, source_id), (0, "aside", ""))[1] != "aside":
                return False
            number = self._last_number[0] + 1
            self._set(self._last_number, 0, number)
            made = Delivery(number, source, source_id, plain(author), received_at, saw_seq, raw)
            self._set(self._waiting, number, made)
            self._set(self._answers, (source, source_id), (number, "waiting", ""))
            return True

    def inbox(self, after: int = 0, *, limit: int | None = None) -> list[Delivery]:
        """Return deliveries that wait; see `Beside.inbox`."""
        with self._open():
            numbers = sorted(number for number in self._waiting if number > after)
            return [self._waiting[number] for number in numbers[:limit]]

    def settle(self, number: int, state: Settled, *, because: str = "") -> None:
        """Note what became of a delivery; see `Beside.settle`."""
        with self._open():
            found = self._waiting.get(number)
            if found is None:
                raise not_waiting("memory:", number)
            self._set(self._waiting, number, _MISSING)
            self._set(self._answers, (found.source, found.source_id), (number, state, plain(because)))

    def answer(self, source: str, source_id: str) -> tuple[Answer, str] | None:
        """Return what became of a delivery; see `Beside.answer`."""
        with self._open():
            found = self._answers.get((source, source_id))
            return None if found is None else found[1:]

    # ------------------------------------------------------------ outbox

    def queue(self, seq: int, recipients: Collection[str]) -> None:
        """Note what is to leave the desk; see `Beside.queue`."""
        with self._open():
            for recipient in recipients:
                if (seq, recipient) not in self._outbox:
                    self._set(self._outbox, (seq, recipient), Sending(seq, recipient, "queued"))
                    self._set(self._next_at, (seq, recipient), 0)

    def outgoing(self, *, limit: int | None = None) -> list[Outgoing]:
        """Return what is still to be sent; see `Beside.outgoing`."""
        found = []
        with self._open():
            for key in sorted(self._next_at)[:limit]:
                event = decode(self._rows[key[0] - 1].body)
                attempts = self._outbox[key].attempts
                found.append(Outgoing(*key, sending_id(event, key[1]), event, attempts, self._next_at[key]))
        return found

    def _mark(self, key: tuple[int, str], state: str, *, next_at: int | None, because: str | None = None) -> None:
        with self._open():
            found = self._outbox.get(key)
            if found is None:
                raise no_such_sending("memory:", *key)
            made = found._replace(state=state)
            if because is not None:
                made = made._replace(attempts=found.attempts + 1, because=plain(because))
            self._set(self._outbox, key, made)
            self._set(self._next_at, key, _MISSING if next_at is None else next_at)

    def mark_sent(self, seq: int, recipient: str, *, at: int) -> None:  # noqa: ARG002 -- when it left is for files
        """Note that something left; see `Beside.mark_sent`."""
        self._mark((seq, recipient), "sent", next_at=None)

    def mark_tried(self, seq: int, recipient: str, *, next_at: int, because: str) -> None:
        """Note that something could not be sent yet; see `Beside.mark_tried`."""
        self._mark((seq, recipient), "queued", next_at=next_at, because=because)

    def mark_failed(self, seq: int, recipient: str, *, at: int, because: str) -> None:  # noqa: ARG002 -- likewise
        """Note that something will not be sent; see `Beside.mark_failed`."""
        self._mark((seq, recipient), "failed", next_at=None, because=because)

    def send_again(self, seq: int, recipient: str) -> None:
        """Let something that failed be tried anew; see `Beside.send_again`."""
        with self._open():
            key = (seq, recipient)
            if key not in self._outbox or self._outbox[key].state != "failed":
                raise no_such_sending("memory:", *key)
            self._set(self._outbox, key, self._outbox[key]._replace(state="queued", attempts=0))
            self._set(self._next_at, key, 0)

    def sendings(self, *, conversation: str | None = None, after: int = 0) -> list[Sending]:
        """Return what became of what was to leave; see `Beside.sendings`."""
        with self._open():
            return [
                one
                for (seq, _), one in sorted(self._outbox.items())
                if seq > after and (conversation is None or self._names[seq - 1].conversation == conversation)
            ]
