"""The desk's view without a screen: what a browser is sent, and what becomes of what it asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.clock import ManualClock
from deskkit.desk import cards, events
from deskkit.errors import DeskkitError, LogError
from deskkit.log import MemoryLog
from deskkit.views import desk as open_view
from tests.views.browser import Browser
from tests.views.little import HOSTILE, MINUTE, NOW, STANDARD, little_log, little_view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.events import Event
    from deskkit.log import Appended


# ---------------------------------------------------------------- the list


def test_the_list_holds_every_open_conversation_in_serving_order() -> None:
    """All open conversations stand in the list, the overdue one first, who waits for nobody last."""
    view = little_view()
    browser = Browser(view)
    assert browser.order == ["c2", "c1", "c4"] == list(cards.open_conversations(view.desk))
    assert set(browser.rows) == set(browser.order)
    assert repr(view) == "DeskView(3 open, 1 waiting, 1 urgent)"


def test_a_thousand_rows_are_a_small_message() -> None:
    """The first paint of many conversations stays under 80 bytes a calm row, and one that changes costs one row."""
    view = little_view(997)
    browser = Browser(view)
    assert len(browser.order) == 1000
    assert len(browser.sent[0].encode()) < 80_000
    browser.do("priority", "m7", level=3)
    patches = [text for text in browser.sent[1:] if '"patch"' in text]
    assert len(patches) == 1
    assert list(Browser.rows_of(patches[0])) == ["m7"]
    assert len(patches[0].encode()) < 2_000


def test_a_row_says_all_a_row_shows() -> None:
    """Name, level, stage, owner, tags, since when, target, what lifts it, last message; what is empty is left out."""
    browser = Browser(little_view())
    row = browser.rows["c1"]
    assert (row["n"], row["l"], row["s"], row["g"]) == ("张伟", 2, "waiting", "vip")
    assert row["w"] == NOW - 2 * MINUTE
    assert "VIP" in row["ct"]
    assert "product" in row["iq"]
    assert row["y"] == "VIP customer"
    assert row["x"] == "帐篷防水吗"
    assert "a" not in row
    assert browser.rows["c2"]["tl"]
    assert browser.rows["c2"]["y"].startswith("waits too long")
    assert "w" not in browser.rows["c4"]


def test_a_closed_one_says_since_when() -> None:
    """What the search finds closed says when it ended, and shows neither wait nor reason."""
    browser = Browser(little_view())
    assert browser.search("登山鞋") == ["c3"]
    row = browser.found["rows"]["c3"]
    assert row["cl"] == "Handled 09:30"
    assert not {"w", "y", "u"} & set(row)


def test_the_search_finds_open_and_closed_newest_first() -> None:
    """A Chinese fragment, a name, an agent and an id are found in open and closed conversations alike."""
    browser = Browser(little_view())
    for query, expected in [
        ("登山鞋", ["c3"]),
        ("李娜", ["c4", "c3"]),
        ("林悦", ["c4", "c3"]),
        ("订单 李", ["c4"]),
        ("product", ["c1"]),
        ("C2", ["c2"]),
        ("u2125775", ["c4", "c3"]),
        ("没有这样的话", []),
    ]:
        assert browser.search(query) == expected, query
    assert browser.found["total"] == 0


def test_the_matter_is_not_the_greeting() -> None:
    """The recap begins with the first message that says something; with the greeting where nothing else came."""
    view = little_view()
    for text, at in (("你好", NOW), ("我买的帐篷拉链坏了怎么办", NOW + 1)):
        wrote = events.CustomerWrote(
            at=at, source="test", source_id=f"x{at}", conversation="c4", message=f"x{at}", text=text
        )
        view.driver.act([wrote])
    assert cards.recap(view.desk, "c4").first == "我的订单呢"
    view.driver.act([events.ConversationOpened(at=NOW, source="test", source_id="o", conversation="c9", customer="p")])
    for text in ("你好", "我买的帐篷拉链坏了怎么办"):
        wrote = events.CustomerWrote(at=NOW, source="test", source_id=text, conversation="c9", message=text, text=text)
        view.driver.act([wrote])
        assert cards.recap(view.desk, "c9").first == text


def test_what_a_customer_wrote_turns_nothing() -> None:
    """A hostile name is text in every place; direction marks of its own are drawn."""
    browser = Browser(little_view())
    browser.open("c2")
    browser.search("c2")
    texts = " ".join(browser.sent)
    assert "<img" in texts
    assert "\u202e" not in texts


# ---------------------------------------------------------------- pages


def test_a_tab_is_looked_at_once_it_is_in_front() -> None:
    """The tab in front is told to the log as looked at, by me; a second message of the same says nothing more."""
    view = little_view()
    browser = Browser(view)
    for _ in range(2):
        browser.open("c1")
    (looked,) = [row.event for row in view.driver.log.read(kinds=[events.Viewed]) if row.event.source == "view"]
    assert isinstance(looked, events.Viewed)
    assert (looked.agent, looked.by, looked.conversation) == ("qin", "qin", "c1")


def test_a_page_says_why_in_words() -> None:
    """The page of a tab names level, rule, advice, and what else speaks for the place."""
    browser = Browser(little_view())
    browser.open("c1", "c2")
    assert browser.pages["c1"]["why"] == ["Priority high: VIP customer", "advice: 陈浩"]
    why = " ".join(browser.pages["c2"]["why"])
    assert "Priority urgent: Unanswered for 10 minutes" in why
    assert "also: Unanswered for 5 minutes" in why
    assert "waits too long" in why


def test_only_what_the_stage_allows_is_offered() -> None:
    """Of a handled conversation, marking it handled or assigning it is not offered, reopening it is."""
    browser = Browser(little_view())
    browser.open("c3")
    may = browser.pages["c3"]["may"]
    assert not {"handled", "assign", "snooze"} & set(may)
    assert {"reopen", "archive"} <= set(may)


def test_an_earlier_conversation_stands_beside_the_messages() -> None:
    """The customer's earlier conversations are named, with when and how they ended, and can be opened."""
    browser = Browser(little_view())
    browser.open("c4")
    (earlier,) = browser.pages["c4"]["earlier"]
    assert earlier["k"] == "c3"
    browser.open("c4", earlier["k"])
    assert browser.pages["c3"]["s"] == "resolved"


def test_a_new_line_costs_one_line() -> None:
    """A message that comes to an open tab is sent alone; the reading place is not moved by anything sent again."""
    view = little_view()
    browser = Browser(view)
    browser.open("c1")
    before = list(browser.pages["c1"]["lines"])
    wrote = events.CustomerWrote(at=NOW, source="test", source_id="n", conversation="c1", message="n", text="在吗")
    view.driver.act([wrote])
    browser.sent.clear()
    view.wake()
    assert browser.pages["c1"]["lines"][: len(before)] == before
    assert browser.pages["c1"]["lines"][-1]["x"] == "在吗"
    assert len(browser.sent[0].encode()) < 2_500


def test_a_long_conversation_shows_its_end_and_more_when_asked() -> None:
    """Of 450 messages the latest 200 come first, and 200 more each time they are asked for."""
    view = little_view()
    view.driver.act([events.ConversationOpened(at=NOW, source="t", source_id="o", conversation="c9", customer="p")])
    view.driver.act([
        events.CustomerWrote(at=NOW, source="t", source_id=str(n), conversation="c9", message=str(n), text=f"第{n}句")
        for n in range(450)
    ])  # fmt: skip
    browser = Browser(view)
    browser.open("c9")
    seen = []
    for _ in range(3):
        page = browser.pages["c9"]
        seen.append((sum(line["k"] == "customer" for line in page["lines"]), page["more"]))
        browser.say(type="more", id="c9")
    assert seen == [(200, True), (400, True), (450, False)]


# ---------------------------------------------------------------- what is sent


def test_patches_make_what_a_snapshot_says() -> None:
    """After any deeds, and after patches that were lost, the browser has what a new one is sent."""
    view = little_view(20)
    browser = Browser(view)
    browser.open("c1", "m3")
    for n in range(12):
        browser.deaf = n % 4 == 2
        browser.do("priority", f"m{n}", level=n % 4)
        browser.do("archive" if n % 3 else "handled", f"m{n + 1}")
        browser.do("tag", "c1", facet="label", tag=f"t{n}")
    assert browser.lost > 0
    fresh = Browser(view)
    for name in ("rows", "order", "pages", "head", "choices", "undo"):
        assert getattr(browser, name) == getattr(fresh, name), name


def test_a_gap_at_the_end_is_seen_by_the_next_sign_of_life() -> None:
    """What was lost last has no successor that shows it; the next sign of life does."""
    view = little_view()
    browser = Browser(view)
    browser.deaf = True
    browser.do("archive", "c1")
    browser.deaf = False
    assert "c1" in browser.order
    view.catch_up()
    assert browser.lost == 1
    assert "c1" not in browser.order


def test_nothing_is_sent_before_a_browser_asks() -> None:
    """A notebook that is run without a browser makes no traffic."""
    view = little_view()
    sent: list[object] = []
    view.shell.send = sent.append
    view.wake()
    view.catch_up(anyway=True)
    assert sent == []


def test_a_view_that_no_browser_shows_rests_until_one_asks() -> None:
    """After a desk was closed nothing is sent to it; who asks again gets the whole, with what came meanwhile."""
    view = little_view()
    browser = Browser(view)
    browser.say(type="bye")
    assert view.rests
    assert '"type": "anybody"' in browser.sent[-1]
    told = len(browser.sent)
    view.driver.act([events.NoteWritten(at=NOW, source="t", source_id="x", conversation="c1", agent="qin", text="?")])
    view.catch_up(anyway=True)
    assert len(browser.sent) == told
    browser.say(type="hello", epoch="", seq=0)
    assert '"type": "snapshot"' in browser.sent[-1]
    assert not view.rests


def test_the_other_language_is_a_snapshot() -> None:
    """The switch of languages sends all words anew; what nobody speaks changes nothing."""
    browser = Browser(little_view())
    english = browser.labels
    browser.say(type="language", language="zh")
    assert browser.labels.keys() == english.keys()
    assert browser.head["parts"][0]["text"] == "进行中"
    browser.say(type="language", language="fr")
    assert browser.head["parts"][0]["text"] == "进行中"


@pytest.mark.parametrize(
    "message",
    [
        {}, {"type": 7}, {"type": "nonsense"}, {"type": "watch", "open": ["nobody", 7], "focus": {}},
        {"type": "act"}, {"type": "act", "act": "x", "deed": {"do": "archive", "ids": ["c1"]}},
        {"type": "act", "act": "a" * 32, "deed": {"do": "archive", "ids": "c1"}},
        {"type": "act", "act": "a" * 32, "deed": {"do": "priority", "ids": ["c1"], "level": 9}},
        {"type": "act", "act": "a" * 32, "deed": {"do": "assign", "ids": ["c1"], "agent": "nobody"}},
        {"type": "act", "act": "a" * 32, "deed": {"do": "undo", "undo": "b" * 32}},
        {"type": "act", "act": "a" * 32, "deed": ["archive"]}, {"type": "draft", "id": "nobody", "has": True},
        {"type": "more", "id": "nobody"}, {"type": "search"},
    ],
)  # fmt: skip
def test_nothing_from_a_browser_is_believed(message: dict[str, Any]) -> None:
    """What is wrong is said or passed over; it changes nothing, and the view goes on."""
    view = little_view()
    browser = Browser(view)
    seq = view.driver.log.last_seq()
    browser.say(**message)
    assert view.driver.log.last_seq() == seq
    assert all(not answer["ok"] for answer in browser.answers)
    assert view.faults == 0
    assert browser.do("archive", "c1")["ok"]


# ---------------------------------------------------------------- when something goes wrong


def test_somebody_elses_event_is_seen_before_the_deed() -> None:
    """Where another hand wrote to the log, the deed is not done: the view shows what is new, and then it can be."""
    log = little_log()
    view = little_view(log=log)
    browser = Browser(view)
    owner = events.OwnerSet(at=NOW, source="other", source_id="1", conversation="c1", agent="lin")
    log.append([owner], received_at=NOW)
    assert not browser.do("archive", "c1")["ok"]
    assert "Somebody else changed this log" in browser.said
    assert browser.rows["c1"]["a"] == "lin"
    assert browser.do("archive", "c1")["ok"]
    assert "c1" not in browser.order


class FullLog(MemoryLog):
    """A log whose disk is full when told so."""

    full = False

    def append(
        self,
        events: Sequence[Event],
        *,
        received_at: int,
        expect: Mapping[str, int] | None = None,
        last_seq: int | None = None,
        together: bool = False,
    ) -> Appended:
        """Refuse while full."""
        if self.full:
            raise LogError("The disk is full.", place=HOSTILE)
        return super().append(events, received_at=received_at, expect=expect, last_seq=last_seq, together=together)


def test_an_error_is_shown_and_the_view_stays_alive() -> None:
    """An error of the log is counted and shown as text, nothing changes, and the next deed works."""
    log = FullLog()
    view = little_view(log=little_log(log=log))
    browser = Browser(view)
    log.full = True
    assert not browser.do("archive", "c1")["ok"]
    assert view.faults == 1
    assert "The disk is full." in browser.said
    assert cards.conversation_card(view.desk, "c1").stage == "waiting"
    log.full = False
    assert browser.do("archive", "c1")["ok"]
    assert cards.conversation_card(view.desk, "c1").stage == "archived"


def test_an_unknown_language_is_refused() -> None:
    """A language deskkit does not speak is refused with what it speaks."""
    with pytest.raises(DeskkitError, match="en or zh"):
        open_view(little_log(), STANDARD, me="qin", clock=ManualClock(NOW), language="fr")


def test_the_language_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESKKIT_LANG names the language where the call names none."""
    monkeypatch.setenv("DESKKIT_LANG", "zh_CN.UTF-8")
    view = open_view(little_log(), STANDARD, me="qin", clock=ManualClock(NOW))
    assert view.say.language == "zh"


def test_a_notebook_shows_the_widget_and_says_it_in_words() -> None:
    """What a cell ends in is the widget, with the repr as its plain text."""
    view = little_view()
    bundle: Any = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == "DeskView(3 open, 1 waiting, 1 urgent)"
    assert "application/vnd.jupyter.widget-view+json" in data


def test_a_log_that_cannot_be_read_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said once, no beat comes, so that the browser says how old all is; after it everything is as it was."""
    view = little_view()
    browser = Browser(view)
    log = view.driver.log
    monkeypatch.setattr(type(log), "last_seq", _locked)
    for _ in range(3):
        view.catch_up()
    assert "locked" in browser.said
    assert view.faults == 1
    sent = len(browser.sent)
    view.catch_up()
    assert len(browser.sent) == sent
    monkeypatch.undo()
    view.wake()
    assert browser.foot == []
    assert '"beat"' in browser.sent[-1]
    assert browser.lost == 0


def _locked(_log: object, _conversation: str | None = None) -> int:
    raise LogError("The log is locked.")


def test_an_hour_asleep_is_caught_up_with() -> None:
    """A clock jumps by an hour: who waits too long by then, does; what may be undone is not, and the time is now."""
    clock = ManualClock(NOW)
    browser = Browser(little_view(clock=clock))
    browser.do("tag", "c1", facet="label", tag="important")
    assert len(browser.undo) == 1
    assert "tl" not in browser.rows["c1"]
    clock.advance(60 * MINUTE)
    for _ in range(25):  # what time alone changes is drawn in turn
        browser.view.wake()
    assert browser.rows["c1"]["tl"]
    assert browser.undo == []
    assert json.loads(browser.sent[-1])["at"] == NOW + 60 * MINUTE
