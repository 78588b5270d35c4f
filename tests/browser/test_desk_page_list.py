"""The list in a page without a kernel: where a search hit stands, how wide it is, what is done to many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.desk_page.opening import kernel, open_desk, open_tab, row, rows, sent
from tests.browser.desk_page.world import hostile_world, world

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = "<img src=x onerror='globalThis.ran = 1'>"
TO_THE_TOP = """kernel.patch({
  rows: { new1: { n: 'Newcomer', l: 3, s: 'waiting', w: kernel.at } }, order: [[0, 0, ['new1']]] }, { isNow: true })"""
WIDTH = "document.querySelector('.dk-west').offsetWidth"


def test_a_search_hit_shows_where_it_was_found(page: Page) -> None:
    """The words stand marked in the place of the reason; when nobody searches any more the reason is back."""
    made = world()
    name = made["order"][0]
    made["rows"][name] |= {"y": "waits too long", "x": "Where is order 48213377?"}
    open_desk(page, made)
    expect(row(page, name).locator(".dk-item-why")).to_have_text("waits too long")
    page.get_by_role("searchbox").fill("2133")
    hit = row(page, name).locator(".dk-item-hit")
    expect(hit).to_be_visible()
    assert hit.locator("mark").all_inner_texts() == ["2133"]
    assert hit.inner_text().startswith(f"{made['rows'][name]['n']} Where is order")
    expect(row(page, name).locator(".dk-item-why")).to_be_hidden()
    page.get_by_role("searchbox").fill("")
    expect(row(page, name).locator(".dk-item-why")).to_be_visible()
    assert page.locator(".dk-item mark:visible").count() == 0


def test_a_hostile_search_hit_is_text(page: Page) -> None:
    """A name, a message and the words themselves that would be markup run nothing where they are marked."""
    made = hostile_world(HOSTILE)
    open_desk(page, made)
    page.get_by_role("searchbox").fill(HOSTILE)
    hit = row(page, made["order"][0].replace('"', '\\"')).locator(".dk-item-hit")
    expect(hit.locator("mark")).to_have_text(HOSTILE)
    assert hit.locator("img").count() == 0
    assert page.evaluate("globalThis.ran") is None
    page.evaluate("html => { document.body.insertAdjacentHTML('beforeend', html) }", HOSTILE)
    page.wait_for_function("globalThis.ran === 1")  # the positive control: as markup it runs


def test_the_list_is_as_wide_as_one_draws_it(page: Page) -> None:
    """The handle follows pointer and arrow keys within limits; a reload keeps the width, a double click none."""
    page.set_viewport_size({"width": 1600, "height": 900})
    open_desk(page)
    handle = page.get_by_role("separator")
    usual = page.evaluate(WIDTH)
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 4, 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 154, 300, steps=3)
    page.mouse.up()
    assert page.evaluate(WIDTH) == usual + 150
    handle.press("ArrowRight")
    handle.press("ArrowLeft")
    handle.press("ArrowLeft")
    assert page.evaluate(WIDTH) == usual + 126 == int(handle.get_attribute("aria-valuenow") or 0)
    page.reload()
    page.locator(".dk-item").first.wait_for()
    assert page.evaluate(WIDTH) == usual + 126
    handle.press("Home")
    assert page.evaluate(WIDTH) == 240
    handle.press("End")
    assert page.evaluate("document.querySelector('.dk-east').offsetWidth") >= 352  # 360 but for what the handle covers
    handle.dblclick()
    assert page.evaluate(WIDTH) == usual
    page.set_viewport_size({"width": 640, "height": 900})
    expect(handle).to_be_hidden()


def test_five_are_archived_and_taken_back_in_one(page: Page) -> None:
    """Five selected are archived by one deed; what the foot offers then takes the whole deed back by one click."""
    made = world()
    open_desk(page, made)
    five = rows(page)[:5]
    for name in five:
        row(page, name).click(modifiers=["Control"])
    page.locator(".dk-bulk [data-do=archive]").click()
    (act,) = sent(page, "act")
    assert (act["deed"]["do"], sorted(act["deed"]["ids"])) == ("archive", sorted(five))
    undo = [{"undo": act["act"], "text": "Archived (Zhang Wei and 4 more)", "by": "Chen Lu", "at": "10:31"}]
    kernel(page, "kernel.patch({ undo: value })", undo)
    page.get_by_role("button", name="Undo: Archived (Zhang Wei and 4 more)").click()
    assert [one["deed"] for one in sent(page, "act")][1:] == [{"do": "undo", "ids": [], "undo": act["act"]}]


def test_a_list_stays_at_its_top_and_elsewhere_keeps_what_is_read(page: Page) -> None:
    """A pointer at rest hides no new first row; further down the same rows stay under it, whichever of them falls."""
    made = world(200)
    open_desk(page, made)
    box = page.locator(".dk-list-box")
    row(page, made["order"][2]).hover()
    kernel(page, TO_THE_TOP)
    expect(row(page, "new1")).to_be_visible()
    assert box.evaluate("box => box.scrollTop") == 0
    box.evaluate("box => { box.scrollTop = 1_200 }")
    name, fallen = made["order"][20], made["order"][18]
    row(page, name).hover()
    top = row(page, name).bounding_box()
    kernel(page, TO_THE_TOP.replace("new1", "new2"))
    page.wait_for_function("document.querySelector('.dk-list-box').scrollTop > 1_200")
    assert row(page, name).bounding_box() == top
    row(page, fallen).hover()
    place = box.evaluate("box => box.scrollTop")
    kernel(page, f"kernel.patch({{ order: [[20, 1, []], [201, 0, ['{fallen}']]] }}, {{ isNow: true }})")
    expect(row(page, fallen)).to_have_count(0)
    assert box.evaluate("box => box.scrollTop") == place


def test_the_caption_counts_what_the_list_shows_once_it_lets_go(page: Page) -> None:
    """All went while somebody aimed at a row: the list holds still, then it is empty, and so the line above it says."""
    made = world()
    open_desk(page, made)
    caption, first = page.locator(".dk-caption-line"), row(page, made["order"][0])
    said = caption.inner_text()
    box = first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.move(box["x"] + 24, box["y"] + 20)
    kernel(page, f"kernel.patch({{ order: [[0, {len(made['order'])}, []]] }}, {{ isNow: true }})")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert caption.inner_text() == said
    expect(page.locator(".dk-list-frame .dk-nothing b")).to_have_text("All quiet")
    assert caption.inner_text() == "0 conversations, the most urgent first"


def test_a_word_stands_once_where_it_is_a_type_and_a_label(page: Page) -> None:
    """In the row, where it counts as one, and in the card, whence it is taken off by either."""
    made = world()
    name, other = made["order"][:2]
    made["rows"][name] |= {"ct": ["VIP"], "iq": [], "lb": ["VIP", "angry"]}
    made["rows"][other] |= {"ct": ["VIP"], "iq": [], "lb": ["angry"]}
    tags = [{"f": facet, "k": "VIP", "text": "VIP", "hand": True} for facet in ("customer", "label")]
    made["pages"][name]["tags"] = tags
    open_desk(page, made)
    labels = [row(page, one).locator(".dk-item-labels").inner_text().split() for one in (name, other)]
    assert labels[0] == labels[1]
    assert labels[0].count("VIP") == 1
    pane = open_tab(page, name)
    expect(pane.locator(".dk-aside .dk-label")).to_have_text(["VIP"])
    kernel(page, "kernel.patch({ pages: value })", {name: {"tags": tags[1:]}})
    expect(pane.locator(".dk-aside .dk-label")).to_have_text(["VIP"])
