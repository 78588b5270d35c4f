"""A policy that a colleague puts live is read beside a notebook's kernel, which comes to it once it is read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from deskkit.desk import checks, events
from deskkit.desk.desk import tagger_of
from deskkit.desk.policy import Policy
from deskkit.desk.rereading import MESSAGE
from deskkit.desk.tagging import Tagger
from deskkit.live import ahead, client
from deskkit.live.client import Client
from deskkit.log import open_log
from tests.patience import wait_until

if TYPE_CHECKING:
    from deskkit.desk.schema import SignalDef
    from deskkit.log import EventLog

OTHER = Policy.load("data/policies/standard.toml").text.replace('"投诉", "投拆", ', "")
STANDARD = Policy.load("data/policies/standard.toml")


def put(at: int, text: str) -> list[events.Event]:
    """Return a policy put live, and a conversation opened right after."""
    policy = Policy.parse(text)
    said = {"text": policy.text, "fingerprint": policy.fingerprint}
    return [
        events.PolicyChanged(at=at, source="p", source_id=str(at), **said),
        events.ConversationOpened(at=at, source="t", source_id=f"c{at}", conversation=f"c{at}", customer="u"),
    ]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> EventLog:
    """Give a log that a driver decides for, with a policy and a conversation."""
    monkeypatch.setattr(Client, "_start_driver", lambda *_: None)
    monkeypatch.setattr(client, "is_alive", lambda *_, **__: True)
    made = open_log("memory:")
    made.append(put(1, STANDARD.text), received_at=1)
    return made


def asked(count: int) -> list[events.Event]:
    """Return what the customer of that conversation wrote."""
    return [
        events.CustomerWrote(at=2, source="t", source_id=f"m{n}", conversation="c1", message=f"{n}", text="我要投诉")
        for n in range(count)
    ]


def test_a_kernel_searches_for_other_signals_bit_by_bit(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """No look searches more than a slice of what customers wrote; the desk becomes what it is for who waits."""
    monkeypatch.setattr(ahead, "SEARCHED", 5 * (MESSAGE + len("我要投诉")))
    waiting, follower = (Client(log, STANDARD, waits=waits) for waits in (True, False))
    log.append(asked(40), received_at=2)
    for one in (waiting, follower):
        one.wake()
    log.append(put(3, OTHER), received_at=3)
    with patch.object(Tagger, "mask", autospec=True, side_effect=Tagger.mask) as mask:
        waiting.wake()
        assert mask.call_count == 40, "the control: who waits searches all at once"
        mask.reset_mock()
        most = 0

        def is_there() -> bool:
            nonlocal most
            before = mask.call_count
            follower.wake()
            most = max(most, mask.call_count - before)
            return follower.seen == log.last_seq()

        wait_until(is_there)
    assert (most, mask.call_count) == (5, 40)
    assert follower.desk.policy.text == OTHER
    assert follower.desk.state.conversation == waiting.desk.state.conversation


def test_two_desks_of_a_kernel_search_once_each(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their threads make one policy's search at once, and one of two is kept: neither desk searches all again."""

    def raced(signals: tuple[SignalDef, ...]) -> Tagger:
        is_main = threading.current_thread() is threading.main_thread()
        return tagger_of(signals) if is_main else tagger_of.__wrapped__(signals)

    monkeypatch.setattr(ahead, "tagger_of", raced)
    followers = [Client(log, STANDARD, waits=False) for _ in range(2)]
    log.append(asked(40), received_at=2)
    for one in followers:
        one.wake()
    log.append(put(3, OTHER), received_at=3)
    with patch.object(Tagger, "mask", autospec=True, side_effect=Tagger.mask) as mask:
        wait_until(lambda: [one.wake() for one in followers] and all(one.seen == log.last_seq() for one in followers))
    assert mask.call_count == 2 * 40


def test_a_kernel_reads_no_policy_itself(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was before it is folded at once; two that come together are read one after the other, off the kernel."""
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
