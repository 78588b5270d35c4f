"""The files that ``deskkit simulate`` and ``compare`` are given: read, or refused in the words of the command line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError, PolicyError, ScenarioError
from deskkit.sim.scenariofile import load_scenario

if TYPE_CHECKING:
    from deskkit.sim.scenario import Scenario

__all__ = ["check_out", "policy_of", "scenario_of"]

_POLICY: Final = "--policy data/policies/standard.toml"
_SCENARIO: Final = "data/scenarios/small.toml"


def policy_of(path: str) -> Policy:
    """Read a policy.

    Raises
    ------
    PolicyError
        It is a scenario, cannot be read, or has a fault.

    Examples
    --------
    >>> policy_of("data/scenarios/small.toml")
    Traceback (most recent call last):
        ...
    deskkit.errors.PolicyError: --policy: This is a scenario, no policy. Got 'data/scenarios/small.toml'. ...
    """
    try:
        return Policy.load(path)
    except PolicyError as error:
        if "stream" in _tables(path):
            raise PolicyError(
                "This is a scenario, no policy.", place="--policy", value=path, expected="the rules of a desk",
                example=_POLICY,
            ) from error  # fmt: skip
        if not Path(path).is_file():
            raise PolicyError(error.problem, place=path, expected=error.expected, example=_POLICY) from error
        raise


def scenario_of(path: str) -> Scenario:
    """Read a scenario.

    Raises
    ------
    ScenarioError
        It is a policy, cannot be read, or has a fault.

    Examples
    --------
    >>> scenario_of("data/policies/standard.toml")
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: SCENARIO: This is a policy, no scenario. Got 'data/policies/standard.toml'. ...
    """
    try:
        return load_scenario(path)
    except ScenarioError as error:
        if {"groups", "routing"} & _tables(path).keys():
            raise ScenarioError(
                "This is a policy, no scenario.", place="SCENARIO", value=path, expected="who comes and who answers",
                example=f"deskkit simulate {_SCENARIO} --policy {path}",
            ) from error  # fmt: skip
        if not Path(path).is_file():
            example = f"deskkit simulate {_SCENARIO} {_POLICY}"
            raise ScenarioError(error.problem, place=path, expected=error.expected, example=example) from error
        raise


def check_out(folder: Path) -> None:
    """Refuse a folder that cannot take the results, before hours of work are done for it.

    Raises
    ------
    DeskkitError
        It is a file, cannot be made, or holds results already.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeskkitError(
            f"This folder cannot be made: {error.strerror}.", place="--out", value=str(folder),
            expected="a folder, there already or not", example="--out days/",
        ) from error  # fmt: skip
    if (folder / "first.db").exists():
        raise DeskkitError(
            "This file is there already.", place="--out", value=str(folder / "first.db"),
            example="--out another-folder",
        )  # fmt: skip


def _tables(path: str) -> dict[str, Any]:
    """Return what a TOML file holds; nothing where it is none."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
