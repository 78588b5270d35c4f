"""The desk's browser half without a kernel: replies, files, filters, own tabs, a kernel that is away."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.desk_page.opening import draft, kernel, open_desk, open_tab, row, rows, sent, serve
from tests.browser.desk_page.world import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

DRAFT = "I have looked into it, and "


def test_quick_replies_by_key_and_by_click(page: Page) -> None:
    """A slash or the button offers what suits this tab; the names are put in, what nobody knows leaves no gap."""
    made = world()
    name = made["order"][0]
    made["pages"][name]["quick"] = [0]
    open_desk(page, made)
    pane = open_tab(page, name)
    pane.get_by_role("button", name="Quick replies").click()
    expect(pane.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    greeting = draft(page).input_value()
    assert greeting.startswith(f"{made['rows'][name]['n']}: ")
    assert "{" not in greeting
    draft(page).fill("/ref")
    expect(pane.get_by_role("option")).to_have_count(0)
    open_tab(page, made["order"][1])
    draft(page).press_sequentially("Hello /ref")
    page.keyboard.press("Tab")
    assert draft(page).input_value() == "Hello Your refund is on its way."


def test_a_button_that_was_not_used_writes_nothing(page: Page) -> None:
    """Escape, or going elsewhere, takes back the slash that the button wrote; one that somebody typed stays."""
    open_desk(page)
    pane = open_tab(page, world()["order"][0])
    for written in ("", "One moment"):
        draft(page).fill(written)
        for leaves in (partial(page.keyboard.press, "Escape"), page.locator(".dk-search").focus):
            pane.get_by_role("button", name="Quick replies").click()
            assert draft(page).input_value() == f"{written} /".lstrip()
            leaves()
            expect(draft(page)).to_have_value(written)
    draft(page).fill("")
    pane.get_by_role("button", name="Quick replies").click()
    pane.locator(".dk-main").click()
    assert sent(page, "act") == []
    draft(page).press_sequentially("and/or /")  # the control: a slash of one's own
    page.keyboard.press("Escape")
    assert draft(page).input_value() == "and/or /"
    assert sent(page, "act") == []


def test_what_was_sought_begins_at_its_first(page: Page) -> None:
    """However far the list was scrolled, a search, its end and a grouping show their first row."""
    made = world(200)
    open_desk(page, made)
    box = page.locator(".dk-list-box")
    steps: list[Callable[[], object]] = [
        partial(page.locator(".dk-search").fill, "e"),
        partial(page.locator(".dk-search").fill, ""),
        partial(page.locator(".dk-find-row select").select_option, "agent"),
    ]
    for step in steps:
        box.evaluate("one => { one.scrollTop = 1_200 }")
        page.wait_for_function("document.querySelector('.dk-list-box').scrollTop === 1200")
        step()
        page.wait_for_function("document.querySelector('.dk-list-box').scrollTop === 0")


def test_undo_says_what_it_undoes(page: Page) -> None:
    """The line may be of another act, such as a reply, which nothing takes back: the button names its own."""
    made = world()
    made["undo"] = [{"undo": "a1", "text": "Assigned: Mia (袁小燕)", "by": "Chen Lu", "at": "10:31"}]
    open_desk(page, made)
    button = page.locator(".dk-ending .dk-tool").first
    expect(button).to_have_text("Undo: Assigned: Mia (袁小燕)")
    for is_own, words in ((False, "Undo Chen Lu's: Assigned: Mia (袁小燕)"), (True, "Undo: Assigned: Mia (袁小燕)")):
        kernel(page, "kernel.patch({ undo: value })", [{**made["undo"][0], "own": is_own}])
        expect(button).to_have_text(words)
        assert (button.get_attribute("aria-label"), button.get_attribute("title")) == (words, words)


def test_a_file_is_opened_only_on_a_click_that_names_the_host(page: Page) -> None:
    """Nothing of a file is loaded; a question names the host; the new tab has neither opener nor referrer."""
    page.add_init_script("globalThis.opened = []; globalThis.open = (...how) => opened.push(how)")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    made = world()
    open_desk(page, made)
    pane = open_tab(page, made["order"][0])
    ask = pane.get_by_role("button", name="Open file: photo of the lamp.jpg")
    ask.click()
    question = page.locator(".dk-over")
    expect(question).to_contain_text("It leads to files.example, outside of this desk.")
    assert page.evaluate("opened") == []
    page.keyboard.press("Escape")
    assert page.evaluate("opened") == []
    ask.click()
    question.get_by_role("button", name="Open on files.example").click()
    assert page.evaluate("opened") == [["https://files.example/lamp.jpg?sig=1", "_blank", "noopener,noreferrer"]]
    for address in (
        {"url": "javascript:alert(1)", "host": "files.example"},
        {"url": "https://files.example@evil.example/", "host": "files.example"},
        {"url": "http://2130706433/", "host": "2130706433"},
        {"text": "Not opened: “data:” is no web address", "url": None, "host": None},
    ):
        kernel(page, "kernel.address = value", address)
        ask.click()
        expect(question).to_contain_text("Not opened")
        question.get_by_role("button", name="OK").click()
    assert len(page.evaluate("opened")) == 1
    assert not [url for url in fetched if not url.startswith("http://127.0.0.1:9/")]


def test_an_invitation_is_for_who_is_not_there(page: Page) -> None:
    """To help is offered neither to who has the conversation nor to who looks at it nor to a helper of it (issue 5)."""
    made = world()
    name = made["order"][0]
    agents = [one["k"] for one in made["choices"]["agents"]]
    owner, helper = [one for one in agents if one != made["me"]][:2]
    made["rows"][name]["a"] = owner
    made["pages"][name] |= {"helpers": [{"k": helper, "text": helper}], "may": ["help", "assign"]}
    desk = open_desk(page, made)
    open_tab(page, name)
    offered = {}
    for do in ("assign", "help"):
        desk.locator(f".dk-pane button[data-do='{do}']").click()
        offered[do] = page.locator(".dk-menu .dk-entry").count()
        page.keyboard.press("Escape")
    assert offered == {"assign": len(agents) + 1, "help": len({*agents} - {owner, helper, made["me"]})}


def test_who_fits_stands_first_and_the_others_say_why_not(page: Page) -> None:
    """The first who is offered stands below where the rules would not give it to that agent, with why; text is text."""
    made = world()
    name = made["order"][0]
    first, second = made["choices"]["agents"][:2]
    made["pages"][name] |= {"may": ["assign"], "misfits": {first["k"]: "does not speak <b>this</b>"}}
    desk = open_desk(page, made)
    open_tab(page, name)
    desk.locator(".dk-pane button[data-do='assign']").click()
    entries = page.locator(".dk-menu .dk-entry")
    expect(entries.first).to_contain_text(second["text"])
    last = entries.nth(len(made["choices"]["agents"]) - 1)
    expect(last).to_contain_text(first["text"])
    expect(last).to_contain_text("does not speak <b>this</b> · ")


def test_an_agent_begins_with_the_own_tabs(page: Page) -> None:
    """The own conversations are open, none in front, the list narrowed to them; a new one gets a tab by itself."""
    made = world() | {"own": True}
    mine = [name for name in made["order"] if made["rows"][name]["a"] == "chen"]
    other = next(name for name in made["order"] if made["rows"][name]["a"] == "mia")
    open_desk(page, made)
    assert sent(page, "watch")[-1] == {
        "type": "watch", "open": mine[:12], "front": [], "focus": None,
    }  # fmt: skip
    assert rows(page) == [name for name in made["order"] if name in mine][: len(rows(page))]
    page.locator(".dk-tab-close").last.click()
    page.locator(".dk-tab").first.click()
    draft(page).fill(DRAFT)
    kernel(page, "kernel.patch({ rows: { [value]: { a: 'chen' } } }, { isNow: true })", other)
    assert sent(page, "watch")[-1]["open"] == [*mine[:12][:-1], other]
    expect(draft(page)).to_be_focused()
    page.locator(".dk-active-filters .dk-take").click()
    serve(page, made | {"epoch": "e2"})
    page.reload()
    page.locator(".dk-pane .dk-said-text").first.wait_for()
    assert sent(page, "watch")[-1]["open"] == [*mine[:12][:-1], other]
    assert page.locator(".dk-active-filters .dk-take").count() == 0
    assert draft(page).input_value() == DRAFT


def test_a_text_on_its_way_is_not_sent_by_hand_again(page: Page) -> None:
    """After a reload the pane of an unanswered text waits for the answer: pressing Send meanwhile sends nothing."""
    made = world()
    open_desk(page, made)
    open_tab(page, made["order"][0])
    kernel(page, "kernel.manner = sessionStorage.manner = 'silent'")
    draft(page).fill(DRAFT)
    page.evaluate("pass(2_050)")
    draft(page).press("Control+Enter")
    (act,) = sent(page, "act")
    page.reload()
    page.locator(".dk-pane .dk-said-text").first.wait_for()
    page.evaluate("pass(2_050)")
    draft(page).press("Control+Enter")
    assert sent(page, "act") == [act]
    expect(page.locator(".dk-pane .dk-main")).to_be_disabled()
    kernel(page, "kernel.emit({ type: 'answer', act: value, ok: true, foot: [] })", act["act"])
    expect(draft(page)).to_have_value("")
    draft(page).fill("Another")
    draft(page).press("Control+Enter")
    assert len(sent(page, "act")) == 2


def test_a_machine_that_slept_says_how_old_it_is(page: Page) -> None:
    """An hour that only the wall clock saw pass is said at once, and over with the next word of the kernel."""
    made = world()
    open_desk(page, made)
    name = next(name for name in made["order"] if "w" in made["rows"][name])
    clock = row(page, name).locator(".dk-clock")
    before = clock.inner_text()
    page.evaluate("kernel.isAlive = false")
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 3_600_000 }")
    banner = page.locator(".dk-banner")
    expect(banner).to_contain_text("state of 60 min ago")
    assert "run the cell" not in banner.inner_text()
    assert int(clock.inner_text().split(":")[0]) >= int(before.split(":")[0]) + 60
    hellos = len(sent(page, "hello"))
    page.wait_for_function("before => kernel.sent.filter(one => one.type === 'hello').length > before", arg=hellos)
    page.evaluate("kernel.isAlive = true")
    expect(banner).to_be_hidden()


FILTERED: dict[str, tuple[str, Callable[[dict[str, Any]], bool]]] = {
    "level": ("2", lambda row: row["l"] == 2),
    "stage": ("waiting", lambda row: row["s"] == "waiting"),
    "group": ("vip", lambda row: row["g"] == "vip"),
    "agent": ("mia", lambda row: row["a"] == "mia"),
    "customer": ("vip", lambda row: "vip" in row.get("ct", [])),
    "inquiry": ("refund", lambda row: "refund" in row["iq"]),
    "label": ("angry", lambda row: "angry" in row.get("lb", [])),
}


def test_a_filter_can_be_chosen_while_the_desk_lives(page: Page) -> None:
    """What room agents have changes every few seconds: the choices stay the same elements, and are right once left."""
    made = world()
    open_desk(page, made)
    page.locator(".dk-find .dk-tool").click()
    agents = page.locator('.dk-filter-panel [data-name="agent"]')
    agents.focus()
    agents.evaluate("one => { one.isTheSame = true; one.firstChild.isTheSame = true; }")
    busier = [one | {"room": "4 of 5"} for one in made["choices"]["agents"]]
    with_another = [*busier, {"k": "new", "text": "Somebody New", "presence": "online", "room": "0 of 5"}]
    for changed in (busier, with_another):
        kernel(page, "kernel.patch({ choices: { agents: value } }, { isNow: true })", changed)
        assert agents.evaluate("one => one.isTheSame && one.firstChild.isTheSame && document.activeElement === one")
    assert agents.locator("option", has_text="Somebody New").count() == 0
    page.locator(".dk-search").focus()
    kernel(page, "kernel.patch({ choices: { agents: value } }, { isNow: true })", with_another)
    expect(agents.locator("option", has_text="Somebody New")).to_have_count(1)


def test_filters_grouping_and_search_work_together(page: Page) -> None:
    """Each filter alone, then two of them within what a search found and grouped: what passes all of it is shown."""
    made = world(60)
    for name in made["order"][::2]:
        made["rows"][name]["lb"] = ["angry"]
    open_desk(page, made)
    page.set_viewport_size({"width": 1_600, "height": 1_300})
    page.locator(".dk-find .dk-tool").click()
    for facet, (value, passes) in FILTERED.items():
        choice = page.locator(f'.dk-filter-panel [data-name="{facet}"]')
        choice.select_option(value)
        expected = [name for name in made["order"] if passes(made["rows"][name])]
        assert expected, facet
        expect(page.locator(".dk-caption-line")).to_contain_text(f"{len(expected)} of 60")
        assert rows(page) == expected[: len(rows(page))], facet
        choice.select_option("")
    page.locator('.dk-filter-panel [data-name="stage"]').select_option("waiting")
    page.locator('.dk-filter-panel [data-name="label"]').select_option("angry")
    page.locator(".dk-find-row select").select_option("agent")
    page.locator(".dk-search").fill("refund")
    expect(page.locator(".dk-caption-line")).to_contain_text(": refund")
    found = [name for name in made["order"] if "refund" in json.dumps(made["rows"][name], ensure_ascii=False)]
    both = (FILTERED["stage"][1], FILTERED["label"][1])
    expected = [name for name in found if all(passes(made["rows"][name]) for passes in both)]
    assert expected
    assert sorted(rows(page)) == sorted(expected)
    owners = [made["rows"][name]["a"] for name in rows(page)]
    assert owners == sorted(owners, key=["chen", "mia", "raj", ""].index)
    row(page, rows(page)[0]).click(modifiers=["Control"])
    if len(expected) > 1:
        page.locator(".dk-bulk").get_by_text(f"Select all {len(expected)}").click()
    page.locator('.dk-bulk [data-do="handled"]').click()
    assert sorted(sent(page, "act")[-1]["deed"]["ids"]) == sorted(expected)


def test_closed_conversations_are_found_by_their_stage(page: Page) -> None:
    """Narrowed to the archive the log is searched, with or without words; then the open ones stand there again."""
    made = world()
    made["choices"]["stages"].append({"k": "archived", "text": "Archived"})
    open_desk(page, made)
    before = rows(page)
    page.locator(".dk-find .dk-tool").click()
    stage = page.locator('.dk-filter-panel [data-name="stage"]')
    page.evaluate("kernel.isAlive = false")  # the test answers itself
    stage.select_option("archived")
    expect(page.locator(".dk-caption-line")).to_contain_text("Searching")
    asked = sent(page, "search")[-1]
    assert (asked["query"], asked["filters"]) == ("", {"stage": "archived"})
    old = {"n": "Old Customer", "l": 1, "s": "archived", "cl": "Archived 09:00"}
    found = {"ids": ["old"], "rows": {"old": old}, "hits": {}, "text": "1 found, newest first"}
    page.evaluate("found => kernel.emit({ ...kernel.sent.at(-1), type: 'found', ...found })", found)
    expect(row(page, "old")).to_be_visible()
    expect(page.locator(".dk-caption-line")).to_contain_text("1 found, newest first")
    assert rows(page) == ["old"]
    page.locator(".dk-search").fill("refund")
    page.wait_for_function("kernel.sent.some(one => one.type === 'search' && one.query === 'refund')")
    assert sent(page, "search")[-1]["filters"] == {"stage": "archived"}
    page.locator(".dk-search").fill("")
    stage.select_option("")
    expect(row(page, "old")).to_have_count(0)
    assert rows(page)[:5] == before[:5]


def test_a_link_can_be_copied(page: Page) -> None:
    """The button puts the address of this conversation on the clipboard; opened anew, it brings its tab."""
    copying = "{ value: { writeText: async text => { globalThis.copied = text } } }"
    page.add_init_script(f"Object.defineProperty(navigator, 'clipboard', {copying})")
    made = world()
    open_desk(page, made)
    pane = open_tab(page, made["order"][2])
    pane.get_by_role("button", name="Copy link").click()
    page.wait_for_function("globalThis.copied")
    assert page.evaluate("copied").endswith(f"/#conversation={made['order'][2]}")


def test_a_busy_kernel_is_not_taken_for_a_log_without_the_conversation(page: Page) -> None:
    """Only a kernel that was heard since it was asked can have no such conversation."""
    made = world()
    name = made["order"][2]
    del made["pages"][name]
    open_desk(page, made)
    page.evaluate("clearInterval(beats); kernel.isAlive = false")
    row(page, name).click()
    wait = page.locator(".dk-await")
    page.evaluate("pass(6_000)")
    page.wait_for_timeout(1_500)  # longer than from one drawing of what time changes to the next
    expect(wait).to_contain_text("Loading")
    page.evaluate("kernel.beat()")  # the control: it is heard, and says nothing of the conversation
    expect(wait).to_contain_text("not in the log")
