"""A real Chromium on a real JupyterLab: a server per module, no page error, no outside request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.labserver import lab_server
from tests.patience import PATIENCE_MS
from tests.programs import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page, Request

    from tests.browser.labserver import LabServer

HERE = Path(__file__).parent
GIVEN_UP = "[anywidget] Failed to initialize model."
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",  # containers give the browser's shared memory 64 MB
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every test of this folder into the group `browser`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the system's Chromium, which talks to nobody on its own."""
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Give each page the screen, language and zone of one desk, whatever this machine's are."""
    size = {"width": 1400, "height": 900}
    return {**browser_context_args, "viewport": size, "locale": "en-GB", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(scope="module")
def lab() -> Iterator[LabServer]:
    """Run one JupyterLab for the tests of a module."""
    with lab_server() as server:
        yield server


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """Give the pages of a test time."""
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def page_faults(page: Page) -> list[str]:
    """Collect what must not happen on a page: an error nobody caught, a request that leaves this machine."""
    faults: list[str] = []

    def look_at(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in LOOPBACK:
            faults.append(f"request to {request.url}")

    page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
    page.on("request", look_at)
    return faults


@pytest.fixture(autouse=True)
def no_page_faults(page_faults: list[str]) -> Iterator[None]:
    """Fail a test whose page had a fault; a test that provokes one empties `page_faults` itself.

    What anywidget throws on a page that was busy for two seconds is none: `test_busy_page` proves that views live on.
    """
    yield
    assert [fault for fault in page_faults if GIVEN_UP not in fault] == []
