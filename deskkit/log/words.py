"""How many words texts hold, column by column: as `deskkit.text.words` counts them, without a call for each.

Most of what is written holds but letters without accents, Chinese characters and common signs; of such a text an
expression says it. Every other one is counted by itself.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from deskkit.text import HAN, words

__all__ = ["word_counts"]

_SIGNS: Final = (  # none of them is part of a word
    "\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u3001\u3002\u3008-\u3011\ufe0f"
    "\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff5e\U0001f300-\U0001f64f\U0001f900-\U0001f9ff"
)
_PLAIN: Final = f"^[\\x00-\\x7f{_SIGNS}{HAN}]*$"
_WORD: Final = f"[{HAN}]|[A-Za-z0-9]+(?:['\u2019][A-Za-z0-9]+)*"


def word_counts(texts: pl.Series) -> pl.Series:
    """Return how many words each text holds.

    Parameters
    ----------
    texts : Series of String

    Returns
    -------
    Series of UInt32

    Examples
    --------
    >>> word_counts(pl.Series(["我的 iPhone 15 don't work", "déjà vu 😀", ""], dtype=pl.String)).to_list()
    [6, 2, 0]
    """
    is_plain = texts.str.contains(_PLAIN)
    counts = texts.str.count_matches(_WORD)
    odd = (~is_plain).arg_true()
    if odd.len():
        told = [words(text) for text in texts.gather(odd).to_list()]
        counts = counts.scatter(odd, pl.Series(told, dtype=pl.UInt32))
    return counts.cast(pl.UInt32)
