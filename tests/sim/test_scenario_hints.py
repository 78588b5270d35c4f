"""A hint cures with what is usual in its place, not with the bound that was broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskkit.sim.scenariofile import problems

BASE = (Path(__file__).parent / "mistakes" / "base.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ('"180 s weibull cv 1.2"', '"0 s"', 'queue = "3 min"'),
        ('"180 s weibull cv 1.2"', '"0 s exponential"', 'queue = "3 min exponential"'),
        ('"180 s weibull cv 1.2"', '{ law = "weibull", mean = "0 s", cv = 1.2 }', 'mean = "3 min"'),
        ('"20 s lognormal cv 1.2"', '"0 s"', 'handle = "20 s"'),
        ('"20 s lognormal cv 1.2"', '"7 days exponential"', 'handle = "20 s exponential"'),
        ('"8 geometric"', '"5000 geometric"', 'turns = "8 geometric"'),
        ('"8 geometric"', "7.6", 'turns = "8"'),
        ('"10:00" = 30', '"10:00" = 5000000', '"10:00" = 60'),
        ('{ counts = { "09:00-10:00" = 40 } }', "{ per_hour = 5000000 }", "per_hour = 60"),
        ("base = 10,", "base = 5000000,", "base = 60"),
        ("returning = 0.1", "returning = 70", "returning = 0.7"),
        ("capacity = 4", "capacity = 0", "capacity = 1"),
        ('"13:00-17:00"', '"13:00-25:00"', "13:00-24:00"),
        ("amplitude = 5,", "amplitude = 5000000,", "amplitude = 10"),
    ],
)
def test_a_hint_is_a_sensible_value(old: str, new: str, hint: str) -> None:
    """And the file is valid with it."""
    assert BASE.count(old) == 1
    text = BASE.replace(old, new)
    fault = problems(text)[0]
    assert hint in fault.example
    lines = text.splitlines()
    lines[fault.line - 1] = fault.example
    assert problems("\n".join(lines)) == []
