"""The tests of the channels in the Alerts tab: they do what a notice does, and leave nothing behind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.alert_page.bench import ORIGIN, TITLE, Bench
from tests.views.living import Living

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


@pytest.fixture
def allowed(context: BrowserContext) -> None:
    """Let pages show notifications."""
    context.grant_permissions(["notifications"], origin=ORIGIN)


@pytest.mark.usefixtures("allowed")
def test_each_channel_can_be_tested(page: Page) -> None:
    """The test of a channel does what a notice does there, says what came of it, and is soon over (issue 5)."""
    page.clock.install()
    bench = Bench(Living(), page)
    page.clock.resume()

    def test(name: str) -> str:
        button = page.locator(f'[data-of="test {name}"]')
        button.click()
        said = page.locator(f'[data-said="test {name}"]')
        expect(said).to_have_text(re.compile(": (played|shown)$"))
        expect(said).to_have_attribute("aria-live", "polite")
        beside, pressed = said.bounding_box(), button.bounding_box()
        assert beside is not None
        assert pressed is not None
        assert abs(beside["y"] + beside["height"] / 2 - pressed["y"] - pressed["height"] / 2) < pressed["height"]
        return said.inner_text()

    assert test("sound") == "Sound: played"
    assert bench.get("heard") == [1320, 990, 1320]
    assert test("desktop") == "Desktop notification: shown"
    assert bench.get("notified")[0]["title"].endswith("A test")
    assert test("popup") == "Popup: shown"
    expect(page.locator(".dk-toast")).to_contain_text("A test")
    assert test("badge") == "Badge: shown"
    assert page.title() == f"(1) {TITLE}"
    assert test("flash") == "Flashing: shown"
    expect(page.locator(".dk-alerts-flash")).to_have_count(1)
    page.clock.fast_forward(15_000)
    expect(page.locator(".dk-toast")).to_have_count(0)
    expect(page.locator(".dk-alerts-flash")).to_have_count(0)
    assert page.title() == TITLE
    assert bench.get("notified")[0]["requireInteraction"] is False


def test_no_button_moves_for_what_comes_of_a_test(page: Page) -> None:
    """The place beside each button is kept free: a second press meets the same button."""
    bench = Bench(Living(), page)
    buttons = page.locator('[data-of^="test "]')
    before = [one.bounding_box() for one in buttons.all()]
    for one in buttons.all():
        one.click()
    bench.carry()
    expect(page.locator('[data-said="test flash"]')).to_have_text("Flashing: shown")
    assert [one.bounding_box() for one in buttons.all()] == before
