"""A report on a page: no line of a table is wider than the terminal; wide characters take two columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deskkit import cli
from deskkit.desk.policy import Policy
from deskkit.log import open_log
from deskkit.measures import report
from deskkit.measures.crossed import crossed
from deskkit.measures.printing import columns_of, printed, printed_figure, printed_versus, told_targets
from tests.measures.diary import START, Diary, simple

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog

GROUPS = ("售前组", "vip", "国际客户服务组")


def grouped() -> EventLog:
    """Return conversations of three groups, two of them with Chinese names."""
    diary = Diary()
    for n, group in enumerate(GROUPS):
        diary.opened(n, f"会话{n}", group=group).owner(n, f"会话{n}", "陈").asks(n, f"会话{n}").says(
            90, f"会话{n}", "陈"
        )
    return diary.log


@pytest.mark.parametrize("width", [80, 100, 140])
def test_no_line_of_a_table_is_wider_than_the_page(width: int) -> None:
    """With and without keys; and a wider page has more measures side by side."""
    found = report(grouped(), by="group")
    table = crossed(found, width=width).partition("\nNote:")[0].splitlines()
    plain = printed(report(grouped()), width=width).partition("\nNote:")[0].splitlines()
    assert max(map(columns_of, [*table, *plain])) <= width
    assert max(map(columns_of, table)) > width - 20, "and the page is used"
    rows = [line for line in table if line.startswith(GROUPS)]
    assert len({columns_of(line[: line.index("(1)")]) for line in rows[:3]}) == 1
    assert len(rows) > 6, "blocks"


def test_tables_of_wide_names_are_aligned() -> None:
    """What is behind a number, and two periods side by side: each column begins where it does above."""
    log = grouped()
    lines = printed_figure(report(log)["first_response"]).splitlines()
    rows = [line for line in lines if "2026-06-18" in line]
    assert len({columns_of(line[: line.index("2026-06-18")]) for line in rows}) == 1
    found = report(log, by="group", measures=["first_response"])
    sides = printed_versus(found, found).splitlines()
    assert len(sides) == 4
    assert len(set(map(columns_of, sides))) == 1


def test_the_targets_in_force_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The standard ones, or those of a policy by its name, also of groups; in the text and the JSON."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        log.append(simple().events, received_at=START)
    assert cli.main(["report", "--log", url]) == 0
    standard = "urgent 30.0 s, high 1:00, normal 2:00, low 5:00"
    assert f"Targets of replies: {standard} (the standard ones)" in capsys.readouterr().out
    policy = Policy.load("data/policies/standard.toml")
    assert cli.main(["report", "--log", url, "--policy", "data/policies/standard.toml", "--measure", "csat"]) == 0
    assert f"({policy.name})".replace("(", "(of policy ") in capsys.readouterr().out
    assert cli.main(["report", "--log", url, "--policy", "data/policies/standard.toml", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["targets_of"], found["group_targets_ms"]) == (policy.name, {
        name: list(levels) for name, levels in policy.schema.targets.groups.items()
    })  # fmt: skip
    special = report(simple().log, group_targets={"vip": (4_000, 3_000, 2_000, 1_000)}).choices
    assert told_targets(special).endswith(
        "; vip: urgent 1.00 s, high 2.00 s, normal 3.00 s, low 4.00 s (the standard ones)"
    )


def test_the_command_prints_as_wide_as_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The width is the terminal's, here as its environment says."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        log.append([stored.event for stored in grouped().read()], received_at=START)
    widest = []
    for columns in ("80", "140"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", columns)
            assert cli.main(["report", "--log", url, "--by", "group"]) == 0
        widest.append(max(map(columns_of, capsys.readouterr().out.partition("Nothing")[0].splitlines()[3:])))
    assert widest[0] <= 80 < widest[1] <= 140
