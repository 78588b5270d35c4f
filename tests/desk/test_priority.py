"""The level of a conversation: reasons that begin, end and last on, and the hand that overrules them."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.desk import cards, events
from tests.desk.scene import DAY, HOUR, MINUTE, SECOND, START, Scene, of, policy, raising, tagging

LOW, NORMAL, HIGH, URGENT = range(4)
HOLD = 3 * MINUTE
ASAP = raising("high", "asap", signal="urgent")
MONEY = raising("urgent", "money", signal="refund")
SLOW = raising("high", "slow", unanswered=">= 5 min")
SLOWER = raising("urgent", "slower", unanswered=">= 10 min")
IN_CHAT = policy(levels=(ASAP, MONEY))
BY_TIME = policy(levels=(SLOW, SLOWER))


def moves(done: tuple[events.Decision, ...]) -> list[tuple[int, int, int, int]]:
    """Return of each move of a reason: rule, phase (1 begins, 0 ended, -1 ran out), the levels after and before."""
    return [(d.rule, d.phase, d.level, d.old) for d in of(done, events.Prioritised)]


def instants(done: tuple[events.Decision, ...]) -> list[tuple[int, int, int]]:
    """Return of each move of a reason: milliseconds since the start, phase, level."""
    return [(d.at - START, d.phase, d.level) for d in of(done, events.Prioritised)]


# ---------------------------------------------------------------- reasons


def test_without_a_reason_a_conversation_has_the_level_to_start_with() -> None:
    """Normal, or what the policy says; no reason stands beside it."""
    for start, level in (("low", LOW), ("normal", NORMAL), ("high", HIGH)):
        scene = Scene(policy(edits={"priority.start": start}))
        scene.open()
        assert (scene.level(), scene.card().why, cards.reasons(scene.desk, "c1")) == (level, "", ())


def test_urgent_words_raise_at_once() -> None:
    """The message that says it raises it, before it is queued; the decision names rule, comparison and levels."""
    scene = Scene(IN_CHAT)
    done = scene.open(text="asap please")
    assert moves(done) == [(0, 1, HIGH, NORMAL)]
    decision = of(done, events.Prioritised)[0]
    rule, term, value = decision.because[:3]
    assert rule == decision.rule == 0
    assert scene.desk.lowered.terms[term].value == "urgent"
    assert value & 1 << [s.name for s in scene.desk.policy.schema.signals].index("urgent")
    assert [type(d).__name__ for d in done] == ["Prioritised", "Queued", "Assigned"]
    assert (scene.level(), scene.card().why, scene.card().by_hand) == (HIGH, "asap", False)


def test_a_reason_that_settles_by_not_being_so_says_that() -> None:
    """Where a rule holds because something is not so, `because` names that comparison and what was found."""
    without_orders: dict[str, Any] = {"not": {"orders": ">= 1"}}
    rules = policy(levels=(raising("high", **without_orders), raising("urgent", open=False)),
                   edits={"hours.open": ["mon-sun 00:00-08:00"]})  # fmt: skip
    scene = Scene(rules)
    scene.know(orders=0)
    done = of(scene.open(), events.Prioritised)
    assert [(scene.desk.lowered.terms[d.because[1]].key, d.because[2]) for d in done] == [("orders", 0), ("open", 0)]


def test_the_highest_reason_gives_the_level() -> None:
    """Of several reasons the highest counts; a lower one that comes later changes nothing but is kept."""
    scene = Scene(IN_CHAT)
    assert moves(scene.open(text="refund!")) == [(1, 1, URGENT, NORMAL)]
    assert moves(scene.say("asap")) == [(0, 1, URGENT, URGENT)]
    assert scene.card().why == "money"
    assert [(r.rule, r.level, r.until) for r in cards.reasons(scene.desk, "c1")] == [
        ("money", URGENT, None), ("asap", HIGH, None),
    ]  # fmt: skip


def test_the_level_comes_down_over_what_is_left() -> None:
    """When the urgent reason runs out, a high one that still holds gives the level in between, then normal."""
    scene = Scene(policy(levels=(MONEY, raising("high", "hurry", tag="hurry"))))
    scene.open(text="refund")
    scene.tag("hurry")
    assert scene.level() == URGENT
    scene.reply()
    assert instants(scene.wait(HOUR)) == [(HOLD, -1, HIGH)]
    assert scene.card().why == "hurry"
    assert moves(scene.tag("hurry", on=False)) == [(1, 0, HIGH, HIGH)]
    assert instants(scene.wait(HOUR)) == [(HOUR + HOLD, -1, NORMAL)]
    assert scene.card().why == ""


# ---------------------------------------------------------------- no flapping


def test_a_reason_lasts_on_after_its_condition_ended() -> None:
    """Answered after 20 s, urgent words count for three minutes more, to the millisecond, and not longer."""
    scene = Scene(IN_CHAT)
    scene.open(text="asap")
    scene.wait(20 * SECOND)
    assert moves(scene.reply()) == [(0, 0, HIGH, HIGH)]
    assert [r.until for r in cards.reasons(scene.desk, "c1")] == [scene.at + HOLD]
    assert scene.desk.next_deadline() == START + 20 * SECOND + HOLD
    assert scene.wait(HOLD - 1) == ()
    assert scene.level() == HIGH
    assert moves(scene.wait(1)) == [(0, -1, NORMAL, HIGH)]
    assert (scene.level(), scene.desk.next_deadline()) == (NORMAL, None)


def test_words_that_come_and_go_do_not_make_the_level_flap() -> None:
    """Who presses every two minutes, answered each time, stays high throughout: up once, down once."""
    scene = Scene(IN_CHAT)
    done = scene.open(text="asap")
    for _ in range(10):
        scene.wait(MINUTE)
        done += scene.reply()
        done += scene.wait(MINUTE)
        done += scene.say("asap!")
    done += scene.reply() + scene.wait(HOUR)
    changes = [(d.at - START, d.old, d.level) for d in of(done, events.Prioritised) if d.old != d.level]
    assert changes == [(0, NORMAL, HIGH), (20 * MINUTE + HOLD, HIGH, NORMAL)]


def test_a_rule_may_hold_for_its_own_time() -> None:
    """A rule's own hold counts, none at all as well."""
    for hold, ms in (("10 min", 10 * MINUTE), ("0 s", 0)):
        scene = Scene(policy(levels=({**ASAP, "hold": hold},)))
        scene.open(text="asap")
        done = scene.reply() + scene.wait(HOUR)
        assert instants(done)[-1] == (ms, -1, NORMAL)


def test_a_reason_that_returns_while_it_lasts_on_starts_over() -> None:
    """Within the hold the same words keep the level; the hold is counted from their last answer."""
    scene = Scene(IN_CHAT)
    scene.open(text="asap")
    scene.reply()
    scene.wait(2 * MINUTE)
    assert moves(scene.say("asap")) == [(0, 1, HIGH, HIGH)]
    assert scene.wait(HOUR) == ()
    assert moves(scene.reply()) == [(0, 0, HIGH, HIGH)]
    assert instants(scene.wait(HOUR)) == [(HOUR + 2 * MINUTE + HOLD, -1, NORMAL)]


# ---------------------------------------------------------------- waiting


def test_waiting_too_long_raises_at_the_instant() -> None:
    """Unanswered for five minutes: high; for ten: urgent; at the very millisecond, by the desk's own deadline."""
    scene = Scene(BY_TIME)
    scene.open()
    assert scene.desk.next_deadline() == START + 5 * MINUTE
    done = scene.wait(HOUR)
    assert instants(done) == [(5 * MINUTE, 1, HIGH), (10 * MINUTE, 1, URGENT)]
    assert [d.because[2] for d in of(done, events.Prioritised)] == [START, START]


def test_it_is_the_first_unanswered_message_that_counts() -> None:
    """More messages do not begin the wait anew; an answer does, an automatic text does not."""
    scene = Scene(BY_TIME)
    scene.open()
    scene.wait(4 * MINUTE)
    scene.say("hello?")
    scene.reply(automatic=True)
    assert instants(scene.wait(MINUTE)) == [(5 * MINUTE, 1, HIGH)]
    scene.reply()
    scene.wait(HOUR)
    scene.say("thanks, one more question")
    assert scene.desk.next_deadline() == scene.at + 5 * MINUTE


def test_time_in_the_queue_is_a_reason_of_its_own() -> None:
    """`waiting` counts in the queue only: assigned, the reason is over and lasts on for its hold."""
    scene = Scene(policy(levels=(raising("urgent", waiting=">= 2 min"),)), agents=())
    scene.open()
    assert instants(scene.wait(2 * MINUTE)) == [(2 * MINUTE, 1, URGENT)]
    scene.take(events.AgentSet, agent="chen", groups=("desk",))
    scene.take(events.PresenceSet, agent="chen", presence="online")
    assert scene.stage() == "assigned"
    done = scene.reply() + scene.wait(HOUR)
    assert instants(done) == [(2 * MINUTE, 0, URGENT), (2 * MINUTE + HOLD, -1, NORMAL)]


# ---------------------------------------------------------------- history

BAD = raising("high", rating="bad", rated="<= 30 days")
OPEN_ENDS = raising("high", unresolved=">= 1")
OFTEN = raising("high", contacts=">= 2")


def test_a_bad_rating_raises_the_next_contacts_for_thirty_days() -> None:
    """Who rated us badly is served sooner for 30 days, in open conversations too; a better rating ends it."""
    for after, level in ((30 * DAY, HIGH), (30 * DAY + 1, NORMAL)):
        scene = Scene(policy(levels=(BAD,)))
        scene.open("c1")
        scene.open("c2")
        scene.do(events.Resolved, "c2")
        assert {d.conversation for d in of(scene.do(events.Rated, "c2", rating=-1), events.Prioritised)} >= {"c1"}
        scene.wait(after)
        scene.open("c3")
        assert scene.level("c3") == level
        scene.do(events.Rated, "c3", rating=1)
        scene.open("c4")
        assert scene.level("c4") == NORMAL


@pytest.mark.parametrize(
    ("rules", "history", "level"),
    [
        (BAD, {"rating": -1, "rated_at": START - DAY}, HIGH),
        (BAD, {"rating": -1, "rated_at": START - 31 * DAY}, NORMAL),
        (BAD, {"rating": 0, "rated_at": START - DAY}, NORMAL),
        (OPEN_ENDS, {"unresolved": 1}, HIGH),
        (OFTEN, {"contacts": (START - DAY, START - 30 * DAY)}, HIGH),
        (OFTEN, {"contacts": (START - DAY, START - 30 * DAY - 1)}, NORMAL),
        (raising("high", returning=True), {"contacts": (START - 300 * DAY,)}, HIGH),
        (raising("high", past_transfers=">= 3"), {"transfers": 3}, HIGH),
    ],
    ids=str,
)
def test_what_an_import_knows_of_the_past_counts(rules: dict[str, Any], history: dict[str, Any], level: int) -> None:
    """Contacts, ratings and open ends from before the log raise a customer's first conversation in it."""
    scene = Scene(policy(levels=(rules,)))
    scene.take(events.HistorySeeded, customer="zhang", **history)
    scene.open()
    assert scene.level() == level


def test_history_that_comes_late_counts_for_what_is_open() -> None:
    """A rating or an open end imported after the conversation began is seen at once."""
    scene = Scene(policy(levels=(OPEN_ENDS,)))
    scene.open()
    assert moves(scene.take(events.HistorySeeded, customer="zhang", unresolved=2)) == [(0, 1, HIGH, NORMAL)]


def test_who_left_without_an_answer_comes_back_higher() -> None:
    """An abandoned contact is unresolved: the customer's next message is served sooner, until one is handled."""
    scene = Scene(policy(levels=(OPEN_ENDS,)))
    scene.open()
    scene.do(events.CustomerLeft)
    assert scene.level() == NORMAL
    assert moves(scene.say("it is me again")) == [(0, 1, HIGH, NORMAL)]
    scene.do(events.Resolved)
    scene.open("c2")
    assert scene.level("c2") == NORMAL


def test_contacts_are_those_before_this_one() -> None:
    """The third contact within thirty days has two before it."""
    scene = Scene(policy(levels=(OFTEN,)))
    for name, level in (("c1", NORMAL), ("c2", NORMAL), ("c3", HIGH)):
        scene.open(name)
        assert scene.level(name) == level
        scene.do(events.Resolved, name)
        scene.wait(DAY)
    scene.open("x1", customer="li")
    assert scene.level("x1") == NORMAL


# ---------------------------------------------------------------- complexity


def test_points_of_complexity_add_up() -> None:
    """A turn 1, a hundred words 1, an inquiry 2, a change of owner 3: the points of the policy, at once."""
    rules = policy(tags=(tagging("order", "inquiry", signal="refund"),), levels=(raising("high", complexity=">= 7"),))
    scene = Scene(rules, agents=("chen", "wang"))
    assert moves(scene.open(text="word " * 199)) == []  # 1 turn, 199 words: 2
    scene.say("refund")  # one inquiry more, and 200 words: 5
    assert scene.level() == NORMAL
    assert moves(scene.do(events.OwnerSet, agent="wang" if scene.card().owner == "chen" else "chen")) == [
        (0, 1, HIGH, NORMAL)
    ]
    assert of(scene.say("more"), events.Prioritised) == []


def test_an_inquiry_tagged_by_hand_counts_as_well() -> None:
    """The second inquiry a hand adds makes a conversation complex there and then, and heavier for its owner."""
    edits: dict[str, object] = {"capacity.complex_from": 5, "capacity.complex_factor": 1.5}
    scene = Scene(policy(levels=(raising("high", complexity=">= 5"),), edits=edits))
    scene.open()
    scene.tag("order", "inquiry")
    assert (scene.level(), scene.load()) == (NORMAL, 1.0)
    assert moves(scene.tag("complaint", "inquiry")) == [(0, 1, HIGH, NORMAL)]
    assert scene.load() == 1.5
    scene.tag("complaint", "inquiry", on=False)
    assert scene.load() == 1.0


# ---------------------------------------------------------------- the hand


def test_a_level_set_by_hand_holds_against_time() -> None:
    """What a hand has set low stays low however long the customer waits; the reasons are kept for later."""
    scene = Scene(BY_TIME)
    scene.open()
    assert scene.level_by_hand(LOW) == ()
    done = scene.wait(HOUR)
    assert [d.level for d in of(done, events.Prioritised)] == [LOW, LOW]
    assert (scene.level(), scene.card().by_hand) == (LOW, True)
    scene.level_by_hand(-1)
    assert (scene.level(), scene.card().by_hand, scene.card().why) == (URGENT, False, "slower")


def test_only_a_strictly_higher_signal_overrules_the_hand() -> None:
    """Set to high by hand: words for high change nothing, words for urgent do, and then the hand's word is over."""
    scene = Scene(IN_CHAT)
    scene.open()
    scene.level_by_hand(HIGH)
    assert moves(scene.say("asap")) == [(0, 1, HIGH, HIGH)]
    assert scene.card().by_hand
    assert moves(scene.say("refund")) == [(1, 1, URGENT, HIGH)]
    assert not scene.card().by_hand
    done = scene.reply() + scene.wait(HOUR)
    assert instants(done)[-1][1:] == (-1, NORMAL)


def test_words_the_hand_has_judged_do_not_overrule_it() -> None:
    """Who lowers a level knows the words that raised it: said again they change nothing until they were answered."""
    scene = Scene(IN_CHAT)
    scene.open(text="refund")
    scene.level_by_hand(LOW)
    assert moves(scene.say("refund refund")) == []
    scene.reply()
    scene.wait(HOLD)
    assert scene.level() == LOW
    assert moves(scene.say("refund!")) == [(1, 1, URGENT, LOW)]


def test_a_hand_may_keep_a_conversation_urgent() -> None:
    """Urgent by hand it stays urgent when all reasons are over, until it is cleared."""
    scene = Scene(IN_CHAT)
    scene.open(text="asap")
    scene.level_by_hand(URGENT)
    scene.reply()
    scene.wait(HOUR)
    assert scene.level() == URGENT
    scene.level_by_hand(-1)
    assert scene.level() == NORMAL
    assert scene.level_by_hand(-1) == ()  # nothing to clear is no mistake


def test_a_tag_by_rule_is_no_signal() -> None:
    """A reason by tag or by customer is no word of the chat: it does not overrule the hand."""
    scene = Scene(policy(tags=(tagging("VIP", "customer", membership="gold"),), levels=(raising("urgent", tag="VIP"),)))
    scene.open()
    scene.level_by_hand(LOW)
    assert moves(scene.know(membership="gold")) == [(0, 1, LOW, LOW)]
    scene.level_by_hand(-1)
    assert scene.level() == URGENT


def test_levels_are_decided_where_the_desk_only_watches() -> None:
    """Priority and its reasons do not wait for the right to assign."""
    scene = Scene(BY_TIME, acts=False)
    scene.open()
    assert instants(scene.wait(HOUR)) == [(5 * MINUTE, 1, HIGH), (10 * MINUTE, 1, URGENT)]
