"""Keys that are pressed on a board are for it: JupyterLab, which has commands on single letters, hears none of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.labserver import open_notebook, run_all
from tests.browser.test_living_desk import notebook
from tests.project.files import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer

TABS = {
    "Desk": ".dk-item", "Queue": ".dk-board-row", "Team": ".dk-board-row", "Alerts": ".dk-alerts-on",
    "Wallboard": ".dk-tile", "Rules": ".dk-pill",
}  # fmt: skip
INSIDE = "() => document.activeElement.parentElement.closest('.jupyter-widget-tab > :not(.lm-TabBar)') !== null"
FOCUS = """() => {
  const views = [...document.querySelectorAll('[data-lm-suppress-shortcuts][tabindex]')];
  const frame = views.find(one => one.offsetParent);
  const nodes = [...frame.querySelectorAll('button:not([disabled]), select, input')];
  const node = nodes.find(one => one.getClientRects().length > 0);
  node.focus();
  return document.activeElement === node;
}"""


def test_a_letter_on_a_board_is_no_command(page: Page, lab: LabServer) -> None:
    """`b` inserted a cell where a button, choice or slider of a board had the focus; on a cell it does: the control."""
    open_notebook(page, lab, name=lab.add(ROOT / "notebooks" / "01_desk.ipynb", name="keys.ipynb"))
    run_all(page)
    page.wait_for_timeout(500)
    assert not page.evaluate(INSIDE)  # who ran the cell may go on by the notebook's keys, such as the one that saves it
    # the desk is in front already, and a click on its tab changes nothing
    cells = page.locator(".jp-Notebook .jp-Cell")
    count = cells.count()
    for name, shown in TABS.items():
        page.locator(".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab", has_text=name).click()
        page.locator(f"{shown}:visible").first.wait_for()
        page.wait_for_function(INSIDE)
        for is_inside in (False, True):
            assert not is_inside or page.evaluate(FOCUS), name
            page.keyboard.press("b")
            page.wait_for_timeout(300)
            assert cells.count() == count, name
    page.locator(".jupyter-widget-tab > .lm-TabBar").click(position={"x": 2, "y": 2})
    page.locator(".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab").first.focus()
    for _ in range(2):
        page.keyboard.press("b")
        page.wait_for_timeout(300)
        assert cells.count() == count, "beside the views"
        page.locator(".jupyter-widget-tab").evaluate("one => one.focus()")
    cells.first.locator(".jp-InputPrompt").click()  # as after a reload: another cell is the active one
    page.locator(".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab", has_text="Queue").click()
    page.wait_for_function(INSIDE)
    page.keyboard.press("b")
    page.wait_for_timeout(300)
    assert cells.count() == count, "from another cell"
    cells.first.locator(".jp-InputPrompt").click()
    page.keyboard.press("b")
    page.wait_for_function("count => document.querySelectorAll('.jp-Notebook .jp-Cell').length > count", arg=count)


IS_DIRTY = "() => jupyterapp.shell.currentWidget.context.model.dirty"
ASKING = "import deskkit as dk\ndk.views.desk(dk.open_log('memory:'), dk.Policy.load({policy!r}))"


def test_who_chose_a_tab_or_a_name_walks_along_the_list(page: Page, lab: LabServer) -> None:
    """The desk that comes in the place of "Who are you?" has the keys, as one whose tab was clicked."""
    code = ASKING.format(policy=str(ROOT / "data" / "policies" / "standard.toml"))
    (lab.root / "who.ipynb").write_text(json.dumps(notebook(code)), encoding="utf-8")
    open_notebook(page, lab, name="who.ipynb")
    run_all(page)
    name = page.locator(".dk-who input").last
    name.fill("qin")
    name.press("Enter")
    page.wait_for_function("() => document.activeElement.closest('.dk-desk') !== null")
    tab = page.locator(".jupyter-widget-tab > .lm-TabBar .lm-TabBar-tab")
    for chosen in ("Queue", "Desk"):
        tab.filter(has_text=chosen).click()
        page.wait_for_function(INSIDE)
    expect(page.locator(".dk-list-box")).not_to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".dk-list-box")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator(".dk-find input").first).to_be_focused()
    assert page.evaluate(IS_DIRTY)
    page.keyboard.press("Control+s")
    page.wait_for_function(f"() => !({IS_DIRTY})()")
