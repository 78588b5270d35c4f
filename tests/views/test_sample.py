"""The sample as a log, found and filled, and a desk in lines of text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit import sample, views
from deskkit.clock import moment
from deskkit.desk.events import ConversationOpened, Decision, PresenceSet
from deskkit.errors import FeedError
from deskkit.log import open_log
from tests.views.little import NOW, little_log, little_view

if TYPE_CHECKING:
    from deskkit.log import EventLog

MAKE_AND_END = """
from pathlib import Path
from deskkit.log import open_log
from deskkit import sample
sample.import_meiqia = lambda *args, **words: None  # the folder is the point here, not what is in it
log = sample.sample_log()
path = Path(log.url.removeprefix("sqlite:///"))
assert path.exists()
print(path.parent)
"""


@pytest.fixture(scope="module")
def log() -> EventLog:
    """Import the sample once."""
    return sample.sample_log()


def test_the_sample_is_facts_up_to_half_past_ten(log: EventLog) -> None:
    """The log holds thousands of conversations, agents on shift, no decision, and nothing after `SAMPLE_NOW`."""
    assert moment(sample.SAMPLE_NOW, zone=sample.SAMPLE_ZONE) == "2026-06-18 10:30:00"
    kinds = {type(stored.event) for stored in log.read()}
    assert not any(issubclass(kind, Decision) for kind in kinds)
    assert log.count(kinds=[ConversationOpened]) >= 3_000
    assert log.count(kinds=[PresenceSet]) >= 12
    assert max(stored.event.at for stored in log.read()) <= sample.SAMPLE_NOW


def test_a_log_with_events_is_opened_as_it_is(log_url: str) -> None:
    """The sample fills an empty log only; work that stands in one goes on."""
    with open_log(log_url) as log:
        little_log(log=log)
        count = log.last_seq()
    with sample.sample_log(log_url) as again:
        assert again.last_seq() == count
        assert not sample.is_passing(again)


def test_a_copy_of_its_own_ends_with_python(log: EventLog) -> None:
    """Of the copy that was given no place nothing is promised to come back when the kernel was restarted."""
    assert sample.is_passing(log)


def test_the_folder_is_removed_when_python_ends() -> None:
    """The log of its own leaves nothing behind."""
    run = subprocess.run([sys.executable, "-c", MAKE_AND_END], check=True, capture_output=True, text=True)
    assert not Path(run.stdout.strip()).exists()


def test_a_missing_sample_says_where_it_was_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the data the error names both places and the command that makes it."""
    monkeypatch.setattr(sample, "_HERE", tmp_path / "deskkit")
    with pytest.raises(FeedError, match=r"meiqia\.zip.*_data.*feeds\.sample"):
        sample.sample_log()


@pytest.mark.parametrize("name", ["standard", "quiet", "peak"])
def test_the_policies_that_come_with_deskkit_load(name: str) -> None:
    """Each policy is found and accepted."""
    assert sample.sample_policy(name).name == name


# ---------------------------------------------------------------- the desk in lines of text


def test_the_numbers_in_text() -> None:
    """What a notebook prints is what the little desk is known to be."""
    desk = little_view().desk
    assert views.overview(desk).splitlines() == [
        "open conversations              3",
        "  waiting                       1",
        "  assigned                      2",
        "  snoozed                       0",
        "customers without an answer     2",
        "  for more than 10 minutes      1",
    ]
    assert views.levels(desk).splitlines() == [
        "urgent                          1",
        "  Unanswered for 10 minutes     1",
        "high                            1",
        "  VIP customer                  1",
        "normal                          1",
        "  (where it began)              1",
        "low                             0",
    ]
    assert views.loads(desk).splitlines() == [
        "busiest chen   1.0 of  5.0 units,  1 conversations",
        "idlest  lin    0.5 of  5.0 units,  1 conversations",
    ]
    assert views.first(desk, 2).splitlines() == [
        "1  c2  urgent   20:00  waits too long; Unanswered for 10 minutes",
        "2  c1  high      2:00  VIP customer",
    ]


def test_the_decisions_of_a_log_are_counted_by_kind() -> None:
    """Facts are not counted; the most frequent kind stands first."""
    log = little_log()
    assert views.decided(log) == ""
    lines = views.decided(little_view(log=log).driver.log).splitlines()
    assert lines[0].split()[0] in {"prioritised", "tagged"}
    assert ["advised", "1"] in [line.split() for line in lines]


def test_no_customers_words_are_in_the_text() -> None:
    """The lines hold ids, levels, rules and numbers: no name and no message of a customer."""
    view = little_view()
    text = views.overview(view.desk) + views.levels(view.desk) + views.first(view.desk) + views.loads(view.desk)
    assert not any(word in text for word in ("张伟", "李娜", "帐篷", "img"))
    assert NOW
