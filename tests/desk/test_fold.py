"""Replaying a log: the live state at every prefix, in parts or whole; the same again; late facts; silent deadlines."""

from __future__ import annotations

import random
import sys
from typing import Any, Self

import msgspec
import pytest

from deskkit.desk import coding, events
from deskkit.desk.desk import Desk, fold
from deskkit.desk.policy import Policy
from tests.desk.days import STANDARD, facts_with_decisions, known, world
from tests.laws.world import ACTS

PEAK = Policy.load("data/policies/peak.toml")
QUIET = Policy.load("data/policies/quiet.toml")


# ---------------------------------------------------------------- fold


@pytest.mark.parametrize("acts", [True, False])
def test_the_fold_is_the_live_state_after_every_fact(*, acts: bool) -> None:
    """After each fact of a random day a desk that only replays knows what the live desk knows."""
    made = world(5, 150, acts=acts)
    live, replayed = Desk(STANDARD, acts=acts), Desk(STANDARD, acts=acts)
    for part in facts_with_decisions(made.log):
        assert isinstance(part[0], events.Fact)
        assert list(live.step(part[0])) == part[1:]
        replayed.fold(part)
        assert known(replayed) == known(live)


@pytest.mark.parametrize("seed", range(6))
def test_a_fold_in_parts_is_the_fold_of_the_whole(seed: int) -> None:
    """Cut anywhere between two facts, the parts lead to where the whole leads."""
    parts = facts_with_decisions(world(seed, 120).log)
    whole = fold([event for part in parts for event in part], STANDARD)
    draw = random.Random(seed)
    in_parts = Desk(STANDARD)
    at = 0
    while at < len(parts):
        end = at + draw.randrange(1, 40)
        in_parts.fold([event for part in parts[at:end] for event in part])
        at = end
    assert known(in_parts) == known(whole)


def test_a_fold_survives_storing() -> None:
    """Events written as bytes and read back lead to the same desk."""
    made = world(8, 150)
    again = fold([coding.decode(coding.encode(event)) for event in made.log], STANDARD)
    assert known(again) == known(made.desk)


def test_a_folded_desk_goes_on_like_the_live_one() -> None:
    """What a desk decides does not depend on whether it lived through the day or replayed it."""
    made = world(11, 120)
    again = fold(made.log, STANDARD)
    went_on = world(11, 240)
    facts = [event for event in went_on.log[len(made.log) :] if isinstance(event, events.Fact)]
    assert len(facts) > 50
    for fact in facts:
        assert again.step(fact) == made.desk.step(fact)
        assert again.next_deadline() == made.desk.next_deadline()


def test_a_fold_changes_policies_where_the_log_does() -> None:
    """A log in which the policy changes leads to the same desk, whatever is in force at its end."""
    made = world(3, 60)
    for policy in (PEAK, STANDARD.edit({"notify.per_minute": 2, "routing.strategy": "round_robin"})):
        made.take(events.PolicyChanged, text=policy.text, fingerprint=policy.fingerprint)
        draw = random.Random(policy.fingerprint)
        for _ in range(60):
            made.act(draw.randrange(len(ACTS)), draw.randrange(10**6), draw.randrange(10**6), draw.randrange(10**6))
    assert known(fold(made.log, STANDARD)) == known(made.desk)


@pytest.mark.parametrize("seed", range(4))
def test_a_fold_is_the_live_state_after_policies_changed(seed: int) -> None:
    """After each change on a random day fold and live desk know and plan the same, and go on deciding the same."""
    made, draw = world(seed, 80), random.Random(seed)
    policies = [
        PEAK, STANDARD, QUIET, STANDARD.edit({"tidy[0].when": {"idle": ">= 1 min"}, "life.reopen_within": "10 min"}),
        STANDARD.edit({"reassign.after": "2 min", "notify.merge_urgent": "10 min"}),
    ]  # fmt: skip
    for _ in range(6):
        policy = draw.choice(policies)
        made.take(events.PolicyChanged, text=policy.text, fingerprint=policy.fingerprint)
        again = fold(made.log, STANDARD)
        assert known(again) == known(made.desk)
        assert again.next_deadline() == made.desk.next_deadline()
        begin = len(made.log)
        for _ in range(30):
            made.act(draw.randrange(len(ACTS)), draw.randrange(10**6), draw.randrange(10**6), draw.randrange(10**6))
        for fact, *decided in facts_with_decisions(made.log[begin:]):
            assert isinstance(fact, events.Fact)
            assert list(again.step(fact)) == decided
        assert again.next_deadline() == made.desk.next_deadline()


def test_a_handled_conversation_follows_the_new_policy_in_silence() -> None:
    """Under a policy that archives sooner, what was handled before is archived at its instant, without another fact."""
    desk = Desk(STANDARD)
    start = 1_781_773_200_000
    log: list[events.Event] = []
    sooner = STANDARD.add("tidy", {"name": "soon", "do": "archive", "when": {"stage": "resolved", "idle": ">= 2 min"}})
    for fact in (
        events.ConversationOpened(at=start, conversation="c1", customer="z"),
        events.Resolved(at=start, conversation="c1"),
        events.PolicyChanged(at=start + 1, text=sooner.text, fingerprint=sooner.fingerprint),
    ):
        log += [fact, *desk.step(fact)]
    assert desk.next_deadline() == start + 120_000 == fold(log, STANDARD).next_deadline()
    assert [type(d) for d in desk.step(events.DeadlineReached(at=start + 120_000))] == [events.Tidied]


def test_a_fold_decides_nothing() -> None:
    """Facts alone lead to a desk that has decided nothing: nobody is assigned, nothing rings, nothing is tidied."""
    made = world(7, 150)
    facts = [event for event in made.log if isinstance(event, events.Fact)]
    desk = Desk(STANDARD)
    desk.fold(facts)
    assert len(desk.conversations) == len([fact for fact in facts if isinstance(fact, events.ConversationOpened)])
    assert all(not any(row) for row in desk.state.reason)
    assert len(made.desk.state.reason) > 0


# ---------------------------------------------------------------- the same again


def test_the_same_facts_lead_to_the_same_decisions() -> None:
    """Twice the same facts: the same decisions in the same order, with the same identities and reasons."""
    one, two = world(21, 200), world(21, 200)
    assert [coding.encode(event) for event in one.log] == [coding.encode(event) for event in two.log]
    assert len(one.log) > 300


def test_no_identity_is_given_twice() -> None:
    """In a long random day every fact and decision has an identity of its own."""
    made = world(2, 1500)
    identities = [(event.source, event.source_id) for event in made.log]
    assert len(identities) == len(set(identities))
    assert len(identities) > 3000


def test_identities_do_not_meet_through_colons() -> None:
    """Source "a:b" with id "c" and source "a" with id "b:c" are two facts: their decisions are told apart."""
    ids: list[str] = []
    pairs = (("a:b", "c"), ("a", "b:c"), ("a:", "b"), ("a", "::b"), ("a", ":b"), ("a%3Ab", "c"), ("a::b", "c"))
    for source, source_id in pairs:
        desk = Desk(STANDARD)
        desk.step(events.ConversationOpened(at=0, source="x", source_id="1", conversation="c1", customer="z"))
        done = desk.step(
            events.CustomerWrote(at=0, source=source, source_id=source_id, conversation="c1", message="m", text="hello")
        )
        ids += [decision.source_id for decision in done]
    assert len(ids) == len(set(ids)) == len(pairs)


# ---------------------------------------------------------------- time


def test_a_fact_that_comes_late_makes_no_negative_duration() -> None:
    """Facts up to an hour late, anywhere in a day: no wait, no elapsed time is negative, no timer lies in the past."""
    draw = random.Random(4)
    desk = Desk(STANDARD)
    log: list[events.Event] = []
    for fact in (event for event in world(4, 250).log if isinstance(event, events.Fact)):
        late = draw.choice((0, 0, 1, 5_000, 3_600_000))
        moved = msgspec.structs.replace(fact, at=max(0, fact.at - late))
        before = desk.now
        done = desk.step(moved)
        log += [moved, *done]
        assert desk.now >= before
        due = desk.next_deadline()
        assert due is None or due > desk.now
        for decision in done:
            assert decision.at == desk.now
            if isinstance(decision, events.Assigned | events.Notified | events.NoticeHeld | events.Returned):
                assert decision.because[1] >= 0
    assert known(fold(log, STANDARD)) == known(desk)


def test_a_late_message_is_answered_in_the_order_it_came() -> None:
    """A message that comes a minute late waits from its arrival: the desk knew nothing of it before."""
    desk = Desk(STANDARD)
    start = 1_781_773_200_000
    desk.step(events.DeadlineReached(at=start + 60_000))
    desk.step(events.ConversationOpened(at=start, conversation="c1", customer="zhang"))
    (queued, *_) = desk.step(events.CustomerWrote(at=start, conversation="c1", message="m", text="hello"))
    assert queued.at == start + 60_000
    assert desk.now == start + 60_000


class Counter:
    """Counts the calls of Python functions while it is open."""

    def __init__(self) -> None:
        self.calls = 0

    def __enter__(self) -> Self:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, _frame: Any, event: str, _arg: Any) -> None:
        self.calls += event == "call"


def test_a_deadline_at_which_nothing_is_due_costs_the_same_on_a_full_desk() -> None:
    """A wake-up without anything to decide does not look at every conversation: 10 or 400 make no difference."""
    calls = []
    for count in (10, 400):
        desk = Desk(STANDARD)
        start = 1_781_773_200_000
        for n in range(count):
            desk.step(events.ConversationOpened(at=start, conversation=f"c{n}", customer=f"u{n}"))
            desk.step(events.CustomerWrote(at=start, conversation=f"c{n}", message="m", text="hello"))
        desk.step(events.DeadlineReached(at=start + 1_000))
        with Counter() as counter:
            done = desk.step(events.DeadlineReached(at=start + 1_001))
        assert done == ()
        calls.append(counter.calls)
    assert calls[1] <= calls[0] + 10
    assert 0 < calls[0] < 60


def test_a_silent_desk_is_not_woken_without_end() -> None:
    """Left alone for thirty days a busy desk is woken a bounded number of times and then rarely."""
    made = world(9, 120)
    open_now = len(made.desk.conversations)
    start, wakes = made.at, 0
    due = made.desk.next_deadline()
    while due is not None and due < start + 30 * 86_400_000:
        assert due > made.desk.now
        made.desk.step(events.DeadlineReached(at=due))
        wakes += 1
        due = made.desk.next_deadline()
    assert wakes < 60 * open_now + 30 * 4
