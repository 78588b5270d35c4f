"""The outbox under kill -9 between decide, send and mark (T23; P20): all sent, at least once, in order, same id."""

from __future__ import annotations

import logging
import random
import time
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from deskkit.clock import SystemClock
from deskkit.live.inbox import submit
from deskkit.log import open_log
from tests.crash.drivers import CONVERSATIONS, prepare, replied, send_on
from tests.crash.workers import processes
from tests.patience import wait_until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.crash
_logger = logging.getLogger(__name__)

SEED = 20_260_618


def first_seen(lines: list[str]) -> dict[str, list[int]]:
    """Return the sequence numbers sent for each conversation, each once where it stands in a row with itself."""
    seen: dict[str, list[int]] = defaultdict(list)
    ids: dict[int, str] = {}
    for line in lines:
        conversation, seq, identity = line.split("\t")
        assert ids.setdefault(int(seq), identity) == identity, "sent again under another id"
        if seen[conversation][-1:] != [int(seq)]:
            seen[conversation].append(int(seq))
    return seen


def in_order(seen: dict[str, list[int]]) -> None:
    """Assert that nothing was sent after what came later in its conversation."""
    for seqs in seen.values():
        assert seqs == sorted(set(seqs)), "out of order"


@pytest.mark.parametrize("kills", [50, pytest.param(2_000, marks=pytest.mark.full)])
def test_killed_while_sending(log_url: str, tmp_path: Path, kills: int) -> None:
    """Whatever instant a sender is killed at, each reply is sent at least once, in order, under one id."""
    chance = random.Random(SEED)
    context, sent = processes(), tmp_path / "sent.txt"
    sent.touch()
    number = 0
    with open_log(log_url) as log:
        prepare(log)
        for _ in range(kills):
            process = context.Process(target=send_on, args=(log_url, str(sent)))
            process.start()
            before = sent.stat().st_size
            for _ in range(chance.randint(3, 9)):
                submit(log, replied(number), received_at=SystemClock().now())
                number += 1
            until_more(sent, before)
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
            process.join()
        process = context.Process(target=send_on, args=(log_url, str(sent)))
        process.start()
        wait_until(lambda: not (log.inbox(limit=1) or log.outgoing(limit=1)), "not all was sent")
        process.kill()
        process.join()
        queued = {(sending.seq, sending.state) for sending in log.sendings()}
        assert log.verify().ok
    lines = sent.read_text(encoding="utf-8").splitlines()
    seen = first_seen(lines)
    in_order(seen)
    assert len(seen) == CONVERSATIONS
    assert {(seq, "sent") for seqs in seen.values() for seq in seqs} == queued
    assert len(queued) == number
    _logger.info("%d kills, %d replies, %d sent again", kills, number, len(lines) - number)


def until_more(sent: Path, before: int) -> None:
    """Wait until something more was sent."""
    wait_until(lambda: sent.stat().st_size != before, "nothing is sent", glance_s=0.001)


@pytest.mark.parametrize(
    "lines", [["c\t1\ta", "c\t2\tb", "c\t1\ta"], ["c\t1\ta", "c\t1\tb"]], ids=["out of order", "another id"]
)
def test_the_look_at_what_was_sent_can_fail(lines: list[str]) -> None:
    """What was sent out of order, or again under another id, is found (the control)."""
    with pytest.raises(AssertionError):
        in_order(first_seen(lines))
