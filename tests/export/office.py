"""A spreadsheet program without its window: what it makes of a file."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.programs import office

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Opened", "opened"]

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
SECONDS = 120


class Opened:
    """A workbook as the program understood it: its formulas, links, and cells by type."""

    def __init__(self, path: Path) -> None:
        root = ET.parse(path).getroot()  # noqa: S314 - the program wrote it just now
        cells = [cell for cell in root.iter(f"{TABLE}table-cell") if cell.get(f"{OFFICE}value-type")]
        self.formulas = [cell.get(f"{TABLE}formula") for cell in cells if cell.get(f"{TABLE}formula")]
        self.links = list(root.iter(f"{TEXT}a"))
        self.texts = ["".join(cell.itertext()) for cell in cells if cell.get(f"{OFFICE}value-type") == "string"]
        self.values = [cell.attrib[f"{OFFICE}value"] for cell in cells if cell.get(f"{OFFICE}value")]
        self.dates = [cell.attrib[f"{OFFICE}date-value"] for cell in cells if cell.get(f"{OFFICE}date-value")]
        self.times = [cell.attrib[f"{OFFICE}time-value"] for cell in cells if cell.get(f"{OFFICE}time-value")]


def opened(paths: Iterable[Path], folder: Path, *, separator: str = "") -> Mapping[str, Opened]:
    """Open files, calculate them anew and return what they became, by name; `separator` is for CSV."""
    program = office()
    assert program is not None
    named = list(paths)
    options = [f"--infilter=CSV:{ord(separator)},34,76,1"] if separator else []
    folder.mkdir(exist_ok=True)
    subprocess.run(
        [
            program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
            "--convert-to", "fods", *options, "--outdir", str(folder), *map(str, named),
        ],
        check=True, capture_output=True, timeout=SECONDS,
    )  # fmt: skip
    return {path.name: Opened(folder / f"{path.stem}.fods") for path in named}
