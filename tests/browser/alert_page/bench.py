"""The Alerts tab in a real browser, the real view behind it and no kernel between: messages are carried by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from deskkit.views.desk.alerts import Alerts
    from tests.views.living import Living

__all__ = ["ORIGIN", "TITLE", "Bench"]

ORIGIN = "http://127.0.0.1:9"  # nothing listens there: the browser is answered here
DARK = (
    "--jp-layout-color1: #212121; --jp-layout-color2: #303030; --jp-layout-color3: #424242;"
    "--jp-ui-font-color1: rgba(255, 255, 255, 0.87); --jp-ui-font-color2: rgba(255, 255, 255, 0.7);"
    "--jp-border-color1: #757575; --jp-border-color2: #616161; --jp-border-color3: #424242;"
    "--jp-content-link-color: #64b5f6"
)
THEMES = {"light": ("true", ""), "dark": ("false", DARK)}
SETTLED = "() => new Promise(go => setTimeout(() => requestAnimationFrame(() => setTimeout(go, 0)), 30))"
TITLE = "desk.ipynb - JupyterLab"
TAKEN_OVER = """async () => {
  for (let left = 200; left > 0; left -= 1) {
    const { held, pending } = await navigator.locks.query();
    await new Promise((go) => setTimeout(go, 50));
    if (held.length > 0 && pending.length === 0) return;
  }
  throw new Error("nobody took over");
}"""


class Bench:
    """One or more pages that show the Alerts tab of a living desk."""

    def __init__(self, living: Living, *pages: Page, theme: str = "light", before: str = "") -> None:
        self.living = living
        self.alerts: Alerts = living.view.alerts
        self.pages = pages
        self._out: list[str] = []
        self._heard = [0] * len(pages)
        self.alerts.widget.send = self._take
        self.opened: list[str] = []  # what the desk of the page was told to open
        living.view.shell.send = self._told
        living.view.hear({"type": "front", "page": "", "at": 1 + list(living.view.sides).index("alerts")})
        for page in pages:
            page.set_default_timeout(5_000)
            if before:
                page.add_init_script(before)
            self._serve(page, theme)
            page.goto(f"{ORIGIN}/")
            page.wait_for_function("globalThis.isReady === true")
            self.carry()

    def close(self, page: int) -> None:
        """Close a page."""
        self.pages[page].close()
        self.pages = tuple(one for at, one in enumerate(self.pages) if at != page)
        del self._heard[page]

    def take_over(self) -> None:
        """Wait until the page that is left has the lock, and a moment, in which it hears so."""
        self.pages[-1].evaluate(TAKEN_OVER)

    def reload(self) -> None:
        """Load the first page anew: the browser forgets all but what it keeps."""
        self._heard[0] = 0
        self.pages[0].reload()
        self.pages[0].wait_for_function("globalThis.isReady === true")
        self.carry()

    def _take(self, message: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self._out.append(json.dumps(message | {"buffers": [list(one) for one in buffers or []]}))

    def _told(self, message: dict[str, Any], **_more: object) -> None:
        if message["type"] == "open":
            self.opened.append(message["id"])

    def _serve(self, page: Page, theme: str) -> None:
        is_light, look = THEMES[theme]
        body = f'<body data-jp-theme-light="{is_light}" style="{look}; background: var(--jp-layout-color1, #fff)">'
        head = f'<meta charset="utf-8"><title>{TITLE}</title><link rel="stylesheet" href="/alert.css">'
        document = f'<html lang="en"><head>{head}</head>{body}<main id="alerts"></main>'
        files = {
            "/": (
                "text/html",
                f'<!doctype html>{document}<script type="module" src="/kernel.js"></script></body></html>',
            ),
            "/alert.css": ("text/css", str(self.alerts.widget._css)),  # noqa: SLF001 -- the name anywidget has for it
            "/alert.js": ("text/javascript", str(self.alerts.widget._esm)),  # noqa: SLF001
            "/kernel.js": ("text/javascript", (Path(__file__).parent / "kernel.js").read_text(encoding="utf-8")),
        }

        def answer(route: Route) -> None:
            kind, text = files.get(urlsplit(route.request.url).path, ("text/plain", ""))
            route.fulfill(content_type=f"{kind}; charset=utf-8", body=text)

        page.unroute_all()
        page.route("**/*", answer)

    def carry(self, times: int = 3) -> None:
        """Carry messages both ways until nothing is left to be said."""
        for _ in range(times):
            said = False
            out, self._out = self._out, []
            for at, page in enumerate(self.pages):
                if page.evaluate("globalThis.isReady !== true"):
                    continue
                page.evaluate("texts => deliver(texts)", out)
                page.evaluate(
                    "() => new Promise(go => setTimeout(() => requestAnimationFrame(() => setTimeout(go, 0)), 30))"
                )
                sent = page.evaluate("globalThis.sent")
                new, self._heard[at] = sent[self._heard[at] :], len(sent)
                said = said or bool(new)
                for message in new:
                    self.alerts.hear(message)
            if not (said or self._out):
                return

    def wait(self, seconds: float = 1) -> None:
        """Let time pass at the desk and in the browser, which hears of it."""
        for page in self.pages:
            page.evaluate("ms => globalThis.pass(ms)", seconds * 1_000)
        self.living.wait(seconds)
        self.carry()

    def get(self, what: str, page: int = 0) -> Any:
        """Return what a page holds."""
        return self.pages[page].evaluate(what)

    def came(self) -> list[str]:
        """Return what the log of what fired says came of each notice, the newest first."""
        self.living.view.catch_up(anyway=True)
        made = self.alerts._sections(self.living.view.say)  # noqa: SLF001 -- what its tab shows
        (log,) = [one for one in made["sections"] if one["k"] == "log"]
        return [row["cells"]["came"] for row in log["rows"]]
