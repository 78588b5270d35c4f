"""What a browser is told once when it begins to show a desk: who one is, the words, and under what drafts are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.sample import is_passing
from deskkit.views.desk.labels import labels

if TYPE_CHECKING:
    from deskkit.live.client import Client
    from deskkit.live.driver import Driver
    from deskkit.views.words import Words

__all__ = ["greeting"]


def greeting(driver: Driver | Client, identity: str, *, me: str, leaves: bool, say: Words) -> dict[str, Any]:
    """Return it.

    Parameters
    ----------
    driver : Driver or Client
    identity : str
        Of the log when the view opened; empty while it held nothing.
    me : str
    leaves : bool
        Whether somebody else may sit down here.
    say : Words
    """
    log, profile = driver.log, driver.desk.profiles.get(me)
    return {
        "me": me, "own": profile is not None and profile.role == "agent", "leaves": leaves,
        "labels": labels(say, passes=is_passing(log)), "language": say.language, "asked": say.is_asked,
        "key": f"{log.url}|{identity or log.identity()}|{me}",  # another log at this address inherits no draft
        "was": "" if identity else f"{log.url}||{me}",
    }  # fmt: skip
