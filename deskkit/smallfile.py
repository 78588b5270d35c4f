"""Files that people write - policies, scenarios, maps, rosters - read whole, and only where that ends soon."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import Final

__all__ = ["content"]

LARGEST: Final = 16_000_000  # bytes; how much text a file may hold is said where it has a meaning


def content(path: str | Path) -> bytes:
    """Return what a file holds.

    Raises
    ------
    OSError
        It cannot be read, is larger than any file that people write, or is a pipe or device, which need not end.
    ValueError
        The name holds NUL.

    Examples
    --------
    >>> content("data/policies/standard.toml")[:1]
    b'#'
    """
    path = Path(path)
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        return path.read_bytes()  # which says what it is
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "It is a pipe or a device, not a file")
    if found.st_size > LARGEST:
        raise OSError(errno.EFBIG, f"It is larger than {LARGEST // 1_000_000} MB")
    return path.read_bytes()
