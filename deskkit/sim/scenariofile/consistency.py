"""Do the parts of a scenario fit together? What contradicts itself is refused before anything runs."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from deskkit.desk.policyfile.faults import LEFT_OUT, Fix, nearest
from deskkit.desk.policyfile.quantities import show_duration
from deskkit.sim.scenariofile.arrivals import Hours
from deskkit.sim.scenariofile.counting import days_of, expected
from deskkit.sim.scenariofile.demand import times_asked
from deskkit.sim.scenariofile.handling import check_handling
from deskkit.sim.scenariofile.roster import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.policyfile.faults import Book
    from deskkit.sim.scenario import Scenario

__all__ = ["MOST_CONVERSATIONS", "check", "paths_of"]

MOST_CONVERSATIONS: Final = 2_000_000
MOST_TIMES: Final = 100  # what customers ask for, of the time that agents are there
MOST_AGENTS: Final = 5_000
MOST_WAVES: Final = 5_000


def check(scenario: Scenario, data: dict[str, object], book: Book) -> None:
    """Note what contradicts itself.

    Parameters
    ----------
    scenario : Scenario
        As it was read; asked only if its tables were fine.
    data : dict
        What `tomllib` made of the file.
    book : Book
    """
    _check_names(scenario, book)
    _check_roster(scenario, book)
    if book.problems:
        return
    _check_time(scenario, book)
    _check_waves(scenario, book)
    _check_ends(scenario, book)
    _check_number(scenario, data, book)
    _check_assumptions(scenario, data, book)


def paths_of(data: object, path: str = "") -> Iterator[str]:
    """Yield the path of everything in a file; streams and agents go by their names.

    Examples
    --------
    >>> list(paths_of({"stream": [{"name": "vip", "patience": {"silent": 0.7}}]}))
    ['stream.vip', 'stream.vip.name', 'stream.vip.patience', 'stream.vip.patience.silent']
    """
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        step = f"{path}.{key}" if path else key
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for number, one in enumerate(value):
                inner = f"{step}.{one.get('name', number)}"
                yield inner
                yield from paths_of(one, inner)
        else:
            yield step
            yield from paths_of(value, step)


def _check_names(scenario: Scenario, book: Book) -> None:
    """Note a stream or an agent whose name another has."""
    streams = [[stream.name] for stream in scenario.streams]
    agents = [names_of(agent) for agent in scenario.agents]
    for key, every in (("stream", streams), ("agents", agents)):
        seen: set[str] = set()
        for number, names in enumerate(every):
            same = next((name for name in names if name in seen), "")
            if same:
                own = scenario.streams[number].name if key == "stream" else scenario.agents[number].name
                taken = {name for others in every for name in others} | {own}
                fix = next(f"{own} {more}" for more in count(2) if f"{own} {more}" not in taken)
                problem = f'The name "{same}" is given twice.'
                book.note((key, number, "name"), problem, value=same, expected="each name once", fix=fix)
            seen.update(names)


def _check_roster(scenario: Scenario, book: Book) -> None:
    """Note a desk without customers, or with nobody or too many who answer."""
    if not scenario.streams and book.clean("stream"):
        stream = [{"name": "presales", "arrivals": {"per_hour": 12}}]
        _none("stream", "There is no stream: nobody writes.", "at least one table [[stream]]", stream, book)
    if not scenario.agents and book.clean("agents"):
        agents = [{"name": "agent", "count": 3}]
        _none("agents", "There are no agents: nobody answers.", "at least one table [[agents]]", agents, book)
    many = sum(agent.count for agent in scenario.agents)
    if many > MOST_AGENTS:
        number = max(range(len(scenario.agents)), key=lambda one: scenario.agents[one].count)
        own = scenario.agents[number].count
        fix_count = max(1, own - (many - MOST_AGENTS))
        problem, words = f"There are {many:,} agents.", f"at most {MOST_AGENTS:,}"
        book.note(("agents", number, "count"), problem, value=own, expected=words, fix=fix_count)


def _none(key: str, problem: str, words: str, fix: object, book: Book) -> None:
    if not any(one.problem.startswith(f'"{key}" is missing') for one in book.problems):
        book.note((key,), problem, value=[], expected=words, fix=fix)


def _check_time(scenario: Scenario, book: Book) -> None:
    """Note a warm-up longer than the run, days of a promotion on which nothing is simulated, shifts at no time."""
    length = scenario.days * 86_400_000 if scenario.days > 1 else scenario.end_ms - scenario.begin_ms
    if scenario.warm_up_ms >= length:
        problem, words = "The warm-up leaves nothing of the run.", f"less than {show_duration(length)}"
        value = show_duration(scenario.warm_up_ms)
        book.note(("warm_up",), problem, value=value, expected=words, fix="0 s")
    days = days_of(scenario)
    for day in scenario.factors:
        if not scenario.day:
            problem, words = "A factor of a day needs days.", 'the first day: day = "2026-11-11"'
            book.note(("factors", day), problem, value=day, expected=words, fix=LEFT_OUT)
        elif day not in days:
            problem, words = "This day is not simulated.", f"{days[0]} to {days[-1]}"
            key = next((one for one in days if one not in scenario.factors), "")
            book.note(("factors", day), problem, value=day, expected=words, key=key, fix=None if key else LEFT_OUT)
    present = [
        agent
        for agent in scenario.agents
        if not agent.shifts
        or any(shift.begin_ms < scenario.end_ms and shift.end_ms > scenario.begin_ms for shift in agent.shifts)
    ]
    if not present:
        problem, words = "No agent is there while customers begin.", "a shift within the hours of the scenario"
        hours = Hours(scenario.begin_ms, scenario.end_ms).shown()
        book.note(("agents", 0, "shifts"), problem, expected=words, fix=[hours])


def _check_waves(scenario: Scenario, book: Book) -> None:
    """Note a wave that goes up and down so often that only a slip of a unit explains it."""
    least = -(-(scenario.end_ms - scenario.begin_ms) // MOST_WAVES // 1000) * 1000
    for number, stream in enumerate(scenario.streams):
        wave = stream.arrivals.wave
        if wave is not None and wave.period_ms < least:
            path, shown = ("stream", number, "arrivals", "wave", "period"), show_duration(least)
            value, words = show_duration(wave.period_ms), f'at least "{shown}" in a run so long'
            book.note(path, "This wave is too short.", value=value, expected=words, fix=shown)


def _check_ends(scenario: Scenario, book: Book) -> None:
    """Note conversations without end in a run that would be served to its end."""
    endless = any(stream.turns is None for stream in scenario.streams)
    if endless and scenario.drain:
        problem = "Conversations without end are never served to their end."
        book.note(("drain",), problem, value=True, expected='false, where turns = "endless"', fix=False)


def _check_number(scenario: Scenario, data: dict[str, object], book: Book) -> None:
    """Note a number of conversations, or a time that each takes, that only a slip of a unit explains."""
    numbers = expected(scenario)
    total, times = sum(numbers.values()), times_asked(scenario)
    if times > MOST_TIMES and check_handling(scenario, data, book, most=MOST_TIMES):
        return
    most = total * MOST_TIMES / times if times > MOST_TIMES else MOST_CONVERSATIONS
    if total > MOST_CONVERSATIONS:
        more, words = "", f"at most {MOST_CONVERSATIONS:,} in all"
    elif total > most:
        more = f" Their replies take {times:,.0f} times the time that agents are there."
        words = f"at most {MOST_TIMES} times"
    else:
        return
    names = [stream.name for stream in scenario.streams]
    worst = max(names, key=lambda name: numbers[name])
    number = names.index(worst)
    room = max(0.0, min(most, MOST_CONVERSATIONS) - (total - numbers[worst]))
    factor = scenario.streams[number].arrivals.factor * room / numbers[worst]
    factor = float(f"{factor * 0.99:.3g}")  # what is rounded up by half a percent is still few enough
    path = ("stream", number, "arrivals", "factor")
    problem = f'{total:,.0f} conversations are expected, {numbers[worst]:,.0f} of the stream "{worst}".{more}'
    given = f"stream.{names[number]}.arrivals.factor" in paths_of(data)
    fix = factor if given else Fix(f"factor = {factor}", "put in")
    words = f"{words}; is a rate per hour meant?"
    book.note(path if given else path[:-1], problem, value=round(total), expected=words, fix=fix)


def _check_assumptions(scenario: Scenario, data: dict[str, object], book: Book) -> None:
    """Note an assumption that names nothing."""
    known = {*paths_of(data), *scenario.assumptions[len(_listed(data)) :]}
    for number, name in enumerate(_listed(data)):
        if name not in known:
            fix = nearest(name, sorted(known)) or LEFT_OUT
            problem, words = (
                "This is no path of the file.",
                "a path such as stream.vip.patience.queue or attention.switch",
            )
            book.note(("assumptions", number), problem, value=name, expected=words, fix=fix)


def _listed(data: dict[str, object]) -> list[str]:
    found = data.get("assumptions", [])
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else [str(found)]
