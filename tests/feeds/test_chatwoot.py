"""Chatwoot's lists, objects and webhooks become the right facts, once, whichever of them was saved."""

from __future__ import annotations

import copy
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    CustomerSet,
    CustomerWrote,
    Decision,
    GroupSet,
    NoteWritten,
    OwnerSet,
    PrioritySet,
    Rated,
    Reopened,
    Resolved,
    Snoozed,
    SystemWrote,
    TagSet,
)
from deskkit.log import MemoryLog
from tests.feeds.chatwoot_pages import (
    ADA,
    BO,
    BOT,
    CONVERSATION,
    MESSAGES,
    SURVEY,
    hook,
    imported,
    message,
    page,
    seconds,
    thread,
)
from tests.feeds.meiqia_pages import facts

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog


def test_conversation_and_messages_become_their_facts(tmp_path: Path) -> None:
    """Customer, notes, automatic texts, files by name, hands, marks and stars, each in its place and time."""
    log, report = imported(tmp_path, thread(*MESSAGES), page(CONVERSATION))
    (opened,) = facts(log, ConversationOpened)
    assert (opened.conversation, opened.customer, opened.group, opened.channel) == (
        "1:7", "501", "after-sales", "WebWidget",
    )  # fmt: skip
    assert opened.at == seconds("10:00:00") * 1000
    assert [fact.text for fact in facts(log, CustomerWrote)] == ["where is my order?", "box 1.png"]
    (file,) = facts(log, CustomerWrote)[1].files
    assert (file.name, file.url, file.size) == ("box 1.png", "https://shop.example/blobs/x/box%201.png?sig=1", 9)
    assert [(fact.agent, fact.text) for fact in facts(log, AgentWrote)] == [("11", "let me look"), ("11", "sent again")]
    assert [fact.text for fact in facts(log, NoteWritten)] == ["ask the warehouse first"]
    assert [fact.author for fact in facts(log, SystemWrote)] == [
        "template",
        "activity",
        "bot",
        "template",
        "evaluation",
    ]
    assert [(fact.rating, fact.raw) for fact in facts(log, Rated)] == [(1, "5")]
    assert [fact.level for fact in facts(log, PrioritySet)] == [2]
    assert [(fact.tag, fact.facet) for fact in facts(log, TagSet)] == [("refund", "label"), ("vip", "label")]
    assert [fact.agent for fact in facts(log, OwnerSet)] == ["11"]
    assert facts(log, CustomerSet)[-1].fields == {"orders": 3, "membership": "gold", "identifier": "u-778"}
    assert [fact.name for fact in facts(log, AgentSet)] == ["Ada"]
    assert facts(log, Decision, Reopened, GroupSet) == []
    assert report.set_aside == {}
    assert {name: count.conflicting for name, count in report.fields.items() if count.conflicting} == {}
    # The wait by hand: 10:00:00 to 10:00:40; the note at 10:00:25 and the template answer nobody.
    assert facts(log, AgentWrote)[0].at - facts(log, CustomerWrote)[0].at == 40_000


def test_timestamp_is_the_last_activity(tmp_path: Path) -> None:
    """A conversation begins at created_at; 0 stands for never; the last message is not all of them."""
    log, report = imported(tmp_path, page(CONVERSATION))
    assert facts(log, ConversationOpened)[0].at == seconds("10:00:00") * 1000
    assert facts(log, Resolved)[0].at == seconds("10:05:00") * 1000
    assert report.messages == 1
    assert report.fields["waiting_since"].absent == 1
    bare = CONVERSATION | {"created_at": 0}
    log, report = imported(tmp_path, page(bare))
    (opened,) = facts(log, ConversationOpened)
    assert (opened.at, opened.customer) == (seconds("10:02:00") * 1000, "501")
    assert report.assumed["it began with its earliest time known"] == 1


SHAPES: dict[str, list[object]] = {
    "api list": [page(CONVERSATION), thread(*MESSAGES)],
    "single object": [CONVERSATION, *MESSAGES],
    "payload object": [{"payload": CONVERSATION}, thread(*MESSAGES)],
    "plain lists": [[CONVERSATION], MESSAGES],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_facts(tmp_path: Path, shape: str) -> None:
    """However the same conversation was saved, in whatever order, the facts are the same."""
    want = {fact.source_id for fact in facts(imported(tmp_path, *SHAPES["api list"])[0])}
    for values in (SHAPES[shape], SHAPES[shape][::-1]):
        log, report = imported(tmp_path, *values)
        assert report.set_aside == {}
        assert {fact.source_id for fact in facts(log)} == want


def test_words_and_numbers_mean_the_same(tmp_path: Path) -> None:
    """Webhooks send words, ISO texts and floats where the API sends numbers; the facts are the same."""
    words = {0: "incoming", 1: "outgoing", 2: "activity", 3: "template"}
    hooks = [
        hook("message_created", one | {
            "message_type": words[one["message_type"]], "conversation": {"id": 7}, "conversation_id": None,
            "created_at": f"2026-06-18T{10 + one['created_at'] // 3600 - seconds('10:00:00') // 3600}:"
                          f"{one['created_at'] // 60 % 60:02}:{one['created_at'] % 60:02}Z",
        })
        for one in MESSAGES
    ]  # fmt: skip
    log, report = imported(tmp_path, *hooks)
    same, _ = imported(tmp_path, thread(*MESSAGES), account=1)
    assert log.digest() == same.digest()
    assert report.fields["message.created_at"].coerced == len(MESSAGES)


def test_the_same_number_in_two_accounts_is_two_conversations(tmp_path: Path) -> None:
    """Numbers count per account; messages that do not tell theirs go to the only one, or to none if there are two."""
    other = CONVERSATION | {"account_id": 2, "messages": []}
    log, report = imported(tmp_path, page(CONVERSATION, other), thread(*MESSAGES))
    assert {fact.conversation for fact in facts(log, ConversationOpened)} == {"1:7", "2:7", "7"}
    assert report.assumed["its account is not told; account= names it"] >= 1
    log, _ = imported(tmp_path, thread(*MESSAGES), account=2)
    assert {fact.conversation for fact in facts(log, CustomerWrote)} == {"2:7"}
    log, _ = imported(tmp_path, page(CONVERSATION))
    imported(tmp_path, thread(*MESSAGES), log=log)  # the log knows the only account
    assert {fact.conversation for fact in facts(log, CustomerWrote)} == {"1:7"}


def test_webhooks_tell_when_hands_changed(tmp_path: Path) -> None:
    """Created unassigned, given to Ada, then to Bo, resolved and opened again: each as of its webhook."""
    base = CONVERSATION | {"status": "open", "messages": [], "labels": [], "priority": None}
    meta = {"sender": CONVERSATION["meta"]["sender"], "assignee": None, "team": None}
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("conversation_created", "10:00:00", {"meta": meta}),
        ("conversation_updated", "10:01:00", {"meta": meta | {"assignee": ADA, "team": {"id": 4, "name": "sales"}}}),
        ("conversation_updated", "10:02:00", {"meta": meta | {"assignee": BO, "team": {"id": 4, "name": "sales"}}}),
        ("conversation_status_changed", "10:03:00", {"meta": meta | {"assignee": BO}, "status": "resolved"}),
        ("conversation_status_changed", "10:04:00", {"meta": meta | {"assignee": BO}, "status": "open"}),
    ]
    hooks = [
        hook(event, base | more | {key: seconds(clock) for key in ("updated_at", "last_activity_at", "timestamp")})
        for event, clock, more in steps
    ]
    last = base | {"meta": meta | {"assignee": BO}, "updated_at": seconds("11:00:00")}
    log: EventLog = MemoryLog()
    for values in ([*hooks, page(last)], [page(last), *hooks[::-1]]):
        log, _ = imported(tmp_path, *values)
        when = {fact.at // 1000 - seconds("10:00:00"): fact.agent for fact in facts(log, OwnerSet)}
        assert when == {60: "11", 120: "12"}
        assert [(fact.at // 1000 - seconds("10:00:00"), fact.group) for fact in facts(log, GroupSet)] == [(60, "sales")]
        assert [fact.at // 1000 - seconds("10:00:00") for fact in facts(log, Resolved, Reopened)] == [180, 240]
    digest = log.digest()
    for again in itertools.permutations([hooks[1], hooks[3], page(last)]):
        assert imported(tmp_path, *again, log=log)[1].stored == 0
    assert log.digest() == digest


def test_a_bot_that_has_it_owns_nothing(tmp_path: Path) -> None:
    """A bot is no agent; snoozing keeps its instant, or none."""
    meta = CONVERSATION["meta"] | {"assignee": BOT, "assignee_type": "AgentBot"}
    later = seconds("18:00:00")
    log, _ = imported(tmp_path, page(CONVERSATION | {"meta": meta, "status": "snoozed", "snoozed_until": later}))
    assert facts(log, OwnerSet) == []
    assert [fact.until for fact in facts(log, Snoozed)] == [later * 1000]


@pytest.mark.parametrize(
    ("stars", "rating"), [(1, -1), (2, -1), (3, 0), (4, 1), (5, 1), ("4", 1), (6, None), (None, None)]
)
def test_stars(tmp_path: Path, stars: object, rating: int | None) -> None:
    """1 and 2 are bad, 3 is neutral, 4 and 5 are good; anything else is counted and no rating."""
    answer = {"submitted_values": {"csat_survey_response": {**SURVEY["csat_survey_response"], "rating": stars}}}
    sent = MESSAGES[8] | {"content_attributes": answer}
    log, report = imported(tmp_path, sent, account=1)
    assert [fact.rating for fact in facts(log, Rated)] == ([] if rating is None else [rating])
    assert report.fields["csat.rating"].conflicting == (rating is None)
    assert (
        imported(tmp_path, hook("message_updated", sent | {"updated_at": seconds("10:07:00")}), log=log)[1].stored == 0
    )


def test_again_adds_nothing_and_later_only_the_news(tmp_path: Path) -> None:
    """The same files add nothing; a later one adds its message, a taken label and a level; an older one nothing."""
    log, _ = imported(tmp_path, page(CONVERSATION), thread(*MESSAGES))
    digest = log.digest()
    assert imported(tmp_path, page(CONVERSATION), thread(*MESSAGES), log=log)[1].stored == 0
    assert log.digest() == digest
    before = log.last_seq()
    late = message(999, 0, "12:00:00", "one more thing", sender=CONVERSATION["meta"]["sender"])
    newer = CONVERSATION | {"labels": ["vip"], "priority": "urgent", "status": "open",
                            "updated_at": seconds("12:00:01"), "last_activity_at": seconds("12:00:00")}  # fmt: skip
    imported(tmp_path, page(newer), thread(*MESSAGES, late), log=log)
    assert [type(stored.event).__name__ for stored in log.read(before)] == [
        "Reopened", "CustomerWrote", "PrioritySet", "TagSet",
    ]  # fmt: skip
    assert imported(tmp_path, page(CONVERSATION), thread(*MESSAGES), log=log)[1].stored == 0


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"id": 9, "status": "open"}, "a conversation without any time"),
        ({"id": None, "status": "open", "created_at": 1}, "a conversation without id"),
        ({"id": 9, "status": "open", "created_at": "soon"}, "created_at is no readable time"),
        ({"id": 9, "message_type": 0, "created_at": seconds("10:00:00")}, "a message without id or conversation"),
        (message(9, 8, "10:00:00", "x"), "a message of an unknown kind"),
        ({"id": 9, "message_type": 0, "conversation_id": 7, "created_at": 0}, "a message without a time"),
        ({"event": "contact_created", "id": 1}, "a webhook about something else"),
        ({"error": "Invalid access token"}, "an error reply of the API"),
        ({"hello": 1}, "this is neither a conversation nor a message"),
        (7, "this is no object"),
    ],
)  # fmt: skip
def test_one_bad_record_costs_itself_alone(tmp_path: Path, broken: object, reason: str) -> None:
    """Its neighbours are imported, the report and the quarantine keep it."""
    log, report = imported(tmp_path, page(CONVERSATION, broken, CONVERSATION | {"id": 8, "messages": []}))
    assert len(facts(log, ConversationOpened)) == 2
    assert report.set_aside == {reason: 1}
    assert len(list(log.quarantined())) == 1


JUNK: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**63) | st.floats() | st.text(max_size=5)
    | st.sampled_from([0, 1, "open", "incoming", seconds("10:00:00")]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["id", "name", "type", "sender", "assignee", "team"]), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


def test_a_customer_of_a_conversation_alone_is_called_as_it_is(tmp_path: Path) -> None:
    """Where neither the account nor the customer is told: a sign no log takes stood in the name."""
    alone = copy.deepcopy(CONVERSATION) | {"account_id": None, "messages": []}
    alone["meta"]["sender"] = {"name": "李娜"}
    log, _report = imported(tmp_path, page(alone))
    (opened,), (customer,) = facts(log, ConversationOpened), facts(log, CustomerSet)
    assert customer.customer == opened.customer == f"conversation:{opened.conversation}"
    assert customer.name == "李娜"
    assert imported(tmp_path, page(alone), log=log)[1].stored == 0


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_value_stops_an_import(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever stands in the fields, the import goes on, and importing it again adds nothing."""
    conversation, said = copy.deepcopy(CONVERSATION), copy.deepcopy(MESSAGES[8])
    for record in (conversation, conversation["meta"], said):
        for key in data.draw(st.lists(st.sampled_from(sorted(record)), max_size=2)):
            record[key] = data.draw(JUNK)
    folder = tmp_path_factory.mktemp("junk")
    good = CONVERSATION | {"id": 8, "messages": []}
    values = [page(conversation, good), thread(said), hook("conversation_updated", conversation)]
    log, report = imported(folder, *values)
    assert any(name.endswith("8") for name in (fact.conversation for fact in facts(log, ConversationOpened)))
    assert json.dumps(report.as_dict())
    digest = log.digest()
    assert imported(folder, *values, log=log)[1].stored == 0
    assert log.digest() == digest
    assert imported(folder, *values, log=MemoryLog())[0].digest() == digest
