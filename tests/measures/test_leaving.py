"""Who left is told by the log, or the report says that it is not: issue 3, "abandonment"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deskkit import cli
from deskkit.desk.events import ConversationOpened, CustomerLeft, CustomerWrote, Resolved
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table import import_table
from deskkit.log import MemoryLog
from deskkit.log.imports import assumptions
from deskkit.measures import report
from deskkit.measures.asked import Question, as_dict, as_text, asked
from deskkit.measures.notes import LEAVING
from tests.feeds import chatwoot_pages, meiqia_pages, zendesk_pages
from tests.feeds.test_message_table import MESSAGES, TALK, messages

if TYPE_CHECKING:
    from pathlib import Path

SHARES = (
    "abandonment", "abandonment_queue", "abandonment_service", "abandonment_wordless", "abandonment_silent",
    "turned_away", "connect_abandonment",
)  # fmt: skip
OUTCOMES = ColumnMap.parse(MESSAGES.text + '[outcome]\ncolumn = "agent"\nanswered = ["ada"]\nleft = ["nobody"]\n')
HOW = ("known", "timed_out", "assumed")
LEFT = "it ended without a reply by hand: the customer left"


def test_a_log_that_cannot_say_who_left_has_no_abandonment() -> None:
    """Not 0 %, in any share, breakdown or form; what every log says has its value."""
    log = MemoryLog()
    import_table(messages(*TALK), log, map=MESSAGES)
    found = report(log, vendors=True)
    assert {name: found[name].value for name in SHARES} == dict.fromkeys(SHARES)
    assert found["abandonment"].broken_down("hour")["value"].to_list() == [None]
    assert found["customer_spoke"].value == 1
    assert LEAVING["none"] in found.notes
    answer = asked(log, Question(measures=("abandonment",)))
    assert json.loads(json.dumps(as_dict(answer)))["measures"]["abandonment"]["value"] is None
    assert LEAVING["none"] in as_text(answer)


def test_a_log_that_could_say_so_and_does_not_says_nobody() -> None:
    """By a map with an outcome for leaving, nobody who left is 0 %, as in a desk's own log."""
    log = MemoryLog()
    import_table(messages(*TALK), log, map=OUTCOMES)
    assert report(log)["abandonment"].value == 0
    assert not set(LEAVING.values()) & set(report(log).notes)


def test_a_source_that_is_silent_beside_one_that_tells_is_noted() -> None:
    """Somebody is known to have left: the share has a value, and the note says what it is worth."""
    log = MemoryLog()
    import_table(messages(*TALK), log, map=MESSAGES, received_at=0)
    base: dict[str, Any] = {"source": "own", "conversation": "c9"}
    at = report(log).end.timestamp() * 1000
    log.append([
        ConversationOpened(**base, at=int(at), source_id="1", customer="z"),
        CustomerWrote(**base, at=int(at), source_id="2", message="m9", text="hello"),
        CustomerLeft(**base, at=int(at) + 5, source_id="3"),
    ], received_at=0)  # fmt: skip
    assert report(log)["abandonment"].numbers["hits"] == 1
    assert LEAVING["some"] in report(log).notes


def test_chatwoot_does_not_tell_and_zendesk_is_taken_to(tmp_path: Path) -> None:
    """No export of Chatwoot says that a customer left; one of Zendesk is taken to, which its report says."""
    log, _ = chatwoot_pages.imported(tmp_path, chatwoot_pages.page(chatwoot_pages.CONVERSATION))
    assert report(log)["abandonment"].value is None
    log, _ = zendesk_pages.imported(tmp_path, zendesk_pages.MISSED)
    assert report(log)["abandonment"].value == 1
    assert f"The import from zendesk took for given: {LEFT} (1 times)." in report(log).notes


def test_what_an_import_assumed_stands_in_the_log_and_its_report(tmp_path: Path) -> None:
    """Once, however often it is imported; of a log without an import nothing."""
    unanswered = meiqia_pages.NEW | {
        "conv_content": [meiqia_pages.said("client", "10:31:00", "hello?")], "conv_agent_msg_count": 0,
    }  # fmt: skip
    log, _ = meiqia_pages.imported(tmp_path, unanswered)
    meiqia_pages.imported(tmp_path, unanswered, log=log)
    assert ("meiqia", LEFT, 1) in assumptions(log)
    (note,) = [note for note in report(log).notes if note.startswith("The import from meiqia took for given: ")]
    assert note.count(f"{LEFT} (1 times)") == 1
    assert assumptions(MemoryLog()) == []


@pytest.mark.parametrize(("action", "asks", "left"), [
    ("end_conv_timeout", 1, "timed_out"), ("end_conv_timeout", 0, "timed_out"), ("ending", 1, "timed_out"),
    ("end_conv_agent", 1, ""), ("end_conv_agent", 0, ""), (None, 1, "assumed"), (None, 0, "assumed"),
])  # fmt: skip
def test_what_ended_a_conversation_is_believed(
    tmp_path: Path,
    action: str | None,
    asks: int,
    left: str,
) -> None:
    """Nobody replied: what a time-out ended was left, and stands apart from what nothing tells; an agent's end is none.

    An ending text of the system stands for the time-out. A time-out is silent, with or without a word before.
    """
    said = meiqia_pages.said
    content = [said("client", "10:31:00", "hello?")] if asks else []
    content += [said("system", "10:33:00", "over", type=action)] if action else []
    log, _ = meiqia_pages.imported(tmp_path, meiqia_pages.NEW | {"conv_content": content, "conv_agent_msg_count": 0})
    found = report(log)["abandonment"].numbers
    assert {name: found[name] for name in HOW} == dict.fromkeys(HOW, 0) | ({left: 1} if left else {})
    assert found["hits"] == bool(left)
    assert report(log)["abandonment_silent"].numbers["hits"] == (left == "timed_out" or (bool(left) and not asks))


def test_a_time_out_after_an_answer_is_no_leaving(tmp_path: Path) -> None:
    """The robot closes what has gone quiet; the customer had the answer. The reason stays with the closing."""
    said = meiqia_pages.said
    content = [said("client", "10:31:00", "hello?"), said("agent", "10:31:20", "yes?", agent_name="Lin"),
               said("system", "10:33:00", "over", type="end_conv_timeout")]  # fmt: skip
    log, imported = meiqia_pages.imported(tmp_path, meiqia_pages.NEW | {"conv_content": content})
    assert report(log)["abandonment"].numbers["hits"] == 0
    assert [fact.reason for fact in meiqia_pages.facts(log, Resolved)] == ["timeout"]
    assert not any("customer left" in what for what in imported.assumed)


def test_waits_that_a_time_out_ended_are_counted_apart(tmp_path: Path) -> None:
    """Their length is the time-out's, no more than a bound of the customer's patience."""
    content = [meiqia_pages.said("client", "10:31:00", "hello?"),
               meiqia_pages.said("system", "10:41:00", "over", type="end_conv_timeout")]  # fmt: skip
    nobody = dict.fromkeys(("agent_account", "agent_ID", "agent_name", "agent_nick_name"))
    log, _ = meiqia_pages.imported(tmp_path, meiqia_pages.NEW | {"conv_content": content} | nobody)
    for name in ("queue_wait_left", "patience"):
        numbers = report(log)[name].numbers
        assert (numbers["n"], numbers["timed_out"]) == (1, 1)
    log, _ = meiqia_pages.imported(tmp_path, meiqia_pages.NEW | {"conv_content": content[:1]} | nobody)
    assert report(log)["patience"].numbers["timed_out"] == 0


def test_a_customer_who_is_seen_to_go_is_known_to_have_left(tmp_path: Path) -> None:
    """Zendesk's history says that the visitor went; without that it is taken for given."""
    gone = zendesk_pages.entry("memberleave", "11:01:30", "visitor")
    seen = zendesk_pages.MISSED | {"id": "2", "history": [*zendesk_pages.MISSED["history"], gone]}
    log, imported = zendesk_pages.imported(tmp_path, zendesk_pages.MISSED, seen)
    numbers = report(log)["abandonment"].numbers
    assert (numbers["hits"], numbers["known"], numbers["assumed"], numbers["timed_out"]) == (2, 1, 1, 0)
    assert imported.assumed[LEFT] == 1


def test_the_command_line_prints_what_was_assumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the text and in the JSON of `deskkit report`, long after the import; the log is sound."""
    log = f"sqlite:///{tmp_path / 'desk.db'}"
    page = meiqia_pages.saved(tmp_path, meiqia_pages.NEW)
    assert cli.main(["import", "meiqia", str(page), "--zone", "Asia/Shanghai", "--log", log, "--quiet"]) == 0
    capsys.readouterr()
    note = "The import from meiqia took for given: the first owner had it from its start (1 times)."
    assert cli.main(["report", "--log", log]) == 0
    assert f"Note: {note}" in capsys.readouterr().out
    assert cli.main(["report", "--log", log, "--json"]) == 0
    assert note in json.loads(capsys.readouterr().out)["notes"]
    assert cli.main(["verify", "--log", log]) == 0
