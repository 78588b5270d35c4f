"""Frames go to files through `deskkit.export` alone: there they are masked, and no text is a formula."""

from __future__ import annotations

import ast
import re

import pytest

from tests.project.files import sources

WRITER = re.compile(r"(?:write|sink)_\w+|to_(?:csv|excel|parquet|json|clipboard|html)")
OURS = {"write_workbook", "write_lease"}
MAY = ("deskkit/export/", "deskkit/log/frames.py")  # the second keeps the log itself, which is no export
EXPORTS = {"export", "frames", "dk.export", "deskkit.export"}  # what our own writers are called by


def test_frames_are_written_by_the_export_alone() -> None:
    """No module and no notebook writes a frame by polars, pandas or xlsxwriter themselves."""
    found = {place: calls for place, tree in sources() if not place.startswith(MAY) and (calls := writers(tree))}
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "frame.write_csv('a.csv')",
        "log.sink_parquet(path)",
        "pl.DataFrame(x).write_excel()",
        "frame.to_pandas().to_excel(path)",
        "import xlsxwriter",
    ],
)
def test_a_planted_writer_is_found(code: str) -> None:
    """The search finds each way to write."""
    assert writers(ast.parse(code))


@pytest.mark.parametrize("code", ["dk.export.to_excel(frames, path)", "path.write_text(x)", "file.write_bytes(b)"])
def test_our_own_writers_are_none(code: str) -> None:
    """What calls the export, and what writes a text, is not taken for one."""
    assert writers(ast.parse(code)) == []


def writers(tree: ast.AST) -> list[str]:
    """Return the calls that write a frame, and imports of what writes workbooks."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            found += [name for name in names if name.split(".")[0] in {"xlsxwriter", "openpyxl"}]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, owner = node.func.attr, ast.unparse(node.func.value)
            if WRITER.fullmatch(name) and name not in {"write_text", "write_bytes", *OURS} and owner not in EXPORTS:
                found.append(name)
    return found
