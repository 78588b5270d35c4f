"""A time to handle a message so long that agents could never keep up: hours where seconds were meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from msgspec import structs

from deskkit.sim.scenario import Law
from deskkit.sim.scenariofile.amounts import show_amount
from deskkit.sim.scenariofile.counting import expected
from deskkit.sim.scenariofile.demand import times_asked
from deskkit.sim.scenariofile.lawtext import law_text

if TYPE_CHECKING:
    from deskkit.desk.policyfile.faults import Book
    from deskkit.sim.scenario import Scenario

__all__ = ["check_handling"]

LONG_MS: Final = 600_000  # nobody reads and writes one message for longer
PLENTY: Final = 5.0  # of the time that agents are there: of more a run warns
ORDINARY: Final = Law("lognormal", 20_000.0, 1.2)
UNITS: Final = (60, 3_600)  # minutes or hours for seconds


def check_handling(scenario: Scenario, data: dict[str, object], book: Book, *, most: float) -> bool:
    """Note the longest handling of a scenario whose customers ask for far too much; say whether there was one.

    Parameters
    ----------
    scenario : Scenario
    data : dict
        What `tomllib` made of the file.
    book : Book
    most : float
        How many times the time that agents are there may be asked for.

    Returns
    -------
    bool
        False where no handling is long, or another would not do: something else is wrong.
    """
    numbers = expected(scenario)
    asked = [
        numbers[stream.name] * (1.0 if stream.turns is None else stream.turns.mean) * stream.handle.mean
        for stream in scenario.streams
    ]
    number = max(range(len(asked)), key=asked.__getitem__)
    stream = scenario.streams[number]
    if stream.handle.mean < LONG_MS:
        return False
    right = _right(scenario, number)
    if _times(scenario, number, right) > most:
        return False
    raw = cast("list[dict[str, object]]", data["stream"])[number]["handle"]
    path, text = ("stream", number, "handle"), law_text(right)
    problem = (
        f"Replies take {times_asked(scenario):,.0f} times the time that agents are there, and each of the stream "
        f'"{stream.name}" {show_amount(stream.handle.mean)} by its handling time.'
    )
    words = f"at most {most:g} times; is the handling time right, and are all rates per hour?"
    if isinstance(raw, dict) and "mean" in raw:
        book.note((*path, "mean"), problem, value=raw["mean"], expected=words, fix=show_amount(right.mean))
    elif isinstance(raw, dict):
        book.note(path, problem, value=raw, expected=words, example=f'handle = "{text}"')
    else:
        book.note(path, problem, value=raw, expected=words, fix=text)
    return True


def _right(scenario: Scenario, number: int) -> Law:
    """Return the handling that was probably meant: the same in a smaller unit, else an ordinary one."""
    given = scenario.streams[number].handle
    if given.kind != "empirical":
        for unit in UNITS:
            law = structs.replace(given, mean=given.mean / unit)
            if law.mean >= 1_000 and _times(scenario, number, law) < PLENTY:  # noqa: PLR2004 - a second
                return law
    return ORDINARY if given.kind == "empirical" else structs.replace(given, mean=ORDINARY.mean)


def _times(scenario: Scenario, number: int, handle: Law) -> float:
    """Return what would be asked for with another handling of one stream."""
    streams = list(scenario.streams)
    streams[number] = structs.replace(streams[number], handle=handle)
    return times_asked(structs.replace(scenario, streams=tuple(streams)))
