"""Record the notebooks: run every cell, keep the outputs of the checked ones only.

Run `python tests/notebooks/record.py notebooks/01_desk.ipynb` after a number that it prints changed on purpose; the
difference in git is what changed. Nothing of the machine stays in the file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

CHECKED = "NBVAL_CHECK_OUTPUT"
KEPT = "keep_output"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def record(path: Path) -> None:
    """Run a notebook in its own folder and write it back with the outputs of its checked cells.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        A cell fails; the file is left as it was.
    """
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}})
    client.execute()
    for number, cell in enumerate(notebook.cells):
        cell.id = str(number)  # as nbstripout writes them
        if cell.cell_type != "code":
            cell.metadata = {}
            continue
        is_checked = CHECKED in cell.source
        cell.metadata = {"tags": [KEPT]} if is_checked else {}
        cell.outputs = [plain(output) for output in cell.outputs] if is_checked else []
        cell.execution_count = sum(one.cell_type == "code" for one in notebook.cells[: number + 1])
    notebook.metadata = METADATA
    nbformat.validate(notebook)
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def plain(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an output of a checked cell, which is text and nothing else.

    Raises
    ------
    ValueError
        It is something else.
    """
    if output.output_type != "stream" or output.name != "stdout":
        message = f"A checked cell prints text and nothing else. Got {output.output_type}."
        raise ValueError(message)
    return output


if __name__ == "__main__":
    for name in sys.argv[1:]:
        record(Path(name))
