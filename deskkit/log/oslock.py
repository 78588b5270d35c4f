"""A lock on an open file that the operating system takes back when its process ends, however it ends."""

from __future__ import annotations

import os
import sys

__all__ = ["lock", "unlock"]

if sys.platform == "win32":  # pragma: no cover -- the tests run on Linux
    import msvcrt

    def lock(file: int, *, exclusive: bool) -> None:
        """Lock one byte; Windows has no shared lock here, so a safe process only looks whether it is free."""
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        if not exclusive:
            unlock(file)

    def unlock(file: int) -> None:
        """Let go; of what is not locked too."""
        try:
            os.lseek(file, 0, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
        except OSError:
            return  # it was not locked
else:
    import fcntl

    def lock(file: int, *, exclusive: bool) -> None:
        """Lock a file that was just opened, or raise OSError where another has it."""
        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)

    def unlock(file: int) -> None:
        """Let go; of what is not locked too."""
        fcntl.flock(file, fcntl.LOCK_UN)
