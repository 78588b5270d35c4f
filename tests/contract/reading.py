"""The laws of reading an `EventLog`: reading, cursors, quarantine, digest, restore, verify, close."""

from __future__ import annotations

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
from deskkit.errors import FactError, LogError
from deskkit.log import Fault, MemoryLog, Quarantined, Report, Row, Snapshot
from deskkit.log.log import LINES
from tests.contract.basis import Basis, Pair, StopError
from tests.contract.samples import AT, HOSTILE, assigned, every_kind, wrote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


class Reading(Basis):
    """Every law of reading."""

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
            pair.log.append([Viewed(at=at, source="ui", source_id=str(n), conversation="c", agent="x")], received_at=at)
        assert [(stored.at, stored.received_at) for stored in pair.other.read()] == [(at, at) for at in ends]

    def test_lines_are_the_rows(self, pair: Pair) -> None:
        """As JSON lines come exactly the rows, slice by slice, each kind apart, behind `after` and up to `until`."""
        pair.log.append([wrote(n, text=text) for n, text in enumerate(HOSTILE)], received_at=AT)
        pair.log.append([assigned(0), *(wrote(n) for n in range(len(HOSTILE), LINES + 3))], received_at=AT)
        rows = {row.seq: row.body for row in pair.other.rows()}

        def found(until: int | None = None, after: int = 0) -> list[dict[int, bytes]]:
            return [
                {seq: line for part in slice_ for seq, line in zip(part.seqs, part.text.split(b"\n"), strict=True)}
                for slice_ in pair.other.lines(after, until=until)
            ]

        first, second = found()
        assert (max(first), min(second)) == (LINES, LINES + 1)
        assert first | second == rows
        assert found(5) == [{seq: rows[seq] for seq in range(1, 6)}]
        assert found(0) == []
        assert found(5, after=3) == [{seq: rows[seq] for seq in (4, 5)}]
        assert found(after=LINES + 1) == [{seq: rows[seq] for seq in rows if seq > LINES + 1}]
        assert {part.kind for slice_ in pair.other.lines() for part in slice_} == {"customer_wrote", "assigned"}

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
        pair.log.append([PresenceSet(at=AT, source="ui", source_id="p", agent="chen", presence="away")], received_at=AT)
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

    def test_cursors_by_their_beginning(self, pair: Pair) -> None:
        """Those whose names begin like this, by the rest, in order; no letter of the beginning stands for another."""
        for seq, name in enumerate(("zone of b", "zone of a", "zone%of c", "Zone of d", "zone"), 1):
            pair.log.set_cursor(name, seq)
        assert list(pair.other.cursors("zone of ").items()) == [("a", 2), ("b", 1)]
        assert pair.other.cursors("zone_of") == pair.other.cursors("nothing") == {}

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

    # ------------------------------------------------------------ snapshots

    def test_snapshots(self, pair: Pair) -> None:
        """Of each policy the last snapshot is kept, byte for byte; it is no part of the log and its digest."""
        pair.log.append([wrote(n) for n in range(9)], received_at=AT)
        before = pair.other.digest()
        assert pair.other.snapshot("p") is None
        for seq in (9, 7):
            pair.log.save_snapshot(Snapshot(seq, "p", "code", bytes(range(256)) * seq))
        pair.log.save_snapshot(Snapshot(3, "q", "other", b""))
        assert pair.other.snapshot("p") == Snapshot(7, "p", "code", bytes(range(256)) * 7)
        assert pair.other.snapshot("q") == Snapshot(3, "q", "other", b"")
        assert (pair.other.digest(), pair.other.last_seq()) == (before, 9)
        assert pair.other.verify().ok

    def test_a_snapshot_in_a_batch_left_by_an_error(self, pair: Pair) -> None:
        """A snapshot kept inside a batch goes with it."""
        pair.log.save_snapshot(Snapshot(1, "p", "code", b"x"))

        def leave() -> None:
            with pair.log.batch():
                pair.log.save_snapshot(Snapshot(2, "p", "code", b"y"))
                assert pair.log.snapshot("p") == Snapshot(2, "p", "code", b"y")
                raise StopError

        with pytest.raises(StopError):
            leave()
        assert pair.other.snapshot("p") == Snapshot(1, "p", "code", b"x")

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

    def test_identity(self, pair: Pair, tmp_path: Path) -> None:
        """It stays what it is, through a second handle too; a log of the very same events has another."""
        assert pair.other.identity() == ""
        pair.log.append([wrote(1)], received_at=AT)
        identity = pair.other.identity()
        pair.log.append([wrote(2)], received_at=AT)
        assert identity == pair.log.identity() == pair.other.identity() != ""
        (tmp_path / "another").mkdir()
        with self.make(tmp_path / "another") as another:
            another.restore(pair.log.rows())
            assert another.identity() not in {"", identity}

    def test_report(self, pair: Pair) -> None:
        """A sound log has a report that says how many events it holds."""
        pair.log.append([wrote(n) for n in range(3)], received_at=AT)
        report = pair.other.verify()
        assert report == Report(pair.other.url, 3, 0, (), report.link)
        assert str(report).splitlines()[0] == f"{pair.other.url}: sound (3 events)"
        assert (report.link in str(report).splitlines()[-2]) if report.link else str(report).count("\n") == 0

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
            log.identity,
            log.last_seq,
            lambda: log.last_seq("c1"),
            log.count,
            lambda: log.find("test", "message:1"),
            lambda: log.cursor("a"),
            lambda: log.set_cursor("a", 1),
            lambda: log.quarantine("a", "b", raw=b"", received_at=AT),
            lambda: list(log.quarantined()),
            lambda: log.save_snapshot(Snapshot(1, "p", "code", b"")),
            lambda: log.snapshot("p"),
            lambda: log.restore([]),
            log.digest,
            log.verify,
            log.batch().__enter__,
        ]
        for call in calls:
            with pytest.raises(LogError, match="closed"):
                call()
