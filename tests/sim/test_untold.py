"""What a log does not tell: said, not simulated as zero, and nothing is counted twice.

The sample week is an import: it has no looks at tabs, and who left is known from time-outs alone.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from deskkit import cli
from deskkit.clock import instant
from deskkit.desk.policy import Policy
from deskkit.log import open_log
from deskkit.sample import sample_log
from deskkit.sim.baseline import baseline, measured
from deskkit.sim.duty import scenario_from
from deskkit.sim.experiment import replicate
from deskkit.sim.printing import printed
from deskkit.sim.run import simulate
from deskkit.sim.scenario import Attention
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.sheet import stress_sheet
from deskkit.sim.trace import workload_from
from deskkit.sim.untold import ABANDONMENT

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study
    from deskkit.sim.workload import Workload

POLICY = Policy.load("data/policies/standard.toml")
SMALL = load_scenario("data/scenarios/small.toml")


@cache
def yesterday() -> tuple[EventLog, Workload, Scenario]:
    """Return the sample log, the customers of its Wednesday from 9 to 15 o'clock, and who was there."""
    log = sample_log()
    begin, end = (instant(f"2026-06-17T{hour}:00", zone="Asia/Shanghai") for hour in ("09", "15"))
    workload = workload_from(log, policy=POLICY, begin=begin, end=end)
    return log, workload, scenario_from(log, workload, policy=POLICY)


@cache
def study() -> Study:
    """Live through that day again as its agents did: two replications, seed 0, which are alike."""
    _, workload, people = yesterday()
    return replicate(people, POLICY, workload=workload, replications=2)


def test_yesterday_comes_out_as_it_was() -> None:
    """The median reply within a sixth of the log's; with noticing added once more a third too slow (control)."""
    log, workload, people = yesterday()
    real = measured(log, workload, policy=POLICY)
    assert people.attention == Attention()

    def error(found: Study) -> float:
        (row,) = baseline(found, real).rows(named=True)[1:2]
        assert (row["measure"], row["number"]) == ("reply_time", "median")
        return float(row["simulated"] / row["log"] - 1)

    assert abs(error(study())) < 1 / 6
    slow = structs.replace(people, attention=SMALL.attention)
    again = replicate(slow, POLICY, workload=workload, replications=2)
    assert error(again) > 1 / 3
    assert any("once more" in warning for warning in again.warnings)
    assert not any("once more" in warning for warning in study().warnings)


def test_what_is_not_told_is_said() -> None:
    """In the notes, the text, the JSON, the sheet; abandonment has no number there."""
    notes = study().as_dict()["notes"]
    for words in ("when agents saw a message", "nothing is known of abandonment"):
        assert any(words in note for note in notes)
        assert words in printed(study())
        assert words in stress_sheet(study())
    assert {study().estimate(measure).mean for measure in ABANDONMENT} == {None}


def test_a_log_that_tells_is_believed() -> None:
    """Control: a desk's own log says when agents looked and when customers left."""
    once = simulate(SMALL, POLICY, seed=7)
    workload = workload_from(once.log, policy=POLICY)
    assert workload.unknown == frozenset()
    people = scenario_from(once.log, workload, policy=POLICY)
    assert people.attention != Attention()
    again = replicate(people, POLICY, workload=workload, replications=2)
    assert not any("does not say" in said for said in (*again.notes, *again.warnings))
    assert again.estimate("abandonment").mean is not None
    assert "attention.glance" in people.assumptions
    assert "`attention.glance`" in stress_sheet(again).split("## 3.4")[1].split("## 4.1")[0]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_shows_the_log_beside_the_simulation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    """A median of the log, and the same simulated."""
    url = f"sqlite:///{tmp_path / 'small.db'}"
    with open_log(url) as log:
        log.append(simulate(SMALL, POLICY, seed=7).events, received_at=0)
    command = ["simulate", "--log", url, "--policy", "data/policies/standard.toml", "--replications", "2"]
    assert cli.main([*command, "--quiet", "--workers", "1", *options]) == 0
    out = capsys.readouterr().out
    if options:
        rows = json.loads(out)["baseline"]
        assert [row["measure"] for row in rows] == ["first_response", "reply_time", "reply_time", "abandonment"]
        assert all(abs(row["simulated"] / row["log"] - 1) < 0.5 for row in rows[:3])
    else:
        assert "The same customers in the log, and simulated under standard" in out
        assert "Reply time, median" in out
