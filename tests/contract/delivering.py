"""The laws of inbox and outbox: what was acknowledged is kept, once, in order, until it is settled."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from deskkit.errors import FactError, LogError
from deskkit.log import Delivery, Sending
from deskkit.log.beside import MOST_BYTES
from tests.contract.basis import Basis, Pair, StopError
from tests.contract.samples import AT, assigned, wrote

if TYPE_CHECKING:
    from collections.abc import Callable


class Delivering(Basis):
    """What the inbox and the outbox promise."""

    # ------------------------------------------------------------ inbox

    def test_a_delivery_waits(self, pair: Pair) -> None:
        """What is received waits as it came, in the order it came, until it is settled."""
        assert pair.log.receive("view", "1", raw=b"\0\xff", received_at=AT, author="chen", saw_seq=7)
        assert pair.log.receive("meiqia", "1", raw=b"", received_at=AT + 1)
        waiting = pair.other.inbox()
        assert waiting == [
            Delivery(1, "view", "1", "chen", AT, 7, b"\0\xff"), Delivery(2, "meiqia", "1", "", AT + 1, None, b""),
        ]  # fmt: skip
        assert (pair.other.inbox(1), pair.other.inbox(limit=1)) == (waiting[1:], waiting[:1])
        assert pair.other.answer("view", "1") == ("waiting", "")

    def test_the_same_delivery_waits_once(self, pair: Pair) -> None:
        """The same identity again is no new delivery, whatever it brings, waiting or settled."""
        assert pair.log.receive("view", "1", raw=b"a", received_at=AT)
        assert not pair.other.receive("view", "1", raw=b"b", received_at=AT + 1)
        pair.log.settle(1, "taken")
        assert not pair.other.receive("view", "1", raw=b"b", received_at=AT + 1)
        assert pair.other.inbox() == []
        assert pair.other.receive("view", "2", raw=b"b", received_at=AT + 1)
        assert [one.number for one in pair.log.inbox()] == [2]

    def test_settled_it_has_an_answer(self, pair: Pair) -> None:
        """A settled delivery waits no more and says what became of it; it cannot be settled again."""
        for n in range(3):
            pair.log.receive("view", str(n), raw=b"a", received_at=AT)
        pair.log.settle(2, "refused", because="the view was outdated\0")
        assert [one.number for one in pair.other.inbox()] == [1, 3]
        assert pair.other.answer("view", "1") == ("refused", "the view was outdated\ufffd")
        assert pair.other.answer("view", "9") is None
        for number in (2, 9):
            with pytest.raises(LogError, match="waits"):
                pair.log.settle(number, "taken")

    def test_what_was_set_aside_may_come_again(self, pair: Pair) -> None:
        """What could not be taken then may be taken now: it waits again, as it comes now, behind all others."""
        for n in range(2):
            pair.log.receive("meiqia", str(n), raw=b"a", received_at=AT)
        pair.log.settle(1, "aside", because="no such conversation")
        assert pair.other.receive("meiqia", "0", raw=b"b", received_at=AT + 1, author="x", saw_seq=3)
        assert not pair.other.receive("meiqia", "0", raw=b"c", received_at=AT + 2)
        assert pair.log.inbox(1) == [
            Delivery(2, "meiqia", "1", "", AT, None, b"a"), Delivery(3, "meiqia", "0", "x", AT + 1, 3, b"b"),
        ]  # fmt: skip
        assert pair.other.answer("meiqia", "0") == ("waiting", "")
        pair.log.settle(3, "taken")
        assert not pair.other.receive("meiqia", "0", raw=b"d", received_at=AT + 3)

    @pytest.mark.parametrize(
        ("source", "source_id", "raw", "received_at"),
        [("", "1", b"", AT), ("v", "", b"", AT), ("v\0", "1", b"", AT), ("v", "\ud800", b"", AT),
         ("v", "1", b"", 2**63), ("v", "1", b"x" * (MOST_BYTES + 1), AT)],
        ids=["no source", "no id", "NUL", "half a character", "no time", "too large"],
    )  # fmt: skip
    def test_a_bad_delivery_is_refused(
        self, pair: Pair, source: str, source_id: str, raw: bytes, received_at: int
    ) -> None:
        """What could not be told apart, or is too large, is not received; at the limit it is."""
        with pytest.raises(FactError):
            pair.log.receive(source, source_id, raw=raw, received_at=received_at)
        assert pair.log.receive("v", "1", raw=b"x" * MOST_BYTES, received_at=AT, author="a\0\ud800")
        assert [(one.author, len(one.raw)) for one in pair.other.inbox()] == [("a\ufffd?", MOST_BYTES)]

    # ------------------------------------------------------------ outbox

    def test_what_is_to_leave(self, pair: Pair) -> None:
        """What is queued is there in order of the log, under an id that stays, until it is sent."""
        pair.log.append([wrote(1), wrote(2, conversation="c2"), assigned(3)], received_at=AT)
        pair.log.queue(2, ["meiqia"])
        pair.log.queue(1, ["meiqia", "chat"])
        pair.log.queue(1, ["meiqia"])
        out = pair.other.outgoing()
        assert [(one.seq, one.recipient, one.id, one.attempts, one.next_at) for one in out] == [
            (1, "chat", "test:message:1>chat", 0, 0), (1, "meiqia", "test:message:1>meiqia", 0, 0),
            (2, "meiqia", "test:message:2>meiqia", 0, 0),
        ]  # fmt: skip
        assert (out[0].event, pair.other.outgoing(limit=1)) == (wrote(1), out[:1])
        pair.log.mark_sent(1, "meiqia", at=AT)
        pair.log.queue(1, ["meiqia"])
        assert [one.id for one in pair.other.outgoing()] == ["test:message:1>chat", "test:message:2>meiqia"]
        assert pair.other.sendings(conversation="c1") == [Sending(1, "chat", "queued"), Sending(1, "meiqia", "sent")]
        assert [one.seq for one in pair.other.sendings(after=1)] == [2]

    def test_what_could_not_leave(self, pair: Pair) -> None:
        """What failed for now is tried later, what failed for good no more; asked for, it is tried anew."""
        pair.log.append([wrote(1)], received_at=AT)
        pair.log.queue(1, ["meiqia"])
        pair.log.mark_tried(1, "meiqia", next_at=AT + 5, because="no answer")
        pair.log.mark_tried(1, "meiqia", next_at=AT + 9, because="busy")
        assert [(one.attempts, one.next_at) for one in pair.other.outgoing()] == [(2, AT + 9)]
        assert pair.other.sendings() == [Sending(1, "meiqia", "queued", 2, "busy")]
        pair.log.mark_failed(1, "meiqia", at=AT, because="no such customer")
        assert pair.other.outgoing() == []
        assert pair.other.sendings() == [Sending(1, "meiqia", "failed", 3, "no such customer")]
        assert [stored.event for stored in pair.other.read()] == [wrote(1)]
        pair.log.send_again(1, "meiqia")
        assert [(one.attempts, one.next_at) for one in pair.other.outgoing()] == [(0, 0)]
        pair.log.mark_sent(1, "meiqia", at=AT)
        assert [one.state for one in pair.other.sendings()] == ["sent"]

    def test_what_is_not_in_the_outbox(self, pair: Pair) -> None:
        """Nothing can be said of what was never queued, nor can be tried anew what did not fail."""
        pair.log.append([wrote(1)], received_at=AT)
        calls: tuple[Callable[[], object], ...] = (
            partial(pair.log.mark_sent, 1, "x", at=AT),
            partial(pair.log.mark_tried, 1, "x", next_at=AT, because=""),
            partial(pair.log.mark_failed, 1, "x", at=AT, because=""),
            partial(pair.log.send_again, 1, "x"),
        )
        for call in calls:
            with pytest.raises(LogError, match="not in the outbox"):
                call()
        pair.log.queue(1, ["x"])
        with pytest.raises(LogError, match="not in the outbox"):
            pair.log.send_again(1, "x")

    def test_a_batch_left_moves_nothing(self, pair: Pair) -> None:
        """An error that leaves a batch undoes what was received, settled, queued and marked in it."""
        pair.log.append([wrote(1), wrote(2)], received_at=AT)
        pair.log.receive("view", "1", raw=b"a", received_at=AT)
        pair.log.queue(1, ["x", "y"])

        def move() -> None:
            with pair.log.batch():
                pair.log.receive("view", "2", raw=b"b", received_at=AT)
                pair.log.settle(1, "taken")
                pair.log.queue(2, ["x"])
                pair.log.mark_sent(1, "x", at=AT)
                pair.log.mark_failed(1, "y", at=AT, because="no")
                assert [one.number for one in pair.log.inbox()] == [2]
                assert [(one.seq, one.recipient) for one in pair.log.outgoing()] == [(2, "x")]
                raise StopError

        with pytest.raises(StopError):
            move()
        assert [one.number for one in pair.other.inbox()] == [1]
        assert [(one.seq, one.recipient) for one in pair.other.outgoing()] == [(1, "x"), (1, "y")]
        assert pair.other.sendings() == [Sending(1, "x", "queued"), Sending(1, "y", "queued")]
        assert pair.other.verify().ok
