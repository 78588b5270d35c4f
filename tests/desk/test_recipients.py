"""Who is told: owner, helpers, group, supervisors; who is offline, away or looking; and nobody at all."""

from __future__ import annotations

import pytest

from deskkit.desk import events
from tests.desk.bells import Bells, again, ladder, rung

MESSAGE = "message normal 0"


# ---------------------------------------------------------------- whom a rung is for


def test_the_owner_alone_is_told_what_is_for_the_owner() -> None:
    """Of several agents only the one who owns the conversation hears of its message."""
    bells = Bells(ladder("message", "normal", rung(10)), agents=("chen", "lin"))
    bells.supervisor("su")
    bells.open()
    bells.until(60)
    assert bells.rang() == [(10, "chen", MESSAGE)]


def test_every_helper_is_told_what_is_for_helpers() -> None:
    """Both helpers hear of the message at the same instant, the owner does not."""
    bells = Bells(ladder("message", "normal", rung(10, "helpers")))
    for name in ("lin", "wang"):
        bells.take(events.AgentSet, agent=name, groups=("other",))
        bells.presence(name, "online")
    bells.open()
    for name in ("lin", "wang"):
        bells.do(events.HelperSet, agent=name)
    bells.until(60)
    assert bells.rang() == [(10, "lin", MESSAGE), (10, "wang", MESSAGE)]


def test_a_helper_who_left_is_not_told() -> None:
    """Whoever was released, or went offline, helps no longer and hears nothing."""
    bells = Bells(ladder("message", "normal", rung(10, "helpers")))
    for name in ("lin", "wang", "zhou"):
        bells.take(events.AgentSet, agent=name, groups=("other",))
        bells.presence(name, "online")
    bells.open()
    for name in ("lin", "wang", "zhou"):
        bells.do(events.HelperSet, agent=name)
    bells.do(events.HelperSet, agent="lin", on=False)
    bells.presence("wang", "offline")
    bells.until(60)
    assert bells.rang() == [(10, "zhou", MESSAGE)]


def test_all_who_are_online_in_the_group_are_told_what_is_for_the_group() -> None:
    """A long wait told to the group reaches its members who are online, not who is away, offline or elsewhere."""
    bells = Bells(ladder("waiting", "normal", rung(60, "group")), agents=("chen", "lin", "wang"))
    bells.take(events.AgentSet, agent="far", groups=("other",))
    bells.presence("far", "online")
    for name in ("chen", "lin", "wang"):
        bells.presence(name, "away")
    bells.open()
    bells.presence("wang", "offline")
    bells.until(59)
    bells.take(events.AgentSet, agent="chen", groups=("desk",), capacity=0)
    bells.presence("chen", "online")
    bells.until(100)
    assert bells.stage() == "waiting"
    assert bells.rang() == [(60, "chen", "waiting normal 0")]


def test_every_supervisor_who_is_not_offline_is_told() -> None:
    """Supervisors are told in whatever group they are, also who is away; who is offline is not."""
    bells = Bells(ladder("waiting", "normal", rung(60, "supervisor")))
    for name, presence in (("su", "online"), ("sa", "away"), ("so", "offline")):
        bells.supervisor(name, presence=presence)
    bells.open()
    bells.until(100)
    assert {agent for _, agent, _ in bells.rang()} == {"su", "sa"}
    assert bells.held() == []


def test_whoever_is_no_supervisor_any_more_is_not_told() -> None:
    """A role taken away takes the notices away; the other supervisors keep theirs."""
    bells = Bells(ladder("waiting", "normal", rung(60, "supervisor")))
    for name in ("one", "two", "three"):
        bells.supervisor(name)
    bells.take(events.AgentSet, agent="two", role="agent", groups=("other",))
    bells.open()
    bells.until(100)
    assert {agent for _, agent, _ in bells.rang()} == {"one", "three"}


@pytest.mark.parametrize(("to", "stage"), [("owner", "waiting"), ("helpers", "assigned"), ("supervisor", "assigned")])
def test_a_rung_for_nobody_stays_in_the_log(to: str, stage: str) -> None:
    """Where there is no owner, helper or supervisor to tell, the log says so at the instant it was due."""
    bells = Bells(ladder("waiting", "normal", rung(60, to)))
    if stage == "waiting":
        bells.presence("chen", "away")
    bells.open()
    bells.until(100)
    assert bells.stage() == stage
    assert bells.rang() == []
    assert bells.held() == [(60, "", "waiting normal 0", "nobody")]


def test_a_group_without_anybody_online_stays_in_the_log() -> None:
    """A rung for a group none of whom is online is held for want of anybody."""
    bells = Bells(ladder("waiting", "normal", rung(60, "group")))
    bells.presence("chen", "offline")
    bells.open()
    bells.until(100)
    assert bells.held() == [(60, "", "waiting normal 0", "nobody")]


# ---------------------------------------------------------------- who is not there, who is looking


def test_an_owner_who_is_offline_is_reached_by_push_alone() -> None:
    """A ring on the screen of an owner who is offline is held and says why; one with push goes out to the phone."""
    bells = Bells(ladder("message", "normal", rung(10), rung(20, ring="push")), edits={"offline.redistribute": False})
    bells.open()
    bells.presence("chen", "offline")
    bells.until(60)
    assert bells.held() == [(10, "chen", MESSAGE, "offline")]
    assert bells.rang() == [(20, "chen", "message normal 1")]


def test_a_supervisor_who_is_offline_is_reached_by_push_alone() -> None:
    """With all supervisors offline a soft ring is for nobody, a push reaches each of them."""
    bells = Bells(ladder("waiting", "normal", rung(60, "supervisor"), rung(90, "supervisor", ring="push")))
    for name in ("su", "so"):
        bells.supervisor(name, presence="offline")
    bells.open()
    bells.until(100)
    assert bells.held() == [(60, "", "waiting normal 0", "nobody")]
    assert {(second, agent) for second, agent, _ in bells.rang()} == {(90, "su"), (90, "so")}


def test_who_is_away_is_told() -> None:
    """Away means no new work, not deaf: the owner hears of a message to what is in hand."""
    bells = Bells(ladder("message", "normal", rung(10)))
    bells.open()
    bells.presence("chen", "away")
    bells.until(60)
    assert bells.rang() == [(10, "chen", MESSAGE)]


@pytest.mark.parametrize("topic", ["message", "assignment"])
def test_whoever_looks_at_the_tab_needs_no_notice_of_it(topic: str) -> None:
    """While the owner looks at the tab its messages ring for nobody; each held notice says why."""
    bells = Bells(ladder(topic, "normal", again(0, 10, 1)), agents=("chen",))
    bells.presence("chen", "away")
    bells.open()
    bells.view()
    bells.until(5)
    bells.do(events.OwnerSet, agent="chen")
    if topic == "message":
        bells.say("one more")
    bells.until(60)
    assert bells.rang() == []
    assert bells.held() == [(5, "chen", f"{topic} normal 0", "viewing"), (15, "chen", f"{topic} normal 1", "viewing")]


def test_whoever_looks_elsewhere_is_told() -> None:
    """The owner looks at another tab: a message to this one rings."""
    bells = Bells(ladder("message", "normal", rung(10)))
    bells.open("c1")
    bells.open("c2", customer="li")
    bells.view(name="c1")
    bells.view(name="c2")
    bells.say("hello again", "c1")
    bells.until(60)
    assert bells.rang(name="c1") == [(10, "chen", MESSAGE)]
    assert bells.rang(name="c2") == []


def test_a_message_that_came_under_the_eyes_of_the_owner_has_been_seen() -> None:
    """The owner looked at the tab when the message came, then at another: the message is viewed, and rings no more."""
    bells = Bells(ladder("message", "normal", rung(0), rung(45)))
    bells.open("c1")
    bells.open("c2", customer="li")
    bells.view(name="c1")
    bells.until(10)
    bells.say("one more", "c1")
    bells.until(20)
    bells.view(name="c2")
    bells.until(300)
    assert bells.rang(name="c1") == [(0, "chen", MESSAGE)]
    assert bells.held(name="c1") == [(10, "chen", MESSAGE, "viewing")]


def test_a_reply_alone_does_not_mean_that_the_tab_stays_in_view() -> None:
    """A product that shows no views tells of replies only: the next message rings at once."""
    bells = Bells(ladder("message", "normal", rung(0)))
    bells.open()
    bells.until(10)
    bells.reply()
    bells.until(20)
    bells.say("thank you, but")
    assert [second for second, *_ in bells.rang()] == [0, 20]


def test_a_waiting_customer_is_told_of_though_somebody_looks() -> None:
    """That a customer waits is no matter of looking: the supervisor who looks at the tab is told once more."""
    bells = Bells(ladder("waiting", "normal", rung(60, "supervisor"), rung(90)))
    bells.supervisor("su")
    bells.open()
    bells.view("su")
    bells.view("chen")
    bells.until(100)
    assert bells.rang() == [(60, "su", "waiting normal 0"), (90, "chen", "waiting normal 1")]


# ---------------------------------------------------------------- until viewed


def test_a_supervisor_who_looked_is_not_rung_again() -> None:
    """Repetitions for the supervisor end with the supervisor's look; the next rung of the ladder still comes."""
    bells = Bells(ladder("waiting", "normal", again(60, 60, 3, "supervisor"), rung(400, "supervisor", ring="alarm")))
    bells.supervisor("su")
    bells.open()
    bells.until(130)
    bells.view("su")
    bells.open("c2", customer="li")
    bells.view("su", "c2")
    bells.until(600)
    assert [second for second, *_ in bells.rang()] == [60, 120, 400]
    assert [(second, why) for second, _, _, why in bells.held()] == [(180, "viewing"), (240, "viewing")]


def test_a_look_before_the_first_ringing_ends_no_repetition() -> None:
    """Who looked before it rang has not seen what it rang for: it repeats until the next look."""
    bells = Bells(ladder("waiting", "normal", again(60, 60, 2, "supervisor")))
    bells.supervisor("su")
    bells.open()
    bells.view("su")
    bells.open("c2", customer="li")
    bells.view("su", "c2")
    bells.until(600)
    assert [second for second, *_ in bells.rang()] == [60, 120, 180]


def test_an_owner_who_looked_hears_no_repetition_of_a_wait() -> None:
    """The wait told to the owner repeats until the owner looks."""
    bells = Bells(ladder("waiting", "normal", again(60, 60, 9)))
    bells.open()
    bells.until(150)
    bells.view()
    bells.until(1000)
    assert [second for second, *_ in bells.rang()] == [60, 120]


def test_a_new_wait_repeats_again() -> None:
    """After an answer the next wait is another event: the supervisor's look at the first one counts no more."""
    bells = Bells(ladder("waiting", "normal", again(60, 60, 1, "supervisor")))
    bells.supervisor("su")
    bells.open()
    bells.until(90)
    bells.view("su")
    bells.open("c2", customer="li")
    bells.view("su", "c2")
    bells.until(200)
    bells.reply()
    bells.until(300)
    bells.say("and now?")
    bells.until(600)
    assert [second for second, *_ in bells.rang()] == [60, 360, 420]
