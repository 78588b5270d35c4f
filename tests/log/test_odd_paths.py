"""Whatever a path is, opening it gives a log or a LogError that helps; what is acknowledged is in the file it names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.errors import LogError
from deskkit.log import MovedError, open_log
from tests.contract.samples import AT, wrote

if TYPE_CHECKING:
    from collections.abc import Callable


def refused(url: Any, **how: bool) -> LogError:
    """Return the error of opening, which says everything an error says."""
    with pytest.raises(LogError) as caught:
        open_log(url, **how)
    error = caught.value
    assert error.place
    assert error.expected or error.value is not None
    assert error.example
    str(error).encode()
    assert "\0" not in str(error)
    return error


def link(folder: Path, target: str) -> Path:
    """Return a link in a folder."""
    path = folder / "link.db"
    path.symlink_to(target)
    return path


def pipe(folder: Path) -> Path:
    """Return a named pipe."""
    path = folder / "pipe.db"
    os.mkfifo(path)
    return path


ODD: dict[str, tuple[Callable[[Path], Path | str], str]] = {
    "a link to nowhere": (lambda folder: link(folder, "missing/x.db"), "leads nowhere"),
    "a link to a free name": (lambda folder: link(folder, "free.db"), "leads nowhere"),
    "a link to itself": (lambda folder: link(folder, "link.db"), "symbolic links"),
    "a name of 300 characters": (lambda folder: folder / ("x" * 300), "too long"),
    "a path of 9,000 characters": (lambda folder: folder / ("y/" * 4_500 + "a"), "too long"),
    "a NUL": (lambda folder: f"{folder}/a\0b", "null"),
    "half a character": (lambda folder: f"{folder}/\ud800.db", "surrogates"),
    "a folder": (lambda folder: folder, "a folder"),
    "a pipe": (pipe, "no plain file"),
    "a device": (lambda _folder: "/dev/null", "no plain file"),
}


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("what", ODD)
def test_an_odd_path_is_named(tmp_path: Path, what: str, *, read_only: bool) -> None:
    """No link, folder, device or name takes a log by surprise, and nothing is made."""
    make, why = ODD[what]
    path = make(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert why in refused(f"sqlite:///{path}", read_only=read_only).problem
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("url", [None, 5, Path("desk.db"), b"memory:", ""])
def test_an_address_is_a_text(url: object) -> None:
    """A path, a number or nothing is no address."""
    refused(url)


def test_a_link_to_a_log_is_the_log(tmp_path: Path, log_url: str, log_path: Path) -> None:
    """Control: through a link that leads to a log one writes to it."""
    with open_log(log_url) as log, open_log(f"sqlite:///{link(tmp_path, str(log_path))}") as other:
        other.append([wrote(1)], received_at=AT)
        assert log.last_seq() == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever is root may write anywhere")
def test_a_folder_that_may_not_be_written(log_url: str, log_path: Path) -> None:
    """A log in such a folder is not opened, not even for reading, and the error says why."""
    with open_log(log_url) as log:
        log.append([wrote(1)], received_at=AT)
    log_path.parent.chmod(0o500)
    try:
        for read_only in (False, True):
            assert "folder" in refused(log_url, read_only=read_only).problem
    finally:
        log_path.parent.chmod(0o700)


def deleted(path: Path) -> None:
    """Delete a log."""
    path.unlink()


def moved(path: Path) -> None:
    """Move a log away."""
    path.rename(path.with_name("away.db"))


def replaced(path: Path) -> None:
    """Put another log in the place of a log."""
    path.rename(path.with_name("away.db"))
    with open_log(f"sqlite:///{path}") as other:
        other.append([wrote(9)], received_at=AT)


def half_deleted(path: Path) -> None:
    """Delete what a log has not yet written back."""
    Path(f"{path}-wal").unlink()


@pytest.mark.parametrize("happens", [deleted, moved, replaced, half_deleted])
def test_a_file_gone_from_under_an_open_log_takes_nothing_more(
    log_url: str, log_path: Path, happens: Callable[[Path], None]
) -> None:
    """Deleted, moved or replaced, the file acknowledges nothing any more: neither events nor cursors nor a batch."""
    log = open_log(log_url)
    log.append([wrote(1)], received_at=AT)
    happens(log_path)
    for write in (
        lambda: log.append([wrote(2)], received_at=AT),
        lambda: log.set_cursor("ui", 1),
        lambda: log.quarantine("meiqia", "why", raw=b"x", received_at=AT),
    ):
        with pytest.raises(LogError, match="under the open log; nothing was stored"):
            write()
    with pytest.raises(LogError, match="under the open log"), log.batch():
        log.append([wrote(3)], received_at=AT)
    if happens is half_deleted:
        log.check_place()  # who only reads may outlive the write-ahead log
    else:
        with pytest.raises(MovedError, match="what is read is old"):
            log.check_place()
    log.close()


def test_a_file_gone_inside_a_batch_takes_nothing(log_url: str, log_path: Path) -> None:
    """What a batch wrote is not acknowledged at its end if the file went meanwhile."""

    def write() -> None:
        with log.batch():
            log.append([wrote(1)], received_at=AT)
            deleted(log_path)

    with open_log(log_url) as log, pytest.raises(LogError, match="nothing was stored"):
        write()
