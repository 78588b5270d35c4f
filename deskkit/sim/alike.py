"""Whether another process would compute the very same: what this one is made of, and what differs in another.

"The same result on any machine" holds between equals: the same deskkit, the same releases of what it computes with, and
processors whose arithmetic agrees to the last bit. This module knows nothing of how processes reach one another.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import special

import deskkit
from deskkit.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["differences", "done_alike", "made_of"]

RELEASES: Final = (
    "deskkit", "google-re2", "llvmlite", "msgspec", "numba", "numpy", "polars", "scipy", "simpy", "sqlalchemy",
)  # fmt: skip
NOWHERE: Final = "none"


@cache
def made_of() -> dict[str, str]:
    """Return what the results of this process depend on, beside what it is told to do.

    Returns
    -------
    dict of str to str
        Releases by name; digests of deskkit's own sources, and of what its arithmetic makes of some numbers.

    Examples
    --------
    >>> made_of()["Python"].startswith("3."), sorted(made_of())[:3]
    (True, ['Python', 'arithmetic', 'deskkit'])
    """
    releases = {name: _release(name) for name in RELEASES}
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"Python": python, **releases, "sources of deskkit": _sources(), "arithmetic": _arithmetic()}


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Say what differs between two processes; nothing where they are alike.

    Examples
    --------
    >>> differences({"numba": "0.68.0", "numpy": "2.1"}, {"numba": "0.61.0", "numpy": "2.1"})
    'numba 0.61.0 (here 0.68.0)'
    >>> differences({"numba": "0.68.0"}, {})
    'numba none (here 0.68.0)'
    """
    there = {name: there.get(name, NOWHERE) for name in here}
    return ", ".join(f"{name} {there[name]} (here {value})" for name, value in here.items() if there[name] != value)


def done_alike(made: Mapping[str, str], packed: bytes, job: Any) -> Any:  # noqa: ANN401 - any work on any job
    """Do a job in another process, if that is like the one that wants it.

    Parameters
    ----------
    made : mapping of str to str
        What the process that wants it is made of, see `made_of`.
    packed : bytes
        The work, pickled: it is not unpacked by other releases, which might misread it.
    job : object

    Raises
    ------
    ScenarioError
        This process would compute something else.

    Examples
    --------
    >>> done_alike(made_of(), pickle.dumps(abs), -3)
    3
    >>> done_alike({**made_of(), "numpy": "0.1"}, pickle.dumps(abs), -3)
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: A worker would compute something else: numpy ... (here 0.1). Expected ...
    """
    said = differences(made, made_of())
    if said:
        raise ScenarioError(
            f"A worker would compute something else: {said}.", expected="the same releases there as here",
            example="pip install -r requirements.lock, the same file on every machine",
        )  # fmt: skip
    return pickle.loads(packed)(job)  # noqa: S301 - of the client whose code a worker is there to run


def _release(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return NOWHERE


def _sources() -> str:
    """Return the digest of deskkit as it is installed: two checkouts may have one release and differ."""
    root = Path(deskkit.__file__).parent
    found = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()[:12]


def _arithmetic() -> str:
    """Return the digest of what workloads are drawn with: other processors may differ in the last bit."""
    u = (np.arange(4_096) + 0.5) / 4_096
    drawn = (
        np.log1p(-u), np.exp(u), np.cos(9 * u), u**0.7, special.ndtri(u), special.gammaincinv(0.5 + 9 * u, u),
        special.gammaln(1 + u), special.pdtr(np.arange(4_096) % 40, 40 * u),
    )  # fmt: skip
    return hashlib.sha256(b"".join(part.tobytes() for part in drawn)).hexdigest()[:12]
