"""Which conversation stands in front, as a person sees it: the one chosen in the list, whatever else is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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


@pytest.mark.parametrize("width", [1400, 900])
def test_what_was_chosen_and_what_can_be_undone_are_in_sight(page: Page, lab: LabServer, width: int) -> None:
    """In a wide and a narrow window a chosen row opens on the same page, with the foot; no tab's title is cut off."""
    desk = open_desk(page, lab, name=f"sight{width}.ipynb")
    page.set_viewport_size({"width": width, "height": 900})
    for n in range(TABS):
        row = rows(desk).nth(n)
        name = listed_name(row)
        row.click()
        wait_for_front(desk, name)
    press(desk, "Archive")
    undo = desk.locator(".dk-foot button")
    undo.filter(has_text="Undo for").wait_for()
    page.evaluate("document.querySelector('.dk-desk').scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(SETTLED_MS)
    for part in (undo, front(desk), rows(desk).first):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 900
    assert cut(desk.locator(".lm-TabBar-tabLabel:visible, .dk-foot button")) == []
    inner = desk.locator(".dk-right")
    inner.evaluate("e => e.scrollTo(0, e.scrollHeight)")
    last = desk.locator(".dk-side:visible").bounding_box()
    frame = inner.bounding_box()
    assert last is not None
    assert frame is not None
    assert last["y"] + last["height"] <= frame["y"] + frame["height"] + 1


def cut(texts: Locator) -> list[str]:
    """Return the texts that do not fit into their boxes."""
    found: list[str] = texts.evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2)"
        ".map(e => e.innerText)"
    )
    return found
