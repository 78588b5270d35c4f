"""Pictures for the README: `python -m tests.gallery.pictures` draws them anew, in the system's Chromium.

Desk and workshop are those of the first notebook, in a real JupyterLab; the wallboard shows a simulated morning. Both
are the same each time.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import ViewportSize, sync_playwright

from tests.browser.labserver import lab_server, open_notebook, run_all
from tests.browser.wall_page.opening import board, open_wall
from tests.programs import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.labserver import LabServer

__all__ = ["main"]

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
WALL: Final[ViewportSize] = {"width": 1920, "height": 1080}
LAPTOP: Final[ViewportSize] = {"width": 1500, "height": 1350}
SHOWN: Final = 0.6  # of its size: a page of a README is narrower than a wall
SHOWN_DESK: Final = 0.7
CALM_MS: Final = 3_000  # until what was opened is drawn


def main() -> None:
    """Draw every picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=WALL, device_scale_factor=SHOWN)
        open_wall(page, board(large=True))
        page.screenshot(path=DOCS / "wallboard.png")
        with lab_server(at_once=True) as lab:
            _draw_desk(browser, lab)
        browser.close()


def _draw_desk(browser: Browser, lab: LabServer) -> None:
    """Draw the desk with two conversations side by side, and one rule in the workshop."""
    page = browser.new_page(viewport=LAPTOP, device_scale_factor=SHOWN_DESK, timezone_id="Asia/Shanghai")
    open_notebook(page, lab, name=lab.add(ROOT / "notebooks" / "01_desk.ipynb", name="desk.ipynb"))
    page.evaluate("jupyterapp.shell.collapseLeft()")
    run_all(page)
    page.locator(".dk-item[aria-posinset='1']").click()
    page.locator(".dk-item[aria-posinset='4']").click(modifiers=["Alt"])
    _take(page, "desk.png")
    page.locator(".lm-TabBar-tab", has_text="Rules").click()
    page.locator(".dk-pill", has_text="Priority").click()
    page.locator(".dk-shop-item", has_text="VIP in a hurry").first.click()
    _take(page, "rules.png")


def _take(page: Page, name: str) -> None:
    """Take the picture of the desk with its tabs, and nothing around it."""
    page.mouse.move(5, 5)
    page.wait_for_timeout(CALM_MS)
    tabs = page.locator(".jupyter-widget-tab").last
    tabs.scroll_into_view_if_needed()
    tabs.screenshot(path=DOCS / name)


if __name__ == "__main__":
    main()
