"""The worked examples are what their text says, and their page's commands print what it shows."""

from __future__ import annotations

import re
import shlex
import shutil
from typing import TYPE_CHECKING

from deskkit import cli
from tests.feeds.examples import FOLDER, files

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_files_are_what_their_text_says() -> None:
    """Nothing beside them, nothing missing, to the byte."""
    held = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file() and path.name != "README.md"
    }
    assert held == {name: text.encode() for name, text in files().items()}


def test_the_commands_of_the_page_print_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From import to report, in a copy of the folder; every line shown is among those printed by the block before."""
    shutil.copytree(FOLDER, tmp_path / "examples")
    monkeypatch.chdir(tmp_path / "examples")
    printed: list[str] = []
    shown = 0
    for kind, body in BLOCK.findall((FOLDER / "README.md").read_text(encoding="utf-8")):
        lines = body.rstrip("\n").splitlines()
        if kind == "sh":
            for line in lines:
                word, *words = shlex.split(line)
                assert word == "deskkit"
                assert cli.main(words) == 0, line
            printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
        else:
            assert [line for line in lines if " ".join(line.split()) not in printed] == []
            shown += len(lines)
    assert shown > 20
