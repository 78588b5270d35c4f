"""A scenario with other numbers: named as in the file, for one stream or all of them, as a value or as a factor.

What a sensitivity study does a hundred times and an analyst once: the text of the scenario gets the new values and is
read again, so that whatever no scenario can say is refused as in a file.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

from msgspec import structs

from deskkit.desk.policyfile.edits import change
from deskkit.desk.policyfile.layout import lookup, read_path, show_path
from deskkit.desk.policyfile.quantities import read_duration, show_duration
from deskkit.errors import ScenarioError
from deskkit.sim.scenariofile import expected, parse_scenario, scenario_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.sim.scenario import Arrivals, Scenario

__all__ = ["PROFILE", "paths_of", "varied"]

PROFILE: Final = "stream.arrivals.profile"
"""Not a key of the file: a factor on how far the rates of a day are from their mean. The mean stays."""
_STREAM: Final = re.compile(r"stream(?:\[([^\]]+)\])?\.(.+)")
_FACTOR: Final = re.compile(r"x (\d+(?:\.\d+)?)")
_LAW: Final = re.compile(r"(\d+(?:\.\d+)?(?: ?(?:ms|s|min|h|days))?)(.*)")


def varied(scenario: Scenario, changes: Mapping[str, object]) -> Scenario:
    """Return a scenario with other numbers.

    Parameters
    ----------
    scenario : Scenario
    changes : mapping of str to value
        Names as in `deskkit.sim.defaults`: ``attention.glance``; ``stream.think`` is that of every stream and
        ``stream[vip].think`` that of those with "vip" in their names. Values as a scenario file has them, or a factor
        ``"x 0.5"`` on what is there: on a law, a time or a number. `PROFILE` takes a factor.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        There is no such number or stream, or it cannot be so large.

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> small = load_scenario("data/scenarios/small.toml")
    >>> other = varied(small, {"attention.glance": "x 2", "stream[orders].think": "90 s"})
    >>> other.attention.glance.mean, [stream.think.mean for stream in other.streams]
    (60000.0, [60000.0, 90000.0])
    """
    text = scenario_text(scenario)
    data = tomllib.loads(text)
    found: dict[str, object] = {}
    for name, value in changes.items():
        if name == PROFILE:
            continue
        paths = paths_of(scenario, name)
        if not paths:
            raise ScenarioError(
                "No stream has this in its name.", place=name, value=name,
                expected=", ".join(stream.name for stream in scenario.streams), example="stream.think",
            )  # fmt: skip
        found |= {show_path(path): _value(data, path, value) for path in paths}
    made = parse_scenario(change(text, found), path=scenario.name) if found else scenario
    return _peaked(made, changes[PROFILE]) if PROFILE in changes else made


def paths_of(scenario: Scenario, name: str) -> tuple[KeyPath, ...]:
    """Return where a number stands: once, or in each stream that is meant.

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> paths_of(load_scenario("data/scenarios/small.toml"), "stream[orders].think")
    (('stream', 1, 'think'),)
    """
    found = _STREAM.fullmatch(name)
    if found is None:
        return (read_path(name),)
    return tuple(
        ("stream", number, *read_path(found[2]))
        for number, stream in enumerate(scenario.streams)
        if found[1] is None or found[1] in stream.name
    )


def _value(data: object, path: KeyPath, value: object) -> object:
    """Return the new value; a factor is on the old one."""
    try:
        old = lookup(data, path)
    except KeyError as error:
        raise ScenarioError(
            "A scenario has no such number.", place=show_path(path), value=value,
            expected="a name of deskkit.sim.defaults", example="attention.glance",
        ) from error  # fmt: skip
    factor = _FACTOR.fullmatch(value) if isinstance(value, str) else None
    return value if factor is None else _times(old, float(factor[1]))


def _times(old: object, factor: float) -> object:
    """Return a number, a time, a law or each value of an empirical one times a factor; "forever" stays."""
    if isinstance(old, dict):
        return old | {"values": [_times(value, factor) for value in old["values"]]}
    if isinstance(old, int | float):
        return old * factor
    found = _LAW.fullmatch(str(old))
    if found is None:
        return old
    ms = read_duration(found[1])
    mean = f"{float(found[1]) * factor:g}" if ms is None else show_duration(round(ms * factor))
    return f"{mean}{found[2]}"


def _peaked(scenario: Scenario, value: object) -> Scenario:
    """Let the rates of a day be nearer to their mean, or farther from it; as many come."""
    found = _FACTOR.fullmatch(str(value))
    if found is None:
        raise ScenarioError(
            "The profile takes a factor.", place=PROFILE, value=value, expected='"x" and a number', example='"x 0.5"'
        )
    hours = (scenario.end_ms - scenario.begin_ms) / 3_600_000
    whole = expected(structs.replace(scenario, days=1, factors={}))
    streams = []
    for stream in scenario.streams:
        arrivals = stream.arrivals
        if not arrivals.points or not arrivals.factor:
            streams.append(stream)
            continue
        mean = whole[stream.name] / hours / arrivals.factor
        made = structs.replace(stream, arrivals=_stretched(arrivals, mean, float(found[1])))
        ratio = expected(structs.replace(scenario, days=1, factors={}, streams=(made,)))[stream.name]
        factor = arrivals.factor * whole[stream.name] / ratio if ratio else arrivals.factor
        streams.append(structs.replace(made, arrivals=structs.replace(made.arrivals, factor=factor)))
    return structs.replace(scenario, streams=tuple(streams))


def _stretched(arrivals: Arrivals, mean: float, factor: float) -> Arrivals:
    points = tuple(
        structs.replace(point, per_hour=max(0.0, mean + factor * (point.per_hour - mean))) for point in arrivals.points
    )
    return structs.replace(arrivals, points=points)
