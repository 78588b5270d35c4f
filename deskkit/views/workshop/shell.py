"""The browser's half of the rules workshop: plain JavaScript beside this file, joined as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from deskkit.views.desk.shell import COMMON, WARNING
from deskkit.views.heard import Heard

__all__ = ["HERE", "Shell", "source"]

HERE: Final = Path(__file__).parent / "js"
FILES: Final = ("editor.js", "fields.js", "forms.js", "panels.js", "kept.js", "workshop.js")


def source() -> str:
    """Return the one module that a browser loads."""
    files = [*COMMON, *(HERE / name for name in FILES)]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


class Shell(Heard):
    """A widget that shows what it is sent and sends what a hand does."""

    _esm = source()
    _css = "\n".join(path.read_text(encoding="utf-8") for path in (WARNING, HERE / "workshop.css"))

    def __repr__(self) -> str:
        return "Rules"
