"""What the first rows of a table would become by a column map, before anything is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from deskkit.errors import FactError, FeedError
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.report import ImportReport
from deskkit.feeds.table import open_table, times_of
from deskkit.feeds.table_facts import TableFacts
from deskkit.feeds.table_reader import TableReader

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.desk.events import Fact

__all__ = ["Preview", "preview"]

_AT: Final = pl.Datetime("ms", "UTC")
_SCHEMA: Final = pl.Schema([
    ("row", pl.Int64()), ("at", _AT), ("kind", pl.String()), ("conversation", pl.String()), ("who", pl.String()),
    ("says", pl.String()),
])  # fmt: skip


class Preview(NamedTuple):
    """What the first rows of a table would become.

    Attributes
    ----------
    facts : DataFrame with row, at, kind, conversation, who, says
        `row` counts from 1.
    problems : list of str
        Why rows would be set aside or skipped, or why the map is refused.
    """

    facts: pl.DataFrame
    problems: list[str]


def preview(
    table: object,
    map: ColumnMap | str | Path,  # noqa: A002 - it is what a map is called
    *,
    n: int = 5,
    zone: str | None = None,
) -> Preview:
    r"""Show what the first rows of a table would become; nothing is stored.

    Parameters
    ----------
    table : path, polars frame or pandas frame
    map : ColumnMap or path
    n : int
        Rows.
    zone : str, optional
        As for `import_table`; without any, times are read in UTC and a problem says so.

    Examples
    --------
    >>> frame = pl.DataFrame({"call": [1], "came": ["2026-06-18 10:30:00"]})
    >>> calls = ColumnMap.parse('rows = "conversation"\nconversation.id = "call"\ntimes.opened = "came"')
    >>> preview(frame, calls, zone="UTC").facts["kind"].to_list()
    ['conversation_opened', 'customer_wrote']
    """
    problems: list[str] = []
    made: list[dict[str, object]] = []
    try:
        columns = map if isinstance(map, ColumnMap) else ColumnMap.load(map)
        if not zone and not columns.spec.zone:
            problems.append("No zone is declared; here times are read in UTC.")
            zone = "UTC"
        times = times_of(columns, zone)
        opened = open_table(table, columns)
    except FeedError as error:
        return Preview(pl.DataFrame(schema=_SCHEMA), [*problems, str(error)])
    maker = TableFacts(
        columns.spec, TableReader(times, ImportReport(columns.spec.source, times.zone), columns.spec, opened.columns)
    )
    for number, (row, _) in enumerate(opened.rows, 1):
        if number > n:
            break
        try:
            rule = "" if row.problem else maker.skipped(row.cells)
            facts = [] if rule or row.problem else maker.of(row.cells)
        except FactError as error:
            problems.append(f"Row {number}: {error.problem}.")
            continue
        if rule or row.problem:
            problems.append(f"Row {number}: {row.problem or f'skipped, {rule}'}.")
        made += [_shown(number, fact) for fact in facts]
    opened.close()
    return Preview(pl.DataFrame(made, schema=_SCHEMA), problems)


def _shown(row: int, fact: Fact) -> dict[str, object]:
    who = getattr(fact, "agent", "") or getattr(fact, "customer", "")
    says = next((getattr(fact, name) for name in ("text", "tag", "level", "rating", "name") if hasattr(fact, name)), "")
    return {
        "row": row,
        "at": fact.at,
        "kind": type(fact).__struct_config__.tag,
        "conversation": getattr(fact, "conversation", ""),
        "who": who,
        "says": str(says),
    }
