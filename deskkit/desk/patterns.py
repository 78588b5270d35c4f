"""What supervisors write, as RE2 expressions: plain words turned into patterns, and patterns checked.

Words and patterns alike are matched on the folded form of a text (`deskkit.text.fold_text`). This module
knows no signal and no message.
"""

from __future__ import annotations

import re
from typing import Final

import re2

from deskkit.errors import PolicyError
from deskkit.text import fold_text

__all__ = ["check_pattern", "check_word", "options", "word_pattern"]

_LARGEST: Final = 600  # instructions of one pattern: a gap of about 50 arbitrary characters
_LONGEST_WORD: Final = 100
_MEMORY: Final = 32 << 20  # bytes that one set of patterns may keep of its automaton

# RE2's words for what is wrong, and what a supervisor can write instead.
_REMEDIES: Final = (
    (r"escape sequence: \u", r"RE2 has no \u escapes", "the character itself: 急"),
    (r"escape sequence: \x", r"RE2 wants braces in \x escapes", r"\x{6025}, or the character itself"),
    (r"escape sequence: \Z", r"RE2 writes the end of the text \z", r"急\z"),
    ("escape sequence: \\", "RE2 has no such escape, nor back-references", "(很急|要急), all written out"),
    ("perl operator: (?=", "RE2 has no look-around", 'patterns = ["很急"] with unless = ["不急"]'),
    ("perl operator: (?!", "RE2 has no look-around", 'patterns = ["急"] with unless = ["急诊"]'),
    ("perl operator: (?<", "RE2 has no look-around", 'patterns = ["急"] with unless = ["不急"]'),
    ("perl operator: (?P", "RE2 has no back-references", "both alternatives written out: (要急|很急)"),
    ("perl operator", "RE2 does not know this group", "(急|快)"),
    ("repetition size", "a repetition is too large (or repeated)", "等.{0,10}小时"),
    ("too large", "the pattern is too large", "等.{0,10}小时"),
    ("repetition", "a repetition has nothing to repeat", r"急+, or \* for the sign itself"),
    ("missing )", "a bracket is not closed", r"(急|快), or \( for the sign itself"),
    ("unexpected )", "a bracket was never opened", r"(急|快), or \) for the sign itself"),
    ("missing ]", "a bracket is not closed", r"[急快], or \[ for the sign itself"),
)


def options() -> re2.Options:
    """Return the settings of every expression of a policy."""
    options = re2.Options()
    options.log_errors = False  # RE2 would write to stderr; its errors are raised
    options.case_sensitive = False
    options.never_capture = True
    options.max_mem = _MEMORY
    return options


# ---------------------------------------------------------------- words into patterns

_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
)
_GAP: Final = r"(?:[^\n,.!?;:。、]|[0-9][.,:][0-9])*?"
_ENDING: Final = r"[a-z']*"
_SOFT_APOSTROPHE: Final = re.compile(r"'(?!ll|re|d\b)")  # "we'll" must not find "well"


def word_pattern(word: str) -> str:
    """Write a supervisor's word as an RE2 expression on the folded text."""
    parts = [_part_pattern(part.strip()) for part in fold_text(word).split("...")]
    return _GAP.join(parts)


def _part_pattern(part: str) -> str:
    unspaced = _UNSPACED.search(part) is not None
    ending = part.endswith("*") and not unspaced
    core = part[:-1] if ending else part
    body = "".join([_character_pattern(core, at, unspaced=unspaced) for at in range(len(core))])
    if unspaced:
        return body
    left = r"\b" if _inside(core[:1]) else ""
    right = _ENDING if ending else r"\b" if _inside(core[-1:]) else ""
    return left + body + right


def _character_pattern(core: str, at: int, *, unspaced: bool) -> str:
    char = core[at]
    if char == " ":
        return " ?" if unspaced else "[ -]"
    if char == "'" and at and _SOFT_APOSTROPHE.match(core, at):
        return "'?"
    return str(re2.escape(char))


def _inside(char: str) -> bool:
    r"""Tell whether RE2's ``\b``, which is ASCII, sees a boundary beside this character."""
    return char.isascii() and char.isalnum()


# ---------------------------------------------------------------- checks


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
    parts = [part.strip() for part in fold_text(word).split("...")]
    problem = ""
    if not all(part.strip("* ") for part in parts):
        problem = "A word must hold something to look for (on both sides of a gap)."
    elif len(word) > _LONGEST_WORD:
        problem = "A word or phrase is too long."
    elif any("*" in part.removesuffix("*") for part in parts):
        problem = "A star stands only at the end of a word."
    elif any(part.endswith("*") and _UNSPACED.search(part) for part in parts):
        problem = "Chinese words match anywhere and need no star."
    if problem:
        raise PolicyError(
            problem,
            value=word,
            expected=f"plain words of at most {_LONGEST_WORD} characters",
            example='words = ["急", "refund*", "when … arrive"]',
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
            "The pattern is too large.",
            value=pattern,
            expected="repetitions of a few dozen characters",
            example="等.{0,10}小时",
        )
    if compiled.search("") is not None:
        raise PolicyError(
            "The pattern matches every message.", value=pattern, expected="something to find", example="急+"
        )
    for char in pattern:
        folded = fold_text(char)
        if not char.isascii() and folded != char:
            raise PolicyError(
                f"Texts are compared in folded form, which never holds {char!r}.",
                value=pattern,
                expected=f"{folded!r}" if folded else "a visible character",
                example=re2.escape(folded) if folded else "急",
            )


def _refusal(pattern: str, error: re2.error) -> PolicyError:
    said = error.args[0]
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    for sign, problem, example in _REMEDIES:
        if sign in words:
            return PolicyError(f"{problem[0].upper()}{problem[1:]}.", value=pattern, example=example)
    return PolicyError(f"RE2 refuses the pattern: {words}.", value=pattern, example="等.{0,10}(小时|天)")
