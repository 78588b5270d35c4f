"""Texts as attackers send them, in groups by what they try. Each that a page runs calls ``ran()``.

None names a host that exists: what leaves the page would go to ``evil.invalid``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

__all__ = ["GROUPS", "PAYLOADS"]

GROUPS: Final[dict[str, list[str]]] = json.loads(
    (Path(__file__).parent / "payloads.json").read_text(encoding="utf-8")
)  # fmt: skip
"""By what they try."""
PAYLOADS: Final = tuple(one for group in GROUPS.values() for one in group)
