"""The agents of a scenario, read: how many, what they can do, when they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk.policyfile.faults import LEFT_OUT
from deskkit.sim.scenario import Agent, Shift
from deskkit.sim.scenariofile.amounts import show_moment

if TYPE_CHECKING:
    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.sim.scenariofile.reading import Sheet

__all__ = ["ROLES", "names_of", "read_agent"]

ROLES: Final = ("agent", "supervisor")
MOST_ALIKE: Final = 2_000
MOST_UNITS: Final = 1_000
MOST_COST: Final = 1e6


def read_agent(table: Sheet) -> Agent:
    """Read one kind of agents.

    Parameters
    ----------
    table : Sheet

    Returns
    -------
    Agent

    Examples
    --------
    >>> from deskkit.desk.policyfile.faults import Book
    >>> from deskkit.sim.scenariofile.reading import Sheet
    >>> sheet = Sheet({"name": "a", "shifts": "09:00-18:00", "breaks": "12:00-12:30"}, (), Book())
    >>> read_agent(sheet).shifts
    (Shift(begin_ms=32400000, end_ms=64800000, breaks=((43200000, 45000000),)),)
    """
    found = Agent(
        name=table.text("name", example="agent"),
        count=table.number("count", 1, least=1, most=MOST_ALIKE),
        groups=table.words("groups"),
        skills=_skills(table.table("skills")),
        languages=table.languages("languages"),
        capacity=table.real("capacity", least=0.001, most=MOST_UNITS, usual=1.0) if "capacity" in table else None,
        speed=table.real("speed", 1.0, least=0.1, most=10),
        shifts=_shifts(table),
        cost=table.real("cost", 0.0, least=0, most=MOST_COST),
        role=table.choice("role", ROLES, "agent", what="role"),
    )
    table.take("capacity")
    table.done()
    return found


def names_of(agent: Agent) -> list[str]:
    """Return the names of agents alike.

    Examples
    --------
    >>> names_of(Agent(name="li", count=2)), names_of(Agent(name="li"))
    (['li-1', 'li-2'], ['li'])
    """
    return [agent.name] if agent.count == 1 else [f"{agent.name}-{number + 1}" for number in range(agent.count)]


def _skills(table: Sheet) -> dict[str, int]:
    return {name: table.number(name, least=1, most=5) for name in table.entries()}


def _shifts(table: Sheet) -> tuple[Shift, ...]:
    """Read the shifts, each with those breaks that fall into it."""
    shifts = [hours for _, hours in table.ranges("shifts")]
    empty = table.data.get("shifts") == []
    if empty:
        problem, expected = "This list is empty.", "hours, or no shifts at all: there all the time"
        table.book.note(table.at("shifts"), problem, value=[], expected=expected, fix=["09:00-18:00"])
    breaks = table.ranges("breaks")
    homes = [_home(pause, shifts) for _, pause in breaks]
    for (path, pause), home in zip(breaks, homes, strict=True):
        if home is None and table.book.clean("agents"):
            _astray(table, path, pause, shifts)
    return tuple(
        Shift(*shift, tuple(pause for (_, pause), home in zip(breaks, homes, strict=True) if home == shift))
        for shift in shifts
    )


def _home(pause: tuple[int, int], shifts: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the shift a break falls into."""
    return next((shift for shift in shifts if shift[0] <= pause[0] and pause[1] <= shift[1]), None)


def _astray(table: Sheet, path: KeyPath, pause: tuple[int, int], shifts: list[tuple[int, int]]) -> None:
    """Note a break in no shift; one that sticks out is cut."""
    shown = "-".join(map(show_moment, pause))
    cut = [(max(pause[0], begin), min(pause[1], end)) for begin, end in shifts]
    whole = next((one for one in cut if one[0] < one[1]), None)
    fix: object = "-".join(map(show_moment, whole)) if whole else LEFT_OUT
    expected = "within " + " or ".join("-".join(map(show_moment, shift)) for shift in shifts)
    if not shifts:
        expected = "shifts that it falls into; without shifts nobody ever leaves"
    table.book.note(path, f"The break {shown} is outside the shifts.", value=shown, expected=expected, fix=fix)
