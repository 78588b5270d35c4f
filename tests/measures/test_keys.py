"""What a report broken down says of its rows: those without a tag, those of several, which priority it is."""

from __future__ import annotations

import polars as pl
import pytest

from deskkit.desk import events as e
from deskkit.measures import MEASURES, VENDORS, report
from deskkit.measures.notes import KEY_NOTES
from deskkit.measures.printing import defined
from tests.measures.diary import Diary, simple


def test_a_conversation_without_a_tag_has_a_row_and_several_tags_are_said() -> None:
    """Two of three are untagged or in a row of each of their tags; nothing is lost."""
    diary = simple().about(e.TagSet, 5, "a", facet="inquiry", tag="refund")
    diary.about(e.TagSet, 5, "a", facet="label", tag="urgent")
    found = report(diary.log, by="tag", measures=["first_response"])
    rows = found["first_response"].broken_down("tag")
    assert rows.select("tag", "n", "value").rows() == [
        ("inquiry:refund", 1, 20_000.0), ("label:urgent", 1, 20_000.0), (None, 1, 60_000.0),
    ]  # fmt: skip
    assert KEY_NOTES["tag"] in found.notes
    assert "(none)" in str(found)
    assert KEY_NOTES["tag"] in str(found)
    assert KEY_NOTES["tag"] not in report(diary.log, by="group").notes


def raised() -> Diary:
    """Return a conversation of normal priority until it was answered, then urgent until so again, and low at last."""
    diary = Diary().presence(0, "chen").opened(0, "a").asks(1, "a")
    diary.about(e.Notified, 1, "a", agent="chen", event="message", level=1, rung=0)
    diary.about(e.Assigned, 2, "a", agent="chen").about(e.Viewed, 3, "a", agent="chen").says(900, "a", "chen")
    diary.about(e.PrioritySet, 1_000, "a", level=3).opened(1_001, "b").asks(1_002, "b").owner(1_003, "b", "chen")
    diary.asks(1_100, "a").says(1_101, "a", "chen").about(e.PrioritySet, 1_150, "a", level=0)
    return diary.about(e.Resolved, 1_200, "a")


@pytest.mark.parametrize("name", [one.name for one in (*MEASURES.values(), *VENDORS.values()) if "priority" in one.by])
def test_each_measure_says_which_priority_it_is_broken_down_by(name: str) -> None:
    """What says it takes the last has no other; what says it takes that of the moment never has it of `a`."""
    found = report(raised().log, by="priority", measures=[name])
    about = found[name].measure
    rows = found[name].rows.filter(pl.col("conversation") == "a")
    if about.level_of == "last":
        assert "level" not in rows.columns or set(rows["level"]) <= {0}
    else:
        assert 0 not in rows["level"]
    assert found.as_dict()["measures"][name]["priority_of"] == about.level_of
    assert "priority_of" not in report(raised().log, measures=[name]).as_dict()["measures"][name]


def test_the_text_names_the_measures_of_each_priority() -> None:
    """Below the table, and among the definitions; the note stands in every form."""
    found = report(raised().log, by="priority", measures=["reply_time", "handle_time"])
    assert "Priority of the moment counted: reply_time." in str(found)
    assert "Priority it had last: handle_time." in str(found)
    assert KEY_NOTES["priority"] in str(found)
    assert [line.rpartition("priority: ")[2] for line in defined(found)] == [
        "that of the moment counted", "the one the conversation had last",
    ]  # fmt: skip
    assert all("priority: " not in line for line in defined(report(raised().log)))
