"""The contract of `EventLog`, every law one test; a back-end is done when a subclass passes.

A subclass gives `make`: a new, empty log. `other` is a second handle on it where a back-end has one:
the laws write through the first and read through the second.
"""

from __future__ import annotations

import dataclasses
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.events import (
    Assigned,
    CustomerSet,
    CustomerWrote,
    Decision,
    Event,
    Fact,
    PresenceSet,
    Viewed,
)
from deskkit.errors import ConflictError, FactError, LogError
from deskkit.log import EventLog, Fault, MemoryLog, Quarantined, Report, Row
from tests.contract.samples import AT, HOSTILE, assigned, every_kind, wrote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


class StopError(Exception):
    """Leaves a batch in the middle."""


@dataclasses.dataclass
class Pair:
    """A log and a second handle on it."""

    log: EventLog
    other: EventLog

    def texts(self) -> list[str]:
        """Return the texts of the messages in the log, in order."""
        return [stored.event.text for stored in self.other.read() if isinstance(stored.event, CustomerWrote)]


class LogContract(ABC):
    """Every law of an event log."""

    @abstractmethod
    def make(self, folder: Path) -> EventLog:
        """Return a new, empty log."""

    def again(self, log: EventLog) -> EventLog:
        """Return a second handle on the same log; by default the same one."""
        return log

    @pytest.fixture
    def pair(self, tmp_path: Path) -> Iterator[Pair]:
        """Give a new log and its second handle."""
        with self.make(tmp_path) as log, self.again(log) as other:
            yield Pair(log, other)

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
            pair.other.append(
                [wrote(3, conversation="c2"), assigned(1)], received_at=AT, expect={"c2": 0, "c1": seen}
            )
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

    # ------------------------------------------------------------ read

    def test_every_kind_comes_back(self, pair: Pair) -> None:
        """What is read is what was appended, for every kind of event."""
        events = every_kind()
        pair.log.append(events, received_at=AT)
        assert [stored.event for stored in pair.other.read()] == events

    def test_hostile_texts_come_back(self, pair: Pair) -> None:
        """Texts come back character for character, whatever they hold."""
        pair.log.append([wrote(n, text=text) for n, text in enumerate(HOSTILE)], received_at=AT)
        assert pair.texts() == list(HOSTILE)
        assert pair.other.verify().ok

    def test_extreme_times(self, pair: Pair) -> None:
        """Every 64-bit instant can be kept, of the event and of its receipt."""
        ends = (-(2**63), 0, 2**63 - 1)
        for n, at in enumerate(ends):
            pair.log.append(
                [Viewed(at=at, source="ui", source_id=str(n), conversation="c", agent="x")], received_at=at
            )
        assert [(stored.at, stored.received_at) for stored in pair.other.read()] == [(at, at) for at in ends]

    def test_read_from_and_to(self, pair: Pair) -> None:
        """`after` is left out, `until` is included, `limit` counts what is yielded."""
        pair.log.append([wrote(n) for n in range(10)], received_at=AT)

        def seqs(after: int = 0, until: int | None = None, limit: int | None = None) -> list[int]:
            return [stored.seq for stored in pair.other.read(after, until=until, limit=limit)]

        assert seqs(7) == [8, 9, 10]
        assert seqs(2, until=4) == [3, 4]
        assert seqs(2, limit=2) == [3, 4]
        assert seqs(0, until=99, limit=0) == seqs(10) == seqs(99) == seqs(5, until=5) == []
        assert seqs(-3, until=2) == [1, 2]

    def test_read_one_conversation(self, pair: Pair) -> None:
        """A conversation's events are found among others, in order; one without conversation is in none."""
        pair.log.append([wrote(n, conversation=f"c{n % 3}") for n in range(9)], received_at=AT)
        pair.log.append(
            [PresenceSet(at=AT, source="ui", source_id="p", agent="chen", presence="away")], received_at=AT
        )
        assert [stored.seq for stored in pair.other.read(conversation="c1")] == [2, 5, 8]
        assert [stored.seq for stored in pair.other.read(2, until=7, conversation="c1")] == [5]
        assert list(pair.other.read(conversation="")) == list(pair.other.read(conversation="nobody")) == []
        assert pair.other.last_seq("c2") == 9
        assert pair.other.last_seq("nobody") == pair.other.last_seq("") == 0
        assert pair.other.count(conversation="c1") == 3

    def test_read_kinds(self, pair: Pair) -> None:
        """Kinds are chosen by type; a base type stands for all its kinds."""
        pair.log.append([wrote(1), assigned(1), wrote(2), *every_kind()], received_at=AT)

        def kinds(*types: type[Event]) -> int:
            found = list(pair.other.read(kinds=types))
            assert all(isinstance(stored.event, types) for stored in found)
            assert pair.other.count(kinds=types) == len(found)
            return len(found)

        assert kinds(CustomerWrote) == 3
        assert kinds(CustomerWrote, Assigned) == 5
        assert kinds(Fact) + kinds(Decision) == kinds(Event) == pair.other.last_seq()
        assert list(pair.other.read(kinds=())) == []
        assert [stored.seq for stored in pair.other.read(1, kinds=[CustomerWrote], limit=1)] == [3]

    def test_long_read(self, pair: Pair) -> None:
        """A log longer than any page is read whole, with and without a choice."""
        size = 2_503
        pair.log.append([wrote(n, conversation=f"c{n % 2}") for n in range(size)], received_at=AT)
        assert [row.seq for row in pair.other.rows()] == list(range(1, size + 1))
        assert [row.seq for row in pair.other.rows(conversation="c1")] == list(range(2, size + 1, 2))
        assert len(list(pair.other.rows(kinds=[CustomerWrote], limit=2_001))) == 2_001

    def test_reading_ends_where_it_began(self, pair: Pair) -> None:
        """What is appended while reading is not part of that reading."""
        pair.log.append([wrote(n) for n in range(3)], received_at=AT)
        seen = []
        for stored in pair.other.read():
            seen.append(stored.seq)
            pair.log.append([wrote(100 + stored.seq)], received_at=AT)
        assert seen == [1, 2, 3]
        assert pair.other.last_seq() == 6

    def test_what_was_read_shares_nothing(self, pair: Pair) -> None:
        """Changing a dict of an appended or read event does not change the log."""
        event = CustomerSet(at=AT, source="ui", source_id="1", customer="u", fields={"orders": 1})
        pair.log.append([event], received_at=AT)
        event.fields["orders"] = 2
        for _ in range(2):
            (stored,) = pair.other.read()
            assert isinstance(stored.event, CustomerSet)
            assert stored.event.fields == {"orders": 1}
            stored.event.fields["orders"] = 3

    def test_find(self, pair: Pair) -> None:
        """An identity leads to its sequence number, exactly."""
        pair.log.append([wrote(1), wrote(2)], received_at=AT)
        assert pair.other.find("test", "message:2") == 2
        assert pair.other.find("test", "message:3") is None
        assert pair.other.find("TEST", "message:2") is None
        assert pair.other.find("test", "message:2 ") is None

    # ------------------------------------------------------------ cursors, quarantine

    def test_cursors(self, pair: Pair) -> None:
        """A cursor starts at 0, keeps what it was set to, and knows no other cursor."""
        assert pair.other.cursor("a") == 0
        pair.log.set_cursor("a", 5)
        pair.log.set_cursor("a", 4)
        pair.log.set_cursor("b", 9)
        assert (pair.other.cursor("a"), pair.other.cursor("b")) == (4, 9)

    def test_quarantine(self, pair: Pair) -> None:
        """What is set aside is kept byte for byte, in order, once; it is no event."""
        raw = bytes(range(256))
        assert pair.log.quarantine("meiqia", "not JSON", raw=raw, received_at=AT)
        assert not pair.other.quarantine("meiqia", "not JSON", raw=raw, received_at=AT + 1)
        assert pair.log.quarantine("meiqia", "not\0JSON", raw=raw, received_at=AT + 2)
        assert pair.log.quarantine("meiqia", "\ud800", raw=b"", received_at=AT + 3)
        assert list(pair.other.quarantined()) == [
            Quarantined(1, AT, "meiqia", "not JSON", raw),
            Quarantined(2, AT + 2, "meiqia", "not\ufffdJSON", raw),
            Quarantined(3, AT + 3, "meiqia", "?", b""),
        ]
        assert pair.other.last_seq() == 0

    def test_quarantine_in_pages(self, pair: Pair) -> None:
        """A long quarantine is read whole."""
        for n in range(53):
            pair.log.quarantine("meiqia", "why", raw=b"%d" % n, received_at=AT)
        assert [kept.number for kept in pair.other.quarantined()] == list(range(1, 54))

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

    # ------------------------------------------------------------ digest, restore, verify, close

    def test_digest_is_of_the_events(self, pair: Pair) -> None:
        """The digest depends on the events and their order, not on receipt, salt or back-end."""
        twin = MemoryLog()
        twin.append([wrote(1), wrote(2)], received_at=0)
        pair.log.append([wrote(1)], received_at=AT)
        one = pair.other.digest()
        pair.log.append([wrote(2)], received_at=AT + 5)
        assert pair.other.digest() == twin.digest() != one
        assert pair.other.digest(until=1) == one
        other_order = MemoryLog()
        other_order.append([wrote(2), wrote(1)], received_at=0)
        assert other_order.digest() != twin.digest()

    def test_restore(self, pair: Pair) -> None:
        """A log filled from another has its rows, receipts and digest, and goes on from there."""
        twin = MemoryLog()
        twin.append(every_kind(), received_at=AT)
        twin.append([wrote(n) for n in range(1_500)], received_at=AT + 7)
        assert pair.log.restore(twin.rows()) == twin.last_seq()
        assert list(pair.other.rows()) == list(twin.rows())
        assert pair.other.digest() == twin.digest()
        assert pair.log.append([wrote(3)], received_at=AT).stored == 0
        assert pair.other.last_seq("c1") == twin.last_seq("c1")
        assert pair.other.verify().ok

    def _bad_rows(self) -> Sequence[tuple[list[Row], type[LogError | FactError]]]:
        twin = MemoryLog()
        twin.append([wrote(n) for n in range(3)], received_at=AT)
        first, second, third = twin.rows()
        return [
            ([second], LogError),
            ([first, third], LogError),
            ([first, Row(2, AT, first.body)], FactError),
            ([first, Row(2, AT, b'{"kind":"viewed"}')], FactError),
            ([first, Row(2, AT, b"\xff")], FactError),
            ([first, Row(2, 2**63, second.body)], FactError),
        ]

    def test_restore_refuses(self, pair: Pair) -> None:
        """Rows with a gap, a repetition or no event are refused, and nothing of them stays."""
        for rows, error in self._bad_rows():
            with pytest.raises(error):
                pair.log.restore(rows)
            assert pair.other.last_seq() == 0
        pair.log.append([wrote(1)], received_at=AT)
        with pytest.raises(LogError, match="empty log"):
            pair.log.restore(MemoryLog().rows())
        assert pair.other.verify().ok

    def test_report(self, pair: Pair) -> None:
        """A sound log has a report that says how many events it holds."""
        pair.log.append([wrote(n) for n in range(3)], received_at=AT)
        assert pair.other.verify() == Report(pair.other.url, 3, 0, ())
        assert str(pair.other.verify()) == f"{pair.other.url}: sound (3 events)"

    def test_report_of_damage(self) -> None:
        """A report of damage names each fault and the first bad row."""
        report = Report("memory:", 9, 1, (Fault(0, "page 7"), Fault(4, "link"), Fault(5, "digest")))
        assert (report.ok, report.first_bad) == (False, 4)
        assert str(report).splitlines() == [
            "memory:: DAMAGED (9 events, 1 forgotten read)",
            "  file: page 7",
            "  seq 4: link",
            "  seq 5: digest",
        ]

    def test_closed_log_refuses(self, tmp_path: Path) -> None:
        """A closed log refuses everything; closing again does nothing."""
        with self.make(tmp_path) as log:
            log.append([wrote(1)], received_at=AT)
        log.close()
        calls: list[Callable[[], object]] = [
            lambda: log.append([wrote(2)], received_at=AT),
            lambda: list(log.rows()),
            log.last_seq,
            lambda: log.last_seq("c1"),
            log.count,
            lambda: log.find("test", "message:1"),
            lambda: log.cursor("a"),
            lambda: log.set_cursor("a", 1),
            lambda: log.quarantine("a", "b", raw=b"", received_at=AT),
            lambda: list(log.quarantined()),
            lambda: log.restore([]),
            log.digest,
            log.verify,
            log.batch().__enter__,
        ]
        for call in calls:
            with pytest.raises(LogError, match="closed"):
                call()
