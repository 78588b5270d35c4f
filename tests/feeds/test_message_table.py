"""Tables of messages become conversations by a column map: whoever wrote, in whatever order the rows stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from deskkit.clock import instant
from deskkit.desk.events import (
    AgentWrote,
    ConversationOpened,
    CustomerLeft,
    CustomerSet,
    CustomerWrote,
    NoteWritten,
    OwnerSet,
    Rated,
    Resolved,
    SystemWrote,
)
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.meiqia import import_meiqia
from deskkit.feeds.table import import_table
from deskkit.log import MemoryLog
from tests.feeds.meiqia_pages import facts

if TYPE_CHECKING:
    from deskkit.log import EventLog

MESSAGES = ColumnMap.parse("""
rows = "message"
zone = "UTC"
conversation.id = "chat"
times = { sent = "at", ended = "closed" }
[author]
column = "who"
customer = ["in"]
agent = ["out"]
system = ["bot"]
note = ["note"]
automatic = { column = "auto", values = ["1"] }
[agent]
id = "agent"
[message]
text = "text"
[rating]
column = "stars"
values = { 5 = "good", 1 = "bad" }
""")


def messages(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Return a table of messages of 18 June 2026."""
    names = ("chat", "at", "who", "agent", "text", "auto", "closed", "stars")
    full = [(*row, *[None] * (len(names) - len(row))) for row in rows]
    return pl.DataFrame([(row[0], f"2026-06-18 {row[1]}", *row[2:]) for row in full], schema=names, orient="row")


TALK = (
    ("c1", "10:00:05", "out", "ada", "Welcome!", "1"),
    ("c1", "10:00:00", "in", None, "hello"),
    ("c2", "10:00:30", "in", None, "anybody?"),
    ("c1", "10:00:40", "out", "ada", "hi"),
    ("c1", "10:01:00", "note", "bo", "careful"),
    ("c1", "10:01:30", "out", "bo", "taking over"),
    ("c1", "10:01:31", "bot", None, "rate us"),
    ("c1", "10:02:00", "in", None, "thanks"),
    ("c1", "10:02:00", "in", None, "thanks"),
)


def test_messages_in_any_order_become_conversations() -> None:
    """The first message opens, each writer is who he is, a change of hands is seen, automatic ones answer nobody."""
    log = MemoryLog()
    report = import_table(messages(*TALK), log, map=MESSAGES)
    assert [(fact.conversation, fact.at % 60_000) for fact in facts(log, ConversationOpened)] == [
        ("c1", 0),
        ("c2", 30_000),
    ]
    assert [fact.text for fact in facts(log, CustomerWrote)] == ["hello", "anybody?", "thanks", "thanks"]
    assert [(fact.text, fact.automatic) for fact in facts(log, AgentWrote)] == [
        ("Welcome!", True), ("hi", False), ("taking over", False),
    ]  # fmt: skip
    assert [fact.agent for fact in facts(log, OwnerSet)] == ["ada", "bo"]
    assert [fact.text for fact in facts(log, NoteWritten)] == ["careful"]
    assert [fact.author for fact in facts(log, SystemWrote)] == ["bot"]
    assert (report.conversations, report.messages, report.set_aside) == (2, 8, {})
    digest = log.digest()
    assert import_table(messages(*TALK), log, map=MESSAGES).stored == 0
    assert log.digest() == digest


def test_what_every_row_repeats_is_said_once() -> None:
    """An end and a rating that stand in each row of a conversation are one end and one rating."""
    rows = [(*row, *[None] * (6 - len(row)), "2026-06-18 10:05:00", "5") for row in TALK]
    log = MemoryLog()
    import_table(messages(*rows), log, map=MESSAGES)
    assert sorted(fact.conversation for fact in facts(log, Resolved)) == ["c1", "c2"]
    assert sorted(fact.conversation for fact in facts(log, Rated)) == ["c1", "c2"]


def test_the_sample_as_a_table_says_what_the_sample_says() -> None:
    """The map that comes with deskkit reads the sample's CSV: the same words at the same instants as its pages."""
    table, pages = MemoryLog(), MemoryLog()
    import_table("data/sample/messages.csv.gz", table, map="data/maps/messages.toml")
    import_meiqia(["data/sample/meiqia.zip"], pages, zone="Asia/Shanghai")

    def said(log: EventLog, *kinds: type) -> list[tuple[str, int, str]]:
        by_hand = [fact for fact in facts(log, *kinds) if not getattr(fact, "automatic", False)]
        return sorted((fact.conversation, fact.at, fact.text) for fact in by_hand)

    assert said(table, CustomerWrote) == said(pages, CustomerWrote)
    assert said(table, AgentWrote) == said(pages, AgentWrote)
    opened = [{fact.conversation: fact.at for fact in facts(log, ConversationOpened)} for log in (table, pages)]
    assert opened[0] == opened[1]
    assert {fact.origin for fact in facts(table, ConversationOpened)} == {"customer"}  # greeted by hand after a welcome
    assert len(facts(table, CustomerSet)) > 1_000
    assert len(facts(table, CustomerLeft)) == 115  # closed_by = customer


def test_the_zone_of_the_call_goes_before_the_map() -> None:
    """The map says UTC, the call Shanghai: it is eight hours earlier."""
    log = MemoryLog()
    import_table(messages(*TALK), log, map=MESSAGES, zone="Asia/Shanghai")
    assert facts(log, ConversationOpened)[0].at == instant("2026-06-18T02:00:00Z")
