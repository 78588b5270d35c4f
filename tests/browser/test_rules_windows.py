"""One text of the rules workshop in two windows: what goes live is what its presser sees, and no text goes under."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from deskkit.clock import instant
from deskkit.desk.events import PolicyChanged
from deskkit.log import open_log
from deskkit.sample import sample_policy
from deskkit.views.words import Words
from deskkit.views.workshop.workshop import Workshop
from tests.browser.rules_page import open_rules
from tests.browser.test_rules_page import AREA, put, workshop

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from deskkit.desk.policy import Policy

NOW = instant("2026-06-18T10:30", zone="Asia/Shanghai")
FULL = "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"


class Windows:
    """Two windows at one workshop; what one of them causes comes to the other when it is let.

    Attributes
    ----------
    lived : list of str
        Texts that were put live.
    log : EventLog
    """

    def __init__(self, one: Page, *versions: Policy) -> None:
        self.lived: list[str] = []
        self.log = open_log("memory:")
        for policy in versions:
            self.put_in_force(policy)
        self.made = Workshop(
            self.log, sample_policy(), say=Words("en", zone="Asia/Shanghai"), beside=False,
            put=lambda _act, policy: self.lived.append(policy.text),
        )  # fmt: skip
        self.pages = one, one.context.new_page()
        self._pending: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
        self.shops = tuple(
            open_rules(page, self.made, tells=self._pending[1 - at].extend) for at, page in enumerate(self.pages)
        )
        self.let()

    def put_in_force(self, policy: Policy, *, at: int = 1) -> None:
        """Let a colleague put a policy live, milliseconds."""
        said = {"text": policy.text, "fingerprint": policy.fingerprint}
        self.log.append([PolicyChanged(at=at, source="p", source_id=str(at), by="boss", **said)], received_at=at)

    def look(self) -> None:
        """Look whether another policy is in force, as the desk does; what is told of it is on its way to both."""
        told: list[dict[str, Any]] = []
        self.made.widget.send = lambda one, **_more: told.append(one)
        self.made.look()
        for pending in self._pending:
            pending.extend(told)

    def let(self, *, at: int | None = None) -> None:
        """Let what is on its way come in, in one window or in both."""
        for n, page in enumerate(self.pages):
            if at in (None, n):
                page.evaluate("all => { for (const one of all) listeners[0](one); }", self._pending[n])
                self._pending[n].clear()

    def type(self, at: int, text: str) -> None:
        """Write a line on top; it is taken, or not."""
        put(self.pages[at], "# ", f"# {text}\n# ")
        self.pages[at].wait_for_timeout(700)

    def head(self, at: int) -> str:
        """Return the first line that a window shows."""
        return self.pages[at].locator(AREA).input_value().split("\n")[0]

    def button(self, at: int, name: str) -> Locator:
        """Return a button by its name."""
        return self.shops[at].get_by_role("button", name=name, exact=True)


def test_a_text_written_over_another_one_is_not_taken_unseen(page: Page) -> None:
    """Both wrote at once: the first text goes live as its writer sees it; the second stays where it was typed."""
    windows = Windows(page)
    windows.type(0, "AAA")
    windows.type(1, "BBB")
    state = windows.shops[1].locator(".dk-shop-state")
    expect(state).to_have_text("Not taken: the text was changed in another window meanwhile. Yours stays here")
    assert (windows.head(0), windows.head(1)) == ("# AAA", "# BBB")
    expect(windows.button(1, "Put live")).to_be_disabled()
    windows.let()
    assert windows.head(1) == "# BBB"
    windows.button(0, "Put live").click()
    page.wait_for_timeout(300)
    assert [text.split("\n")[0] for text in windows.lived] == ["# AAA"]
    windows.shops[1].get_by_text("What differs").click()
    assert "# AAA" in windows.shops[1].locator("del").all_inner_texts()
    assert "# BBB" in windows.shops[1].locator("ins").all_inner_texts()
    windows.button(1, "Put mine in its place").click()
    expect(state).to_have_text("Valid; changed, not live yet")
    windows.button(0, "Put live").click()  # what came meanwhile is not seen there yet
    expect(windows.shops[0].locator(".dk-shop-told")).to_contain_text(
        "Not done: the text was changed in another window"
    )
    assert len(windows.lived) == 1
    assert windows.head(0) == "# BBB"
    windows.let()
    windows.button(0, "Undo").click()
    assert windows.head(0) == "# AAA"


def test_what_a_reload_finds_changed_is_asked_about(page: Page) -> None:
    """A text that had not left its window comes back after a reload: over its own by itself, over another's not."""
    windows = Windows(page)
    windows.type(0, "AAA")
    put(page, "# AAA", "# BBB")
    page.reload()
    state = windows.shops[0].locator(".dk-shop-state")
    expect(state).to_have_text("Valid; changed, not live yet")
    assert (windows.head(0), windows.made.draft.text.split("\n")[0]) == ("# BBB", "# BBB")
    windows.let()
    windows.type(1, "DDD")
    put(page, "# BBB", "# CCC")
    page.reload()
    expect(state).to_contain_text("Not taken")
    assert (windows.head(0), windows.head(1)) == ("# CCC", "# DDD")
    assert windows.made.draft.text.startswith("# DDD")


def test_a_text_put_in_the_place_of_a_new_version_asks_before_it_goes_live(page: Page) -> None:
    """It was written over an older one, as its window knew it, while an untouched text became a colleague's version."""
    windows = Windows(page)
    theirs = sample_policy().edit({"capacity.reserve": 2})
    windows.put_in_force(theirs)
    windows.made.look()
    assert windows.made.draft.text == theirs.text
    windows.type(0, "AAA")
    windows.button(0, "Put mine in its place").click()
    expect(windows.shops[0].locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    windows.button(0, "Put live").click()
    expect(windows.shops[0].locator("[role=alert] strong")).to_contain_text("boss put another version live")
    assert windows.lived == []


def test_after_a_version_went_live_the_keys_are_for_the_text(page: Page) -> None:
    """The button that was pressed can be pressed no more: the text has the focus, not the page around the desk."""
    windows = Windows(page, sample_policy())
    put(page, "reserve = 1", "reserve = 2")
    expect(windows.shops[0].locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    windows.button(0, "Put live").press("Enter")
    page.wait_for_timeout(300)
    windows.put_in_force(sample_policy().edit({"capacity.reserve": 2}), at=NOW)
    assert windows.lived
    windows.look()
    windows.let()
    expect(windows.button(0, "Put live")).to_be_disabled()
    expect(page.locator(AREA)).to_be_focused()


def test_a_colleagues_version_in_an_untouched_text_is_told(page: Page) -> None:
    """Who put it live and when stands above the text, with what differs a click away; not above what was just typed."""
    windows = Windows(page, sample_policy())
    put(windows.pages[1], "# ", "# BBB\n# ")  # not sent yet
    windows.put_in_force(sample_policy().edit({"capacity.reserve": 2}), at=NOW)
    windows.look()
    windows.let()
    told = [shop.locator(".dk-shop-told") for shop in windows.shops]
    expect(told[0]).to_contain_text("boss put version 2 live (2026-06-18 10:30:00); what you see is that")
    expect(windows.shops[1].locator(".dk-shop-state")).to_contain_text("Not taken")
    expect(told[1]).to_be_empty()
    assert windows.head(1) == "# BBB"
    told[0].get_by_role("button", name="What differs").click()
    expect(windows.shops[0].locator("ins", has_text="reserve")).to_have_count(1)
    expect(windows.shops[0].locator("del", has_text="reserve")).to_have_count(1)
    expect(windows.shops[0].locator(".dk-shop-what").first).to_contain_text("How much an agent can hold")
    expect(told[0]).to_be_empty()


def test_the_other_text_is_taken(page: Page) -> None:
    """Whoever lets the other text stand sees it as it is by now, and writes on in it."""
    windows = Windows(page)
    windows.type(0, "AAA")
    windows.type(1, "BBB")
    windows.type(0, "CCC")
    windows.let(at=1)
    windows.button(1, "Versions").click()
    expect(windows.shops[1].locator(".dk-shop-told")).to_contain_text("First choose")
    windows.button(1, "Take the other one").click()
    expect(windows.shops[1].locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    assert windows.head(1) == "# CCC"
    windows.type(1, "DDD")
    windows.let(at=0)
    assert (windows.head(0), windows.made.draft.text.split("\n")[0]) == ("# DDD", "# DDD")
    windows.button(0, "Put live").click()
    page.wait_for_timeout(300)
    assert windows.lived[0].startswith("# DDD\n# CCC\n# AAA\n")


def test_a_change_shows_in_the_other_window(page: Page) -> None:
    """By text and by form; it is said once that another window did it, and a form of an older text changes nothing."""
    windows = Windows(page)
    windows.type(0, "AAA")
    windows.let(at=1)
    assert windows.head(1) == "# AAA"
    expect(windows.shops[1].locator(".dk-shop-told")).to_contain_text("The text was changed in another window")
    windows.shops[0].locator(".dk-pill", has_text="Capacity").click()
    windows.let(at=1)
    field = windows.shops[0].get_by_label("Units of an agent", exact=True)
    field.fill("6")
    field.press("Tab")
    theirs = windows.shops[1].get_by_label("Units of an agent", exact=True)
    theirs.fill("4")
    theirs.press("Tab")
    expect(windows.shops[1].locator(".dk-shop-told")).to_contain_text(
        "Not done: the text was changed in another window"
    )
    expect(theirs).to_have_value("6")
    assert windows.made.draft.policy.schema.capacity.agent == 6_000


@pytest.mark.parametrize("typed", [True, False])
def test_what_a_field_was_left_with_goes_live_at_once(page: Page, typed: bool) -> None:  # noqa: FBT001 -- a case
    """The button is pressed before the kernel answered of the field: it is of the same window, and goes live."""
    windows = Windows(page)
    if typed:
        windows.type(0, "AAA")
    windows.shops[0].locator(".dk-pill", has_text="Capacity").click()
    windows.shops[0].get_by_label("Units of an agent", exact=True).wait_for()
    page.evaluate("""() => {
      const waits = listeners.splice(0, 1, () => {});
      const field = [...document.querySelectorAll("[data-at=v]")][0];
      field.value = "4";
      field.dispatchEvent(new Event("change"));
      const live = document.querySelector("[data-at=live]");
      live.disabled = false;
      live.click();
      listeners[0] = waits[0];
    }""")
    page.wait_for_timeout(500)
    assert ["agent = 4" in text for text in windows.lived] == [True]


def test_what_a_field_was_refused_is_not_left_out_unseen(page: Page) -> None:
    """Put live is pressed before the refusal of the field is seen: nothing goes live until it is asked for again."""
    windows = Windows(page)
    windows.type(0, "AAA")
    windows.shops[0].locator(".dk-pill", has_text="Capacity").click()
    windows.shops[0].get_by_label("Units of an agent", exact=True).wait_for()
    page.evaluate("""() => {
      const field = [...document.querySelectorAll("[data-at=v]")][0];
      field.value = "-4";
      field.dispatchEvent(new Event("change"));
      document.querySelector("[data-at=live]").click();
    }""")
    expect(windows.shops[0].locator(".dk-shop-told")).to_contain_text("Not done: the form holds what was refused")
    assert windows.lived == []
    windows.button(0, "Put live").click()
    page.wait_for_timeout(500)
    assert ["AAA" in text for text in windows.lived] == [True]


def test_a_text_typed_before_a_refusal_came_is_answered(page: Page) -> None:
    """A field is left with what a busy kernel will refuse, then one types: what is said is of the last text."""
    windows = Windows(page)
    shop = windows.shops[0]
    windows.type(0, "AAA")
    shop.locator(".dk-pill", has_text="Capacity").click()
    shop.get_by_label("Units of an agent", exact=True).wait_for()
    page.evaluate("""() => {
      const [hear, held] = [listeners[0], []];
      listeners[0] = (message) => held.push(message);
      globalThis.free = () => { listeners[0] = hear; held.splice(0).forEach(hear); };
      const field = [...document.querySelectorAll("[data-at=v]")][0];
      field.value = "-4";
      field.dispatchEvent(new Event("change"));
    }""")
    windows.type(0, "BBB")
    windows.button(0, "Put live").click()  # the refusal is not seen yet
    page.wait_for_timeout(300)
    assert windows.lived == []
    put(page, "# BBB", "broken\n# BBB")
    page.wait_for_timeout(700)
    page.evaluate("free()")
    expect(shop.locator(".dk-shop-state")).to_contain_text("1 to mend")
    expect(shop.locator(".dk-shop-refused")).to_contain_text("too small")
    put(page, "broken\n", "")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    windows.button(0, "Put live").click()
    page.wait_for_timeout(500)
    assert [text.split("\n")[0] for text in windows.lived] == ["# BBB"]


def test_that_a_text_is_not_kept_is_said(page: Page) -> None:
    """Where the browser's storage is full; and an older text never comes back as the last one."""
    shop = open_rules(page, workshop())
    put(page, "reserve = 1", "reserve = 3")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    page.evaluate(FULL)
    put(page, "reserve = 3", "reserve = 2")
    expect(shop.locator(".dk-banner")).to_contain_text("the text here is not kept")
    shop = open_rules(page, workshop())
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; as it is in force")
    assert "reserve = 1" in page.locator(AREA).input_value()
