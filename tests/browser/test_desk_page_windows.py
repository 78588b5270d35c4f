"""Two windows that hold one draft, a page loaded again over a question: nothing typed is lost, nothing sent twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, open_tab, row, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MADE = world()
NAME = MADE["order"][0]
TEXT = "Li Na, your parcel left this morning"
WITHIN_MS = 5_000  # another window's letters are here at once: no patch and no beat of the desk brings them
# A window that was asleep hears nothing of the others; `DEAF` goes with the next reload.
DEAF = "() => addEventListener('storage', event => event.stopImmediatePropagation(), { capture: true })"
ASKS = "key => Object.keys(JSON.parse(sessionStorage.getItem(key)) ?? {})"


def open_at(page: Page, *, is_deaf: bool = False) -> Page:
    """Open the desk in a window, with the conversation, its clock of beats stopped."""
    if is_deaf:
        page.add_init_script(f"({DEAF})()")
    open_desk(page, MADE)
    if page.locator(".dk-pane.dk-focused").count() == 0:
        open_tab(page, NAME)
    draft(page).wait_for()
    page.evaluate("clearInterval(beats); pass(2_050)")
    return page


def apart(page: Page) -> Locator:
    """Return what says that another window has another draft."""
    return page.locator(".dk-pane.dk-focused .dk-apart")


def replies(*pages: Page) -> list[str]:
    """Return what was sent from the windows."""
    return [one["deed"]["text"] for page in pages for one in sent(page, "act")]


def test_what_another_window_writes_is_here_at_once(page: Page) -> None:
    """Letter by letter, either way, with the caret where it was; emptied there it is empty here."""
    other = open_at(page.context.new_page())
    open_at(page)
    draft(page).press_sequentially("Hello")
    expect(draft(other)).to_have_value("Hello", timeout=WITHIN_MS)
    draft(other).press("End")
    draft(other).press_sequentially(" there")
    expect(draft(page)).to_have_value("Hello there", timeout=WITHIN_MS)
    assert draft(page).evaluate("one => one.selectionStart") == len("Hello")
    for one in (page, other):
        expect(apart(one)).to_be_hidden()
    draft(other).fill("")
    expect(draft(page)).to_have_value("", timeout=WITHIN_MS)


def test_what_both_wrote_is_kept_and_said(page: Page) -> None:
    """A window that heard nothing keeps what is typed in it; both say so, go on, and each text is sent once."""
    other = open_at(page.context.new_page(), is_deaf=True)
    open_at(page)
    draft(page).press_sequentially("From the first")
    expect(draft(other)).to_have_value("")  # the control: it heard nothing
    draft(other).press_sequentially("From the other")
    expect(apart(other)).to_contain_text("“From the first”")
    expect(apart(page)).to_contain_text("“From the other”", timeout=WITHIN_MS)
    draft(page).press_sequentially("!")
    assert [draft(one).input_value() for one in (page, other)] == ["From the first!", "From the other"]
    draft(page).press("Control+Enter")
    expect(draft(page)).to_have_value("From the other")  # the one that is left
    draft(other).press_sequentially("?")
    draft(other).press("Control+Enter")
    for one in (page, other):
        expect(draft(one)).to_have_value("")
        expect(apart(one)).to_be_hidden()
    assert replies(page, other) == ["From the first!", "From the other?"]


# What a window does that has seen of the drafts what `seen` holds: the browser tells of it as of any other.
ELSEWHERE = """([seen, text]) => {
  const key = Object.keys(localStorage).find(one => one.endsWith(':drafts'));
  const [id] = Object.keys(JSON.parse(localStorage.getItem(key)));
  const kept = one => JSON.stringify(one ? { [id]: { text: one, way: 'reply' } } : {});
  const [oldValue, newValue] = [seen, text].map(kept);
  localStorage.setItem(key, newValue);
  dispatchEvent(new StorageEvent('storage', { key, oldValue, newValue }));
}"""


def test_what_another_window_had_not_seen_yet_is_not_written_away(page: Page) -> None:
    """The browser brings letters to other windows a moment later; what one of them saw and took away is gone."""
    open_at(page)
    draft(page).press_sequentially("Mine")
    for seen, text in (("", "Their"), ("Their", "Theirs")):  # of the second letter too it was written over unseen
        page.evaluate(ELSEWHERE, [seen, text])
        expect(apart(page)).to_contain_text(f"“{text}”")
        expect(draft(page)).to_have_value("Mine")
    page.evaluate(ELSEWHERE, ["Mine", "Theirs"])  # as when it was sent there: the control
    expect(draft(page)).to_have_value("Theirs")
    page.evaluate(ELSEWHERE, ["", "Other"])
    expect(draft(page)).to_have_value("Other")  # nothing was written here since


def test_one_chooses_between_the_two(page: Page) -> None:
    """A reload keeps both; the other one is taken with a click, and the one that stood here can be discarded."""
    other = open_at(page.context.new_page(), is_deaf=True)
    open_at(page)
    draft(page).press_sequentially("From the first")
    draft(other).press_sequentially("From the other")
    page.reload()
    draft(page).wait_for()
    expect(draft(page)).to_have_value("From the other")
    expect(apart(page)).to_contain_text("“From the first”")
    page.get_by_role("button", name="Use that one").click()
    expect(draft(page)).to_have_value("From the first")
    expect(apart(page)).to_contain_text("“From the other”")
    page.get_by_role("button", name="Discard that one").click()
    expect(apart(page)).to_be_hidden()
    expect(draft(page)).to_be_focused()
    expect(draft(page)).to_have_value("From the first")
    assert replies(page, other) == []


def test_what_is_on_its_way_from_one_window_is_not_sent_from_another(page: Page) -> None:
    """The other one's button waits, its keys send nothing, and sent it is gone from both."""
    other = open_at(page.context.new_page())
    open_at(page)
    kernel(page, "kernel.manner = 'silent'")
    draft(page).press_sequentially(TEXT)
    expect(draft(other)).to_have_value(TEXT, timeout=WITHIN_MS)
    expect(other.locator(".dk-pane .dk-main")).to_be_enabled()  # the control
    draft(page).press("Control+Enter")
    expect(other.locator(".dk-pane .dk-main")).to_be_disabled(timeout=WITHIN_MS)
    draft(other).press("Control+Enter")
    act = sent(page, "act")[-1]["act"]
    kernel(page, "kernel.emit({ type: 'answer', act: value, ok: true, foot: [] })", act)
    expect(draft(other)).to_have_value("", timeout=WITHIN_MS)
    draft(other).press("Control+Enter")
    assert replies(page, other) == [TEXT]


def test_a_window_that_missed_that_it_was_sent_does_not_send_it_again(page: Page) -> None:
    """Nobody has read what stands there then: the keys only show what is."""
    other = open_at(page.context.new_page())
    open_at(page)
    draft(page).press_sequentially(TEXT)
    expect(draft(other)).to_have_value(TEXT, timeout=WITHIN_MS)
    other.evaluate("globalThis.held = requestAnimationFrame; globalThis.requestAnimationFrame = () => 1")
    draft(page).press("Control+Enter")
    expect(draft(page)).to_have_value("")
    assert draft(other).input_value() == TEXT
    draft(other).press("Control+Enter")
    assert replies(page, other) == [TEXT]
    assert draft(other).input_value() == ""


@pytest.mark.parametrize("comes", ["before", "after"])
def test_a_question_about_a_text_is_asked_again(page: Page, comes: str) -> None:
    """Loaded again before the question came, or over it, the page asks it beside the draft, and sends nothing."""
    open_at(page)
    kernel(page, "kernel.manner = value", "silent" if comes == "before" else "ask")
    page.evaluate("sessionStorage.manner = 'ask'")
    draft(page).fill(TEXT)
    page.evaluate("pass(2_050)")
    draft(page).press("Control+Enter")
    question = page.locator(".dk-question")
    if comes == "after":
        expect(question).to_be_visible()
    for _ in range(2):
        page.reload()
        expect(question).to_contain_text("The text names Li Na.")
        expect(draft(page)).to_have_value(TEXT)
        assert [one["deed"].get("sure") for one in sent(page, "act")] in ([], [None])
    question.get_by_role("button", name="Send to").click()
    expect(draft(page)).to_have_value("")
    assert [(one["deed"]["text"], one["deed"]["sure"]) for one in sent(page, "act")] == [(TEXT, True)]
    page.reload()
    draft(page).wait_for()
    expect(question).to_be_hidden()  # answered once


def test_a_question_about_a_draft_that_was_changed_is_not_asked_again(page: Page) -> None:
    """What was asked was about another text."""
    open_at(page)
    kernel(page, "kernel.manner = 'ask'")
    draft(page).fill(TEXT)
    draft(page).press("Control+Enter")
    expect(page.locator(".dk-question")).to_be_visible()
    kept = {NAME: {"text": "Something else", "way": "reply"}}
    page.evaluate(
        "([key, text]) => localStorage.setItem(key, text)", [f"deskkit:{MADE['key']}:drafts", json.dumps(kept)]
    )
    page.reload()
    expect(draft(page)).to_have_value("Something else")
    expect(page.locator(".dk-question")).to_be_hidden()
    assert page.evaluate(ASKS, f"deskkit:{MADE['key']}:asks") == []


def assign(page: Page, name: str) -> None:
    """Give a conversation to the first agent who is offered."""
    row(page, name).click()
    page.locator('.dk-pane.dk-focused [data-do="assign"]').click()
    page.locator(".dk-over .dk-entry").first.click()


def test_questions_about_deeds_are_asked_again_one_by_one(page: Page) -> None:
    """Each says what it is about; confirmed it is done, put away it is not, and neither comes a third time."""
    open_at(page)
    kernel(page, "kernel.manner = 'silent'")
    for name in MADE["order"][:2]:
        assign(page, name)
    page.evaluate("sessionStorage.manner = 'ask'")
    over = page.locator("[role=alertdialog].dk-over")
    for _ in range(2):
        page.reload()
        expect(over).to_have_count(1)
        expect(over).to_contain_text(f"Assign: {MADE['rows'][NAME]['n']}")
    over.locator(".dk-main").click()
    expect(over).to_contain_text(f"Assign: {MADE['rows'][MADE['order'][1]]['n']}")
    page.keyboard.press("Escape")
    expect(over).to_have_count(0)
    deeds: list[dict[str, Any]] = [one["deed"] for one in sent(page, "act")]
    assert [(one["ids"], one.get("sure")) for one in deeds] == [([NAME], True)]
    page.reload()
    page.locator(".dk-item").first.wait_for()
    page.wait_for_timeout(300)
    expect(over).to_have_count(0)


def test_a_question_about_a_text_to_many_is_asked_again(page: Page) -> None:
    """The form is gone with its page; its question comes with the text, for the same conversations."""
    open_at(page)
    kernel(page, "kernel.manner = 'ask'")
    many = MADE["order"][:3]
    for name in many:
        row(page, name).click(modifiers=["Control"])
    page.locator(".dk-bulk [data-do=reply]").click()
    page.locator(".dk-over textarea").fill(TEXT)
    page.locator(".dk-over .dk-main").click()
    expect(page.locator(".dk-over .dk-refused")).to_be_visible()
    page.reload()
    over = page.locator("[role=alertdialog].dk-over")
    expect(over).to_contain_text("Reply: 3 conversations")
    expect(over).to_contain_text(TEXT)
    over.locator(".dk-main").click()
    (deed,) = (one["deed"] for one in sent(page, "act"))
    assert deed == {"do": "reply", "ids": many, "text": TEXT, "sure": True}
