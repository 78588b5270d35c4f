"""The laws of writing to an `EventLog`: append, together, expect, refusals, batches."""

from __future__ import annotations

import threading

import pytest

from deskkit.desk.events import (
    CustomerSet,
    Event,
    Fact,
    PresenceSet,
    Viewed,
)
from deskkit.errors import ConflictError, FactError, LogError
from tests.contract.basis import Basis, Pair, StopError
from tests.contract.samples import AT, assigned, wrote


class Writing(Basis):
    """Every law of writing."""

    # ------------------------------------------------------------ append

    def test_new_log_is_empty(self, pair: Pair) -> None:
        """A new log holds nothing and is sound."""
        assert (pair.other.last_seq(), pair.other.count(), list(pair.other.read())) == (0, 0, [])
        assert pair.other.verify().ok

    def test_numbers_are_dense(self, pair: Pair) -> None:
        """Sequence numbers run 1, 2, 3 ... over any number of appends."""
        seqs: list[int | None] = []
        for start, size in ((0, 1), (1, 5), (6, 0), (6, 3)):
            done = pair.log.append([wrote(start + n) for n in range(size)], received_at=AT)
            seqs += done.seqs
            assert done.last_seq == len(seqs) == pair.other.last_seq()
        assert seqs == [row.seq for row in pair.other.rows()] == list(range(1, 10))

    def test_refused_and_repeated_use_no_number(self, pair: Pair) -> None:
        """What was not stored leaves no gap."""
        pair.log.append([wrote(1)], received_at=AT)
        pair.log.append([wrote(1)], received_at=AT)
        with pytest.raises(ConflictError):
            pair.log.append([wrote(2)], received_at=AT, expect={"c1": 0})
        assert pair.log.append([wrote(3)], received_at=AT).seqs == (2,)

    def test_same_identity_is_stored_once(self, pair: Pair) -> None:
        """The same delivery any number of times is one event, and the first version stays."""
        assert pair.log.append([wrote(1, text="first")], received_at=AT).stored == 1
        for log, seqs in ((pair.log, (None, 2)), (pair.other, (None, None))):
            assert log.append([wrote(1, text="second"), wrote(2)], received_at=AT + 9).seqs == seqs
        assert pair.texts() == ["first", "hello"]

    def test_repetition_within_one_append(self, pair: Pair) -> None:
        """An event twice in one append is stored once."""
        done = pair.log.append([wrote(1, text="a"), wrote(1, text="b"), wrote(2)], received_at=AT)
        assert (done.seqs, done.stored, done.duplicates) == ((1, None, 2), 2, 1)
        assert pair.texts() == ["a", "hello"]

    def test_identity_is_the_pair(self, pair: Pair) -> None:
        """Two sources may use the same source_id; nothing is glued together."""
        one = Viewed(at=AT, source="a", source_id="bc", conversation="c1", agent="chen")
        two = Viewed(at=AT, source="ab", source_id="c", conversation="c1", agent="chen")
        three = Viewed(at=AT, source="b", source_id="bc", conversation="c1", agent="chen")
        assert pair.log.append([one, two, three], received_at=AT).seqs == (1, 2, 3)
        assert pair.log.append([one, two, three], received_at=AT).stored == 0

    def test_nothing_to_append(self, pair: Pair) -> None:
        """An empty append stores nothing and conflicts with nothing."""
        done = pair.log.append([], received_at=AT, expect={"c1": 99}, together=True)
        assert (done.seqs, done.last_seq) == ((), 0)

    # ------------------------------------------------------------ together

    def test_together_stores_the_group(self, pair: Pair) -> None:
        """A new cause is stored with all its consequences."""
        done = pair.log.append([wrote(1), assigned(1)], received_at=AT, together=True)
        assert (done.seqs, done.stored) == ((1, 2), 2)

    def test_together_repeated_cause(self, pair: Pair) -> None:
        """A cause that is in the log already takes its consequences with it, new as they may be."""
        pair.log.append([wrote(1)], received_at=AT)
        done = pair.log.append([wrote(1), assigned(1), wrote(2)], received_at=AT, together=True)
        assert (done.seqs, done.duplicates, done.last_seq) == ((None, None, None), 3, 1)
        assert pair.other.last_seq() == 1

    def test_together_taken_consequence(self, pair: Pair) -> None:
        """A new cause whose consequence has a taken identity is refused as a whole."""
        pair.log.append([assigned(1)], received_at=AT)
        with pytest.raises(FactError, match="identity is in the log already"):
            pair.log.append([wrote(1), assigned(1)], received_at=AT, together=True)
        with pytest.raises(FactError, match="identity is in the log already"):
            pair.log.append([wrote(2), assigned(2), assigned(2)], received_at=AT, together=True)
        assert pair.other.last_seq() == 1

    # ------------------------------------------------------------ expect

    def test_expect_that_holds(self, pair: Pair) -> None:
        """An append whose expectation holds is stored."""
        pair.log.append([wrote(1), wrote(2, conversation="c2")], received_at=AT, expect={"c1": 0, "c2": 0})
        done = pair.log.append([assigned(1)], received_at=AT, expect={"c1": 1, "c2": 2, "c3": 0})
        assert done.seqs == (3,)

    @pytest.mark.parametrize("seen", [0, 1, 3])
    def test_expect_that_fails(self, pair: Pair, seen: int) -> None:
        """An append is refused, whole, if one conversation moved on; the error names it."""
        pair.log.append([wrote(1), wrote(2)], received_at=AT)
        with pytest.raises(ConflictError, match="'c1'"):
            pair.other.append([wrote(3, conversation="c2"), assigned(1)], received_at=AT, expect={"c2": 0, "c1": seen})
        assert pair.other.last_seq() == 2

    def test_other_conversations_do_not_conflict(self, pair: Pair) -> None:
        """Only the conversations named are looked at."""
        pair.log.append([wrote(1)], received_at=AT)
        pair.other.append([wrote(2, conversation="c2")], received_at=AT)
        assert pair.log.append([assigned(1)], received_at=AT, expect={"c1": 1}).seqs == (3,)

    def test_repeated_append_is_no_conflict(self, pair: Pair) -> None:
        """Repeating an append whose answer was lost is a duplicate, not a conflict with itself."""
        for expected in (1, 0):
            done = pair.log.append([wrote(1)], received_at=AT, expect={"c1": 0})
            assert done.stored == expected

    @pytest.mark.parametrize("seen", [0, 1, 3])
    def test_last_seq_that_fails(self, pair: Pair, seen: int) -> None:
        """An append is refused, whole, if the log moved on at all; a repeated one is a duplicate, not a conflict."""
        pair.log.append([wrote(1), wrote(2, conversation="c2")], received_at=AT, last_seq=0)
        with pytest.raises(ConflictError, match="Somebody else wrote"):
            pair.other.append([wrote(3, conversation="c3")], received_at=AT, last_seq=seen)
        assert pair.other.append([wrote(1)], received_at=AT, last_seq=seen).stored == 0
        assert pair.other.append([wrote(3)], received_at=AT, last_seq=2, together=True).seqs == (3,)

    # ------------------------------------------------------------ refused events

    @pytest.mark.parametrize(
        "bad",
        [
            Viewed(at=AT, conversation="c1", agent="chen"),
            Viewed(at=AT, source="ui", conversation="c1", agent="chen"),
            Viewed(at=AT, source_id="1", conversation="c1", agent="chen"),
            Viewed(at=AT, source="ui", source_id="1\0", conversation="c1", agent="chen"),
            Viewed(at=AT, source="ui", source_id="1", conversation="c\0", agent="chen"),
            Viewed(at=AT, source="ui", source_id="\ud800", conversation="c1", agent="chen"),
            Viewed(at=AT, source="ui", source_id="1", conversation="c1", agent="\udfff"),
            Viewed(at=2**63, source="ui", source_id="1", conversation="c1", agent="chen"),
            Viewed(at=-(2**63) - 1, source="ui", source_id="1", conversation="c1", agent="chen"),
            Viewed(at=True, source="ui", source_id="1", conversation="c1", agent="chen"),
            Viewed(at=AT, source="ui", source_id="1", conversation="c1", agent=7),  # type: ignore[arg-type]
            CustomerSet(at=AT, source="ui", source_id="1", customer="u", fields={"spend": float("nan")}),
            CustomerSet(at=AT, source="ui", source_id="1", customer="u", fields={"x": object()}),  # type: ignore[dict-item]
            Fact(at=AT, source="ui", source_id="1"),
        ],
        ids=lambda event: repr(event)[:70].encode("ascii", "replace").decode(),
    )
    def test_bad_event_is_refused(self, pair: Pair, bad: Event) -> None:
        """An event that could not be found or read again is refused, and its neighbours with it."""
        with pytest.raises(FactError):
            pair.log.append([wrote(1), bad, wrote(2)], received_at=AT)
        assert pair.other.last_seq() == 0

    @pytest.mark.parametrize("received_at", [2**63, -(2**63) - 1])
    def test_bad_receipt_is_refused(self, pair: Pair, received_at: int) -> None:
        """A time of receipt beyond 64 bits is refused."""
        with pytest.raises(FactError, match="out of range"):
            pair.log.append([wrote(1)], received_at=received_at)
        with pytest.raises(FactError, match="out of range"):
            pair.log.quarantine("meiqia", "why", raw=b"x", received_at=received_at)
        assert (pair.other.last_seq(), list(pair.other.quarantined())) == (0, [])

    def test_refusal_quotes_no_text(self, pair: Pair) -> None:
        """The error about an event says nothing of what a customer wrote."""
        with pytest.raises(FactError) as error:
            pair.log.append([wrote(1, text="13800138000 \ud800")], received_at=AT)
        assert "13800138000" not in str(error.value)

    # ------------------------------------------------------------ batch

    def test_batch_is_one(self, pair: Pair) -> None:
        """Everything in a batch is stored at its end; inside it the same thread sees it at once."""
        with pair.log.batch():
            assert pair.log.append([wrote(1)], received_at=AT).seqs == (1,)
            assert pair.log.append([wrote(1), assigned(1)], received_at=AT, expect={"c1": 1}).seqs == (
                None,
                2,
            )
            pair.log.set_cursor("inbox", 7)
            pair.log.quarantine("meiqia", "why", raw=b"x", received_at=AT)
            assert (pair.log.last_seq(), pair.log.cursor("inbox"), pair.log.find("desk", "assigned:1")) == (
                2,
                7,
                2,
            )
            assert [stored.seq for stored in pair.log.read()] == [1, 2]
        assert (pair.other.last_seq(), pair.other.cursor("inbox")) == (2, 7)
        assert len(list(pair.other.quarantined())) == 1
        assert pair.other.verify().ok

    def test_batch_left_by_an_error(self, pair: Pair) -> None:
        """An error that leaves a batch undoes everything in it, and the log goes on."""
        pair.log.append([wrote(1)], received_at=AT)
        pair.log.set_cursor("inbox", 1)
        away = PresenceSet(at=AT, source="ui", source_id="p", agent="chen", presence="away")

        def leave() -> None:
            with pair.log.batch():
                pair.log.append([wrote(2), wrote(3, conversation="c2"), away], received_at=AT)
                pair.log.set_cursor("inbox", 2)
                pair.log.set_cursor("new", 2)
                pair.log.quarantine("meiqia", "why", raw=b"x", received_at=AT)
                raise StopError

        with pytest.raises(StopError):
            leave()
        assert (pair.other.last_seq(), pair.other.last_seq("c2"), pair.other.find("test", "message:2")) == (
            1,
            0,
            None,
        )
        assert (pair.other.cursor("inbox"), pair.other.cursor("new"), list(pair.other.quarantined())) == (
            1,
            0,
            [],
        )
        assert pair.log.append([wrote(2)], received_at=AT).seqs == (2,)
        assert pair.other.verify().ok

    def test_refused_append_in_a_batch(self, pair: Pair) -> None:
        """An append refused inside a batch undoes itself and nothing else."""
        with pair.log.batch():
            pair.log.append([wrote(1), assigned(9)], received_at=AT)
            with pytest.raises(ConflictError):
                pair.log.append([wrote(2)], received_at=AT, expect={"c1": 1})
            with pytest.raises(FactError):
                pair.log.append([wrote(3), assigned(9)], received_at=AT, together=True)
            with pytest.raises(FactError):
                pair.log.append([wrote(4), Viewed(at=AT, conversation="c1", agent="x")], received_at=AT)
            pair.log.append([wrote(5)], received_at=AT)
        assert [stored.event.source_id for stored in pair.other.read()] == [
            "message:1",
            "assigned:9",
            "message:5",
        ]
        assert pair.other.verify().ok

    def test_no_batch_in_a_batch(self, pair: Pair) -> None:
        """A second batch inside the first is refused; the first goes on."""
        with pair.log.batch():
            pair.log.append([wrote(1)], received_at=AT)
            with pytest.raises(LogError, match="batch is open"), pair.log.batch():
                pytest.fail("a batch was opened inside another")
        assert pair.other.last_seq() == 1

    def test_other_threads_see_no_open_batch(self, pair: Pair) -> None:
        """Another thread never sees what a batch took back."""
        started, seen = threading.Event(), []

        def look() -> None:
            started.set()
            seen.append((pair.log.last_seq(), pair.log.cursor("inbox"), len(list(pair.log.read()))))

        thread = threading.Thread(target=look)

        def leave() -> None:
            with pair.log.batch():
                pair.log.append([wrote(1)], received_at=AT)
                pair.log.set_cursor("inbox", 1)
                thread.start()
                started.wait()
                thread.join(0.1)  # a back-end may answer now or make the thread wait
                raise StopError

        with pytest.raises(StopError):
            leave()
        thread.join()
        assert seen == [(0, 0, 0)]

    def test_threads_take_turns(self, pair: Pair) -> None:
        """Threads that append and read at once lose nothing, repeat nothing and leave no gap."""
        errors: list[Exception] = []

        def work(offset: int) -> None:
            try:
                for n in range(30):
                    log = (pair.log, pair.other)[n % 2]
                    log.append([wrote(offset + n), wrote(9_000 + n)], received_at=AT)
                    assert len(list(log.read())) >= n
            except Exception as error:  # noqa: BLE001 -- shown by the assertion below
                errors.append(error)

        threads = [threading.Thread(target=work, args=(1_000 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        rows = [stored.seq for stored in pair.other.read()]
        assert rows == list(range(1, 4 * 30 + 30 + 1))
        assert pair.other.verify().ok
