"""The door at which browsers are heard: whatever comes in, nothing raises, and what is asked next is answered."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deskkit.views
from deskkit.desk.policyfile import edits
from deskkit.views.desk.asking import Asking
from deskkit.views.desk.wallboard import Wallboard
from deskkit.views.door import FIELDS, KINDS, Door
from deskkit.views.wallpage import wallboard
from tests.views.browser import Browser
from tests.views.little import little_log, little_view

if TYPE_CHECKING:
    from collections.abc import Callable

LONG, HALF = "x" * 2_000_000, "\ud800abc"
ODD = st.sampled_from(
    [None, True, 0, -1, 10**30, 1.5, float("inf"), float("nan"), "", LONG, HALF, "\x00", "{0.__class__}", "c1", "en",
     "handled", "filter", "abcdefgh-1", "answered", "capacity", "capacity.agent", "/nowhere/at/all", 1, 3]
)  # fmt: skip
VALUES = st.recursive(
    ODD, lambda some: st.lists(some, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "ids", HALF]), some)
)
MESSAGES = VALUES | st.builds(
    lambda kind, fields: {"type": kind, **fields},
    st.sampled_from([*KINDS, "nothing"]),
    st.dictionaries(st.sampled_from([*FIELDS, "ids"]), VALUES, max_size=6),
)


@lru_cache(maxsize=1)
def hears() -> tuple[Browser, dict[str, Callable[[Any], None]]]:
    """Return a browser, and everything that hears one."""
    view, log = little_view(acts=True), little_log()
    heard: dict[str, Callable[[Any], None]] = {"desk": view.hear}
    sides: dict[str, Any] = dict(view.sides)
    for name, side in sides.items():
        heard[name] = getattr(side, "workshop", side).hear
    heard["page"] = wallboard(log).board.hear
    heard["who"] = Asking(log, lambda me: little_view(me=me)).hear
    return Browser(view), heard


@settings(deadline=None, max_examples=80)
@given(MESSAGES)
def test_whatever_comes_in_nothing_raises(message: object) -> None:
    """Nonsense of every kind at every view: the desk goes on, in English or Chinese, and what it sends can be sent."""
    browser, heard = hears()
    before = browser.view.driver.desk.policy.fingerprint
    for hear in heard.values():
        hear(message)
    browser.view.wake()
    assert json.dumps(browser.foot, ensure_ascii=False).encode()
    browser.say(type="search", query="", ask=7)
    assert browser.found["ask"] == 7
    assert browser.view.driver.desk.policy.fingerprint == before
    assert browser.view.faults == 0


def test_what_any_page_sends_has_a_shape() -> None:
    """Each kind of message in the browser's halves is one that the door knows, and the other way round."""
    folder = Path(deskkit.views.__file__).parent
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.js")]
    sent = {kind for text in texts for kind in re.findall(r"(?:send|tell)\(\{ type: \"(\w+)\"", text)}
    assert len(sent) > 20
    assert sent - set(KINDS) == set()
    assert {name.removesuffix("?") for fields in KINDS.values() for name in fields.split()} == set(FIELDS)


def test_a_deed_without_shape_is_answered() -> None:
    """Whoever asks for a deed hears of it, whatever was wrong with it; a right one after it is done."""
    browser = Browser(little_view(acts=True))
    odds: list[dict[str, Any]] = [
        {}, {"act": None, "deed": {}}, {"act": HALF, "deed": {}}, {"act": "abcdefgh-1", "deed": None},
    ]  # fmt: skip
    for odd in odds:
        browser.answers.clear()
        browser.view.hear({"type": "act", **odd})
        assert [one["ok"] for one in browser.answers] == [False]
        assert "This is no action" in browser.said
    assert browser.view.door.refused == 4
    assert browser.do("handled", "c4")["ok"]


@pytest.mark.parametrize("live", [{}, {"act": None}, {"act": 5}, {"act": "short"}, {"act": HALF}, {"act": LONG}])
def test_putting_live_without_identity_is_answered(live: dict[str, Any]) -> None:
    """It says that this is no action, and the policy in force stays; with an identity it is put live."""
    view = little_view(acts=True)
    browser, before = Browser(view), view.desk.policy.fingerprint
    workshop = view.sides["rules"].workshop  # type: ignore[attr-defined]
    said: list[dict[str, Any]] = []
    workshop.widget.send = said.append
    workshop.hear({"type": "hello"})
    assert workshop.draft.edit(lambda text: edits.change(text, {"capacity.agent": 4})) is None
    shown = {"text": workshop.draft.text, "window": "one", "n": 0, "turn": workshop.draft.turn}
    workshop.hear({"type": "live", **shown, **live})
    told = "This is no action" if live == {"act": "short"} else "Not done: the tex"  # without shape, of no text either
    assert [(one["text"][:17], one["wrong"]) for one in said if one["type"] == "said"] == [(told, True)]
    assert view.desk.policy.fingerprint == before
    workshop.hear({"type": "live", "act": "abcdefgh-1", **shown})
    assert view.desk.policy.schema.capacity.agent == 4_000
    assert browser.lost == 0


def test_what_is_too_long_is_not_looked_at() -> None:
    """A search goes by its first words, names without end are none, and a text beyond all measure is not stored."""
    browser = Browser(little_view(acts=True))
    browser.say(type="search", query=LONG, ask=1)
    assert len(browser.found["query"]) == 200
    browser.say(type="watch", open=["c1", LONG], focus=None)
    assert browser.pages == {}
    browser.say(type="watch", open=["c1"], focus=None)
    assert list(browser.pages) == ["c1"]
    assert not browser.do("note", "c1", text=LONG)["ok"]
    assert "this one has 2000000" in browser.said
    door = Door()
    assert door.heard({"type": "watch", "open": ["c1"] * 5_000, "focus": None}) == {}
    assert door.heard({"type": "file", "id": "c1", "line": 0, "file": float("inf")}) == {}


def test_a_path_that_is_no_text_saves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number for a path makes no file of that name; a name does."""
    monkeypatch.chdir(tmp_path)
    workshop = little_view().sides["rules"].workshop  # type: ignore[attr-defined]
    shown = {"text": workshop.draft.text, "window": "one", "n": 0, "turn": 0}
    for path in (5, True, ["a"], {"a": 1}, None, 1.5):
        workshop.hear({"type": "save", "path": path, **shown})
    assert list(tmp_path.iterdir()) == []
    workshop.hear({"type": "save", "path": "mine.toml", **shown})
    assert [file.name for file in tmp_path.iterdir()] == ["mine.toml"]


def test_the_wallboard_asks_for_no_nonsense() -> None:
    """Half a character in what is behind a number is passed over; the numbers come."""
    view = little_view()
    board = view.sides["wallboard"]
    assert isinstance(board, Wallboard)
    board.hear({"type": "behind", "measure": HALF, "group": ""})
    assert (board.door.refused, board.reckoner.heard()) == (1, [])
    for group in ("", None, "vip"):
        board.hear({"type": "behind", "measure": "pending", "group": group})
    assert [(one["is"], one["group"]) for one in board.reckoner.heard()] == [
        ("behind", ""), ("behind", ""), ("behind", "vip"),
    ]  # fmt: skip
