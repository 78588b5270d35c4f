"""What every notebook keeps to: few outputs, something checked, no functions, no traces of a machine."""

from __future__ import annotations

import ast
import json

import pytest

from tests.project.files import Notebook, code_cells, notebooks

MAX_BYTES = 200_000
KEPT = "keep_output"
CHECKED = "NBVAL_CHECK_OUTPUT"

pytestmark = pytest.mark.notebook


def test_there_is_a_first_notebook() -> None:
    """The notebook that `make lab` opens exists."""
    assert "notebooks/01_desk.ipynb" in notebooks()


def test_each_notebook_checks_something() -> None:
    """Each notebook has a cell whose stored output nbval compares; without one, lax mode compares nothing."""
    for name, notebook in notebooks().items():
        checked = [cell for _n, cell, source in code_cells(notebook) if CHECKED in source and cell["outputs"]]
        assert checked, f"{name}: no cell with `# {CHECKED}` and a stored output"


def test_only_tagged_cells_keep_an_output() -> None:
    """Only cells tagged `keep_output` store an output, and all of them are checked by nbval."""
    for name, notebook in notebooks().items():
        for number, cell, source in code_cells(notebook):
            is_kept = KEPT in tags(cell)
            assert not cell["outputs"] or is_kept, f"{name} cell {number}: an output is stored; run `make format`"
            assert is_kept == (CHECKED in source), f"{name} cell {number}: `{KEPT}` and `{CHECKED}` go together"


def test_cells_have_run_in_order() -> None:
    """Each code cell keeps its count: nbval compares nothing in a cell that never ran."""
    for name, notebook in notebooks().items():
        counts = [cell["execution_count"] for _n, cell, source in code_cells(notebook) if source.strip()]
        assert counts == list(range(1, len(counts) + 1)), f"{name}: run all cells from the top, then `make format`"


def test_notebooks_define_nothing() -> None:
    """A notebook calls the package; it defines no function, no class, and runs no shell or magic command."""
    for name, notebook in notebooks().items():
        for number, _cell, source in code_cells(notebook):
            found = definitions(source)
            assert found == [], f"{name} cell {number}: {found} belongs in the package"


@pytest.mark.parametrize("source", ["def f(): pass", "class A: pass", "g = lambda x: x", "%pip install x", "!ls"])
def test_a_planted_definition_is_found(source: str) -> None:
    """The search for definitions and commands finds a planted one."""
    assert definitions(source)


def test_notebooks_are_small_and_portable() -> None:
    """A notebook stores no widget state, names the kernel `python3`, is under 200 kB; each cell has an id."""
    for name, notebook in notebooks().items():
        metadata, cells = notebook["metadata"], notebook["cells"]
        assert isinstance(metadata, dict)
        assert isinstance(cells, list)
        assert "widgets" not in metadata, name
        assert metadata["kernelspec"]["name"] == "python3", name
        assert len(json.dumps(notebook, ensure_ascii=False).encode()) < MAX_BYTES, name
        assert all(cell.get("id") for cell in cells), name


def test_notebooks_open_with_what_they_answer() -> None:
    """The first cell is a title with words under it, the last says what to do next; only what one works in follows."""
    for name, notebook in notebooks().items():
        cells = notebook["cells"]
        assert isinstance(cells, list)
        last = cells[-2] if "".join(cells[-1]["source"]) == "view" else cells[-1]  # what is last is seen after Run All
        assert cells[0]["cell_type"] == last["cell_type"] == "markdown", name
        assert "".join(cells[0]["source"]).startswith("# "), name


def tags(cell: Notebook) -> list[str]:
    """Return the tags of a cell."""
    metadata = cell.get("metadata")
    return list(metadata.get("tags", [])) if isinstance(metadata, dict) else []


def definitions(source: str) -> list[str]:
    """Return what a cell defines, and the commands to the shell or to IPython in it."""
    lines = source.splitlines()
    commands = [line for line in lines if line.lstrip().startswith(("%", "!"))]
    tree = ast.parse("\n".join(line for line in lines if line not in commands))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return commands + [type(node).__name__ for node in ast.walk(tree) if isinstance(node, kinds)]
