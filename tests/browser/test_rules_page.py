"""The rules workshop in a real Chromium: forms and text follow one another, faults are marked, nothing runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from deskkit.desk.events import LEVELS, PolicyChanged
from deskkit.desk.policy import Policy
from deskkit.log import open_log
from deskkit.sample import sample_policy
from deskkit.views.desk.shell import COMMON
from deskkit.views.words import Words
from deskkit.views.workshop.workshop import Workshop
from tests.browser.looks import clipped, violations
from tests.browser.rules_page import open_rules

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

HOSTILE = (
    "<img src=x onerror=globalThis.ran=1>",
    "</textarea><script>globalThis.ran=1</script>",
    "'-globalThis.ran=1-'\u202e<svg onload=globalThis.ran=1>",
)
AREA = "textarea.dk-edit-area"
HUE = "text => { let sum = 7; for (const one of text) sum = (sum * 31 + one.codePointAt(0)) % 9_973; return sum % 8; }"


def workshop(policy: Policy | None = None, *, language: str = "en") -> Workshop:
    """Return a workshop on a log in which a policy was put in force twice."""
    policy = policy or sample_policy()
    log = open_log("memory:")
    for n, one in enumerate((policy.edit({"capacity.reserve": 2}), policy)):
        fact = PolicyChanged(
            at=36_000_000 + n, source="policy", source_id=str(n), by="qin", text=one.text, fingerprint=one.fingerprint
        )
        log.append([fact], received_at=0)
    words = Words(language, zone="Asia/Shanghai")
    return Workshop(log, policy, say=words, put=lambda _act, _policy: None, beside=False)


def test_a_question_about_a_colleagues_version_comes_into_sight(page: Page) -> None:
    """In a low window too; the keys that are pressed just then answer nothing, the next button does."""
    page.set_viewport_size({"width": 1200, "height": 600})
    log, mine, lived = open_log("memory:"), sample_policy(), []
    made = Workshop(
        log, mine, say=Words("en", zone="Asia/Shanghai"), beside=False,
        put=lambda _act, policy: lived.append("reserve = 3" in policy.text),
    )  # fmt: skip
    shop = open_rules(page, made)
    put(page, "reserve = 1", "reserve = 3")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    theirs = mine.edit({"capacity.reserve": 2})
    log.append(
        [PolicyChanged(at=1, source="p", source_id="1", by="qin", text=theirs.text, fingerprint=theirs.fingerprint)],
        received_at=1,
    )
    shop.get_by_role("button", name="Put live").press("Enter")
    question = shop.locator("[role=alert] strong")
    expect(question).to_contain_text("see what yours would undo")
    expect(question).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert not lived
    put(page, "reserve = 3", "reserve = none")
    expect(question).to_have_count(0)  # it asked about another text
    put(page, "reserve = none", "reserve = 3")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    shop.get_by_role("button", name="Put live").press("Enter")
    page.locator("[data-at=sure]").click()
    expect(question).to_have_count(0)
    expect(page.locator(AREA)).to_be_focused()  # the button is gone that had the focus
    assert lived == [True]


def choose(shop: Locator, family: str, rule: str) -> None:
    """Choose a rule in the forms."""
    shop.locator(".dk-pill", has_text=family).click()
    shop.locator(".dk-shop-item", has_text=rule).first.click()
    expect(shop.locator(".dk-shop-item.dk-on")).to_contain_text(rule)


def put(page: Page, before: str, after: str) -> None:
    """Type in the text: put something in another's place, as a hand that selects and types."""
    page.locator(AREA).evaluate(
        "(area, [before, after]) => { const at = area.value.indexOf(before); area.focus();"
        " area.setRangeText(after, at, at + before.length, 'end'); area.dispatchEvent(new Event('input')); }",
        [before, after],
    )


def test_forms_and_text_follow_one_another(page: Page) -> None:
    """A rule chosen is in sight and marked; changed by form its line is another; changed as text, the form is."""
    made = workshop()
    shop = open_rules(page, made)
    choose(shop, "Priority", "Unanswered for 5 minutes")
    area = page.locator(AREA)
    top = area.evaluate("area => area.scrollTop")
    assert top > 1_000
    assert shop.locator(".dk-edit-chosen").count() == 1
    field = shop.get_by_role("textbox", name="Value").first
    field.fill("3 min")
    field.press("Tab")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    assert 'when = { unanswered = ">= 3 min", open = true }' in area.input_value()
    assert page.evaluate("document.activeElement.closest('.dk-shop-form') !== null")  # the focus went on, and was kept
    put(page, '">= 3 min"', '">= 4 min"')
    expect(field).to_have_value("4 min")
    texts = page.evaluate("sent.filter(one => one.type === 'text').length")
    for letter in "# typed at once":
        area.press_sequentially(letter)
    page.wait_for_timeout(600)
    assert page.evaluate("sent.filter(one => one.type === 'text').length") - texts <= 3
    assert made.draft.text == area.input_value()


def test_what_stands_in_a_field_is_taken_when_another_window_chooses_another_rule(page: Page) -> None:
    """The form goes with what was chosen elsewhere; what was typed is the field's, as if it had been left, and told."""
    made = workshop()
    shop = open_rules(page, made)
    choose(shop, "Priority", "Unanswered for 5 minutes")
    field = shop.get_by_role("textbox", name="Value").first
    field.fill("3 min")
    page.evaluate("() => model.send({ type: 'pick', family: 'hours', path: '' })")  # as of another window
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    assert 'when = { unanswered = ">= 3 min", open = true }' in made.draft.text
    expect(shop.locator(".dk-pill.dk-on")).to_have_text("Hours")
    expect(shop).to_be_focused()


def test_a_fault_is_marked_where_it_is(page: Page) -> None:
    """Line, value, what was expected and an example stand below; a click goes there; the form refuses likewise."""
    shop = open_rules(page, workshop())
    put(page, 'level = "high"', 'level = "very high"')
    fault = shop.locator(".dk-shop-fault-wrong")
    for text in ("This level is not known.", "very high", "low, normal, high or urgent", 'level = "high"'):
        expect(fault).to_contain_text(text)
    assert shop.locator(".dk-edit-wrong").count() == 1
    assert page.locator(AREA).get_attribute("aria-invalid") == "true"
    fault.get_by_role("button").click()
    chosen = page.locator(AREA).evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert chosen == 'level = "very high"'
    shop.get_by_role("button", name="Undo").click()
    expect(shop.locator(".dk-shop-fault-wrong")).to_have_count(0)
    choose(shop, "Capacity", "How much an agent can hold")
    field = shop.get_by_label("Units of an agent", exact=True)
    field.fill("many")
    field.press("Enter")
    expect(shop.locator(".dk-shop-refused")).to_contain_text("This is no such number.")


def test_labels_are_renamed_and_coloured(page: Page) -> None:
    """A label gets another name and a colour by form; the text says what it was called before."""
    made = workshop()
    shop = open_rules(page, made)
    choose(shop, "Tags", "Labels of your own")
    name = shop.get_by_label("Rename: urgent")
    name.fill("hurry")
    name.press("Enter")
    expect(shop.get_by_label("Rename: hurry")).to_be_visible()
    expect(shop.locator(".dk-shop-was")).to_contain_text("urgent")
    shop.get_by_role("button", name="Retire: human").click()
    expect(shop.get_by_role("button", name="Offer again: human")).to_be_visible()
    assert made.draft.policy.schema.facets[2].renamed == {"urgent": "hurry"}


def test_a_label_without_a_colour_has_the_one_of_the_desk(page: Page) -> None:
    """No grey box, as of what cannot be used; one that has a colour shows that."""
    policy = sample_policy()
    shop = open_rules(page, workshop(policy.edit({"facets.label.colours": {"refund": "#123456"}})))
    choose(shop, "Tags", "Labels of your own")
    colours = {tag: shop.get_by_label(f"Colour: {tag}").input_value() for tag in ("urgent", "important", "refund")}
    (listed,) = re.findall(r"HUES = \[(.*)\];", COMMON[0].read_text(encoding="utf-8"))
    hues = re.findall("#[0-9a-f]{6}", listed)
    assert len(hues) == 8
    assert colours["refund"] == "#123456"
    for tag in ("urgent", "important"):
        assert colours[tag] == hues[page.evaluate(HUE, tag)]


def test_levels_are_called_in_the_language_of_the_view(page: Page) -> None:
    """Where one chooses among them, and in the list of items; what is sent is the name the policy has."""
    made = workshop(language="zh")
    shop = open_rules(page, made)
    choose(shop, "优先级", "VIP 着急或投诉")
    level = shop.locator("select[data-at=v]").first
    expect(level.locator("option")).to_have_text(["低", "普通", "高", "紧急"])
    level.select_option(label="高")
    page.wait_for_timeout(300)
    assert made.draft.policy.schema.priority[0].level == LEVELS.index("high")
    shop.get_by_role("button", name="高峰模式", exact=True).click()
    expect(shop.locator(".dk-shop-item", has_text="高, 紧急")).to_be_visible()


PARTS = [".dk-shop-top", ".dk-shop-told", ".dk-shop-forms", ".dk-shop-panel", ".dk-edit", ".dk-pill"]
BOXES = """parts => parts.map(one => {
  const { top, bottom, left, right } = document.querySelector(one).getBoundingClientRect();
  return { top, bottom, left, right };
})"""


def test_what_is_said_covers_nothing(page: Page) -> None:
    """A message takes its room from the editor: forms, buttons and what is open below stand where they stood."""
    shop = open_rules(page, workshop())
    shop.locator(".dk-pill").nth(1).click()
    expect(shop.locator(".dk-pill").nth(1)).to_have_attribute("aria-current", "true")
    shop.get_by_role("button", name="Versions", exact=True).click()
    expect(shop.locator(".dk-shop-what").first).to_have_text("1 changed: How much an agent can hold")
    top, told, forms, panel, edit, pill = page.evaluate(BOXES, PARTS)
    assert told["top"] == told["bottom"]  # nothing is said, and no room kept
    assert pill["top"] - top["bottom"] < 16
    shop.get_by_role("button", name="Load into the editor").last.click()
    expect(shop.locator(".dk-shop-told")).to_contain_text("Loaded into the editor")
    after = page.evaluate(BOXES, PARTS)
    assert (after[0], after[2], after[3], after[5]) == (top, forms, panel, pill)
    assert after[1]["left"] >= forms["right"]
    assert (after[4]["top"] >= after[1]["bottom"], after[4]["bottom"]) == (True, edit["bottom"])


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_policy_is_text(page: Page, payload: str) -> None:
    """Names, tags and texts that would be markup run nothing, in forms, faults, versions and differences alike."""
    text = sample_policy().text.replace('"important"', f'"important", {_quoted(payload)}')
    text = f"# {payload}\n{text}"
    policy = Policy.parse(text.replace('"Unhappy in the chat"', _quoted("Unhappy " + payload.replace("\u202e", ""))))
    shop = open_rules(page, workshop(policy))
    choose(shop, "Tags", "Labels of your own")
    choose(shop, "Priority", "Unhappy")
    put(page, 'level = "high"', f"level = {_quoted(payload)}")
    expect(shop.locator(".dk-shop-fault-wrong").first).to_contain_text(payload[:12])
    shop.get_by_role("button", name="Versions", exact=True).click()
    shop.get_by_role("button", name="Compare").last.click()
    expect(shop.locator(".dk-diff-new").first).to_be_visible()
    assert page.evaluate("globalThis.ran") is None
    page.evaluate("html => { document.body.insertAdjacentHTML('beforeend', html) }", HOSTILE[0])
    page.wait_for_function("globalThis.ran === 1")  # the positive control: as markup it runs


def _quoted(text: str) -> str:
    return '"' + text.replace("\u202e", "\\u202e") + '"'


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_workshop_is_accessible(page: Page, theme: str) -> None:
    """In both themes and languages every control has a name and every text enough contrast, narrow windows too."""
    for language, width in (("en", 1280), ("zh", 1280), ("zh", 480)):
        page.unroute_all()
        context = page.context.new_page()
        context.set_viewport_size({"width": width, "height": 900})
        shop = open_rules(context, workshop(language=language), theme=theme)
        for family in range(11):
            shop.locator(".dk-pill").nth(family).click()
            expect(shop.locator(".dk-pill").nth(family)).to_have_attribute("aria-current", "true")
            if family in (1, 6):
                shop.locator(".dk-shop-item").last.click()
                assert violations(context) == []
        put(context, 'level = "high"', 'level = "very high"')
        shop.locator("[data-at=versions]").click()
        shop.locator("[data-at^=see]").last.click()
        expect(shop.locator(".dk-diff-new").first).to_be_visible()
        assert violations(context) == []
        assert clipped(context) == []
        assert context.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()


def test_a_difference_comes_into_sight(page: Page) -> None:
    """What Compare shows stands below the versions, and the page goes there: its title and its first lines are seen."""
    page.set_viewport_size({"width": 1400, "height": 700})
    made = workshop()
    shop = open_rules(page, made)
    put(page, 'level = "high"', 'level = "urgent"')
    shop.get_by_role("button", name="Versions").click()
    shop.get_by_role("button", name="Compare").last.click()
    shop.locator(".dk-diff").first.wait_for()
    for one in (".dk-shop-panel > h3", ".dk-diff >> nth=0"):
        box = page.locator(one).bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 700 - box["height"]


def test_a_page_loaded_again_shows_what_was_typed(page: Page) -> None:
    """The draft is the kernel's: a page that comes later, after texts were typed in another, shows it and goes on."""
    made = workshop()
    shop = open_rules(page, made)
    for before, after in (("reserve = 1", "reserve = 3"), ("reserve = 3", "reserve = 2")):
        put(page, before, after)
        expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    page.reload()
    page.locator(".dk-shop-field").first.wait_for()
    assert "reserve = 2" in page.locator(AREA).input_value()
    put(page, "reserve = 2", "reserve = none")
    expect(shop.locator(".dk-shop-fault-wrong")).to_be_visible()


def test_nothing_is_typed_in_the_place_of_a_text_that_is_to_come(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys pressed before the kernel told its text would be all there is of the policy; after it they are taken."""
    made = workshop()
    shop = open_rules(page, made)
    with monkeypatch.context() as busy:
        busy.setattr(made, "hear", lambda _message: None)
        page.reload()
        area = page.locator(AREA)
        area.press_sequentially("# typed")
        page.wait_for_timeout(600)  # longer than the page waits before it tells what was typed
        assert area.input_value() == ""
    page.evaluate("() => model.send({ type: 'hello' })")
    expect(shop.locator(".dk-shop-state")).to_contain_text("as it is in force")
    area.press("Control+Home")
    area.press_sequentially("# typed ")
    expect(shop.locator(".dk-shop-state")).to_contain_text("not live yet")
    assert area.input_value() == f"# typed {sample_policy().text}" == made.draft.text


class Slow(Workshop):
    """A workshop that was still telling of the text before when the next one came."""

    def _typed(self, message: dict[str, Any]) -> None:
        self._welcome()
        super()._typed(message)


def test_what_is_told_of_the_text_before_does_not_come_over_it(page: Page) -> None:
    """What was begun before a text came, and ended after it, takes nothing of what was typed away."""
    shop = open_rules(page, Slow(open_log("memory:"), sample_policy(), say=Words("en", zone="UTC"), beside=False))
    put(page, "reserve = 1", "reserve = 3")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed")
    assert "reserve = 3" in page.locator(AREA).input_value()


def test_what_was_said_in_another_language_goes(page: Page) -> None:
    """As the foot of a desk: what was said of a deed stands in the words of then, and nobody says it again."""
    made = workshop()
    shop = open_rules(page, made)
    hello = "() => model.send({ type: 'hello' })"
    page.evaluate("listeners[0]({ type: 'said', text: 'Policy put live', details: ['Li Na: Priority high'] })")
    page.evaluate(hello)
    page.wait_for_timeout(300)
    expect(shop.locator(".dk-shop-told details")).to_be_visible()
    made.speak(Words("zh", zone="Asia/Shanghai"))
    page.evaluate(hello)
    shop.get_by_role("button", name="上线").wait_for()
    expect(shop.locator(".dk-shop-told")).to_be_hidden()


def test_an_example_of_any_name_keeps_the_focus(page: Page) -> None:
    """A conversation's name may hold whatever its source wrote; its button is found again in a table drawn anew."""
    words = Words("en", zone="UTC")
    made = Workshop(open_log("memory:"), sample_policy(), say=words, opens=lambda _name, _page: None, beside=False)
    shop = open_rules(page, made)
    shop.get_by_role("button", name="Try on history").click()
    row = {"id": 'a"\\]', "who": "Li Na", "said": "hello", "at": "10:00", "changes": ["Priority high"]}
    empty = {"head": ["", "", ""], "rows": []}
    trial = {"title": "1", "chip": "", "about": "", "touched": empty, "effects": empty, "notes": []} | {
        "examples": {"title": "Examples", "head": ["a", "b", "c"], "rows": [row]}
    }
    show = "made => listeners[0]({ type: 'trial', made })"
    page.evaluate(show, trial)
    name = shop.get_by_role("button", name="Open the conversation of Li Na")
    name.focus()
    page.evaluate(show, trial)
    expect(name).to_be_focused()


def test_what_was_tried_is_said_to_be_of_an_earlier_draft(page: Page) -> None:
    """Changed while it is gone over or after, the result below is of another text; changed back, it is of this one.

    Issue: every change was taken back, and what the draft would have changed stood there as if of the editor's text.
    """
    shop = open_rules(page, workshop())
    shop.get_by_role("button", name="Try on history").click()
    put(page, "reserve = 1", "reserve = 3")
    expect(shop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    shop.get_by_role("button", name="See what would change").click()
    expect(shop.locator(".dk-shop-reach")).to_be_visible()
    expect(shop.locator(".dk-shop-old")).to_have_count(0)
    shop.get_by_role("button", name="Take all back").click()
    expect(shop.locator(".dk-shop-old")).to_contain_text("of an earlier draft")
    put(page, "reserve = 1", "reserve = 3")
    expect(shop.locator(".dk-shop-old")).to_have_count(0)


def test_groups_are_called_by_their_titles(page: Page) -> None:
    """Who edits capacities knows the groups by title; the name in the text stands beside, alone where there is none."""
    text = Policy.load("data/policies/standard.toml").text.replace('title = "技术组 Technical"\n', "")
    shop = open_rules(page, workshop(Policy.parse(text)))
    choose(shop, "Capacity", "How much an agent can hold")
    named = shop.locator(".dk-shop-map label > span")
    expect(named).to_have_text([
        "售前组 Pre-sales (presales)", "售后组 After-sales (aftersales)", "technical", "VIP客服 VIP (vip)",
        "国际组 International (international)",
    ])  # fmt: skip
