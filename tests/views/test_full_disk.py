"""A disk that is full while a hand acts: the view says so, the deed is kept, and stored once when there is room."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

import deskkit as dk
from deskkit.desk import cards, events
from deskkit.live import writing
from deskkit.live.client import Client
from deskkit.log import open_log, sqlite
from tests.views.browser import Browser
from tests.views.test_live_desk import FIRST, OPENED, POLICY, Gate, until

if TYPE_CHECKING:
    import pytest

    from deskkit.log import EventLog

LONG = "满" * 9_000  # more than the pages that are left
ROOM = "PRAGMA max_page_count = 1000000"


def test_a_deed_that_finds_no_room_is_kept_and_stored_once(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page is left: the view says that it is not stored and why, the browser hears nothing; with room, once."""
    gate = Gate(monkeypatch)
    monkeypatch.setattr(writing, "AGAIN_S", 0.05)
    with open_log(log_url) as log:
        log.append([OPENED], received_at=1)
        store: Any = log._store  # type: ignore[attr-defined] # noqa: SLF001
        (pages,) = store._own().execute("PRAGMA page_count").fetchone()  # noqa: SLF001

    async def work(log: EventLog) -> None:
        view = dk.views.desk(log, POLICY, me="boss", language="zh")
        assert isinstance(view.driver, Client)
        browser = Browser(view)
        assert browser.do("note", "c1", act=FIRST, text=LONG) == {}
        await until(lambda: any("磁盘已满" in line["text"] for line in view.foot))
        assert list(log.inbox()) == []
        assert not browser.answer(FIRST)  # so the browser keeps it, and sends it again after a reload
        assert browser.do("note", "c1", act=FIRST, text=LONG) == {}
        store: Any = log._store  # type: ignore[attr-defined] # noqa: SLF001
        with store._lock:  # noqa: SLF001 - between two tries
            store._own().execute(ROOM)  # noqa: SLF001
        await until(lambda: len(log.inbox()) == 1)
        gate.open()
        await until(lambda: browser.answer(FIRST))
        assert browser.answer(FIRST)["ok"]
        assert not any("磁盘已满" in line["text"] for line in view.foot)
        assert [line.text for line in cards.said(view.desk, "c1")] == [LONG]
        assert len(list(log.read(kinds=[events.NoteWritten]))) == 1
        os.kill(int(log.lease().holder.removeprefix("process ")), signal.SIGKILL)

    monkeypatch.setattr(sqlite, "WRITER", (*sqlite.WRITER, f"PRAGMA max_page_count = {pages + 2}"))
    with open_log(log_url) as log:
        asyncio.run(work(log))
