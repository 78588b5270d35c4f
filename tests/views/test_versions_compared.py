"""Two policies compared, of which much differs or repeats: nobody waits for it."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit.views.workshop import versions

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from _typeshed import TraceFunction

STANDARD = Path("data/policies/standard.toml").read_text(encoding="utf-8")
TAG = '[[tag]]\ntag = "{name}{n}"\nfacet = "label"\nwhen = {{ words = {n} }}\n\n'


def repeated(times: int) -> tuple[str, str]:
    """Return texts of lines that are the same again and again, in another order."""
    return STANDARD + "# a\n# b\n" * times, STANDARD + "# b\n# a\n# c\n" * times


def renamed(times: int) -> tuple[str, str]:
    """Return texts of rules that differ in their names alone."""
    one, two = ("".join(TAG.format(name=name, n=n) for n in range(times)) for name in "pq")
    return STANDARD + one, STANDARD + two


def unlike(times: int) -> tuple[str, str]:
    """Return texts of which nothing is the same at the end."""
    one, two = ("".join(f"# {name} {n}\n" for n in range(times)) for name in ("this", "that one"))
    return STANDARD + one, STANDARD + two


def worked(texts: tuple[str, str]) -> int:
    """Return how many lines of Python comparing runs through: the same however busy the machine is."""
    ran = 0

    def trace(frame: FrameType, event: str, _arg: object) -> TraceFunction | None:
        nonlocal ran
        ran += event == "line"
        return trace if frame.f_code.co_filename in {difflib.__file__, versions.__file__} else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        assert versions.difference(*texts)
    finally:
        sys.settrace(before)
    return ran


@pytest.mark.parametrize("make", [repeated, renamed, unlike])
def test_four_hundred_rules_are_compared_soon(make: Callable[[int], tuple[str, str]]) -> None:
    """Two thousand lines that repeat or differ take three million steps at most, a second: it was half a minute."""
    assert worked(make(400)) < 3_000_000
