"""The desk's browser half without a kernel: what goes on as another conversation is read there and written on here.

Issue: the old part offered a composer and actions, and all of them were refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, open_tab, row, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page

ON = ".dk-band-on"


def go_on(page: Page, old: str, new: str) -> None:
    """Let a conversation that is open in a tab go on as another."""
    on = {"may": [], "on": {"k": new, "text": "10:30 · Assigned · Chen Hao"}}
    kernel(page, "kernel.patch({ pages: value })", {old: on})
    page.locator(ON).wait_for()


def opened(page: Page) -> dict[str, Any]:
    """Open the desk with a tab in front; return its world."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    return made


def test_nothing_is_offered_where_nothing_is_taken(page: Page) -> None:
    """There are no actions and nowhere to write; the line that leads on works by the keyboard and opens the tab."""
    made = opened(page)
    old, new = made["order"][0], made["order"][3]
    pane = page.locator(".dk-pane.dk-focused")
    expect(pane.locator(".dk-hand-row button").first).to_be_visible()  # the control
    expect(draft(page)).to_be_visible()
    go_on(page, old, new)
    expect(pane.locator(".dk-hand-row button")).to_have_count(0)
    expect(pane.locator(".dk-composer")).to_be_hidden()
    expect(page.locator(ON)).to_have_text("Goes on as: 10:30 · Assigned · Chen Hao")
    page.locator(ON).focus()
    page.keyboard.press("Enter")
    expect(draft(page)).to_be_focused()
    assert sent(page, "watch")[-1]["focus"] == new
    assert sent(page, "act") == []


def test_what_was_being_written_goes_along(page: Page) -> None:
    """A text that was begun can still be read, is not sent by a key, and stands in the newer part once that is open."""
    made = opened(page)
    old, new = made["order"][0], made["order"][3]
    draft(page).fill("I have looked into it")
    go_on(page, old, new)
    expect(draft(page)).to_have_value("I have looked into it")
    expect(draft(page)).to_have_attribute("readonly", "")
    draft(page).press("Control+Enter")
    assert sent(page, "act") == []
    page.locator(ON).click()
    expect(draft(page)).to_have_value("I have looked into it")
    expect(draft(page)).not_to_have_attribute("readonly", "")
    row(page, old).click()
    expect(page.locator(".dk-pane.dk-focused .dk-composer")).to_be_hidden()


def test_a_text_in_the_newer_part_is_not_overwritten(page: Page) -> None:
    """Where something is being written there already, each text stays where it is."""
    made = opened(page)
    old, new = made["order"][0], made["order"][3]
    draft(page).fill("the old text")
    open_tab(page, new)
    draft(page).fill("the new text")
    open_tab(page, old)
    go_on(page, old, new)
    page.locator(ON).click()
    expect(draft(page)).to_have_value("the new text")
    row(page, old).click()
    expect(draft(page)).to_have_value("the old text")


def test_from_the_list_nothing_is_chosen_in_vain(page: Page) -> None:
    """A key at an old part says that it goes on, and opens no menu; of a selection of old parts nothing is offered."""
    made = opened(page)
    old, new = made["order"][0], made["order"][3]
    kernel(page, "kernel.patch({ rows: value })", {old: {"on": new}})
    row(page, old).click(modifiers=["Control"])
    expect(page.locator(".dk-bulk")).to_be_visible()
    expect(page.locator('.dk-bulk [data-do="assign"]')).to_be_hidden()
    page.keyboard.press("a")
    expect(page.locator(".dk-over")).to_have_count(0)
    expect(page.locator(".dk-happened")).to_contain_text("goes on as a new conversation")
    row(page, new).click(modifiers=["Control"])
    expect(page.locator('.dk-bulk [data-do="assign"]')).to_be_visible()
    page.locator('.dk-bulk [data-do="handled"]').click()
    assert sent(page, "act")[-1]["deed"]["ids"] == [old, new]
