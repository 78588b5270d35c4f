"""The customers of a run as tables of integers, by columns: what is known of them, when they come, what they write.

The tables of a workload hold names and texts, many of them again and again: each is read once, and its number put
wherever it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
import polars as pl

from deskkit.desk import columns as k
from deskkit.desk import rows as border
from deskkit.desk import state as states
from deskkit.desk.checks import check
from deskkit.desk.events import FACETS
from deskkit.desk.rules import draw
from deskkit.desk.tagging import LOOKED_AT, is_courtesy
from deskkit.sim import said
from deskkit.sim.compiled import columns as w
from deskkit.sim.compiled.shapes import table
from deskkit.text import language as language_of
from deskkit.text import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import HistorySeeded
    from deskkit.sim.workload import Workload

    Ints = NDArray[np.int64]

__all__ = ["Known", "contacts_of", "known_of", "turns_of"]

_decode: Final = msgspec.json.Decoder().decode
_NOBODY_YET: Final = [
    w.NUMBER, w.ASKED, w.ASSIGNED_AT, w.NOTICED_AT, w.LEFT_MS, w.QUEUED_AT, w.OWNER, w.HELPER, w.TAKEN, w.TOUCHES,
    w.HOLDER0, w.HOLDER1,
]  # fmt: skip
_LAST: Final = r'"last_order": ?(-?[0-9]{1,15})([,}])'  # the field that is another for each customer


class Known(NamedTuple):
    """What the desk is told of customers before they write.

    Attributes
    ----------
    fields, past, tags : array of int, one row for each fact
    customer_of, field_of, past_of : array of int, one for each conversation
        The number of its customer, its rows; -1: none.
    tags_of : array of int, shape (conversations, 2)
        The first of its rows, and how many there are.
    """

    fields: Ints
    past: Ints
    tags: Ints
    customer_of: Ints
    field_of: Ints
    past_of: Ints
    tags_of: Ints


def known_of(desk: Desk, rows: pl.DataFrame, begin: int) -> Known:
    """Read what is known of the customers of a workload; all get their numbers."""
    names = rows["customer"].unique(maintain_order=True)
    has_name = (names != "").to_numpy()
    desk.customers.add(names.filter(has_name).to_list())
    customer_of = np.where(has_name, np.cumsum(has_name) - 1, -1)[_places(rows["customer"], names)]
    fields, field_of = _fields(desk, rows)
    past, past_of = _past(desk, rows, begin)
    tags: list[list[int]] = []
    tags_of = _each(rows["tags"], lambda text: _tags(desk, text, tags)).reshape(-1, 2)
    return Known(fields, past, table(tags, 2), customer_of, field_of, past_of, tags_of)


def _each(column: pl.Series, read: Callable[[str], Any]) -> Ints:
    """Return what is read out of each text of a column; each different text is read once."""
    different = column.unique(maintain_order=True)
    return np.array([read(one) for one in different.to_list()], dtype=np.int64)[_places(column, different)]


def _places(column: pl.Series, different: pl.Series) -> Ints:
    """Return the place of each text of a column among the different ones."""
    return column.cast(pl.Enum(different)).to_physical().to_numpy().astype(np.int64)


# ---------------------------------------------------------------- what is known


def _fields(desk: Desk, rows: pl.DataFrame) -> tuple[Ints, Ints]:
    """Return customers' fields, and the row of each conversation; texts that differ in an instant are read once."""
    text = pl.col("fields")
    once = text.str.count_matches('"last_order"', literal=True) == 1
    seen = rows.select("customer", "fields", last=pl.when(once).then(text.str.extract(_LAST, 1).cast(pl.Int64)))
    plain = text.str.replace(_LAST, '"last_order": 0$2')
    seen = seen.with_columns(alike=pl.when(pl.col("last").is_null()).then(text).otherwise(plain))
    different = seen["alike"].unique(maintain_order=True)
    told = [_decode(one) for one in different.to_list()]
    place = _places(seen["alike"], different)
    fields = table([_own(desk, one) for one in told], w.KNOWN_FIELDS)[place]
    dated = ~seen["last"].is_null().to_numpy()
    fields[dated, w.KNOWN_LAST_ORDER] = seen["last"].drop_nulls().to_numpy()
    is_told = np.array([bool(one) for one in told], dtype=bool)[place]
    _put_beside(desk, seen, is_told, fields)
    return fields, np.where(is_told, np.arange(rows.height), -1)


def _own(desk: Desk, told: dict[str, Any]) -> list[int]:
    """Return fields as the numbers that rules read."""
    nobody = states.empty()
    states.add_customer(nobody)
    one = nobody.customer[0]
    border.put_fields(desk, one, told)
    return [one[k.ORDERS], one[k.SPEND], one[k.LAST_ORDER], *one[k.OWN0 : k.OWN0 + k.OWN_MAX]]


def _put_beside(desk: Desk, seen: pl.DataFrame, is_told: NDArray[np.bool_], fields: Ints) -> None:
    """Put what is told of a customer beside what was told before, where it is not of the same fields."""
    differs = seen.select(pl.col("alike").n_unique().over("customer") > 1).to_series().to_numpy()
    known: dict[str, dict[str, Any]] = {}
    for row in np.flatnonzero(differs & is_told).tolist():
        customer, text = seen["customer"][row], seen["fields"][row]
        known[customer] = known.get(customer, {}) | _decode(text)
        fields[row] = _own(desk, known[customer])


def _past(desk: Desk, rows: pl.DataFrame, begin: int) -> tuple[Ints, Ints]:
    """Return customers' past, and the row of each conversation."""
    past: list[list[int]] = []
    past_of = np.full(rows.height, -1, dtype=np.int64)
    told = rows.with_row_index("index").filter(pl.col("history") != "{}")
    for index, at, customer, history in told.select("index", "at", "customer", "history").iter_rows():
        if found := _decode(history):
            past_of[index] = len(past)
            past.append(_past_row(desk, said.has_history(max(at, begin), index, customer, found)))
    return table(past, w.PAST_WIDTH), past_of


def _past_row(desk: Desk, fact: HistorySeeded) -> list[int]:
    """Return the row of a past, if it is one that the desk itself would take."""
    check(desk, fact)
    contacts = sorted(fact.contacts)[-k.CONTACTS_KEPT :]
    past = [0] * w.PAST_WIDTH
    past[w.P_UNRESOLVED], past[w.P_TRANSFERS] = fact.unresolved, fact.transfers
    past[w.P_RATED] = past[w.P_LAST] = -1
    if fact.rating is not None and fact.rated_at is not None:
        past[w.P_RATING], past[w.P_RATED] = fact.rating, fact.rated_at
    if fact.last_agent:
        past[w.P_LAST] = desk.agent(fact.last_agent)
    past[w.P_COUNT] = len(contacts)
    past[w.P_CONTACT0 : w.P_CONTACT0 + len(contacts)] = contacts
    return past


def _tags(desk: Desk, text: str, tags: list[list[int]]) -> tuple[int, int]:
    """Add tags put on by hand to a table; return the first of its new rows, and how many there are."""
    first = len(tags)
    for facet, tag in _decode(text):
        number = FACETS.index(facet)
        tags.append([number, border.bit(desk, number, tag)])
    return first, len(tags) - first


# ---------------------------------------------------------------- who comes, and with what


def contacts_of(desk: Desk, workload: Workload, known: Known, languages: dict[str, int]) -> Ints:
    """Return the row of each contact."""
    rows = workload.conversations
    found = np.zeros((rows.height, w.CONTACT_WIDTH), dtype=np.int64)
    seed = draw(workload.key.seed & 0x7FFFFFFF, workload.key.replication)
    found[:, w.KEY] = draw(seed, np.arange(rows.height))  # type: ignore[arg-type]
    for column, name in (
        (w.ARRIVES, "at"), (w.PATIENCE, "queue_patience_ms"), (w.SILENT, "silent"), (w.FIRST, "first"),
        (w.STORED, "stored"), (w.TURNS, "turns"), (w.ASKS_HELP, "help"), (w.STREAM, "stream"),
    ):  # fmt: skip
        found[:, column] = rows[name].to_numpy()
    found[:, w.RATING] = rows["rating"].fill_null(w.NO_RATING).to_numpy()
    for column, name, number in (
        (w.GROUP, "group", lambda group: desk.group(group) if group else -1),
        (w.PASSED_TO, "transfer_to", lambda group: desk.group(group) if group else -1),
        (w.LANGUAGE, "language", lambda language: languages.get(language, -1)),
    ):
        found[:, column] = _each(rows[name], number)
    found[:, w.CUSTOMER] = known.customer_of
    needs = rows.select("needs").with_row_index("row").group_by("needs", maintain_order=True).agg("row")
    for skills, mine in needs.iter_rows():
        found[mine, w.NEEDS] = desk.names.skills.mask(skills)
    found[:, w.FIELDS], found[:, w.HISTORY] = known.field_of, known.past_of
    found[:, [w.TAGS, w.TAG_COUNT]] = known.tags_of
    found[:, _NOBODY_YET] = -1
    found[:, w.LEVEL] = found[:, w.IS_OPEN] = 1
    return found


def turns_of(desk: Desk, workload: Workload) -> tuple[dict[str, int], Ints]:
    """Return the languages that may be met, with a number for each, and what each message brings."""
    rows = workload.turns
    languages: dict[str, int] = {}
    for name in workload.conversations["language"].unique(maintain_order=True).to_list():
        if name:
            languages[name] = len(languages)

    def read(text: str) -> tuple[int, int, int, int]:
        looked_at = text[:LOOKED_AT]
        mask, length, spoken = desk.tagger.mask(text), words(looked_at), language_of(looked_at)
        courtesy = is_courtesy(text, mask=mask, courtesy=desk.lowered.courtesy, length=length)
        return mask, length, languages.setdefault(spoken, len(languages)) if spoken else -1, int(courtesy)

    found = np.zeros((rows.height, w.TURN_WIDTH), dtype=np.int64)
    for column, name in ((w.HANDLE, "handle_ms"), (w.THINK, "think_ms"), (w.HOLDS_OUT, "patience_ms")):
        found[:, column] = rows[name].to_numpy()
    found[:, [w.SIGNALS, w.WORDS, w.SPOKEN, w.COURTESY]] = _each(rows["text"], read).reshape(-1, 4)
    return languages, found
