"""What is wrong with a policy is said in the language of the view: every text of a fault has words in each."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from deskkit.desk.policy import Policy
from deskkit.locale import translator
from deskkit.sample import sample_policy
from deskkit.views.words import Words
from deskkit.views.workshop.draft import Draft
from deskkit.views.workshop.forms import Form
from deskkit.worded import Worded, said, worded
from tests.views.catalogue import stored

if TYPE_CHECKING:
    from deskkit.errors import PolicyError

ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / "deskkit" / "desk"
MISTAKES = ROOT / "tests" / "desk" / "mistakes"
FILES = [
    *sorted((DESK / "policyfile").glob("*.py")),
    *(DESK / f"{name}.py" for name in ("lexicon", "lower", "patterns")),
]
FILES += [DESK / "policy.py", DESK / "tagging.py", ROOT / "deskkit" / "views" / "workshop" / "draft.py"]
SAYS = {"note": 1, "warn": 1, "refuse": 0, "missing": 1, "PolicyError": 0, "_whole": 0}
PROSE = re.compile(r"[a-z]{2,} [a-z]{2,}")


def unworded(source: str) -> list[str]:
    """Return the texts that a fault is given as a plain text, so that nobody can translate them."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in SAYS:
            continue
        given = call.args[SAYS[name] :][:1] + [one.value for one in call.keywords if one.arg in ("problem", "expected")]
        found += [ast.unparse(one) for one in given if _is_plain(one)]
    return found


def _is_plain(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_plain(node.body) or _is_plain(node.orelse)
    constant = isinstance(node, ast.Constant) and isinstance(node.value, str) and PROSE.search(node.value) is not None
    return constant or (isinstance(node, ast.JoinedStr) and PROSE.search(ast.unparse(node)) is not None)


def mistaken() -> list[PolicyError]:
    """Return a fault of every kind that the mistakes of the policy tests know."""
    base = (MISTAKES / "base.toml").read_text(encoding="utf-8")
    cases = tomllib.loads((MISTAKES / "mistakes.toml").read_text(encoding="utf-8"))["mistake"]
    texts = [base.replace(one["old"], one["new"], 1).replace("▸", "") for one in cases]
    return [fault for text in texts for fault in Policy.problems(text)]


def templates(text: str) -> list[str]:
    """Return the templates a text is made of; of a plain text of more than one word, itself."""
    if isinstance(text, Worded):
        return [text.template, *(one for value in text.values.values() for one in _inner(value))]
    return [text] if PROSE.search(text) else []


def _inner(value: object) -> list[str]:
    return templates(value) if isinstance(value, Worded) else []


def test_no_fault_is_given_a_plain_text() -> None:
    """Whoever notes a fault of a policy gives its words as a template; a plain text is found."""
    assert {file.name: found for file in FILES if (found := unworded(file.read_text(encoding="utf-8")))} == {}
    assert unworded('book.note(path, f"No {what} is here.", expected="a time at last" if x else "")') != []
    assert unworded('book.note(path, worded("No {what} is here.", what=what), expected="5 min")') == []


def test_every_kind_of_fault_is_said_in_chinese() -> None:
    """No mistake of the policy tests leaves an English sentence in a Chinese view."""
    known = {str(message.id) for message in stored() if message.string}
    faults = mistaken()
    told = {text for fault in faults for text in (fault.problem, fault.expected)}
    missing = {template for text in told for template in templates(text)} - known
    assert missing == set()
    assert len({fault.problem for fault in faults}) > 100
    assert templates("a text nobody translated") == ["a text nobody translated"]


def test_the_values_of_a_fault_stand_in_both_languages() -> None:
    """A fault in Chinese speaks of the same names and numbers; what is itself worded is translated in it."""
    zh, word = translator("zh"), worded("kind: group")
    assert said(worded("This {what} is not known.", what=word), zh) == "没有这个客服组。"
    assert said(worded('"{name}" stands in this list already.', name="group"), zh) == "“group” 在这个列表里已经有了。"
    fault = next(one for one in mistaken() if "{least}" in getattr(one.problem, "template", ""))
    assert isinstance(fault.problem, Worded)
    assert all(str(value) in said(fault.problem, zh) for value in fault.problem.values.values())


def test_the_workshop_tells_faults_and_names_in_its_language() -> None:
    """A Chinese workshop says in Chinese what is wrong, and what the signals that came with deskkit are called."""
    policy = sample_policy("standard")
    told: dict[str, list[dict[str, str]]] = {}
    for language in ("en", "zh"):
        draft = Draft(policy)
        draft.take(policy.text.replace("[capacity]", "[capacity]\nagents = 3", 1))
        told[language] = [fault.told(translator(language)) for fault in draft.faults]  # type: ignore[misc]
    assert told["en"][0]["problem"] == 'The key "agents" is not known here.'
    assert told["zh"][0]["problem"] == "这里没有 “agents” 这个键。"
    assert told["en"][0]["line"] == told["zh"][0]["line"]
    family = Form(policy.text).family("signals", "", say=Words("zh"))
    names = [item["text"] for part in family["parts"] for item in part["items"]]
    assert {"投诉", "不满", "紧急"} <= set(names)
