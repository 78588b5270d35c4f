"""A wrong column map is refused with the line, the value, what was expected and a corrected example."""

from __future__ import annotations

import polars as pl
import pytest

from deskkit.errors import FeedError
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table_preview import preview
from deskkit.feeds.table_suggestion import suggest_map
from tests.feeds.call_table import CALLS, ZONE, frame, saved

GOOD = """rows = "conversation"
source = "bank"

[conversation]
id = "call"

[times]
opened = { date = "day", time = "came" }
answered = { after = "opened", column = "wait", unit = "s" }

[outcome]
column = "how"
answered = ["A"]

[priority]
column = "prio"
levels = { 0 = "normal" }

[[skip]]
column = "how"
values = ["P"]
"""

WRONG = [  # what stands there, what stands in its place, line, what the error says
    ('rows = "conversation"', 'rows = "calls"', 1, r"not known.*'calls'.*conversation or message.*rows = "),
    ('rows = "conversation"', "rows = conversation", 1, r"not TOML.*Hint: rows = \"conversation\""),
    ('source = "bank"', 'sauce = "bank"', 2, r"\"sauce\" is not known.*source = \"bank\""),
    ('id = "call"', "id = 7", 5, r"no name of a column.*7.*id = \"7\""),
    ('time = "came"', 'tide = "came"', 8, r"\"tide\" is not known.*time"),
    ('after = "opened"', 'after = "begin"', 9, r"time is not known.*'begin'.*after = \"opened\""),
    ('unit = "s"', 'unit = "sec"', 9, r"not known.*'sec'.*s, ms, min or h.*unit = \"s\""),
    ('answered = ["A"]', 'answered = ["A"]\nleft = ["A"]', 14, r"stands in this list already"),
    ('{ 0 = "normal" }', '{ 0 = "hihg" }', 17, r"'hihg'.*low, normal, high or urgent.*high"),
    ('{ 0 = "normal" }', "{ 0 = 4 }", 17, r"not known.*4"),
    ('column = "how"\nvalues', "values", 19, r"\"column\" is missing.*name of a column"),
    ('[times]\nopened = { date = "day", time = "came" }\n', "[times]\n", 7, r"\"opened\" is missing.*opened ="),
    ("[[skip]]", "[skip]", 19, r"two brackets.*\[\[skip\]\]"),
    ('{ 0 = "normal" }', '{ 高 = "high" }', 17, r"not TOML.*in double quotes.*Hint: levels = \{ \"高\" = \"high\" \}"),
    ('source = "bank"', "source", 2, r"not TOML.*Hint: column = \"status\""),
    ('rows = "conversation"\n', "", 1, r"\"rows\" is missing"),
]


@pytest.mark.parametrize(("there", "instead", "line", "says"), WRONG)
def test_a_wrong_map_is_refused(there: str, instead: str, line: int, says: str) -> None:
    """Each fault names its line and shows what would be right."""
    assert ColumnMap.parse(GOOD).spec.source == "bank"
    with pytest.raises(FeedError, match=rf"(?s)map, line {line}\b.*{says}") as refused:
        ColumnMap.parse(GOOD.replace(there, instead, 1))
    assert refused.value.example


def test_all_columns_of_a_map_are_known_with_their_place() -> None:
    """Every column that a map names is looked for in the table."""
    named = {name for _, name in ColumnMap.parse(GOOD).spec.columns}
    assert named == {"call", "day", "came", "wait", "how", "prio"}


def test_a_file_that_is_none_is_refused(tmp_path: object) -> None:
    """No such file, or no text: one line that says so."""
    with pytest.raises(FeedError, match="cannot be read"):
        ColumnMap.load(f"{tmp_path}/nothing.toml")


# ---------------------------------------------------------------- a guess


def test_the_guess_for_calls_needs_little_mending() -> None:
    """Of the public shape the names, the day, the clocks, the skipped outcome and the levels are found."""
    guess = suggest_map(frame())
    spec = guess.spec
    assert (spec.rows, spec.date, spec.agent, spec.customer) == ("conversation", "yymmdd", "server", "customer_id")
    assert {name: when[0].column for name, when in spec.times.items()} == {
        "opened": "vru_entry", "waiting": "q_start", "answered": "ser_start", "left": "q_exit", "ended": "ser_exit",
    }  # fmt: skip
    assert spec.outcome is not None
    assert spec.outcome.words == {"AGENT": "answered", "HANG": "left"}
    assert [rule.values for rule in spec.skip] == [{"PHANTOM"}]
    assert spec.levels == {"0": 1, "1": 1, "2": 2}
    shown = preview(frame(CALLS[0]), guess, zone=ZONE)
    assert shown.problems == []
    assert "agent_wrote" in shown.facts["kind"].to_list()


def test_the_guess_understands_chinese_names() -> None:
    """A log of calls with Chinese names and words is understood as well."""
    table = pl.DataFrame({
        "通话编号": ["1", "2"], "客户编号": ["a", "b"], "呼入时间": ["2026-06-18 10:30:00", "2026-06-18 10:31:00"],
        "接听时间": ["2026-06-18 10:30:20", None], "放弃时间": [None, "2026-06-18 10:31:50"],
        "状态": ["已接听", "放弃"], "优先级": ["高", "低"], "坐席": ["9", None],
    })  # fmt: skip
    spec = suggest_map(table).spec
    assert spec.outcome is not None
    assert spec.outcome.words == {"已接听": "answered", "放弃": "left"}
    assert (spec.levels, spec.agent, spec.customer) == ({"高": 2, "低": 0}, "坐席", "客户编号")
    assert preview(table, suggest_map(table), zone="Asia/Shanghai").problems == []


def test_nothing_like_a_time_is_said_so(tmp_path: object) -> None:
    """A table without any time gets no map but an error that names its columns."""
    with pytest.raises(FeedError, match=r"looks like the time.*'a, b'"):
        suggest_map(pl.DataFrame({"a": [1], "b": [2]}))
    assert suggest_map(saved(tmp_path)).spec.rows == "conversation"  # type: ignore[arg-type]  # a Path
