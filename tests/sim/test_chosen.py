"""Measures one chooses, and those of which little is known: narrower intervals, ends that can be, marks."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest
from msgspec import structs

from deskkit import cli
from deskkit.desk.policy import Policy
from deskkit.sim.experiment import compare
from deskkit.sim.naming import FEW
from deskkit.sim.printing import printed
from deskkit.sim.scenario import Cost
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.study import Replication, Study

if TYPE_CHECKING:
    from pathlib import Path

STANDARD = Policy.load("data/policies/standard.toml")
SMALL = load_scenario("data/scenarios/small.toml")
COMMAND = ["compare", "data/scenarios/small.toml", "--policy", "data/policies/standard.toml", "--policy",
           "data/policies/quiet.toml", "--replications", "2", "--workers", "1", "--quiet"]  # fmt: skip


@cache
def two() -> Study:
    """Compare two policies on three mornings that cost nothing: seed 0."""
    free = structs.replace(SMALL, cost=Cost(), agents=tuple(structs.replace(one, cost=0.0) for one in SMALL.agents))
    policies = {"standard": STANDARD, "narrow": STANDARD.edit({"capacity.agent": 3})}
    return compare(policies, free, replications=3)


def counted(*happened: float, of: float = 10.0) -> Study:
    """Return a study in which something happened so often in each replication, of ten times."""
    runs = [
        Replication({"abandonment": (one, of)}, {}, saturated=False, truncated=False, workload="", log="",
                    periods={"left": [(one, of)]})
        for one in happened
    ]  # fmt: skip
    return Study(scenario=SMALL, policies={"standard": STANDARD}, found={"standard": runs}, seed=0)


def test_what_cannot_differ_is_not_compared() -> None:
    """How many came, and a cost that nobody knows, cost the others no certainty."""
    rows = two().differences()
    assert not {"conversations", "cost_per_resolved"} & set(rows["measure"])
    assert set(rows["estimator"]) == {f"paired difference, Bonferroni over {rows.height}"}
    assert rows.height > 20


def test_fewer_measures_have_narrower_intervals() -> None:
    """The same measure alone, and among all."""
    alone, among = (
        {row["measure"]: row["high"] - row["low"] for row in rows.iter_rows(named=True)}["reply_time"]
        for rows in (two().differences(["reply_time"]), two().differences())
    )
    assert alone < among / 2


def test_the_command_shows_the_measures_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """In the text and the JSON; another name is refused before any run."""
    chosen = ["--measure", "reply_time", "--measure", "abandonment"]
    assert cli.main([*COMMAND, *chosen]) == 0
    said = capsys.readouterr().out
    assert "Reply time " in said
    assert "Occupancy" not in said
    assert cli.main([*COMMAND, *chosen, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [set(one["measures"]) for one in found["policies"].values()] == [{"reply_time", "abandonment"}] * 2
    for row in found["differences"]:
        assert row["estimator"] == "paired difference, Bonferroni over 2"
        assert row["half_width"] == pytest.approx((row["high"] - row["low"]) / 2)
        assert row["low"] < row["difference"] < row["high"] or row["half_width"] == 0
    assert cli.main([*COMMAND, "--measure", "reply"]) in {1, 2}
    assert "--measure: A run has no such measure." in capsys.readouterr().err


def test_a_rare_event_is_marked() -> None:
    """Once in eight replications: its interval would reach below nothing, and says little."""
    study = counted(0, 0, 0, 1, 0, 0, 0, 0)
    said = printed(study)
    assert "0.0 % to " in said
    assert "few: it happened in fewer than 5 of the replications" in said
    assert study.frame["few"].to_list() == [True]
    assert study.as_dict()["policies"]["standard"]["measures"]["abandonment"]["few"] is True
    assert study.estimate("abandonment").interval[0] < 0, "what was found is not changed"  # type: ignore[index]
    low, high = study.periods("left").select("low", "high").row(0)
    assert (low, high > 0) == (0.0, True)


def test_what_is_common_is_not() -> None:
    """Control: in all eight, and never."""
    for happened in ([3, 4, 3, 4, 3, 4, 3, 4], [0] * 8, [1] * FEW + [0] * 3):
        study = counted(*happened)
        assert "few" not in printed(study)
        assert study.frame["few"].to_list() == [False]
    assert "±" in printed(counted(3, 4, 3, 4))


def test_a_share_has_no_interval_beyond_all() -> None:
    """Nearly everybody left, in all but one replication."""
    assert " to 100.0 %" in printed(counted(10, 10, 10, 4, 10, 10))


def test_one_replication_claims_no_interval() -> None:
    """Neither in the heading nor after a number; two do."""
    assert "intervals of 95 %" in printed(counted(3, 4))
    one = printed(counted(3))
    assert "no intervals of one day" in one
    assert "±" not in one


def test_in_files_a_number_says_what_it_is_in(tmp_path: Path) -> None:
    """A load spread is a Gini index, and what is resolved costs money, in JSON and in tables alike."""
    found = two().as_dict(["load_spread", "cost_per_resolved", "reply_time"])["policies"]["standard"]["measures"]
    assert [one["unit"] for one in found.values()] == ["Gini index", "currency", "ms"]
    assert cli.main([*COMMAND, "--out", str(tmp_path)]) == 0
    for name in ("measures", "differences"):
        units = dict(pl.read_csv(tmp_path / f"{name}.csv").select("measure", "unit").rows())
        assert units["load_spread"] == "Gini index"
        assert units["reply_time"] == "ms"
        assert "mean" not in units.values()
