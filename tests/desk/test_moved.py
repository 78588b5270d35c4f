"""A move to a group by hand stands: neither an old wait nor the agent it was taken from undoes it (issue 5)."""

from __future__ import annotations

from deskkit.desk import events
from tests.desk.floor import Floor, given, rules
from tests.desk.scene import MINUTE, SECOND, of
from tests.desk.test_routing import STEPS

BACK = '[[routing.overflow]]\ngroup = "other"\nafter = "30 s"\nto = ["desk"]\n'


def moved(*, wait: int = 10 * MINUTE) -> Floor:
    """Return a desk at which a conversation that waited long was moved by hand to the group ``other``."""
    desk = Floor(rules(STEPS + BACK, routing__returning=True))
    desk.join("lin", groups=("third",), presence="away")
    desk.come("c1")
    desk.wait(wait)
    desk.do(events.GroupSet, "c1", group="other")
    return desk


def test_further_groups_wait_anew_after_a_move_by_hand() -> None:
    """However long it waited, an overflow opens a conversation to others only so long after the hand's move."""
    desk = moved()
    assert given(desk.join("chen")) == []
    assert desk.due() == 30 * SECOND
    assert desk.wait(30 * SECOND - 1) == ()
    done = desk.wait(1)
    assert [d.because[:3] for d in of(done, events.Overflowed)] == [(2, 30 * SECOND, 30 * SECOND)]
    assert given(done) == [("c1", "chen")]


def test_the_place_in_the_queue_is_kept_by_a_move_by_hand() -> None:
    """What begins anew is the way to further groups, not the customer's wait: it is served as the longest wait."""
    desk = moved()
    desk.come("c2", group="other")
    assert desk.queue() == ("c1", "c2")
    assert desk.card("c1").waiting_since == desk.at - 10 * MINUTE


def test_who_it_was_taken_from_gets_it_back_only_if_nobody_else_can() -> None:
    """An agent of both groups, whom the customer knows, is not the one a supervisor moves a conversation to."""
    desk = Floor(rules(routing__returning=True))
    desk.join("chen", groups=("desk", "other"))
    desk.come("c1")
    desk.join("lin", groups=("other",))
    desk.fill("lin", 3)
    assert given(desk.do(events.GroupSet, "c1", group="other")) == [("c1", "lin")]


def test_a_move_undone_waits_as_before() -> None:
    """An undo is no word of its own: the groups that could take it may take it again at once."""
    desk = moved(wait=MINUTE)
    done = desk.do(events.GroupSet, "c1", group="desk", transfers=0)
    assert [d.step for d in of(done, events.Overflowed)] == [0]


def test_after_an_owner_the_wait_of_the_customer_counts_again() -> None:
    """Given to an agent of the group and taken back, a conversation has had the hand's word: its whole wait counts."""
    desk = moved()
    desk.join("wang", groups=("other",))
    desk.wait(SECOND)
    assert desk.owner() == "wang"
    assert len(of(desk.be("wang", "offline"), events.Overflowed)) == 1


def test_opened_again_by_a_message_the_wait_of_the_customer_counts_again() -> None:
    """Put away while it waited where a hand had put it, and opened by a message: the first unanswered one counts."""
    desk = moved()
    desk.do(events.Archived, "c1")
    desk.wait(SECOND)
    done = desk.say("hello?", "c1")
    assert [d.because[:3] for d in of(done, events.Overflowed)] == [(2, 10 * MINUTE + SECOND, 30 * SECOND)]
