"""What a log does not say, so that a number which rests on it is read with care.

A desk's own log says everything; an import says what its product exported. A measure of what is missing still has a
number (nobody waited, nobody looked), and these notes say what that number is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.log import imports
from deskkit.log.unended import unended

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.log.log import EventLog
    from deskkit.log.spans import Spans

__all__ = [
    "ASSIGNMENT", "EMPTY", "KEY_NOTES", "LEAVING", "NOTES", "TRANSFERS", "import_notes", "is_told",
    "known_of", "notes",
    "queue_told", "unended_notes",
]  # fmt: skip

NOTES: Final[dict[str, str]] = {
    "presence": "The log does not say who was present: occupancy and times present cannot be told.",
    "views": "The log does not say who looked at what: views are known from replies alone.",
    "notices": "The log holds no notices: nobody was alerted, or it is not known.",
    "waits": "No wait in the queue of a customer who was served has a length: the log does not say when those began to "
    "wait. Patience in the queue, its service level and the share who left from it cannot be told; see "
    "patience_first_word.",
    "decisions": "No rule has set a priority or a tag in this log, as in an import: every conversation is of normal "
    "priority. To have a policy decide about it: deskkit report --policy FILE --redecide.",
    "courtesies": "There is no policy to say which messages are mere courtesies: a thank-you counts as a turn that "
    "awaits an answer.",
    "renamed": "Tags are called as the policy calls them now: what was tagged under a name that it renamed or merged "
    "since counts under the new one, in all of the log. The log keeps the names of then; the policy lists them as "
    "renamed.",
    "redecided": "Decided anew by the policy: priorities, rules' tags and notices are what it would have decided, not "
    "what happened. Times, owners and closings are the log's.",
}
"""The last three are known to whoever asks for a report, not from the log."""

EMPTY: Final = "The log is empty."

LEAVING: Final[dict[str, str]] = {
    "none": "The log does not say when a customer left: abandonment cannot be told.",
    "some": "Not every source of the log says when a customer left: abandonment counts those who are known to have.",
}

TRANSFERS: Final[dict[str, str]] = {
    "none": "The log does not say when a conversation passed to another agent: transfers cannot be told.",
    "some": "Not every source of the log says when a conversation passed to another agent: transfers are those that "
    "are known.",
}

ASSIGNMENT: Final[dict[str, str]] = {
    "none": "The source does not say when a conversation was assigned, only when it was answered: times from the "
    "assignment, and what was said from then on, cannot be told.",
    "some": "Not every source of the log says when a conversation was assigned: where one does not, its first answer "
    "stands for it, and times from the assignment come out too short.",
}

KEY_NOTES: Final[dict[str, str]] = {
    "tag": "A conversation with several tags counts in the row of each, so the rows do not add up to the whole; one "
    "without a tag counts in the row (none).",
    "priority": "The priority is that of the moment counted (the reply, the notice, coming into the queue), but the "
    "one a conversation had last where whole conversations are counted; each measure says which.",
}
"""What is to be known of a report that is broken down by a key."""


def known_of(policy: Policy | None, by: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the notes that hold because of a policy, or because there is none, see `NOTES`.

    Parameters
    ----------
    policy : Policy, optional
    by : sequence of str
        Keys by which a report is broken down.

    Examples
    --------
    >>> known_of(None, ())
    ('courtesies',)
    """
    if policy is None:
        return ("courtesies",)
    is_renamed = "tag" in by and any(facet.renamed for facet in policy.schema.facets)
    return ("renamed",) if is_renamed else ()


def notes(spans: Spans, known: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what a log does not say, each in a sentence of `NOTES`.

    Parameters
    ----------
    spans : Spans
    known : sequence of str
        Names of further notes that hold, of `NOTES`.

    Returns
    -------
    tuple of str
        Of a log without conversations none.

    Examples
    --------
    >>> from deskkit.desk.events import ConversationOpened
    >>> from deskkit.log import open_log
    >>> from deskkit.log.spans import spans
    >>> log = open_log("memory:")
    >>> notes(spans(log))
    ()
    >>> opened = ConversationOpened(at=0, source="doc", source_id="1", conversation="c", customer="zhang")
    >>> _ = log.append([opened], received_at=0)
    >>> notes(spans(log))[0]
    'The log does not say who was present: occupancy and times present cannot be told.'
    """
    if spans.conversations.is_empty():
        return ()
    missing = {
        "presence": spans.presences.is_empty(),
        "views": spans.views.filter(~pl.col("replied")).is_empty(),
        "notices": spans.notices.is_empty(),
        "waits": not queue_told(spans),
        "decisions": spans.levels.filter(pl.col("level") != 1).is_empty()
        and spans.tags.filter(pl.col("by") == "rule").is_empty(),
    }
    return tuple(NOTES[name] for name in (*(name for name, lacks in missing.items() if lacks), *known))


def queue_told(spans: Spans) -> bool:
    """Tell whether the spans say how long customers who were served had waited in the queue.

    They do where one of those waits has a length, and where the desk itself gave conversations to agents: its waits of
    no length are genuine, those of an import are unknown. Where no agent had a conversation, nothing is missing.
    """
    served = spans.waits.filter(pl.col("outcome") == "served")
    return (
        not served.filter(pl.col("until") > pl.col("at")).is_empty()
        or not spans.stages.filter(pl.col("cause") == "assigned").is_empty()
        or spans.hands.filter(pl.col("role") == "owner").is_empty()
    )


def is_told(log: EventLog, spans: Spans, what: str) -> bool:
    """Tell whether a log says something that not every product tells, see `deskkit.log.imports`.

    It does where no import says that its source is silent on it, or where it is seen all the same.
    """
    _said, is_seen = _TELLING[what]
    return not imports.silent_on(log, what) or is_seen(spans)


def import_notes(log: EventLog, spans: Spans) -> tuple[str, ...]:
    """Return what the imports into a log do not tell, and what they took for given.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> from deskkit.log.imports import note_assumptions
    >>> from deskkit.log.spans import spans
    >>> from deskkit.desk.events import PeakSet
    >>> log = open_log("memory:")
    >>> _ = log.append([PeakSet(at=n, source="shop", source_id=str(n), on=True) for n in range(9)], received_at=9)
    >>> note_assumptions(log, "shop", {"the customer left": 3})
    >>> import_notes(log, spans(log))
    ('The import from shop took for given: the customer left (3 times).',)
    """
    silent = (
        said["some" if is_seen(spans) else "none"]
        for what, (said, is_seen) in _TELLING.items()
        if imports.silent_on(log, what)
    )
    taken: dict[str, list[str]] = {}
    for one in imports.assumptions(log):
        taken.setdefault(one.source, []).append(f"{one.what} ({one.times:,} times)")
    assumed = (f"The import from {source} took for given: {'; '.join(said)}." for source, said in taken.items())
    return (*silent, *assumed)


def unended_notes(log: EventLog) -> tuple[str, ...]:
    """Return which imports into a log stored a part and did not end: every number is one of that part.

    Examples
    --------
    >>> from deskkit.desk.events import PeakSet
    >>> from deskkit.log import open_log
    >>> from deskkit.log.unended import Unended, note_unended
    >>> log = open_log("memory:")
    >>> _ = log.append([PeakSet(at=0, source="shop", source_id="1", on=True)], received_at=0)
    >>> note_unended(log, Unended("shop", 0, 9, facts=4, began=0, stored=1))
    >>> unended_notes(log)
    ('An import of shop did not end: 1 of its facts are stored; run the same import again.',)
    """
    stored: dict[str, int] = {}
    for one in unended(log):
        stored[one.source] = stored.get(one.source, 0) + one.stored
    return tuple(
        f"An import of {source} did not end: {count:,} of its facts are stored; run the same import again."
        for source, count in stored.items()
    )


def _some_passed_on(spans: Spans) -> bool:
    return not spans.conversations.filter(pl.col("transfers") > 0).is_empty()


def _some_before_a_word(spans: Spans) -> bool:
    """Tell whether a conversation was first given to an agent at another instant than that of a message by hand."""
    given = spans.conversations.filter(pl.col("assigned_at").is_not_null()).select("conversation", at="assigned_at")
    return not given.join(spans.views.filter("replied"), on=["conversation", "at"], how="anti").is_empty()


def _somebody_left(spans: Spans) -> bool:
    left = pl.col("closing").cast(pl.String).is_in(["customer_left", "turned_away"])
    return (
        not spans.conversations.filter(left).is_empty()
        or not spans.waits.filter(pl.col("outcome").cast(pl.String).is_in(["left", "turned_away"])).is_empty()
    )


_TELLING: Final[dict[str, tuple[dict[str, str], Callable[[Spans], bool]]]] = {
    imports.LEAVING: (LEAVING, _somebody_left),
    imports.TRANSFERS: (TRANSFERS, _some_passed_on),
    imports.ASSIGNMENT: (ASSIGNMENT, _some_before_a_word),
}
"""What not every product tells: the notes on it, and how to see that a log holds some of it."""
