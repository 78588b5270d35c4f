"""Whom a new chat is for: known customers below the field, chosen by keys or mouse, never by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page.opening import kernel, open_desk, sent

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

OPTION = '.dk-whom [role="option"]:visible'
CHOSEN = ".dk-whom-chosen:visible"
SURE = "Begin another all the same"
HOSTILE = "<img src=x onerror=alert(1)>"
KNOWN = [
    {"n": 7, "text": "李娜", "hint": "2125775 · open conversation"},
    {"n": 3, "text": "李娜", "hint": "2125776 · last contact 10:20"},
    {"n": 9, "text": HOSTILE, "hint": "p9 · no conversation yet"},
]


def new_chat(page: Page) -> Locator:
    """Open the form; return the field of the customer."""
    open_desk(page)
    page.get_by_role("button", name="New chat").click()
    return page.get_by_role("combobox", name="Customer", exact=True)


def offer(page: Page, query: str, known: list[dict[str, Any]] | None = None) -> None:
    """Wait until this text was asked for, and answer it."""
    page.wait_for_function("query => kernel.sent.some(one => one.type === 'whom' && one.query === query)", arg=query)
    answer(page, sent(page, "whom")[-1], known)


def choose_second(page: Page) -> None:
    """Open the form, and choose the second of those who are called so."""
    new_chat(page)
    page.keyboard.type("李娜")
    offer(page, "李娜")
    page.locator(OPTION).nth(1).click()


def answer(page: Page, asked: dict[str, Any], known: list[dict[str, Any]] | None = None, *, more: str = "") -> None:
    """Answer what was asked for."""
    value = {"type": "whom", "ask": asked["ask"], "query": asked["query"], "known": KNOWN if known is None else known,
             "more": more}  # fmt: skip
    kernel(page, "kernel.emit({ ...value, page: deskkitPage })", value)


def test_one_is_chosen_by_the_keyboard_alone(page: Page) -> None:
    """Arrows lead around, Enter chooses, the deed is for exactly that one, and the next Enter leads on to the text."""
    field, options = new_chat(page), page.locator(OPTION)
    page.keyboard.type("李娜")
    offer(page, "李娜")
    expect(options).to_have_count(3)
    expect(field).to_have_attribute("aria-expanded", "true")
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
    assert page.locator(f"#{field.get_attribute('aria-controls')}[role=listbox]").count() == 1
    expect(field).to_be_focused()
    page.keyboard.press("Enter")
    expect(options).to_have_count(0)
    expect(page.locator(CHOSEN)).to_have_text("2125776 · last contact 10:20")
    page.keyboard.press("Enter")
    page.keyboard.type("Hello")
    page.keyboard.press("Control+Enter")
    (one,) = sent(page, "act")
    assert one["deed"] == {"do": "new", "ids": [], "customer": "李娜", "text": "Hello", "number": 3}


def test_the_mouse_chooses_and_the_field_keeps_the_focus(page: Page) -> None:
    """A hostile name is text; what is written on is for whoever is called so, and no longer for the one chosen."""
    field = new_chat(page)
    page.keyboard.type("im")
    offer(page, "im")
    page.locator(OPTION).nth(2).click()
    expect(field).to_have_value(HOSTILE)
    expect(field).to_be_focused()
    assert page.locator(".dk-form-over img").count() == 0
    page.keyboard.press("End")
    page.keyboard.type("!")
    expect(page.locator(CHOSEN)).to_have_count(0)
    page.keyboard.press("Control+Enter")
    assert "number" not in sent(page, "act")[-1]["deed"]


def test_escape_closes_the_list_and_then_the_form(page: Page) -> None:
    """What was typed stands there; an arrow opens the list again."""
    field, options = new_chat(page), page.locator(OPTION)
    page.keyboard.type("李娜")
    offer(page, "李娜")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("李娜")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".dk-form-over")).to_have_count(0)


def test_a_late_answer_opens_nothing_and_takes_no_focus(page: Page) -> None:
    """Neither to an older text, nor to whoever is at the first message by now; too little is not asked for."""
    field, options = new_chat(page), page.locator(OPTION)
    page.keyboard.type("L")
    page.wait_for_timeout(400)
    assert sent(page, "whom") == []
    page.keyboard.type("i")
    page.wait_for_function("kernel.sent.some(one => one.type === 'whom')")
    (old,) = sent(page, "whom")
    page.keyboard.type("n")
    answer(page, old)
    expect(options).to_have_count(0)
    page.wait_for_function("kernel.sent.filter(one => one.type === 'whom').length === 2")
    page.keyboard.press("Enter")
    offer(page, "Lin")
    expect(options).to_have_count(0)
    expect(page.locator(".dk-form-over textarea")).to_be_focused()
    field.focus()
    page.keyboard.press("ArrowDown")
    expect(options).to_have_count(3)


def test_keys_of_an_input_method_choose_nobody(page: Page) -> None:
    """Enter and arrows while signs are composed are the input method's, with the list open below."""
    field = new_chat(page)
    page.keyboard.type("李娜")
    offer(page, "李娜")
    for key in ("ArrowDown", "Enter", "Escape"):
        field.evaluate(
            "(one, key) => one.dispatchEvent(new KeyboardEvent('keydown',"
            " { key, isComposing: true, bubbles: true, composed: true, cancelable: true }))", key,
        )  # fmt: skip
    expect(page.locator(OPTION)).to_have_count(3)
    assert field.get_attribute("aria-activedescendant") is None
    expect(field).to_have_value("李娜")


def test_where_several_are_called_so_they_are_offered(page: Page) -> None:
    """The refusal is no dead end: the list opens with it, from the text too, and one of them is begun with."""
    field = new_chat(page)
    kernel(page, "kernel.manner = 'refuse'")
    page.keyboard.type("李娜")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".dk-form-over .dk-refused")).not_to_be_empty()
    offer(page, "李娜")
    expect(page.locator(OPTION)).to_have_count(3)
    expect(page.locator(".dk-form-over textarea")).to_be_focused()
    kernel(page, "kernel.manner = 'ok'")
    page.locator(OPTION).first.click()
    expect(field).to_be_focused()
    page.keyboard.press("Control+Enter")
    assert sent(page, "act")[-1]["deed"]["number"] == 7


def test_before_a_new_customer_is_made_those_called_nearly_so_are_offered(page: Page) -> None:
    """Whoever wrote on faster than the list came is asked, and sees it with the question; one of them is meant."""
    new_chat(page)
    kernel(page, "kernel.manner = 'silent'")
    page.keyboard.type("李")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    act = sent(page, "act")[-1]["act"]
    ask = {"text": "No customer is called “李”", "confirm": "Begin with a new customer"}
    kernel(page, "kernel.emit(value)", {"type": "answer", "act": act, "ok": False, "foot": [], "ask": ask})
    offer(page, "李")
    expect(page.locator(OPTION)).to_have_count(3)
    expect(page.locator(".dk-form-over .dk-refused")).to_have_text(ask["text"])
    page.locator(OPTION).first.click()
    page.keyboard.press("Control+Enter")
    assert sent(page, "act")[-1]["deed"]["number"] == 7


def test_a_form_put_away_keeps_who_was_chosen(page: Page) -> None:
    """Also over a reload, and it is said again which one that is."""
    choose_second(page)
    page.reload()
    page.locator(".dk-item").first.wait_for()
    page.get_by_role("button", name="New chat").click()
    page.wait_for_function("kernel.sent.some(one => one.type === 'whom')")
    assert sent(page, "whom")[-1]["n"] == 3
    answer(page, sent(page, "whom")[-1], KNOWN[1:2])
    expect(page.locator(CHOSEN)).to_have_text("2125776 · last contact 10:20")
    expect(page.locator(OPTION)).to_have_count(0)
    page.keyboard.press("Control+Enter")
    assert sent(page, "act")[-1]["deed"]["number"] == 3


def test_who_is_called_otherwise_since_is_meant_no_more(page: Page) -> None:
    """The form that comes back offers whoever is called so now; sent unread, it means nobody by number."""
    choose_second(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New chat").click()
    answer(page, sent(page, "whom")[-1], [])
    page.wait_for_function("kernel.sent.filter(one => one.type === 'whom').length === 3")
    answer(page, sent(page, "whom")[-1], KNOWN[:1])
    expect(page.locator(OPTION)).to_have_count(1)
    expect(page.locator(CHOSEN)).to_have_count(0)
    page.keyboard.press("Control+Enter")
    assert "number" not in sent(page, "act")[-1]["deed"]


def test_of_more_than_are_offered_it_is_said(page: Page) -> None:
    """Below the list, and gone with it."""
    new_chat(page)
    page.keyboard.type("李娜")
    page.wait_for_function("kernel.sent.some(one => one.type === 'whom')")
    answer(page, sent(page, "whom")[-1], more="3 of 154")
    expect(page.locator(CHOSEN)).to_have_text("3 of 154")
    page.keyboard.press("Escape")
    expect(page.locator(CHOSEN)).to_have_count(0)


def test_written_over_at_once_nobody_is_meant_by_number(page: Page) -> None:
    """Also in the form that comes back: what is pasted over a choice is all that it keeps."""
    choose_second(page)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("王五")
    page.reload()
    page.locator(".dk-item").first.wait_for()
    page.get_by_role("button", name="New chat").click()
    page.keyboard.press("Control+Enter")
    assert sent(page, "act")[-1]["deed"] == {"do": "new", "ids": [], "customer": "王五", "text": ""}


def test_refused_for_another_name_one_chooses_again(page: Page) -> None:
    """Why it was refused stands there with those who are called so now."""
    choose_second(page)
    kernel(page, "kernel.manner = 'refuse'")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("kernel.sent.some(one => one.type === 'whom' && one.n === 3)")
    answer(page, sent(page, "whom")[-1], [])
    page.wait_for_function("kernel.sent.filter(one => one.type === 'whom').length === 3")
    answer(page, sent(page, "whom")[-1], KNOWN[:1])
    expect(page.locator(OPTION)).to_have_count(1)
    expect(page.locator(".dk-form-over .dk-refused")).not_to_be_empty()
    page.locator(OPTION).click()
    expect(page.locator(CHOSEN)).to_have_text("2125775 · open conversation")


def test_to_scroll_the_list_by_its_bar_closes_nothing(page: Page) -> None:
    """What is pressed beside its entries takes no focus from the field: the browser is told so."""
    new_chat(page)
    page.keyboard.type("李娜")
    offer(page, "李娜", KNOWN * 5)
    menu = page.locator(".dk-whom")
    assert menu.evaluate("one => one.scrollHeight > one.clientHeight")
    pressed = "one => one.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true }))"
    assert not menu.evaluate(pressed)
    assert page.locator(".dk-form-over textarea").evaluate(pressed)  # elsewhere it does


@pytest.mark.parametrize("name", ["Begin", "Cancel"])
def test_one_click_below_the_list_is_enough(page: Page, name: str) -> None:
    """It closes with the click, not before it: else the button would move away from under the pointer."""
    new_chat(page)
    page.keyboard.type("李娜")
    offer(page, "李娜")
    expect(page.locator(OPTION)).to_have_count(3)
    page.get_by_role("button", name=name, exact=True).click(delay=50)
    assert [one["deed"]["customer"] for one in sent(page, "act")] == (["李娜"] if name == "Begin" else [])
    expect(page.locator(".dk-form-over")).to_have_count(0)


def test_the_list_closes_with_a_click_elsewhere_in_the_form(page: Page) -> None:
    """Whoever goes on to the text is shown the whole form."""
    new_chat(page)
    page.keyboard.type("李娜")
    offer(page, "李娜")
    expect(page.locator(OPTION)).to_have_count(3)
    page.locator(".dk-form-over textarea").click()
    expect(page.locator(OPTION)).to_have_count(0)
    expect(page.locator(".dk-form-over textarea")).to_be_focused()


def doubt(page: Page) -> None:
    """Send the form; the kernel asks whether to begin all the same."""
    kernel(page, "kernel.manner = 'silent'")
    page.keyboard.press("Control+Enter")
    said(page, ask={"text": "李娜 has an open conversation", "confirm": SURE, "open": "c1", "offer": "Open it"})
    page.get_by_role("button", name=SURE).wait_for()


def said(page: Page, **answer: Any) -> None:
    """Answer what was sent last with a refusal, or a question."""
    act = sent(page, "act")[-1]["act"]
    kernel(page, "kernel.emit(value)", {"type": "answer", "act": act, "ok": False, "foot": [], **answer})


def test_what_was_confirmed_of_one_is_asked_anew_of_another(page: Page) -> None:
    """Refused for a name that is another by now, the form begins anew: nobody confirmed whoever else is called so."""
    choose_second(page)
    doubt(page)
    page.get_by_role("button", name=SURE).click()
    assert sent(page, "act")[-1]["deed"]["sure"] is True
    said(page, foot=[{"about": "", "text": "This customer is called otherwise by now: choose again"}])
    expect(page.get_by_role("button", name="Begin", exact=True)).to_be_visible()
    page.wait_for_function("kernel.sent.some(one => one.type === 'whom' && one.n === 3)")
    answer(page, sent(page, "whom")[-1], [])
    page.wait_for_function("kernel.sent.filter(one => one.type === 'whom').length === 3")
    answer(page, sent(page, "whom")[-1], KNOWN[:1])
    expect(page.locator(".dk-form-over .dk-refused")).to_contain_text("choose again")
    page.locator(".dk-form-over textarea").focus()
    page.keyboard.press("Control+Enter")
    assert sent(page, "act")[-1]["deed"] == {"do": "new", "ids": [], "customer": "李娜", "text": ""}


def test_a_question_about_one_who_is_meant_no_more_is_over(page: Page) -> None:
    """The form that came back asks who was chosen; the answer comes after the question of the kernel."""
    choose_second(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New chat").click()
    doubt(page)
    answer(page, sent(page, "whom")[-1], [])
    expect(page.get_by_role("button", name="Open it")).to_have_count(0)
    page.get_by_role("button", name="Begin", exact=True).click()
    assert sent(page, "act")[-1]["deed"] == {"do": "new", "ids": [], "customer": "李娜", "text": ""}


def test_a_touch_that_becomes_a_scroll_leaves_the_list_to_the_keys(page: Page) -> None:
    """The browser ends it by a cancel, not a release: Tab closes the list as it does else."""
    new_chat(page)
    page.keyboard.type("李娜")
    offer(page, "李娜")
    expect(page.locator(OPTION)).to_have_count(3)
    for name in ("pointerdown", "pointercancel"):
        page.locator(".dk-form-over textarea").dispatch_event(name)
    expect(page.locator(OPTION)).to_have_count(3)
    page.keyboard.press("Tab")
    expect(page.locator(OPTION)).to_have_count(0)
