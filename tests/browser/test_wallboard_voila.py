"""The wallboard as a page without code, in a real Chromium on a real Voila, for people who only look."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from deskkit.log import open_log
from deskkit.measures import report
from deskkit.measures.printing import shown
from tests.browser.labserver import STOPPING_S, environment, free_port
from tests.browser.looks import violations
from tests.browser.wall_page.opening import morning
from tests.patience import PATIENCE_MS, PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\w+")


@contextmanager
def voila(url: str, home: Path) -> Iterator[str]:
    """Run the command on a log; yield the address it prints, and stop it by its process id."""
    command = [sys.executable, "-m", "deskkit", "wallboard", "--log", url, "--port", str(free_port()), "--no-browser"]
    said = home / "voila.log"
    with said.open("wb") as out:
        process = subprocess.Popen(command, env=environment(home), stdout=out, stderr=out, start_new_session=True)
    try:
        end = time.monotonic() + PATIENCE_S
        while not (found := ADDRESS.search(said.read_text(encoding="utf-8"))):
            assert time.monotonic() < end, said.read_text(encoding="utf-8")
            assert process.poll() is None, said.read_text(encoding="utf-8")
            time.sleep(0.1)
        yield found[0]
    finally:
        process.terminate()
        try:
            process.wait(STOPPING_S)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def kernel_of(home: Path) -> int:
    """Return the process of the one kernel that was started with a folder as its home."""
    mark = f"JUPYTER_CONFIG_DIR={home / 'config'}".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # another's, or it has ended
            if mark in (place / "environ").read_bytes() and b"ipykernel" in (place / "cmdline").read_bytes():
                found.append(int(place.name))
    (kernel,) = found
    return kernel


def test_the_page_without_code(page: Page, page_faults: list[str], tmp_path: Path) -> None:
    """It shows the report's numbers, large; asks nobody else for anything; writes nothing; says that it was lost."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        log.append([stored.event for stored in morning()[0].read()], received_at=0)
        before = (log.last_seq(), log.lease())
    home = tmp_path / "home"
    home.mkdir()
    page.set_viewport_size({"width": 1920, "height": 1080})
    with voila(url, home) as address:
        page.goto(address)
        wall = page.locator(".dk-wall-large")
        wall.locator(".dk-tile").first.wait_for(timeout=PATIENCE_MS)
        with open_log(url, create=False, read_only=True) as log:
            overdue = report(log)["overdue"]  # no driver: it stands where the log ends
        label = f"Overdue: {shown(overdue.value, 'count')}"
        assert overdue.value
        expect(wall.locator('[data-k="overdue"] button')).to_have_attribute("aria-label", re.compile(label))
        assert page.locator("pre, .jp-InputArea, .jp-InputArea-editor").count() == 0  # no code
        assert violations(page, ".dk-wall") == []
        wall.locator('[data-k="overdue"]').click()
        expect(wall.locator(".dk-behind li").first).to_be_visible()
        assert wall.locator(".dk-behind li button").count() == 0  # nothing to act with
        assert page_faults == []
        if sys.platform == "linux":
            os.kill(kernel_of(home), signal.SIGKILL)
            expect(wall.locator(".dk-wall-banner")).to_contain_text("Connection lost", timeout=PATIENCE_MS)
        assert page_faults == []
    page.evaluate("() => fetch('http://192.0.2.1/font.css').catch(() => {})")  # the control: it would have been seen
    assert page_faults == ["request to http://192.0.2.1/font.css"]
    page_faults.clear()
    with open_log(url, create=False, read_only=True) as log:
        assert (log.last_seq(), log.lease()) == before
