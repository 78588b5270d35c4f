"""Meiqia's own counts, held against the messages.

Exports of 2017 do not tell which messages were automatic, and no export has a word for a promotion; but the
counts leave automatic messages out, and the first response is the first by hand. So the counts say *how many*
were automatic, and the places where a welcome, a promotion and an ending stand say *which*. Welcomes, endings
and remarks that the export tells itself stay what they are. This module makes no facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.feeds import meiqia_model as model
from deskkit.feeds.values import whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deskkit.feeds.meiqia_reader import Reader, Said

__all__ = ["compare", "mark_uncounted"]

_TOLERANCE_MS: Final = 1_500  # first responses are given in whole seconds
_FIRST: Final = "conv_first_resp_wait_in_secs"


def mark_uncounted(said: Sequence[Said], record: Mapping[str, Any], reader: Reader, *, begin: int, ended: bool) -> None:
    """Take messages that Meiqia does not count for what they are: automatic, or a last remark.

    Parameters
    ----------
    said : sequence of Said
        In order of time; their kind is changed in place.
    begin : int
        Start of the conversation, milliseconds.
    ended : bool
        Whether it is over: only then is there an ending.
    """
    replies = [one for one in said if one.replies]
    count, _ = whole(record.get("conv_agent_msg_count"))
    surplus = 0 if count is None else len(replies) - count
    marked = _automatic(said, replies, surplus, record, begin)
    if ended and marked < surplus and replies and not replies[-1].told and replies[-1].replies:
        replies[-1].kind = model.AUTOMATIC
        marked += 1
    if marked:
        reader.report.assume("agent messages that Meiqia does not count were automatic")
    asked = [one for one in said if one.asks]
    count, _ = whole(record.get("conv_visitor_msg_count"))
    one_more = count is not None and len(asked) == count + 1
    spoken = [one for one in said if one.sender in ("client", "agent")]
    if ended and one_more and spoken[-1] is asked[-1] and not asked[-1].told:
        asked[-1].kind = model.REMARK
        reader.report.assume("a last customer message that Meiqia does not count was a remark")


def _automatic(
    said: Sequence[Said], replies: Sequence[Said], surplus: int, record: Mapping[str, Any], begin: int
) -> int:
    """Mark what stands before the customer's first message or the first reply by hand; return how many."""
    first = next((one.at for one in said if one.asks), None)
    by_hand = _first_by_hand(said, record, begin)
    answered = whole(record.get(_FIRST))[0] is not None
    marked = 0
    for one in replies:
        early = first is None or one.at < first or (by_hand is not None and one.at < by_hand)
        # A word for "written" holds against a count of none only if somebody is said to have responded.
        none_by_hand = surplus == len(replies) and not (one.told and answered)
        if marked < surplus and (early or none_by_hand):
            one.kind = model.AUTOMATIC
            marked += 1
    return marked


def _first_by_hand(said: Sequence[Said], record: Mapping[str, Any], begin: int) -> int | None:
    """Return when the first reply by hand came, if a message of an agent fits the first response given."""
    seconds, _ = whole(record.get(_FIRST))
    if seconds is None:
        return None
    fits = (one.at for wait, one in _waits(said, begin) if abs(seconds * 1000 - wait) <= _TOLERANCE_MS)
    return next(fits, None)


def _waits(said: Sequence[Said], begin: int) -> Iterator[tuple[int, Said]]:
    """Yield each reply with its wait from the start, and from the customer's first message if it came after that."""
    asked = next((one.at for one in said if one.asks), None)
    for one in said:
        if one.replies:
            yield one.at - begin, one
            if asked is not None and one.at >= asked:
                yield one.at - asked, one


def compare(said: Sequence[Said], record: Mapping[str, Any], reader: Reader, *, begin: int) -> None:
    """Count as conflicting what Meiqia derived otherwise than the messages say; the messages are right."""
    conflict = reader.report.conflict
    replies = [one for one in said if one.replies]
    asked = [one for one in said if one.asks]
    for name, found in (("conv_agent_msg_count", len(replies)), ("conv_visitor_msg_count", len(asked))):
        count = reader.coerced(record.get(name), name, whole)
        conflict(name, count, f"{found} among its messages", when=count is not None and count != found)
    missed = reader.flag(record.get("missed"))
    waited = bool(asked) and not replies
    told = f"{len(replies)} replies to {len(asked)} messages"
    conflict("missed", missed, told, when=bool(replies) if missed else missed is False and waited)
    seconds = reader.coerced(record.get(_FIRST), _FIRST, whole)
    if seconds is None or not replies:
        conflict(_FIRST, seconds, f"{len(replies)} replies", when=(seconds is None) != (not replies))
        return
    asked_at = asked[0].at if asked else begin
    answer = next((one for one in replies if one.at >= asked_at), replies[0])
    waits = [wait for wait, one in _waits(said, begin) if one in (replies[0], answer)]
    apart = all(abs(seconds * 1000 - wait) > _TOLERANCE_MS for wait in waits)
    conflict(_FIRST, seconds, f"{' or '.join(f'{wait / 1000:g}' for wait in waits)} s", when=apart)
