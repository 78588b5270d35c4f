"""Urgent notices: merged per conversation and recipient, limited by nothing, dropped never."""

from __future__ import annotations

import random
from typing import Any

import pytest

from deskkit.desk import events
from tests.desk.bells import Bells, again, ladder, rung
from tests.desk.scene import DAY, HOUR, SECOND, START

NORMAL, HIGH, URGENT = 1, 2, 3
MIDNIGHT = START // DAY * DAY + DAY


class Hot(Bells):
    """A desk whose conversations are urgent by hand."""

    def hot(self, name: str = "c1", *, customer: str = "zhang") -> None:
        """Let an urgent conversation come, with a first message."""
        self.open(name, text="", customer=customer)
        self.level_by_hand(URGENT, name)
        self.say("hello", name)

    def told(self, name: str = "c1", agent: str = "") -> list[tuple[float, int]]:
        """Return when something rang, and for how many merged ones it stands."""
        return [
            (self.second(d.at), d.merged)
            for d in self.log
            if isinstance(d, events.Notified) and d.conversation == name and agent in ("", d.agent)
        ]


def test_urgent_notices_closer_than_the_window_become_one() -> None:
    """Rungs at 0, 5, 10 and 15 s: the first rings, and at 20 s one notice that stands for three."""
    bells = Hot(ladder("message", "urgent", again(0, 5, 3)))
    bells.hot()
    assert bells.desk.next_deadline() == START + 5 * SECOND
    bells.until(15)
    assert bells.desk.next_deadline() == START + 20 * SECOND
    bells.until(600)
    assert bells.told() == [(0, 0), (20, 3)]
    assert [(second, why) for second, _, _, why in bells.held()] == [(5, "merged"), (10, "merged"), (15, "merged")]


def test_the_merged_notice_begins_a_window_of_its_own() -> None:
    """After the merged notice at 20 s a rung at 30 s waits for the next window, to 40 s."""
    bells = Hot(ladder("message", "urgent", rung(0), rung(5), rung(30)))
    bells.hot()
    bells.until(600)
    assert bells.told() == [(0, 0), (20, 1), (40, 1)]


def test_urgent_notices_further_apart_are_not_merged() -> None:
    """A rung exactly a window after the last rings at its own instant."""
    bells = Hot(ladder("message", "urgent", again(0, 20, 3)))
    bells.hot()
    bells.until(600)
    assert bells.told() == [(0, 0), (20, 0), (40, 0), (60, 0)]
    assert bells.held() == []


def test_a_rung_due_with_the_merged_notice_takes_it_along() -> None:
    """A rung due at the end of the window rings once and stands for those merged before."""
    bells = Hot(ladder("message", "urgent", rung(0), rung(10), rung(20)))
    bells.hot()
    bells.until(600)
    assert bells.told() == [(0, 0), (20, 1)]


def test_other_topics_of_the_conversation_are_merged_too() -> None:
    """Message and assignment of one urgent conversation at one instant: one notice tells of both, and not once more."""
    bells = Hot(ladder("message", "urgent", rung(0)), ladder("assignment", "urgent", rung(0)))
    bells.hot()
    bells.until(600)
    assert bells.told() == [(0, 0)]
    assert [(second, why) for second, _, _, why in bells.held()] == [(0, "merged")]


def test_what_is_new_after_it_rang_is_told_at_the_end_of_the_window() -> None:
    """Five seconds after the message rang another topic is due: one more notice at 20 s, which stands for it."""
    bells = Hot(ladder("message", "urgent", rung(0)), ladder("assignment", "urgent", rung(0), rung(5)))
    bells.hot()
    bells.until(600)
    assert bells.told() == [(0, 0), (20, 1)]


def test_an_alarm_never_waits_for_a_weaker_notice() -> None:
    """A louder ring, or one by another channel, rings at its own instant and takes along what was merged before."""
    for strong in ("alarm", "push"):
        bells = Hot(ladder("message", "urgent", rung(0), rung(5), rung(10, ring=strong), rung(12)))
        bells.hot()
        bells.until(600)
        after = [(30, 1)] if strong == "alarm" else [(12, 0)]
        assert bells.told() == [(0, 0), (10, 1), *after]


def test_a_weaker_notice_waits_for_an_alarm() -> None:
    """The other way round nothing rings twice: the alarm was heard."""
    bells = Hot(ladder("message", "urgent", rung(0, ring="alarm"), rung(5), rung(10, ring="alarm")))
    bells.hot()
    bells.until(600)
    assert bells.told() == [(0, 0), (20, 2)]


def test_an_urgent_conversation_rings_when_its_ladders_say() -> None:
    """Given and written to at once, as in the standard policy: 0 s, and the alarm at 30 s, neither sooner nor later."""
    bells = Hot(
        ladder("message", "urgent", rung(0), rung(30, ring="alarm", repeat="30 s", times=3)),
        ladder("assignment", "urgent", rung(0), rung(60, ring="alarm")),
    )
    bells.hot()
    bells.until(100)
    assert bells.told() == [(0, 0), (30, 0), (60, 0), (90, 0)]


def test_another_conversation_is_not_merged() -> None:
    """Two urgent conversations of one agent ring each for itself."""
    bells = Hot(ladder("message", "urgent", rung(0)))
    bells.hot("c1")
    bells.hot("c2", customer="li")
    assert bells.told("c1") == bells.told("c2") == [(0, 0)]


def test_another_recipient_is_not_merged() -> None:
    """The owner's notice is no reason to keep one from the supervisor."""
    bells = Hot(ladder("message", "urgent", rung(0), rung(5, "supervisor"), rung(10)))
    bells.supervisor("su")
    bells.hot()
    bells.until(600)
    assert bells.told(agent="su") == [(5, 0)]
    assert bells.told(agent="chen") == [(0, 0), (20, 1)]


def test_a_new_owner_hears_at_once() -> None:
    """Given to another agent five seconds after the old owner was rung, the new one does not wait for the window."""
    bells = Hot(ladder("assignment", "urgent", rung(0)), agents=("chen", "lin"))
    bells.presence("lin", "away")
    bells.hot()
    bells.until(5)
    bells.do(events.OwnerSet, agent="lin")
    bells.until(600)
    assert bells.told(agent="chen") == [(0, 0)]
    assert bells.told(agent="lin") == [(5, 0)]


@pytest.mark.parametrize("end", ["view", "reply", "resolve", "snooze"])
def test_what_was_seen_or_answered_is_not_rung_once_more(end: str) -> None:
    """A view or a reply within the window ends the merged notice as well."""
    bells = Hot(ladder("message", "urgent", rung(0), rung(5)), ladder("neglected", "urgent", rung(15)))
    bells.hot()
    bells.until(10)
    ends: dict[str, Any] = {
        "view": bells.view, "reply": bells.reply, "resolve": lambda: bells.do(events.Resolved),
        "snooze": lambda: bells.do(events.Snoozed, until=START + HOUR),
    }  # fmt: skip
    ends[end]()
    bells.until(24)
    assert bells.told() == [(0, 0)]


def test_a_count_does_not_outlive_its_breach() -> None:
    """Merged for the supervisor, then answered: the next wait's notice stands for itself alone."""
    bells = Hot(ladder("waiting", "urgent", rung(10, "supervisor"), rung(15, "supervisor")))
    bells.supervisor("su")
    bells.hot()
    bells.until(17)
    bells.reply(agent="other")
    bells.until(100)
    bells.say("and now?")
    bells.until(112)
    assert bells.told() == [(10, 0), (110, 0)]


def test_the_look_of_the_owner_drops_nothing_of_the_supervisor() -> None:
    """The owner looks while the supervisor's notice of a waiting customer is merged: the supervisor is still told."""
    bells = Hot(ladder("waiting", "urgent", rung(10, "supervisor"), rung(15, "supervisor")))
    bells.supervisor("su")
    bells.hot()
    bells.until(17)
    bells.view()
    bells.until(600)
    assert bells.told() == [(10, 0), (30, 1)]


def test_the_look_of_the_supervisor_ends_what_was_merged_for_the_supervisor() -> None:
    """The supervisor looks within the window: what was merged has been seen."""
    bells = Hot(ladder("waiting", "urgent", rung(10, "supervisor"), rung(15, "supervisor")))
    bells.supervisor("su")
    bells.hot()
    bells.until(17)
    bells.view("su")
    bells.until(600)
    assert bells.told() == [(10, 0)]


def test_a_merged_notice_survives_a_fall_of_the_level() -> None:
    """Merged as urgent and then lowered: the promised notice still comes at the end of the window."""
    bells = Hot(ladder("message", "urgent", rung(0), rung(5)))
    bells.hot()
    bells.until(10)
    bells.level_by_hand(NORMAL)
    bells.until(600)
    assert bells.told() == [(0, 0), (20, 1)]


def test_a_superseded_rung_does_not_forget_the_merged() -> None:
    """Raised again within the window with two rungs due: the notice at its end counts every merged one."""
    bells = Hot(ladder("message", "urgent", rung(0), rung(5), rung(12), rung(14)))
    bells.hot()
    bells.until(10)
    bells.level_by_hand(NORMAL)
    bells.until(16)
    bells.level_by_hand(URGENT)
    bells.until(600)
    assert bells.told() == [(0, 0), (20, 2)]


def test_a_window_of_nothing_merges_nothing() -> None:
    """With `merge_urgent` 0 s every rung rings by itself."""
    bells = Hot(ladder("message", "urgent", again(0, 1, 4)), edits={"notify.merge_urgent": "0 s"})
    bells.hot()
    bells.until(600)
    assert bells.told() == [(second, 0) for second in range(5)]


def test_urgent_is_held_by_no_limit_and_no_quiet_hours() -> None:
    """In the middle of the night, past every limit, each urgent conversation rings at once."""
    edits: dict[str, object] = {
        "notify.per_minute": 1, "notify.quiet": ["mon-sun 00:00-06:00"], "capacity.agent": 50,
    }  # fmt: skip
    bells = Hot(ladder("message", "urgent", rung(0)), edits=edits)
    bells.wait(MIDNIGHT + HOUR - bells.at)
    for n in range(10):
        bells.hot(f"c{n}", customer=f"u{n}")
    assert all(len(bells.told(f"c{n}")) == 1 for n in range(10))
    assert not [d for d in bells.log if isinstance(d, events.NoticeHeld)]


def test_becoming_urgent_rings_at_once_after_a_lesser_notice() -> None:
    """A high notice a second ago is no urgent one: the urgent one is not merged with it."""
    bells = Hot(ladder("message", "high", rung(0)), ladder("message", "urgent", rung(0)))
    bells.open(text="")
    bells.level_by_hand(HIGH)
    bells.say("hello")
    bells.until(1)
    bells.level_by_hand(URGENT)
    assert bells.told() == [(0, 0), (1, 0)]


@pytest.mark.parametrize("seed", range(25))
def test_no_urgent_notice_is_ever_dropped(seed: int) -> None:
    """Whatever happens, each merged notice is followed within the window by one that counts it, or by what ends it."""
    draw = random.Random(seed)
    edits: dict[str, object] = {"notify.per_minute": 1, "notify.quiet": ["mon-sun 09:05-09:30"]}
    bells = Hot(
        ladder("message", "urgent", again(0, 4, 20), again(7, 9, 5, "supervisor")),
        ladder("waiting", "urgent", again(3, 6, 20, "supervisor"), again(5, 8, 9, "group")),
        ladder("message", "high", again(0, 9, 9)),
        edits=edits,
        agents=("chen", "lin"),
    )
    bells.supervisor("su")
    bells.hot()
    for _ in range(30):
        bells.until(bells.second(bells.at) + draw.choice((0, 1, 3, 10, 25)))
        draw.choice((
            lambda: bells.say("more"), lambda: bells.level_by_hand(HIGH), lambda: bells.level_by_hand(URGENT),
            lambda: bells.level_by_hand(URGENT), lambda: bells.view(draw.choice(("chen", "lin", "su"))),
            lambda: bells.reply(agent=draw.choice(("chen", "su"))), lambda: bells.presence("su", "away"),
        ))()  # fmt: skip
    bells.until(bells.second(bells.at) + 30)
    why = {d.reason for d in bells.log if isinstance(d, events.NoticeHeld) and d.level == URGENT}
    assert not why & {"limit", "quiet"}
    merged = [n for n, d in enumerate(bells.log) if isinstance(d, events.NoticeHeld) and d.reason == "merged"]
    for n in merged:
        if bells.log[n].at + 20 * SECOND <= bells.at:
            assert told_of(bells, n), "an urgent notice was merged and never told"


def recipient(bells: Hot, notice: events.Notified | events.NoticeHeld) -> str:
    """Return whom the rung of a notice is for."""
    (found,) = (
        one for one in bells.desk.policy.schema.notify.ladders
        if one.event == notice.event and notice.level in one.levels
    )  # fmt: skip
    laid = sorted((r.after_ms + n * r.repeat_ms, i) for i, r in enumerate(found.rungs) for n in range(r.times + 1))
    return found.rungs[laid[notice.rung][1]].to


def told_of(bells: Hot, n: int) -> bool:
    """Say whether a merged notice was told within the window, or its recipient saw or answered before."""
    notice = bells.log[n]
    assert isinstance(notice, events.NoticeHeld)
    to = recipient(bells, notice)
    eyes = {"owner": bells.card().owner, "supervisor": "su", "group": ""}[to]
    if any(isinstance(d, events.Notified) and d.at == notice.at and recipient(bells, d) == to for d in bells.log[:n]):
        return True  # by what rang at that very instant
    for d in bells.log[n + 1 :]:
        if d.at > notice.at + 20 * SECOND:
            return False
        if isinstance(d, events.AgentWrote) or (isinstance(d, events.Viewed) and d.agent == eyes):
            return True
        if isinstance(d, events.Notified) and recipient(bells, d) == to and d.merged > 0:
            return True
        held = isinstance(d, events.NoticeHeld) and d.reason in ("viewing", "offline", "nobody")
        if held and isinstance(d, events.NoticeHeld) and recipient(bells, d) == to:
            return True
    return False
