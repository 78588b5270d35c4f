"""A scenario made in Python: what its file could not say is refused, by the very checks of who reads the file.

It is written as the table that its file would hold, and that is read. So there is one list of what may be, and both
engines begin with numbers that they agree on.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import structs

from deskkit.desk.policyfile.faults import Book, EnoughError
from deskkit.desk.policyfile.layout import literal, show_path
from deskkit.errors import ScenarioError
from deskkit.sim.scenario import Arrivals, Point, Scenario, Stream
from deskkit.sim.scenariofile.amounts import DAY_MS
from deskkit.sim.scenariofile.consistency import check
from deskkit.sim.scenariofile.whole import read_scenario
from deskkit.sim.scenariofile.writing import scenario_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.policyfile.faults import Problem

__all__ = ["check_made"]

_EXAMPLE: Final = 'load_scenario("data/scenarios/small.toml")'


def check_made(scenario: Scenario, *, is_given: bool = False) -> None:
    """Refuse a scenario that no file could hold.

    Parameters
    ----------
    scenario : Scenario
    is_given : bool
        Whether its customers are given by a workload: its streams bring nobody then, and a run of a log may begin on
        one day and end on another.

    Raises
    ------
    ScenarioError
        A value of another type than its class declares, a number that is none, or what a file is refused for.

    Notes
    -----
    A scenario is looked at once: the next one that says the same costs a tenth of a millisecond.

    Examples
    --------
    >>> from deskkit.sim.scenario import Agent, Arrivals, Point, Stream
    >>> rate = Stream(name="vip", arrivals=Arrivals(points=(Point(0, 12.0),)))
    >>> check_made(Scenario(name="slow", streams=(rate,), agents=(Agent(name="chen", speed=1e-300),)))
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: agents[0].speed: This number is too small. Got 1e-300. Expected ... Hint: speed = 0.1
    """
    try:
        told = msgspec.msgpack.encode(scenario)
    except (TypeError, ValueError, OverflowError) as error:  # a number of numpy, half a character, one beyond 64 bits
        raise _no_scenario(str(error)) from error
    _look(told, is_given=is_given)


@lru_cache(maxsize=64)
def _look(told: bytes, *, is_given: bool) -> None:
    """Look at a scenario; one that is refused is looked at again."""
    try:
        scenario = msgspec.msgpack.decode(told, type=Scenario)
    except msgspec.ValidationError as error:
        raise _no_scenario(str(error)) from error
    for path, value in _numbers(msgspec.to_builtins(scenario)):
        if not isfinite(value):
            raise ScenarioError(
                "This is no number.", place=show_path(path), value=value, expected="a finite number", example=_EXAMPLE
            )
    _check_known(scenario)
    table, book = scenario_table(_of_log(scenario) if is_given else _in_hours(scenario)), Book()
    with suppress(EnoughError):
        check(read_scenario(table, book), table, book)
    if book.problems:
        raise _error_of(book.problems[0])


def _check_known(scenario: Scenario) -> None:
    """Refuse what a file says in words and Python in numbers, and what a file cannot say twice."""
    for place, stream in enumerate(scenario.streams):
        groups = [group for group, _ in stream.transfer]
        if twice := next((group for group in groups if groups.count(group) > 1), ""):
            raise ScenarioError(
                "This group stands there twice.", place=f"streams[{place}].transfer", value=twice,
                expected="each group once", example='(("technical", 0.2),)',
            )  # fmt: skip
        for kind, key, known, example in (
            ("fields", "last_order", stream.fields, "259_200_000, milliseconds before the conversation"),
            ("history", "rating", stream.history, "-1, which is bad, 0 or 1"),
        ):
            if isinstance(value := known.get(key), str):
                raise ScenarioError(
                    "This is no number.", place=f"streams[{place}].{kind}.{key}", value=value, expected="a number",
                    example=example,
                )  # fmt: skip


def _in_hours(scenario: Scenario) -> Scenario:
    """Return a scenario without the rates after its hours, which do nothing: who cuts a day short leaves them."""
    streams = tuple(
        structs.replace(one, arrivals=structs.replace(one.arrivals, points=_until(scenario, one.arrivals)))
        for one in scenario.streams
    )
    return structs.replace(scenario, streams=streams)


def _until(scenario: Scenario, arrivals: Arrivals) -> tuple[Point, ...]:
    """Return rates up to the end of the hours; of a straight line that leads beyond, where it is by then."""
    points, end = arrivals.points, scenario.end_ms
    found = tuple(point for point in points if point.at_ms <= end)
    beyond = next((point for point in points if point.at_ms > end), None)
    if found and beyond and not arrivals.steps and found[-1].at_ms < end:
        last = found[-1]
        part = (end - last.at_ms) / (beyond.at_ms - last.at_ms)
        found += (Point(end, last.per_hour + part * (beyond.per_hour - last.per_hour)),)
    return found if found or not points else (Point(scenario.begin_ms, 0.0),)


def _of_log(scenario: Scenario) -> Scenario:
    """Return what matters of a scenario whose customers are given."""
    streams = tuple(
        Stream(name=one.name, arrivals=Arrivals(), impatience=one.impatience) for one in scenario.streams
    )  # fmt: skip
    found = structs.replace(scenario, streams=streams)
    if scenario.days == 1 and 0 <= scenario.begin_ms < scenario.end_ms and scenario.end_ms > DAY_MS:
        found = structs.replace(found, day="", begin_ms=0)  # what a file calls a run of some length
    return found


def _no_scenario(why: str) -> ScenarioError:
    problem, _, at = why.partition(" - at `$.")
    return ScenarioError(
        f"This is no scenario: {problem}.", place=at.rstrip("`") or "scenario",
        expected="values of the types that deskkit.sim.scenario declares", example=_EXAMPLE,
    )  # fmt: skip


def _numbers(found: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], float]]:  # noqa: ANN401 - whatever msgspec makes of it
    """Yield every number that is not whole, with its path."""
    if isinstance(found, float):
        yield path, found
    elif isinstance(found, dict):
        for key, value in found.items():
            yield from _numbers(value, (*path, key))
    elif isinstance(found, list | tuple):
        for place, value in enumerate(found):
            yield from _numbers(value, (*path, place))


def _error_of(one: Problem) -> ScenarioError:
    """Return a fault in the words of the file, which names the fields; there is no line to show."""
    example = one.example
    if one.fix is not None and one.fix.on == "value":
        step = one.path[-1]
        shown = literal(one.fix.value)
        example = f"{literal(step, key=True)} = {shown}" if isinstance(step, str) else shown
    elif one.fix is not None and one.fix.value:
        example = str(one.fix.value)
    return ScenarioError(
        one.problem, place=show_path(one.path) or "scenario", value=one.value, expected=one.expected,
        example=example or _EXAMPLE,
    )  # fmt: skip
