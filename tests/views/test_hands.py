"""What a press of a button does: which facts it makes, what is answered, how it is undone and by whom."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.clock import ManualClock
from deskkit.desk import cards, events
from tests.views.browser import Browser
from tests.views.little import MINUTE, NOW, little_log, little_view, stored

ACT = "0123456789abcdef"
HANDS: list[tuple[str, str, dict[str, Any], type[events.Event], str]] = [
    ("c1", "handled", {}, events.Resolved, "Marked handled"),
    ("c1", "archive", {}, events.Archived, "Archived"),
    ("c1", "snooze", {"ms": 600_000}, events.Snoozed, "Snoozed: until 10:40"),
    ("c3", "reopen", {}, events.Reopened, "Reopened"),
    ("c1", "tag", {"facet": "label", "tag": "important"}, events.TagSet, "Tagged: important"),
    ("c1", "untag", {"facet": "customer", "tag": "VIP"}, events.TagSet, "Tag taken off: VIP"),
    ("c1", "priority", {"level": 3}, events.PrioritySet, "Priority set: urgent"),
    ("c1", "assign", {"agent": "lin", "sure": True}, events.OwnerSet, "Assigned: 林悦"),
    ("c2", "assign", {"agent": ""}, events.OwnerSet, "Sent to the queue"),
    ("c2", "group", {"group": "aftersales"}, events.GroupSet, "Moved: 售后组 After-sales"),
    ("c2", "help", {"agent": "lin"}, events.HelperSet, "Helper invited: 林悦"),
]


@pytest.mark.parametrize(("name", "do", "more", "kind", "said"), HANDS, ids=[said for *_rest, said in HANDS])
def test_a_hand_writes_one_fact_and_anybody_undoes_it(
    name: str, do: str, more: dict[str, Any], kind: type[events.Event], said: str
) -> None:
    """A press writes one fact of its kind, by me, now; the answer says it; another's view, opened later, undoes it."""
    log = little_log()
    view = little_view(log=log)
    browser = Browser(view)
    before, seq = cards.conversation_card(view.desk, name), log.last_seq()
    assert browser.do(do, name, act=ACT, **more)["ok"]
    (fact,) = stored(log, after=seq)
    assert isinstance(fact, kind)
    assert isinstance(fact, events.Fact)
    assert (fact.by, fact.at, fact.source, fact.source_id) == ("qin", NOW, "view", f"{ACT}.0")
    assert said in browser.said
    assert cards.conversation_card(view.desk, name) != before
    other = Browser(little_view(log=log))  # as after a reload
    (entry,) = other.undo
    assert said in entry["text"]
    assert (entry["by"], entry["own"], entry["at"]) == ("秦岚", True, "10:30")
    assert other.take_back()["ok"]
    after = cards.conversation_card(other.view.desk, name)
    for field in ("stage", "owner", "group", "level", "by_hand", "helpers"):
        assert getattr(after, field) == getattr(before, field), field
    assert {tag.name for tag in after.tags} == {tag.name for tag in before.tags}
    assert f"Undone: {said}" in other.said
    assert other.undo == []


def test_the_same_deed_twice_is_done_once() -> None:
    """A deed that is sent again with its identity, as after a reload, changes nothing and is answered."""
    log = little_log()
    browser = Browser(little_view(log=log, acts=True))
    seq = log.last_seq()
    for _ in range(2):
        assert browser.do("reply", "c2", act=ACT, text="您好")["ok"]
    again = Browser(little_view(log=log, acts=True))
    assert again.do("reply", "c2", act=ACT, text="您好")["ok"]
    assert [type(fact) for fact in stored(log, after=seq)] == [events.AgentWrote]
    assert browser.do("reply", "c2", text="您好")["ok"]
    assert len(stored(log, after=seq)) == 2


def test_an_undoing_cannot_be_forged() -> None:
    """A deed under the identity of another's undoing is refused, changes nothing, and leaves that to be undone."""
    log = little_log()
    view = little_view(log=log, acts=True)
    browser = Browser(view)
    assert browser.do("archive", "c4", act=ACT)["ok"]
    seq = log.last_seq()
    assert not browser.do("note", "c1", act=f"undo-{ACT}", text="x")["ok"]
    assert "This is no action" in browser.said
    view.put_live(f"undo-{ACT}", view.desk.policy.edit({"capacity.agent": 4}))
    assert stored(log, after=seq) == []
    assert len(browser.undo) == 1
    assert browser.take_back()["ok"]
    assert [type(fact) for fact in stored(log, after=seq)] == [events.Unarchived]


@pytest.mark.parametrize("tag", ["a\u202eb", "a\u200bb"])
def test_a_tag_without_hidden_characters(tag: str) -> None:
    """One that turns the direction of reading, or has what nobody sees, is refused; one that can be read is set."""
    log = little_log()
    browser = Browser(little_view(log=log, acts=True))
    seq = log.last_seq()
    assert not browser.do("tag", "c4", facet="label", tag=tag)["ok"]
    assert "hidden characters" in browser.said
    assert stored(log, after=seq) == []
    assert browser.do("tag", "c4", facet="label", tag="a\n b\x00")["ok"]  # what is no character is dropped
    (fact,) = stored(log, after=seq)
    assert isinstance(fact, events.TagSet)
    assert fact.tag == "a b"


def test_what_was_done_is_answered_so_though_it_could_not_be_done_now() -> None:
    """After a reload the same deed is sent again: it is said to be done, whatever it has changed meanwhile."""
    log = little_log()
    browser = Browser(little_view(log=log))
    assert browser.do("untag", "c1", act=ACT, facet="customer", tag="VIP")["ok"]
    again = Browser(little_view(log=log))
    assert again.do("untag", "c1", act=ACT, facet="customer", tag="VIP")["ok"]
    assert not again.do("untag", "c1", facet="customer", tag="VIP")["ok"]  # the control: another deed is refused


def test_a_deed_for_many_is_one_deed() -> None:
    """One press for three conversations writes three facts, is said once, and is undone at once."""
    view = little_view(3)
    browser = Browser(view)
    assert browser.do("archive", "m0", "m1", "m2")["ok"]
    assert "Customer p0 and 2 more Archived" in browser.said
    assert not {"m0", "m1", "m2"} & set(browser.order)
    assert len(browser.undo) == 1
    assert browser.take_back()["ok"]
    assert {"m0", "m1", "m2"} <= set(browser.order)


def test_of_many_what_is_refused_is_said_and_not_undone() -> None:
    """Where one of several cannot be done, the others are; the answer names the one, undoing leaves it alone."""
    view = little_view()
    browser = Browser(view)
    assert browser.do("assign", "c1", "c4", agent="lin", sure=True)["ok"]  # c4 is so already, which is no harm
    assert browser.rows["c1"]["a"] == browser.rows["c4"]["a"] == "lin"
    assert browser.take_back()["ok"]
    assert "a" not in browser.rows["c1"]
    assert browser.rows["c4"]["a"] == "lin"


def test_a_level_is_cleared_to_the_rules() -> None:
    """After a level by hand, "by rule" gives the level back to the rules."""
    browser = Browser(little_view())
    browser.do("priority", "c1", level=0)
    assert browser.rows["c1"]["l"] == 0
    browser.do("priority", "c1", level=-1)
    assert browser.rows["c1"]["l"] == 2
    assert "Priority set: By rule" in browser.said


def test_of_many_that_are_refused_it_is_said_once_why() -> None:
    """The foot names one and counts the others, a line for each reason."""
    view = little_view(more=5)
    browser = Browser(view)
    names = [f"m{n}" for n in range(5)]
    assert browser.do("archive", *names)["ok"]
    assert not browser.do("archive", "c1", *names)["ok"]
    assert browser.said == "张伟 Archived | Customer p0 and 4 more Refused: the conversation's stage does not allow it"


def test_what_is_refused_says_why_and_cannot_be_undone() -> None:
    """A fact the desk refuses changes nothing: the answer says why and about whom, nothing is offered to undo."""
    browser = Browser(little_view())
    assert not browser.do("assign", "c4", agent="lin")["ok"]
    assert browser.said == "李娜 Refused: it is so already"
    assert browser.undo == []


def test_undo_ends_after_ten_minutes() -> None:
    """What was done more than ten minutes ago is no longer offered, and asked for all the same it is refused."""
    clock = ManualClock(NOW)
    view = little_view(clock=clock)
    browser = Browser(view)
    browser.do("archive", "c1", act=ACT)
    clock.advance(11 * MINUTE)
    view.wake()
    assert browser.undo == []
    assert not browser.do("undo", undo=ACT)["ok"]
    assert "cannot be undone any more" in browser.said
    assert cards.conversation_card(view.desk, "c1").stage == "archived"


def test_deeds_are_undone_from_the_last_to_the_first() -> None:
    """Undo takes one deed back at a time, the latest first."""
    view = little_view()
    browser = Browser(view)
    browser.do("priority", "c1", level=3)
    browser.do("archive", "c1")
    assert browser.take_back()["ok"]
    assert cards.conversation_card(view.desk, "c1").stage == "waiting"
    assert browser.take_back()["ok"]
    assert not cards.conversation_card(view.desk, "c1").by_hand
    assert browser.undo == []


def test_two_who_undo_the_same_undo_it_once() -> None:
    """A second undoing of the same deed changes nothing more, and is told so."""
    log = little_log()
    one = Browser(little_view(log=log))
    one.do("archive", "c1", act=ACT)
    two = Browser(little_view(log=log))
    seq = log.last_seq()
    assert two.do("undo", undo=ACT)["ok"]
    one.view.wake()
    assert one.do("undo", undo=ACT)["ok"]
    assert "This was undone already" in one.said
    assert [type(fact) for fact in stored(log, after=seq)] == [events.Unarchived]


# ---------------------------------------------------------------- writing


def test_a_reply_is_written_in_act_mode() -> None:
    """In act mode a reply becomes a message of mine, cleaned, and the wait is over."""
    view = little_view(acts=True)
    browser = Browser(view)
    assert browser.do("reply", "c2", text=" 您好\x00 ")["ok"]
    last = cards.said(view.desk, "c2")[-1]
    assert (last.who, last.author, last.text) == ("agent", "qin", "您好")
    assert cards.conversation_card(view.desk, "c2").unanswered_since is None
    assert "Replied" in browser.said


@pytest.mark.parametrize(("do", "text", "said"), [
    ("reply", "您好", "Not sent"), ("note", " \n", "Write something first"), ("note", "x" * 10_001, "10001"),
    ("whisper", "快回", "Nobody else has this conversation"),
])  # fmt: skip
def test_what_cannot_be_written_says_why(do: str, text: str, said: str) -> None:
    """Nothing is written where the desk only watches, nothing is said, too much, or nobody would hear it."""
    view = little_view(acts=False)
    browser = Browser(view)
    seq = view.driver.log.last_seq()
    assert not browser.do(do, "c1", text=text)["ok"]
    assert said in browser.said
    assert view.driver.log.last_seq() == seq


def test_a_reply_that_names_somebody_else_is_asked_about_once() -> None:
    """A text with another open customer's name or number is asked about; who is sure sends it."""
    view = little_view(acts=True)
    wrote = events.CustomerWrote(at=NOW, source="t", source_id="1", conversation="c4", message="1", text="订单88123456")
    view.driver.act([wrote])
    browser = Browser(view)
    for text, about in (("张伟您好", "张伟"), ("您的订单8812345已发货", "李娜")):
        answer = browser.do("reply", "c2", text=text)
        assert not answer["ok"]
        assert about in answer["ask"]["text"]
        assert browser.do("reply", "c2", text=text, sure=True)["ok"]
    assert browser.do("reply", "c1", text="张伟您好")["ok"]  # who is spoken to may be named


def test_notes_are_written_and_pinned_ones_stay_at_the_head() -> None:
    """A note is written in either mode; a pinned one stands at the head of the page."""
    browser = Browser(little_view())
    browser.open("c1")
    assert browser.do("note", "c1", text="老客户", pinned=True)["ok"]
    assert browser.pages["c1"]["pin"] == ["老客户"]
    assert browser.pages["c1"]["lines"][-1]["k"] == "note"


def test_a_whisper_says_to_whom() -> None:
    """A whisper goes to the owner unless another is named, and says so."""
    browser = Browser(little_view())
    browser.open("c4")
    assert browser.do("whisper", "c4", text="先安抚")["ok"]
    line = browser.pages["c4"]["lines"][-1]
    assert (line["k"], line["x"]) == ("whisper", "先安抚")
    assert "to 林悦" in line["m"]


@pytest.mark.parametrize(("me", "helper", "to"), [
    ("qin", "chen", "林悦"), ("lin", "chen", "陈浩"), ("lin", "", ""), ("qin", "", "林悦"),
])  # fmt: skip
def test_a_whisper_is_never_to_oneself(me: str, helper: str, to: str) -> None:
    """The page says to whom it goes: the owner, for whom that is oneself a helper, else nobody; and there it goes."""
    browser = Browser(little_view(me=me, acts=True))
    browser.open("c4")
    if helper:
        assert browser.do("help", "c4", agent=helper, on=True)["ok"]
    assert (browser.pages["c4"].get("to") or {}).get("text", "") == to
    assert browser.do("whisper", "c4", text="先安抚")["ok"] == bool(to)
    if to:
        assert f"to {to}" in browser.pages["c4"]["lines"][-1]["m"]
    else:
        assert "Nobody else has this conversation" in browser.said


# ---------------------------------------------------------------- undo, and what it says


def test_an_undone_handling_owes_again() -> None:
    """Marked handled by mistake and undone: the customer waits as long as before, at the same place of the list."""
    view = little_view()
    browser = Browser(view)
    before, order = cards.conversation_card(view.desk, "c2"), list(browser.order)
    browser.do("handled", "c2")
    browser.take_back()
    after = cards.conversation_card(view.desk, "c2")
    assert after.unanswered_since == before.unanswered_since == NOW - 20 * MINUTE
    assert after.too_long
    assert browser.order == order


def test_an_undone_move_says_so_though_the_desk_was_faster() -> None:
    """Where the desk gives the conversation back to its owner before the undo does, that is no refusal."""
    view = little_view(acts=True)
    browser = Browser(view)
    owner = cards.conversation_card(view.desk, "c4").owner
    browser.do("group", "c4", group="vip")
    browser.take_back()
    assert "Undone: Moved" in browser.said
    assert "Refused" not in browser.said
    card = cards.conversation_card(view.desk, "c4")
    assert (card.owner, card.transfers) == (owner, 0)


def test_a_tag_of_the_rules_put_on_by_hand_can_be_undone() -> None:
    """A hand's word over a tag that a rule had put on is taken back to the rule's."""
    view = little_view()
    browser = Browser(view)
    browser.do("tag", "c1", facet="customer", tag="VIP")
    assert [tag.by_hand for tag in cards.conversation_card(view.desk, "c1").tags if tag.name == "VIP"] == [True]
    browser.take_back()
    assert [tag.by_hand for tag in cards.conversation_card(view.desk, "c1").tags if tag.name == "VIP"] == [False]


def test_a_known_tag_finds_its_facet() -> None:
    """A tag the rules know goes where they look for it, in their spelling; a new one where it is put."""
    view = little_view()
    browser = Browser(view)
    for text in ("vip", "my own"):
        browser.do("tag", "c4", facet="label", tag=text)
    tags = [(tag.facet, tag.name) for tag in cards.conversation_card(view.desk, "c4").tags if tag.by_hand]
    assert tags == [("customer", "VIP"), ("label", "my own")]


def test_what_the_desk_decides_on_a_look_is_said() -> None:
    """What time made due is decided before a look, and the foot says so; the look itself decides nothing."""
    clock = ManualClock(NOW)
    view = little_view(acts=True, clock=clock)
    browser = Browser(view)
    clock.advance(30 * MINUTE)
    browser.open("c2")
    view.wake()
    assert browser.foot
    seq = view.driver.log.last_seq()
    browser.open("c1")
    browser.open("c4")
    browser.open("c3")
    assert [type(row.event) for row in view.driver.log.read(seq)] == [events.Viewed] * 3


# ---------------------------------------------------------------- who writes


def test_two_who_write_see_each_other() -> None:
    """Who writes in a conversation is seen there by others, not by oneself, until done or some seconds silent."""
    log = little_log()
    one, two = Browser(little_view(log=log)), Browser(little_view(log=log, me="lin"))
    two.open("c1")
    one.say(type="draft", id="c1", has=True)
    for browser in (one, two):
        browser.view.wake()
    assert two.pages["c1"]["drafting"] == ["秦岚"]
    assert two.rows["c1"]["dr"] == ["秦岚"]
    assert "dr" not in one.rows["c1"]
    one.say(type="draft", id="c1", has=False)
    two.view.wake()
    assert two.pages["c1"]["drafting"] == []
    assert "dr" not in two.rows["c1"]
