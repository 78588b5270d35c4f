"""Long numbers of a pandas frame stay themselves, whatever is missing beside them."""

from __future__ import annotations

import pandas as pd

from deskkit.desk.events import ConversationOpened
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table import import_table
from deskkit.log import MemoryLog

MAP = 'rows = "conversation"\nzone = "UTC"\nconversation.id = "id"\ntimes = { opened = "o" }\n'


def test_long_ids_beside_a_missing_one_stay_apart() -> None:
    """Two ids beyond what a float holds are two conversations."""
    first, second = 1_800_000_000_000_000_001, 1_800_000_000_000_000_002
    frame = pd.DataFrame({"id": pd.array([first, second, None], dtype="Int64"), "o": ["2026-06-18 10:00:00"] * 3})
    log = MemoryLog()
    import_table(frame, log, map=ColumnMap.parse(MAP), received_at=0)
    opened = {one.event.conversation for one in log.read() if isinstance(one.event, ConversationOpened)}
    assert {str(first), str(second)} <= opened
