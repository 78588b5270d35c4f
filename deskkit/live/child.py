"""A driver as a child process: a view that finds none starts one, and several at once start one between them.

Each child asks for the lease first, and may only follow the driver that was missed; all but one are refused and end,
also one that comes so late that the first has stopped again. The child outlives who started it, and stops by
itself when nobody needs it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskkit.clock import WallClock
from deskkit.errors import LogError
from deskkit.live.lease import is_alive
from deskkit.log import open_log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

    from deskkit.log import EventLog, Lease

__all__ = ["IDLE_MS", "ensure_driver"]

IDLE_MS: Final = 600_000
LOOK_S: Final = 0.05
MOST_SAID: Final = 2_000  # characters of what a child that failed had to say


def ensure_driver(
    url: str,
    policy: Path | str,
    *,
    acts: bool = True,
    notices: bool = True,
    push: Path | str | None = None,
    wait_ms: int = 60_000,
    idle_ms: int = IDLE_MS,
) -> Lease:
    """Return the lease of the driver that decides for a log, started as a child process where there was none.

    Call it again now and then while a driver is needed: one that nobody asked for and to whose inbox nobody wrote for
    `idle_ms` stops.

    Parameters
    ----------
    url : str
        Of a log in a file.
    policy : Path or str
        A policy file, for a log that has no policy in force yet.
    acts : bool
        Whether a driver started here assigns and tidies, or only watches and advises.
    notices : bool
        Whether it decides notices.
    push : Path or str, optional
        A file of addresses for push, see `deskkit.live.push.load_push`.
    wait_ms : int, milliseconds
        How long to wait until the new driver holds the lease; it folds the log after that.
    idle_ms : int, milliseconds

    Raises
    ------
    LogError
        The log is in memory or cannot be opened, or the driver did not start; its own words are in the message.
    """
    if url == "memory:":
        raise LogError(
            "A log in memory is seen by its own process alone.", place="ensure_driver", value=url,
            expected="a log in a file", example="Driver(log, policy, clock=SystemClock())",
        )  # fmt: skip
    wall = WallClock()
    with open_log(url, create=False) as log:
        log.want_driver(now=wall.now())
        lease = log.lease()
        if is_alive(lease, now=wall.now()):
            return lease
        with tempfile.TemporaryFile() as words:
            options = [
                "--log",
                url,
                "--policy",
                str(policy),
                "--idle",
                str(idle_ms / 1000),
                "--after",
                str(lease.epoch),
                *([] if acts else ["--watch"]),
                *([] if notices else ["--no-notices"]),
                *([] if push is None else ["--push", str(Path(push).absolute())]),
            ]
            process = _start(options, words)
            return _await(log, process, words, end=time.monotonic() + wait_ms / 1000)


def _start(options: Sequence[str], words: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a driver in a session of its own; a thread waits for its end, so that no dead process stays."""
    process = subprocess.Popen(  # noqa: S603 -- our own program, without a shell
        [sys.executable, "-m", "deskkit.live", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=words,
        start_new_session=True,
    )
    threading.Thread(target=process.wait, name="deskkit driver", daemon=True).start()
    return process


def _await(log: EventLog, process: subprocess.Popen[bytes], words: IO[bytes], *, end: float) -> Lease:
    """Wait until somebody holds the lease: this child, or one that was faster."""
    wall = WallClock()
    while time.monotonic() < end:
        is_over = process.poll() is not None  # asked first: where another was faster, the lease is its by then
        lease = log.lease()
        if is_alive(lease, now=wall.now()):
            return lease
        if is_over:
            break
        time.sleep(LOOK_S)
    words.seek(0)
    said = words.read().decode("utf-8", "replace").strip()[-MOST_SAID:]
    raise LogError(
        f"No driver could be started: {said or 'it does not answer.'}", place=log.url, expected="a driver that starts",
        example=f"python -m deskkit.live --log {log.url} --policy FILE",
    )  # fmt: skip
