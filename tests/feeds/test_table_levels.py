"""A priority that the map gives no level is said by name and count, by the import and by each report of its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskkit import cli
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table import import_table
from deskkit.log import MemoryLog
from deskkit.log.imports import assumptions
from tests.feeds.test_message_table import MESSAGES, messages

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CALLS = """
rows = "conversation"
zone = "UTC"
conversation.id = "call"
customer.id = "call"
times = { opened = "came", left = "gone" }
[priority]
column = "plan"
levels = { Gold = "high", Standard = "normal" }
"""
PLANS = ("Gold", "Basic", "Standard", None, "Basic", "Trial", "NULL")
BASIC = 'priority "Basic": not in the map, taken as normal'


def calls(*plans: str | None) -> pl.DataFrame:
    """Return calls of customers with these plans, one each minute."""
    rows = [(n, f"2026-06-18 10:{n % 60:02}:00", f"2026-06-18 10:{n % 60:02}:30", plan) for n, plan in enumerate(plans)]
    return pl.DataFrame(rows, schema=["call", "came", "gone", "plan"], orient="row")


def test_each_priority_without_a_level_is_named_and_counted() -> None:
    """Two of Basic and one of Trial; an empty cell is no priority that lacks a level."""
    log = MemoryLog()
    found = import_table(calls(*PLANS), log, map=ColumnMap.parse(CALLS))
    assert found.assumed == {BASIC: 2, 'priority "Trial": not in the map, taken as normal': 1}
    assert f"  {BASIC}" in found.table()
    assert [(one.what, one.times) for one in assumptions(log)] == list(found.assumed.items())
    assert import_table(calls("Gold", "Standard"), MemoryLog(), map=ColumnMap.parse(CALLS)).assumed == {}


def test_a_report_by_priority_says_what_was_taken_as_normal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the command line, import and report; a log whose every priority has a level says nothing of it."""
    (tmp_path / "calls.toml").write_text(CALLS, encoding="utf-8")
    for name, plans in (("odd", PLANS), ("even", ("Gold", "Standard"))):
        calls(*plans).write_csv(tmp_path / f"{name}.csv")
        log = f"sqlite:///{tmp_path}/{name}.db"
        table, by_map = str(tmp_path / f"{name}.csv"), str(tmp_path / "calls.toml")
        assert cli.main(["import", "table", table, "--map", by_map, "--log", log]) == 0
        assert (BASIC in capsys.readouterr().out) == (name == "odd")
        assert cli.main(["report", "--log", log, "--by", "priority"]) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert (f"{BASIC} (2 times)" in said) == (name == "odd")


def test_of_messages_it_is_said_once_for_a_conversation() -> None:
    """Both rows of c1 have the plan; another row may tell a level all the same, and the report says so."""
    table = messages(("c1", "10:00:00", "in", None, "hello"), ("c1", "10:00:09", "in", None, "hello?"))
    by_plan = ColumnMap.parse(MESSAGES.text + '[priority]\ncolumn = "plan"\nlevels = { Gold = "high" }\n')
    found = import_table(table.with_columns(plan=pl.lit("Basic")), MemoryLog(), map=by_plan)
    assert {what: count for what, count in found.assumed.items() if "priority" in what} == {
        f"{BASIC} unless another row says more": 1
    }


def test_a_wrong_column_of_priorities_does_not_flood_the_report() -> None:
    """Past twenty words they share one line; what is long, perhaps a customer's words, is not repeated."""
    plans = [*(f"plan {n}" for n in range(30)), "I have been waiting for my parcel since last Monday"]
    found = import_table(calls(plans[-1], *plans[:-1]), MemoryLog(), map=ColumnMap.parse(CALLS))
    assert len(found.assumed) == 21
    assert found.assumed["another priority: not in the map, taken as normal"] == 11
    assert "parcel" not in found.table()
