"""A kernel restarted from one of two windows: JupyterLab may end the subshell by which the other speaks with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.labserver import open_notebook, run_all
from tests.browser.test_restarted import RESTART, SAVE, WORDS, show, write
from tests.project.files import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer


def test_after_a_restart_from_another_window_a_window_is_heard(page: Page, lab: LabServer) -> None:
    """Each window ran its cell again, and what is typed there is taken: it was never heard, without a word."""
    open_notebook(page, lab, name=lab.add(ROOT / "notebooks" / "01_desk.ipynb", name="windows.ipynb"))
    run_all(page)
    show(page, "Rules")
    page.evaluate(SAVE)
    other = page.context.new_page()
    open_notebook(other, lab, name="windows.ipynb")
    show(other, "Rules")
    page.evaluate(RESTART)
    for window in (page, other):
        run_all(window)
        rules = show(window, "Rules")
        write(window, WORDS)
        expect(rules.locator(".dk-shop-state")).to_contain_text("not live yet")
