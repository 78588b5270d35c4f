"""Implication between conditions is never claimed falsely, and the common cases are seen.

A world says what holds of one conversation at one instant; a condition is evaluated in it here, independently
of the desk, straight from the meaning of its terms.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk.policyfile import implication
from deskkit.desk.policyfile.conditions import flat
from deskkit.desk.policyfile.implication import implies, impossible
from deskkit.desk.schema import All, Any, Condition, Not, Term

World = dict[str, object]

DATES = (date(2026, 11, 9), date(2026, 11, 11), date(2026, 11, 14))

names: st.SearchStrategy[frozenset[str]] = st.frozensets(st.sampled_from("ab"))


def seen_ever(world: World) -> World:
    """Let what is found now have been found at some time."""
    now, ever = world["signal"], world["signal_ever"]
    assert isinstance(now, frozenset)
    assert isinstance(ever, frozenset)
    return {**world, "signal_ever": now | ever}


worlds: st.SearchStrategy[World] = st.fixed_dictionaries(
    {
        "signal": names,
        "signal_ever": names,
        "tag": st.frozensets(st.sampled_from(["v", "w"])),
        "turns": st.integers(0, 3),
        "orders": st.none() | st.integers(0, 3),
        "waiting": st.none() | st.integers(0, 3),
        "level": st.integers(0, 3),
        "membership": st.none() | st.sampled_from(["gold", "Gold plus", "silver"]),
        "own.x": st.none() | st.sampled_from(["gold", "golden"]) | st.integers(0, 2),
        "open": st.integers(0, 1),
        "stage": st.sampled_from(["waiting", "assigned"]),
        "minute": st.integers(0, 1439) | st.sampled_from([0, 539, 540, 599, 600, 719, 720]),
        "date": st.sampled_from(DATES),
    }
).map(seen_ever)


def numbers(key: str, top: int) -> st.SearchStrategy[Term]:
    """Comparisons with small numbers, some that always or never hold."""
    return st.builds(Term, st.just(key), st.sampled_from(["eq", "ge", "le"]), st.integers(0, top))


comparisons = st.one_of(
    st.builds(Term, st.sampled_from(["signal", "signal_ever"]), st.just("eq"), st.sampled_from("ab")),
    st.builds(Term, st.just("tag"), st.just("eq"), st.sampled_from("vw")),
    st.builds(Term, st.just("inquiry"), st.just("eq"), st.just("w")),
    numbers("turns", 3),
    numbers("orders", 3),
    numbers("level", 3),
    st.builds(Term, st.just("waiting"), st.sampled_from(["ge", "le"]), st.integers(0, 3)),
    st.just(Term("waiting", "never", 0)),
    st.builds(
        Term,
        st.sampled_from(["membership", "own.x"]),
        st.sampled_from(["eq", "contains"]),
        st.sampled_from(["gold", "GOLD", "old", "silver"]),
    ),
    numbers("own.x", 2),
    st.builds(Term, st.just("open"), st.just("eq"), st.integers(0, 1)),
    st.builds(Term, st.just("stage"), st.just("eq"), st.sampled_from(["waiting", "assigned"])),
    st.builds(Term, st.just("hour"), st.just("eq"), st.sampled_from(["540-720", "600-720", "720-1440", "0-600"])),
    st.builds(
        Term,
        st.just("day"),
        st.just("eq"),
        st.sampled_from([31, 1, 4, 96, "2026-11-09", "2026-11-11", "2026-11-14"]),
    ),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: flat(All, parts)),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: flat(Any, parts)),
        inner.map(lambda part: part.part if isinstance(part, Not) else Not(part)),
    ),
    max_leaves=6,
)


def holds(condition: Condition, world: World) -> bool:
    """Say whether a condition holds in a world."""
    match condition:
        case All(parts):
            return all(holds(part, world) for part in parts)
        case Any(parts):
            return any(holds(part, world) for part in parts)
        case Not(part):
            return not holds(part, world)
        case Term(key, op, value):
            return compares(key, op, value, world)
    raise AssertionError(condition)


def compares(key: str, op: str, value: int | str, world: World) -> bool:
    """Say whether one comparison holds in a world; what is unknown meets none, but `never`."""
    if key in ("signal", "signal_ever", "tag", "inquiry"):
        names = world["tag" if key == "inquiry" else key]
        return isinstance(names, frozenset) and value in names
    if key == "hour":
        start, end = str(value).split("-")
        return int(start) <= int(str(world["minute"])) < int(end)
    if key == "day":
        day = world["date"]
        assert isinstance(day, date)
        return bool(value >> day.weekday() & 1) if isinstance(value, int) else day.isoformat() == value
    return met(op, value, world[key])


def met(op: str, value: int | str, found: object) -> bool:
    """Say whether a number or text, perhaps unknown, meets a comparison."""
    if op == "never":
        return found is None
    if isinstance(found, str) and isinstance(value, str):
        left, right = found.casefold(), value.casefold()
        return right in left if op == "contains" else left == right
    if isinstance(found, int) and isinstance(value, int):
        return {"eq": found == value, "ge": found >= value, "le": found <= value}[op]
    return False


@settings(max_examples=400, deadline=None)
@given(narrow=conditions, wide=conditions, some=st.lists(worlds, min_size=12, max_size=12))
def test_implication_is_never_claimed_falsely(narrow: Condition, wide: Condition, some: list[World]) -> None:
    """Where one condition is said to imply another, no world shows the contrary."""
    if implies(narrow, wide):
        assert not [world for world in some if holds(narrow, world) and not holds(wide, world)]
    if impossible(narrow):
        assert not [world for world in some if holds(narrow, world)]


@settings(max_examples=200, deadline=None)
@given(one=conditions, other=conditions, some=st.lists(worlds, min_size=12, max_size=12))
def test_related_conditions_are_never_claimed_falsely(one: Condition, other: Condition, some: list[World]) -> None:
    """The same for pairs made to be close, where claims are common: a part more or less, the contrary."""
    both, either = flat(All, [one, other]), flat(Any, [one, other])
    pairs = [
        (both, one),
        (one, either),
        (both, either),
        (either, one),
        (one, both),
        (both, Not(other)),
        (one, Not(either)),
    ]
    for narrow, wide in pairs:
        if implies(narrow, wide):
            assert not [world for world in some if holds(narrow, world) and not holds(wide, world)]
    for pair in (flat(All, [both, Not(either)]), flat(All, [one, Not(one)])):
        if impossible(pair):
            assert not [world for world in some if holds(pair, world)]


@settings(deadline=None)
@given(one=conditions, other=conditions)
def test_more_parts_are_narrower(one: Condition, other: Condition) -> None:
    """A condition with one part more implies it, and it implies one with a choice more: always seen."""
    assert implies(one, one)
    assert implies(flat(All, [one, other]), one)
    assert implies(one, flat(Any, [one, other]))


A, B = Term("signal", "eq", "a"), Term("signal", "eq", "b")
VIP = Term("tag", "eq", "v")


def turns(op: str, value: int) -> Term:
    """Compare the turns."""
    return Term("turns", op, value)


SEEN = [
    (turns("ge", 10), turns("ge", 5)),
    (turns("eq", 10), turns("ge", 5)),
    (turns("le", 3), turns("le", 5)),
    (Term("waiting", "ge", 600_000), Term("waiting", "ge", 300_000)),
    (Term("waiting", "never", 0), Not(Term("waiting", "ge", 300_000))),
    (Term("waiting", "ge", 300_000), Not(Term("waiting", "never", 0))),
    (A, Term("signal_ever", "eq", "a")),
    (Term("inquiry", "eq", "w"), Term("tag", "eq", "w")),
    (Term("tag", "eq", "w"), Term("inquiry", "eq", "w")),
    (All((VIP, A)), Any((A, B))),
    (Any((A, B)), Any((B, A, VIP))),
    (All((Any((A, B)), turns("ge", 5))), Any((All((A, turns("ge", 5))), All((B, turns("ge", 4)))))),
    (Not(turns("ge", 5)), Not(turns("ge", 8))),
    (turns("le", 4), Not(turns("ge", 5))),
    (turns("le", 4), Not(Any((turns("ge", 5), All((turns("ge", 6), A)))))),
    (A, turns("ge", 0)),
    (Term("membership", "eq", "Gold plus"), Term("membership", "contains", "gold")),
    (Term("membership", "eq", "gold"), Term("membership", "eq", "GOLD")),
    (Term("stage", "eq", "waiting"), Not(Term("stage", "eq", "assigned"))),
    (Term("hour", "eq", "600-660"), Term("hour", "eq", "540-720")),
    (Term("hour", "eq", "540-600"), Not(Term("hour", "eq", "600-720"))),
    (Term("day", "eq", 1), Term("day", "eq", 31)),
    (Term("day", "eq", "2026-11-11"), Term("day", "eq", 31)),
    (Term("day", "eq", "2026-11-11"), Not(Term("day", "eq", "2026-11-12"))),
    (Term("open", "eq", 1), Not(Term("open", "eq", 0))),
    (Term("level", "ge", 3), Term("level", "ge", 2)),
]
NOT_SEEN_OR_FALSE = [
    (turns("ge", 5), turns("ge", 10)),
    (Term("orders", "le", 5), Term("orders", "ge", 0)),  # orders may be unknown
    (Term("signal_ever", "eq", "a"), A),
    (VIP, A),
    (Not(A), B),
    (Any((A, B)), A),
    (All((Any((A, B)), VIP)), A),
    (turns("ge", 0), Any((turns("le", 4), turns("ge", 5)))),  # true, and documented as not seen
    (Term("day", "eq", 31), Any((Term("day", "eq", 7), Term("day", "eq", 24)))),  # likewise
    (Not(turns("ge", 5)), turns("le", 4)),  # likewise
    (Term("own.x", "eq", "5"), Not(Term("own.x", "eq", 5_000))),
    (Term("language", "eq", "zh"), Term("language", "eq", "zh-tw")),
]


@pytest.mark.parametrize(("narrow", "wide"), SEEN)
def test_common_implications_are_seen(narrow: Condition, wide: Condition) -> None:
    """What a reader sees at once, the policy sees too."""
    assert implies(narrow, wide)


@pytest.mark.parametrize(("narrow", "wide"), NOT_SEEN_OR_FALSE)
def test_no_implication_is_claimed(narrow: Condition, wide: Condition) -> None:
    """What is false is not claimed, nor what is beyond the comparison of parts."""
    assert not implies(narrow, wide)


IMPOSSIBLE = [
    All((turns("ge", 5), turns("le", 3))),
    All((Term("stage", "eq", "waiting"), Term("stage", "eq", "snoozed"))),
    All((A, Not(A))),
    All((VIP, All((A, Not(Term("signal_ever", "eq", "a")))))),
    Any((All((turns("ge", 5), turns("le", 3))), All((A, Not(A))))),
    All((Any((turns("ge", 5), turns("eq", 4))), turns("le", 3))),
    All((Term("idle", "never", 0), Term("idle", "ge", 5))),
    All((Term("day", "eq", "2026-11-11"), Term("day", "eq", 96))),
    All((Term("hour", "eq", "0-60"), Term("hour", "eq", "60-90"))),
    All((Term("membership", "eq", "gold"), Term("membership", "eq", "silver"))),
]


@pytest.mark.parametrize("condition", IMPOSSIBLE)
def test_contradictions_are_seen(condition: Condition) -> None:
    """A condition whose parts exclude each other is called impossible; a part of it alone is not."""
    assert impossible(condition)
    assert not impossible(A)
    assert not impossible(All((turns("ge", 3), turns("le", 5))))


def test_long_questions_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases multiply; the search gives up after some steps and then claims nothing."""
    cases = [Any((Term("own.a", "eq", str(n)), Term("own.b", "eq", str(n)))) for n in range(40)]
    assert not implies(All(tuple(cases)), Term("tag", "eq", "v"))
    apart = All((turns("ge", 5), turns("le", 3)))
    assert implies(All((A, turns("ge", 5))), A)
    assert impossible(apart)
    monkeypatch.setattr(implication, "STEPS", 0)
    assert not implies(All((A, turns("ge", 5))), A)
    assert not impossible(apart)
