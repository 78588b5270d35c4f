"""Two pages of one kernel: both hear every answer, and what was asked or refused is said where the deed was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, open_tab, row, rows, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page

ASKED = {"ok": False, "foot": [], "ask": {"text": "Lin would hold 9 of 5.", "confirm": "Assign all the same"}}
REFUSED = {"ok": False, "foot": [{"about": "", "text": "This cannot be done now."}]}
DONE = {"ok": True, "foot": []}


@pytest.fixture
def pages(page: Page) -> tuple[Page, Page]:
    """Two pages that show the same conversation; the first is in front, and its kernel answers only when told to."""
    made = world()
    other = page.context.new_page()
    for one in (other, page):
        open_desk(one, made)
        open_tab(one, made["order"][0])
    page.bring_to_front()
    kernel(page, "kernel.manner = 'silent'")
    return page, other


FOUND = """kernel.emit({ type: 'found', page: 'another', ask: 1, query: 'Li', total: 1, ids: [value], text: '1: Li',
  rows: { [value]: kernel.rows[value] }, hits: {} }, { isNow: true })"""


def answer(pages: tuple[Page, Page], what: dict[str, Any]) -> None:
    """Let both pages hear an answer to what the first sent last, the other one first."""
    act = sent(pages[0], "act")[-1]["act"]
    for one in reversed(pages):
        kernel(one, "kernel.emit(value)", {"type": "answer", "act": act, **what})


def send(page: Page, text: str) -> None:
    """Write a reply, and send it longer after the focus came than is asked about."""
    draft(page).fill(text)
    page.evaluate("pass(2_050)")
    draft(page).press("Control+Enter")


def test_a_question_is_asked_where_the_deed_was_done(pages: tuple[Page, Page]) -> None:
    """The page that assigned asks, though the other heard the answer first; confirmed there, it is sent once more."""
    page, other = pages
    page.locator('.dk-pane.dk-focused [data-do="assign"]').click()
    page.locator(".dk-over .dk-entry").first.click()
    answer(pages, ASKED)
    question = ".dk-over .dk-form-over"
    expect(page.locator(question)).to_contain_text("Lin would hold 9 of 5.")
    expect(other.locator(question)).to_have_count(0)
    page.get_by_role("button", name="Assign all the same").click()
    first, second = (one["deed"] for one in sent(page, "act"))
    assert second == {**first, "sure": True}
    assert sent(other, "act") == []


def test_a_reason_is_said_where_the_text_was_sent(pages: tuple[Page, Page]) -> None:
    """The pane that sent the reply says why it was refused and lets send again; the other's says nothing of it."""
    page, other = pages
    send(page, "Hello")
    expect(page.locator(".dk-pane .dk-main")).to_be_disabled()
    answer(pages, REFUSED)
    expect(page.locator(".dk-composer .dk-refused")).to_have_text("This cannot be done now.")
    expect(page.locator(".dk-pane .dk-main")).to_be_enabled()
    expect(other.locator(".dk-composer .dk-refused")).to_be_hidden()
    expect(draft(page)).to_have_value("Hello")


def test_what_is_done_is_done_in_both(pages: tuple[Page, Page]) -> None:
    """The draft that was sent goes from both pages."""
    page, other = pages
    send(page, "Hello")
    kernel(other, "kernel.patch({ rows: value })", {world()["order"][0]: {"u": 7}})
    expect(draft(other)).to_have_value("Hello")
    answer(pages, DONE)
    for one in pages:
        expect(draft(one)).to_have_value("")


def test_the_answer_to_the_search_of_another_page_is_passed_over(pages: tuple[Page, Page]) -> None:
    """Both count their searches from one: another's rows stood below one's own words, and keys were for them."""
    page, _other = pages
    own, others = rows(page)[3], rows(page)[5]
    page.get_by_role("searchbox").fill(world()["rows"][own]["n"])
    expect(row(page, others)).to_have_count(0)
    expect(row(page, own)).to_be_visible()
    caption = page.locator(".dk-caption-line").inner_text()
    kernel(page, FOUND, others)
    assert own in rows(page)
    assert others not in rows(page)
    assert page.locator(".dk-caption-line").inner_text() == caption


def test_a_page_that_comes_back_asks_its_search_again(pages: tuple[Page, Page]) -> None:
    """The kernel forgets a page that slept; what it found is renewed again, where it stands."""
    page, _other = pages
    page.get_by_role("searchbox").fill("Li")
    expect(page.locator(".dk-caption-line")).to_contain_text(": Li")
    page.evaluate("pass(200_000)")
    kernel(page, "kernel.snapshot()")
    page.wait_for_function("kernel.sent.filter(one => one.type === 'search').length === 2")
    first, second = sent(page, "search")
    assert first == second == {"type": "search", "ask": 1, "query": "Li", "filters": {}}
    expect(page.get_by_role("searchbox")).to_have_value("Li")


def test_a_desk_drawn_twice_says_in_both_what_is_searched(page: Page) -> None:
    """A page has one search, and one list: neither stands below other words."""
    open_desk(page, world())
    kernel(page, "draw()")
    first, second = page.get_by_role("searchbox").all()
    first.fill("Li")
    expect(second).to_have_value("Li")
    second.fill("Zhang")
    expect(first).to_have_value("Zhang")


def test_a_reason_outlasts_a_reload(pages: tuple[Page, Page]) -> None:
    """Loaded again before the answer, the page sends the deed again and says why it was refused."""
    page, other = pages
    send(page, "Hello")
    page.evaluate("sessionStorage.manner = 'silent'")
    page.reload()
    page.locator(".dk-pane .dk-said-text").first.wait_for()
    answer(pages, REFUSED)
    expect(page.locator(".dk-composer .dk-refused")).to_have_text("This cannot be done now.")
    expect(other.locator(".dk-composer .dk-refused")).to_be_hidden()
