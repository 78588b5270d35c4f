"""Who works out a wallboard: a process of its own, so that the kernel never waits; for a log in memory this one.

What was asked is answered some time later: a thread takes what the process says, and a view looks whether there is
anything. A process that ended is started again when something is asked.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import weakref
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from deskkit.measures.wall import Wall
from deskkit.measures.walling import answer

if TYPE_CHECKING:
    from deskkit.log import EventLog

__all__ = ["Reckoner", "reckoner"]

MOST_SAID: Final = 1_000  # characters of what a process that failed had to say


class Reckoner(Protocol):
    """Somebody who answers about a wallboard; see `deskkit.measures.walling`."""

    @property
    def is_busy(self) -> bool:
        """Whether something was asked that is not answered yet."""
        ...

    def ask(self, question: dict[str, Any]) -> None:
        """Ask something, and do not wait."""
        ...

    def heard(self) -> list[dict[str, Any]]:
        """Return what was answered since this was asked last."""
        ...


def reckoner(log: EventLog) -> Reckoner:
    """Return who works out the wallboard of a log."""
    return _Here(log) if log.url == "memory:" else _Beside(log.url)


class _Here:
    """Works it out at once, in this process: a log in memory is small, and seen by no other."""

    def __init__(self, log: EventLog) -> None:
        self._wall = Wall(log)
        self._answers: list[dict[str, Any]] = []
        self.is_busy = False

    def ask(self, question: dict[str, Any]) -> None:
        self._answers.append(answer(self._wall, question))

    def heard(self) -> list[dict[str, Any]]:
        found, self._answers = self._answers, []
        return found


class _Beside:
    """A process that is started when something is first asked, and ends with this object."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: deque[dict[str, Any]] = deque()
        self._asked = 0

    @property
    def is_busy(self) -> bool:
        return self._asked > 0 and self._process is not None and self._process.poll() is None

    def ask(self, question: dict[str, Any]) -> None:
        if self._process is None or self._process.poll() is not None:
            self._start()
        assert self._process is not None  # noqa: S101 - just started
        assert self._process.stdin is not None  # noqa: S101 - a pipe
        try:
            self._process.stdin.write(msgspec.json.encode(question) + b"\n")
            self._process.stdin.flush()
            self._asked += 1
        except OSError:  # it has just ended: the thread that listens says why
            self._asked = 0

    def heard(self) -> list[dict[str, Any]]:
        found = []
        while self._answers:
            found.append(self._answers.popleft())
            self._asked = max(0, self._asked - 1)
        return found

    def _start(self) -> None:
        self._asked = 0
        words = tempfile.TemporaryFile()  # noqa: SIM115 - closed by who listens
        self._process = subprocess.Popen(  # noqa: S603 -- our own program, without a shell
            [sys.executable, "-m", "deskkit.measures.walling", "--log", self._url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            start_new_session=True,  # a Ctrl-C is for the kernel
        )
        weakref.finalize(self, _end, self._process)
        told = (self._process, words, self._answers)
        threading.Thread(target=_listen, args=told, name="deskkit wallboard", daemon=True).start()


def _listen(process: subprocess.Popen[bytes], words: Any, answers: deque[dict[str, Any]]) -> None:  # noqa: ANN401
    """Take what a process says, until it ends; then what it said last, if it failed."""
    assert process.stdout is not None  # noqa: S101 - a pipe
    with words, process.stdout:
        for line in process.stdout:
            answers.append(msgspec.json.decode(line))
        status = process.wait()
        if status:
            words.seek(0)
            said = words.read().decode("utf-8", "replace").strip()[-MOST_SAID:]
            answers.append({"is": "fault", "text": said or f"exit status {status}"})


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let a process end: it reads that nobody will ask any more."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
