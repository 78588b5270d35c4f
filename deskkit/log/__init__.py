"""Append-only event logs: in memory and in SQLite, one contract; frames and parquet out and in."""

from __future__ import annotations

from deskkit.log.beside import Delivery, Lease, LeaseLostError, Outgoing, Sending
from deskkit.log.log import EventLog, open_log
from deskkit.log.memory import MemoryLog
from deskkit.log.rows import (
    Appended,
    Fault,
    FullError,
    MovedError,
    Quarantined,
    Report,
    Row,
    Snapshot,
    Stored,
    UnavailableError,
)

__all__ = [
    "Appended",
    "Delivery",
    "EventLog",
    "Fault",
    "FullError",
    "Lease",
    "LeaseLostError",
    "MemoryLog",
    "MovedError",
    "Outgoing",
    "Quarantined",
    "Report",
    "Row",
    "Sending",
    "Snapshot",
    "Stored",
    "UnavailableError",
    "open_log",
]
