"""Broken tables import their good part, hostile cells never raise, and what is set aside is told."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk.events import ConversationOpened, CustomerWrote, Fact
from deskkit.errors import FeedError
from deskkit.feeds import encoding, table_rows
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table import import_table
from deskkit.feeds.table_rows import rows_of
from deskkit.feeds.table_suggestion import suggest_map
from deskkit.log import MemoryLog
from tests.feeds.call_table import COLUMNS, MAP, ZONE, frame, saved
from tests.feeds.meiqia_pages import facts

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog

TALK = ColumnMap.parse("""
rows = "message"
zone = "UTC"
conversation.id = "chat"
times.sent = "at"
author = { column = "who", customer = ["in"], agent = ["out"] }
message.text = "text"
""")
HEAD = "chat,at,who,text\n"
AT = "2026-06-18 10:00:0"


def talk(folder: Path, text: str | bytes, *, columns: ColumnMap = TALK) -> tuple[EventLog, ImportReport]:
    """Import a CSV of messages."""
    path = folder / "talk.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    log = MemoryLog()
    return log, import_table(path, log, map=columns, received_at=0)


def texts(log: EventLog) -> list[str]:
    """Return what customers wrote."""
    return [fact.text for fact in facts(log, CustomerWrote)]


# ---------------------------------------------------------------- broken files


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (f"c1,{AT}1,in", "more or fewer cells"),
        (f"c1,{AT}1,in,x,y", "more or fewer cells"),
        (f'c1,{AT}1,in,"no end', "quote without end"),
        (f"c1,{AT}1,nobody,x", "author that the map does not name"),
        (f",{AT}1,in,x", "without conversation"),
        ("c1,later,in,x", "at is no readable time"),
        ("c1,,in,x", "without the time 'sent'"),
        ("c1,1905-01-01 00:00:00,in,x", "at is no readable time"),
    ],
)
def test_one_bad_row_costs_itself_alone(tmp_path: Path, bad: str, reason: str) -> None:
    """Its neighbours are imported, the report names its line, the quarantine holds it."""
    log, report = talk(tmp_path, f"{HEAD}c1,{AT}0,in,first\n{bad}\nc1,{AT}2,in,third\n")
    assert texts(log) == ["first", "third"]
    ((place, why),) = report.examples
    assert place.endswith("talk.csv:3")
    assert reason in why
    assert len(list(log.quarantined())) == 1


def test_quoted_cells_may_hold_anything(tmp_path: Path) -> None:
    """Line ends, quotes and commas within quotes belong to the text; a quote within a plain cell is a sign."""
    log, report = talk(tmp_path, f'{HEAD}c1,{AT}0,in,"a, ""b""\r\nc"\r\nc1,{AT}1,in,6" pipe\r\n')
    assert texts(log) == ['a, "b"\nc', '6" pipe']
    assert report.set_aside == {}


def test_an_encoding_is_declared_never_guessed(tmp_path: Path) -> None:
    """GB 18030 read as UTF-8 is set aside row by row with a hint; declared, it is read."""
    raw = f"{HEAD}c1,{AT}0,in,在吗\nc1,{AT}1,in,ok\n".encode("gb18030")
    log, report = talk(tmp_path, raw)
    assert texts(log) == ["ok"]
    assert list(report.set_aside) == ["no text in this encoding; the map can name another"]
    declared = ColumnMap.parse(f'encoding = "gb18030"\n{TALK.text}')
    assert texts(talk(tmp_path, raw, columns=declared)[0]) == ["在吗", "ok"]
    wide = ColumnMap.parse(f'encoding = "utf-16"\n{TALK.text}')
    assert texts(talk(tmp_path, raw.decode("gb18030").encode("utf-16"), columns=wide)[0]) == ["在吗", "ok"]


def test_a_cut_gzip_gives_what_can_be_unpacked(tmp_path: Path) -> None:
    """A compressed table that ends too early loses its end alone."""
    rows = "".join(f"c{at * 7919 % 100_003:x},{AT}0,in,{at * 31 % 977:x}\n" for at in range(20_000))
    packed = gzip.compress((HEAD + rows).encode())
    log, report = talk(tmp_path, packed[: len(packed) // 2])
    assert 5_000 < len(texts(log)) < 15_000
    assert any("cut or damaged" in reason for reason in report.set_aside)


@pytest.mark.parametrize("size", [2, 5, 14])
def test_a_gzip_cut_within_its_header_is_refused(tmp_path: Path, size: int) -> None:
    """What cannot even name its columns says that it is cut, not that it has no header."""
    path = tmp_path / "talk.csv.gz"
    path.write_bytes(gzip.compress(HEAD.encode())[:size])
    with pytest.raises(FeedError, match=r"cut or damaged within its first line.*export or download it again"):
        rows_of(path)


def test_a_first_line_that_is_no_header_is_refused(tmp_path: Path) -> None:
    """A name longer than any, and UTF-16 without its mark, are no raw errors of a library."""
    path = tmp_path / "talk.csv"
    path.write_text(f"chat,{'x' * 200_000}\n1,2\n")
    with pytest.raises(FeedError, match="no header"):
        rows_of(path)
    with pytest.raises(FeedError, match="does not start with BOM"):
        rows_of(path, encoding="utf-16")


@pytest.mark.parametrize("seed", range(4))
def test_damaged_parquet_is_refused_or_set_aside(tmp_path: Path, seed: int) -> None:
    """Wherever bytes of a parquet file are lost: the file is refused, or rows are set aside; nothing else is raised."""
    rng = Random(seed)
    table = frame().with_columns(pl.lit(datetime(2026, 6, 18, tzinfo=UTC)).alias("now"), pl.lit([1, 2]).alias("list"))
    path, outcomes = tmp_path / "calls.parquet", set[str]()
    pl.concat([table] * 300).write_parquet(path, compression=("zstd", "uncompressed")[seed % 2])
    whole = path.read_bytes()
    for _ in range(40):
        content = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            start = rng.choice([rng.randrange(4, len(whole)), rng.randrange(len(whole) - 800, len(whole))])
            content[start : start + 4] = rng.randbytes(4)
        path.write_bytes(content if rng.random() < 0.7 else content[: rng.randrange(4, len(whole))])
        try:
            report = import_table(path, MemoryLog(), map=MAP, zone=ZONE, received_at=0)
            outcomes.add("set aside" if report.rows_set_aside else "read")
        except FeedError as error:
            outcomes.add("refused" if error.example else "refused without an example")
    assert "refused without an example" not in outcomes
    assert "refused" in outcomes, "nothing was damaged: the control"
    assert len(outcomes) > 1


def test_a_panic_of_the_reader_is_an_error_with_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader panics over some damaged files; no Exception, it is caught all the same, for lazy frames too."""

    def panic(*_: object, **__: object) -> None:
        raise pl.exceptions.PanicException("assertion failed: offset + length <= self.length")

    path = tmp_path / "calls.parquet"
    frame().write_parquet(path)
    monkeypatch.setattr(pl.LazyFrame, "collect", panic)
    for table in (path, pl.scan_parquet(path)):
        with pytest.raises(FeedError, match=r"missing or damaged\. Got 'assertion failed"):
            rows_of(table)


def test_times_outside_of_the_calendar_are_set_aside() -> None:
    """A frame with times that Python cannot hold loses those rows alone."""
    far = pl.Series([2**60, 1_781_776_800_000, None, -(2**62)]).cast(pl.Datetime("ms", "UTC"))
    table = pl.DataFrame({
        "chat": ["c1", "c2", "c3", "c4"], "at": far, "who": ["in"] * 4, "text": ["a", "b", "c", "d"],
        "day": pl.Series([2**30, 1, 2, 3], dtype=pl.Int32).cast(pl.Date),
        "span": far.cast(pl.Int64).cast(pl.Duration("us")),
    })  # fmt: skip
    log = MemoryLog()
    report = import_table(table, log, map=TALK, received_at=0)
    assert texts(log) == ["b"]
    assert report.rows_set_aside == 3


def test_halves_of_characters_in_a_pandas_frame_are_marked_and_counted() -> None:
    """A lone surrogate, in texts, categories, mixed columns or names of columns, becomes U+FFFD; the report says so."""
    half = "\ud83d"
    table = pd.DataFrame({
        "chat": pd.Categorical([f"c{half}", "c2"]), "at": [f"{AT}0", f"{AT}1"], "who": ["in", "in"],
        "text": pd.Series([f"a{half}b", "\ud83d\ude00"], dtype=object), half: [1, 2],
        "mixed": pd.Series([half, 1], dtype=object),
    })  # fmt: skip
    log = MemoryLog()
    report = import_table(table, log, map=TALK, received_at=0)
    assert texts(log) == ["a\ufffdb", "😀"]
    assert (report.assumed[encoding.HALVES], report.fields["(encoding)"].coerced, report.rows_set_aside) == (4, 4, 0)
    assert rows_of(table).columns[4] == "\ufffd"
    whole = import_table(table.iloc[:0], log, map=TALK, received_at=0)
    assert encoding.HALVES not in whole.assumed


def test_a_line_without_end_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line longer than the limit is set aside in pieces, and what follows it is read."""
    monkeypatch.setattr(table_rows, "_LINE", 1_000)
    log, report = talk(tmp_path, f"{HEAD}c1,{AT}0,in,{'x' * 5_000}\nc1,{AT}1,in,after\n")
    assert texts(log) == ["after"]
    assert report.rows_set_aside == 6


def test_quotes_without_end_take_bounded_work(tmp_path: Path) -> None:
    """A thousand lines that each begin a quote do not make the file unreadable: lines without quotes come through."""
    lines = "".join(f'c1,{AT}0,in,"open {at}\n' + f"c1,{AT}1,in,fine {at}\n" for at in range(1_000))
    log, report = talk(tmp_path, HEAD + lines)
    assert len([text for text in texts(log) if text.startswith("fine")]) >= 500
    assert report.rows_set_aside > 0


# ---------------------------------------------------------------- hostile cells

CELL: Any = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-(2**62), 2**62), st.floats(), st.booleans(), st.datetimes(),
    st.dates(), st.times(), st.timedeltas(),
    st.sampled_from(["0:00:00", "990101", "8:00:00", "AGENT", "HANG", "NO_SERVER", "=1+1", "\0", "\ud800", "1e400"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELL)), min_size=1, max_size=4))
def test_no_cell_stops_an_import(rows: list[dict[str, Any]]) -> None:
    """Whatever the cells hold, good rows beside them go in, and every row is a conversation or accounted for."""
    good = frame().to_dicts()[0]
    table = pl.DataFrame(
        [pl.Series(name, [good[name], *(row[name] for row in rows)], dtype=pl.Object) for name in COLUMNS]
    )
    log = MemoryLog()
    report = import_table(table, log, map=MAP, zone=ZONE, received_at=0)
    opened = {fact.conversation for fact in facts(log, ConversationOpened)}
    assert "990101-AA0101-1" in opened
    assert len(rows) + 1 >= len(opened) + report.rows_set_aside
    assert report.as_dict()["rows_set_aside"] == len(list(log.quarantined())) or report.rows_set_aside
    digest = log.digest()
    assert import_table(table, log, map=MAP, zone=ZONE, received_at=1).stored == 0
    assert log.digest() == digest
    assert all(isinstance(fact, Fact) for fact in facts(log))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_stop_a_table(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Any bytes are rows, rows set aside, or no table at all; a good row behind them comes through if a line ends."""
    path = tmp_path_factory.mktemp("raw") / "t.csv"
    path.write_bytes(HEAD.encode() + raw + b"\n" + f"c9,{AT}9,in,good\n".encode())
    log = MemoryLog()
    import_table(path, log, map=TALK)
    assert "good" in texts(log)
    path.write_bytes(raw)
    try:
        list(rows_of(path).rows)
        suggest_map(path)
    except FeedError:
        pass


@given(st.binary(max_size=200))
@settings(max_examples=40, deadline=None)
def test_no_bytes_make_a_map_fail_otherwise(raw: bytes) -> None:
    """A map is read or refused with a place, whatever it holds."""
    text = raw.decode("latin-1")
    for one in (text, TALK.text + text):
        try:
            ColumnMap.parse(one)
        except FeedError as error:
            assert error.place  # noqa: PT017 - hypothesis gives good maps too


def test_a_place_in_a_table_is_the_line_of_its_file(tmp_path: Path) -> None:
    """Lines are counted as an editor counts them: the header is one, and so are blank lines."""
    path = saved(tmp_path)
    path.write_text(path.read_text().replace("\n", "\n\n", 2))
    assert [row.place.rpartition(":")[2] for row, _ in rows_of(path).rows][:3] == ["3", "5", "6"]


@pytest.mark.parametrize("text", ['{"data": ["SECRET"]}', '[{"text": "SECRET"}]', '[\n  {"text": "SECRET"}\n]'])
def test_json_is_refused_without_its_words(tmp_path: Path, text: str) -> None:
    """The error names the file and what a table is, and nothing that a customer wrote (control: brackets may stand)."""
    path = tmp_path / "talk.csv"
    path.write_text(text)
    with pytest.raises(FeedError, match=r"talk\.csv: This is JSON and no table\. Expected a CSV") as refused:
        rows_of(path)
    assert "SECRET" not in str(refused.value)
    path.write_text("[call],[text]\n1,SECRET\n")
    opened = rows_of(path)
    opened.close()
    assert opened.columns == ("[call]", "[text]")
