"""What rings in a real browser, channel by channel: the effect is observed, not the call, also where forbidden."""

from __future__ import annotations

import io
import math
import re
import struct
import wave
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from deskkit.desk import events
from tests.browser.alert_page.bench import ORIGIN, TITLE, Bench
from tests.browser.desk_page.world import HOSTILE
from tests.browser.looks import violations
from tests.views.living import Living

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

LOW, NORMAL, HIGH, URGENT = range(4)
SILENT = """
globalThis.touched = false;
addEventListener('click', () => { globalThis.touched = true }, true);
Object.defineProperty(
  BaseAudioContext.prototype, 'state', { get() { return globalThis.touched ? 'running' : 'suspended' } });
AudioContext.prototype.resume = async () => {};
"""  # as a browser is before the first gesture; headless it is not
COUNT_RUNS = "globalThis.runs = []; globalThis.ran = what => globalThis.runs.push(what)"
POPUP = ".dk-toast"


@pytest.fixture
def allowed(context: BrowserContext) -> None:
    """Let pages show notifications."""
    context.grant_permissions(["notifications"], origin=ORIGIN)


def assigned(bench: Bench, name: str, level: int = NORMAL, **more: str) -> None:
    """Let a conversation of a level come to Chen, who is told."""
    bench.living.come(name, level=level, **more)
    bench.wait()


def tone(seconds: float) -> bytes:
    """Return a sound file so long."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        samples = (int(8_000 * math.sin(n / 3)) for n in range(round(8_000 * seconds)))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return out.getvalue()


# ---------------------------------------------------------------- each channel


@pytest.mark.usefixtures("allowed")
def test_all_five_channels_do_what_they_say(page: Page) -> None:
    """An urgent conversation is heard, pops up, is a notification of the system and stands in the title."""
    bench = Bench(Living(), page)
    assigned(bench, "c1", URGENT, customer="张伟", text="快点")
    assert bench.get("heard")[-3:] == [1320, 990, 1320]
    shown = bench.get("notified")[-1]
    assert (shown["title"], shown["tag"], shown["silent"], shown["requireInteraction"]) == (
        "◆U 张伟", "deskkit c1", True, True,
    )  # fmt: skip
    assert shown["body"].endswith("快点")
    expect(page.locator(".dk-toasts-urgent .dk-toast-name")).to_have_text("张伟")
    assert page.locator(".dk-toasts-urgent").get_attribute("role") == "alert"
    assert page.title() == f"(1) {TITLE}"
    assert bench.came()[0] == "Badge: shown · Popup: shown · Sound: played · Desktop notification: shown"
    bench.wait(31)  # the alarm
    assert bench.came()[0].endswith("Flashing: shown")


def test_levels_and_events_sound_different(page: Page) -> None:
    """Each level has its own notes, and each event its own figure; of sixteen sounds no two are alike."""
    bench = Bench(Living(), page)
    found = []
    for level in range(4):
        for event in ("message", "assignment", "waiting", "neglected"):
            alert = {"n": 0, "id": "", "level": level, "event": event, "mark": "", "name": "", "what": "", "text": "",
                     "channels": ["sound"], "sound": "", "volume": 100}  # fmt: skip
            before = len(bench.get("heard"))
            page.evaluate("one => deliver([JSON.stringify({ type: 'alerts', alerts: [one] })])", alert)
            page.wait_for_function(f"heard.length > {before}")
            page.evaluate("pass(3_000)")  # one that is just as loud is not heard while another sounds
            found.append(tuple(bench.get("heard")[before:]))
    assert len(set(found)) == 16
    assert [notes[0] for notes in found[::4]] == [440, 660, 880, 1320]


def test_a_popup_opens_the_conversation(page: Page) -> None:
    """A click on a popup brings the conversation to the front; a look there takes popup and number away."""
    bench = Bench(Living(), page)
    assigned(bench, "c1")
    assert page.locator(".dk-toasts").get_attribute("aria-live") == "polite"
    page.locator(f".dk-toasts {POPUP} .dk-toast-open").click()
    bench.carry()
    assert bench.opened == ["c1"]
    assigned(bench, "c2")
    assert page.title() == f"(2) {TITLE}"
    for name in ("c1", "c2"):
        bench.living.take(events.Viewed, conversation=name, agent="chen")
    bench.wait()
    expect(page.locator(POPUP)).to_have_count(0)
    assert page.title() == TITLE


@pytest.mark.full
def test_the_number_stays_before_whatever_the_page_is_called(page: Page) -> None:
    """Where JupyterLab gives the page another title, the number is put before it again."""
    bench = Bench(Living(), page)
    assigned(bench, "c1")
    page.evaluate("document.title = 'other.ipynb'")
    page.wait_for_function("document.title === '(1) other.ipynb'")


@pytest.mark.full
def test_popups_wait_for_who_reads(page: Page) -> None:
    """A popup goes by itself after a while, but not under the pointer; Escape closes one; at most five stand there."""
    page.clock.install()
    bench = Bench(Living(), page)
    for number in range(7):
        bench.living.come(f"c{number}")
        bench.living.wait(10)
    page.clock.resume()
    bench.carry()
    expect(page.locator(POPUP)).to_have_count(5)
    page.locator(f"{POPUP} .dk-toast-open").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator(POPUP)).to_have_count(4)
    page.locator(POPUP).first.hover()
    page.clock.fast_forward(15_000)
    expect(page.locator(POPUP)).to_have_count(1)


# ---------------------------------------------------------------- where it is not allowed


def test_before_the_first_click_sounds_are_blocked(page: Page) -> None:
    """Without a gesture nothing is heard and it is said; a click on the button lets the next one be heard."""
    bench = Bench(Living(), page, before=SILENT)
    assigned(bench, "c1")
    assert bench.get("heard") == []
    assert "Sound: blocked" in bench.came()[0]
    assert "Popup: shown" in bench.came()[0]
    expect(page.locator(".dk-alerts")).to_contain_text("Silent until something was clicked")
    page.get_by_role("button", name="Turn sounds on").click()
    expect(page.locator(".dk-alerts")).to_contain_text("Sounds are on.")
    assigned(bench, "c2")
    assert bench.get("heard") != []
    assert "Sound: played" in bench.came()[0]


def test_a_permission_denied_is_said(page: Page, context: BrowserContext) -> None:
    """Where notifications are denied nothing is thrown: the log says so, and the tab what to do."""
    context.grant_permissions(["geolocation"], origin=ORIGIN)  # only another one: this one is denied
    bench = Bench(Living(), page)
    assigned(bench, "c1", URGENT)
    assert bench.get("notified") == []
    assert "Desktop notification: denied in the browser" in bench.came()[0]
    expect(page.locator(".dk-alerts")).to_contain_text("Allow notifications for this page in the browser's settings")


@pytest.mark.full
def test_a_permission_is_asked_for_by_a_click(page: Page) -> None:
    """Not asked yet, the browser is not asked by itself: it is told so, and a button asks."""
    ask = "Notification.requestPermission = async () => { globalThis.asked = true; return 'default' }"
    bench = Bench(Living(), page, before="globalThis.asked = false")
    page.evaluate(f"() => {{ Object.defineProperty(Notification, 'permission', {{ get: () => 'default' }}); {ask} }}")
    assigned(bench, "c1", URGENT)
    assert "Desktop notification: the browser was not asked yet" in bench.came()[0]
    assert bench.get("asked") is False
    page.get_by_role("button", name="Allow notifications").click()
    assert bench.get("asked") is True


@pytest.mark.full
def test_less_motion_is_respected(page: Page) -> None:
    """Who asked the system for less motion is flashed at by nothing."""
    page.emulate_media(reduced_motion="reduce")
    bench = Bench(Living(), page)
    assigned(bench, "c1", URGENT)
    bench.wait(31)
    assert bench.came()[0].endswith("Flashing: without motion")


# ---------------------------------------------------------------- once


@pytest.mark.usefixtures("allowed")
def test_of_two_browser_tabs_one_rings(page: Page, context: BrowserContext) -> None:
    """Both tabs show the popup, one makes the noise; when that one is closed the other takes over at once."""
    other = context.new_page()
    bench = Bench(Living(), page, other)
    assigned(bench, "c1", URGENT)
    assert sorted(bool(bench.get("heard", at)) for at in (0, 1)) == [False, True]
    assert sorted(len(bench.get("notified", at)) for at in (0, 1)) == [0, 1]
    assert [one.locator(POPUP).count() for one in (page, other)] == [1, 1]
    assert "Sound: played" in bench.came()[0]
    outcomes = [one["outcome"] for at in (0, 1) for one in bench.get("sent", at) if one.get("channel") == "sound"]
    assert {"played", "other tab"} <= set(outcomes)
    loud = 0 if bench.get("heard", 0) else 1
    before = len(bench.get("heard", 1 - loud))
    bench.close(loud)
    bench.take_over()
    assigned(bench, "c2", URGENT)
    assert len(bench.get("heard")) > before


def test_what_nobody_heard_comes_quietly(page: Page) -> None:
    """What rang while no browser was there comes as quiet popups, the newest four, and without a noise."""
    living = Living()
    for number in range(7):
        living.come(f"c{number}")
        living.wait(30)
    bench = Bench(living, page)
    assert bench.get("heard") == []
    expect(page.locator(f"{POPUP}.dk-toast-quiet")).to_have_count(5)
    expect(page.locator(POPUP).last).to_contain_text("and 3 more")
    assert page.title() == f"(7) {TITLE}"
    bench.reload()
    expect(page.locator(POPUP)).to_have_count(3)  # those that nobody has told of yet
    assert page.title() == f"(7) {TITLE}"


# ---------------------------------------------------------------- as I like it


@pytest.mark.full
def test_what_is_off_for_me_is_off(page: Page) -> None:
    """A channel turned off does nothing and says so; that is still so after a reload."""
    bench = Bench(Living(), page)
    for name in ("Sound", "Popup", "Badge"):
        page.get_by_role("checkbox", name=name, exact=True).uncheck()
    for again in (False, True):
        if again:
            bench.reload()
        assigned(bench, f"c{int(again)}")
        assert bench.came()[0] == "Badge: off for me · Popup: off for me · Sound: off for me"
        assert (bench.get("heard"), page.locator(POPUP).count(), page.title()) == ([], 0, TITLE)


@pytest.mark.usefixtures("allowed")
def test_quiet_for_me_leaves_popups_and_the_number(page: Page) -> None:
    """In a quiet time an urgent notice pops up and is counted, and makes no noise; it ends by a button."""
    bench = Bench(Living(), page)
    page.get_by_role("button", name="1 h", exact=True).click()
    assigned(bench, "c1", URGENT)
    assert bench.came()[0] == ("Badge: shown · Popup: shown · Sound: quiet for me · Desktop notification: quiet for me")
    assert (bench.get("heard"), bench.get("notified"), page.title()) == ([], [], f"(1) {TITLE}")
    page.get_by_role("button", name="End it").click()
    assigned(bench, "c2", URGENT)
    assert bench.get("heard") != []


def test_a_quiet_time_by_the_keyboard(page: Page) -> None:
    """What replaces a pressed button has the focus, also when the time is over by itself; its end is told in 24 h."""
    page.clock.install(time="2026-06-18T12:14:00Z")
    bench = Bench(Living(), page)
    begins, ends = page.get_by_role("button", name="15 min"), page.get_by_role("button", name="End it")
    for _ in range(2):
        begins.focus()
        page.keyboard.press("Enter")
        expect(ends).to_be_focused()
        page.keyboard.press("Enter")
        expect(begins).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".dk-alerts-quiet")).to_contain_text(re.compile(r"until \d\d:\d\d(?! ?[AP]M)"))
    page.clock.fast_forward(16 * 60_000)
    bench.carry()
    expect(begins).to_be_focused()


@pytest.mark.full
def test_the_volume_is_mine_times_the_rules(page: Page) -> None:
    """A soft ring is softer than an alarm; turned down by half it is half as loud."""
    bench = Bench(Living(), page)
    assigned(bench, "c1")
    assert bench.get("Math.max(...peaks)") == pytest.approx(0.35 * 0.4)
    page.locator("summary").click()
    slider = page.get_by_label("Volume: All sounds")
    slider.evaluate(
        "one => { one.value = '50'; one.dispatchEvent(new Event('input')); one.dispatchEvent(new Event('change')) }"
    )
    page.evaluate("peaks.length = 0")
    bench.wait(10)
    assigned(bench, "c2")
    assert bench.get("Math.max(...peaks)") == pytest.approx(0.35 * 0.2)


def test_an_own_file_is_played_and_kept(page: Page) -> None:
    """A file chosen for a level is played in place of the tone, also after a reload; what is no sound is refused."""
    bench = Bench(Living(), page)
    page.locator("summary").click()
    chooser = page.locator('[data-of="file level:1"] + input, [data-of="file level:1"] ~ input')
    chooser.set_input_files({"name": "no.wav", "mimeType": "audio/wav", "buffer": b"no sound"})
    expect(page.locator('[data-said^="file"]', has_text="The browser cannot play")).to_have_text(
        "The browser cannot play this file."
    )
    chooser.set_input_files({"name": HOSTILE[0][:40], "mimeType": "audio/wav", "buffer": tone(0.25)})
    expect(page.locator(".dk-alerts-file")).to_have_text(HOSTILE[0][:40])
    for again in (False, True):
        if again:
            bench.reload()
        assigned(bench, f"c{int(again)}")
        assert bench.get("played") == pytest.approx([0.25])
        assert bench.get("heard") == []


@pytest.mark.full
def test_the_policys_files_are_played(page: Page, tmp_path: Path) -> None:
    """A folder with the files that the rings name takes the place of the tones; for a missing one there is a tone."""
    (tmp_path / "soft.wav").write_bytes(tone(0.4))
    bench = Bench(Living(sounds=tmp_path), page)
    assigned(bench, "c1")
    assert (bench.get("played"), bench.get("heard")) == (pytest.approx([0.4]), [])
    bench.wait(10)
    assigned(bench, "c2", URGENT)
    assert bench.get("heard") != []


# ---------------------------------------------------------------- the log, and everybody


def test_a_supervisor_pauses_a_noisy_rule(page: Page) -> None:
    """One press pauses a rule for an hour: it rings nobody, the log says why, it is counted; another press resumes."""
    bench = Bench(Living("qin"), page)
    bench.living.come("c1", level=URGENT)
    bench.wait(121)
    rule = page.locator(".dk-board-row", has_text="Long wait · ◆U Urgent").first
    columns = "[...document.querySelectorAll('.dk-board-section')[0].querySelectorAll('th')].map(one => one.offsetLeft)"
    stood = page.evaluate(columns)
    rule.get_by_role("button", name="Pause 1 h").click()
    bench.carry()
    page.get_by_role("button", name="Pause all the same").click()
    bench.carry()
    assert page.evaluate(columns) == stood  # what is said of the pause moves no column (issue 5)
    before = len(bench.get("heard"))
    bench.living.come("c2", level=URGENT)
    bench.wait(121)
    assert len(bench.get("heard")) == before
    assert "Held back: its rule is paused" in bench.came()
    expect(rule).to_contain_text("1 held back")
    rule.get_by_role("button", name="Resume").click()
    bench.carry()
    expect(rule.get_by_role("button", name="Pause 1 h")).to_be_visible()
    bench.wait(200)
    assert len(bench.get("heard")) > before


@pytest.mark.full
def test_a_row_of_the_log_opens_its_conversation(page: Page) -> None:
    """The newest stands first; its customer is a button that opens the conversation, of whatever name."""
    bench = Bench(Living("qin"), page)
    bench.living.come("c1", customer=HOSTILE[0])
    bench.wait(2)
    page.locator(".dk-board-section").last.get_by_role("button", name=HOSTILE[0][:20]).first.click()
    bench.carry()
    assert bench.opened == ["c1"]


@pytest.mark.usefixtures("allowed")
def test_what_a_customer_controls_is_text(page: Page) -> None:
    """Hostile names and messages are shown as they are in popup, notification and log; nothing of them runs."""
    bench = Bench(Living(masked=False), page, before=COUNT_RUNS)
    for number, payload in enumerate(one for one in HOSTILE if "\u0000" not in one):
        assigned(bench, f"c{number}{payload[:20]}", URGENT, customer=payload, text=payload)
        shown = page.locator(".dk-toasts-urgent .dk-toast").last
        assert shown.locator(".dk-toast-text").evaluate("one => one.textContent").startswith(payload[:20])
        assert bench.get("notified")[-1]["title"].startswith(f"◆U {payload[:20]}")
        bench.wait(30)
    page.wait_for_timeout(100)
    assert bench.get("runs") == []
    assert page.locator("img, script[src*=x], iframe, a, [onload], [onerror], [onfocus]").count() == 0
    page.evaluate("text => document.querySelector('.dk-toast-name').insertAdjacentHTML('beforeend', text)", HOSTILE[0])
    page.wait_for_function("runs.includes('img')")  # the count sees it where it is put in as markup


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), pytest.param("dark", "zh", marks=pytest.mark.full)])
def test_the_tab_is_accessible(page: Page, theme: str, language: str) -> None:
    """Tab and popups: every control has a name, every text enough contrast, in light and dark, English and Chinese."""
    bench = Bench(Living("qin", language=language), page, theme=theme)
    bench.living.come("c1", level=URGENT)
    bench.wait(121)
    page.locator("summary").click()
    page.locator(POPUP).first.wait_for()
    assert violations(page, "body") == []
