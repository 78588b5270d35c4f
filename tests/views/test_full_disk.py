"""A disk that is full while a hand acts: the view says so, the deed is kept, and stored once when there is room."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import signal
import tempfile
from typing import TYPE_CHECKING, Any, cast

import pytest
from IPython.core.interactiveshell import InteractiveShell

import deskkit as dk
from deskkit.clock import ManualClock
from deskkit.desk import cards, events
from deskkit.live import client as clients
from deskkit.live import writing
from deskkit.live.client import Client
from deskkit.live.starting import Starting
from deskkit.log import open_log, sqlite
from tests.views.browser import Browser
from tests.views.test_live_desk import FIRST, OPENED, POLICY, Gate, until

if TYPE_CHECKING:
    from deskkit.log import EventLog

WROTE = events.CustomerWrote(
    at=1, source="feed", source_id="w", conversation="c1", message="m", text="急，我要投诉" * 900
)
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


class AtOnce(Starting):
    """A start whose end is known before anybody looks."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._thread.join()


def no_room(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no file of a log take one page more than it has."""
    with open_log(log_url) as log:
        store: Any = log._store  # type: ignore[attr-defined] # noqa: SLF001
        (pages,) = store._own().execute("PRAGMA page_count").fetchone()  # noqa: SLF001
    monkeypatch.setattr(sqlite, "WRITER", (*sqlite.WRITER, f"PRAGMA max_page_count = {pages}"))


@pytest.mark.parametrize(
    ("language", "foot", "head"),
    [
        ("en", "The disk is full or failing: what you see was stored before", "No driver can be started: the disk is"),
        ("zh", "磁盘已满或有故障：您看到的是此前已保存的内容", "无法启动决策进程：磁盘已满"),
    ],
)
def test_a_desk_opens_on_a_full_disk(
    log_url: str, monkeypatch: pytest.MonkeyPatch, language: str, foot: str, head: str
) -> None:
    """No driver finds room to begin: what is stored is shown, and that nothing new is, until there is room."""
    with open_log(log_url) as log:
        log.append([OPENED], received_at=1)
    monkeypatch.setattr(clients, "Starting", AtOnce)
    monkeypatch.setattr(clients, "AGAIN_S", 0.2)

    async def work(room: pytest.MonkeyPatch) -> None:
        no_room(log_url, room)
        with open_log(log_url) as log:
            view = dk.views.desk(log, POLICY, me="boss", language=language)
            browser = Browser(view)
            assert browser.order == ["c1"]
            for _ in range(20):  # as often as it is tried anew
                assert head in browser.head["warn"]
                await asyncio.sleep(0.05)
            assert foot in browser.said
            assert log_url.rpartition("/")[2] in browser.said  # where to make room
            assert "SQLITE" not in browser.said
            assert view.faults == 1
            room.undo()
            await until(lambda: head not in browser.head["warn"])
            await until(lambda: foot not in browser.said)
            os.kill(int(log.lease().holder.removeprefix("process ")), signal.SIGKILL)
            view.close()

    with monkeypatch.context() as room:
        asyncio.run(work(room))


def test_a_disk_without_room_for_temporary_files_is_said_too(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log has room, but not what a driver needs to begin: where to make room is that other place."""
    with open_log(log_url) as log:
        log.append([OPENED], received_at=1)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(clients, "Starting", AtOnce)
    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)

    async def work() -> None:
        with open_log(log_url) as log:
            browser = Browser(view := dk.views.desk(log, POLICY, me="boss", language="en"))
            await until(lambda: f"Make room on the disk of {tempfile.gettempdir()}" in browser.said)
            assert browser.head["warn"] == "No driver can be started: the disk is full or failing"
            view.close()

    asyncio.run(work())


def test_a_desk_that_decides_by_itself_opens_on_a_full_disk(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On history too: what time has made due finds no room, and what stands there is shown."""
    with open_log(log_url) as log:
        dk.views.desk(log, POLICY, me="boss", clock=ManualClock(1), acts=False).close()
        log.append([OPENED, WROTE], received_at=1)
    no_room(log_url, monkeypatch)
    with open_log(log_url) as log:
        view = dk.views.desk(log, POLICY, me="boss", clock=ManualClock(10**9), acts=False, language="en")
        browser = Browser(view)
        assert browser.order == ["c1"]
        assert "The disk is full or failing: what you see was stored before" in browser.said


def test_a_cell_ends_in_one_clear_error(
    log_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a full disk raises is one line in a notebook: the file, what is wrong, what to do."""
    open_log(log_url).close()
    no_room(log_url, monkeypatch)
    shell: Any = cast("Any", InteractiveShell)()
    with open_log(log_url) as log:
        shell.push({"store": lambda: log.append([OPENED, WROTE], received_at=1)})
        shell.run_cell("store()")
        (line,) = capsys.readouterr().out.strip().splitlines()
        assert re.match(r"FullError: .*\.db: The disk is full or failing \(SQLITE_FULL", line)
        assert "Hint: free some space on the disk of this file" in line
        shell.run_cell("1 / 0")  # the control: a traceback
        assert len(capsys.readouterr().out.strip().splitlines()) > 1
