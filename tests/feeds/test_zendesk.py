"""Zendesk's chats become the right facts, once; its own derivations are held against the history."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    CustomerLeft,
    CustomerSet,
    CustomerWrote,
    Decision,
    GroupSet,
    HelperSet,
    OwnerSet,
    Rated,
    Resolved,
    SystemWrote,
    TagSet,
)
from deskkit.errors import FeedError
from deskkit.feeds.zendesk import import_zendesk
from deskkit.log import MemoryLog
from deskkit.measures import report
from tests.feeds.meiqia_pages import facts
from tests.feeds.zendesk_pages import CHAT, MISSED, OFFLINE, entry, imported, utc

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog


def first_wait(log: EventLog) -> int:
    """Return the wait from the customer's first word to the first reply by hand, ms."""
    return int(facts(log, AgentWrote)[0].at) - int(facts(log, CustomerWrote)[0].at)


def test_a_chat_becomes_its_facts(tmp_path: Path) -> None:
    """Who wrote, owned, moved, tagged and rated, and when; a trigger answers nobody."""
    log, report = imported(tmp_path, CHAT)
    assert first_wait(log) == 30_250
    assert [(fact.agent, fact.at) for fact in facts(log, OwnerSet)] == [
        ("11", utc("10:00:20")),
        ("12", utc("10:01:30")),
    ]
    assert [(fact.group, fact.at) for fact in facts(log, GroupSet)] == [("Billing", utc("10:01:00"))]
    assert facts(log, ConversationOpened)[0].group == "7"
    assert [fact.author for fact in facts(log, SystemWrote)] == ["trigger", "system", "evaluation"]
    assert [(fact.rating, fact.at) for fact in facts(log, Rated)] == [(1, utc("10:05:00"))]
    assert [(fact.tag, fact.at) for fact in facts(log, TagSet)] == [
        ("refund", utc("10:03:00")), ("vip", utc("10:10:00.500")),
    ]  # fmt: skip
    assert [fact.at for fact in facts(log, Resolved)] == [utc("10:10:00.500")]
    assert {fact.agent: fact.name for fact in facts(log, AgentSet)} == {"11": "Ada", "12": "Bo"}
    assert facts(log, CustomerSet)[0].fields == {}
    assert facts(log, Decision, HelperSet) == []
    assert sum(count.conflicting for count in report.fields.values()) == 0
    assert sum(report.fields[name].dropped for name in ("visitor.email", "visitor.notes", "session")) == 3


def test_missed_and_offline(tmp_path: Path) -> None:
    """Who got no answer left, loudly if something was written; an offline message with a ticket is handled there."""
    silent = MISSED | {"id": "s", "history": [], "count": {"visitor": 0, "agent": 0, "total": 0}}
    log, report = imported(tmp_path, MISSED, silent, OFFLINE)
    assert [(fact.conversation, fact.silent) for fact in facts(log, CustomerLeft)] == [
        ("2606.101.abc", False), ("s", True),
    ]  # fmt: skip
    assert [(fact.conversation, fact.reason) for fact in facts(log, Resolved)] == [("2606.102.abc", "offline")]
    assert "call me tomorrow" in [fact.text for fact in facts(log, CustomerWrote)]
    assert report.assumed["an offline message with a ticket is handled there: it waits for nobody"] == 1


@pytest.mark.parametrize("ticket", [4711, None])
def test_an_offline_message_waits_for_nobody(tmp_path: Path, ticket: int | None) -> None:
    """Nobody was online: no queue, no backlog, nothing missed, no promise broken, with a ticket or without; tagged."""
    log, told = imported(tmp_path, CHAT, OFFLINE | {"zendesk_ticket_id": ticket})
    figures = report(log, vendors=True)
    alone = report(imported(tmp_path, CHAT)[0], vendors=True)
    apart = {"queue_wait", "queue_wait_still", "patience", "open", "waiting", "oldest_wait", "unattended", "missed",
             "first_response", "service_level", "answered_within", "sla_first_response", "sla_next_response",
             "connect_abandonment"}  # fmt: skip
    assert {name: figures[name].numbers for name in apart} == {name: alone[name].numbers for name in apart}
    assert figures["customer_spoke"].numbers["n"] == 2
    assert [fact.conversation for fact in facts(log, TagSet) if fact.tag == "offline message"] == ["2606.102.abc"]
    assert sum(count for what, count in told.assumed.items() if "it waits for nobody" in what) == 1
    assert imported(tmp_path, CHAT, OFFLINE | {"zendesk_ticket_id": ticket}, log=log)[1].stored == 0


def test_an_unanswered_chat_does_wait(tmp_path: Path) -> None:
    """The same words in a chat are owed an answer: what an offline message is spared, it is not."""
    log, _ = imported(tmp_path, CHAT, MISSED)
    assert report(log)["missed"].value == 1
    assert report(log)["queue_wait_left"].numbers["n"] == 1


def test_several_agents_at_once_are_owner_and_helper(tmp_path: Path) -> None:
    """Who joins beside the owner helps; when the owner leaves and the talk goes on, the helper owns it."""
    history = [
        entry("memberjoin", "10:00:01", "agent:11"),
        entry("memberjoin", "10:00:10", "agent:12"),
        entry("msg", "10:00:20", "agent:12", msg="together"),
        entry("memberleave", "10:00:30", "agent:11"),
        entry("msg", "10:00:40", "visitor", msg="and now?"),
        entry("memberleave", "10:09:00", "agent:12"),
    ]
    log, _ = imported(tmp_path, CHAT | {"history": history})
    assert [(fact.agent, fact.on) for fact in facts(log, HelperSet)] == [("12", True), ("12", False)]
    assert [fact.agent for fact in facts(log, OwnerSet)] == ["11", "12"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"response_time": {"first": 300, "avg": 25.0, "max": 30}}, "response_time.first"),
        ({"response_time": {"first": 30, "avg": 90.0, "max": 30}}, "response_time.avg"),
        ({"response_time": {"first": 30, "avg": 25.0, "max": 10}}, "response_time.max"),
        ({"count": {"visitor": 5, "agent": 2, "total": 4}}, "count.visitor"),
        ({"count": {"visitor": 2, "agent": 9, "total": 4}}, "count.agent"),
        ({"missed": True}, "missed"),
        ({"dropped": True}, "dropped"),
        ({"duration": 700}, "duration"),
        ({"end_timestamp": "2026-06-18T10:01:00Z", "duration": 60}, "end_timestamp"),
        ({"rating": "wonderful"}, "rating"),
        ({"agent_names": ["Ada"]}, "agent_names"),
        ({"visitor": "Wang"}, "visitor"),
        ({"history": CHAT["history"][::-1]}, "history"),
        ({"count": 4}, "count"),
    ],
)
def test_what_contradicts_the_history_is_conflicting(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    """The history is believed, the other counted under its own name."""
    log, report = imported(tmp_path, CHAT | change)
    assert report.fields[field].conflicting == 1
    assert len(facts(log, AgentWrote)) == 2


def test_times_are_utc_with_or_without_fraction(tmp_path: Path) -> None:
    """Documented texts are not coerced; Unix seconds are read and counted; nonsense is set aside."""
    log, report = imported(tmp_path, CHAT, MISSED | {"timestamp": utc("11:00:00") // 1000})
    assert report.fields["timestamp"].coerced == 1
    assert report.fields["end_timestamp"].coerced == report.fields["history.timestamp"].coerced == 0
    assert facts(log, ConversationOpened)[1].at == utc("11:00:00")
    _, report = imported(tmp_path, MISSED | {"timestamp": "soon"})
    assert report.set_aside == {"timestamp is no readable time": 1}


def test_an_end_may_be_told_by_duration_or_by_nothing(tmp_path: Path) -> None:
    """Without an end the duration gives it, without both the last entry, and the report says so."""
    bare = {key: value for key, value in CHAT.items() if key not in ("end_timestamp", "duration")}
    log, report = imported(tmp_path, bare | {"duration": 610}, bare | {"id": "b"})
    ends = {fact.conversation: fact.at for fact in facts(log, Resolved)}
    assert ends == {"2606.100.abc": utc("10:10:10"), "b": utc("10:10:00.400")}
    assert report.assumed["it ended after its duration"] == report.assumed["it ended with its last entry"] == 1


# ---------------------------------------------------------------- again, and later


def test_an_item_that_comes_again_adds_only_what_changed(tmp_path: Path) -> None:
    """The same item adds nothing; with another tag, a removed one and a later rating it adds these three."""
    log, _ = imported(tmp_path, CHAT, MISSED, OFFLINE)
    digest = log.digest()
    assert imported(tmp_path, CHAT, MISSED, OFFLINE, log=log)[1].stored == 0
    assert log.digest() == digest
    before = log.last_seq()
    later = CHAT | {"tags": ["refund", "callback"], "rating": "bad", "update_timestamp": "2026-06-18T15:00:00Z"}
    imported(tmp_path, later, log=log)
    news = [stored.event for stored in log.read(before)]
    assert [(type(fact).__name__, getattr(fact, "tag", ""), getattr(fact, "on", None)) for fact in news] == [
        ("Rated", "", None), ("TagSet", "callback", True), ("TagSet", "vip", False),
    ]  # fmt: skip
    assert {fact.at for fact in news} == {utc("15:00:00")}
    # An older export, imported late, changes nothing back.
    assert imported(tmp_path, CHAT, log=log)[1].stored == 0
    assert imported(tmp_path, later, log=log)[1].stored == 0


# ---------------------------------------------------------------- broken and hostile


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"type": "chat", "timestamp": "2026-06-18T10:00:00Z"}, "a chat without id"),
        ({"id": "x"}, "a chat without any time"),
        (MISSED | {"type": "ticket"}, "an item that is neither chat nor offline message"),
        (7, "this is no object"),
        ({"error": "unauthorized"}, "an error reply of the API"),
    ],
)  # fmt: skip
def test_one_bad_item_costs_itself_alone(tmp_path: Path, broken: object, reason: str) -> None:
    """Its neighbours are imported, the report and the quarantine keep it."""
    log, report = imported(tmp_path, CHAT, broken, MISSED)
    assert len(facts(log, ConversationOpened)) == 2
    assert report.set_aside == {reason: 1}
    assert len(list(log.quarantined())) == 1


def test_a_cut_page_gives_what_stood_before_the_cut(tmp_path: Path) -> None:
    """Wherever a page ends, every chat complete before is imported."""
    raw = json.dumps({"chats": [CHAT, MISSED, OFFLINE]}).encode()
    end = raw.index(json.dumps(MISSED).encode()) + len(json.dumps(MISSED))
    (tmp_path / "cut.json").write_bytes(raw[: end + 40])
    log = MemoryLog()
    report = import_zendesk([tmp_path / "cut.json"], log)
    assert len(facts(log, ConversationOpened)) == 2
    assert report.rows_set_aside == 1
    with pytest.raises(FeedError, match="no such file"):
        import_zendesk([tmp_path / "nothing"], log)


def test_a_bad_entry_costs_itself_alone(tmp_path: Path) -> None:
    """An entry that is no object or has no time is set aside; the chat goes on."""
    log, report = imported(tmp_path, CHAT | {"history": [*CHAT["history"], "x", {"type": "chat.msg", "msg": "when?"}]})
    assert report.set_aside == {"a history entry is no object": 1, "a history entry without a readable time": 1}
    assert len(facts(log, AgentWrote)) == 2


JUNK: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**63) | st.floats() | st.text(max_size=5)
    | st.sampled_from(["2026-06-18T10:00:00Z", "agent:11", "visitor", "chat.msg"]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["id", "name", "type"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_value_stops_an_import(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever stands in the fields, the import goes on, and importing it again adds nothing."""
    chat = copy.deepcopy(CHAT)
    for key in data.draw(st.lists(st.sampled_from(sorted(chat)), max_size=3)):
        chat[key] = data.draw(JUNK)
    if chat["history"] == CHAT["history"]:
        for key in data.draw(
            st.lists(st.sampled_from(["type", "timestamp", "nick", "msg", "new_tags", "new_rating"]), max_size=3)
        ):
            chat["history"][data.draw(st.integers(0, len(chat["history"]) - 1))] = {
                **CHAT["history"][3],
                key: data.draw(JUNK),
            }
    folder = tmp_path_factory.mktemp("junk")
    log, report = imported(folder, chat, MISSED)
    assert "2606.101.abc" in [fact.conversation for fact in facts(log, ConversationOpened)]
    assert json.dumps(report.as_dict())
    digest = log.digest()
    assert imported(folder, chat, MISSED, log=log)[1].stored == 0
    assert log.digest() == digest


def test_lists_of_tags_of_one_instant_that_contradict_add_nothing_again(tmp_path: Path) -> None:
    """Two entries of one instant list other tags: importing the same file again stores nothing."""
    chat = copy.deepcopy(CHAT)
    chat["history"][0] = {**CHAT["history"][3], "new_tags": []}
    chat["history"][1] = {**CHAT["history"][3], "new_tags": ["late"]}
    log, _ = imported(tmp_path, chat, MISSED)
    assert imported(tmp_path, chat, MISSED, log=log)[1].stored == 0


def test_a_chat_twice_in_an_export_adds_nothing_again(tmp_path: Path) -> None:
    """Of two lists of tags of one instant that contradict one another what was stored stands."""
    other = {**CHAT, "tags": ["vip"]}
    log, _ = imported(tmp_path, CHAT, other)
    assert imported(tmp_path, CHAT, other, log=log)[1].stored == 0


def test_a_rating_changed_after_the_chat_is_news_once(tmp_path: Path) -> None:
    """The later export says so of the same instant, the end of the chat; the earlier one, read again, does not."""
    later = {**CHAT, "rating": "bad", "comment": ""}
    log, _ = imported(tmp_path, CHAT)
    assert imported(tmp_path, later, log=log)[1].stored == 1
    assert [imported(tmp_path, chat, log=log)[1].stored for chat in (later, later)] == [0, 0]
