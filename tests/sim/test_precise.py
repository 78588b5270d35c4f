"""Studies that add replications until they are precise, quantiles of all replications, the warm-up, failed runs."""

from __future__ import annotations

from functools import cache
from typing import Any, NoReturn

import msgspec
import pytest

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim import experiment
from deskkit.sim.estimates import Target
from deskkit.sim.experiment import Study, compare, precise, replicate
from deskkit.sim.outcomes import judged
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario

SCENARIO, POLICY = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
TARGETS = {"reply_time": Target(relative=0.2), "service_level": Target(absolute=0.15)}


@cache
def found(workers: int, look_ahead: int = 2) -> Study:
    """Return a study whose reply time is known to 20 % and whose service level is known to 15 points."""
    return precise(SCENARIO, POLICY, TARGETS, least=3, look_ahead=look_ahead, most=12, seed=4, workers=workers)


def test_any_number_of_workers_stops_at_the_same_replication() -> None:
    """One and three processes: the same number of runs, and the same runs."""
    assert found(3).as_dict() == found(1).as_dict()


def test_it_stops_where_all_targets_are_met_and_stay_so() -> None:
    """At the number found and the two before, both hold, at 97.5 % each; these are the first three in a row."""
    study = found(1)
    assert study.imprecise == ()
    assert 5 <= study.replications < 12
    runs = study.found[POLICY.name]

    def is_good(n: int) -> bool:
        first = msgspec.structs.replace(study, found={POLICY.name: runs[:n]})
        return n >= 3 and all(first.is_within(TARGETS, name) for name in TARGETS)

    good = [is_good(n) for n in range(1, study.replications + 1)]
    assert good[-3:] == [True] * 3
    assert not any(all(good[n : n + 3]) for n in range(len(good) - 3))


def test_looking_ahead_takes_further_replications() -> None:
    """Without looking ahead it stops no later."""
    assert found(1, 0).replications <= found(1).replications - 2


def test_the_rule_stands_in_the_study() -> None:
    """In words: targets, first look, look-ahead, most, and how many intervals hold together."""
    said = found(1).rule
    for part in (
        "reply_time within 20 % of its mean",
        "service_level within 0.15",
        "from 3 on",
        "for 2 more",
        "most 12",
    ):
        assert part in said
    assert "Bonferroni over 2" in said
    assert found(1).as_dict()["rule"] == said


def test_what_is_not_reached_is_said() -> None:
    """The most replications, and a warning that names the measure that missed, not the one that did not."""
    study = precise(
        SCENARIO, POLICY, {"reply_time": Target(relative=1e-4), "service_level": Target(absolute=1.0)}, least=2,
        look_ahead=0, most=4,
    )  # fmt: skip
    assert (study.replications, study.imprecise) == (4, ("reply_time",))
    assert any("not yet as precise" in said and "reply_time" in said for said in study.warnings)


@pytest.mark.parametrize(
    ("measures", "options", "said"),
    [
        ([], {"relative": 0.1}, "out of range"),
        (["reply_time"], {}, "no precision"),
        (["reply_time"], {"relative": -0.1}, "no precision"),
        (["replytime"], {"relative": 0.1}, "Expected a measure such as reply_time"),
        (["nonsense"], {"relative": 0.1}, "such as reply_time, abandonment, service_level"),
        (["reply_time"], {"relative": 0.1, "least": 1}, "out of range"),
        (["reply_time"], {"relative": 0.1, "least": 20, "most": 10}, "out of range"),
        (["reply_time"], {"relative": 0.1, "look_ahead": -1}, "out of range"),
    ],
)
def test_senseless_wishes_are_refused_before_the_first_run(
    measures: list[str], options: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what would be right."""
    monkeypatch.setattr(experiment, "simulate", None)  # would fail otherwise
    with pytest.raises(ScenarioError, match=said):
        precise(SCENARIO, POLICY, measures, **options)


def test_quantiles_are_of_all_replications_together() -> None:
    """Of as many single times as there were replies; the median is below the mean of skewed times."""
    study = found(1)
    runs = study.found[POLICY.name]
    assert sum(len(run.samples["reply_time"]) for run in runs) == sum(run.measures["reply_time"][1] for run in runs)
    half, most = study.quantile("reply_time", 0.5), study.quantile("reply_time", 0.9)
    mean = study.estimate("reply_time").mean
    assert mean is not None
    assert half.mean is not None
    assert most.mean is not None
    assert half.mean < mean < most.mean
    assert most.estimator.startswith("quantile 0.9")
    assert (most.half_width or 0) > 0
    with pytest.raises(ScenarioError, match="no single times"):
        study.quantile("occupancy_assigned", 0.5)


def test_every_row_says_where_it_comes_from() -> None:
    """Scenario, policy, level, estimator, number, seed and engine stand beside each number."""
    row = found(1).frame.row(0, named=True)
    expected = {"scenario": "small", "policy": POLICY.name, "level": 0.95, "seed": 4, "engine": "simpy"}
    assert expected.items() <= row.items()
    assert row["n"] == found(1).replications


def test_differences_say_how_many_hold_together() -> None:
    """Two measures under two further policies are four intervals; the variances stand side by side."""
    policies = {"standard": POLICY, "quiet": Policy.load("data/policies/quiet.toml"), "same": POLICY}
    study = compare(policies, SCENARIO, replications=3, seed=4)
    rows = study.differences(["reply_time", "service_level"])
    assert set(rows["estimator"]) == {"paired difference, Bonferroni over 4"}
    assert set(rows["level"]) == {0.95}
    same = rows.filter(policy="same")
    assert same["variance_paired"].to_list() == [0.0, 0.0]
    assert min(same["variance_apart"].to_list()) > 0
    with pytest.raises(ScenarioError, match="does not hold"):
        study.differences(base="nobody")


def test_what_began_in_the_warm_up_is_not_counted() -> None:
    """Half an hour of warm-up leaves what began after it, and of the agents' hours the rest."""
    whole = simulate(SCENARIO, POLICY, seed=4)
    warm = simulate(msgspec.structs.replace(SCENARIO, warm_up_ms=1_800_000), POLICY, seed=4)
    assert warm.digest == whole.digest  # the control: nothing else differs
    all_of_it, later = judged(whole), judged(warm)
    since = whole.workload.begin + 1_800_000
    arrived = whole.workload.conversations["at"]
    assert later[0]["conversations"] == (float((arrived >= since).sum()), 1.0)
    assert 0 < later[0]["conversations"][0] < all_of_it[0]["conversations"][0]
    assert later[0]["part_handle"][1] == (whole.steps["asked"] >= since).sum()
    for name in ("reply_time", "first_response", "part_switch", "occupancy_assigned"):
        assert 0 < later[0][name][1] < all_of_it[0][name][1]
    assert 0 < later[0]["resolved"][0] < all_of_it[0]["resolved"][0]
    assert len(later[1]["reply_time"]) == later[0]["reply_time"][1] < len(all_of_it[1]["reply_time"])


def turning_to_nobody(_agent: object, _unread: object, _now: int) -> NoReturn:
    """Choose none of the unread."""
    raise LookupError("nobody")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failed_replication_names_itself(workers: int) -> None:
    """Its number, its seed, under which policy, and how to see it alone."""
    with pytest.raises(ScenarioError) as caught:
        replicate(SCENARIO, POLICY, replications=2, seed=9, workers=workers, pick=turning_to_nobody)
    assert caught.value.place == "replication 0"
    assert "seed 9" in str(caught.value.value)
    assert POLICY.name in caught.value.problem
    assert "replication=0" in caught.value.example


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A bar where it is asked for, and nothing on standard output; none otherwise."""
    replicate(SCENARIO, POLICY, replications=2, progress=True)
    shown = capsys.readouterr()
    assert "2/2" in shown.err
    assert shown.out == ""
    replicate(SCENARIO, POLICY, replications=2)
    assert capsys.readouterr().err == ""
