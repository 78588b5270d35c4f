"""What opens over the desk: a text to many is never lost or sent twice, and no key answers a question by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, open_tab, row, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page

FORM = ".dk-form-over"
TEXT = "A long message to both"


def open_bulk(page: Page, count: int = 2) -> list[str]:
    """Select the first conversations and open the reply to all of them; return which they are."""
    made = world()
    open_desk(page, made)
    names: list[str] = made["order"][:count]
    for name in names:
        row(page, name).click(modifiers=["Control"])
    reopen(page)
    return names


def reopen(page: Page) -> None:
    """Open the reply to all that is selected."""
    page.locator('.dk-bulk [data-do="reply"]').click()


def test_a_refused_text_to_many_stays_where_it_was_written(page: Page) -> None:
    """The reason stands in the form; sent again it goes, and the form is empty the next time."""
    names = open_bulk(page)
    kernel(page, "kernel.manner = 'refuse'")
    page.locator(f"{FORM} textarea").fill(TEXT)
    page.locator(f"{FORM} .dk-main").click()
    expect(page.locator(f"{FORM} .dk-refused")).not_to_be_empty()
    expect(page.locator(f"{FORM} textarea")).to_have_value(TEXT)
    kernel(page, "kernel.manner = 'ok'")
    page.locator(f"{FORM} .dk-main").click()
    expect(page.locator(FORM)).to_have_count(0)
    assert [one["deed"] for one in sent(page, "act")] == [{"do": "reply", "ids": names, "text": TEXT}] * 2
    reopen(page)
    expect(page.locator(f"{FORM} textarea")).to_have_value("")


def test_a_form_put_away_brings_its_text_back(page: Page) -> None:
    """By a click beside it, or by Escape, also after a reload."""
    open_bulk(page)
    page.locator(f"{FORM} textarea").fill("typed half")
    page.mouse.click(900, 400)
    expect(page.locator(FORM)).to_have_count(0)
    reopen(page)
    expect(page.locator(f"{FORM} textarea")).to_have_value("typed half")
    page.locator(f"{FORM} textarea").press("Escape")
    page.get_by_role("button", name="New chat").click()
    page.locator(f"{FORM} input").fill("Li Na")
    page.locator(f"{FORM} textarea").fill("first words")
    page.reload()
    page.locator(".dk-item").first.wait_for()
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(f"{FORM} input")).to_have_value("Li Na")
    expect(page.locator(f"{FORM} textarea")).to_have_value("first words")


def test_a_chat_is_begun_by_the_keyboard_alone(page: Page) -> None:
    """Enter leads from name to text, Ctrl+Enter begins; refused, one is at the name, which the next key replaces."""
    open_desk(page)
    kernel(page, "kernel.manner = 'refuse'")
    page.get_by_role("button", name="New chat").click()
    page.keyboard.type("Li Na")
    page.keyboard.press("Enter")
    assert sent(page, "act") == []
    page.keyboard.type("Hello")
    page.keyboard.press("Control+Enter")
    (one,) = sent(page, "act")
    assert (one["deed"]["customer"], one["deed"]["text"]) == ("Li Na", "Hello")
    expect(page.locator(f"{FORM} .dk-refused")).not_to_be_empty()
    expect(page.locator(f"{FORM} textarea")).to_be_focused()
    kernel(page, "kernel.manner = 'silent'")
    page.locator(f"{FORM} .dk-buttons .dk-main").click()
    page.wait_for_function("document.activeElement === document.body")  # a button that is disabled keeps no focus
    refusal = {
        "type": "answer",
        "act": sent(page, "act")[-1]["act"],
        "ok": False,
        "foot": [{"about": "", "text": "No."}],
    }
    kernel(page, "kernel.emit(value)", refusal)
    expect(page.locator(f"{FORM} input")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New chat").click()
    page.keyboard.type("Zhang")
    expect(page.locator(f"{FORM} input")).to_have_value("Zhang")
    expect(page.locator(f"{FORM} textarea")).to_have_value("Hello")


def test_a_chat_is_begun_once_however_often_one_clicks(page: Page) -> None:
    """The button is busy until the answer is there; then what was begun is open, to be written in."""
    made = world()
    open_desk(page, made)
    kernel(page, "kernel.manner = 'silent'")
    page.get_by_role("button", name="New chat").click()
    page.locator(f"{FORM} input").fill("Li Na")
    page.locator(f"{FORM} textarea").fill("Hello")
    page.locator(f"{FORM} .dk-main").dblclick()
    expect(page.locator(f"{FORM} .dk-main")).to_be_disabled()
    (one,) = sent(page, "act")
    answer = {"type": "answer", "act": one["act"], "ok": True, "foot": [], "opened": made["order"][3]}
    kernel(page, "kernel.emit(value)", answer)
    expect(page.locator(FORM)).to_have_count(0)
    expect(page.locator(".dk-tab").first).to_contain_text(made["rows"][made["order"][3]]["n"])
    expect(page.locator(".dk-pane textarea").first).to_be_focused()


OPEN_ALREADY = "Li Na has an open conversation, with Chen Hao"


def begin_another(page: Page, name: str) -> None:
    """Write a first text to a customer who has an open conversation, by the keyboard, and be asked about it."""
    kernel(page, "kernel.manner = 'silent'")
    fresh = page.get_by_role("button", name="New chat")
    fresh.focus()
    fresh.press("Enter")
    page.locator(f"{FORM} input").fill("Li Na")
    page.locator(f"{FORM} textarea").fill(TEXT)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    ask = {"text": OPEN_ALREADY, "confirm": "Begin another all the same", "open": name, "offer": "Open it"}
    answer = {"type": "answer", "act": sent(page, "act")[-1]["act"], "ok": False, "foot": [], "ask": ask}
    kernel(page, "kernel.emit(value)", answer)
    expect(page.locator(f"{FORM} .dk-refused")).to_have_text(OPEN_ALREADY)


def test_the_open_conversation_is_offered_and_takes_the_text_along(page: Page) -> None:
    """The key that was pressed twice opens it: what was written stands there to be sent, and nothing is begun."""
    made = world()
    open_desk(page, made)
    begin_another(page, made["order"][3])
    expect(page.get_by_role("button", name="Open it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(FORM)).to_have_count(0)
    expect(page.locator(".dk-tab").first).to_contain_text(made["rows"][made["order"][3]]["n"])
    expect(draft(page)).to_have_value(TEXT)
    expect(draft(page)).to_be_focused()
    assert len(sent(page, "act")) == 1
    page.get_by_role("button", name="New chat").click()
    for field in ("input", "textarea"):
        expect(page.locator(f"{FORM} {field}")).to_have_value("")


def test_a_text_is_not_laid_over_another(page: Page) -> None:
    """Where something is being written in the open conversation, the first text stays in its form."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][3])
    draft(page).fill("half an answer")
    begin_another(page, made["order"][3])
    page.get_by_role("button", name="Open it").click()
    expect(draft(page)).to_have_value("half an answer")
    expect(page.locator(".dk-ending")).to_contain_text("your text is kept under New chat")
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(f"{FORM} textarea")).to_have_value(TEXT)


def test_whoever_begins_another_all_the_same_is_asked_once(page: Page) -> None:
    """Sure of it, the deed goes out so; written on, it is another deed, and nothing is offered any more."""
    made = world()
    open_desk(page, made)
    begin_another(page, made["order"][3])
    page.locator(f"{FORM} textarea").press("!")
    expect(page.get_by_role("button", name="Open it")).to_have_count(0)
    expect(page.locator(f"{FORM} .dk-refused")).to_be_hidden()
    page.keyboard.press("Escape")
    begin_another(page, made["order"][3])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    last = sent(page, "act")[-1]
    assert (last["deed"]["sure"], last["deed"]["customer"], last["deed"]["text"]) == (True, "Li Na", TEXT)
    kernel(page, "kernel.emit(value)", {"type": "answer", "act": last["act"], "ok": True, "foot": []})
    expect(page.locator(FORM)).to_have_count(0)
    assert [one["deed"].get("sure", False) for one in sent(page, "act")] == [False, False, True]


def test_what_was_asked_before_a_reload_still_offers_what_is_open(page: Page) -> None:
    """The question stands over the page, with the text and all three answers."""
    made = world()
    open_desk(page, made)
    begin_another(page, made["order"][3])
    page.reload()
    asked = page.locator("[role=alertdialog]:visible")
    expect(asked).to_contain_text(OPEN_ALREADY)
    expect(asked.get_by_role("button")).to_have_text(["Open it", "Begin another all the same", "Cancel"])
    asked.get_by_role("button", name="Open it").press("Enter")
    expect(draft(page)).to_have_value(TEXT)
    assert sent(page, "act") == []


def test_where_no_chat_can_be_begun_the_button_says_why(page: Page) -> None:
    """By its title and to a screen reader; pressed by the keyboard too, it tells why and asks for nothing."""
    open_desk(page)
    why = "No connected chat system lets you begin a chat from here."
    kernel(page, "kernel.patch({ head: { ...kernel.head, unopened: value } })", why)
    fresh = page.get_by_role("button", name="New chat")
    expect(fresh).to_have_attribute("aria-disabled", "true")
    expect(fresh).to_have_attribute("aria-description", why)
    expect(fresh).to_have_attribute("title", why)
    fresh.focus()
    fresh.press("Enter")
    expect(page.locator(f"{FORM}[role=alert]")).to_have_text(why)
    expect(page.locator(f"{FORM} input")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(fresh).to_be_focused()
    kernel(page, "kernel.patch({ head: { ...kernel.head, unopened: '' } })")
    expect(fresh).not_to_have_attribute("aria-disabled", "true")
    fresh.press("Enter")
    expect(page.locator(f"{FORM} input")).to_be_visible()


def test_a_doubt_about_a_text_to_many_is_asked_in_the_form(page: Page) -> None:
    """Written on, it was about another text and is asked anew."""
    open_bulk(page)
    kernel(page, "kernel.manner = 'ask'")
    page.locator(f"{FORM} textarea").fill(TEXT)
    page.locator(f"{FORM} .dk-main").click()
    expect(page.locator(f"{FORM} .dk-refused")).to_be_visible()
    page.locator(f"{FORM} textarea").press("!")
    expect(page.locator(f"{FORM} .dk-refused")).to_be_hidden()
    page.locator(f"{FORM} .dk-main").click()
    expect(page.locator(f"{FORM} .dk-refused")).to_be_visible()
    page.locator(f"{FORM} .dk-main").click()
    assert [one["deed"].get("sure", False) for one in sent(page, "act")] == [False, False, True]


def test_a_question_takes_no_key_that_was_meant_for_a_text(page: Page) -> None:
    """Who writes goes on writing; the question waits for a click."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    kernel(page, "kernel.manner = 'silent'")
    page.locator('.dk-pane.dk-focused [data-do="assign"]').click()
    page.locator(".dk-over .dk-entry").first.click()
    (one,) = sent(page, "act")
    draft(page).click()
    answer = {
        "type": "answer",
        "act": one["act"],
        "ok": False,
        "foot": [],
        "ask": {"text": "Too much?", "confirm": "Yes"},
    }
    draft(page).press_sequentially("one ")
    kernel(page, "kernel.emit(value)", answer)
    page.locator("[role=alertdialog]:visible").wait_for()
    page.keyboard.type("moment please")
    expect(draft(page)).to_have_value("one moment please")
    assert len(sent(page, "act")) == 1
    page.locator("[role=alertdialog]:visible .dk-main").click()
    assert [one["deed"].get("sure", False) for one in sent(page, "act")] == [False, True]


def test_a_second_enter_answers_no_question(page: Page) -> None:
    """It was pressed before anybody could read it; the button is one step of the keyboard away."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    kernel(page, "kernel.manner = 'ask'")
    page.locator('.dk-pane.dk-focused [data-do="assign"]').click()
    page.locator(".dk-over .dk-entry").first.press("Enter")
    page.locator("[role=alertdialog]:visible").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert len(sent(page, "act")) == 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert [one["deed"].get("sure", False) for one in sent(page, "act")] == [False, True]


def test_what_left_the_list_is_selected_no_more(page: Page) -> None:
    """Narrowed to others, or archived by a colleague, nothing is done to it unseen."""
    made = world()
    open_desk(page, made)
    first, second = made["order"][:2]
    for name in (first, second):
        row(page, name).click(modifiers=["Control"])
    expect(page.locator(".dk-bulk b")).to_have_text("2 selected")
    page.mouse.move(1300, 500)
    kernel(page, "kernel.patch({ gone: [value], order: [[0, 1, []]] })", first)
    expect(row(page, first)).to_have_count(0)
    expect(page.locator(".dk-bulk b")).to_have_text("1 selected")
    page.locator('.dk-bulk [data-do="archive"]').click()
    assert [one["deed"]["ids"] for one in sent(page, "act")] == [[second]]


def test_what_was_done_long_ago_is_asked_about_and_not_done_by_itself(page: Page) -> None:
    """A page that is opened days later says so to the desk; what it sent just now it sends again as it was."""
    made = world()
    open_desk(page, made)
    day = 24 * 3_600_000
    kept = {
        "a" * 16: {"do": "reply", "ids": [made["order"][0]], "text": "It is on its way", "ago": 5 * day},
        "b" * 16: {"do": "handled", "ids": [made["order"][1]], "ago": 60_000},
        "c" * 16: {"do": "reply", "ids": made["order"][:2], "text": "To both", "ago": day},
    }
    page.evaluate(
        "([key, acts]) => localStorage.setItem(key, JSON.stringify(Object.fromEntries(Object.entries(acts)"
        ".map(([act, { ago, ...deed }]) => [act, { ...deed, doneAt: Date.now() - ago }]))))",
        [f"deskkit:{made['key']}:acts", kept],
    )
    page.evaluate("sessionStorage.manner = 'refuse'")
    page.reload()
    page.locator(".dk-item").first.wait_for()
    again = {one["act"]: one["deed"] for one in sent(page, "act")}
    assert [again[act].get("old", False) for act in kept] == [True, False, True]
    assert not any("doneAt" in deed for deed in again.values())
    for name in made["order"][:2]:
        row(page, name).click(modifiers=["Control"])
    reopen(page)
    expect(page.locator(f"{FORM} textarea")).to_have_value("To both")
