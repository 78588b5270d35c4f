"""Which conversation stands in front, as a person sees it: the one chosen in the list, whatever else is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.test_desk_notebook import front, open_desk, press, rows

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.labserver import LabServer

CHOICES = 22
TABS = 8
SETTLED_MS = 500  # what a browser reports on its own comes well within


def tabs(desk: Locator) -> Locator:
    """Return the tabs in sight."""
    return desk.locator(".dk-right .lm-TabBar-tab:visible")


def listed_name(row: Locator) -> str:
    """Return the beginning of the customer's name in a row of the list."""
    return row.inner_text().split("\u2068")[1].split("\u2069")[0].rstrip("…").replace("\xa0", " ").strip()


def wait_for_front(desk: Locator, name: str) -> None:
    """Wait until the customer of this name stands in front, and see that nobody else comes there by itself."""
    desk.locator(".dk-name:visible", has_text=name).wait_for(timeout=5_000)
    desk.page.wait_for_timeout(SETTLED_MS)
    assert name in front(desk).inner_text()


def test_what_is_chosen_comes_to_the_front(page: Page, lab: LabServer) -> None:
    """Twenty-two choices, most of them of a ninth conversation: each stands in front, and stays, in head and tab."""
    desk = open_desk(page, lab, name="front.ipynb")
    for n in range(CHOICES):
        row = rows(desk).nth(n * 2 % 40)
        name = listed_name(row)
        row.click()
        wait_for_front(desk, name)
        current = desk.locator(".dk-right .lm-TabBar-tab.lm-mod-current").inner_text()
        assert name[:3] in current, (n, name, current)
    assert tabs(desk).count() == TABS


def test_closing_returns_to_the_one_before(page: Page, lab: LabServer) -> None:
    """Closed one after the other, the tabs come to the front in the reverse order of their opening; so do more."""
    desk = open_desk(page, lab, name="closing.ipynb")
    opened: list[str] = []

    def choose(n: int) -> None:
        row = rows(desk).nth(n)
        opened.append(listed_name(row))
        row.click()
        wait_for_front(desk, opened[-1])

    for n in range(0, 20, 2):
        choose(n)
    for left in range(TABS - 1, 1, -1):
        press(desk, "Close tab")
        opened.pop()
        wait_for_front(desk, opened[-1])
        assert tabs(desk).count() == left
    for n in (21, 23, 25):
        choose(n)
    while tabs(desk).count() > 1:
        press(desk, "Close tab")
        opened.pop()
        wait_for_front(desk, opened[-1])
    press(desk, "Close tab")
    desk.locator(".dk-empty").wait_for()
    assert tabs(desk).count() == 0
