"""Pages on one notebook in a real JupyterLab: each has its own tab in front, also after a reload and a reconnection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.labserver import open_notebook, run_all
from tests.project.files import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.browser.labserver import LabServer

pytestmark = pytest.mark.full

FIRST = ROOT / "notebooks" / "01_desk.ipynb"
RELOADS = 10
SAVE = "jupyterapp.commands.execute('docmanager:save')"
# What a click meets where something lies over the tab, or holds it: it changes nothing.
DEAFEN = """() => document.querySelector('.jupyter-widget-tab > .lm-TabBar')
  .addEventListener('pointerdown', event => event.stopImmediatePropagation(), { capture: true, once: true })"""
RECONNECT = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.reconnect()"

RESTART = "() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart() }"


def tab(page: Page, name: str) -> Locator:
    """Return a tab of the desk by its name."""
    return page.locator(".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab", has_text=name)


def show_desk(page: Page, lab: LabServer, name: str) -> None:
    """Open a notebook whose kernel runs, and wait until its desk is drawn."""
    open_notebook(page, lab, name=name)
    page.locator(".dk-item:visible").first.wait_for()


def in_front(page: Page, name: str) -> None:
    """Wait until a tab is in front, and nothing but it."""
    chosen = page.locator(".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab[aria-selected='true']")
    expect(chosen).to_have_count(1)
    expect(chosen).to_contain_text(name)


def is_alive(page: Page, name: str) -> bool:
    """Say whether one click on a tab brings it to the front."""
    tab(page, name).click()
    page.wait_for_timeout(1_000)
    return tab(page, name).get_attribute("aria-selected") == "true"


@pytest.fixture
def notebook(page: Page, lab: LabServer) -> str:
    """Run the notebook on the first page and store it; return its name."""
    name = lab.add(FIRST, name="own.ipynb")
    open_notebook(page, lab, name=name)
    run_all(page)
    page.locator(".dk-item:visible").first.wait_for()
    page.evaluate(SAVE)
    return name


def test_every_page_has_its_own_tab(page: Page, lab: LabServer, browser: Browser, notebook: str) -> None:
    """A works at the desk while B shows the wallboard; both stay, reloaded and reconnected, and both go on."""
    in_front(page, "Desk")
    other = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-GB").new_page()
    show_desk(other, lab, notebook)
    in_front(other, "Desk")
    tab(other, "Wallboard").click()
    other.locator(".dk-tile:visible").first.wait_for()
    page.wait_for_timeout(1_000)
    in_front(page, "Desk")
    page.locator(".dk-item:visible").first.click()
    page.locator(".dk-draft-text:visible").fill("one moment")
    in_front(other, "Wallboard")
    tab(page, "Queue").click()
    page.locator(".dk-board-row:visible").first.wait_for()
    in_front(other, "Wallboard")
    other.evaluate(RECONNECT)
    other.reload()
    other.locator(".dk-tile:visible").first.wait_for()
    in_front(other, "Wallboard")
    page.evaluate(RECONNECT)
    page.locator(".dk-board-row:visible .dk-board-open").first.click()
    page.locator(".dk-pane.dk-focused:visible").wait_for()
    in_front(page, "Desk")
    in_front(other, "Wallboard")  # what is opened on a board is opened on that page
    page.evaluate(RESTART)
    expect(page.locator(".dk-desk .dk-banner")).to_contain_text("if it was restarted", timeout=5_000)
    other.context.close()


@pytest.mark.usefixtures("notebook")
def test_the_first_click_after_a_reload_works(page: Page, lab: LabServer) -> None:
    """Ten reloads, ten first clicks, each brings its tab to the front; a click that is lost would be seen."""
    alive = 0
    for number in range(RELOADS):
        page.evaluate("sessionStorage.clear()")
        show_desk(page, lab, "own.ipynb")
        in_front(page, "Desk")
        alive += is_alive(page, ("Queue", "Team")[number % 2])
    assert alive == RELOADS
    tab(page, "Desk").click()
    page.evaluate(DEAFEN)
    assert not is_alive(page, "Queue")  # the positive control
