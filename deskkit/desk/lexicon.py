"""Plain words as supervisors write them, looked for in a text all at once.

No expression engine is involved: pairs of characters and beginnings of words say which words can be in the
text at all, and a substring search decides. That is linear whatever the text is. (As one automaton, thousands
of words took 0.7 ms for each message unlike the ones before, and 0.8 s for a hostile one.)

Texts come folded (`deskkit.text.fold_text`). This module knows no signal and no message.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from operator import add
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.errors import PolicyError
from deskkit.text import fold_text
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Lexicon", "Reading", "check_word"]

_LONGEST: Final = 100

# Scripts without spaces between words: Thai to Lao, Myanmar, Khmer, Hangul, kana, Chinese.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_ANY_UNSPACED: Final = re.compile(f"[{_UNSPACED}]")
_SPACED_WORD: Final = f"[^\\W_{_UNSPACED}]+(?:'[^\\W_{_UNSPACED}]+)*"
_ANY_SPACED: Final = re.compile(f"[^\\W_{_UNSPACED}]")
# Words, ends of clauses, and (so that they part what stands around them) runs of other scripts.
_TOKEN: Final = re.compile(f"{_SPACED_WORD}|[,.!?;:。、\n]|[{_UNSPACED}]+")
_CLAUSE: Final = re.compile(r"(?:[^,.!?;:。、\n]|(?<=\d)[,.:](?=\d))+")
_STRAY_STAR: Final = re.compile(rf"(?<![^\W\d_{_UNSPACED}])\*|\*.|^..?\*")

# Spoken and chat forms, so that one spelling in the policy finds all.
_NEGATED: Final = (
    ("do", "do"), ("does", "does"), ("did", "did"), ("is", "is"), ("are", "are"), ("was", "was"),
    ("were", "were"), ("has", "has"), ("have", "have"), ("had", "had"), ("could", "could"),
    ("would", "would"), ("should", "should"), ("ca", "can"), ("wo", "will"), ("ai", "is"),
)  # fmt: skip
_SUBJECTS: Final = ("i", "you", "he", "she", "it", "we", "they", "that", "what", "where", "there", "who")
_CLIPPED: Final = (("m", "am"), ("re", "are"), ("ve", "have"), ("ll", "will"), ("s", "is"))
_SPELLINGS: Final = {
    "cannot": "can not",
    "im": "i am",
    "ive": "i have",
    "thats": "that is",
    "whats": "what is",
    "wheres": "where is",
    "u": "you",
    "ur": "your",
    "pls": "please",
    "plz": "please",
    **{f"{short}{ending}": f"{verb} not" for short, verb in _NEGATED for ending in ("n't", "nt")},
    **{f"{who}'{ending}": f"{who} {verb}" for who in _SUBJECTS for ending, verb in _CLIPPED},
}


class _Word(NamedTuple):
    """A word ready to be looked for: what stands between its gaps, and in which form of the text."""

    parts: tuple[str, ...]
    spaced: bool
    code: int


class Reading:
    """A folded text in the two forms in which words are looked for.

    Parameters
    ----------
    folded : str
    part_of : Reading, optional
        One of which this is what is left; it holds no other words, so its keys serve.

    Attributes
    ----------
    dense : str
        Without spaces, for words of Chinese and the like.
    spaced : str
        Words and ends of clauses, a space around each; empty if it holds no such word.
    dense_keys, spaced_keys : set of str
        What chooses the words to try: characters and pairs of characters of `dense`; words, pairs of words
        and the first three letters of words of `spaced`.
    """

    def __init__(self, folded: str, *, part_of: Reading | None = None) -> None:
        self.folded = folded
        self.dense = dense = folded.replace(" ", "")
        self.spaced = _spaced(folded) if _ANY_SPACED.search(folded) else ""
        self.dense_keys: set[str]
        self.spaced_keys: set[str]
        if part_of is None:
            tokens = self.spaced.split()
            couples = [f"{one} {two}" for one, two in pairwise(tokens)]
            self.dense_keys = {*dense, *map(add, dense, dense[1:])}
            self.spaced_keys = {*tokens, *couples, *[token[:3] for token in tokens]}
        else:
            self.dense_keys, self.spaced_keys = part_of.dense_keys, part_of.spaced_keys

    @cached_property
    def dense_trace(self) -> Sequence[tuple[int, int]]:
        """For each character of `dense` the span of the folded text that it stands for."""
        return [(at, at + 1) for at, char in enumerate(self.folded) if char != " "]

    @cached_property
    def spaced_trace(self) -> Sequence[tuple[int, int]]:
        """The same for `spaced`."""
        trace = [(0, 0)]
        for token in _TOKEN.finditer(self.folded):
            trace.extend([token.span()] * len(_SPELLINGS.get(token[0], token[0])))
            trace.append((token.end(), token.end()))
        return trace


class Lexicon:
    """Words with a code each.

    Parameters
    ----------
    words : iterable of (str, int)
        A word as written in the policy, and the bits that it stands for.

    Examples
    --------
    >>> lexicon = Lexicon([("急", 1), ("refund*", 2), ("when … arrive", 4)])
    >>> lexicon.codes(Reading("很急, refunded")), lexicon.codes(Reading("when will it arrive"))
    (3, 4)
    >>> lexicon.places(Reading("很急, refunded"))
    [(1, 2), (4, 12)]
    """

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        self._buckets: tuple[dict[str, list[_Word]], dict[str, list[_Word]]] = ({}, {})
        for written, code in words:
            word = _word(written, code)
            self._buckets[word.spaced].setdefault(_key(word), []).append(word)

    def codes(self, reading: Reading) -> int:
        """Return the bits of all words that the text holds."""
        out = 0
        dense, spaced = self._buckets
        for text, bucket, keys in (
            (reading.dense, dense, reading.dense_keys),
            (reading.spaced, spaced, reading.spaced_keys),
        ):
            for key in bucket.keys() & keys:
                for word in bucket[key]:
                    code = word.code
                    if code & ~out and _holds(word, text):
                        out |= code
        return out

    def places(self, reading: Reading) -> list[tuple[int, int]]:
        """Return the spans of the folded text where a word was found."""
        out = []
        dense, spaced = self._buckets
        for key in dense.keys() & reading.dense_keys:
            for word in dense[key]:
                for start, end in _occurrences(word, reading.dense):
                    out.append((reading.dense_trace[start][0], reading.dense_trace[end - 1][1]))
        for key in spaced.keys() & reading.spaced_keys:
            for word in spaced[key]:
                for start, end in _occurrences(word, reading.spaced):
                    out.append((reading.spaced_trace[start][0], reading.spaced_trace[end - 1][1]))
        return out


def _word(written: str, code: int) -> _Word:
    parts = _parts(written)
    if any(_ANY_UNSPACED.search(part) or not _ANY_SPACED.search(part) for part in parts):
        return _Word(tuple(part.replace(" ", "") for part in parts), spaced=False, code=code)
    forms = [_spaced(part.removesuffix("*")) for part in parts]
    open_ended = [form[:-1] if part.endswith("*") else form for form, part in zip(forms, parts, strict=True)]
    return _Word(tuple(open_ended), spaced=True, code=code)


def _parts(written: str) -> list[str]:
    return [part.strip() for part in fold_text(written).split("...")]


def _spaced(folded: str) -> str:
    return " " + " ".join([_SPELLINGS.get(token, token) for token in _TOKEN.findall(folded)]) + " "


def _key(word: _Word) -> str:
    """Say which key a text must have to hold the word."""
    part = word.parts[0]
    if not word.spaced:
        return part[:2]
    whole = part.endswith(" ")
    tokens = part.split()
    if len(tokens) == 1:
        return tokens[0] if whole else tokens[0][:3]
    return " ".join(tokens[:2]) if whole or len(tokens) > 2 else tokens[0]  # noqa: PLR2004


def _holds(word: _Word, text: str) -> bool:
    parts = word.parts
    if len(parts) == 1:
        return parts[0] in text
    return all(part in text for part in parts) and next(_occurrences(word, text), None) is not None


def _occurrences(word: _Word, text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of a word in the form of the text that it is looked for in, outer spaces left out."""
    if len(word.parts) == 1:
        yield from _matches(word, text, 0, len(text))
        return
    if word.parts[0] in text:
        for clause in _CLAUSE.finditer(text):
            yield from _matches(word, text, *clause.span())


def _matches(word: _Word, text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    pad = int(word.spaced)  # neighbours share the space between them
    at = begin
    while True:
        first = -1
        for part in word.parts:
            found = text.find(part, at, end)
            if found < 0:
                return
            first = found if first < 0 else first
            at = found + len(part) - pad * part.endswith(" ")
        stop = at if not pad or word.parts[-1].endswith(" ") else text.find(" ", at)
        yield first + pad, stop
        at = stop


def check_word(word: str) -> None:
    """Refuse what is no plain word or phrase.

    Raises
    ------
    PolicyError
        It is empty, too long, or its gap or star stands where it means nothing.

    Examples
    --------
    >>> check_word("when … arrive")
    """
    parts = _parts(word)
    problem = ""
    if not all(part.strip("* ") for part in parts):
        problem = worded("A word must hold something to look for, on both sides of a gap.")
    elif len(word) > _LONGEST:
        problem = worded("A word or phrase is too long.")
    elif any(_STRAY_STAR.search(part) for part in parts):
        problem = worded("A star stands only at the end, after at least three letters of a Latin word.")
    if problem:
        raise PolicyError(
            problem,
            value=word,
            expected=worded("plain words of at most {n} characters", n=_LONGEST),
            example='words = ["急", "refund*", "when … arrive"]',
        )
