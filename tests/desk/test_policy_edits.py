"""Edits of a policy from code change what they should, and no comment and no other line."""

from __future__ import annotations

import copy
import datetime as dt
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from deskkit.desk.policy import Policy
from deskkit.desk.policyfile import edits
from deskkit.desk.policyfile.layout import lookup, read_path, scan, show_path
from deskkit.errors import PolicyError
from tests.desk.toml_text import leaves, scalars, tables, written

if TYPE_CHECKING:
    from deskkit.desk.policyfile.layout import KeyPath

HERE = Path(__file__).parent
BASE = (HERE / "mistakes" / "base.toml").read_text(encoding="utf-8")
STANDARD = (HERE.parents[1] / "data" / "policies" / "standard.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [".a", "a..b", "a[", "a[x]", "a b", "a."])
def test_no_path(text: str) -> None:
    """What is no path is refused by name."""
    with pytest.raises(PolicyError, match="no path"):
        edits.change("a = 1", {text: 1})


def comments(text: str) -> Counter[str]:
    """Count the comments of a text."""
    return Counter(text[start:end].strip() for start, end in scan(text).comments)


def untouched(old: str, new: str) -> int:
    """Return how many lines of the old text are no longer in the new one, byte for byte."""
    return sum((Counter(old.splitlines()) - Counter(new.splitlines())).values())


new_values = st.integers(0, 99) | st.text(max_size=5) | st.lists(st.integers(0, 9), max_size=3) | tables


@settings(max_examples=150, deadline=None)
@given(data=tables, draw=st.data(), new=new_values, newline=st.sampled_from(["\n", "\r\n"]))
def test_any_edit_keeps_comments(data: dict[str, object], draw: st.DataObject, new: object, newline: str) -> None:
    """Whatever is changed, the data is as wanted, every comment stays, and so does every other line."""
    text = written(data, draw)
    assume("\r" not in text)
    text = text.replace("\n", newline)
    path, _ = draw.draw(st.sampled_from(sorted(leaves(tomllib.loads(text)), key=repr)))
    after = edited(text, path, None if draw.draw(st.booleans()) else new)
    if after is not None:
        assert comments(after) == comments(text)
        changed = {one for one, _ in leaves(tomllib.loads(text)) if one[: len(path)] == path}
        assert untouched(text, after) <= 3 * len(changed) + 1


def _unlike(old: object, new: object) -> bool:
    """Say whether a table or a list would become something else, itself or in a place of it."""
    if isinstance(old, dict | list) and type(old) is not type(new):
        return True
    if isinstance(old, list) and isinstance(new, list):
        return any(_unlike(one, other) for one, other in zip(old, new, strict=False))
    return False


def edited(text: str, path: KeyPath, new: object) -> str | None:
    """Set or remove what is at a path; None for the edits that are refused, which are of three kinds only."""
    old = lookup(tomllib.loads(text), path)
    try:
        if new is None:
            return edits.remove(text, show_path(path))
        after = edits.change(text, {show_path(path): new})
    except PolicyError as error:
        if _unlike(old, new):
            return None
        raise AssertionError(text) from error
    if new not in ([], {}):  # an empty list or table may vanish
        assert lookup(tomllib.loads(after), path) == new
    return after


@settings(max_examples=150, deadline=None)
@given(data=tables, draw=st.data())
def test_any_list_and_table_is_edited_in_place(data: dict[str, object], draw: st.DataObject) -> None:
    """Elements and keys added to, changed in and taken out of a whole list or table leave the rest alone."""
    text = written(data, draw)
    assume("\r" not in text)
    inside = [(path, item) for path, item in leaves(tomllib.loads(text)) if isinstance(item, dict | list)]
    assume(inside)
    path, old = draw.draw(st.sampled_from(sorted(inside, key=repr)))
    new: object
    if isinstance(old, dict):
        kept = {key: item for key, item in old.items() if draw.draw(st.booleans())}
        new = {**kept, **draw.draw(tables)}
    else:
        start = draw.draw(st.integers(0, len(old)))
        end = draw.draw(st.integers(start, len(old)))
        tabular = bool(old) and all(isinstance(item, dict) for item in old)
        new = [*old[:start], *draw.draw(st.lists(tables if tabular else scalars, max_size=2)), *old[end:]]
    after = edited(text, path, new)
    assert after is not None
    assert comments(after) == comments(text)


EDITS = [
    {"hours.open": ["mon-fri 08:00-18:00", "sat 10:00-16:00"]},
    {"hours.holidays": [dt.date(2027, 2, 6)]},
    {"hours.open": ["mon-fri 09:00-18:00", "sat 10:00-16:00", "sun 10:00-12:00"]},
    {"priority.rule[2].when": {"tag": "VIP"}},
    {"priority.rule[2].when.own.colour": "red"},
    {"groups.technical.title": "Technical"},
    {"groups.technical": {"title": "Technical", "queue_limit": 3}},
    {"capacity.agent": 5.5},
    {"capacity.agent": 5, "priority.rule[1].level": "urgent"},
    {"priority.rule[0].when": {"unanswered": ">= 4 min", "language": "en"}},
    {"notify.ladder[1].rungs[1].after": "31 s"},
    {"notify.ladder[0].level": ["low"], "notify.per_minute": 7},
    {"hours.open": ["mon-fri 09:00-18:00"]},
    {"hours.holidays": ["2027-02-06", "2027-02-07"]},
    {"groups.night": {"title": "夜班 Night", "queue_limit": 5}},
    {"targets.groups.presales": {"urgent": "20 s"}},
    {"queue.credit": {"VIP": "2 min", "new": "10 s"}},
    {"life.reopen_within": "2 days", "name": 'a "quoted" name'},
    {"rings.soft.volume": 41, "rings.soft.channels": ["badge", "popup", "sound"]},
]


@pytest.mark.parametrize("changes", EDITS, ids=", ".join)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_edits_of_a_policy(changes: dict[str, object], newline: str) -> None:
    """A policy is valid after each edit, says what was set, and all other lines are the same bytes."""
    text = BASE.replace("\n", newline)
    edited = Policy.parse(text).edit(changes)
    for path, value in changes.items():
        assert lookup(tomllib.loads(edited.text), read_path(path)) == value
    assert comments(edited.text) == comments(text)
    assert untouched(text, edited.text) <= len(changes)
    assert edited.text.count("\n") == edited.text.count(newline)


def test_an_edit_that_says_the_same_changes_no_byte() -> None:
    """Every value set to itself, one by one or all at once, gives the very same text."""
    data = tomllib.loads(BASE)
    assert edits.change(BASE, dict(data)) == BASE
    for path, value in leaves(data):
        assert edits.change(BASE, {show_path(path): copy.deepcopy(value)}) == BASE


def test_rules_are_added_moved_and_removed() -> None:
    """A rule added at a place and removed again leaves the text as it was; a move keeps its lines."""
    policy = Policy.parse(BASE)
    rule = {"name": "Night", "when": {"hour": "00:00-06:00"}, "group": "technical"}
    for at, name in ((0, "Night"), (1, "VIP customers"), (None, "VIP customers")):
        added = policy.add("routing.rule", rule, at=at)
        assert added.schema.routing.rules[0].name == name
        assert len(added.schema.routing.rules) == 3
        assert untouched(BASE, added.text) == 0
        number = 2 if at is None else at
        assert added.remove(f"routing.rule[{number}]").text == BASE
    first, second = policy.schema.routing.rules
    rows = tomllib.loads(BASE)["routing"]["rule"]
    moved = policy.remove("routing.rule[1]").add("routing.rule", rows[1], at=0)
    assert moved.schema.routing.rules == (second, first)
    assert untouched(BASE, moved.text) == 0


def test_a_first_rule_makes_its_list() -> None:
    """Where there was no rule of a kind, the list begins below its table."""
    bare = BASE
    for _ in range(2):
        bare = edits.remove(bare, "routing.overflow[0]")
    assert "overflow" not in bare
    added = Policy.parse(bare).add("routing.overflow", {"group": "vip", "after": "9 s", "to": ["presales"]})
    assert added.schema.routing.overflow[0].after_ms == 9_000
    assert added.text.index("[[routing.overflow]]") < added.text.index("[reassign]")
    rungs = [{"after": f"{n} min", "to": "owner", "ring": "badge"} for n in (1, 2)]
    ladder = {"event": "waiting", "level": "low", "rungs": rungs}
    text = Policy.parse(BASE).add("notify.ladder", ladder).text
    assert 'rungs = [\n  { after = "1 min", to = "owner", ring = "badge" },\n' in text


def test_the_comments_of_a_removed_rule_stay() -> None:
    """A comment beside or within what is removed is kept on a line of its own."""
    text = edits.remove(BASE, "priority.rule[0]")
    assert "\n# the first rule\n" in text
    assert comments(text) == comments(BASE)
    text = edits.remove(BASE, "notify.ladder[1].rungs[1]")
    assert "\n  # rings on\n" in text
    text = edits.remove(BASE, "notify.ladder[1]")
    assert "\n# rings on\n" in text
    assert comments(text) == comments(BASE)
    text = edits.remove(BASE, "hours.holidays")
    assert "\n# new year\n" in text


def test_the_standard_policy_keeps_its_words() -> None:
    """Edited from code, the shipped policy loses no comment and no other line."""
    changes = {"capacity.agent": 6, "priority.rule[2].level": "urgent", "notify.ladder[3].rungs[1].times": 4}
    edited = Policy.parse(STANDARD).edit(changes)
    assert edited.schema.notify.ladders[3].rungs[1].times == 4
    assert comments(edited.text) == comments(STANDARD)
    assert untouched(STANDARD, edited.text) == 3
    assert edited.text.count("\n") == STANDARD.count("\n")


@pytest.mark.parametrize(
    ("text", "path", "value", "after"),
    [
        ("a.b = 1\n", "a.c", 2, "a.b = 1\na.c = 2\n"),
        ("a.b = 1\n", "a.c", {"d": 2}, "a.b = 1\na.c = { d = 2 }\n"),
        ("a = { b.c = 1 }\n", "a.b.d", 2, "a = { b.c = 1, b.d = 2 }\n"),
        ("a = {}\n", "a.b", 2, "a = { b = 2 }\n"),
        ("", "a", 2, "a = 2\n"),
        ("# why\n[b]\n", "a", 2, "a = 2\n# why\n[b]\n"),
        ("[a.b]\nc = 1\n", "a.d", 2, "[a.b]\nc = 1\n\n[a]\nd = 2\n"),
        ("a = 1", "b", {"c": 2}, "a = 1\n\n[b]\nc = 2\n"),
        ("a = [ # x\n 1 ]\n", "a", 2, "a = 2 # x\n"),
        ("a = [[ # x\n 1 ], 2]\n", "a[0]", 3, "a = [3 # x\n, 2]\n"),
        ("a = { b = [ # x\n 1 ] }\n", "a.b", 2, "# x\na = { b = 2 }\n"),
        ("a = [1, 2]\n", "a", [0, 1, 2], "a = [0, 1, 2]\n"),
        ("a = [\n  1,\n  2 # x\n]\n", "a", [1, 2, 3], "a = [\n  1,\n  2, # x\n  3,\n]\n"),
        ("a = [\n  1 ]\n", "a", [1, 2], "a = [\n  1, 2 ]\n"),
        ("a = [\n  2,\n]\n", "a", [1, 2], "a = [\n  1,\n  2,\n]\n"),
        ("d = 2026-11-11\n", "d", dt.date(2026, 11, 12), "d = 2026-11-12\n"),
        ("[[a]]\nb = 1\n", "a", [{"b": 1}, {"b": 2}], "[[a]]\nb = 1\n\n[[a]]\nb = 2\n"),
        (
            '[["\\u001F"]]\nb = 1\n',
            '"\x1f"',
            [{"b": 1}, {"b": 2}],
            '[["\\u001F"]]\nb = 1\n\n[["\\U0000001F"]]\nb = 2\n',
        ),
    ],
)
def test_edits_look_like_their_neighbours(text: str, path: str, value: object, after: str) -> None:
    """What is added stands as its neighbours do: in braces, below a header, on a line of its own."""
    assert edits.change(text, {path: value}) == after


REFUSED = [
    ({"capacity": 5}, "whole table"),
    ({"priority.rule[9].level": "high"}, "no such rule"),
    ({"capacity.agent": object()}, "value"),
    ({"capacity.agent": None}, "value"),
    ({"": 1}, "path"),
    ({"capacity.agent.x": 1}, "rewriting"),
]


@pytest.mark.parametrize(("changes", "words"), REFUSED)
def test_edits_that_cannot_be(changes: dict[str, object], words: str) -> None:
    """An edit that leads nowhere, or a value TOML does not have, is refused in words."""
    with pytest.raises(PolicyError, match=words):
        Policy.parse(BASE).edit(changes)


@pytest.mark.parametrize("wrong", ["a = [", "a = 1\n", "a = 2\nb = 2\n"])
def test_an_edit_that_went_wrong_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that does not read as the old data with the change is never handed out."""
    assert edits.change("a = 1\nb = 1\n", {"a": 2}) == "a = 2\nb = 1\n"
    monkeypatch.setattr(edits, "replace", lambda *_: wrong)
    with pytest.raises(PolicyError, match="rewriting more"):
        edits.change("a = 1\nb = 1\n", {"a": 2})


def test_true_is_not_one() -> None:
    """A change of kind alone is a change."""
    assert edits.change("a = 1\nb = [1, 2]\n", {"a": True, "b": [1, 2.0]}) == "a = true\nb = [1, 2.0]\n"


def test_an_edit_that_breaks_the_policy_is_refused() -> None:
    """The edited policy must be valid, and the old one stays as it is."""
    policy = Policy.parse(BASE)
    with pytest.raises(PolicyError, match="contradicts"):
        policy.edit({"capacity.reserve": 9})
    with pytest.raises(PolicyError, match="not known"):
        policy.remove("groups.vip")
    with pytest.raises(PolicyError, match="nothing to remove"):
        policy.remove("groups.nobody")
    with pytest.raises(PolicyError, match="no list"):
        policy.add("capacity", {})
    with pytest.raises(PolicyError, match="tables only"):
        edits.change("[[a]]\nb = 1\n", {"a": [{"b": 1}, 5]})
    with pytest.raises(PolicyError, match="whole table"):
        edits.change("[[a]]\nb = 1\n", {"a": [5]})
    assert policy.text == BASE


@pytest.mark.parametrize("path", ["tag[0]", "tag[11]", "priority.rule[8]", "routing.overflow[3]", "notify.ladder[0]"])
def test_two_neighbours_change_places(path: str) -> None:
    """Each with its own comments: the same lines in another order, and twice is back; the last has no next one."""
    rows = lookup(tomllib.loads(STANDARD), read_path(path)[:-1])
    number = read_path(path)[-1]
    assert isinstance(rows, list)
    assert isinstance(number, int)
    if number + 1 == len(rows):
        with pytest.raises(PolicyError, match="not followed"):
            edits.swap_with_next(STANDARD, path)
        return
    after = edits.swap_with_next(STANDARD, path)
    assert sorted(after.splitlines()) == sorted(STANDARD.splitlines())
    changed = lookup(tomllib.loads(after), read_path(path)[:-1])
    assert changed == [*rows[:number], rows[number + 1], rows[number], *rows[number + 2 :]]
    assert edits.swap_with_next(after, path) == STANDARD
