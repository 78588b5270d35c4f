"""Pipes and devices in place of files: refused at once, for they need not end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deskkit import smallfile
from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError, FeedError
from deskkit.feeds import pages
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.roster import load_roster
from deskkit.sim.scenariofile import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

READERS: dict[str, Callable[[Path], Any]] = {
    "policy": Policy.load,
    "scenario": load_scenario,
    "map": ColumnMap.load,
    "roster": load_roster,
    "import": lambda path: pages.files([path]),
}

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes with names")


@pytest.fixture(autouse=True)
def nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail, instead of waiting for ever, where a pipe or device is read."""
    whole = Path.read_bytes

    def read(path: Path) -> bytes:
        assert path.is_file() or path.is_dir(), "it would wait"
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", read)


@pytest.mark.parametrize("name", READERS)
def test_what_need_not_end_is_refused(name: str, tmp_path: Path) -> None:
    """A pipe and a device are refused by name, whatever they would have been read as."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(DeskkitError, match="a pipe or a device") as caught:
            READERS[name](path)
        assert str(path) in str(caught.value)


def test_a_pipe_in_a_folder_is_set_aside(tmp_path: Path) -> None:
    """The files beside it are read."""
    os.mkfifo(tmp_path / "a.json")
    (tmp_path / "b.json").write_text('{"data": [{"n": 1}]}')
    found = list(pages.read([tmp_path], lists=frozenset({"data"})))
    assert found[0].problem == "it is a pipe or a device, not a file"
    assert len(found) == 2
    assert not found[1].problem


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused by its size; a missing file and a folder are as they were."""
    (tmp_path / "a.toml").write_text("version = 1")
    assert smallfile.content(tmp_path / "a.toml") == b"version = 1"
    monkeypatch.setattr(smallfile, "LARGEST", 5)
    with pytest.raises(DeskkitError, match="larger than"):
        Policy.load(tmp_path / "a.toml")
    with pytest.raises(DeskkitError, match="directory"):
        Policy.load(tmp_path)
    with pytest.raises(FeedError):
        load_roster(tmp_path / "gone.toml")
