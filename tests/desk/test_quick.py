"""Quick replies of a policy file: read, refused with what would be right, no rule, and in force like the rest."""

from __future__ import annotations

import pickle

import pytest

from deskkit.clock import ManualClock
from deskkit.desk.policy import Policy
from deskkit.live.driver import Driver
from deskkit.live.follower import Follower
from deskkit.log import open_log

STANDARD = Policy.load("data/policies/standard.toml")
HELLO = '\n[[quick]]\nshort = "/hey"\ntext = "Hey {customer}"\n'
MISTAKES = [
    ('short = "/hey"', 'short = "hey"', "This is no shortcut.", '"hey"'),
    ('short = "/hey"', 'short = "/h y"', "This is no shortcut.", '"/h y"'),
    ('short = "/hey"', "short = 3", "This is no shortcut.", "3"),
    ('text = "Hey {customer}"', 'text = "Hey {custmer}"', "Nothing is known to put here.", "{custmer}"),
    ('text = "Hey {customer}"', 'text = "Hey {}"', "Nothing is known to put here.", "{}"),
    ('text = "Hey {customer}"', 'text = " "', "This is no usable text.", "' '"),
    ('text = "Hey {customer}"', "title = 'Greeting'", '"text" is missing here.', ""),
    ('short = "/hey"', 'short = "/hey"\nlanguage = "Chinese"', "This is no language code.", "Chinese"),
    ('short = "/hey"', 'short = "/hey"\ngroups = ["vipp"]', "This group is not known.", "vipp"),
    ('short = "/hey"', 'short = "/hi"\nlanguage = "en"', "has this shortcut", "/hi"),
    ('short = "/hey"', 'short = "/hey"\nheadline = "Hello"', 'The key "headline" is not known here.', "headline"),
]


@pytest.mark.parametrize("name", ["standard", "quiet", "peak"])
def test_shipped_policies_greet_in_two_languages(name: str) -> None:
    """Every policy that comes along has the same shortcuts in English and in Chinese, two texts to a shortcut."""
    quick = Policy.load(f"data/policies/{name}.toml").quick
    shorts = {one: {reply.short for reply in quick if reply.language == one} for one in ("en", "zh")}
    assert shorts["en"] == shorts["zh"] >= {"/hi", "/order", "/refund", "/bye"}
    assert len(quick) == 2 * len(shorts["en"])


@pytest.mark.parametrize(("old", "new", "problem", "value"), MISTAKES, ids=[new for _old, new, *_rest in MISTAKES])
def test_a_wrong_quick_reply_is_refused_with_the_right_line(old: str, new: str, problem: str, value: str) -> None:
    """The error names line, value and what is wrong; its example put in place of the line makes the file valid."""
    text = STANDARD.text + HELLO.replace(old, new)
    (fault,) = Policy.problems(text)
    assert problem in str(fault)
    assert value.strip("'\"") in str(fault)
    lines = text.splitlines()
    at = fault.line - 1
    assert at >= len(STANDARD.text.splitlines())
    mended = [fault.example] if "missing" not in str(fault) else [lines[at], fault.example]
    assert Policy.problems("\n".join([*lines[:at], *mended, *lines[at + 1 :]])) == []


def test_too_many_are_refused() -> None:
    """A file has at most two hundred of them."""
    rows = "".join(f'\n[[quick]]\nshort = "/q{n}"\ntext = "x"\n' for n in range(187))
    (fault,) = Policy.problems(STANDARD.text + rows)
    assert "too many quick replies" in str(fault)
    assert Policy.problems(STANDARD.text + rows.replace("/q186", "/hi")[: rows.rfind("\n[[quick]]")]) == []


def test_one_shortcut_may_stand_for_several() -> None:
    """The same shortcut is no clash where groups, language or agents keep the two apart."""
    apart = ['language = "fr"', 'groups = ["vip"]\nlanguage = "de"', 'groups = ["presales"]\nlanguage = "de"']
    text = "".join(f'\n[[quick]]\nshort = "/hi"\n{one}\ntext = "x"\n' for one in apart)
    assert Policy.problems(STANDARD.text + text) == []
    own = "".join(f'\n[[quick]]\nshort = "/me"\nagents = ["{one}"]\ntext = "x"\n' for one in ("chen", "lin"))
    assert [one.agents for one in Policy.parse(STANDARD.text + own).quick[-2:]] == [("chen",), ("lin",)]


def test_a_quick_reply_is_no_rule() -> None:
    """Another quick reply leaves the fingerprint as it is; another rule does not."""
    more = STANDARD.add("quick", {"short": "/hey", "text": "Hey"})
    assert more.fingerprint == STANDARD.fingerprint
    assert (more.quick[-1].short, more.quick[-1].title) == ("/hey", "Hey")
    assert STANDARD.edit({"capacity.agent": 6}).fingerprint != STANDARD.fingerprint
    assert pickle.loads(pickle.dumps(more)).quick == more.quick  # noqa: S301 - our own bytes
    assert more.edit({"quick[0].text": "Hi there"}).quick[0].text == "Hi there"


def test_new_quick_replies_come_into_force() -> None:
    """Who opens a log with other quick replies puts them in force, for everybody who follows the log; once."""
    log = open_log("memory:")
    Driver(log, STANDARD, clock=ManualClock(0))
    more = STANDARD.add("quick", {"short": "/hey", "text": "Hey"})
    old = Follower(log, STANDARD, clock=ManualClock(0))
    for _ in range(2):
        assert Driver(log, more, clock=ManualClock(1)).desk.policy.quick == more.quick
        assert log.last_seq() == 2
    old.wake()
    assert old.desk.policy.quick == more.quick
    assert Follower(log, STANDARD, clock=ManualClock(2)).desk.policy.quick == more.quick
