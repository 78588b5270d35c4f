"""Text -> signals, by one linear-time set of patterns; the only place of the desk that sees a text.

A signal says what a message holds: urgency, dissatisfaction, a refund. A supervisor writes it in the policy
as plain words and, where words cannot say it, as patterns. RE2 matches them on the folded form of the text
(`deskkit.text`): case, width, spacing and invisible characters make no difference, and no text and no
pattern takes long. This module knows no tag, no rule and no state: those see only the mask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import re2

from deskkit.desk.patterns import check_pattern, check_word, options, word_pattern
from deskkit.errors import PolicyError
from deskkit.text import fold, fold_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Signal", "Span", "Tagger", "check_pattern"]

MOST_SIGNALS: Final = 62
AUTHORS: Final = ("customer", "agent")

_HEAD: Final = 6_144  # of a longer message its beginning and its end are looked at, which bounds the time
_TAIL: Final = 2_048


class Signal(msgspec.Struct, frozen=True):
    """What is looked for under one name.

    Attributes
    ----------
    name : str
    words : tuple of str
        Plain words and phrases; any of them counts. With Chinese characters (or others of scripts without
        spaces) they match anywhere, else as whole words. A ``*`` at the end of a Latin word stands for any
        ending; ``…`` between two parts for anything within the same clause.
    patterns : tuple of str
        RE2 expressions on the folded text.
    unless : tuple of str
        Words and phrases that cancel: they are taken out of the text before the signal is looked for.
    by : {"customer", "agent"}
        Whose messages are looked at.
    """

    name: str
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    by: str = "customer"


class Span(NamedTuple):
    """Where a signal was found: characters ``start:end`` of the original text."""

    signal: str
    start: int
    end: int


class Tagger:
    """Finds all signals of a message at once.

    Parameters
    ----------
    signals : sequence of Signal, at most 62
        Their positions are the bits of the mask.

    Raises
    ------
    PolicyError
        A word or pattern cannot be used; the message names the signal and a corrected example.

    Notes
    -----
    Of a message of more than 8,192 characters the first 6,144 and the last 2,048 are looked at.

    Examples
    --------
    >>> urgent = Signal("urgent", words=("急", "asap"), unless=("不急",))
    >>> tagger = Tagger([urgent, Signal("refund", words=("退款",))])
    >>> tagger.mask("我不急，慢慢来"), tagger.mask("退款！ＡＳＡＰ")
    (0, 3)
    >>> tagger.spans("这单不急，那单很急")
    [Span(signal='urgent', start=8, end=9)]
    """

    def __init__(self, signals: Sequence[Signal]) -> None:
        if len(signals) > MOST_SIGNALS:
            raise PolicyError(
                "There are too many signals.",
                place="signals",
                value=len(signals),
                expected=f"at most {MOST_SIGNALS}",
                example="put words with the same consequences under one signal",
            )
        self.names: tuple[str, ...] = tuple(signal.name for signal in signals)
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            raise PolicyError(
                "Two signals have one name.", place="signals", value=twice[0], example="[signals.very_urgent]"
            )
        self._finders = [_Finder(signal) for signal in signals]
        self._sides = {author: _side(signals, author) for author in AUTHORS}

    def mask(self, text: str, *, by: str = "customer") -> int:
        """Return the signals of a message as bits, by their position.

        Parameters
        ----------
        text : str
        by : {"customer", "agent"}
            Who wrote it.

        Returns
        -------
        int, 0 <= mask < 2**62
        """
        side = self._sides[by]
        if side is None:
            return 0
        folded = fold_text(text if len(text) <= _HEAD + _TAIL else _shorten(text))
        found = side.found(folded)
        cancelled = found >> 64
        found &= _LOW
        doubtful = found & cancelled
        while doubtful:
            bit = doubtful & -doubtful
            if not self._finders[bit.bit_length() - 1].holds(folded):
                found ^= bit
            doubtful ^= bit
        return found

    def spans(self, text: str, *, by: str = "customer") -> list[Span]:
        """Return where in the original text each signal of its mask was found, in order.

        Parameters
        ----------
        text : str
        by : {"customer", "agent"}
        """
        mask = self.mask(text, by=by)
        if not mask:
            return []
        cut = len(text) - _HEAD - _TAIL
        folded = fold(text if cut <= 0 else _shorten(text))
        out = []
        for bit, name in enumerate(self.names):
            if mask >> bit & 1:
                for start, end in self._finders[bit].spans(folded.text):
                    first, last = folded.original(start, end)
                    moved = cut - 1 if cut > 0 and first > _HEAD else 0
                    out.append(Span(name, first + moved, last + moved))
        return sorted(out, key=lambda span: (span.start, span.end, span.signal))


_LOW: Final = (1 << 64) - 1


def _shorten(text: str) -> str:
    """Keep the beginning and the end; the full stop between them is one character and no gap crosses it."""
    return f"{text[:_HEAD]}。{text[-_TAIL:]}"


class _Side:
    """The patterns of all signals that look at one author, as one set."""

    def __init__(self, patterns: Iterable[tuple[str, int]]) -> None:
        self._set = re2.Set.SearchSet(options())
        self._set.Add(r"\A")  # always found; its absence means that RE2 gave up, which is not "no signal"
        codes = [0]
        for pattern, code in patterns:
            self._set.Add(pattern)
            codes.append(code)
        self._codes = tuple(codes)
        try:
            self._set.Compile()
        except re2.error as error:
            raise _too_much() from error
        self.found("")

    def found(self, folded: str) -> int:
        """Return signals in the low 64 bits, cancelling phrases in the high ones."""
        hits = self._set.Match(folded)
        if hits is None:
            raise _too_much()
        codes = self._codes
        out = 0
        for hit in hits:
            out |= codes[hit]
        return out


def _too_much() -> PolicyError:
    return PolicyError("All signals together are too large.", place="signals", example="fewer, shorter gaps")


def _side(signals: Sequence[Signal], by: str) -> _Side | None:
    patterns = []
    for bit, signal in enumerate(signals):
        if signal.by == by:
            patterns.append((_wanted(signal), 1 << bit))
            if signal.unless:
                patterns.append((_unwanted(signal), 1 << (bit + 64)))
    return _Side(patterns) if patterns else None


class _Finder:
    """One signal by itself: says where, after the cancelling phrases are blanked."""

    def __init__(self, signal: Signal) -> None:
        _check_signal(signal)
        self._wanted = re2.compile(f"(?:{_wanted(signal)})", options())
        self._unwanted = re2.compile(_unwanted(signal), options()) if signal.unless else None

    def holds(self, folded: str) -> bool:
        return self._wanted.search(self._blank(folded)) is not None

    def spans(self, folded: str) -> list[tuple[int, int]]:
        return [match.span() for match in self._wanted.finditer(self._blank(folded))]

    def _blank(self, folded: str) -> str:
        if self._unwanted is None:
            return folded
        # The folded text has no newline, and no dot and no gap crosses one.
        return str(self._unwanted.sub(lambda match: "\n" * (match.end() - match.start()), folded))


def _wanted(signal: Signal) -> str:
    words = sorted(signal.words, key=len, reverse=True)  # of two that begin alike the longer is shown
    return "|".join([*(word_pattern(word) for word in words), *(f"(?:{one})" for one in signal.patterns)])


def _unwanted(signal: Signal) -> str:
    return "|".join(word_pattern(word) for word in sorted(signal.unless, key=len, reverse=True))


def _check_signal(signal: Signal) -> None:
    place = f"signals.{signal.name}"
    if signal.by not in AUTHORS:
        raise PolicyError(
            "Nobody writes under this name.", place=f"{place}.by", value=signal.by, example='by = "agent"'
        )
    if not signal.words and not signal.patterns:
        raise PolicyError("The signal looks for nothing.", place=place, example='words = ["急", "asap"]')
    for check, name in ((check_word, "words"), (check_pattern, "patterns"), (check_word, "unless")):
        for value in getattr(signal, name):
            try:
                check(value)
            except PolicyError as error:
                raise PolicyError(
                    error.problem,
                    place=f"{place}.{name}",
                    value=value,
                    expected=error.expected,
                    example=error.example,
                ) from error
