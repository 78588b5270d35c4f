"""Mainland mobiles whose groups stand apart: on lines of their own, behind commas, tabs or pictures.

Between groups parted by blanks, dashes and points `finding` knows many groupings. Anything else between them (lines,
tabs, commas, pictures, up to eight signs) is what lists of numbers look like too, so here the groups must be 3, 4 and
4 digits and begin as a mobile. That masks a list of quantities such as ``150, 2000, 3000``, which is rarer than a
number sent in three lines. The signs of dimensions (``×``, ``*``) part no telephone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from deskkit.privacy.form import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["scattered"]

_SIGN: Final = r"(?:[^\w\u00d7*]|_)"
_REST: Final = r"(?:\u200b{0,3}[0-9])"
_MOBILE: Final = re.compile(
    rf"(?<![0-9a-z])(?<![0-9][.,])1\u200b{{0,3}}[3-9]{_REST}{_SIGN}{{1,8}}[0-9]{_REST}{{3}}{_SIGN}{{1,8}}[0-9]{_REST}{{3}}(?![0-9])"
)


def scattered(form: str) -> Iterator[Span]:
    r"""Yield the mobiles whose groups stand apart in a matching form.

    Examples
    --------
    >>> list(scattered("138\n0013\n8000")), list(scattered("180×2000×2200"))
    ([Span(kind='phone', start=0, end=13)], [])
    """
    for found in _MOBILE.finditer(form):
        yield Span("phone", found.start(), found.end())
