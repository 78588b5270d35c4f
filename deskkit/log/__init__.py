"""Append-only event logs: in memory and in SQLite, one contract; frames and parquet out and in."""

from __future__ import annotations

from deskkit.log.log import (
    Appended,
    EventLog,
    Fault,
    Quarantined,
    Report,
    Row,
    Stored,
    UnavailableError,
    open_log,
)
from deskkit.log.memory import MemoryLog

__all__ = [
    "Appended",
    "EventLog",
    "Fault",
    "MemoryLog",
    "Quarantined",
    "Report",
    "Row",
    "Stored",
    "UnavailableError",
    "open_log",
]
