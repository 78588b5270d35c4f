"""Exports opened by a real spreadsheet program hold no formula and no link, whatever customers wrote (T18)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
import xlsxwriter

from deskkit.export import to_csv, to_excel
from tests.export.office import opened
from tests.export.payloads import PAYLOADS

if TYPE_CHECKING:
    from pathlib import Path

FRAME = pl.DataFrame({
    "text": PAYLOADS,
    "=1+1": range(len(PAYLOADS)),
    "at": [datetime(2026, 6, 18, 2, 30, tzinfo=UTC)] * len(PAYLOADS),
    "wait_ms": [-5 + n * 1000 for n in range(len(PAYLOADS))],
    "share": [-0.5] * len(PAYLOADS),
})  # fmt: skip

pytestmark = pytest.mark.office


def test_there_are_five_hundred_payloads() -> None:
    """The list is as long as it claims, without repetition."""
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 500


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_holds_no_formula(tmp_path: Path, separator: str) -> None:
    """Read with any of the usual separators, our CSV has no formula; the same frame written raw has some."""
    ours = to_csv(FRAME, tmp_path / "ours.csv", masked=False)
    raw = tmp_path / "raw.csv"
    FRAME.write_csv(raw)
    seen = opened([ours, raw], tmp_path / "seen", separator=separator)
    assert seen["ours.csv"].formulas == []
    assert len(seen["ours.csv"].texts) >= len(PAYLOADS)
    if separator == ",":
        assert len(seen["raw.csv"].formulas) >= 20


def test_workbooks_hold_no_formula_and_no_link(tmp_path: Path) -> None:
    """Our workbook has only texts, numbers, dates and durations; one with a formula and a link is seen as such."""
    ours = to_excel({"=1+1": FRAME, "@x": FRAME}, tmp_path / "ours.xlsx", masked=False, zone="Asia/Shanghai")
    raw = tmp_path / "raw.xlsx"
    with xlsxwriter.Workbook(str(raw)) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", "=1+1")
        sheet.write("A2", "https://evil.example/")
    seen = opened([ours, raw], tmp_path / "seen")
    assert (len(seen["raw.xlsx"].formulas), len(seen["raw.xlsx"].links)) == (1, 1), "the look finds nothing"
    mine = seen["ours.xlsx"]
    assert (mine.formulas, mine.links) == ([], [])
    assert len(mine.values) >= 4 * len(PAYLOADS)
    assert set(mine.dates) == {"2026-06-18T10:30:00"}
    assert "PT00H00M01.995S" in mine.times
    assert len(mine.texts) >= 2 * len(PAYLOADS)
