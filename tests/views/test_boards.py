"""The boards beside the desk: the queue and the team say what is so, and what a hand does there is done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from deskkit.desk import cards, events
from tests.views.browser import Browser
from tests.views.little import MINUTE, NOW, little_log, little_view, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.views import DeskView


def test_the_queue_says_who_waits_and_who_could_take_it() -> None:
    """A waiting conversation stands with place, reason, since when, target, what it needs and who could take it."""
    browser = Browser(little_view())
    shown = browser.show("queue")["queue"]
    assert shown["note"] == "1 waits"
    (row,) = shown["rows"]
    cells = row["cells"]
    assert row["id"] == "c1"
    assert cells["place"] == "1"
    assert cells["customer"] == "张伟"
    assert cells["wait"]["since"] == NOW - 2 * MINUTE
    assert "VIP customer" in cells["why"]
    assert cells["needs"][0] == "VIP客服 VIP"
    assert "陈浩" in cells["takers"]
    assert cells["takers"].endswith("but the desk only advises")


def test_why_nobody_takes_it_is_said_in_numbers() -> None:
    """Where nobody could take it, the row says how many are offline, full, of other groups."""
    view = little_view()
    for name in ("chen", "qin"):
        view.driver.act([events.PresenceSet(at=NOW, source="t", source_id=name, agent=name, presence="offline")])
    (row,) = Browser(view).show("queue")["queue"]["rows"]
    assert row["cells"]["takers"] == "Nobody: 2 offline, 1 of other groups"


def test_what_waits_can_be_taken() -> None:
    """Taken from the queue it is mine; the board shows it no more and says what was done."""
    view = little_view()
    browser = Browser(view)
    browser.show("queue")
    assert browser.do("assign", "c1", agent="qin")["ok"]
    assert cards.conversation_card(view.desk, "c1").owner == "qin"
    assert browser.boards["queue"]["queue"]["rows"] == []
    assert browser.boards["queue"]["queue"]["empty"] == "Nobody waits."


def test_what_is_done_on_a_board_says_how_to_undo_it() -> None:
    """What can be undone says what and carries its identity; its undoing, what was refused or asked carry neither."""
    view = little_view(acts=False)
    browser = Browser(view)
    browser.show("queue")
    done = browser.do("assign", "c1", agent="qin")
    assert done["undo"] == {"undo": done["act"], "text": "Assigned: 秦岚"}
    undone = browser.do("undo", undo=done["act"])
    assert (undone["ok"], undone["undo"]) == (True, None)
    assert cards.conversation_card(view.desk, "c1").owner == ""
    assert browser.do("undo", undo=done["act"])["undo"] is None
    assert browser.do("assign", "c1", agent="nobody")["undo"] is None


@pytest.mark.parametrize(
    ("deed", "agent", "stays"), [("view", "", True), ("assign", "qin", False), ("handled", "", False)]
)
def test_what_is_undone_says_what_of_it_stays(deed: str, agent: str, *, stays: bool) -> None:
    """A move frees room, into which the desk gives who waits: that stays; moved or handled since, it is not said."""
    view = little_view(acts=True)
    for n in range(6):  # more than Chen may hold, in a language that nobody else speaks
        who: dict[str, Any] = {"source": "t", "at": NOW, "conversation": f"x{n}"}
        opened = events.ConversationOpened(source_id=f"o{n}", customer=f"y{n}", group="vip", language="en", **who)
        wrote = events.CustomerWrote(source_id=f"w{n}", message=f"x{n}/1", text="Where is it?", **who)
        view.driver.act([opened, wrote])
    browser = Browser(view)
    waits = next(name for name in cards.queue(view.desk) if name.startswith("x"))
    moved = browser.do("assign", "x0", agent="qin", sure=True)
    assert cards.conversation_card(view.desk, waits).owner == "chen"
    if deed != "view":
        assert browser.do(deed, waits, agent=agent, sure=True)["ok"]
    undone = browser.do("undo", undo=moved["act"], sure=True)
    assert cards.conversation_card(view.desk, "x0").owner == "chen"
    texts = [one["text"] for one in undone["foot"]]
    given = " · what the desk gave because of it stays: Customer y3 → 陈浩" if stays else ""
    assert texts[0] == f"Undone: Assigned: 秦岚{given}"


def test_more_than_an_agent_may_hold_is_asked_about_once() -> None:
    """Past capacity the deed is asked about; who is sure does it."""
    log = little_log()
    view = little_view(log=log, acts=False)
    for n in range(5):
        view.driver.act(_named(spoken(f"x{n}", f"y{n}", NOW, "在吗", agent="lin"), f"x{n}"))
    browser = Browser(view)
    answer = browser.do("assign", "c1", agent="lin")
    assert not answer["ok"]
    assert "林悦 would hold" in answer["ask"]["text"]
    assert cards.conversation_card(view.desk, "c1").owner == ""
    assert browser.do("assign", "c1", agent="lin", sure=True)["ok"]
    assert cards.conversation_card(view.desk, "c1").owner == "lin"


def _named(facts: Sequence[events.Fact], name: str) -> list[events.Fact]:
    return [msgspec.structs.replace(fact, source="t", source_id=f"{name}/{n}") for n, fact in enumerate(facts)]


def test_all_who_wait_can_be_reached() -> None:
    """The queue shows two hundred at once; a press leads to those behind them, and one back, wherever it ends by then.

    Issue: whoever stood behind the first two hundred was on no board.
    """
    view = little_view()
    view.driver.act(_waiting("x", 450))
    browser, every = Browser(view), cards.queue(view.desk)
    assert len(every) > 450
    section, seen = browser.show("queue")["queue"], list[str]()
    while True:
        seen += [row["id"] for row in section["rows"]]
        turns = {act["text"]: act["turn"] for act in section["acts"]}
        assert [row["cells"]["place"] for row in section["rows"][:1]] == [str(section["begin"] + 1)]
        if "Later in the queue" not in turns:
            break
        section = browser.turn("queue", turns["Later in the queue"])["queue"]
    assert seen == list(every)
    assert section["note"].startswith(f"401 to {len(every)} of {len(every)} who wait")
    browser.do("handled", *every[300:], sure=True)
    section = browser.boards["queue"]["queue"]
    assert (section["begin"], len(section["rows"])) == (200, 100), "the queue is shorter by now"
    back = {act["text"]: act["turn"] for act in section["acts"]}
    assert back == {"Earlier in the queue": 0}
    assert browser.turn("queue", -5)["queue"]["begin"] == 0


def test_a_queue_that_grows_again_is_shown_from_its_first() -> None:
    """Turned to those behind, it grew short: whoever looks when it is long again sees who goes first."""
    view = little_view()
    view.driver.act(_waiting("a", 230))
    browser = Browser(view)
    browser.show("queue")
    assert browser.turn("queue", 200)["queue"]["begin"] == 200, "the control"
    browser.do("handled", *cards.queue(view.desk)[100:], sure=True)
    assert browser.boards["queue"]["queue"]["begin"] == 0
    view.driver.act(_waiting("b", 230))
    view.wake()
    section = browser.boards["queue"]["queue"]
    assert (section["begin"], len(section["rows"])) == (0, 200)


def _waiting(name: str, many: int) -> list[events.Fact]:
    facts: list[events.Fact] = []
    for n in range(many):
        one = f"{name}{n}"
        facts.append(events.ConversationOpened(at=NOW, conversation=one, customer=f"of {one}", group="vip"))
        facts.append(events.CustomerWrote(at=NOW, conversation=one, message=f"{one}/1", text="在吗"))
    return _named(facts, name)


def test_the_team_says_who_is_there_and_holds_what() -> None:
    """Agents stand with presence, load, conversations, unanswered; groups with who is online and what waits."""
    browser = Browser(little_view())
    team = browser.show("team")
    chen = next(row for row in team["agents"]["rows"] if row["id"] == "chen")["cells"]
    assert (chen["agent"], chen["presence"], chen["tabs"], chen["unanswered"]) == ("陈浩", "online", "1", "1")
    assert chen["load"]["text"].endswith("of 5")
    vip = next(row for row in team["groups"]["rows"] if row["id"] == "vip")["cells"]
    assert (vip["there"], vip["waiting"]) == ("2", "1")
    assert team["over"]["empty"] == "Nothing is left behind."


def test_presence_and_peak_mode_are_switched_by_hand() -> None:
    """A supervisor sets an agent away, and switches peak mode; both stand in the log by that hand."""
    view = little_view(acts=True)
    browser = Browser(view)
    browser.show("team")
    assert browser.do("presence", agent="lin", presence="away")["ok"]
    assert browser.said == "Presence set: 林悦, away"
    assert cards.agent_card(view.desk, "lin").presence == "away"
    assert browser.do("peak", on=True)["ok"]
    assert browser.boards["team"]["peak"]["title"] == "Peak mode: on"
    facts = [row.event for row in view.driver.log.read(kinds=[events.PresenceSet, events.PeakSet])]
    assert [fact.by for fact in facts if fact.source == "view" and isinstance(fact, events.Fact)] == ["qin", "qin"]


def test_who_is_put_offline_leaves_some_in_the_queue_and_it_is_said() -> None:
    """Of those who went back, some are given to who has room: the others stand in the queue, and are not assigned.

    Issue: all were said to be assigned, because something had been decided about each.
    """
    view = little_view(acts=True)
    new = [
        fact
        for agent, capacity in (("wu", 12), ("zhou", 2))
        for fact in (
            events.AgentSet(at=NOW, agent=agent, groups=("vip",), languages=("zh",), capacity=capacity),
            events.PresenceSet(at=NOW, agent=agent, presence="online"),
        )
    ]
    view.driver.act(_named(new, "new"))
    for n in range(8):
        opened = events.ConversationOpened(at=NOW, conversation=f"x{n}", customer=f"y{n}", group="vip", language="zh")
        owned = events.OwnerSet(at=NOW, conversation=f"x{n}", agent="wu")
        view.driver.act(_named([opened, owned], f"x{n}"))
    browser = Browser(view)
    browser.show("team")
    assert browser.do("presence", agent="chen", presence="away")["ok"]
    asked = browser.do("presence", agent="wu", presence="offline")
    assert asked["ask"]["text"] == "wu holds 8 conversations: they go back to the queue at once"
    assert cards.agent_card(view.desk, "wu").presence == "online"
    assert browser.do("presence", agent="wu", presence="offline", sure=True)["ok"]
    owners = [cards.conversation_card(view.desk, f"x{n}").owner for n in range(8)]
    given, left = owners.count("zhou"), owners.count("")
    assert (given > 0, left > 0, given + left) == (True, True, 8)
    assert f"Assignment: {given} conversations | To the queue: {left} conversations" in browser.said


def test_who_takes_nothing_along_is_put_offline_at_once() -> None:
    """One who holds nothing, or on a desk that gives nothing back; and nobody is asked about who is only away."""
    for acts, agent, presence in ((True, "wu", "offline"), (True, "chen", "away"), (False, "chen", "offline")):
        view = little_view(acts=acts)
        idle = events.AgentSet(at=NOW, agent="wu"), events.PresenceSet(at=NOW, agent="wu", presence="online")
        view.driver.act(_named(idle, "wu"))
        assert Browser(view).do("presence", agent=agent, presence=presence)["ok"]
    view = little_view(acts=True)
    view.driver.act(_named([events.AgentSet(at=NOW, agent="wu", groups=("vip",), languages=("zh",))], "wu"))
    given = Browser(view).do("assign", "c1", agent="wu")
    assert given["ask"]["text"] == "wu is offline: it goes back to the queue at once"
    small = events.AgentSet(at=NOW, agent="wu", groups=("vip", "presales"), languages=("zh", "en"), capacity=0.5)
    view.driver.act(_named([small], "w"))
    given = Browser(view).do("assign", "c1", "c2", agent="wu")  # too much, too; but nothing stays with them
    assert given["ask"]["text"] == "wu is offline: they go back to the queue at once"
    Browser(view).do("handled", "c1", sure=True)
    assert Browser(view).do("assign", "c1", agent="wu")["ask"] is None  # it is over, and refused
    one = Browser(little_view(acts=True)).do("presence", agent="qin", presence="offline")
    assert one["ask"]["text"] == "秦岚 holds one conversation: it goes back to the queue at once"
    control = Browser(little_view(acts=True)).do("presence", agent="chen", presence="offline")
    assert control["ask"]["confirm"] == "Set offline all the same"


def test_what_is_left_behind_is_handed_over() -> None:
    """What an agent who went still holds is listed with matter and promise, and goes to another with one deed."""
    view = little_view()
    view.driver.act([events.PresenceSet(at=NOW, source="t", source_id="p", agent="lin", presence="away")])
    browser = Browser(view)
    over = browser.show("team")["over"]
    (row,) = over["rows"]
    assert row["id"] == "c4"
    assert row["cells"]["matter"] == "我的订单呢"
    assert {one["k"] for one in browser.offered("team", "c4")} == {"chen", "qin"}
    assert browser.do("assign", "c4", agent="chen")["ok"]
    assert browser.boards["team"]["over"]["rows"] == []


def test_a_move_that_is_proposed_is_one_press() -> None:
    """The proposal to even out the load says both loads, and the deed it carries does it."""
    view = little_view()
    for n in range(4):
        view.driver.act(_named(spoken(f"x{n}", f"y{n}", NOW, "在吗", agent="chen"), f"x{n}"))
    new = [
        events.AgentSet(at=NOW, agent="wu", groups=("presales",), languages=("zh",)),
        events.PresenceSet(at=NOW, agent="wu", presence="online"),
    ]
    view.driver.act(_named(new, "wu"))
    browser = Browser(view)
    rows = browser.show("team")["moves"]["rows"]
    assert rows
    deed = rows[0]["acts"][0]["deed"]
    assert "holds" in rows[0]["cells"]["why"]
    assert browser.do(deed["do"], rows[0]["id"], agent=deed["agent"])["ok"]
    assert cards.conversation_card(view.desk, rows[0]["id"]).owner == deed["agent"]


def test_a_move_that_supposes_another_is_offered_after_it() -> None:
    """Whose load another move changes is counted as after it, which is said; alone it might even nothing out."""
    view = little_view()
    for n in range(6):
        view.driver.act(_named(spoken(f"x{n}", f"y{n}", NOW, "在吗", agent="chen"), f"x{n}"))
    wu = events.AgentSet(at=NOW, agent="wu", name="Wu", groups=("presales",), languages=("zh",))
    view.driver.act(_named([wu, events.PresenceSet(at=NOW, agent="wu", presence="online")], "wu"))
    browser = Browser(view)
    first, second, *_ = browser.show("team")["moves"]["rows"]
    assert (len(first["acts"]), second["acts"]) == (1, [])
    why = second["cells"]["why"].removeprefix("after the moves above: ")
    assert why != second["cells"]["why"]
    assert not first["cells"]["why"].startswith("after")
    assert browser.do("assign", first["id"], agent="wu")["ok"]
    again = browser.show("team")["moves"]["rows"][0]
    assert (again["id"], again["cells"]["why"], len(again["acts"])) == (second["id"], why, 1)


def test_a_board_behind_another_tab_is_not_made() -> None:
    """Only the board in front is sent; a click on a customer opens the conversation at the desk."""
    view = little_view()
    browser = Browser(view)
    browser.show("queue")
    browser.show("team")
    browser.boards.pop("queue")
    browser.do("handled", "c1")
    assert "queue" not in browser.boards
    browser.say(type="open", id="c1", page="p7")
    opened = json.loads(browser.sent[-1])
    assert (opened["type"], opened["id"], opened["page"]) == ("open", "c1", "p7")  # for the page where it was chosen


def test_a_board_is_drawn_while_any_page_shows_it() -> None:
    """Two pages have each its own tab in front: both boards are drawn; one that no page shows is not."""
    view = little_view(me="qin")
    browser = Browser(view)
    browser.show("queue")
    browser.front("wallboard", page="wall")
    browser.boards.pop("queue")
    browser.do("handled", "c1")
    assert "queue" in browser.boards
    browser.say(type="bye", page="wall")
    browser.front("desk")
    browser.boards.pop("queue")
    browser.do("handled", "c2")
    assert "queue" not in browser.boards  # the positive control


def test_what_one_page_has_open_goes_on_while_another_opens_something_else() -> None:
    """A page that opens nothing takes nothing from one that does; no tab is state that pages share."""
    view = little_view(me="qin")
    browser = Browser(view)
    browser.say(type="watch", open=["c1"], focus="c1", page="a")
    assert "c1" in browser.pages
    browser.say(type="watch", open=[], focus=None, page="b")
    browser.do("tag", "c1", facet="label", tag="important")
    assert [one["k"] for one in browser.pages["c1"]["tags"] if one["f"] == "label"] == ["important"]
    assert "selected_index" not in view.widget.get_state()
    view.widget.set_state({"selected_index": 2})
    assert view.widget.selected_index in {None, 0}


def test_names_that_came_with_deskkit_are_said_in_the_language_of_the_view() -> None:
    """In a Chinese view skills and languages of an agent stand in Chinese; a skill of one's own stands as written."""
    view = little_view(language="zh")
    able = events.AgentSet(
        at=NOW, agent="wu", groups=("presales",), skills={"technical": 4, "origami": 2}, languages=("zh", "yi")
    )
    view.driver.act(_named([able, events.PresenceSet(at=NOW, agent="wu", presence="online")], "wu"))
    team = Browser(view).show("team")
    (wu,) = [row["cells"] for row in team["agents"]["rows"] if row["id"] == "wu"]
    assert wu["skills"] == "origami 2, 技术 4, 中文, yi"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "; another group: in peak mode VIP客服 VIP also takes Urgent conversations of 售后组 After-sales"),
        ("zh", "；跨组：高峰模式下，VIP客服 VIP也接售后组 After-sales的紧急优先级会话"),
    ],
)
def test_a_proposal_across_groups_says_that_another_group_is_meant(language: str, said: str) -> None:
    """In peak mode urgent ones may go to the VIP group: the reason names both groups and what allows it."""
    view = little_view(language=language)
    for n in range(5):
        view.driver.act(_named(spoken(f"x{n}", f"y{n}", NOW, "要退款", agent="lin"), f"x{n}"))
        view.driver.act(_named([events.PrioritySet(at=NOW, conversation=f"x{n}", level=3)], f"p{n}"))
    assert not any("跨组" in why or "another group" in why for why in _reasons(view))  # the control
    view.driver.act(_named([events.PeakSet(at=NOW, on=True)], "peak"))
    assert [why for why in _reasons(view) if why.endswith(said)]


def _reasons(view: DeskView) -> list[str]:
    return [row["cells"]["why"] for row in Browser(view).show("team")["moves"]["rows"]]
