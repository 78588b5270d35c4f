"""Who works out a wallboard: a process of its own, so that the kernel never waits; for a log in memory this one.

What was asked is answered some time later: a thread takes what the process says, and a view looks whether there is
anything. However many wallboards of a log there are, they share one process, which holds all of the log. It ends with
the last of them, and also when none has asked for a while: a notebook keeps every view it ever made, so that one whose
cell was run again is never given back. A process that ended is started again when something is asked.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections import deque
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, Protocol, cast

import msgspec

from deskkit.measures.wall import Wall
from deskkit.measures.walling import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.log import EventLog

__all__ = ["Beside", "Here", "Reckoner", "reckoner"]

MOST_SAID: Final = 1_000  # characters of what a process that failed had to say
ENDS_S: Final = 5  # within which a process that answers no more has ended
REST_S: Final = 60  # without a question, after which it ends; a wallboard that somebody looks at asks sooner
REST_SHARE: Final = 10  # times as long as an answer took: whoever works a quarter of the time asks again by then


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

    def close(self) -> None:
        """Ask no more; what it takes is given back."""
        ...


def reckoner(log: EventLog) -> Reckoner:
    """Return who works out the wallboard of a log."""
    return Here(log) if log.url == "memory:" else Beside(log.url)


class Here:
    """Works it out at once, in this process: a log in memory is small, and seen by no other.

    Parameters
    ----------
    log : EventLog
    """

    def __init__(self, log: EventLog) -> None:
        self._wall = Wall(log)
        self._answers: list[dict[str, Any]] = []
        self.is_busy = False

    def ask(self, question: dict[str, Any]) -> None:
        """Answer something."""
        self._answers.append(answer(self._wall, question))

    def heard(self) -> list[dict[str, Any]]:
        """Return what was answered since this was asked last."""
        found, self._answers = self._answers, []
        return found

    def close(self) -> None:
        """Do nothing: it takes nothing."""


class Beside:
    """A process that is started when something is first asked; a thread talks to it.

    Parameters
    ----------
    url : str
        Of a log in a file or a database.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._talk: _Talk | None = None
        self._answers: deque[dict[str, Any]] = deque()
        self._asked = 0

    @property
    def is_busy(self) -> bool:
        """Whether something was asked that is not answered yet."""
        return self._asked > 0

    def ask(self, question: dict[str, Any]) -> None:
        """Ask something, and do not wait."""
        line = msgspec.json.encode(question) + b"\n"  # here: whoever asks what cannot be said is told so
        self._talk = self._talk or _talk_about(self._url)
        self._asked += 1
        self._talk.questions.put(_Asked(line, self._answers))

    def heard(self) -> list[dict[str, Any]]:
        """Return what was answered since this was asked last."""
        found = [self._answers.popleft() for _ in range(len(self._answers))]
        self._asked -= len(found)
        return found

    def close(self) -> None:
        """Ask no more: the process ends, if no other wallboard of this kernel asks it."""
        self._talk = None


class _Asked(NamedTuple):
    """A question, and where its answer goes."""

    line: bytes
    answers: deque[dict[str, Any]]


class _Talk:
    """What all in this kernel ask about one log; its thread and its process end when nobody holds it any more."""

    def __init__(self, url: str) -> None:
        self.questions: SimpleQueue[_Asked | None] = SimpleQueue()
        # The thread holds the questions, not this object: else nobody would ever let it go.
        threading.Thread(target=_talk, args=(url, self.questions), name="deskkit wallboard", daemon=True).start()
        weakref.finalize(self, self.questions.put, None)


_talks: Final[weakref.WeakValueDictionary[str, _Talk]] = weakref.WeakValueDictionary()
_beginning: Final = threading.Lock()


def _talk_about(url: str) -> _Talk:
    """Return the talk about a log, begun where there is none."""
    with _beginning:
        talk = _talks.get(url)
        if talk is None:
            talk = _talks[url] = _Talk(url)
        return talk


def _talk(url: str, questions: SimpleQueue[_Asked | None]) -> None:
    """Ask a process what is asked, one thing after the other, until nobody asks any more; one that ends is followed."""
    while (asked := questions.get()) is not None:
        try:
            with suppress(Empty), _worker(url) as worker:
                while asked is not None:
                    begun = time.monotonic()
                    if not worker.answered(asked.line, asked.answers):
                        break
                    took_s = time.monotonic() - begun
                    asked = questions.get(timeout=max(REST_S, REST_SHARE * took_s))
        except OSError as error:  # no room for one more process
            if asked is not None:
                asked.answers.append(_fault(str(error)))
        if asked is None:
            return


@contextmanager
def _worker(url: str) -> Iterator[_Worker]:
    """Start a process, and end it whatever state it is in: what it never read cannot be taken back from its pipe."""
    command = [sys.executable, "-m", "deskkit.measures.walling", "--log", url]
    pipe = subprocess.PIPE
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=words, start_new_session=True)  # noqa: S603 -- our own program, without a shell
        try:
            yield _Worker(process, words)
        finally:
            process.kill()
            process.wait()
            for end in cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout)):
                with suppress(OSError):
                    end.close()


class _Worker(NamedTuple):
    """A process that answers, and the file of what it has to say besides."""

    process: subprocess.Popen[bytes]
    words: IO[bytes]

    def answered(self, question: bytes, answers: deque[dict[str, Any]]) -> bool:
        """Add its answer, or why there is none; say whether it can be asked again."""
        to, back = cast("tuple[IO[bytes], IO[bytes]]", (self.process.stdin, self.process.stdout))
        line = b""
        with suppress(OSError):
            to.write(question)
            to.flush()
            line = back.readline()
        try:
            answers.append(msgspec.json.decode(line, type=dict[str, Any]))
        except msgspec.DecodeError:  # nothing, or half of it: it has ended
            answers.append(_fault(self._last_words()))
            return False
        return True

    def _last_words(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(ENDS_S)
        self.words.seek(0)
        said = self.words.read().decode("utf-8", "replace").strip()[-MOST_SAID:]
        return said or f"exit status {self.process.poll()}"


def _fault(text: str) -> dict[str, Any]:
    return {"is": "fault", "text": text}
