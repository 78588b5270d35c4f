"""The browser's half of the desk: plain JavaScript beside this file, joined as it stands, without a build step."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import traitlets

from deskkit.views.heard import Heard

__all__ = ["COMMON", "FILES", "LOOK", "MENU", "MENU_LOOK", "WARNING", "Shell", "source"]

HERE: Final = Path(__file__).parent / "js"
FILES: Final = (
    "words.js", "hearing.js", "kernel.js", "store.js", "keep.js", "front.js", "took.js", "room.js", "seat.js",
    "order.js", "rows.js", "list.js", "split.js", "tabs.js", "back.js", "menu.js", "actions.js", "whom.js", "form.js",
    "bulk.js", "thread.js", "composer.js", "pane.js", "find.js", "keys.js", "bar.js", "foot.js", "desk.js",
)  # fmt: skip


COMMON: Final = tuple(HERE / name for name in FILES[:3])  # of all that is drawn here
MENU: Final = (HERE / "back.js", HERE / "menu.js")  # of what opens over a page
MENU_LOOK: Final = HERE / "menu.css"
LOOK: Final = (MENU_LOOK, HERE / "desk.css")
WARNING: Final = HERE / "kernel.css"  # of what stands beside the desk


def source() -> str:
    """Return the one module that a browser loads."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in FILES)


class Shell(Heard):
    """A widget that shows what it is sent and sends what a hand does."""

    _esm = source()
    _css = "\n".join(path.read_text(encoding="utf-8") for path in LOOK)

    tabs = traitlets.Unicode().tag(sync=True)  # the model of the tabs that the desk is one of

    def __repr__(self) -> str:
        return "Desk"
