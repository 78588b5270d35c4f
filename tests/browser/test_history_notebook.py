"""The second notebook in a real JupyterLab: figures are drawn, numbers open, a table comes in, a workbook goes out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.labserver import open_notebook, run_all
from tests.browser.looks import clipped, switch_theme, violations
from tests.project.files import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.labserver import LabServer

HISTORY = ROOT / "notebooks" / "02_history.ipynb"
FIGURES = 9
INK = "getComputedStyle(document.querySelector('.js-plotly-plot .xtick text')).fill"
IS_INKED = f"isDark => (Math.min(...{INK}.match(/\\d+/g).slice(0, 3)) > 150) === isDark"
CALLS = """call_id,arrival,answered_at,end_time,abandoned_at,agent,priority
1,2026-06-18 10:00:00,2026-06-18 10:00:20,2026-06-18 10:05:00,,chen,high
2,2026-06-18 10:01:00,,,2026-06-18 10:03:00,<img src=x onerror=alert(1)>,normal
"""


def open_history(page: Page, lab: LabServer, *, name: str) -> None:
    """Open a copy of the notebook, run all its cells, and wait until the last figure is drawn."""
    open_notebook(page, lab, name=lab.add(HISTORY, name=name))
    run_all(page)
    page.wait_for_function("n => document.querySelectorAll('.js-plotly-plot:has(.main-svg)').length >= n", arg=FIGURES)


def press(view: Locator, name: str) -> None:
    """Press the button of this name."""
    view.locator("button:visible").filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$")).first.click()


def test_an_analysts_round(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """One presses a number, reads a conversation behind it, breaks it down, saves a workbook, imports a table."""
    page.add_init_script("globalThis.ran = 0; globalThis.alert = () => { globalThis.ran += 1 }")
    open_history(page, lab, name="history.ipynb")
    report = page.locator(".dk-desk", has=page.locator(".dk-sections")).first
    report.scroll_into_view_if_needed()
    press(report, "Outcomes")
    missed = report.locator(".dk-figure", has=page.locator(".dk-measure", has_text="Missed messages"))
    missed.locator(".dk-value").click()
    report.locator(".dk-name", has_text="Missed messages").wait_for()
    report.locator(".dk-recap", has_text="the first of consecutive customer messages").wait_for()
    report.get_by_role("listbox", name="Behind it").select_option(index=0)
    report.locator(".dk-line").first.wait_for()
    report.get_by_role("combobox", name="By", exact=True).select_option(label="Agent")
    report.locator(".dk-table td").first.wait_for()

    saving = page.locator(".dk-desk", has_text="Every table as a workbook").last
    press(saving, "Save")
    saving.locator("[role=status]", has_text="Saved: history.xlsx").wait_for()
    assert (lab.root / "history.xlsx").read_bytes()[:2] == b"PK"

    (tmp_path / "calls.csv").write_text(CALLS, encoding="utf-8")
    own = page.locator(".dk-desk", has_text="Your own table").last
    with page.expect_file_chooser() as chooser:
        own.locator("button", has_text="Choose a file").click()
    chooser.value.set_files(tmp_path / "calls.csv")
    own.locator("td", has_text="conversation_opened").first.wait_for()
    press(own, "Import")
    own.locator(".dk-sections").wait_for()
    assert own.locator("img, script").count() == 0
    assert page.evaluate("globalThis.ran") == 0


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_history_is_accessible(page: Page, lab: LabServer, theme: str) -> None:
    """In both themes and languages every control has a name and every text contrast; figures take the theme's ink."""
    open_history(page, lab, name=f"history-{theme}.ipynb")
    switch_theme(page, theme)
    page.wait_for_function(IS_INKED, arg=theme == "Dark")
    page.wait_for_timeout(500)  # until nothing fades any more
    assert page.evaluate(INK) != "rgb(122, 122, 122)"
    assert page.evaluate(f"({IS_INKED})({str(theme == 'Dark').lower()})")
    assert violations(page) == []
    for view in page.locator(".dk-languages").all():
        view.scroll_into_view_if_needed()
        view.locator("button", has_text="中文").click()
    page.wait_for_timeout(1_500)
    assert violations(page) == []
    assert clipped(page) == []
