"""A notebook at a living desk, as a process: a view, and hands that act on what it shows until told to stop.

``python -m tests.crash.hands URL NAME SECONDS FILE``: what was done goes to the file, a line each.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import deskkit as dk
from deskkit.views import actions

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.desk.cards import ConversationCard
    from deskkit.views import DeskView
    from deskkit.views.actions import Deed

PAUSE_S = 0.5


def deeds(view: DeskView, me: str, number: int) -> list[Callable[[ConversationCard], Deed]]:
    """Return what a hand may do to a conversation."""
    text = f"{me}-{number}"
    agents = list(view.desk.agents)
    return [
        lambda card: actions.reply(card.name, me=me, text=text, message=text),
        lambda card: actions.note(card.name, me=me, text=text, pinned=False),
        lambda card: actions.set_priority(card, level=number % 4),
        lambda card: actions.tag(card, facet="label", name="seen"),
        lambda card: actions.assign(card, agent=agents[number % len(agents)]),
        actions.handle,
    ]


def act(url: str, me: str, seconds: float, file: Path) -> None:
    """Act for so long."""
    draw = random.Random(me)
    end = time.monotonic() + seconds
    number = 0
    with dk.open_log(url, create=False) as log, file.open("w", encoding="utf-8") as done:
        view = dk.views.desk(log, dk.Policy.load("data/policies/standard.toml"), me=me)
        while time.monotonic() < end:
            view.catch_up()
            cards = view.open_cards()
            if cards:
                number += 1
                deed = draw.choice(deeds(view, me, number))(draw.choice(cards))
                begun = time.monotonic()
                is_accepted = view.do(deed)
                took = time.monotonic() - begun
                line = {"text": f"{me}-{number}", "what": deed.what, "accepted": is_accepted, "took": round(took, 3)}
                done.write(json.dumps(line) + "\n")
                done.flush()
            time.sleep(PAUSE_S)
        done.write(json.dumps({"faults": view.faults, "seen": view.driver.seen}) + "\n")


if __name__ == "__main__":
    act(sys.argv[1], sys.argv[2], float(sys.argv[3]), Path(sys.argv[4]))
