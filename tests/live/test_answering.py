"""A server of push that never ends its answer: little of it is read, and at the time limit it is cut off."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from deskkit.desk import events
from deskkit.live.answering import MOST, SendingThread
from deskkit.live.outbox import SendError
from deskkit.live.push import REMEMBERED, Push
from deskkit.log import Outgoing
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

SOME = 1_000 * MOST  # more than lies in the buffers of a connection


@contextmanager
def endless(part: bytes, *, pause_s: float) -> Iterator[tuple[str, list[int]]]:
    """Run a server that sends this again and again until nobody takes it; yield its address and what it sent."""
    sent: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n")
                while sum(sent) < SOME:
                    connection.sendall(part)
                    sent.append(len(part))
                    threading.Event().wait(pause_s)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"json://127.0.0.1:{listening.getsockname()[1]}", sent
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def nobody_sends() -> bool:
    """Say whether no thread sends a push any more."""
    return not any(isinstance(one, SendingThread) for one in threading.enumerate())


def test_of_an_answer_without_end_little_is_read() -> None:
    """A server that answers for ever is cut off after some kilobytes: it can send no more, and the thread ends."""
    with endless(b"x" * MOST, pause_s=0) as (url, sent):
        assert Push({"chen": (url,)}, limit_s=PATIENCE_S).test("chen") == []
        wait_until(nobody_sends)
    assert sum(sent) < SOME


def test_who_drips_is_cut_off_at_the_limit() -> None:
    """At the limit the connection is closed: the push was not taken, the thread ends, and so does the server."""
    with endless(b".", pause_s=0.05) as (url, sent):
        assert Push({"chen": (url,)}, limit_s=0.5).test("chen") == ["json://…"]
        wait_until(nobody_sends)
    assert sum(sent) < SOME


def test_notices_that_failed_for_good_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who had a notice of which another address failed is remembered of the latest thousand notices."""
    push = Push({"chen": ("json://127.0.0.1:9",)})
    monkeypatch.setattr(Push, "_takes", lambda *_, **__: False)
    for seq in range(REMEMBERED + 50):
        with pytest.raises(SendError):
            push.send(Outgoing(seq, "push/chen", str(seq), events.Resolved(at=0, conversation="c1"), 0, 0))
    assert len(push._had) == REMEMBERED  # noqa: SLF001
    assert (REMEMBERED + 49, "push/chen") in push._had  # noqa: SLF001
