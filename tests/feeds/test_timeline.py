"""The timeline sorts like a list, in bounded memory, and leaves nothing behind."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from deskkit.desk.events import NoteWritten, PeakSet
from deskkit.feeds import timeline
from deskkit.feeds.timeline import Timeline

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=30), st.integers(0, 5))
def test_it_is_a_stable_sort(batches: list[list[int]], hold: int) -> None:
    """Equal instants keep the order in which they were added, however little is held."""
    events = [
        [PeakSet(at=at, source_id=f"{first}.{second}", on=True) for second, at in enumerate(batch)]
        for first, batch in enumerate(batches)
    ]
    with Timeline(hold=hold) as line:
        for batch in events:
            line.add(batch)
        flat = [event for batch in events for event in batch]
        assert len(line) == len(flat)
        assert list(line) == sorted(flat, key=lambda event: event.at)


def test_many_runs_are_merged_and_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """More runs than are read side by side become one; afterwards the folder is gone."""
    monkeypatch.setattr(timeline, "_FAN", 3)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Timeline(hold=0) as line:
        for at in (5, 3, 9, 1, 7, 2, 8, 4, 6, 0):
            line.add([PeakSet(at=at, on=True)])
        (folder,) = tmp_path.iterdir()
        assert 0 < len(list(folder.iterdir())) <= 3
        assert [event.at for event in line] == list(range(10))
    assert list(tmp_path.iterdir()) == []


def test_long_texts_weigh_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Few events with long texts go to disk as many with short ones do."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for length, runs in ((10, 0), (30_000, 3)):
        with Timeline(hold=40) as line:
            for at in range(6):
                line.add([NoteWritten(at=at, conversation="c", agent="a", text="长" * length)])
            folders = list(tmp_path.iterdir())
            assert sum(len(list(folder.iterdir())) for folder in folders) == runs
            assert len(list(line)) == 6
