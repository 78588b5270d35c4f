"""Tagging takes linear time whatever a customer sends and a supervisor writes, and both engines read patterns alike.

The bound of promise P19 is 50 ms; a shared machine gets a margin of four (`SLACK`).
"""

from __future__ import annotations

import random
import re
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest
import re2

from deskkit.desk.patterns import options
from deskkit.desk.tagging import Signal, Tagger, check_pattern
from deskkit.errors import PolicyError
from deskkit.text import LIMIT, fold_text
from tests.desk.labels import DEVELOPMENT, messages, shipped_signals

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND_S = 0.050
SLACK = 4
MEBI = 1 << 20
KNOWN_BAD = (
    r"^(\w+\s?)*$", r"(a+)+b", r"(a|aa)+b", r"(.*a){12}b", r"(a|b)*a(a|b){20}c", r"(x+x+)+y", r"(a?){40}a{40}b",
    r"(急+)+吗", r"(急|马)*急(急|马){12}吗", r".*.*.*=.*z", r"\s+\z", r"([a-z]+)*\d",
)  # fmt: skip
HOSTILE = {
    "one letter": "a" * MEBI,
    "two letters": "".join(random.Random(1).choices("ab", k=MEBI)),
    "Chinese": "".join(random.Random(2).choices("急马", k=MEBI)),
    "spaces": " \t" * (MEBI // 2),
    "words": "word " * (MEBI // 5) + "!",
    "marks": "a" + "\u0301\u0323" * (MEBI // 2),
    "swelling": "\ufdfa" * MEBI,
}


def quickest(run: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of some runs, seconds of this thread: a busy machine does not count."""
    best = float("inf")
    for _ in range(times):
        begin = time.thread_time()
        run()
        best = min(best, time.thread_time() - begin)
    return best


def fragments(signals: list[Signal]) -> list[str]:
    """Take the words of a policy apart into what its messages could be made of."""
    words = [word for signal in signals for word in (*signal.words, *signal.unless)]
    return [part for word in words for part in word.replace("*", "").split("…")]


@pytest.mark.parametrize("size", [LIMIT, MEBI])
def test_known_bad_patterns_on_hostile_texts(size: int) -> None:
    """No pattern that ruins a backtracking engine takes long, on no text, whatever its length."""
    accepted = [Tagger([Signal("s", patterns=(pattern,))]) for pattern in KNOWN_BAD if usable(pattern)]
    assert len(accepted) >= 8
    slow = {}
    for tagger in accepted:
        for name, text in HOSTILE.items():
            took = quickest(lambda tagger=tagger, text=text: tagger.mask(text[:size]))  # type: ignore[misc]
            if took > BOUND_S * SLACK:
                slow[name] = round(took, 3)
    assert not slow


def usable(pattern: str) -> bool:
    """Tell whether a pattern passes the checks of a policy; one that matches the empty text does not."""
    try:
        check_pattern(pattern)
    except PolicyError:
        return False
    return True


def test_the_same_patterns_ruin_a_backtracking_engine() -> None:
    """Positive control: on four more characters Python's engine takes many times longer."""
    bad = re.compile(r"^(\w+\s?)*$")
    short, longer = ("a" * length + "!" for length in (17, 21))
    assert quickest(lambda: bad.match(longer)) > 6 * quickest(lambda: bad.match(short))


@pytest.mark.parametrize("size", [LIMIT, MEBI])
@pytest.mark.parametrize("kind", ["words", "joined", "characters", "letters", *HOSTILE])
def test_shipped_signals_on_hostile_texts(size: int, kind: str) -> None:
    """The shipped policy stays within the bound, even for a customer who sends all of its words at once."""
    signals = shipped_signals()
    tagger = Tagger(signals)
    draw = random.Random(7)
    pools = {
        "words": (" ", fragments(signals)),
        "joined": ("", fragments(signals)),
        "characters": ("", sorted(set("".join(fragments(signals))))),
        "letters": ("", "abcdefghijklmnopqrstuvwxyz   "),
    }
    if kind in pools:
        joint, pool = pools[kind]
        text = joint.join(draw.choices(pool, k=size))[:size]
    else:
        text = HOSTILE[kind][:size]
    assert quickest(lambda: tagger.mask(text)) < BOUND_S * SLACK


def test_a_short_message_takes_microseconds() -> None:
    """A message of chat length takes far less than a millisecond (10 us measured, here with a wide margin)."""
    rows = messages(DEVELOPMENT)
    tagger = Tagger(shipped_signals())
    took = quickest(lambda: [tagger.mask(row.text, by=row.author) for row in rows])
    assert took / len(rows) < 200e-6


# ---------------------------------------------------------------- the other engine


def for_polars(pattern: str) -> str:
    r"""Write an RE2 expression for polars' engine, whose ``\b``, ``\d``, ``\w`` and ``\s`` are not ASCII."""
    classes = {r"\b": r"(?-u:\b)", r"\d": "[0-9]", r"\w": "[0-9A-Za-z_]", r"\s": r"[\t\n\f\r ]", r"\W": "[^0-9A-Za-z_]"}
    out = re.sub(r"\[[^\]]*\]", lambda found: found[0].replace(r"\d", "0-9"), pattern)
    return "(?i)" + re.sub(r"\\[bdwsW]", lambda found: classes[found[0]], out)


def generated(signals: list[Signal], number: int) -> list[str]:
    """Make folded messages of the words, the numbers and the signs that patterns are about."""
    draw = random.Random(11)
    pool = [
        *fragments(signals),
        *(row.text for row in messages(DEVELOPMENT)),
        *re.findall(r"[\u4e00-\u9fff]+|[a-z]+", " ".join("".join(signal.patterns) for signal in signals)),
        *(
            "3",
            "15",
            "一",
            "两个",
            "小时",
            "天",
            "还没",
            "!",
            "?",
            "???",
            "。",
            ",",
            ".",
            "é",
            "ſ",
            "K",
            "_",
            "404",
            "error",
        ),
    ]
    return [fold_text(draw.choice(("", " ")).join(draw.choices(pool, k=draw.randint(1, 7)))) for _ in range(number)]


@pytest.mark.parametrize(
    "number", [pytest.param(5_000, id="5,000"), pytest.param(100_000, id="100,000", marks=pytest.mark.full)]
)
def test_both_engines_read_the_shipped_patterns_alike(number: int) -> None:
    """RE2 (live) and polars (history) agree on each shipped pattern for every generated message."""
    signals = shipped_signals()
    texts = generated(signals, number)
    column = pl.Series(texts)
    patterns = [pattern for signal in signals for pattern in signal.patterns]
    hits = 0
    for pattern in patterns:
        live = re2.compile(pattern, options())
        ours = [live.search(text) is not None for text in texts]
        theirs = column.str.contains(for_polars(pattern)).to_list()
        assert [text for text, one, two in zip(texts, ours, theirs, strict=True) if one != two] == []
        hits += sum(ours)
    assert len(patterns) >= 10
    assert hits > number // 10, "the messages must be such that patterns match"
