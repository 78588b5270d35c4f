"""In which zone the times of a command are meant: one rule for every command that reads a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.clock import instant
from deskkit.errors import DeskkitError, FeedError, LogError
from deskkit.feeds.zones import declared_zone
from deskkit.log import open_log
from deskkit.log.in_force import policy_in_force
from deskkit.zones import zone_of

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog

__all__ = ["declared_in", "time_in", "zone_in"]


def zone_in(log: EventLog, given: str | None, policy: Policy | None) -> str:
    """Return the zone of --zone, else of the policy the command names, the log's imports, the log's policy, or UTC.

    Raises
    ------
    FeedError
        There is no such zone.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> zone_in(open_log("memory:"), "Asia/Shanghai", None), zone_in(open_log("memory:"), None, None)
    ('Asia/Shanghai', 'UTC')
    """
    if given is not None:
        try:
            zone_of(given)
        except ValueError as error:
            raise FeedError(
                "There is no such zone.", place="--zone", value=given, expected="an IANA zone",
                example="--zone Asia/Shanghai",
            ) from error  # fmt: skip
        return given
    if policy is not None:
        return policy.schema.zone
    if (declared := declared_zone(log)) is not None:
        return declared
    known = policy_in_force(log)
    return "UTC" if known is None else known.schema.zone


def declared_in(url: str) -> str | None:
    """Return the zone that the imports into a log declared, for what is to be written there; None is never a guess.

    Examples
    --------
    >>> declared_in("sqlite:///nowhere.db") is None
    True
    """
    try:
        with open_log(url, create=False, read_only=True) as log:
            return declared_zone(log)
    except LogError:  # there is none yet
        return None


def time_in(text: str | None, zone: str, option: str) -> int | None:
    """Return the instant that an option names, milliseconds; None where it was not given.

    Raises
    ------
    FeedError
        It is no time.

    Examples
    --------
    >>> time_in("1970-01-01T08:00:01", "Asia/Shanghai", "--from"), time_in(None, "UTC", "--from")
    (1000, None)
    """
    if text is None:
        return None
    try:
        return instant(text, zone=zone)
    except DeskkitError as error:
        raise FeedError(error.problem, place=option, value=text, example=f"{option} 2026-06-15") from error
