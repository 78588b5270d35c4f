"""kill -9 at random instants (T1; P1, P2): what was acknowledged is there, whole batches only.

This alone proves little, since what a killed process wrote outlives it in memory; the power cut is the test
of the disk. It proves that a log is left and opened well in every state between two statements.
"""

from __future__ import annotations

import logging
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from deskkit.log import open_log
from tests.crash.workers import BATCH, append_and_tell, processes

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

pytestmark = pytest.mark.crash
_logger = logging.getLogger(__name__)

SEED = 20_260_618
PER_LOG = 20  # kills before a new file, so that a full run does not verify a million rows each time


@pytest.mark.parametrize("kills", [100, pytest.param(10_000, marks=pytest.mark.full)])
def test_killed_while_appending(tmp_path: Path, kills: int) -> None:
    """After each kill every acknowledged batch is there, no batch is half there, and the chain holds."""
    context = processes()
    chance = random.Random(SEED)
    acknowledged = in_the_middle = 0
    last = -1
    for kill in range(kills):
        number = kill // PER_LOG
        url = f"sqlite:///{tmp_path / f'{number}.db'}"
        last = -1 if kill % PER_LOG == 0 else last
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=append_and_tell, args=(url, theirs, last + 1))
        process.start()
        theirs.close()
        if kill % 10:
            assert ours.poll(30), "the child never acknowledged a batch"
            time.sleep(chance.uniform(0, 0.02))
        else:
            time.sleep(chance.uniform(0, 0.1))  # perhaps while it opens the log
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "the child ended by itself"
        told = drain(ours, last)
        acknowledged += told - last
        last = check(url, told)
        in_the_middle += last > told
    _logger.info("%d kills, %d batches acknowledged, %d stored unacknowledged", kills, acknowledged, in_the_middle)
    assert acknowledged > kills
    assert in_the_middle < kills  # sometimes a batch is stored whose acknowledgement was on its way


def drain(pipe: Connection, last: int) -> int:
    """Return the number of the last batch that was acknowledged."""
    try:
        while True:
            last = pipe.recv()
    except EOFError:
        return last
    finally:
        pipe.close()


def check(url: str, told: int) -> int:
    """Check the log that a kill left; return the number of the last whole batch in it."""
    with open_log(url) as log:
        report = log.verify()
        assert report.ok, report
        batches, rest = divmod(log.last_seq(), BATCH)
        assert rest == 0, "half a batch"
        assert batches - 1 >= told, "an acknowledged batch is lost"
        assert batches - 1 <= told + 1, "more than the one batch in flight"
        assert [stored.event.source_id for stored in log.read()] == [f"message:{n}" for n in range(batches * BATCH)]
    return batches - 1
