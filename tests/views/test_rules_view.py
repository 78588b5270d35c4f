"""The rules workshop: a number changed by form or text, the differences it makes, and a new file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk.events import ConversationOpened, CustomerWrote, DeadlineReached
from deskkit.desk.policyfile.numbers import numbers_of
from deskkit.log import open_log
from deskkit.sample import sample_policy
from deskkit.views import rules

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog
    from deskkit.views import RulesView

PATH = "priority.rule[8].when.unanswered"  # Unanswered for 5 minutes


def waited() -> EventLog:
    """Return a log of one customer who waits four minutes."""
    log = open_log("memory:")
    log.append([
        ConversationOpened(at=0, source="t", source_id="1", conversation="c1", customer="zhang"),
        CustomerWrote(at=36_000_000, source="t", source_id="2", conversation="c1", message="m", text="在吗"),
        DeadlineReached(at=36_240_000, source="t", source_id="3"),
    ], received_at=0)  # fmt: skip
    return log


@pytest.fixture
def view() -> RulesView:
    """Return a workshop on it."""
    return rules(waited(), sample_policy(), language="en")


def test_every_number_of_the_policy_is_offered(view: RulesView) -> None:
    """Each number stands in the list once, and putting it back where it stands changes nothing."""
    policy = sample_policy()
    found = numbers_of(policy.text)
    assert len(found) > 60
    assert [path for _title, path in view.rule.options] == [one.path for one in found]
    for one in found:
        assert policy.edit({one.path: one.value}).fingerprint == policy.fingerprint, one.path


def test_a_changed_number_shows_what_would_have_changed(view: RulesView) -> None:
    """Three minutes instead of five: the one conversation would have been high, and the view says so."""
    view.rule.value = PATH
    assert view.value.value == ">= 5 min"
    view.value.value = ">= 3 min"
    assert view.change()
    assert "&gt;= 3 min" in view.changes.value
    view.see()
    assert view.made is not None
    assert view.made.summary.touched == 1
    for text in ("1 of 1 conversations would be touched (100.0%)", "direct effects", "c1"):
        assert text in view.outcome.value


def test_nothing_changed_touches_nothing(view: RulesView) -> None:
    """The policy as it is differs from itself in nothing: the look above can fail."""
    view.see()
    assert view.made is not None
    assert view.made.summary.touched == 0
    assert view.keep.disabled


def test_comments_stay(view: RulesView) -> None:
    """A change by form keeps every other line of the file."""
    view.rule.value = "capacity.agent"
    view.value.value = "6"
    assert view.change()
    before, after = view.policy.text.splitlines(), view.changed.text.splitlines()
    assert [a for b, a in zip(before, after, strict=True) if a != b] == [
        next(line for line in before if line.startswith("agent = 5")).replace("agent = 5", "agent = 6")
    ]


def test_a_wrong_value_is_refused_with_words(view: RulesView) -> None:
    """What no policy can say is refused with the line and what was expected; the form stays as it was."""
    view.rule.value = PATH
    view.value.value = "soon"
    assert not view.change()
    assert view.faults == 1
    assert "soon" in view.message.value
    assert view.changed is view.policy


def test_by_text(view: RulesView) -> None:
    """The policy's text can be edited as a whole, is refused where it is wrong, and everything can be taken back."""
    view.text.value = view.policy.text.replace('level = "high"', 'level = "very high"', 1)
    assert not view.take_text()
    view.text.value = view.policy.text.replace('unanswered = ">= 5 min"', 'unanswered = ">= 3 min"')
    assert view.take_text()
    assert view.changed.fingerprint != view.policy.fingerprint
    view.take_back()
    assert view.changed == view.policy


def test_saved_as_a_new_file(view: RulesView, tmp_path: Path) -> None:
    """The changed policy is written to a new file; one that is there already stays as it is."""
    view.rule.value = PATH
    view.value.value = ">= 3 min"
    view.change()
    view.path.value = str(tmp_path / "mine.toml")
    assert view.save() == tmp_path / "mine.toml"
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == view.changed.text
    assert view.save() is None
    assert "There is such a file already" in view.message.value


def test_in_chinese(view: RulesView) -> None:
    """The switch keeps what was changed and what came out."""
    view.rule.value = PATH
    view.value.value = ">= 3 min"
    view.change()
    view.see()
    view.language.value = "zh"
    assert "c1" in view.outcome.value
    assert repr(view).startswith("RulesView('standard' changed")
