"""What an undo leaves behind: the desk is as it was, and nothing counts that was taken back."""

from __future__ import annotations

import pytest

from deskkit.desk import columns as k
from deskkit.desk import events
from deskkit.desk.policy import Policy
from tests.desk.floor import Floor, rules
from tests.desk.scene import HOUR, MINUTE, SECOND, START, Scene, kinds, of, policy, raising, tagging

STANDARD = Policy.load("data/policies/standard.toml")


def busy_scene() -> Scene:
    """Return a scene in which chen has owed an answer for ten minutes and wang has nothing to do."""
    scene = Scene(policy(levels=(raising("high", signal="refund"),)), agents=("chen", "wang"))
    scene.open(text="refund please")
    scene.at += 10 * MINUTE
    return scene


# ---------------------------------------------------------------- handled by mistake


@pytest.mark.parametrize("presence", ["online", "offline"])
def test_what_was_owed_is_owed_again(presence: str) -> None:
    """Marked handled by mistake and undone, the customer waits since the first unanswered message, not since now."""
    scene = busy_scene()
    owner = scene.card().owner
    scene.do(events.Resolved)
    assert scene.card().unanswered_since is None
    if presence == "offline":
        scene.take(events.PresenceSet, agent=owner, presence="offline")
    scene.at += 20 * SECOND
    scene.do(events.Reopened, undo=True)
    card = scene.card()
    assert (card.unanswered_since, card.stage, card.closed_at) == (START, "assigned", None)
    assert (card.owner == owner) == (presence == "online")
    assert scene.row()[k.SIGNALS_NOW] != 0
    assert scene.level() == k.HIGH


def test_reopened_later_on_purpose_nothing_is_owed() -> None:
    """Opened again by hand and not as an undo, a conversation owes nothing until the customer writes."""
    scene = busy_scene()
    scene.do(events.Resolved)
    scene.at += HOUR
    scene.do(events.Reopened)
    assert scene.card().unanswered_since is None
    scene.do(events.Archived)
    scene.do(events.Unarchived)
    assert scene.card().unanswered_since is None


def test_an_undo_goes_back_to_the_stage_before() -> None:
    """Waiting, snoozed or left by the customer: so it is again, with what counted as unresolved."""
    scene = Scene(agents=("chen",))
    scene.take(events.PresenceSet, agent="chen", presence="away")
    for name in ("c1", "c2", "c3"):
        scene.open(name)
    scene.do(events.OwnerSet, "c1", agent="chen")
    scene.do(events.OwnerSet, "c1", agent="")  # in the queue, though somebody had it
    scene.do(events.Snoozed, "c2", until=scene.at + HOUR)
    scene.do(events.CustomerLeft, "c3")
    before = [scene.card(name) for name in ("c1", "c2", "c3")]
    assert scene.customer().unresolved == 1
    for name in ("c1", "c2", "c3"):
        scene.do(events.Resolved, name)
        scene.at += SECOND
        scene.do(events.Reopened, name, undo=True)
    after = [scene.card(name) for name in ("c1", "c2", "c3")]
    assert [card.stage for card in after] == ["waiting", "snoozed", "abandoned"]
    for one, two in zip(before, after, strict=True):
        assert (one.unanswered_since, one.snoozed_until) == (two.unanswered_since, two.snoozed_until)
    assert scene.customer().unresolved == 1


def test_no_rung_of_the_wait_rings_twice() -> None:
    """The ladder of the wait goes on after the undo: what rang before does not ring again, the next rung is on time."""
    scene = Scene(STANDARD, agents=())
    scene.take(events.AgentSet, agent="chen", groups=("presales",), languages=("en",))
    scene.take(events.PresenceSet, agent="chen", presence="online")
    scene.take(events.AgentSet, agent="qin", role="supervisor", groups=("presales",))
    scene.take(events.PresenceSet, agent="qin", presence="online")
    rang: list[tuple[int, int]] = []
    scene.open(text="is this tent waterproof?")

    def pass_time(span: int) -> None:
        end = scene.at + span
        while (due := scene.desk.next_deadline()) is not None and due <= end:
            scene.at = max(scene.at, due)
            done = scene.take(events.DeadlineReached)
            rang.extend((d.level, d.rung) for d in of(done, events.Notified) if d.event == "waiting")
        scene.at = end

    pass_time(6 * MINUTE)
    before = list(rang)
    assert before
    scene.do(events.Resolved)
    pass_time(SECOND)
    done = scene.do(events.Reopened, undo=True)
    rang.extend((d.level, d.rung) for d in of(done, events.Notified) if d.event == "waiting")
    pass_time(20 * MINUTE)
    assert len(rang) > len(before)
    assert len(set(rang)) == len(rang)


# ---------------------------------------------------------------- moved by mistake


def test_an_archiving_in_between_does_not_hide_what_an_undo_goes_back_to() -> None:
    """Handled, archived, taken out of the archive, and then the handling is undone: it is open again."""
    scene = busy_scene()
    owner = scene.card().owner
    for act in (events.Resolved, events.Archived, events.Unarchived):
        scene.do(act)
    assert scene.card().stage == "resolved"
    scene.do(events.Reopened, undo=True)
    assert (scene.card().stage, scene.card().owner, scene.card().unanswered_since) == ("assigned", owner, START)


def test_a_move_undone_is_no_change_of_owner() -> None:
    """Given to another and back, or to a group and back, a conversation is no more complex than before."""
    scene = busy_scene()
    owner, other = scene.card().owner, "wang" if scene.card().owner == "chen" else "chen"
    before = (scene.card().transfers, scene.row()[k.COMPLEXITY])
    scene.do(events.OwnerSet, agent=other)
    assert scene.card().transfers == before[0] + 1
    scene.do(events.OwnerSet, agent=owner, transfers=0)
    assert (scene.card().transfers, scene.row()[k.COMPLEXITY]) == before
    scene.do(events.GroupSet, group="other")
    scene.do(events.GroupSet, group="desk", transfers=0)
    scene.do(events.OwnerSet, agent=owner, transfers=0)
    assert (scene.card().transfers, scene.row()[k.COMPLEXITY], scene.card().owner) == (*before, owner)


# ---------------------------------------------------------------- tagged by mistake


def test_the_rules_have_the_word_again() -> None:
    """An undone tag is as the rules had left it: on by rule, or neither on nor barred to the rules."""
    scene = Scene(policy(tags=(tagging("hurry", "label", signal="urgent"),)))
    scene.open(text="asap")
    assert ("hurry", False) in [(tag.name, tag.by_hand) for tag in scene.card().tags]
    scene.tag("hurry")
    assert ("hurry", True) in [(tag.name, tag.by_hand) for tag in scene.card().tags]
    scene.do(events.TagSet, facet="label", tag="hurry", undo=True)
    assert ("hurry", False) in [(tag.name, tag.by_hand) for tag in scene.card().tags]

    scene.open("c2", text="hello")
    scene.tag("hurry", name="c2")
    scene.do(events.TagSet, "c2", facet="label", tag="hurry", on=False, undo=True)
    assert (scene.card("c2").tags, scene.card("c2").taken_off) == ((), ())
    scene.say("asap", "c2")
    assert [tag.name for tag in scene.card("c2").tags] == ["hurry"]


# ---------------------------------------------------------------- looking


def test_looking_takes_nothing_from_anybody() -> None:
    """A conversation that nobody else could take in time is not taken back because somebody looks at it later."""
    desk = Floor(rules('[reassign]\nafter = "4 min"\ntimes = 2\n'), agents=("chen",))
    desk.come("c1")
    desk.take(events.AgentSet, agent="qin", role="supervisor")
    desk.wait(5 * MINUTE)
    desk.take(events.AgentSet, agent="lin", groups=("desk",))
    desk.take(events.PresenceSet, agent="lin", presence="online")
    assert desk.owner("c1") == "chen"
    assert desk.take(events.Viewed, conversation="c1", agent="qin") == ()
    assert desk.owner("c1") == "chen"
    assert kinds(desk.wait(4 * MINUTE))[0] == "Returned"  # in its own time it is
