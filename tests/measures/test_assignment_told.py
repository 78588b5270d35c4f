"""When agents were given conversations is told by the log, or times from then on have no number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk import events as e
from deskkit.feeds.table import import_table
from deskkit.log import MemoryLog
from deskkit.log.imports import ASSIGNMENT as WHEN
from deskkit.log.imports import note_told
from deskkit.measures import report
from deskkit.measures.asked import Question, as_text, asked
from deskkit.measures.notes import ASSIGNMENT, NOTES
from tests.feeds import zendesk_pages
from tests.feeds.call_table import MAP, ZONE, frame
from tests.feeds.test_message_table import MESSAGES, TALK, messages
from tests.measures.test_told import decided, imported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskkit.log import EventLog
    from tests.measures.diary import Diary

SINCE = ("tencent_first_response", "quickcep_first_response", "zendesk_first_response", "tencent_effective")


def calls() -> EventLog:
    """Return a table of calls, whose answer is all that is known of their agent."""
    log = MemoryLog()
    import_table(frame(), log, map=MAP, zone=ZONE)
    return log


def talk() -> EventLog:
    """Return a table of messages, likewise."""
    log = MemoryLog()
    import_table(messages(*TALK), log, map=MESSAGES)
    return log


@pytest.mark.parametrize("made", [calls, talk])
def test_a_table_does_not_say_when_it_was_assigned(made: Callable[[], EventLog]) -> None:
    """Neither 0 s nor a share of words from then on: in the report, its breakdown and its text."""
    found = report(made(), vendors=True)
    assert {name: found[name].value for name in SINCE} == dict.fromkeys(SINCE)
    assert found["tencent_first_response"].broken_down("agent")["value"].null_count() == len(
        found["tencent_first_response"].broken_down("agent")
    )
    assert found["handle_time"].numbers["n"] is not None
    assert ASSIGNMENT["none"] in found.notes
    told = as_text(asked(made(), Question(measures=("quickcep_first_response",))))
    assert "value    -" in told
    assert ASSIGNMENT["none"] in told


def test_that_somebody_answered_is_known_without_the_assignment() -> None:
    """One of the two customers of the table has a reply; how long it took from the assignment is not known."""
    numbers = report(talk(), vendors=True)["quickcep_first_response"].numbers
    assert (numbers["n"], numbers["unanswered"]) == (0, 1)


def test_a_source_that_says_when_has_its_times(tmp_path: Path) -> None:
    """Zendesk's history names who came when; a desk's own log says it too, and nothing is noted."""
    log, _ = zendesk_pages.imported(tmp_path, zendesk_pages.CHAT)
    assert all(report(log, vendors=True)[name].value is not None for name in SINCE)
    own = decided()
    assert report(own.log, vendors=True)["tencent_first_response"].value == 60_000
    for told in (log, own.log):
        assert not set(ASSIGNMENT.values()) & set(report(told).notes)


def test_a_silent_source_beside_one_that_tells_is_noted() -> None:
    """Some assignments are known, so there is a number, and the note says that it is too short."""
    log = decided().log
    assert report(log, vendors=True)["tencent_first_response"].value == 60_000
    fields: dict[str, Any] = {"source": "table", "conversation": "t"}
    at = round(report(log).end.timestamp() * 1000)
    log.append([
        e.ConversationOpened(**fields, at=at, source_id="1", customer="z"),
        e.CustomerWrote(**fields, at=at, source_id="2", message="m", text="hello"),
        e.OwnerSet(**fields, at=at + 9, source_id="3", agent="lin"),
        e.AgentWrote(**fields, at=at + 9, source_id="4", agent="lin", message="n", text="hi"),
    ], received_at=at)  # fmt: skip
    note_told(log, "table", WHEN, told=False)
    found = report(log, vendors=True)
    assert found["tencent_first_response"].value == 40_000  # of 60, 60 and 0 s
    assert ASSIGNMENT["some"] in found.notes


@pytest.mark.parametrize(("diary", "share"), [(imported, None), (decided, 1 / 3)])
def test_who_left_the_queue_is_no_share_where_only_they_are_seen(
    diary: Callable[[], Diary], share: float | None
) -> None:
    """Two served and one who left: a third, or unknown where the log has no wait of those served."""
    found = report(diary().log, vendors=True)
    assert found["connect_abandonment"].value == (share if share is None else pytest.approx(share))
    assert (NOTES["waits"] in found.notes) is (share is None)
