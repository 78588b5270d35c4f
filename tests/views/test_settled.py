"""A full search for rubbish does not halt an open desk; and what is closed does not stay in memory for that."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING

import pytest

from deskkit.views.desk import replaced, settled
from tests.views.browser import Browser
from tests.views.little import little_view
from tests.views.test_replaced import opened

if TYPE_CHECKING:
    from collections.abc import Iterator


class Ring:
    """Rubbish, once nobody else refers to it, that only a search finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a desk settle at once, other tests' desks count for nothing, and nothing stay set aside."""
    monkeypatch.setattr(settled, "_open", weakref.WeakSet())
    monkeypatch.setattr(settled, "SETTLES_S", 0.01)
    monkeypatch.setattr(replaced, "REST_S", 0.01)
    gc.unfreeze()
    gc.collect()
    yield
    gc.unfreeze()


def searched() -> int:
    """Return how many objects a full search looks at."""
    return len(gc.get_objects())


def test_a_full_search_looks_at_what_came_since_a_desk_was_opened() -> None:
    """A tenth of all objects or less; closed, everything is searched again."""

    async def work() -> None:
        before = searched()
        view = little_view(200)
        assert searched() < before / 10, "within the cell already"
        await asyncio.sleep(0.05)
        assert searched() < before / 10
        view.close()
        assert searched() > before
        assert gc.get_freeze_count() == 0

    asyncio.run(work())


def test_what_refers_to_itself_is_freed_when_a_desk_is_closed() -> None:
    """What was rubbish before is not set aside; what becomes rubbish later is found once a desk was closed."""

    async def work() -> None:
        rubbish, later = Ring(), Ring()
        gone, kept = weakref.ref(rubbish), weakref.ref(later)
        del rubbish
        first, second = little_view(), little_view()
        await asyncio.sleep(0.05)
        assert gone() is None
        del later
        gc.collect()
        assert kept() is not None
        first.close()
        await asyncio.sleep(0.05)
        assert kept() is None
        assert gc.get_freeze_count() > 0  # the other one settled anew
        second.close()
        await asyncio.sleep(0.05)
        assert gc.get_freeze_count() == 0

    asyncio.run(work())


def test_the_desk_of_an_earlier_run_does_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell is run again and again: each desk that was set aside is closed, and out of memory with its view."""

    async def work() -> None:
        gone = []
        for run in "12345":
            view = opened(monkeypatch, run)
            browser = Browser(view)
            gone.append(weakref.ref(view))
            await asyncio.sleep(0.05)
            browser.say(type="bye", page="")
            del view, browser
        await asyncio.sleep(0.1)
        assert [ref() is None for ref in gone] == [True] * 4 + [False]
        last = gone[-1]()
        assert last is not None
        last.close()

    asyncio.run(work())


def test_without_a_loop_nothing_is_set_aside() -> None:
    """A script that opens a desk is halted by nothing."""
    little_view().close()
    assert gc.get_freeze_count() == 0
