"""A log of one's own, imported without a roster: every cell of the first notebook works on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import deskkit as dk
from deskkit.clock import SystemClock
from deskkit.sample import sample_policy
from tests.feeds.meiqia_pages import NEW, ZONE, imported
from tests.project.files import ROOT, code_cells

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog

FIRST = ROOT / "notebooks" / "01_desk.ipynb"
NOON = dk.instant("2026-06-18T12:00", zone=ZONE)


def own_log(folder: Path) -> EventLog:
    """Return a log with one open conversation that has an owner, and nobody online."""
    return imported(folder, NEW | {"conv_end_tm": None, "conv_content": NEW["conv_content"][:5]})[0]


def test_every_cell_runs_on_an_imported_log(tmp_path: Path) -> None:
    """With nothing changed but the log, no cell raises, and the load says that nobody is online."""
    names: dict[str, object] = {"own": own_log(tmp_path)}
    notebook = json.loads(FIRST.read_text(encoding="utf-8"))
    cells = [source for _number, _cell, source in code_cells(notebook)]
    assert sum("dk.sample_log()" in source for source in cells) == 1
    for source in cells:
        exec(source.replace("dk.sample_log()", "own"), names)  # noqa: S102 - what the notebook holds
    view = names["view"]
    assert isinstance(view, dk.views.DeskView)
    assert dk.views.loads(view.desk) == "no agent is online"


@pytest.mark.parametrize(("acts", "stage"), [(False, "assigned"), (True, "waiting")])
def test_who_only_watches_leaves_owners_theirs(tmp_path: Path, *, acts: bool, stage: str) -> None:
    """Without a word of who is online a desk that acts takes the conversation; one that watches does not."""
    view = dk.views.desk(
        own_log(tmp_path), sample_policy(), me="boss", acts=acts, clock=dk.ManualClock(NOON)
    )  # fmt: skip
    assert [card.stage for card in view.open_cards()] == [stage]


def test_without_a_clock_it_is_now(tmp_path: Path) -> None:
    """A desk opened without a clock stands at the present instant."""
    before = SystemClock().now()
    view = dk.views.desk(own_log(tmp_path), sample_policy(), me="boss", acts=False)
    assert before <= view.now <= SystemClock().now() + 1
