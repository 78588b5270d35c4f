"""A policy that a colleague puts live is read beside a notebook's kernel, which comes to it once it is read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from deskkit.desk import checks, events
from deskkit.desk.policy import Policy
from deskkit.live import client
from deskkit.live.client import Client
from deskkit.log import open_log
from tests.patience import wait_until

if TYPE_CHECKING:
    import pytest

STANDARD = Policy.load("data/policies/standard.toml")


def put(at: int, text: str) -> list[events.Event]:
    """Return a policy put live, and a conversation opened right after."""
    policy = Policy.parse(text)
    said = {"text": policy.text, "fingerprint": policy.fingerprint}
    return [
        events.PolicyChanged(at=at, source="p", source_id=str(at), **said),
        events.ConversationOpened(at=at, source="t", source_id=f"c{at}", conversation=f"c{at}", customer="u"),
    ]


def test_a_kernel_reads_no_policy_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was before it is folded at once; two that come together are read one after the other, off the kernel."""
    monkeypatch.setattr(Client, "_start_driver", lambda *_: None)
    monkeypatch.setattr(client, "is_alive", lambda *_, **__: True)
    log = open_log("memory:")
    log.append(put(1, STANDARD.text), received_at=1)
    follower = Client(log, STANDARD, waits=False)
    texts = [STANDARD.edit({"capacity.complex_from": units}).text for units in (6, 7)]
    opened = events.ConversationOpened(at=2, source="t", source_id="x", conversation="x", customer="u")
    log.append([opened, *put(3, texts[0]), *put(4, texts[1])], received_at=4)
    checks.policy_of.cache_clear()
    read: list[tuple[str, bool]] = []
    goes_on, plain = threading.Event(), Policy.parse.__func__  # type: ignore[attr-defined]

    def slow(cls: type[Policy], text: str, /, **more: Any) -> Policy:
        read.append((text, threading.current_thread() is threading.main_thread()))
        goes_on.wait(5)
        made: Policy = plain(cls, text, **more)
        return made

    monkeypatch.setattr(Policy, "parse", classmethod(slow))
    follower.wake()
    follower.wake()
    assert list(follower.desk.conversations) == ["c1", "x"]
    assert follower.desk.policy.text == STANDARD.text
    goes_on.set()

    def is_there() -> bool:
        follower.wake()
        return follower.seen == log.last_seq()

    wait_until(is_there)
    assert follower.desk.policy.text == texts[1]
    assert list(follower.desk.conversations) == ["c1", "x", "c3", "c4"]
    assert read == [(text, False) for text in texts]
