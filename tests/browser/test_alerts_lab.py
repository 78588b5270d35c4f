"""Alerts in a real JupyterLab, with the driver a view starts: they ring with the desk in front, until looked at."""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from deskkit.clock import SystemClock
from deskkit.desk import events
from deskkit.live.inbox import submit
from deskkit.log import open_log
from tests.browser.labserver import IS_IDLE, open_notebook, run_all
from tests.browser.test_living_desk import CODE, notebook
from tests.live.desks import ROUND_THE_CLOCK, STANDARD, make
from tests.patience import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from deskkit.log import EventLog
    from tests.browser.labserver import LabServer

HEAR = """
globalThis.heard = []; globalThis.notified = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { heard.push(this.frequency.value); start.apply(this, when); };
const Real = Notification;
globalThis.Notification = class extends Real {
  constructor(title, options) { super(title, options); notified.push([title, options.tag]); }
};
"""
OVER_THE_LIST = """() => {
  const [popup, list] = ['.dk-toast', '.dk-list-frame'].map(one => document.querySelector(one).getBoundingClientRect());
  return list.left <= popup.left && popup.right <= list.right && popup.bottom <= list.bottom;
}"""

AWAY = "() => (document.querySelector('.jp-WindowedPanel-outer').scrollTop = 1e6)"
IN_SIGHT = "() => document.querySelector('.dk-list-frame').getBoundingClientRect().top >= 0"
IN_THE_DESK = "() => document.activeElement.closest('.dk-desk') !== null"


def bring(log: EventLog, *facts: events.Fact) -> None:
    """Put facts into the driver's inbox."""
    for fact in facts:
        submit(log, fact, received_at=SystemClock().now())


@contextmanager
def alerting(page: Page, lab: LabServer, folder: Path, *names: str) -> Iterator[EventLog]:
    """Write notebooks that show the desk of a living log to Chen, where notes and notifications are counted."""
    page.context.grant_permissions(["notifications"], origin=lab.url)
    page.add_init_script(HEAR)
    with open_log(f"sqlite:///{folder / 'live.db'}") as log:
        policy = folder / "policy.toml"
        policy.write_text(STANDARD.edit(ROUND_THE_CLOCK).text, encoding="utf-8")
        code = CODE.format(url=log.url, policy=str(policy)).replace('"boss"', '"chen"')
        for name in names:
            (lab.root / name).write_text(json.dumps(notebook(code)), encoding="utf-8")
        try:
            yield log
        finally:
            with suppress(ValueError, ProcessLookupError):
                os.kill(int(log.lease().holder.removeprefix("process ")), signal.SIGTERM)


def begin(page: Page, lab: LabServer, log: EventLog, name: str) -> None:
    """Run a notebook; its log knows an agent who is there, and a customer."""
    open_notebook(page, lab, name=name)
    run_all(page)
    page.locator(".dk-desk").last.wait_for()
    bring(
        log,
        make(events.AgentSet, "a", at=0, agent="chen", groups=("presales",), languages=("zh",)),
        make(events.PresenceSet, "b", at=0, agent="chen", presence="online"),
        make(events.CustomerSet, "c", at=0, customer="u", name="张伟"),
    )


def test_alerts_ring_until_looked_at(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """An urgent message is heard, seen and counted with the desk in front; a click opens it, and nothing more rings."""
    with alerting(page, lab, tmp_path, "alerts.ipynb") as log:
        begin(page, lab, log, "alerts.ipynb")
        bring(
            log,
            make(events.ConversationOpened, "d", at=0, conversation="c1", customer="u", group="presales"),
            make(events.PrioritySet, "e", at=0, conversation="c1", level=3),
            make(events.CustomerWrote, "f", at=0, conversation="c1", message="m", text="快点"),
        )
        popup = page.locator(".dk-toasts-urgent .dk-toast-open")
        expect(popup).to_contain_text("张伟", timeout=60_000)
        page.wait_for_function("heard.length >= 3 && notified.length >= 1 && document.title.startsWith('(1) ')")
        assert page.evaluate("heard.slice(0, 3)") == [1320, 990, 1320]
        assert page.evaluate("notified[0]") == ["◆U 张伟", "deskkit c1"]
        page.wait_for_function(OVER_THE_LIST)  # its foot comes later, and takes of its room
        page.set_viewport_size({"width": 1400, "height": 500})
        page.evaluate(AWAY)
        page.wait_for_function(f"() => !({IN_SIGHT})()")
        popup.click()
        page.wait_for_function(IN_SIGHT)
        page.set_viewport_size({"width": 1400, "height": 900})
        expect(page.locator(".dk-pane-name:visible")).to_have_text("张伟")
        page.wait_for_function(IN_THE_DESK)
        wait_until(lambda: log.count(kinds=[events.Viewed]) > 0)
        page.wait_for_function("!document.title.startsWith('(')")
        expect(popup).to_have_count(0)
        rang = log.count(kinds=[events.Notified])
        page.wait_for_timeout(3_000)
        assert log.count(kinds=[events.Notified]) == rang
        run_all(page)  # the view of the run before is on the page still, and had the voice
        page.locator(".dk-item:visible").wait_for()
        before = page.evaluate("heard.length")
        bring(
            log,
            make(events.ConversationOpened, "g", at=0, conversation="c2", customer="u", group="presales"),
            make(events.PrioritySet, "h", at=0, conversation="c2", level=3),
            make(events.CustomerWrote, "i", at=0, conversation="c2", message="n", text="在吗"),
        )
        page.wait_for_function(f"heard.length >= {before} + 3")


@pytest.mark.parametrize("mode", ["multiple-document", "single-document"])
def test_of_two_notebooks_in_a_page_the_one_that_is_left_rings(
    page: Page, lab: LabServer, tmp_path: Path, mode: str
) -> None:
    """The tab of the one that began last is closed, and its kernel lives on: the other notifies, and opens it."""
    first, second = f"left-{mode}.ipynb", f"closed-{mode}.ipynb"
    with alerting(page, lab, tmp_path, first, second) as log:
        begin(page, lab, log, first)
        page.evaluate("path => jupyterapp.commands.execute('docmanager:open', { path })", second)
        page.wait_for_function(IS_IDLE)
        run_all(page)
        page.locator(".dk-desk:visible").wait_for()
        page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        page.evaluate("jupyterapp.commands.execute('application:close')")
        page.wait_for_function("path => jupyterapp.shell.currentWidget.context.path === path", arg=first)
        bring(
            log,
            make(events.ConversationOpened, "d", at=0, conversation="c1", customer="u", group="presales"),
            make(events.PrioritySet, "e", at=0, conversation="c1", level=3),
            make(events.CustomerWrote, "f", at=0, conversation="c1", message="m", text="快点"),
        )
        page.wait_for_function("heard.length >= 3 && notified.length >= 1")
        page.evaluate("mode => jupyterapp.commands.execute('application:set-mode', { mode })", mode)
        page.evaluate("jupyterapp.commands.execute('launcher:create')")
        page.wait_for_function("jupyterapp.shell.currentWidget.context === undefined")
        page.locator(".dk-toasts-urgent .dk-toast-open").click()  # it opens behind, and that one comes to the front
        page.wait_for_function("path => jupyterapp.shell.currentWidget.context?.path === path", arg=first)
        expect(page.locator(".dk-pane-name:visible")).to_have_text("张伟")
        page.wait_for_function(IN_THE_DESK)  # a letter is no command of JupyterLab's: `x` would cut the desk


BELLS = "() => [...globalThis[Symbol.for('deskkit standing')].values()].flatMap(one => [...one.bells])"
THERE = f"({BELLS})().filter(one => !one.isOver)"


def test_of_a_notebook_opened_and_run_again_only_the_desk_in_sight_rings(
    page: Page, lab: LabServer, tmp_path: Path
) -> None:
    """JupyterLab makes the desk of the run before anew, unseen; it says nothing, in whatever language it was."""
    with alerting(page, lab, tmp_path, "again.ipynb") as log:
        begin(page, lab, log, "again.ipynb")
        page.get_by_role("button", name="中文").click()
        open_notebook(page, lab, name="again.ipynb")  # not saved: nothing of the run before stands there
        page.wait_for_function(f"globalThis[Symbol.for('deskkit standing')] && ({BELLS})().length === 1")
        run_all(page)
        page.locator(".dk-item:visible, .dk-list-box:visible").first.wait_for()
        page.wait_for_function(f"({BELLS})().filter(one => !one.kernel.isClosed).length > 1")  # the other is there
        page.wait_for_function(f"{THERE}.length === 1 && {THERE}[0].isInSight")
