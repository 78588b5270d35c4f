"""Frames written to files: by the suffix of the name, masked unless asked otherwise by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.arguments import FRAME, expect
from deskkit.errors import DeskkitError
from deskkit.export.cells import clock, dated, flat, guarded, guarded_text, zoned
from deskkit.export.files import whole_file
from deskkit.export.workbook import write_workbook
from deskkit.locale import chosen
from deskkit.privacy import mask
from deskkit.privacy.frames import mask_frame
from deskkit.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["to_csv", "to_excel", "to_parquet", "write"]


def write(
    frame: pl.DataFrame,
    path: Path | str,
    *,
    masked: bool = True,
    zone: str = "UTC",
    language: str | None = None,
) -> Path:
    r"""Write a frame to a file whose suffix says how: ``.csv``, ``.xlsx`` or ``.parquet``.

    Parameters
    ----------
    frame : DataFrame
    path : Path or str
        An existing file is replaced when the new one is complete.
    masked, zone, language
        As for `to_csv`.

    Returns
    -------
    Path, of the file

    Raises
    ------
    DeskkitError
        The suffix is another, or as for `to_csv` and `to_excel`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(pl.DataFrame({"text": ["=1+1", "call 13800138000"]}), f"{folder}/said.csv").read_text("utf-8-sig")
    '"text"\n"\'=1+1"\n"call [phone]"\n'
    """
    expect(FRAME, "write", frame=frame)
    writers: Mapping[str, Callable[..., Path]] = {".csv": to_csv, ".xlsx": to_excel, ".parquet": to_parquet}
    suffix = Path(path).suffix.lower()
    if suffix not in writers:
        raise DeskkitError(
            "Tables are not written in this form.",
            place=str(path),
            value=suffix,
            expected=", ".join(writers),
            example=f"write(frame, {Path(path).stem + '.xlsx'!r})",
        )
    return writers[suffix](frame, path, masked=masked, zone=zone, language=language)


def to_csv(
    frame: pl.DataFrame,
    path: Path | str,
    *,
    masked: bool = True,
    zone: str = "UTC",
    language: str | None = None,
    bom: bool = True,
) -> Path:
    """Write a frame as CSV in which no text is a formula.

    Parameters
    ----------
    frame : DataFrame
        Lists and structs become text, durations hours, minutes and seconds.
    path : Path or str
    masked : bool, default True
        Whether telephones, identity and bank cards and e-mail addresses become tokens.
    zone : str, default "UTC"
        IANA zone in which instants are written, with their offset.
    language : {"en", "zh"}, optional
        Of the tokens; by default that of DESKKIT_LANG, else English.
    bom : bool, default True
        Whether the file begins with the mark by which Excel knows UTF-8.

    Returns
    -------
    Path, of the file

    Raises
    ------
    DeskkitError
        The file cannot be written, there is no such zone, or a column holds Python objects.

    Notes
    -----
    A text that begins, after blanks, with ``= + - @`` (of any width), or with a control character, gets an
    apostrophe before it; texts that are plain numbers do not. All texts stand in quotes.
    """
    _check_zone(zone)
    shown = _shown(frame, masked=masked, language=language)
    columns = [guarded(clock(_stamped(zoned(dated(flat(column)), zone)))) for column in shown]
    names = _apart([guarded_text(column.name) for column in columns])
    table = pl.DataFrame([column.alias(name) for column, name in zip(columns, names, strict=True)])
    with whole_file(path) as held:
        table.write_csv(held, include_bom=bom, quote_style="non_numeric")
    return Path(path)


def to_excel(
    frame: pl.DataFrame | Mapping[str, pl.DataFrame],
    path: Path | str,
    *,
    masked: bool = True,
    zone: str = "UTC",
    language: str | None = None,
) -> Path:
    """Write frames as the sheets of a workbook in which no text is a formula or a link.

    Parameters
    ----------
    frame : DataFrame, or mapping of str to DataFrame
        By the sheet's title. Instants become dates, durations (also integers in columns that end in ``_ms``)
        hours, minutes and seconds; integers of more than fifteen digits text, for Excel would round them.
    path, masked, zone, language
        As for `to_csv`.

    Returns
    -------
    Path, of the file

    Raises
    ------
    DeskkitError
        There is no frame, one is larger than a sheet (1,048,575 rows), there is no such zone, or the file cannot be
        written.
    """
    _check_zone(zone)
    frames = frame if isinstance(frame, Mapping) else {"deskkit": frame}
    if not frames:
        raise DeskkitError(
            "A workbook needs a sheet.",
            place=str(path),
            expected="a frame",
            example="to_excel({'report': frame}, path)",
        )
    titles = [mask(title, language=chosen(language)) if masked else title for title in frames]
    sheets = [_shown(one, masked=masked, language=language) for one in frames.values()]
    with whole_file(path) as held:
        write_workbook(list(zip(titles, sheets, strict=True)), held, zone=zone)
    return Path(path)


def to_parquet(
    frame: pl.DataFrame,
    path: Path | str,
    *,
    masked: bool = True,
    zone: str = "UTC",
    language: str | None = None,
) -> Path:
    """Write a frame as parquet, for programs; types stay, also lists and structs.

    Parameters
    ----------
    frame : DataFrame
    path, masked, zone, language
        As for `to_csv`; instants keep their instant and are labelled with the zone.

    Returns
    -------
    Path, of the file

    Raises
    ------
    DeskkitError
        The file cannot be written, there is no such zone, or a column holds Python objects.
    """
    _check_zone(zone)
    shown = _shown(frame, masked=masked, language=language)
    table = pl.DataFrame([zoned(column, zone) for column in shown])
    with whole_file(path) as held:
        table.write_parquet(held, compression="zstd")
    return Path(path)


def _shown(frame: pl.DataFrame, *, masked: bool, language: str | None) -> pl.DataFrame:
    """Return a frame as it may be shown; the names of its columns too, no two alike."""
    if not masked:
        return frame
    speaks = chosen(language)
    names = _apart([mask(name, language=speaks) for name in frame.columns])
    return mask_frame(frame, language=speaks).rename(dict(zip(frame.columns, names, strict=True)))


def _apart(names: list[str]) -> list[str]:
    """Tell names apart that became alike by a number behind; a name that another has as its own is not taken."""
    own, taken = set(names), set[str]()
    apart: list[str] = []
    for at, name in enumerate(names, 1):
        new, n = name, at
        while new in taken or (new != name and new in own):
            new, n = f"{name} ({n})", n + 1
        taken.add(new)
        apart.append(new)
    return apart


def _check_zone(zone: str) -> None:
    """Refuse a zone there is not, also where no column holds a time, before anything is written."""
    try:
        zone_of(zone)
        pl.Series([0], dtype=pl.Datetime("ms", "UTC")).dt.convert_time_zone(zone)  # posix/... is unknown to polars
    except (ValueError, pl.exceptions.PolarsError) as error:
        raise DeskkitError(
            "There is no such zone.",
            place="write",
            value=zone,
            expected="an IANA zone",
            example="write(frame, 'report.xlsx', zone='Asia/Shanghai')",
        ) from error


_ISO: Final = "%Y-%m-%dT%H:%M:%S%.3f"


def _stamped(column: pl.Series) -> pl.Series:
    """Return instants as ISO 8601, with the offset of their zone."""
    if not isinstance(column.dtype, pl.Datetime):
        return column
    return column.dt.to_string(_ISO if column.dtype.time_zone is None else f"{_ISO}%:z")
