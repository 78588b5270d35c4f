"""Files that are refused before any write (P5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.errors import LogError
from deskkit.log import guard, open_log
from tests.log.files import contents, filled, raw

if TYPE_CHECKING:
    from pathlib import Path


def test_no_log(log_url: str, log_path: Path) -> None:
    """Without `create`, and for reading, a missing log is an error and stays missing."""
    for options in ({"create": False}, {"read_only": True}):
        with pytest.raises(LogError, match="no log here"):
            open_log(log_url, **options)
    assert list(log_path.parent.iterdir()) == []


def test_no_folder(tmp_path: Path) -> None:
    """A missing folder is an error that says how to make it."""
    with pytest.raises(LogError, match="mkdir -p"):
        open_log(f"sqlite:///{tmp_path / 'not' / 'there' / 'desk.db'}")


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    """A folder is refused."""
    with pytest.raises(LogError):
        open_log(f"sqlite:///{tmp_path}")


def foreign(path: Path) -> None:
    """Make another program's database."""
    connection = raw(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.execute("INSERT INTO bookmarks VALUES ('x')")
    connection.close()


def foreign_wal(path: Path) -> None:
    """Make another program's database in WAL mode."""
    connection = raw(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    foreign(path)


def foreign_id(path: Path) -> None:
    """Make a database with another application's number and nothing else."""
    connection = raw(path)
    connection.execute("PRAGMA application_id = 252006673")
    connection.close()


def newer(path: Path) -> None:
    """Make a log of a later release."""
    open_log(f"sqlite:///{path}").close()
    connection = raw(path)
    connection.execute(f"PRAGMA user_version = {guard.SCHEMA + 1}")
    connection.close()


def empty(path: Path) -> None:
    """Make an empty file."""
    path.touch()


def blank(path: Path) -> None:
    """Make a database with nothing in it."""
    connection = raw(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    assert path.stat().st_size > 0


def unfinished(path: Path) -> None:
    """Make a database whose program stopped in the middle of a change."""
    foreign(path)
    connection = raw(path)
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("CREATE TABLE t (x)")
    connection.executemany("INSERT INTO t VALUES (?)", [("x" * 9_000,) for _ in range(50)])
    journal = path.with_name(path.name + "-journal").read_bytes()
    data = path.read_bytes()
    connection.rollback()
    connection.close()
    path.write_bytes(data)
    path.with_name(path.name + "-journal").write_bytes(journal)


def text(path: Path) -> None:
    """Make a text file."""
    path.write_text("at,who,what\n" * 1_000)


def one_byte(path: Path) -> None:
    """Make a file of one byte."""
    path.write_bytes(b"x")


def cut_short(path: Path) -> None:
    """Lose the second half of a log."""
    data = filled(path)
    path.write_bytes(data[: len(data) // 2])


def zeroed(path: Path) -> None:
    """Lose some pages of a log to zeros, but not the first."""
    data = filled(path)
    data[4096 * 3 : 4096 * 12] = bytes(4096 * 9)
    path.write_bytes(data)


def bad_header(path: Path) -> None:
    """Spoil the first bytes of a log."""
    data = filled(path)
    data[:16] = b"Not SQLite at al"
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (foreign, "no deskkit log"), (foreign_wal, "no deskkit log"), (foreign_id, "no deskkit log"),
        (empty, "no deskkit log"), (blank, "no deskkit log"), (unfinished, "in the middle"),
        (newer, "newer deskkit"), (text, "no SQLite database"), (one_byte, "no SQLite database"),
        (cut_short, "damaged"), (zeroed, "damaged"), (bad_header, "no SQLite database"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_refused_before_any_write(log_url: str, log_path: Path, make: object, said: str) -> None:
    """A damaged, foreign or newer file is refused with its name, and not a byte of it changes."""
    assert callable(make)
    make(log_path)
    before = contents(log_path.parent)
    for options in ({}, {"create": False}, {"read_only": True}):
        with pytest.raises(LogError, match=said) as error:
            open_log(log_url, **options)
        assert str(log_path) in str(error.value)
    after = contents(log_path.parent)
    assert after["desk.db"] == before["desk.db"]
    assert set(before) <= set(after)
    assert all(data == b"" or name.endswith("-shm") for name, data in after.items() if name not in before)


def test_the_same_file_undamaged_is_opened(log_url: str, log_path: Path) -> None:
    """The log that the tests above spoil opens as long as it is whole (their control)."""
    filled(log_path)
    with open_log(log_url, create=False) as log:
        assert log.verify().events == 200


@pytest.mark.parametrize("make", [cut_short, zeroed, bad_header], ids=lambda make: str(make.__name__))
def test_damage_of_a_large_file_is_named_by_whoever_meets_it(
    log_url: str, log_path: Path, monkeypatch: pytest.MonkeyPatch, make: object
) -> None:
    """The events of a large file are not gone through on opening: reading them or `verify` meets the damage."""
    assert callable(make)
    make(log_path)
    monkeypatch.setattr(guard, "LARGE", 0)
    with pytest.raises(LogError, match=r"damaged|no SQLite database"), open_log(log_url, read_only=True) as log:
        list(log.read())
    faults: list[object] = []
    try:
        with open_log(log_url, read_only=True) as log:
            faults += log.verify().faults
    except LogError as error:  # not even the small tables could be read
        faults.append(error)
    assert faults
