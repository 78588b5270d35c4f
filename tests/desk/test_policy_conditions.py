"""The vocabulary of conditions: each key, as it is written, as it is kept, and as it is told."""

from __future__ import annotations

import datetime as dt

import pytest

from deskkit.desk.policy import Policy
from deskkit.desk.policyfile.conditions import read_condition, terms
from deskkit.desk.policyfile.faults import Book
from deskkit.desk.policyfile.vocabulary import VOCABULARY, Known
from deskkit.desk.policyfile.wording import describe
from deskkit.desk.schema import All, Any, Condition, Not, Term
from deskkit.errors import PolicyError

KNOWN = Known(("vip",), ("refund", "urgent"), ("promise",), {"VIP": "customer", "complaint": "inquiry"})

MIN = 60_000
DAY = 1440 * MIN


def read(value: object, *, family: str = "priority") -> Condition:
    """Read a condition that must be right."""
    book = Book()
    found = read_condition(value, ("when",), book, known=KNOWN, family=family)
    assert book.problems == []
    return found


WRITTEN = [
    (
        "tidy",
        {"signal": "refund"},
        Term("signal", "eq", "refund"),
        "the customer's last messages say “refund”",
    ),
    (
        "tidy",
        {"signal_ever": "refund"},
        Term("signal_ever", "eq", "refund"),
        "the customer said “refund” in this conversation",
    ),
    ("tidy", {"tag": "complaint"}, Term("tag", "eq", "complaint"), "tagged “complaint”"),
    ("tidy", {"inquiry": "complaint"}, Term("inquiry", "eq", "complaint"), "asks about “complaint”"),
    ("tag", {"orders": 3}, Term("orders", "eq", 3), "3 orders"),
    ("tag", {"orders": "= 0"}, Term("orders", "eq", 0), "0 orders"),
    ("tag", {"spend": ">= 5000"}, Term("spend", "ge", 500_000), "spent at least 5,000"),
    ("tag", {"spend": "< 99.50"}, Term("spend", "le", 9_949), "spent at most 99.49"),
    (
        "tag",
        {"last_order": "<= 30 days"},
        Term("last_order", "le", 30 * DAY),
        "last order at most 30 days ago",
    ),
    ("tag", {"last_order": "never"}, Term("last_order", "never", 0), "never ordered"),
    ("tag", {"membership": " gold "}, Term("membership", "eq", "gold"), "membership is “gold”"),
    (
        "tag",
        {"membership": "contains gold"},
        Term("membership", "contains", "gold"),
        "membership contains “gold”",
    ),
    ("tag", {"own": {"region": "north"}}, Term("own.region", "eq", "north"), "region is “north”"),
    ("tag", {"own.region": "contains nor"}, Term("own.region", "contains", "nor"), "region contains “nor”"),
    ("tag", {"own": {"score": "> 5"}}, Term("own.score", "ge", 5_001), "score is at least 5.001"),
    ("tag", {"own": {"score": -2.5}}, Term("own.score", "eq", -2_500), "score is -2.5"),
    ("tag", {"unresolved": "> 0"}, Term("unresolved", "ge", 1), "at least 1 earlier contacts unresolved"),
    ("tag", {"rating": "bad"}, Term("rating", "eq", -1), "last rated bad"),
    ("tag", {"rating": "good"}, Term("rating", "eq", 1), "last rated good"),
    ("tag", {"rated": ">= 7 days"}, Term("rated", "ge", 7 * DAY), "last rated at least 7 days ago"),
    ("tag", {"contacts": "≥ 3"}, Term("contacts", "ge", 3), "at least 3 contacts in 30 days"),
    ("tag", {"past_transfers": "<= 2"}, Term("past_transfers", "le", 2), "at most 2 transfers in the past"),
    ("tag", {"returning": True}, Term("returning", "eq", 1), "a returning customer"),
    ("tag", {"returning": False}, Term("returning", "eq", 0), "the customer's first time here"),
    ("tag", {"turns": "< 3"}, Term("turns", "le", 2), "at most 2 turns"),
    ("tag", {"words": ">=100"}, Term("words", "ge", 100), "at least 100 words from the customer"),
    ("tidy", {"inquiries": ">= 2"}, Term("inquiries", "ge", 2), "at least 2 different inquiries"),
    ("tag", {"transfers": ">= 1"}, Term("transfers", "ge", 1), "at least 1 transfers"),
    ("tidy", {"complexity": ">= 12"}, Term("complexity", "ge", 12), "at least 12 points of complexity"),
    ("tag", {"language": "zh-tw"}, Term("language", "eq", "zh-tw"), "writes in “zh-tw”"),
    ("tag", {"group": "vip"}, Term("group", "eq", "vip"), "in the group “vip”"),
    ("tidy", {"level": "high"}, Term("level", "eq", 2), "level high"),
    ("tidy", {"level": "> normal"}, Term("level", "ge", 2), "level high or above"),
    ("tidy", {"level": "<= normal"}, Term("level", "le", 1), "level normal or below"),
    (
        "tidy",
        {"waiting": ">= 5 min"},
        Term("waiting", "ge", 5 * MIN),
        "waiting in the queue for at least 5 min",
    ),
    ("tidy", {"unanswered": "never"}, Term("unanswered", "never", 0), "nothing unanswered"),
    (
        "tidy",
        {"not_viewed": ">= 1.5 h"},
        Term("not_viewed", "ge", 90 * MIN),
        "not viewed by the owner for at least 90 min",
    ),
    ("tidy", {"idle": ">= 0 s"}, Term("idle", "ge", 0), "no message for at least 0 s"),
    ("tidy", {"age": "<= 2 h"}, Term("age", "le", 120 * MIN), "open for at most 2 h"),
    ("tidy", {"queue_length": "> 9"}, Term("queue_length", "ge", 10), "at least 10 waiting in the queue"),
    (
        "peak",
        {"longest_wait": ">= 90 s"},
        Term("longest_wait", "ge", 90_000),
        "the longest wait is at least 90 s",
    ),
    ("peak", {"load": ">= 0.85"}, Term("load", "ge", 850), "at least 85 % of capacity in use"),
    ("peak", {"hour": "20:00-24:00"}, Term("hour", "eq", "1200-1440"), "in the hours 20:00-24:00"),
    ("peak", {"day": "sat"}, Term("day", "eq", 32), "on sat"),
    ("peak", {"day": "sat-mon"}, Term("day", "eq", 97), "on mon, sat-sun"),
    ("peak", {"day": "2026-11-11"}, Term("day", "eq", "2026-11-11"), "on 2026-11-11"),
    ("peak", {"day": dt.date(2026, 11, 11)}, Term("day", "eq", "2026-11-11"), "on 2026-11-11"),
    ("peak", {"open": True}, Term("open", "eq", 1), "within opening hours"),
    ("tag", {"open": False}, Term("open", "eq", 0), "outside opening hours"),
    ("tidy", {"agent": "away"}, Term("agent", "eq", "away"), "the owner is away"),
    ("tidy", {"stage": "snoozed"}, Term("stage", "eq", "snoozed"), "snoozed"),
]


@pytest.mark.parametrize(("family", "written", "kept", "told"), WRITTEN, ids=lambda value: str(value)[:40])
def test_each_key_is_kept_and_told(family: str, written: object, kept: Term, told: str) -> None:
    """A comparison as written becomes one term in integers, and words."""
    assert read(written, family=family) == kept
    assert describe(kept) == told


def test_every_key_of_the_vocabulary_is_written_above() -> None:
    """No key is left out of the table."""
    assert {term.key for _, _, term, _ in WRITTEN if not term.key.startswith("own.")} == set(VOCABULARY)


def test_keys_combine() -> None:
    """Several keys are all needed, a list is a choice, and any, all, not combine."""
    turns, words, vip = Term("turns", "ge", 3), Term("words", "ge", 9), Term("tag", "eq", "VIP")
    assert read({"turns": ">= 3", "tag": "VIP"}) == All((turns, vip))
    assert read({"tag": ["VIP", "complaint"]}) == Any((vip, Term("tag", "eq", "complaint")))
    assert read({"any": [{"turns": ">= 3"}, {"words": ">= 9"}]}) == Any((turns, words))
    assert read({"turns": ">= 3", "all": [{"words": ">= 9"}, {"tag": "VIP"}]}) == All((turns, words, vip))
    assert read({"not": {"turns": ">= 3", "tag": "VIP"}}) == Not(All((turns, vip)))
    assert read({"not": {"not": {"tag": "VIP"}}}) == vip
    assert read({"any": [{"any": [{"turns": ">= 3"}]}, {"words": [">= 9"]}]}) == Any((turns, words))
    assert read({"own": {"a": "x", "b": "y"}}) == All((Term("own.a", "eq", "x"), Term("own.b", "eq", "y")))
    assert read({"all": [{"tag": "VIP"}]}) == vip


def test_combinations_are_told_with_brackets() -> None:
    """What could be misread stands in brackets; several names under one key are one choice."""
    when = {"any": [{"turns": ">= 3", "tag": "VIP"}, {"not": {"signal": ["refund", "urgent"]}}]}
    assert describe(read(when)) == (
        "(at least 3 turns and tagged “VIP”) or not (the customer's last messages say “refund” or “urgent”)"
    )
    assert (
        describe(read({"stage": ["resolved", "archived"], "turns": 1}, family="tidy"))
        == ("resolved or archived and 1 turns")
        or describe(read({"stage": ["resolved", "archived"]}, family="tidy")) == "resolved or archived"
    )


def test_terms_are_all_comparisons() -> None:
    """`terms` finds the comparisons under any, all and not."""
    when = read({"turns": ">= 3", "not": {"any": [{"words": 1}, {"tag": "VIP"}]}})
    assert [term.key for term in terms(when)] == ["turns", "words", "tag"]


WRONG = [
    ("priority", {"level": "high"}, "decide"),
    ("tag", {"tag": "VIP"}, "after the tags"),
    ("tag", {"complexity": ">= 3"}, "after the tags"),
    ("routing", {"stage": "waiting"}, "nobody owns"),
    ("peak", {"turns": ">= 3"}, "desk as a whole"),
    ("tidy", {"load": ">= 0.5"}, "[peak]"),
    ("tidy", {"age": "never"}, ">= or <= only"),
    ("peak", {"longest_wait": "never"}, ">= or <= only"),
    ("peak", {"load": ">= 1.2"}, "out of bounds"),
    ("tidy", {"level": "> urgent"}, "can occur"),
    ("tidy", {"turns": []}, "empty"),
    ("tidy", {"any": []}, "needs conditions"),
    ("tidy", {"all": {"turns": 1}}, "needs conditions"),
    ("tidy", {"turns": True}, "no comparison"),
    ("tidy", {"turns": ">= 2.5"}, "no comparison"),
    ("tidy", {"waiting": 5}, ">= or <= only"),
    ("tidy", {"waiting": ">= 500 days"}, "too long"),
    ("tidy", {"membership": ""}, "no text"),
    ("tidy", {"membership": 5}, "no text"),
    ("tidy", {"own": {}}, "no part"),
    ("tidy", {"own": "x"}, "no part"),
    ("tidy", {"own": {"a": ">= x"}}, "no comparison"),
    ("tidy", {"language": "中文"}, "language code"),
    ("tidy", {"hour": "22:00-02:00"}, "end before"),
    ("tidy", {"hour": 9}, "no hours"),
    ("tidy", {"day": "2026-02-30"}, "no day"),
    ("tidy", {"day": 3}, "no day"),
    ("tidy", {"open": "yes"}, "neither true"),
    ("tidy", {"signal": "promise"}, "agents"),
    ("tidy", [{"turns": 1}], "table"),
    ("tidy", {"turns": [1] * 201}, "too long"),
    ("tidy", {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"turns": 1}}}}}}}}}, "deep"),
]


@pytest.mark.parametrize(("family", "written", "problem"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_conditions_are_refused(family: str, written: object, problem: str) -> None:
    """Each wrong condition gives one fault that says why, and a right value or an example."""
    book = Book()
    read_condition(written, ("when",), book, known=KNOWN, family=family)
    assert len(book.problems) == 1
    assert problem in book.problems[0].problem
    assert book.problems[0].fix is not None or book.problems[0].example


@pytest.mark.parametrize(("family", "written", "problem"), WRONG, ids=lambda value: str(value)[:40])
def test_proposed_values_are_right(family: str, written: object, problem: str) -> None:
    """Where a value is proposed, it is accepted in the place of the wrong one."""
    book = Book()
    read_condition(written, ("when",), book, known=KNOWN, family=family)
    fault = book.problems[0]
    if fault.fix is None or fault.fix.on != "value":
        return
    mended: object = fault.fix.value
    for step in reversed(fault.path[1:]):
        mended = {step: mended} if isinstance(step, str) else mended
    read(mended, family=family)


def test_the_hint_for_a_key_is_allowed_where_it_stands() -> None:
    """What the hint for an unknown key of a tag rule shows, a tag rule may ask for; so it is with look-around."""
    base = Policy.load("data/policies/standard.toml").text
    rule = '\n[[tag]]\nname = "new rule"\nfacet = "label"\ntag = "urgent"\n'
    for key in ("taag", "foo"):
        with pytest.raises(PolicyError) as caught:
            Policy.parse(f'{base}{rule}when = {{ {key} = "VIP" }}\n')
        Policy.parse(f"{base}{rule}{caught.value.example}\n")
    with pytest.raises(PolicyError) as caught:
        Policy.parse(base + "\n[signals.new]\npatterns = ['(?<!不)急\\d+']\n")
    assert caught.value.example == r'patterns = ["急\\d+"]'
