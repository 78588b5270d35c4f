"""What every test shares: UTC, the order of groups, an account of those that could not run, some fixtures."""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.programs import PROGRAMS, is_all_required, missing

if TYPE_CHECKING:
    from pathlib import Path

os.environ["TZ"] = "UTC"
if hasattr(time, "tzset"):  # not on Windows
    time.tzset()

for _size in ("COLUMNS", "LINES"):  # of a terminal, which a worker of pytest-xdist is told and a test has none
    os.environ.pop(_size, None)

settings.register_profile("deskkit", deadline=None)  # no test fails on a clock
settings.load_profile("deskkit")

NOT_RUN = "not run"  # a property of the report, which reaches the summary from another process too


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last, after the shuffle: Playwright keeps an event loop running ever after."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose system program is missing; fail it where everything is required."""
    lack = missing({mark.name for mark in item.iter_markers()})
    if lack is None:
        return
    group, program = lack
    if is_all_required():
        pytest.fail(f"{program.name} is missing and DESKKIT_REQUIRE_ALL=1. Hint: {program.hint}.", pytrace=False)
    item.user_properties.append((NOT_RUN, group))
    pytest.skip(f"no {program.name} on this machine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name loudly each group that did not run, and why."""
    properties = [pair for report in terminalreporter.stats.get("skipped", []) for pair in report.user_properties]
    for group, count in Counter(value for name, value in properties if name == NOT_RUN).items():
        program = PROGRAMS[group]
        terminalreporter.section(f"NOT RUN: {group}", sep="!", red=True, bold=True)
        terminalreporter.line(f"{count} tests of group '{group}' did not run: {program.name} is missing.")
        terminalreporter.line(f"Hint: {program.hint}.")


@pytest.fixture
def log_path(tmp_path: Path) -> Path:
    """Return where a test may keep a log: a file that does not exist yet, in a folder of its own."""
    return tmp_path / "desk.db"


@pytest.fixture
def log_url(log_path: Path) -> str:
    """Return `log_path` as `deskkit.open_log` takes it."""
    return f"sqlite:///{log_path.as_posix()}"
