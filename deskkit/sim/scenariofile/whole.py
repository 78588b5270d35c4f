"""A whole scenario, read from its tables; whether the parts fit together is asked in `consistency`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from deskkit.desk.policyfile.quantities import iso_date
from deskkit.sim.defaults import DEFAULTS
from deskkit.sim.scenario import Cost, Scenario
from deskkit.sim.scenariofile.amounts import DAY_MS
from deskkit.sim.scenariofile.arrivals import Hours
from deskkit.sim.scenariofile.attention import OFF, read_attention
from deskkit.sim.scenariofile.reading import Sheet
from deskkit.sim.scenariofile.roster import read_agent
from deskkit.sim.scenariofile.streams import NO_END, read_stream

if TYPE_CHECKING:
    from deskkit.desk.policyfile.faults import Book

__all__ = ["VERSION", "read_scenario"]

VERSION: Final = 1
MOST_DAYS: Final = 366
MOST_COST: Final = 1e6
A_DATE: Final = 'a date that exists, such as "2026-11-11"'


def read_scenario(data: object, book: Book) -> Scenario:
    """Read a whole scenario.

    Parameters
    ----------
    data : object
        What `tomllib` made of the file.
    book : Book
        Takes the faults; what they leave open has a harmless value.

    Returns
    -------
    Scenario
    """
    root = Sheet(data, (), book)
    _version(root)
    day = _date(root)
    days = root.number("days", 1, least=1, most=MOST_DAYS)
    hours = _hours(root, day, days)
    found = Scenario(
        name=root.text("name", example="weekday"),
        day=day,
        begin_ms=hours.begin,
        end_ms=hours.end,
        days=days,
        factors=_factors(root.table("factors")),
        warm_up_ms=root.span("warm_up", "0 s"),
        drain=root.flag("drain", default=True),
        streams=tuple(read_stream(row, hours) for row in root.rows("stream")),
        agents=tuple(read_agent(row) for row in root.rows("agents")),
        attention=read_attention(root),
        cost=_cost(root.table("cost")),
        assumptions=(*root.words("assumptions"), *assumed(root.data)),
    )
    if "stream" not in root:
        root.missing(
            "stream", "a table [[stream]]: who writes", '[{ name = "presales", arrivals = { per_hour = 12 } }]'
        )
    if "agents" not in root:
        root.missing("agents", "a table [[agents]]: who answers", '[{ name = "agent", count = 3 }]')
    root.done()
    return found


def assumed(data: dict[str, object]) -> list[str]:
    """Return the paths of defaults that a file uses and nobody measured.

    Examples
    --------
    >>> assumed({"attention": "none", "stream": [{"name": "vip", "patience": {"queue": "270 s exponential"}}]})
    ['stream.vip.impatience', 'stream.vip.patience.service', 'stream.vip.patience.writing']
    """
    found: list[str] = []
    attention = data.get("attention", {})
    streams = data.get("stream", [])
    for one in DEFAULTS:
        first, *steps = one.name.split(".")
        if not one.assumed:
            continue
        if first == "attention" and isinstance(attention, dict) and attention.get("defaults") != OFF:
            found += [] if _says(attention, steps) else [one.name]
        elif first == "stream":
            names = [row.get("name") for row in (streams if isinstance(streams, list) else [])
                     if isinstance(row, dict) and not _says(row, steps)]  # fmt: skip
            found += [f"stream.{name}.{'.'.join(steps)}" for name in names]
    return sorted(found)


def _says(table: object, steps: list[str]) -> bool:
    """Say whether a table says something at a path, if only that there is nothing."""
    for step in steps:
        if table in (OFF, NO_END):
            return True
        if not isinstance(table, dict) or step not in table:
            return False
        table = table[step]
    return True


def _version(root: Sheet) -> None:
    value = root.take("version")
    if value is None:
        root.missing("version", f"the number {VERSION}", str(VERSION))
    elif value != VERSION or isinstance(value, bool):
        problem = "This version of the scenario file is not known."
        root.book.note(("version",), problem, value=value, expected=f"{VERSION}", fix=VERSION)


def _date(root: Sheet) -> str:
    """Read the first day; none is fine."""
    value = root.take("day")
    text = value.isoformat() if type(value) is dt.date else value
    day = iso_date(text) if isinstance(text, str) else None
    if value is not None and (day is None or not "1970" < day < "2200"):
        root.book.note(("day",), "This is no day.", value=value, expected=A_DATE, fix="2026-11-11")
        return ""
    return day or ""


def _hours(root: Sheet, day: str, days: int) -> Hours:
    """Read when customers may begin: hours of each day, or the length of a run that knows no days."""
    if "length" not in root:
        value = root.take("hours")
        root.asked.add("length")
        found = (0, DAY_MS) if value is None else root.range(value, ("hours",))
        begin, end = found or (0, DAY_MS)
        if end > DAY_MS:
            problem, expected = (
                "These hours go beyond the day.",
                'at most "00:00-24:00"; a run without days has a length',
            )
            root.book.note(("hours",), problem, value=value, expected=expected, fix="00:00-24:00")
        return Hours(begin, min(end, DAY_MS))
    root.asked.add("hours")
    length = root.duration("length", least="1 s")
    for key, given in (("day", bool(day)), ("days", days > 1), ("hours", "hours" in root)):
        if given:
            problem = f'A run has a length or days: here both "length" and "{key}" are given.'
            example = '# for a day: hours = "09:00-21:00"'
            root.book.note(
                ("length",), problem, value=root.data["length"], expected=f'"length" or "{key}"', example=example
            )
            break
    return Hours(0, length)


def _factors(table: Sheet) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in table.data:
        factor = table.real(name, 1.0, least=0, most=1_000)
        if iso_date(name) is None:
            table.book.note(table.at(name), "This is no day.", value=name, expected=A_DATE, key="2026-11-11")
        else:
            found[name] = factor
    return found


def _cost(table: Sheet) -> Cost:
    found = Cost(
        currency=table.text("currency", "CNY", example="CNY"),
        per_lost=table.real("per_lost", 0.0, least=0, most=MOST_COST),
    )
    table.done()
    return found
