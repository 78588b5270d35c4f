"""What a deed by key is about: what is selected in sight, else where one stands; and whose deed a key takes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, row, rows, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page


def found(page: Page, made: dict[str, Any], query: str) -> list[str]:
    """Search, select all that was found, and return it."""
    names = [name for name in made["order"] if query in json.dumps(made["rows"][name], ensure_ascii=False)]
    page.get_by_role("searchbox").fill(query)
    expect(page.locator(".dk-caption-line")).to_contain_text(f": {query}")
    page.get_by_role("searchbox").press("Enter")
    page.keyboard.press("Control+a")
    expect(page.locator(".dk-bulk b")).to_have_text(f"{len(names)} selected")
    assert len(names) > 1
    return names


def test_a_selection_made_among_what_was_found_ends_with_the_search(page: Page) -> None:
    """Cleared, changed, or narrowed otherwise: the next key is about the row one stands at, and no other unseen one."""
    made = world()
    open_desk(page, made)
    bulk = page.locator(".dk-bulk")
    search = page.get_by_role("searchbox")
    found(page, made, "refund")
    search.fill("")
    expect(bulk).to_be_hidden()
    found(page, made, "refund")
    search.press("Escape")
    expect(bulk).to_be_hidden()
    names = found(page, made, "refund")
    search.fill("ref")  # which all of them match as well
    expect(bulk).to_be_hidden()
    search.fill("")
    page.locator(".dk-list-box").focus()
    page.keyboard.press("Home")
    page.keyboard.press("e")
    assert [one["deed"] for one in sent(page, "act")] == [{"do": "handled", "ids": [made["order"][0]]}]
    row(page, names[0]).click(modifiers=["Control"])
    expect(bulk.locator("b")).to_have_text("1 selected")
    page.locator(".dk-find .dk-tool").click()
    level = page.locator('.dk-filter-panel [data-name="level"]')
    level.select_option(str(made["rows"][names[0]]["l"]))
    expect(bulk).to_be_hidden()


def test_escape_and_opening_end_a_selection(page: Page) -> None:
    """In the list the first Escape unselects; once one is opened, the next key is about that one."""
    made = world()
    open_desk(page, made)
    first, second, third = made["order"][:3]
    bulk = page.locator(".dk-bulk")
    for name in (first, second):
        row(page, name).click(modifiers=["Control"])
    page.locator(".dk-list-box").press("Escape")
    expect(bulk).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "dk-list-box"
    for name in (first, second):
        row(page, name).click(modifiers=["Control"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(bulk).to_be_hidden()
    expect(draft(page)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    assert [one["deed"] for one in sent(page, "act")] == [{"do": "handled", "ids": [third]}]
    row(page, first).click(modifiers=["Control"])
    expect(bulk).to_be_visible()
    page.locator(".dk-tab").click()
    expect(bulk).to_be_hidden()


def test_a_range_begins_anew_after_escape(page: Page) -> None:
    """Shift and an arrow select from where one stands, not from where an earlier range began."""
    made = world()
    open_desk(page, made)
    row(page, made["order"][0]).click(modifiers=["Control"])
    row(page, made["order"][3]).click(modifiers=["Shift"])
    expect(page.locator(".dk-bulk b")).to_have_text("4 selected")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".dk-bulk b")).to_have_text("2 selected")


def test_what_was_closed_is_selected_no_more_where_it_stays_in_sight(page: Page) -> None:
    """Of what was found, archived rows stay: whose customer writes again is not selected. Assigned, they still are."""
    made = world()
    open_desk(page, made)
    bulk = page.locator(".dk-bulk")
    names = found(page, made, "refund")
    bulk.locator('[data-do="assign"]').click()
    page.locator(".dk-over").get_by_text("Mia Wolf").click()
    expect(bulk.locator("b")).to_have_text(f"{len(names)} selected")
    page.locator(".dk-list-box").focus()
    page.keyboard.press("y")
    assert sorted(sent(page, "act")[-1]["deed"]["ids"]) == sorted(names)
    expect(bulk).to_be_hidden()
    assert set(rows(page)) <= set(names)
    expect(page.locator('.dk-item[aria-selected="true"]:visible')).to_have_count(0)


def test_what_is_refused_stays_selected(page: Page) -> None:
    """So that it can be done again."""
    made = world()
    open_desk(page, made)
    for name in made["order"][:2]:
        row(page, name).click(modifiers=["Control"])
    kernel(page, "kernel.manner = 'refuse'")
    page.keyboard.press("y")
    expect(page.locator(".dk-happened-line").first).to_have_text("This cannot be done now.")
    expect(page.locator(".dk-bulk b")).to_have_text("2 selected")


def test_ending_all_is_asked_about_once_and_keeps_the_selection(page: Page) -> None:
    """Put away, nothing was done and all are still selected; once one is sure the same are ended."""
    made = world()
    open_desk(page, made)
    ask = {"text": "12 of these 85 still wait for an answer", "confirm": "Archive all the same"}
    kernel(page, "kernel.manner = 'silent'")
    page.locator(".dk-list-box").focus()
    page.keyboard.press("Control+a")
    selected = f"{len(made['order'])} selected"
    expect(page.locator(".dk-bulk b")).to_have_text(selected)
    question = page.locator("[role=alertdialog]:visible")
    for is_sure in (False, True):
        page.keyboard.press("y")
        one = sent(page, "act")[-1]
        assert (one["deed"]["do"], sorted(one["deed"]["ids"])) == ("archive", sorted(made["order"]))
        kernel(page, "kernel.emit(value)", {"type": "answer", "act": one["act"], "ok": False, "foot": [], "ask": ask})
        expect(question).to_contain_text(ask["text"])
        if not is_sure:
            page.keyboard.press("Escape")
            expect(question).to_have_count(0)
            expect(page.locator(".dk-bulk b")).to_have_text(selected)
            page.locator(".dk-list-box").focus()
    question.get_by_role("button", name=ask["confirm"]).click()
    assert [one["deed"].get("sure", False) for one in sent(page, "act")] == [False, False, True]
    assert sorted(sent(page, "act")[-1]["deed"]["ids"]) == sorted(made["order"])


def test_a_key_takes_back_what_oneself_did(page: Page) -> None:
    """Not what a colleague did since; and where one did nothing it does nothing and says so."""
    theirs = {"undo": "b1", "text": "Marked handled", "by": "Mia Wolf", "at": "10:32", "own": False}
    own = {"undo": "a1", "text": "Archived", "by": "Chen Lu", "at": "10:31", "own": True}
    open_desk(page, world() | {"undo": [theirs, own]})
    page.locator(".dk-list-box").focus()
    page.keyboard.press("z")
    assert [one["deed"]["undo"] for one in sent(page, "act")] == ["a1"]
    said = page.locator(".dk-happened-line").first
    for undo, text in (([theirs], "You did nothing"), ([], "Nothing was done")):
        kernel(page, "kernel.patch({ undo: value })", undo)
        page.keyboard.press("z")
        expect(said).to_contain_text(text)
    assert len(sent(page, "act")) == 1
    kernel(page, "kernel.patch({ undo: value })", [theirs])
    page.get_by_role("button", name="Undo Mia Wolf's: Marked handled").click()
    assert [one["deed"]["undo"] for one in sent(page, "act")] == ["a1", "b1"]


def test_who_selects_with_shift_is_at_the_list(page: Page) -> None:
    """From the draft on: JupyterLab leaves the focus there, and the next key was written into the customer's reply."""
    made = world()
    open_desk(page, made)
    page.evaluate(
        "() => addEventListener('mousedown', (event) => event.shiftKey && event.preventDefault(), true)"
    )  # so
    names = made["order"]
    row(page, names[0]).click()
    draft(page).fill("稍等")
    draft(page).focus()
    row(page, names[2]).click(modifiers=["Shift"])
    expect(page.locator(".dk-bulk b")).to_have_text("3 selected")
    page.keyboard.press("e")
    assert [one["deed"] for one in sent(page, "act")] == [{"do": "handled", "ids": names[:3]}]
    assert draft(page).input_value() == "稍等"
