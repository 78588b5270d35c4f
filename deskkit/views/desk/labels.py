"""Every word that the browser's half of the desk shows by itself, by the name it has there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskkit.views.words import Words

__all__ = ["labels"]


def labels(say: Words) -> dict[str, str]:
    """Return the words; ``{names}`` in them are filled in by the browser."""
    del say
    return {}
