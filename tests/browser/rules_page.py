"""The rules workshop in a page without JupyterLab: the browser's half and the real workshop, one wire between them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from deskkit.views.workshop.shell import HERE, source

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Route

    from deskkit.views.workshop.workshop import Workshop

__all__ = ["open_rules"]

URL = "http://127.0.0.1:9/"  # nothing listens there: the browser is answered here
STYLE = HERE / "workshop.css"
THEMES = {
    "light": ("true", ""),
    "dark": (
        "false",
        "--jp-layout-color1: #212121; --jp-ui-font-color1: rgba(255, 255, 255, 0.87); color-scheme: dark",
    ),
}
WIRE = """
const listeners = [];
globalThis.listeners = listeners;
globalThis.sent = [];
const model = {
  on: (_name, listener) => listeners.push(listener),
  off: () => {},
  send: (message) => {
    sent.push(message);
    hear(JSON.stringify(message)).then((all) => { for (const one of JSON.parse(all)) listeners[0](one); });
  },
};
globalThis.model = model;
const { default: widget } = await import("/rules.js");
widget().render({ model, el: document.getElementById("rules") });
"""


def open_rules(
    page: Page, workshop: Workshop, *, theme: str = "light", tells: Callable[[list[dict[str, Any]]], None] | None = None
) -> Locator:
    """Show a workshop; return it, drawn. `tells` gets what other windows of the kernel are told at the same time."""
    is_light, look = THEMES[theme]
    name = f"hear{id(workshop)}"  # one kernel after the other may be behind a page
    head = '<meta charset="utf-8"><title>Rules</title><link rel="stylesheet" href="/rules.css">'
    body = (
        f'<body data-jp-theme-light="{is_light}" style="{look}; margin: 0; background: var(--jp-layout-color1, #fff)">'
    )
    document = f'<!doctype html><html lang="en"><head>{head}</head>{body}<main id="rules" class="dk-desk"></main>'
    files = {
        "/": ("text/html", f'{document}<script type="module" src="/wire.js"></script></body></html>'),
        "/rules.css": ("text/css", STYLE.read_text(encoding="utf-8")),
        "/rules.js": ("text/javascript", source()),
        "/wire.js": ("text/javascript", WIRE.replace("hear(", f"{name}(")),
    }

    def answer(route: Route) -> None:
        kind, text = files.get(urlsplit(route.request.url).path, ("text/plain", ""))
        route.fulfill(content_type=f"{kind}; charset=utf-8", body=text)

    def hear(message: str) -> str:
        told: list[dict[str, Any]] = []
        workshop.widget.send = lambda one, **_more: told.append(one)
        workshop.hear(json.loads(message))
        if tells is not None:
            tells(told)
        return json.dumps(told)

    page.set_default_timeout(5_000)
    page.expose_function(name, hear)
    page.route("**/*", answer)
    page.goto(URL)
    page.locator(".dk-shop-field").first.wait_for()
    return page.locator(".dk-shop")
