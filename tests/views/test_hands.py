"""What a press of a button does: which facts it makes, what the foot says of it, how it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.clock import ManualClock
from deskkit.desk import cards, events
from tests.views.little import (
    MINUTE,
    NOW,
    foot,
    front,
    little_view,
    markup_of,
    stored,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.desk.events import Event
    from deskkit.views.panel import Panel


# ---------------------------------------------------------------- hands


def tag(panel: Panel) -> None:
    """Put a tag on by the widgets."""
    panel.facet.value, panel.tag.value = "label", "important"
    panel.add_tag.click()


def untag(panel: Panel) -> None:
    """Take a tag off by the widgets."""
    panel.worn.value = ("customer", "VIP")
    panel.remove_tag.click()


def choose(kind: str, name: str) -> Callable[[Panel], None]:
    """Return the choice of an agent or a group by the widgets."""

    def press(panel: Panel) -> None:
        panel.to.value = (kind, name)
        panel.assign.click()

    return press


def priority(level: int) -> Callable[[Panel], None]:
    """Return the choice of a level by the widgets."""

    def press(panel: Panel) -> None:
        panel.priority.value = level

    return press


HANDS: list[tuple[str, Callable[[Panel], None], type[Event], str]] = [
    ("c1", lambda panel: panel.handled.click(), events.Resolved, "Marked handled"),
    ("c1", lambda panel: panel.archive.click(), events.Archived, "Archived"),
    ("c1", lambda panel: panel.snooze.click(), events.Snoozed, "Snoozed: until 10:40"),
    ("c1", lambda panel: panel.snooze_long.click(), events.Snoozed, "Snoozed: until 11:30"),
    ("c3", lambda panel: panel.reopen.click(), events.Reopened, "Reopened"),
    ("c1", tag, events.TagSet, "Tagged: important"),
    ("c1", untag, events.TagSet, "Tag taken off: VIP"),
    ("c1", priority(3), events.PrioritySet, "Priority set: urgent"),
    ("c1", choose("agent", "lin"), events.OwnerSet, "Assigned: 林悦"),
    ("c2", choose("agent", ""), events.OwnerSet, "Sent to the queue"),
    ("c2", choose("group", "aftersales"), events.GroupSet, "Moved: 售后组 After-sales"),
]


@pytest.mark.parametrize(("name", "press", "kind", "said"), HANDS, ids=[said for *_rest, said in HANDS])
def test_a_hand_writes_one_fact_and_undo_takes_it_back(
    name: str, press: Callable[[Panel], None], kind: type[Event], said: str
) -> None:
    """A press writes one fact of its kind, by me, now, with an identity; the foot says it; undo restores the card."""
    view = little_view()
    view.open(name)
    before, seq = cards.conversation_card(view.desk, name), view.driver.log.last_seq()
    press(front(view))
    written = stored(view.driver.log, after=seq)
    assert [type(fact) for fact in written] == [kind]
    fact = written[0]
    assert isinstance(fact, events.Fact)
    assert (fact.by, fact.at, fact.source) == ("qin", NOW, "view")
    assert fact.source_id
    assert said in foot(view)
    assert cards.conversation_card(view.desk, name) != before
    assert said in view.take_back.description
    assert view.take_back.description.startswith("Undo for ")
    view.take_back.click()
    after = cards.conversation_card(view.desk, name)
    for field in ("stage", "owner", "group", "level", "by_hand"):
        assert getattr(after, field) == getattr(before, field), field
    assert {tag.name for tag in after.tags} == {tag.name for tag in before.tags}
    assert f"Undone: {said}" in foot(view)


def test_a_level_is_cleared_to_the_rules() -> None:
    """After a level by hand, "By rule" gives the level back to the rules."""
    view = little_view()
    view.open("c1")
    front(view).priority.value = 0
    assert cards.conversation_card(view.desk, "c1").level == 0
    front(view).priority.value = -1
    assert cards.conversation_card(view.desk, "c1").level == 2
    assert "Priority set: By rule" in foot(view)


def test_what_is_refused_says_why_and_cannot_be_undone() -> None:
    """A fact the desk refuses changes nothing: the foot says why, and nothing is offered to undo."""
    view = little_view()
    view.open("c4")
    choose("agent", "lin")(front(view))
    assert "Refused: it is so already" in foot(view)
    assert view.take_back.disabled


def test_only_what_the_stage_allows_is_offered() -> None:
    """Of a handled conversation, "Mark handled" and "Assign" cannot be pressed, "Reopen" can."""
    view = little_view()
    view.open("c3")
    panel = front(view)
    assert panel.handled.disabled
    assert panel.assign.disabled
    assert panel.snooze.disabled
    assert not panel.reopen.disabled
    assert not panel.archive.disabled


def test_undo_ends_after_ten_minutes() -> None:
    """What was done more than ten minutes ago is no longer offered to undo."""
    clock = ManualClock(NOW)
    view = little_view(clock=clock)
    view.open("c1")
    front(view).archive.click()
    clock.advance(11 * MINUTE)
    view.again.click()
    assert view.take_back.disabled
    assert not view.undo()


def test_deeds_are_undone_from_the_last_to_the_first() -> None:
    """Undo takes one deed back at a time, the latest first."""
    view = little_view()
    view.open("c1")
    front(view).priority.value = 3
    front(view).archive.click()
    assert view.undo()
    assert cards.conversation_card(view.desk, "c1").stage == "waiting"
    assert view.undo()
    assert not cards.conversation_card(view.desk, "c1").by_hand
    assert not view.undo()


# ---------------------------------------------------------------- writing


def test_a_reply_is_written_in_act_mode() -> None:
    """In act mode a reply becomes a message of mine, cleaned; the draft is empty again and the wait is over."""
    view = little_view(acts=True)
    view.open("c2")
    front(view).draft.value = " 您好\x00 "
    front(view).send.click()
    last = cards.said(view.desk, "c2")[-1]
    assert (last.who, last.author, last.text) == ("agent", "qin", "您好")
    assert front(view).draft.value == ""
    assert cards.conversation_card(view.desk, "c2").unanswered_since is None
    assert "Replied" in foot(view)


def test_a_reply_is_not_sent_where_the_desk_only_watches() -> None:
    """In observe mode nothing is sent: the foot says why, the text stays, the log holds no reply."""
    view = little_view(acts=False)
    view.open("c2")
    front(view).draft.value = "您好"
    seq = view.driver.log.last_seq()
    front(view).send.click()
    assert front(view).draft.value == "您好"
    assert view.driver.log.last_seq() == seq
    assert "Not sent" in foot(view)


def test_notes_are_written_and_pinned_ones_stay_at_the_head() -> None:
    """A note is written in either mode; a pinned one stands in the recap."""
    view = little_view()
    view.open("c1")
    front(view).draft.value = "老客户"
    front(view).pin.click()
    assert cards.said(view.desk, "c1")[-1].pinned
    assert "老客户" in markup_of(front(view).widget)
    assert front(view).draft.value == ""


def test_an_empty_draft_sends_nothing() -> None:
    """Neither a reply nor a note is made of white space."""
    view = little_view(acts=True)
    view.open("c2")
    seq = view.driver.log.last_seq()
    front(view).draft.value = "  \n"
    front(view).send.click()
    front(view).note.click()
    assert view.driver.log.last_seq() == seq


# ---------------------------------------------------------------- undo, and what it says


def test_an_undone_handling_owes_again() -> None:
    """Marked handled by mistake and undone: the customer waits as long as before, at the same place of the list."""
    view = little_view()
    view.open("c2")
    before, order = cards.conversation_card(view.desk, "c2"), view.listing.rows.options
    front(view).handled.click()
    view.take_back.click()
    after = cards.conversation_card(view.desk, "c2")
    assert after.unanswered_since == before.unanswered_since == NOW - 20 * MINUTE
    assert after.overdue
    assert [name for _row, name in view.listing.rows.options] == [name for _row, name in order]


def test_undo_names_whom_it_is_about() -> None:
    """With another conversation in front, the button and the foot begin with the customer of the deed."""
    view = little_view()
    view.open("c1")
    front(view).archive.click()
    view.open("c2")
    assert view.take_back.description == "Undo for 张伟: Archived"
    view.take_back.click()
    assert "<b><bdi>张伟</bdi></b> <bdi>Undone: Archived" in foot(view)


def test_an_undone_move_says_so_though_the_desk_was_faster() -> None:
    """Where the desk gives the conversation back to its owner before the undo does, that is no refusal."""
    view = little_view(acts=True)
    view.open("c4")
    owner = cards.conversation_card(view.desk, "c4").owner
    choose("group", "vip")(front(view))
    view.take_back.click()
    assert "Undone: Moved" in foot(view)
    assert "Refused" not in foot(view)
    card = cards.conversation_card(view.desk, "c4")
    assert (card.owner, card.transfers) == (owner, 0)


def test_a_tag_of_the_rules_put_on_by_hand_can_be_undone() -> None:
    """A hand's word over a tag that a rule had put on is taken back to the rule's."""
    view = little_view()
    view.open("c1")
    front(view).facet.value, front(view).tag.value = "customer", "VIP"
    front(view).add_tag.click()
    assert [tag.by_hand for tag in cards.conversation_card(view.desk, "c1").tags if tag.name == "VIP"] == [True]
    view.take_back.click()
    assert [tag.by_hand for tag in cards.conversation_card(view.desk, "c1").tags if tag.name == "VIP"] == [False]


def test_a_known_tag_finds_its_facet() -> None:
    """A tag the rules know goes where they look for it, in their spelling; a new one where it is put."""
    view = little_view()
    view.open("c4")
    for text in ("vip", "my own"):
        front(view).tag.value = text
        front(view).add_tag.click()
    tags = [(tag.facet, tag.name) for tag in cards.conversation_card(view.desk, "c4").tags if tag.by_hand]
    assert tags == [("customer", "VIP"), ("label", "my own")]


def test_a_hand_without_its_object_is_told_what_is_missing() -> None:
    """Nothing to send, no tag, a tag too long, nobody chosen: the foot says what to do, and nothing is written."""
    view = little_view()
    view.open("c4")
    seq = view.driver.log.last_seq()
    panel = front(view)
    presses: list[tuple[Callable[[], None], str]] = [
        (panel.add_tag.click, "Write a tag first"),
        (panel.assign.click, "Choose first whom to assign it to"),
        (panel.send.click, "Write something first"),
    ]
    for press, said in presses:
        press()
        assert said in foot(view)
    panel.tag.value = "x" * 300
    panel.add_tag.click()
    assert "at most 64 characters" in foot(view)
    assert stored(view.driver.log, after=seq) == []


def test_a_refusal_names_the_customer() -> None:
    """What is refused is said with whom it is about."""
    view = little_view()
    view.open("c4")
    choose("agent", "lin")(front(view))
    assert "<b><bdi>李娜</bdi></b> <bdi>Refused: it is so already" in foot(view)


def test_what_the_desk_decides_on_a_look_is_said() -> None:
    """What time made due is decided before a look, and the foot says so; the look itself decides nothing."""
    clock = ManualClock(NOW)
    view = little_view(acts=True, clock=clock)
    clock.advance(30 * MINUTE)
    view.open("c2")
    assert "Ready" not in foot(view)
    seq = view.driver.log.last_seq()
    for name in ("c1", "c4", "c3"):
        view.open(name)
    assert [type(row.event) for row in view.driver.log.read(seq)] == [events.Viewed] * 3
