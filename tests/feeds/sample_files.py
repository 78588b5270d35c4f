"""The committed sample, read once for all tests of it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tomllib
import zipfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

COMMITTED = Path(__file__).parents[2] / "data" / "sample"
END = datetime.fromisoformat("2026-06-18T10:30:00")
Record = dict[str, Any]


def pages_of(folder: Path) -> dict[str, bytes]:
    """Return the pages of a sample by name."""
    with zipfile.ZipFile(folder / "meiqia.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table_of(folder: Path) -> bytes:
    """Return the CSV of a sample."""
    return gzip.decompress((folder / "messages.csv.gz").read_bytes())


@cache
def pages() -> list[Record]:
    """Return the committed pages."""
    return [json.loads(text) for _, text in sorted(pages_of(COMMITTED).items())]


@cache
def records() -> list[Record]:
    """Return the conversations of all pages."""
    return [record for page in pages() for record in page["result"]]


@cache
def rows() -> list[dict[str, str]]:
    """Return the rows of the committed CSV."""
    return list(csv.DictReader(io.StringIO(table_of(COMMITTED).decode(), newline="")))


@cache
def agents() -> list[Record]:
    """Return the committed roster."""
    found: list[Record] = tomllib.loads((COMMITTED / "agents.toml").read_text(encoding="utf-8"))["agent"]
    return found


def when(text: str) -> datetime:
    """Return a time as it stands, without a zone."""
    return datetime.fromisoformat(text)


def is_open(record: Record) -> bool:
    """Tell whether the conversation is open."""
    return record["conv_end_tm"] is None
