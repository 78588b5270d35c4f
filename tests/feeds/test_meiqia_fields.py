"""Counts, kinds of messages, ends, tags and fields: every trap of Meiqia's format is one test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.clock import instant
from deskkit.desk.events import (
    AgentWrote,
    ConversationOpened,
    CustomerLeft,
    CustomerSet,
    CustomerWrote,
    Rated,
    Resolved,
    SystemWrote,
    TagSet,
)
from tests.feeds.meiqia_pages import NEW, OLD, ZONE, facts, imported, said, without

if TYPE_CHECKING:
    from pathlib import Path


def beijing(clock: str) -> int:
    """Return an instant of 18 June 2026 in Beijing."""
    return instant(f"2026-06-18 {clock}", zone=ZONE)


# ---------------------------------------------------------------- counts and first response


@pytest.mark.parametrize(
    ("given", "coerced", "conflicting"),
    [(2, 0, 0), ("2", 1, 0), (2.0, 1, 0), (3, 0, 1), ("two", 0, 1), (None, 0, 0)],
)
def test_counts_come_as_text_or_integer(tmp_path: Path, given: object, coerced: int, conflicting: int) -> None:
    """Both forms are read; a number at odds with the messages is a conflict, nothing is an absence."""
    _, report = imported(tmp_path, NEW | {"conv_visitor_msg_count": given})
    count = report.fields["conv_visitor_msg_count"]
    assert (count.coerced, count.conflicting) == (coerced, conflicting)
    assert (count.present, count.absent) == ((1, 0) if given is not None else (0, 1))


@pytest.mark.parametrize(("seconds", "conflicting"), [(31, 0), (21, 0), ("31", 0), (32, 0), (40, 1), (1, 1), (None, 1)])
def test_first_response_is_held_against_the_messages(tmp_path: Path, seconds: object, conflicting: int) -> None:
    """From the start or from the first question it may count; anything else is a conflict, none is stored."""
    log, report = imported(tmp_path, NEW | {"conv_first_resp_wait_in_secs": seconds})
    assert report.fields["conv_first_resp_wait_in_secs"].conflicting == conflicting
    assert len(facts(log)) == len(facts(imported(tmp_path, NEW)[0]))


def test_a_missing_first_response_is_absent_where_nobody_replied(tmp_path: Path) -> None:
    """Nobody replied and no first response is given: absent, no conflict."""
    _, report = imported(tmp_path, OLD)
    count = report.fields["conv_first_resp_wait_in_secs"]
    assert (count.absent, count.conflicting) == (1, 0)
    _, report = imported(tmp_path, OLD | {"conv_first_resp_wait_in_secs": 3})
    assert report.fields["conv_first_resp_wait_in_secs"].conflicting == 1


# ---------------------------------------------------------------- automatic messages


@pytest.mark.parametrize("kind", ["welcome", "ending", "promotion", 1, 2, "1", " Welcome "])
def test_automatic_kinds_answer_nobody(tmp_path: Path, kind: object) -> None:
    """A welcome, an ending and a promotion are automatic, in words and in numbers."""
    content = [said("client", "10:30:10", "在吗"), said("agent", "10:30:20", "您好", type=kind)]
    log, _ = imported(tmp_path, NEW | {"conv_content": content})
    assert [wrote.automatic for wrote in facts(log, AgentWrote)] == [True]
    assert [left.silent for left in facts(log, CustomerLeft)] == [False]


@pytest.mark.parametrize("kind", ["message", "reply", 0, 4, "0", None, "", "something new"])
def test_other_kinds_are_written_by_hand(tmp_path: Path, kind: object) -> None:
    """A message, a left message and an untold kind were typed by somebody."""
    content = [said("client", "10:30:10", "在吗"), said("agent", "10:30:20", "您好", type=kind)]
    log, report = imported(tmp_path, NEW | {"conv_content": content})
    assert [wrote.automatic for wrote in facts(log, AgentWrote)] == [False]
    assert report.fields["conv_content.type"].conflicting == (kind == "something new")


def untold(sender: str, clock: str) -> dict[str, object]:
    """Return a message in the shape of 2017."""
    return {"from": sender, "timestamp": f"2026-06-18 {clock}.000000", "content": "x"}


@pytest.mark.parametrize(
    ("agent", "visitor", "first", "automatic", "conflicts"),
    [
        (5, 3, 20, [0, 0, 0, 0, 0], (0, 0, 1)),  # every message counts: then the first came after one second
        (4, 3, 20, [1, 0, 0, 0, 0], (0, 0, 1)),  # the welcome
        (3, 3, 20, [1, 1, 0, 0, 0], (0, 0, 0)),  # and a promotion, which the first response tells
        (3, 3, None, [1, 0, 0, 0, 1], (0, 0, 1)),  # without it the second is the ending
        (2, 2, 20, [1, 1, 0, 0, 1], (0, 0, 0)),  # all three, and the customer's last word is a remark
        (1, 1, 20, [1, 1, 0, 0, 1], (1, 1, 0)),  # more cannot be told
        (0, 0, None, [1, 1, 1, 1, 1], (0, 1, 0)),  # nobody replied by hand
    ],
)
def test_what_the_counts_leave_out_was_automatic(
    tmp_path: Path,
    agent: int,
    visitor: int,
    first: int | None,
    automatic: list[int],
    conflicts: tuple[int, int, int],
) -> None:
    """Without kinds, Meiqia's counts say how many were automatic; what cannot be told is a conflict."""
    content = [
        untold("agent", "10:30:01"),
        untold("client", "10:30:10"),
        untold("agent", "10:30:11"),
        untold("agent", "10:30:20"),
        untold("client", "10:31:00"),
        untold("agent", "10:32:00"),
        untold("agent", "10:39:58"),
        untold("client", "10:39:59"),
    ]
    counts = {"conv_agent_msg_count": agent, "conv_visitor_msg_count": str(visitor)}
    log, report = imported(tmp_path, NEW | {"conv_content": content, "conv_first_resp_wait_in_secs": first} | counts)
    assert [int(wrote.automatic) for wrote in facts(log, AgentWrote)] == automatic
    fields = ("conv_agent_msg_count", "conv_visitor_msg_count", "conv_first_resp_wait_in_secs")
    assert tuple(report.fields[name].conflicting for name in fields) == conflicts


@pytest.mark.parametrize(
    ("clocks", "count", "first", "automatic"),
    [
        (("a00:00", "c01:00", "a01:30"), 1, 30, [1, 0]),  # a promotion on arrival, the response to the question
        (("a00:00", "c01:00", "a01:30"), 1, 90, [1, 0]),  # the same response, counted from the start
        (("a00:00", "c01:00", "a01:30"), 2, 30, [0, 0]),  # a greeting by hand, which is counted
        (("a00:00", "c01:00"), 0, None, [1]),
        (("a00:00",), 0, None, [1]),
        (("c00:10", "a00:15", "a00:40"), 1, 40, [1, 0]),  # a promotion behind the question
        (("c00:10", "a00:15", "a00:40"), 2, 5, [0, 0]),
    ],
)
def test_a_promotion_has_no_kind_of_its_own(
    tmp_path: Path, clocks: tuple[str, ...], count: int, first: int | None, automatic: list[int]
) -> None:
    """Of kind "message" like any other, it is told by the counts and the first response; none of these conflicts."""
    senders = {"a": "agent", "c": "client"}
    content = [said(senders[clock[0]], f"10:{30 + int(clock[1:3])}:{clock[4:]}", clock) for clock in clocks]
    asked = sum(clock[0] == "c" for clock in clocks)
    counts = {"conv_agent_msg_count": count, "conv_visitor_msg_count": asked, "conv_first_resp_wait_in_secs": first}
    log, report = imported(tmp_path, NEW | {"conv_content": content} | counts)
    assert [int(wrote.automatic) for wrote in facts(log, AgentWrote)] == automatic
    assert [report.fields[name].conflicting for name in counts] == [0, 0, 0]


@pytest.mark.parametrize(("given", "levels"), [("2", [1]), ("0", [-1]), ("差评", [-1]), ("非常满意", []), ("5", [])])
@pytest.mark.parametrize("kind", [3, "remark", "client_evaluation"])
def test_an_evaluation_among_the_messages(tmp_path: Path, given: str, levels: list[int], kind: object) -> None:
    """Where the record has no rating a level is one, anything else is none, and the report says either."""
    content = [*NEW["conv_content"], said("client", "10:39:59.5", given, type=kind)]
    record = without(NEW, "comment_level") | {"conv_content": content}
    log, report = imported(tmp_path, record)
    assert [rated.rating for rated in facts(log, Rated)] == levels
    assert [rated.at for rated in facts(log, Rated)] == [beijing("10:39:59.5")] * len(levels)
    assert sum(count for what, count in report.assumed.items() if "evaluation" in what) == 1
    log, report = imported(tmp_path, record | {"comment_level": 2})
    assert [rated.rating for rated in facts(log, Rated)] == [1]
    assert report.fields["comment_level"].conflicting == (levels == [-1])
    assert not any("evaluation" in what for what in report.assumed)


def test_an_end_before_the_start_is_none(tmp_path: Path) -> None:
    """The start holds; the conversation ended with its last message, and the end conflicts."""
    log, report = imported(tmp_path, NEW | {"conv_end_tm": "2026-06-18 09:00:00.000000"})
    assert facts(log, ConversationOpened)[0].at == beijing("10:30:00")
    assert [ended.at for ended in facts(log, Resolved)] == [beijing("10:39:59")]
    assert report.fields["conv_end_tm"].conflicting == 1
    assert any("before its start" in what for what in report.assumed)


def test_told_kinds_are_never_changed(tmp_path: Path) -> None:
    """Counts at odds with messages of a given kind are a conflict and change nothing."""
    log, report = imported(tmp_path, NEW | {"conv_agent_msg_count": 0, "conv_visitor_msg_count": 1})
    assert [wrote.automatic for wrote in facts(log, AgentWrote)] == [True, False, False, True]
    assert report.fields["conv_agent_msg_count"].conflicting == 1
    assert report.fields["conv_visitor_msg_count"].conflicting == 1


def test_actions_and_remarks_are_nobodys_words(tmp_path: Path) -> None:
    """A time-out and an evaluation among the messages are the system's; the time-out is why it ended."""
    content = [
        *NEW["conv_content"][:6],
        said("client", "10:40:00", "很满意", type="remark"),
        said("system", "10:40:00", "", type="end_conv_timeout"),
    ]
    log, _ = imported(tmp_path, NEW | {"conv_content": content})
    assert [wrote.author for wrote in facts(log, SystemWrote)] == ["system", "evaluation", "system"]
    assert facts(log, Resolved)[0].reason == "timeout"
    assert len(facts(log, CustomerWrote)) == 2


def test_senders_in_numbers_and_bots(tmp_path: Path) -> None:
    """0 is the customer, 1 an agent, 2 the system, 3 a bot; an unknown word is kept as the author."""
    senders: tuple[str | int, ...] = (0, 1, 2, 3, "bot", "robot9")
    content = [said(sender, f"10:30:0{at}", "x") for at, sender in enumerate(senders)]
    log, report = imported(tmp_path, NEW | {"conv_content": content})
    assert [type(fact).__name__ for fact in facts(log, CustomerWrote, AgentWrote)] == [
        "CustomerWrote",
        "AgentWrote",
    ]
    assert [wrote.author for wrote in facts(log, SystemWrote)] == ["system", "bot", "bot", "robot9"]
    assert (report.fields["conv_content.from"].coerced, report.fields["conv_content.from"].conflicting) == (
        4,
        1,
    )


# ---------------------------------------------------------------- ends


def test_an_open_conversation_has_no_end(tmp_path: Path) -> None:
    """No end, an empty one and a null one: nothing says it is over."""
    for end in (None, ""):
        log, report = imported(tmp_path, NEW | {"conv_end_tm": end})
        assert facts(log, Resolved, CustomerLeft) == []
        assert report.fields["conv_end_tm"].absent == 1
    assert facts(imported(tmp_path, NEW)[0], Resolved) != []


def test_an_end_without_a_reply_is_an_abandonment(tmp_path: Path) -> None:
    """Who wrote and got no reply left; who never wrote left silently; who was answered did neither."""
    asked = [said("client", "10:30:10", "在吗")]
    log, _ = imported(tmp_path, NEW | {"conv_content": asked})
    assert [left.silent for left in facts(log, CustomerLeft)] == [False]
    log, _ = imported(tmp_path, NEW | {"conv_content": []})
    assert [left.silent for left in facts(log, CustomerLeft)] == [True]
    log, _ = imported(tmp_path, NEW)
    assert facts(log, CustomerLeft) == []


def test_missed_is_held_against_the_messages(tmp_path: Path) -> None:
    """A missed conversation with a reply is a conflict, and so is one not missed whose customer waited."""
    waited = NEW | {"conv_content": [said("client", "10:30:10", "在吗")], "missed": False}
    assert imported(tmp_path, waited)[1].fields["missed"].conflicting == 1
    assert imported(tmp_path, OLD | {"missed": False})[1].fields["missed"].conflicting == 0
    assert imported(tmp_path, NEW | {"missed": True})[1].fields["missed"].conflicting == 1
    assert imported(tmp_path, NEW | {"missed": "0"})[1].fields["missed"].conflicting == 0
    assert imported(tmp_path, OLD | {"missed": 1})[1].fields["missed"].conflicting == 0


def test_messages_outside_of_the_conversation_are_conflicts_and_kept(tmp_path: Path) -> None:
    """A message before the start opens the conversation; one after the end stands after it."""
    content = [
        said("client", "10:29:00", "早"),
        said("agent", "10:31:00", "您好"),
        said("client", "10:45:00", "晚"),
    ]
    log, report = imported(tmp_path, NEW | {"conv_content": content})
    assert facts(log, ConversationOpened)[0].at == beijing("10:29:00")
    assert facts(log, Resolved)[0].at == beijing("10:40:00")
    assert [wrote.text for wrote in facts(log, CustomerWrote)] == ["早", "晚"]
    assert report.fields["conv_start_tm"].conflicting == report.fields["conv_end_tm"].conflicting == 1


def test_messages_out_of_order_are_sorted(tmp_path: Path) -> None:
    """The list may come in any order; it is counted."""
    log, report = imported(tmp_path, NEW | {"conv_content": NEW["conv_content"][::-1]})
    assert log.digest() == imported(tmp_path, NEW)[0].digest()
    assert report.fields["conv_content"].conflicting == 1


# ---------------------------------------------------------------- customers, tags, ratings


def test_purchase_fields_are_numbers_and_personal_ones_are_dropped(tmp_path: Path) -> None:
    """Orders, spend and last order are coerced; telephone and address never reach the log."""
    log, report = imported(tmp_path, NEW)
    (customer,) = facts(log, CustomerSet)
    assert customer.name == "王小姐"
    assert customer.fields == {
        "orders": 12,
        "spend": 3400.5,
        "last_order": instant("2026-06-01 09:00", zone=ZONE),
        "membership": "gold",
        "shoe_size": 38,
        "dev_client_id": "u-778",
    }
    bodies = b"".join(row.body for row in log.rows())
    assert b"chen@shop.example" in bodies  # what is kept can be seen
    assert b"13800000000" not in bodies
    assert b"203.0.113.7" not in bodies
    assert report.fields["visitor_ip"].dropped == report.fields["client_info.tel"].dropped == 1
    assert report.fields["client_info.orders"].coerced == 1


def test_unreadable_purchase_fields_are_conflicts(tmp_path: Path) -> None:
    """What is no number is left out, not guessed."""
    info = {"name": "王", "orders": "many", "spend": [], "last_order": "yesterday", "nested": {"a": 1}}
    log, report = imported(tmp_path, NEW | {"client_info": info, "dev_client_id": None})
    assert facts(log, CustomerSet)[0].fields == {}
    assert [report.fields[f"client_info.{key}"].conflicting for key in ("orders", "spend", "last_order")] == [
        1,
        1,
        1,
    ]
    assert report.fields["client_info.nested"].dropped == 1


def test_the_customer_is_known_by_some_key(tmp_path: Path) -> None:
    """Meiqia's number first, else the company's, else one of the conversation's own."""
    for record, customer in (
        (NEW, "50000077"),
        (without(NEW, "client_id"), "dev:u-778"),
        (without(NEW, "client_id", "dev_client_id"), "conversation:68000100"),
    ):
        assert facts(imported(tmp_path, record)[0], ConversationOpened)[0].customer == customer


@pytest.mark.parametrize(
    ("given", "tags"),
    [
        (["a", "b", "a", " ", None], ["a", "b"]),
        ("a，b; c", ["a", "b", "c"]),
        ([{"name": "a"}, 7], ["a", "7"]),
        ({"a": 1}, []),
        (None, []),
    ],
)
def test_tags_come_as_list_or_text(tmp_path: Path, given: object, tags: list[str]) -> None:
    """A list of texts is documented; a text, objects and numbers were made do with."""
    log, _ = imported(tmp_path, NEW | {"conv_tags": given, "conv_quality_grade": ""})
    assert [tag.tag for tag in facts(log, TagSet) if tag.facet == "label"] == tags


@pytest.mark.parametrize(
    ("level", "rating"),
    [
        (0, -1),
        (1, 0),
        (2, 1),
        ("2", 1),
        ("好评", 1),
        ("BAD", -1),
        ({"level": 0}, -1),
        (7, None),
        (None, None),
        (True, None),
    ],
)
def test_three_levels_of_evaluation(tmp_path: Path, level: object, rating: int | None) -> None:
    """0 bad, 1 neutral, 2 good; anything else is a conflict and no rating."""
    log, report = imported(tmp_path, NEW | {"comment_level": level})
    assert [rated.rating for rated in facts(log, Rated)] == ([] if rating is None else [rating])
    assert report.fields["comment_level"].conflicting == (rating is None and level is not None)
