"""A text that remembers what it was made of, so that whoever shows it may say it in another language.

An error is found where nobody knows a language. It is English at once, a plain text to print, search and compare; a
view translates its template and fills the same values in again. Which languages there are is not known here.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["COMMA", "KIND", "SEMICOLON", "Worded", "joined", "said", "worded"]

COMMA: Final = "{one}, {other}"
SEMICOLON: Final = "{one}; {other}"
"""Between texts that are joined."""

KIND: Final = "kind: "
"""Begins the template of a word that a catalogue has apart from words that are spelled alike; it is not shown."""


class Worded(str):
    """An English text with its template and the values in it.

    Attributes
    ----------
    template : str
    values : mapping of str to object
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]


def worded(template: str, /, **values: object) -> Worded:
    """Return a text made of a template; a template without values is the text itself, whatever braces it has.

    Parameters
    ----------
    template : str
        English; the places to fill in as ``{name}``.
    **values : object
        What stands there; a value that is itself worded is translated too.

    Examples
    --------
    >>> worded("at most {n}", n=62), worded("a table in { braces }"), worded("kind: group")
    ('at most 62', 'a table in { braces }', 'group')
    """
    text = Worded(template.format(**values) if values else template.removeprefix(KIND))
    text.template, text.values = template, values
    return text


def joined(texts: Iterable[str], between: str = COMMA) -> str:
    """Return texts as one, in which each that is worded is still translated; there is at least one.

    Examples
    --------
    >>> from deskkit.locale import translator
    >>> names = joined(["standard", worded("median"), "quiet"])
    >>> names, said(names, translator("zh"))
    ('standard, median, quiet', 'standard、中位数、quiet')
    """
    return reduce(lambda one, other: worded(between, one=one, other=other), texts)


def said(text: str, say: Callable[[str], str]) -> str:
    """Return a text in the language of a translator; one that is not worded is itself the template.

    Examples
    --------
    >>> from deskkit.locale import translator
    >>> said(worded("at most {n}", n=62), translator("zh")), said("at most three", translator("zh"))
    ('最多 62', 'at most three')
    """
    if not isinstance(text, Worded):
        return say(text) if text else text
    if not text.values:
        return say(text.template).removeprefix(KIND) if text.template else text
    filled = {key: said(value, say) if isinstance(value, Worded) else value for key, value in text.values.items()}
    return say(text.template).format(**filled)
