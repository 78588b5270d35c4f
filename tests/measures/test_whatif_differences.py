"""Differences by hand: who is touched by a changed threshold, when, and in which words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from deskkit import cli
from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.live.driver import Driver
from deskkit.locale import translator
from deskkit.log import open_log
from deskkit.measures.replayed import DIFFERENCES
from deskkit.measures.whatif import replay
from deskkit.sample import sample_log, sample_policy
from tests.desk.scene import MINUTE, START, policy, raising, tagging, tidying

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog

SPENT = {"c1": 500.0, "c2": 1500.0, "c3": 2500.0, "c4": 1500.0, "c5": 1500.0}


def rules(spend: int) -> Policy:
    """Return a policy for which VIPs have spent so much, and are of high priority."""
    return policy(
        tags=(tagging("VIP", "customer", spend=f">= {spend}"),),
        levels=(raising("high", "VIPs first", tag="VIP"),),
    )


class Shop:
    """A driver that is awake, and facts given one by one."""

    def __init__(self, rules_in_force: Policy, log: EventLog | None = None) -> None:
        self.clock = ManualClock(START)
        self.log = log or open_log("memory:")
        self.driver = Driver(self.log, rules_in_force, clock=self.clock)
        self.count = 0
        for agent in ("chen", "wang"):
            self.take(events.AgentSet, agent=agent, groups=("desk",))
            self.take(events.PresenceSet, agent=agent, presence="online")

    def take(self, kind: Any, **fields: Any) -> tuple[Any, ...]:
        """Let a fact happen now."""
        self.driver.wake()
        self.count += 1
        return self.driver.take(kind(at=self.clock.now(), source="shop", source_id=str(self.count), **fields))

    def come(self, name: str) -> None:
        """Let a customer come who has spent something, and write."""
        self.take(events.CustomerSet, customer=f"of {name}", fields={"spend": SPENT[name]})
        self.take(events.ConversationOpened, conversation=name, customer=f"of {name}")
        self.take(events.CustomerWrote, conversation=name, message=f"m{self.count}", text="hello")


@pytest.fixture(scope="module")
def day() -> EventLog:
    """Return a decided log: five customers, a minute between them; c4 tagged and c5 levelled by hand."""
    shop = Shop(rules(1000))
    for name in SPENT:
        shop.come(name)
        if name == "c4":
            shop.clock.advance(1_000)
            shop.take(events.TagSet, conversation="c4", facet="customer", tag="VIP")
        if name == "c5":
            shop.take(events.PrioritySet, conversation="c5", level=3)
        shop.clock.advance(MINUTE - shop.clock.now() % MINUTE)
    for name in SPENT:
        shop.take(events.Resolved, conversation=name)
    return shop.log


def test_a_changed_threshold_touches_whom_a_hand_computation_says(day: EventLog) -> None:
    """From 1000 to 2000: of those who spent 1500 one loses tag and level, one keeps the hand's tag, one its level."""
    found = replay(day, rules(2000)).differences
    rows = found.select("conversation", "kind", "what", "before", "after").rows()
    assert rows == [
        ("c2", "priority", "priority", "high", "normal"),
        ("c2", "tag", "customer: VIP", "on", ""),
        ("c4", "priority", "priority", "high", "normal"),
        ("c4", "tag", "customer: VIP", "on", ""),
        ("c5", "tag", "customer: VIP", "on", ""),
    ]
    lasted = [(row["until"] - row["at"]).total_seconds() for row in found.rows(named=True) if row["until"]]
    assert lasted == [1.0, 1.0], "of c4, until the hand's tag"
    assert set(found["effect"]) == {"direct"}
    assert found.schema == DIFFERENCES


def test_a_difference_says_why_in_two_languages(day: EventLog) -> None:
    """The reasons name the rules of either side, in English and in Chinese; no message text is in the table."""
    made = replay(day, rules(2000))
    row = made.differences.filter(pl.col("conversation") == "c2", pl.col("kind") == "tag").row(0, named=True)
    assert (row["because_before"], row["because_after"]) == ("Tag VIP (customer): rule VIP", "No rule gives it")
    row = made.differences.filter(pl.col("conversation") == "c2", pl.col("kind") == "priority").row(0, named=True)
    assert (row["because_before"], row["because_after"]) == ("Priority high: VIPs first", "No rule raises it")
    chinese = made.frame(say=translator("zh"))
    assert "高" in chinese.filter(pl.col("kind") == "priority")["because_before"][0]
    assert "hello" not in str(made.differences.rows()) + str(made.examples().rows())


def test_the_summary_counts(day: EventLog) -> None:
    """Share, minutes at each level and the rules behind it are those worked out by hand."""
    made = replay(day, rules(2000))
    summary = made.summary
    assert (summary.conversations, summary.touched, summary.share) == (5, 3, 0.6)
    # Open for 5, 4, 3, 2, 1 minutes: before c2, c3, c4 high; after c3, c4 but for a second; c5 urgent by hand.
    assert summary.minutes_at_level["high"] == pytest.approx((9, 5 - 1 / 60))
    assert summary.minutes_at_level["normal"] == pytest.approx((5, 9 + 1 / 60))
    assert summary.minutes_at_level["urgent"] == (1.0, 1.0)
    assert {(kind, rule) for kind, rule, _ in summary.rules} == {("tag", "rule VIP"), ("priority", "VIPs first")}
    assert "3 of 5 conversations would be touched (60.0%)" in str(made)
    assert json.loads(json.dumps(summary.as_dict()))["effect"] == "direct"
    assert made.examples(1)["conversation"].to_list() == ["c2"]


def test_assignment_is_advice_and_changes_no_owner() -> None:
    """Where the rules would let wait whom the log gave to an agent, that is said; the next is judged by real owners."""
    shop = Shop(policy())
    shop.come("c1")
    shop.come("c2")
    shop.come("c3")
    narrow = policy(edits={"capacity.agent": 1})
    found = replay(shop.log, narrow).differences.filter(pl.col("kind") == "assignment")
    assert found.select("conversation", "before", "after", "because_after").rows() == [
        ("c3", "chen", "", "Nobody had room")
    ]
    summary = replay(shop.log, narrow).summary
    assert (summary.assignments, summary.chosen_as_was) == (3, (3, 2))


def test_a_product_that_assigns_is_compared_by_two_policies() -> None:
    """An owner set by the product before the customer writes is a point at which both policies are asked."""
    log = open_log("memory:")
    facts: list[events.Fact] = [
        *(
            events.AgentSet(at=START, source="p", source_id=f"a{n}", agent=agent, groups=(group,))
            for n, (agent, group) in enumerate((("chen", "desk"), ("wang", "other")))
        ),
        *(
            events.PresenceSet(at=START, source="p", source_id=f"p{agent}", agent=agent, presence="online")
            for agent in ("chen", "wang")
        ),
        events.ConversationOpened(at=START + 1, source="p", source_id="o", conversation="c1", customer="zhang"),
        events.OwnerSet(at=START + 1, source="p", source_id="w", conversation="c1", agent="chen"),
        events.CustomerWrote(at=START + 2, source="p", source_id="m", conversation="c1", message="m", text="hello"),
    ]
    log.append(facts, received_at=START + 9)
    made = replay(log, policy(edits={"routing.default_group": "other"}), against=policy())
    assert made.differences.select("kind", "what", "before", "after").rows() == [
        ("assignment", "given to chen", "chen", "wang")
    ]
    assert made.summary.chosen_as_was == (1, 0)


def test_tidying_that_would_come_later_or_not_at_all() -> None:
    """What is archived stays archived; the other rules would have done so later, or not."""
    shop = Shop(policy(tidy=(tidying("archive", "soon", stage="resolved", idle=">= 10 min"),)))
    shop.come("c1")
    shop.take(events.Resolved, conversation="c1")
    shop.clock.advance(60 * MINUTE)
    shop.take(events.CustomerSet, customer="of c1", fields={})
    later = policy(tidy=(tidying("archive", "late", stage="resolved", idle=">= 30 min"),))
    row = replay(shop.log, policy()).differences.row(0, named=True)
    assert (row["kind"], row["before"], row["after"], row["until"]) == ("tidying", "yes", "", None)
    found = replay(shop.log, later).differences
    assert found.select("kind", "before", "after").rows() in (
        [("tidying", "yes", "")],
        [("tidying", "yes", "20 min later")],
    )


def test_the_share_is_of_what_lived_in_the_span() -> None:
    """Of three conversations two are over before the span: the share is of the third; the other two are told apart."""
    shop = Shop(rules(1000))
    for name in ("c2", "c3"):
        shop.come(name)
        shop.take(events.Resolved, conversation=name)
    shop.clock.advance(60 * MINUTE)
    shop.come("c4")
    begin = shop.clock.now()
    shop.clock.advance(60 * MINUTE)
    shop.take(events.Resolved, conversation="c4")
    summary = replay(shop.log, rules(2000), start=begin).summary
    assert (summary.conversations, summary.touched, summary.touched_closed) == (1, 1, 0)
    assert "1 of 1 conversations would be touched (100.0%)\n" in str(summary)
    later = policy(base=rules(1000), tidy=(tidying("archive", "late", stage="resolved", idle=">= 90 min"),))
    summary = replay(shop.log, later, start=begin + 1).summary
    assert (summary.conversations, summary.touched, summary.touched_closed) == (1, 0, 2)
    assert "0 of 1 conversations would be touched (0.0%); and 2 closed before" in str(summary)


def decided_sample(rules_in_force: Policy, *, count: int) -> EventLog:
    """Return the first facts of the sample, decided by a driver that was awake."""
    clock = ManualClock(0)
    log = open_log("memory:")
    driver: Driver | None = None
    for stored in sample_log().read(limit=count):
        if not isinstance(stored.event, events.Fact):
            continue
        clock.advance(max(0, stored.at - clock.now()))
        driver = driver or Driver(log, rules_in_force, clock=clock)
        driver.wake()
        driver.take(stored.event)
    return log


@pytest.mark.parametrize("size", [3_000, pytest.param(70_000, marks=pytest.mark.full)])
def test_the_sample_decided_by_a_driver_is_replayed_without_a_difference(size: int) -> None:
    """The same law on the sample desk, where a product assigns; and quiet hours change notices there."""
    log = decided_sample(sample_policy(), count=size)
    made = replay(log, sample_policy())
    assert made.differences.rows() == []
    assert made.summary.notices[0] > 0
    assert replay(log, sample_policy("quiet")).summary.differences["notice"] > 0


# ---------------------------------------------------------------- the command


def test_the_command_prints_one_object_and_writes_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json standard output is the summary; --out holds every difference; nobody looks at progress."""
    url, out = f"sqlite:///{tmp_path / 'desk.db'}", tmp_path / "differences.parquet"
    with open_log(url) as log:
        shop = Shop(rules(1000), log)
        shop.come("c2")
    mine = tmp_path / "mine.toml"
    mine.write_text(rules(2000).text, encoding="utf-8")
    assert cli.main(["replay", "--log", url, "--policy", str(mine), "--json", "--out", str(out)]) == 0
    said, err = capsys.readouterr()
    assert (json.loads(said)["touched"], err) == (1, "")
    assert pl.read_parquet(out).height == 2
    assert cli.main(["replay", "--log", url, "--policy", str(mine), "--quiet"]) == 0
    said, err = capsys.readouterr()
    assert ("1 of 1 conversations" in said, err) == (True, "")


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        ([], "--against"),
        (["--from", "yesterday"], "--from 2026-06-15"),
        (["--from", "2026-06-15"], "--against"),  # the zone is the policy's
        (["--zone", "Mars/Olympus"], "--zone Asia/Shanghai"),
        (["--out", "differences.docx"], ".parquet"),
    ],
)
def test_wrong_use_of_the_command_says_how(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], hint: str
) -> None:
    """A log without decisions, a time, a zone or a file name that cannot be: status 2 and a corrected example."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    open_log(url).close()
    assert cli.main(["replay", "--log", url, "--policy", "data/policies/standard.toml", *more, "--quiet"]) == 2
    assert hint in capsys.readouterr().err
