"""Nothing a hand does, and nothing a customer wrote, holds the kernel for long: work is counted, never the clock."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec

import deskkit as dk
from deskkit.clock import ManualClock, WallClock
from deskkit.desk import balancing, finding, hits
from deskkit.desk import events as e
from deskkit.live import client
from deskkit.live.client import Client
from deskkit.live.hearing import SLICE
from deskkit.live.inbox import Inbox
from deskkit.live.served import ServedDriver
from deskkit.log import open_log
from deskkit.text import LIMIT
from deskkit.views.desk import acting, lines
from deskkit.views.desk.doubt import MOST_NUMBERS
from deskkit.views.desk.lines import AT_ONCE
from deskkit.views.desk.pages import LINES
from deskkit.views.desk.team import team
from deskkit.views.desk.working import Work
from deskkit.views.words import LONGEST_LINE, Words
from tests.live.desks import Lease
from tests.patience import wait_until
from tests.views.browser import Browser
from tests.views.little import NOW, STANDARD, little_view

if TYPE_CHECKING:
    import pytest

    from deskkit.desk.desk import Desk
    from deskkit.views import DeskView

LONG_MS = 10**9
MANY = 260  # conversations, more than are worked at in one slice
HIDDEN = "\u202e\u200b" * 5_000


def crowd(conversations: int, *, said: int = 1) -> list[e.Fact]:
    """Return conversations with some messages each, of which the first holds an order number of its own."""
    facts: list[e.Fact] = []
    for n in range(conversations):
        facts.append(e.CustomerSet(at=NOW, customer=f"u{n}", name=f"Customer Number{n}z"))
        facts.append(e.ConversationOpened(at=NOW, conversation=f"k{n}", customer=f"u{n}"))
        facts += [
            e.CustomerWrote(
                at=NOW, conversation=f"k{n}", message=f"k{n}/{m}", text=f"order {7_000_000 + n}" if m == 0 else "hello"
            )
            for m in range(said)
        ]
    return facts


def named(facts: list[e.Fact], source: str) -> list[e.Fact]:
    """Return facts with their identities."""
    return [msgspec.structs.replace(fact, source=source, source_id=str(n)) for n, fact in enumerate(facts)]


def take(view: DeskView, facts: list[e.Fact], source: str = "crowd") -> None:
    """Let facts happen."""
    view.driver.act(named(facts, source))


def noted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[int]:
    """Let a function of a text note how long it was, each time."""
    lengths: list[int] = []
    plain = getattr(owner, name)

    def noting(text: str, *more: Any, **named: Any) -> Any:
        lengths.append(len(text))
        return plain(text, *more, **named)

    monkeypatch.setattr(owner, name, noting)
    return lengths


# ---------------------------------------------------------------- the doubt before a reply


def test_a_doubt_folds_each_message_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many numbers and recipients a reply has, a message is folded once; what is asked stays the same."""
    view = little_view(acts=True)
    take(view, crowd(30, said=5))
    folded = noted(monkeypatch, finding, "fold_text")
    browser = Browser(view)
    answer = browser.do("reply", "k1", text="Orders 9000001 and 7000007 have left")
    assert "7000007" in answer["ask"]["text"]
    assert "Number7z" in answer["ask"]["text"]
    assert 30 * 5 <= len(folded) <= 30 * 6 + 20  # all of them, and the ids
    folded.clear()
    for text in ("9000001", " ".join(str(9_000_000 + n) for n in range(40))):
        assert browser.do("reply", "k1", text=text)["ok"]
    assert not browser.do("reply", "k2", "k3", "k4", text="7000007")["ok"]
    assert not browser.do("reply", "k2", "k3", "k4", text="Customer Number7z")["ok"]
    assert browser.do("reply", "k2", "k3", "k4", text="Call us at 4008123456")["ok"]
    assert len(folded) <= 10  # what was replied, and nothing else again


def test_so_many_numbers_are_looked_for() -> None:
    """Of a table of numbers those at its beginning are looked for: the last of them, and not the next."""
    view = little_view(acts=True)
    take(view, crowd(3))
    browser = Browser(view)
    table = [str(9_000_000 + n) for n in range(MOST_NUMBERS)]
    assert not browser.do("reply", "k0", text=" ".join([*table[1:], "7000001"]))["ok"]
    assert browser.do("reply", "k0", text=" ".join([*table, "7000001"]))["ok"]


def test_numbers_that_come_later_are_known() -> None:
    """A number written after the first doubt is asked about; one in one's own conversation is not."""
    view = little_view(acts=True)
    take(view, crowd(3))
    browser = Browser(view)
    assert browser.do("reply", "k0", text="8123456")["ok"]
    take(view, [e.CustomerWrote(at=NOW, conversation="k1", message="x", text="８１２３４\u200b５７ please")], "later")
    assert not browser.do("reply", "k0", text="8123457")["ok"]
    assert browser.do("reply", "k1", text="8123457")["ok"]


# ---------------------------------------------------------------- deeds for hundreds


class Shared:
    """A desk that another driver decides for, and a browser on it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        log = open_log("memory:")
        log.append(named(crowd(MANY), "crowd"), received_at=NOW)
        epoch = log.take_lease("test", now=NOW, until=NOW + LONG_MS)
        monkeypatch.setattr(Client, "_start_driver", lambda *_: None)  # it is here
        for module in (client, sys.modules["deskkit.views.desk"]):
            monkeypatch.setattr(module, "is_alive", lambda *_, **__: True)
        assert epoch is not None
        driver = ServedDriver(log, STANDARD, clock=ManualClock(WallClock().now()), lease=Lease(epoch), acts=True)
        self.inbox = Inbox(driver)
        self.view = dk.views.desk(log, STANDARD, me="boss")
        assert isinstance(self.view.driver, Client)
        self.browser, self.log = Browser(self.view), log

    def heard(self, act: str) -> dict[str, Any]:
        """Work until a deed is answered; return the answer."""
        driver = self.view.driver
        assert isinstance(driver, Client)

        def is_heard() -> bool:
            self.view.catch_up()
            while not driver.writing.is_busy and self.inbox.drain():
                pass
            return bool(self.browser.answer(act))

        wait_until(is_heard, "nobody answered")
        return self.browser.answer(act)


def test_a_deed_for_hundreds_is_made_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """No slice is long; each fact is given once, in order, no later deed overtakes it; it is undone as one."""
    desk = Shared(monkeypatch)
    looks: list[float] = []
    plain = Work.go_on

    def noting(work: Work[Any], *most: float) -> float:
        looks.append(plain(work, *most))
        return looks[-1]

    monkeypatch.setattr(Work, "go_on", noting)
    names = [f"k{n}" for n in range(MANY)]
    assert desk.browser.do("reply", *names, act="reply-to-all", text="One moment please") == {}
    assert desk.browser.do("tag", *names, act="tag-of-all", facet="label", tag="Foo") == {}
    assert desk.browser.do("reply", *names, act="reply-to-all", text="One moment please") == {}  # sent again
    assert desk.heard("reply-to-all")["ok"]
    assert desk.heard("tag-of-all")["ok"]
    assert sum(looks) > 2 * SLICE
    assert max(looks) <= SLICE + 1
    stored = [row.event for row in desk.log.read(kinds=[e.AgentWrote, e.TagSet])]
    given = [one.source_id for one in stored if isinstance(one, e.Fact) and one.by == "boss"]
    assert given == [f"{act}.{n}" for act in ("reply-to-all", "tag-of-all") for n in range(MANY)]
    looks.clear()
    assert desk.browser.do("undo", act="take-it-back", undo="tag-of-all") == {}
    assert desk.heard("take-it-back")["ok"]
    assert len([one for one in looks if one > 0]) > MANY // SLICE
    assert max(looks) <= SLICE + 2
    off = [row.event for row in desk.log.read(kinds=[e.TagSet])]
    assert sum(isinstance(one, e.TagSet) and not one.on for one in off) == MANY


def test_a_deed_that_takes_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is worked at the foot says for how many, then what came of it; of what is quick it never does."""
    desk, names = Shared(monkeypatch), [f"k{n}" for n in range(MANY)]
    said: list[str] = []
    catch_up = desk.view.catch_up

    def looking() -> None:
        catch_up()
        said.append(desk.browser.said)

    monkeypatch.setattr(desk.view, "catch_up", looking)
    for long_ms, deed, expected in (
        (-1, {"do": "tag", "ids": names, "facet": "label", "tag": "Foo"}, f"Working at what you did for {MANY} conv"),
        (-1, {"do": "undo", "undo": "deed-of-tag"}, "Working at what you did …"),
        (10**9, {"do": "tag", "ids": names, "facet": "label", "tag": "Foo"}, ""),
    ):
        monkeypatch.setattr(acting, "LONG_MS", long_ms)
        said.clear()
        act = f"deed-of-{deed['do']}{'-again' if not expected else ''}"
        desk.browser.say(type="act", act=act, deed=deed)
        assert desk.heard(act)["ok"]
        at_work = [one for one in said if one.startswith("Working")]
        assert all(expected in one for one in at_work)
        assert bool(at_work) == bool(expected)
        assert "Working" not in desk.browser.said


def test_a_policy_that_is_put_live_is_not_taken_for_the_deed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worked at then is not for so many conversations as the deed before it was."""
    desk = Shared(monkeypatch)
    desk.browser.do("tag", *(f"k{n}" for n in range(MANY)), act="deed-of-many", facet="label", tag="Foo")
    assert desk.heard("deed-of-many")["ok"]
    monkeypatch.setattr(acting, "LONG_MS", -1)
    desk.view.put_live("policy-put-live", desk.view.desk.policy.edit({"capacity.complex_from": 7}))
    desk.view.catch_up(anyway=True)
    assert "Working at what you did …" in desk.browser.said
    assert desk.heard("policy-put-live")["ok"]


# ---------------------------------------------------------------- what customers wrote


def test_lines_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tab scrolled far up draws a line that comes, and none of those it has; at the end it lets go of them."""
    view = little_view()
    facts: list[e.Fact] = [e.CustomerWrote(at=NOW, conversation="c1", message=str(n), text="x") for n in range(900)]
    take(view, facts, "far")
    browser = Browser(view)
    drawn = noted(monkeypatch, lines, "visible")
    browser.open("c1")
    for _ in range(3):
        browser.say(type="more", id="c1")
    assert LINES * 4 <= len(drawn) < LINES * 4 + 20
    drawn.clear()
    take(view, [e.CustomerWrote(at=NOW, conversation="c1", message="new", text="and?")], "new")
    view.wake()
    assert browser.pages["c1"]["lines"][-1]["x"] == "and?"
    assert len(drawn) == 1
    browser.say(type="less", id="c1")
    assert len(browser.pages["c1"]["lines"]) <= LINES + 2
    assert browser.pages["c1"]["more"]


def test_who_stood_among_earlier_lines_gets_them_again() -> None:
    """A page names the line it reads at: so many are drawn that it is among them, never fewer than were."""
    view = little_view()
    facts: list[e.Fact] = [e.CustomerWrote(at=NOW, conversation="c1", message=str(n), text="x") for n in range(1_500)]
    take(view, facts, "far")
    browser = Browser(view)
    browser.open("c1")
    assert "700" not in {line["id"] for line in browser.pages["c1"]["lines"]}
    browser.say(type="more", id="c1", line="700")
    names = [line["id"] for line in browser.pages["c1"]["lines"] if line["k"] != "day"]
    assert "700" in names
    assert LINES * 4 < len(names) <= LINES * 5
    for line in ("1400", "99999", "-1", "day-1", "9" * 1_000):
        browser.say(type="more", id="c1", line=line)
        assert [one["id"] for one in browser.pages["c1"]["lines"] if one["k"] != "day"] == names
    browser.say(type="more", id="nobody", line="700")
    browser.say(type="more", id="c1", line="0")
    assert not browser.pages["c1"]["more"]


def test_another_window_takes_no_lines_away_that_one_reads() -> None:
    """Two windows read far up in one conversation; that one of them is at the end again is for both to say."""
    view = little_view()
    facts: list[e.Fact] = [e.CustomerWrote(at=NOW, conversation="c1", message=str(n), text="x") for n in range(1_500)]
    take(view, facts, "far")
    browser = Browser(view)
    for page in ("p", "q"):
        browser.say(type="watch", open=["c1"], focus=None, page=page)
        for _ in range(2):
            browser.say(type="more", id="c1", page=page)
    assert len(browser.pages["c1"]["lines"]) > LINES * 5
    browser.say(type="less", id="c1", page="q")
    assert LINES * 3 <= len(browser.pages["c1"]["lines"]) < LINES * 4
    browser.say(type="watch", open=["c1"], focus="c1", page="p")
    browser.say(type="less", id="c1", page="q")
    assert LINES * 3 <= len(browser.pages["c1"]["lines"]) < LINES * 4
    browser.say(type="less", id="c1", page="p")
    assert len(browser.pages["c1"]["lines"]) <= LINES + 2


def test_a_day_that_begins_twice_is_two_lines() -> None:
    """Messages that come late stand where they came, each day under its date; a page knows lines by their names."""
    view = little_view()
    day = 86_400_000
    facts: list[e.Fact] = [
        e.CustomerWrote(at=NOW - (n % 2) * day, conversation="c1", message=str(n), text=str(n)) for n in range(6)
    ]
    take(view, facts, "late")
    browser = Browser(view)
    browser.open("c1")
    lines = browser.pages["c1"]["lines"]
    assert [line["k"] for line in lines].count("day") == 6
    assert len({line["id"] for line in lines}) == len(lines)


def test_what_hides_is_cut_before_it_is_spelt_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of hidden characters as many are looked at as are shown spelt out; the lines above follow by themselves."""
    view = little_view()
    texts = [HIDDEN, "a" * LONGEST_LINE]
    facts: list[e.Fact] = [
        e.CustomerWrote(at=NOW, conversation="c1", message=str(n), text=texts[n % 2]) for n in range(40)
    ]
    take(view, facts, "hidden")
    browser = Browser(view)
    looked = noted(monkeypatch, lines, "visible")
    browser.open("c1")
    first = browser.pages["c1"]["lines"]
    assert AT_ONCE // LONGEST_LINE <= len(first) < 40
    assert browser.pages["c1"]["more"]
    assert min(looked) < LONGEST_LINE // 4
    assert sum(looked) < 2 * AT_ONCE
    for _ in range(3):
        view.wake()
    whole = browser.pages["c1"]["lines"]
    assert len([line for line in whole if line["k"] == "customer"]) == 41
    assert not browser.pages["c1"]["more"]
    spelt = "⟦U+202E⟧⟦U+200B⟧" * LONGEST_LINE
    assert {line["x"] for line in whole[-40:]} == {spelt[:LONGEST_LINE], "a" * LONGEST_LINE}


def test_a_search_looks_at_the_part_around_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a megabyte with hits everywhere some hundred characters are looked at closely; one far behind is found."""
    view = little_view()
    facts: list[e.Fact] = [
        e.CustomerWrote(at=NOW, conversation="c1", message="1", text="订 " * 500_000),
        e.CustomerWrote(at=NOW, conversation="c2", message="2", text="ａ" * 20_000 + " 帆布鞋 " + "b" * 20_000),
    ]
    take(view, facts, "long")
    closely = noted(monkeypatch, hits, "fold")
    folded = noted(monkeypatch, finding, "fold_text")
    browser = Browser(view)
    assert "c1" in browser.search("订")
    assert max(folded) == LIMIT
    browser.search("帆布鞋")
    (hit,) = browser.found["hits"]["c2"]
    assert ["帆布鞋", True] in hit["x"]
    assert 0 < max(closely) <= 600


def test_a_search_waits_until_all_is_read() -> None:
    """On a desk that somebody comes back to, no search reads more than a slice; the answer follows."""
    desk = little_view(more=5).desk
    index = finding.Index(desk)
    assert not index.read_on(100, characters=1)
    steps = 1
    while not index.read_on(100, characters=1):
        steps += 1
    assert steps >= len(desk.conversations) - 1
    assert index.find("好的")


# ---------------------------------------------------------------- boards


def test_the_team_looks_at_each_agent_once_for_many_conversations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversations that ask for the same are tried once by each giver; who is offered is named once."""
    view = little_view()
    facts: list[e.Fact] = []
    for agent in ("full", "gone"):
        facts += [e.AgentSet(at=NOW, agent=agent, name=agent, groups=("presales",), languages=("zh",), capacity=300)]
        facts += [e.PresenceSet(at=NOW, agent=agent, presence="online")]
    for n in range(MANY):
        facts += [e.ConversationOpened(at=NOW, conversation=f"k{n}", customer=f"u{n}", group="aftersales")]
        facts += [e.OwnerSet(at=NOW, conversation=f"k{n}", agent="full" if n % 2 else "gone")]
    facts.append(e.PresenceSet(at=NOW, agent="gone", presence="away"))
    take(view, facts)
    tried: list[str] = []
    named_: list[str] = []
    hindrance, agent_of = balancing._hindrance, Words.agent  # noqa: SLF001 -- the work is counted where it is done

    def trying(desk: Desk, number: int, one: str, load: dict[str, int], most: float) -> str:
        tried.append(one)
        return hindrance(desk, number, one, load, most)

    def naming(say: Words, desk: Desk, one: str) -> str:
        named_.append(one)
        return agent_of(say, desk, one)

    monkeypatch.setattr(balancing, "_hindrance", trying)
    monkeypatch.setattr(Words, "agent", naming)
    made = {section["k"]: section for section in team(view.desk, say=Words("en"), now=NOW)["sections"]}
    assert len(made["over"]["rows"]) > MANY // 2 - 5
    assert len(tried) < MANY
    assert len(named_) < 3 * MANY
