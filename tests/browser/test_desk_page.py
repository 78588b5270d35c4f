"""The desk's browser half without a kernel: what stays where it is, what is sent, what is drawn and how fast."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, open_tab, row, rows, sent, serve
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page

DRAFT = "I have looked into it, and "
GAP = "kernel.seq += 1; kernel.patch({ head: { ...kernel.head, title: 'Later' } })"
TO_THE_TOP = """kernel.patch({
  rows: { new1: { n: 'Newcomer', l: 3, s: 'waiting', w: kernel.at } }, order: [[0, 0, ['new1']]] }, { isNow: true })"""
BADGE = """name => new Promise(done => {
  const badge = document.querySelector(`[data-key="r${name}"] .dk-badge`);
  let begun;
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun), 0)))
    .observe(badge, { childList: true, subtree: true, characterData: true });
  begun = performance.now();
  kernel.patch({ rows: { [name]: { u: 42 } } }, { isNow: true });
})"""


def test_a_thousand_rows_are_few_elements(page: Page) -> None:
    """Only what is in sight is made; the end of a thousand is reached, and holds the same rows as the order."""
    made = world(1_000)
    open_desk(page, made)
    page.wait_for_function("globalThis.firstPaint > 0")
    sys.stdout.write(f"first paint of 1,000 conversations: {page.evaluate('firstPaint'):.0f} ms\n")
    assert len(rows(page)) < 40
    assert page.locator(".dk-live *").count() < 1_500
    page.locator(".dk-list-box").evaluate("box => { box.scrollTop = box.scrollHeight }")
    expect(row(page, made["order"][-1])).to_be_visible()
    assert rows(page) == made["order"][-len(rows(page)) :]
    assert row(page, made["order"][-1]).get_attribute("aria-posinset") == "1000"
    assert page.locator(".dk-item").count() < 60


def test_a_badge_is_painted_at_once(page: Page) -> None:
    """A patch of one unread count reaches the screen, and nothing else of the list is made anew."""
    made = world(1_000)
    open_desk(page, made)
    name = made["order"][4]
    page.evaluate("() => { for (const one of document.querySelectorAll('.dk-item')) one.same = true }")
    took = sorted(page.evaluate(BADGE.replace("42", str(count)), name) for count in (42, 7, 100))
    sys.stdout.write(f"patch to paint of a badge among 1,000 rows: {took[0]:.0f}, {took[1]:.0f}, {took[2]:.0f} ms\n")
    assert row(page, name).locator(".dk-badge").inner_text() == "99+"
    assert page.evaluate("[...document.querySelectorAll('.dk-item')].every(one => one.same)")


def test_a_gap_is_asked_about(page: Page) -> None:
    """A number left out, and one that a beat knows of, make the browser ask for the whole; an old patch does not."""
    open_desk(page)
    before = len(sent(page, "hello"))
    page.evaluate("pass(1_100)")  # two questions are a second apart
    kernel(page, GAP)
    assert page.locator(".dk-heading-text").inner_text() == "Desk"
    assert len(sent(page, "hello")) == before + 1
    page.evaluate("pass(1_100)")
    kernel(page, "kernel.isAlive = false; kernel.seq += 3; kernel.beat()")
    assert len(sent(page, "hello")) == before + 2
    kernel(
        page, "kernel.isAlive = true; kernel.seq = 1; kernel.emit({ type: 'patch', head: { title: 'Old', parts: [] } })"
    )
    assert page.locator(".dk-heading-text").inner_text() == "Desk"


def test_nothing_moves_under_the_pointer(page: Page) -> None:
    """While the pointer is over the list, its rows stand still; a button says what is new; away from it they follow."""
    made = world()
    open_desk(page, made)
    aimed = row(page, made["order"][3])
    aimed.hover()
    before = rows(page)
    kernel(page, TO_THE_TOP)
    assert rows(page) == before
    assert page.locator(".dk-news").first.inner_text() == "1 new"
    aimed.click()
    expect(page.locator(".dk-pane-name")).to_have_text(made["rows"][made["order"][3]]["n"])
    page.mouse.move(1_200, 400)
    page.locator(".dk-item").first.wait_for()
    expect(row(page, "new1")).to_be_visible()
    kernel(page, TO_THE_TOP.replace("new1", "new2"))
    assert rows(page)[:2] == ["new2", "new1"]


def test_draft_place_and_selection_survive(page: Page) -> None:
    """After 50 changes of tab, and after a reload with a kernel started anew, one goes on where one was."""
    made = world()
    open_desk(page, made)
    first, second = made["order"][:2]
    pane = open_tab(page, first)
    draft(page).fill(DRAFT)
    draft(page).evaluate("box => { box.focus(); box.setSelectionRange(2, 6) }")
    pane.locator(".dk-reading").evaluate("box => { box.scrollTop = 333 }")
    kernel(page, "")  # a frame: it has been told of the scrolling
    open_tab(page, second)
    for _ in range(50):
        page.keyboard.press("Alt+ArrowRight")
        page.wait_for_timeout(1)
    expect(page.locator(".dk-pane-name")).to_have_text(made["rows"][second]["n"])
    page.keyboard.press("Alt+1")
    expect(page.locator(".dk-pane-name")).to_have_text(made["rows"][first]["n"])
    assert place(page) == (DRAFT, [2, 6], 333)
    serve(page, made | {"epoch": "e2"})
    page.reload()
    page.locator(".dk-pane .dk-said-text").first.wait_for()
    assert place(page) == (DRAFT, [2, 6], 333)
    assert page.locator(".dk-tab").count() == 2
    assert sent(page, "watch")[-1] == {"type": "watch", "open": [first, second], "front": [first], "focus": first}


def place(page: Page) -> tuple[Any, ...]:
    """Return draft, selection in it and reading position of the focused pane."""
    found = page.evaluate(
        "() => { const pane = document.querySelector('.dk-pane.dk-focused'), box = pane.querySelector('textarea');"
        "return [box.value, [box.selectionStart, box.selectionEnd], pane.querySelector('.dk-reading').scrollTop] }"
    )
    return tuple(found)


def test_no_patch_takes_the_focus(page: Page) -> None:
    """A control keeps the focus while its conversation changes; where it goes, the focus stays in the desk."""
    made = world()
    open_desk(page, made)
    name = made["order"][0]
    pane = open_tab(page, name)
    tool = pane.locator('.dk-tool[data-do="tag"]')
    tool.focus()
    kernel(page, "kernel.patch({ pages: value })", {name: {"why": ["Another reason"], "told": "Mia looks at it"}})
    expect(pane).to_contain_text("Mia looks at it")
    expect(tool).to_be_focused()
    kernel(page, "kernel.patch({ pages: value })", {name: {"may": ["reply"]}})
    expect(tool).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('.dk-live') !== null")
    page.keyboard.press("/")
    expect(page.locator(".dk-search")).to_be_focused()


def test_new_lines_do_not_move_what_is_read(page: Page) -> None:
    """Somebody who reads above is not moved by a new message, and is told of it; at the end one follows it."""
    made = world()
    open_desk(page, made)
    name = made["order"][0]
    pane = open_tab(page, name)
    pane.locator(".dk-reading").evaluate("box => { box.scrollTop = 200 }")
    kernel(page, "")  # a frame: it has been told of the scrolling
    count = len(made["pages"][name]["lines"])
    line = {"id": "new", "k": "customer", "m": "09:59", "x": "Are you there?"}
    kernel(page, "kernel.patch({ pages: value })", {name: {"lines": [count, 0, [line]]}})
    assert pane.locator(".dk-reading").evaluate("box => box.scrollTop") == 200
    pane.locator(".dk-down").click()
    expect(pane.get_by_text("Are you there?")).to_be_in_viewport()


def test_an_unanswered_deed_is_sent_again_once(page: Page) -> None:
    """A text that nobody answered is sent once more after a reload, under the same identity; the draft waits for it."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    kernel(page, "kernel.manner = sessionStorage.manner = 'silent'")
    draft(page).fill(DRAFT)
    page.evaluate("pass(2_050)")
    draft(page).press("Control+Enter")
    (act,) = sent(page, "act")
    assert draft(page).input_value() == DRAFT
    serve(page, made | {"epoch": "e2"})
    page.evaluate("sessionStorage.manner = 'ok'")
    page.reload()
    expect(draft(page)).to_have_value("")
    assert sent(page, "act") == [act]
    page.reload()
    page.locator(".dk-item").first.wait_for()
    assert sent(page, "act") == []


def test_four_side_by_side(page: Page) -> None:
    """The text goes to the one pane in focus, which looks unlike the others; a fifth takes a place, never a sixth."""
    made = world()
    open_desk(page, made)
    for number in range(5):
        open_tab(page, made["order"][number], beside=number > 0)
    assert page.locator(".dk-pane").count() == 4
    assert page.locator(".dk-tab").count() == 5
    front = sent(page, "watch")[-1]["front"]
    page.locator(".dk-pane").nth(1).locator("textarea").fill("To this one only")
    focused = sent(page, "watch")[-1]["focus"]
    assert focused in front
    borders = page.locator(".dk-pane").evaluate_all("all => all.map(one => getComputedStyle(one).boxShadow)")
    assert sorted(border != "none" for border in borders) == [False, False, False, True]
    page.evaluate("pass(2_050)")
    page.locator(".dk-pane.dk-focused").get_by_role("button", name="Send to").click()
    assert [act["deed"] for act in sent(page, "act")] == [
        {"do": "reply", "text": "To this one only", "saw": 39, "ids": [focused]}
    ]
    expect(draft(page)).to_have_value("")


def test_sending_asks_once(page: Page) -> None:
    """A focus that changed just now, and a doubt of the desk, are asked about once; what is refused stays a draft."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    question = page.locator(".dk-question")
    draft(page).fill(DRAFT)
    draft(page).press("Control+Enter")
    assert sent(page, "act") == []
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    kernel(page, "kernel.manner = 'ask'")
    page.evaluate("pass(2_050)")
    draft(page).press("Control+Enter")
    expect(question).to_contain_text("names Li Na")
    assert draft(page).input_value() == DRAFT
    question.get_by_role("button", name="Send to").click()
    expect(draft(page)).to_have_value("")
    assert [act["deed"].get("sure") for act in sent(page, "act")] == [None, True]
    kernel(page, "kernel.manner = 'refuse'")
    draft(page).fill(DRAFT)
    draft(page).press("Control+Enter")
    expect(page.locator(".dk-composer .dk-refused")).to_have_text("This cannot be done now.")
    assert draft(page).input_value() == DRAFT


def test_many_are_selected(page: Page) -> None:
    """A range by Shift, all that the filter lets through, and one deed for all of them."""
    made = world()
    open_desk(page, made)
    row(page, made["order"][1]).click(modifiers=["Control"])
    row(page, made["order"][4]).click(modifiers=["Shift"])
    expect(page.locator(".dk-bulk b")).to_have_text("4 selected")
    page.locator('.dk-bulk [data-do="archive"]').click()
    assert sent(page, "act")[-1]["deed"] == {"do": "archive", "ids": made["order"][1:5]}
    assert page.locator(".dk-tab").count() == 0
    page.locator(".dk-find .dk-tool").click()
    page.locator('.dk-filter-panel [data-name="level"]').select_option("3")
    urgent = [name for name in made["order"] if made["rows"][name]["l"] == 3]
    row(page, urgent[0]).click(modifiers=["Control"])
    page.locator(".dk-bulk").get_by_text(f"Select all {len(urgent)}").click()
    page.locator('.dk-bulk [data-do="assign"]').click()
    page.locator(".dk-over").get_by_text("Mia Wolf").click()
    assert sent(page, "act")[-1]["deed"] == {"do": "assign", "ids": urgent, "agent": "mia"}
    expect(page.locator(".dk-bulk")).to_be_visible()
    row(page, urgent[1]).click()  # to read one is to be done with the others: the next key is about this one
    expect(page.locator(".dk-bulk")).to_be_hidden()
    page.locator(".dk-list-box").press("e")
    assert sent(page, "act")[-1]["deed"] == {"do": "handled", "ids": [urgent[1]]}


def test_groups_fold_and_count(page: Page) -> None:
    """A group says how many, how many unread and the longest wait, and stays folded after a reload."""
    made = world()
    open_desk(page, made)
    page.locator(".dk-find-row select").select_option("group")
    head = page.locator(".dk-group", has_text="After-sale")
    members = [one for one in made["rows"].values() if one["g"] == "after"]
    assert head.locator(".dk-count").inner_text() == str(len(members))
    assert head.locator(".dk-badge").inner_text() == str(sum(one["u"] for one in members))
    oldest = made["at"] - min(one["w"] for one in members if "w" in one)
    minutes, seconds = head.locator(".dk-clock").inner_text().split(":")
    assert 0 <= int(minutes) * 60 + int(seconds) - oldest // 1_000 < 20
    shown = int(head.get_attribute("aria-setsize") or 0)
    head.click()
    expect(head).to_have_attribute("aria-setsize", str(shown - len(members)))  # it is drawn with the next frame
    page.reload()
    head.wait_for()
    assert int(head.get_attribute("aria-setsize") or 0) == shown - len(members)


def test_everything_by_keyboard(page: Page) -> None:
    """Search, walk, open, write, go back, act and undo without a pointer; no key leaves the desk."""
    made = world()
    made["undo"] = [{"undo": "a1", "text": "Archived", "by": "Chen Lu", "at": "10:31"}]
    open_desk(page, made)
    page.evaluate("() => { globalThis.leaked = []; document.addEventListener('keydown', one => leaked.push(one.key)) }")
    page.locator(".dk-list-box").focus()
    page.keyboard.press("/")
    page.keyboard.type("Zhang")
    page.keyboard.press("Enter")
    expect(page.locator(".dk-caption-line")).to_contain_text(": Zhang")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator(".dk-caption-line")).to_contain_text("40 conversations")
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    for key in ("j", "ArrowDown", "k", "ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(draft(page)).to_be_focused()
    page.locator(".dk-pane.dk-focused .dk-said-text").first.wait_for()  # with it came the quick replies
    page.keyboard.type("/ref")
    page.keyboard.press("Enter")
    assert draft(page).input_value() == "Your refund is on its way."
    page.keyboard.press("Escape")
    expect(page.locator(".dk-list-box")).to_be_focused()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("p")
    page.keyboard.press("Enter")  # nothing is chosen yet
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("e")  # last of them: what is closed is selected no more, once the answer comes
    page.keyboard.press("z")
    deeds = [act["deed"] for act in sent(page, "act")]
    third, fourth = made["order"][2:4]
    assert deeds == [
        {"do": "priority", "ids": [third, fourth], "level": 3},
        {"do": "handled", "ids": [third]},
        {"do": "undo", "ids": [], "undo": "a1"},
    ]
    page.keyboard.press("?")
    expect(page.locator(".dk-keys")).to_be_visible()
    assert page.evaluate("leaked") == []
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true }))")
    assert page.evaluate("leaked") == ["x"]


def test_an_old_state_is_said_to_be_old(page: Page) -> None:
    """Without a beat the age of what is shown is said, later what to do; drafts stay; another epoch takes it away."""
    page.clock.install()
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    banner = page.locator(".dk-banner")
    page.clock.run_for(4_000)
    expect(banner).to_be_hidden()
    page.evaluate("kernel.isAlive = false")
    page.clock.run_for(8_000)
    expect(banner).to_contain_text(re.compile(r"state of [78] s ago"))
    assert "run the cell" not in banner.inner_text()
    page.clock.run_for(10_000)
    expect(banner).to_contain_text("run the cell again")
    draft(page).fill(DRAFT)
    page.evaluate("Object.assign(kernel, { isAlive: true, epoch: 'e2' })")
    page.clock.run_for(2_000)
    expect(banner).to_be_hidden()
    assert draft(page).input_value() == DRAFT


def test_a_link_opens_its_conversation(page: Page) -> None:
    """An address with a conversation in it opens that tab."""
    made = world()
    name = made["order"][6]
    open_desk(page, made, hash_=f"#conversation={name}")
    expect(page.locator(".dk-pane-name")).to_have_text(made["rows"][name]["n"])


def test_what_is_drawn_nowhere_lets_the_kernel_rest(page: Page) -> None:
    """A desk that is closed says so, once, and no more; drawn anew, or called for while it is drawn, it asks again."""
    open_desk(page)
    kernel(page, "kernel.emit({ type: 'anybody' })")
    page.wait_for_function("kernel.sent.filter(one => one.type === 'hello').length === 2")
    page.evaluate("undraw()")
    kernel(page, "pass(60_000); kernel.emit({ type: 'anybody' })")
    page.wait_for_timeout(2_500)  # two of its looks at the clock
    assert [len(sent(page, kind)) for kind in ("bye", "hello")] == [1, 2]
    page.evaluate("void draw()")
    page.wait_for_function("kernel.sent.filter(one => one.type === 'hello').length === 3")
    expect(page.locator(".dk-item").first).to_be_visible()


def test_a_whisper_begun_before_it_is_written_stays_one(page: Page) -> None:
    """Chosen with nothing written, it is what keys and button send, also after a reload; then one replies again."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    page.locator(".dk-composer [data-way=whisper]").click()
    expect(page.locator(".dk-composer .dk-main")).to_have_text(re.compile("Whisper to ."))
    draft(page).fill("先道歉，再给券")
    page.reload()
    page.locator(".dk-item").first.wait_for()
    expect(page.locator(".dk-composer [data-way=whisper]")).to_have_attribute("aria-pressed", "true")
    draft(page).press("Control+Enter")
    to = made["pages"][made["order"][0]]["to"]["k"]
    deed = {"do": "whisper", "to": to, "ids": [made["order"][0]], "text": "先道歉，再给券"}
    assert [one["deed"] for one in sent(page, "act")] == [deed]
    expect(page.locator(".dk-composer .dk-main")).to_contain_text("Send to")
