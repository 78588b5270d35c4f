"""A desk that lives, in a real JupyterLab: it moves by itself, and a customer answers what the supervisor writes."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from deskkit.clock import WallClock
from deskkit.desk import events
from deskkit.live.lease import is_alive
from deskkit.log import open_log
from tests.browser.labserver import open_notebook, run_all
from tests.browser.test_desk_notebook import choose, front, press, says
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from deskkit.log import EventLog
    from tests.browser.labserver import LabServer

POLICY = Path("data/policies/standard.toml").resolve()
SPEED = 60
CODE = """import deskkit as dk
dk.views.desk(dk.open_log({url!r}, create=False), dk.Policy.load({policy!r}), me="boss")"""


@contextmanager
def demo(log: EventLog) -> Iterator[None]:
    """Let a demo live on a log, for some minutes before anybody looks."""
    command = [sys.executable, "-m", "deskkit", "demo", "--log", log.url, "--speed", str(SPEED), "--at", "10:00"]
    process = subprocess.Popen([*command, "--quiet"])
    try:
        wait_until(lambda: is_alive(log.lease(), now=WallClock().now()) and log.count(kinds=[events.AgentWrote]) > 0)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def notebook(code: str) -> dict[str, object]:
    """Return a notebook of one cell."""
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "one",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": code,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def test_a_desk_that_lives(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """The list grows without a hand; a reply typed in the browser reaches its customer, who answers."""
    with open_log(f"sqlite:///{tmp_path / 'demo.db'}") as log, demo(log):
        code = CODE.format(url=log.url, policy=str(POLICY))
        (lab.root / "living.ipynb").write_text(json.dumps(notebook(code)), encoding="utf-8")
        open_notebook(page, lab, name="living.ipynb")
        run_all(page)
        desk = page.locator(".dk-desk").last
        desk.wait_for()
        head = desk.locator(".dk-parts").inner_text()
        page.wait_for_function("head => document.querySelector('.dk-parts').innerText !== head", arg=head)

        choose(desk, 0)
        draft = desk.locator(".dk-draft-text:visible")
        draft.fill("您好，我是主管，马上为您处理")
        page.wait_for_timeout(3_000)  # what comes meanwhile takes no draft away
        assert draft.input_value() == "您好，我是主管，马上为您处理"
        press(desk, f"Send to {front(desk).inner_text()}")
        sure = desk.locator(".dk-question .dk-sure:visible")  # whose it is may have answered meanwhile: one is asked
        expect(sure.or_(desk.locator(".dk-happened-line", has_text="Replied")).first).to_be_visible()
        if sure.count():
            sure.click()
        says(desk, "Replied")
        (sent,) = [row for row in log.read(kinds=[events.AgentWrote]) if row.event.source == "view"]
        assert isinstance(sent.event, events.AgentWrote)
        name = sent.event.conversation
        wait_until(lambda: any(log.read(sent.seq, conversation=name, kinds=[events.CustomerWrote])))
