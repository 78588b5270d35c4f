"""The desk under load: a thousand open conversations, fifty facts a second, in a real JupyterLab and a real Chromium.

Run by `make bench` on Linux, or alone: ``python -m tests.bench.bench_desk_live --minutes 30``. A feed brings facts to
the inbox of a SQLite log, a driver process decides, and a notebook shows the desk with one, four and twelve open tabs
in turn; most of the time is spent on the last. Figures to reach: patch to paint < 50 ms, stored to painted p95 < 400
ms, the kernel below 30 % of a core, traffic that does not depend on the number of tabs, memory that stays flat. Only
what stands in sight is painted, so the instants are those of rows in sight. The load of the machine is printed too.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.sync_api import sync_playwright

from deskkit.clock import WallClock
from deskkit.desk import events
from deskkit.live.child import ensure_driver
from deskkit.log import open_log
from tests.bench.desk_feed import begin
from tests.browser.conftest import FLAGS
from tests.browser.labserver import lab_server, open_notebook, run_all
from tests.programs import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

HERE = Path(__file__).parent
POLICY = HERE.parents[1] / "data" / "policies" / "standard.toml"
CONVERSATIONS = 1_000
PACE = 50.0  # facts a second
TABS = (1, 4, 12)
WARM_S = 5.0
LOOK_S = 10.0
CODE = """import os, pathlib
import deskkit as dk
pathlib.Path({pid!r}).write_text(str(os.getpid()))
dk.views.desk(dk.open_log({url!r}, create=False), dk.Policy.load({policy!r}), me="boss")"""


class Look(NamedTuple):
    """What was seen at an instant: memory in MiB, CPU seconds, and what had come over the wire."""

    at: float
    kernel: float
    page: float
    nodes: int
    cpu_kernel: float
    cpu_driver: float
    cpu_page: float
    came: int
    patches: int


class Watching:
    """A desk that is watched in its page."""

    def __init__(self, page: Page, kernel: int, driver: int) -> None:
        self.page = page
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._kernel, self._driver = kernel, driver
        self.noted: dict[str, Any] = {"came": {}, "painted": [], "patches": []}

    def look(self) -> Look:
        """Look once; the page's rubbish is collected first, so that what is left is held."""
        self.take()
        self._session.send("HeapProfiler.collectGarbage")
        seen = {one["name"]: one["value"] for one in self._session.send("Performance.getMetrics")["metrics"]}
        came, patches = self.page.evaluate("deskProbe.bytes"), len(self.noted["patches"])
        return Look(
            time.monotonic(), _held(self._kernel), seen["JSHeapUsedSize"] / 2**20,
            int(seen["Nodes"]), _spent(self._kernel), _spent(self._driver), seen["TaskDuration"], came, patches,
        )  # fmt: skip

    def take(self) -> None:
        """Take from the page what it noted since the last time, lest its memory grow by it."""
        new = self.page.evaluate("deskProbe.take()")
        self.noted["came"] = new["came"] | self.noted["came"]  # the first time counts
        self.noted["painted"] += new["painted"]
        self.noted["patches"] += new["patches"]

    def spell(self, seconds: float) -> list[Look]:
        """Look again and again for so long."""
        looks, end = [self.look()], time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.page.wait_for_timeout(1000 * min(LOOK_S, left))
            looks.append(self.look())
            sys.stderr.write(f"{looks[-1]}\n")  # a run that is broken off has shown something
        return looks


def _spent(process: int) -> float:
    """Return how many seconds of CPU a process has used, as Linux says."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _held(process: int) -> float:
    """Return how much memory a process holds, MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def fed(url: str) -> Iterator[int]:
    """Let a driver decide for a log and a feed bring facts to it; give the driver's process."""
    lease = ensure_driver(url, POLICY, acts=True, notices=False)
    driver = int(lease.holder.split()[-1])
    command = [sys.executable, "-m", "tests.bench.desk_feed", url, str(CONVERSATIONS), str(PACE)]
    feeding = subprocess.Popen(command, cwd=HERE.parents[1])
    try:
        yield driver
    finally:
        feeding.terminate()
        feeding.wait()
        with suppress(ProcessLookupError):  # it ended by itself
            os.kill(driver, signal.SIGTERM)


def open_tabs(page: Page, number: int) -> None:
    """Open conversations from the top of the list until there are so many tabs."""
    place = 0
    while page.locator(".dk-tab").count() < number:
        box = page.locator(".dk-list-box").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 200, box["y"] + 28 + 56 * place)
        page.wait_for_timeout(400)
        place += 1
    page.mouse.move(2, 2)


def watch(url: str, minutes: float) -> tuple[dict[int, list[Look]], dict[str, Any]]:
    """Show the desk in a browser; return what was seen by the number of tabs, and what the page noted."""
    spells = dict.fromkeys(TABS[:-1], min(60.0, 60 * minutes / len(TABS)))
    spells[TABS[-1]] = 60 * minutes - sum(spells.values())
    with lab_server(at_once=True) as lab, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1600, "height": 1400}).new_page()
        page.add_init_script(path=HERE / "desk_probe.js")
        pid = lab.root / "pid"
        notebook = _notebook(CODE.format(pid=str(pid), url=url, policy=str(POLICY)))
        (lab.root / "desk.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        with fed(url) as driver:
            open_notebook(page, lab, name="desk.ipynb")
            page.evaluate("jupyterapp.shell.collapseLeft()")
            run_all(page)
            page.locator(".dk-item").first.wait_for()
            watching = Watching(page, int(pid.read_text()), driver)
            looks = {}
            for tabs, seconds in spells.items():
                open_tabs(page, tabs)
                page.wait_for_timeout(1000 * WARM_S)
                looks[tabs] = watching.spell(seconds)
            watching.take()
        browser.close()
    return looks, watching.noted


def _notebook(code: str) -> dict[str, object]:
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


def stored_at(url: str) -> dict[str, int]:
    """Return when each marked message was stored, milliseconds of the wall clock."""
    with open_log(url, create=False) as log:
        wrote = log.read(kinds=[events.CustomerWrote, events.AgentWrote])
        return {str(getattr(row.event, "message", "")): row.received_at for row in wrote}


def percentile(values: list[float], share: float) -> float:
    """Return what this share of the values does not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(name: str, values: list[float]) -> None:
    """Print how long something took."""
    if values:
        p50, p95, p99 = (percentile(values, share) for share in (0.5, 0.95, 0.99))
        print(f"{name:24} {len(values):6d} seen  p50 {p50:6.0f} ms  p95 {p95:6.0f} ms  p99 {p99:6.0f} ms")


def report(looks: dict[int, list[Look]], noted: dict[str, Any], stored: dict[str, int]) -> None:
    """Print the figures."""
    instants = [at for mark, at in stored.items() if mark.startswith("zq")]
    pace = 1000 * len(instants) / (max(instants) - min(instants))
    print(f"{pace:.1f} messages a second; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    painted = [(mark, at) for mark, at in noted["painted"] if mark in stored and mark in noted["came"]]
    spread("stored to painted", [at - stored[mark] for mark, at in painted])
    spread("stored to browser", [noted["came"][mark] - stored[mark] for mark, _at in painted])
    spread("patch to paint", [at - noted["came"][mark] for mark, at in painted])
    print(f"size of a patch          p50 {percentile(noted['patches'], 0.5):,.0f} bytes")
    print(
        "tabs  kernel CPU  driver CPU  page CPU (a patch)   KiB/s  patches/s  kernel MiB        page MiB        nodes"
    )
    for tabs, seen in looks.items():
        first, last = seen[0], seen[-1]
        past, patches = last.at - first.at, last.patches - first.patches
        page = last.cpu_page - first.cpu_page
        print(
            f"{tabs:4d} {100 * (last.cpu_kernel - first.cpu_kernel) / past:9.1f} % "
            f"{100 * (last.cpu_driver - first.cpu_driver) / past:9.1f} % {100 * page / past:7.1f} % "
            f"({1000 * page / max(patches, 1):4.1f} ms) {(last.came - first.came) / 1024 / past:8.1f} "
            f"{patches / past:9.1f}  {first.kernel:6.1f} -> {last.kernel:6.1f}  "
            f"{first.page:6.1f} -> {last.page:6.1f}  {first.nodes} -> {last.nodes}"
        )
    longest = looks[TABS[-1]]
    print("minute by minute, kernel MiB: " + " ".join(f"{look.kernel:.1f}" for look in longest[:: int(60 // LOOK_S)]))
    print("minute by minute, page MiB:   " + " ".join(f"{look.page:.1f}" for look in longest[:: int(60 // LOOK_S)]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'desk.db').as_posix()}"
        with open_log(url) as log:
            begin(log, CONVERSATIONS, now=WallClock().now())
        looks, noted = watch(url, minutes)
        report(looks, noted, stored_at(url))


if __name__ == "__main__":
    main()
