"""What the names of rules and tags are called in a language.

A policy names its rules and tags as whoever wrote it speaks. The names of the policies that come with deskkit have
words in every language of the catalogue; all others are shown as they are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["rule_name", "tag_name"]


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
    apart = f"tag: {name}"
    shown = say(apart)
    return name if shown == apart else shown
