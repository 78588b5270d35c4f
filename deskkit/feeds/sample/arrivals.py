"""When conversations are opened, and what about: hours, days, languages and the four events of the fortnight.

The fortnight runs from Friday 5 June 2026 to 10:30 on Thursday 18 June, the last day of the "618" sale:

* 9-12 June: a storm in east China delays parcels;
* Friday 12 June, 20-22: a live-stream sale;
* Tuesday 16 June, 20-22: the sale opens, payments fail;
* Thursday 18 June: the busiest day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.feeds.sample.draw import Draw
from deskkit.feeds.sample.records import HOUR, MINUTE, beijing, local
from deskkit.feeds.sample.script import scripts

if TYPE_CHECKING:
    from datetime import datetime

    from deskkit.feeds.sample.script import Script

START = beijing("2026-06-05 00:00")
END = beijing("2026-06-18 10:30")
YEAR = "2026-"

_NIGHT = (1.6, 0.9, 0.6, 0.4, 0.4, 0.6, 1.2, 2.6)
_WORKDAY = (7, 13, 24, 22, 12, 13, 21, 20, 14, 11, 10, 14, 23, 20, 12, 6)
_WEEKEND = (5, 9, 15, 17, 14, 13, 16, 16, 14, 12, 11, 15, 22, 21, 14, 8)
_FIRST_HOUR = 8
_LAST_CALL = 24 * 60 - 5  # minute of the day
_SATURDAY = 5

_DAY_FACTOR = {5: 0.9, 6: 0.85, 7: 0.88, 8: 0.98, 9: 0.95, 10: 1.0, 11: 0.93, 12: 0.95}
_DAY_FACTOR |= {13: 0.85, 14: 0.9, 15: 1.0, 16: 1.2, 17: 1.25, 18: 4.4}
_RUSH = {(12, 20): 4.4, (12, 21): 2.0, (16, 20): 5.0, (16, 21): 3.3, (16, 22): 1.6, (17, 0): 4.0}
_RUSH |= {(18, 0): 0.9, (18, 8): 2.2, (18, 9): 2.4, (18, 10): 2.36}

_ENGLISH_NIGHT = 0.4
_ENGLISH = (27, 22, 17, 17, 18, 18, 19, 21, 25, 27, 27, 25, 18, 20, 27, 30)  # per cent, from 08:00
_ENGLISH_618 = 0.1

_STORM = (beijing("2026-06-09 08:00"), beijing("2026-06-13 00:00"))
_SALE = (beijing("2026-06-16 20:00"), END)
_OUTAGE = (beijing("2026-06-16 20:00"), beijing("2026-06-16 22:30"))
_LAST_DAY = beijing("2026-06-18 00:00")
_VIP_618 = 1.8
_HOSTILE = ("06-06 15:20", "06-08 10:40", "06-10 16:05", "06-13 11:30", "06-15 21:10", "06-17 14:45")


def arrivals(seed: int) -> list[int]:
    """Return the instants at which conversations are opened, in order."""
    found = [at for hour in range(START, END, HOUR) for at in _hour(seed, hour)]
    return sorted([at for at in found if at < END] + [beijing(YEAR + text) for text in _HOSTILE])


def rate(at: int) -> float:
    """Return how many conversations are opened per hour around this instant."""
    now = local(at)
    if now.hour < _FIRST_HOUR:
        base = _NIGHT[now.hour]
    else:
        base = (_WEEKEND if now.weekday() >= _SATURDAY else _WORKDAY)[now.hour - _FIRST_HOUR]
    return base * _DAY_FACTOR[now.day] * _RUSH.get((now.day, now.hour), 1.0)


def _hour(seed: int, hour: int) -> list[int]:
    draw = Draw(seed, "arrivals", hour)
    return [hour + draw.below(HOUR) for _ in range(int(rate(hour) + draw.unit()))]


def is_night(at: int) -> bool:
    """Tell whether the desk is closed: from five minutes before midnight to 08:00."""
    now = local(at)
    return not _FIRST_HOUR * 60 <= now.hour * 60 + now.minute < _LAST_CALL


def scripts_at(at: int, *, draw: Draw) -> tuple[list[Script], list[float]]:
    """Return the scripts that may begin now in the language drawn, and their weights."""
    if f"{local(at):%m-%d %H:%M}" in _HOSTILE and at % MINUTE == 0:
        one = scripts()[len(scripts()) - len(_HOSTILE) + _HOSTILE.index(f"{local(at):%m-%d %H:%M}")]
        return [one], [1.0]
    now = local(at)
    lang = "en" if draw.chance(_english(now)) else "zh"
    stamp = f"{now:%m-%d %H:%M}"
    fit = [
        script
        for script in scripts()
        if (script.group == "international") == (lang == "en")
        and script.weight
        and (not script.since or script.since <= stamp)
        and (not script.until or stamp < script.until)
    ]
    return fit, [script.weight * _factor(script, at) for script in fit]


def _english(now: datetime) -> float:
    """Return the share of conversations for the overseas shop at this time of day."""
    if now.hour < _FIRST_HOUR:
        return _ENGLISH_NIGHT
    return _ENGLISH_618 if now.day == local(END).day else _ENGLISH[now.hour - _FIRST_HOUR] / 100


def _factor(script: Script, at: int) -> float:
    """Return how much more often a script is played during the events of the fortnight."""
    if script.kind == "parcel" and _STORM[0] <= at < _STORM[1]:
        return 2.2
    if script.kind == "pay" and _OUTAGE[0] <= at < _OUTAGE[1]:
        return 6.0
    if script.group == "vip" and at >= _LAST_DAY:
        return _VIP_618
    if script.kind == "promo" and _SALE[0] <= at < _SALE[1]:
        return 1.8
    return 1.0
