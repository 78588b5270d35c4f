"""A policy's text that is not live yet outlives its kernel: it stays in the page, and the next one is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from deskkit.desk.policy import Policy
from deskkit.sample import sample_policy
from tests.browser.rules_page import open_rules
from tests.browser.test_rules_page import AREA, choose, put, workshop

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

GONE = "() => { model.send = () => { throw new Error('gone'); }; }"
KEPT = "Object.entries(sessionStorage).filter(([name]) => name.startsWith('deskkit:rules:'))"
BACK = "Back again: your text as you left it; it is not live"


OTHERS = (
    sample_policy().edit({"capacity.agent": 6}),
    Policy.parse(f"# an hour of work\n{sample_policy().text}"),  # has the same fingerprint
)
"""The sample's policy, as somebody else put it live."""


def test_the_text_comes_back_after_a_restart(page: Page) -> None:
    """Typed and sent, or typed only; what was put live or taken back is not told again."""
    shop = open_rules(page, workshop())
    put(page, "reserve = 1", "reserve = 3")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    made = workshop()
    shop = open_rules(page, made)
    expect(shop.locator(".dk-shop-told")).to_have_text(BACK)
    assert "reserve = 3" in page.locator(AREA).input_value()
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    assert made.draft.text == page.locator(AREA).input_value()
    shop.get_by_role("button", name="Take all back").click()
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; as it is in force")
    shop = open_rules(page, workshop())
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; as it is in force")
    expect(shop.locator(".dk-shop-told")).to_be_hidden()


@pytest.mark.parametrize("theirs", OTHERS)
def test_that_another_policy_is_in_force_is_said(page: Page, theirs: Policy) -> None:
    """Where somebody put another version live meanwhile, who comes back is told before they undo it."""
    shop = open_rules(page, workshop())
    put(page, "reserve = 1", "reserve = 3")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    for _ in range(2):  # the kernel may be restarted once more
        made = workshop(theirs)
        shop = open_rules(page, made)
        expect(shop.locator(".dk-shop-told")).to_contain_text("Another policy is in force by now")
        is_asked(page, shop)
        page.reload()
        is_asked(page, shop)
        window = page.context.new_page()
        is_asked(window, open_rules(window, made))
        window.close()


def is_asked(page: Page, shop: Locator) -> None:
    """Assert that what a colleague put live is not undone unasked."""
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    assert "reserve = 3" in page.locator(AREA).input_value()
    shop.get_by_role("button", name="Put live").click()
    expect(shop.locator("[role=alert] strong")).to_contain_text("see what yours would undo")


def test_the_text_goes_with_a_notebook_that_is_renamed(page: Page) -> None:
    """Else the page looks for it under the new name, and it lies under the old one."""
    shop = open_rules(page, workshop())
    put(page, "reserve = 1", "reserve = 3")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    ((before, text),) = page.evaluate(KEPT)
    page.evaluate("history.pushState({}, '', '/renamed.ipynb')")
    page.wait_for_function(f"({KEPT}).every(([name]) => name.includes('/renamed.ipynb'))")
    ((after, moved),) = page.evaluate(KEPT)
    assert (after, moved) == (before.replace("deskkit:rules:/:", "deskkit:rules:/renamed.ipynb:"), text)


def leave(field: Locator, text: str, *, key: str = "Tab") -> None:
    """Type in a field of a form, and leave it."""
    field.fill(text)
    field.press(key)


def test_what_a_form_could_not_send_is_told_until_it_is_put_away(page: Page) -> None:
    """Fields, one of a map, and the names of tags, typed when the kernel had ended, in a notebook renamed meanwhile."""
    shop = open_rules(page, workshop())
    choose(shop, "Tags", "Labels of your own")
    page.evaluate(GONE)
    leave(shop.locator("[data-at=nurgent]"), "at once")
    expect(shop.locator(".dk-shop-told")).to_contain_text("Not done: the kernel does not answer")
    leave(shop.locator("[data-at=new]"), "fresh", key="Enter")
    tags = [f"Labels of your own · {one}" for one in ("Rename: urgent → at once", "New tag: fresh")]
    shop = open_rules(page, workshop())
    expect(shop.locator(".dk-shop-left li")).to_have_text(tags)
    choose(shop, "Capacity", "How much an agent can hold")
    page.evaluate(GONE)
    numbers = shop.locator("[data-at=v]")
    for at, text in ((0, "7"), (1, "<b>8"), (0, "71")):
        leave(numbers.nth(at), text)
    leave(shop.locator(".dk-shop-map input").first, "42")
    page.evaluate("history.pushState({}, '', '/renamed.ipynb')")
    page.wait_for_function(f"({KEPT}).length && ({KEPT}).every(([name]) => name.includes('/renamed.ipynb'))")
    page.evaluate(f"""() => {{
      for (const [name, text] of {KEPT}) sessionStorage.setItem(name.replace("/renamed.ipynb", "/"), text);
    }}""")  # here every kernel is at the same address
    shop = open_rules(page, workshop())
    of = "How much an agent can hold"
    expect(shop.locator(".dk-shop-left li")).to_have_text([
        *tags, f"{of} · Units of an agent: 71", f"{of} · A conversation to be answered takes: <b>8",
        f"{of} · Units of agents of a group: presales 42",
    ])  # fmt: skip
    shop.locator(".dk-shop-left").get_by_role("button").click()
    expect(shop.locator(".dk-shop-left")).to_be_hidden()
    shop = open_rules(page, workshop())
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; as it is in force")
    expect(shop.locator(".dk-shop-left")).to_be_hidden()
