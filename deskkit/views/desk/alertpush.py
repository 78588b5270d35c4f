"""What the Alerts tab knows of push: whether I am reached, what became of what was sent, and a test."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from deskkit.live.push import NAME
from deskkit.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from deskkit.live.push import Push
    from deskkit.log import EventLog
    from deskkit.views.desk.fired import Entry
    from deskkit.views.words import Words

__all__ = ["pushed", "state", "tested"]


def state(push: Push | None, me: str, *, known: Container[str], say: Words) -> dict[str, Any]:
    """Return whether push can be tested here, and in words why not; and whom the file names that nobody is."""
    if push is None:
        return {"can": False, "text": say("No push file was named here: dk.views.desk(..., push=FILE)")}
    can = push.reaches(me)
    text = say("An address for you is known; a driver started here goes by it")
    if not can:
        text = say("The push file has no address for {name}", name=me)
    if strangers := push.strangers(known):
        names = ", ".join(visible(one) for one in strangers)
        text += ". " + say("It names agents whom this log does not know: {names}", names=names)
    return {"can": can, "text": text}


def pushed(log: EventLog, entries: Iterable[Entry], *, say: Words) -> dict[int, str]:
    """Return what became of each notice that was to go out by push, in words, by its place in the log."""
    seqs = [one.seq for one in entries if NAME in one.channels]
    if not seqs:
        return {}
    words = {"queued": say("waiting to be sent"), "sent": say("sent"), "failed": say("not sent")}
    found = dict.fromkeys(seqs, say("no address"))
    for one in log.sendings(after=min(seqs) - 1):
        if one.seq in found and one.recipient.startswith(f"{NAME}/"):
            text = words[one.state]
            found[one.seq] = say("{what} ({why})", what=text, why=one.because) if one.because else text
    return found


def tested(push: Push, me: str, *, say: Words, tell: Callable[[str], None]) -> threading.Thread:
    """Send a test in a thread of its own, and tell what came of it."""

    def send() -> None:
        failed = push.test(me)
        tell(say("Push: no answer from {names}", names=", ".join(failed)) if failed else say("Push: sent"))

    thread = threading.Thread(target=send, name="deskkit push test", daemon=True)
    thread.start()
    return thread
