"""What is looked at on every page: accessibility, texts cut off, and the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["clipped", "switch_theme", "violations"]


def switch_theme(page: Page, theme: str) -> None:
    """Switch JupyterLab's theme, "Light" or "Dark", and wait until it is there."""
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", f"JupyterLab {theme}")
    page.add_style_tag(content="body { height: 100vh }")  # of no height: axe takes every text in it for hidden
    light = str(theme == "Light").lower()
    page.locator(f"body[data-jp-theme-light='{light}']").wait_for(state="attached")


def violations(page: Page, where: str = ".dk-desk") -> list[tuple[str, list[str]]]:
    """Return which rules of accessibility our views break, and where."""
    found = Axe().run(page, context=where).response["violations"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]


def clipped(page: Page) -> list[str]:
    """Return the texts of buttons and headings of our views that do not fit into their boxes."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('.dk-desk button, .dk-heading, .dk-name')]"
        ".filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1).map(e => e.innerText)"
    )
    return found
