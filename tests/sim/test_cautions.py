"""What is wrong with a scenario before any run is in every result of it: the object, the text, the JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from deskkit import cli
from deskkit.desk.policy import Policy
from deskkit.sim.experiment import compare, replicate
from deskkit.sim.printing import printed
from deskkit.sim.scenario import Shift
from deskkit.sim.scenariofile import load_scenario, scenario_text
from deskkit.sim.stress import loaded

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.sim.scenario import Scenario

POLICY = Policy.load("data/policies/standard.toml")
SMALL = load_scenario("data/scenarios/small.toml")
H = 3_600_000


def late() -> Scenario:
    """Return the small morning with everybody coming half an hour late."""
    shifts = (Shift(SMALL.begin_ms + H // 2, SMALL.end_ms + H),)
    return structs.replace(SMALL, agents=tuple(structs.replace(one, shifts=shifts) for one in SMALL.agents))


def without(group: str) -> Scenario:
    """Return the small morning without the agents of a group."""
    return structs.replace(SMALL, agents=tuple(one for one in SMALL.agents if group not in one.groups))


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (late(), "standard: Nobody is on duty from"),
        (without("aftersales"), "in which nobody is"),
        (loaded(SMALL, 20), "times the time that agents are there"),
    ],
)
def test_what_is_wrong_is_in_the_result(scenario: Scenario, words: str) -> None:
    """A warning of the study, its JSON and its text; without the fault none (control)."""
    plain = replicate(SMALL, POLICY, replications=1)
    found = structs.replace(plain, scenario=scenario)  # what came of it is not looked at
    said, *_ = (one for one in found.warnings if words in one)
    assert said in found.as_dict()["warnings"]
    assert f"Warning: {said}" in printed(found)
    assert not any(words in one for one in plain.warnings)


def test_what_concerns_several_policies_is_said_once() -> None:
    """With the names of all of them; what is no danger is a note."""
    silent = structs.replace(SMALL, agents=tuple(one for one in SMALL.agents if one.role != "supervisor"))
    found = compare({"one": POLICY, "two": POLICY}, silent, replications=1)
    said = "The policy notifies a supervisor, and none of the agents is one."
    assert [note for note in found.notes if said in note] == [f"one, two: {said}"]
    assert not any(said in warning for warning in found.warnings)


def test_the_command_has_it_in_its_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the study has it."""
    path = tmp_path / "late.toml"
    path.write_text(scenario_text(late()), encoding="utf-8")
    command = ["simulate", str(path), "--policy", "data/policies/standard.toml", "--replications", "1", "--json"]
    assert cli.main([*command, "--quiet", "--workers", "1"]) == 0
    assert any("Nobody is on duty" in said for said in json.loads(capsys.readouterr().out)["warnings"])
