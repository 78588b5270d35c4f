"""The matching form in which personal numbers and addresses are looked for: one character for each of the text.

It is `text.fold_text` character by character, with one sign for whatever is invisible, one kind of dash and one of
point; so every place in it is the place in the text itself, and making it takes no longer than copying.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from unicodedata import category, numeric

from deskkit.text import fold_text

__all__ = ["COULD", "HIDDEN", "Span", "matching_form"]


class Span(NamedTuple):
    """Something personal: its kind (``phone``, ``landline``, ``id``, ``card``, ``e-mail``) and where it stands."""

    kind: str
    start: int
    end: int


HIDDEN: Final = "\u200b"
"""Stands for every invisible character and every mark."""

# Digits, also raised, circled, of counting rods; from U+10107 on the ranges are wider than the digits in them.
_DIGIT: Final = (
    "0-9\u00b2\u00b3\u00b9\u0c78-\u0c7e\u1369-\u1371\u17f0-\u17f9\u19da\u2070-\u2079\u2080-\u2089\u2460-\u24ff"
    "\u2776-\u2793\U00010107-\U0001ed3d\U0001f100-\U0001f10c"
)
COULD: Final = re.compile(rf"[@\uff20\ufe6b]|[(\[{{（【]\s?at|(?:[\d{_DIGIT}][^\d{_DIGIT}]*+){{7}}", re.IGNORECASE)
_TABLE_SIZE: Final = 65_536


class _Form(dict[int, str]):
    """What becomes of each character, worked out once; for `str.translate`."""

    def __missing__(self, code: int) -> str:
        if len(self) >= _TABLE_SIZE:
            self.clear()
        self[code] = become = _become(chr(code))
        return become


_INVISIBLE: Final = frozenset({"Cf", "Mn", "Me"})
_BREAKS: Final = frozenset("\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_DASHES: Final = frozenset("~\u223c\uff5e\u2212\u30fc\u2043")
_DIGITS: Final = frozenset(range(10))
_POINTS: Final = frozenset("\u00b7\u2022\u30fb\uff65\u2027\u2219\u22c5")


_NO_DIGIT: Final = re.compile("[\u215f\u2189\u3192-\u3195\u3220-\u3289]")  # fractions; Chinese words for numbers


def _become(char: str) -> str:
    """Return the one character that stands for another in the matching form."""
    kind = category(char)
    if kind == "No" and numeric(char, -1) in _DIGITS and _NO_DIGIT.match(char) is None:
        return str(int(numeric(char)))
    if char in _BREAKS:
        become = "\n"
    elif char.isspace():
        become = " "
    elif kind in _INVISIBLE:
        become = HIDDEN
    elif kind == "Pd" or char in _DASHES:
        become = "-"
    else:
        become = "." if char in _POINTS else fold_text(char)
    if len(become) != 1:
        return char
    return HIDDEN if category(become) in _INVISIBLE else become


_form: Final = _Form()


def matching_form(text: str) -> str:
    r"""Return a text in the form in which numbers are looked for, as long as the text.

    Examples
    --------
    >>> matching_form("１３８\u2014➀❷⓷④")
    '138-1234'
    """
    return text.translate(_form)
