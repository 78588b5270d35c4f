"""Far more work than time is refused at one bound, whether rates or handling times are the cause; each hint mends."""

from __future__ import annotations

import pytest

from deskkit.sim.scenariofile import problems

HANDLE = 'handle = "20 s lognormal cv 1.2"'
FILE = f"""version = 1
name = "a"
hours = "09:00-18:00"
[[stream]]
name = "calm"
arrivals = {{ per_hour = 1 }}
[[stream]]
name = "busy"
arrivals = {{ per_hour = 20 }}
{HANDLE}
[[agents]]
name = "b"
count = 3
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "hint"),
    [
        (HANDLE, 'handle = "20 h lognormal cv 1.2"', 10, HANDLE),
        (HANDLE, 'handle = "20 h"', 10, 'handle = "20 s"'),
        (HANDLE, 'handle = { law = "gamma", mean = "20 h", cv = 2 }', 10,
         'handle = { law = "gamma", mean = "20 s", cv = 2 }'),
        (HANDLE, 'handle = { law = "empirical", values = ["20 h", "22 h"] }', 10, HANDLE),
        ("per_hour = 20 }", "per_hour = 20000 }", 9, "arrivals = { per_hour = 20000, factor = "),
    ],
)  # fmt: skip
def test_what_takes_hundreds_of_times_the_time_is_refused(old: str, new: str, line: int, hint: str) -> None:
    """The handling time where it is long, else the rate; the sentence names both suspects."""
    text = FILE.replace(old, new)
    (fault,) = problems(text)
    assert "times the time that agents are there" in fault.problem
    assert "per hour" in fault.expected
    assert ("handling time" in fault.expected) == (line == 10)
    assert fault.line == line
    assert fault.example.startswith(hint)
    lines = text.splitlines()
    lines[line - 1] = fault.example
    assert problems("\n".join(lines)) == []


@pytest.mark.parametrize(("minutes", "is_refused"), [(11, False), (12, False), (120, True)])
def test_the_bound_is_a_hundred_times(minutes: int, *, is_refused: bool) -> None:
    """8 turns of 20 conversations an hour for 3 agents: 53 times per hour of handling."""
    assert bool(problems(FILE.replace('"20 s ', f'"{minutes} min '))) == is_refused
