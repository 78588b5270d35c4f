"""Which files belong to the project, and how its sources are read."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ROOT",
    "Notebook",
    "code_cells",
    "notebooks",
    "project_files",
    "python_files",
    "read_text",
    "sources",
]

ROOT = Path(__file__).resolve().parents[2]
MADE = {".git", ".venv", "build", "dist", "htmlcov", "__pycache__", ".hypothesis", ".ipynb_checkpoints"}

Notebook = dict[str, object]


def project_files() -> list[Path]:
    """Return every file of the project: what git knows or would add, or all that lies here."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        found = {ROOT / name for name in listed.split("\0") if name}
    else:
        found = {path for path in ROOT.rglob("*") if not is_made(path)}
    return sorted(path for path in found if path.is_file())


def is_made(path: Path) -> bool:
    """Tell whether a path lies in a folder that a run made."""
    parts = path.relative_to(ROOT).parts
    return any(part in MADE or part.endswith("_cache") for part in parts)


def read_text(path: Path) -> str | None:
    """Return a file's text, or None where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def python_files(*folders: str) -> list[Path]:
    """Return the Python files of some top folders."""
    return [path for path in project_files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


def notebooks() -> dict[str, Notebook]:
    """Return the project's notebooks by name."""
    found = [path for path in project_files() if path.suffix == ".ipynb"]
    return {path.relative_to(ROOT).as_posix(): json.loads(path.read_text(encoding="utf-8")) for path in found}


def code_cells(notebook: Notebook) -> Iterator[tuple[int, dict[str, object], str]]:
    """Yield number, cell and source of each code cell."""
    cells = notebook["cells"]
    assert isinstance(cells, list)
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            source = cell["source"]
            yield number, cell, source if isinstance(source, str) else "".join(source)


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Yield place and syntax tree of each module of the package and each code cell of the notebooks."""
    for path in python_files("deskkit"):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
    for name, notebook in notebooks().items():
        for number, _cell, source in code_cells(notebook):
            plain = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))
            yield f"{name} cell {number}", ast.parse(plain)
