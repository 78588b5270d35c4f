"""Text -> signals, in linear time, all of them at once; the only place of the desk that sees a text.

A signal says what a message holds: urgency, dissatisfaction, a refund. A supervisor writes it in the policy
as plain words and, where words cannot say it, as patterns. Both are looked for in the folded form of the text
(`deskkit.text`): case, width, spacing and invisible characters make no difference, and no text and no
pattern takes long. This module knows no tag, no rule and no state: those see only the mask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import re2

from deskkit.desk.lexicon import Lexicon, Reading, check_word
from deskkit.desk.patterns import PatternSet, check_pattern, options
from deskkit.errors import PolicyError
from deskkit.text import fold, fold_text
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LOOKED_AT", "Signal", "Span", "Tagger", "check_pattern", "is_courtesy"]

MOST_SIGNALS: Final = 62
AUTHORS: Final = ("customer", "agent")

COURTESY_WORDS: Final = 6  # a longer message may hold what no signal knows: it owes an answer
LOOKED_AT: Final = 10_000  # characters of a message that are counted and told a language by: no hand writes more
_HEAD: Final = 3_072  # of a longer message its beginning and its end are looked at, which bounds the time
_TAIL: Final = 1_024


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
    Of a message of more than 4,096 characters the first 3,072 and the last 1,024 are looked at.

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
                worded("There are too many signals."),
                place="signals",
                value=len(signals),
                expected=worded("at most {n}", n=MOST_SIGNALS),
                example=worded("put words with the same consequences under one signal"),
            )
        self.names: tuple[str, ...] = tuple(signal.name for signal in signals)
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            raise PolicyError(
                worded("Two signals have one name."), place="signals", value=twice[0], example="[signals.very_urgent]"
            )
        self._finders = [_Finder(signal) for signal in signals]
        self._sides = {author: _Side(signals, author) for author in AUTHORS}

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
        folded = fold_text(text if len(text) <= _HEAD + _TAIL else _shorten(text))
        reading = Reading(folded)
        found = self._sides[by].found(reading)
        cancelled = found >> 64
        found &= _LOW
        doubtful = found & cancelled
        while doubtful:
            bit = doubtful & -doubtful
            if not self._finders[bit.bit_length() - 1].holds(reading):
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
        reading = Reading(folded.text)
        out = []
        for bit, name in enumerate(self.names):
            if mask >> bit & 1:
                for start, end in self._finders[bit].spans(reading):
                    first, last = folded.original(start, end)
                    moved = cut - 1 if cut > 0 and first > _HEAD else 0
                    out.append(Span(name, first + moved, last + moved))
        return sorted(out, key=lambda span: (span.start, span.end, span.signal))


_LOW: Final = (1 << 64) - 1


def _shorten(text: str) -> str:
    """Keep the beginning and the end; the full stop between them is one character and no gap crosses it."""
    return f"{text[:_HEAD]}。{text[-_TAIL:]}"


class _Side:
    """The words and patterns of all signals that look at one author."""

    def __init__(self, signals: Sequence[Signal], by: str) -> None:
        words: list[tuple[str, int]] = []
        patterns: list[tuple[str, int]] = []
        for bit, signal in enumerate(signals):
            if signal.by == by:
                words.extend((word, 1 << bit) for word in signal.words)
                words.extend((word, 1 << (bit + 64)) for word in signal.unless)
                patterns.extend((pattern, 1 << bit) for pattern in signal.patterns)
        self._words = Lexicon(words)
        self._patterns = PatternSet(patterns) if patterns else None

    def found(self, reading: Reading) -> int:
        """Return signals in the low 64 bits, those whose cancelling phrases were met in the high ones."""
        words = self._words.codes(reading)
        return words if self._patterns is None else words | self._patterns.codes(reading.folded)


class _Finder:
    """One signal by itself: says whether and where, after the cancelling phrases are blanked."""

    def __init__(self, signal: Signal) -> None:
        _check_signal(signal)
        self._words = Lexicon((word, 1) for word in signal.words)
        self._unless = Lexicon((word, 1) for word in signal.unless)
        union = "|".join(f"(?:{pattern})" for pattern in signal.patterns)
        self._pattern = re2.compile(union, options()) if union else None

    def holds(self, reading: Reading) -> bool:
        rest = self._blank(reading)
        if self._words.codes(rest):
            return True
        return self._pattern is not None and self._pattern.search(rest.folded) is not None

    def spans(self, reading: Reading) -> list[tuple[int, int]]:
        """Return spans of the folded text in order; those that touch are one."""
        rest = self._blank(reading)
        places = self._words.places(rest)
        if self._pattern is not None:
            places.extend([match.span() for match in self._pattern.finditer(rest.folded)])
        out: list[tuple[int, int]] = []
        for start, end in sorted(places):
            if out and start <= out[-1][1]:
                out[-1] = (out[-1][0], max(end, out[-1][1]))
            else:
                out.append((start, end))
        return out

    def _blank(self, reading: Reading) -> Reading:
        """Take the cancelling phrases out; no word, gap or dot crosses the newlines put in their place."""
        places = self._unless.places(reading)
        if not places:
            return reading
        rest = list(reading.folded)
        for start, end in places:
            rest[start:end] = "\n" * (end - start)
        return Reading("".join(rest), part_of=reading)


def _check_signal(signal: Signal) -> None:
    place = f"signals.{signal.name}"
    if signal.by not in AUTHORS:
        raise PolicyError(
            worded("Nobody writes under this name."), place=f"{place}.by", value=signal.by, example='by = "agent"'
        )
    if not signal.words and not signal.patterns:
        raise PolicyError(worded("The signal looks for nothing."), place=place, example='words = ["急", "asap"]')
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


def is_courtesy(text: str, *, mask: int, courtesy: int, length: int) -> bool:
    """Say whether a message of a customer is a mere courtesy, which owes no answer.

    Parameters
    ----------
    text : str
    mask : int
        The signals found in it.
    courtesy : int
        The signal of thanks, as a mask; 0 where the policy names none.
    length : int
        Words.

    Examples
    --------
    >>> is_courtesy("谢谢", mask=1, courtesy=1, length=2), is_courtesy("谢谢?", mask=1, courtesy=1, length=2)
    (True, False)
    """
    return 0 != mask == courtesy and length <= COURTESY_WORDS and "?" not in text and "？" not in text
