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
  const send = (message) => asked.push(message);
  const model = { widget_manager: manager, send, off: () => {}, get: () => undefined, on };
  const made = widget();
  made.initialize({ model });
  globalThis.draw = () => {
    document.body.insertAdjacentHTML('beforeend', '<section id="second"></section>');
    return made.render({ model, el: document.getElementById('second') });
  };
  globalThis.told = message => hear(message, []);
  const none = { labels: {}, sounds: [], levels: [], events: [], marks: [], quiets: [], push: {}, hint: '' };
  told({ type: 'setup', key, language: 'en', ...none, unseen: ['d1', 'd2', 'c1', 'c2'] });
}"""
HEARD = "list => list.filter(one => one.channel === 'sound').map(one => one.outcome)"
BRING = {
    "sent": "one => deliver([JSON.stringify({ type: 'alerts', alerts: [one] })])",
    "asked": "one => told({ type: 'alerts', alerts: [one] })",
}
BEHIND = "id => ['second', 'alerts'].forEach(one => { document.getElementById(one).hidden = one === id })"
LIST = """document.body.insertAdjacentHTML('beforeend',
  '<div class="dk-list-frame" style="position: fixed; left: 100px; top: 50px; width: 300px; height: 550px"></div>')"""


def brought(page: Page, n: int, *to: str) -> list[str]:
    """Bring a notice to the desks of a page, one after the other, and return what they say came of its sound."""
    alert = {"n": n, "notice": f"notice {n}", "id": f"c{n}", "level": n, "event": "message", "mark": "", "name": "",
             "what": "", "text": "", "channels": ["sound", "popup"], "sound": "", "volume": 100}  # fmt: skip
    came = []
    for desk in to:
        before = page.evaluate(f"({HEARD})({desk}).length")
        page.evaluate(BRING[desk], alert)
        page.wait_for_function(f"({HEARD})({desk}).length > {before}")
        came += page.evaluate(f"({HEARD})({desk})")[before:]
    return came


def key_of(bench: Bench) -> str:
    """Return what the desk of a page calls its log and person."""
    return f"{bench.living.view.driver.log.url}|chen"


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
    page.evaluate(SECOND, key_of(bench))
    expect(page.locator(POPUP)).to_have_count(2)
    page.evaluate("real.comm_live = false")
    page.locator(f"{POPUP} .dk-toast-open").first.click()
    assert page.evaluate("[asked.at(-1).type, asked.at(-1).id]") == ["open", "c1"]
    page.evaluate("told({ type: 'seen', unseen: [] })")
    expect(page.locator(POPUP)).to_have_count(0)


def test_of_two_desks_of_a_page_one_tells(page: Page) -> None:
    """Both bring each notice: the first tells it, and the other does not say again what was put away."""
    bench = Bench(Living(), page)
    page.evaluate(SECOND, key_of(bench))
    page.evaluate("() => { draw() }")
    assert brought(page, 1, "sent", "asked") == ["played", "other tab"]
    page.locator(f"{POPUP} .dk-toast-close").click()
    assert brought(page, 2, "asked", "sent") == ["played", "other tab"]
    expect(page.locator(POPUP)).to_have_count(1)
    page.evaluate("told({ type: 'seen', unseen: [] })")
    expect(page.locator(POPUP)).to_have_count(0)


def test_an_unseen_desk_of_a_run_before_tells_nothing(page: Page) -> None:
    """Whichever brings a notice first, the one in sight alone rings; once that is taken off the page, the other does.

    Issue: brought first by the unseen one, it was heard twice.
    """
    bench = Bench(Living(), page)
    page.evaluate(SECOND, key_of(bench))
    assert brought(page, 1, "sent", "asked") == ["played", "other tab"]
    assert brought(page, 2, "asked", "sent") == ["other tab", "played"]
    expect(page.locator(POPUP)).to_have_count(2)
    page.evaluate("() => { undraw() }")
    assert brought(page, 3, "sent", "asked") == ["other tab", "played"]


def test_where_one_desk_is_gone_the_other_tells(page: Page) -> None:
    """A desk off the page, as when its notebook was closed, kept the voice though its kernel lived on."""
    bench = Bench(Living(), page)
    page.evaluate(SECOND, key_of(bench))
    page.evaluate("() => { globalThis.leave = draw() }")
    page.evaluate("() => { leave() }")
    assert brought(page, 1, "sent") == ["played"]
    page.locator(f"{POPUP} .dk-toast-open").click()
    assert page.evaluate("[sent.at(-1).type, sent.at(-1).id]") == ["open", "c1"]


def test_a_popup_opens_in_the_desk_in_sight(page: Page) -> None:
    """Of two notebooks in one page one stands behind the other: what is opened there nobody sees."""
    bench = Bench(Living(), page)
    page.evaluate(SECOND, key_of(bench))
    page.evaluate("() => { draw() }")
    for n, (behind, desk) in enumerate((("second", "sent"), ("alerts", "asked")), start=1):
        page.evaluate(BEHIND, behind)
        brought(page, n, "asked", "sent")
        page.locator(f"{POPUP} .dk-toast-open").last.click()
        assert page.evaluate(f"[{desk}.at(-1).type, {desk}.at(-1).id]") == ["open", f"c{n}"]


def test_a_page_without_a_desk_leaves_the_voice_to_another(page: Page) -> None:
    """Its notebook is closed and the page stays open: the other window rings."""
    other = page.context.new_page()
    bench = Bench(Living(), page, other)
    assert brought(other, 1, "sent") == ["other tab"]
    page.evaluate("() => { undraw() }")
    bench.take_over()
    assert brought(other, 2, "sent") == ["played"]
    bench.close(0)


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


def test_what_is_chosen_in_one_page_holds_in_the_other(page: Page) -> None:
    """Two pages of a browser show one desk: quiet begun or ended in one is so in both, as is what is turned off."""
    other = page.context.new_page()
    Bench(Living(), page, other)
    for here, there in ((page, other), (other, page)):
        here.get_by_role("button", name="1 h", exact=True).click()
        there.get_by_role("button", name="End it").click()
        expect(here.get_by_role("button", name="1 h", exact=True)).to_be_visible()
        here.get_by_role("checkbox", name="Badge", exact=True).uncheck()
        expect(there.get_by_role("checkbox", name="Badge", exact=True)).not_to_be_checked()
        there.get_by_role("checkbox", name="Badge", exact=True).check()
        expect(here.get_by_role("checkbox", name="Badge", exact=True)).to_be_checked()


def test_in_a_narrow_place_every_test_is_in_sight(page: Page) -> None:
    """Beside JupyterLab's files three hundred pixels are left: no button stands outside, and a table stays one."""
    Bench(Living(), page)
    outside = """() => [...document.querySelectorAll("#alerts button, #alerts input")].filter((one) => {
      const box = one.getBoundingClientRect(), around = document.getElementById("alerts").getBoundingClientRect();
      return box.width && (box.right > around.right + 1 || box.left < around.left - 1);
    }).length"""
    for width in (328, 263):
        page.evaluate("width => { document.getElementById('alerts').style.width = `${width}px` }", width)
        assert page.evaluate(outside) == 0
        assert page.get_by_role("row", name="Sound").get_by_role("button", name="Test").is_visible()
    page.add_style_tag(
        content=".dk-alerts .dk-board-table tr { min-width: 500px } .dk-board-scroll { overflow: visible }"
    )
    page.add_style_tag(content=".dk-alerts .dk-board-acts { text-align: end }")
    assert page.evaluate(outside) > 0  # the positive control
