"""Quick replies offered in a tab, and files that are opened on a click: which, and where to."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit import views
from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.desk.events import File
from tests.views.browser import Browser
from tests.views.little import HOSTILE, NOW, STANDARD, little_log, little_view

# ---------------------------------------------------------------- quick replies


def test_a_tab_offers_what_suits_it() -> None:
    """Language, group and agent choose what is offered."""
    rows: list[dict[str, object]] = [
        {"short": "/vip", "text": "x", "groups": ["vip"]},
        {"short": "/pre", "text": "x", "groups": ["presales"]},
        {"short": "/qin", "text": "x", "agents": ["qin"]},
        {"short": "/chen", "text": "x", "agents": ["chen"]},
    ]
    policy = STANDARD
    for row in rows:
        policy = policy.add("quick", row)
    browser = Browser(views.desk(little_log(), policy, me="qin", clock=ManualClock(NOW), language="en"))
    browser.open("c1", "c2")
    offered = {name: [browser.choices["quick"][n] for n in page["quick"]] for name, page in browser.pages.items()}
    chinese = {one.short for one in policy.quick if one.language == "zh"}
    assert [one["short"] for one in offered["c1"]] == [*sorted(chinese, key=_place), "/vip", "/qin"]
    assert "您好" in offered["c1"][0]["text"]
    assert [one["short"] for one in offered["c2"]] == [*sorted(chinese, key=_place), "/pre", "/qin"]
    assert "Hello" in offered["c2"][0]["text"]


def _place(short: str) -> int:
    return [one.short for one in STANDARD.quick].index(short)


def test_names_are_put_into_a_reply() -> None:
    """The customer's name and one's own, the one customers know; a name that is a number is left out."""
    log = little_log()
    facts = [
        events.AgentSet(at=NOW, source="test", source_id="nick", agent="qin", name="秦岚", nick="小秦"),
        events.CustomerSet(at=NOW, source="test", source_id="tel", customer="li", name="13812345678"),
    ]
    log.append(facts, received_at=NOW)
    browser = Browser(little_view(log=log))
    browser.open("c1", "c2", "c4")
    assert browser.pages["c1"]["blanks"] == {"customer": "张伟", "agent": "小秦"}
    assert browser.pages["c4"]["blanks"]["customer"] == ""
    assert browser.pages["c2"]["blanks"]["customer"] == ""  # it would turn the direction of the text


# ---------------------------------------------------------------- files

REFUSED = {
    "javascript:alert(1)": "no web address",
    " javascript:alert(1)": "no web address",
    "JaVaScRiPt:alert(1)//https://a.example": "no web address",
    "data:text/html,<script>alert(1)</script>": "no web address",
    "file:///etc/passwd": "no web address",
    "vbscript:x": "no web address",
    "/rails/blobs/1.png": "no web address",
    "https://shop.example@evil.example/a.png": "not clear",
    "https://shop.example\\@evil.example/a.png": "not clear",
    "https://evil.example\u202egnp.a": "not clear",
    "https://пример.example/a.png": "not clear",
    "https://a.example:port/x": "not clear",
    "https:///x": "not clear",
    "http://127.0.0.1:8888/lab": "your own machine",
    "http://localhost/lab": "your own machine",
    "http://[::1]/x": "your own machine",
    "http://api.localhost./x": "your own machine",
    "http://2130706433:8888/": "own network",
    "http://0x7f.1/": "own network",
    "http://0177.0.0.1/": "own network",
    "http://127.0.0.1./": "own network",
    "http://[::ffff:127.0.0.1]/": "own network",
    "http://169.254.169.254/latest/meta-data": "own network",
    "http://nas.local/x": "own network",
    "http://intranet/x": "own network",
}
OPENED = {
    "https://img.example/a/receipt.png?sig=1": "img.example",
    "HTTP://Files.Example:8080/x": "files.example:8080",
    "https://xn--e1afmkfd.example/x": "xn--e1afmkfd.example",
    "https://8.8.8.8/x": "8.8.8.8",
    "https://[2606:4700::1111]/x": "[2606:4700::1111]",
}


def browser_with(*files: File, text: str = "", content_type: str = "file", hosts: tuple[str, ...] = ()) -> Browser:
    """Return a browser with the tab of a conversation to which files came."""
    log = little_log()
    wrote = events.CustomerWrote(
        at=NOW, source="test", source_id="files", conversation="c1", message="f", text=text, content_type=content_type,
        files=files,
    )  # fmt: skip
    log.append([wrote], received_at=NOW)
    browser = Browser(little_view(log=log, hosts=hosts))
    browser.open("c1")
    return browser


def asked(browser: Browser, line: object = None, file: object = 0) -> dict[str, Any]:
    """Ask for a file; return what is told of it."""
    line = browser.pages["c1"]["lines"][-1]["id"] if line is None else line
    browser.say(type="file", id="c1", line=line, file=file)
    return browser.told


@pytest.mark.parametrize(
    ("url", "opens"),
    [("http://Chat.LAN:3000/a", True), ("http://chat.lan/a", False), ("javascript:chat.lan:3000", False)],
)
def test_a_host_of_the_own_network_is_opened_where_it_is_named(url: str, *, opens: bool) -> None:
    """Files of a product in the own house are opened if whoever opens the desk names its host, and its port."""
    told = asked(browser_with(File(name="a", url=url), hosts=("chat.lan:3000",)))
    assert ("url" in told) is opens


@pytest.mark.parametrize("url", [*REFUSED, *OPENED])
def test_only_a_web_address_is_told(url: str) -> None:
    """A file is named and told of only when asked for: host and address of a web address, else why it is not opened."""
    browser = browser_with(File(name="receipt.png", url=url, size=2_340_000), text="receipt.png")
    line = browser.pages["c1"]["lines"][-1]
    assert line["files"] == [{"name": "receipt.png", "size": "file · 2.3 MB", "open": True}]
    assert line["x"] == ""
    assert url not in "".join(browser.sent)
    told = asked(browser)
    if url in OPENED:
        assert (told["url"], told["host"]) == (url, OPENED[url])
    else:
        assert REFUSED[url] in told["text"]
        assert "url" not in told


def test_what_is_no_file_is_not_told() -> None:
    """A line without a file, a number past the last, a name of no conversation get words; nothing fails."""
    browser = browser_with(File(name="a.png", url="https://a.example/a.png"))
    for line, file in (("0", 0), (None, 1), (None, -1), ("day-2026", 0), (None, "x"), (None, None), ("999", 0)):
        assert "not there any more" in asked(browser, line, file)["text"]
    browser.say(type="file", id="nobody", line="0", file=0)
    assert "not there any more" in browser.told["text"]
    assert browser.view.faults == 0


def test_a_text_may_bring_several_files() -> None:
    """The text stands by itself, each file below it by name and size; one without an address has no button."""
    browser = browser_with(
        File(name="box 1.png", url="https://a.example/1", size=900), File(name=HOSTILE),
        text=f"look\nbox 1.png\n{HOSTILE}", content_type="text",
    )  # fmt: skip
    line = browser.pages["c1"]["lines"][-1]
    assert line["x"] == "look"
    first, second = line["files"]
    assert first == {"name": "box 1.png", "size": "900 bytes", "open": True}
    assert (second["size"], second["open"]) == ("", False)
    assert "\u202e" not in second["name"]


def test_an_old_log_shows_files_by_name() -> None:
    """A message stored before files had addresses is a file by its name and kind, as it was; other kinds are text."""
    line = browser_with(text="IMG_1.jpg", content_type="image").pages["c1"]["lines"][-1]
    assert (line["x"], line["files"]) == ("", [{"name": "IMG_1.jpg", "size": "image", "open": False}])
    line = browser_with(text="Our return policy", content_type="card").pages["c1"]["lines"][-1]
    assert line["x"] == "Our return policy"
    assert "files" not in line
