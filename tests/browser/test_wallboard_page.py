"""The wallboard's browser half without a kernel: read across a room, pressed, lost, hostile, looked at."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.desk_page.world import HOSTILE
from tests.browser.looks import violations
from tests.browser.wall_page.opening import board, open_wall, sent
from tests.patience import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

LARGE: ViewportSize = {"width": 1920, "height": 1080}
COUNT_RUNS = "globalThis.runs = []; globalThis.ran = what => globalThis.runs.push(what)"


def test_nothing_is_looked_up_where_the_kernel_is_gone(page: Page) -> None:
    """A number that is pressed then says that it was not done, and does not look it up for ever."""
    wall = open_wall(page)
    wall.locator('[data-k="first_response"]').click()
    expect(wall.locator(".dk-behind li").first).to_be_visible()  # the control
    page.keyboard.press("Escape")
    page.evaluate("kernel.isGone = true")
    wall.locator('[data-k="first_response"]').click()
    expect(wall.locator(".dk-behind")).to_contain_text("Not done: the kernel does not answer")


def test_a_number_says_what_it_is_and_opens_what_is_behind_it(page: Page) -> None:
    """Value, unit, sign, word and target stand in a tile; a press shows chart, list, definition; a row opens."""
    wall = open_wall(page)
    tile = wall.locator('[data-k="first_response"]')
    shown = next(one for one in board()["board"]["sections"][1]["tiles"] if one["k"] == "first_response")
    assert (shown["mark"], shown["sign"]) == ("missed", "▲")
    expect(tile).to_have_attribute("data-mark", "missed")
    expect(tile.locator(".dk-tile-mark")).to_have_text("▲target missed")
    expect(tile.locator(".dk-tile-of")).to_contain_text("target ≤ 1:00")
    tile.click()
    behind = wall.locator(".dk-behind")
    expect(behind.locator("h3")).to_be_focused()
    expect(behind.locator(".dk-chart")).to_contain_text("Time of day, by half-hour (Asia/Shanghai)")
    expect(behind.locator(".dk-chart")).to_contain_text("minutes:seconds")
    expect(behind.locator("dl")).to_contain_text("mean over conversations with a reply")
    expect(behind.locator("li")).to_have_count(len(board()["behind"]["rows"]))
    behind.locator("li button").first.press("Enter")
    assert sent(page, "open") == [{"type": "open", "id": board()["behind"]["rows"][0]["id"]}]
    page.keyboard.press("Escape")
    expect(behind).to_be_hidden()
    expect(tile.locator("button")).to_be_focused()


def test_a_number_of_a_group_opens_its_part(page: Page) -> None:
    """By keyboard alone: a cell of a group asks for what is behind it, and says whose it is."""
    wall = open_wall(page)
    wall.locator("tbody tr").first.locator("button").nth(3).press("Enter")
    row = board()["board"]["groups"]["rows"][0]
    assert sent(page, "behind") == [{"type": "behind", "measure": "first_response", "group": row["k"]}]
    expect(wall.locator(".dk-behind h3")).to_have_text(f"First response · {row['title']}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_read_across_a_room(page: Page, language: str) -> None:
    """Large, each number has 4 rem or more, none leaves its tile, and all of it fits the wall's screen."""
    page.set_viewport_size(LARGE)
    wall = open_wall(page, language=language)
    assert wall.locator(".dk-tile-number").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") < 64
    wall.locator(".dk-wall-head > .dk-wall-button").click()
    sizes = wall.locator(".dk-tile-number").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 64
    assert outside(page) == []
    assert (
        wall.evaluate("one => one.querySelector('.dk-wall-groups').getBoundingClientRect().bottom") <= LARGE["height"]
    )
    labels = board(language)["board"]["labels"]
    expect(wall.locator(".dk-wall-head > .dk-wall-button")).to_have_text(labels["small"])
    wall.locator(".dk-wall-head > .dk-wall-button").click()
    expect(wall.locator(".dk-wall-head > .dk-wall-button")).to_have_text(labels["large"])


def outside(page: Page) -> list[str]:
    """Return the tiles out of whose edges something stands."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('.dk-tile')].filter(tile => {"
        " const edge = tile.getBoundingClientRect().right;"
        " return [...tile.querySelectorAll('*')].some(one => one.getBoundingClientRect().right > edge + 0.5) })"
        ".map(tile => tile.dataset.k)"
    )
    return found


@pytest.mark.parametrize("width", [420, 800, 1280])
def test_narrow_windows_cut_nothing_off(page: Page, width: int) -> None:
    """Nothing makes the page wider than the window; a wide table scrolls in its own box."""
    page.set_viewport_size({"width": width, "height": 900})
    open_wall(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert outside(page) == []
    page.locator(".dk-tile-number").first.evaluate("one => { one.style.width = '2000px' }")
    assert outside(page) != []  # the control


def test_a_lost_kernel_is_said(page: Page) -> None:
    """No beat for eight seconds: the page says that the connection is lost and how old it is; a beat ends that."""
    wall = open_wall(page)
    banner = wall.locator(".dk-wall-banner")
    expect(banner).to_be_hidden()
    page.evaluate("kernel.pass(12_000)")
    expect(banner).to_contain_text(re.compile(r"^Connection lost: shows the state of 1\d s ago"))
    page.evaluate("kernel.emit({ type: 'beat' })")
    expect(banner).to_be_hidden()
    page.evaluate("kernel.pass(7_000)")
    page.evaluate("kernel.emit({ type: 'beat' })")
    expect(banner).to_have_text(re.compile(r"^shows the state of \d+ s ago$"))  # the kernel lives, the numbers are old


def test_that_nobody_runs_the_desk_is_said(page: Page) -> None:
    """It stands above the numbers as long as the kernel says so, beside what else is wrong, and not when it is lost."""
    wall = open_wall(page)
    banner = wall.locator(".dk-wall-banner")
    text = "Nobody runs this desk since 10:41:24: nothing is assigned, nobody is notified"
    page.evaluate("world => kernel.emit(world)", board()["board"] | {"driven": text, "still": True})
    expect(banner).to_have_text(text)
    page.evaluate("world => kernel.emit(world)", board()["board"] | {"driven": text, "fault": "The log is locked"})
    expect(banner).to_have_text(f"The log is locked · {text}")
    page.evaluate("kernel.pass(12_000)")
    expect(banner).to_contain_text(re.compile(r"^Connection lost: shows the state of 1\d s ago"))
    expect(banner).not_to_contain_text("Nobody runs")
    page.evaluate("world => kernel.emit(world)", board()["board"])
    expect(banner).to_be_hidden()


def test_a_page_says_now_and_then_that_it_is_there(page: Page) -> None:
    """A kernel that is heard all the time is told it twice a minute, so that it works for nobody who is gone."""
    open_wall(page)
    page.evaluate("kernel.sent.length = 0; kernel.pass(31_000); kernel.emit({ type: 'beat' })")
    wait_until(lambda: sent(page, "hello") == [{"type": "hello", "again": True}])


def test_who_comes_back_is_told_at_once_how_old_it_is(page: Page) -> None:
    """After a sleep the page says how old it is, before its clock ticks, and asks; a new board ends that."""
    wall = open_wall(page)
    banner = wall.locator(".dk-wall-banner")
    page.evaluate("for (let one = 1; one < 1e4; one++) clearInterval(one)")  # no tick comes to help
    before = len(sent(page, "hello"))
    assert page.evaluate("kernel.sleep(1_000); document.querySelector('.dk-wall-banner').textContent") == ""
    text = page.evaluate("kernel.sleep(600_000); document.querySelector('.dk-wall-banner').textContent")
    assert re.fullmatch(r"shows the state of 10 min ago", text)  # told while it happens, and as no lost connection
    assert len(sent(page, "hello")) == before + 1
    page.evaluate("world => kernel.emit(world)", board()["board"])
    expect(banner).to_be_hidden()


def test_nothing_hostile_runs(page: Page) -> None:
    """Names, groups and notes are hostile: they are shown as they are, and nothing of them is executed."""
    page.add_init_script(COUNT_RUNS)
    for payload in HOSTILE:
        wall = open_wall(page, hostile(payload))
        wall.locator("tbody button").first.click()
        expect(wall.locator(".dk-behind li").first).to_be_visible()
        assert wall.locator(".dk-behind li bdi").first.evaluate("one => one.textContent") == payload
        assert page.evaluate("runs") == []
        assert wall.locator("img, script, iframe, a, [onload], [onerror], [onfocus]").count() == 0
    page.evaluate("text => document.querySelector('.dk-wall-title').insertAdjacentHTML('beforeend', text)", HOSTILE[0])
    page.wait_for_function("runs.includes('img')")  # the control: the count sees what runs


def hostile(payload: str) -> dict[str, Any]:
    """Return a wallboard in which every text that is not ours is hostile."""
    made: dict[str, Any] = json.loads(json.dumps(board()))
    for row in made["board"]["groups"]["rows"]:
        row["k"] = row["title"] = payload
    made["board"]["notes"] = [payload]
    made["board"]["fault"] = payload
    for row in made["behind"]["rows"]:
        row |= {"id": payload, "title": payload, "about": payload}
    return made


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "zh")])
def test_the_page_is_accessible(page: Page, theme: str, language: str) -> None:
    """No rule of accessibility is broken, small and large, with what is behind a number open."""
    page.set_viewport_size(LARGE)
    wall = open_wall(page, theme=theme, language=language)
    assert violations(page, ".dk-wall") == []
    wall.locator('[data-k="first_response"]').click()
    expect(wall.locator(".dk-behind li").first).to_be_visible()
    wall.evaluate("one => one.classList.add('dk-wall-large')")
    assert violations(page, ".dk-wall") == []
    if theme == "light":
        wall.locator(".dk-tile-title").first.evaluate("one => { one.style.color = '#aaa' }")
        assert "color-contrast" in [rule for rule, _where in violations(page, ".dk-wall")]
