"""What an undo leaves alone: what a hand did since to the same thing, and tags that are others by now; sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk import cards
from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.desk.policyfile import relabelling
from deskkit.live.inbox import submit
from deskkit.log import MemoryLog
from deskkit.views.desk.overtaken import next_try
from tests.views.browser import Browser
from tests.views.little import NOW, STANDARD, little_log, little_view, stored
from tests.views.living import Living

if TYPE_CHECKING:
    from deskkit.desk.events import Fact

FIRST, SECOND = "a" * 16, "b" * 16
TWO: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("c1", "priority", {"level": 3}, {"level": 1}, "Priority set: normal"),
    ("c2", "assign", {"agent": "lin", "sure": True}, {"agent": "qin", "sure": True}, "Assigned: 秦岚"),
    ("c2", "group", {"group": "aftersales"}, {"group": "vip"}, "Moved: "),
    ("c2", "snooze", {"ms": 600_000}, {"ms": 900_000}, "Snoozed: until 10:45"),
]


def two(*, acts: bool = False) -> tuple[MemoryLog, Browser, Browser]:
    """Return a log and two who look at it."""
    log = MemoryLog()
    little_log(log=log)
    return log, Browser(little_view(log=log, acts=acts)), Browser(little_view(log=log, me="boss2", acts=acts))


def wake(*browsers: Browser) -> None:
    """Let them see what the others did."""
    for one in browsers:
        one.view.wake()


def put(browser: Browser, text: str, act: str = "c" * 16) -> None:
    """Put a policy live."""
    wake(browser)
    browser.view.put_live(act, Policy.parse(text))


def happens(browser: Browser, *facts: Fact) -> None:
    """Let something happen that no view did."""
    browser.view.driver.act(list(facts))
    wake(browser)


@pytest.mark.parametrize(("name", "do", "first", "second", "said"), TWO, ids=[do for _name, do, *_rest in TWO])
@pytest.mark.parametrize("is_own", [False, True])
def test_a_newer_deed_is_not_taken_back_with_an_older_one(
    name: str, do: str, first: dict[str, Any], second: dict[str, Any], said: str, *, is_own: bool
) -> None:
    """Undoing the older of two deeds names the newer one and changes nothing; from the last to the first it goes."""
    log, one, other = two()
    before = cards.conversation_card(one.view.desk, name)
    assert one.do(do, name, act=FIRST, **first)["ok"]
    wake(other)
    assert (one if is_own else other).do(do, name, act=SECOND, **second)["ok"]
    wake(one)
    seq, between = log.last_seq(), cards.conversation_card(one.view.desk, name)
    assert not one.do("undo", undo=FIRST)["ok"]
    assert f"Since then {'秦岚' if is_own else 'boss2'} did: {said}" in one.said
    assert one.said.endswith("Undo that first")
    assert stored(log, after=seq) == []
    assert cards.conversation_card(one.view.desk, name) == between != before
    assert one.do("undo", undo=SECOND)["ok"]
    assert one.do("undo", undo=FIRST)["ok"]
    after = cards.conversation_card(one.view.desk, name)
    for field in ("stage", "owner", "group", "level", "by_hand"):
        assert getattr(after, field) == getattr(before, field), field


def test_another_thing_is_no_quarrel() -> None:
    """A level is undone though another hand gave the conversation a tag, and a tag though another tag was put on."""
    _log, one, other = two()
    one.do("priority", "c1", act=FIRST, level=3)
    one.do("tag", "c1", act=SECOND, facet="label", tag="urgent")
    wake(other)
    assert other.do("tag", "c1", facet="label", tag="important")["ok"]
    wake(one)
    assert one.do("undo", undo=FIRST)["ok"]
    assert one.do("undo", undo=SECOND)["ok"]


def test_the_same_tag_by_another_hand_is_one() -> None:
    """A tag put on, taken off by another: the putting on is not undone before the taking off."""
    _log, one, other = two()
    one.do("tag", "c1", act=FIRST, facet="label", tag="urgent")
    wake(other)
    other.do("untag", "c1", facet="label", tag="urgent")
    wake(one)
    assert not one.do("undo", undo=FIRST)["ok"]
    assert "Since then boss2 did: Tag taken off: urgent. Undo that first" in one.said


def test_neither_a_customer_nor_the_desk_is_a_hand() -> None:
    """A message since, and what the desk made of it, speaks against no undo; nor does what was refused."""
    log, one, other = two(acts=True)
    one.do("assign", "c1", act=FIRST, agent="", sure=True)
    one.do("group", "c4", act=SECOND, group="presales")
    seq = log.last_seq()
    text = "还在吗，我要退款"
    happens(one, *(
        e.CustomerWrote(at=NOW + 1, source="t", source_id=name, conversation=name, message=f"{name}/9", text=text)
        for name in ("c1", "c4")
    ))  # fmt: skip
    assert any(isinstance(row.event, e.Decision) for row in log.read(seq))
    assert one.do("undo", undo=SECOND)["ok"]
    one.do("archive", "c1", act="d" * 16)
    wake(other)
    assert not other.do("handled", "c1")["ok"]
    wake(one)
    assert one.do("undo", undo="d" * 16)["ok"]


def test_the_same_wish_by_another_hand_stands() -> None:
    """Who set the same level too did nothing that can be undone, and keeps it: it is said, and nothing promised."""
    _log, one, other = two()
    one.do("priority", "c1", act=FIRST, level=3)
    wake(other)
    assert other.do("priority", "c1", level=3)["ok"]
    wake(one)
    assert not one.do("undo", undo=FIRST)["ok"]
    assert one.said == "Since then boss2 did: Priority set: urgent"


def test_who_claims_by_a_reply_keeps_it() -> None:
    """Sent to the queue and answered by somebody: the undo would give it away, so it is refused."""
    _log, one, _other = two()
    one.do("assign", "c2", act=FIRST, agent="")
    reply = e.AgentWrote(
        at=NOW, source="t", source_id="r", by="lin", conversation="c2", agent="lin", message="c2/9", text="您好"
    )
    happens(one, reply)
    assert cards.conversation_card(one.view.desk, "c2").owner == "lin"
    assert not one.do("undo", undo=FIRST)["ok"]
    assert one.said == "Since then 林悦 did: Replied"


def test_five_archived_are_all_back_by_one_undo() -> None:
    """Of five archived in one deed one undo brings all back, as they were and where they stood."""
    log = MemoryLog()
    little_log(log=log, more=4)
    one = Browser(little_view(log=log))
    five, order = ["c1", "m0", "m1", "m2", "m3"], list(one.order)
    before = [cards.conversation_card(one.view.desk, name) for name in five]
    assert one.do("archive", *five, sure=True)["ok"]
    assert not set(five) & set(one.order)
    assert one.undo[0]["text"] == "Archived (张伟 and 4 more)"
    assert one.take_back()["ok"]
    assert [cards.conversation_card(one.view.desk, name).stage for name in five] == [card.stage for card in before]
    assert one.order == order


@pytest.mark.parametrize("deed", [{"do": "handled"}, {"do": "archive"}, {"do": "snooze", "ms": 600_000}])
def test_who_waits_is_not_given_away_amid_a_deed_on_all(deed: dict[str, Any]) -> None:
    """What makes room for an agent gives none of those the same deed is for; undone, each is where it was."""
    living = Living(
        "qin", policy=STANDARD.edit({"capacity.complex_factor": 1, "capacity.reserve": 0, "capacity.agent": 1})
    )
    living.come("c1")
    living.come("c2")
    living.wait(1)
    desk = living.view.desk

    def where() -> list[tuple[str, str]]:
        return [(card.stage, card.owner) for card in (cards.conversation_card(desk, name) for name in ("c1", "c2"))]

    before = where()
    assert before == [("assigned", "chen"), ("waiting", "")]
    given = living.kinds(e.Assigned)
    browser = Browser(living.view)
    assert browser.do(deed.pop("do"), "c1", "c2", sure=True, **deed)["ok"]
    living.wait(1)
    assert living.kinds(e.Assigned) == given
    assert browser.take_back()["ok"]
    living.wait(1)
    assert where() == before


def test_of_many_those_that_are_untouched_are_undone() -> None:
    """Of a deed for three the one another hand changed since is left and named; the two others are undone."""
    log, one, other = two()
    one.do("priority", "c1", "c2", "c4", act=FIRST, level=3)
    wake(other)
    other.do("priority", "c2", level=0)
    wake(one)
    seq = log.last_seq()
    assert one.do("undo", undo=FIRST)["ok"]
    undone = [fact.conversation for fact in stored(log, after=seq) if isinstance(fact, e.PrioritySet)]
    assert sorted(undone) == ["c1", "c4"]
    assert one.said.endswith("Left as it is: Since then boss2 did: Priority set: low")
    assert cards.conversation_card(one.view.desk, "c2").level == 0


def test_a_tag_that_is_another_by_now_stays() -> None:
    """Merged with a tag that another hand put on, neither is taken off; renamed, it is said."""
    text = little_view().desk.policy.text
    merged = relabelling.rename(text, "label", "urgent", "important")
    for late, live, is_done in (
        ("urgent", merged, False),
        ("important", merged, False),
        ("important", relabelling.rename(text, "label", "refund", "money"), True),
        ("urgent", relabelling.rename(text, "label", "urgent", "hurry"), False),
    ):
        _log, one, other = two()
        first = "urgent" if late == "important" else "important"
        other.do("tag", "c4", facet="label", tag=first)
        wake(one)
        one.do("tag", "c4", act=FIRST, facet="label", tag=late)
        put(other, live)
        wake(one)
        before = cards.conversation_card(one.view.desk, "c4").tags
        assert one.do("undo", undo=FIRST)["ok"] == is_done
        assert ("renamed, merged or retired" in one.said) != is_done
        assert (cards.conversation_card(one.view.desk, "c4").tags == before) != is_done


def test_a_retired_tag_is_taken_off_and_not_put_on_again() -> None:
    """Tagged, then the tag is retired: that is undone; taken off and then retired: it is not put on again."""
    for do, is_done in (("tag", True), ("untag", False)):
        _log, one, other = two()
        if do == "untag":
            one.do("tag", "c4", facet="label", tag="urgent")
        one.do(do, "c4", act=FIRST, facet="label", tag="urgent")
        put(other, relabelling.retire(other.view.desk.policy.text, "label", "urgent"))
        wake(one)
        assert one.do("undo", undo=FIRST)["ok"] == is_done
        assert all(tag.name != "urgent" for tag in cards.conversation_card(one.view.desk, "c4").tags)


def test_an_undo_sent_again_after_a_reload_was_done() -> None:
    """As of every deed that is repeated: done once, answered well; what was never done is not."""
    log, one, _other = two()
    one.do("priority", "c1", act=FIRST, level=3)
    assert one.do("undo", undo=FIRST, act=SECOND)["ok"]
    seq = log.last_seq()
    late = Browser(little_view(log=log))
    assert late.do("undo", undo=FIRST, act=SECOND)["ok"]
    assert stored(log, after=seq) == []
    assert not late.do("undo", undo="e" * 16, act="d" * 16)["ok"]


def test_an_undo_that_was_refused_was_not_done() -> None:
    """Sent again, an undo that the desk refused is no success."""
    log, one, _other = two(acts=True)
    one.do("handled", "c4", act=FIRST)
    wrote = e.CustomerWrote(
        at=NOW + 1, source="t", source_id="w", conversation="c4", message="c4/9", text="还在吗 please"
    )
    happens(one, wrote)
    assert not one.do("undo", undo=FIRST, act=SECOND)["ok"]
    assert not Browser(little_view(log=log)).do("undo", undo=FIRST, act=SECOND)["ok"]


def test_an_undo_that_the_driver_refused_can_be_done_later() -> None:
    """Its identity is spent: a new try, when nothing speaks against it any more, does it; sent again it was done."""
    log, one, _other = two()
    one.do("priority", "c1", act=FIRST, level=3)
    before = e.Refused(at=NOW, source="view", source_id=f"undo-{FIRST}.0", reason="outdated", conversation="c1")
    log.append([before], received_at=NOW)
    wake(one)
    assert [entry["undo"] for entry in one.undo] == [FIRST]
    assert one.do("undo", undo=FIRST, act=SECOND)["ok"]
    assert "This was undone already" not in one.said
    assert cards.conversation_card(one.view.desk, "c1").level != 3
    assert one.undo == []
    seq = log.last_seq()
    late = Browser(little_view(log=log))
    assert late.do("undo", undo=FIRST, act=SECOND)["ok"]
    assert "This was undone already" in late.said
    assert stored(log, after=seq) == []


def test_an_undo_that_still_waits_is_the_same_one() -> None:
    """Of an undo of two, one refused and one waiting, another try is no second one; when both are refused it is."""
    log, one, _other = two()
    one.do("archive", "c1", "c2", act=FIRST, sure=True)
    log.append([e.Refused(at=NOW, source="view", source_id=f"undo-{FIRST}.0", reason="outdated")], received_at=NOW)
    submit(log, e.Unarchived(at=0, source="view", source_id=f"undo-{FIRST}.1", conversation="c2"), received_at=NOW)
    assert next_try(log, FIRST) == f"undo-{FIRST}"
    (waiting,) = log.inbox()
    log.settle(waiting.number, "aside", because="for a test")
    assert next_try(log, FIRST) == f"undo-{FIRST}~2"
    log.append([e.Refused(at=NOW, source="view", source_id=f"undo-{FIRST}~2.0", reason="outdated")], received_at=NOW)
    assert next_try(log, FIRST) == f"undo-{FIRST}~3"


def test_a_policy_put_live_again_after_a_reload_was_put_live() -> None:
    """The same deed twice is one, and no fault of the hand; one that was refused stays so."""
    log, one, _other = two()
    text = one.view.desk.policy.edit({"capacity.agent": 4}).text
    put(one, text, FIRST)
    seq = log.last_seq()
    late = Browser(little_view(log=log))
    put(late, text, FIRST)
    assert late.answer(FIRST)["ok"]
    assert stored(log, after=seq) == []
    log.append([e.Refused(at=NOW, source="view", source_id=f"{SECOND}.0", reason="outdated")], received_at=NOW)
    put(late, text, SECOND)
    assert not late.answer(SECOND)["ok"]


def test_what_may_be_undone_says_whose_it_is() -> None:
    """A colleague's deed is told from one's own, with their name."""
    _log, one, other = two()
    assert other.do("priority", "c1", level=3)["ok"]
    wake(one)
    assert [(entry["own"], entry["by"]) for entry in one.undo] == [(False, "boss2")]
    assert [entry["own"] for entry in other.undo] == [True]
    assert one.do("priority", "c2", level=3)["ok"]
    assert [(entry["own"], entry["by"]) for entry in one.undo] == [(True, "秦岚"), (False, "boss2")]
