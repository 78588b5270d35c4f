"""Texts, names and fields of a megabyte: only what is shown is looked at, however long the whole is.

Work is counted in characters looked at and things drawn, never in seconds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deskkit.desk import cards, rows
from deskkit.desk.events import ConversationOpened, CustomerSet, CustomerWrote
from deskkit.desk.tagging import LOOKED_AT
from deskkit.log import MemoryLog
from deskkit.privacy import mask, masking
from deskkit.text import language
from deskkit.views.desk import doubt, painter, wording
from deskkit.views.desk.acting import Acting, Answer
from tests.views.browser import Browser
from tests.views.little import NOW, little_log, little_view

if TYPE_CHECKING:
    from types import ModuleType

    from deskkit.views import DeskView

LONG = 1_000_000
TEXTS = {"numbers": "1234567890 " * (LONG // 11), "one word": "x" * LONG, "one address": "x" * LONG + ".", "few": "hi"}
PHONE = "138 0013 8000"


def _opened(*, text: str = "hi", name: str = "Big", field: str = "") -> DeskView:
    log = little_log()
    came = [
        CustomerSet(at=NOW, source="t", source_id="s", customer="big", name=name, fields={"page": field}),
        ConversationOpened(at=NOW, source="t", source_id="o", conversation="big", customer="big"),
        CustomerWrote(at=NOW, source="t", source_id="w", conversation="big", message="big/1", text=text),
    ]
    log.append(came, received_at=NOW)
    return little_view(log=log, acts=True)


def _count(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, lengths: list[int]) -> None:
    """Let a function that looks at a text note how long it is."""
    plain = getattr(module, name)

    def noting(text: str, *more: object, **named: object) -> object:
        lengths.append(len(text))
        return plain(text, *more, **named)

    monkeypatch.setattr(module, name, noting)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_of_a_long_message_its_beginning_is_looked_at(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Folded, opened, drawn in all turns and answered with a number: no look goes over more than 10,000 characters."""
    lengths: list[int] = []
    for module, name in (
        (rows, "words"), (rows, "language_of"), (cards, "words"), (masking, "find"), (doubt, "fold_text"),
    ):  # fmt: skip
        _count(monkeypatch, module, name, lengths)
    view = _opened(text=text)
    browser = Browser(view)
    browser.open("big")
    for _ in range(painter.TURNS):
        view.wake()
    browser.do("reply", "c1", text="99887766")
    assert max(lengths) <= LOOKED_AT
    assert len(lengths) > painter.TURNS
    (shown,) = [line["x"] for line in browser.pages["big"]["lines"] if line["k"] == "customer"]
    assert shown == text[:4_000]
    assert browser.rows["big"]["x"][:-1] == text[: len(browser.rows["big"]["x"]) - 1]


def test_a_long_name_and_a_long_field_are_shown_shortened() -> None:
    """A megabyte of name or field makes a page of some kilobytes, and what is cut off says so."""
    browser = Browser(_opened(name="n" * LONG, field="f" * LONG))
    browser.open("big")
    page = browser.pages["big"]
    assert len(json.dumps(page)) < 10_000
    assert page["n"].startswith("nnn")
    assert page["n"].endswith("n…")
    assert page["blanks"]["customer"] == ""
    (value,) = [value for title, value in page["card"] if title == "page"]
    assert value.startswith("fff")
    assert value.endswith("f…")


def test_no_cut_shows_half_a_number() -> None:
    """Wherever a text is cut, a number at the cut is masked whole; what stands before it is untouched."""
    text = f"call me {PHONE} or mail zhang.san@shop.example"
    cuts = range(len(text) + 5)
    shown = [mask(text, language="en", most=cut) for cut in cuts]
    assert {shown[cut] for cut in range(9, 9 + len(PHONE))} == {"call me [phone]"}
    assert shown[8] == "call me "
    assert shown[-1] == mask(text, language="en") == "call me [phone] or mail [e-mail]"
    assert all(mask(one, language="en") == one for one in shown)
    view = _opened(text="y" * 3_990 + " " + PHONE + " and so on" * 100)
    browser = Browser(view)
    browser.open("big")
    (line,) = [line["x"] for line in browser.pages["big"]["lines"] if line["k"] == "customer"]
    assert "138" not in json.dumps(browser.pages["big"])
    assert line.endswith("y [phone]")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("邮箱 zhang.san@shop.example", "zh"), ("见www.shop.example/english/words/only", "zh"), (".@", ""),
        ("see https://shop.example/中文中文中文", "en"), ("@zhang.san 你好", "zh"), ("zhang.san@店", ""),
    ],
)  # fmt: skip
def test_addresses_tell_no_language(text: str, told: str) -> None:
    """Links and mail addresses are left out wherever in a word they begin."""
    assert language(text) == told


def _note_calls(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[object]:
    """Let a function note each call of it."""
    calls: list[object] = []
    plain = getattr(owner, name)

    def noting(*these: object, **named: object) -> object:
        calls.append(these)
        return plain(*these, **named)

    monkeypatch.setattr(owner, name, noting)
    return calls


def test_answers_that_come_together_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty deeds answered at one look: thirty answers, one screen."""
    view = little_view()
    browser = Browser(view)
    view.wake()
    answers = [Answer(act=f"deed-{n:04}", ok=True, foot=[{"about": "", "text": f"no. {n}"}]) for n in range(30)]
    monkeypatch.setattr(Acting, "heard", lambda _self, **_named: answers)
    drawn = _note_calls(monkeypatch, painter.Painter, "screen")
    view.catch_up()
    assert [one["act"] for one in browser.answers] == [one.act for one in answers]
    assert browser.said == "no. 29"
    assert 1 <= len(drawn) <= 2  # another where a second went by


def test_of_many_deeds_the_latest_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of sixty deeds that may be undone each screen draws fifty, the latest first; undone, older ones come back."""
    browser = Browser(little_view())
    for n in range(60):
        browser.do("priority", "c1", level=n % 4)
    drawn = _note_calls(monkeypatch, wording, "done")
    browser.view.wake()
    assert len(drawn) == len(browser.undo) == painter.UNDONE
    oldest = browser.undo[-1]
    assert browser.take_back()["ok"]
    assert len(browser.undo) == painter.UNDONE
    assert browser.undo[-2]["undo"] == oldest["undo"]


def test_of_many_deeds_of_others_the_latest_own_one_is_drawn() -> None:
    """A key takes it back, however many others did since."""
    log = MemoryLog()
    little_log(log=log)
    one, other = Browser(little_view(log=log)), Browser(little_view(log=log, me="boss2"))
    for n in range(2):
        one.do("priority", "c2", level=2 + n)
    other.view.wake()
    for n in range(60):
        other.do("priority", "c1", level=n % 4)
    one.view.wake()
    assert [entry["own"] for entry in one.undo] == [False] * painter.UNDONE + [True]
    assert "urgent" in one.undo[-1]["text"]
