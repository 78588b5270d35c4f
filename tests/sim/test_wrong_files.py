"""What `simulate` and `compare` refuse before any work, in words of the command line."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from deskkit import cli
from deskkit.desk.policy import Policy
from deskkit.sim.study import Study

if TYPE_CHECKING:
    from pathlib import Path

SMALL = "data/scenarios/small.toml"
STANDARD = "data/policies/standard.toml"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([SMALL, "--policy", SMALL], "This is a scenario, no policy."),
        ([STANDARD, "--policy", STANDARD], "This is a policy, no scenario."),
        (["nowhere.toml", "--policy", STANDARD], f"Hint: deskkit simulate {SMALL} --policy {STANDARD}"),
        ([SMALL, "--policy", "nowhere.toml"], f"Hint: --policy {STANDARD}"),
        ([SMALL, "--policy", STANDARD, "--seed", "-1"], "--seed: This is no seed."),
        ([SMALL, "--policy", STANDARD, "--out", SMALL], "This folder cannot be made"),
    ],
)
def test_what_cannot_be_is_refused_first(
    args: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No run has begun; no word of a Python function."""

    def lived(*_: object, **__: object) -> None:
        raise AssertionError("it began")

    monkeypatch.setattr("deskkit.cli_study.compare", lived)
    assert cli.main(["simulate", *args, "--quiet"]) in {1, 2}
    error = capsys.readouterr().err
    assert said in error
    assert "load(" not in error
    assert "load_scenario" not in error


def test_results_that_are_there_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the work, not after it."""
    (tmp_path / "first.db").write_bytes(b"mine")
    command = ["simulate", SMALL, "--policy", STANDARD, "--replications", "1", "--quiet", "--out", str(tmp_path)]
    assert cli.main(command) in {1, 2}
    assert "there already" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"first.db"}


def test_a_studys_signature_can_be_read() -> None:
    """With its annotations as types."""
    parameters = inspect.signature(Study, eval_str=True).parameters
    assert parameters["policies"].annotation == dict[str, Policy]
