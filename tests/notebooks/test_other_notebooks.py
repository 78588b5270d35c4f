"""The numbers of the notebooks after the first depend on the rules: with another number in a rule nbval fails."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.policy import Policy
from deskkit.sample import sample_path
from tests.notebooks.test_first_notebook import nbval, with_policy
from tests.project.files import ROOT, code_cells

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.notebook

NUMBERS = 3
# A rule each notebook must feel: the target of the normal level, who is a VIP, what a held conversation weighs.
EDITS = [
    ("02_history", "targets.normal", "4 min"), ("03_rules", "tag[0].when.any[1].spend", ">= 500"),
    ("04_peak", "capacity.waiting_for_customer", 0.9), ("05_routing", "capacity.waiting_for_customer", 0.9),
]  # fmt: skip


@pytest.mark.parametrize("name", [name for name, *_ in EDITS])
def test_numbers_are_checked(name: str) -> None:
    """At least three numbers of the notebook are compared."""
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    outputs = [cell["outputs"] for _number, cell, source in code_cells(notebook) if "NBVAL_CHECK_OUTPUT" in source]
    texts = ["".join(output["text"]) for cell in outputs if isinstance(cell, list) for output in cell]
    assert sum(char.isdigit() for text in texts for char in text) > NUMBERS


@pytest.mark.parametrize(("name", "path", "value"), EDITS)
def test_another_rule_is_seen(name: str, path: str, value: object, tmp_path: Path) -> None:
    """With one other number in a rule the stored numbers no longer agree, at least three of them."""
    policy = Policy.load(sample_path("policies/standard.toml"))
    policy.edit({path: value}).save(tmp_path / "standard.toml")
    stored = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    copy = tmp_path / "copy.ipynb"
    copy.write_text(json.dumps(with_policy(stored, tmp_path / "standard.toml")), encoding="utf-8")
    run = nbval(copy, "-x")  # the first number that differs is enough
    assert run.returncode == 1, run.stdout[-2000:]
    assert "Cell outputs differ" in run.stdout
    assert "caused an exception" not in run.stdout  # it is the numbers that differ, not the run that broke


def test_the_same_rules_agree(tmp_path: Path) -> None:
    """With the same rules in another file every checked cell agrees: the test above can fail."""
    name = "03_rules"  # the quicker one; `make notebooks` runs both
    Policy.load(sample_path("policies/standard.toml")).save(tmp_path / "standard.toml")
    stored = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    copy = tmp_path / "copy.ipynb"
    copy.write_text(json.dumps(with_policy(stored, tmp_path / "standard.toml")), encoding="utf-8")
    run = nbval(copy)
    assert run.returncode == 0, run.stdout[-2000:]
