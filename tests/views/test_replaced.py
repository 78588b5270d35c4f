"""A cell that opens a desk, run again and again, keeps one desk in memory: the others are closed once nobody looks."""

from __future__ import annotations

import asyncio
import gc
import threading
import types
import weakref
from typing import TYPE_CHECKING, Any

from deskkit.log import open_log
from deskkit.views.desk import replaced
from deskkit.views.desk.rules import Rules
from tests.log.test_rest import open_files
from tests.patience import wait_until
from tests.views.browser import Browser
from tests.views.little import little_log, little_view

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from deskkit.desk.desk import Desk
    from deskkit.log import EventLog
    from deskkit.views import DeskView


def opened(monkeypatch: pytest.MonkeyPatch, run: str, *, cell: str = "cell", log: EventLog | None = None) -> DeskView:
    """Open a desk as a run of a cell does."""
    module: Any = __import__("deskkit.views.desk", fromlist=["running"])
    monkeypatch.setattr(module, "running", lambda: replaced.Run(cell, run))
    return little_view(log=log or little_log())


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


def test_a_desk_that_a_notebook_keeps_holds_no_files_and_no_thread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What cells ended in, a notebook keeps: of a closed desk the log rests, and the workshop's thread ends."""
    monkeypatch.setattr(replaced, "REST_S", 0.01)
    path = tmp_path / "desk.db"

    def threads() -> int:
        return sum(thread.name.startswith("deskkit rules") for thread in threading.enumerate())

    async def work() -> None:
        before, kept = threads(), []
        for run in range(4):
            log = open_log(f"sqlite:///{path}")
            view = opened(monkeypatch, str(run), log=little_log(log=log) if run == 0 else log)
            kept.append(view)
            browser = Browser(view)
            rules = view.sides["rules"]
            assert isinstance(rules, Rules)
            rules.workshop.hear({"type": "hello"})
            assert threads() > before
            rules.workshop.wait()  # what it reads while its log is closed is let go of later
            if run < 3:
                browser.say(type="bye", page="")
            await rested()
        wait_until(lambda: threads() == before + 1)
        held = open_files(path)
        assert held.count("desk.db.lock") == 4
        assert len(held) < 4 + 8
        assert kept[0].open_cards() == []
        kept[0].driver.wake()  # asked again, it reads its log again
        assert len(kept[0].open_cards()) == len(kept[-1].open_cards())
        for view in kept:
            view.close()
            view.driver.log.close()

    asyncio.run(work())
    assert open_files(path) == []


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


def test_what_a_closed_desk_keeps_does_not_grow_with_its_log() -> None:
    """A notebook keeps the view of each run: that of a long log holds no more than that of a short one."""
    assert kept_by_closed(300) - kept_by_closed(10) < 50


def kept_by_closed(more: int) -> int:
    """Return how many objects a desk that was drawn, and closed, refers to, without its log and its page."""
    view = little_view(more, acts=True)
    view.driver.wake()
    browser, log = Browser(view), view.driver.log
    browser.say(type="hello")
    view.close()
    return len(reached(view, {id(browser), id(log), *map(id, vars(log).values())}))


def reached(begin: object, passed: set[int]) -> set[int]:
    """Return the objects, by id, to which one refers, those to be passed over left out; of code what it encloses."""
    found, left = set(passed), [begin]
    while left:
        one = left.pop()
        if id(one) in found or isinstance(one, type | types.ModuleType | types.BuiltinFunctionType):
            continue
        found.add(id(one))
        is_code = isinstance(one, types.FunctionType)
        left += [one.__closure__, one.__defaults__] if is_code else gc.get_referents(one)  # type: ignore[attr-defined]
    return found


def test_outside_of_a_notebook_no_cell_runs() -> None:
    """Then nothing is noted."""
    assert replaced.running() is None
