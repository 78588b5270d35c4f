"""Tags: three facets, given by rule or by hand, and no rule undoes what a hand did."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.desk import columns as k
from deskkit.desk import events
from deskkit.desk.desk import Desk
from deskkit.desk.policy import Policy
from tests.desk.scene import BARE, DAY, START, Scene, kinds, of, policy, raising, tagging

HURRY = tagging("hurry", "label", signal="urgent")
MONEY = tagging("money", "label", signal_ever="refund")
ORDER = tagging("order", "inquiry", signal="refund")
GOLD = tagging("VIP", "customer", membership="gold")
NEW = tagging("new", "customer", orders="= 0")
ALL = policy(tags=(HURRY, MONEY, ORDER, GOLD, NEW))


def tagged(done: tuple[events.Decision, ...]) -> list[tuple[str, str, bool]]:
    """Return facet, tag and on or off of the tags that were decided."""
    return [(d.facet, d.tag, d.on) for d in of(done, events.Tagged)]


# ---------------------------------------------------------------- by rule


def test_a_message_gives_tags_in_every_facet() -> None:
    """One message may make a conversation new, about an order, urgent and about money: each by its own rule."""
    scene = Scene(ALL)
    scene.know(orders=0)
    done = scene.open(text="my refund, asap")
    assert tagged(done) == [
        ("customer", "new", True), ("label", "hurry", True), ("label", "money", True), ("inquiry", "order", True),
    ]  # fmt: skip
    assert scene.tags() == {"new", "hurry", "money", "order"}
    because = {d.tag: d.because[0] for d in of(done, events.Tagged)}
    names = [rule.name for rule in scene.desk.policy.schema.tags]
    assert {tag: names[rule] for tag, rule in because.items()} == {
        "new": "rule new", "hurry": "rule hurry", "money": "rule money", "order": "rule order",
    }  # fmt: skip


def test_a_tag_says_what_it_was_given_for() -> None:
    """`because` is the rule, the comparison that settled it and the value that was found."""
    scene = Scene(policy(tags=(tagging("VIP", "customer", orders=">= 3", spend=">= 100"),)))
    scene.know(orders=7, spend=150.5)
    rule, term, value = of(scene.open(), events.Tagged)[0].because[:3]
    assert (scene.desk.policy.schema.tags[rule].name, scene.desk.lowered.terms[term].key, value) == (
        "rule VIP", "spend", 15_050,
    )  # fmt: skip


def test_a_tag_is_given_once() -> None:
    """The same signal again gives no second decision; a tag by rule stays when its signal is over."""
    scene = Scene(ALL)
    assert tagged(scene.open(text="asap")) == [("label", "hurry", True)]
    assert tagged(scene.say("asap!!")) == []
    scene.reply()
    assert tagged(scene.say("take your time")) == []
    assert scene.tags() == {"hurry"}


def test_a_facet_that_is_not_exclusive_takes_several_tags() -> None:
    """A conversation may be about an order and a complaint at once; both count as inquiries."""
    rules = policy(tags=(ORDER, tagging("complaint", "inquiry", signal="urgent")))
    scene = Scene(rules)
    scene.open(text="refund asap")
    assert scene.tags() == {"order", "complaint"}
    assert scene.row()[k.INQUIRIES] == 2


def test_the_first_rule_of_an_exclusive_facet_decides() -> None:
    """A gold member without orders is VIP, not new, for the VIP rule stands first."""
    scene = Scene(ALL)
    scene.know(orders=0, membership="gold")
    assert tagged(scene.open()) == [("customer", "VIP", True)]


def test_a_rule_before_takes_an_exclusive_tag_over() -> None:
    """Who becomes a gold member during the chat turns from new into VIP; what no rule claims any more stays."""
    scene = Scene(ALL)
    scene.know(orders=0)
    scene.open()
    assert tagged(scene.know(membership="gold")) == [("customer", "new", False), ("customer", "VIP", True)]
    assert tagged(scene.know(membership="silver")) == [("customer", "VIP", False), ("customer", "new", True)]
    assert tagged(scene.know(orders=1)) == []
    assert scene.tags() == {"new"}


def test_a_desk_that_only_watches_tags_all_the_same() -> None:
    """Tags are decided where assignments are not."""
    assert tagged(Scene(ALL, acts=False).open(text="asap")) == [("label", "hurry", True)]


# ---------------------------------------------------------------- by hand


def test_a_tag_taken_off_by_hand_stays_off() -> None:
    """However often the customer writes the word again, a rule does not put back what a hand took off."""
    scene = Scene(ALL)
    scene.open(text="asap")
    assert scene.tag("hurry", on=False) == ()
    assert scene.tags() == set()
    scene.reply()
    assert tagged(scene.say("asap asap asap")) == []
    assert scene.tags() == set()
    scene.tag("hurry")
    assert scene.tags() == {"hurry"}


def test_a_tag_put_on_by_hand_stays_on() -> None:
    """No rule takes off what a hand put on; a rule that would give it finds it there."""
    scene = Scene(ALL)
    scene.open(text="hello")
    scene.tag("hurry")
    assert tagged(scene.say("asap")) == []
    assert [(tag.name, tag.by_hand) for tag in scene.card().tags] == [("hurry", True)]


def test_a_hand_may_confirm_a_rules_tag() -> None:
    """What a rule gave and a hand puts on again is the hand's from then on."""
    scene = Scene(ALL)
    scene.open(text="asap")
    assert [tag.by_hand for tag in scene.card().tags] == [False]
    scene.tag("hurry")
    assert [(tag.name, tag.by_hand) for tag in scene.card().tags] == [("hurry", True)]
    assert scene.row()[k.RULED2] == 0


def test_beside_an_exclusive_tag_of_a_hand_no_rules_tag_stands() -> None:
    """A hand's VIP takes the place of a rule's new; when the hand takes it off again, the rules decide anew."""
    scene = Scene(ALL)
    scene.know(orders=0)
    scene.open()
    assert tagged(scene.tag("VIP", "customer")) == [("customer", "new", False)]
    assert scene.tags() == {"VIP"}
    assert tagged(scene.know(orders=0, spend=5)) == []
    assert tagged(scene.tag("VIP", "customer", on=False)) == [("customer", "new", True)]
    assert scene.tags() == {"new"}


def test_the_order_of_hand_and_rule_makes_no_difference() -> None:
    """An exclusive facet holds the hand's tag alone, whether the rule came first or the hand."""
    found = []
    for hand_first in (True, False):
        scene = Scene(ALL)
        scene.open()
        if hand_first:
            scene.tag("VIP", "customer")
        scene.know(orders=0)
        if not hand_first:
            scene.tag("VIP", "customer")
        found.append(scene.tags())
    assert found == [{"VIP"}, {"VIP"}]


def test_an_exclusive_tag_taken_off_gives_way_to_the_next_rule() -> None:
    """If a hand says that a gold member is no VIP, the next rule that holds says new; VIP does not come back."""
    scene = Scene(ALL)
    scene.know(orders=0, membership="gold")
    scene.open()
    assert tagged(scene.tag("VIP", "customer", on=False)) == [("customer", "new", True)]
    assert tagged(scene.know(spend=1)) == []
    assert scene.tags() == {"new"}


def test_tags_no_rule_speaks_of_are_kept() -> None:
    """A desk may use tags that its policy does not know: shown, taken off, and no matter of any rule."""
    scene = Scene(ALL)
    scene.open(text="asap")
    for facet, tag in (("label", "回访"), ("customer", "journalist"), ("inquiry", "jobs")):
        assert scene.tag(tag, facet) == ()
    assert scene.tags() == {"hurry", "回访", "journalist", "jobs"}
    scene.tag("回访", on=False)
    scene.tag("never there", on=False)
    assert scene.tags() == {"hurry", "journalist", "jobs"}


def test_a_hand_may_tag_in_every_stage() -> None:
    """Handled and archived conversations can be sorted as well."""
    scene = Scene(ALL)
    scene.open()
    for kind in (events.Resolved, events.Archived):
        scene.do(kind)
        scene.tag(kind.__name__)
    assert scene.tags() == {"Resolved", "Archived"}


# ---------------------------------------------------------------- signals


def told(scene: Scene) -> tuple[bool, bool]:
    """Say whether the desk sees the signal urgent now, and ever."""
    bit = 1 << [signal.name for signal in scene.desk.policy.schema.signals].index("urgent")
    return bool(scene.row()[k.SIGNALS_NOW] & bit), bool(scene.row()[k.SIGNALS] & bit)


def test_a_signal_lasts_until_the_agents_reply() -> None:
    """`signal` is what the customer wrote since the agent's last reply, `signal_ever` at any time in it."""
    scene = Scene(ALL)
    scene.open(text="hello")
    assert told(scene) == (False, False)
    scene.say("asap!")
    scene.say("my name is Zhang")  # more messages do not take it back
    assert told(scene) == (True, True)
    scene.reply(automatic=True)  # nor do texts that answer nobody
    scene.do(events.SystemWrote, message="b", text="asap")
    scene.do(events.NoteWritten, agent="chen", text="asap")
    assert told(scene) == (True, True)
    scene.reply()
    assert told(scene) == (False, True)
    scene.say("fine")
    assert told(scene) == (False, True)


def test_rules_tell_now_from_ever() -> None:
    """In the second turn a rule by `signal` is over, one by `signal_ever` holds."""
    late = (tagging("hurry", "label", signal="urgent", turns=">= 2"),
            tagging("money", "label", signal_ever="urgent", turns=">= 2"))  # fmt: skip
    scene = Scene(policy(tags=late))
    scene.open(text="asap")
    scene.reply()
    assert tagged(scene.say("and then?")) == [("label", "money", True)]


def test_only_the_customers_texts_give_signals() -> None:
    """Neither an agent's word nor the name of a file is a signal."""
    scene = Scene(ALL)
    scene.open(text="hello")
    scene.take(events.AgentWrote, conversation="c1", agent="chen", message="a", text="I will do it asap")
    scene.take(events.CustomerWrote, conversation="c1", message="i", text="asap.png", content_type="image")
    assert told(scene) == (False, False)
    assert scene.card().unanswered_since == START  # though an image does ask for an answer


def test_handled_a_conversation_begins_without_old_signals() -> None:
    """Reopened by a message, only the new message counts as said now."""
    scene = Scene(ALL)
    scene.open(text="asap")
    scene.do(events.Resolved)
    scene.say("hello again")
    assert told(scene) == (False, True)


# ---------------------------------------------------------------- fields of the customer

FIELDS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"orders": ">= 3"}, {"orders": 3}, True),
    ({"orders": ">= 3"}, {"orders": 2}, False),
    ({"orders": "= 0"}, {}, False),
    ({"orders": "<= 5"}, {}, False),
    ({"orders": ">= 0"}, {"orders": "12"}, False),
    ({"spend": ">= 5000"}, {"spend": 5000}, True),
    ({"spend": ">= 99.99"}, {"spend": 99.99}, True),
    ({"spend": ">= 99.99"}, {"spend": 99.98}, False),
    ({"spend": ">= 1"}, {"spend": 1e300}, False),
    ({"last_order": "<= 30 days"}, {"last_order": START - 30 * DAY}, True),
    ({"last_order": "<= 30 days"}, {"last_order": START - 30 * DAY - 1}, False),
    ({"last_order": ">= 30 days"}, {"last_order": START - 30 * DAY}, True),
    ({"last_order": ">= 30 days"}, {}, False),
    ({"last_order": "never"}, {}, True),
    ({"last_order": "never"}, {"last_order": START}, False),
    ({"membership": "gold"}, {"membership": " Gold "}, True),
    ({"membership": "gold"}, {"membership": "golden"}, False),
    ({"membership": "contains gold"}, {"membership": "Rose-GOLD 2026"}, True),
    ({"membership": "contains gold"}, {"membership": ""}, False),
    ({"membership": ["gold", "platinum"]}, {"membership": "platinum"}, True),
    ({"membership": "黄金"}, {"membership": "黄金"}, True),
    ({"own": {"region": "north"}}, {"region": "North"}, True),
    ({"own": {"region": "north"}}, {"region": "north-east"}, False),
    ({"own": {"region": "contains north"}}, {"region": "north-east"}, True),
    ({"own": {"score": ">= 4.5"}}, {"score": 4.5}, True),
    ({"own": {"score": ">= 4.5"}}, {"score": 4.499}, False),
    ({"own": {"score": "= -2"}}, {"score": -2}, True),
    ({"own": {"score": ">= 4.5"}}, {"score": "5"}, False),
    ({"own": {"score": "<= 4"}}, {}, False),
    ({"not": {"own": {"region": "north"}}}, {}, True),
]


@pytest.mark.parametrize("known", ["before", "during"])
@pytest.mark.parametrize(("when", "fields", "expected"), [(w, f, 2 if holds else 1) for w, f, holds in FIELDS], ids=str)
def test_rules_read_purchase_and_own_fields(
    when: dict[str, Any], fields: dict[str, Any], expected: int, known: str
) -> None:
    """What is known of a customer decides at the opening, or at the moment it becomes known; unknown is no number."""
    scene = Scene(policy(levels=(raising("high", **when),), edits={"priority.hold": "0 s"}))
    if known == "before" and fields:
        scene.know(**fields)
    scene.open()
    if known == "during" and fields:
        scene.know(**fields)
    assert scene.level() == expected


def test_what_is_told_later_adds_to_what_was_known() -> None:
    """A second word about a customer leaves other fields as they were; a field told anew has its new value."""
    scene = Scene(policy(tags=(tagging("VIP", "customer", orders=">= 3", membership="gold"),)))
    scene.open()
    scene.know(orders=2, membership="gold")
    scene.know(city="Basel")
    assert scene.tags() == set()
    assert tagged(scene.know(orders=3)) == [("customer", "VIP", True)]
    assert scene.customer().fields == {"orders": 3, "membership": "gold", "city": "Basel"}


def test_all_open_conversations_of_a_customer_are_looked_at_again() -> None:
    """Also one that lies before a closed one; the closed one when it is open again, other customers' never."""
    scene = Scene(ALL)
    for name in ("c1", "c2", "c3"):
        scene.open(name)
    scene.open("c4", customer="li")
    scene.do(events.Resolved, "c2")
    assert {d.conversation for d in of(scene.know(membership="gold"), events.Tagged)} == {"c1", "c3"}
    assert scene.tags("c2") == scene.tags("c4") == set()
    assert tagged(scene.do(events.Reopened, "c2")) == [("customer", "VIP", True)]


def test_a_policy_asks_no_more_of_fields_than_the_desk_can_keep() -> None:
    """Sixteen different comparisons with own texts run; the seventeenth is refused where the policy is read."""

    def asking(count: int) -> str:
        rules = BARE.add("tag", tagging("VIP", "customer", own={"a": [f"x{n}" for n in range(count)]}))
        return rules.text

    scene = Scene(Policy.parse(asking(k.OWN_MAX)))
    scene.know(a="X15")
    assert tagged(scene.open()) == [("customer", "VIP", True)]
    with pytest.raises(Exception, match="too many different fields"):
        Policy.parse(asking(k.OWN_MAX + 1))
    assert Desk(BARE).lowered.fields == ()


def test_an_archived_conversation_gets_no_tags() -> None:
    """Put away is put away: what becomes known of the customer does not touch it; fetched back it is looked at."""
    scene = Scene(ALL)
    scene.open()
    scene.do(events.Archived)
    assert scene.know(membership="gold") == ()
    assert "Tagged" in kinds(scene.do(events.Unarchived))
