"""A desk that the kernel closed while a page shows it: the page says so, and what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.labserver import open_notebook, run_all
from tests.browser.test_harness import stored

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer

CELL = """import deskkit as dk
from deskkit.sample import sample_log, sample_policy

view = dk.views.desk(sample_log(), sample_policy(), me="qin")
view"""
EXECUTE = """code => jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code }).done"""


def test_a_desk_closed_under_a_page_leaves_a_word(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """As where the cell was run again in another window while this one slept; its place was empty."""
    open_notebook(page, lab, name=lab.add(stored(tmp_path, [CELL]), name="closed.ipynb"))
    run_all(page)
    page.locator(".dk-item").first.wait_for()
    expect(page.locator(".dk-closed")).to_have_count(0)
    page.evaluate(EXECUTE, "view.close()")
    expect(page.locator(".dk-closed")).to_contain_text("This desk was closed")
    expect(page.locator(".dk-closed")).to_be_visible()
    run_all(page)
    page.locator(".dk-item").first.wait_for()
    expect(page.locator(".dk-closed")).to_have_count(0)
