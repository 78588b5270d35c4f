"""A log that a driver writes to while it is verified is sound; what lies behind its end is found all the same."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from deskkit.log import Snapshot, open_log
from tests.contract.samples import AT, wrote

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


def test_a_log_is_sound_while_it_is_written(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between any two looks an event comes, with a cursor, a snapshot and something to send that stand at its end."""
    numbers = count(1)
    with open_log(log_url) as writer, open_log(log_url, create=False, read_only=True) as log:

        def go_on() -> None:
            seq = writer.append([wrote(next(numbers))], received_at=AT).last_seq
            writer.set_cursor("ui", seq)
            writer.save_snapshot(Snapshot(seq, "p", "c", b""))
            writer.queue(seq, ["sim"])

        go_on()
        store = log._store  # type: ignore[attr-defined]  # noqa: SLF001 - what is seen between two looks is the point
        query, looks = store.query, []

        def looked(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
            found: list[tuple[Any, ...]] = query(sql, values)
            looks.append(sql)
            go_on()
            return found

        monkeypatch.setattr(store, "query", looked)
        report = log.verify()
        assert report.ok, report.faults
        assert len(looks) > 5
        assert 0 < report.events < writer.last_seq()
        monkeypatch.undo()
        writer.set_cursor("ui", 10_000)
        assert [fault.problem for fault in log.verify().faults] == [
            f"the cursor 'ui' stands at seq 10000, the log ends at {writer.last_seq()}"
        ]
