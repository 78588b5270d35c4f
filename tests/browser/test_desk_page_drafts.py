"""What is typed and not sent yet: nothing meant for colleagues turns into a reply, and nothing typed is lost unsaid."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page.opening import URL, draft, kernel, open_desk, open_tab, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page

MORE = [("whisper", False), ("note", True), ("pin", True), ("pin", False)]
INWARD = "For colleagues: he was refunded twice"
FILL = """() => {
  let size = 1 << 20, n = 0;
  while (size >= 1) {
    try { localStorage.setItem(`other${n++}`, "x".repeat(size)); } catch { size = Math.floor(size / 2); }
  }
}"""
EMPTY = """() => {
  for (const name of Object.keys(localStorage)) if (name.startsWith("other")) localStorage.removeItem(name);
}"""
FORBID = 'Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } })'


def deeds(page: Page) -> list[tuple[str, str]]:
    """Return what was sent: how, and the text."""
    return [(one["deed"]["do"], one["deed"]["text"]) for one in sent(page, "act")]


def turn(page: Page, way: str) -> None:
    """Choose a way to send."""
    page.locator(f".dk-pane.dk-focused .dk-composer [data-way={way}]").click()


def send(page: Page) -> None:
    """Press what sends, longer after the focus came than is asked about."""
    page.evaluate("pass(2_050)")
    draft(page).press("Control+Enter")


@pytest.mark.parametrize(
    ("way", "is_chosen_first"),
    [("whisper", True), ("note", False), *(pytest.param(*one, marks=pytest.mark.full) for one in MORE)],
)
def test_what_is_refused_keeps_its_way(page: Page, way: str, *, is_chosen_first: bool) -> None:
    """A whisper or a note that was refused stays one: sent again it goes to colleagues, and then one replies again."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    outward = draft(page).get_attribute("placeholder")
    kernel(page, "kernel.manner = 'refuse'")
    if is_chosen_first:
        turn(page, way)
    draft(page).fill(INWARD)
    if is_chosen_first:
        send(page)
    else:
        turn(page, way)
    expect(page.locator(".dk-composer .dk-refused")).to_have_text("This cannot be done now.")
    expect(draft(page)).to_have_value(INWARD)
    expect(page.locator(f".dk-composer [data-way={way}]")).to_have_attribute("aria-pressed", "true")
    assert draft(page).get_attribute("placeholder") != outward
    kernel(page, "kernel.manner = 'ok'")
    send(page)
    expect(draft(page)).to_have_value("")
    do = "whisper" if way == "whisper" else "note"
    assert deeds(page) == [(do, INWARD)] * 2
    assert draft(page).get_attribute("placeholder") == outward
    draft(page).fill("Hello")  # the control: a reply is sent by the same keys
    send(page)
    assert deeds(page)[2:] == [("reply", "Hello")]


def test_what_is_inward_goes_out_only_by_choice(page: Page) -> None:
    """A press turns a note into a reply, and sends nothing; sending is another press."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    outward = page.locator(".dk-composer [data-way=reply]")
    expect(outward).to_be_hidden()
    turn(page, "note")
    draft(page).fill(INWARD)
    outward.click()
    expect(outward).to_be_hidden()
    expect(draft(page)).to_be_focused()
    assert deeds(page) == []
    send(page)
    assert deeds(page) == [("reply", INWARD)]


def test_a_whisper_that_nobody_gets_any_more_stays_inward(page: Page) -> None:
    """Where its receiver is gone before it is sent, the same button makes a note of it, never a reply."""
    made = world()
    name = made["order"][0]
    open_desk(page, made)
    open_tab(page, name)
    turn(page, "whisper")
    draft(page).fill(INWARD)
    kernel(page, "kernel.patch({ pages: value })", {name: {"to": None}})
    send(page)
    turn(page, "whisper")
    assert deeds(page) == []
    send(page)
    assert deeds(page) == [("note", INWARD)]


def test_a_draft_and_its_way_are_one_elsewhere_too(page: Page) -> None:
    """In a second window, and after the browser was closed, a whisper is a whisper and a reply a reply."""
    made = world()
    first, second = made["order"][:2]
    open_desk(page, made)
    open_tab(page, first)
    turn(page, "whisper")
    draft(page).fill(INWARD)
    open_tab(page, second)
    draft(page).fill("Hello")  # the control
    for _ in range(2):
        other = page.context.new_page()
        open_desk(other, made)
        for name, text, pressed in ((first, INWARD, "true"), (second, "Hello", "false")):
            open_tab(other, name)
            expect(draft(other)).to_have_value(text)
            whisper = other.locator(".dk-pane.dk-focused [data-way=whisper]")
            expect(whisper).to_have_attribute("aria-pressed", pressed)
        page.close()  # what the second time is kept is what the browser keeps
        page = other
    for name in (first, second):
        open_tab(page, name)
        send(page)
        expect(draft(page)).to_have_value("")
    assert deeds(page) == [("whisper", INWARD), ("reply", "Hello")]


def test_what_is_written_in_another_window_comes_with_its_way(page: Page) -> None:
    """A window that shows the same empty draft takes the text and the way together."""
    made = world()
    name = made["order"][0]
    open_desk(page, made)
    open_tab(page, name)
    other = page.context.new_page()
    open_desk(other, made)
    turn(page, "whisper")
    draft(page).fill(INWARD)
    kernel(other, "kernel.patch({ rows: value })", {name: {"u": 7}})
    expect(draft(other)).to_have_value(INWARD)
    send(other)
    assert deeds(other) == [("whisper", INWARD)]


def test_a_draft_of_an_unknown_way_is_no_reply(page: Page) -> None:
    """It comes back as a note, which no customer sees; said to be a reply, it is one (the control)."""
    made = world()
    kept: list[tuple[Any, str]] = [
        (INWARD, "note"), ({"text": INWARD}, "note"), ({"text": INWARD, "way": "shout"}, "note"),
        ({"text": INWARD, "way": "reply"}, "reply"),
    ]  # fmt: skip
    names = made["order"][: len(kept)]
    open_desk(page, made)
    drafts = {name: one for name, (one, _do) in zip(names, kept, strict=True)}
    key = f"deskkit:{made['key']}:drafts"
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, json.dumps(drafts)])
    page.reload()
    for name in names:
        open_tab(page, name)
        expect(draft(page)).to_have_value(INWARD)
        send(page)
        expect(draft(page)).to_have_value("")
    assert deeds(page) == [(do, INWARD) for _one, do in kept]


@pytest.mark.parametrize("manner", ["full", "forbidden"])
def test_where_the_browser_keeps_nothing_it_is_said(page: Page, manner: str) -> None:
    """What one types stays before one's eyes, a refusal has its reason, and one is told what a reload would lose."""
    made = world()
    name = made["order"][0]
    if manner == "forbidden":
        page.add_init_script(FORBID)
    open_desk(page, made)
    open_tab(page, name)
    banner = page.locator(".dk-banner")
    if manner == "full":
        page.evaluate(FILL)
    expect(banner).to_be_hidden()
    draft(page).fill(INWARD)
    kernel(page, "kernel.patch({ rows: value })", {name: {"u": 7}})
    expect(banner).to_contain_text("is full or forbidden")
    expect(page.locator(".dk-live.dk-stale")).to_have_count(0)
    assert draft(page).input_value() == INWARD
    kernel(page, "kernel.manner = 'refuse'")
    send(page)
    expect(page.locator(".dk-composer .dk-refused")).to_have_text("This cannot be done now.")
    assert draft(page).input_value() == INWARD
    kernel(page, "kernel.manner = 'ok'")
    send(page)
    expect(draft(page)).to_have_value("")
    assert deeds(page) == [("reply", INWARD)] * 2


def test_a_storage_that_has_room_again_keeps(page: Page) -> None:
    """What could not be kept is, with the next letter: the warning goes, and a reload finds all of it."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    draft(page).fill("Before")
    page.evaluate(FILL)
    draft(page).fill(INWARD)
    expect(page.locator(".dk-banner")).to_be_visible()
    page.evaluate(EMPTY)
    draft(page).press_sequentially("!")
    expect(page.locator(".dk-banner")).to_be_hidden()
    page.reload()
    expect(draft(page)).to_have_value(f"{INWARD}!")


def test_what_was_begun_on_an_empty_log_goes_on(page: Page) -> None:
    """With its first event the log gets a key of its own: draft and tab stay, reloaded too; another log's do not."""
    made = world()
    open_desk(page, made | {"key": "log||qin", "was": "log||qin"})
    open_tab(page, made["order"][0])
    turn(page, "whisper")
    draft(page).fill(INWARD)
    kernel(page, "Object.assign(kernel, { key: 'log|1|qin', was: 'log||qin' }); kernel.snapshot()")
    for _ in range(2):
        expect(draft(page)).to_have_value(INWARD)
        expect(page.locator(".dk-composer [data-way=whisper]")).to_have_attribute("aria-pressed", "true")
        open_desk(page, made | {"key": "log|1|qin", "was": "log||qin"})
    open_desk(page, made | {"key": "log|2|qin"})
    expect(page.locator(".dk-panes .dk-nothing")).to_be_visible()
    expect(page.locator(".dk-tab")).to_have_count(0)


def test_what_nobody_opened_for_a_month_goes(page: Page) -> None:
    """Of desks not opened for thirty days nothing is kept; of younger ones, and what others keep, all is."""
    day = 24 * 3_600_000
    page.add_init_script("if (!localStorage.begun) { localStorage.begun = 1; " + "".join(
        f'localStorage["deskkit:sqlite:///{name}|qin:{part}"] = JSON.stringify({{ at: Date.now() - {age} }});'
        for name, part, age in (
            ("old.db", "used", 31 * day), ("old.db", "drafts", 0), ("old.db", "acts", 0), ("old.db", "alerts", 0),
            ("young.db", "used", 29 * day), ("young.db", "drafts", 0), ("unmarked.db", "drafts", 0),
        )
    ) + "}")  # fmt: skip
    open_desk(page)
    kept = [name for name in page.evaluate("Object.keys(localStorage)") if "sqlite" in name]
    assert sorted(re.sub(r".*///(.*)[|]qin", r"\1", name) for name in kept) == [
        "old.db:alerts", "unmarked.db:drafts", "unmarked.db:used", "young.db:drafts", "young.db:used",
    ]  # fmt: skip
    assert page.url == URL


def test_a_reply_says_what_was_there_when_it_was_begun(page: Page) -> None:
    """The desk hears of the last line there when a text was begun, not of later ones; once it asked, of the newest."""
    made = world()
    open_desk(page, made)
    name = made["order"][0]
    open_tab(page, name)

    def comes(number: int) -> None:
        line = {"id": str(number), "k": "agent", "m": "10:00 · Mia", "x": "I have answered"}
        pages = {name: {"lines": [len(made["pages"][name]["lines"]), 0, [line]]}}
        kernel(page, "kernel.patch({ pages: value })", pages)
        expect(page.locator(".dk-pane.dk-focused .dk-lines")).to_contain_text("I have answered")

    def saw() -> int | None:
        found: int | None = sent(page, "act")[-1]["deed"].get("saw")
        return found

    draft(page).fill("It is on")
    comes(40)
    draft(page).press("End")
    draft(page).press_sequentially(" its way")
    page.reload()
    draft(page).wait_for()
    kernel(page, "kernel.manner = 'ask'")
    send(page)
    assert saw() == 39
    question = page.locator(".dk-question")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    comes(41)
    send(page)
    assert saw() == 39  # loaded anew the page has its first lines again, and those were known at the question
    question.get_by_role("button", name="Cancel").click()
    send(page)
    assert saw() == 41
    question.get_by_role("button", name="Send to").click()
    expect(draft(page)).to_have_value("")
    draft(page).fill("Another matter")
    turn(page, "note")
    assert saw() is None
    assert deeds(page)[-1] == ("note", "Another matter")


MALFORMED: dict[str, Any] = {
    "null": None, "number": 5, "list": [1], "ids": {"do": "reply", "ids": 5, "text": "x"},
    "text": {"do": "reply", "ids": [], "text": 5},
    "do": {"ids": [], "text": "x"}, "id": {"do": "reply", "ids": [None], "text": "x"},
}  # fmt: skip


def test_what_is_no_deed_is_dropped_alone(page: Page) -> None:
    """Malformed entries among the deeds, the places and the marks of use empty nothing; the sound deed is sent."""
    made = world()
    name = made["order"][0]
    sound = {"do": "reply", "ids": [name], "text": INWARD}
    kept = {
        "deskkit:old.db|qin:used": "no JSON", "deskkit:older.db|qin:used": '{"at": 1}',
        f"deskkit:{made['key']}:acts": json.dumps({**MALFORMED, "sound": sound}),
        f"deskkit:{made['key']}:drafts": json.dumps({name: {"text": "Hello", "way": "reply"}}),
    }  # fmt: skip
    open_desk(page, made)
    page.evaluate("kept => Object.entries(kept).forEach(([key, text]) => localStorage.setItem(key, text))", kept)
    places = json.dumps({name: {"sel": 5, "read": "x"}, made["order"][1]: "x"})
    page.evaluate("([key, text]) => sessionStorage.setItem(key, text)", [f"deskkit:{made['key']}:places", places])
    page.evaluate("sessionStorage.manner = 'silent'")
    page.reload()
    open_tab(page, name)
    expect(draft(page)).to_have_value("Hello")
    assert [one for one in sent(page, "act") if one["act"] in {*MALFORMED, "sound"}] == [
        {"type": "act", "act": "sound", "deed": {**sound, "old": True}},  # when it was done nobody knows
    ]
    left = page.evaluate("key => JSON.parse(localStorage.getItem(key))", f"deskkit:{made['key']}:acts")
    assert left == {"sound": sound}
    assert "deskkit:older.db|qin:used" not in page.evaluate("Object.keys(localStorage)")
    open_tab(page, made["order"][1])
    expect(draft(page)).to_have_value("")


def test_a_question_ends_where_the_draft_changes_elsewhere(page: Page) -> None:
    """Where another window changed the text or its way, the question about the old one goes, and nothing is sent."""
    made = world()
    name = made["order"][0]
    open_desk(page, made)
    open_tab(page, name)
    other = page.context.new_page()
    open_desk(other, made)
    open_tab(other, name)
    question = page.locator(".dk-question")
    kernel(other, "kernel.manner = 'refuse'")
    changes = [partial(draft(other).fill, "Another text"), partial(turn, other, "note")]
    for change in changes:
        draft(page).fill("Hello Li Na")
        kernel(page, "kernel.manner = 'ask'")
        send(page)
        expect(question).to_be_visible()
        expect(question).to_be_focused()
        kernel(page, "kernel.patch({ rows: value })", {name: {"u": 5}})  # the control: nothing changed yet
        expect(question).to_be_visible()
        kernel(other, "kernel.patch({ rows: value })", {name: {"u": 5}})
        change()
        kernel(page, "kernel.patch({ rows: value })", {name: {"u": 7}})
        expect(question).to_be_hidden()
        expect(draft(page)).to_be_focused()
    assert deeds(page) == [("reply", "Hello Li Na")] * 2
