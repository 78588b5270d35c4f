"""Hours with customers and without agents; a name the policy does not have, refused with the line of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.cli import main
from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.scenariofile import check_against, load_scenario, parse_scenario

if TYPE_CHECKING:
    from pathlib import Path

STANDARD = "data/policies/standard.toml"
FILE = """version = 1
name = "a"
[[stream]]
name = "s"
group = "presales"
transfer = { vip = 0.1 }
tags = { label = "urgent" }
arrivals = { per_hour = { "09:00" = 30, "13:00" = 0 } }
[[agents]]
name = "b"
groups = ["presales", "aftersales", "vip"]
shifts = ["18:00-23:00"]
[[agents]]
name = "lead"
role = "supervisor"
"""
SHIFTS = 'shifts = ["18:00-23:00"]'


def said(text: str) -> list[str]:
    """Return what is said of the duty."""
    found = check_against(parse_scenario(text), Policy.load(STANDARD))
    return [one for one in found if "on duty" in one]


@pytest.mark.parametrize(
    ("shifts", "arrivals", "hours"),
    [
        ('["18:00-23:00"]', None, ["09:00 to 13:00, when 120"]),
        ('["18:00-23:00"]', '{ counts = { "09:00-13:00" = 120 } }', ["09:00 to 13:00, when 120"]),
        ('["11:00-23:00"]', None, ["09:00 to 11:00, when 60"]),
        ('["09:00-10:00", "11:00-12:00"]', None, ["10:00 to 11:00, when 30", "12:00 to 13:00, when 30"]),
        ('["09:00-13:00"]', None, []),
        ('["00:00-24:00"]', None, []),
    ],
)
def test_hours_in_which_nobody_is_there_are_named(shifts: str, arrivals: str | None, hours: list[str]) -> None:
    """Those in which customers come, and how many; none where somebody is there whenever they come."""
    text = FILE.replace('["18:00-23:00"]', shifts)
    if arrivals:
        text = text.replace('{ per_hour = { "09:00" = 30, "13:00" = 0 } }', arrivals)
    found = said(text)
    assert len(found) == len(hours)
    assert all(one in sentence for one, sentence in zip(hours, found, strict=True))


def test_who_is_there_at_night_is_there_on_the_next_morning() -> None:
    """Of several days a shift past midnight goes on in the next one."""
    text = FILE.replace(SHIFTS, 'shifts = ["18 h - 37 h"]')
    assert said(text)
    assert said("days = 2\n" + text) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "mended"),
    [
        ('group = "presales"', 'group = "presale"', 5, 'group = "presales"'),
        ("{ vip = 0.1 }", "{ vips = 0.1 }", 6, "transfer = { vip = 0.1 }"),
        ('"urgent"', '"urgnt"', 7, 'tags = { label = "urgent" }'),
        ('"urgent"', '["urgnt"]', 7, 'tags = { label = ["urgent"] }'),
        ('"aftersales",', '"after-sales",', 11, 'groups = ["presales", "aftersales", "vip"]'),
    ],
)
def test_a_name_unknown_to_the_policy_has_a_line(
    old: str, new: str, line: int, mended: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file and the line, and the line put right, as of any other fault; on the command line too."""
    path = tmp_path / "mine.toml"
    path.write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        check_against(load_scenario(path), Policy.load(STANDARD), path=path)
    assert caught.value.place.startswith(f"mine.toml, line {line}, ")
    assert (caught.value.line, caught.value.example) == (line, mended)
    assert main(["simulate", str(path), "--policy", STANDARD, "--quiet"]) == 1
    assert f"mine.toml, line {line}, " in capsys.readouterr().err
