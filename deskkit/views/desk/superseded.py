"""That the policy a desk was opened with took the place of another, which somebody had put live: it is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.live.driver import Driver
from deskkit.text import visible
from deskkit.views.words import LONGEST_NAME, shortened
from deskkit.views.workshop.versions import Versions

if TYPE_CHECKING:
    from deskkit.live.client import Client
    from deskkit.views.words import Words

__all__ = ["superseded"]


def superseded(driver: Driver | Client, *, say: Words) -> list[dict[str, str]]:
    """Return the line for the foot; none where no policy was in force, or the very same.

    Parameters
    ----------
    driver : Driver or Client
        That was just begun, with a policy. One that only follows a live desk puts none in force.
    say : Words

    Examples
    --------
    >>> from deskkit.clock import ManualClock
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.log import open_log
    >>> from deskkit.views.words import Words
    >>> log, clock, policy = open_log("memory:"), ManualClock(0), Policy.load("data/policies/standard.toml")
    >>> superseded(Driver(log, policy, clock=clock), say=Words("en"))
    []
    >>> after = Driver(log, policy.edit({"name": "mine"}), clock=clock, author="chen")
    >>> superseded(after, say=Words("en"))[0]["text"]
    'Your policy “mine” took the place of “standard”, put live by whoever started the desk (00:00). ...'
    """
    if not isinstance(driver, Driver) or driver.replaced is None:
        return []
    _own, before, *_earlier = Versions(driver.log).all()
    new, old = (shortened(visible(one.name), LONGEST_NAME) for one in (driver.desk.policy, driver.replaced))
    text = say(
        "Your policy “{new}” took the place of “{old}”, put live by {who} ({time}). Under Rules, Versions shows the "
        "difference and brings it back",
        new=new,
        old=old,
        who=say.agent(driver.desk, before.by) if before.by else say("whoever started the desk"),
        time=say.time(before.at, now=driver.desk.now),
    )
    return [{"about": "", "text": text}]
