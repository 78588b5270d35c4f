"""What an import counts adds up, the first time and again: issue 3, "same per-field report, idempotence"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from deskkit.feeds.table import import_table
from deskkit.log import MemoryLog
from tests.feeds import chatwoot_pages, meiqia_pages, zendesk_pages
from tests.feeds.call_table import CALLS, COLUMNS, MAP, ZONE, saved
from tests.feeds.meiqia_pages import facts
from tests.feeds.test_message_table import MESSAGES, TALK, messages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog


def meiqia(folder: Path, log: EventLog) -> ImportReport:
    """Import two conversations."""
    return meiqia_pages.imported(folder, meiqia_pages.OLD, meiqia_pages.NEW, log=log)[1]


def chatwoot(folder: Path, log: EventLog) -> ImportReport:
    """Import a thread and its page, which say much twice."""
    values = chatwoot_pages.thread(*chatwoot_pages.MESSAGES), chatwoot_pages.page(chatwoot_pages.CONVERSATION)
    return chatwoot_pages.imported(folder, *values, log=log)[1]


def zendesk(folder: Path, log: EventLog) -> ImportReport:
    """Import one chat, twice in the same page."""
    return zendesk_pages.imported(folder, zendesk_pages.CHAT, zendesk_pages.CHAT, log=log)[1]


def calls(folder: Path, log: EventLog) -> ImportReport:
    """Import calls, one of them skipped."""
    return import_table(saved(folder), log, map=MAP, zone=ZONE, received_at=0)


def talk(_folder: Path, log: EventLog) -> ImportReport:
    """Import messages whose every row says how its conversation began."""
    return import_table(messages(*TALK, ("c3", "10:03:00", "nobody")), log, map=MESSAGES, received_at=0)


FEEDS = (meiqia, chatwoot, zendesk, calls, talk)


@pytest.mark.parametrize("feed", FEEDS)
def test_facts_are_new_known_or_repeated(feed: Callable[[Path, EventLog], ImportReport], tmp_path: Path) -> None:
    """An empty log knows nothing before; again, all that was new is known, and what was assumed is said again."""
    log = MemoryLog()
    first = feed(tmp_path, log)
    assert first.facts == first.stored + first.duplicates + first.repeated
    assert (first.stored, first.duplicates) == (len(facts(log)), 0)
    again = feed(tmp_path, log)
    assert again.facts == again.stored + again.duplicates + again.repeated
    assert (again.stored, again.duplicates) == (0, len(facts(log)))
    assert again.assumed == first.assumed


@pytest.mark.parametrize(("feed", "rows"), [(calls, (7, 6, 1, 0)), (talk, (10, 9, 0, 1))])
def test_rows_are_imported_skipped_or_set_aside(
    feed: Callable[[Path, EventLog], ImportReport], rows: tuple[int, ...], tmp_path: Path
) -> None:
    """Each row of a table is counted once, and the printed lines say so."""
    report = feed(tmp_path, MemoryLog())
    printed = dict(line.rsplit(None, 1) for line in report.table().splitlines()[2:6])
    assert tuple(int(printed[name]) for name in ("rows", "  imported", "  skipped", "  set aside")) == rows
    assert report.rows == rows[0] == sum(rows[1:])


def test_what_is_assumed_is_counted_by_conversation() -> None:
    """A customer nobody knows is one for a conversation of eight messages, and an unknown agent too."""
    rows = [("c1", f"10:00:0{n}", "out" if n % 2 else "in", None, str(n)) for n in range(8)]
    report = import_table(messages(*rows), MemoryLog(), map=MESSAGES)
    assert report.assumed == {"its customer is nobody else's": 1, "who answered is not told": 1}


# ---------------------------------------------------------------- conflicts


def test_conflicts_name_their_rows_and_both_values(tmp_path: Path) -> None:
    """A duration that the instants contradict, in five rows: all are counted, three are named, with line and values."""
    rows = [[*CALLS[0]] for _ in range(5)]
    for number, row in enumerate(rows):
        row[COLUMNS.index("call_id")] = str(number + 1)
        row[COLUMNS.index("q_time")] = "99"
    report = import_table(saved(tmp_path, *map(tuple, rows)), MemoryLog(), map=MAP, zone=ZONE)
    assert report.fields["q_time"].conflicting == 5
    assert [(one.place.rpartition(":")[2], *one[1:]) for one in report.conflicts] == [
        (line, "q_time", "99", "40 s") for line in ("2", "3", "4")
    ]
    assert "q_time                99 against 40 s" in report.table()
    assert report.as_dict()["conflicts"][0]["value"] == "99"


def test_conflicts_of_records_name_their_records(tmp_path: Path) -> None:
    """Meiqia counts another number of messages than there are, Zendesk too: the record, the number and the other."""
    _, report = meiqia_pages.imported(tmp_path, meiqia_pages.NEW | {"conv_agent_msg_count": 9})
    (odd,) = report.conflicts
    assert ("page.json" in odd.place, *odd[1:]) == (True, "conv_agent_msg_count", "9", "2 among its messages")
    counts = zendesk_pages.CHAT["count"] | {"visitor": 9}
    _, report = zendesk_pages.imported(tmp_path, zendesk_pages.CHAT | {"count": counts})
    (odd,) = report.conflicts
    assert ("chats.json" in odd.place, odd.field, odd.value) == (True, "count.visitor", "9")


def test_what_a_customer_wrote_is_no_conflict_to_be_read() -> None:
    """A column of texts taken for times: long ones are not shown, and numbers of people are covered."""
    long = "my telephone is broken and I want my money back at once"
    times = [long, "13812345678 please"]
    frame = messages(("c1", ""), ("c2", "")).with_columns(at=pl.Series(times))
    report = import_table(frame, MemoryLog(), map=MESSAGES)
    assert report.fields["at"].conflicting == 2
    assert [one.value for one in report.conflicts] == ["(55 characters)", "[phone] please"]
