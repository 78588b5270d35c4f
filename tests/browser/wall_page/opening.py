"""The page that shows the wallboard's browser half without a kernel, with numbers of a busy morning."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from deskkit.clock import ManualClock
from deskkit.desk.policy import Policy
from deskkit.log import open_log
from deskkit.sim.run import simulate
from deskkit.views.desk.wallboard import Wallboard, look, source
from deskkit.views.words import Words
from tests.sim.days import busy_day

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

    from deskkit.log import EventLog

__all__ = ["board", "open_wall", "sent"]

URL = "http://127.0.0.1:9/"  # nothing listens there: the browser is answered here
THEMES = {"light": ("true", ""), "dark": ("false", "--jp-layout-color1: #111; --jp-ui-font-color0: #fff")}
NAMES = ("张伟", "Sarah Miller", "李娜", "Omar", "王芳")


@cache
def morning() -> tuple[EventLog, int]:
    """Return the log of a simulated morning that is not over, and the instant where it stands."""
    policy = Policy.load("data/policies/standard.toml")
    events = [stored.event for stored in simulate(busy_day(hours=3, factor=1.2), policy, seed=11).log.read()]
    log = open_log("memory:")
    log.append(events[: len(events) * 3 // 5], received_at=0)
    return log, max(stored.event.at for stored in log.read())


@cache
def board(language: str = "en", *, large: bool = False) -> dict[str, Any]:
    """Return what the kernel sends: the wallboard, and what is behind the first response."""
    log, now = morning()
    wallboard = Wallboard(log, large=large, name=lambda name, _say: NAMES[sum(map(ord, name)) % len(NAMES)])
    found: dict[str, Any] = {}
    wallboard.widget.send = lambda message, **_kwargs: found.update({message["type"]: message})
    wallboard.hear({"type": "hello"})
    wallboard.hear({"type": "behind", "measure": "first_response"})
    clock, say = ManualClock(now), Words(language, zone="Asia/Shanghai")
    wallboard.draw(say=say, at=clock.now(), speed=1.0, real=0)
    wallboard.hear({"type": "behind", "measure": "first_response"})
    wallboard.draw(say=say, at=clock.now(), speed=1.0, real=0)
    return {"board": found["wall"], "behind": found["behind"]}


def open_wall(page: Page, made: dict[str, Any] | None = None, *, theme: str = "light", language: str = "en") -> Locator:
    """Open the page and return the wallboard in it, drawn."""
    page.set_default_timeout(5_000)
    is_light, style = THEMES[theme]
    head = '<meta charset="utf-8"><title>Wallboard</title><link rel="stylesheet" href="/wall.css">'
    body = (
        f'<body data-jp-theme-light="{is_light}" style="{style}; background: var(--jp-layout-color1, #fff); margin: 0">'
    )
    document = f'<!doctype html><html lang="{language}"><head>{head}</head>{body}<main id="wall"></main>'
    files = {
        "/": ("text/html", f'{document}<script type="module" src="/kernel.js"></script></body></html>'),
        "/wall.css": ("text/css", look()),
        "/wall.js": ("text/javascript", source()),
        "/kernel.js": ("text/javascript", (Path(__file__).parent / "kernel.js").read_text(encoding="utf-8")),
        "/world.json": ("application/json", json.dumps(made or board(language))),
    }

    def answer(route: Route) -> None:
        kind, text = files.get(urlsplit(route.request.url).path, ("text/plain", ""))
        route.fulfill(content_type=f"{kind}; charset=utf-8", body=text)

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(URL)
    page.locator(".dk-tile").first.wait_for()
    return page.locator(".dk-wall")


def sent(page: Page, kind: str) -> list[dict[str, Any]]:
    """Return what the browser sent of one kind, but for how the page calls itself."""
    found: list[dict[str, Any]] = page.evaluate(
        "kind => kernel.sent.filter(one => one.type === kind).map(({ page, ...one }) => one)", kind
    )
    return found
