"""Tidying: what lies long enough is resolved, archived or suggested, once, and never against a hand."""

from __future__ import annotations

import pytest

from deskkit.desk import columns as k
from deskkit.desk import events
from tests.desk.scene import DAY, HOUR, MINUTE, START, Scene, kinds, of, policy, tidying

SILENT = tidying("resolve", "silent", stage="assigned", idle=">= 30 min", unanswered="never")
OLD = tidying("archive", "old", stage=["resolved", "abandoned"], idle=">= 24 h")
ASLEEP = tidying("suggest", "asleep", stage="snoozed", idle=">= 7 days")
TIDY = policy(tidy=(SILENT, OLD, ASLEEP), edits={"life.reopen_within": "3 days"})


def tidied(done: tuple[events.Decision, ...]) -> list[tuple[int, str]]:
    """Return when, since the start, and what was tidied."""
    return [(d.at - START, d.action) for d in of(done, events.Tidied)]


def answered(rules: object = TIDY) -> Scene:
    """Return a scene whose conversation is answered."""
    scene = Scene(rules)  # type: ignore[arg-type]
    scene.open()
    scene.reply()
    return scene


def test_silent_after_our_answer_it_is_resolved_at_the_instant() -> None:
    """Thirty minutes after the answer, to the millisecond, it is marked handled and leaves the owner's hands."""
    scene = answered()
    assert scene.desk.next_deadline() == START + 30 * MINUTE
    done = scene.wait(30 * MINUTE)
    assert tidied(done) == [(30 * MINUTE, "resolve")]
    decision = of(done, events.Tidied)[0]
    rule, term, value = decision.because[:3]
    assert scene.desk.policy.schema.tidy[rule].name == "silent"
    assert (scene.desk.lowered.terms[term].key, value) == ("unanswered", k.NEVER)
    assert (scene.stage(), scene.load(), scene.card().closed_at) == ("resolved", 0.0, START + 30 * MINUTE)
    assert scene.customer().unresolved == 0


def test_it_is_the_last_word_of_either_side_that_counts() -> None:
    """A question unanswered is never tidied away; each answer begins the silence anew, an automatic text does not."""
    scene = Scene(TIDY)
    scene.open()
    assert tidied(scene.wait(DAY)) == []
    scene.reply()
    assert tidied(scene.wait(20 * MINUTE)) == []
    scene.reply()
    scene.wait(10 * MINUTE)
    scene.reply(automatic=True)
    scene.do(events.NoteWritten, agent="chen", text="quiet")
    assert tidied(scene.wait(HOUR)) == [(DAY + 50 * MINUTE, "resolve")]


@pytest.mark.parametrize(("closing", "opening"), [("Resolved", "Reopened"), ("Archived", "Unarchived")])
def test_what_a_hand_opens_again_stays_open_for_as_long(closing: str, opening: str) -> None:
    """Silent for days and opened again by hand, no rule puts it away in the same breath: the silence begins anew."""
    scene = answered()
    scene.do(getattr(events, closing))
    scene.wait(20 * HOUR if closing == "Resolved" else 2 * DAY)
    begun = scene.at - START
    assert tidied(scene.do(getattr(events, opening))) == []
    assert scene.stage() == "assigned"
    assert tidied(scene.wait(30 * MINUTE - 1)) == []
    assert tidied(scene.wait(1)) == [(begun + 30 * MINUTE, "resolve")]


def test_taken_out_of_the_archive_what_was_handled_stays_for_a_day() -> None:
    """What a hand archived and takes out again is archived by its rule a day later."""
    scene = answered()
    scene.do(events.Resolved)
    scene.do(events.Archived)
    scene.wait(3 * DAY)
    assert tidied(scene.do(events.Unarchived)) == []
    assert scene.stage() == "resolved"
    assert [action for _, action in tidied(scene.wait(DAY))] == ["archive"]


def test_one_rule_after_the_other_tidies_to_the_end() -> None:
    """Answered, silent: handled after half an hour, archived a day after the last word."""
    scene = answered()
    assert tidied(scene.wait(10 * DAY)) == [(30 * MINUTE, "resolve"), (DAY, "archive")]
    assert (scene.stage(), scene.desk.next_deadline()) == ("archived", None)


def test_who_left_is_archived_as_well() -> None:
    """An abandoned conversation is archived a day after its last message; the customer's open end stays counted."""
    scene = Scene(TIDY)
    scene.open()
    scene.wait(MINUTE)
    scene.do(events.CustomerLeft)
    assert tidied(scene.wait(2 * DAY)) == [(DAY, "archive")]
    assert scene.customer().unresolved == 1


def test_a_suggestion_changes_nothing() -> None:
    """A suggestion stands in the log with its rule; the conversation stays where it is, and is suggested once."""
    scene = answered()
    scene.do(events.Snoozed, until=START + 30 * DAY)
    before = scene.card()
    done = scene.wait(20 * DAY)
    assert tidied(done) == [(7 * DAY, "suggest")]
    assert scene.desk.policy.schema.tidy[of(done, events.Tidied)[0].because[0]].name == "asleep"
    assert scene.card() == before


# ---------------------------------------------------------------- once, until the customer writes


def test_an_undone_archiving_is_not_done_again() -> None:
    """Fetched back from the archive, a conversation is left alone by the rule that put it there."""
    scene = answered()
    scene.wait(DAY)
    scene.do(events.Unarchived)
    assert scene.stage() == "resolved"
    assert tidied(scene.wait(10 * DAY)) == []
    assert scene.stage() == "resolved"


def test_reopened_by_hand_it_is_not_resolved_again() -> None:
    """Who reopens what a rule has marked handled keeps it, answers or not."""
    scene = answered()
    scene.wait(30 * MINUTE)
    scene.do(events.Reopened)
    scene.reply()
    assert tidied(scene.wait(10 * DAY)) == []
    assert scene.stage() == "assigned"


def test_when_the_customer_writes_all_rules_may_act_again() -> None:
    """A new message begins a new round: silent again, handled again, archived again."""
    scene = answered()
    scene.wait(DAY)
    scene.do(events.Unarchived)
    scene.at = START + 2 * DAY
    assert "Revived" in kinds(scene.say("one more thing"))
    scene.reply()
    assert tidied(scene.wait(10 * DAY)) == [(2 * DAY + 30 * MINUTE, "resolve"), (3 * DAY, "archive")]


def test_a_rule_that_did_not_act_may_still_act_after_an_undo() -> None:
    """Only what was done is not done again: after the undo of the archiving another rule still has its say."""
    scene = answered(policy(tidy=(tidying("suggest", "very old", age=">= 5 days"), OLD)))
    scene.do(events.Resolved)
    scene.wait(DAY)
    scene.do(events.Unarchived)
    assert tidied(scene.wait(10 * DAY)) == [(5 * DAY, "suggest")]


# ---------------------------------------------------------------- several rules, other hands


def test_an_archiving_ends_the_round() -> None:
    """Of several rules due at once the first archives; nothing is archived twice, so the undo leads back to before."""
    rules = policy(
        tidy=(
            tidying("archive", "first", stage="resolved", idle=">= 1 h"),
            tidying("archive", "second", stage="resolved", age=">= 1 h"),
            tidying("suggest", "third", age=">= 1 h"),
        )
    )
    scene = answered(rules)
    scene.do(events.Resolved)
    assert tidied(scene.wait(HOUR)) == [(HOUR, "archive")]
    assert tidied(scene.do(events.Unarchived)) == [(HOUR, "archive")]  # the second may, as it has not yet
    assert tidied(scene.do(events.Unarchived)) == [(HOUR, "suggest")]
    assert scene.stage() == "resolved"


def test_resolve_does_nothing_to_what_is_closed() -> None:
    """Marked handled already, or left by its customer, nothing is resolved again; open it would be."""
    rules = policy(tidy=(tidying("resolve", age=">= 1 h"),))
    for kind, expected in ((events.Resolved, []), (events.CustomerLeft, []), (events.Viewed, [(HOUR, "resolve")])):
        scene = answered(rules)
        scene.do(kind, **({"agent": "chen"} if kind is events.Viewed else {}))
        assert tidied(scene.wait(DAY)) == expected


def test_room_that_tidying_makes_is_used_a_millisecond_later() -> None:
    """When a rule handles a conversation, who waits gets the free place without any further fact."""
    scene = Scene(policy(tidy=(SILENT,), edits={"capacity.agent": 1, "capacity.waiting_for_customer": 1}))
    scene.open()
    scene.reply()
    scene.open("c2", customer="li")
    assert scene.stage("c2") == "waiting"
    done = scene.wait(30 * MINUTE + 1)
    assert tidied(done) == [(30 * MINUTE, "resolve")]
    assert [(d.at - START, d.conversation) for d in of(done, events.Assigned)] == [(30 * MINUTE + 1, "c2")]


def test_only_messages_break_the_silence() -> None:
    """Tags, levels, views and what becomes known of the customer do not keep a conversation open."""
    scene = answered()
    scene.wait(20 * MINUTE)
    scene.tag("hurry")
    scene.level_by_hand(3)
    scene.do(events.Viewed, agent="chen")
    scene.know(orders=3)
    assert tidied(scene.wait(DAY))[0] == (30 * MINUTE, "resolve")


def test_a_desk_that_only_watches_only_suggests() -> None:
    """Where another product decides, the desk proposes what to archive and leaves all else alone."""
    rules = policy(tidy=(SILENT, tidying("suggest", "late", idle=">= 1 h")))
    scene = Scene(rules, acts=False)
    scene.open()
    scene.do(events.OwnerSet, agent="chen")
    scene.reply()
    assert tidied(scene.wait(DAY)) == [(HOUR, "suggest")]
    assert scene.stage() == "assigned"


# ---------------------------------------------------------------- conditions of tidying


def test_closed_conversations_follow_the_calendar() -> None:
    """What is handled may be archived at night: at the hour itself, though nothing else happens."""
    scene = answered(policy(tidy=(tidying("archive", stage="resolved", hour="02:00-03:00"),)))
    scene.do(events.Resolved)
    assert tidied(scene.wait(DAY)) == [(17 * HOUR, "archive")]  # the scene begins at 9 in the morning


@pytest.mark.parametrize("stage", ["resolved", "assigned"])
def test_tags_and_levels_decide_what_is_tidied(stage: str) -> None:
    """Important ones may be kept: a tag by hand in time saves a conversation, open or closed; without it it goes."""
    for on in (True, False):
        rules = policy(tidy=({"name": "x", "do": "archive", "when": {"idle": ">= 1 h", "not": {"tag": "money"}}},))
        scene = answered(rules)
        if stage == "resolved":
            scene.do(events.Resolved)
        scene.tag("money", on=on)
        assert tidied(scene.wait(DAY)) == ([] if on else [(HOUR, "archive")])


def test_a_tag_taken_off_later_lets_tidying_go_on() -> None:
    """Once the reason to keep it is gone, what is old enough goes at once, also where it is closed."""
    rules = policy(tidy=({"name": "x", "do": "archive", "when": {"idle": ">= 1 h", "not": {"tag": "money"}}},))
    scene = answered(rules)
    scene.do(events.Resolved)
    scene.tag("money")
    scene.wait(DAY)
    assert tidied(scene.tag("money", on=False)) == [(DAY, "archive")]
