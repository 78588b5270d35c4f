"""A scenario written as a file: what calibration found in a log becomes a text that people read and change.

`parse_scenario` reads back what was written, but for means finer than a millionth of a millisecond. Everything is
written out, so that a later default changes nothing; comments are not kept, for a scenario has none.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.policyfile.layout import literal
from deskkit.desk.policyfile.quantities import show_duration
from deskkit.desk.policyfile.vocabulary import RATINGS
from deskkit.sim.scenario import FOREVER
from deskkit.sim.scenariofile.amounts import DAY_MS, show_moment
from deskkit.sim.scenariofile.lawtext import law_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deskkit.sim.scenario import Agent, Arrivals, Attention, Point, Scenario, Stream

__all__ = ["scenario_table", "scenario_text"]

_PARTS: Final = {
    "factors": "[factors]",
    "stream": "[[stream]]",
    "agents": "[[agents]]",
    "attention": "[attention]",
    "cost": "[cost]",
}


def scenario_text(scenario: Scenario) -> str:
    """Write a scenario as TOML.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario, parse_scenario
    >>> small = load_scenario("data/scenarios/small.toml")
    >>> parse_scenario(scenario_text(small)) == small
    True
    """
    table = scenario_table(scenario)
    blocks = [_block("", {key: value for key, value in table.items() if key not in _PARTS})]
    for key, header in _PARTS.items():
        rows: Any = table.get(key, [])
        blocks += [_block(header, row) for row in (rows if isinstance(rows, list) else [rows])]
    return "\n\n".join(blocks) + "\n"


def scenario_table(scenario: Scenario) -> dict[str, object]:
    """Return a scenario as the table that TOML makes of its file; what no file may say is refused by who reads it.

    Examples
    --------
    >>> from deskkit.sim.scenario import Arrivals, Point, Scenario, Stream
    >>> rate = Stream(name="vip", arrivals=Arrivals(points=(Point(0, -1.0),)))
    >>> scenario_table(Scenario(name="one", streams=(rate,), agents=()))["stream"][0]["arrivals"]["per_hour"]
    {'00:00': -1}
    """
    top: dict[str, object] = {"version": 1, "name": scenario.name}
    if scenario.day:
        top["day"] = scenario.day
    if scenario.end_ms > DAY_MS and not scenario.begin_ms:
        top["length"] = show_duration(scenario.end_ms)
        top |= {"days": scenario.days} if scenario.days != 1 else {}
    else:
        top |= {"hours": _range(scenario.begin_ms, scenario.end_ms), "days": scenario.days}
    top |= {"warm_up": show_duration(scenario.warm_up_ms), "drain": scenario.drain}
    top["assumptions"] = list(scenario.assumptions)
    if scenario.factors:
        top["factors"] = dict(scenario.factors)
    return top | {
        "stream": [_stream(stream) for stream in scenario.streams],
        "agents": [_agent(agent) for agent in scenario.agents],
        "attention": _attention(scenario.attention),
        "cost": {"currency": scenario.cost.currency, "per_lost": _plain(scenario.cost.per_lost)},
    }


def _block(header: str, table: Mapping[str, object]) -> str:
    lines = [f"{literal(key, key=True)} = {literal(value)}" for key, value in table.items()]
    return "\n".join([*([header] if header else []), *lines])


def _range(begin: int, end: int) -> str:
    """Write hours of a day; a run that knows no days has lengths of time."""
    if begin >= 0 and end <= DAY_MS:
        return f"{show_moment(begin)}-{show_moment(end)}"
    return f"{show_duration(begin)} - {show_duration(end)}"


def _plain(number: float) -> int | float:
    return int(number) if isfinite(number) and number == int(number) else number


def _told(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Keep what says something."""
    return {key: value for key, value in pairs if value not in ("", [], {}, None)}


def _stream(stream: Stream) -> dict[str, object]:
    patience = stream.patience
    tags: dict[str, list[str]] = {}
    for facet, tag in stream.tags:
        tags.setdefault(facet, []).append(tag)
    told = _told(
        [
            ("name", stream.name), ("group", stream.group), ("language", stream.language),
            ("needs", list(stream.needs)),
            ("fields", {key: _field(key, value) for key, value in stream.fields.items()}),
            ("history", {key: _known(key, value) for key, value in stream.history.items()}),
            ("tags", tags),
            ("transfer", {to: _plain(share) for to, share in stream.transfer}),
        ],
    )  # fmt: skip
    return told | {
        "arrivals": _arrivals(stream.arrivals),
        "returning": _plain(stream.returning),
        "text": stream.text,
        "line": [
            {"text": line.text, "turn": "any" if line.turn == FOREVER else line.turn + 1, "share": _plain(line.share)}
            for line in stream.lines
        ],
        "turns": law_text(stream.turns, count=True, off="endless"),
        "handle": law_text(stream.handle),
        "words": law_text(stream.words, count=True),
        "think": law_text(stream.think),
        "impatience": _plain(stream.impatience),
        "patience": {
            "queue": law_text(patience.queue, off="forever"), "service": law_text(patience.service, off="forever"),
            "silent": _plain(patience.silent), "writing": _plain(patience.writing),
        },
        "help": _plain(stream.help),
        "rating": dict(zip(RATINGS, map(_plain, stream.rating), strict=True)),
    }  # fmt: skip


def _field(key: str, value: float | str) -> object:
    return show_duration(int(value)) if key == "last_order" and not isinstance(value, str) else value


def _known(key: str, value: int | str) -> object:
    return RATINGS[int(value) + 1] if key == "rating" and value in range(-1, 2) else value


def _arrivals(arrivals: Arrivals) -> dict[str, object]:
    found: dict[str, object] = {}
    if arrivals.points:
        found["per_hour"] = _rates(arrivals.points)
        found["between"] = "steps" if arrivals.steps else "straight"
    wave, busyness = arrivals.wave, arrivals.busyness
    if wave is not None:
        found["wave"] = {
            "base": _plain(wave.base), "amplitude": _plain(wave.amplitude),
            "period": show_duration(wave.period_ms), "shift": show_duration(wave.shift_ms),
        }  # fmt: skip
    if arrivals.counts:
        found["counts"] = {_range(begin, end): count for begin, end, count in arrivals.counts}
    if arrivals.instants:
        found["instants"] = [show_moment(at) for at in arrivals.instants]
    if busyness is not None:
        found["busyness"] = {
            "shape": _plain(busyness.shape), "correlation": _plain(busyness.correlation),
            "part": show_duration(busyness.part_ms),
        }  # fmt: skip
    return (found or {"per_hour": 0}) | {"factor": _plain(arrivals.factor)}  # nobody comes, as of a log that is given


def _rates(points: Iterable[Point]) -> dict[str, int | float]:
    """Write rates by their instants; the second of one instant as a length of time, so that it is read, and refused."""
    found: dict[str, int | float] = {}
    for point in points:
        shown = show_moment(point.at_ms)
        found[show_duration(point.at_ms) if shown in found else shown] = _plain(point.per_hour)
    return found


def _agent(agent: Agent) -> dict[str, object]:
    pauses = [_range(*pause) for shift in agent.shifts for pause in shift.breaks]
    told = _told(
        [
            ("name", agent.name), ("count", agent.count), ("groups", list(agent.groups)), ("skills", agent.skills),
            ("languages", list(agent.languages)),
            ("capacity", None if agent.capacity is None else _plain(agent.capacity)),
            ("shifts", [_range(shift.begin_ms, shift.end_ms) for shift in agent.shifts]), ("breaks", pauses),
        ],
    )  # fmt: skip
    return told | {"speed": _plain(agent.speed), "cost": _plain(agent.cost), "role": agent.role}


def _attention(attention: Attention) -> dict[str, object]:
    return {
        "defaults": "none",
        "glance": law_text(attention.glance),
        "channels": {
            name: {"latency": law_text(channel.latency), "missed": _plain(channel.missed)}
            for name, channel in attention.channels.items()
        },
        "unfocused": _plain(attention.unfocused),
        "unfocused_latency": law_text(attention.unfocused_latency),
        "habituation": _plain(attention.habituation),
        "switch": law_text(attention.switch),
        "switch_away": show_duration(int(attention.switch_away_ms)),
        "switch_recover": show_duration(int(attention.switch_recover_ms)),
        "per_tab": _plain(attention.per_tab),
        "interrupts": list(attention.interrupts),
        "resume": law_text(attention.resume),
        "wrong_window": _plain(attention.wrong_window),
        "wrong_after_interruption": _plain(attention.wrong_after_interruption),
        "repair": law_text(attention.repair),
        "ghost_after": show_duration(attention.ghost_ms),
        "pick": attention.pick,
    }
