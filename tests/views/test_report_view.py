"""The report in a notebook: every number opens its definition and its conversations, and nothing personal shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    CustomerWrote,
    OwnerSet,
    PresenceSet,
    Resolved,
    TagSet,
)
from deskkit.log import MemoryLog, open_log
from deskkit.measures import Report, report
from deskkit.views import table
from deskkit.views.report import ReportView
from deskkit.views.table import drawn_table
from deskkit.views.terms import SECTIONS
from deskkit.views.words import Words

if TYPE_CHECKING:
    from deskkit.log import EventLog

import polars as pl

HOSTILE = "<img src=x onerror=alert(1)> 13800138000"


def lived() -> EventLog:
    """Return a log of two conversations with one agent whose name and customer are hostile."""
    log = open_log("memory:")
    facts = [
        AgentSet(at=0, agent="chen", name="<b>陈</b>"),
        PresenceSet(at=0, agent="chen", presence="online"),
        ConversationOpened(at=1_000, conversation="c1", customer="zhang"),
        CustomerWrote(at=2_000, conversation="c1", message="m1", text=HOSTILE),
        OwnerSet(at=3_000, conversation="c1", agent="chen"),
        AgentWrote(at=42_000, conversation="c1", agent="chen", message="m2", text="您好"),
        Resolved(at=60_000, conversation="c1"),
        ConversationOpened(at=70_000, conversation="c2", customer="li"),
        CustomerWrote(at=71_000, conversation="c2", message="m3", text="在吗"),
    ]
    named = [structs.replace(fact, source="test", source_id=str(n)) for n, fact in enumerate(facts)]
    log.append(named, received_at=80_000)
    return log


@pytest.fixture
def view() -> ReportView:
    """Return the report of a little log."""
    log = lived()
    return ReportView(log, report(log), language="en")


def markup_of(view: ReportView) -> str:
    """Return everything the panel shows as markup."""
    return "".join(part.value for part in (view.definition, view.breakdown, view.caption, view.thread))


def test_every_number_can_be_pressed(view: ReportView) -> None:
    """Each measure of the report stands in one section, and choosing it shows its definition."""
    assert {name for names in SECTIONS.values() for name in names} == set(view.found.figures)
    for name, figure in view.found.figures.items():
        view.choose(name)
        assert view.figure is figure
        assert "Counts" in view.definition.value


def test_a_press_shows_the_conversations_behind_it(view: ReportView) -> None:
    """The number's rows are listed; choosing one shows its messages."""
    view.sections.value = "replies"
    button = view.numbers.children[0].children[0]
    assert button.description == "40.0 s"
    button.click()
    assert [name for _line, name in view.behind.options] == ["c1"]  # c2 got no reply: it is in no mean of them
    view.behind.value = "c1"
    assert "您好" in view.thread.value


def test_what_a_customer_wrote_is_text_and_masked(view: ReportView) -> None:
    """A hostile message and a hostile name stand escaped, and a telephone is a token."""
    view.behind.value = "c1"
    shown = markup_of(view)
    assert "&lt;img src=x onerror=alert(1)&gt; [phone]" in shown
    assert "13800138000" not in shown
    assert "<img" not in shown
    view.by.value = "agent"
    assert "&lt;b&gt;陈&lt;/b&gt;" in view.breakdown.value


def test_unmasked_only_when_asked_for() -> None:
    """Who asks for it by name sees the telephone: the look above can fail."""
    log = lived()
    view = ReportView(log, report(log), language="en", masked=False)
    view.behind.value = "c1"
    assert "13800138000" in view.thread.value


def test_broken_down_by_a_key(view: ReportView) -> None:
    """The panel offers the keys of the measure alone, and shows its numbers by the one chosen."""
    view.choose("occupancy_assigned")
    assert [key for _title, key in view.by.options] == ["", "hour", "half_hour", "day", "agent"]
    view.by.value = "hour"
    assert "00:00" in view.breakdown.value


def test_what_nobody_had_has_a_row_and_a_tag_its_facet() -> None:
    """A conversation that no agent had is nobody's; tags stand with the word of their facet, in either language."""
    log = lived()
    log.append([
        ConversationOpened(at=50_000, source="t", source_id="n1", conversation="n", customer="z"),
        CustomerWrote(at=50_000, source="t", source_id="n2", conversation="n", message="n", text="hello"),
        TagSet(at=50_001, source="t", source_id="n3", conversation="n", facet="inquiry", tag="退款"),
    ], received_at=60_000)  # fmt: skip
    for language, nobody, facet in (("en", "nobody", "Inquiry: 退款"), ("zh", "无人", "咨询: 退款")):
        view = ReportView(log, report(log), language=language)
        view.choose("first_response")
        view.by.value = "agent"
        assert nobody in view.breakdown.value
        view.by.value = "tag"
        assert facet in view.breakdown.value
        view.by.value = "priority"
        assert ("normal" in view.breakdown.value) == (language == "en")


def test_both_languages(view: ReportView) -> None:
    """The switch builds everything anew in the other language; what was chosen stays."""
    view.choose("reply_time")
    assert "of 2 turns" in "".join(row.children[1].value for row in view.numbers.children)
    view.language.value = "zh"
    assert "共 2 个轮次" in "".join(row.children[1].value for row in view.numbers.children)
    assert view.figure.measure.name == "reply_time"
    assert view.language.value == "zh"


def test_an_empty_log_has_a_report_too() -> None:
    """A report of nothing shows dashes and no conversation."""
    log = MemoryLog()
    view = ReportView(log, report(log))
    assert view.behind.options == ()
    assert repr(view).startswith("ReportView(")


def test_a_table_is_text() -> None:
    """Cells and titles of a table are escaped and masked; numbers have their units."""
    frame = pl.DataFrame({"agent": [HOSTILE], "reply_ms": [41_300], "csat": [0.25], "<b>": ["x"], "ratio": [1.5]})
    shown = drawn_table(frame, say=Words("en")).text
    assert "<img" not in shown
    assert "&lt;b&gt;" in shown
    assert "[phone]" in shown
    for text in ("41.3 s", "25.0 %", "+50 %"):
        assert text in shown
    assert repr(table(frame)) == "TableView(1 row, 5 columns)"


@pytest.mark.parametrize(("language", "points"), [("en", "pts"), ("zh", "百分点")])
def test_differences_of_shares_are_in_points_and_variances_in_squares(language: str, points: str) -> None:
    """As everywhere; a variance of differences has the square of their unit, and digits enough to be told from none."""
    rows = {
        "title": ["Abandonment", "Reply time", "Load spread"], "unit": ["share", "ms", "mean"],
        "value": [0.25, 41_300.0, 0.1], "difference": [0.024, -4_300.0, 0.0],
        "variance_paired": [0.00047, 85_678_300.3, 0.001234], "variance_apart": [0.0, 1_234_567_000.0, 0.25],
    }  # fmt: skip
    shown = drawn_table(pl.DataFrame(rows), say=Words(language)).text
    for text in ("25.0 %", f"+2.4 {points}", "−4.30 s", f"4.70 {points}²", "85.7 s²", "1,235 s²", "0.00123", "0.250"):
        assert text in shown
    assert "2.4 %" not in shown


def test_a_long_table_says_what_is_left_out() -> None:
    """Rows beyond those shown are counted."""
    assert "and 7 more" in drawn_table(pl.DataFrame({"n": range(10)}), rows=3, say=Words("en")).text


def test_the_report_covers_what_it_says() -> None:
    """The head names the period in the report's zone."""
    log = lived()
    found: Report = report(log, zone="Asia/Shanghai")
    assert "1970-01-01 08:00 – 1970-01-01 08:01 (Asia/Shanghai)" in ReportView(log, found).title()
