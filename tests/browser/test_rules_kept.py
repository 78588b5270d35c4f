"""A policy's text that is not live yet outlives its kernel: it stays in the page, and the next one is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from deskkit.desk.policy import Policy
from deskkit.sample import sample_policy
from tests.browser.rules_page import open_rules
from tests.browser.test_rules_page import AREA, put, workshop

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

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
    kept = "Object.entries(sessionStorage).filter(([name]) => name.startsWith('deskkit:rules:'))"
    ((before, text),) = page.evaluate(kept)
    page.evaluate("history.pushState({}, '', '/renamed.ipynb')")
    page.wait_for_function(f"({kept}).every(([name]) => name.includes('/renamed.ipynb'))")
    ((after, moved),) = page.evaluate(kept)
    assert (after, moved) == (before.replace("deskkit:rules:/:", "deskkit:rules:/renamed.ipynb:"), text)


def test_what_a_form_could_not_send_is_told_once(page: Page) -> None:
    """The kernel ended while one typed in a field: who comes back finds the words, to be copied, and no second time."""
    shop = open_rules(page, workshop())
    shop.locator(".dk-pill", has_text="Capacity").click()
    field = shop.locator("[data-at=v]").first
    page.evaluate("() => { model.send = () => { throw new Error('gone') } }")
    field.fill("7")
    field.press("Tab")
    expect(shop.locator(".dk-shop-told")).to_contain_text("Not done: the kernel does not answer")
    shop = open_rules(page, workshop())
    told = "What you typed in a form did not reach the kernel before it ended: 7"
    expect(shop.locator(".dk-shop-told")).to_have_text(told)
    shop = open_rules(page, workshop())
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; as it is in force")
    expect(shop.locator(".dk-shop-told")).to_be_hidden()
