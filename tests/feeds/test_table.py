"""Tables nobody here wrote become the right facts by a column map alone, once, whatever holds them."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pandas as pd
import polars as pl
import pytest

from deskkit.clock import instant
from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    Decision,
    PrioritySet,
    TagSet,
)
from deskkit.errors import FeedError
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table import import_table
from deskkit.feeds.table_preview import preview
from deskkit.log import MemoryLog
from tests.bench.bench_import import write_calls
from tests.feeds.call_table import CALLS, COLUMNS, MAP, WAITS, ZONE, answers, by_level, frame, saved, waits
from tests.feeds.meiqia_pages import facts

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog


def calls(table: object, log: EventLog | None = None) -> tuple[EventLog, ImportReport]:
    """Import calls by the map that comes with deskkit."""
    log = MemoryLog() if log is None else log
    return log, import_table(table, log, map=MAP, zone=ZONE, received_at=0)


# ---------------------------------------------------------------- a log of calls


def test_waits_of_calls_are_those_computed_by_hand(tmp_path: Path) -> None:
    """Queued, not queued, hung up in the queue and before it, over midnight: each wait to the millisecond."""
    log, report = calls(saved(tmp_path))
    assert waits(log) == WAITS
    assert report.skipped == {"outcome = PHANTOM": 1}
    assert (report.conversations, report.set_aside) == (6, {})


def test_leaving_shares_by_priority_are_those_computed_by_hand(tmp_path: Path) -> None:
    """Of three normal calls two were left, of three high ones one: priorities 0 and 1 are normal, 2 is high."""
    log, _ = calls(saved(tmp_path))
    assert by_level(log) == {1: (3, 2 / 3), 2: (3, 1 / 3)}


def test_waits_of_many_calls_are_those_of_the_table_itself(tmp_path: Path) -> None:
    """Waits and leaving shares by priority of 500 drawn calls, against sums over the table's own q_time column."""
    path = tmp_path / "calls.csv"
    write_calls(path, 500)
    log, report = calls(path)
    assert report.set_aside == {}
    assert [name for name, count in report.fields.items() if count.conflicting] == []
    table = pl.read_csv(path).with_columns(
        name=pl.format("{}-{}-{}", "date", "vru+line", "call_id"), left=pl.col("outcome") == "HANG",
        level=pl.col("priority").replace({0: 1}),
    )  # fmt: skip
    assert waits(log) == {
        name: (1000 * wait, left) for name, wait, left in table.select("name", "q_time", "left").rows()
    }
    shares = table.group_by("level").agg(pl.len(), pl.col("left").mean().alias("share"))
    found = by_level(log)
    assert {level: count for level, (count, _) in found.items()} == dict(shares.select("level", "len").rows())
    assert {level: share for level, (_, share) in found.items()} == pytest.approx(
        dict(shares.select("level", "share").rows())
    )


def test_a_call_becomes_its_facts(tmp_path: Path) -> None:
    """Arrival, first word at the queue, owner, answer, end, priority, tag, customer: each in its place."""
    log, _ = calls(saved(tmp_path, CALLS[0]))
    begun = instant("1999-01-01 08:00:00", zone=ZONE)
    told = [(fact.at - begun, type(fact).__name__) for fact in facts(log)]
    assert told == [
        (0, "ConversationOpened"),
        (0, "PrioritySet"),
        (0, "TagSet"),
        (10_000, "CustomerWrote"),
        (50_000, "AgentSet"),
        (50_000, "OwnerSet"),
        (50_000, "AgentWrote"),
        (230_000, "Resolved"),
    ]
    assert facts(log, ConversationOpened)[0].customer == "9664491"
    assert facts(log, TagSet)[0].tag == "regular"
    assert {fact.source for fact in facts(log)} == {"calls"}
    assert facts(log, Decision) == []


def test_who_is_nobody_is_nobody(tmp_path: Path) -> None:
    """Customer 0 is a new one each time; NO_SERVER owns nothing."""
    log, _ = calls(saved(tmp_path))
    customers = [fact.customer for fact in facts(log, ConversationOpened)]
    assert len(set(customers)) == len(customers) == 6
    assert answers(log) == {"990101-AA0101-1": "MICHAL", "990101-AA0101-2": "YITZ", "990101-AA0101-6": "MICHAL"}
    assert [fact.agent for fact in facts(log, AgentSet)] == ["MICHAL", "YITZ"]


def test_durations_that_columns_tell_otherwise_are_conflicting() -> None:
    """A q_time that does not fit the clock is counted, and the clock believed; the fitting ones are not counted."""
    odd = dict(zip(COLUMNS, CALLS[0], strict=True)) | {"q_time": 55, "call_id": 9}
    log, report = calls(pl.concat([frame(), pl.DataFrame([odd]).select(COLUMNS)]))
    assert report.fields["q_time"].conflicting == 1
    assert report.fields["ser_time"].conflicting == report.fields["vru_time"].conflicting == 0
    assert waits(log)["990101-AA0101-9"] == (40_000, False)


def test_an_answer_before_the_waiting_is_put_in_order_and_counted() -> None:
    """Contradicting clocks do not make a negative wait."""
    odd = dict(zip(COLUMNS, CALLS[0], strict=True)) | {"ser_start": "8:00:05"}
    log, report = calls(pl.DataFrame([odd]).select(COLUMNS))
    assert waits(log) == {"990101-AA0101-1": (0, False)}
    assert report.fields["ser_start"].conflicting == 1


def test_one_bad_row_costs_itself_alone(tmp_path: Path) -> None:
    """Unknown outcomes, missing times and unreadable cells are set aside, counted and kept; the rest goes in."""
    bad: list[dict[str, object]] = [
        {"outcome": "LUNCH"}, {"vru_entry": "noon"}, {"vru_entry": ""}, {"date": "990231"}, {"ser_start": NO_TIME},
        {"outcome": None},
    ]  # fmt: skip
    rows = [dict(zip(COLUMNS, map(str, CALLS[0]), strict=True)) | {"call_id": f"b{at}"} | one
            for at, one in enumerate(bad)]  # fmt: skip
    table = pl.concat([frame().with_columns(pl.all().cast(pl.String)), pl.DataFrame(rows).select(COLUMNS)])
    table.write_csv(tmp_path / "calls.csv")
    log, report = calls(tmp_path / "calls.csv")
    assert waits(log) == WAITS
    assert report.set_aside == {
        "an outcome that the map does not name: LUNCH": 1,
        "vru_entry is no readable time of day": 1,
        "a row without the time 'opened'": 1,
        "date is no readable date": 1,
        "an answered row without the time of the answer": 1,
        "a row without outcome": 1,
    }
    assert len(list(log.quarantined())) == 6
    assert b"LUNCH" in next(log.quarantined()).raw


NO_TIME = "0:00:00"


def test_a_priority_without_a_meaning_is_left_out_and_counted() -> None:
    """Priority 7 is in no map: no level is guessed."""
    odd = dict(zip(COLUMNS, CALLS[0], strict=True)) | {"priority": 7}
    log, report = calls(pl.DataFrame([odd]).select(COLUMNS))
    assert facts(log, PrioritySet) == []
    assert report.fields["priority"].conflicting == 1
    assert report.assumed == {'priority "7": not in the map, taken as normal': 1}


def test_an_id_that_does_not_tell_calls_apart_is_counted() -> None:
    """Two calls of one id that begin at different times are a conflict of the id's columns."""
    text = open_text(MAP).replace('id = ["date", "vru+line", "call_id"]', 'id = ["vru+line", "call_id"]')
    report = import_table(frame(), MemoryLog(), map=ColumnMap.parse(text), zone=ZONE)
    assert report.fields["call_id"].conflicting == 1
    assert calls(frame())[1].fields["call_id"].conflicting == 0


def open_text(path: str) -> str:
    """Return a file's text."""
    return ColumnMap.load(path).text


# ---------------------------------------------------------------- whatever holds it


def test_every_holder_gives_the_same_log(tmp_path: Path) -> None:
    """CSV, gzip, semicolons, parquet, polars, lazy, pandas, typed columns: one digest."""
    table = frame()
    path = saved(tmp_path)
    packed = tmp_path / "calls.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    other = tmp_path / "semicolons.csv"
    table.write_csv(other, separator=";", quote_style="always", include_bom=True)
    table.write_parquet(tmp_path / "calls.parquet")
    typed = table.with_columns(
        pl.col("vru_entry", "vru_exit", "q_start", "q_exit", "ser_start", "ser_exit").map_elements(
            lambda text: pl.Series([text]).str.zfill(8).str.to_time()[0], return_dtype=pl.Time
        ),
        pl.col("priority", "call_id").cast(pl.Float64),
    )
    pandas = pd.DataFrame({name: list(table[name]) for name in table.columns})
    holders: list[object] = [path, str(path), packed, other, tmp_path / "calls.parquet", table, table.lazy(), typed,
                             pandas]  # fmt: skip
    digests = {calls(holder)[0].digest() for holder in holders}
    assert len(digests) == 1


def test_pandas_cells_keep_what_they_are() -> None:
    """Instants with and without a zone, durations, missing cells and mixed columns arrive as they are."""
    table = pd.DataFrame({
        "id": ["a", "b"],
        "came": pd.to_datetime(["2026-06-18 10:30:00", "2026-06-18 10:31:00"]),
        "seen": pd.to_datetime(["2026-06-18 02:30:20Z", None], utc=True),
        "wait": pd.to_timedelta(["20s", None]),
        "level": [1, None],
        "tag": ["x", 5],
    })  # fmt: skip
    columns = ColumnMap.parse(
        'rows = "conversation"\nconversation.id = "id"\ntimes = { opened = "came", answered = "seen" }\n'
        'priority = { column = "level", levels = { 1 = "high" } }\ntag = [{ column = "tag" }]\n'
        'compare = [{ column = "wait", from = "opened", to = "answered" }]'
    )
    log = MemoryLog()
    report = import_table(table, log, map=columns, zone="Asia/Shanghai")
    assert report.set_aside == {}
    assert waits(log) == {"a": (20_000, False)}
    assert report.fields["wait"].conflicting == 0
    assert report.fields["wait"].absent == report.fields["seen"].absent == 1
    assert [fact.level for fact in facts(log, PrioritySet)] == [2]
    assert [fact.tag for fact in facts(log, TagSet)] == ["x", "5"]


def test_times_in_many_spellings() -> None:
    """Seconds since midnight, Unix seconds, durations with units, mm:ss and day-first dates mean the same instant."""
    spellings: list[tuple[str, dict[str, object]]] = [
        ('opened = { date = "d", time = "t" }', {"d": "18/06/2026", "t": 37_800}),
        ('opened = { date = "d", time = "t" }', {"d": "18/06/2026", "t": "10:30"}),
        ('opened = "t"', {"t": "18/06/2026 10:30:00"}),
        ('opened = "t"', {"t": "2026-06-18T02:30:00Z"}),
        ('opened = "t"', {"t": 1_781_749_800}),
        ('opened = "t"', {"t": 1_781_749_800_000}),
        ('opened = "t"', {"t": "1781749800"}),
        ('opened = "t"', {"t": "2026/06/18 10:30"}),
    ]
    for line, row in spellings:
        form = "iso" if "2026/06" in str(row) else "dd/mm/yyyy"
        text = f'rows = "conversation"\ndate = "{form}"\n[times]\n{line}\n'
        text += 'answered = { after = "opened", column = "w", unit = "min" }\n'
        for wait in ("1.5", 1.5, "1:30", "0:01:30"):
            log = MemoryLog()
            report = import_table(
                pl.DataFrame([row | {"w": wait}]), log, map=ColumnMap.parse(text), zone="Asia/Shanghai"
            )
            assert report.set_aside == {}, (line, row)
            assert facts(log, ConversationOpened)[0].at == 1_781_749_800_000, row
            assert facts(log, AgentWrote)[0].at == 1_781_749_890_000, wait


# ---------------------------------------------------------------- again, and grown


def test_the_same_table_twice_adds_nothing(tmp_path: Path) -> None:
    """Every fact of the second import is known; rows set aside are kept once."""
    path = saved(tmp_path)
    path.write_text(path.read_text() + "broken,row\n")
    log, first = calls(path)
    digest = log.digest()
    _, second = calls(path, log)
    assert (second.stored, log.digest()) == (0, digest)
    assert first.set_aside == second.set_aside == {"more or fewer cells than the header has": 1}
    assert len(list(log.quarantined())) == 1


def test_a_grown_table_adds_only_what_is_new(tmp_path: Path) -> None:
    """Wherever the new rows stand, the rest adds nothing, and the log says what one import of all would."""
    log, _ = calls(frame(*CALLS[2:5]))
    before = log.last_seq()
    calls(frame(*CALLS), log)
    news = {stored.event.conversation for stored in log.read(before) if hasattr(stored.event, "conversation")}
    assert news == {"990101-AA0101-1", "990101-AA0101-2", "990101-AA0101-6", "990102-AA0101-1"}
    assert waits(log) == WAITS


def test_a_call_that_ended_meanwhile_adds_its_end() -> None:
    """A later version of a row that was open adds the answer and the end alone."""
    text = open_text(MAP).replace('# open = ["WAITING"]', 'open = ["WAITING"]')
    open_call = dict(zip(COLUMNS, CALLS[0], strict=True)) | {
        "outcome": "WAITING", "ser_start": NO_TIME, "ser_exit": NO_TIME, "ser_time": 0, "q_exit": NO_TIME, "q_time": 0,
        "server": "NO_SERVER",
    }  # fmt: skip
    log = MemoryLog()
    import_table(pl.DataFrame([open_call]).select(COLUMNS), log, map=ColumnMap.parse(text), zone=ZONE)
    before = log.last_seq()
    import_table(frame(CALLS[0]), log, map=ColumnMap.parse(text), zone=ZONE)
    news = [type(stored.event).__name__ for stored in log.read(before)]
    assert news == ["AgentSet", "OwnerSet", "AgentWrote", "Resolved"]


# ---------------------------------------------------------------- wrong use, and a look before


def test_a_zone_is_never_guessed(tmp_path: Path) -> None:
    """Without a zone in map or call nothing is imported."""
    log = MemoryLog()
    with pytest.raises(FeedError, match=r"carry no zone.*zone='Asia/Shanghai'"):
        import_table(saved(tmp_path), log, map=MAP)
    assert log.last_seq() == 0


def test_a_column_the_table_has_not_is_refused_with_its_line(tmp_path: Path) -> None:
    """The error names the line of the map, the column and the one that was meant, and nothing is stored."""
    path = saved(tmp_path)
    path.write_text(path.read_text().replace("q_start", "q_started"))
    log = MemoryLog()
    with pytest.raises(FeedError, match=r'calls.toml, line \d+.*no such column.*q_start.*Hint.*"q_started"'):
        calls(path, log)
    assert log.last_seq() == 0


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    """No path, no frame, no header, two columns of one name, a cut parquet: each says what it is."""
    saved(tmp_path)
    (tmp_path / "empty.csv").write_text("\n\n")
    (tmp_path / "twice.csv").write_text("a,b,a\n1,2,3\n")
    frame().write_parquet(tmp_path / "calls.parquet")
    whole = (tmp_path / "calls.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    wrong: dict[object, str] = {
        tmp_path / "nothing.csv": "no such table", tmp_path: "no table", 7: "no table",
        tmp_path / "empty.csv": "export it again", tmp_path / "twice.csv": "same name",
        tmp_path / "cut.parquet": "parquet",
    }  # fmt: skip
    for table, problem in wrong.items():
        with pytest.raises(FeedError, match=problem):
            calls(table)


def test_preview_shows_facts_and_problems(tmp_path: Path) -> None:
    """The first rows as facts, the reasons of those that are none, a wrong map as a problem; nothing is stored."""
    shown = preview(saved(tmp_path), MAP, n=5, zone=ZONE)
    assert shown.facts["row"].unique().to_list() == [1, 2, 3, 4]
    assert shown.problems == ["Row 5: skipped, outcome = PHANTOM."]
    assert "conversation_opened" in shown.facts["kind"].to_list()
    assert preview(saved(tmp_path), MAP).problems[0].startswith("No zone")
    wrong = preview(pl.DataFrame({"a": [1]}), MAP, zone=ZONE)
    assert wrong.facts.is_empty()
    assert "no such column" in wrong.problems[0]
