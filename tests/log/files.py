"""Files for tests of logs, touched past the log as a hasty hand would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.log import guard, open_log
from tests.contract.samples import AT, wrote

if TYPE_CHECKING:
    from pathlib import Path
    from sqlite3 import Connection


def raw(path: Path) -> Connection:
    """Open a file past the log, as a hasty hand would."""
    connection: Connection = guard.library().connect(path, isolation_level=None)
    return connection


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def filled(path: Path) -> bytearray:
    """Make a log of many pages and return its bytes."""
    with open_log(f"sqlite:///{path}") as log:
        log.append([wrote(n, text="x" * 500) for n in range(200)], received_at=AT)
    return bytearray(path.read_bytes())
