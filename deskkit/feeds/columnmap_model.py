"""What a column map says, as plain structs. Data only; `columnmap_reading` fills them from TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from deskkit.desk.policyfile.layout import KeyPath

__all__ = [
    "AUTHORS", "CONVERSATION_TIMES", "DATES", "MESSAGE_TIMES", "UNITS", "Author", "Compare", "Outcome", "Rule",
    "Spec", "Tag", "When",
]  # fmt: skip

DATES: Final = ("iso", "yymmdd", "yyyymmdd", "dd/mm/yyyy", "mm/dd/yyyy", "dd.mm.yyyy")
"""How dates may be written; ``iso`` is 2026-06-18, also with slashes."""

UNITS: Final[dict[str, int]] = {"s": 1_000, "ms": 1, "min": 60_000, "h": 3_600_000}
"""Units of durations, in milliseconds; ``mm:ss`` and ``h:mm:ss`` are read whatever the unit."""

CONVERSATION_TIMES: Final = ("opened", "waiting", "answered", "left", "ended")
MESSAGE_TIMES: Final = ("sent", "opened", "ended")
AUTHORS: Final = ("customer", "agent", "system", "note")


class When(msgspec.Struct, frozen=True):
    """Where an instant stands: a column with date and time, two columns, or a duration after another instant."""

    column: str = ""
    date: str = ""
    after: str = ""
    unit: int = 1_000  # milliseconds
    none: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """Rows that have one of these values in a column."""

    column: str
    values: frozenset[str]


class Author(msgspec.Struct, frozen=True):
    """Who wrote a message: words in a column, and what marks an automatic one."""

    column: str
    words: dict[str, str]
    automatic: Rule | None = None


class Outcome(msgspec.Struct, frozen=True):
    """How a conversation went: words in a column, each ``answered``, ``left`` or ``open``."""

    column: str
    words: dict[str, str]


class Tag(msgspec.Struct, frozen=True):
    """A column that holds tags of a facet; `values` renames them, where it is given."""

    column: str
    facet: str
    values: dict[str, str] = {}
    split: str = ""


class Compare(msgspec.Struct, frozen=True):
    """A column with a duration that other columns tell too."""

    column: str
    begin: str
    ends: tuple[str, ...]
    unit: int


class Spec(msgspec.Struct, frozen=True):
    """A whole map; see ``data/maps/calls.toml`` for the meaning of each part."""

    rows: Literal["conversation", "message"]
    source: str
    zone: str
    date: str
    encoding: str
    delimiter: str
    empty: frozenset[str]
    conversation: tuple[str, ...]
    group: str
    language: str
    channel: str
    text: str
    customer: str
    customer_name: str
    customer_none: frozenset[str]
    fields: dict[str, str]
    times: dict[str, tuple[When, ...]]
    agent: str
    agent_name: str
    agent_none: frozenset[str]
    author: Author | None
    message: str
    content_type: str
    outcome: Outcome | None
    priority: str
    levels: dict[str, int]
    rating: str
    ratings: dict[str, int]
    tags: tuple[Tag, ...]
    skip: tuple[Rule, ...]
    compare: tuple[Compare, ...]
    columns: tuple[tuple[KeyPath, str], ...]

    @property
    def tells_leaving(self) -> bool:
        """Whether a row can say that its customer left."""
        return "left" in self.times or (self.outcome is not None and "left" in self.outcome.words.values())
