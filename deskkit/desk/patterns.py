"""Expressions that supervisors write where words cannot say it: their engine and what it refuses.

RE2 takes linear time whatever the pattern and the text. Texts come folded (`deskkit.text.fold_text`). This
module knows no signal and no message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import re2

from deskkit.errors import PolicyError
from deskkit.text import fold_text
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PatternSet", "check_pattern", "options"]

_LARGEST: Final = 600  # instructions of one pattern: a gap of about 50 arbitrary characters
_MEMORY: Final = 32 << 20  # bytes that one set of patterns may keep of its automaton

# RE2's words for what is wrong, and what a supervisor can write instead.
_REMEDIES: Final = (
    (r"escape sequence: \u", worded(r"RE2 has no \u escapes."), worded("the character itself: 急")),
    (r"escape sequence: \x", worded(r"RE2 wants braces in \x escapes."), worded(r"\x{6025}, or the character itself")),
    (r"escape sequence: \Z", worded(r"RE2 writes the end of the text \z."), r"急\z"),
    (
        "escape sequence: \\",
        worded("RE2 has no such escape, nor back-references."),
        worded("(很急|要急), all written out"),
    ),
    ("perl operator: (?=", worded("RE2 has no look-around."), worded('patterns = ["很急"] with unless = ["不急"]')),
    ("perl operator: (?!", worded("RE2 has no look-around."), worded('patterns = ["急"] with unless = ["急诊"]')),
    ("perl operator: (?<", worded("RE2 has no look-around."), worded('patterns = ["急"] with unless = ["不急"]')),
    ("perl operator: (?P", worded("RE2 has no back-references."), worded("both alternatives written out: (要急|很急)")),
    ("perl operator", worded("RE2 does not know this group."), "(急|快)"),
    ("repetition size", worded("A repetition is too large (or repeated)."), "等.{0,10}小时"),
    ("too large", worded("The pattern is too large."), "等.{0,10}小时"),
    ("repetition", worded("A repetition has nothing to repeat."), worded(r"急+, or \* for the sign itself")),
    ("missing )", worded("A bracket is not closed."), worded(r"(急|快), or \( for the sign itself")),
    ("unexpected )", worded("A bracket was never opened."), worded(r"(急|快), or \) for the sign itself")),
    ("missing ]", worded("A bracket is not closed."), worded(r"[急快], or \[ for the sign itself")),
)


def options() -> re2.Options:
    """Return the settings of every expression of a policy."""
    options = re2.Options()
    options.log_errors = False  # RE2 would write to stderr; its errors are raised
    options.case_sensitive = False
    options.never_capture = True
    options.max_mem = _MEMORY
    return options


class PatternSet:
    """Patterns with a code each, matched in one pass.

    Parameters
    ----------
    patterns : iterable of (str, int)

    Examples
    --------
    >>> PatternSet([("等.{0,6}天", 1), ("[0-9]+%", 2)]).codes("打9折还是15%")
    2
    """

    def __init__(self, patterns: Iterable[tuple[str, int]]) -> None:
        self._set = re2.Set.SearchSet(options())
        self._set.Add(r"\A")  # always found; its absence means that RE2 gave up, which is not "no match"
        codes = [0]
        for pattern, code in patterns:
            self._set.Add(pattern)
            codes.append(code)
        self._codes = tuple(codes)
        try:
            self._set.Compile()
        except re2.error as error:
            raise _too_much() from error
        self.codes("")

    def codes(self, folded: str) -> int:
        """Return the bits of all patterns that match."""
        hits = self._set.Match(folded)
        if hits is None:
            raise _too_much()
        codes = self._codes
        out = 0
        for hit in hits:
            out |= codes[hit]
        return out


def _too_much() -> PolicyError:
    return PolicyError(
        worded("All patterns together are too large."), place="signals", example=worded("fewer, shorter gaps")
    )


def check_pattern(pattern: str) -> None:
    """Refuse an expression that RE2 cannot use, or that could never or would always match.

    Raises
    ------
    PolicyError
        It names what is wrong and a corrected example.

    Examples
    --------
    >>> check_pattern("等.{0,6}(小时|天)")
    >>> check_pattern("(?<!不)急")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
      ...
    deskkit.errors.PolicyError: RE2 has no look-around. Got '(?<!不)急'. Hint: patterns = ["急"] with...
    """
    try:
        compiled = re2.compile(pattern, options())
    except re2.error as error:
        raise _refusal(pattern, error) from error
    if compiled.programsize > _LARGEST:
        raise PolicyError(
            worded("The pattern is too large."),
            value=pattern,
            expected=worded("repetitions of a few dozen characters"),
            example="等.{0,10}小时",
        )
    if compiled.search("") is not None:
        raise PolicyError(
            worded("The pattern matches every message."),
            value=pattern,
            expected=worded("something to find"),
            example="急+",
        )
    for char in pattern:
        folded = fold_text(char)
        if not char.isascii() and folded != char:
            raise PolicyError(
                worded("Texts are compared in folded form, which never holds {char}.", char=repr(char)),
                value=pattern,
                expected=f"{folded!r}" if folded else worded("a visible character"),
                example=re2.escape(folded) if folded else "急",
            )


def _refusal(pattern: str, error: re2.error) -> PolicyError:
    said = error.args[0]
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    for sign, problem, example in _REMEDIES:
        if sign in words:
            return PolicyError(problem, value=pattern, example=example)
    return PolicyError(
        worded("RE2 refuses the pattern: {words}.", words=words), value=pattern, example="等.{0,10}(小时|天)"
    )
