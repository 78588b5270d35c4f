"""Room: what weighs on each agent, and how much each may hold, by the policy; as the desk's core has it.

All in thousandths of a unit. What customers wrote has to be counted as the log is read, see `counts_words`: else a
conversation that is complex by its words weighs here what a simple one does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.desk.names import other_names

if TYPE_CHECKING:
    from datetime import datetime

    from deskkit.desk.schema import Schema
    from deskkit.log.spans import Spans

__all__ = ["allowed", "at_hand", "counts_words", "standing_at"]

UNIT: Final = 1_000
HUNDRED: Final = 100
INQUIRY: Final = 1  # the place of that facet
_OF: Final = "conversation"


def standing_at(rows: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Return what held at an instant, of rows with `at` and `until`."""
    return rows.filter((pl.col("at") <= now) & (pl.col("until").is_null() | (pl.col("until") > now)))


def counts_words(rules: Schema | None) -> bool:
    """Say whether by these rules the words that customers wrote make a conversation weigh more.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> counts_words(Policy.load("data/policies/standard.toml").schema), counts_words(None)
    (True, False)
    """
    return rules is not None and rules.complexity.hundred_words > 0 and rules.capacity.complex_factor != UNIT


def at_hand(spans: Spans, now: datetime, rules: Schema | None) -> pl.DataFrame:
    """Return what weighs on each agent at an instant.

    Parameters
    ----------
    spans : Spans
    now : datetime
    rules : Schema, optional
        Without them each conversation that an agent has weighs one unit.

    Returns
    -------
    DataFrame, one row per agent who has any
        `agent` and `held`.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> from deskkit.log.spans import spans
    >>> empty = spans(open_log("memory:"))
    >>> at_hand(empty, empty.end, None).columns
    ['agent', 'held']
    """
    hands = standing_at(spans.hands, now)
    owned = hands.filter(pl.col("role") == "owner")
    if rules is None:
        return owned.group_by("agent").agg((pl.len() * UNIT).cast(pl.Int64).alias("held"))
    weights = rules.capacity
    asks = standing_at(spans.turns, now).filter(pl.col("outcome") != "after_close").select(_OF, asks=True).unique()
    owned = owned.join(asks, on=_OF, how="left").join(_points(owned, spans, now, rules), on=_OF, how="left")
    units = pl.when("asks").then(pl.lit(weights.waiting_for_agent)).otherwise(pl.lit(weights.waiting_for_customer))
    is_complex = pl.col("points") >= weights.complex_from
    owned = owned.select(
        "agent", held=pl.when(is_complex).then(units * weights.complex_factor // UNIT).otherwise(units).cast(pl.Int64)
    )
    helps = hands.filter(pl.col("role") == "helper").select("agent", held=pl.lit(weights.helper, pl.Int64))
    return pl.concat([owned, helps]).group_by("agent").agg(pl.col("held").sum())


def _points(owned: pl.DataFrame, spans: Spans, now: datetime, rules: Schema) -> pl.DataFrame:
    """Return the points of complexity of conversations."""
    mine, by = owned.select(_OF).unique(), rules.complexity
    asked = spans.turns.filter(pl.col("at") <= now).join(mine, on=_OF, how="semi")
    turns = asked.group_by(_OF).agg(turns=pl.len(), last=pl.col("last_message_at").max())
    # What is said after the last turn, a mere courtesy, is counted with the next one.
    said = spans.words.filter(pl.col("at") <= now).join(turns.select(_OF, "last"), on=_OF, how="inner")
    said = said.filter(pl.col("at") <= pl.col("last")).group_by(_OF).agg(hundreds=pl.col("words").sum() // HUNDRED)
    inquiry = (pl.col("facet").cast(pl.String) == rules.facets[INQUIRY].name) & (pl.col("at") <= now)
    inquiries = spans.tags.filter(inquiry).group_by(_OF).agg(inquiries=pl.len())
    rows = mine.join(spans.conversations.select(_OF, "transfers"), on=_OF, how="left")
    for part in (turns.drop("last"), inquiries, said):
        rows = rows.join(part, on=_OF, how="left")
    counts = {"turns": by.turn, "inquiries": by.inquiry, "transfers": by.transfer, "hundreds": by.hundred_words}
    points = pl.sum_horizontal(pl.col(name).fill_null(0).cast(pl.Int64) * each for name, each in counts.items())
    return rows.select(_OF, points=points)


def allowed(agents: pl.DataFrame, rules: Schema | None, *, is_peak: bool) -> pl.DataFrame:
    """Return how much each agent may hold: by their own entry, their groups or in general; in peak mode shifted.

    Returns
    -------
    DataFrame, one row per agent of whom that is known
        `agent` and `most`.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> agents = pl.DataFrame(
    ...     {"agent": ["chen", "lin"], "capacity": [None, 3.0], "groups": [None, None]},
    ...     schema_overrides={"groups": pl.List(pl.String)},
    ... )
    >>> allowed(agents, Policy.load("data/policies/standard.toml").schema, is_peak=False).rows()
    [('chen', 5000), ('lin', 3000)]
    >>> allowed(agents, None, is_peak=False).rows()
    [('lin', 3000)]
    """
    own = pl.col("capacity") * UNIT
    if rules is None:
        return agents.filter(pl.col("capacity").is_not_null()).select("agent", most=own.round().cast(pl.Int64))
    names = other_names(rules.groups)
    rooms = [_rooms([names.get(one, one) for one in groups or ()], rules) for groups in agents["groups"].to_list()]
    rows = agents.with_columns(
        own=own.round().cast(pl.Int64),
        plain=pl.Series([plain for plain, _ in rooms], dtype=pl.Int64),
        now=pl.Series([room[is_peak] for room in rooms], dtype=pl.Int64),
    )
    shifted = pl.when(pl.col("own") > 0).then(pl.col("own") + pl.col("now") - pl.col("plain")).otherwise("own")
    return rows.select("agent", most=pl.coalesce(shifted, "now"))


def _rooms(groups: list[str], rules: Schema) -> tuple[int, int]:
    """Return what members of groups may hold who have no entry of their own: else, and in peak mode."""
    of, peak = rules.capacity.groups, rules.peak.capacity_groups
    plain = max((of.get(name, 0) for name in groups), default=0)
    most = max((peak.get(name, of.get(name, 0)) for name in groups), default=0)
    return plain or rules.capacity.agent, most or rules.peak.capacity
