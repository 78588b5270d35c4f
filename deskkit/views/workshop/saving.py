"""A policy from the workshop as a new file: a file that is there stays, and only what is valid is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deskkit.errors import PolicyError

if TYPE_CHECKING:
    from deskkit.views.words import Words
    from deskkit.views.workshop.draft import Draft

__all__ = ["saved"]


def saved(draft: Draft, name: str, *, say: Words) -> tuple[Path | None, str]:
    """Write a policy to a new file; return the file, or None, and what to say of it.

    Examples
    --------
    >>> from deskkit.sample import sample_policy
    >>> from deskkit.views.words import Words
    >>> from deskkit.views.workshop.draft import Draft
    >>> saved(Draft(sample_policy()), "", say=Words("en"))
    (None, 'There is such a file already, or no name: ')
    """
    path = Path(name)
    if not name or path.exists():
        return None, say("There is such a file already, or no name: {path}", path=name)
    if not draft.is_valid:
        return None, say("First mend what is wrong: only a valid policy is saved")
    try:
        draft.policy.save(path)
    except PolicyError as error:
        return None, str(error)
    return path, say("Saved: {path}", path=str(path))
