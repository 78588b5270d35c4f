"""What is particular to the log in memory."""

from __future__ import annotations

from deskkit.log import MemoryLog, Row, open_log
from tests.contract.samples import AT, wrote


def test_open() -> None:
    """`memory:` gives a new log each time."""
    with open_log("memory:") as one, open_log("memory:") as two:
        one.append([wrote(1)], received_at=AT)
        assert (one.url, one.last_seq(), two.last_seq()) == ("memory:", 1, 0)


def test_verify_decodes() -> None:
    """A body that cannot be decoded is found."""
    log = MemoryLog()
    log.append([wrote(1), wrote(2)], received_at=AT)
    log._rows[1] = Row(2, AT, b"{}")  # noqa: SLF001 -- nothing else can spoil it
    assert log.verify().first_bad == 2
