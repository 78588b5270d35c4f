"""What is put aside or away comes back as it was: snooze, archive and undo."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.desk import columns as k
from deskkit.desk import events
from tests.desk.scene import DAY, HOUR, MINUTE, START, Scene, kinds, of, policy, raising

# ---------------------------------------------------------------- snooze


def snoozed(until: int = HOUR, *, agents: tuple[str, ...] = ("chen",)) -> Scene:
    """Return a scene whose conversation was answered and is snoozed for so long."""
    scene = Scene(agents=agents)
    scene.open()
    scene.reply(agent=scene.card().owner)
    scene.do(events.Snoozed, until=scene.at + until)
    return scene


def test_a_snooze_ends_at_its_instant() -> None:
    """At the very millisecond the owner has the conversation again; the decision says that its time came."""
    scene = snoozed(HOUR)
    assert (scene.stage(), scene.card().snoozed_until, scene.load()) == ("snoozed", START + HOUR, 0.0)
    assert scene.desk.next_deadline() == START + HOUR
    assert scene.wait(HOUR - 1) == ()
    done = scene.wait(1)
    assert [(d.at, d.because[:3]) for d in of(done, events.Woken)] == [(START + HOUR, (-1, 0, START + HOUR))]
    card = scene.card()
    assert (card.stage, card.owner, card.snoozed_until, scene.load()) == ("assigned", "chen", None, 0.5)


def test_a_message_ends_a_snooze() -> None:
    """The customer's next message wakes at once, and the instant that was set means nothing any more."""
    scene = snoozed(HOUR)
    scene.wait(10 * MINUTE)
    done = scene.say("I found the number")
    assert [d.because[1] for d in of(done, events.Woken)] == [1]
    assert (scene.stage(), scene.card().owner, scene.load()) == ("assigned", "chen", 1.0)
    assert of(scene.wait(HOUR), events.Woken) == []


def test_only_the_customers_word_or_time_ends_a_snooze() -> None:
    """Agents, bots, automatic texts, notes, views, tags and levels leave a conversation asleep."""
    scene = snoozed(HOUR)
    scene.reply()
    scene.reply(automatic=True)
    scene.do(events.SystemWrote, message="b", text="bot")
    scene.do(events.NoteWritten, agent="chen", text="waits for the part")
    scene.do(events.Viewed, agent="chen")
    scene.tag("hurry")
    scene.level_by_hand(3)
    assert scene.stage() == "snoozed"
    scene.say("hello?")  # the control
    assert scene.stage() == "assigned"


def test_a_snooze_may_be_moved() -> None:
    """Snoozed again, only the later word counts, be it longer or shorter."""
    for first, second in ((HOUR, 3 * HOUR), (3 * HOUR, HOUR)):
        scene = snoozed(first)
        scene.do(events.Snoozed, until=scene.at + second)
        done = scene.wait(4 * HOUR)
        assert [d.at for d in of(done, events.Woken)] == [START + second]


def test_a_snooze_until_the_past_ends_in_the_same_breath() -> None:
    """Nobody sleeps until yesterday."""
    scene = Scene()
    scene.open()
    done = scene.do(events.Snoozed, until=scene.at - 1)
    assert kinds(done) == ["Woken"]
    assert scene.stage() == "assigned"
    assert scene.desk.next_deadline() is None


def test_without_its_owner_a_woken_conversation_waits_for_another() -> None:
    """If the owner went offline meanwhile, who wakes goes to the queue and to an agent with room."""
    scene = snoozed(HOUR, agents=("chen", "wang"))
    owner = scene.card().owner
    other = "wang" if owner == "chen" else "chen"
    assert scene.take(events.PresenceSet, agent=owner, presence="offline") == ()
    assert scene.stage() == "snoozed"
    done = scene.wait(HOUR)
    assert [type(d).__name__ for d in done] == ["Woken", "Returned", "Assigned"]
    assert scene.card().owner == other


def test_who_slept_unanswered_has_waited_all_the_time() -> None:
    """A snooze takes nothing off the customer's wait: in the queue it counts from the first unanswered message."""
    scene = Scene()
    scene.open()
    scene.do(events.Snoozed, until=scene.at + HOUR)
    scene.take(events.PresenceSet, agent="chen", presence="offline")
    scene.wait(HOUR)
    card = scene.card()
    assert (card.stage, card.waiting_since, card.unanswered_since) == ("waiting", START, START)


def test_a_waiting_conversation_may_be_snoozed_out_of_the_queue() -> None:
    """Snoozed from the queue it stands in no queue, and wakes into it."""
    scene = Scene(agents=())
    scene.open()
    scene.do(events.Snoozed, until=scene.at + HOUR)
    assert scene.desk.state.desk[k.WAITING_NOW] == 0
    scene.wait(HOUR)
    assert (scene.stage(), scene.desk.state.desk[k.WAITING_NOW]) == ("waiting", 1)


def crowd(n: int, *, sleep: int = HOUR) -> Scene:
    """Return a scene in which chen put four conversations aside and holds `n` others, of at most five units."""
    scene = Scene()
    for c in range(4):
        scene.open(f"s{c}", customer=f"u{c}")
        scene.do(events.Snoozed, f"s{c}", until=scene.at + sleep)
    for c in range(n):
        scene.open(f"c{c}", customer=f"v{c}")
    return scene


def test_time_wakes_to_the_owner_as_far_as_there_is_room() -> None:
    """Four snoozes end at once and the owner has room for two: two come back, two wait with their waiting time."""
    scene = crowd(3)
    done = scene.wait(HOUR)
    assert kinds(done) == ["Woken", "Woken", "Woken", "Returned", "Woken", "Returned"]
    assert scene.load() == 5.0
    assert [scene.stage(f"s{c}") for c in range(4)] == ["assigned", "assigned", "waiting", "waiting"]
    assert scene.card("s3").waiting_since == START
    assert [d.because[3:] for d in of(done, events.Returned)] == [(1, 5_000, 5_000)] * 2
    done = scene.do(events.Resolved, "c0")
    assert [(d.conversation, d.agent) for d in of(done, events.Assigned)] == [("s2", "chen")]


def test_a_message_wakes_to_the_owner_only_if_there_is_room() -> None:
    """Twelve customers write to one agent who put them all aside: no rule takes the agent past capacity."""
    scene = Scene()
    for c in range(12):
        scene.open(f"c{c}", customer=f"u{c}")
        scene.reply(f"c{c}")
        scene.do(events.Snoozed, f"c{c}", until=scene.at + DAY)
    for c in range(12):
        scene.say("hello?", f"c{c}")
        assert scene.load() <= 5.0
    assert scene.desk.state.desk[k.WAITING_NOW] == 7


def test_a_hand_may_wake_past_capacity() -> None:
    """Reopened by hand, what was put aside is with its owner at once, whatever that one holds."""
    scene = crowd(5)
    scene.do(events.Reopened, "s0")
    assert (scene.card("s0").owner, scene.load()) == ("chen", 6.0)


def test_an_owner_on_a_break_keeps_what_wakes() -> None:
    """Away is not gone: what was put aside comes back to hand."""
    scene = snoozed(HOUR)
    scene.take(events.PresenceSet, agent="chen", presence="away")
    assert kinds(scene.wait(HOUR)) == ["Woken"]
    assert scene.card().owner == "chen"


def moved() -> Scene:
    """Return a scene whose conversation was moved to a group in which nobody works."""
    scene = Scene()
    scene.open()
    scene.do(events.GroupSet, group="other")
    return scene


def given_up() -> Scene:
    """Return a scene whose conversation was handed back by an owner who then went away."""
    scene = Scene()
    scene.open()
    scene.take(events.PresenceSet, agent="chen", presence="away")
    scene.do(events.OwnerSet, agent="")
    return scene


def taken_back() -> Scene:
    """Return a scene whose conversation was taken from an owner who went offline, and came back for a break."""
    scene = Scene()
    scene.open()
    scene.take(events.PresenceSet, agent="chen", presence="offline")
    scene.take(events.PresenceSet, agent="chen", presence="away")
    return scene


def slept(scene: Scene) -> None:
    """Put the conversation aside until its time has come."""
    scene.do(events.Snoozed, until=scene.at + MINUTE)
    assert scene.stage() == "snoozed"
    scene.wait(MINUTE)


def handled_and_reopened(scene: Scene) -> None:
    """Mark the conversation handled and open it again by hand."""
    scene.do(events.Resolved)
    scene.do(events.Reopened)


def handled_and_written_to(scene: Scene) -> None:
    """Mark the conversation handled; the customer writes again."""
    scene.do(events.Resolved)
    scene.say("still here")


def slept_archived_and_fetched(scene: Scene) -> None:
    """Put the conversation aside, archive it, undo that, and wake it by hand."""
    scene.do(events.Snoozed, until=scene.at + HOUR)
    scene.do(events.Archived)
    scene.do(events.Unarchived)
    scene.do(events.Reopened)


@pytest.mark.parametrize("away", [slept, handled_and_reopened, handled_and_written_to, slept_archived_and_fetched])
@pytest.mark.parametrize("begin", [moved, given_up, taken_back])
def test_what_was_taken_from_its_owner_does_not_go_back_by_a_rest(begin: Any, away: Any) -> None:
    """Moved, given up or taken back, and then put aside or away: it waits where it was sent, not with its old owner."""
    scene = begin()
    assert scene.stage() == "waiting"
    away(scene)
    assert (scene.stage(), scene.row()[k.HELD_BY]) == ("waiting", k.NOBODY)
    assert scene.row()[k.LANE] >= 0


def test_who_comes_back_is_still_known() -> None:
    """Taken from its owner and put away, it goes to that one first, online and with room: the customer is known."""
    scene = Scene(agents=("chen", "wang"))
    scene.open()
    owner = scene.card().owner
    scene.take(events.PresenceSet, agent="wang" if owner == "chen" else "chen", presence="offline")
    scene.take(events.PresenceSet, agent=owner, presence="offline")
    slept(scene)
    for agent in ("chen", "wang"):
        scene.take(events.PresenceSet, agent=agent, presence="away")
    scene.take(events.PresenceSet, agent=owner, presence="online")
    assert scene.card().owner == owner


def test_taken_by_a_hand_a_snooze_is_over() -> None:
    """Assigned by hand, also to its own owner, a conversation is awake; only another owner makes it a transfer."""
    for agent, transfers in (("chen", 0), ("wang", 1)):
        scene = Scene()
        scene.open()
        scene.do(events.Snoozed, until=scene.at + HOUR)
        scene.take(events.AgentSet, agent="wang", groups=("desk",))
        scene.take(events.PresenceSet, agent="wang", presence="online")
        scene.do(events.OwnerSet, agent=agent)
        assert (scene.stage(), scene.card().owner, scene.row()[k.TRANSFERS]) == ("assigned", agent, transfers)
        assert of(scene.wait(2 * HOUR), events.Woken) == []


def test_handled_in_its_sleep_it_does_not_wake() -> None:
    """Resolved or archived, a snoozed conversation is not woken by its time."""
    for kind in (events.Resolved, events.Archived):
        scene = snoozed(HOUR)
        scene.do(kind)
        assert of(scene.wait(2 * HOUR), events.Woken) == []


def test_a_desk_that_only_watches_keeps_its_snoozes() -> None:
    """A snooze is the desk's own: it ends at its instant though the desk assigns nothing."""
    scene = Scene(acts=False)
    scene.open()
    scene.do(events.OwnerSet, agent="chen")
    scene.do(events.Snoozed, until=scene.at + HOUR)
    assert kinds(scene.wait(HOUR)) == ["Woken"]
    assert scene.card().owner == "chen"


# ---------------------------------------------------------------- archive and undo


def archived_from(stage: str) -> Scene:
    """Return a scene whose conversation was archived from a stage five minutes ago."""
    scene = Scene()
    if stage == "waiting":
        scene.take(events.PresenceSet, agent="chen", presence="away")
    scene.open(text="it fails, asap please")
    scene.tag("hurry")
    scene.wait(MINUTE)
    if stage == "snoozed":
        scene.do(events.Snoozed, until=scene.at + HOUR)
    if stage in ("resolved", "abandoned"):
        scene.do(events.Resolved if stage == "resolved" else events.CustomerLeft)
    assert scene.stage() == stage
    return scene


@pytest.mark.parametrize("stage", ["waiting", "assigned", "snoozed", "resolved", "abandoned"])
def test_an_undone_archiving_leaves_no_trace(stage: str) -> None:
    """Archived and fetched back, a conversation is as it was: stage, owner, what is owed, snooze, tags, level, load."""
    scene = archived_from(stage)
    before, load = scene.card(), scene.load()
    scene.do(events.Archived)
    assert (scene.stage(), scene.load()) == ("archived", 0.0)
    scene.wait(5 * MINUTE)
    assert of(scene.do(events.Unarchived), events.Refused) == []
    assert (scene.card(), scene.load()) == (before, load)


def test_an_archived_conversation_weighs_on_nobody_and_owes_nothing_to_time() -> None:
    """While it is archived no timer runs, nothing rings and nothing is tagged; the unanswered message is kept."""
    scene = Scene(policy(levels=(raising("high", unanswered=">= 10 min"),)))
    scene.open()
    assert scene.desk.next_deadline() == START + 10 * MINUTE
    scene.do(events.Archived)
    assert scene.desk.next_deadline() is None
    assert scene.wait(HOUR) == ()
    assert scene.card().unanswered_since == START
    done = scene.do(events.Unarchived)  # back, and an hour late
    assert [(d.level, d.because[2]) for d in of(done, events.Prioritised)] == [(2, START)]


def test_the_reasons_of_an_unanswered_message_survive_the_archive() -> None:
    """Signals of a message that is still unanswered count again after the undo: no level is lost by a slip."""
    scene = Scene(policy(levels=(raising("urgent", signal="urgent"),)))
    scene.open(text="asap!")
    scene.do(events.Archived)
    scene.wait(HOUR)
    scene.do(events.Unarchived)
    assert of(scene.wait(HOUR), events.Prioritised) == []
    assert scene.level() == 3


def test_an_owner_who_is_offline_by_then_gets_nothing_back() -> None:
    """The undo of an archiving puts a conversation in the queue if its owner has gone, its wait unbroken."""
    scene = archived_from("assigned")
    scene.do(events.Archived)
    scene.take(events.PresenceSet, agent="chen", presence="offline")
    scene.wait(MINUTE)
    scene.do(events.Unarchived)
    assert (scene.stage(), scene.card().waiting_since, scene.card().unanswered_since) == ("waiting", START, START)


def test_who_waited_is_not_given_to_an_earlier_owner_by_an_undo() -> None:
    """A conversation sent back to the queue, archived and fetched back, waits in the queue as before."""
    scene = Scene()
    scene.open()
    scene.take(events.PresenceSet, agent="chen", presence="away")
    scene.do(events.OwnerSet, agent="")
    scene.do(events.Archived)
    scene.do(events.Unarchived)
    assert scene.stage() == "waiting"


def test_who_has_not_written_yet_stands_in_no_queue_after_the_undo_either() -> None:
    """An opened conversation without a message waits for its customer, not for an agent."""
    scene = Scene()
    scene.open(text="")
    scene.do(events.Archived)
    assert scene.do(events.Unarchived) == ()
    assert (scene.stage(), scene.card().waiting_since) == ("waiting", None)
    assert kinds(scene.say("hello")) == ["Queued", "Assigned"]


def test_a_snooze_that_ended_in_the_archive_is_over_at_the_undo() -> None:
    """Fetched back after its instant, a snoozed conversation wakes at once, with its owner."""
    scene = archived_from("snoozed")
    scene.do(events.Archived)
    scene.wait(2 * HOUR)
    assert kinds(scene.do(events.Unarchived)) == ["Woken"]
    assert (scene.stage(), scene.card().owner) == ("assigned", "chen")


def test_an_undo_is_done_once() -> None:
    """There is nothing to undo twice, and nothing to archive twice."""
    scene = archived_from("resolved")
    scene.do(events.Archived)
    assert kinds(scene.do(events.Archived)) == ["Refused"]
    scene.do(events.Unarchived)
    assert kinds(scene.do(events.Unarchived)) == ["Refused"]
    assert scene.stage() == "resolved"


def test_an_archived_conversation_still_closes_when_it_did() -> None:
    """Archiving what was handled long ago does not make it younger: a day after the end a message begins anew."""
    scene = Scene()
    scene.open()
    scene.do(events.Resolved)
    scene.wait(DAY)
    scene.do(events.Archived)
    assert scene.card().closed_at == START
    scene.at += 1
    assert kinds(scene.say("again"))[0] == "Renewed"
