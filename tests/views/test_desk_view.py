"""The desk's view without a browser: what its widgets hold, its tabs, and what becomes of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.clock import ManualClock
from deskkit.desk import cards, events
from deskkit.errors import DeskkitError, LogError
from deskkit.log import MemoryLog
from deskkit.views import desk as open_view
from deskkit.views.tabs import TABS
from tests.views.little import (
    HOSTILE,
    NOW,
    STANDARD,
    foot,
    front,
    little_log,
    little_view,
    markup_of,
    names,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.events import Event
    from deskkit.log import Appended


# ---------------------------------------------------------------- the list


def test_the_list_holds_every_open_conversation_in_serving_order() -> None:
    """All open conversations stand in the list, the overdue one first, who waits for nobody last."""
    view = little_view()
    assert names(view) == ["c2", "c1", "c4"] == list(cards.open_conversations(view.desk))
    assert repr(view) == "DeskView(3 open, 1 waiting, 1 urgent)"


def test_the_number_of_widgets_does_not_grow_with_the_conversations() -> None:
    """A desk of a hundred conversations makes as many widgets as a desk of three."""

    def made(more: int) -> int:
        view = little_view(more)
        assert len(names(view)) == 3 + more
        return count(view.widget)

    def count(widget: Any) -> int:
        return 1 + sum(count(child) for child in getattr(widget, "children", ()))

    assert made(97) == made(0)


def test_filters_narrow_the_list() -> None:
    """Group, level, stage and agent narrow the list to what they say, and "all" gives everything back."""
    view = little_view()
    listing = view.listing
    for part, value, expected in [
        (listing.group, "vip", ["c1"]),
        (listing.level, 3, ["c2"]),
        (listing.stage, "waiting", ["c1"]),
        (listing.agent, "lin", ["c4"]),
    ]:
        before = part.value
        part.value = value
        assert names(view) == expected
        part.value = before
        assert len(names(view)) == 3


def test_the_search_finds_open_and_closed_newest_first() -> None:
    """A Chinese fragment, a name, an agent and an id are found in open and closed conversations alike."""
    view = little_view()
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
        view.listing.search.value = query
        assert names(view) == expected, query
    view.listing.search.value = ""
    assert names(view) == ["c2", "c1", "c4"]


def test_rows_say_why_they_stand_there_and_since_when() -> None:
    """An open row ends in what lifts it; a closed one says when it ended, in words, and shows no wait."""
    view = little_view()
    rows = {name: row for row, name in view.listing.rows.options}
    assert "overdue" in rows["c2"]
    assert "Unanswered for 10 minutes" in rows["c2"]
    assert "VIP customer" in rows["c1"]
    view.listing.search.value = "登山鞋"
    assert "Handled 09:30" in view.listing.rows.options[0][0]


def test_the_matter_is_not_the_greeting() -> None:
    """The recap begins with the first message that says something; with the greeting where nothing else came."""
    log = little_log()
    view = little_view(log=log)
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
        first = cards.recap(view.desk, "c9").first
        assert first == text


def test_rows_and_titles_are_plain_text_that_turns_nothing() -> None:
    """A hostile name stands in rows and titles as visible text; direction marks of its own are drawn."""
    view = little_view()
    view.open("c2")
    texts = [row for row, _name in view.listing.rows.options] + list(view.tabs.widget.titles)
    assert any("<img" in text for text in texts)
    assert not any("\u202e" in text for text in texts)


# ---------------------------------------------------------------- tabs


def test_choosing_a_row_opens_a_tab_and_tells_the_log() -> None:
    """A chosen row becomes the tab in front and the log holds a view by who looks; twice opens no second tab."""
    view = little_view()
    view.listing.rows.value = "c1"
    assert view.tabs.front == "c1"
    last = [row.event for row in view.driver.log.read(kinds=[events.Viewed])][-1]
    assert isinstance(last, events.Viewed)
    assert (last.agent, last.by, last.conversation, last.source) == ("qin", "qin", "c1", "view")
    view.open("c1")
    assert view.tabs.order == ["c1"]


def test_the_head_says_why_in_words() -> None:
    """The head of a tab names level, rule, advice, and what else speaks for the place."""
    view = little_view()
    view.open("c1")
    assert "Priority high: VIP customer · advice: 陈浩" in markup_of(front(view).widget)
    view.open("c2")
    head = markup_of(front(view).widget)
    assert "Priority urgent: Unanswered for 10 minutes" in head
    assert "also: Unanswered for 5 minutes" in head
    assert "overdue" in head


def test_a_ninth_tab_closes_the_one_longest_not_in_front() -> None:
    """At most eight are open; the ninth closes the least recently used without a draft, and the foot says so."""
    view = little_view(more=8)
    for n in range(TABS):
        view.open(f"m{n}")
    view.open("m0")
    view.tabs.panels["m1"].draft.value = "half a sentence"
    view.open("c1")
    assert set(view.tabs.panels) == {"m0", "m1", "m3", "m4", "m5", "m6", "m7", "c1"}
    assert "Closed to make room: Customer p2" in foot(view)


def test_no_draft_is_ever_closed_to_make_room() -> None:
    """Where every tab holds a draft, none is closed and the ninth is not opened."""
    view = little_view(more=8)
    for n in range(TABS):
        view.open(f"m{n}")
        front(view).draft.value = f"draft {n}"
    view.open("c1")
    assert "c1" not in view.tabs.panels
    assert [panel.draft.value for panel in view.tabs.panels.values()] == [f"draft {n}" for n in range(TABS)]
    assert "All 8 tabs hold a draft" in foot(view)


def test_a_click_on_a_tab_brings_it_to_the_front() -> None:
    """The tab that is clicked is in front, drawn, and chosen in the list."""
    view = little_view()
    view.open("c1")
    view.open("c2")
    view.tabs.widget.selected_index = 0
    assert view.tabs.front == "c1"
    assert view.listing.rows.value == "c1"


def test_switching_tabs_and_languages_loses_no_draft() -> None:
    """Drafts stay when another tab comes to the front, when something is decided, and when the language changes."""
    view = little_view()
    view.open("c1")
    front(view).draft.value = "您好"
    view.open("c2")
    front(view).archive.click()
    view.language.value = "zh"
    assert view.tabs.panels["c1"].draft.value == "您好"
    assert list(view.tabs.panels) == ["c1", "c2"]
    assert view.tabs.front == "c2"


def test_closing_a_tab_brings_the_one_before_to_the_front() -> None:
    """Closing shows the tab that was in front before; closing the last shows what to do."""
    view = little_view()
    view.open("c1")
    view.open("c2")
    front(view).close.click()
    assert view.tabs.front == "c1"
    front(view).close.click()
    assert view.tabs.front is None
    assert "Choose a conversation" in view.tabs.box.children[0].value
    view.listing.rows.value = "c1"
    assert view.tabs.front == "c1"


def test_tabs_never_move() -> None:
    """A tab that closes leaves its place to the next one opened; all others stay where they are, as widgets too."""
    view = little_view(more=8)
    boxes = view.tabs.widget.children
    for n in range(4):
        view.open(f"m{n}")
    view.close("m1")
    assert view.tabs.front == "m3"
    view.open("m4")
    assert view.tabs.order == ["m0", "m4", "m2", "m3"]
    assert view.tabs.widget.children == boxes
    assert [bool(title) for title in view.tabs.widget.titles] == [True] * 4 + [False] * 4


def test_a_browser_that_reports_an_empty_place_changes_nothing() -> None:
    """A place without a tab cannot come to the front."""
    view = little_view()
    view.open("c1")
    view.tabs.widget.selected_index = 5
    assert view.tabs.front == "c1"


def test_an_earlier_conversation_opens_on_a_click() -> None:
    """The customer's earlier conversations stand beside the messages, and one click opens one."""
    view = little_view()
    view.open("c4")
    assert [name for _label, name in front(view).earlier.options] == ["c3"]
    front(view).earlier.value = "c3"
    assert view.tabs.front == "c3"


# ---------------------------------------------------------------- when something goes wrong


def test_somebody_elses_event_is_seen_before_the_deed() -> None:
    """Where another hand wrote to the log, the deed is not done: the view shows what is new, and then it can be."""
    log = little_log()
    view = little_view(log=log)
    view.open("c1")
    log.append(
        [events.OwnerSet(at=NOW, source="other", source_id="1", conversation="c1", agent="lin")], received_at=NOW
    )
    front(view).archive.click()
    assert "Somebody else changed this log" in foot(view)
    assert cards.conversation_card(view.desk, "c1").owner == "lin"
    front(view).archive.click()
    assert cards.conversation_card(view.desk, "c1").stage == "archived"


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
    view.open("c1")
    log.full = True
    front(view).archive.click()
    assert view.faults == 1
    assert "The disk is full." in foot(view)
    assert "<img" not in foot(view)
    assert cards.conversation_card(view.desk, "c1").stage == "waiting"
    log.full = False
    front(view).archive.click()
    assert cards.conversation_card(view.desk, "c1").stage == "archived"


def test_an_unknown_language_is_refused() -> None:
    """A language deskkit does not speak is refused with what it speaks."""
    with pytest.raises(DeskkitError, match="en or zh"):
        open_view(little_log(), STANDARD, me="qin", clock=ManualClock(NOW), language="fr")


def test_the_language_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESKKIT_LANG names the language where the call names none."""
    monkeypatch.setenv("DESKKIT_LANG", "zh_CN.UTF-8")
    view = open_view(little_log(), STANDARD, me="qin", clock=ManualClock(NOW))
    assert view.listing.search.description == "搜索"


def test_a_notebook_shows_the_widget_and_says_it_in_words() -> None:
    """What a cell ends in is the widget, with the repr as its plain text."""
    view = little_view()
    bundle: Any = view._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == "DeskView(3 open, 1 waiting, 1 urgent)"
    assert "application/vnd.jupyter.widget-view+json" in data
