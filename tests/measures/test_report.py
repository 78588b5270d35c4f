"""The report: what it covers, how it breaks down and compares, what it prints, and how it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from deskkit.cli import main
from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.errors import MeasureError
from deskkit.log import open_log
from deskkit.measures import MEASURES, VENDORS, Choices, measure, report
from deskkit.measures.printing import duration, printed_figure
from tests.measures.diary import START, Diary, simple

if TYPE_CHECKING:
    from collections.abc import Callable

STANDARD = Path("data/policies/standard.toml")


def second(n: float) -> datetime:
    """Return an instant of the diary."""
    return datetime.fromtimestamp(START / 1000 + n, tz=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of the simple day's log."""
    url = f"sqlite:///{tmp_path}/desk.db"
    with open_log(url) as log:
        log.append(simple().events, received_at=START)
    return url


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Return what a command prints as JSON."""

    def run(*argv: str, status: int = 0) -> dict[str, Any]:
        assert main(["report", *argv, "--json"]) == status
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return run


def test_every_measure_of_an_empty_log_is_a_number_or_nothing() -> None:
    """No conversation, no error: counts are zero, shares and means are nothing."""
    found = report(open_log("memory:"), vendors=True)
    for name, figure in found.figures.items():
        unit = figure.measure.unit
        assert figure.value in ({0} if unit == "count" else {None, 0}), name
    assert len(found.figures) == len(MEASURES) + len(VENDORS)
    assert str(found) == "The log is empty."


def test_every_measure_breaks_down_by_every_key_it_names() -> None:
    """No key of any measure fails, and a key that is not named is refused."""
    spans = simple().spans
    for one in (*MEASURES.values(), *VENDORS.values()):
        for key in one.by:
            one.of(spans).broken_down(key)
    with pytest.raises(MeasureError, match="broken down"):
        measure("load_spread").of(spans).broken_down("tag")


def test_parts_by_hour_add_up_to_the_whole() -> None:
    """Every conversation began in one hour; a tag may be on several, so tags need not add up."""
    diary = simple().opened(4000, "d").asks(4000, "d").says(4010, "d", "lin")
    figure = diary.figure("first_response")
    by_hour = figure.broken_down("hour")
    assert by_hour.select("hour", "n").rows() == [(0, 2), (1, 1)]
    assert by_hour["n"].sum() == figure.numbers["n"]


def test_parts_by_agent_add_up_to_the_whole() -> None:
    """What nobody had stands in a row of its own, with what was never answered there."""
    diary = simple().opened(4000, "d").asks(4000, "d")
    figure = diary.figure("first_response")
    rows = figure.broken_down("agent")
    assert rows.select("agent", "n", "unanswered").rows() == [("chen", 2, 0), (None, 0, 2)]
    assert (rows["n"].sum(), rows["unanswered"].sum()) == (figure.numbers["n"], figure.numbers["unanswered"])
    assert "unanswered" not in diary.figure("handle_time").numbers, "of what is over there is none"


def test_a_tag_stands_with_its_facet() -> None:
    """The same word as two kinds of tag is two rows."""
    diary = simple().about(e.TagSet, 5, "a", facet="inquiry", tag="refund")
    diary.about(e.TagSet, 5, "b", facet="label", tag="refund")
    rows = diary.figure("first_response").broken_down("tag").drop_nulls("tag")
    assert rows.select("tag", "value").rows() == [("inquiry:refund", 20_000.0), ("label:refund", 60_000.0)]


def test_the_table_has_every_number_the_json_has(url: str, tmp_path: Path, told: Callable[..., dict[str, Any]]) -> None:
    """Median, ninetieth percentile and all else stand in columns of the file, with and without keys."""
    out = tmp_path / "report.parquet"
    found = told("--log", url, "--out", str(out))
    rows = {row["measure"]: row for row in pl.read_parquet(out).iter_rows(named=True)}
    for name, numbers in found["measures"].items():
        for key, value in numbers.items():
            if key not in {"each", "formula"}:
                assert rows[name][key] == value, (name, key)
    found = told("--log", url, "--by", "agent", "--out", str(out))
    frame = pl.read_parquet(out)
    for name, parts in found["rows"].items():
        assert frame.filter(pl.col("measure") == name).select(*parts[0]).to_dicts() == parts if parts else True, name


def test_hours_and_days_are_local() -> None:
    """Midnight in London is eight in the morning in Shanghai."""
    figure = simple().figure("first_response", zone="Asia/Shanghai")
    assert figure.broken_down("hour")["hour"].to_list() == [8]
    assert figure.broken_down("day", "hour").height == 1


def test_half_hours_cut_the_time_agents_are_present() -> None:
    """From 08:20 to 09:40 in Shanghai: ten minutes, half an hour, half an hour, ten minutes; together one hour, 20."""
    diary = Diary().add(e.PresenceSet, 1_200, agent="chen", presence="online")
    diary.add(e.PresenceSet, 6_000, agent="chen", presence="offline")
    figure = diary.figure("agent_hours", zone="Asia/Shanghai")
    rows = figure.broken_down("half_hour").select("half_hour", pl.col("value") * 60).rows()
    assert rows == [
        ("08:00", pytest.approx(10)), ("08:30", pytest.approx(30)), ("09:00", pytest.approx(30)),
        ("09:30", pytest.approx(10)),
    ]  # fmt: skip
    assert figure.value == pytest.approx(80 / 60)
    assert figure.broken_down("hour")["value"].to_list() == pytest.approx([40 / 60, 40 / 60])


def test_a_period_takes_what_began_in_it() -> None:
    """From 40 s to 100 s only b began; the end itself is out."""
    found = report(simple().log, begin=second(50), end=second(200), measures=["first_response"])
    assert found["first_response"].conversations["conversation"].to_list() == ["b"]


def test_two_periods_are_compared_measure_by_measure() -> None:
    """20 s in the first minute against 60 s from then on."""
    log = simple().log
    early = report(log, end=second(40), measures=["first_response"])
    late = report(log, begin=second(40), measures=["first_response"])
    row = early.versus(late).to_dicts()[0]
    assert (row["value"], row["other"], row["difference"]) == (20_000, 60_000, -40_000)
    assert row["ratio"] == pytest.approx(1 / 3)


def test_periods_are_compared_key_by_key() -> None:
    """Agents of either period stand in the comparison, those without a name too."""
    diary = simple().opened(5000, "d").asks(5000, "d").says(5010, "d", "lin")
    early = report(diary.log, by="agent", measures=["first_response"], end=second(4000))
    late = report(diary.log, by="agent", measures=["first_response"], begin=second(4000))
    rows = {row["agent"]: (row["value"], row["other"]) for row in early.versus(late).iter_rows(named=True)}
    assert rows["chen"] == (40_000, None)
    assert rows["lin"] == (None, 10_000)


def test_the_policy_of_the_log_gives_zone_targets_and_courtesies() -> None:
    """With a policy in the log a mere thank-you is no missed message; without one it is."""
    policy = Policy.load(STANDARD)
    plain = Diary().opened(0, "a").asks(0, "a").says(5, "a", "chen").asks(9, "a", "谢谢").about(e.Resolved, 60, "a")
    assert report(plain.log, measures=["missed"])["missed"].value == 1
    ruled = Diary().add(e.PolicyChanged, 0, text=policy.text, fingerprint=policy.fingerprint)
    ruled.events += plain.events
    ruled.events = [
        event.__class__(**{f: getattr(event, f) for f in event.__struct_fields__} | {"source_id": str(n)})
        for n, event in enumerate(ruled.events)
    ]
    found = report(ruled.log)
    assert found["missed"].value == 0
    assert (found.choices.zone, found.choices.targets) == ("Asia/Shanghai", (300_000, 120_000, 60_000, 30_000))


def test_report_prints_numbers_with_their_units(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, readable."""
    assert main(["report", "--log", url]) == 0
    said = [line.split() for line in capsys.readouterr().out.splitlines() if line]
    lines = {words[0]: " ".join(words[1:]) for words in said}
    assert lines["first_response"].startswith("40.0 s of 2 conversations (")
    assert lines["abandonment"].startswith("33.3 % of 3 conversations")
    assert lines["csat"].startswith("- of 0 ratings")


def test_json_has_every_number_with_its_formula(url: str, told: Callable[..., dict[str, Any]]) -> None:
    """The four choices stand beside each number; standard output holds one object and nothing else."""
    found = told("--log", url, "--vendors")
    assert set(found["measures"]) == {*MEASURES, *VENDORS}
    first = found["measures"]["first_response"]
    assert (first["value"], first["n"], first["unit"]) == (40_000.0, 2, "ms")
    assert set(first["formula"]) == {"start", "end", "counted", "averaged", "source"}
    assert found["begin"] == "2026-06-18T00:00:00.000+00:00"


def test_a_broken_down_report_is_a_table_with_definitions_below(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Keys down, measures across, within a page; how they are defined only where it is asked for."""
    assert main(["report", "--log", url, "--by", "hour"]) == 0
    out = capsys.readouterr().out
    table, _, rest = out.partition("Nothing to count")
    assert max(map(len, table.splitlines())) <= 100
    assert next(line.split()[:3] for line in table.splitlines() if line.startswith("00:00")) == ["00:00", "40.0", "s"]
    assert "40.0 s (2)" in table
    assert "csat" in rest
    assert "averaged" not in out
    assert "the first reply by hand" not in out
    assert main(["report", "--log", url, "--by", "hour", "--by", "agent", "--definitions"]) == 0
    table, _, definitions = capsys.readouterr().out.partition("\nDefinitions\n")
    assert "first_response (First response): from the customer's first message" in definitions
    assert "Not by hour and agent: reply_time_per_conversation, load_spread, transfer" in table
    assert [line.split()[:2] for line in table.splitlines() if line.startswith("00:00")][:2] == [
        ["00:00", "chen"], ["00:00", "(nobody)"],
    ]  # fmt: skip


def test_a_single_measure_lists_what_is_behind_it(
    url: str, told: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """By name, the conversations stand in the JSON and in the text, with the definition."""
    found = told("--log", url, "--measure", "abandonment")
    assert [row["conversation"] for row in found["measures"]["abandonment"]["conversations"]] == ["c"]
    assert main(["report", "--log", url, "--measure", "abandonment"]) == 0
    out = capsys.readouterr().out
    assert "counted  conversations customers began" in out
    heads = next(line.split() for line in out.splitlines() if line.startswith("    conversation"))
    assert "took" in heads
    assert "  c  " in out


def test_breakdown_and_comparison_from_the_command_line(
    url: str, told: Callable[..., dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    """--by gives rows, --versus two periods."""
    found = told("--log", url, "--by", "agent", "--measure", "first_response")
    assert [(row["agent"], row["value"]) for row in found["rows"]["first_response"]] == [
        ("chen", 40_000.0),
        (None, None),
    ][: len(found["rows"]["first_response"])]
    early = ("--versus", "2026-06-17", "2026-06-18T00:00:00.001")  # of the first instant alone
    found = told("--log", url, *early, "--from", "2026-06-18", "--to", "2026-06-19")
    row = next(row for row in found["comparison"] if row["measure"] == "first_response")
    assert (row["value"], row["other"]) == (40_000.0, None)
    assert main(["report", "--log", url, *early]) == 0
    assert "difference" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--by", "colour"], "hour or day or agent"),
        (["--measure", "first_answer"], "no such measure"),
        (["--from", "yesterday"], "no date and time"),
        (["--from", "2026-06-19", "--to", "2026-06-18"], "ends before it begins"),
        (["--zone", "Mars/Base"], "Asia/Shanghai"),
        (["--within", "0"], "more than nothing"),
        (["--within", "nan"], "no time to count within"),
        (["--short", "inf"], "no time to count within"),
        (["--short", "-1"], "no time to count within"),
        (["--from", "0001-01-01", "--zone", "Asia/Shanghai"], "outside of what"),
        (["--zone", "Factory"], "no such zone"),
        (["--from", "2027-01-01"], "2026-06-18 00:00:00 to 2026-06-18 0"),
        (["--to", "2026-06-17"], "begins after the period has ended"),
        (["--versus", "2025-06-18", "2025-06-19"], "--from 2026-06-18 --to 2026-06-19"),
    ],
)
def test_wrong_questions_are_refused(url: str, argv: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, the value, what was expected, a corrected example."""
    assert main(["report", "--log", url, *argv]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "Hint:" in error


def test_a_log_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A report writes nothing."""
    assert main(["report", "--log", f"sqlite:///{tmp_path}/none.db"]) == 1
    assert "no log" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_hostile_names_stay_text(capsys: pytest.CaptureFixture[str]) -> None:
    """A name with control characters cannot move the cursor; direction marks are drawn."""
    diary = Diary().opened(0, "a\u202e\x1b[2J").asks(0, "a\u202e\x1b[2J").about(e.CustomerLeft, 9, "a\u202e\x1b[2J")
    out = printed_figure(diary.figure("abandonment"))
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("keys", [("hour", "agent"), ("day", "hour"), ("hour", "hour"), ("group", "priority")])
def test_the_frame_has_what_several_keys_allow(keys: tuple[str, ...]) -> None:
    """Measures that cannot be broken down by all of them have no rows; a key given twice is one."""
    frame = report(simple().log, by=keys).frame
    assert set(keys) <= set(frame.columns)
    assert "first_response" in frame["measure"].to_list()


def test_a_name_stays_on_its_line_and_no_number_is_shown() -> None:
    """An agent named like a line of the report, or by a telephone, writes neither."""
    diary = Diary().opened(0, "a").asks(0, "a").says(5, "a", "x\nfirst_response 0.00 s")
    diary.opened(0, "b").asks(0, "b").says(5, "b", "张 13800138000")
    out = str(report(diary.log, by="agent", measures=["first_response"]))
    assert not any(line.startswith("first_response 0.00") for line in out.splitlines())
    assert "x first_response 0.00 s" in out
    assert "13800138000" not in out


def test_choices_refuse_nonsense() -> None:
    """A period that is empty, a share within nothing."""
    with pytest.raises(MeasureError, match="ends before"):
        Choices(begin=second(5), end=second(5))
    with pytest.raises(MeasureError, match="more than nothing"):
        Choices(within_ms=0)


def test_durations_are_written_as_people_read_them() -> None:
    """Seconds, minutes, hours; a rounded minute carries over."""
    assert [duration(ms) for ms in (0, 59_960, 59_999, 3_599_600, 90_061_000)] == [
        "0.00 s",
        "60.0 s",
        "60.0 s",
        "1:00:00",
        "25:01:01",
    ]


def test_a_period_is_meant_in_any_zone(url: str) -> None:
    """The same instant in another zone is the same period."""
    with open_log(url, create=False) as log:
        there = [second(n).astimezone(ZoneInfo("Asia/Shanghai")) for n in (0, 3_600)]
        mine = report(log, begin=second(0), end=second(3_600))
        assert report(log, begin=there[0], end=there[1]).frame.equals(mine.frame)
        assert mine["first_response"].value
