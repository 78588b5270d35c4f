"""Whatever a policy's text or an edit is, the answer is a policy or a `PolicyError` that helps, and it comes soon."""

from __future__ import annotations

import copy
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from deskkit.desk.policy import Policy
from deskkit.errors import PolicyError, ScenarioError
from deskkit.sim.scenariofile import parse_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

STANDARD = Policy.load("data/policies/standard.toml")
PER_MINUTE = (
    next(line for line in STANDARD.text.splitlines() if line.startswith("per_minute")).partition("#")[0].strip()
)


def refused(call: Callable[[], object]) -> PolicyError:
    """Return the error of a call, which says everything an error says."""
    with pytest.raises(PolicyError) as caught:
        call()
    error = caught.value
    assert error.place
    assert error.expected
    assert error.example
    assert len(str(error)) < 2_000
    return error


BROKEN = {
    "[a]\n[a": (2, "[a"),
    "a=1\n[a": (2, "[a"),
    "a=1\n[[a": (2, "[[a"),
    "[[a]]\n[a": (2, "[a"),
    "[a]\n[a}": (2, "[a}"),
    "[[routing.rule]]  # x\n[[routing}.rule]]": (2, "[[routing}.rule]]"),
    "a=1\na.": (2, "a."),
    "x={a=1,a=": (1, "x={a=1,a="),
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_text_that_breaks_off_is_named_where_it_does(text: str) -> None:
    """A header or value given twice that is not even finished has line, value, expectation and example."""
    error = refused(lambda: Policy.parse(text))
    assert (error.line, error.value) == BROKEN[text]


@pytest.mark.parametrize(
    "number", ["9" * 5_000, "-" + "9" * 5_000, "0x" + "f" * 5_000, "[1, " + "9" * 5_000 + "]", "9" * 400]
)
def test_a_number_of_thousands_of_digits(number: str) -> None:
    """It is refused where it stands, and not written out."""
    text = STANDARD.text.replace(PER_MINUTE, f"per_minute = {number}")
    error = refused(lambda: Policy.parse(text))
    assert STANDARD.text.splitlines()[error.line - 1].startswith("per_minute")
    assert Policy.problems(text)[0].line == error.line


DEEP = {
    "a key": "a." * 5_000 + "b=1",
    "a key in quotes": '"a" . ' * 150 + "b=1",
    "a header": f"[{'a.' * 5_000}b]\nc=1",
    "a key too long for tomllib": "a." * 400_000 + "b=1",
    "a key below a header": f"[{'a.' * 80}b]\n{'a.' * 80}b=1",
    "brackets": "x=" + "[" * 120 + "]" * 120,
    "more brackets": "x=" + "[" * 5_000 + "]" * 5_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_too_many_in_one_another(text: str) -> None:
    """Brackets and dotted keys alike are refused as nested too deeply; a key of some parts is read."""
    assert "nested too deeply" in refused(lambda: Policy.parse(text)).problem
    with pytest.raises(ScenarioError, match="nested too deeply"):
        parse_scenario(text)
    assert "nested" not in refused(lambda: Policy.parse("a." * 20 + "b=1")).problem


EDITS: dict[str, Callable[[], object]] = {
    "a rule far beyond the last": lambda: STANDARD.edit({"priority.rule[9999999999999999999999]": {}}),
    "a key of it": lambda: STANDARD.edit({"priority.rule[9999999999999999999999].level": "high"}),
    "an index that is no number any more": lambda: STANDARD.edit({f"priority.rule[{'9' * 5_000}]": {}}),
    "no value": lambda: STANDARD.edit({"notify.per_minute": None}),
    "a number too long": lambda: STANDARD.edit({"notify.per_minute": 10**5_000}),
    "half a character": lambda: STANDARD.edit({"name": "\ud800"}),
    "a rule without values": lambda: STANDARD.add("tag", {"name": None}),
    "no rule": lambda: STANDARD.add("tag", None),  # type: ignore[arg-type] # what a notebook may pass
    "a rule with a thing": lambda: STANDARD.add("tag", {"x": object()}),
    "a rule with a number too long": lambda: STANDARD.add("tag", {"name": 10**5_000}),
    "nothing to remove": lambda: STANDARD.remove("priority.rule[9999999999999999999999]"),
    "a zone of the machine": lambda: STANDARD.edit({"zone": "localtime"}),
    "another one": lambda: STANDARD.edit({"zone": "posixrules"}),
    "no text": lambda: Policy.parse(None),  # type: ignore[arg-type]
    "bytes": lambda: Policy.parse(b"version = 1"),  # type: ignore[arg-type]
    "a path with NUL": lambda: Policy.load("a\0b"),
    "a path too long": lambda: Policy.load("a" * 300),
    "a folder": lambda: Policy.load("data"),
    "no path": lambda: Policy.load(None),  # type: ignore[arg-type]
    "saved to a path with NUL": lambda: STANDARD.save("a\0b"),
    "saved to a path too long": lambda: STANDARD.save("a" * 300),
}


@pytest.mark.parametrize("what", EDITS)
def test_what_a_notebook_may_pass_is_answered(what: str) -> None:
    """Odd values, paths and files each give an error of ours."""
    refused(EDITS[what])


class Counter:
    """Counts the calls of functions, Python's and built-in ones, while it is open."""

    def __init__(self) -> None:
        self.calls = 0

    def __enter__(self) -> Self:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, _frame: Any, event: str, _arg: Any) -> None:
        self.calls += event in ("call", "c_call")


def in_words(words: str) -> str:
    """Return the standard policy with more words in a signal."""
    at = STANDARD.text.index("[", STANDARD.text.index("words", STANDARD.text.index("[signals.urgent]"))) + 1
    return f"{STANDARD.text[:at]}{words},{STANDARD.text[at:]}"


def tidying(count: int) -> str:
    """Return the standard policy with so many more tidying rules."""
    rule = '[[tidy]]\nname = "r{0}"\ndo = "suggest"\nwhen = {{ idle = ">= {1} min", words = "= {0}" }}\n'
    return STANDARD.text + "".join(rule.format(n, n + 1) for n in range(count))


def tangled(count: int) -> str:
    """Return the standard policy with rules whose implications would take all day."""
    parts = ['{{ any = [{{ words = ">= {} " }}, {{ {} = ">= {}" }}] }}']
    out = [STANDARD.text]
    for rule in range(count):
        key = ("turns", "inquiries", "transfers")[rule % 3]
        inner = ", ".join(parts[0].format(n * 7 + 1 + rule, key, n + rule) for n in range(24))
        out.append(f'[[priority.rule]]\nname = "r{rule}"\nlevel = "high"\nwhen = {{ all = [{inner}] }}\n')
    return "".join(out)


def unknown(count: int) -> str:
    """Return the standard policy with rules about tags that are none."""
    tags = ", ".join(f'"x{n}"' for n in range(190))
    rule = '[[tidy]]\nname = "r{}"\ndo = "suggest"\nwhen = {{ tag = [{}] }}\n'
    return STANDARD.text + "".join(rule.format(n, tags) for n in range(count))


LONG = {
    "5,000 tidying rules": tidying(5_000),
    "900 tidying rules": tidying(900),
    "50,000 words": in_words(",".join(f'"w{n}q"' for n in range(50_000))),
    "700 words": in_words(",".join(f'"w{n}q"' for n in range(700))),
    "40 tangled rules": tangled(40),
    "55 rules with 190 unknown tags each": unknown(55),
}


@pytest.mark.parametrize("what", LONG)
def test_a_long_policy_is_judged_soon(what: str) -> None:
    """Limits are looked at first and all the rest is bounded: work is counted, not time."""
    with Counter() as counter:
        found = Policy.problems(LONG[what])
    assert 0 < counter.calls < 8_000_000
    if "tidying" in what:
        assert "at most" in found[0].expected
        assert found[0].value in (5_003, 903)


def test_a_policy_is_copied_and_pickled() -> None:
    """A policy goes to another process as it is."""
    again = pickle.loads(pickle.dumps(STANDARD))  # noqa: S301 -- our own bytes
    assert (again, again.schema, again.fingerprint) == (STANDARD, STANDARD.schema, STANDARD.fingerprint)
    assert copy.deepcopy(STANDARD) == copy.copy(STANDARD) == STANDARD
    assert Path(STANDARD.place).name == again.place
