"""First response, reply time and service level, computed by hand; vendors' numbers differ as their definitions say."""

from __future__ import annotations

import pytest

from deskkit.desk import events as e
from deskkit.measures import VENDORS, measure
from tests.measures.diary import Diary, simple


def test_first_response_is_from_the_first_question_to_the_first_reply_by_hand() -> None:
    """Mean of 20 s and 60 s; the conversation without a reply is told apart, not counted as zero."""
    numbers = simple().figure("first_response").numbers
    assert numbers["value"] == 40_000
    assert (numbers["n"], numbers["unanswered"], numbers["median"], numbers["longest"]) == (2, 1, 40_000, 60_000)


def test_reply_time_pools_all_turns() -> None:
    """Turns of 20 s, 40 s and 60 s; the one that nobody answered is told apart."""
    numbers = simple().figure("reply_time").numbers
    assert numbers["value"] == 40_000
    assert (numbers["n"], numbers["unanswered"]) == (3, 1)


def test_reply_time_per_conversation_is_a_mean_of_means() -> None:
    """Mean of (20 + 40) / 2 and 60."""
    assert simple().value("reply_time_per_conversation") == 45_000


def test_a_turn_begins_with_the_first_of_consecutive_messages() -> None:
    """Three messages and one reply are one turn, counted from the first."""
    diary = Diary().opened(0, "a").asks(0, "a").asks(10, "a").asks(20, "a").says(30, "a", "chen").says(40, "a", "chen")
    turns = diary.spans.turns
    assert turns.select("messages", "outcome").rows() == [(3, "answered")]
    assert diary.value("reply_time") == 30_000


def test_an_automatic_message_answers_nobody() -> None:
    """A welcome text ends no wait."""
    diary = Diary().opened(0, "a").asks(5, "a").says(6, "a", "chen", automatic=True).says(65, "a", "chen")
    assert diary.value("first_response") == 60_000


def test_a_bot_answers_nobody() -> None:
    """What the system wrote ends no wait."""
    diary = Diary().opened(0, "a").asks(5, "a")
    diary.about(e.SystemWrote, 6, "a", message="s", text="hi", author="bot").says(15, "a", "chen")
    assert diary.value("first_response") == 10_000


def test_a_greeting_before_the_question_is_no_response() -> None:
    """An agent who greets first has answered nothing yet."""
    diary = Diary().opened(0, "a").owner(0, "a", "chen").says(1, "a", "chen").asks(30, "a").says(50, "a", "chen")
    assert diary.value("first_response") == 20_000


def test_a_reply_before_the_assignment_counts() -> None:
    """Chatwoot PR 9605: the reply is the sender's, whoever the conversation is given to later."""
    diary = Diary().opened(0, "a").asks(0, "a").says(20, "a", "chen").owner(60, "a", "lin").says(70, "a", "lin")
    figure = diary.figure("first_response")
    assert figure.value == 20_000
    assert figure.rows["agent"].to_list() == ["chen"]


def test_assigned_but_never_replied_is_unanswered() -> None:
    """Chatwoot issue 13312: an owner alone is no response."""
    numbers = Diary().opened(0, "a").asks(0, "a").owner(1, "a", "chen").about(e.Resolved, 9, "a").figure(
        "first_response"
    ).numbers  # fmt: skip
    assert (numbers["value"], numbers["n"], numbers["unanswered"]) == (None, 0, 1)


def test_resolved_by_a_bot_and_reopened_counts_from_the_new_question() -> None:
    """Chatwoot PR 12058: ten minutes, not five days."""
    day = 86_400
    diary = Diary().opened(0, "a").asks(0, "a").about(e.Resolved, 60, "a", by="bot")
    diary.about(e.Reopened, 5 * day, "a").asks(5 * day, "a").says(5 * day + 600, "a", "chen")
    assert diary.value("first_response") == 600_000


def test_what_the_desk_began_asks_for_no_first_response() -> None:
    """A chat begun by an agent counts as load only."""
    diary = (
        Diary().opened(0, "a", origin="agent", agent="chen").says(1, "a", "chen").asks(60, "a").says(70, "a", "chen")
    )
    assert diary.figure("first_response").numbers["n"] == 0
    assert diary.value("reply_time") == 10_000


def test_a_message_after_the_close_is_owed_nothing() -> None:
    """A thank-you after the close does not hang open for ever; positive control: before the close it does."""
    closed = Diary().opened(0, "a").asks(0, "a").says(5, "a", "chen").about(e.Resolved, 10, "a").asks(20, "a")
    assert closed.figure("reply_time").numbers["unanswered"] == 0
    unclosed = Diary().opened(0, "a").asks(0, "a").says(5, "a", "chen").asks(20, "a")
    assert unclosed.figure("reply_time").numbers["unanswered"] == 1


def test_a_message_that_revives_begins_a_turn() -> None:
    """What reopens a conversation is owed an answer."""
    diary = Diary().opened(0, "a").asks(0, "a").says(5, "a", "chen").about(e.Resolved, 10, "a")
    diary.asks(20, "a").about(e.Revived, 20, "a").says(50, "a", "chen")
    assert diary.figure("reply_time").numbers["value"] == (5_000 + 30_000) / 2


@pytest.mark.parametrize(("within", "share"), [(19.9, 0.0), (20, 1 / 3), (60, 2 / 3)])
def test_first_response_in_time_has_all_who_asked_below(within: float, share: float) -> None:
    """Of the three who asked, those answered within X; X itself is in time."""
    assert simple().value("first_response_within", within_ms=int(within * 1000)) == pytest.approx(share)


def test_answered_within_has_all_turns_below() -> None:
    """Two of four turns within 40 s."""
    assert simple().value("answered_within", within_ms=40_000) == 0.5


def test_service_level_has_three_conventions() -> None:
    """One of three in time; the one who left after 200 s is missed, left out if short, or met if in time."""
    day = simple()
    assert day.value("service_level", within_ms=30_000) == pytest.approx(1 / 3)
    assert day.value("service_level_without_short", within_ms=30_000, short_ms=201_000) == pytest.approx(1 / 2)
    assert day.value("service_level_without_short", within_ms=30_000, short_ms=200_000) == pytest.approx(1 / 3)
    assert day.value("service_level_left_in_time", within_ms=200_000) == 1.0
    assert day.value("service_level", within_ms=200_000) == pytest.approx(2 / 3)


def test_who_still_waits_is_not_in_the_service_level() -> None:
    """Neither answered nor left: not counted yet."""
    assert simple().opened(500, "d").asks(500, "d").figure("service_level").numbers["n"] == 3


VENDOR_VALUES = {
    "meiqia_first_response": 40_000,  # 20 s and 60 s, whole seconds
    "qiyu_first_response": 40_000,
    "qiyu_first_response_within": 1 / 2,  # of the two answered, one within 30 s
    "qiyu_reply_time": 40_000,
    "qiyu_answered_within": 1 / 3,  # of the three turns of answered conversations, one within 30 s
    "tencent_first_response": 35_000,  # from the assignments: 15 s and 55 s
    "tencent_reply_time": 45_000,
    "quickcep_first_response": 35_000,
    "chatwoot_first_response": 45_000,  # from the beginnings: 30 s and 60 s
    "chatwoot_newer_first_response": 45_000,
    "chatwoot_reply_time": 40_000,
    "zendesk_first_response": 35_000,
    "livehelperchat_first_response": 45_000,
    "livehelperchat_longest_reply": 50_000,  # 40 s and 60 s
    "connect_abandonment": 1 / 3,  # all three queued, one left
    "qiyu_queue_wait": 5_000,
    "bytedesk_queue_wait": None,  # nobody waits now
    "tencent_effective": 1 / 2,  # of the two an agent had, in one the customer wrote again
}


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_vendors_numbers_are_what_their_definitions_say(name: str) -> None:
    """Each vendor's number of the same small day, from paper."""
    assert simple().value(name) == pytest.approx(VENDOR_VALUES[name])


def test_chatwoot_counts_from_the_last_reopening_in_newer_releases() -> None:
    """Resolved by a bot and reopened five days later: 600 s by the newer rule, five days by the older."""
    day = 86_400
    diary = Diary().opened(0, "a").asks(0, "a").about(e.Resolved, 60, "a", by="bot")
    diary.about(e.Reopened, 5 * day, "a").asks(5 * day, "a").says(5 * day + 600, "a", "chen")
    assert diary.value("chatwoot_newer_first_response") == 600_000
    assert diary.value("chatwoot_first_response") == (5 * day + 600) * 1000


def test_an_engagement_is_an_agents_own() -> None:
    """Given to ann at 10 s and to bob at 20 s, who writes at 50 s: Zendesk counts 30 s, QuickCEP 40 s."""
    diary = Diary().opened(0, "a").asks(0, "a").owner(10, "a", "ann").owner(20, "a", "bob").says(50, "a", "bob")
    numbers = diary.figure("zendesk_first_response").numbers
    assert (numbers["value"], numbers["n"], numbers["unanswered"]) == (30_000, 1, 1)
    assert diary.value("quickcep_first_response") == 40_000


def test_tencent_counts_a_greeting_and_what_agents_began() -> None:
    """A greeting 5 s after the assignment is the first message; a chat begun by hand counts too."""
    diary = Diary().opened(0, "a").owner(0, "a", "ann").says(5, "a", "ann").asks(30, "a").says(50, "a", "ann")
    assert diary.value("tencent_first_response") == 5_000
    assert diary.value("quickcep_first_response") == 50_000
    diary.opened(60, "b", origin="agent", agent="ann").says(61, "b", "ann")
    assert diary.figure("tencent_first_response").numbers["n"] == 2


def test_who_is_turned_away_is_never_met() -> None:
    """A full queue at once is no leaving in time, nor a short wait."""
    diary = Diary().opened(0, "a").asks(0, "a").about(e.TurnedAway, 0, "a", group="g")
    diary.opened(0, "b").asks(0, "b").says(40, "b", "ann")
    assert diary.value("service_level_left_in_time") == 0.0
    assert diary.figure("service_level_without_short", short_ms=5_000).numbers["n"] == 2


def test_whole_seconds_of_meiqia() -> None:
    """20.9 s are 20 s in a field of whole seconds."""
    diary = Diary().opened(0, "a").asks(0, "a").says(20.9, "a", "chen")
    assert (diary.value("meiqia_first_response"), diary.value("first_response")) == (20_000, 20_900)


def test_every_measure_says_its_four_choices() -> None:
    """No formula is empty."""
    for name in VENDORS:
        one = measure(name)
        assert all((one.start, one.end, one.counted, one.averaged, one.source))
        assert one.source != "deskkit"
