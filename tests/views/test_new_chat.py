"""A conversation that an agent begins: it finds its customer or makes one, and offers what is open already."""

from __future__ import annotations

import pytest

from deskkit.desk import cards
from deskkit.desk import desk as desks
from deskkit.desk import events as e
from deskkit.desk.desk import Desk
from deskkit.desk.finding import FOUND, Index
from deskkit.desk.resting import near
from deskkit.log.spans import spans
from deskkit.measures import measure
from deskkit.views.desk.whom import AT_ONCE, SHOWN, Whom
from deskkit.views.words import Words
from tests.views.browser import Browser
from tests.views.little import NOW, STANDARD, little_log, little_view

ACT, TEXT = "0123456789abcdef", "您的订单已发货"


@pytest.mark.parametrize(
    ("language", "said", "confirm", "offer"),
    [
        ("en", "李娜 has an open conversation, with 林悦", "Begin another all the same", "Open it"),
        ("zh", "李娜有一个未结束的会话，由林悦接待", "仍要另开会话", "打开该会话"),
    ],
)
def test_it_is_said_with_whom_the_customer_talks(language: str, said: str, confirm: str, offer: str) -> None:
    """Nothing is begun until whoever asked is sure; then it is, without another question."""
    view = little_view(acts=True, language=language)
    browser = Browser(view)
    seq = view.driver.log.last_seq()
    answer = browser.do("new", customer="李娜", text=TEXT)
    assert not answer["ok"]
    assert answer["ask"] == {"text": said, "confirm": confirm, "open": "c4", "offer": offer}
    assert view.driver.log.last_seq() == seq
    assert browser.do("new", customer="李娜", text=TEXT, sure=True)["ok"]
    assert len(list(cards.conversations_of(view.desk, "li"))) == 3


def test_one_that_nobody_has_is_offered_too() -> None:
    """Sent back to the queue it is open all the same; its customer is found by number as by name."""
    view = little_view(acts=True)
    for agent in ("chen", "lin"):
        view.driver.act([e.PresenceSet(at=NOW, source="t", source_id=agent, agent=agent, presence="away")])
    browser = Browser(view)
    assert browser.do("assign", "c4", agent="")["ok"]
    asked = browser.do("new", customer="li")["ask"]
    assert asked["text"] == "李娜 has an open conversation, which nobody has yet"
    assert asked["open"] == "c4"


def test_nothing_is_asked_where_none_is_open() -> None:
    """Once the open conversation is handled, a chat is begun at once."""
    view = little_view(acts=True)
    browser = Browser(view)
    assert browser.do("handled", "c4")["ok"]
    assert browser.do("new", customer="李娜")["ok"]
    assert not browser.do("new", customer="李娜")["ok"]  # the one begun just now is open


def test_a_hostile_name_is_only_text() -> None:
    """What a customer is called goes into the question as it goes everywhere: shortened, its hidden signs visible."""
    view = little_view(acts=True)
    asked = Browser(view).do("new", customer="mallory")["ask"]
    assert "\u202e" not in asked["text"]
    assert asked["open"] == "c2"


def test_a_new_chat_finds_its_customer_or_makes_one() -> None:
    """By number or whole name a customer is found, else made if one is sure; it counts as load, not as a response."""
    view = little_view(acts=True)
    browser = Browser(view)
    load = cards.agent_card(view.desk, "qin").load
    answer = browser.do("new", customer="李娜", act=ACT, text="您的订单已发货", sure=True)
    assert (answer["ok"], answer["opened"]) == (True, f"new-{ACT}")
    card = cards.conversation_card(view.desk, f"new-{ACT}")
    assert (card.customer, card.owner, card.unanswered_since) == ("li", "qin", None)
    assert [line.text for line in cards.said(view.desk, card.name)] == ["您的订单已发货"]
    assert cards.agent_card(view.desk, "qin").load > load
    seq = view.driver.log.last_seq()
    mistyped = browser.do("new", customer="王五\u202e")
    assert (mistyped["ok"], view.driver.log.last_seq()) == (False, seq)
    assert mistyped["ask"] == {
        "text": "No customer is called “王五⟦U+202E⟧”, nor has that number", "confirm": "Begin with a new customer",
    }  # fmt: skip
    assert browser.do("new", customer="王五", act="f" * 32, sure=True)["ok"]
    made = cards.conversation_card(view.desk, "new-" + "f" * 32)
    assert made.customer_name == "王五"
    assert "王五 Conversation begun" in browser.said
    responses = measure("first_response").of(spans(view.driver.log))
    assert card.name not in responses.rows["conversation"].to_list()


@pytest.mark.parametrize(
    ("customer", "acts", "me", "said"),
    [
        ("", True, "qin", "Write a customer first"), ("李娜", False, "qin", "opens nothing"),
        ("李娜", True, "nobody", "Only an agent"), ("同名", True, "qin", "2 customers are called"),
    ],
)  # fmt: skip
def test_a_new_chat_that_cannot_be_begun_says_why(customer: str, *, acts: bool, me: str, said: str) -> None:
    """Without a customer, where the desk only watches, by nobody, or for one of two of the same name: refused."""
    log = little_log()
    both = [e.CustomerSet(at=NOW, source="t", source_id=one, customer=one, name="同名") for one in ("p1", "p2")]
    log.append(both, received_at=NOW)
    view = little_view(log=log, acts=acts, me=me)
    browser = Browser(view)
    seq = log.last_seq()
    assert not browser.do("new", customer=customer)["ok"]
    assert said in browser.said
    assert log.last_seq() == seq


def test_whoever_is_called_so_is_offered_and_told_apart() -> None:
    """By a part of name or number: first who is called exactly so, then whose begins so; each with what tells it."""
    log = little_log()
    names = {"p1": "李娜娜", "p2": "张李娜", "p3": "李娜", "55-li": "Ann"}
    told = [e.CustomerSet(at=NOW, source="t", source_id=one, customer=one, name=name) for one, name in names.items()]
    log.append(told, received_at=NOW)
    view = little_view(log=log, acts=True)
    browser = Browser(view)
    assert [(one["text"], one["hint"]) for one in browser.known("李娜")] == [
        ("李娜", "li · open conversation"), ("李娜", "p3 · no conversation yet"),
        ("李娜娜", "p1 · no conversation yet"), ("张李娜", "p2 · no conversation yet"),
    ]  # fmt: skip
    assert browser.do("handled", "c4")["ok"]
    assert browser.known("LI")[0]["hint"] == "li · last contact 10:20"
    assert [one["text"] for one in browser.known("LI")] == ["李娜", "Ann"]
    assert (browser.told["ask"], browser.told["query"]) == (1, "LI")


def test_only_enough_offers_and_never_more_than_a_few() -> None:
    """Two signs or a Chinese one; by an account New chat finds nobody, so it offers nobody."""
    browser = Browser(little_view(50, acts=True))
    assert [len(browser.known(one)) for one in ("", " ", "p", "p1", "娜", "u2125775", "x" * 65)] == [
        0,
        0,
        0,
        11,
        1,
        0,
        0,
    ]


def test_a_chosen_one_is_exactly_that_one() -> None:
    """Of two of one name the chat is with the one chosen; not if it is called otherwise by then."""
    log = little_log()
    both = [e.CustomerSet(at=NOW, source="t", source_id=one, customer=one, name="同名") for one in ("p1", "p2")]
    log.append(both, received_at=NOW)
    view = little_view(log=log, acts=True)
    browser = Browser(view)
    first = next(one for one in browser.known("同名") if one["hint"].startswith("p1"))
    answer = browser.do("new", customer=first["text"], number=first["n"], act=ACT)
    assert (answer["ok"], cards.conversation_card(view.desk, f"new-{ACT}").customer) == (True, "p1")
    view.driver.act([e.CustomerSet(at=NOW, source="t", source_id="again", customer="p1", name="别名")])
    for number in (first["n"], 10**9):
        seq = log.last_seq()
        assert not browser.do("new", customer=first["text"], number=number)["ok"]
        assert "choose again" in browser.said
        assert log.last_seq() == seq


def test_who_is_offered_is_masked_shortened_and_without_hidden_signs() -> None:
    """A number that is a phone is not shown, nor sent; the one chosen is still exactly that one."""
    log = little_log()
    phone, long = "13800138000", "<b>" + "很" * 500
    told = [e.CustomerSet(at=NOW, source="t", source_id=one, customer=one, name=name)
            for one, name in ((phone, "王五\u202e\n六"), ("p9", long))]  # fmt: skip
    log.append(told, received_at=NOW)
    view = little_view(log=log, acts=True)
    browser = Browser(view)
    (wang,) = browser.known("1380")
    assert phone not in browser.sent[-1]
    assert "\u202e" not in browser.sent[-1]
    assert browser.do("new", customer=wang["text"], number=wang["n"], act=ACT)["ok"]
    assert cards.conversation_card(view.desk, f"new-{ACT}").customer == phone
    (very,) = browser.known("很很")
    assert len(very["text"]) <= 64
    assert browser.do("new", customer=very["text"], number=very["n"], act="f" * 32)["ok"]


def test_what_is_no_name_is_not_sent_back_whole() -> None:
    """A million signs, or half a one as a hand may send them: nobody is offered, and the page goes on."""
    browser = Browser(little_view(acts=True))
    for query, back in (("\ud83dab", "?ab"), ("x" * 10**6, "x" * 65)):
        assert browser.known(query) == []
        assert browser.told["query"] == back
    assert browser.known("李娜")


def test_among_twenty_thousand_the_latest_of_the_best_are_offered() -> None:
    """However many hold what was typed, and however far the desk has put them away; how fast: `bench_finding`."""
    log = little_log()
    many = [
        e.CustomerSet(at=NOW, source="t", source_id=f"{n}", customer=f"13{n:09}", name=f"客户{n}")
        for n in range(20_000)
    ]
    log.append(many, received_at=NOW)
    browser = Browser(little_view(log=log, acts=True))
    latest = [f"客户{n}" for n in range(19_999, 19_979, -1)]
    assert [one["text"] for one in browser.known("客户77")] == ["客户77", *(f"客户{n}" for n in range(7799, 7780, -1))]
    assert browser.told["more"] == "20 of 111 · write more to find others"
    assert [[one["text"] for one in browser.known(query)] for query in ("客户", "13", "00", "客")] == [latest] * 4


def test_of_many_of_one_name_the_number_finds_each() -> None:
    """Where more of the name finds nobody else it is said what does; beside the name the number, or a part, finds."""
    log = little_log()
    log.append([called(n, "大橙子") for n in range(15_000, 15_027)], received_at=NOW)
    log.append([called(n, f"大海{n}") for n in range(21)], received_at=NOW)
    browser = Browser(little_view(log=log, acts=True))
    assert len(browser.known("大橙子")) == SHOWN
    assert browser.told["more"] == f"{SHOWN} of 27 · a number, or more of a longer name, finds others"
    for query in ("大橙子 000015003", "000015003 大橙子", "大橙子  15003"):
        assert [browser.view.desk.customers[one["n"]] for one in browser.known(query)] == ["13000015003"]
    assert len(browser.known("大橙子 1501")) == 10
    assert browser.told["more"] == ""
    assert browser.known("大橙子 李娜") == []
    assert browser.known("大橙子 19999") == []
    browser.known("大")
    assert browser.told["more"] == f"{SHOWN} of 48 · write more to find others", "the control"


def test_while_customers_are_still_read_nobody_is_left_out() -> None:
    """The answer waits for the looks that read them; the latest text of a page is answered, and only once."""
    desk = little_view(600, acts=True).desk
    index, whom, say = Index(desk), Whom(), Words("en")
    whom.ask({"query": "p5", "ask": 1, "page": "a"})
    whom.ask({"query": "p59", "ask": 2, "page": "a"})
    index.read_on(100)
    assert whom.answer(desk, index, say=say, now=NOW) is None
    while not index.read_on(100):
        pass
    answer = whom.answer(desk, index, say=say, now=NOW)
    assert answer is not None
    assert (answer["ask"], answer["query"], answer["page"]) == (2, "p59", "a")
    assert [one["hint"].split(" ")[0] for one in answer["known"]] == ["p59", *(f"p{n}" for n in range(599, 589, -1))]
    assert whom.answer(desk, index, say=say, now=NOW) is None
    whom.ask({"query": "p5", "ask": 3, "page": "a"})
    whom.keep({"b"})
    assert whom.answer(desk, index, say=say, now=NOW) is None


def test_among_very_many_customers_each_look_takes_a_part() -> None:
    """Who types is answered some looks later, and asked anew only that; one renamed meanwhile is offered once."""
    desk = Desk(STANDARD)
    desk.follow([called(n, f"客户{n}") for n in range(30_000)])
    index, whom, say = Index(desk), Whom(), Words("en")
    index.meet_all()
    for ask, query in enumerate(("13", "客户")):
        whom.ask({"query": query, "ask": ask, "page": "a"})
        assert whom.answer(desk, index, say=say, now=NOW) is None
    desk.follow([called(29_999, "老客户"), called(0, "客户")])
    index.meet_all()
    looks = 2  # the first, and the one that answers
    while (answer := whom.answer(desk, index, say=say, now=NOW)) is None:
        looks += 1
    assert looks >= 30_000 / FOUND / AT_ONCE
    assert (answer["ask"], answer["more"]) == (1, f"{SHOWN} of 30000 · write more to find others")
    names = [one["text"] for one in answer["known"]]
    assert names.count("客户") <= 1
    assert len({one["n"] for one in answer["known"]}) == SHOWN
    whom.ask({"query": "客户", "ask": 2, "page": "a"})
    waited = whom.answer(desk, index, say=say, now=NOW, waits=True)
    assert waited is not None, "the control: who waits is answered at once"
    assert waited["known"][0]["text"] == "客户"


def called(number: int, name: str) -> e.CustomerSet:
    """Return a customer and what they are called."""
    return e.CustomerSet(at=NOW, source="t", source_id=f"{number}/{name}", customer=f"13{number:09}", name=name)


def test_whose_row_is_put_away_is_offered_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a desk that only follows, most customers rest: who is offered, and in which order, is as where none does.

    Issue: what the order goes by was not kept of them, and nobody was offered at all.
    """
    monkeypatch.setattr(desks, "REST_AFTER", 0)
    plain, rests = Desk(STANDARD), Desk(STANDARD)
    for n in range(150):
        name = f"c{n}"
        begun = e.ConversationOpened(at=NOW + n * 7 % 31, conversation=name, customer=f"li{n}")
        ended = [e.Resolved(at=begun.at + 1, conversation=name)] if n % 5 else []
        for desk in (plain, rests):
            desk.follow([begun, *ended])
    rests.pack()
    rests.rest()
    assert len(list(near(rests.state.customer))) < 150, "the control: some rest"
    say = Words("en")
    answers = []
    for desk in (plain, rests):
        whom, index = Whom(), Index(desk)
        index.meet_all()
        whom.ask({"query": "li", "ask": 1, "page": "a"})
        answers.append(whom.answer(desk, index, say=say, now=NOW, waits=True))
    assert answers[0] is not None
    assert answers[0]["known"][0]["hint"].endswith("open conversation")
    assert answers[1] == answers[0]


@pytest.mark.parametrize("asked", ["大橙子 13000000003", "13000000003  大橙子", "13000000003"])
def test_name_and_number_begin_with_that_customer(asked: str) -> None:
    """What the list finds by both is begun with, also where nobody chose it there: it was asked about as unknown."""
    log = little_log()
    log.append([called(n, "大橙子") for n in range(5)], received_at=NOW)
    view = little_view(log=log, acts=True)
    answer = Browser(view).do("new", customer=asked)
    assert answer["ok"]
    assert cards.conversation_card(view.desk, answer["opened"]).customer == "13000000003"
    log.append([e.CustomerSet(at=NOW, source="t", source_id="z9", customer="z9", name=asked)], received_at=NOW)
    other = little_view(log=log, acts=True)
    whole = Browser(other).do("new", customer=asked, sure=True)
    assert cards.conversation_card(other.desk, whole["opened"]).customer == ("z9" if " " in asked else "13000000003")
    wrong = Browser(view).do("new", customer="大栗子 13000000003")
    assert wrong["ask"]["confirm"] == "Begin with a new customer", "the control"


def test_who_is_offline_is_told_that_a_chat_does_not_stay() -> None:
    """It goes to the queue at once: asked, beside what else there is to ask."""
    view = little_view(acts=True)
    browser = Browser(view)
    assert browser.do("presence", agent="qin", presence="offline", sure=True)["ok"]
    gone = "秦岚 is offline: it goes back to the queue at once"
    browser.do("handled", "c4")
    assert browser.do("new", customer="李娜")["ask"] == {"text": gone, "confirm": "Begin all the same"}
    both = browser.do("new", customer="Nobody Yet")["ask"]
    assert (both["text"].endswith(f"; {gone}"), both["confirm"]) == (True, "Begin with a new customer")
