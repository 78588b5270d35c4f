"""The events of a log as narrow frames, one per family of kinds: what measures read, without texts.

Rows come from the log by kind and are handed to polars as JSON lines, each family with its own few columns,
one slice parsed while the next is read: ten million events need seconds. This module knows what stands in an event,
not what it means; `deskkit.log.spans` says that.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from deskkit.desk import events
from deskkit.desk.desk import Desk
from deskkit.desk.tagging import LOOKED_AT
from deskkit.errors import LogError
from deskkit.log.words import word_counts
from deskkit.text import language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskkit.desk.policy import Policy
    from deskkit.log.log import EventLog

__all__ = ["INSTANT", "NAME", "Events", "joined", "scan"]

INSTANT: Final[pl.DataType] = pl.Datetime("ms", "UTC")
NAME: Final[pl.DataType] = pl.Categorical()
SLICE: Final = 40_000  # rows sorted and parsed together
AHEAD: Final = 2  # slices that wait to be parsed
SHORT: Final = 60  # characters; no six words are longer that a courtesy is made of
COURTESIES: Final = 20_000  # texts whose answer is remembered: "谢谢" comes often
KIND: Final = pl.Enum([str(kind.__struct_config__.tag) for kind in events.FACTS + events.DECISIONS])

# The fields that some family needs, as JSON holds them. Texts are read for their language alone, and not kept.
_JSON: Final = pl.Schema({
    "kind": KIND, "at": pl.Int64(), "conversation": NAME, "agent": NAME, "group": NAME, "customer": NAME,
    "automatic": pl.Boolean(), "origin": NAME, "channel": NAME, "language": NAME,
    "silent": pl.Boolean(), "reason": NAME, "action": NAME, "on": pl.Boolean(), "undo": pl.Boolean(),
    "transfers": pl.Int64(),
    "facet": NAME, "tag": NAME, "level": pl.Int64(), "rating": pl.Int64(), "event": NAME, "rung": pl.Int64(),
    "merged": pl.Int64(), "presence": NAME, "renewed": NAME,
    "role": NAME, "name": NAME, "capacity": pl.Float64(), "groups": pl.List(NAME),
    "text": pl.String(), "content_type": NAME,
})  # fmt: skip

_FAMILIES: Final[dict[str, tuple[tuple[type[events.Event], ...], tuple[str, ...]]]] = {
    "opened": ((events.ConversationOpened,), ("customer", "group", "origin", "agent", "channel", "language")),
    "messages": (
        (events.CustomerWrote, events.AgentWrote, events.SystemWrote),
        ("agent", "author", "courtesy"),
    ),
    "moves": (
        (
            events.OwnerSet, events.GroupSet, events.Assigned, events.Returned, events.Queued,
            events.TurnedAway, events.CustomerLeft, events.Resolved, events.Reopened, events.Snoozed,
            events.Archived, events.Unarchived, events.Tidied, events.Woken, events.Revived,
        ),
        ("kind", "agent", "group", "silent", "reason", "action", "undo", "transfers"),
    ),
    "helpers": ((events.HelperSet,), ("agent", "on")),
    "tags": ((events.TagSet, events.Tagged), ("kind", "facet", "tag", "on", "undo")),
    "levels": ((events.PrioritySet, events.Prioritised), ("kind", "level")),
    "views": ((events.Viewed,), ("agent",)),
    "notices": (
        (events.Notified, events.NoticeHeld),
        ("kind", "agent", "event", "level", "rung", "merged", "reason"),
    ),
    "presences": ((events.PresenceSet,), ("agent", "presence")),
    "agents": ((events.AgentSet,), ("agent", "name", "role", "groups", "capacity")),
    "ratings": ((events.Rated,), ("rating",)),
    "renewals": ((events.Renewed,), ("renewed",)),
    "peaks": ((events.PeakSet, events.PeakChanged), ("on",)),
}  # fmt: skip


AUTHORS: Final[pl.DataType] = pl.Enum(["customer", "agent", "automatic", "system"])
_AUTHOR: Final = (
    pl.when(pl.col("kind") == "customer_wrote").then(pl.lit("customer"))
    .when(pl.col("kind") == "system_wrote").then(pl.lit("system"))
    .when("automatic").then(pl.lit("automatic"))
    .when(pl.col("kind") == "agent_wrote").then(pl.lit("agent"))
).cast(AUTHORS)  # fmt: skip


_FAMILY_OF: Final[dict[str, str | None]] = {
    str(kind.__struct_config__.tag): next((name for name, (kinds, _) in _FAMILIES.items() if kind in kinds), None)
    for kind in events.FACTS + events.DECISIONS
}
_READ: Final = {"messages": ("kind", "agent", "automatic", "text", "content_type")}
_SCHEMAS: Final = {
    family: pl.Schema({name: _JSON[name] for name in ("at", "conversation", *_READ.get(family, fields))})
    for family, (_, fields) in _FAMILIES.items()
}


WORDS: Final = pl.Schema({"seq": pl.UInt32(), "at": INSTANT, "conversation": NAME, "words": pl.UInt32()})


class _Lines(NamedTuple):
    """Rows of one family, not yet parsed: their sequence numbers, and texts of some rows each in that order."""

    seqs: list[int]
    texts: list[bytes]


class Events(NamedTuple):
    """Events of a log by family, each a frame in order of `seq`.

    All have `seq` (UInt32), `at` (Datetime, ms, UTC) and `conversation` (null where there is none), and the fields
    their kinds have in `deskkit.desk.events`; a field that stands at its default may be null. `messages` say in
    `author` who wrote: customer, agent (by hand), automatic (an agent's, but not by hand) or system. `languages`
    has the first language each conversation's customer writes in; of several rows the first counts. `words` has how
    many words each message of a customer holds, where that was asked for.
    """

    opened: pl.DataFrame
    messages: pl.DataFrame
    moves: pl.DataFrame
    helpers: pl.DataFrame
    tags: pl.DataFrame
    levels: pl.DataFrame
    views: pl.DataFrame
    notices: pl.DataFrame
    presences: pl.DataFrame
    agents: pl.DataFrame
    ratings: pl.DataFrame
    renewals: pl.DataFrame
    peaks: pl.DataFrame
    languages: pl.DataFrame
    words: pl.DataFrame = pl.DataFrame(schema=WORDS)


def scan(
    log: EventLog, *, after: int = 0, until: int | None = None, policy: Policy | None = None, words: bool = False
) -> Events:
    """Read the events of a log as frames.

    Parameters
    ----------
    log : EventLog
    after : int
        Start behind this sequence number; see `joined`.
    until : int, optional
        Last sequence number; by default the last one when reading begins.
    policy : Policy, optional
        Says which messages are mere courtesies; without one, none is.
    words : bool, default False
        Whether the words of customers are counted too.

    Returns
    -------
    Events

    Raises
    ------
    LogError
        The log cannot be read.

    Examples
    --------
    >>> from deskkit.desk.events import ConversationOpened, CustomerWrote
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> _ = log.append([
    ...     ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang"),
    ...     CustomerWrote(at=5, source="doc", source_id="2", conversation="c1", message="m1", text="hello"),
    ... ], received_at=6)
    >>> found = scan(log)
    >>> found.opened.height, found.messages.select("seq", "author").rows()
    (1, [(2, 'customer')])
    """
    courteous = _nothing if policy is None else lru_cache(COURTESIES)(Desk(policy).is_courtesy)
    parts: dict[str, list[pl.DataFrame]] = {family: [_empty(family)] for family in _FAMILIES}
    parts |= {"languages": [pl.DataFrame(schema=_LANGUAGES)], "words": [pl.DataFrame(schema=WORDS)]}
    with ThreadPoolExecutor(max_workers=2) as beside:  # one slice is parsed while the next is read and sorted
        coming: deque[Future[dict[str, pl.DataFrame]]] = deque()
        for slice_ in _slices(log, after, until):
            coming.append(beside.submit(_parsed, slice_, courteous, words=words))
            while len(coming) > AHEAD:
                _take(parts, coming.popleft().result())
        for waiting in coming:
            _take(parts, waiting.result())
    return Events(**{family: pl.concat(frames) for family, frames in parts.items()})


def joined(first: Events, then: Events) -> Events:
    """Return the events of a log of which the first and the later ones were read apart.

    Examples
    --------
    >>> from deskkit.desk.events import PresenceSet
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> for n in (1, 2):
    ...     fact = PresenceSet(at=n, source="doc", source_id=str(n), agent="chen", presence="online")
    ...     _ = log.append([fact], received_at=n)
    >>> joined(scan(log, until=1), scan(log, after=1)).presences.equals(scan(log).presences)
    True
    """
    return Events(*(pl.concat(both, rechunk=True) for both in zip(first, then, strict=True)))


def _take(parts: dict[str, list[pl.DataFrame]], slice_: dict[str, pl.DataFrame]) -> None:
    for family, frame in slice_.items():
        parts[family].append(frame)


def _nothing(_text: str) -> bool:
    """Say that no text is a mere courtesy."""
    return False


def _slices(log: EventLog, after: int, until: int | None) -> Iterator[dict[str, _Lines]]:
    """Yield the rows of a log as JSON lines, sorted into families."""
    held: dict[str, _Lines] = {}
    count = 0
    for parts in log.lines(after, until=until):
        for part in parts:
            if part.kind not in _FAMILY_OF:
                raise LogError(
                    "The event cannot be read.", place=f"{log.url}, seq {part.seqs[0]}", value=part.kind,
                    expected="an event of this or an earlier release", example=f"deskkit verify --log {log.url}",
                )  # fmt: skip
            name = _FAMILY_OF[part.kind]
            if name is not None:
                family = held.setdefault(name, _Lines([], []))
                family.seqs.extend(part.seqs)
                family.texts.append(part.text)
            count += len(part.seqs)
        if count >= SLICE:
            yield held
            held, count = {}, 0
    yield held


def _parsed(slice_: dict[str, _Lines], courteous: Callable[[str], bool], *, words: bool) -> dict[str, pl.DataFrame]:
    """Return the rows of each family as a frame of its columns."""
    out = {}
    for name, family in slice_.items():
        frame = pl.read_ndjson(BytesIO(b"\n".join(family.texts)), schema=_SCHEMAS[name]).with_columns(
            pl.Series("seq", family.seqs, dtype=pl.UInt32), pl.col("at").cast(INSTANT)
        )
        if not frame["seq"].is_sorted():  # kinds of one family came apart
            frame = frame.sort("seq")
        if name == "messages":
            frame = frame.with_columns(_AUTHOR.alias("author"))
            frame = frame.with_columns(_courtesies(frame, courteous))
            out["languages"] = _languages(frame)
            if words:
                out["words"] = _counted(frame)
        out[name] = frame.select("seq", "at", "conversation", *_FAMILIES[name][1])
    return out


def _courtesies(frame: pl.DataFrame, courteous: Callable[[str], bool]) -> pl.Series:
    """Say of each row whether it is a customer's mere courtesy; only short texts can be one."""
    short = frame.select(
        pl.when((pl.col("author") == "customer") & (pl.col("text").str.len_chars() <= SHORT)).then("text")
    ).to_series()  # fmt: skip
    found = [text for text in short.unique().drop_nulls().to_list() if courteous(text)]
    return short.is_in(found).fill_null(value=False).alias("courtesy")


def _counted(frame: pl.DataFrame) -> pl.DataFrame:
    """Count the words of each text of a customer, as the desk does."""
    plain = pl.col("content_type").is_null() | (pl.col("content_type") == "text")
    said = frame.filter((pl.col("kind") == "customer_wrote") & plain)
    return said.select("seq", "at", "conversation", word_counts(said["text"].str.slice(0, LOOKED_AT)).alias("words"))


def _languages(frame: pl.DataFrame) -> pl.DataFrame:
    """Tell for each conversation of a slice the first language its customer writes in, where one can be told."""
    plain = pl.col("content_type").is_null() | (pl.col("content_type") == "text")
    said = frame.filter((pl.col("kind") == "customer_wrote") & plain)
    first = _told(said.unique("conversation", keep="first", maintain_order=True))
    unclear = said.join(first, on="conversation", how="anti")
    later = _told(unclear).unique("conversation", keep="first", maintain_order=True)
    return pl.concat([first, later])


def _told(said: pl.DataFrame) -> pl.DataFrame:
    found = [language(text) or None for text in said["text"].to_list()]
    told = said.select("seq", "at", "conversation", pl.Series("language", found, dtype=pl.String).cast(NAME))
    return told.filter(pl.col("language").is_not_null())


_MADE: Final[dict[str, pl.DataType]] = {"author": AUTHORS, "courtesy": pl.Boolean()}
_LANGUAGES: Final = pl.Schema({"seq": pl.UInt32(), "at": INSTANT, "conversation": NAME, "language": NAME})


def _empty(family: str) -> pl.DataFrame:
    types: dict[str, pl.DataType] = {"seq": pl.UInt32(), "at": INSTANT, "conversation": NAME}
    types |= {field: (_JSON | _MADE)[field] for field in _FAMILIES[family][1]}
    return pl.DataFrame(schema=types)
