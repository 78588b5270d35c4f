"""The sample desk: two invented weeks of a bilingual shop, ready to open.

The files lie in `data/` of a checkout and in `deskkit/_data` of an installed wheel. This module only finds
them and gives them to the import; it knows no format and no screen.
"""

from __future__ import annotations

import atexit
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskkit.clock import instant
from deskkit.desk.policy import Policy
from deskkit.errors import FeedError
from deskkit.feeds.meiqia import import_meiqia
from deskkit.log import open_log

if TYPE_CHECKING:
    from deskkit.log import EventLog

__all__ = ["SAMPLE_NOW", "SAMPLE_ZONE", "is_passing", "sample_log", "sample_path", "sample_policy"]

SAMPLE_ZONE: Final = "Asia/Shanghai"
"""Zone of the sample desk."""

SAMPLE_NOW: Final = instant("2026-06-18T10:30", zone=SAMPLE_ZONE)
"""Half past ten on the busiest day, milliseconds UTC: where the sample ends."""

_HERE: Final = Path(__file__).resolve().parent
_PASSING: Final[set[str]] = set()  # addresses of the copies that this Python made for itself


def sample_path(name: str) -> Path:
    """Return where a file of the data lies, for example ``sample/meiqia.zip`` or ``policies/standard.toml``.

    Raises
    ------
    FeedError
        Neither a checkout nor an installed wheel holds it.

    Examples
    --------
    >>> sample_path("policies/standard.toml").name
    'standard.toml'
    """
    places = [_HERE / "_data" / name, _HERE.parent / "data" / name]
    for place in places:
        if place.is_file():
            return place
    raise FeedError(
        "This file of the sample is missing.",
        place="sample",
        value=name,
        expected=" or ".join(str(place) for place in places),
        example="python -m deskkit.feeds.sample data/sample",
    )


def sample_log(url: str | None = None) -> EventLog:
    """Open the sample desk as a log of its own: facts up to `SAMPLE_NOW`, and no decision yet.

    Parameters
    ----------
    url : str, optional
        Where to keep it, as `deskkit.log.open_log` takes it. An empty log is filled; one that has events is
        opened as it is, so that work on it goes on. By default a new embedded log in a temporary folder,
        removed when Python ends.

    Returns
    -------
    EventLog

    Raises
    ------
    FeedError
        The sample is missing.
    LogError
        The log cannot be opened or written.
    """
    pages, roster = sample_path("sample/meiqia.zip"), sample_path("sample/agents.toml")
    log = _temporary_log() if url is None else open_log(url)
    if log.last_seq() == 0:
        import_meiqia([pages], log, zone=SAMPLE_ZONE, roster=roster, received_at=SAMPLE_NOW)
    return log


def is_passing(log: EventLog) -> bool:
    """Say whether a log ends with this Python: one in memory, or the copy of the sample that was given no place.

    Examples
    --------
    >>> is_passing(open_log("memory:"))
    True
    """
    return log.url == "memory:" or log.url in _PASSING


def sample_policy(name: str = "standard") -> Policy:
    """Load a policy that comes with deskkit: ``standard``, ``quiet`` or ``peak``.

    Examples
    --------
    >>> sample_policy().name
    'standard'
    """
    return Policy.load(sample_path(f"policies/{name}.toml"))


def _temporary_log() -> EventLog:
    folder = tempfile.TemporaryDirectory(prefix="deskkit-sample-")
    log = open_log(f"sqlite:///{Path(folder.name, 'desk.db').as_posix()}")
    _PASSING.add(log.url)
    # Run from the last to the first: an open file cannot be removed everywhere.
    atexit.register(folder.cleanup)
    atexit.register(log.close)
    return log
