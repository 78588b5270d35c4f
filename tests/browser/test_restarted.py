"""A kernel restarted under a real JupyterLab: each tab says so, a click throws nothing, no text is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.labserver import open_notebook, run_all
from tests.project.files import ROOT

if TYPE_CHECKING:
    from collections.abc import Collection

    from playwright.sync_api import Locator, Page

    from tests.browser.labserver import LabServer

RESTART = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
# Each tab: what it shows, where it warns, what is dimmed, what is pressed, and where it says what came of that.
TABS = {
    "Desk": (".dk-item", ".dk-desk", ".dk-list-frame", "", ""),
    "Queue": (".dk-board-row", ".dk-board-frame", ".dk-board-title", ".dk-board-open", ".dk-board-said"),
    "Team": (".dk-board-row", ".dk-board-frame", ".dk-board-title", "[data-k='peak'] .dk-button", ".dk-board-said"),
    "Alerts": (".dk-alerts-on", ".dk-alerts-frame", ".dk-board .dk-board-title", ".dk-board-pick", ".dk-board-said"),
    "Rules": (".dk-pill", ".dk-shop", ".dk-shop-forms", ".dk-pill >> nth=1", ".dk-shop-told"),
}
ENDED = re.compile("if it was restarted, run the cell", re.IGNORECASE)
SAVE = "() => jupyterapp.commands.execute('docmanager:save')"
NOT_DONE = "Not done: the kernel does not answer"
# At once, as a key does it: between a change and its event the kernel's text may come in.
TYPE = """(area, words) => {
  area.focus();
  area.setRangeText(words, 0, 0, 'end');
  area.dispatchEvent(new Event('input'));
}"""
WORDS = "# written while the kernel was alive\n"
MORE = "# and this when it was not\n"


def show(page: Page, name: str) -> Locator:
    """Bring a tab to the front and wait for what it shows; return it."""
    page.locator(".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab", has_text=name).click()
    shown, root, *_ = TABS[name]
    page.locator(f"{shown}:visible").first.wait_for()
    return page.locator(f"{root}:visible").first


def press(node: Locator) -> None:
    """Press a button, or choose the first of what a choice offers."""
    node.click()
    if node.get_attribute("aria-haspopup"):
        node.page.locator(".dk-over .dk-entry").first.click()


def write(page: Page, words: str) -> None:
    """Write at the beginning of the policy's text, where one is."""
    page.locator(".dk-edit-area:visible:not([readonly])").evaluate(TYPE, words)


def every_tab_says_so(page: Page) -> None:
    """See that each tab is dimmed, says what to press, and of what is pressed there that it is not done."""
    for name, (_shown, _root, dimmed, pressed, said) in TABS.items():
        root = show(page, name)
        expect(root.locator(".dk-banner").first).to_contain_text(ENDED)
        assert "grayscale" in root.locator(dimmed).first.evaluate("one => getComputedStyle(one).filter"), name
        if pressed:
            press(root.locator(pressed).first)
            expect(root.locator(said).first).to_contain_text(NOT_DONE)


def other_window(page: Page, lab: LabServer, name: str, *, tabs: Collection[str]) -> Page:
    """Run the notebook of the desk in a window, and open it in another one; show tabs in both."""
    open_notebook(page, lab, name=lab.add(ROOT / "notebooks" / "01_desk.ipynb", name=name))
    run_all(page)
    for tab in tabs:
        show(page, tab)
    page.evaluate(SAVE)
    other = page.context.new_page()
    open_notebook(other, lab, name=name)
    for tab in tabs:
        show(other, tab)
    return other


def test_every_tab_says_that_the_kernel_ended(page: Page, lab: LabServer, page_faults: list[str]) -> None:
    """All are dimmed and say what to press; what is pressed says that it is not done; the policy's text stays."""
    page.on("console", lambda one: page_faults.extend([f"console: {one.text}"] if one.type == "error" else []))
    open_notebook(page, lab, name=lab.add(ROOT / "notebooks" / "01_desk.ipynb", name="restarted.ipynb"))
    run_all(page)
    for name in TABS:
        expect(show(page, name).locator(".dk-banner")).to_be_hidden()
    write(page, WORDS)
    expect(page.locator(".dk-shop-state")).to_contain_text("not live yet")
    page.evaluate(RESTART)
    every_tab_says_so(page)
    write(page, MORE)
    assert page_faults == []
    run_all(page)
    rules = show(page, "Rules")
    expect(rules.locator(".dk-shop-told")).to_contain_text("Back again: your text as you left it")
    assert rules.locator(".dk-edit-area").input_value().startswith(MORE + WORDS)
    expect(rules.locator(".dk-banner")).to_be_hidden()


def test_a_tab_never_shown_before_says_so_too(page: Page, lab: LabServer) -> None:
    """It has heard no words of its own: it was an empty box. After a rerun each shows what it is for."""
    open_notebook(page, lab, name=lab.add(ROOT / "notebooks" / "01_desk.ipynb", name="unshown.ipynb"))
    run_all(page)
    page.locator(".dk-item").first.wait_for()
    page.evaluate(RESTART)
    tabs = page.locator(".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab")
    for name in ("Queue", "Team", "Alerts", "Wallboard"):
        tabs.filter(has_text=name).click()
        expect(page.locator(":is(.dk-banner, .dk-wall-banner):visible")).to_contain_text(ENDED)
    run_all(page)
    for name in ("Queue", "Wallboard"):
        tabs.filter(has_text=name).click()
        page.locator(":is(.dk-board-row, .dk-tile):visible").first.wait_for()
        expect(page.locator(":is(.dk-banner, .dk-wall-banner):visible")).to_have_count(0)


def test_a_window_says_that_another_restarted_the_kernel(page: Page, lab: LabServer, page_faults: list[str]) -> None:
    """The other ran its cell again: here each tab stands still, says what to press, and does nothing unsaid."""
    other = other_window(page, lab, "restarted-there.ipynb", tabs=TABS)
    page.evaluate(RESTART)
    run_all(page)
    expect(show(page, "Desk").locator(".dk-banner")).to_be_hidden()
    every_tab_says_so(other)
    run_all(other)
    expect(show(other, "Desk").locator(".dk-banner")).to_be_hidden()
    assert page_faults == []
