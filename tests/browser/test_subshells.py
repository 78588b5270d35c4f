"""A kernel restarted from one of two windows: JupyterLab may end the subshell by which the other speaks with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.labserver import run_all
from tests.browser.test_restarted import RESTART, WORDS, other_window, show, write

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer


LEAVE = "() => document.querySelectorAll('.dk-shop').forEach(one => (one.dataset.left = ''))"


def test_after_a_restart_from_another_window_a_window_is_heard(page: Page, lab: LabServer) -> None:
    """Each window ran its cell again, and what is typed there is taken: it was never heard, without a word."""
    other = other_window(page, lab, "windows.ipynb", tabs=["Rules"])
    page.evaluate(RESTART)
    for window in (page, other):
        window.evaluate(LEAVE)
        run_all(window)
        show(window, "Rules")
        rules = window.locator(".dk-shop:visible:not([data-left])")
        expect(rules.locator(".dk-shop-state")).to_contain_text("as it is in force")  # its text has come
        write(window, WORDS)
        expect(rules.locator(".dk-shop-state")).to_contain_text("not live yet")
