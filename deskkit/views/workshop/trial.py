"""A changed policy tried on a log: gone over in another process, which can be watched and stopped; told as data.

A log in memory cannot be seen by another process, so there a thread goes over it.
"""

from __future__ import annotations

import multiprocessing
import threading
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.events import ConversationOpened, CustomerSet, CustomerWrote
from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError
from deskkit.locale import LANGUAGES
from deskkit.log import open_log
from deskkit.measures.whatif import replay
from deskkit.views.words import Words, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from multiprocessing.connection import Connection

    from deskkit.log import EventLog
    from deskkit.measures.replayed import Replay
    from deskkit.measures.summary import Summary

    Tell = Callable[[dict[str, Any]], None]

__all__ = ["EXAMPLES", "Trial", "tried"]

EXAMPLES: Final = 10
_STEPS: Final = 50  # words of progress
_SENTENCES: Final = 4  # of one example
_WORDS: Final = 60  # half columns of its first words
_LOOK_S: Final = 0.2


class _StoppedError(Exception):
    """Nobody wants to know any more."""


def tried(
    log: EventLog, policy: Policy, against: Policy, span: tuple[int | None, int | None], progress: Callable[[int], None]
) -> dict[str, Any]:
    """Go over a log by a policy and by another; return what differs in each language, or what is wrong.

    Parameters
    ----------
    log : EventLog
    policy, against : Policy
    span : tuple of int or None
        From when until when, milliseconds.
    progress : callable
        Told the percentage that is done, when it is another.

    Returns
    -------
    dict
        By language; with ``wrong`` where it could not be done.
    """
    said = -1

    def told(done: int, total: int) -> None:
        nonlocal said
        step = _STEPS * done // max(total, 1)
        if step > said:
            said = step
            progress(100 * step // _STEPS)

    try:
        made = replay(log, policy, against=against, start=span[0], until=span[1], progress=told)
    except DeskkitError as error:
        return {"wrong": str(error)}
    about = _about(log, made.examples(EXAMPLES)["conversation"].to_list())
    return {language: _told(made, about, Words(language, zone=policy.schema.zone)) for language in LANGUAGES}


About = tuple[str, str, str]
"""Of a conversation: its customer's name, the customer's id, the first words."""


def _about(log: EventLog, names: Sequence[str]) -> dict[str, About]:
    ids: dict[str, str] = {}
    first: dict[str, str] = {}
    called: dict[str, str] = {}
    for name in names:
        for stored in log.read(conversation=name, kinds=[ConversationOpened, CustomerWrote]):
            if isinstance(stored.event, ConversationOpened):
                ids.setdefault(name, stored.event.customer)
            elif isinstance(stored.event, CustomerWrote):
                first[name] = stored.event.text
                break
    wanted = set(ids.values())
    for stored in log.read(kinds=[CustomerSet]) if wanted else ():
        if isinstance(stored.event, CustomerSet) and stored.event.customer in wanted:
            called[stored.event.customer] = stored.event.name
    found = {}
    for name in names:
        customer = ids.get(name, "")
        found[name] = (called.get(customer, ""), customer, first.get(name, ""))
    return found


def _told(made: Replay, about: dict[str, About], say: Words) -> dict[str, Any]:
    summary = made.summary
    examples = made.examples(EXAMPLES, say=say.translate)
    return {
        "title": summary.reach(say.translate),
        "chip": say("direct effects"),
        "about": say(
            "What the rules decide otherwise about the same facts; what would have followed, no log can tell."
        ),
        "touched": {"head": ["", say("differences"), say("conversations")], "rows": _kinds(summary, say)},
        "effects": {"head": ["", say("before"), say("after")], "rows": _effects(summary, say)},
        "notes": [say(note) for note in summary.notes],
        "examples": {
            "title": say("{n} examples, evenly over those touched", n=examples.height),
            "head": [say("Conversation"), say("First at"), say("What would have been different: before → after")],
            "rows": [
                {"id": name, "who": shortened(say.named(*about[name][:2]), _WORDS),
                 "said": say.excerpt(about[name][2], _WORDS), "at": say.clock(instant_ms(at)),
                 "changes": [say.personal(one) for one in changes[:_SENTENCES]]}
                for name, at, changes in examples.iter_rows()
            ],
        },
    }  # fmt: skip


def instant_ms(at: datetime) -> int:
    """Return an instant of a frame as milliseconds.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> instant_ms(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000
    """
    return round(at.timestamp() * 1000)


def _kinds(summary: Summary, say: Words) -> list[list[str]]:
    words = {
        "tag": say("Tags"), "priority": say("Priority"), "notice": say("Notices"), "assignment": say("Assignment"),
        "tidying": say("Tidying"),
    }  # fmt: skip
    return [[words[kind], f"{n:,}", f"{summary.touched_by[kind]:,}"] for kind, n in summary.differences.items()]


def _effects(summary: Summary, say: Words) -> list[list[str]]:
    before, after = summary.notices
    rows = [[say("Notices"), f"{before:,}", f"{after:,}"]]
    if summary.notices_per_agent_hour is not None:
        rows.append([say("Notices per agent-hour"), *(f"{n:.2f}" for n in summary.notices_per_agent_hour)])
    return rows + [
        [say("Minutes at {level}", level=say(level)), *(f"{n:,.0f}" for n in minutes)]
        for level, minutes in reversed(summary.minutes_at_level.items())
    ]


# ---------------------------------------------------------------- apart


class Trial:
    """Going over a log beside everything else.

    Parameters
    ----------
    log : EventLog
    policy, against : Policy
    span : tuple of int or None
    tell : callable
        Told ``{"share": 40}`` now and then, and once what `tried` returns; from another thread.
    """

    def __init__(
        self, log: EventLog, policy: Policy, against: Policy, span: tuple[int | None, int | None], tell: Tell
    ) -> None:
        self._tell = tell
        self._is_over = threading.Event()
        work = self._here if log.url == "memory:" else self._elsewhere
        self._thread = threading.Thread(
            target=work, args=(log, policy, against, span), name="deskkit trial", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Let it end; nothing more is told."""
        self._is_over.set()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until it is over."""
        self._thread.join(timeout_s)

    def _tells(self, told: dict[str, Any]) -> None:
        if not self._is_over.is_set():
            self._tell(told)

    def _here(self, log: EventLog, policy: Policy, against: Policy, span: tuple[int | None, int | None]) -> None:
        def progress(share: int) -> None:
            if self._is_over.is_set():
                raise _StoppedError
            self._tells({"share": share})

        try:
            self._tells(tried(log, policy, against, span, progress))
        except _StoppedError:
            return

    def _elsewhere(self, log: EventLog, policy: Policy, against: Policy, span: tuple[int | None, int | None]) -> None:
        there = multiprocessing.get_context("spawn")
        ear, mouth = there.Pipe(duplex=False)
        process = there.Process(target=_work, args=(mouth, log.url, policy.text, against.text, span), daemon=True)
        process.start()
        mouth.close()
        try:
            while not self._is_over.is_set():
                if not ear.poll(_LOOK_S):
                    continue
                told = ear.recv()
                self._tells(told)
                if "share" not in told:
                    return
        except EOFError:
            self._tells({"wrong": "the process that went over the log has ended"})
        finally:
            process.terminate()
            process.join()
            ear.close()


def _work(
    mouth: Connection, url: str, text: str, against: str, span: tuple[int | None, int | None]
) -> None:  # pragma: no cover -- in another process
    with open_log(url, create=False, read_only=True) as log:
        policy, other = Policy.parse(text), Policy.parse(against)
        mouth.send(tried(log, policy, other, span, lambda share: mouth.send({"share": share})))
