"""One search at a time in a file: a second would do the same work again, and write between the first one's lines."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from deskkit.errors import ScenarioError
from deskkit.log.oslock import lock, unlock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["alone"]

_WHO: Final = 1  # who has it is told behind the first byte: that one is locked, on Windows also against reading
_LONGEST: Final = 400


@contextmanager
def alone(file: Path | None) -> Iterator[None]:
    """Have a file to oneself; None is nobody's.

    Parameters
    ----------
    file : Path, optional
        The lock is on ``file`` with ``.lock`` behind it, which stays; it is free again when the process ends, however
        it ends.

    Raises
    ------
    ScenarioError
        Another search works in it; it says which process, on which machine.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, alone(Path(folder, "runs.jsonl")):
    ...     with alone(Path(folder, "runs.jsonl")):
    ...         pass
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: tune: Another search works in this file, process ... on ... Got '...'. ...
    """
    if file is None:
        yield
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ScenarioError(
            f"No runs can be kept here: {error.strerror}.", place="tune", value=str(file),
            expected="a folder that may be written", example="--out another-folder",
        ) from error  # fmt: skip
    try:
        try:
            lock(beside, exclusive=True)
        except OSError as error:
            raise ScenarioError(
                f"Another search works in this file{_who(beside)}.", place="tune", value=str(file),
                expected="one search at a time, or a file of its own for each",
                example="wait until it is done: the same search then goes on from there",
            ) from error  # fmt: skip
        try:
            os.ftruncate(beside, 0)
            os.lseek(beside, _WHO, os.SEEK_SET)
            os.write(beside, f"process {os.getpid()} on {socket.gethostname()}".encode())
            yield
        finally:
            unlock(beside)
    finally:
        os.close(beside)


def _who(beside: int) -> str:
    """Say who has a lock; one who has it since this very moment has said nothing yet."""
    os.lseek(beside, _WHO, os.SEEK_SET)
    said = os.read(beside, _LONGEST).decode(errors="replace")
    return f", {said}" if said else ""
