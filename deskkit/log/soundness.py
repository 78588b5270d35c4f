"""What `verify` checks of a SQLite log besides its rows: tables, triggers, marks, and what stands beside.

It looks and names faults; it changes nothing and knows no events.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from deskkit.log import guard
from deskkit.log.beside_sql import TABLES
from deskkit.log.rows import Fault
from deskkit.log.sqlite import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    Query = Callable[..., list[tuple[Any, ...]]]

__all__ = ["beside_faults", "file_faults", "quarantine_digest", "readable"]

OBJECTS: Final = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"
GONE: Final = "is missing"
MARKS: Final = (("application_id", guard.APPLICATION_ID), ("user_version", guard.SCHEMA))
END: Final = "(SELECT coalesce(max(seq), 0) FROM event)"
"""Asked in the same statement as what must not lie behind it: a driver may write between two."""
CURSORS: Final = (
    f"SELECT name, seq, {END} FROM cursor WHERE seq < 0 OR (seq > {END} AND name NOT LIKE 'inbox%') LIMIT 20"  # noqa: S608 -- our own words
)
SNAPSHOTS: Final = f"SELECT seq, {END} FROM snapshot WHERE seq < 0 OR seq > {END} LIMIT 20"  # noqa: S608 -- likewise
OUTBOX: Final = f"SELECT seq, {END} FROM outbox WHERE seq < 1 OR seq > {END} LIMIT 20"  # noqa: S608 -- likewise
PAGE: Final = 20
BESIDE: Final = ("lease", "inbox", "outbox_trial")  # of a log that a driver serves


def quarantine_digest(source: bytes, reason: bytes, raw: bytes) -> bytes:
    """Return the digest under which a delivery is set aside."""
    return hashlib.sha256(b"\0".join((source, reason, raw))).digest()


def _served(found: Container[tuple[str, str]]) -> tuple[str, ...]:
    """Return the statements that made a log: those of the live desk too, if any of its tables is there."""
    return (*SCHEMA, *TABLES) if any(("table", name) in found for name in BESIDE) else SCHEMA


@cache
def _expected(statements: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Return what a log is made of, as SQLite itself writes it down."""
    connection = guard.library().connect(":memory:")
    try:
        for statement in statements:
            connection.execute(statement)
        return {(kind, name): sql for kind, name, sql in connection.execute(OBJECTS)}
    finally:
        connection.close()


def file_faults(query: Query) -> list[Fault]:
    """Return what SQLite's own check finds, and what of the tables, indexes, triggers and marks is not as made."""
    faults = [Fault(0, str(found)) for (found,) in query("PRAGMA integrity_check(20)") if found != "ok"]
    found = {(str(kind), str(name)): sql for kind, name, sql in query(OBJECTS)}
    expected = _expected(_served(found))
    for (kind, name), sql in expected.items():
        if (kind, name) not in found:
            faults.append(Fault(0, f"the {kind} {name} {GONE}"))
        elif found[kind, name] != sql:
            faults.append(Fault(0, f"the {kind} {name} is not as deskkit made it"))
    faults += [
        Fault(0, f"the trigger {name} is none of deskkit's")
        for kind, name in found
        if kind == "trigger" and (kind, name) not in expected
    ]
    for mark, right in MARKS:
        ((value,),) = query(f"PRAGMA {mark}")
        if value != right:
            faults.append(Fault(0, f"the {mark} is {value}, not {right}"))
    return faults


def readable(faults: list[Fault]) -> bool:
    """Say whether every table is there, so that the rows can be looked at."""
    return not any(f.problem.startswith("the table ") and f.problem.endswith(GONE) for f in faults)


def beside_faults(query: Query) -> list[Fault]:
    """Return what is wrong with cursors, snapshots and deliveries set aside.

    A cursor called ``inbox...`` counts deliveries of an inbox, which has numbers of its own.
    """
    faults = [
        Fault(0, f"the cursor {name!r} stands at seq {seq}, the log ends at {end}") for name, seq, end in query(CURSORS)
    ]
    faults += [Fault(0, f"a snapshot is of seq {seq}, the log ends at {end}") for seq, end in query(SNAPSHOTS)]
    faults += [Fault(0, f"the outbox holds seq {seq}, the log ends at {end}") for seq, end in query(OUTBOX)]
    last = 0
    while page := query(
        """SELECT number, CAST(source AS BLOB), CAST(reason AS BLOB), raw, digest FROM quarantine
        WHERE number > ? ORDER BY number LIMIT ?""",
        (last, PAGE),
    ):
        for row in page:
            number, source, reason, raw, digest = row
            if number != last + 1:
                faults.append(Fault(0, f"delivery {last + 1} of those set aside is gone"))
            if digest != quarantine_digest(source, reason, raw):
                faults.append(Fault(0, f"delivery {number} of those set aside was changed"))
            last = number
        if len(faults) >= PAGE:
            break
    return faults
