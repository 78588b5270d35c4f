"""A driver that is being started, in a thread of its own: a notebook's kernel does not wait for a process."""

from __future__ import annotations

import errno
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from deskkit.errors import DeskkitError, LogError
from deskkit.live.child import ensure_driver
from deskkit.log import FullError

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy

__all__ = ["Starting"]


class Starting:
    """Call `ensure_driver` in a thread.

    Parameters
    ----------
    url : str
    policy : Policy
        For a log that has none in force yet.
    acts, notices, push
        See `ensure_driver`.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> starting = Starting("memory:", Policy.load("data/policies/standard.toml"), acts=True, notices=True)
    >>> starting.result()
    Traceback (most recent call last):
    deskkit.errors.LogError: ensure_driver: A log in memory is seen by its own process alone. ...
    >>> starting.is_over
    True
    """

    def __init__(self, url: str, policy: Policy, *, acts: bool, notices: bool, push: Path | str | None = None) -> None:
        self._url, self._text = url, policy.text
        self._starts_with = (acts, notices, push)
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="deskkit start", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        acts, notices, push = self._starts_with
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "policy.toml")
                path.write_text(self._text, encoding="utf-8", newline="")
                ensure_driver(self._url, path, acts=acts, notices=notices, push=push)
        except (DeskkitError, OSError) as error:
            self._problem = error

    @property
    def is_over(self) -> bool:
        """Whether it is known what came of it."""
        return not self._thread.is_alive()

    def result(self) -> None:
        """Wait until a driver decides.

        Raises
        ------
        FullError
            The disk is full: that of the log, or the one for temporary files.
        LogError
            None could be started.
        """
        self._thread.join()
        if isinstance(self._problem, LogError):
            raise self._problem
        if isinstance(self._problem, OSError) and self._problem.errno == errno.ENOSPC:
            raise FullError(
                "No driver could be started: the disk for temporary files is full.", place=tempfile.gettempdir(),
                expected="a little room there", example="free some space there, then look again",
            ) from self._problem  # fmt: skip
        if self._problem is not None:
            raise LogError(
                f"No driver could be started: {self._problem}.", place=self._url,
                expected="room for a file and a process", example="close something and look again",
            ) from self._problem  # fmt: skip
