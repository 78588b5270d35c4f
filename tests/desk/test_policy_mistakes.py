"""Every kind of mistake in a policy file is refused with its line, the value, what was expected and how it is right.

`mistakes/base.toml` is valid; each case puts one mistake into it. The line is that of the mark `▸` in the text put
in (the mark itself is taken out); where `mended` is true, the example of the error stands ready to replace that line.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from deskkit.desk.policy import Policy
from deskkit.errors import PolicyError

BASE = (Path(__file__).parent / "mistakes" / "base.toml").read_text(encoding="utf-8")


class Mistake(NamedTuple):
    """One edit of the base that makes it wrong, and what the error must say."""

    kind: str
    old: str
    new: str
    problem: str
    value: object
    expected: str
    mended: bool = True


CASES = [
    # ------------------------------------------------------------ the text
    Mistake("no TOML", "agent = 5", "▸agent = = 5", "not TOML", "agent = = 5", "key = value", mended=False),
    Mistake("text without quotes", 'start = "normal"', "▸start = normal", "not TOML", "start = normal", "quotes"),
    Mistake("time without quotes", 'hold = "3 min"', "▸hold = 3 min", "not TOML", "hold = 3 min", "quotes"),
    Mistake("curly quotes", 'name = "base"', "▸name = “base”", "not TOML", "name = “base”", "quotes"),
    Mistake("open bracket", 'to = ["vip"]\n', '▸to = ["vip"\n', "not TOML", None, "bracket", mended=False),
    Mistake("key twice", "agent = 5", "agent = 5\n▸agent = 6", "second time", "agent = 6", "once"),
    Mistake("table twice", "[offline]", "▸[reassign]", "second time", "[reassign]", "two brackets", mended=False),
    Mistake("one bracket", "[[tidy]]\nname = \"Old\"", "▸[tidy]\nname = \"Old\"", "second time", None, "two brackets",
            mended=False),
    # ------------------------------------------------------------ keys
    Mistake("unknown key", "reserve = 1", "▸reserv = 1", "not known", "reserv", "reserve"),
    Mistake("unknown table", "[offline]", "▸[offlien]", "not known", "offlien", "offline"),
    Mistake("foreign key", "reserve = 1", "reserve = 1\n▸colour = 3", "not known", "colour", "helper"),
    Mistake("unknown key in a rung", 'ring = "badge" }]', '▸rnig = "badge" }]', "not known", "rnig", "ring"),
    Mistake("key missing", '[[peak.loan]]\nfrom = "presales"\n', "▸[[peak.loan]]\n", "missing", None, '"from"',
            mended=False),
    Mistake("number for a table", "groups = { vip = 5 }", "▸groups = 5", "a table", 5, "a table", mended=False),
    Mistake("text for a list of tables", "rungs = [{", '▸rungs = "soft" #', "list of tables", "soft", "[[", mended=False),
    # ------------------------------------------------------------ version, names, zones
    Mistake("wrong version", "version = 1", "▸version = 2", "version", 2, "1"),
    Mistake("name missing", 'name = "base"\n', "", "missing", None, "name", mended=False),
    Mistake("unknown zone", '"Asia/Shanghai"', '▸"Asia/Shangai"', "zone", "Asia/Shangai", "Asia/Shanghai"),
    Mistake("zone that is a path", '"Asia/Shanghai"', '▸"/etc/passwd"', "zone", "/etc/passwd", "IANA"),
    Mistake("name on two lines", 'name = "VIP customers"', '▸name = "VIP\\ncustomers"', "text", "VIP\ncustomers", "one line"),
    Mistake("rule name twice", 'name = "Very long unanswered"', '▸name = "Long unanswered"', "this name",
            "Long unanswered", "of its own"),
    Mistake("no groups", '[groups.presales]\ntitle = "Pre-sales"\nqueue_limit = 60\n\n[groups.vip]\ntitle = "VIP"\n\n'
            "[groups.technical]\n", "", "no group", None, "[groups.NAME]", mended=False),
    # ------------------------------------------------------------ times
    Mistake("wrong unit", 'digest = "10 min"', '▸digest = "10 mins"', "no time", "10 mins", '"5 min"'),
    Mistake("foreign unit", 'digest = "10 min"', '▸digest = "10 分钟"', "no time", "10 分钟", '"5 min"'),
    Mistake("missing unit", 'digest = "10 min"', '▸digest = "10"', "no unit", "10", '"5 min"'),
    Mistake("number for a time", 'digest = "10 min"', "▸digest = 10", "no unit", 10, '"5 min"'),
    Mistake("zero time", 'guard = "15 min"', '▸guard = "0 s"', "too short", "0 s", "from 1 s"),
    Mistake("negative time", 'after = "4 min"', '▸after = "-4 min"', "no time", "-4 min", "from 10 s"),
    Mistake("endless time", 'reopen_within = "24 h"', '▸reopen_within = "500 days"', "too long", "500 days", "400 days"),
    Mistake("target past a day", 'low = "5 min"', '▸low = "2 days"', "too long", "2 days", "to 24 h"),
    Mistake("bad date", '"2027-02-06"', '▸"2027-02-30"', "no date", "2027-02-30", "a date that exists"),
    Mistake("bad hours", '"sat 10:00-16:00"', '▸"sat 10-16"', "days and hours", "sat 10-16", "mon-fri 09:00-18:00"),
    Mistake("hours backwards", '"mon-fri 09:00-18:00"', '▸"mon-fri 18:00-02:00"', "end before", "mon-fri 18:00-02:00",
            "as two"),
    Mistake("never open", 'open = ["mon-fri 09:00-18:00", "sat 10:00-16:00"]', "▸open = []", "never open", [], "window"),
    Mistake("quiet all week", 'quiet = ["mon-sun 00:00-08:00"]', '▸quiet = ["mon-sun 00:00-24:00"]', "whole week", None,
            "without quiet"),
    # ------------------------------------------------------------ numbers and kinds
    Mistake("text for a number", "agents = 2", '▸agents = "2"', "no such number", "2", "whole number"),
    Mistake("fraction of an agent", "agents = 2", "▸agents = 2.5", "no such number", 2.5, "whole number"),
    Mistake("negative weight", "helper = 0.3", "▸helper = -0.3", "too small", -0.3, "from 0"),
    Mistake("volume above 100", "volume = 40", "▸volume = 140", "too large", 140, "from 0 to 100"),
    Mistake("text for true", "redistribute = true", '▸redistribute = "yes"', "neither true", "yes", "without quotes"),
    Mistake("number for a name", 'name = "VIP customers"', "▸name = 7", "text", 7, "a text"),
    # ------------------------------------------------------------ names that must be known
    Mistake("unknown group", 'default_group = "presales"', '▸default_group = "presale"', "group", "presale", "presales"),
    Mistake("unknown group in a list", 'levels = ["high", "urgent"]\nto = ["vip"]',
            'levels = ["high", "urgent"]\n▸to = ["vipp"]', "group", "vipp", "vip"),
    Mistake("unknown group as a key", "[targets.groups.vip]", "▸[targets.groups.vpi]", "group", "vpi", "vip"),
    Mistake("unknown signal", 'signal = ["refund", "urgent"]', '▸signal = ["refund", "urgnt"]', "signal", "urgnt", "urgent"),
    Mistake("agents' signal", 'signal = ["refund", "urgent"]', '▸signal = ["refund", "promise"]', "agents", "promise",
            "refund"),
    Mistake("unknown tag", 'tag = "hurry"\n', '▸tag = "hury"\n', "tag", "hury", "hurry"),
    Mistake("tag of another facet", 'tag = "complaint"\n', '▸tag = "VIP"\n', "tag of this facet", "VIP", "complaint or order"),
    Mistake("unknown tag in a condition", 'tag = "VIP", own', '▸tag = "Vip", own', "tag", "Vip", "VIP"),
    Mistake("unknown tag as a key", 'credit = { VIP = "90 s" }', '▸credit = { VPI = "90 s" }', "tag", "VPI", "VIP"),
    Mistake("tag in two facets", 'tags = ["hurry"]', '▸tags = ["hurry", "VIP"]', "facet", "VIP", "one facet"),
    Mistake("unknown facet", 'facet = "label"', '▸facet = "labels"', "facet", "labels", "label"),
    Mistake("unknown level", 'levels = ["high", "urgent"]', '▸levels = ["high", "urgnet"]', "level", "urgnet", "urgent"),
    Mistake("unknown ring", 'to = "supervisor", ring = "soft"', '▸to = "supervisor", ring = "sooft"', "ring", "sooft", "soft"),
    Mistake("unknown channel", 'channels = ["badge", "sound"]', '▸channels = ["badge", "sound", "popop"]', "channel",
            "popop", "popup"),
    Mistake("unknown event", 'event = "message"\nlevel = ["low"', '▸event = "messages"\nlevel = ["low"', "event",
            "messages", "message"),
    Mistake("unknown recipient", 'to = "supervisor"', '▸to = "boss"', "recipient", "boss", "supervisor"),
    Mistake("unknown strategy", '"least_load"', '▸"leastload"', "strategy", "leastload", "least_load"),
    Mistake("unknown tidying", 'do = "archive"', '▸do = "delete"', "not known", "delete", "archive"),
    # ------------------------------------------------------------ patterns, words, sounds
    Mistake("bad pattern", "patterns = ['退.{0,4}钱']", "▸patterns = ['退(钱']", "", "退(钱", ""),
    Mistake("pattern for everything", "patterns = ['退.{0,4}钱']", "▸patterns = ['.*']", "every message", ".*", ""),
    Mistake("pattern that looks ahead", "patterns = ['退.{0,4}钱']", "▸patterns = ['退(?=钱)']", "", "退(?=钱)", ""),
    Mistake("star inside a word", '["refund*"]', '▸["re*fund"]', "", "re*fund", ""),
    Mistake("signal without words", 'words = ["I will"]\nby', "by", "missing", None, "words", mended=False),
    Mistake("sound in another folder", '"soft.wav"', '▸"../../soft.wav"', "sound file", "../../soft.wav", "soft.wav"),
    Mistake("sound without channel", 'channels = ["badge", "sound"]', '▸channels = ["badge"]', "no channel", ["badge"],
            "sound"),
    # ------------------------------------------------------------ conditions
    Mistake("empty condition", 'when = { orders = "= 0" }', "▸when = {}", "empty", {}, "braces"),
    Mistake("text for a condition", 'when = { orders = "= 0" }', '▸when = "orders = 0"', "table", "orders = 0", "braces"),
    Mistake("no such key", 'turns = ">= 3"', '▸turn = ">= 3"', "no part", "turn", "turns"),
    Mistake("time compared by >", 'unanswered = ">= 5 min"', '▸unanswered = "> 5 min"', ">= or <= only", "> 5 min", "never"),
    Mistake("time without comparison", 'unanswered = ">= 5 min"', '▸unanswered = "5 min"', ">= or <= only", "5 min", "never"),
    Mistake("wrong unit in a condition", 'unanswered = ">= 5 min"', '▸unanswered = ">= 5 minutes"', "no time",
            ">= 5 minutes", "never"),
    Mistake("not equal", 'turns = ">= 3"', '▸turns = "!= 3"', "no comparison", "!= 3", "not = { turns"),
    Mistake("number that cannot be", 'orders = "= 0"', '▸orders = "< 0"', "ever meet", "< 0", "whole number"),
    Mistake("key of [peak] elsewhere", 'unanswered = ">= 5 min"', '▸longest_wait = ">= 5 min"', "[peak]", "longest_wait",
            "waiting"),
    Mistake("key of rules in [peak]", 'leave = { queue_length = "<= 3"', '▸leave = { turns = "<= 3"', "desk as a whole",
            "turns", "queue_length", mended=False),
    Mistake("tag rule on tags", 'when = { orders = "= 0" }', '▸when = { tag = "VIP" }', "after the tags", "tag", "signal",
            mended=False),
    Mistake("level in a priority rule", 'when = { tag = "VIP", own', '▸when = { level = "high", own', "decide", "level",
            "tag", mended=False),
    Mistake("owner in a routing rule", 'language = "en", hour', '▸agent = "online", hour', "nobody owns", "agent",
            "language", mended=False),
    Mistake("language by name", 'language = "en", hour', '▸language = "English", hour', "language code", "English", '"en"'),
    Mistake("hours of no clock", 'hour = "09:00-12:00"', '▸hour = "9-12"', "no hours", "9-12", "09:00-12:00"),
    Mistake("no weekday", 'day = "mon-fri"', '▸day = "someday"', "no day", "someday", "weekday"),
    Mistake("impossible", 'turns = ">= 3" }', 'turns = ">= 5", all = [{ turns = "<= 3" }] }', "never hold", None,
            "together", mended=False),
    Mistake("unknown stage", 'stage = "assigned"', '▸stage = "open"', "stage", "open", "waiting"),
    # ------------------------------------------------------------ rules without effect
    Mistake("shadowed priority rule", 'level = "urgent"\nwhen = { unanswered = ">= 10 min" }',
            'level = "high"\n▸when = { unanswered = ">= 10 min" }', "never has an effect", None, "narrower", mended=False),
    Mistake("shadowed routing rule", 'when = { language = "en", hour = "09:00-12:00", day = "mon-fri" }',
            '▸when = { tag = "VIP", language = "en" }', "never has an effect", None, "narrower", mended=False),
    Mistake("shadowed tag rule", 'when = { orders = "= 0" }', '▸when = { spend = "> 6000" }', "never has an effect",
            None, "narrower", mended=False),
    Mistake("shadowed tidying", 'do = "archive"\nwhen = { stage = ["resolved", "abandoned"], idle = ">= 24 h" }',
            'do = "resolve"\n▸when = { stage = "assigned", idle = ">= 24 h", unanswered = "never" }',
            "never has an effect", None, "narrower", mended=False),
    Mistake("reason for the level of the start", 'level = "high"\nwhen = { tag = "VIP"',
            '▸level = "normal"\nwhen = { tag = "VIP"', "no effect", "normal", "above"),
    # ------------------------------------------------------------ contradictions
    Mistake("reserve as large as all", "reserve = 1", "▸reserve = 5", "contradicts", 5, "less than 5"),
    Mistake("waiting for the customer weighs more", "waiting_for_customer = 0.5", "▸waiting_for_customer = 1.5",
            "contradicts", 1.5, "at most 1"),
    Mistake("helping weighs more", "helper = 0.3", "▸helper = 1.3", "contradicts", 1.3, "at most 1"),
    Mistake("one conversation too many", "waiting_for_agent = 1.0", "▸waiting_for_agent = 4.5", "contradicts", 4.5,
            "at most 3"),
    Mistake("one complex conversation too many", "complex_factor = 1.5", "▸complex_factor = 5", "contradicts", 5,
            "at most 3"),
    Mistake("no room in a group", "vip = 4", "▸vip = 2", "no room", 2, "at least 2.5"),
    Mistake("less room at peak", "[peak.capacity]\nagent = 6", "[peak.capacity]\n▸agent = 4", "less than", 4, "at least 5"),
    Mistake("less room at peak in a group", "groups = { vip = 5 }", "▸groups = { vip = 3 }", "less than", 3, "at least 4"),
    Mistake("target longer for a higher level", 'high = "60 s"', '▸high = "3 min"', "longer than", "3 min", "2 min"),
    Mistake("reassigned before the target", 'after = "4 min"', '▸after = "60 s"', "target", "1 min", "2 min"),
    Mistake("exit above the entry", 'queue_length = "<= 3"', '▸queue_length = "<= 12"', "come back at once", "<= 12",
            "less than 12"),
    Mistake("overflow to itself", 'to = ["presales"]', '▸to = ["vip"]', "itself", ["vip"], "other groups"),
    Mistake("overflow out of order", 'after = "2 min"\nto = ["technical"]', '▸after = "20 s"\nto = ["technical"]',
            "out of order", "20 s", "later"),
    Mistake("overflow that adds nothing", 'to = ["technical"]\ndrop = ["skills"]', '▸to = ["presales"]', "already",
            ["presales"], "further group", mended=False),
    Mistake("loan to themselves", 'to = "vip"\nagents', '▸to = "presales"\nagents', "own group", "presales", "another group"),
    # ------------------------------------------------------------ ladders
    Mistake("rungs out of order", 'after = "2 min", to = "supervisor"', '▸after = "20 s", to = "supervisor"', "before",
            "20 s", "at least"),
    Mistake("rung twice", 'after = "30 s", to = "owner", ring = "soft"', '▸after = "0 s", to = "owner", ring = "badge"',
            "already", "0 s", "once"),
    Mistake("two ladders", 'level = ["high", "urgent"]\nrungs', '▸level = ["normal", "high", "urgent"]\nrungs', "already",
            ["normal", "high", "urgent"], "one ladder"),
    Mistake("repeat without times", ', times = 3 },  # rings on', " },  # rings on", "missing", None, "times"),
    Mistake("rings for ever", "times = 3", "▸times = 199", "rings 202 times", 199, "at most 200"),
    Mistake("empty ladder", 'rungs = [{ after = "0 s", to = "owner", ring = "badge" }]', "▸rungs = []", "no rung", [], "rung"),
    Mistake("name twice in a list", 'levels = ["high", "urgent"]', '▸levels = ["high", "urgent", "high"]', "already",
            "high", "once"),
]  # fmt: skip


def broken(case: Mistake) -> tuple[str, int]:
    """Return the base with the mistake in it, and the line of its mark (0 without one)."""
    assert BASE.count(case.old) >= 1, case.kind
    text = BASE.replace(case.old, case.new, 1)
    return text.replace("▸", ""), text.count("\n", 0, text.find("▸")) + 1 if "▸" in text else 0


def test_the_base_is_valid() -> None:
    """Without a mistake nothing is reported, so each case is refused for its mistake alone."""
    assert Policy.problems(BASE) == []
    assert Policy.parse(BASE).warnings == ()


def test_there_are_many_kinds() -> None:
    """Kinds are told apart by name, and there are far more than twenty."""
    assert len({case.kind for case in CASES}) == len(CASES) >= 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_mistake_is_explained(case: Mistake) -> None:
    """The error names line, value, expectation and an example, and its message holds all of them."""
    text, line = broken(case)
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text, place="base.toml")
    error = caught.value
    assert case.problem in error.problem
    assert error.value == case.value or case.value is None
    assert case.expected in error.expected
    assert error.expected
    assert error.example
    assert error.line == line or (not line and error.line > 0)
    message = str(error)
    assert f"base.toml, line {error.line}" in message
    assert f"Expected {error.expected}" in message
    assert f"Hint: {error.example}" in message
    assert error.value is None or "Got " in message


@pytest.mark.parametrize("case", [case for case in CASES if case.mended], ids=lambda case: case.kind)
def test_the_example_mends_the_file(case: Mistake) -> None:
    """Put in place of the line, the example makes the file valid."""
    text, _ = broken(case)
    error = Policy.problems(text)[0]
    lines = text.splitlines()
    lines[error.line - 1] = error.example
    assert [str(one) for one in Policy.problems("\n".join(lines))] == []


MISSING = [
    ('[[peak.loan]]\nfrom = "presales"\n', "[[peak.loan]]\n"),
    ('default_group = "presales"\n', ""),
    ('when = { orders = "= 0" }\n', ""),
    ('leave = { queue_length = "<= 3", longest_wait = "<= 60 s" }\n', ""),
    ('words = ["I will"]\n', ""),
    ('sound = "soft.wav"\n', ""),
    ('event = "message"\nlevel = ["low"', 'level = ["low"'),
]


@pytest.mark.parametrize(("old", "new"), MISSING)
def test_the_example_adds_what_is_missing(old: str, new: str) -> None:
    """Put below the header that the error names, the example of a missing key makes the file valid."""
    text = BASE.replace(old, new, 1)
    error = Policy.problems(text)[0]
    assert "missing" in error.problem
    lines = text.splitlines()
    lines.insert(error.line, error.example)
    assert [str(one) for one in Policy.problems("\n".join(lines))] == []


def test_all_mistakes_are_reported_at_once() -> None:
    """Every fault of a text is listed in the order of its lines; the first is raised and tells of the others."""
    text = BASE
    for old, new in (
        ("version = 1", "version = 2"),
        ("agents = 2", "agents = 0"),
        ("reserve = 1", "reserv = 1"),
    ):
        text = text.replace(old, new, 1)
    found = Policy.problems(text, place="base.toml")
    assert [error.value for error in found] == [2, "reserv", 0]
    assert [error.line for error in found] == sorted(error.line for error in found)
    with pytest.raises(
        PolicyError, match=r"version of the policy.*And 2 more faults: lines \d+, \d+"
    ) as caught:
        Policy.parse(text)
    assert caught.value.line == 3


def test_a_mistake_inside_many_lines_has_its_own_line() -> None:
    """In arrays over many lines and tables in braces the line of the very value is named."""
    text = BASE.replace('"30 s", times = 3', '"30 secs", times = 3')
    error = Policy.problems(text)[0]
    assert (
        error.line
        == text.splitlines().index(next(line for line in text.splitlines() if "30 secs" in line)) + 1
    )
    assert error.example.startswith("{ after =")
    assert 'repeat = "30 s"' in error.example


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("version = 1\nname = 'a\n", 2),
        ("version = 1\n[hours]\nopen = [\n  'mon',\n", 3),
        ("a = " + "[" * 100_000, 1),
        ("# " + "x" * 1_000_001, 1),
        ("", 1),
        ("\x00", 1),
    ],
)
def test_no_text_is_too_wrong(text: str, line: int) -> None:
    """Whatever stands in a file, the answer is a PolicyError with a line."""
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text)
    assert caught.value.line == line
