"""Frames with what is personal masked: by the names of columns, and by what stands in their cells.

Each distinct text is looked at once, and only if it could hold something at all. This module loads polars and
knows no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from deskkit.errors import DeskkitError
from deskkit.privacy.finding import REGIONS
from deskkit.privacy.masking import mask, mask_field, personal_field

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["mask_column", "mask_frame"]

# What a text without this holds nothing personal: seven digits of any script, or a sign for "at".
_COULD: Final = r"[@\x{FF20}\x{FE6B}]|(?i:[(\[{（【]\s?at)|(?:\p{N}\P{N}*){7}"
_MOBILES: Final = (13_000_000_000, 19_999_999_999)


def mask_column(column: pl.Series, *, language: str = "zh", regions: Sequence[str] = REGIONS) -> pl.Series:
    """Return a column with what is personal in its cells masked.

    Parameters
    ----------
    column : Series
        Texts are masked, also within lists and structs, and bytes that are UTF-8; other bytes become null. A
        column of integers in which a mainland mobile stands becomes one of texts. Other types stay as they are.
    language, regions
        As for `mask`.

    Returns
    -------
    Series, of the same name; categories become texts

    Raises
    ------
    DeskkitError
        The column holds Python objects.

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
        if kind.is_integer():
            return self.integers(column, name)
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

    def integers(self, column: pl.Series, name: str) -> pl.Series:
        """Mask integers: all that are no counts in a column that is personal by its name, else mobiles."""
        first, last = _MOBILES
        if not personal_field(name) and (
            name.endswith("_ms") or not column.cast(pl.Int64, strict=False).is_between(first, last).any()
        ):
            return column
        values = column.to_list()
        cells = [None if value is None else self.text(name, value) for value in values]
        changed = any(value is not None and cell != str(value) for cell, value in zip(cells, values, strict=True))
        return pl.Series(column.name, cells, dtype=pl.String) if changed else column

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
            case int() if self.text(name, value) != str(value):
                return None
        return value

    def text(self, name: str, value: str | float) -> str:
        return mask_field(name, value, language=self.language, regions=self.regions)

    def raw(self, value: bytes) -> bytes | None:
        try:
            return mask(value.decode(), language=self.language, regions=self.regions).encode()
        except UnicodeDecodeError:
            return None
