"""The desk's keys: the help of them opens and closes by them, one archives, one takes back wherever the focus went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.desk_page.opening import kernel, open_desk, open_tab, row, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOUND = """name => kernel.emit({ type: 'rows', rows: {
  [name]: { n: 'Found', l: 1, s: 'archived', cl: 'Archived 10:56' } } }, { isNow: true })"""


def test_the_help_closes_by_the_keys_that_open_and_close(page: Page) -> None:
    """Escape and a second ? close it, and the focus is in the list again, where the next key works."""
    open_desk(page)
    page.locator(".dk-list-box").focus()
    for key in ("Escape", "?"):
        page.keyboard.press("?")
        expect(page.locator(".dk-over .dk-keys")).to_be_visible()
        page.keyboard.press(key)
        expect(page.locator(".dk-over")).to_have_count(0)
        assert page.evaluate("document.activeElement.className") == "dk-list-box"


def test_a_key_archives_and_one_takes_back(page: Page) -> None:
    """`y` archives where one stands, and is in the help; `z` undoes also when the focus is at the desk's frame."""
    made = world() | {"undo": [{"undo": "a1", "text": "Archived", "by": "Chen Lu", "at": "10:31", "own": True}]}
    open_desk(page, made)
    page.locator(".dk-list-box").focus()
    page.keyboard.press("y")
    assert [one["deed"]["do"] for one in sent(page, "act")] == ["archive"]
    page.keyboard.press("?")
    expect(page.locator(".dk-keys tr", has_text="Archive").locator("kbd")).to_have_text("y")
    page.keyboard.press("Escape")
    page.locator(".dk-desk").focus()
    page.keyboard.press("z")
    assert [one["deed"]["do"] for one in sent(page, "act")] == ["archive", "undo"]
    open_tab(page, made["order"][0])
    page.locator(".dk-draft-text:visible").press("z")  # in a text it is a letter
    assert len(sent(page, "act")) == 2


def test_what_was_found_says_what_became_of_it(page: Page) -> None:
    """Of a conversation that left the desk while it stands among what was found, row, tab and head say how and when."""
    made = world()
    name = made["order"][0]
    for shown in (made["rows"][name], made["pages"][name]):
        shown |= {"w": made["at"] - 900_000, "t": 60_000}
    open_desk(page, made)
    open_tab(page, name)
    page.get_by_role("searchbox").fill(made["rows"][name]["n"])
    row(page, name).locator(".dk-item-hit").wait_for()
    kernel(page, "kernel.patch({ gone: [value], order: [[0, 1, []]] }, { isNow: true })", name)
    expect(row(page, name).locator(".dk-rest")).to_contain_text("+14:")
    kernel(page, f"({FOUND})(value)", name)
    expect(row(page, name).locator(".dk-rest")).to_have_text("Archived 10:56")
    expect(row(page, name).locator(".dk-clock")).to_have_text("")
    expect(page.locator(".dk-pane-title .dk-rest")).to_have_text("Archived 10:56")
    expect(page.locator(".dk-pane-title .dk-clock")).to_have_text("")
    expect(page.locator(".dk-tab .dk-clock")).to_have_text("")
