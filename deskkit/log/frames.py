"""The log as a polars frame, and as a parquet file, out and in.

The only module of `deskkit.log` that loads polars. A frame or a file holds what customers wrote, unmasked: it
is the log in another form, not an export for people.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl
from polars.io.plugins import register_io_source

from deskkit.errors import LogError
from deskkit.log.disk import sync_folder
from deskkit.log.rows import Row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from deskkit.desk.events import Event
    from deskkit.log.log import EventLog

__all__ = ["EVENTS", "events", "from_parquet", "to_parquet"]

INSTANT: Final[pl.DataType] = pl.Datetime("ms", "UTC")
_TYPES: Final[dict[str, pl.DataType]] = {
    "seq": pl.Int64(),
    "at": INSTANT,
    "received_at": INSTANT,
    "kind": pl.String(),
    "conversation": pl.String(),
    "agent": pl.String(),
    "source": pl.String(),
    "source_id": pl.String(),
    "body": pl.String(),
}
EVENTS: Final = pl.Schema(_TYPES)
CHUNK: Final = 20_000
WRITE_AGAIN: Final = "deskkit.log.frames.to_parquet(log, 'desk.parquet')"


class _Columns(msgspec.Struct, gc=False):
    """What the frame shows beside the body, whatever the kind of event."""

    at: int
    kind: str
    source: str
    source_id: str
    conversation: str | None = None
    agent: str | None = None


_columns = msgspec.json.Decoder(_Columns)


def events(
    log: EventLog,
    after: int = 0,
    *,
    until: int | None = None,
    conversation: str | None = None,
    kinds: Collection[type[Event]] | None = None,
) -> pl.DataFrame:
    """Return events as a frame, one row each, in order of `seq`.

    Parameters
    ----------
    log : EventLog
    after, until, conversation, kinds
        Which events, as for `EventLog.rows`.

    Returns
    -------
    DataFrame, schema `EVENTS`
        `at` and `received_at` in UTC; `conversation` and `agent` null where there is none; `body` as JSON.

    Examples
    --------
    >>> from deskkit.desk.events import Viewed
    >>> from deskkit.log import open_log
    >>> fact = Viewed(at=5, source="ui", source_id="1", conversation="c1", agent="chen")
    >>> log = open_log("memory:")
    >>> _ = log.append([fact], received_at=6)
    >>> events(log).select("seq", "kind", "conversation", "agent").rows()
    [(1, 'viewed', 'c1', 'chen')]
    """
    rows = log.rows(after, until=until, conversation=conversation, kinds=kinds)
    return pl.concat([EVENTS.to_frame(), *_frames(rows)])


def to_parquet(log: EventLog, path: Path | str) -> int:
    """Write a log to a parquet file, whole or not at all, in bounded memory; return the number of events.

    Parameters
    ----------
    log : EventLog
    path : Path or str
        An existing file is replaced when the new one is complete and on the disk.

    Raises
    ------
    LogError
        The log cannot be read, or the file cannot be written.
    """
    path = Path(path)
    until = log.last_seq()
    about = {"deskkit.events": str(until), "deskkit.digest": log.digest(until=until)}
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise LogError(
            f"The file cannot be written ({error.strerror}).", place=str(path), expected="a folder of yours",
            example=WRITE_AGAIN,
        ) from error  # fmt: skip
    try:
        with os.fdopen(descriptor, "rb") as file:
            _sink(log, name, until=until, about=about)
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    sync_folder(path.parent)
    return until


def from_parquet(path: Path | str, log: EventLog) -> int:
    """Fill an empty log from a parquet file that `to_parquet` wrote; return the number of events.

    Parameters
    ----------
    path : Path or str
    log : EventLog
        Empty; it ends with the digest noted in the file, or stays empty.

    Raises
    ------
    LogError
        The file is no such file, was changed, or holds less than it says; or the log is not empty.
    """
    try:
        about = pl.read_parquet_metadata(path)
        scan = pl.scan_parquet(path, glob=False)
        found = scan.collect_schema()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unreadable(error, path) from error
    if found != EVENTS or "deskkit.digest" not in about:
        raise LogError(
            "This is no log in parquet.", place=str(path), value=list(found),
            expected=f"columns {list(EVENTS)}", example=WRITE_AGAIN,
        )  # fmt: skip
    return log.restore(_checked(_slices(scan, path), about, path))


def _frames(rows: Iterable[Row]) -> Iterator[pl.DataFrame]:
    """Yield frames of at most `CHUNK` rows."""
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        names = [_columns.decode(row.body) for row in chunk]
        yield pl.DataFrame(
            {
                "seq": [row.seq for row in chunk],
                "at": pl.Series([name.at for name in names], dtype=pl.Int64).cast(INSTANT),
                "received_at": pl.Series([row.received_at for row in chunk], dtype=pl.Int64).cast(INSTANT),
                "kind": [name.kind for name in names],
                "conversation": [name.conversation or None for name in names],
                "agent": [name.agent or None for name in names],
                "source": [name.source for name in names],
                "source_id": [name.source_id for name in names],
                "body": [row.body.decode() for row in chunk],
            },
            schema=EVENTS,
        )


def _sink(log: EventLog, name: str, *, until: int, about: dict[str, str]) -> None:
    """Stream rows 1 to `until` into the file `name`."""

    def source(
        columns: list[str] | None, _filter: pl.Expr | None, _limit: int | None, _size: int | None
    ) -> Iterator[pl.DataFrame]:
        for frame in _frames(log.rows(until=until)):
            yield frame if columns is None else frame.select(columns)

    try:
        register_io_source(source, schema=EVENTS).sink_parquet(
            name, compression="zstd", row_group_size=CHUNK, metadata=about
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LogError(
            f"The parquet file cannot be written: {error}.",
            place=name,
            expected="room on the disk",
            example=WRITE_AGAIN,
        ) from error


def _unreadable(error: Exception, path: Path | str) -> LogError:
    return LogError(
        f"The parquet file cannot be read: {error}.", place=str(path), expected="a whole file", example=WRITE_AGAIN
    )


def _slices(scan: pl.LazyFrame, path: Path | str) -> Iterator[Row]:
    """Yield the rows of a parquet file, a chunk in memory at a time."""
    columns = scan.select("seq", pl.col("received_at").cast(pl.Int64), "body")
    offset = 0
    while True:
        try:
            frame = columns.slice(offset, CHUNK).collect()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise _unreadable(error, path) from error
        if not frame.height:
            return
        for seq, received_at, body in frame.iter_rows():
            if seq is None or received_at is None or body is None:
                where = f"{path}, row {offset + 1} ff."
                raise LogError(
                    "A row is empty.", place=where, expected="seq, received_at and body", example=WRITE_AGAIN
                )
            yield Row(seq, received_at, body.encode())
        offset += frame.height


def _checked(rows: Iterable[Row], about: dict[str, str], path: Path | str) -> Iterator[Row]:
    """Pass the rows on, and refuse them all at the end if they are not what the file says."""
    total, count = hashlib.sha256(), 0
    for row in rows:
        total.update(row.body)
        total.update(b"\n")
        count += 1
        yield row
    if (str(count), total.hexdigest()) != (about.get("deskkit.events"), about["deskkit.digest"]):
        raise LogError(
            "The parquet file does not hold the log it says it holds; nothing was stored.",
            place=str(path), value=f"{count} events",
            expected=f"{about.get('deskkit.events')} events with the digest it notes", example=WRITE_AGAIN,
        )  # fmt: skip
