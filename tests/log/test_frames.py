"""The log as a frame and as a parquet file."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import polars as pl
import pytest

from deskkit.desk.coding import decode
from deskkit.desk.events import Assigned, Decision
from deskkit.errors import FactError, LogError
from deskkit.log import MemoryLog, open_log
from deskkit.log.frames import EVENTS, events, from_parquet, to_parquet
from tests.contract.samples import AT, HOSTILE, assigned, every_kind, wrote

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog


@pytest.fixture
def log() -> EventLog:
    """Return a log with one event of every kind and the hostile texts."""
    log = MemoryLog()
    log.append(every_kind(), received_at=AT)
    log.append([wrote(n, text=text) for n, text in enumerate(HOSTILE)], received_at=AT + 7)
    return log


def test_frame(log: EventLog) -> None:
    """Each row says what its event says."""
    frame = events(log)
    assert frame.schema == EVENTS
    assert frame.height == log.last_seq()
    for row, stored in zip(frame.iter_rows(named=True), log.read(), strict=True):
        assert row["seq"] == stored.seq
        assert row["at"].timestamp() * 1000 == stored.at
        assert row["received_at"].timestamp() * 1000 == stored.received_at
        assert decode(row["body"].encode()) == stored.event
        assert row["kind"] == json.loads(row["body"])["kind"]
        for name in ("conversation", "agent", "source", "source_id"):
            assert row[name] == getattr(stored.event, name, None)


def test_part_of_a_log(log: EventLog) -> None:
    """A frame takes the same choices as reading does."""
    log.append([assigned(1, conversation="c9"), assigned(2, conversation="c9")], received_at=AT)
    frame = events(log, 3, kinds=[Decision], conversation="c9")
    assert frame["kind"].to_list() == ["assigned", "assigned"]
    assert events(log, 3, until=5)["seq"].to_list() == [4, 5]
    assert events(log, kinds=[Assigned])["agent"].to_list() == ["x", "chen", "chen"]


def test_no_agent_is_null() -> None:
    """An empty conversation or agent is null, as one that the kind does not have."""
    log = MemoryLog()
    log.append([assigned(1, agent=""), assigned(2, conversation="")], received_at=AT)
    assert events(log).select("conversation", "agent").rows() == [("c1", None), (None, "chen")]


def test_empty_frame() -> None:
    """An empty log gives an empty frame with all columns."""
    assert events(MemoryLog()).schema == EVENTS


@pytest.mark.parametrize("to", ["memory:", "sqlite"])
def test_round_trip(log: EventLog, tmp_path: Path, log_url: str, to: str) -> None:
    """A log written to parquet and read back is the same log: rows, receipts and digest."""
    assert to_parquet(log, tmp_path / "log.parquet") == log.last_seq()
    with open_log(log_url if to == "sqlite" else to) as back:
        assert from_parquet(tmp_path / "log.parquet", back) == log.last_seq()
        assert list(back.rows()) == list(log.rows())
        assert back.digest() == log.digest()
        assert back.verify().ok


def test_many_chunks(monkeypatch: pytest.MonkeyPatch, log: EventLog, tmp_path: Path) -> None:
    """A log of many chunks is written and read whole, in order."""
    monkeypatch.setattr("deskkit.log.frames.CHUNK", 4)
    back = MemoryLog()
    to_parquet(log, tmp_path / "log.parquet")
    from_parquet(tmp_path / "log.parquet", back)
    assert list(back.rows()) == list(log.rows())
    assert events(log)["seq"].to_list() == list(range(1, log.last_seq() + 1))


def test_empty_log(tmp_path: Path) -> None:
    """An empty log goes out and comes in."""
    assert to_parquet(MemoryLog(), str(tmp_path / "log.parquet")) == 0
    assert from_parquet(str(tmp_path / "log.parquet"), MemoryLog()) == 0


def test_file_is_a_frame(log: EventLog, tmp_path: Path) -> None:
    """The file, read by polars alone, is the frame."""
    to_parquet(log, tmp_path / "log.parquet")
    assert pl.read_parquet(tmp_path / "log.parquet").equals(events(log))


def test_only_one_file(log: EventLog, tmp_path: Path) -> None:
    """Writing leaves one file, for its owner's eyes only, and replaces an older one."""
    path = tmp_path / "log.parquet"
    path.write_text("older")
    to_parquet(log, path)
    assert [each.name for each in tmp_path.iterdir()] == ["log.parquet"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


class Breaking(MemoryLog):
    """A log that cannot be read to its end."""

    broken = False

    def rows(self, *args: object, **options: object):  # type: ignore[no-untyped-def] # noqa: ANN201
        """Yield one row and fail."""
        yield from list(super().rows(*args, **options))[:1]  # type: ignore[arg-type]
        if self.broken:
            raise LogError("broken")


def test_failed_writing_leaves_the_old_file(tmp_path: Path) -> None:
    """If the log cannot be read to its end, the older file stays as it was, and nothing lies beside it."""
    path = tmp_path / "log.parquet"
    path.write_text("older")
    log = Breaking()
    log.append([wrote(1), wrote(2)], received_at=AT)

    def digest(*, until: int | None = None) -> str:
        log.broken = True  # from here on: the first pass has gone well, the second fails
        return "x"

    log.digest = digest  # type: ignore[method-assign]
    with pytest.raises(LogError, match=r"^broken$"):
        to_parquet(log, path)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("log.parquet", "older")]


def test_no_folder(log: EventLog, tmp_path: Path) -> None:
    """A file that cannot be written is an error that names it."""
    with pytest.raises(LogError, match="nowhere"):
        to_parquet(log, tmp_path / "nowhere" / "log.parquet")


def rewrite(path: Path, frame: pl.DataFrame) -> None:
    """Write a changed frame with the notes of the file it came from."""
    about = pl.read_parquet_metadata(path)
    frame.write_parquet(path, metadata={name: text for name, text in about.items() if name.startswith("deskkit")})


CHANGES = {
    "a row less": lambda frame: frame.head(-1),
    "a text changed": lambda frame: frame.with_columns(pl.col("body").str.replace("hello", "hullo")),
    "a row twice": lambda frame: pl.concat([frame, frame.tail(1)]),
    "order": lambda frame: frame.reverse(),
    "a null": lambda frame: frame.with_columns(body=pl.when(pl.col("seq") == 3).then(None).otherwise(pl.col("body"))),
    "no event": lambda frame: frame.with_columns(
        body=pl.when(pl.col("seq") == 3).then(pl.lit("{}")).otherwise(pl.col("body"))
    ),
    "a column less": lambda frame: frame.drop("agent"),
    "another type": lambda frame: frame.cast({"seq": pl.Int32}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_file(log: EventLog, tmp_path: Path, log_url: str, change: str) -> None:
    """A parquet file that was changed is refused, and the log stays empty."""
    log.append([wrote(1_000)], received_at=AT)
    path = tmp_path / "log.parquet"
    to_parquet(log, path)
    rewrite(path, CHANGES[change](pl.read_parquet(path)))
    with open_log(log_url) as back:
        with pytest.raises((LogError, FactError)):
            from_parquet(path, back)
        assert back.last_seq() == 0


def test_rewritten_file(log: EventLog, tmp_path: Path) -> None:
    """A file rewritten without a change is accepted (the control of the test above)."""
    path = tmp_path / "log.parquet"
    to_parquet(log, path)
    rewrite(path, pl.read_parquet(path))
    assert from_parquet(path, MemoryLog()) == log.last_seq()


def test_spoiled_file(log: EventLog, tmp_path: Path) -> None:
    """A file spoiled in the middle is refused, and the log stays empty."""
    path = tmp_path / "log.parquet"
    to_parquet(log, path)
    spoiled = bytearray(path.read_bytes())
    spoiled[100 : len(spoiled) // 2] = bytes(len(spoiled) // 2 - 100)
    path.write_bytes(spoiled)
    back = MemoryLog()
    with pytest.raises(LogError, match="cannot be read"):
        from_parquet(path, back)
    assert back.last_seq() == 0


def test_other_files(log: EventLog, tmp_path: Path) -> None:
    """What is no log in parquet is refused with the reason."""
    path = tmp_path / "x.parquet"
    with pytest.raises(LogError, match="cannot be read"):
        from_parquet(path, MemoryLog())
    path.write_text("at,who\n1,2\n")
    with pytest.raises(LogError, match="cannot be read"):
        from_parquet(path, MemoryLog())
    events(log).write_parquet(path)
    with pytest.raises(LogError, match="no log in parquet"):
        from_parquet(path, MemoryLog())


def test_only_into_an_empty_log(log: EventLog, tmp_path: Path) -> None:
    """A log that holds something is not filled from a file."""
    path = tmp_path / "log.parquet"
    to_parquet(log, path)
    with pytest.raises(LogError, match="empty log"):
        from_parquet(path, log)
