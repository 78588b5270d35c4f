"""Bytes put away in a file: they come back; without room they stay in memory, which is told once."""

from __future__ import annotations

import errno
import gc
import logging
import tempfile
from io import BytesIO
from typing import IO, TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.desk import shelf
from deskkit.desk.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import ReadableBuffer


class Narrow(BytesIO):
    """A file that takes three bytes at a time, and no more than twenty."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write a little of it."""
        if self.tell() >= 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(memoryview(data)[:3])


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[IO[bytes]]:
    """Return the temporary files that are made, as they are."""
    found: list[IO[bytes]] = []
    make = tempfile.TemporaryFile

    def noted(*, prefix: str, buffering: int) -> IO[bytes]:
        found.append(make(prefix=prefix, buffering=buffering))
        return found[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", noted)
    return found


@given(st.lists(st.binary(max_size=9)), st.integers(0, 9), st.integers(0, 9))
def test_what_is_put_comes_back(put: list[bytes], begin: int, end: int) -> None:
    """Each of many bytes comes back, whole and in parts, whether or not the file had room for it."""
    with patch.object(tempfile, "TemporaryFile", lambda **_: Narrow()):
        kept = Shelf()
        places = [kept.put(data) for data in put]
    assert [kept.get(place) for place in places] == put
    begins = [min(begin, place.size) for place in places]
    ends = [min(max(begin, end), place.size) for place in places]
    parts = [data[b:e] for data, b, e in zip(put, begins, ends, strict=True)]
    assert [kept.get(place, b, e) for place, b, e in zip(places, begins, ends, strict=True)] == parts


@given(st.lists(st.integers(0, 40), max_size=9), st.integers(8, 20))
def test_records_come_back_whole(sizes: list[int], read: int) -> None:
    """Bytes kept by one number come back, be they shorter or longer than what is read at once, on disk or not."""
    put = [bytes([size]) * size for size in sizes]
    with patch.object(tempfile, "TemporaryFile", lambda **_: Narrow()), patch.object(shelf, "_READ", read):
        kept = Shelf()
        places = [kept.put_record(data) for data in put]
        assert [kept.record(place) for place in places] == put


def test_a_record_the_system_lost_is_said(files: list[IO[bytes]]) -> None:
    """A file cut within a record, or before it, is an error."""
    kept = Shelf()
    place = kept.put_record(b"12345678")
    for left in (12, 3):
        files[0].truncate(left)
        with pytest.raises(OSError, match="put away in a temporary file"):
            kept.record(place)


def test_a_full_disk_is_told_once(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no room stays in memory: nothing is lost, and the log of Python says so once for all shelves."""
    monkeypatch.setattr(Shelf, "has_warned", False)
    with patch.object(tempfile, "TemporaryFile", lambda **_: Narrow()), caplog.at_level(logging.WARNING):
        other, kept = Shelf(), Shelf()
        other.put(b"1" * 21)
        places = [kept.put(b"12345678") for _ in range(5)]
    assert [place.at < 0 for place in places] == [False, False, True, True, True]
    assert {kept.get(place) for place in places} == {b"12345678"}
    assert len(caplog.records) == 1
    assert "stays in memory" in caplog.text


def test_the_file_goes_with_its_shelf(files: list[IO[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is made before there is something to put, none has a name to be found by, and it is closed at the end."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = Shelf()
    assert files == []
    kept.put(b"secret")
    assert [file.closed for file in files] == [False]
    del kept
    gc.collect()
    assert [file.closed for file in files] == [True]
    assert list(tmp_path.iterdir()) == []


def test_what_the_system_lost_is_said(files: list[IO[bytes]]) -> None:
    """A file cut short by somebody else is an error, not an empty text."""
    kept = Shelf()
    place = kept.put(b"12345678")
    files[0].truncate(3)
    with pytest.raises(OSError, match="Of 8 bytes put away in a temporary file 3 are left"):
        kept.get(place)
