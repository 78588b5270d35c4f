"""The words on screen in other languages: gettext catalogues, and which language is meant.

The English text stands in the code and is its own key. A translator is a plain function from text to text, so
that whoever speaks needs to know nothing of catalogues. A catalogue is `<language>/LC_MESSAGES/deskkit.po`;
beside it lies the compiled one, which `python tests/views/catalogue.py` makes.
"""

from __future__ import annotations

import gettext
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskkit.errors import DeskkitError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LANGUAGES", "chosen", "translator"]

LANGUAGES: Final = ("en", "zh")
_VARIABLE: Final = "DESKKIT_LANG"


def chosen(language: str | None = None) -> str:
    """Return the language to speak: the one asked for, else that of DESKKIT_LANG, else English.

    Parameters
    ----------
    language : str, optional
        A language with or without a region: ``zh``, ``zh_CN``, ``en-GB``.

    Returns
    -------
    str, one of `LANGUAGES`

    Raises
    ------
    DeskkitError
        deskkit does not speak this language.

    Examples
    --------
    >>> chosen("zh_CN")
    'zh'
    """
    asked = language or os.environ.get(_VARIABLE) or LANGUAGES[0]
    found = asked.replace("-", "_").split("_")[0].lower()
    if found not in LANGUAGES:
        place = "language" if language else _VARIABLE
        raise DeskkitError(
            "deskkit does not speak this language.",
            place=place,
            value=asked,
            expected=" or ".join(LANGUAGES),
            example='language="zh"',
        )
    return found


@lru_cache
def translator(language: str) -> Callable[[str], str]:
    """Return a function that gives a text in a language; English, and what has no translation, as it is.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> translator("en")("Mark handled"), translator("zh")("Mark handled")
    ('Mark handled', '已处理')
    """
    if language == LANGUAGES[0]:
        return str
    return gettext.translation("deskkit", Path(__file__).parent, languages=[language]).gettext
