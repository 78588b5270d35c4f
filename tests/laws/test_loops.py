"""Rules cannot loop (P11): why the desk needs no circuit breaker, shown on random days.

A loop needs a decision that leads to another without anything new from outside. Here none can: in one pass each rule
decides at most once about a conversation; left alone the desk falls silent; what automation writes wakes no rule; and
where a product sends everything decided back as a fact, that echo dies. So no rule decides more than twenty times an
hour about a conversation unless people do more than that, or a ladder of the policy names as many rungs.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk import columns as k
from deskkit.desk import decisions, events, facts
from deskkit.desk.desk import fold
from tests.laws.test_laws import POLICIES, STANDARD, draw_act
from tests.laws.world import World

if TYPE_CHECKING:
    from deskkit.desk.events import Decision, Fact
    from deskkit.desk.policy import Policy

MOST_AN_HOUR = 20
HOUR = 3_600_000
DAY = 24 * HOUR
STAMPED = ("at", "source", "source_id")
NOT_OF_A_RULE = (events.Refused, events.Queued, events.Renewed)
PARTS = (
    "conversation",
    "agent",
    "facet",
    "tag",
    "on",
    "rule",
    "phase",
    "event",
    "level",
    "rung",
    "step",
    "group",
    "action",
)


def rule_of(decision: Decision) -> tuple[Any, ...]:
    """Return which rule decided, about which conversation: its kind, what it names, its number."""
    named = [getattr(decision, part) for part in PARTS if hasattr(decision, part)]
    number = decision.because[0] if isinstance(decision, events.Tidied) else None
    return (type(decision).__name__, *named, number)


def day(policy: Policy, seed: int, steps: int, *, agents: int = 3) -> World:
    """Let a random day happen in which each pass is looked at."""
    draw = random.Random(seed)
    made = World(policy, agents=agents)
    for _ in range(steps):
        check_one_pass(made.act(*draw_act(draw)))
    return made


def check_one_pass(made: tuple[Decision, ...]) -> None:
    """In one pass each rule decides at most once about a conversation."""
    for rule, count in Counter(map(rule_of, made)).items():
        assert count == 1, f"decided {count} times in one pass: {rule}"


def often(log: list[Any]) -> dict[Any, int]:
    """Return how many decisions each rule made about each conversation in the worst hour of a log, by the clock."""
    hours: Counter[Any] = Counter()
    for event in log:
        if isinstance(event, events.Decision) and not isinstance(event, NOT_OF_A_RULE):
            kind, *named = rule_of(event)
            drop = {"phase", "on", "agent"}  # off and on again are one rule; so are one agent and the next
            kept = tuple(getattr(event, part) for part in PARTS if hasattr(event, part) and part not in drop)
            hours[(kind, kept, named[-1]), event.at // HOUR] += 1
    worst: dict[Any, int] = {}
    for (rule, _), count in hours.items():
        worst[rule] = max(count, worst.get(rule, 0))
    return worst


def leave_alone(made: World, ms: int) -> list[Any]:
    """Let nothing happen but the time; return the events of it."""
    begin, end = len(made.log), made.at + ms
    due = made.desk.next_deadline()
    while due is not None and due <= end:
        made.at = max(made.at, due)
        check_one_pass(made.take(events.DeadlineReached))
        due = made.desk.next_deadline()
    made.at = end
    return made.log[begin:]


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("days", [6, pytest.param(1_000, marks=pytest.mark.full)])
def test_left_alone_the_desk_falls_silent(name: str, days: int) -> None:
    """After any day: thirty hours without a word hold no rule that decides more than twenty times an hour."""
    decided = 0
    for seed in range(days):
        alone = leave_alone(day(POLICIES[name], seed, 70), 30 * HOUR)
        worst = often(alone)
        assert max(worst.values(), default=0) <= MOST_AN_HOUR, f"seed {seed}: {worst}"
        decided += sum(worst.values())
    assert decided > days  # the silence was not empty


def automatic(name: str, at: int) -> list[Fact]:
    """Return what automation, a bot or a colleague's note may write."""
    common: dict[str, Any] = {"at": at, "source": "bot", "conversation": name}
    return [
        events.AgentWrote(**common, source_id="1", agent="a0", message="b1", text="退款，投诉！", automatic=True),
        events.SystemWrote(**common, source_id="2", message="b2", text="urgent complaint refund asap"),
        events.NoteWritten(**common, source_id="3", agent="a0", text="投诉 urgent"),
    ]


def bots(policy: Policy, days: int) -> int:
    """Let bots write into open conversations, and check that this wakes nothing; return how often one wrote."""
    spoke = 0
    for seed in range(days):
        made = day(policy, seed, 60)
        stage = {
            name: made.desk.state.conversation[made.desk.exactly(name)][k.STAGE] for name in made.desk.conversations
        }
        for conversation in [name for name in stage if stage[name] < k.RESOLVED][-2:]:
            silent = fold(made.log, policy).step(events.DeadlineReached(at=made.at, source="clock", source_id="1"))
            for fact in automatic(conversation, made.at):
                heard = fold(made.log, policy).step(fact)
                assert [*map(rule_of, heard)] == [*map(rule_of, silent)], f"seed {seed}: {fact} woke a rule"
                spoke += 1
    return spoke


@pytest.mark.parametrize("name", ["standard", "peak", "quiet"])
@pytest.mark.parametrize("days", [4, pytest.param(300, marks=pytest.mark.full)])
def test_what_automation_writes_wakes_no_rule(name: str, days: int) -> None:
    """A bot's message leads to what the clock alone leads to, whatever it says and however often it comes."""
    assert bots(POLICIES[name], days) >= days


ECHO: dict[type[Any], Any] = {
    events.Tagged: lambda d: events.TagSet(**about(d), facet=d.facet, tag=d.tag, on=d.on),
    events.Prioritised: lambda d: events.PrioritySet(**about(d), level=d.level),
    events.Assigned: lambda d: events.OwnerSet(**about(d), agent=d.agent),
    events.Returned: lambda d: events.OwnerSet(**about(d), agent=""),
    events.Queued: lambda d: events.GroupSet(**about(d), group=d.group),
    events.Notified: lambda d: events.SystemWrote(**about(d), message=d.source_id, text="马上！asap！"),
    events.Tidied: lambda d: (events.Archived if d.action == "archive" else events.Resolved)(**about(d)),
}
"""A decision as the fact by which a product may report it back to us."""


def about(decision: Any) -> dict[str, Any]:
    """Return what a fact and the decision it comes from share."""
    return {"at": decision.at, "conversation": decision.conversation}


def echoed(policy: Policy, seed: int, *, most: int) -> int:
    """Let a day happen in which all that is decided comes back at once; return in how many rounds, at most."""
    draw = random.Random(seed)
    made = World(policy, agents=3)
    longest = 0
    for _ in range(50):
        answers = list(made.act(*draw_act(draw)))
        for round_ in range(most + 1):
            back = [ECHO[type(d)](d) for d in answers if type(d) in ECHO and getattr(d, "action", "") != "suggest"]
            if not back:
                break
            longest = max(longest, round_ + 1)
            answers = []
            for fact in back:
                made.at += 200
                fields = {name: getattr(fact, name) for name in fact.__struct_fields__ if name not in STAMPED}
                answers += made.take(type(fact), **fields)
            assert round_ < most, f"seed {seed}: what is decided comes back for ever: {answers}"
    return longest


def echoes(policy: Policy, days: int) -> int:
    """Let days happen in which all comes back; return in how many rounds it did."""
    return sum(echoed(policy, seed, most=8) for seed in range(days))


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("days", [6, pytest.param(1_000, marks=pytest.mark.full)])
def test_an_echo_dies(name: str, days: int) -> None:
    """Where each decision comes back as a fact, a few rounds later nothing is left to decide."""
    assert echoes(POLICIES[name], days) > days // 2


def wakes(s: k.State, p: k.Tables, f: Any, stage: int) -> int:
    """Hear what a system writes as if a customer had written it, with every signal."""
    if f[k.KIND] == k.F_SYSTEM_WROTE:
        f = [k.F_CUSTOMER_WROTE, f[k.AT], f[k.WHO], -1, (1 << 12) - 1, 9, -1, 0, 0, 0, 0, 0]
    return FOLD(s, p, f, stage)


FOLD = facts.fold_conversation


def test_a_loop_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a rule's decision forgotten, or a system's messages heard, these tests would say so (their control)."""
    with monkeypatch.context() as broken:
        broken.setattr(decisions, "prioritised", lambda *_: None)
        with pytest.raises(AssertionError, match="comes back for ever"):
            echoes(STANDARD, 40)
    with monkeypatch.context() as broken:
        broken.setattr(facts, "fold_conversation", wakes)
        with pytest.raises(AssertionError, match="woke a rule"):
            bots(STANDARD, 12)
