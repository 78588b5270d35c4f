"""Whether conversations changed hands is told by the log, or the report says that it is not: issue 3, "transfer"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.feeds.table import import_table
from deskkit.log import MemoryLog
from deskkit.measures import report
from deskkit.measures.asked import Question, as_dict, as_text, asked
from deskkit.measures.notes import TRANSFERS
from tests.feeds import chatwoot_pages, meiqia_pages, zendesk_pages
from tests.feeds.test_message_table import MESSAGES, TALK, messages

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog

UNTOLD = {"value": None, "hits": None, "transfers": None, "n": 0}


def found(log: EventLog) -> dict[str, float | int | None]:
    """Return the numbers of transfers."""
    return report(log)["transfer"].numbers


def test_a_source_that_names_the_last_owner_alone_has_no_share_of_transfers(tmp_path: Path) -> None:
    """Neither 0 % nor 0 transfers, in any form: Meiqia, a table, Chatwoot's lists, a chat without history."""
    log, _ = meiqia_pages.imported(tmp_path, meiqia_pages.NEW)
    assert found(log) == UNTOLD
    assert TRANSFERS["none"] in report(log).notes
    assert report(log)["transfer"].broken_down("group")["value"].to_list() == [None]
    answer = asked(log, Question(measures=("transfer",)))
    assert as_dict(answer)["measures"]["transfer"]["transfers"] is None
    assert "transfers 0" not in as_text(answer)
    table = MemoryLog()
    import_table(messages(*(row for row in TALK if row[3] != "bo")), table, map=MESSAGES)
    assert found(table) == UNTOLD
    assert found(chatwoot_pages.imported(tmp_path, chatwoot_pages.page(chatwoot_pages.CONVERSATION))[0]) == UNTOLD
    assert found(zendesk_pages.imported(tmp_path, zendesk_pages.CHAT | {"history": []})[0]) == UNTOLD


def test_a_history_that_tells_them_has_its_share(tmp_path: Path) -> None:
    """Zendesk's history names who came and went: passed on once, or known never to have been."""
    log, _ = zendesk_pages.imported(tmp_path, zendesk_pages.CHAT)
    assert found(log) == {"value": 1, "hits": 1, "transfers": 1, "n": 1}
    stays = [one for one in zendesk_pages.CHAT["history"] if one["nick"] != "agent:12"]
    log, _ = zendesk_pages.imported(tmp_path, zendesk_pages.CHAT | {"agent_ids": ["11"], "history": stays[:5]})
    assert found(log) == {"value": 0, "hits": 0, "transfers": 0, "n": 1}
    assert not set(TRANSFERS.values()) & set(report(log).notes)


def test_those_that_the_authors_betray_are_counted_and_noted(tmp_path: Path) -> None:
    """Another agent's replies in an export of Meiqia: one transfer is known, there may be more."""
    said = meiqia_pages.said
    content = [said("client", "10:31:00", "hello?"), said("agent", "10:31:20", "yes?", agent_name="Somebody else"),
               said("agent", "10:32:00", "I have it now", agent_name=meiqia_pages.NEW["agent_name"])]  # fmt: skip
    log, _ = meiqia_pages.imported(tmp_path, meiqia_pages.NEW | {"conv_content": content})
    assert found(log) == {"value": 1, "hits": 1, "transfers": 1, "n": 1}
    assert TRANSFERS["some"] in report(log).notes
