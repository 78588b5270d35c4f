"""The page that shows the desk's browser half without a kernel, served to a browser without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from deskkit.views.desk.shell import source
from tests.browser.desk_page.world import STYLE, world

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

__all__ = ["draft", "kernel", "open_desk", "open_tab", "row", "rows", "sent", "serve"]

URL = "http://127.0.0.1:9/"  # nothing listens there: the browser is answered here
DRAWN = "() => new Promise(requestAnimationFrame)"  # what was done before is drawn in the same frame
THEMES = {
    "light": ("true", ""),
    "dark": ("false", "--jp-layout-color1: #212121; --jp-ui-font-color1: rgba(255, 255, 255, 0.87)"),
}


def serve(page: Page, made: dict[str, Any], *, theme: str = "light") -> None:
    """Answer what the browser asks for from now on: the page, the desk's script and look, and this world."""
    is_light, look = THEMES[theme]
    body = f'<body data-jp-theme-light="{is_light}" style="{look}; background: var(--jp-layout-color1, #fff)">'
    head = '<meta charset="utf-8"><title>Desk</title><link rel="stylesheet" href="/desk.css">'
    document = f'<html lang="en"><head>{head}</head>{body}<main id="desk"></main>'
    files = {
        "/": ("text/html", f'<!doctype html>{document}<script type="module" src="/kernel.js"></script></body></html>'),
        "/desk.css": ("text/css", STYLE),
        "/desk.js": ("text/javascript", source()),
        "/kernel.js": ("text/javascript", (Path(__file__).parent / "kernel.js").read_text(encoding="utf-8")),
        "/world.json": ("application/json", json.dumps(made)),
    }

    def answer(route: Route) -> None:
        kind, text = files.get(urlsplit(route.request.url).path, ("text/plain", ""))
        route.fulfill(content_type=f"{kind}; charset=utf-8", body=text)

    page.unroute_all()
    page.route("**/*", answer)


def open_desk(page: Page, made: dict[str, Any] | None = None, *, theme: str = "light", hash_: str = "") -> Locator:
    """Open the page and return the desk in it, drawn."""
    serve(page, made or world(), theme=theme)
    page.goto(URL + hash_)
    page.locator(".dk-item").first.wait_for()
    return page.locator(".dk-live")


def kernel(page: Page, statement: str, value: Any = None) -> Any:
    """Let the kernel that is none do something, and wait until it is drawn."""
    found = page.evaluate(f"value => {{ {statement} }}", value)
    page.evaluate("() => new Promise(go => setTimeout(() => requestAnimationFrame(() => setTimeout(go, 0)), 5))")
    return found


def sent(page: Page, kind: str) -> list[dict[str, Any]]:
    """Return what the browser sent of one kind, but for how the page calls itself."""
    found: list[dict[str, Any]] = page.evaluate(
        "kind => kernel.sent.filter(one => one.type === kind).map(({ page, ...one }) => one)", kind
    )
    return found


def row(page: Page, name: str) -> Locator:
    """Return the row of a conversation in sight."""
    return page.locator(f'.dk-item[data-key="r{name}"]:not([hidden])')


def rows(page: Page) -> list[str]:
    """Return the conversations in sight, from top to bottom."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('.dk-item:not([hidden])')]"
        ".sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top)).map(one => one.dataset.key.slice(1))"
    )
    return found


def open_tab(page: Page, name: str, *, beside: bool = False) -> Locator:
    """Open a conversation from the list, and return its pane."""
    row(page, name).click(modifiers=["Alt"] if beside else [])
    page.evaluate(DRAWN)  # before that the pane with the focus is another's
    pane = page.locator(".dk-pane.dk-focused")
    pane.locator(".dk-said-text").first.wait_for()
    return pane


def draft(page: Page) -> Locator:
    """Return where one writes in the pane that has the focus."""
    return page.locator(".dk-pane.dk-focused textarea")
