"""Sound files of a folder, by the names that the rings of a policy have for them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from deskkit.errors import DeskkitError

__all__ = ["sounds_in"]

LARGEST: Final = 2_000_000  # bytes of one; a second of plain sound has about a tenth of that
MOST: Final = 32
_KINDS: Final = frozenset({".wav", ".mp3", ".ogg"})


def sounds_in(folder: str | Path | None) -> dict[str, bytes]:
    """Return the sound files of a folder, by their names; without a folder none.

    Raises
    ------
    DeskkitError
        There is no such folder, or a file in it is no sound that a browser should be sent.

    Examples
    --------
    >>> sounds_in(None)
    {}
    >>> sounds_in("no/such/folder")
    Traceback (most recent call last):
    deskkit.errors.DeskkitError: sounds: There is no such folder. ...
    """
    if folder is None:
        return {}
    path = Path(folder)
    if not path.is_dir():
        raise DeskkitError(
            "There is no such folder.", place="sounds", value=str(folder), expected="a folder with sound files",
            example="sounds='sounds' with soft.wav in it",
        )  # fmt: skip
    files = sorted(one for one in path.iterdir() if one.suffix.lower() in _KINDS and one.is_file())
    for one in files:
        if one.stat().st_size > LARGEST:
            raise DeskkitError(
                "This sound is too large.", place="sounds", value=f"{one.name}: {one.stat().st_size} bytes",
                expected=f"at most {LARGEST} bytes", example="a second or two, as .ogg or .mp3",
            )  # fmt: skip
    return {one.name: one.read_bytes() for one in files[:MOST]}
