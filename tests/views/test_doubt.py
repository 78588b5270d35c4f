"""The question before a reply that may be in the wrong tab: whom a text names, and whom it does not."""

from __future__ import annotations

import pytest

from tests.views.browser import Browser
from tests.views.living import ROOMY, Living

QUICK = '\n[[quick]]\nshort = "/wait"\ntitle = "Wait"\ntext = "我们会尽快核实，请关注小程序"\n'
NAMED = [
    ("Li Wei", "Dear Li  Wei, your parcel"),
    ("Li Wei", "Dear Li-Wei, your parcel"),
    ("Li Wei", "Dear Wei Li, your parcel"),
    ("LI WEI", "dear li wei"),
    ("Ann", "Dear Ann, it left"),
    ("Ann", "请找Ann女士"),
    ("José García", "Dear Jose Garcia, your parcel"),
    ("Jose", "Dear José"),
    ("李 伟", "李伟您好"),
    ("李伟", "李 伟您好"),
    ("李伟（VIP）", "李伟您好，包裹已到"),
    ("王芳芳", "王芳芳您好"),
]
NO_NAMES = [
    ("Ann", "We planned the delivery for Monday"),
    ("Al", "It is all fine"),
    ("the", "the parcel is on the way"),
    ("Will", "I will send it"),
    ("Guest 12", "Guest 12 of 20 is possible"),
    ("您好", "您好，请稍等"),
    ("访客", "您是访客吗"),
    ("客服", "我是客服小李"),
    ("高兴", "很高兴为您服务"),
    ("2026", "2026年新款"),
    ("A", "A parcel"),
    ("陈浩", "我是陈浩，很高兴"),
    ("小程序", "请打开小程序"),
    ("(VIP)", "VIP"),
]
NUMBERS = [
    ("您的订单 700-1234 已发出", "订单7001234", True),
    ("您的电话 138 0013 8000", "13800138000", True),
    ("电话 13800138000", "138-0013-8000", True),
    ("2026-06-18 送到", "2026-06-18 送到吗", False),
    ("165 170 175 有货", "165 170 175 有吗", False),
]


def asked(name: str, text: str, *, said: str = "hi") -> bool:
    """Say whether a reply to Wang Fang is asked about where another customer is called so, and said something."""
    desk = Living(me="qin", policy=type(ROOMY).parse(ROOMY.text + QUICK))
    desk.come("c1", "hello", customer="王芳")
    desk.come("c2", said, customer=name)
    return bool(Browser(desk.view).do("reply", "c1", text=text).get("ask"))


@pytest.mark.parametrize(("name", "text"), NAMED)
def test_who_is_named_is_asked_about(name: str, text: str) -> None:
    """However a name is written: case, accents, two words in either order, spaces, what is added in brackets."""
    assert asked(name, text)


@pytest.mark.parametrize(("name", "text"), NO_NAMES)
def test_a_word_is_no_name(name: str, text: str) -> None:
    """A part of a word, a greeting, a role, a number, an agent's name, a word of a quick reply: nothing is asked."""
    assert not asked(name, text)


@pytest.mark.parametrize(("text", "said", "is_asked"), NUMBERS)
def test_a_number_in_groups_is_one(text: str, said: str, *, is_asked: bool) -> None:
    """A number is the same with spaces or hyphens between its digits; dates and sizes are none."""
    assert asked("李伟", text, said=said) == is_asked


def test_what_agents_say_to_many_is_no_name() -> None:
    """A customer called as agents speak is asked about until they said so to five others who are not called so."""
    desk = Living(me="qin")
    desk.come("c0", customer="祝愉快")
    browser = Browser(desk.view)
    for n in range(1, 8):
        desk.come(f"c{n}", customer=f"张{'一二三四五六七'[n - 1]}")
    for n in range(1, 7):
        answer = browser.do("reply", f"c{n}", text="祝愉快哦")
        assert (answer.get("ask") is not None) == (n <= 5), n
        if n <= 5:
            assert browser.do("reply", f"c{n}", text="祝愉快哦", sure=True)["ok"]
