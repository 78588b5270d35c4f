"""How long a test waits for what another process, a thread or a browser does.

The end of patience ends what hangs and measures nothing. It is long, since other tests keep the machine busy.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PATIENCE_MS", "PATIENCE_S", "wait_until"]

PATIENCE_S: Final = 300
PATIENCE_MS: Final = PATIENCE_S * 1000


def wait_until(is_so: Callable[[], object], otherwise: str = "it never was", *, glance_s: float = 0.02) -> None:
    """Wait until something is so, looking every `glance_s` seconds."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, otherwise
        time.sleep(glance_s)
