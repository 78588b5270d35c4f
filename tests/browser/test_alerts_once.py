"""What a page has once for all of its views, also those of a run before: popups, the number in its title, the voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.alert_page.bench import TITLE, Bench
from tests.browser.test_alerts import POPUP, assigned
from tests.views.living import Living

if TYPE_CHECKING:
    from playwright.sync_api import Page

SECOND = """async key => {
  const { default: widget } = await import('/alert.js?second');
  let hear;
  globalThis.asked = [];
  const on = (_name, listener) => { hear ??= listener };
  const model = { send: (message) => asked.push(message), off: () => {}, get: () => undefined, on };
  widget().initialize({ model });
  globalThis.told = message => hear(message, []);
  told({ type: 'setup', key, labels: {}, sounds: [], unseen: ['d1', 'd2', 'c1', 'c2'] });
}"""
LIST = """document.body.insertAdjacentHTML('beforeend',
  '<div class="dk-list-frame" style="position: fixed; left: 100px; top: 50px; width: 300px; height: 550px"></div>')"""


def test_two_views_of_a_page_write_one_title(page: Page) -> None:
    """An earlier run of a cell leaves its view's script: two that each wrote the title stopped the page for ever."""
    bench = Bench(Living(), page)
    assigned(bench, "c1")
    page.evaluate(SECOND, "another log")
    page.wait_for_function(f"document.title === '(5) {TITLE}'")
    page.evaluate("document.title = 'other.ipynb'")
    page.wait_for_function("document.title === '(5) other.ipynb'")
    page.evaluate("told({ type: 'seen', unseen: [] })")
    page.wait_for_function("document.title === '(1) other.ipynb'")


def test_what_stands_outlives_the_kernel_that_showed_it(page: Page) -> None:
    """After a restart the view that is new opens what an older one shows, and ends what is over; another log's not."""
    bench = Bench(Living(), page)
    for name in ("c1", "c2"):
        assigned(bench, name)
    page.evaluate(SECOND, "another log")
    expect(page.locator(POPUP)).to_have_count(2)
    page.evaluate(SECOND, f"{bench.living.view.driver.log.url}|chen")
    expect(page.locator(POPUP)).to_have_count(2)
    page.locator(f"{POPUP} .dk-toast-open").first.click()
    assert page.evaluate("[asked.at(-1).type, asked.at(-1).id]") == ["open", "c1"]
    page.evaluate("told({ type: 'seen', unseen: [] })")
    expect(page.locator(POPUP)).to_have_count(0)


def test_after_a_rerun_the_new_view_is_heard(page: Page) -> None:
    """The view of the run before kept the voice for ever, as if it were another browser tab; of two one rings."""
    bench = Bench(Living(), page)
    page.evaluate(SECOND, f"{bench.living.view.driver.log.url}|chen")
    alert = {"n": 1, "id": "c1", "level": 2, "event": "message", "mark": "", "name": "", "what": "", "text": "",
             "channels": ["sound"], "sound": "", "volume": 100}  # fmt: skip
    heard = "list => list.filter(one => one.type === 'rang').map(one => one.outcome)"
    page.evaluate("one => told({ type: 'alerts', alerts: [one] })", alert)
    page.wait_for_function(f"({heard})(asked).length > 0")
    page.evaluate("one => deliver([JSON.stringify({ type: 'alerts', alerts: [one] })])", alert)
    page.wait_for_function(f"({heard})(sent).length > 0")
    assert page.evaluate(f"[({heard})(asked), ({heard})(sent)]") == [["played"], ["other tab"]]


def test_popups_stand_over_the_tail_of_the_list(page: Page) -> None:
    """There nobody writes; where no list is in sight, in the corner."""
    bench = Bench(Living(), page)
    assigned(bench, "c1")
    toaster = page.locator(".dk-toaster")
    assert toaster.evaluate("one => innerWidth - one.getBoundingClientRect().right") == 16
    page.evaluate(LIST)
    assigned(bench, "c2")
    found = toaster.evaluate("one => one.getBoundingClientRect().toJSON()")
    assert (found["left"], found["right"], found["bottom"]) == (108, 392, 592)
    page.evaluate("document.querySelector('.dk-list-frame').remove(); dispatchEvent(new Event('resize'))")
    assert toaster.evaluate("one => innerWidth - one.getBoundingClientRect().right") == 16
