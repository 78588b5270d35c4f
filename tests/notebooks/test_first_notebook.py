"""The first notebook's numbers: they come out again, and they depend on the rules."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.policy import Policy
from deskkit.sample import sample_path
from tests.project.files import ROOT, Notebook, code_cells

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.notebook

FIRST = ROOT / "notebooks" / "01_desk.ipynb"
POLICY_CELL = 'sample_policy("standard")'


def nbval(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a notebook as `make notebooks` does."""
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "-q"]
    nbval_options = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300"]
    rules = ["--nbval-sanitize-with", str(ROOT / "tests" / "nbval.cfg"), "--rootdir", str(path.parent)]
    return subprocess.run(
        [*command, *nbval_options, *rules, *options, str(path)], cwd=ROOT, check=False, capture_output=True, text=True
    )


def with_policy(notebook: Notebook, policy: Path) -> Notebook:
    """Return a notebook that loads another policy file; nothing else is changed."""
    changed: Notebook = json.loads(json.dumps(notebook))
    found = 0
    for _number, cell, source in code_cells(changed):
        if POLICY_CELL in source:
            cell["source"] = source.replace(POLICY_CELL, f"dk.Policy.load({policy.as_posix()!r})")
            found += 1
    assert found == 1
    return changed


@pytest.mark.parametrize(("path", "value", "is_green"), [("", "", True), ("tag[0].when.any[1].spend", ">= 500", False)])
def test_the_numbers_depend_on_the_rules(path: str, value: str, *, is_green: bool, tmp_path: Path) -> None:
    """With the same rules in another file every checked cell agrees; with one other number in a rule one does not."""
    policy = Policy.load(sample_path("policies/standard.toml"))
    edited = policy.edit({path: value}) if path else policy
    edited.save(tmp_path / "standard.toml")
    notebook = with_policy(json.loads(FIRST.read_text(encoding="utf-8")), tmp_path / "standard.toml")
    copy = tmp_path / "copy.ipynb"
    copy.write_text(json.dumps(notebook), encoding="utf-8")
    run = nbval(copy)
    assert (run.returncode == 0) == is_green, run.stdout[-2000:]
    assert ("Cell outputs differ" in run.stdout) == (not is_green)
    assert "caused an exception" not in run.stdout  # it is the numbers that differ, not the run that broke
