"""Every kind of mistake in a scenario file is refused with its line, the value, what was expected, and mended.

`mistakes/base.toml` is valid; `mistakes/mistakes.toml` lists the kinds of mistakes, each one change to it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from deskkit.errors import ScenarioError
from deskkit.sim.scenariofile import parse_scenario, problems

HERE = Path(__file__).parent / "mistakes"
BASE = (HERE / "base.toml").read_text(encoding="utf-8")


class Mistake(NamedTuple):
    """One edit of the base that makes it wrong, and what the error must say."""

    kind: str
    old: str
    new: str
    problem: str
    expected: str
    value: object = None
    mends: bool = True


CASES = [Mistake(**one) for one in tomllib.loads((HERE / "mistakes.toml").read_text(encoding="utf-8"))["mistake"]]
MENDED = [case for case in CASES if case.mends]


def broken(case: Mistake) -> tuple[str, int]:
    """Return the base with the mistake in it, and the line of its mark (0 without one)."""
    assert BASE.count(case.old) >= 1, case.kind
    text = BASE.replace(case.old, case.new, 1)
    return text.replace("▸", ""), text.count("\n", 0, text.find("▸")) + 1 if "▸" in text else 0


def with_example(text: str) -> str:
    """Put the example of the first error in place of its line."""
    error = problems(text)[0]
    lines = text.splitlines()
    lines[error.line - 1] = error.example
    return "\n".join(lines)


def test_the_base_is_valid() -> None:
    """Without a mistake nothing is reported, so each case is refused for its mistake alone."""
    assert problems(BASE) == []


def test_there_are_many_kinds() -> None:
    """Kinds are told apart by name, and there are far more than thirty."""
    assert len({case.kind for case in CASES}) == len(CASES) >= 90
    assert len(MENDED) >= 75


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_mistake_is_explained(case: Mistake) -> None:
    """The error names line, value, expectation and an example, and its message holds all of them."""
    text, line = broken(case)
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, path="base.toml")
    error = caught.value
    assert case.problem in error.problem
    assert error.value == case.value or case.value is None
    assert case.expected in error.expected
    assert error.example
    assert error.line == line or (not line and error.line > 0)
    message = str(error)
    assert f"base.toml, line {error.line}" in message
    assert f"Expected {error.expected}" in message
    assert f"Hint: {error.example}" in message


@pytest.mark.parametrize("case", MENDED, ids=lambda case: case.kind)
def test_the_example_mends_the_file(case: Mistake) -> None:
    """Put in place of the line, the example makes the file valid."""
    text, _ = broken(case)
    assert [str(one) for one in problems(with_example(text))] == []


MISSING = {
    "version = 1\n": "version",
    'name = "base"\n': "name",
    'name = "calls"\n': "name",
    'arrivals = { counts = { "09:00-10:00" = 40 } }\n': "arrivals",
    'name = "late"\n': "name",
}


@pytest.mark.parametrize("line", MISSING)
def test_the_example_adds_what_is_missing(line: str) -> None:
    """Put below the header that the error names, the example of a missing key makes the file valid."""
    text = BASE.replace(line, "", 1)
    error = problems(text)[0]
    assert f'"{MISSING[line]}" is missing' in error.problem
    lines = text.splitlines()
    lines.insert(error.line, error.example)
    assert [str(one) for one in problems("\n".join(lines))] == []


SMALL = 'version = 1\nname = "a"\n'
STREAM = '[[stream]]\nname = "a"\narrivals = { per_hour = 12 }\n'
AGENTS = '[[agents]]\nname = "b"\n'
MANY = '[[agents]]\nname = "c?"\ncount = 2000\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (SMALL + STREAM, '"agents" is missing'),
        (SMALL + AGENTS, '"stream" is missing'),
        (SMALL + "agents = []\n" + STREAM, "no agents"),
        (SMALL + "stream = []\n" + AGENTS, "no stream"),
        (SMALL + STREAM + AGENTS + 'shifts = ["02:00-03:00"]\n', None),
        (SMALL + 'hours = "08:00-10:00"\n' + STREAM + AGENTS + 'shifts = ["02:00-03:00"]\n', "No agent is there"),
        (SMALL + STREAM + AGENTS + f"count = 2000\n{MANY.replace('?', 'x')}{MANY.replace('?', 'y')}", "6,000 agents"),
        (SMALL + 'length = "1 h"\nhours = "08:00-10:00"\n' + STREAM + AGENTS, "a length or days"),
        (SMALL + 'factors = { "2026-11-11" = 2 }\n' + STREAM + AGENTS, "needs days"),
        (SMALL + STREAM + 'turns = "endless"\n' + AGENTS, "never served to their end"),
        (SMALL + "drain = false\n" + STREAM + 'turns = "endless"\n' + AGENTS, None),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_whole(text: str, problem: str | None) -> None:
    """A desk needs customers and somebody who answers; a run ends."""
    found = problems(text)
    assert problem is None or problem in found[0].problem
    assert bool(found) == bool(problem)
    assert all(one.line and one.example and one.expected for one in found)


def test_all_mistakes_are_reported_at_once() -> None:
    """Every fault is listed in the order of the lines; the first is raised and tells of the others."""
    text = BASE
    for old, new in (("version = 1", "version = 2"), ("silent = 0.7", "silent = 7"), ("count = 3", "count = -3")):
        text = text.replace(old, new, 1)
    found = problems(text, path="base.toml")
    assert [error.value for error in found] == [2, 7, -3]
    with pytest.raises(ScenarioError, match="And 2 more faults"):
        parse_scenario(text)
