"""A notebook whose cells are drawn when the page has time, as in a profile that nobody changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.labserver import open_notebook, run_all
from tests.project.files import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.labserver import LabServer

BAR = ".jupyter-widget-tab > .lm-TabBar"
SAVE = "jupyterapp.commands.execute('docmanager:save')"


def test_after_run_all_the_desk_is_what_one_sees(page: Page, lab: LabServer) -> None:
    """Beside the file browser, as JupyterLab begins: the desk and its tabs are in sight whole, nobody scrolled."""
    page.set_viewport_size({"width": 1440, "height": 900})
    name = lab.add(ROOT / "notebooks" / "01_desk.ipynb", name="seen.ipynb")
    open_notebook(page, lab, name=name)
    run_all(page)
    page.wait_for_function("""() => {
      const desk = document.querySelector('.jupyter-widget-tab:has(.dk-item)')?.getBoundingClientRect();
      const [above, frame] = ['.jp-NotebookPanel-toolbar', '.jp-WindowedPanel-outer'].map(
        one => document.querySelector(one).getBoundingClientRect());
      return desk && desk.top >= above.bottom - 1 && desk.bottom <= frame.bottom + 1; }""")
    assert page.evaluate("() => document.elementFromPoint(700, 400).closest('.dk-desk') !== null")


def test_after_a_reload_a_click_on_each_tab_brings_it_to_the_front(page: Page, lab: LabServer) -> None:
    """The page tells such a bar of tabs that it stands there, but not that it is about to: it would hear nothing."""
    name = lab.add(ROOT / "notebooks" / "01_desk.ipynb", name="late.ipynb")
    open_notebook(page, lab, name=name)
    run_all(page)
    page.locator(".dk-item").first.wait_for(state="attached")
    page.evaluate(SAVE)
    for _ in range(2):
        page.reload()
        page.locator(f"{BAR} [aria-selected='true']").wait_for(state="attached")
        for tab in ("Queue", "Rules", "Desk", "Alerts", "Wallboard", "Team"):
            page.locator(f"{BAR} .lm-TabBar-tab", has_text=tab).click()
            expect(page.locator(f"{BAR} [aria-selected='true']")).to_contain_text(tab)
        page.wait_for_timeout(500)  # what a click brings to the front gets the focus soon after
        page.locator(f"{BAR} [aria-selected='true']").press("ArrowLeft")
        page.keyboard.press("Enter")
        expect(page.locator(f"{BAR} [aria-selected='true']")).to_contain_text("Queue")
