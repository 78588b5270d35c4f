"""What of the desk can be read in the room there is: rows, the foot, why one is first, and that a kernel ended."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page.opening import kernel, open_desk, open_tab, row, rows
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

REASON = "overdue · Unanswered for 10 minutes"
SAID = "Can you change the delivery address? I have moved, and the parcel is on its way already"
WIDE = 1_130  # of a screen of 1600 beside JupyterLab's own bar
WHY = [
    "overdue: waits for 15 min or longer, so it goes before every level",
    "Priority urgent: Unanswered for 10 minutes",
    "also: VIP customer, Unhappy in the chat, Unanswered for 5 minutes",
]
UNDO = [{"undo": "a1", "text": "Reply sent", "by": "Chen Lu", "at": "10:31"}]
# Tabs around the desk, as JupyterLab has them.
TABS = """() => { const heard = {}; const own = { selected_index: null, children: Array(6) };
  globalThis.tabs = { get: key => own[key], on: (name, hear) => (heard[name] = hear), off: () => {},
    set: (key, value) => { own[key] = value; heard[`change:${key}`]?.(); } } }"""


def crowded(name_of: int = 0) -> dict[str, Any]:
    """Return a world in which a row has a long reason and a long message."""
    made = world()
    made["rows"][made["order"][name_of]] |= {"y": REASON, "od": True, "x": SAID, "a": "mia", "dr": []}
    return made


def lines_of(node: Locator) -> list[float]:
    """Return where the text of an element lies: its right and lower edge, and those of the box that cuts it off."""
    script = """one => { const box = one.closest('.dk-item-said').getBoundingClientRect();
      const all = [...one.getClientRects()]; const end = all.at(-1);
      return [Math.max(...all.map(r => r.right)), end.bottom, box.right, box.bottom] }"""
    found: list[float] = node.evaluate(script)
    return found


@pytest.mark.parametrize("width", [WIDE, 900])
def test_a_narrow_list_says_the_reason_whole_and_some_of_the_message(page: Page, width: int) -> None:
    """Beside an open conversation the reason stands whole in two lines, then the message; the owner is named."""
    page.set_viewport_size({"width": width, "height": 800})
    made = crowded()
    first = made["order"][0]
    open_desk(page, made)
    open_tab(page, first)
    said = row(page, first)
    right, low, right_most, lowest = lines_of(said.locator(".dk-item-why"))
    assert right <= right_most + 1
    assert low <= lowest + 1
    text = said.locator(".dk-item-text")
    expect(text).to_be_visible()
    assert text.evaluate("one => one.getClientRects()[0].top") < lowest - 5  # at least its beginning is in sight
    expect(said.locator(".dk-item-owner")).to_be_visible()
    assert said.locator(".dk-item-owner").evaluate("one => one.clientWidth") > 20
    tops = page.evaluate("() => [...document.querySelectorAll('.dk-item:not([hidden])')].map(one => "
                         "[one.offsetTop, one.offsetHeight]).sort((a, b) => a[0] - b[0])")  # fmt: skip
    assert all(above + high <= below for (above, high), (below, _high) in pairwise(tops))
    page.add_style_tag(content=".dk-live .dk-slim .dk-item-said { display: flex; white-space: nowrap; height: 20px }")
    right, _low, right_most, _lowest = lines_of(said.locator(".dk-item-why"))
    squeezed = text.evaluate("one => one.clientWidth")
    assert right > right_most + 1 or squeezed < 60  # the positive control: as it was, in one line


LISTS = {"1440 beside files": 970, "1280 beside files": 810, "1280": 1_062}  # how wide the desk is then, in JupyterLab


@pytest.mark.parametrize("width", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_beside_the_file_browser_the_reason_is_whole(page: Page, width: int, language: str) -> None:
    """JupyterLab begins with its file browser open: each reason is whole there, also past its target, rows in place."""
    page.set_viewport_size({"width": width + 18, "height": 800})
    made = world(1_000, language=language)
    for one in made["rows"].values():
        one |= {"y": {"en": "waits too long · Unanswered for 10 minutes", "zh": "等候过久 · 10 分钟未答复"}[language]}
        one |= {"w": made["at"] - 3_752_000, "tl": True, "dr": []}
    open_desk(page, made)
    reasons = page.locator(".dk-item:visible .dk-item-why").all()
    assert 5 < len(reasons) < 40  # of a thousand, those in sight
    for reason in reasons:
        right, low, right_most, lowest = lines_of(reason)
        assert (right <= right_most + 1, low <= lowest + 1) == (True, True)
    left = page.locator(".dk-item:visible .dk-rest").first
    expect(left).to_be_visible()
    expect(left).to_contain_text(re.compile("[+]5[78]:"))
    heights = page.locator(".dk-item:visible").evaluate_all("all => [...new Set(all.map(one => one.offsetHeight))]")
    assert heights == [74]
    page.add_style_tag(content=".dk-live .dk-slim .dk-item-said { margin-right: 90px }")
    _right, low, _right_most, lowest = lines_of(reasons[0])
    assert language == "zh" or width == LISTS["1280"] or low > lowest + 1  # the positive control: as it was


def test_with_nothing_to_say_there_is_no_foot(page: Page) -> None:
    """The list has its room; what is said later moves no row, no tab and no text that is being written."""
    open_desk(page)
    open_tab(page, rows(page)[0])
    foot = page.locator(".dk-ending")
    assert foot.evaluate("one => one.offsetHeight") == 0
    places = """() => [...document.querySelectorAll('.dk-item, .dk-tab, .dk-composer, .dk-desk')]
      .map(one => [one.id, one.getBoundingClientRect().top])"""
    before = page.evaluate(places)
    kernel(page, "kernel.patch({ foot: [{ about: 'Lucky', text: 'Reply sent' }], undo: value })", UNDO)
    assert foot.evaluate("one => one.offsetHeight") >= 36
    assert [one for one in page.evaluate(places) if one in before] == before
    kernel(page, "kernel.patch({ foot: [], undo: [] })")
    assert foot.evaluate("one => one.offsetHeight") == 0


def test_with_nothing_open_the_list_has_the_room(page: Page) -> None:
    """One below the other, with nothing open, the list is most of the desk; with something open it is a part."""
    page.set_viewport_size({"width": 660, "height": 900})
    open_desk(page)
    share = "document.querySelector('.dk-west').clientHeight / document.querySelector('.dk-work').clientHeight"
    assert page.evaluate(share) > 0.7
    open_tab(page, rows(page)[0])
    assert page.evaluate(share) < 0.5


def test_the_tools_of_one_pane_stand_in_one_line(page: Page) -> None:
    """In either language no tool is alone on a second line where one conversation is open on a wide screen."""
    page.set_viewport_size({"width": WIDE, "height": 800})
    for language in ("en", "zh"):
        made = world(language=language)
        open_desk(page, made)
        pane = open_tab(page, made["order"][0])
        tops = pane.locator(".dk-hand-row .dk-tool").evaluate_all("all => [...new Set(all.map(one => one.offsetTop))]")
        assert len(tops) == 1
        page.add_style_tag(content=".dk-live .dk-hand-row .dk-tool { min-width: 160px }")
        tops = pane.locator(".dk-hand-row .dk-tool").evaluate_all("all => [...new Set(all.map(one => one.offsetTop))]")
        assert len(tops) > 1  # the positive control


def test_the_foot_says_first_what_was_done(page: Page) -> None:
    """What I did stands whole, peak mode on a line of its own, and what came of it behind a button that opens it."""
    page.set_viewport_size({"width": WIDE, "height": 800})
    open_desk(page)
    foot = [
        {"about": "Customer 789771", "text": "Reply sent"},
        {"about": "", "text": "Priority stays urgent for now; this ended: Unanswered for 10 minutes, held until 10:45"},
        {"about": "", "text": "Peak mode on: 3 wait for 2 minutes or longer", "kind": "mode"},
        {"about": "Lucky", "text": "Assigned: 陈浩"},
    ]
    kernel(page, "kernel.patch({ foot: value })", foot)
    done, mode = page.locator(".dk-happened-line").all()
    expect(done).to_have_text("Customer 789771Reply sent")
    assert done.evaluate("one => one.scrollHeight <= one.clientHeight + 1 && one.scrollWidth <= one.clientWidth + 1")
    expect(mode).to_have_text(foot[2]["text"])
    assert mode.evaluate("one => one.offsetTop") > done.evaluate("one => one.offsetTop")
    page.locator(".dk-rest-of", has_text="+2 more").click()
    expect(page.locator(".dk-over li")).to_have_text([foot[1]["text"], "LuckyAssigned: 陈浩"])
    page.keyboard.press("Escape")
    long = foot[1]["text"] * 9
    kernel(page, "kernel.patch({ foot: [{ about: 'Lucky', text: value }] })", long)
    expect(page.locator(".dk-rest-of")).to_be_hidden()
    expect(mode).to_be_hidden()
    assert done.evaluate("one => one.clientHeight") < 2.2 * 20  # however long: two lines at most
    kernel(page, "kernel.patch({ foot: [] })")
    expect(done).to_have_text("")


@pytest.mark.parametrize("width", [1_130, 900])
def test_a_narrow_list_names_the_owner(page: Page, width: int) -> None:
    """However long the customer's name is, three characters of the owner are read, not one."""
    page.set_viewport_size({"width": width, "height": 800})
    made = world()
    agent = {"k": "mei", "text": "何米娅", "presence": "online"}
    made["choices"]["agents"].append(agent)
    name = made["order"][0]
    made["rows"][name] |= {"n": "Alexander Konstantinopolous", "a": "mei", "ct": ["after-sales"], "iq": ["complaint"]}
    open_desk(page, made)
    open_tab(page, made["order"][3])
    shown = row(page, name)
    assert shown.locator(".dk-item-owner").evaluate("one => one.scrollWidth <= one.clientWidth")
    assert shown.locator(".dk-item-name").evaluate("one => one.clientWidth") >= 40
    assert shown.locator(".dk-item-labels .dk-label").first.evaluate("one => one.clientWidth") >= 26


def test_why_it_is_first_ends_in_more(page: Page) -> None:
    """Side by side two lines with an ellipsis are shown, the deciding reason in them; "more" opens the rest."""
    page.set_viewport_size({"width": WIDE, "height": 800})
    made = world()
    for shown in made["pages"].values():
        shown["why"] = WHY
    open_desk(page, made)
    for number in range(3):
        open_tab(page, made["order"][number], beside=number > 0)
    pane = page.locator(".dk-pane.dk-focused")
    why = pane.locator(".dk-pane-why > span")
    more = pane.locator(".dk-why-whole")
    expect(more).to_have_text("more")
    assert why.evaluate("one => getComputedStyle(one).webkitLineClamp") == "2"
    assert why.inner_text().startswith(WHY[0])
    more.click()
    expect(more).to_have_text("less")
    assert why.evaluate("one => one.scrollHeight <= one.clientHeight + 1")
    for shown in made["pages"].values():
        shown["why"] = WHY[1:2]
    open_desk(page, made)
    open_tab(page, made["order"][0])
    expect(page.locator(".dk-why-whole:visible")).to_have_count(0)  # what is whole needs no more


def test_the_focused_pane_is_in_sight_in_any_room(page: Page) -> None:
    """Four are side by side where two fit: the one with the focus stands in sight whole, also in a wider window."""
    page.set_viewport_size({"width": 820, "height": 900})
    made = world()
    open_desk(page, made)
    for number in range(4):
        open_tab(page, made["order"][number], beside=number > 0)
    for width in (820, 700, 930, 960):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("""() => {
          const [panes, pane] = ['.dk-panes', '.dk-pane.dk-focused'].map(
            one => document.querySelector(one).getBoundingClientRect());
          return pane.left >= panes.left - 1 && pane.right <= panes.right + 1; }""")


def test_that_the_kernel_ended_is_said_at_once(page: Page) -> None:
    """JupyterLab knows when a kernel is restarted: the page says so within two seconds, and no more once it is back."""
    open_desk(page)
    banner = page.locator(".dk-banner")
    expect(banner).to_be_hidden()
    page.evaluate("kernel.live(false)")
    expect(banner).to_contain_text("If it was restarted, run the cell again", timeout=2_000)
    page.evaluate("kernel.live(true)")
    expect(banner).to_be_hidden()


def test_a_page_keeps_its_tab(page: Page) -> None:
    """The tab in front is the page's: told to the kernel, kept over a reload, and left for the desk when that opens."""
    page.add_init_script(f"({TABS})(); globalThis.around = globalThis.tabs")
    open_desk(page)
    fronts = "kernel.sent.filter(one => one.type === 'front').map(one => one.at)"
    page.wait_for_function("tabs.get('selected_index') === 0")
    page.evaluate("tabs.set('selected_index', 4)")
    assert page.evaluate(f"{fronts}.at(-1)") == 4
    page.reload()
    page.locator(".dk-item").first.wait_for(state="attached")
    page.wait_for_function("tabs.get('selected_index') === 4")
    name = page.evaluate("kernel.order[0]")
    kernel(page, "kernel.emit({ type: 'open', id: value, page: 'another' })", name)
    assert page.evaluate("tabs.get('selected_index')") == 4  # chosen on another page
    kernel(page, "kernel.emit({ type: 'open', id: value, page: deskkitPage })", name)
    assert page.evaluate("tabs.get('selected_index')") == 0
    page.locator(".dk-pane").first.wait_for()


def test_a_figure_that_is_not_drawn_yet_runs_on_quietly(page: Page, page_faults: list[str]) -> None:
    """A beat between a new figure of the head and the frame that draws it is no fault; then the figure is there."""
    open_desk(page)
    page.evaluate(
        "globalThis.frame = requestAnimationFrame; globalThis.requestAnimationFrame = draw => (held = draw, 1)"
    )
    page.evaluate("globalThis.held = null")
    parts = [{"n": "0:00", "text": f"figure {n}", "alarm": False, "since": 1_700_000_000_000} for n in range(9)]
    page.evaluate("parts => kernel.patch({ head: { parts } }, { isNow: true })", parts)
    page.wait_for_timeout(1_200)  # longer than from one beat to the next
    assert page_faults == []
    page.evaluate("frame(held)")
    expect(page.locator(".dk-part")).to_have_count(9)
