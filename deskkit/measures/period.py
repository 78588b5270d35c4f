"""Whether a log holds anything of the period that is asked about, and the refusal where it does not.

A period beyond the log is a slip of the pen (a wrong year), and numbers of nothing would hide it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from deskkit.arguments import LOG, POLICY, WHOLE, expect
from deskkit.clock import moment
from deskkit.desk.events import PolicyChanged
from deskkit.errors import MeasureError

if TYPE_CHECKING:
    from deskkit.log.log import EventLog

__all__ = ["check_asked", "check_period", "refuse_span"]

_DAY_MS = 86_400_000


def check_asked(place: str, log: object, policy: object, **instants: object) -> None:
    """Refuse what is no log, no policy, or no instant in milliseconds; an instant may be left out (None).

    Parameters
    ----------
    place : str
        Who asks.

    Raises
    ------
    ArgumentError
    """
    expect(LOG, place, log=log)
    expect(POLICY, place, policy=policy)
    expect(WHOLE, place, **{name: value for name, value in instants.items() if value is not None})


def check_period(begin: int | None, end: int | None, *, first: int, last: int, zone: str) -> None:
    """Refuse a period that begins after a log's last instant, or ends by its first.

    Parameters
    ----------
    begin, end : int or None, milliseconds since the UTC epoch
        What began from `begin` on and before `end`.
    first, last : int, milliseconds since the UTC epoch
        Of the log.
    zone : str
        In which the refusal names instants.

    Raises
    ------
    MeasureError
        The log holds nothing then; its first and last instant are named, with a corrected example.

    Examples
    --------
    >>> check_period(5, None, first=0, last=5, zone="UTC")
    >>> check_period(6, None, first=0, last=5, zone="UTC")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    deskkit.errors.MeasureError: period: The log ends before the period begins. ...
    """
    if begin is not None and end is not None and begin >= end:
        _refuse("The period ends before it begins.", end, first=first, last=last, zone=zone)
    if begin is not None and begin > last:
        _refuse("The log ends before the period begins.", begin, first=first, last=last, zone=zone)
    if end is not None and end <= first:
        _refuse("The log begins after the period has ended.", end, first=first, last=last, zone=zone)


def refuse_span(log: EventLog, start: int | None, until: int | None, *, zone: str, decided: bool) -> NoReturn:
    """Refuse a span of a log that was gone over and had nothing in it; parameters as for `replay`.

    Parameters
    ----------
    log : EventLog
    start, until : int or None, milliseconds since the UTC epoch
    zone : str
    decided : bool
        Whether it goes by what was decided in the log, which is nothing before its first policy.

    Raises
    ------
    MeasureError
        Always.
    """
    instants = [stored.at for stored in log.read()]
    first, last = min(instants), max(instants)
    check_period(start, None if until is None else until + 1, first=first, last=last, zone=zone)
    at = last if until is None else until
    changed = next((stored.at for stored in log.read(kinds=[PolicyChanged], limit=1)), first)
    if decided and at < changed:
        _refuse("Nothing was decided in this log by then.", at, first=changed, last=last, zone=zone)
    _refuse("The log holds nothing of this period.", at, first=first, last=last, zone=zone)


def _refuse(problem: str, at: int, *, first: int, last: int, zone: str) -> NoReturn:
    """Say what is wrong with an instant of a period, what the log covers, and what to ask for."""
    days = (moment(one, zone=zone)[:10] for one in (first, last + _DAY_MS))
    raise MeasureError(
        problem, place="period", value=f"{moment(at, zone=zone)} ({zone})",
        expected=f"a period within {moment(first, zone=zone)} to {moment(last, zone=zone)} ({zone}), all that the log "
        "covers", example="--from {} --to {}".format(*days),
    )  # fmt: skip
