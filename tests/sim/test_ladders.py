"""Notification ladders: nothing differs but the notices, speeds add up, and the trade is the one that is measured.

Runs are of the shipped half-hour, seed 6, eight replications of three policies.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec
import polars as pl
import pytest

from deskkit.desk.policy import Policy
from deskkit.errors import PolicyError, ScenarioError
from deskkit.sim.experiment import compare
from deskkit.sim.ladders import delayed, ladders, limited, noticed_by, repeated, trade, with_notices
from deskkit.sim.run import Run, simulate
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.speeds import SPEEDS, sampled_speeds, speeds
from deskkit.sim.study import Replication, Study, named

if TYPE_CHECKING:
    from deskkit.desk.schema import Rung

RUSH = load_scenario("data/scenarios/rush.toml")
STANDARD, QUIET = (Policy.load(f"data/policies/{name}.toml") for name in ("standard", "quiet"))


@cache
def study() -> Study:
    """Return the policy as it is, told of by badges alone, and told twice as late."""
    found = {"as it is": STANDARD, "badge only": noticed_by(STANDARD, "badge"), "late": delayed(STANDARD, 2.0)}
    return compare(found, RUSH, replications=8, seed=6)


@cache
def lived() -> Run:
    """Return one half-hour."""
    return simulate(RUSH, STANDARD, seed=6)


# ---------------------------------------------------------------- speeds


def test_speeds_are_parts_of_the_whole() -> None:
    """One row per reply: noticed before viewed before answered, and the sum is that of the steps."""
    found = speeds(lived())
    assert found.height == lived().steps.height > 100
    assert (found["to_notice"] <= found["to_view"]).all()
    assert (found["to_view"] < found["to_reply"]).all()
    assert found["to_reply"].sum() == lived().steps.select(pl.col("replied") - pl.col("asked")).sum().item()


def test_levels_are_those_the_desk_gave() -> None:
    """Complaints and VIP customers are high or urgent from the first message on, plain questions mostly not."""
    levels = speeds(lived()).group_by(pl.col("conversation").str.split("-").list.first().alias("stream")).agg("level")
    found = dict(levels.rows())
    assert set(found) == {"questions", "orders", "complaints", "vip"}
    assert min(found["vip"] + found["complaints"]) >= 2
    assert 1 in found["questions"]


def test_each_reply_counts_at_one_level() -> None:
    """The single times of the levels are those of all; each speed has a title and a unit."""
    found = sampled_speeds(speeds(lived()))
    assert set(found) == set(SPEEDS)
    for what in ("to_notice", "to_view", "to_reply"):
        parts = [time for level in ("low", "normal", "high", "urgent") for time in found[f"{what}_{level}"]]
        assert sorted(parts) == sorted(found[what])
        assert named(what)[1] == "ms"


# ---------------------------------------------------------------- policies


def rungs(policy: Policy, number: int) -> tuple[Rung, ...]:
    """Return the rungs of a ladder."""
    return policy.schema.notify.ladders[number].rungs


def test_nothing_but_notices_differs() -> None:
    """With the notices of the policy itself every ladder's policy is the policy; without, none is (the control)."""
    for name, policy in ladders(STANDARD, other=QUIET).items():
        theirs = msgspec.structs.replace(policy.schema, notify=STANDARD.schema.notify, name=STANDARD.schema.name)
        assert theirs == STANDARD.schema, name
        assert (policy.schema.notify == STANDARD.schema.notify) == (name == "as it is"), name


def test_a_delay_is_a_factor() -> None:
    """0 leaves one ring of each kind, at once; 1 changes nothing; 2 doubles."""
    assert delayed(STANDARD, 1).schema.notify == STANDARD.schema.notify
    assert [rung.after_ms for rung in rungs(delayed(STANDARD, 2), 2)] == [0, 90_000, 240_000]
    at_once = rungs(delayed(STANDARD, 0), 3)
    assert [(rung.after_ms, rung.ring) for rung in at_once] == [(0, "alarm"), (0, "push")]


def test_repetitions_are_of_the_last_ring() -> None:
    """None of none; those of a supervisor stay."""
    assert [(rung.repeat_ms, rung.times) for rung in rungs(repeated(STANDARD, every="20 s", times=3), 2)] == [
        (0, 0), (20_000, 3), (0, 0),
    ]  # fmt: skip
    never = repeated(STANDARD, times=0)
    assert all(rung.times == 0 for rung in rungs(never, 3))
    assert any(rung.times for ladder in never.schema.notify.ladders for rung in ladder.rungs)


def test_a_ring_that_is_none_is_refused() -> None:
    """As the policy file refuses it."""
    with pytest.raises(PolicyError):
        noticed_by(STANDARD, "siren")


def test_limits_and_all_of_another_policy() -> None:
    """Numbers of the section, and the whole section with its rings."""
    assert (limited(STANDARD, 1).schema.notify.per_minute, STANDARD.schema.notify.per_minute) == (1, 6)
    quiet = with_notices(STANDARD, QUIET).schema.notify
    assert (quiet.ladders, quiet.per_minute) == (QUIET.schema.notify.ladders, QUIET.schema.notify.per_minute)


# ---------------------------------------------------------------- what they do


def test_fewer_channels_disturb_less_and_are_noticed_later() -> None:
    """Paired differences that exclude zero, all intervals together; and who is told late sees late."""
    rows = study().differences(["to_notice", "loud_per_agent_hour"])
    badge = {row["measure"]: row for row in rows.filter(pl.col("policy") == "badge only").iter_rows(named=True)}
    assert badge["to_notice"]["low"] > 0
    assert badge["loud_per_agent_hour"]["high"] < 0
    late = study().differences(["notices_per_agent_hour"]).filter(pl.col("policy") == "late").row(0, named=True)
    assert late["high"] < 0


def test_pairs_need_four_times_fewer_replications() -> None:
    """Both variances are there; with common random numbers the comparison takes less than a quarter."""
    for row in study().differences(["to_notice", "notices_per_agent_hour"]).iter_rows(named=True):
        assert 0 < row["variance_paired"] < row["variance_apart"]
        assert row["saved"] >= 4, row


def measured(price: float, pace: float) -> list[Replication]:
    """Return two replications with these numbers."""
    measures = {"loud_per_agent_hour": (price, 1.0), "to_view": (pace, 1.0), "notice_noise": (0.1, 1.0)}
    return [Replication(measures, {}, saturated=False, truncated=False, workload="", log="", periods={})] * 2


def test_the_front_is_what_none_beats() -> None:
    """Of five points three are on the front; one is beaten, and one that is beaten in one only by a tie as well."""
    points = {"a": (1, 9), "b": (2, 5), "c": (3, 5), "d": (4, 6), "e": (5, 1)}
    made = Study(
        scenario=RUSH, policies=dict.fromkeys(points, STANDARD),
        found={name: measured(*point) for name, point in points.items()}, seed=0,
    )  # fmt: skip
    found = trade(made)
    assert found.table.filter("front")["policy"].to_list() == ["a", "b", "e"]
    assert found.table["policy"].to_list() == ["a", "b", "c", "d", "e"]
    assert (found.base, found.pace) == ("a", ("Time to view", "ms"))


def test_a_level_without_messages_is_said() -> None:
    """No customer of the half-hour is low."""
    with pytest.raises(ScenarioError, match="nothing to measure"):
        trade(study(), pace="to_view_low")
