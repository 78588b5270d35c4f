"""A notebook at a living desk, as a process: a view, and hands that act on what it shows until told to stop.

``python -m tests.crash.hands URL NAME FILE STOP``: what was done goes to the file, a line each; it goes on until there
is a file STOP.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import deskkit as dk
from tests.patience import PATIENCE_S
from tests.views.browser import Browser

if TYPE_CHECKING:
    from deskkit.views import DeskView

PAUSE_S = 0.5
SAID = {
    "reply": "Replied", "note": "Note written", "priority": "Priority set", "tag": "Tagged", "assign": "Assigned",
    "handled": "Marked handled",
}  # fmt: skip


def deeds(view: DeskView, me: str, number: int) -> list[dict[str, Any]]:
    """Return what a hand may do to a conversation."""
    text = f"{me}-{number}"
    agents = [name for name in view.desk.agents if name in view.desk.profiles]
    return [
        {"do": "reply", "text": text, "sure": True},
        {"do": "note", "text": text},
        {"do": "priority", "level": number % 4},
        {"do": "tag", "facet": "label", "tag": "seen"},
        {"do": "assign", "agent": agents[number % len(agents)], "sure": True},
        {"do": "handled"},
    ]


def answered(browser: Browser, deed: dict[str, Any], name: str, act: str) -> dict[str, Any]:
    """Do something and wait for what comes of it, as a browser does."""
    browser.say(type="act", act=act, deed={**deed, "ids": [name]})
    end = time.monotonic() + PATIENCE_S
    while not (answer := browser.answer(act)) and time.monotonic() < end:
        time.sleep(0.02)
        browser.view.catch_up()
    return answer


def act(url: str, me: str, file: Path, stop: Path) -> None:
    """Act until told to stop."""
    draw = random.Random(me)
    number = 0
    with dk.open_log(url, create=False) as log, file.open("w", encoding="utf-8") as done:
        view = dk.views.desk(log, dk.Policy.load("data/policies/standard.toml"), me=me)
        browser = Browser(view)
        while not stop.exists():
            view.catch_up()
            if browser.order and view.desk.profiles:
                number += 1
                deed = draw.choice(deeds(view, me, number))
                begun = time.monotonic()
                answer = answered(browser, deed, draw.choice(browser.order), f"{me}-{number:08}")
                took = time.monotonic() - begun
                line = {
                    "text": f"{me}-{number}",
                    "what": SAID[deed["do"]],
                    "accepted": answer["ok"],
                    "took": round(took, 3),
                }
                done.write(json.dumps(line) + "\n")
                done.flush()
            time.sleep(PAUSE_S)
        done.write(json.dumps({"faults": view.faults, "seen": view.driver.seen}) + "\n")


if __name__ == "__main__":
    act(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
