"""Keyed draws: one number and arrays alike, uniform, without visible ties, and unmoved by what else is drawn.

All tests use seed 2026; the levels are those of single tests and stand beside them.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from deskkit.sim.draws import Drawn, Key, uniform, uniforms

KEY = Key(2026)
MANY = 1_000_000


def test_one_number_is_the_array_to_the_last_bit() -> None:
    """For any key, purpose, conversation and turn the scalar and the vector give the same float."""
    rng = np.random.default_rng(2026)
    conversation, turn = rng.integers(0, 1 << 60, 300), rng.integers(0, 1 << 30, 300)
    for key in (KEY, Key(0), Key(2**63, 9), Key(2026, 3, antithetic=True)):
        for purpose in (Drawn.THINK, (Drawn.LINE << 16) + 7):
            found = uniforms(key, purpose, conversation, turn)
            one = [uniform(key, purpose, int(c), int(t)) for c, t in zip(conversation, turn, strict=True)]
            assert found.tolist() == one


def test_draws_lie_strictly_between_nought_and_one() -> None:
    """A quantile of a draw is always finite; the opposite of a draw is one too."""
    u = uniforms(KEY, Drawn.THINK, np.arange(MANY))
    opposite = uniforms(KEY._replace(antithetic=True), Drawn.THINK, np.arange(MANY))
    assert 0 < u.min() < u.max() < 1
    assert np.array_equal(opposite, 1 - u)


@pytest.mark.parametrize("vary", ["conversation", "turn", "replication", "seed"])
def test_a_million_draws_are_uniform(vary: str) -> None:
    """Chi-square over 1,000 cells, seed 2026, level 0.1 % on both sides."""
    number = np.arange(MANY)
    if vary in {"conversation", "turn"}:
        u = uniforms(KEY, Drawn.HANDLE, number if vary == "conversation" else 3, number if vary == "turn" else 0)
    else:
        keys = [Key(n) if vary == "seed" else Key(2026, n) for n in range(MANY // 1_000)]
        u = np.concatenate([uniforms(key, Drawn.HANDLE, np.arange(1_000)) for key in keys])
    p = stats.chisquare(np.histogram(u, bins=1_000, range=(0, 1))[0]).pvalue
    assert 0.001 < p < 0.999


def test_the_chi_square_notices_what_is_not_uniform() -> None:
    """Positive control: draws bent by 3 % fail the test."""
    u = uniforms(KEY, Drawn.HANDLE, np.arange(MANY)) ** 1.03
    assert stats.chisquare(np.histogram(u, bins=1_000, range=(0, 1))[0]).pvalue < 0.001


def neighbours() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return pairs of draws that stand side by side in one respect."""
    number = np.arange(MANY)
    base = uniforms(KEY, Drawn.HANDLE, number, 5)
    return {
        "conversation": (base, uniforms(KEY, Drawn.HANDLE, number + 1, 5)),
        "turn": (base, uniforms(KEY, Drawn.HANDLE, number, 6)),
        "purpose": (base, uniforms(KEY, Drawn.THINK, number, 5)),
        "replication": (base, uniforms(Key(2026, 1), Drawn.HANDLE, number, 5)),
        "seed": (base, uniforms(Key(2027), Drawn.HANDLE, number, 5)),
        "swapped": (base, uniforms(KEY, Drawn.HANDLE, 5, number + MANY)),
    }


@pytest.mark.parametrize("name", ["conversation", "turn", "purpose", "replication", "seed", "swapped"])
def test_neighbours_have_nothing_in_common(name: str) -> None:
    """Correlation of a million pairs within 4 standard errors (0.004), and each of 20 x 20 cells as full as any."""
    one, other = neighbours()[name]
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / MANY**0.5
    cells = np.histogram2d(one, other, bins=20, range=((0, 1), (0, 1)))[0]
    assert stats.chisquare(cells.ravel()).pvalue > 0.001
    assert not np.any(one == other)


def test_a_tie_would_be_noticed() -> None:
    """Positive control: pairs that share one part in a hundred are seen by the same looks."""
    one, other = neighbours()["turn"]
    tied = np.where(np.arange(MANY) % 100 == 0, one, other)
    assert abs(np.corrcoef(one, tied)[0, 1]) > 4 / MANY**0.5


def test_a_further_purpose_shifts_nothing() -> None:
    """Known draws, by number of the purpose: they may never change, or no old result can be had again."""
    assert [int(one) for one in Drawn] == list(range(1, len(Drawn) + 1))
    assert uniform(KEY, 1, 0) == KNOWN[0]
    assert uniform(Key(7, 2), Drawn.THINK, 3, 4) == KNOWN[1]


KNOWN = (0.09032216245247982, 0.845977710257719)
