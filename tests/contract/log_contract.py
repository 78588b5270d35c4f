"""The contract of `EventLog`, every law one test; a back-end is done when a subclass passes."""

from __future__ import annotations

from tests.contract.delivering import Delivering
from tests.contract.leasing import Leasing
from tests.contract.reading import Reading
from tests.contract.writing import Writing

__all__ = ["LogContract"]


class LogContract(Writing, Reading, Leasing, Delivering):
    """Every law of an event log."""
