"""Rows that come again: the same say nothing, changed ones are conflicts, another reading of them is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from deskkit import cli
from deskkit.desk.events import AgentWrote, CustomerWrote, Rated, Resolved
from deskkit.errors import FeedError
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table import import_table
from deskkit.log import MemoryLog
from tests.feeds.meiqia_pages import facts

if TYPE_CHECKING:
    from pathlib import Path

MAP = """
rows = "message"
zone = "UTC"
conversation.id = "chat"
times.sent = "at"
agent.id = "agent"
message.text = "text"
[author]
column = "who"
customer = ["in"]
agent = ["out"]
"""
GROUP = 'conversation.group = "queue"\n' + MAP
SWAPPED = MAP.replace('"in"', '"?"').replace('"out"', '"in"').replace('"?"', '"out"')
SHIFTED = MAP.replace('"at"', '"later"')
STARS = MAP + '[rating]\ncolumn = "stars"\nvalues = { 5 = "good", 1 = "bad" }\n'
UPSIDE_DOWN = STARS.replace('"good"', '"neutral"')

TALK = """chat,at,later,who,agent,text,queue,stars
c1,2026-06-18 10:00:00,2026-06-18 10:00:01,in,,hello,sales,5
c1,2026-06-18 10:01:00,2026-06-18 10:00:59,out,chen,hi,sales,5
c2,2026-06-18 10:02:00,2026-06-18 10:02:01,in,,help,sales,1
"""

CALLS = """
rows = "conversation"
zone = "UTC"
conversation.id = "call"
agent.id = "who"
times = { opened = "came", answered = "taken", left = "gone" }
"""
CALLED = pl.DataFrame({
    "call": [1, 2], "came": ["2026-06-18 10:00:00", "2026-06-18 10:02:00"], "taken": ["2026-06-18 10:00:30", None],
    "gone": [None, "2026-06-18 10:02:45"], "over": ["2026-06-18 10:04:00", None], "who": ["chen", None],
})  # fmt: skip


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a table of three messages."""
    path = tmp_path / "talk.csv"
    path.write_text(TALK)
    return path


@pytest.mark.parametrize(("first", "corrected", "column", "odd"), [
    (MAP, GROUP, "queue", "talk.csv:2 queue: sales, in the log nothing"),
    (MAP, SWAPPED, "who", "talk.csv:2 who: agent_wrote 2026-06-18 10:00:00, in the log customer_wrote"),
    (MAP, SHIFTED, "later", "customer_wrote 2026-06-18 10:00:01"),
    (STARS, UPSIDE_DOWN, "stars", "talk.csv:2 stars: 0, in the log 1"),
])  # fmt: skip
def test_a_corrected_map_needs_a_new_log(table: Path, first: str, corrected: str, column: str, odd: str) -> None:
    """What the log holds cannot be read anew: the column, a row with both values, and the command are named."""
    log = MemoryLog()
    import_table(table, log, map=ColumnMap.parse(first), received_at=0)
    digest = log.digest()
    with pytest.raises(FeedError) as refused:
        import_table(table, log, map=ColumnMap.parse(corrected), received_at=0)
    said = str(refused.value)
    assert "already in the log with other values, by another column map: " in said
    assert f"{column} (" in said
    assert odd in said
    assert said.endswith("--log sqlite:///new.db")
    assert log.digest() == digest
    assert import_table(table, log, map=ColumnMap.parse(first)).duplicates == log.last_seq()


def test_calls_read_the_other_way_round_need_a_new_log() -> None:
    """Answered and left swapped: the second call's leaving cannot become an answer."""
    log = MemoryLog()
    import_table(CALLED, log, map=ColumnMap.parse(CALLS), received_at=0)
    swapped = CALLS.replace('"taken"', '"?"').replace('"gone"', '"taken"').replace('"?"', '"gone"')
    with pytest.raises(FeedError, match="gone: agent_wrote 2026-06-18 10:02:45, in the log"):
        import_table(CALLED, log, map=ColumnMap.parse(swapped))


def test_a_map_that_adds_to_what_is_known_is_taken(table: Path) -> None:
    """Stars that no map read before, and when a call ended, are news; a map of other words only is the same map."""
    log = MemoryLog()
    import_table(table, log, map=ColumnMap.parse("# mine\n" + MAP), received_at=0)
    report = import_table(table, log, map=ColumnMap.parse(STARS), received_at=0)
    assert (report.stored, len(facts(log, Rated)), report.conflicts) == (2, 2, [])
    log = MemoryLog()
    import_table(CALLED, log, map=ColumnMap.parse(CALLS), received_at=0)
    ended = CALLS.replace("left =", 'ended = "over", left =')
    assert import_table(CALLED, log, map=ColumnMap.parse(ended)).stored == len(facts(log, Resolved)) == 1


def test_another_table_of_the_same_source_may_have_its_own_map(table: Path) -> None:
    """Conversations that the log does not know are no contradiction, nor are later messages of those it knows."""
    log = MemoryLog()
    import_table(table, log, map=ColumnMap.parse(MAP), received_at=0)
    later = table.with_name("later.csv")
    later.write_text(TALK.replace("06-18", "06-19").replace("help", "still there?").replace("hi,", "yes,"))
    report = import_table(later, log, map=ColumnMap.parse(STARS), received_at=0)
    assert (len(facts(log, CustomerWrote)), len(facts(log, AgentWrote)), report.conflicts) == (4, 2, [])


def test_a_row_that_changed_under_the_same_map_is_a_conflict(table: Path) -> None:
    """Another agent in the second row: the log stays, and the row and both names are told; as it was it is none."""
    log = MemoryLog()
    import_table(table, log, map=ColumnMap.parse(MAP), received_at=0)
    assert import_table(table, log, map=ColumnMap.parse(MAP)).conflicts == []
    table.write_text(TALK.replace("chen", "lin"))
    report = import_table(table, log, map=ColumnMap.parse(MAP), received_at=0)
    assert [(one.place.rpartition(":")[2], *one[1:]) for one in report.conflicts] == [("3", "agent", "lin", "chen")]
    assert report.fields["agent"].conflicting == 1
    assert [fact.agent for fact in facts(log, AgentWrote)] == ["chen"]


def test_the_command_line_says_it_loudly(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, nothing on standard output, one line with the command that would be right; which then is."""
    (tmp_path / "first.toml").write_text(MAP)
    (tmp_path / "corrected.toml").write_text(GROUP)
    command = ["import", "table", str(table), "--quiet", "--map"]
    log = ["--log", f"sqlite:///{tmp_path / 'old.db'}"]
    assert cli.main([*command, str(tmp_path / "first.toml"), *log]) == 0
    capsys.readouterr()
    assert cli.main([*command, str(tmp_path / "corrected.toml"), *log]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert f"Hint: deskkit import table {table} --map {tmp_path / 'corrected.toml'} --log sqlite:///new.db" in err
    new = ["--log", f"sqlite:///{tmp_path / 'new.db'}"]
    assert cli.main([*command, str(tmp_path / "corrected.toml"), *new]) == 0


def test_a_name_that_another_source_has_is_refused() -> None:
    """Two systems with the same numbers do not become one conversation; under names of their own both come in."""
    log = MemoryLog()
    first = ColumnMap.parse('source = "shop"\n' + CALLS)
    other = ColumnMap.parse('source = "club"\n' + CALLS)
    import_table(CALLED, log, map=first, received_at=0)
    digest = log.digest()
    with pytest.raises(FeedError, match="another source") as refused:
        import_table(CALLED, log, map=other, received_at=0)
    assert "1 of shop" in str(refused.value)
    assert log.digest() == digest
    own = CALLED.with_columns(call=pl.format("club-{}", "call"))
    assert import_table(own, log, map=other, received_at=0).conversations == 2
    assert import_table(CALLED, log, map=first, received_at=0).stored == 0
