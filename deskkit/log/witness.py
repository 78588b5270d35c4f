"""That the file an open log writes to is still the one its path names: else nobody will find what is written.

A file deleted, moved or replaced under an open log goes on taking rows that nobody will ever read. It knows no SQLite
but the name of its write-ahead log.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from deskkit.log.rows import MovedError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Witness"]


class Witness:
    """Remembers which files a path named when it was first asked.

    Parameters
    ----------
    path : Path
        Of the log.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names = (str(path), f"{path}-wal")
        self._seen: dict[str, tuple[int, int]] = {}

    def check(self, *, stored: bool = False) -> None:
        """Refuse to write to a file that is not the one it was.

        Parameters
        ----------
        stored : bool
            Whether something was just committed, to a file that by now is nobody's.

        Raises
        ------
        MovedError
        """
        self._check(self._names, "what was just appended is lost" if stored else "nothing was stored")

    def check_log(self) -> None:
        """Refuse to read on; who only reads may outlive the write-ahead log, which the last who writes takes away.

        Raises
        ------
        MovedError
        """
        self._check(self._names[:1], "what is read is old")

    def rest(self) -> None:
        """Expect another write-ahead log: whoever closes the log last, as it may be here, takes the old one away."""
        self._seen.pop(self._names[1], None)

    def _check(self, names: tuple[str, ...], kept: str) -> None:
        for name in names:
            try:
                found = os.stat(name)  # noqa: PTH116 -- twice in each transaction; a Path takes longer
            except (FileNotFoundError, NotADirectoryError):
                now = None
            else:
                now = (found.st_dev, found.st_ino)
            if now != self._seen.get(name, now):
                raise MovedError(
                    f"The file was deleted, moved or replaced under the open log; {kept}.", place=name,
                    expected="a file that stays where it is while a log is open",
                    example=f"close the log, put the file back or restore a backup, then open_log('sqlite:///{self._path}')",
                )  # fmt: skip
            if now is not None:
                self._seen[name] = now
