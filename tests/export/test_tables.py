"""What stands in an exported file: types, names, limits, and files that are whole or not there."""

from __future__ import annotations

import gc
import os
import re
import stat
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest

from deskkit.errors import DeskkitError
from deskkit.export import file_name, to_csv, to_excel, to_parquet, write
from deskkit.export import workbook as sheets
from deskkit.export.cells import CELL, excel_text, sheet_names

AT = datetime(2026, 6, 18, 2, 30, 0, 250_000, tzinfo=UTC)


def test_csv_keeps_types_readable(tmp_path: Path) -> None:
    """Instants carry the zone's offset, durations hours, lists text; numbers and null stay; texts stand in quotes."""
    frame = pl.DataFrame({
        "at": [AT], "naive": [AT.replace(tzinfo=None)], "day": [date(2026, 6, 18)],
        "wait": [timedelta(hours=25, seconds=5)], "n": [-5], "share": [None], "tags": [["vip", None]],
        "own": [{"a": 1}], "text": ["-12.5"], "raw": [b"\xff"],
    })  # fmt: skip
    path = write(frame, tmp_path / "a.csv", zone="Asia/Shanghai")
    head, row = path.read_text("utf-8-sig").splitlines()
    assert head == '"at","naive","day","wait","n","share","tags","own","text","raw"'
    assert row == (
        '"2026-06-18T10:30:00.250+08:00","2026-06-18T02:30:00.250","2026-06-18","25:00:05",-5,,'
        '"vip; ","{""a"": 1}","-12.5",'
    )
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert not to_csv(frame, path, bom=False).read_bytes().startswith(b"\xef")


def test_parquet_keeps_the_types(tmp_path: Path) -> None:
    """What programs read has the types of the frame; only the zone's name is that asked for."""
    frame = pl.DataFrame({"at": [AT], "tags": [["vip"]], "n": [1]})
    back = pl.read_parquet(to_parquet(frame, tmp_path / "a.parquet", zone="Asia/Shanghai"))
    assert back.schema == {"at": pl.Datetime("us", "Asia/Shanghai"), "tags": pl.List(pl.String), "n": pl.Int64}
    assert back["at"].dt.convert_time_zone("UTC").equals(frame["at"])


def test_long_texts_are_cut_with_a_mark(tmp_path: Path) -> None:
    """A text that no cell can hold is cut, says so, and fits, also in signs that Excel counts twice."""
    for text in ("长" * 40_000, "\U0001f600" * 20_000, "x\U0001f600" * 12_000):
        shown = excel_text(text)
        assert len(shown.encode("utf-16-le")) // 2 <= CELL
        assert f"{len(text)} characters" in shown
    assert excel_text("长" * CELL) == "长" * CELL
    write(pl.DataFrame({"text": ["\U0001f600" * 40_000, "a\x00\x1b_x0041_"]}), tmp_path / "a.xlsx")


def test_a_table_larger_than_a_sheet_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit a sheet is refused before anything is written, with a form that can hold it."""
    monkeypatch.setattr(sheets, "ROWS", 10)
    to_excel(pl.DataFrame({"n": range(9)}), tmp_path / "a.xlsx")
    with pytest.raises(DeskkitError, match="parquet"):
        to_excel(pl.DataFrame({"n": range(10)}), tmp_path / "b.xlsx")
    with pytest.raises(DeskkitError, match="needs a sheet"):
        to_excel({}, tmp_path / "b.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_sheets_are_named_as_excel_allows() -> None:
    """Names are short, have none of Excel's signs, differ also without regard to case, and none is reserved."""
    names = sheet_names(["a" * 40, "A" * 40, "x/y:z", "", "''", "History", "\U0001f600", "客户"])
    assert names == ["a" * 31, "A" * 27 + " (2)", "x y z", "Sheet", "Sheet (2)", "History (2)", "Sheet (3)", "客户"]


def test_two_sheets_masked_alike_stay_two(tmp_path: Path) -> None:
    """Titles that become the same token are told apart; no sheet is lost, no name of a column either."""
    frame = pl.DataFrame({"13800138000": [1], "13900139000": [2]})
    path = to_excel({"13800138000": frame, "13900139000": frame}, tmp_path / "a.xlsx")
    with ZipFile(path) as book:
        assert sum("worksheets/" in name for name in book.namelist()) == 2
    assert write(frame, tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[0] == '"[phone]","[phone] (2)"'


@pytest.mark.parametrize("masked", [True, False])
def test_two_columns_guarded_alike_stay_two(tmp_path: Path, *, masked: bool) -> None:
    """Names that are the same once they are no formulas, or no numbers, are told apart, whatever others are called."""
    frame = pl.DataFrame({"=a": [1], "'=a": [2], "'=a (2)": [3], "13800138000": [4], "13900139000": [5],
                          "[phone] (5)": [6], "[phone]": [7]})  # fmt: skip
    for suffix in (".csv", ".xlsx", ".parquet"):
        assert write(frame, tmp_path / f"a{suffix}", masked=masked).exists()
    head, row = (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()
    assert row == "1,2,3,4,5,6,7"
    assert len(set(head.split(","))) == 7
    assert head.startswith('"\'=a","\'=a (3)","\'=a (2)"')


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing fails the old file stays, nothing is left beside it, and the error says so."""
    path = tmp_path / "a.csv"
    path.write_text("old")

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_csv", full)
    with pytest.raises(DeskkitError, match="No space left"):
        write(pl.DataFrame({"n": [1]}), path)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook without room is one error; nothing more comes when what made it is forgotten."""
    more: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", more.append)
    with pytest.raises(OSError, match="No space left"):
        sheets.write_workbook([("a", pl.DataFrame({"n": [1]}))], Path("/dev/full"), zone="UTC")
    gc.collect()
    assert not more


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_a_file_has_the_mode_the_umask_gives(tmp_path: Path, suffix: str) -> None:
    """A new file may be read by whom the umask lets; one that replaces another keeps that one's mode."""
    path, frame = tmp_path / f"a{suffix}", pl.DataFrame({"n": [1]})
    before = os.umask(0o027)
    try:
        write(frame, path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o600)
    write(frame, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "name", ["../a.csv", ".a.csv", "a\u202e.csv", "a|b.csv", "-a.csv", "con.csv", "a\n.csv", "a$b.csv"]
)
def test_names_of_files_are_of_our_alphabet(tmp_path: Path, name: str) -> None:
    """A name with signs of a shell, of a path or of no ink is refused; `file_name` makes a good one of any text."""
    if name.startswith("../"):
        assert file_name(name, ".csv") == "a-csv.csv"
        return
    with pytest.raises(DeskkitError, match="no good name"):
        write(pl.DataFrame({"n": [1]}), f"{tmp_path}/{name}")
    made = write(pl.DataFrame({"n": [1]}), tmp_path / file_name(name, ".csv"))
    assert made.parent == tmp_path
    assert write(pl.DataFrame({"n": [1]}), tmp_path / "会话 (6月).csv").exists()


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    """What cannot be written says what can."""
    with pytest.raises(DeskkitError, match=r"\.csv, \.xlsx, \.parquet"):
        write(pl.DataFrame({"n": [1]}), tmp_path / "a.xls")
    with pytest.raises(DeskkitError, match="folder of yours"):
        write(pl.DataFrame({"n": [1]}), tmp_path / "no" / "a.csv")
    with pytest.raises(DeskkitError, match="Python objects"):
        write(pl.DataFrame({"x": pl.Series([object()], dtype=pl.Object)}), tmp_path / "a.csv", masked=False)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
@pytest.mark.parametrize("zone", ["Nope", "localtime", "", "../UTC", "Asia/\x00", "posix/UTC"])
def test_an_unknown_zone_is_refused(tmp_path: Path, suffix: str, zone: str) -> None:
    """A zone that is not of the IANA list is named with a right one, and nothing is written."""
    with pytest.raises(DeskkitError, match=r"no such zone\..*Asia/Shanghai"):
        write(pl.DataFrame({"at": [AT]}), tmp_path / f"a{suffix}", zone=zone)
    assert list(tmp_path.iterdir()) == []
    assert write(pl.DataFrame({"at": [AT]}), tmp_path / f"a{suffix}", zone="Asia/Kathmandu").exists()


def test_spans_longer_than_a_calendar_are_texts(tmp_path: Path) -> None:
    """Durations that no cell can show, in integers, fractions, decimals and as durations, are written as text."""
    long = {
        "n_ms": [10**18, -(10**18), 90_000],
        "f_ms": [1e30, float("inf"), 1.0],
        "d_ms": [Decimal(10**18), None, Decimal(1)],
    }
    frame = pl.DataFrame(long).with_columns(span=pl.Series([2**62, -(2**62), 5_000]).cast(pl.Duration("ms")))
    texts, numbers = cells(to_excel(frame, tmp_path / "a.xlsx"))
    assert {"277777777777:46:40", "-277777777777:46:40", "1281023894007:36:27.904"} <= set(texts)
    assert sorted(round(float(one) * 86_400_000) for one in numbers) == [1, 1, 5_000, 90_000]
    assert "277777777777:46:40" in to_csv(frame.cast({"n_ms": pl.Duration("ms")}), tmp_path / "a.csv").read_text()


def test_times_outside_the_calendar_are_texts(tmp_path: Path) -> None:
    """A column with a time that no calendar has is written as text, in CSV and in Excel; others stay times."""
    far = pl.Series([2**60, 0, None, -(2**62)])
    frame = pl.DataFrame({
        "at": far.cast(pl.Datetime("ms", "UTC")), "naive": far.cast(pl.Datetime("us")),
        "day": pl.Series([2**30, 0, None, 1], dtype=pl.Int32).cast(pl.Date), "ns": [AT.replace(tzinfo=None)] * 4,
    }).with_columns(pl.col("ns").dt.cast_time_unit("ns"))  # fmt: skip
    rows = write(frame, tmp_path / "a.csv", zone="Asia/Shanghai").read_text("utf-8-sig").splitlines()
    assert rows[1].split(",")[:3] == [f'"{2**60}"', f'"{2**60}"', f'"{2**30}"']
    assert rows[2].endswith('"1970-01-01","2026-06-18T02:30:00.250"')
    texts, numbers = cells(to_excel(frame, tmp_path / "a.xlsx", zone="Asia/Shanghai"))
    assert {str(2**60), str(-(2**62)), str(2**30), "1970-01-01"} <= set(texts)
    assert len(numbers) == 4


def cells(path: Path) -> tuple[list[str], list[str]]:
    """Return the texts and the numbers of a workbook's first sheet."""
    with ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    return re.findall("<t[^>]*>([^<]*)</t>", sheet), re.findall("<v>([^<]*)</v>", sheet)


def test_a_workbook_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    """The same frame makes the same workbook, whenever it is written."""
    frame = pl.DataFrame(
        {"n": [1.0, None, float("nan"), 1e300], "text": ["a", None, "b", "c"], "id": [10**17, 1, 2, 3]}
    )
    one, two = (to_excel(frame, tmp_path / f"{n}.xlsx") for n in range(2))
    assert ZipFile(one).read("xl/worksheets/sheet1.xml") == ZipFile(two).read("xl/worksheets/sheet1.xml")
