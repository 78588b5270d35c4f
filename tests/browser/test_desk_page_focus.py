"""Where the focus goes back to: what opens over the desk has it for a moment, then the next key works where one was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, open_tab, row, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

ACTIVE = ".dk-item.dk-active:not([hidden])"
BOX = "dk-list-box"
FRAME = "dk-desk"
TWO_UNDO = [{"undo": f"a{n}", "text": "Archived", "by": "Chen Lu", "at": "10:31", "own": True} for n in (1, 2)]
OPENED_BY = {  # what a pointer presses
    "priority": '.dk-pane.dk-focused [data-do="priority"]',
    "tag": '.dk-pane.dk-focused [data-do="tag"]',
    "new chat": ".dk-new",
    "keys": ".dk-bar-end > .dk-icon",
    "undo": ".dk-ending .dk-tool >> nth=-1",
}
CLOSERS: tuple[Callable[[Page], object], ...] = (
    lambda page: page.keyboard.press("Escape"),
    lambda page: page.mouse.click(700, 12),
    lambda page: page.locator(".dk-over .dk-entry").nth(1).click(),
    lambda page: page.locator(".dk-over .dk-entry").nth(1).press("Enter"),
)


def is_at(page: Page, place: str) -> None:
    """Wait until nothing is open over the page, and the focus is where it is said to be."""
    expect(page.locator(".dk-over")).to_have_count(0)
    page.wait_for_function("place => document.activeElement.classList.contains(place)", arg=place)


def menu_of_a_key_opens(page: Page) -> None:
    """See that the next key does something at once."""
    page.keyboard.press("s")
    expect(page.locator(".dk-over .dk-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".dk-over")).to_have_count(0)


def test_what_a_key_opened_gives_the_list_back(page: Page) -> None:
    """Put away by Escape, by a click beside it, or chosen from by key or click: the next key is for the same row."""
    made = world()
    open_desk(page, made)
    row(page, made["order"][3]).click()
    for key in "apts":
        for close in CLOSERS:
            page.keyboard.press(key)
            expect(page.locator(".dk-over")).to_be_visible()
            close(page)
            is_at(page, BOX)
            menu_of_a_key_opens(page)
    assert {name for one in sent(page, "act") for name in one["deed"]["ids"]} == {made["order"][3]}
    assert len(sent(page, "act")) == 8


@pytest.mark.parametrize("opener", OPENED_BY)
def test_what_a_pointer_opened_gives_back_where_one_was(page: Page, opener: str) -> None:
    """At a row the next key acts, in the text one writes on, at the frame an arrow walks; a key leaves its button."""
    open_desk(page, world() | {"undo": TWO_UNDO})
    page.locator(".dk-item").first.click()
    pressed = page.locator(OPENED_BY[opener])

    def put_away() -> None:
        expect(page.locator(".dk-over")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".dk-over")).to_have_count(0)

    pressed.click()
    put_away()
    is_at(page, BOX)
    menu_of_a_key_opens(page)
    draft(page).click()
    pressed.click()
    put_away()
    page.keyboard.type("on")
    expect(draft(page)).to_have_value("on")
    page.locator(".dk-heading-text").click()
    pressed.click()
    put_away()
    is_at(page, FRAME)
    page.keyboard.press("j")
    is_at(page, BOX)
    pressed.press("Enter")
    put_away()
    expect(pressed).to_be_focused()


def test_what_opens_from_elsewhere_gives_the_focus_to_the_desk(page: Page) -> None:
    """Whoever was in the page around it is not sent back there, where a letter is another's command."""
    open_desk(page)
    page.evaluate("document.activeElement.blur()")
    page.locator(".dk-new").click()
    page.keyboard.press("Escape")
    is_at(page, FRAME)
    page.keyboard.press("j")
    is_at(page, BOX)


def test_deeds_on_what_is_selected_give_the_focus_back(page: Page) -> None:
    """Their tools go with the selection; a menu, a form and a deed leave the keyboard at the list."""
    made = world()
    open_desk(page, made)
    for name in made["order"][:2]:
        row(page, name).click(modifiers=["Control"])
    page.locator('.dk-bulk [data-do="priority"]').click()
    page.locator(".dk-over .dk-entry").first.click()
    is_at(page, BOX)
    page.locator('.dk-bulk [data-do="note"]').click()
    page.keyboard.type("seen")
    page.locator(".dk-over .dk-main").click()
    is_at(page, BOX)
    page.locator('.dk-bulk [data-do="archive"]').click()
    expect(page.locator(".dk-bulk")).to_be_hidden()
    kernel(page, "kernel.patch({ gone: value, order: [[0, 2, []]] }, { isNow: true })", made["order"][:2])
    is_at(page, BOX)
    page.keyboard.press("e")
    deeds = [(one["deed"]["do"], one["deed"]["ids"]) for one in sent(page, "act")]
    assert deeds[-2:] == [("archive", made["order"][:2]), ("handled", made["order"][2:3])]


def test_after_a_tool_archived_the_next_key_is_for_the_next(page: Page) -> None:
    """Pressed by pointer, or by key, when the tool goes with its conversation and the focus with the tool."""
    made = world()
    open_desk(page, made)
    first, second, third, fourth = made["order"][2:6]
    leave = """kernel.patch({ gone: [value], order: [[2, 1, []]], pages: { [value]: { may: ['reopen'] } } },
      { isNow: true })"""
    archive = page.locator('.dk-pane.dk-focused [data-do="archive"]')
    row(page, first).click()
    archive.click()
    kernel(page, leave, first)
    is_at(page, BOX)
    expect(page.locator(ACTIVE)).to_have_attribute("data-key", f"r{second}")
    page.keyboard.press("Enter")
    expect(page.locator(".dk-pane.dk-focused .dk-pane-name")).to_have_text(made["rows"][second]["n"])
    expect(draft(page)).to_be_focused()
    archive.press("Enter")
    kernel(page, leave, second)
    is_at(page, FRAME)
    page.keyboard.press("y")  # nobody is marked any more
    page.keyboard.press("Enter")
    page.keyboard.press("j")  # from where it stood, a row down
    expect(page.locator(ACTIVE)).to_have_attribute("data-key", f"r{fourth}")
    page.keyboard.press("k")
    expect(page.locator(ACTIVE)).to_have_attribute("data-key", f"r{third}")
    assert [one["deed"]["ids"] for one in sent(page, "act")] == [[first], [second]]


def test_where_a_button_went_meanwhile_the_keys_of_the_list_work(page: Page) -> None:
    """Its menu is put away, and the focus at the desk's frame: a deed there is for the one that is marked and open."""
    made = world()
    open_desk(page, made)
    first, second = made["order"][:2]
    open_tab(page, second)
    open_tab(page, first)
    page.locator('.dk-pane.dk-focused [data-do="tag"]').press("Enter")
    expect(page.locator(".dk-over")).to_be_visible()
    kernel(page, "kernel.patch({ pages: { [value]: { may: ['reply'] } } })", first)
    expect(page.locator('.dk-pane.dk-focused [data-do="tag"]')).to_have_count(0)
    page.keyboard.press("Escape")
    is_at(page, FRAME)
    for key in "apts":
        page.keyboard.press(key)
        expect(page.locator(".dk-over")).to_be_visible()
        page.keyboard.press("Escape")
        is_at(page, FRAME)
    page.keyboard.press("Alt+1")  # another one is open, and not the one marked
    expect(page.locator(".dk-pane.dk-focused .dk-pane-name")).to_have_text(made["rows"][second]["n"])
    page.locator(".dk-heading-text").click()
    page.keyboard.press("e")
    assert sent(page, "act") == []
    page.keyboard.press("Enter")
    expect(page.locator(".dk-pane.dk-focused .dk-pane-name")).to_have_text(made["rows"][first]["n"])


def test_a_question_over_a_menu_is_put_away_by_escape(page: Page) -> None:
    """It takes the place of the menu, and the focus; put away, it gives back what the menu would have."""
    made = world()
    open_desk(page, made)
    kernel(page, "kernel.manner = 'silent'")
    page.locator(".dk-list-box").focus()
    page.keyboard.press("y")
    (one,) = sent(page, "act")
    page.keyboard.press("t")
    expect(page.locator(".dk-over input")).to_be_focused()
    ask = {"type": "answer", "act": one["act"], "ok": False, "foot": [], "ask": {"text": "Really?", "confirm": None}}
    kernel(page, "kernel.emit(value)", ask)
    expect(page.locator("[role=alertdialog]:visible")).to_be_focused()
    page.keyboard.press("Escape")
    is_at(page, BOX)
    menu_of_a_key_opens(page)
    assert len(sent(page, "act")) == 1
