"""Time zones by name: those of the IANA list, which mean the same on every machine. No clock is read here."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["MACHINE_ZONES", "zone_of"]

MACHINE_ZONES: Final = frozenset({"localtime", "posixrules", "Factory"})


def zone_of(name: str) -> ZoneInfo:
    """Return a zone of the IANA list; one that means another thing on another machine is none.

    Raises
    ------
    ValueError
        There is no such zone.

    Examples
    --------
    >>> zone_of("Asia/Shanghai")
    zoneinfo.ZoneInfo(key='Asia/Shanghai')
    """
    if name in MACHINE_ZONES:
        message = f"{name!r} is the zone of a machine, not of the IANA list"
        raise ValueError(message)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        message = f"there is no zone {name!r}"
        raise ValueError(message) from error
