"""What the names of rules, tags, signals, skills, languages and rings are called in a language.

A policy names its rules, and a roster its skills, as whoever wrote it speaks. The names of the policies and rosters
that come with deskkit have words in every language of the catalogue; all others are shown as they are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["language_name", "ring_name", "rule_name", "signal_name", "skill_name", "tag_name"]

LANGUAGES: Final = {"zh": "Chinese", "en": "English", "ja": "Japanese", "ko": "Korean", "ru": "Russian"}
"""What the languages of a desk are called, by code."""


def rule_name(name: str, *, say: Callable[[str], str]) -> str:
    """Return the name of a rule in a language.

    Examples
    --------
    >>> from deskkit.locale import translator
    >>> [rule_name(name, say=translator("zh")) for name in ("VIP customer", "Our own rule", "")]
    ['VIP 客户', 'Our own rule', '']
    """
    return say(name) if name else name


def tag_name(name: str, *, say: Callable[[str], str]) -> str:
    """Return the name of a tag in a language; the catalogue has tags apart from words that are spelled alike.

    Examples
    --------
    >>> from deskkit.locale import translator
    >>> [tag_name(name, say=translator("zh")) for name in ("refund", "giftcard")]
    ['退款', 'giftcard']
    """
    return _apart("tag", name, say)


def signal_name(name: str, *, say: Callable[[str], str]) -> str:
    """Return the name of a signal in a language.

    Examples
    --------
    >>> from deskkit.locale import translator
    >>> [signal_name(name, say=translator("zh")) for name in ("dissatisfied", "gift card")]
    ['不满', 'gift card']
    """
    return _apart("signal", name, say)


def skill_name(name: str, *, say: Callable[[str], str]) -> str:
    """Return the name of a skill in a language.

    Examples
    --------
    >>> from deskkit.locale import translator
    >>> [skill_name(name, say=translator("zh")) for name in ("technical", "origami")]
    ['技术', 'origami']
    """
    return _apart("skill", name, say)


def language_name(name: str, *, say: Callable[[str], str]) -> str:
    """Return what the language of a code is called in a language.

    Examples
    --------
    >>> from deskkit.locale import translator
    >>> [language_name(code, say=translator("zh")) for code in ("zh", "en", "yi")]
    ['中文', '英文', 'yi']
    """
    return say(LANGUAGES[name]) if name in LANGUAGES else name


def ring_name(name: str, *, say: Callable[[str], str]) -> str:
    """Return the name of a ring in a language.

    Examples
    --------
    >>> from deskkit.locale import translator
    >>> [ring_name(name, say=translator("zh")) for name in ("alarm", "our gong")]
    ['警报', 'our gong']
    """
    return _apart("ring", name, say)


def _apart(kind: str, name: str, say: Callable[[str], str]) -> str:
    """Return a name in a language; the catalogue has each kind apart from words that are spelled alike."""
    apart = f"{kind}: {name}"
    shown = say(apart)
    return name if shown == apart else shown
