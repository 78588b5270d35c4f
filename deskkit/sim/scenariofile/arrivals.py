"""When conversations of a stream begin, read from its table `arrivals`: rates, a wave, counts, or exact instants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

from deskkit.desk.policyfile.faults import LEFT_OUT, listed
from deskkit.desk.policyfile.quantities import show_duration
from deskkit.sim.defaults import value_of
from deskkit.sim.scenario import Arrivals, Busyness, Point, Wave
from deskkit.sim.scenariofile.amounts import DAY_MS, show_moment

if TYPE_CHECKING:
    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.sim.scenariofile.reading import Sheet

__all__ = ["MOST_PER_HOUR", "Hours", "read_arrivals"]

KINDS: Final = ("per_hour", "wave", "counts", "instants")
BETWEEN: Final = ("steps", "straight")
HOUR_MS: Final = 3_600_000
MOST_PER_HOUR: Final = 1_000_000
USUAL_PER_HOUR: Final = 60
LEAST_PART_MS: Final = 60_000
MOST_BEGIN: Final = 2_000_000


class Hours(NamedTuple):
    """When customers may begin, ms of each day."""

    begin: int
    end: int

    def shown(self) -> str:
        """Say them."""
        if self.end <= DAY_MS:
            return f"{show_moment(self.begin)}-{show_moment(self.end)}"
        return f"0 s - {show_duration(self.end)}"


def read_arrivals(table: Sheet, hours: Hours) -> Arrivals:
    """Read how conversations of a stream arrive.

    Parameters
    ----------
    table : Sheet
    hours : Hours
        Nothing may begin outside them.

    Returns
    -------
    Arrivals

    Examples
    --------
    >>> from deskkit.desk.policyfile.faults import Book
    >>> from deskkit.sim.scenariofile.reading import Sheet
    >>> read_arrivals(Sheet({"per_hour": 48}, (), Book()), Hours(0, 86_400_000)).points
    (Point(at_ms=0, per_hour=48.0),)
    """
    is_refused = _refuse_units(table, hours)
    given = [key for key in KINDS if key in table.data]
    for extra in given[1:]:
        problem = f'Arrivals are given twice, by "{given[0]}" and by "{extra}".'
        table.book.note(table.at(extra), problem, value=extra, expected=f"one of {listed(KINDS)}", fix=LEFT_OUT)
        table.take(extra)
    table.asked.update(KINDS)
    points: tuple[Point, ...] = ()
    wave: Wave | None = None
    counts: tuple[tuple[int, int, int], ...] = ()
    instants: tuple[int, ...] = ()
    match given[0] if given else "":
        case "per_hour":
            points = _points(table, hours)
        case "wave":
            wave = _wave(table.table("wave"))
        case "counts":
            counts = _counts(table.table("counts"), hours)
        case "instants":
            instants = _instants(table, hours)
        case _ if not is_refused:
            table.missing("per_hour", f"conversations per hour; or {listed(KINDS[1:])}", "12")
    found = Arrivals(
        points=points,
        steps=table.choice("between", BETWEEN, "steps") == "steps",
        wave=wave,
        counts=counts,
        instants=instants,
        busyness=_busyness(table.table("busyness")) if "busyness" in table else None,
        factor=table.real("factor", 1.0, least=0, most=1_000),
    )
    table.done()
    return found


def _refuse_units(table: Sheet, hours: Hours) -> bool:
    """Note a rate in another unit, and what it is in an hour; say whether there was one."""
    found = False
    of_day = HOUR_MS / (hours.end - hours.begin)
    for key, times, words in (
        ("per_day", of_day, f"conversations per hour, in the hours {hours.shown()}"),
        ("per_minute", 60.0, "conversations per hour"),
        ("per_second", 3_600.0, "conversations per hour"),
    ):
        value = table.take(key) if key in table.data else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            rate = _plain(round(value * times, 3))
            example = f"arrivals = {{ per_hour = {rate} }}"
            table.book.note(table.at(key), "A rate is per hour.", value=value, expected=words, example=example)
            found = True
    return found


def _points(table: Sheet, hours: Hours) -> tuple[Point, ...]:
    """Read one rate for all hours, or rates from instants on."""
    value = table.take("per_hour")
    if not isinstance(value, dict):
        rate = table.bounded(value, table.at("per_hour"), 12.0, least=0, most=MOST_PER_HOUR, usual=USUAL_PER_HOUR)
        return (Point(hours.begin, rate),)
    rates = table.table("per_hour")
    rates.asked.update(rates.data)
    found: list[Point] = []
    for name, item in rates.data.items():
        path = rates.at(name)
        at = rates.moment(name, path, key=True)
        rate = rates.bounded(item, path, 12.0, least=0, most=MOST_PER_HOUR, usual=USUAL_PER_HOUR)
        if at is None:
            continue
        if found and at <= found[-1].at_ms:
            problem = f'"{name}" does not come after "{show_moment(found[-1].at_ms)}".'
            table.book.note(path, problem, value=name, expected="instants in the order of the day", fix=LEFT_OUT)
        elif at > hours.end:
            _outside(table, path, name, hours, key=True)
        else:
            found.append(Point(at, rate))
    if not rates.data:
        problem, expected = "These rates hold nothing.", 'instants with rates, such as { "09:00" = 12 }'
        table.book.note(table.at("per_hour"), problem, value={}, expected=expected, fix=12)
    return tuple(found)


def _outside(table: Sheet, path: KeyPath, shown: str, hours: Hours, *, key: bool = False, alone: bool = False) -> None:
    """Note an instant at which no customer may begin; one that stands alone cannot be left out."""
    problem = f"{shown} is outside the hours in which customers begin."
    expected = f"within {hours.shown()}"
    if key:
        table.book.note(path, problem, value=shown, expected=expected, key=show_moment(hours.end))
    else:
        fix = show_moment(hours.begin) if alone else LEFT_OUT
        table.book.note(path, problem, value=shown, expected=expected, fix=fix)


def _wave(table: Sheet) -> Wave:
    base = table.real("base", least=0, most=MOST_PER_HOUR, usual=USUAL_PER_HOUR)
    amplitude = table.real("amplitude", least=0, most=MOST_PER_HOUR, usual=base)
    if amplitude > base and table.book.clean(*[step for step in table.path[:1] if isinstance(step, str)]):
        problem, expected = "This wave would have negative rates.", f"at most the base, {base:g}"
        table.book.note(table.at("amplitude"), problem, value=amplitude, expected=expected, fix=_plain(base))
    found = Wave(
        base=base,
        amplitude=amplitude,
        period_ms=table.span("period", least="1 s"),
        shift_ms=table.span("shift", "0 s"),
    )
    table.done()
    return found


def _counts(table: Sheet, hours: Hours) -> tuple[tuple[int, int, int], ...]:
    table.asked.update(table.data)
    found: list[tuple[int, int, int]] = []
    for name in table.data:
        within = table.range(name, table.at(name), key=True)
        count = table.number(name, least=0, most=MOST_BEGIN)
        if within is None:
            continue
        if within[0] < hours.begin or within[1] > hours.end:
            problem = f"{name} is outside the hours in which customers begin."
            begin, end = max(within[0], hours.begin), min(within[1], hours.end)
            key = Hours(begin, end).shown() if begin < end <= DAY_MS else hours.shown()
            table.book.note(table.at(name), problem, value=name, expected=f"within {hours.shown()}", key=key)
        else:
            found.append((*within, count))
    if not table.data:
        problem, expected = "These counts hold nothing.", 'hours with counts, such as { "09:00-10:00" = 40 }'
        table.book.note(table.path, problem, value={}, expected=expected, fix={hours.shown(): 40})
    return tuple(found)


def _instants(table: Sheet, hours: Hours) -> tuple[int, ...]:
    found: list[int] = []
    for path, item in table.items("instants"):
        at = table.moment(item, path)
        if at is not None and not hours.begin <= at < hours.end:
            _outside(table, path, str(item), hours, alone=table.data["instants"] in ([item], item))
        elif at is not None:
            found.append(at)
    if table.data["instants"] == []:
        problem, fix = "This list is empty.", [show_moment(hours.begin)]
        table.book.note(table.at("instants"), problem, value=[], expected="instants of the day", fix=fix)
    return tuple(sorted(found))


def _busyness(table: Sheet) -> Busyness:
    shape = float(cast("float", value_of("stream.arrivals.busyness.shape")))
    found = Busyness(
        shape=table.real("shape", shape, least=0.1, most=1_000_000),
        correlation=table.real("correlation", 1.0, least=0, most=1),
        part_ms=table.span("part", "0 s", most="24 h"),
    )
    if found.correlation != 1 and not found.part_ms:
        problem = 'A "correlation" from part to part needs parts.'
        expected = 'the length of a "part", such as "30 min"; without parts one factor holds the whole day'
        table.book.note(table.at("correlation"), problem, value=found.correlation, expected=expected, fix=1)
    if 0 < found.part_ms < LEAST_PART_MS:
        problem, expected = "These parts are too short.", 'at least "1 min"; "0 s": the whole day'
        table.book.note(table.at("part"), problem, value=table.data["part"], expected=expected, fix="30 min")
    table.done()
    return found


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number
