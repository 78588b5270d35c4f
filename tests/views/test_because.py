"""Every kind of decision in words, with the numbers of its `because`."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.desk import events
from deskkit.desk.because import explain, span
from deskkit.desk.cards import conversation_card
from deskkit.desk.desk import Desk
from deskkit.desk.events import DECISIONS, AgentSet, ConversationOpened, Decision, PresenceSet
from deskkit.locale import translator
from deskkit.views.desk import wording
from deskkit.views.desk.choices import choices
from deskkit.views.desk.rows import row
from deskkit.views.words import Words
from tests.views.little import STANDARD, little_view

RULES = {rule.name: n for n, rule in enumerate(STANDARD.schema.priority)}
TAGS = {rule.name: n for n, rule in enumerate(STANDARD.schema.tags)}
ROUTES = {rule.name: n for n, rule in enumerate(STANDARD.schema.routing.rules)}
VIP = RULES["VIP customer"]
GOLD = TAGS["VIP: gold member or 5,000 spent"]
C1: dict[str, Any] = {"at": 0, "conversation": "c1"}

CASES: list[tuple[Decision, str, str]] = [
    (
        events.Tagged(**C1, facet="customer", tag="VIP", because=(GOLD, 0, 0, 0, 0, 0)),
        "Tag VIP (customer): VIP: gold member or 5,000 spent",
        "打标签 VIP（客户类型）：VIP：金卡会员或消费满 5,000",
    ),
    (
        events.Tagged(**C1, facet="customer", tag="new", on=False, because=(0, -1, 0, 0, 0, 0)),
        "Tag new (customer) taken off: VIP: gold member or 5,000 spent",
        "移除标签 新客（客户类型）：VIP：金卡会员或消费满 5,000",
    ),
    (
        events.Prioritised(**C1, rule=VIP, phase=1, level=2, old=1),
        "Priority high: VIP customer",
        "优先级高：VIP 客户",
    ),
    (
        events.Prioritised(**C1, rule=VIP, phase=1, level=3, old=3),
        "Priority stays urgent; one more reason: VIP customer",
        "优先级仍为紧急；又一个原因：VIP 客户",
    ),
    (
        events.Prioritised(**C1, rule=VIP, phase=0, level=2, old=2),
        "Priority stays high for now; this ended: VIP customer",
        "优先级暂时仍为高；此原因已结束：VIP 客户",
    ),
    (
        events.Prioritised(**C1, rule=VIP, phase=-1, level=1, old=2),
        "Priority normal; no longer: VIP customer",
        "优先级普通；原因已消失：VIP 客户",
    ),
    (
        events.Queued(**C1, group="vip", because=(ROUTES["VIP customers to the VIP group"], 7, 0, 0, 0, 0)),
        "Queue VIP客服 VIP: VIP customers to the VIP group (7 waiting before)",
        "进入队列 VIP客服 VIP：VIP 客户转 VIP 组（前面 7 人）",
    ),
    (
        events.Queued(**C1, group="presales", because=(-1, 0, 0, 0, 0, 0)),
        "Queue 售前组 Pre-sales (0 waiting before)",
        "进入队列 售前组 Pre-sales（前面 0 人）",
    ),
    (
        events.Assigned(**C1, agent="lin", because=(0, 42_000, 2500, 1, 5000, 1)),
        "Given to 林悦 (load 2.5 of 5, knows the customer, waited 42 s)",
        "分配给 林悦（负载 2.5/5，熟悉该客户，已等 42 秒）",
    ),
    (
        events.Advised(**C1, agent="lin", because=(0, 0, 2500, 0, 0, 0)),
        "Advice: 林悦 (load 2.5 of 5, waited 0 s)",
        "建议：林悦（负载 2.5/5，已等 0 秒）",
    ),
    (
        events.Returned(**C1, agent="lin", because=(-1, 245_000, 240_000, 1, 0, 0)),
        "Taken back from 林悦: no answer for 4 min 5 s (limit 4 min), time 1",
        "从 林悦 收回：4 分钟 5 秒 未答复（上限 4 分钟），第 1 次",
    ),
    (
        events.Returned(**C1, agent="lin", because=(-1, 0, 0, 0, 0, 0)),
        "Taken back from 林悦: offline",
        "从 林悦 收回：已离线",
    ),
    (
        events.Overflowed(**C1, step=0, because=(0, 61_000, 30_000, 0, 0, 0)),
        "Further groups may take it: waited 1 min 1 s (limit 30 s)",
        "其他组也可接：已等 1 分钟 1 秒（上限 30 秒）",
    ),
    (
        events.Overflowed(**C1, step=-1, because=(-1, 61_000, 60_000, 0, 0, 0)),
        "The language is no longer asked for: waited 1 min 1 s (limit 1 min)",
        "不再要求语言：已等 1 分钟 1 秒（上限 1 分钟）",
    ),
    (
        events.TurnedAway(**C1, group="vip", because=(-1, 21, 20, 0, 0, 0)),
        "Turned away: 21 waiting in VIP客服 VIP, at most 20",
        "请客户留言：VIP客服 VIP 已有 21 人等待，上限 20",
    ),
    (events.Woken(**C1, because=(-1, 1, 0, 0, 0, 0)), "Snooze ended: the customer wrote", "稍后处理结束：客户来信"),
    (events.Woken(**C1, because=(-1, 0, 9, 0, 0, 0)), "Snooze ended: its time has come", "稍后处理结束：时间到"),
    (
        events.Revived(**C1, because=(-1, 3_600_000, 86_400_000, 0, 0, 0)),
        "Open again: the customer wrote 1 h after the end",
        "重新打开：结束 1 小时后客户来信",
    ),
    (
        events.Renewed(**C1, renewed="c1~2", because=(-1, 2 * 86_400_000, 86_400_000, 0, 0, 0)),
        "Goes on as a new conversation: closed 2 d ago (limit 1 d)",
        "另开新会话：已结束 2 天（上限 1 天）",
    ),
    (
        events.PeakChanged(at=0, on=True, because=(-1, 12, 250_000, 857, 0, 0)),
        "Peak mode on: 12 waiting, the longest 4 min 10 s, 85 % of capacity in use",
        "进入高峰模式：12 人等待，最久 4 分钟 10 秒，容量已用 85%",
    ),
    (
        events.PeakChanged(at=0, on=False, because=(-1, 2, 0, 100, 0, 0)),
        "Peak mode off: 2 waiting, the longest 0 s, 10 % of capacity in use",
        "退出高峰模式：2 人等待，最久 0 秒，容量已用 10%",
    ),
    (
        events.Lent(at=0, agent="lin", group="vip", because=(0, 500, 5000, 0, 0, 0)),
        "林悦 also takes VIP客服 VIP (load 0.5 of 5)",
        "林悦 支援 VIP客服 VIP（负载 0.5/5）",
    ),
    (
        events.Lent(at=0, agent="lin", group="vip", on=False, because=(-1, 0, 0, 0, 0, 0)),
        "林悦 is back from VIP客服 VIP",
        "林悦 结束支援 VIP客服 VIP",
    ),
    (
        events.Notified(**C1, agent="lin", event="message", level=3, rung=1, because=(3, 30_000, 30_000, 0, 0, 0)),
        "Notice to 林悦: new message (urgent), after 30 s",
        "提醒 林悦：新消息（紧急），30 秒后",
    ),
    (
        events.Notified(**C1, agent="lin", event="message", level=3, rung=0, because=(3, 0, 0, 0, 0, 0)),
        "Notice to 林悦: new message (urgent), at once",
        "立即提醒 林悦：新消息（紧急）",
    ),
    (
        events.NoticeHeld(**C1, agent="lin", event="neglected", level=1, rung=0, reason="quiet"),
        "Notice held: neglected tab (normal): quiet hours",
        "提醒未发：久未查看（普通）：免打扰时段",
    ),
    (
        events.DigestSent(at=0, agent="lin", count=4),
        "Digest to 林悦: 4 notices held back",
        "汇总发给 林悦：4 条未发提醒",
    ),
    (
        events.Tidied(**C1, action="resolve", because=(0, 0, 0, 0, 0, 0)),
        "Marked handled by rule: Silent for 30 minutes after our answer",
        "按规则标为已处理：我方回复后 30 分钟没有消息",
    ),
    (
        events.Refused(at=0, reason="stage"),
        "Refused: the conversation's stage does not allow it",
        "未执行：当前阶段不允许此操作",
    ),
]


def little_desk() -> Desk:
    """Return a desk that knows Lin and one conversation."""
    desk = Desk(STANDARD, acts=False)
    desk.step(AgentSet(at=0, agent="lin", name="林悦", groups=("aftersales",)))
    desk.step(PresenceSet(at=0, agent="lin", presence="online"))
    desk.step(ConversationOpened(at=0, conversation="c1", customer="zhang"))
    return desk


@pytest.mark.parametrize(("decision", "english", "chinese"), CASES, ids=[case[1][:40] for case in CASES])
def test_a_decision_in_words(decision: Decision, english: str, chinese: str) -> None:
    """A decision says what was decided and why, in English and in Chinese."""
    desk = little_desk()
    assert explain(desk, decision) == english
    assert explain(desk, decision, say=translator("zh")) == chinese


def test_every_kind_of_decision_is_explained() -> None:
    """No kind of decision is without words."""
    assert {type(decision) for decision, *_ in CASES} == set(DECISIONS)


def test_a_rule_the_policy_no_longer_has_is_named_by_its_number() -> None:
    """A decision by a rule of an earlier, longer policy is explained with the rule's number."""
    gone = events.Prioritised(**C1, rule=99, phase=1, level=2, old=1)
    assert explain(little_desk(), gone) == "Priority high: #99"


def test_what_a_desk_really_decided_is_explained() -> None:
    """Every decision of a desk that takes over a log has words, none with an unfilled place."""
    view = little_view(acts=True)
    decisions = [row.event for row in view.driver.log.read() if isinstance(row.event, Decision)]
    said = [explain(view.desk, decision) for decision in decisions]
    assert len(said) > 5
    assert all(text and "{" not in text and "#" not in text for text in said)
    assert any(text.startswith("Given to ") for text in said)


def test_spans_have_two_units_at_most() -> None:
    """A duration is told in its two largest units that follow one another; never negative."""
    assert [span(ms) for ms in (-5, 999, 60_000, 61_000, 3_601_000, 90_061_000)] == [
        "0 s",
        "0 s",
        "1 min",
        "1 min 1 s",
        "1 h",
        "1 d 1 h",
    ]


def test_rules_and_tags_that_come_with_deskkit_speak_chinese() -> None:
    """What ships is named in the view's language in list, reasons and menus; what others named, as written (5)."""
    desk = little_view().desk
    card = conversation_card(desk, "c1")
    shown = {language: (wording.why(desk, card, say=say, now=0), choices(desk, say=say), row(card, say=say, now=0))
             for language, say in (("en", Words("en")), ("zh", Words("zh")))}  # fmt: skip
    assert shown["en"][0][0] == "Priority high: VIP customer"
    assert shown["zh"][0][0] == "优先级高：VIP 客户"
    assert (shown["en"][2]["y"], shown["zh"][2]["y"]) == ("VIP customer", "VIP 客户")
    tags = [[tag["text"] for tag in one[1]["facets"][2]["tags"]] for one in shown.values()]
    assert tags == [
        ["urgent", "important", "dissatisfied", "refund", "human"],
        ["紧急", "重要", "不满", "退款", "找真人"],
    ]
    assert [(one["shape"], one["letter"]) for one in shown["zh"][1]["levels"]][3] == ("◆", "U")
    assert (Words("zh").rule("Our own rule"), Words("zh").tag("giftcard")) == ("Our own rule", "giftcard")
