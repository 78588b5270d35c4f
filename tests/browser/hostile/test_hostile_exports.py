"""What is written to files holds hostile texts as texts: workbooks, CSV, and a chart as a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import plotly.graph_objects as go
import polars as pl

from deskkit import figures
from deskkit.export import to_csv, to_excel
from deskkit.figures.template import safe
from tests.browser.hostile.payloads import GROUPS, PAYLOADS
from tests.browser.hostile.stage import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

FRAME = pl.DataFrame({"text": PAYLOADS, PAYLOADS[0]: PAYLOADS})


def test_a_workbook_holds_texts_alone(tmp_path: Path) -> None:
    """Each part of a workbook is XML in which nothing is a formula, a link or another element than always."""
    calm = pl.DataFrame({"text": ["calm"] * len(PAYLOADS), "b": ["calm"] * len(PAYLOADS)})
    kinds = [elements(to_excel({name: frame}, tmp_path / f"{n}.xlsx", masked=False)) for n, (name, frame) in enumerate(
        ((PAYLOADS[0], FRAME), ("calm", calm))
    )]  # fmt: skip
    assert kinds[0] == kinds[1]
    assert "f" not in kinds[0]
    assert "hyperlink" not in kinds[0]
    assert "is" in kinds[0]


def elements(path: Path) -> set[str]:
    """Return the names of the elements of a workbook."""
    with ZipFile(path) as book:
        parts = [ET.fromstring(book.read(name)) for name in book.namelist()]  # noqa: S314 - just written by us
    return {one.tag.rpartition("}")[2] for part in parts for one in part.iter()} - {"r", "rPr", "t"}


def test_a_csv_has_as_many_rows_as_texts(tmp_path: Path) -> None:
    """No text leaves its cell."""
    back = pl.read_csv(to_csv(FRAME, tmp_path / "x.csv", masked=False), infer_schema=False)
    assert (back.height, back.width) == (len(PAYLOADS), 2)


def test_a_chart_as_a_page_runs_nothing(page: Page, page_faults: list[str]) -> None:
    """A chart written as HTML holds its texts in a script; none leaves it. A raw one of plotly's would be a link."""
    page.set_default_timeout(120_000)
    stage = Stage(page)
    rows = [{"facet": "label", "tag": one, "by_hand": 1, "by_rule": 0, "share": 1.0} for one in PAYLOADS]
    chart = figures.tags(pl.DataFrame(rows), facet="label", most=1_000)
    assert stage.opened_page(chart.to_html(include_plotlyjs="/plotly.js")) == []
    assert stage.ran() == 0
    assert stage.faults == []
    raw = go.Figure(go.Scatter(x=[1], y=GROUPS["chart"][:1]), {"title": safe("x")})
    assert "evil.invalid" in str(stage.opened_page(raw.to_html(include_plotlyjs="/plotly.js")))
    assert page_faults == []
