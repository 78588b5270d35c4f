"""How the desk's browser half looks and reads without a kernel: nothing hostile runs, everybody can use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page.opening import kernel, open_desk, open_tab, sent
from tests.browser.desk_page.world import HOSTILE, hostile_world, world
from tests.browser.looks import clipped, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

COUNT_RUNS = "globalThis.runs = []; globalThis.ran = what => globalThis.runs.push(what)"


def test_nothing_hostile_runs(page: Page) -> None:
    """Every text, key and identity of the desk is hostile: it is shown as it is, and nothing of it is executed."""
    page.add_init_script(COUNT_RUNS)
    for payload in HOSTILE:
        desk = open_desk(page, hostile_world(payload))
        page.locator(".dk-item:not([hidden])").first.click()
        page.locator(".dk-said-text").first.wait_for()
        for grouping in ("group", "agent", "customer"):
            page.locator(".dk-find-row select").select_option(grouping)
        page.locator(".dk-search").fill(payload[:4])
        page.locator(".dk-ending .dk-tool").last.click()
        kernel(
            page,
            "kernel.emit({ type: 'answer', act: value, ok: false, foot: [{ about: value, text: value }] })",
            payload,
        )
        expect(page.locator(".dk-sentence b")).to_have_text(payload)
        assert page.locator(".dk-pane-name").evaluate("one => one.textContent") == payload
        assert page.evaluate("runs") == []
        assert desk.locator("img, script, iframe, a, [onload], [onerror], [onfocus]").count() == 0


def test_a_raw_sink_would_run_it(page: Page) -> None:
    """The count above sees a hostile name run where it is put into the page as markup."""
    page.add_init_script(COUNT_RUNS)
    open_desk(page)
    page.evaluate("text => document.querySelector('.dk-item-name').insertAdjacentHTML('beforeend', text)", HOSTILE[0])
    page.wait_for_function("runs.includes('img')")


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_the_page_is_accessible(page: Page, theme: str, language: str) -> None:
    """Every control has a name and every text enough contrast; nothing is cut off."""
    made = world(language=language)
    open_desk(page, made, theme=theme)
    for number in range(2):
        open_tab(page, made["order"][number], beside=number > 0)
    page.locator(".dk-find-row select").select_option("level")
    page.locator(".dk-item").nth(2).click(modifiers=["Control"])
    page.locator(".dk-find .dk-tool").click()
    page.mouse.move(5, 890)
    assert violations(page) == []
    assert clipped(page) == []
    if language == "zh":
        return  # what the looks above see is shown once
    page.locator(".dk-heading-text").evaluate("one => { one.style.color = '#888'; one.style.background = '#999' }")
    page.locator(".dk-switch button").first.evaluate("one => { one.style.width = '20px' }")
    assert "color-contrast" in [rule for rule, _where in violations(page)]
    assert clipped(page) != []


@pytest.mark.parametrize("size", [(1600, 1000), (900, 640), (600, 640)])
def test_why_one_is_first_can_be_read_whole(page: Page, size: tuple[int, int]) -> None:
    """However narrow or low, the open conversation says every reason, the keyboard reads a row's whole (issue 5)."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    made = world()
    long = " · ".join(["waits too long", *["Unanswered for ten minutes while a VIP waits who was promised more"] * 2])
    first = made["order"][0]
    made["rows"][first] |= {"y": long, "dr": []}
    open_desk(page, made)
    open_tab(page, first)
    why = page.locator(".dk-pane-why span")
    expect(why).to_be_visible()
    assert why.evaluate(
        "one => one.scrollWidth <= one.clientWidth + 1 && getComputedStyle(one).whiteSpace !== 'nowrap'"
    )
    whole = page.locator(".dk-whole")
    expect(whole).to_be_hidden()
    page.locator(".dk-list-box").focus()
    page.keyboard.press("Home")
    expect(whole).to_have_text(long)
    box, frame = whole.bounding_box(), page.locator(".dk-list-frame").bounding_box()
    assert box
    assert frame
    assert frame["x"] <= box["x"]
    assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    page.locator(".dk-search").focus()
    expect(whole).to_be_hidden()


def test_the_longest_wait_of_the_head_is_that_of_the_list(page: Page) -> None:
    """Head and list go by one clock, to the second (issue 5)."""
    made = world()
    name, oldest = max(((k, one) for k, one in made["rows"].items() if one.get("w")), key=lambda one: -one[1]["w"])
    made["head"]["parts"][3] |= {"n": "", "since": oldest["w"]}
    open_desk(page, made)
    page.locator(".dk-search").fill(oldest["n"])
    page.wait_for_timeout(1_200)
    clocks = (
        "name => ['.dk-parts .dk-part:nth-child(4) b', `[data-key='r${name}'] .dk-clock`]"
        ".map(one => document.querySelector(one).textContent)"
    )
    head, row = page.evaluate(clocks, name)
    assert head == row != ""


def test_a_wait_of_months_is_told_in_days(page: Page) -> None:
    """As of a log that was imported: nobody reads 3892 hours."""
    made = world()
    name = made["order"][0]
    made["rows"][name] |= {"w": made["at"] - 3_892 * 3_600_000}
    open_desk(page, made)
    assert page.locator(f"[data-key='r{name}'] .dk-clock").inner_text() == "162 d"


def test_less_motion_stops_the_flashing(page: Page) -> None:
    """A row flashes once a second; with less motion asked for it is still, and marked otherwise."""
    open_desk(page)
    look = "getComputedStyle(document.querySelector('.dk-item.dk-flash'))"
    assert page.evaluate(f"[{look}.animationName, {look}.animationDuration]") == ["dk-flashing", "1s"]
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(f"[{look}.animationName, {look}.boxShadow !== 'none']") == ["none", True]


def test_the_language_that_was_chosen_is_spoken_by_the_next_run(page: Page) -> None:
    """The switch was forgotten by every rerun. A language that the code or another window asked for stays."""
    open_desk(page)
    assert sent(page, "language") == []
    page.get_by_role("button", name="中文").click()
    page.reload()
    page.locator(".dk-item").first.wait_for()
    assert sent(page, "language") == [{"type": "language", "language": "zh"}]
    kernel(page, "kernel.snapshot()")  # all of it again, of the same run
    assert len(sent(page, "language")) == 1
    open_desk(page, world() | {"asked": True})
    assert page.get_by_role("button", name="English").get_attribute("aria-pressed") == "true"
    assert sent(page, "language") == []


def test_the_button_to_send_shows_that_a_long_name_is_cut(page: Page) -> None:
    """A name that does not fit ends in an ellipsis, beside the text as in a question about it."""
    made = world()
    name = "Maximiliana Konstantinopoulou-Wolkenstein of the Northern Branch"
    made["pages"][made["order"][0]]["n"] = name
    open_desk(page, made)
    open_tab(page, made["order"][0])
    send = page.locator(".dk-composer .dk-buttons .dk-main")
    expect(send).to_have_text(f"Send to {name}")
    assert send.evaluate("one => one.scrollWidth > one.clientWidth")
    expect(send).to_have_css("text-overflow", "ellipsis")
    expect(send).to_have_css("display", "block")  # a flex box has none
