"""The numbers of the notebooks on notices and on trust: enough of them, and those on notices feel the rules."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.policy import Policy
from deskkit.sample import sample_path
from tests.notebooks.test_first_notebook import nbval, with_policy
from tests.project.files import ROOT, code_cells

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.notebook

NUMBER = re.compile(r"\d+\.\d+|\d:\d\d")


def printed(name: str) -> list[str]:
    """Return what each checked cell of a notebook printed."""
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    cells = [cell["outputs"] for _number, cell, source in code_cells(notebook) if "NBVAL_CHECK_OUTPUT" in source]
    return ["".join(output["text"]) for outputs in cells if isinstance(outputs, list) for output in outputs]


@pytest.mark.parametrize(("name", "cells"), [("06_notifications", 2), ("07_trust", 4), ("08_tuning", 1)])
def test_numbers_are_checked(name: str, cells: int) -> None:
    """Each checked cell prints at least three numbers."""
    found = printed(name)
    assert len(found) == cells
    assert all(len(NUMBER.findall(text)) >= 3 for text in found)


def test_trust_says_what_must_be_seen() -> None:
    """Exact cases within their band, the practitioners' numbers, where each mechanism is highest, what crosses zero."""
    exact, curve, falling, tornado = printed("07_trust")
    assert "within its 99.9 % band" in exact
    assert "1.00   1.70   2.50   2.90   3.50" in curve
    best = [int(found) for found in re.findall(r"most with (\d+)", falling)]
    assert best[0] == 12
    assert all(1 < tabs < 12 for tabs in best[1:])
    assert re.search(r"\d+ of \d+ numbers cross zero in both directions", tornado)
    assert "seed 7" in tornado


def test_another_rule_is_seen(tmp_path: Path) -> None:
    """With one other delay on a ladder the stored numbers no longer agree; the run itself does not break."""
    policy = Policy.load(sample_path("policies/standard.toml"))
    policy.edit({"notify.ladder[1].rungs[1].after": "20 s"}).save(tmp_path / "standard.toml")
    stored = json.loads((ROOT / "notebooks" / "06_notifications.ipynb").read_text(encoding="utf-8"))
    copy = tmp_path / "copy.ipynb"
    copy.write_text(json.dumps(with_policy(stored, tmp_path / "standard.toml")), encoding="utf-8")
    run = nbval(copy)
    assert run.returncode == 1, run.stdout[-2000:]
    assert "Cell outputs differ" in run.stdout
    assert "caused an exception" not in run.stdout
