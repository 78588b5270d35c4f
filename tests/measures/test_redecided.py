"""The law of redeciding: tags, levels and notices are the policy's, and all that happened stays as it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from deskkit.desk import events
from deskkit.log.spans import spans
from deskkit.measures.redecided import redecided
from tests.laws.test_laws import POLICIES, STANDARD
from tests.measures.lived import lived_log
from tests.measures.test_whatif import facts_of

if TYPE_CHECKING:
    from deskkit.log import EventLog

DECIDED = ("level", "group", "asked_level", "seq")  # what the rules say of a conversation


def held(log: EventLog) -> dict[str, pl.DataFrame]:
    """Return what happened in a log, without what rules decided."""
    found = spans(log)
    names = ("conversations", "turns", "waits", "hands", "stages", "presences", "views")
    return {
        name: getattr(found, name).drop(*DECIDED, strict=False).with_columns(pl.col(pl.Categorical).cast(pl.String))
        for name in names
    }


@pytest.mark.parametrize("other", ["quiet", "peak"])
def test_what_happened_stays(other: str) -> None:
    """Eight lived days decided anew: every time, owner and closing is that of the log; levels and tags are not."""
    levels = 0
    for seed in range(8):
        log = lived_log(STANDARD, seed)
        told = redecided(log, POLICIES[other])
        before, after = held(log), held(told)
        for name, frame in before.items():
            assert_frame_equal(frame, after[name])
        levels += spans(log).levels.drop("seq").rows() != spans(told).levels.drop("seq").rows()
    assert levels > 0, "the other policy decides otherwise"


def test_nothing_is_put_away_in_history_that_was_not() -> None:
    """On facts alone the tidying rules put nothing away: they suggest."""
    suggested = 0
    for seed in range(8):
        log = facts_of(lived_log(STANDARD, seed))
        told = redecided(log, STANDARD)
        tidied = [one.event.action for one in told.read() if isinstance(one.event, events.Tidied)]
        assert set(tidied) <= {"suggest"}
        suggested += len(tidied)
    assert suggested > 0
