"""The scenario file: a day at the desk in one TOML file, written by analysts and read into `deskkit.sim.scenario`.

It is read as a policy is, by the same pieces: `deskkit.desk.policyfile` finds lines, reads names and times, and puts a
corrected example into each error. From below: `amounts` and `lawtext` know how times and laws are written; `reading`
takes typed values out of tables; `arrivals`, `streams`, `roster`, `attention` and `whole` fill the structs;
`counting` and `consistency` ask whether they fit together, `fit` and `unknown` whether they fit a policy;
`writing` writes them.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskkit.desk.policyfile.faults import Book, EnoughError, error_of, first_of
from deskkit.desk.policyfile.layout import scan
from deskkit.desk.policyfile.parsing import Kind, decoded, parsed
from deskkit.errors import PolicyError, ScenarioError
from deskkit.sim.scenariofile.consistency import check
from deskkit.sim.scenariofile.counting import expected
from deskkit.sim.scenariofile.fit import check_against
from deskkit.sim.scenariofile.whole import read_scenario
from deskkit.sim.scenariofile.writing import scenario_text
from deskkit.smallfile import content

if TYPE_CHECKING:
    from deskkit.sim.scenario import Scenario

__all__ = ["check_against", "expected", "load_scenario", "parse_scenario", "problems", "scenario_text"]

EXAMPLE: Final = 'load_scenario("data/scenarios/small.toml")'
SCENARIO: Final = Kind(
    noun="scenario",
    most=50_000,
    load=EXAMPLE,
    number="per_hour = 12",
    shorter="# a trace is read from a log, not from a scenario",
    nested='think = "60 s exponential"',
    fewer="# counts = { ... } says more in less; a trace is read from a log",
)


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        The file cannot be read, or says what no scenario can be; with the line of the first fault.

    Examples
    --------
    >>> load_scenario("data/scenarios/small.toml").name
    'small'
    """
    try:
        file = Path(path)
        text = decoded(content(file), str(file))
    except PolicyError as error:
        raise _ours(error) from error
    except (OSError, ValueError, TypeError) as error:  # a name with NUL is none, a number is no path
        why = (isinstance(error, OSError) and error.strerror) or error
        raise ScenarioError(
            f"The scenario file cannot be read: {why}.",
            place=str(path),
            expected="a readable TOML file",
            example=EXAMPLE,
        ) from error
    return parse_scenario(text, path=file.name)


def parse_scenario(text: str, *, path: str = "") -> Scenario:
    """Read a scenario from its text.

    Parameters
    ----------
    text : str
        TOML.
    path : str
        What errors call it.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        The first fault, with its line; its message says how many more there are.

    Examples
    --------
    >>> parse_scenario("version = 2", path="mine.toml")
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: mine.toml, line 1, version: This version of the scenario file is not known. ...
    """
    scenario, faults = _read(text, path or "scenario")
    if scenario is None or faults:
        raise first_of(faults)
    return scenario


def problems(text: str, *, path: str = "") -> list[ScenarioError]:
    """Return every fault of a text, in the order of its lines; none means that `parse_scenario` accepts it.

    Parameters
    ----------
    text : str
    path : str
        What errors call it.

    Returns
    -------
    list of ScenarioError

    Examples
    --------
    >>> [fault.line for fault in problems("version = 2")]
    [1, 1, 1, 1]
    """
    return _read(text, path or "scenario")[1]


def _read(text: str, place: str) -> tuple[Scenario | None, list[ScenarioError]]:
    """Return the scenario (None if the text is no TOML) and the faults, by line."""
    try:
        data = parsed(text, place, kind=SCENARIO)
    except PolicyError as error:
        data = error
    if isinstance(data, PolicyError):
        return None, [_ours(data)]
    book = Book()
    scenario = None
    with suppress(EnoughError):
        scenario = read_scenario(data, book)
        check(scenario, data, book)
    if not book.problems:
        return scenario, []
    layout = scan(text)
    faults = [_ours(error_of(one, layout, place)) for one in book.problems]
    return scenario, sorted(faults, key=lambda fault: fault.line)


def _ours(error: PolicyError) -> ScenarioError:
    """Say the same of a scenario."""
    return ScenarioError(
        error.problem, place=error.place, value=error.value, expected=error.expected, example=error.example,
        line=error.line,
    )  # fmt: skip
