"""The desk's keys: the help of them opens and closes by them, one archives, one takes back wherever the focus went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, open_tab, row, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOUND = """name => kernel.emit({ type: 'rows', rows: {
  [name]: { n: 'Found', l: 1, s: 'archived', cl: 'Archived 10:56' } } }, { isNow: true })"""

ACTIVE = ".dk-item.dk-active:not([hidden])"


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


def test_after_a_row_left_the_next_one_is_where_one_stands(page: Page) -> None:
    """Three times `y` archives three, each the one that is marked; behind the last row, the one before."""
    made = world()
    open_desk(page, made)
    page.locator(".dk-list-box").focus()
    page.keyboard.press("ArrowDown")
    names = made["order"][1:4]
    for name in names:
        expect(page.locator(".dk-item.dk-active:not([hidden])")).to_have_attribute("data-key", f"r{name}")
        page.keyboard.press("y")
        kernel(page, "kernel.patch({ gone: [value], order: [[1, 1, []]] }, { isNow: true })", name)
    assert [one["deed"]["ids"] for one in sent(page, "act")] == [[name] for name in names]
    expect(page.locator(".dk-item.dk-active:not([hidden])")).to_have_attribute("data-key", f"r{made['order'][4]}")
    page.keyboard.press("End")
    page.keyboard.press("y")
    at = len(made["order"]) - 4
    leave = f"kernel.patch({{ gone: [value], order: [[{at}, 1, []]] }}, {{ isNow: true }})"
    kernel(page, leave, made["order"][-1])
    expect(page.locator(".dk-item.dk-active:not([hidden])")).to_have_attribute("data-key", f"r{made['order'][-2]}")


def test_what_was_put_aside_is_left_to_the_end_of_the_list(page: Page) -> None:
    """Snoozed by oneself it sinks, and the next key is for who came after it; by a colleague, the key is for it."""
    made = world()
    open_desk(page, made)
    page.locator(".dk-list-box").focus()
    page.keyboard.press("ArrowDown")
    first, second, third = made["order"][1:4]
    last = len(made["order"]) - 1
    parts = f"{{ rows: {{ [value]: {{ s: 'snoozed' }} }}, order: [[1, 1, []], [{last}, 0, [value]]] }}"
    sink = f"kernel.patch({parts}, {{ isNow: true }})"
    page.keyboard.press("s")
    expect(page.get_by_placeholder(f"Snooze: {made['rows'][first]['n']}")).to_be_focused()
    page.locator(".dk-over .dk-entry").first.click()
    page.wait_for_function("kernel.sent.some(one => one.type === 'act')")
    kernel(page, sink, first)
    expect(page.locator(ACTIVE)).to_have_attribute("data-key", f"r{second}")
    page.keyboard.press("y")
    assert [one["deed"]["ids"] for one in sent(page, "act")] == [[first], [second]]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    kernel(page, sink, second)
    expect(page.locator(ACTIVE).or_(page.locator(f".dk-item[data-key='r{third}']")).first).to_be_visible()
    page.keyboard.press("y")
    assert [one["deed"]["ids"] for one in sent(page, "act")][2:] == [[second]], "a colleague put it aside: it is meant"


def test_where_a_colleague_took_the_row_a_key_is_for_nobody_else(page: Page) -> None:
    """It was pressed for who was there; the arrow goes on from there, down to the next."""
    made = world()
    open_desk(page, made)
    page.locator(".dk-list-box").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    gone, after = made["order"][2:4]
    kernel(page, "kernel.patch({ gone: [value], order: [[2, 1, []]] }, { isNow: true })", gone)
    expect(page.locator(".dk-item.dk-active:not([hidden])")).to_have_count(0)
    page.keyboard.press("y")
    assert sent(page, "act") == []
    page.keyboard.press("ArrowDown")
    expect(page.locator(".dk-item.dk-active:not([hidden])")).to_have_attribute("data-key", f"r{after}")
    page.keyboard.press("y")
    assert [one["deed"]["ids"] for one in sent(page, "act")] == [[after]]


def test_a_deed_of_before_gives_nobody_the_key(page: Page) -> None:
    """Whoever set a priority there long ago did not take the row away: a colleague who archives it did."""
    made = world()
    open_desk(page, made)
    page.locator(".dk-list-box").focus()
    page.keyboard.press("ArrowDown")
    name = made["order"][1]
    page.keyboard.press("p")
    page.locator(".dk-over .dk-entry").nth(1).click()
    page.wait_for_function("kernel.sent.some(one => one.type === 'act')")
    kernel(page, "setTimeout(() => kernel.patch({ rows: { [value]: { y: 'by hand' } } }), 0)", name)
    page.locator(".dk-list-box").focus()
    expect(page.locator(ACTIVE)).to_have_attribute("data-key", f"r{name}")
    kernel(page, "kernel.patch({ gone: [value], order: [[1, 1, []]] }, { isNow: true })", name)
    expect(page.locator(ACTIVE)).to_have_count(0)
    page.keyboard.press("y")
    assert [one["deed"]["do"] for one in sent(page, "act")] == ["priority"]


def test_where_a_deed_takes_the_row_out_of_a_narrowed_list_the_next_is_marked(page: Page) -> None:
    """Lowered by oneself, it leaves a list of the urgent, and the key is for the next; lowered by a colleague, not."""
    made = world()
    open_desk(page, made)
    urgent = [name for name in made["order"] if made["rows"][name]["l"] == 3]
    page.locator(".dk-find-row .dk-tool").click()
    page.locator(".dk-filter-panel [data-name=level]").select_option("3")
    page.locator(".dk-list-box").focus()
    page.keyboard.press("Home")
    expect(page.locator(ACTIVE)).to_have_attribute("data-key", f"r{urgent[0]}")
    page.keyboard.press("p")
    page.locator(".dk-over .dk-entry").nth(2).click()
    page.wait_for_function("kernel.sent.some(one => one.type === 'act')")
    page.locator(".dk-list-box").focus()
    lower = "setTimeout(() => kernel.patch({ rows: { [value]: { l: 1 } } }), 0)"
    kernel(page, lower, urgent[0])
    expect(page.locator(ACTIVE)).to_have_attribute("data-key", f"r{urgent[1]}")
    kernel(page, lower, urgent[1])
    expect(page.locator(ACTIVE)).to_have_count(0)


def test_in_a_list_that_shows_nobody_a_key_is_for_nobody(page: Page) -> None:
    """A search that finds none leaves a conversation open beside the list, which no key of the list is for."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    page.get_by_role("searchbox").fill("nobody is called so")
    expect(page.locator(".dk-nothing")).to_be_visible()
    page.locator(".dk-list-box").focus()
    for key in ("Control+a", "e", "y"):
        page.keyboard.press(key)
    assert sent(page, "act") == []


def test_a_key_held_down_is_one_deed(page: Page) -> None:
    """Else the key archives one customer after the other."""
    open_desk(page)
    page.locator(".dk-list-box").focus()
    for _ in range(3):
        page.keyboard.down("y")
    page.keyboard.up("y")
    assert len(sent(page, "act")) == 1
    page.keyboard.press("y")
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


def test_no_letter_acts_while_a_question_waits(page: Page) -> None:
    """Who sends soon after the focus changed is asked, and may be writing on: no letter undoes, none opens the help."""
    made = world() | {"undo": [{"undo": "a1", "text": "Archived", "by": "Chen Lu", "at": "10:31", "own": True}]}
    open_desk(page, made)
    open_tab(page, made["order"][0])
    draft(page).fill("您好")
    draft(page).press("Control+Enter")
    expect(page.locator(".dk-question")).to_be_visible()
    assert page.evaluate("document.activeElement.className") == "dk-question"
    page.keyboard.type("zai ma?")
    expect(page.locator(".dk-over")).to_have_count(0)
    assert sent(page, "act") == []
    page.keyboard.press("Escape")  # asked no more, and in the list the letter acts: the control
    expect(draft(page)).to_be_focused()
    page.locator(".dk-list-box").focus()
    page.keyboard.press("z")
    assert [one["deed"]["do"] for one in sent(page, "act")] == ["undo"]


def composed(page: Page, text: str, *keys: str) -> None:
    """Compose signs as an input method does, and press keys meanwhile, which are its own."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    for key in keys:
        page.keyboard.press(key)


def test_keys_of_an_input_method_are_its_own(page: Page) -> None:
    """In the search, in a menu and in the draft, the keys that choose a word choose, clear and leave nothing."""
    made = world()
    open_desk(page, made)
    search = page.get_by_role("searchbox")
    for key in ("ArrowDown", "Enter"):
        search.fill("ab")
        composed(page, "ding", key)
        assert page.evaluate("document.activeElement.type") == "search"
    search.fill("")
    search.press("ArrowDown")  # the control: without a composition it leads to the list
    assert page.evaluate("document.activeElement.className") == "dk-list-box"
    open_tab(page, made["order"][0])
    page.locator(".dk-list-box").focus()
    page.keyboard.press("t")
    menu = page.locator(".dk-over input")
    expect(menu).to_be_focused()
    composed(page, "vip", "Enter")
    expect(menu).to_be_visible()
    assert sent(page, "act") == []
    page.keyboard.press("Escape")
    draft(page).click()
    composed(page, "nihao", "Escape")
    expect(draft(page)).to_be_focused()


def test_nothing_is_sought_before_its_signs_are_chosen(page: Page) -> None:
    """Letters of pinyin are not what somebody looks for."""
    open_desk(page)
    search = page.get_by_role("searchbox")
    search.click()
    composed(page, "dingdan")
    page.wait_for_timeout(400)  # longer than it waits for a further letter
    assert sent(page, "search") == []
    page.context.new_cdp_session(page).send("Input.insertText", {"text": "订单"})
    page.wait_for_function("kernel.sent.some(one => one.type === 'search')")
    assert [one["query"] for one in sent(page, "search")] == ["订单"]
