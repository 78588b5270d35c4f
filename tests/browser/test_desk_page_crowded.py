"""Twelve tabs that all hold drafts: none of them goes by itself, one is asked which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, open_tab, row, sent
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST = 12
SETTLED = "() => new Promise(go => requestAnimationFrame(() => setTimeout(go, 50)))"


def tabs(page: Page) -> list[str]:
    """Return the names on the tabs."""
    return page.locator(".dk-tab .dk-tab-name").all_inner_texts()


def crowd(page: Page, *, but: int | None = None) -> tuple[list[str], list[str]]:
    """Open twelve conversations and write in each but one; return their names, and the conversations' of the world."""
    made = world()
    open_desk(page, made)
    order = made["order"]
    for place, name in enumerate(order[:MOST]):
        open_tab(page, name)
        if place != but:
            draft(page).fill(f"draft of {name}")
    assert len(tabs(page)) == MOST
    return [made["rows"][name]["n"] for name in order[: MOST + 1]], order


def test_no_tab_with_a_draft_goes_by_itself(page: Page) -> None:
    """One is asked; put away all stay and nothing opens; chosen, that tab goes, its draft stays, the new one opens."""
    names, order = crowd(page)
    row(page, order[MOST]).click()
    over = page.locator(".dk-over")
    expect(over).to_contain_text(f"There is no room for {names[MOST]}")
    expect(over.locator(".dk-entry")).to_have_count(MOST - 1)  # not the one that is in front
    expect(over.locator(".dk-entry").first).to_contain_text(f"draft of {order[0]}")
    page.keyboard.press("Escape")
    expect(over).to_have_count(0)
    expect(page.locator(".dk-list-box")).to_be_focused()
    assert tabs(page) == names[:MOST]
    expect(draft(page)).to_have_value(f"draft of {order[MOST - 1]}")
    page.keyboard.press("Enter")  # at the same row, now to write in it
    over.locator(".dk-entry").nth(1).click()
    expect(page.locator(".dk-pane.dk-focused .dk-pane-name")).to_have_text(names[MOST])
    expect(draft(page)).to_be_focused()
    assert tabs(page) == [names[0], *names[2:]]
    page.locator(".dk-tab").last.press("Delete")
    open_tab(page, order[1])
    expect(draft(page)).to_have_value(f"draft of {order[1]}")


def test_a_tab_without_a_draft_makes_room_unasked(page: Page) -> None:
    """However long ago the others were looked at."""
    names, order = crowd(page, but=5)
    open_tab(page, order[MOST])
    page.evaluate(SETTLED)
    expect(page.locator(".dk-over")).to_have_count(0)
    assert tabs(page) == [*names[:5], *names[6:]]


def test_a_link_into_a_crowd_asks_once_the_desk_is_drawn(page: Page) -> None:
    """The address names a thirteenth: nothing went when the page was loaded, and it opens once one answered."""
    names, order = crowd(page)
    open_desk(page, hash_=f"#conversation={order[MOST]}")
    page.reload()  # another address within a page loads nothing
    over = page.locator(".dk-over")
    expect(over.locator(".dk-entry")).to_have_count(MOST - 1)
    assert tabs(page) == names[:MOST]
    over.locator(".dk-entry").first.click()
    expect(page.locator(".dk-pane.dk-focused .dk-pane-name")).to_have_text(names[MOST])


def test_a_chat_begun_into_a_crowd_is_named_once_it_has_its_row(page: Page) -> None:
    """The answer comes before the row: the question that stands says by then whom it is for, as text."""
    made, name = world(), "<b>王五</b>"
    crowd(page)
    kernel(page, "kernel.manner = 'silent'")
    page.get_by_role("button", name="New chat").click()
    page.locator(".dk-form-over input").fill(name)
    page.keyboard.press("Control+Enter")
    answer = {"type": "answer", "act": sent(page, "act")[-1]["act"], "ok": True, "foot": [], "opened": "fresh"}
    kernel(page, "kernel.emit(value)", answer)
    said = page.locator(".dk-menu-said")
    expect(said).to_contain_text("There is no room for …")
    patch = {"rows": {"fresh": made["rows"][made["order"][0]] | {"n": name}}, "order": [[0, 0, ["fresh"]]]}
    kernel(page, "kernel.patch(value)", patch)
    expect(said).to_contain_text(f"There is no room for {name}")
    expect(page.locator(".dk-over .dk-entry")).to_have_count(MOST - 1)
