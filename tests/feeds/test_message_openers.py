"""Conversations of a table of messages that an agent began are an agent's: nobody asked for a first response."""

from __future__ import annotations

import random

from deskkit.desk.events import AgentSet, ConversationOpened
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table import import_table
from deskkit.feeds.table_openers import BY_AGENT
from deskkit.log import MemoryLog
from deskkit.log.spans import spans
from deskkit.measures import report
from tests.feeds.meiqia_pages import facts
from tests.feeds.test_message_table import MESSAGES, TALK, messages

OUTCOMES = ColumnMap.parse(MESSAGES.text + '[outcome]\ncolumn = "agent"\nanswered = ["ada"]\nleft = ["nobody"]\n')
BEGUN = (
    ("a1", "10:00:10", "note", "bo", "call her"),
    ("a1", "10:00:20", "out", "ada", "Your order is late."),
    ("a1", "10:05:00", "in", None, "oh"),
    ("a1", "10:06:00", "out", "ada", "sorry"),
    ("a2", "10:00:00", "out", "bo", "Are you there?"),
    ("c3", "10:00:00", "out", "ada", "Welcome!", "1"),
    ("c3", "10:00:30", "out", "bo", "hello"),
    ("c3", "10:00:40", "in", None, "hello"),
    ("c4", "10:00:00", "bot", None, "You are the third in line."),
    ("c4", "10:00:30", "out", "bo", "hello"),
    ("c5", "10:00:00", "out", "bo", "hello"),
    ("c5", "10:00:00", "in", None, "hello"),
)
ROWS = [*TALK, *BEGUN]
BY_CUSTOMERS = dict.fromkeys(("c1", "c2", "c3", "c4", "c5"), ("customer", ""))
OPENERS = {"a1": ("agent", "ada"), "a2": ("agent", "bo"), **BY_CUSTOMERS}


def openers(log: MemoryLog) -> dict[str, tuple[str, str]]:
    """Return who began each conversation of a log."""
    return {fact.conversation: (fact.origin, fact.agent) for fact in facts(log, ConversationOpened)}


def test_who_writes_by_hand_first_begins_the_conversation() -> None:
    """In whatever order the rows stand; after a welcome or the system nobody begins. The report counts them."""
    for seed in range(5):
        rows = random.Random(seed).sample(ROWS, len(ROWS))
        log = MemoryLog()
        found = import_table(messages(*rows), log, map=MESSAGES)
        assert openers(log) == OPENERS, seed
        assert found.assumed[BY_AGENT] == 2


def test_what_an_agent_began_has_no_first_response_and_nobody_abandons_it() -> None:
    """Of seven conversations five are customers'; she who was written to and answered waits for no first response."""
    log = MemoryLog()
    import_table(messages(*ROWS), log, map=OUTCOMES)
    found = report(log)
    assert found["customer_spoke"].numbers["n"] == found["abandonment"].numbers["n"] == 5
    asked = set(found["first_response"].conversations["conversation"])
    assert "c1" in asked
    assert "a1" not in asked
    assert f"{BY_AGENT} (2 times)" in " ".join(found.notes)
    owners = spans(log).conversations.select("conversation", "owner", "transfers").sort("conversation").rows()
    assert owners[:3] == [("a1", "ada", 0), ("a2", "bo", 0), ("c1", "bo", 1)]


def test_the_same_table_again_says_the_same() -> None:
    """Nothing is added, no beginning is at odds with the log, and the report counts as it did."""
    log = MemoryLog()
    first = import_table(messages(*ROWS), log, map=MESSAGES)
    again = import_table(messages(*ROWS), log, map=MESSAGES)
    assert (again.stored, again.conflicts, again.assumed) == (0, [], first.assumed)


def test_what_the_log_holds_of_a_beginning_stays() -> None:
    """A later table that lacks the customer's words does not make the conversation an agent's."""
    log = MemoryLog()
    import_table(messages(*TALK), log, map=MESSAGES)
    again = import_table(messages(*(row for row in TALK if row[2] != "in")), log, map=MESSAGES)
    assert openers(log)["c1"] == ("customer", "")
    assert (again.stored, BY_AGENT in again.assumed) == (0, False)


def test_the_agent_who_began_is_spelt_as_the_log_spells_him() -> None:
    """The roster's spelling goes before the table's, in the beginning as in every message."""
    log = MemoryLog()
    log.append([AgentSet(at=0, source="roster", source_id="ada", agent="Ada", name="Ada Li")], received_at=0)
    import_table(messages(*ROWS), log, map=MESSAGES)
    assert openers(log)["a1"] == ("agent", "Ada")
