"""Every kind of mistake in a policy file is refused with its line, the value, what was expected, and mended.

`mistakes/base.toml` is valid; `mistakes/mistakes.toml` lists the kinds of mistakes, each one change to it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from deskkit.desk.policy import Policy
from deskkit.errors import PolicyError

HERE = Path(__file__).parent / "mistakes"
BASE = (HERE / "base.toml").read_text(encoding="utf-8")


class Mistake(NamedTuple):
    """One edit of the base that makes it wrong, and what the error must say."""

    kind: str
    old: str
    new: str
    problem: str
    expected: str
    value: object = None
    mends: bool = True


CASES = [Mistake(**one) for one in tomllib.loads((HERE / "mistakes.toml").read_text(encoding="utf-8"))["mistake"]]


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


@pytest.mark.parametrize(
    "wrong",
    ["version = 1foo = 12", "version = 12 = 3", "version = = 1", "version = 5 min = 6 min", "after = 3 s, to = 4"],
)
def test_what_is_given_as_right_can_be_read(wrong: str) -> None:
    """An example of a corrected line is never wrong itself (issue 5)."""
    (error,) = Policy.problems(BASE.replace("version = 1\n", f"{wrong}\n", 1))
    assert error.problem.startswith("This is not TOML")
    assert tomllib.loads(error.example)


def test_a_time_within_a_rung_is_put_right_where_it_stands() -> None:
    """Also a line that is only a part of a statement is given as it would be right."""
    text = (
        BASE
        + '[[notify.ladder]]\nevent = "message"\nlevel = ["low"]\nrungs = [\n  { after = 30 s, to = "owner" },\n]\n'
    )
    assert Policy.problems(text)[0].example == '{ after = "30 s", to = "owner" },'


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


@pytest.mark.parametrize("case", [case for case in CASES if case.mends], ids=lambda case: case.kind)
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
    ('rungs = [{ after = "0 s", to = "owner", ring = "badge" }]\n', ""),
    ('after = "2 min"\nto = ["technical"]\n', 'to = ["technical"]\n'),
    ('after = "30 s"\nto = ["presales"]\n', 'after = "30 s"\n'),
    ("version = 1\n", ""),
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
    """Every fault is listed in the order of the lines; the first is raised and tells of the others."""
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
    with pytest.raises(PolicyError, match=r"version of the policy.*And 2 more faults: lines \d+, \d+") as caught:
        Policy.parse(text)
    assert caught.value.line == 3


def test_a_mistake_inside_many_lines_has_its_own_line() -> None:
    """In arrays over many lines and tables in braces the line of the very value is named."""
    text = BASE.replace('"30 s", times = 3', '"30 secs", times = 3')
    error = Policy.problems(text)[0]
    assert error.line == text.splitlines().index(next(line for line in text.splitlines() if "30 secs" in line)) + 1
    assert error.example.startswith("{ after =")
    assert 'repeat = "30 s"' in error.example


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("version = 1\nname = 'a\n", 2),
        ("version = 1\n[hours]\nopen = [\n  'mon',\n", 3),
        ("version = 1\na = [\n  { b = 1 }\n  { b = 2 },\n]\nc = 1\n", 4),
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
