"""Names of files from our own alphabet, and files that appear whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from xlsxwriter.exceptions import XlsxWriterException

from deskkit.errors import DeskkitError
from deskkit.log.disk import sync_folder
from deskkit.privacy import mask
from deskkit.text import fold_text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["file_name", "whole_file"]

_LONGEST: Final = 80
_NOT_OURS: Final = re.compile(r"[^\w]+")
_NAME: Final = re.compile(r"\w[\w .()-]*")  # letters and digits of any script, no sign a shell or Windows gives a sense
_PORTS: Final = {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
_RESERVED: Final = frozenset({"con", "prn", "aux", "nul"} | _PORTS)


def file_name(title: str, suffix: str = "") -> str:
    """Make a file's name of any text: letters, digits and dashes; what is personal in it is masked.

    Parameters
    ----------
    title : str
        From anywhere.
    suffix : str
        Our own, for example ``.csv``.

    Examples
    --------
    >>> file_name("../Report: 张伟 13800138000", ".xlsx")
    'report-张伟-phone.xlsx'
    """
    stem = _NOT_OURS.sub("-", fold_text(mask(title, language="en"))).strip("-_")[:_LONGEST].strip("-_") or "table"
    return f"{stem}-table{suffix}" if stem in _RESERVED else f"{stem}{suffix}"


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Give a temporary name beside `path`; what was written there takes its place when it is on the disk.

    The file has the mode of the one it replaces; a new one has what the umask leaves, like any file of a program.

    Raises
    ------
    DeskkitError
        The name holds more than letters, digits, blanks, dots, dashes and brackets, or the folder takes no file.
    """
    path = Path(path)
    if not _NAME.fullmatch(path.name) or path.name.endswith((".", " ")) or path.stem.lower() in _RESERVED:
        raise DeskkitError(
            "This is no good name for a file.",
            place=str(path.parent),
            value=path.name,
            expected="letters, digits, blanks, dots, dashes and brackets",
            example=f"write(frame, {file_name(path.stem, path.suffix if path.suffix.isascii() else '')!r})",
        )
    held = path.with_name(f".{path.stem}.{secrets.token_hex(6)}{path.suffix}")
    try:
        _begin(held, path)
    except OSError as error:
        raise DeskkitError(
            f"The file cannot be written ({error.strerror}).", place=str(path), expected="a folder of yours"
        ) from error
    try:
        yield held
        with held.open("rb") as file:
            os.fsync(file.fileno())
        held.replace(path)
    except (OSError, pl.exceptions.PolarsError, XlsxWriterException) as error:
        raise DeskkitError(
            f"The file cannot be written ({error}).", place=str(path), expected="room on the disk"
        ) from error
    finally:
        held.unlink(missing_ok=True)
    sync_folder(path.parent)


def _begin(held: Path, path: Path) -> None:
    """Make an empty file that nobody may read who may not read what it replaces."""
    mode = stat.S_IMODE(path.stat().st_mode) if path.is_file() else None
    os.close(os.open(held, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666 if mode is None else 0o600))
    if mode is not None:
        held.chmod(mode)
