"""Where one reads in a conversation, among messages that a page does not begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.desk_page.opening import kernel, open_desk, open_tab, sent, serve
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from playwright.sync_api import Page

BEGINS = 200
EARLIER = [{"id": str(n), "k": "customer", "m": f"08:{n % 60:02}", "x": f"earlier {n}"} for n in range(BEGINS)]
DAY = {"id": "day", "k": "day", "m": "Tuesday", "x": ""}
IN_SIGHT = """() => { const box = document.querySelector('.dk-reading'), top = box.getBoundingClientRect().top;
  const first = [...box.querySelectorAll('.dk-said-customer')].find(one => one.getBoundingClientRect().bottom > top);
  return [first.textContent, Math.round(first.getBoundingClientRect().top - top)]; }"""


def far_world() -> tuple[dict[str, Any], str]:
    """Return a world whose first conversation begins far behind what was said first, and its name."""
    made = world()
    name: str = made["order"][0]
    lines = [DAY, *({**line, "id": str(BEGINS + n)} for n, line in enumerate(made["pages"][name]["lines"]) if n)]
    made["pages"][name] |= {"lines": lines, "more": True}
    return made, name


def come_earlier(page: Page, name: str) -> None:
    """Let the lines of before come."""
    kernel(page, "kernel.patch({ pages: value })", {name: {"lines": [0, 1, [DAY, *EARLIER]], "more": False}})
    page.locator(".dk-said", has_text="earlier 199").wait_for(state="attached")


def test_who_reads_among_earlier_messages_stays_there_when_the_cell_is_run_again(page: Page) -> None:
    """They are asked for by the line in sight, and that line is where it was; whoever scrolls meanwhile stays there."""
    made, name = far_world()
    open_desk(page, made)
    open_tab(page, name)
    page.locator(".dk-more").click()
    assert sent(page, "more") == [{"type": "more", "id": name}]
    come_earlier(page, name)
    page.locator(".dk-reading").evaluate(
        "box => { box.scrollTop = [...box.querySelectorAll('.dk-said')][60].offsetTop + 7 }"
    )
    kernel(page, "")  # a frame: it has been told of the scrolling
    before = page.evaluate(IN_SIGHT)
    assert "earlier 59" in before[0]
    serve(page, made | {"epoch": "e2"})
    page.reload()
    page.locator(".dk-said-text").first.wait_for()
    page.wait_for_function("kernel.sent.some(one => one.type === 'more')")
    assert sent(page, "more") == [{"type": "more", "id": name, "line": "59"}]
    expect(page.locator(".dk-reading")).to_have_js_property("scrollTop", 0)
    come_earlier(page, name)
    assert page.evaluate(IN_SIGHT) == before
    page.reload()
    page.locator(".dk-said-text").first.wait_for()
    page.wait_for_function("kernel.sent.some(one => one.type === 'more')")
    page.locator(".dk-reading").evaluate("box => { box.scrollTop = 300 }")
    kernel(page, "")
    now = page.evaluate(IN_SIGHT)
    come_earlier(page, name)
    assert page.evaluate(IN_SIGHT) == now
    assert len(sent(page, "more")) == 1


def test_the_place_is_a_message_and_no_day(page: Page) -> None:
    """A day's head stands above another message once earlier ones are there: who read below it stays at the message."""
    made, name = far_world()
    open_desk(page, made)
    open_tab(page, name)
    page.locator(".dk-reading").evaluate("box => { box.scrollTop = box.querySelector('.dk-said').offsetTop }")
    kernel(page, "")
    first = page.locator(".dk-said-agent").first
    top = "one => one.getBoundingClientRect().top"
    before = first.evaluate(top)
    come_earlier(page, name)
    assert abs(first.evaluate(top) - before) <= 1  # half pixels are rounded


def test_a_line_that_is_no_more_ends_the_search(page: Page) -> None:
    """With nothing earlier to come one is at the end, as without a place; nothing is asked."""
    made, name = far_world()
    open_desk(page, made)
    open_tab(page, name)
    page.locator(".dk-reading").evaluate("box => { box.scrollTop = 300 }")
    kernel(page, "")
    made["pages"][name] |= {"lines": made["pages"][name]["lines"][-20:], "more": False}
    serve(page, made | {"epoch": "e2"})
    page.reload()
    page.locator(".dk-said-text").first.wait_for()
    assert sent(page, "more") == []
    assert page.locator(".dk-reading").evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight") < 2
