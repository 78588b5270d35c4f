"""Experiments: the same result for any number of workers, paired comparison, warnings, the commands."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import pytest

from deskkit.cli import main
from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.log import open_log
from deskkit.sim.experiment import Study, compare, precise, replicate, sweep
from deskkit.sim.outcomes import outcomes
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.sheet import ITEMS

if TYPE_CHECKING:
    from pathlib import Path

SMALL = "data/scenarios/small.toml"
STANDARD, QUIET = "data/policies/standard.toml", "data/policies/quiet.toml"


@cache
def study(workers: int = 1) -> Study:
    """Return six replications of a small morning under two policies."""
    policies = {name: Policy.load(f"data/policies/{name}.toml") for name in ("standard", "quiet")}
    return compare(policies, load_scenario(SMALL), replications=6, seed=4, workers=workers)


@pytest.mark.parametrize("workers", [2, 4])
def test_any_number_of_workers_gives_the_same(workers: int) -> None:
    """Every number, and every digest, to the last bit."""
    assert study(workers).as_dict() == study().as_dict()


def test_policies_meet_the_same_customers() -> None:
    """The workloads are the same replication by replication, the logs are not."""
    one, other = (study().found[name] for name in ("standard", "quiet"))
    assert [run.workload for run in one] == [run.workload for run in other]
    assert len({run.workload for run in one}) == 6
    assert all(a.log != b.log for a, b in zip(one, other, strict=True))


def test_the_quiet_policy_rings_less_often() -> None:
    """The paired difference of notices excludes zero (six replications, seed 4), and pairs save work."""
    row = study().differences(["notices_per_agent_hour"]).row(0, named=True)
    assert row["high"] < 0
    assert row["differs"]
    assert row["saved"] > 1


def test_parts_add_up_to_the_reply_time() -> None:
    """The parts of the replies' times sum to the whole, to the millisecond."""
    names = ("part_queue", "part_notice", "part_attention", "part_switch", "part_handle")
    for replication in range(2):
        run = simulate(load_scenario(SMALL), Policy.load(STANDARD), seed=4, replication=replication)
        found = outcomes(run)
        assert sum(found[name][0] for name in names) == (run.steps["replied"] - run.steps["asked"]).sum()
        assert all(found[name][0] > 0 for name in names[1:])  # in a small morning nobody queues


def test_what_is_asked_for_in_vain_is_named() -> None:
    """An unknown measure or policy, numbers out of range."""
    for wrong in (("no_such", "standard"), ("reply_time", "nobody")):
        with pytest.raises(ScenarioError, match="does not hold this"):
            study().estimate(*wrong)
    scenario, policy = load_scenario(SMALL), Policy.load(STANDARD)
    with pytest.raises(ScenarioError, match="out of range"):
        replicate(scenario, policy, replications=0)
    with pytest.raises(ScenarioError, match="no level"):
        replicate(scenario, policy, level=1.5)


def test_an_overwhelmed_desk_is_said() -> None:
    """Eight times the customers: the study warns; the ordinary morning has no warning (its control)."""
    scenario = load_scenario(SMALL)
    streams = tuple(
        msgspec.structs.replace(one, arrivals=msgspec.structs.replace(one.arrivals, factor=8.0))
        for one in scenario.streams
    )
    flooded = replicate(msgspec.structs.replace(scenario, streams=streams), Policy.load(STANDARD), replications=2)
    assert any("overwhelmed" in said for said in flooded.warnings)
    assert study().warnings == ()


def test_replications_are_added_until_it_is_precise() -> None:
    """A coarse wish needs the least, a fine one more."""
    scenario, policy = load_scenario(SMALL), Policy.load(STANDARD)
    coarse = precise(scenario, policy, ["reply_time"], relative=0.9, least=3, look_ahead=0, most=6)
    fine = precise(scenario, policy, ["reply_time"], relative=0.001, least=3, look_ahead=0, most=6)
    assert (coarse.replications, fine.replications) == (3, 6)


def test_a_sweep_holds_a_study_per_value() -> None:
    """More agents' room, fewer waits: one study each."""
    found = sweep(
        lambda capacity: (load_scenario(SMALL), Policy.load(STANDARD).edit({"capacity.agent": capacity})), [3, 6],
        replications=3,
    )  # fmt: skip
    assert list(found) == [3, 6]
    queue = [found[n].estimate("part_queue").mean for n in (3, 6)]
    assert queue[0] is not None
    assert queue[1] is not None
    assert queue[0] > queue[1]


# ---------------------------------------------------------------- commands


def test_simulate_prints_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    """Every measure with mean, half-width, level, estimator and number; seed, engine and digests beside them."""
    args = ["simulate", SMALL, "--policy", STANDARD, "--replications", "2", "--workers", "1", "--json", "--quiet"]
    assert main(args) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["seed"], found["engine"], found["replications"]) == (0, "simpy", 2)
    reply = found["policies"]["standard"]["measures"]["reply_time"]
    assert set(reply) == {"title", "unit", "mean", "half_width", "level", "estimator", "n", "counted", "few"}
    assert len(found["scenario_digest"]) == 64
    assert found["deskkit"]
    units = {name: one["unit"] for name, one in found["policies"]["standard"]["measures"].items()}
    assert (units["cost_per_resolved"], found["currency"]) == ("currency", "CNY")
    assert len(found["policies"]["standard"]["logs"]) == 2


def test_days_are_added_until_measures_are_precise(capsys: pytest.CaptureFixture[str]) -> None:
    """Two measures at once, a share and an amount; the rule stands in the result, and what was not reached is said."""
    args = ["simulate", SMALL, "--policy", STANDARD, "--workers", "1", "--quiet", "--replications", "3"]
    wishes = ["--precise", "reply_time=40%", "--precise", "service_level=0.4"]
    assert main([*args, "--most", "12", "--json", *wishes]) == 0
    found = json.loads(capsys.readouterr().out)
    assert 3 + 5 <= found["replications"] < 12
    assert "reply_time within 40 % of its mean, service_level within 0.4" in found["rule"]
    assert found["warnings"] == []
    assert main([*args, "--most", "9", "--precise", "reply_time=1 s"]) == 0
    said = capsys.readouterr().out
    assert "reply_time within 1000; looked at from 3 on" in said
    assert "After 9 replications not yet as precise as asked: reply_time." in said


def test_the_sheet_is_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In place of the measures for people, beside them for programs, and as a file; of a comparison too."""
    args = ["--replications", "2", "--workers", "1", "--quiet", "--sheet", "--purpose", "Before the sale"]
    assert main(["simulate", SMALL, "--policy", STANDARD, *args, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert said == (tmp_path / "out" / "sheet.md").read_text(encoding="utf-8")
    assert said.startswith("# STRESS-DES sheet: small\n\n## 1.1 Purpose of the model\n\nBefore the sale\n")
    assert [f"## {item}" for item in ITEMS] == [line for line in said.splitlines() if line.startswith("## ")]
    assert main(["compare", SMALL, "--policy", STANDARD, "--policy", QUIET, *args, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "quiet" in found["sheet"]
    assert found["policies"]


@pytest.mark.parametrize("command", ["simulate", "compare"])
def test_ctrl_c_is_said_in_a_line(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1, no traceback, and no word of something stored; that no process is left, `in_order` sees to."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("deskkit.cli_study.compare", interrupted)
    policies = ["--policy", STANDARD, *(["--policy", QUIET] if command == "compare" else [])]
    assert main([command, SMALL, *policies, "--quiet"]) == 1
    said = capsys.readouterr()
    assert (said.out, "Traceback" in said.err) == ("", False)
    assert said.err.splitlines()[-1].startswith(f"deskkit {command}: Interrupted; there is no result")


def test_compare_prints_differences_and_writes_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table for people, files for others, and the log of a first day that every other command reads."""
    out = tmp_path / "out"
    args = ["compare", SMALL, "--policy", STANDARD, "--policy", QUIET, "--replications", "2", "--workers", "1"]
    assert main([*args, "--out", str(out), "--quiet"]) == 0
    assert "quiet - standard" in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} >= {"measures.csv", "differences.csv", "first.db"}
    with open_log(f"sqlite:///{out / 'first.db'}", read_only=True) as log:
        assert not log.verify().faults


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["compare", SMALL, "--policy", STANDARD], "cannot be compared"),
        (["compare", SMALL, *["--policy", STANDARD] * 3], "same name"),
        (["simulate", SMALL, "--policy", STANDARD, "--replications", "0"], "out of range"),
        (["simulate", SMALL, "--policy", STANDARD, "--precise", "reply_time=soon"], "a time with its unit"),
        (["simulate", SMALL, "--policy", STANDARD, "--precise", "reply=5%"], "no such measure"),
        (["simulate", SMALL, "--policy", STANDARD, "--precise", "reply_time=5%", "--most", "4"], "out of range"),
        (["simulate", "nowhere.toml", "--policy", STANDARD], "nowhere.toml"),
    ],
)
def test_wrong_use_is_said(args: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line, with the value and an example."""
    assert main([*args, "--quiet"]) in {1, 2}
    assert said in capsys.readouterr().err
