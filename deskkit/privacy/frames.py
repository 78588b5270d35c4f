"""Frames with what is personal masked: by the names of columns, and by what stands in their cells.

Each distinct text is looked at once, and only if it could hold something at all. This module loads polars and
knows no file.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from deskkit.errors import DeskkitError
from deskkit.privacy.finding import REGIONS
from deskkit.privacy.masking import mask, mask_field, personal_field, tokens
from deskkit.privacy.numbers import is_old_identity

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["mask_column", "mask_frame"]

# What a text without this holds nothing personal: seven digits of any script, or a sign for "at".
_COULD: Final = r"[@\x{FF20}\x{FE6B}]|(?i:[(\[{（【]\s?at)|(?:\p{N}\P{N}*){7}"
# What a whole number must be like to be a mobile, a bank card or an identity number; instants and counts are not.
_NUMBER: Final = (
    r"^(?:(?:86)?1[3-9]\d{9}|4\d{12}|3\d{13}|3[47]\d{13}|[2-6]\d{15}|6\d{16,18}|9558\d{15}"
    r"|[1-8]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{4})$"
)
_FIFTEEN: Final = (10**14, 10**15)
_SMALLEST: Final = 13_000_000_000
_NARROW: Final = (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32, pl.Float32)
_A_COUNT: Final = 1_000_000
_EXACT: Final = 1 << 63


def mask_column(column: pl.Series, *, language: str = "zh", regions: Sequence[str] = REGIONS) -> pl.Series:
    """Return a column with what is personal in its cells masked.

    Parameters
    ----------
    column : Series
        Texts are masked, also within lists and structs, and bytes that are UTF-8; other bytes become null. A
        column of numbers (integers, fractions, decimals) in which a mainland mobile, a bank card or an identity
        number stands becomes one of texts; within lists and structs such a number becomes null. Other types stay.
    language, regions
        As for `mask`.

    Returns
    -------
    Series, of the same name; categories become texts

    Raises
    ------
    DeskkitError
        The column holds Python objects.

    Notes
    -----
    Numbers are judged as `mask` judges the same digits in a text. Identity numbers of fifteen digits have no check
    digit: they are masked where all such numbers of a column hold a province and a date of birth, for of order
    numbers one in a hundred does. A fraction keeps fifteen or sixteen digits, so a longer card in one is not known.
    Columns that end in ``_ms`` are durations.

    Examples
    --------
    >>> mask_column(pl.Series("text", ["电话13800138000", None, "好的"])).to_list()
    ['电话[手机]', None, '好的']
    """
    return _Mask(language, regions).column(column, "")


def mask_frame(frame: pl.DataFrame, *, language: str = "zh", regions: Sequence[str] = REGIONS) -> pl.DataFrame:
    """Return a frame with what is personal masked; columns that are personal by their name are masked whole.

    Parameters
    ----------
    frame : DataFrame
    language, regions
        As for `mask`.

    Returns
    -------
    DataFrame, of the same columns in the same order

    Raises
    ------
    DeskkitError
        A column holds Python objects.

    Examples
    --------
    >>> mask_frame(pl.DataFrame({"qq": ["10001"], "note": ["call 13800138000"]}), language="en").row(0)
    ('[QQ]', 'call [phone]')
    """
    masks = _Mask(language, regions)
    return pl.DataFrame([masks.column(column, column.name) for column in frame])


class _Mask(NamedTuple):
    """How texts are masked; `name` below is a column's name, empty where it is not to tell anything."""

    language: str
    regions: Sequence[str]

    def column(self, column: pl.Series, name: str) -> pl.Series:
        kind = column.dtype
        if kind == pl.Object:
            raise DeskkitError(
                "A column holds Python objects; what is personal in them cannot be masked.",
                place=f"column {column.name}",
                value=str(kind),
                expected="texts, numbers, times, lists or structs",
                example="frame.with_columns(pl.col(name).cast(pl.String))",
            )
        if isinstance(kind, pl.Categorical | pl.Enum):
            column, kind = column.cast(pl.String), pl.String()
        if kind == pl.String:
            return self.texts(column, name)
        if kind.is_numeric():
            return self.numbers(column, name)
        if kind.is_nested() or kind == pl.Binary:
            return pl.Series(column.name, [self.inner(name, value) for value in column.to_list()], dtype=kind)
        return column

    def texts(self, column: pl.Series, name: str) -> pl.Series:
        """Mask texts: each distinct one once, and only if it could hold something."""
        could = column.drop_nulls() if personal_field(name) else column.filter(column.str.contains(_COULD))
        pairs = [(text, self.text(name, text)) for text in could.unique().to_list()]
        changed = [(text, shown) for text, shown in pairs if text != shown]
        if not changed:
            return column
        before, after = (pl.Series(side, dtype=pl.String) for side in zip(*changed, strict=True))
        return column.replace(before, after)

    def numbers(self, column: pl.Series, name: str) -> pl.Series:
        """Mask numbers: all that are no counts in a column that is personal by its name, else what they are alone."""
        personal = bool(personal_field(name))
        wide = column.cast(pl.Float64 if column.dtype.is_float() else pl.Int64) if column.dtype in _NARROW else column
        if not personal and (name.endswith("_ms") or not (wide >= _SMALLEST).any()):
            return column
        written = _written(wide)
        could = written.filter(wide.abs() >= _A_COUNT if personal else written.str.contains(_NUMBER)).drop_nulls()
        shown = {text: self.text(name, int(text) if text.isdigit() else float(text)) for text in could.unique()}
        changed = {text: token for text, token in shown.items() if text != token}
        if not personal and _are_old_identities(wide, written):
            changed |= dict.fromkeys(
                written.filter(wide.is_between(*_FIFTEEN, closed="left")), tokens(self.language)["id"]
            )
        return written.replace_strict(changed, default=written) if changed else column

    def inner(self, name: str, value: Any) -> Any:  # noqa: ANN401 - whatever stands in a list or a struct
        """Mask what stands in one cell; a number within it has no room for a token and becomes null."""
        match value:
            case str():
                return self.text(name, value)
            case bytes():
                return self.raw(value)
            case dict():
                return {key: self.inner(f"{name}.{key}", held) for key, held in value.items()}
            case list():
                return [self.inner(name, held) for held in value]
            case int() | float() | Decimal() if not isinstance(value, bool) and self.is_personal(name, value):
                return None
        return value

    def is_personal(self, name: str, value: float | Decimal) -> bool:
        """Tell whether a number in a cell is more than a number."""
        if not math.isfinite(value) or value != int(value):
            return bool(personal_field(name)) and abs(float(value)) >= _A_COUNT
        if name.endswith("_ms") and not personal_field(name):
            return False
        return self.text(name, int(value)) != str(int(value))

    def text(self, name: str, value: str | float) -> str:
        return mask_field(name, value, language=self.language, regions=self.regions)

    def raw(self, value: bytes) -> bytes | None:
        try:
            return mask(value.decode(), language=self.language, regions=self.regions).encode()
        except UnicodeDecodeError:
            return None


def _written(column: pl.Series) -> pl.Series:
    """Return numbers as text, whole ones without a point."""
    if not column.dtype.is_float():
        return column.cast(pl.String).str.replace(r"\.0+$", "")
    whole = column.is_finite() & (column.floor() == column) & (column.abs() < _EXACT)
    return (
        pl.select(
            pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        )
        .to_series()
        .alias(column.name)
    )


def _are_old_identities(column: pl.Series, written: pl.Series) -> bool:
    """Tell whether all numbers of fifteen digits in a column are identity numbers of the form before 1999."""
    fifteen = written.filter(column.is_between(*_FIFTEEN, closed="left")).drop_nulls()
    return not fifteen.is_empty() and all(is_old_identity(text) for text in fifteen.unique())
