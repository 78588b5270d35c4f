"""The tools of style are tests like the others: what they refuse fails the run, with their own words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.files import ROOT

LINES_SHOWN = 60
TOOLS = {
    "ruff check": ["ruff", "check", "--output-format=concise", "."],
    "ruff format": ["ruff", "format", "--check", "--output-format=concise", "."],
    "mypy": ["mypy", "--no-error-summary"],
    "import-linter": ["lint-imports", "--no-logo"],
    "codespell": ["codespell"],
    "nbstripout": [
        "nbstripout",
        "--verify",
        "--keep-count",
        *map(str, sorted((ROOT / "notebooks").glob("*.ipynb"))),
    ],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_tool_is_content(tool: str) -> None:
    """Each tool of style accepts the tree as it stands."""
    run = invoke(TOOLS[tool], ROOT)
    said = (run.stdout + run.stderr).splitlines()
    assert run.returncode == 0, "\n".join([f"{tool} refuses:", *said[:LINES_SHOWN], f"({len(said)} lines)"])


def test_contract_refuses_an_import_against_the_stream(tmp_path: Path) -> None:
    """The import contract can fail: in a tree where the model imports the log, import-linter says so."""
    for name, text in {"": "", "desk": "from deskkit import log\n", "log": ""}.items():
        folder = tmp_path / "deskkit" / name
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    run = invoke(TOOLS["import-linter"], tmp_path)
    assert run.returncode != 0
    assert "deskkit.desk is not allowed to import deskkit.log" in run.stdout


def invoke(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one tool of this environment in a folder."""
    program = Path(sys.executable).parent / command[0]
    return subprocess.run(
        [str(program), *command[1:]],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
