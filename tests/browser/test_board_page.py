"""The team's board in a narrow page: nothing that can be done is cut off."""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from deskkit.desk import events
from deskkit.desk.desk import Desk
from deskkit.desk.policy import Policy
from deskkit.sim.run import simulate
from deskkit.views.desk.boards import LOOK, PAGE
from deskkit.views.desk.fits import offered
from deskkit.views.desk.queue import queue
from deskkit.views.desk.team import online, team
from deskkit.views.words import Words
from tests.sim.days import busy_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

CUT_OFF = """() => [...document.querySelectorAll(".dk-board-acts > *")].filter((one) => {
  const box = one.getBoundingClientRect(), around = one.closest(".dk-board-scroll, .dk-board").getBoundingClientRect();
  return box.width && (box.left < around.left || box.right > around.right || box.right > innerWidth);
}).length"""
OVERLAPS = """() => {
  const boxes = (cell) => {
    const all = document.createRange();
    all.selectNodeContents(cell);
    return [...all.getClientRects()].filter(box => box.width > 1 && box.height > 1);
  };
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  const found = [];
  for (const row of [...document.querySelectorAll(".dk-board-row")].slice(0, 12)) {
    const cells = [...row.children].map(cell => [cell.textContent, boxes(cell)]);
    cells.forEach(([text, one], at) => cells.slice(at + 1).forEach(([other, two]) => {
      if (one.some(a => two.some(b => over(a, b)))) found.push([text, other]);
    }));
  }
  return found;
}"""
THEMES = {
    "light": ("true", ""),
    "dark": ("false", "--jp-layout-color1: #212121; --jp-layout-color2: #333; --jp-ui-font-color1: #eee"),
}
OUTSIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

COVERED = """() => [...document.querySelectorAll(".dk-board-scroll")]
  .filter(one => one.scrollWidth > one.clientWidth).length"""


@cache
def busy_team(language: str) -> dict[str, Any]:
    """Return the team's board in the middle of a busy day; who comes first by name just went away."""
    policy = Policy.load("data/policies/standard.toml")
    said = [stored.event for stored in simulate(busy_day(hours=3, factor=1.2), policy, seed=11).log.read()]
    said = said[: len(said) * 3 // 5]
    now = max(event.at for event in said)
    desk = Desk(policy)
    desk.follow(said)
    leaving = [events.PresenceSet(at=now, agent=name, presence="away") for name in sorted(desk.profiles)[:1]]
    desk.follow(leaving)
    say = Words(language, zone="Asia/Shanghai")
    made = team(desk, say=say, now=now)
    (over,) = [one for one in made["sections"] if one["k"] == "over"]
    lists = {row["id"]: offered(desk, row["id"], online(desk), say=say) for row in over["rows"]}
    return made | {"at": now, "speed": 1, "offered": lists}


def long_queue() -> dict[str, Any]:
    """Return a queue of customers with long names, whom many agents could take."""
    policy = Policy.load("data/policies/standard.toml")
    desk = Desk(policy)
    people = [events.AgentSet(at=0, agent=f"a{n}", name=f"客服{n} Agent", groups=("aftersales",)) for n in range(40)]
    desk.follow([*people, *(events.PresenceSet(at=0, agent=one.agent, presence="online") for one in people)])
    names = ("<img src=x onerror=alert(1)>", "W" * 60, "王小明")
    for n in range(300):
        name, at = f"c{n}", 1_000 * n
        desk.step(events.CustomerSet(at=at, customer=f"u{n}", name=names[n % 3], fields={"membership": "VIP"}))
        desk.step(events.ConversationOpened(at=at, conversation=name, customer=f"u{n}", group="aftersales"))
        text = "太慢了，急，我要投诉！ Please hurry, this is a complaint"
        desk.step(events.CustomerWrote(at=at, conversation=name, message=f"m{n}", text=text))
    say = Words("en", zone="Asia/Shanghai")
    made = queue(desk, say=say, me="a0", now=700_000)
    lists = {row["id"]: offered(desk, row["id"], desk.profiles, say=say) for row in made["sections"][0]["rows"]}
    return made | {"at": 700_000, "speed": 1, "offered": lists}


def show(page: Page, made: dict[str, Any], *, width: int, theme: str = "light") -> None:
    """Show a board alone in a page of this width, with what its kernel would answer about choices, a moment later."""
    page.set_viewport_size({"width": width, "height": 900})
    is_light, look = THEMES[theme]
    style = "\n".join(path.read_text(encoding="utf-8") for path in LOOK)
    source = "\n".join(path.read_text(encoding="utf-8") for path in PAGE)
    message = json.dumps({"type": "board", "labels": {"actions": "Actions"}} | made).replace("<", "\\u003c")
    lists = json.dumps(made.get("offered", {})).replace("<", "\\u003c")
    begin = "const send = ({ type, act, id }) => type === 'offer' && setTimeout(() => board.receive("
    begin += "{ type: 'offered', act, options: globalThis.offered[id] }))"
    begin += "; const board = globalThis.board = new Board({ on() {}, send })"
    begin += "; new BoardPage(board, document.querySelector('main'))"
    head = f'<!doctype html><html lang="en"><title>Team</title><style>{style}</style>'
    body = (
        f'<body data-jp-theme-light="{is_light}" style="margin: 0; {look}; background: var(--jp-layout-color1, #fff)">'
    )
    script = f'<script type="module">{source}\nglobalThis.offered = {lists}; {begin}; board.receive({message})</script>'
    page.set_content(f"{head}{body}<main></main>{script}</body></html>")
    page.locator(".dk-board-row").first.wait_for()


def test_no_room_is_kept_for_what_is_said(page: Page) -> None:
    """Above the first title there is no empty band, and what is said beside it moves no row."""
    show(page, busy_team("en"), width=1200)
    top = "document.querySelector('.dk-board-row').getBoundingClientRect().top"
    assert page.evaluate("document.querySelector('.dk-board-title').getBoundingClientRect().top") < 16
    before = page.evaluate(top)
    page.locator(".dk-board-said").evaluate("one => one.append('陈浩, away')")
    assert page.locator(".dk-board-said").is_visible()
    assert page.evaluate(top) == before


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [665, 365])  # what a notebook leaves of 900 and 600
def test_what_can_be_done_is_in_sight_however_narrow(page: Page, width: int, language: str) -> None:
    """Every button and choice of the team stands inside its table, and the table inside the page."""
    show(page, busy_team(language), width=width)
    assert page.locator("td.dk-board-acts > *").count() > page.locator(".dk-board-section").count()
    assert page.locator('[data-k="moves"] td button').count() > 0
    assert (page.evaluate(OUTSIDE), page.evaluate(CUT_OFF)) == (0, 0)
    page.add_style_tag(content=".dk-board { width: 900px } .dk-board-table { min-width: 900px }")
    assert page.evaluate(OUTSIDE) > 0
    assert page.evaluate(CUT_OFF) > 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1190, 965, 800])  # what a notebook leaves of 1440 and 1280, and beside the files
def test_what_can_be_done_covers_nothing(page: Page, width: int, language: str) -> None:
    """It stays at the edge of its table, over the other columns where these were wider than the page."""
    show(page, busy_team(language), width=width)
    assert page.evaluate(COVERED) == 0
    page.add_style_tag(content=".dk-board-table { min-width: 1300px }")
    assert page.evaluate(COVERED) > 0


@pytest.mark.parametrize("width", [1190, 1127, 965, 800, 665])
def test_a_long_name_takes_no_room_from_who_could_take_it(page: Page, width: int) -> None:
    """Customers may be called what they like; beside them reasons, groups and agents are read without a scroll."""
    show(page, long_queue(), width=width)
    assert page.evaluate(COVERED) == 0
    highest = page.locator(".dk-board-row").evaluate_all("rows => Math.max(...rows.map(one => one.offsetHeight))")
    assert 20 < highest < 150
    page.add_style_tag(content=".dk-board-table { min-width: 1300px }")
    assert page.evaluate(COVERED) > 0  # the positive control


@pytest.mark.parametrize("made", [long_queue, partial(busy_team, "en"), partial(busy_team, "zh")])
@pytest.mark.parametrize("width", [760, 640, 480, 326])  # 326: JupyterLab's files beside it, in a window of 800
def test_in_a_narrow_place_nothing_is_painted_over_another(page: Page, made: Callable[[], Any], width: int) -> None:
    """However narrow, each cell is read without a scroll, and by a screen reader as part of a table.

    Issue: beside the files, the wait stood over the customer's name.
    """
    show(page, made(), width=width)
    assert (page.evaluate(OVERLAPS), page.evaluate(COVERED), page.evaluate(OUTSIDE)) == ([], 0, 0)
    assert page.get_by_role("table").first.get_by_role("row").nth(1).get_by_role("cell").count() > 3
    page.add_style_tag(content=".dk-board-row td { position: absolute !important; inset: 0 }")
    assert page.evaluate(OVERLAPS) != []  # the positive control


def test_what_was_said_goes_with_the_language(page: Page) -> None:
    """What came of a deed was said in the words of then: it does not stand among those of another language."""
    show(page, busy_team("en") | {"language": "en"}, width=1200)
    said = page.locator(".dk-board-said")
    said.evaluate("one => one.append('Peak mode entered')")
    told = busy_team("en")
    page.evaluate("board => globalThis.board.receive({ type: 'board', labels: {}, language: 'en', ...board })", told)
    assert said.is_visible()
    page.evaluate("board => globalThis.board.receive({ type: 'board', labels: {}, language: 'zh', ...board })", told)
    assert not said.is_visible()


def test_what_was_just_done_can_be_undone_beside_it(page: Page) -> None:
    """Where a deed is said stands what undoes it, of that very deed; with what came of the undoing it goes."""
    show(page, busy_team("en"), width=1200)
    page.evaluate(
        """() => {
          globalThis.sent = [];
          globalThis.board.kernel.send = one => globalThis.sent.push(one);
          globalThis.board.say = (key, values) => key === "undo_this" ? `Undo: ${values.what}` : key;
        }"""
    )
    page.locator('[data-k="moves"] tbody tr').first.get_by_role("button", name="Move").click()
    answer = "more => globalThis.board.receive({ type: 'answer', ok: true, act: globalThis.sent.at(-1).act, ...more })"
    page.evaluate(
        answer, {"foot": [{"about": "Li", "text": "Assigned: Qin"}], "undo": {"undo": "a1", "text": "Assigned: Qin"}}
    )
    said = page.locator(".dk-board-said")
    expect(said).to_contain_text("Li Assigned: Qin")
    said.get_by_role("button", name="Undo: Assigned: Qin").click()
    assert page.evaluate("globalThis.sent.at(-1).deed") == {"do": "undo", "ids": [], "undo": "a1"}
    page.evaluate(answer, {"foot": [{"about": "Li", "text": "Undone: Assigned: Qin"}], "undo": None})
    expect(said).to_have_text("Li Undone: Assigned: Qin")


def test_the_keys_stay_on_the_board(page: Page) -> None:
    """Where a button went with what it did, with its question or with its row, the focus is still in the board."""
    made = busy_team("en")
    show(page, made, width=1200)
    page.evaluate("globalThis.board.kernel.send = one => (globalThis.sent = one)")
    inside = "document.activeElement.closest('.dk-board-frame') !== null"
    answer = "more => globalThis.board.receive({ type: 'answer', ok: true, act: sent.act, foot: [], ...more })"
    moves = next(one for one in made["sections"] if one["k"] == "moves")
    page.locator('[data-k="moves"] tbody tr').first.get_by_role("button", name="Move").click()
    page.evaluate(answer, {"ok": False, "ask": {"text": "More than fits", "confirm": "All the same"}})
    page.keyboard.press("Escape")
    expect(page.locator(".dk-board-said")).to_be_empty()
    assert page.evaluate(inside)
    page.locator('[data-k="moves"] tbody tr').first.get_by_role("button", name="Move").click()
    page.evaluate(answer, {"undo": {"undo": "a1", "text": "Assigned: Qin"}})
    left = {**moves, "rows": []}
    page.evaluate(RECEIVE, made | {"sections": [left if one is moves else one for one in made["sections"]]})
    expect(page.locator('[data-k="moves"] tbody tr')).to_have_count(0)
    assert page.evaluate(inside)


RECEIVE = "board => globalThis.board.receive({ type: 'board', labels: { actions: 'Actions' }, ...board })"


def test_nothing_changes_under_a_hand(page: Page) -> None:
    """While a pointer moves in a section it stays as it is; a moment later it is as it should be."""
    made = busy_team("en")
    show(page, made, width=1200)
    first = page.locator('[data-k="moves"] tbody tr').first
    moves = next(one for one in made["sections"] if one["k"] == "moves")
    other = {
        **moves,
        "rows": [{**moves["rows"][0], "id": "another", "cells": moves["rows"][0]["cells"] | {"taker": "X"}}],
    }
    changed = made | {"sections": [other if one is moves else one for one in made["sections"]]}
    first.hover()
    before = first.inner_text()
    page.evaluate(RECEIVE, changed)
    assert first.inner_text() == before
    expect(first).to_contain_text("X")
    page.evaluate(RECEIVE, made)  # the hand rests: at once
    assert first.inner_text() == before


def test_who_stands_at_a_choice_stands_there_when_rows_are_sorted_anew(page: Page) -> None:
    """A row that is put elsewhere keeps the focus that is in it."""
    made = busy_team("en")
    show(page, made, width=1200)
    agents = next(one for one in made["sections"] if one["k"] == "agents")
    pick = page.locator('[data-k="agents"] tbody tr').last.locator(".dk-board-pick")
    pick.evaluate("one => { one.focus(); one.isTheSame = true; }")
    turned = {**agents, "rows": agents["rows"][::-1]}
    page.evaluate(RECEIVE, made | {"sections": [turned if one is agents else one for one in made["sections"]]})
    assert page.evaluate("document.activeElement.isTheSame")


def test_a_choice_is_made_by_enter_or_a_press_alone(page: Page) -> None:
    """What is chosen is done, so nothing is chosen by an arrow, by a letter, by Escape, Tab or a click elsewhere.

    Issue: the browser's own list chose with an arrow while closed, and when it was left. The keys then stay where they
    were: at the button, and once its row is gone at the row that stands there now.
    """
    made = long_queue()
    (section,) = made["sections"]
    show(page, made, width=1200)
    page.evaluate("globalThis.board.act = (deed, hear) => Object.assign(globalThis, { deed, hear })")
    rows, entries = page.locator(".dk-board-row"), page.locator(".dk-over .dk-entry")
    pick = rows.nth(3).get_by_role("button", name="Assign to")
    assert entries.count() == 0
    for leave in ("Escape", "Tab", "click"):
        pick.focus()
        for key in ("ArrowDown", "a", "Enter"):
            page.keyboard.press(key)
        expect(entries).to_have_count(40)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(entries.nth(1)).to_be_focused()
        if leave == "click":
            page.mouse.click(5, 895)
        else:
            page.keyboard.press(leave)
            page.keyboard.press("Escape")
        expect(page.locator(".dk-over")).to_have_count(0)
    assert page.evaluate("globalThis.deed") is None
    pick.focus()
    page.keyboard.press("Enter")
    expect(entries).to_have_count(40)
    page.keyboard.type("客服39")
    expect(entries).to_have_count(1)
    page.keyboard.press("Enter")
    chosen = next(one["k"] for one in made["offered"][section["rows"][3]["id"]] if one["text"].startswith("客服39"))
    assert page.evaluate("deed") == {"do": "assign", "ids": [section["rows"][3]["id"]], "agent": chosen}
    expect(pick).to_be_focused()
    page.evaluate("hear({ ok: true, foot: [] })")
    left = section["rows"][:3] + section["rows"][4:]
    page.evaluate(RECEIVE, made | {"sections": [section | {"rows": left}]})
    expect(rows).to_have_count(59)
    expect(rows.nth(3)).to_be_focused()


def test_a_choice_offers_what_is_so_when_it_is_opened(page: Page) -> None:
    """Also while a hand keeps the board as it was; where the row went meanwhile nothing is offered.

    Issue: a choice that had been opened once offered what was so then.
    """
    made = long_queue()
    (section,) = made["sections"]
    show(page, made, width=1200)
    pick, entries = (
        page.locator(".dk-board-row").first.get_by_role("button", name="Assign to"),
        page.locator(".dk-entry"),
    )
    pick.click()
    expect(entries.first).to_contain_text("客服")
    page.evaluate("name => (globalThis.offered = { [name]: [{ k: 'a0', text: 'now' }] })", section["rows"][0]["id"])
    page.keyboard.press("Escape")
    pick.click()
    expect(entries).to_have_text(["now"])
    page.keyboard.press("Escape")
    pick.hover()
    page.evaluate(RECEIVE, made | {"sections": [section | {"rows": section["rows"][1:]}]})
    pick.click()
    expect(page.locator(".dk-menu-none")).to_be_visible()


def test_who_acts_far_down_sees_what_came_of_it(page: Page) -> None:
    """Where the first title is out of sight, answer, question and Undo stand over the page, and nothing scrolls.

    Issue: they stood a thousand pixels above, and a question threw the page to the top without saying of whom it is.
    """
    made = busy_team("en")
    show(page, made, width=700)
    page.set_viewport_size({"width": 700, "height": 500})
    page.evaluate("globalThis.board.kernel.send = one => (globalThis.sent = one)")
    answer = "more => globalThis.board.receive({ type: 'answer', act: sent.act, foot: [], ...more })"
    said, row = page.locator(".dk-board-said"), page.locator('[data-k="over"] .dk-board-row').last
    row.scroll_into_view_if_needed()
    expect(page.locator('[data-k="peak"] .dk-board-title')).not_to_be_in_viewport()
    top = page.evaluate("scrollY")
    row.get_by_role("button", name="To the queue").click()
    page.evaluate(answer, {"ok": False, "ask": {"text": "It waits again", "confirm": "All the same"}})
    customer = row.locator(".dk-board-open").inner_text()
    expect(said).to_be_in_viewport(ratio=1)
    expect(said).to_contain_text(f"{customer} It waits again")
    expect(said).to_be_focused()
    page.keyboard.press("Escape")
    expect(said).to_be_hidden()
    row.get_by_role("button", name="To the queue").click()
    page.evaluate(
        answer, {"ok": True, "foot": [{"about": customer, "text": "Sent"}], "undo": {"undo": "a", "text": ""}}
    )
    expect(said).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == top
    page.evaluate("scrollTo(0, 0)")
    expect(said).not_to_have_attribute("popover", "manual")  # beside the title again
    expect(said).to_be_in_viewport(ratio=1)


def test_who_types_ahead_of_a_choice_loses_no_letter(page: Page) -> None:
    """The list is there at once and its names a moment later; Enter before they come chooses nobody."""
    made = long_queue()
    (section,) = made["sections"]
    show(page, made, width=1200)
    page.evaluate(
        "board.act = (deed) => (globalThis.deed = deed); board.offer = (id, hear) => void (globalThis.hear = hear)"
    )
    page.locator(".dk-board-row").first.get_by_role("button", name="Assign to").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("客服39")
    page.keyboard.press("Enter")
    expect(page.locator(".dk-menu-none")).to_have_text("…")
    assert page.evaluate("globalThis.deed") is None
    page.evaluate("options => hear({ options })", made["offered"][section["rows"][0]["id"]])
    expect(page.locator(".dk-entry")).to_have_count(1)
    page.keyboard.press("Enter")
    assert page.evaluate("deed.agent") == "a39"
    page.locator(".dk-board-row").first.get_by_role("button", name="Assign to").click()
    page.evaluate("hear({ ok: false, foot: [{ about: '', text: 'Not done' }] })")
    expect(page.locator(".dk-over")).to_have_count(0)
    expect(page.locator(".dk-board-said")).to_contain_text("Not done")
