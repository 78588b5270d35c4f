"""How many invented numbers are masked, and how much that only looks like one; figures are printed (T20)."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from deskkit.privacy import find
from tests.privacy.corpus import LOOK_ALIKES, SPELLINGS, around

RECALL, PRECISION = 0.995, 0.99
EACH = 0.97  # of one spelling alone


@pytest.mark.parametrize("size", [5_000, pytest.param(50_000, marks=pytest.mark.full)])
def test_numbers_are_masked_and_look_alikes_are_not(size: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Of numbers in 47 spellings at least 99.5 % are covered whole; of what is masked at least 99 % is one."""
    rng = Random(20)
    missed: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for name, inside in spelt(rng, size):
        text, at = around(rng, inside)
        spans = find(text)
        planted[name] += 1
        missed[name] += not any(start <= at + edge(inside) and at + len(inside.rstrip("\u202c")) <= end
                                for _kind, start, end in spans)  # fmt: skip
        wrong["beside " + name] += sum(end <= at or start >= at + len(inside) for _kind, start, end in spans)
    kinds = tuple(LOOK_ALIKES)
    for n in range(size):
        name = kinds[n % len(kinds)]
        text, _at = around(rng, LOOK_ALIKES[name](rng), plain=True)
        wrong[name] += len(find(text))
    found = size - missed.total()
    recall, precision = found / size, found / (found + wrong.total())
    with capsys.disabled():
        print(f"\nmasking, {size} numbers and {size} look-alikes: recall {recall:.2%}, precision {precision:.2%}")  # noqa: T201
        print("  missed", dict(+missed), " wrong", dict(+wrong))  # noqa: T201
    assert recall >= RECALL
    assert precision >= PRECISION
    assert {name: missed[name] for name in planted if missed[name] > planted[name] * (1 - EACH)} == {}


def spelt(rng: Random, size: int) -> list[tuple[str, str]]:
    """Return invented numbers, each spelling as often as the others."""
    kinds = tuple(SPELLINGS)
    return [(kinds[n % len(kinds)], SPELLINGS[kinds[n % len(kinds)]](rng)) for n in range(size)]


def edge(inside: str) -> int:
    """Return how many signs stand before a number: invisible ones, and what it is glued to."""
    return len(inside) - len(inside.lstrip("\u202a").removeprefix("T").removeprefix("user_"))


def test_there_are_thirty_spellings() -> None:
    """The corpus holds the thirty spellings it promises, and looks alike in as many ways as people write numbers."""
    assert len(SPELLINGS) >= 30
    assert len(LOOK_ALIKES) >= 25
