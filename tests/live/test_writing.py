"""What a thread writes for who must not wait: all of it, in order, whatever the log says meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.errors import LogError
from deskkit.live import writing
from deskkit.live.writing import Writing
from deskkit.log import UnavailableError
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

FAILURES = st.lists(st.sampled_from([UnavailableError, LogError, ZeroDivisionError]), max_size=3)


def failing(kept: list[int], number: int, failures: list[type[Exception]]) -> Callable[[], None]:
    """Return what writes a number after some failures."""
    left = list(failures)

    def write() -> None:
        if left:
            raise left.pop(0)("for a test")
        kept.append(number)

    return write


@settings(deadline=None, max_examples=50)
@given(st.lists(FAILURES, max_size=8))
def test_all_is_written_in_order_but_what_can_never_be(plan: list[list[type[Exception]]]) -> None:
    """Something is tried until it is written or failed for good; what comes behind is written all the same, later."""
    again, writing.AGAIN_S = writing.AGAIN_S, 0  # type: ignore[misc]
    kept: list[int] = []
    try:
        some = Writing()
        made = [some.soon(failing(kept, n, failures)) for n, failures in enumerate(plan)]
        for one in made:
            one.wait(PATIENCE_S)
        wait_until(lambda: not some.is_busy)
    finally:
        writing.AGAIN_S = again  # type: ignore[misc]
    good = [n for n, failures in enumerate(plan) if all(one is UnavailableError for one in failures)]
    assert kept == good
    assert [n for n, one in enumerate(made) if one.error is None] == good
    assert all(one.is_over for one in made)


def test_who_brings_something_waits_for_nothing_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is waited for a moment, the next not at all; what is not kept is tried once."""
    monkeypatch.setattr(writing, "AGAIN_S", 0)
    go, order = threading.Event(), list[str]()
    some = Writing()
    first = some.soon(lambda: order.append(f"first {go.wait(PATIENCE_S)}"))
    second = some.soon(failing([], 0, [UnavailableError]), keeps=False)
    third = some.soon(lambda: order.append("third"))
    assert (first.is_over, second.is_over, third.is_over, order) == (False, False, False, [])
    go.set()
    third.wait(PATIENCE_S)
    assert order == ["first True", "third"]
    assert isinstance(second.error, UnavailableError)
    wait_until(lambda: not some.is_busy)
    assert some.soon(lambda: order.append("anew")).error is None  # another thread begins where the last has ended
    wait_until(lambda: order[-1] == "anew")
