"""A policy put live while the demo runs: it holds from then on for everybody, and the demo goes on living."""

from __future__ import annotations

from deskkit.clock import ManualClock
from deskkit.desk import columns as k
from deskkit.desk import events as e
from deskkit.live.follower import Follower
from deskkit.live.inbox import submit
from deskkit.live.lease import take_lease
from deskkit.live.serve import Serving, Ways
from deskkit.log import open_log
from deskkit.log.in_force import policy_in_force
from deskkit.sim.living import Living
from deskkit.sim.workload import sample
from tests.live.desks import STANDARD
from tests.sim.days import HOUR, busy_day

LEVEL = k.LEVEL
TICK_MS = 500
HIGH = 2
EVERYBODY = {"name": "Everybody", "level": "high", "when": {"turns": ">= 1"}}
EAGER = STANDARD.edit({"name": "eager"}).add("priority.rule", EVERYBODY)


def put_live(text: str, fingerprint: str) -> e.PolicyChanged:
    """Return what a supervisor's press does."""
    return e.PolicyChanged(at=0, source="view", source_id="put", text=text, fingerprint=fingerprint, by="qin")


def test_a_policy_put_live_holds_for_what_the_demo_does_next() -> None:
    """Contacts that come later have the new level; people go on, nothing fails, nothing comes twice."""
    log, clock = open_log("memory:"), ManualClock(round(9.5 * HOUR))
    holding = take_lease(log, "demo")
    assert holding is not None
    living = Living(busy_day(), sample(busy_day(), seed=3, begin=0), STANDARD)
    ways = Ways(feeds=[living], senders=living.senders)
    serving = Serving(log, STANDARD, holding, ways=ways, clock=clock)
    seen = Follower(log, STANDARD, clock=clock)

    def pass_by(minutes: int) -> None:
        for _ in range(minutes * 60_000 // TICK_MS):
            clock.advance(TICK_MS)
            serving.tick()
            seen.wake()

    pass_by(6)
    assert submit(log, put_live(EAGER.text, EAGER.fingerprint), received_at=clock.now(), author="qin")
    serving.tick()
    put = log.last_seq()
    assert serving.driver.desk.policy == EAGER
    assert not submit(log, put_live(EAGER.text, EAGER.fingerprint), received_at=clock.now(), author="qin")  # sent again
    wrong = put_live(EAGER.text, STANDARD.fingerprint)
    wrong = e.PolicyChanged(at=0, source="view", source_id="wrong", text=wrong.text, fingerprint=wrong.fingerprint)
    submit(log, wrong, received_at=clock.now(), author="qin")  # the control: what is no policy is set aside
    pass_by(6)
    assert (log.answer("view", "wrong") or ("",))[0] == "aside"
    changes = [row.event for row in log.read(kinds=[e.PolicyChanged])]
    assert [one.fingerprint for one in changes if isinstance(one, e.PolicyChanged)] == [
        STANDARD.fingerprint,
        EAGER.fingerprint,
    ]
    assert seen.desk.policy == serving.driver.desk.policy == policy_in_force(log) == EAGER
    assert serving.faults == 0
    for kinds in ([e.ConversationOpened], [e.AgentWrote], [e.Assigned]):
        assert log.count(kinds=kinds) > len(list(log.read(until=put, kinds=kinds))) > 0
    came = {row.event.conversation for row in log.read(put, kinds=[e.ConversationOpened])}  # type: ignore[attr-defined]
    desk = serving.driver.desk
    assert {desk.state.conversation[desk.conversation(name)][LEVEL] for name in came} <= {HIGH, HIGH + 1}
    holding.end()
