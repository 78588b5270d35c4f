"""Values as products send them, read as what they mean: counts, amounts, instants, short texts.

Each reader says whether it had to coerce, and gives None for what it cannot read; nothing is guessed. This
module knows no product and no event.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, NamedTuple

from deskkit.clock import instant
from deskkit.errors import DeskkitError, FeedError
from deskkit.zones import zone_of

__all__ = ["Moment", "Times", "number", "whole"]

_WHOLE: Final = re.compile(r"\s*([+-]?\d{1,15})(?:\.0*)?\s*")
_NUMBER: Final = re.compile(r"\s*[¥￥$€£]?\s*([+-]?\d{1,15}(?:\.\d{1,9})?)\s*(?:元|RMB|CNY)?\s*")
_THOUSANDS: Final = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_EXACT: Final = 1 << 53  # floats beyond it are no exact integers

_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:(\d\d)(?:\.(\d{1,9}))?")
_EARLIEST: Final = 946_684_800_000  # 2000-01-01; what is earlier is a database's way to say nothing
_LATEST: Final = 4_102_444_800_000  # 2100-01-01
_SECONDS_BELOW: Final = 100_000_000_000  # Unix numbers below are seconds, from there milliseconds
_MINUTES_KEPT: Final = 100_000


def whole(value: object) -> tuple[int | None, bool]:
    """Read a whole number; the second value tells whether it had to be coerced.

    Examples
    --------
    >>> whole(7), whole("7"), whole(7.0), whole("seven")
    ((7, False), (7, True), (7, True), (None, False))
    """
    if isinstance(value, bool):
        return None, False
    if isinstance(value, int):
        return (value, False) if abs(value) <= _EXACT else (None, False)
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return int(value), True
    if isinstance(value, str) and (found := _WHOLE.fullmatch(_THOUSANDS.sub("", value))):
        return int(found[1]), True
    return None, False


def number(value: object) -> tuple[float | None, bool]:
    """Read an amount; currency signs and thousands separators go.

    Examples
    --------
    >>> number(3), number("¥1,234.50"), number("a lot")
    ((3.0, False), (1234.5, True), (None, False))
    """
    if isinstance(value, bool):
        return None, False
    if isinstance(value, int | float) and abs(value) <= _EXACT:
        return float(value), False  # not nan either: it compares False
    if isinstance(value, str) and (found := _NUMBER.fullmatch(_THOUSANDS.sub("", value))):
        return float(found[1]), True
    return None, False


class Moment(NamedTuple):
    """An instant that a product wrote.

    Attributes
    ----------
    at : int
        Milliseconds since the UTC epoch, rounded down.
    stamp : str
        Microseconds since the UTC epoch: part of an identity, the same in every export and every spelling.
    coerced : bool
        It was not the documented text.
    """

    at: int
    stamp: str
    coerced: bool = False


class Times:
    """Reads the times of one source.

    Parameters
    ----------
    zone : str or None
        IANA zone of times without an offset. A time that occurs twice (clocks put back) is read as the first.
    earliest : int
        What is before, milliseconds UTC, is no time.
    expected, example : str
        What the error says was expected, and the corrected call.

    Raises
    ------
    FeedError
        No zone, or none of this name.

    Examples
    --------
    >>> Times("Asia/Shanghai").read("2017-04-20 10:42:33.465659")
    Moment(at=1492656153465, stamp='1492656153465659', coerced=False)
    """

    def __init__(
        self,
        zone: str | None,
        *,
        earliest: int = _EARLIEST,
        expected: str = "an IANA zone",
        example: str = "zone='Asia/Shanghai'",
    ) -> None:
        if not zone:
            raise FeedError(
                "The times of this source carry no zone, and none was declared; deskkit does not guess one.",
                place="zone",
                expected=expected,
                example=example,
            )
        try:
            zone_of(zone)
        except ValueError as error:
            raise FeedError(
                "There is no such time zone.",
                place="zone",
                value=zone,
                expected="an IANA zone",
                example=example,
            ) from error
        self.zone = zone
        self._earliest = earliest
        self._minutes: dict[str, int] = {}

    def read(self, value: object) -> Moment | None:
        """Read a time; None if it is none, or outside the years 2000 (by default) to 2099."""
        if isinstance(value, str):
            found = _LOCAL.fullmatch(value)
            moment = self._local(value, found) if found else self._other(value)
        elif isinstance(value, int | float) and not isinstance(value, bool) and -_EXACT <= value <= _EXACT:
            micro = round(value * 1_000_000 if value < _SECONDS_BELOW else value * 1000)
            moment = Moment(micro // 1000, str(micro), coerced=True)
        else:
            return None
        return moment if moment is not None and self._earliest <= moment.at < _LATEST else None

    def _local(self, text: str, found: re.Match[str]) -> Moment | None:
        second, fraction = found[1], found[2] or "0"
        begin = self._minutes.get(text[:16])
        if begin is None:
            try:
                begin = instant(text[:16], zone=self.zone)
            except DeskkitError:
                return None
            if len(self._minutes) >= _MINUTES_KEPT:
                self._minutes.clear()
            self._minutes[text[:16]] = begin
        if second > "59":
            return None
        micro = f"{fraction:0<6}"[:6]
        at = begin + int(second) * 1000 + int(micro[:3])
        return Moment(at, f"{at}{micro[3:]}")

    def _other(self, text: str) -> Moment | None:
        """Read another spelling of ISO 8601, perhaps with an offset."""
        text = text.strip()
        try:
            written = datetime.fromisoformat(text)
            at = instant(text, zone=self.zone)
            return Moment(at, f"{at}{written.microsecond % 1000:03}", coerced=True)
        except (ValueError, DeskkitError, OverflowError):
            return None
