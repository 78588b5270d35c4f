"""The page for hostile pieces, and what is noted of it from outside: requests, dialogs, windows, errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from plotly.offline import get_plotlyjs

from tests.browser.hostile.pieces import answers

if TYPE_CHECKING:
    from collections.abc import Callable

    import anywidget
    from playwright.sync_api import Dialog, Page, Route

__all__ = ["Stage"]

URL = "http://127.0.0.1:9/"  # nothing listens there: the browser is answered here
DOCUMENT = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stage</title></head><body>'
    '<main id="stage"></main><script type="module" src="/stage.js"></script></body></html>'
)
FOREIGN = """() => [...document.querySelectorAll('.js-plotly-plot .main-svg a, img, iframe, object, embed')]
  .filter(one => one.tagName !== 'A' || one.getAttributeNames().some(name => name.endsWith('href')))
  .map(one => one.outerHTML.slice(0, 120))"""
NOTING = "globalThis.noted = { ran: 0, dialogs: 0, errors: [] }; globalThis.ran = () => { noted.ran += 1 }"
HERE = Path(__file__).parent


class Stage:
    """A page that shows pieces and notes what they do.

    Attributes
    ----------
    faults : list of str
        What no text may do: a request, a dialog, a window, another page, an error.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        self._own: dict[str, anywidget.AnyWidget] = {}
        page.add_init_script(NOTING)
        page.route("**/*", self._answer)
        page.expose_function("toKernel", self._to_kernel)
        page.on("dialog", self._dismiss)
        page.on("popup", lambda _page: self.faults.append("a window"))
        page.on("console", lambda said: self.faults.extend([f"said {said.text}"] * (said.type == "error")))
        page.on("pageerror", lambda error: self.faults.append(f"error {error}"))
        page.goto(URL)
        page.wait_for_function("globalThis.ready")
        self._page = ""  # one that was written as a file
        page.on("framenavigated", lambda frame: self.faults.append(f"went to {frame.url}"))

    def _dismiss(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if not route.request.url.startswith(URL):
            self.faults.append(f"request to {route.request.url[:80]}")
            route.abort()
        elif path == "/":
            route.fulfill(content_type="text/html; charset=utf-8", body=DOCUMENT)
        elif path == "/written.html":
            route.fulfill(content_type="text/html; charset=utf-8", body=self._page)
        elif path == "/plotly.js":
            route.fulfill(content_type="text/javascript; charset=utf-8", body=get_plotlyjs())
        elif path == "/stage.js":
            route.fulfill(content_type="text/javascript; charset=utf-8", body=(HERE / "stage.js").read_text("utf-8"))
        elif path.startswith("/own/") and path[5:-3] in self._own:
            route.fulfill(content_type="text/javascript; charset=utf-8", body=self._own[path[5:-3]].get_state()["_esm"])
        else:
            if path != "/favicon.ico":
                self.faults.append(f"request to {path[:80]}")
            route.fulfill(status=404, body="")

    def _to_kernel(self, name: str, message: dict[str, Any]) -> list[dict[str, Any]]:
        return answers(self._own[name], message)

    def lay(self, texts: list[str], *, clicks: str = "*") -> dict[str, Any]:
        """Show markup; return what is strange in it, and its text."""
        found: dict[str, Any] = self.page.evaluate("([texts, clicks]) => lay(texts, clicks)", [texts, clicks])
        return found

    def draw(self, chart: dict[str, Any]) -> dict[str, Any]:
        """Draw a chart; return what is strange in it, its text, and how many points were hovered."""
        found: dict[str, Any] = self.page.evaluate("chart => draw(chart)", chart)
        return found

    def opened_page(self, html: str) -> list[str]:
        """Open a page that was written as a file; return the links and foreign elements in its chart."""
        self._page = html
        self.page.goto(URL + "written.html")
        self.page.locator(".main-svg").first.wait_for()
        self.page.wait_for_timeout(200)
        self.faults = [one for one in self.faults if one != f"went to {URL}written.html"]
        found: list[str] = self.page.evaluate(FOREIGN)
        return found

    def play(self, name: str, widget: anywidget.AnyWidget) -> None:
        """Show an own widget, alive."""
        self._own[name] = widget
        traits = {key: value for key, value in widget.get_state().items() if not key.startswith("_")}
        kept = {
            key: value for key, value in traits.items() if isinstance(value, str | int | float | list | dict | None)
        }
        self.page.evaluate("([name, traits]) => play(name, traits)", [name, kept])

    def push(self, name: str, act: Callable[[], object]) -> None:
        """Let something happen in the kernel, and bring what an own widget sends of it."""
        widget, sent = self._own[name], list[dict[str, Any]]()
        widget.send = lambda content, buffers=None: sent.append(json.loads(json.dumps(content)))
        act()
        self.page.evaluate("([name, sent]) => bring(name, sent)", [name, sent])

    def scrolled(self, name: str, box: str) -> dict[str, Any]:
        """Go through a list of an own widget."""
        found: dict[str, Any] = self.page.evaluate("([name, box]) => scrolled(name, box)", [name, box])
        return found

    def opened(self, name: str, ids: list[str]) -> dict[str, Any]:
        """Open conversations in the desk one after the other."""
        found: dict[str, Any] = self.page.evaluate("([name, ids]) => opened(name, ids)", [name, ids])
        return found

    def stirred(self, name: str, *, clicks: str = "a") -> dict[str, Any]:
        """Go over an own widget; return what is strange in it, and its text."""
        found: dict[str, Any] = self.page.evaluate("([name, clicks]) => stirred(name, clicks)", [name, clicks])
        return found

    def ran(self) -> int:
        """Return how often a text was run since the last time, or opened a dialog."""
        ran: int = self.page.evaluate(
            "() => { const n = noted.ran + noted.dialogs; noted.ran = noted.dialogs = 0; return n }"
        )
        return ran
