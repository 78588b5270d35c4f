"""Saved answers of an API, one record after the other, in bounded memory.

Files, folders and zip archives, plain or gzipped, with JSON values or JSON lines in them. A list, and the
list of a page (``{"result": [...]}``), is read element by element, so that one huge file is never held whole.
What is no UTF-8 is read as `feeds.encoding` says. This module knows no product: it hands out the bytes of each
record and says what it could not read.
"""

from __future__ import annotations

import gzip
import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

import msgspec

from deskkit.errors import FeedError
from deskkit.feeds import encoding
from deskkit.feeds.splitter import CHUNK, KEPT, LONGEST, Piece, split

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Piece", "decode", "files", "read", "total_size"]

_SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".gz", ".zip")
_NOTHING: Final = "nothing to read here: no file ends in " + ", ".join(_SUFFIXES)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_DAMAGE: Final = (OSError, EOFError, zlib.error, zipfile.BadZipFile)


def decode(raw: bytes, *, note: Callable[[str], None] | None = None) -> object:
    r"""Read one JSON value; forgiving where nothing is lost by it.

    Lone surrogates, control characters in texts, NaN and infinity are let through; what is no UTF-8 is read
    as GB18030, or becomes U+FFFD, and `note` is told so.

    Raises
    ------
    ValueError
        This is no JSON value.

    Examples
    --------
    >>> decode(b'{"conv_id": 7}'), decode(b'"\xff"')
    ({'conv_id': 7}, '\ufffd')
    """
    try:
        return cast("object", msgspec.json.decode(raw))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # the patient reader below says what is wrong
    text, done = encoding.text_of(raw)
    if done and note is not None:
        note(done)
    try:
        return cast("object", json.loads(text, strict=False))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def read(
    paths: Sequence[str | Path],
    *,
    lists: frozenset[str] = frozenset(),
    advance: Callable[[int], None] | None = None,
) -> Iterator[Piece]:
    """Hand out the records of files, folders and archives, in order of name.

    Parameters
    ----------
    paths : sequence of path
        In a folder the files ending in .json, .jsonl, .ndjson, .gz and .zip are read; a file named here
        always is.
    lists : frozenset of str
        Keys of a top-level object whose list holds records, for example ``{"result"}``; ``"data.payload"`` for
        one within an object.
    advance : callable, optional
        Called with the number of bytes read since the last call; they sum up to `total_size`.

    Yields
    ------
    Piece

    Raises
    ------
    FeedError
        A path does not exist.
    """
    for path in files(paths):
        yield from _file(path, lists, advance or _nowhere)
    for path in map(Path, paths):
        if path.is_dir() and not files([path]):
            yield Piece(str(path), b"", _NOTHING)


def total_size(paths: Sequence[str | Path]) -> int:
    """Return the bytes of all files that `read` would open, as stored.

    Raises
    ------
    FeedError
        A path does not exist.
    """
    return sum(path.stat().st_size for path in files(paths))


def files(paths: Sequence[str | Path]) -> list[Path]:
    """List the files behind paths: themselves, and what folders hold, in order of name.

    Raises
    ------
    FeedError
        A path does not exist.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found.extend(
                Path(folder, name)
                for folder, _, names in sorted(os.walk(path))
                for name in sorted(names)
                if name.lower().endswith(_SUFFIXES) and not name.startswith(".")
            )
        elif path.is_file():
            found.append(path)
        elif path.exists():
            raise FeedError(
                "This is a pipe or a device, which need not end.",
                place="import",
                value=str(path),
                expected="a file, a folder or a zip archive",
                example="write it to a file first: curl ... > page.json",
            )
        else:
            raise FeedError(
                "There is no such file or folder.",
                place="import",
                value=str(path),
                example="a file, a folder or a zip archive: pages/",
            )
    return found


def _nowhere(_: int) -> None:
    """Show no progress."""


# ---------------------------------------------------------------- files


def _file(path: Path, lists: frozenset[str], advance: Callable[[int], None]) -> Iterator[Piece]:
    seen = 0
    if path.exists() and not path.is_file():  # in a folder; opening a pipe waits for somebody who writes
        yield Piece(str(path), b"", "it is a pipe or a device, not a file")
        return
    try:
        with path.open("rb") as stored:
            size = os.fstat(stored.fileno()).st_size
            reader = _archive if zipfile.is_zipfile(stored) else _stream
            stored.seek(0)
            for piece in reader(str(path), stored, lists):
                yield piece
                if stored.tell() > seen:  # an archive is not read from front to back
                    advance(stored.tell() - seen)
                    seen = stored.tell()
            advance(size - seen)
    except OSError as error:
        yield Piece(str(path), b"", f"the file cannot be read: {error.strerror or error}")


def _archive(path: str, stored: IO[bytes], lists: frozenset[str]) -> Iterator[Piece]:
    place, found = path, False
    try:
        with zipfile.ZipFile(stored) as archive:
            for member in sorted(archive.infolist(), key=lambda info: info.filename):
                place = f"{path}!{member.filename}"
                name = member.filename.rsplit("/", 1)[-1].lower()
                if name.endswith(_SUFFIXES) and not name.startswith("."):
                    found = True
                    with archive.open(member) as opened:
                        yield from _stream(place, opened, lists)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        yield Piece(place, b"", f"the archive is damaged or locked: {error}")
    else:
        if not found:
            yield Piece(path, b"", _NOTHING)


def _stream(place: str, stream: IO[bytes], lists: frozenset[str]) -> Iterator[Piece]:
    opened = cast("io.BufferedReader", stream)  # what open() and ZipFile.open() give can all it can
    try:
        if opened.peek(2)[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=opened) as unpacked:
                yield from _encoded(place, unpacked, lists)
        else:
            yield from _encoded(place, opened, lists)
    except (EOFError, zlib.error, zipfile.BadZipFile) as error:
        yield Piece(place, b"", f"the file is cut or damaged from here on: {error}")


def _encoded(place: str, stream: io.BufferedReader | gzip.GzipFile, lists: frozenset[str]) -> Iterator[Piece]:
    """Read a stream once to know its encoding, and again for its records."""
    start = stream.read1(CHUNK)
    if start.startswith(_UTF16) or encoding.is_utf8(_chunks(stream)) or not encoding.is_gb18030(_chunks(stream)):
        stream.seek(0)
        yield from _records(place, _Source(stream.read1), lists)
        return
    stream.seek(0)
    for piece in _records(place, _Source(encoding.as_utf8(stream.read1)), lists):
        yield piece._replace(note=encoding.GB18030)


def _chunks(stream: io.BufferedReader | gzip.GzipFile) -> Iterator[bytes]:
    """Yield a stream from its beginning to its end, or to a damaged place."""
    stream.seek(0)
    source = _Source(stream.read1)
    try:
        while chunk := source.read(CHUNK):
            yield chunk
    except _DAMAGE:
        return  # whoever reads the records says so


class _Source:
    """A stream that gives what it can before it says that the rest is damaged."""

    def __init__(self, read1: Callable[[int], bytes]) -> None:
        self._read1 = read1
        self._error: Exception | None = None

    def read(self, size: int) -> bytes:
        """Return `size` bytes; fewer only at the end, or before a damaged place."""
        if self._error is not None:
            raise self._error
        parts: list[bytes] = []
        while size > 0:
            try:
                part = self._read1(size)
            except _DAMAGE as error:
                if not parts:
                    raise
                self._error = error
                break
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


# ---------------------------------------------------------------- records


def _records(place: str, source: _Source, lists: frozenset[str]) -> Iterator[Piece]:
    start = source.read(CHUNK)
    if start.startswith(_UTF16):
        yield Piece(place, start[:KEPT], "the file is UTF-16; only UTF-8 and GB18030 are read")
        return
    start = start.removeprefix(b"\xef\xbb\xbf")
    head = start.lstrip()
    keys = frozenset(key.encode() for key in lists)
    if not head:
        yield Piece(place, b"", "the file is empty")
    elif head[:1] not in (b"{", b"["):
        yield Piece(place, head[:KEPT], "this is no JSON: it begins with neither { nor [")
    elif place.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson")) or _is_lines(head):
        yield from _lines(place, start, source, keys)
    else:
        yield from split(place, start, source.read, lists=keys)


def _is_lines(head: bytes) -> bool:
    """Tell JSON lines by the first being an object by itself, or the second if the first is broken."""
    lines = [line for line in head.split(b"\n", 3)[:3] if line.strip()]
    return len(lines) > 1 and lines[0].startswith(b"{") and (_is_whole(lines[0]) or _is_whole(lines[1]))


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(decode(line), dict)
    except ValueError:
        return False


def _lines(place: str, start: bytes, source: _Source, lists: frozenset[bytes]) -> Iterator[Piece]:
    """Read each line by itself; one that is too long is passed over without being held."""
    held, number, long = start, 1, False
    more = True
    while more:
        *whole, held = held.split(b"\n")
        for line in whole:
            yield from _line(f"{place}:{number}", line, lists, long=long)
            number, long = number + 1, False
        if len(held) > LONGEST:
            held, long = b"", True
        read = source.read(max(CHUNK, len(held)))
        more = bool(read)
        held += read
    yield from _line(f"{place}:{number}", held, lists, long=long)


def _line(place: str, line: bytes, lists: frozenset[bytes], *, long: bool) -> Iterator[Piece]:
    if long or len(line) > LONGEST:
        yield Piece(place, line[:KEPT], f"longer than {LONGEST} bytes")
    elif line.strip():
        text, note = encoding.text_of(line)
        if note != encoding.GB18030:
            yield from split(place, line, _no_more, lists=lists)
            return
        for piece in split(place, text.encode(), _no_more, lists=lists):
            yield piece._replace(note=note)


def _no_more(_: int) -> bytes:
    return b""
