"""Meiqia's own counts, held against the messages.

Exports of 2017 do not tell which messages were automatic, but their counts leave those out, and the first
response is the first by hand. So the counts say *how many* were automatic, and the places where a welcome, a
promotion and an ending stand say *which*. Of what the export tells itself nothing is changed. This module
makes no facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.feeds import meiqia_model as model
from deskkit.feeds.values import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.feeds.meiqia_reader import Reader, Said

__all__ = ["compare", "mark_uncounted"]

_TOLERANCE_MS: Final = 1_500  # first responses are given in whole seconds
_FIRST: Final = "conv_first_resp_wait_in_secs"


def mark_uncounted(said: Sequence[Said], record: Mapping[str, Any], reader: Reader, *, begin: int, ended: bool) -> None:
    """Take untold messages that Meiqia does not count for what they are: automatic, or a last remark.

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
    marked = _automatic(said, replies, surplus, _first_by_hand(said, record, begin))
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


def _automatic(said: Sequence[Said], replies: Sequence[Said], surplus: int, by_hand: int | None) -> int:
    """Mark what stands before the customer's first message or the first reply by hand; return how many."""
    first = next((one.at for one in said if one.asks), None)
    everything = surplus == len(replies)
    marked = 0
    for one in replies:
        early = first is None or one.at < first or (by_hand is not None and one.at < by_hand)
        if marked < surplus and not one.told and (early or everything):
            one.kind = model.AUTOMATIC
            marked += 1
    return marked


def _first_by_hand(said: Sequence[Said], record: Mapping[str, Any], begin: int) -> int | None:
    """Return when the first reply by hand came, if a message of an agent fits the first response given."""
    seconds, _ = whole(record.get(_FIRST))
    if seconds is None:
        return None
    due = begin + seconds * 1000
    return next((one.at for one in said if one.replies and abs(one.at - due) <= _TOLERANCE_MS), None)


def compare(said: Sequence[Said], record: Mapping[str, Any], reader: Reader, *, begin: int) -> None:
    """Count as conflicting what Meiqia derived otherwise than the messages say; the messages are right."""
    fields = reader.fields
    replies = [one for one in said if one.replies]
    asked = [one for one in said if one.asks]
    for name, found in (("conv_agent_msg_count", len(replies)), ("conv_visitor_msg_count", len(asked))):
        count = reader.coerced(record.get(name), name, whole)
        fields[name].conflicting += count is not None and count != found
    missed = reader.flag(record.get("missed"))
    waited = bool(asked) and not replies
    fields["missed"].conflicting += bool(replies) if missed else missed is False and waited
    seconds = reader.coerced(record.get(_FIRST), _FIRST, whole)
    if seconds is None or not replies:
        fields[_FIRST].conflicting += (seconds is None) != (not replies)
        return
    anchors = [begin, *(one.at for one in asked[:1])]
    waits = [replies[0].at - anchor for anchor in anchors]
    fields[_FIRST].conflicting += all(abs(seconds * 1000 - wait) > _TOLERANCE_MS for wait in waits)
