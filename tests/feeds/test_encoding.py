"""Files that are no UTF-8 are read as what they are, or say what was lost; nothing is destroyed in silence."""

from __future__ import annotations

import gzip
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk.events import CustomerWrote
from deskkit.feeds import encoding
from deskkit.feeds.meiqia import import_meiqia
from deskkit.feeds.splitter import CHUNK
from deskkit.log import MemoryLog
from tests.feeds.meiqia_pages import NEW, OLD, ZONE, facts, imported, said

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog

# 乗 ends in a backslash in GB18030, 亄 in a brace, and 𠀀 takes four bytes there.
HARD: dict[str, Any] = NEW | {
    "conv_content": [said("client", "10:31:00", "乗\n亄}{𠀀“退款”"), said("agent", "10:31:30", "好的，乗")]
}
PAGE = {"errno": 0, "result": [HARD, OLD]}


def from_bytes(folder: Path, raw: bytes, name: str = "page.json") -> tuple[EventLog, ImportReport]:
    """Import a file of these bytes into a new log."""
    path = folder / name
    path.write_bytes(raw)
    log = MemoryLog()
    return log, import_meiqia([path], log, zone=ZONE, received_at=0)


def dumped(value: object, **more: Any) -> bytes:
    """Return a value as JSON in GB18030."""
    return json.dumps(value, ensure_ascii=False, **more).encode("gb18030")


@pytest.mark.parametrize("pack", ["plain", "gzip", "zip"])
@pytest.mark.parametrize("shape", ["page", "pretty", "lines"])
def test_a_file_in_gb18030_gives_the_log_of_the_same_in_utf8(tmp_path: Path, pack: str, shape: str) -> None:
    """Every text is right, no row is lost, and the report says how the file was read."""
    raw = dumped(PAGE, indent=1 if shape == "pretty" else None)
    if shape == "lines":
        raw = dumped(HARD) + b"\n" + dumped(OLD) + b"\n"
    if pack == "gzip":
        raw = gzip.compress(raw)
    if pack == "zip":
        with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("page.json", raw)
        raw = (tmp_path / "packed.zip").read_bytes()
    log, report = from_bytes(tmp_path, raw)
    right, told = imported(tmp_path, HARD, OLD)
    assert log.digest() == right.digest()
    assert report.set_aside == {}
    assert report.fields["(encoding)"].coerced == 2
    assert report.assumed == told.assumed | {encoding.GB18030: 2}
    assert "(encoding)" not in told.fields


def test_a_long_file_is_read_so_across_its_chunks(tmp_path: Path) -> None:
    """A character that lies across a boundary of chunks is whole; nothing is held that is not needed."""
    page = [NEW | {"conv_id": number, "conv_tags": ["售后" * 60]} for number in range(1, 2_200)]
    raw = dumped(page)
    assert len(raw) > 2 * CHUNK
    for shift in (0, 1):
        log, report = from_bytes(tmp_path, b" " * shift + raw)
        assert report.conversations == 2_199
        assert "售后" * 60 in {tag.tag for tag in facts(log) if getattr(tag, "facet", "") == "label"}
        assert not any(b"\xef\xbf\xbd" in row.body for row in log.rows())


def test_a_cut_file_in_gb18030_gives_what_stood_before_the_cut(tmp_path: Path) -> None:
    """Cut within a character, the file is still known for what it is."""
    raw = dumped([NEW, HARD | {"conv_id": 2}])
    cut = raw.rindex("退款".encode("gb18030")) + 1
    log, report = from_bytes(tmp_path, raw[:cut])
    assert log.digest() == imported(tmp_path, NEW)[0].digest()
    assert report.set_aside == {"the file ends in the middle": 1}


def test_lines_of_two_encodings_are_read_each_by_itself(tmp_path: Path) -> None:
    """Files joined by hand: the line in GB18030 is coerced, the other is not, both are right."""
    second = HARD | {"conv_id": 2}
    both = [json.dumps(NEW, ensure_ascii=False).encode(), dumped(second)]
    for lines in (both, both[::-1]):
        log, report = from_bytes(tmp_path, b"\n".join(lines), name="page.jsonl")
        assert {wrote.text for wrote in facts(log, CustomerWrote)} >= {"订单还没到", "乗\n亄}{𠀀“退款”"}
        assert (report.fields["(encoding)"].coerced, report.rows_set_aside) == (1, 0)


@pytest.mark.parametrize("stray", [b"caf\xe9 ok", b"caf\xe9t", b"\xa0\xa0\xa0"])
def test_a_stray_byte_is_counted_and_marked(tmp_path: Path, stray: bytes) -> None:
    """In a file of UTF-8 it costs itself alone, even where it would make a character of GB18030; the report says so."""
    raw = json.dumps([NEW | {"conv_content": [said("client", "10:31:00", "XYZ")]}, OLD], ensure_ascii=False).encode()
    log, report = from_bytes(tmp_path, raw.replace(b"XYZ", stray))
    assert facts(log, CustomerWrote)[0].text == stray.decode("utf-8", "replace")
    assert report.conversations == 2
    assert (report.fields["(encoding)"].coerced, report.assumed[encoding.MARKED]) == (1, 1)
