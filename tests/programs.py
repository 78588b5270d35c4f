"""The system programs some groups of tests need, and what happens where one is missing.

A group is a marker. Where its program is missing its tests are skipped and the closing summary names the
group; with DESKKIT_REQUIRE_ALL=1, as on the build machine, they fail instead.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["PROGRAMS", "Program", "chromium", "is_all_required", "missing", "office"]


class Program(NamedTuple):
    """A program outside Python: its name, how to find it, how to get it."""

    name: str
    find: Callable[[], str | None]
    hint: str


def chromium() -> str | None:
    """Return the path of a Chromium, or None; DESKKIT_CHROMIUM goes before what is on the path."""
    named = os.environ.get("DESKKIT_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))
    return next((path for path in found if path), None)


def office() -> str | None:
    """Return the path of a spreadsheet program, or None; DESKKIT_SOFFICE goes before what is on the path."""
    named = os.environ.get("DESKKIT_SOFFICE")
    if named:
        return named if os.access(named, os.X_OK) else None
    return shutil.which("soffice") or shutil.which("libreoffice")


PROGRAMS: Mapping[str, Program] = {
    "browser": Program(
        "Chromium",
        chromium,
        "install it (Debian: apt-get install chromium fonts-noto-cjk) or set DESKKIT_CHROMIUM to its path",
    ),
    "office": Program(
        "LibreOffice",
        office,
        "install it (Debian: apt-get install --no-install-recommends libreoffice-calc-nogui) "
        "or set DESKKIT_SOFFICE to the path of soffice",
    ),
}


def is_all_required() -> bool:
    """Tell whether a missing program is a failure, as on the build machine."""
    return os.environ.get("DESKKIT_REQUIRE_ALL") == "1"


def missing(markers: set[str]) -> tuple[str, Program] | None:
    """Return the first of these markers whose program is not on this machine, with the program."""
    for marker, program in PROGRAMS.items():
        if marker in markers and program.find() is None:
            return marker, program
    return None
