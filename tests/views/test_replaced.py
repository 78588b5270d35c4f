"""A cell that opens a desk, run again and again, keeps one desk in memory: the others are closed once nobody looks."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING, Any

from deskkit.views.desk import replaced
from tests.views.browser import Browser
from tests.views.little import little_log, little_view

if TYPE_CHECKING:
    import pytest

    from deskkit.desk.desk import Desk
    from deskkit.views import DeskView


def opened(monkeypatch: pytest.MonkeyPatch, run: str, *, cell: str = "cell") -> DeskView:
    """Open a desk as a run of a cell does."""
    module: Any = __import__("deskkit.views.desk", fromlist=["running"])
    monkeypatch.setattr(module, "running", lambda: replaced.Run(cell, run))
    return little_view(log=little_log())


async def rested() -> None:
    """Let time pass for the kernel."""
    await asyncio.sleep(0.05)
    gc.collect()


def test_the_desk_of_an_earlier_run_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody shows it any more: it is closed, and its desk is out of memory though the notebook keeps the view."""
    monkeypatch.setattr(replaced, "REST_S", 0.01)

    async def work() -> None:
        first = opened(monkeypatch, "1")
        browser = Browser(first)
        desk: weakref.ref[Desk] = weakref.ref(first.driver.desk)
        second = opened(monkeypatch, "2")
        await rested()
        assert first.widget.comm is not None  # a page shows it still
        assert desk() is not None
        browser.say(type="bye", page="")
        await rested()
        assert first.widget.comm is None
        assert desk() is None
        assert repr(first) == "DeskView(closed)"
        assert second.widget.comm is not None
        gone = weakref.ref(first)
        del first, browser
        await rested()
        assert gone() is None

    asyncio.run(work())


def test_what_another_cell_or_the_same_run_opened_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two desks of one run, and a desk of another cell, are all kept, shown or not."""
    monkeypatch.setattr(replaced, "REST_S", 0.01)

    async def work() -> None:
        views = [opened(monkeypatch, "a"), opened(monkeypatch, "a"), opened(monkeypatch, "b", cell="other")]
        await rested()
        assert [view.widget.comm is not None for view in views] == [True] * 3

    asyncio.run(work())


def test_a_desk_that_was_closed_may_be_asked_again() -> None:
    """It folds its log anew."""
    view = little_view()
    cards = view.open_cards()
    view.close()
    assert len(view.desk.conversations) == 0
    view.driver.wake()
    assert view.open_cards() == cards


def test_outside_of_a_notebook_no_cell_runs() -> None:
    """Then nothing is noted."""
    assert replaced.running() is None
