"""No committed notebook, table, roster or policy holds what could be a person's number (T21, P23)."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from typing import TYPE_CHECKING

import polars as pl

from deskkit.privacy import find
from tests.project.files import ROOT, project_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUFFIXES = {".csv", ".gz", ".ipynb", ".json", ".parquet", ".toml", ".zip"}
# What is invented and can be recognised as such; data/sample/README.md says the same.
INVENTED = re.compile(
    r"1380000\d{4}"  # one block for all mobiles of the sample
    r"|13800138000|13800000000"  # the examples of documents and of labelled messages
    r"|\+?44 ?7700 ?900\d{3}"  # kept by the British regulator for fiction
    r"|\S+@(?:[a-z0-9-]+\.)*example(?:\.(?:com|org|net))?"  # RFC 2606
)

# Shares and times, each worked out again by tests/sim/test_queueing.py and by nbval.
COMPUTED = {ROOT / "data/exact.toml", ROOT / "notebooks/07_trust.ipynb"}
INSTANT = re.compile(r"\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:\+\d\d:\d\d)?")  # so that lines are alike


def test_no_sample_holds_a_persons_number() -> None:
    """Every number the masking finds in committed data is one of those recognisably invented."""
    looked, known, found = 0, 0, []
    seen: set[str] = set()
    for path in project_files():
        if path.suffix in SUFFIXES and path not in COMPUTED:
            for place, text in texts(path):
                if text in seen:
                    continue
                seen.add(text)
                looked += 1
                for span in find(text):
                    number = text[span.start : span.end]
                    known += INVENTED.fullmatch(number) is not None
                    if not INVENTED.fullmatch(number):
                        found.append((place, span.kind, number))
    assert found[:20] == []
    assert looked > 100
    assert known > 100, "the sample has telephones and addresses of its own"


def test_a_real_looking_number_is_not_taken_for_invented() -> None:
    """The list of what is invented lets through neither another mobile nor another domain."""
    assert not INVENTED.fullmatch("139" + "12345678")
    assert not INVENTED.fullmatch("someone@" + "example-shop.com")
    assert not INVENTED.fullmatch("1380000" + "12345")


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield place and text of a file, or of each file within it; a line at a time, for records are long."""
    name, raw = path.relative_to(ROOT).as_posix(), path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for inner in archive.namelist():
                yield from lines(f"{name}:{inner}", archive.read(inner))
    elif path.suffix == ".parquet":
        for row in pl.read_parquet(path).rows():
            yield name, str(row)
    else:
        yield from lines(name, gzip.decompress(raw) if path.suffix == ".gz" else raw)


def lines(name: str, raw: bytes) -> Iterator[tuple[str, str]]:
    """Yield the lines of a text."""
    for number, line in enumerate(raw.decode().splitlines(), 1):
        yield f"{name}:{number}", INSTANT.sub("", line).strip()
