"""deskkit: run, study and tune a live-chat customer-service desk, live and simulated, by one policy file."""

from __future__ import annotations

__version__ = "0.1.0"
