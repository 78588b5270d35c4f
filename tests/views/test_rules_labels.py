"""Labels by form in the rules workshop, what becomes of their rules, and rules that ask what no fact tells."""

from __future__ import annotations

from typing import Any

from deskkit.desk import events
from deskkit.log import open_log
from deskkit.sample import sample_policy
from tests.views.test_rules_view import comments, workshop


def test_labels_by_form() -> None:
    """A label is created, coloured, renamed, merged and retired by form; rules follow, comments stay."""
    hand, policy = workshop(log=open_log("memory:")), sample_policy()
    hand.choose("tags", "facets.label")
    for do, tag, to in (
        ("add", "", "gift"), ("colour", "gift", "#b91c1c"), ("rename", "urgent", "hurry"),
        ("rename", "dissatisfied", "gift"), ("retire", "human", ""),
    ):  # fmt: skip
        hand.say(type="label", do=do, facet="label", tag=tag, to=to)
    facet = hand.workshop.draft.policy.schema.facets[2]
    assert facet.tags == ("hurry", "important", "gift", "refund")
    assert facet.retired == ("human",)
    assert hand.last("said")["text"] == "Rests with its tag: Asks for a person in charge"
    assert facet.renamed == {"urgent": "hurry", "dissatisfied": "gift"}
    assert facet.colours == {"gift": "#b91c1c"}
    (field,) = (one for one in hand.last("checked")["form"]["item"]["fields"] if one["kind"] == "labels")
    assert field["v"][2] == {
        "k": "gift",
        "text": "gift",
        "colour": "#b91c1c",
        "retired": False,
        "was": ["dissatisfied"],
    }
    assert not comments(policy.text) - comments(hand.text)
    hand.say(type="label", do="add", facet="label", tag="", to="VIP")
    assert hand.last("refused")["fault"]["value"] == "VIP"


def test_a_rule_rests_with_its_label_and_acts_again() -> None:
    """To retire a label takes no rule out: the list says that it rests, the text warns there, and all is undone (5)."""
    hand, policy = workshop(log=open_log("memory:")), sample_policy()
    hand.choose("tags", "facets.label")
    hand.say(type="label", do="retire", facet="label", tag="refund", to="")
    told = hand.last("checked")
    assert "Wants money back (rests)" in [item["text"] for item in told["form"]["parts"][0]["items"]]
    assert [one["problem"] for one in told["warnings"]] == ['"Wants money back" rests: its tag "refund" is retired.']
    hand.say(type="label", do="revive", facet="label", tag="refund", to="")
    assert hand.last("said")["text"] == "Acts again: Wants money back"
    assert hand.workshop.draft.policy.schema.tags == policy.schema.tags
    hand.say(type="label", do="retire", facet="label", tag="important", to="")
    assert hand.last("said")["text"] == "No rule gave this tag"


def test_a_rule_that_asks_what_no_fact_tells_is_marked() -> None:
    """A log without ratings never lets a rule about ratings hold: it is marked at its line until one comes (5)."""
    log = open_log("memory:")
    about: dict[str, Any] = {"at": 0, "source": "t", "conversation": "c"}
    log.append([events.ConversationOpened(**about, source_id="o", customer="u")], received_at=0)
    hand = workshop(log=log)
    hand.say(type="hello")
    marked = {one["problem"]: one["line"] for one in hand.last("checked")["warnings"]}
    ratings = "“Rated us badly within 30 days” never holds so far: nothing in this log tells how customers rated"
    assert hand.text.splitlines()[marked[ratings] - 1] == 'when = { rating = "bad", rated = "<= 30 days" }'
    assert any("tells what customers bought" in one for one in marked)
    assert not any("VIP customer”" in one or "Complaint" in one for one in marked)
    log.append([events.Rated(**about, source_id="r", rating=1)], received_at=0)
    hand.say(type="hello")
    assert ratings not in [one["problem"] for one in hand.last("checked")["warnings"]]
