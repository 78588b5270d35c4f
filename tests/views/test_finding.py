"""The search over all conversations, and the cards the view is drawn from."""

from __future__ import annotations

from deskkit.desk import cards, columns, core
from deskkit.desk.events import AgentWrote, NoteWritten, TagSet
from deskkit.desk.finding import Index
from tests.views.little import HOSTILE, MINUTE, NOW, little_view


def test_every_word_must_occur_somewhere() -> None:
    """Words may stand in messages, names, tags or ids, in any order; all must occur."""
    index = Index(little_view().desk)
    assert index.find("李娜 订单") == ("c4",)
    assert index.find("订单 张伟") == ()
    assert index.find("   ") == ()


def test_width_case_and_hidden_signs_make_no_difference() -> None:
    """Full-width letters, capitals and invisible characters in the query change nothing."""
    index = Index(little_view().desk)
    assert index.find("ＶＩＰ") == index.find("vip") == index.find("v\u200bip") == ("c1",)
    assert index.find(HOSTILE) == ("c2",)


def test_what_comes_later_is_found() -> None:
    """New messages, notes and tags are found without a new index; a tag taken off is not."""
    desk = little_view().desk
    index = Index(desk)
    assert index.find("退货单") == index.find("important") == ()
    desk.step(NoteWritten(at=NOW, source="t", source_id="1", conversation="c1", agent="lin", text="退货单已寄"))
    desk.step(TagSet(at=NOW, source="t", source_id="2", conversation="c4", facet="label", tag="important"))
    assert index.find("退货单") == ("c1",)
    assert index.find("important") == ("c4",)
    desk.step(TagSet(at=NOW, source="t", source_id="3", conversation="c4", facet="label", tag="important", on=False))
    assert index.find("important") == ()


def test_the_newest_come_first_and_the_rest_is_cut() -> None:
    """Results are ordered by the latest message and cut at the limit."""
    desk = little_view(more=20).desk
    index = Index(desk)
    assert len(index.find("好的", limit=5)) == 5
    desk.step(
        AgentWrote(at=NOW + MINUTE, source="t", source_id="1", conversation="m3", agent="lin", message="x", text="嗯")
    )
    assert index.find("好的")[0] == "m3"


def test_allowed_is_the_table_of_life() -> None:
    """What a view offers is what the life cycle accepts, stage by stage."""
    desk = little_view().desk
    for stage in range(columns.STAGES):
        desk.state.conversation[desk.conversation("c1")][columns.STAGE] = stage
        for hand, kind in cards.HANDS.items():
            accepted = core.LIFE[stage][kind - columns.F_OPENED] != core.NO
            assert (hand in cards.allowed(desk, "c1")) == accepted, (stage, hand)


def test_messages_say_who_and_what() -> None:
    """Messages and notes come in their order, with author and kind."""
    desk = little_view().desk
    desk.step(NoteWritten(at=NOW, source="t", source_id="1", conversation="c4", agent="qin", text="ok", pinned=True))
    told = [(line.who, line.author, line.pinned) for line in cards.said(desk, "c4")]
    assert told == [("customer", "", False), ("agent", "lin", False), ("note", "qin", True)]


def test_overdue_and_advice_stand_on_the_card() -> None:
    """Who waited past the guard is overdue; who waits in a watched queue carries the advice."""
    desk = little_view().desk
    assert [cards.conversation_card(desk, name).overdue for name in ("c1", "c2", "c4")] == [False, True, False]
    assert [cards.conversation_card(desk, name).advised for name in ("c1", "c2")] == ["chen", ""]
