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
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any, Final, Protocol, cast

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
    """A process that is started when something is first asked, and ends with this object; a thread talks to it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._questions: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._answers: deque[dict[str, Any]] = deque()
        self._asked = 0
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        return self._asked > 0

    def ask(self, question: dict[str, Any]) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._start()
        self._questions.put(question)
        self._asked += 1

    def heard(self) -> list[dict[str, Any]]:
        found = []
        while self._answers:
            found.append(self._answers.popleft())
        is_over = self._thread is None or not self._thread.is_alive()
        self._asked = 0 if is_over else max(0, self._asked - len(found))
        return found

    def _start(self) -> None:
        self._questions, self._asked = SimpleQueue(), 0
        told = (self._url, self._questions, self._answers)
        self._thread = threading.Thread(target=_talk, args=told, name="deskkit wallboard", daemon=True)
        self._thread.start()
        weakref.finalize(self, self._questions.put, None)


def _talk(url: str, questions: SimpleQueue[dict[str, Any] | None], answers: deque[dict[str, Any]]) -> None:
    """Ask a process what is asked, one thing after the other, until nobody asks any more or it ends."""
    command = [sys.executable, "-m", "deskkit.measures.walling", "--log", url]
    pipe = subprocess.PIPE
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=words, start_new_session=True) as process,  # noqa: S603 -- our own program, without a shell
    ):
        to, back = cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
        for question in iter(questions.get, None):
            with suppress(OSError):  # it has ended: then it answers nothing
                to.write(msgspec.json.encode(question) + b"\n")
                to.flush()
            line = back.readline()
            if not line:
                words.seek(0)
                said = words.read().decode("utf-8", "replace").strip()[-MOST_SAID:]
                answers.append({"is": "fault", "text": said or f"exit status {process.wait()}"})
                return
            answers.append(msgspec.json.decode(line))
