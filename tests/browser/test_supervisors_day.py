"""A supervisor's day in a real JupyterLab, from a complaint that rises to a rule that is tuned and seen to act.

The customers are this test's own facts, given to the inbox of the driver that the notebook's view works with, as a feed
would give them. What the supervisor does goes through the screen; what is asserted stands on the screen and in the log.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import expect

from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.live.client import Client
from deskkit.log import open_log
from tests.browser.labserver import open_notebook, run_all
from tests.browser.test_desk_notebook import choose, press, row, rows, says
from tests.browser.test_living_desk import notebook
from tests.browser.test_rules_notebook import choose as choose_rule
from tests.patience import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from deskkit.log import EventLog
    from tests.browser.labserver import LabServer

STANDARD: Final = Path("data/policies/standard.toml")
CODE: Final = """import deskkit as dk
dk.views.desk(dk.open_log({url!r}, create=False), dk.Policy.load({policy!r}), me="boss")"""
AGENTS: Final = {"lin": "林婉", "zhao": "赵磊", "sun": "孙悦"}
CUSTOMERS: Final = ("张伟", "Emma Brown", "刘洋", "陈静", "Noah Smith", "黄丽", "周杰", "吴敏")
VIP: Final = CUSTOMERS[-1]
REPLY: Final = "吴女士您好，我是主管，马上为您处理。"
QUESTIONS: Final = ("这款有货吗？", "Does this come in black?", "尺码怎么选？", "我的订单什么时候发货？")


class Feed:
    """Customers and agents, told to the driver of a log as a feed tells them."""

    def __init__(self, log: EventLog, policy: Policy) -> None:
        self._client = Client(log, policy)
        self._told = 0

    def tell(self, kind: type[e.Fact], **more: Any) -> None:
        """Tell that something happens now."""
        self._told += 1
        self._client.act([kind(at=self._client.clock.now(), source="shop", source_id=str(self._told), **more)])

    def writes(self, conversation: str, text: str) -> None:
        """Let a customer write."""
        self.tell(e.CustomerWrote, conversation=conversation, message=f"m{self._told}", text=text)

    def opens_the_shop(self) -> None:
        """Let three agents come, and eight customers with questions."""
        self.tell(e.AgentSet, agent="boss", name="王主管", role="supervisor")
        for agent, name in AGENTS.items():
            self.tell(
                e.AgentSet, agent=agent, name=name, groups=("presales", "aftersales", "vip"), languages=("zh", "en")
            )
            self.tell(e.PresenceSet, agent=agent, presence="online")
        for number, name in enumerate(CUSTOMERS):
            about: dict[str, str | int | float] = {"orders": 3, "spend": 800}
            if number == len(CUSTOMERS) - 1:
                about = {"orders": 21, "spend": 12_400, "membership": "gold"}
            self.tell(e.CustomerSet, customer=f"u{number}", name=name, fields=about)
            self.tell(e.ConversationOpened, conversation=f"c{number}", customer=f"u{number}")
            self.writes(f"c{number}", QUESTIONS[number % len(QUESTIONS)])
        self.tell(e.OwnerSet, conversation="c7", agent="lin")
        self.tell(e.AgentWrote, conversation="c7", agent="lin", message="a7", text="您好，明天上午发货。")


def open_all_day(folder: Path) -> Path:
    """Write the standard policy for a shop that never closes: a test runs at any hour."""
    text = STANDARD.read_text(encoding="utf-8")
    for closed, always in (
        ("mon-sun 08:00-24:00", "mon-sun 00:00-24:00"),
        ('quiet = ["mon-sun 00:00-08:00"]', "quiet = []"),
    ):
        assert text.count(closed) == 1
        text = text.replace(closed, always)
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return path


def place_of(desk: Locator, customer: str) -> int:
    """Return where a customer stands in the list, from 0."""
    found = rows(desk).filter(has_text=customer).first
    found.wait_for()
    return int(found.get_attribute("aria-posinset") or 0) - 1


def level_of(log: EventLog, conversation: str) -> int:
    """Return the level that the desk last decided."""
    decided = [stored.event for stored in log.read(conversation=conversation, kinds=[e.Prioritised])]
    return max((one.level for one in decided[-1:] if isinstance(one, e.Prioritised)), default=1)


def owners(log: EventLog) -> dict[str, str]:
    """Return to whom each conversation was given by hand last."""
    given = [stored.event for stored in log.read(kinds=[e.OwnerSet])]
    return {one.conversation: one.agent for one in given if isinstance(one, e.OwnerSet) and one.source == "view"}


def open_day(page: Page, lab: LabServer, url: str, policy: Path) -> Locator:
    """Open a notebook of one cell, the desk, and return it."""
    code = CODE.format(url=url, policy=str(policy))
    (lab.root / "day.ipynb").write_text(json.dumps(notebook(code)), encoding="utf-8")
    open_notebook(page, lab, name="day.ipynb")
    page.evaluate("jupyterapp.shell.collapseLeft()")
    run_all(page)
    desk = page.locator(".dk-desk")
    rows(desk).first.wait_for()
    page.mouse.move(5, 5)  # under a pointer the list would wait
    return desk


def sees_a_complaint_rise(page: Page, desk: Locator, feed: Feed) -> None:
    """Watch the complaint of a VIP come to the top by itself, and read why."""
    assert place_of(desk, VIP) > 0
    feed.writes("c7", "太过分了，我要投诉你们！马上给我处理！")
    first = "name => document.querySelector('.dk-item[aria-posinset=\"1\"]')?.innerText.includes(name)"
    page.wait_for_function(first, arg=VIP)
    choose(desk, 0)
    desk.locator(".dk-pane-why:visible", has_text="Priority urgent: VIP in a hurry or complaining").wait_for()


def replies_and_gets_help(page: Page, desk: Locator) -> None:
    """Reply, once one has looked where one is, and let a helper join."""
    page.wait_for_timeout(2_100)  # sooner than two seconds after coming here, the desk asks
    desk.locator(".dk-draft-text:visible").fill(REPLY)
    press(desk, f"Send to {VIP}")
    says(desk, "Replied")
    press(desk, "Invite helper", then=AGENTS["sun"])
    says(desk, "Helper invited")


def moves_three(desk: Locator, log: EventLog) -> None:
    """Give three conversations to another agent in one go."""
    for customer in CUSTOMERS[:3]:
        row(desk, place_of(desk, customer)).click(modifiers=["Control"])
    desk.locator(".dk-bulk button[data-do='assign']").click()
    desk.locator(".dk-menu button").filter(has_text=AGENTS["zhao"]).first.click()
    press(desk, "Assign all the same")  # one of them belongs to a group that nobody here is in
    wait_until(lambda: owners(log) == dict.fromkeys(("c0", "c1", "c2"), "zhao"))


def archives_and_undoes(desk: Locator, log: EventLog) -> None:
    """Put a conversation away and take it back; both are facts."""
    choose(desk, place_of(desk, CUSTOMERS[3]))
    press(desk, "Archive")
    says(desk, "Archived")
    press(desk, f"Undo: Archived ({CUSTOMERS[3]})")
    says(desk, "Undone: Archived")
    assert [type(stored.event) for stored in log.read(conversation="c3", kinds=[e.Archived, e.Unarchived])] == [
        e.Archived, e.Unarchived,
    ]  # fmt: skip


def tunes_a_rule(page: Page, desk: Locator, feed: Feed, log: EventLog) -> None:
    """Let a rule give another level, put it live, and see the next customer decided by it."""
    page.locator(".lm-TabBar-tab", has_text="Rules").click()
    workshop = page.locator(".dk-shop")
    choose_rule(workshop, "Priority", "Unhappy in the chat")
    workshop.get_by_role("combobox", name="Level").select_option("urgent")
    expect(workshop.locator(".dk-shop-state")).to_have_text("Valid; changed, not live yet")
    workshop.get_by_role("button", name="Put live").click()
    expect(workshop.locator(".dk-shop-state")).to_have_text("Valid; as it is in force")
    page.locator(".lm-TabBar-tab", has_text="Desk").first.click()
    feed.writes("c4", "Terrible service, I am so disappointed")
    unhappy = rows(desk).filter(has_text=CUSTOMERS[4]).first
    expect(unhappy).to_have_attribute("data-level", "3")
    last = [stored.event for stored in log.read(kinds=[e.PolicyChanged])][-1]
    assert isinstance(last, e.PolicyChanged)
    assert last.by == "boss"


def test_a_supervisors_day(page: Page, lab: LabServer, tmp_path: Path) -> None:
    """What a supervisor sees, reads and does at 10:30, from the complaint of a VIP to a rule put live."""
    path = open_all_day(tmp_path)
    with open_log(f"sqlite:///{tmp_path / 'shop.db'}") as log:
        feed = Feed(log, Policy.load(path))
        feed.opens_the_shop()
        desk = open_day(page, lab, log.url, path)
        sees_a_complaint_rise(page, desk, feed)
        replies_and_gets_help(page, desk)
        moves_three(desk, log)
        archives_and_undoes(desk, log)
        tunes_a_rule(page, desk, feed, log)
        written = [stored.event for stored in log.read(kinds=[e.AgentWrote]) if stored.event.source == "view"]
        assert [one.text for one in written if isinstance(one, e.AgentWrote)] == [REPLY]
