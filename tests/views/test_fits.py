"""What menus and boards say of who fits, what is asked before it is done, and how a snoozed conversation is shown."""

from __future__ import annotations

import msgspec
import pytest

from deskkit.clock import ManualClock
from deskkit.desk import cards, events
from deskkit.measures import report
from tests.views.browser import Browser
from tests.views.little import MINUTE, NOW, little_log, little_view


def full_view(name: str = "chen", count: int = 4) -> Browser:
    """Return a browser of a desk where an agent holds so many English conversations besides, and Lin is idle."""
    view = little_view()
    for n in range(count):
        facts: list[events.Fact] = [
            events.ConversationOpened(at=NOW, conversation=f"x{n}", customer=f"y{n}", group="vip", language="en"),
            events.CustomerWrote(at=NOW, conversation=f"x{n}", message=f"x{n}/1", text="Where is it?"),
            events.OwnerSet(at=NOW, conversation=f"x{n}", agent=name),
        ]
        named = [msgspec.structs.replace(fact, source="t", source_id=f"{n}/{i}") for i, fact in enumerate(facts)]
        view.driver.act(named)
    return Browser(view)


def test_where_nobody_fits_nothing_is_proposed_and_why_is_said() -> None:
    """Nobody else speaks English: no move of Chen's, and the board counts what keeps whom from it."""
    rows = full_view().show("team")["moves"]["rows"]
    (stay,) = [row for row in rows if row["cells"]["giver"] == "陈浩" and row["id"].startswith("stay")]
    assert stay["acts"] == []
    assert stay["cells"]["why"].startswith("陈浩 holds ")
    assert "Nobody: " in stay["cells"]["why"]


def test_a_page_says_whom_the_rules_would_not_give_it() -> None:
    """Load and presence stand with the agent; of a conversation, what each lacks for it, and only where it does."""
    browser = full_view(count=1)
    browser.open("x0")
    assert set(browser.pages["x0"]["misfits"]) == {"lin", "qin"}
    assert browser.pages["x0"]["misfits"]["lin"] == "not in VIP客服 VIP · does not speak English"
    assert browser.pages["x0"]["misfits"]["qin"] == "does not speak English"


def test_whoever_hands_over_sees_who_fits() -> None:
    """In the choice of a board the agents stand by fit, each with load and why not."""
    browser = full_view("qin", 1)
    browser.do("presence", agent="qin", presence="away")
    assert "x0" in [row["id"] for row in browser.show("team")["over"]["rows"]]
    texts = [one["text"] for one in browser.offered("team", "x0")]
    assert [text.split(" · ")[0] for text in texts] == ["陈浩", "林悦"]
    assert texts[0].endswith("of 5")
    assert texts[1].endswith("not in VIP客服 VIP · does not speak English")


def test_what_is_offered_is_so_when_it_is_asked_for() -> None:
    """Also after the board was drawn; and for what the desk does not know, as a page may ask, nobody."""
    browser = full_view("qin", 1)
    browser.show("queue")
    before = browser.offered("queue", "x0")
    assert {one["k"] for one in before} == set(browser.view.desk.profiles)
    browser.do("assign", "x0", agent="chen")
    changed = {one["k"] for one in browser.offered("queue", "x0") if one not in before}
    assert changed == {"chen", "qin"}
    assert browser.offered("queue", "nobody's") == []


@pytest.mark.parametrize(("agent", "asks"), [("lin", True), ("chen", False), ("qin", False)])
def test_giving_to_who_does_not_fit_is_asked_about_once(agent: str, *, asks: bool) -> None:
    """Lin speaks no English and is asked about; Chen fits; Qin takes it for herself and knows what she can."""
    browser = full_view("", 1)
    answer = browser.do("assign", "x0", agent=agent)
    assert answer["ok"] != asks
    if asks:
        assert answer["ask"]["text"] == "林悦: not in VIP客服 VIP, does not speak English."
        assert cards.conversation_card(browser.view.desk, "x0").owner == ""
        assert browser.do("assign", "x0", agent=agent, sure=True)["ok"]
    assert cards.conversation_card(browser.view.desk, "x0").owner == agent


def test_what_is_snoozed_says_so_and_stands_last() -> None:
    """In the row, without a clock that runs; counted apart, so that the head says what the Wallboard says."""
    log = little_log()
    browser = Browser(little_view(log=log, clock=ManualClock(NOW)))
    assert browser.order[0] == "c2"
    before = {part["text"]: part["n"] for part in browser.head["parts"]}
    browser.do("snooze", "c2", ms=10 * MINUTE)
    assert browser.order[-1] == "c2"
    row = browser.rows["c2"]
    assert row["y"] == "snoozed until 10:40"
    assert not {"w", "tl"} & set(row)
    after = {part["text"]: part["n"] for part in browser.head["parts"]}
    assert "snoozed" not in before
    assert (after["snoozed"], int(before["unanswered"]) - int(after["unanswered"])) == ("1", 1)
    assert f"{report(log)['pending'].value:g}" == after["unanswered"]
    assert f"{report(log)['snoozed'].value:g}" == after["snoozed"]


def test_a_helper_stands_in_the_head() -> None:
    """Who was invited is seen beside the owner."""
    browser = full_view(count=1)
    browser.do("help", "x0", agent="lin")
    browser.open("x0")
    assert "helper: 林悦" in browser.pages["x0"]["chips"]


def test_the_last_agent_of_a_card_wrote() -> None:
    """Assigned to Lin, the card still names nobody who has not written."""
    browser = full_view("chen", 1)
    browser.open("x0")
    assert "Last agent" not in dict(browser.pages["x0"]["card"])
    browser.open("c4")
    assert dict(browser.pages["c4"]["card"])["Last agent"] == "林悦"
