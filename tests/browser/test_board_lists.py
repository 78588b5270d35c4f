"""What opens at a board: a key held too long presses once, and a question takes no key that was meant for a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.test_board_page import busy_team, long_queue, show

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ASKED = {"ok": False, "foot": [], "ask": {"text": "More than fits", "confirm": "All the same"}}
TWICE_MS = 600
HEAR = """() => {
  globalThis.deeds = [];
  globalThis.board.act = (deed, hear) => { globalThis.deeds.push(deed); globalThis.hear = hear; };
}"""


@pytest.fixture
def queue(page: Page) -> Page:
    """Give a page of a long queue, which notes what is asked for."""
    show(page, long_queue(), width=1200)
    page.evaluate(HEAR)
    return page


def hold(page: Page, key: str, times: int = 5) -> None:
    """Hold a key so long that it repeats."""
    for _ in range(times):
        page.keyboard.down(key)
    page.keyboard.up(key)


def button(page: Page, row: int, name: str) -> Locator:
    """Return a button of a row."""
    return page.locator(".dk-board-row").nth(row).get_by_role("button", name=name)


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_key_held_too_long_presses_once(queue: Page, key: str) -> None:
    """Where it opens a list it chooses nothing of it, and a button is pressed once, whatever comes meanwhile.

    Issue: the first name of the list was chosen, again and again, and a question answered.
    """
    button(queue, 1, "Assign to").focus()
    hold(queue, key)
    expect(queue.locator(".dk-entry")).to_have_count(40)
    queue.keyboard.press("Enter")  # nothing was typed
    assert queue.evaluate("deeds.length") == 0
    expect(queue.locator(".dk-entry")).to_have_count(40)
    queue.keyboard.press("Shift+Tab")
    expect(queue.locator(".dk-over")).to_have_count(0)
    button(queue, 2, "Take").focus()
    hold(queue, key)
    assert queue.evaluate("deeds.length") == 1


def test_a_key_that_is_still_held_answers_no_question(queue: Page) -> None:
    """The question comes while Enter is down: it repeats, and nothing is meant by it."""
    button(queue, 2, "Take").focus()
    queue.keyboard.down("Enter")
    queue.evaluate("hear", ASKED)
    queue.get_by_role("button", name="All the same").focus()
    hold(queue, "Enter")
    assert queue.evaluate("deeds.length") == 1
    queue.keyboard.press("Enter")
    assert queue.evaluate("deeds.at(-1).sure"), "the control"


def test_a_second_press_closes_what_the_first_opened(queue: Page) -> None:
    """And a third opens it again; so do the keys."""
    pick = button(queue, 1, "Priority")
    over = queue.locator(".dk-over")
    for is_open in (True, False, True, False):
        pick.click()
        expect(over).to_have_count(int(is_open))
        queue.wait_for_timeout(TWICE_MS)  # a press sooner belongs to the one before
    pick.press("Enter")
    expect(over).to_have_count(1)
    queue.keyboard.press("Escape")
    pick.dblclick()
    queue.wait_for_timeout(TWICE_MS)
    expect(over).to_have_count(1)
    pick.click(button="right")
    queue.keyboard.press("Escape")
    queue.wait_for_timeout(TWICE_MS)
    pick.press("Enter")
    expect(over).to_have_count(1)  # a press beside is not waited for any more


def test_of_few_one_may_type_what_is_chosen(queue: Page) -> None:
    """The first of a short list is not chosen by who typed another, nor by who typed what there is not.

    Issue: a list of up to four had no search: "low", Enter made a conversation urgent.
    """
    pick = button(queue, 1, "Priority")
    for text in ("zzq", "low"):
        pick.press("Enter")
        queue.keyboard.type(text)
        queue.keyboard.press("Enter")
        queue.keyboard.press("Escape")
    assert queue.evaluate("deeds.map(one => one.level)") == [0]


def test_a_double_click_presses_nothing_under_a_list(queue: Page) -> None:
    """Its first press chooses and closes the list; the second meets a button of the board, which was not meant."""
    button(queue, 1, "Assign to").click()
    expect(queue.locator(".dk-entry")).to_have_count(40)
    press = "(one, detail) => one.dispatchEvent(new MouseEvent('click', { bubbles: true, detail }))"
    twice = f"take => [[document.querySelectorAll('.dk-entry')[3], 1], [take, 2]].forEach(one => ({press})(...one))"
    take = button(queue, 1, "Take")
    take.evaluate(twice)
    assert queue.evaluate("deeds.length") == 1
    queue.wait_for_timeout(300)
    take.evaluate(press, 5)  # on and on at the same place, and slower
    assert queue.evaluate("deeds.map(one => one.agent)")[1:] == ["a0"], "the control"


def test_a_question_takes_no_letter_from_a_text_elsewhere(queue: Page) -> None:
    """Who writes beside the board, as in a cell, writes on."""
    queue.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'cell' }))")
    button(queue, 1, "Take").click()
    queue.locator("#cell").focus()
    queue.evaluate("hear", ASKED)
    expect(queue.locator(".dk-board-said")).to_contain_text("More than fits")
    expect(queue.locator("#cell")).to_be_focused()


def test_a_question_takes_no_key_that_was_meant_for_a_name(queue: Page) -> None:
    """Whoever looks for a name goes on there; else the question has the focus, and no button of it."""
    button(queue, 1, "Take").click()
    button(queue, 4, "Assign to").click()
    queue.evaluate("hear", ASKED)
    said = queue.locator(".dk-board-said")
    expect(said).to_contain_text("More than fits")
    queue.keyboard.type("客服39")
    queue.keyboard.press("Enter")
    made = queue.evaluate("deeds")
    assert [one.get("sure") for one in made] == [None, None]
    assert made[1]["ids"] != made[0]["ids"]
    button(queue, 1, "Take").click()
    queue.evaluate("hear", ASKED)
    expect(said).to_be_focused()
    queue.keyboard.press("Enter")
    assert queue.evaluate("deeds.length") == 3
    queue.keyboard.press("Tab")
    queue.keyboard.press("Enter")
    assert queue.evaluate("deeds.at(-1).sure"), "the control"


@pytest.mark.parametrize("width", [326, 700, 1200])
def test_a_list_stands_still_and_inside_the_window(page: Page, width: int) -> None:
    """Typed into and cleared, it is where it was, and no part of it is out of sight."""
    faults: list[Any] = []
    page.on("pageerror", lambda fault: faults.append(fault))  # noqa: PLW0108 -- playwright marks what it is given
    show(page, busy_team("en"), width=width)
    pick = page.locator('[data-k="over"] .dk-board-row').last.locator(".dk-board-pick")
    pick.scroll_into_view_if_needed()
    pick.click()
    over = page.locator(".dk-over")
    expect(over).to_be_in_viewport(ratio=1)
    before = over.bounding_box()
    page.keyboard.type("zz")
    expect(page.locator(".dk-menu-none")).to_be_visible()
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(page.locator(".dk-entry").first).to_be_visible()
    for _ in range(5):
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert over.bounding_box() == before
    assert faults == []


def test_the_enter_that_ends_pinyin_chooses_nobody(queue: Page) -> None:
    """What composes signs has the key, as everywhere on the desk; the next Enter chooses."""
    button(queue, 1, "Assign to").click()
    expect(queue.locator(".dk-menu-said")).to_have_text(
        re.compile("^W+…$")
    )  # whose it is, wherever the page was scrolled to
    queue.keyboard.type("客服39")
    box = queue.locator(".dk-over input")
    press = "(one, more) => one.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, ...more }))"
    for more in ({"isComposing": True}, {"keyCode": 229}):
        box.evaluate(press, more)
        assert queue.evaluate("deeds.length") == 0
    box.evaluate(press, {"keyCode": 13})
    assert queue.evaluate("deeds.length") == 1, "the control"


def test_other_rows_that_are_asked_for_come_under_the_hand(queue: Page) -> None:
    """What is drawn later while a hand moves is what changes by itself; turned, the rows are those asked for."""
    queue.evaluate(
        """() => {
          const { board } = globalThis, section = board.board.sections[0];
          section.acts = [{ k: "behind", text: "Later in the queue", turn: 200 }];
          board.kernel.send = (message) => (globalThis.sent = message);
          board.receive({ ...board.board });
        }"""
    )
    later = queue.get_by_role("button", name="Later in the queue")
    later.hover()
    later.click()
    assert queue.evaluate("sent") == {"type": "turn", "n": 200}
    queue.evaluate(
        """() => {
          const { board } = globalThis, [section] = board.board.sections;
          const rows = section.rows.slice(0, 3);
          board.receive({ ...board.board, sections: [{ ...section, begin: 200, acts: [], rows }] });
        }"""
    )
    assert queue.locator(".dk-board-row").count() == 3
