"""The law of replay: the rules that decided a log find nothing to change in it, and others change what they say."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from deskkit.desk import columns as k
from deskkit.desk import events, judge, notices
from deskkit.desk.desk import Desk
from deskkit.errors import LogError
from deskkit.log import open_log
from deskkit.measures.whatif import Recorded, Redecider, redecide, replay
from tests.laws.test_laws import POLICIES, STANDARD
from tests.measures.lived import lived_log

if TYPE_CHECKING:
    from deskkit.desk.retrace import Retracer
    from deskkit.log import EventLog

OTHERS = ("quiet", "peak", "best skill")


def instants(log: EventLog) -> list[int]:
    """Return when each event of a log happened."""
    return [stored.at for stored in log.read()]


@pytest.mark.parametrize("name", POLICIES)
def test_the_policy_that_decided_changes_nothing(name: str) -> None:
    """Replaying six random days by the very policy that decided them finds no difference, whatever the policy."""
    for seed in range(6):
        made = replay(lived_log(POLICIES[name], seed), POLICIES[name])
        assert made.differences.rows() == [], f"seed {seed}"
        assert made.summary.notices[0] == made.summary.notices[1]
        assert made.summary.chosen_as_was == (made.summary.assignments, made.summary.assignments)


@pytest.mark.full
@pytest.mark.parametrize("name", POLICIES)
def test_the_policy_that_decided_changes_nothing_for_long(name: str) -> None:
    """The same for three hundred longer days, late facts among them."""
    for seed in range(300):
        assert len(replay(lived_log(POLICIES[name], seed, steps=200, late=seed % 3 == 0), POLICIES[name])) == 0


def test_another_policy_changes_something_of_every_kind() -> None:
    """The zero above can fail: other policies change notices, levels, choices and tidying on the same days."""
    kinds: set[str] = set()
    for seed in range(6):
        log = lived_log(STANDARD, seed)
        for other in OTHERS:
            kinds |= set(replay(log, POLICIES[other]).differences["kind"])
    assert kinds >= {"notice", "priority", "assignment", "tidying"}


def test_the_policy_that_watched_changes_nothing() -> None:
    """A log whose desk only watched is replayed as one that watches."""
    for seed in range(8):
        log = lived_log(STANDARD, seed, acts=False)
        assert replay(log, STANDARD).differences.rows() == []


def test_late_facts_are_decided_when_they_came() -> None:
    """Facts that came up to ten minutes late are replayed in the log's order, and nothing differs."""
    late = 0
    for seed in range(8):
        log = lived_log(STANDARD, seed, late=True)
        at = [stored.at for stored in log.read(kinds=[events.Fact])]
        late += sum(1 for one, two in pairwise(at) if two < one)
        assert replay(log, STANDARD).differences.rows() == []
    assert late > 50


def test_a_span_inside_the_log_changes_nothing() -> None:
    """Beginning and ending anywhere in the log finds no difference either: what came before is as the log has it."""
    for seed in range(6):
        log = lived_log(STANDARD, seed)
        at = instants(log)
        begin, end = at[len(at) // 3] + 1, at[2 * len(at) // 3]
        assert replay(log, STANDARD, start=begin).differences.rows() == []
        assert replay(log, STANDARD, start=begin, until=end).differences.rows() == []


def test_a_log_whose_policy_changed() -> None:
    """Behind the last change the last policy finds nothing; over the whole log, what the first did otherwise."""
    found = 0
    for seed in range(6):
        log = lived_log(POLICIES["quiet"], seed, change=(STANDARD,))
        changed = [stored.at for stored in log.read(kinds=[events.PolicyChanged])]
        assert len(changed) == 2
        assert replay(log, STANDARD, start=changed[1] + 1).differences.rows() == []
        found += len(replay(log, STANDARD))
    assert found > 50


def test_two_policies_against_one_another() -> None:
    """A policy against itself finds nothing, also on facts alone; two find the same differences the other way round."""
    for seed in range(4):
        log = facts_of(lived_log(STANDARD, seed))
        assert replay(log, STANDARD, against=STANDARD).differences.rows() == []
        there = replay(log, POLICIES["quiet"], against=STANDARD).summary
        back = replay(log, STANDARD, against=POLICIES["quiet"]).summary
        assert there.differences == back.differences
        assert there.touched == back.touched > 0
        assert there.notices == back.notices[::-1]


def facts_of(log: EventLog) -> EventLog:
    """Return a log of the facts alone, as an import makes it."""
    bare = open_log("memory:")
    facts = [stored.event for stored in log.read(kinds=[events.Fact])]
    bare.append([fact for fact in facts if not isinstance(fact, events.PolicyChanged)], received_at=facts[-1].at)
    return bare


def test_facts_alone_need_another_policy() -> None:
    """Where nothing was decided there is nothing to compare with, and the error says what to do."""
    log = facts_of(lived_log(STANDARD, 1))
    with pytest.raises(LogError, match=r"Nothing was decided.*--against"):
        replay(log, STANDARD)


@pytest.mark.parametrize("other", OTHERS)
def test_owners_and_stages_stay_what_they_were(other: str) -> None:
    """Whatever the policy decides, who owned what, and what became of it, is the log's, also for renewed ones."""
    columns = (k.STAGE, k.OWNER_OF, k.HELD_BY, k.HELPER0, k.CLOSED, k.OPENED, k.GIVEN, k.REPLY_AT)
    renewed = 0
    short = STANDARD.edit({"life.reopen_within": "1 min"})
    for seed in range(8):
        log = lived_log(short, seed)
        renewed += log.count(kinds=[events.Renewed])
        desk = Desk(short)
        desk.fold(stored.event for stored in log.read())
        side = Redecider(POLICIES[other], acts=True)
        anew = run_over(log, side)
        assert [anew.conversations[c] for c in range(len(anew.conversations))] == [
            desk.conversations[c] for c in range(len(desk.conversations))
        ]
        for mine, theirs in zip(anew.state.conversation, desk.state.conversation, strict=True):
            assert [mine[column] for column in columns] == [theirs[column] for column in columns]
    assert renewed > 0


def run_over(log: EventLog, side: Redecider) -> Retracer:
    """Return the desk of a policy after it went over a log."""
    fact: events.Fact | None = None
    kept: list[events.Decision] = []
    for event in [*(stored.event for stored in log.read()), None]:
        if isinstance(event, events.Decision):
            kept.append(event)
            continue
        if fact is not None:
            side.take(fact, tuple(kept), life=True, wakes=False)
        fact, kept = event if isinstance(event, events.Fact) else None, []
    return side.desk


def test_redecide_never_decides_history() -> None:
    """Of what moves conversations only the log's own decisions would be history; none is made anew."""
    moved = (events.Assigned, events.Returned, events.TurnedAway, events.Revived, events.Woken)
    log = lived_log(STANDARD, 3)
    made = [decision for one in redecide(log, POLICIES["peak"]) for decision in one.decisions]
    assert not any(isinstance(decision, moved) for decision in made)
    assert sum(isinstance(decision, events.Notified) for decision in made) > 0
    choices = [choice for one in redecide(log, STANDARD) for choice in one.choices if choice.given is not None]
    assert len(choices) == log.count(kinds=[events.Assigned])


MUTANTS = {
    "urgent notices held by the limit": (notices, "told_higher", lambda *_: 1),
    "no condition holds": (judge, "holds", lambda *_: 0),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutated_rule_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk that decides otherwise than the log's finds differences under the same policy."""
    logs = [lived_log(STANDARD, seed) for seed in range(3)]
    module, function, mutant = MUTANTS[name]
    monkeypatch.setattr(module, function, mutant)
    assert sum(len(replay(log, STANDARD)) for log in logs) > 0


def test_progress_ends_with_the_whole() -> None:
    """Progress is told in events, and ends with all of them."""
    log = lived_log(STANDARD, 2)
    told: list[tuple[int, int]] = []
    replay(log, STANDARD, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (log.last_seq(), log.last_seq())


def test_the_recorded_side_is_the_fold() -> None:
    """Following a log group by group gives the levels and tags its fold gives."""
    log = lived_log(POLICIES["quiet"], 4, change=(STANDARD,))
    side = Recorded(STANDARD, last_change=0)
    side.desk.follow(stored.event for stored in log.read())
    desk = Desk(STANDARD)
    desk.fold(stored.event for stored in log.read())
    assert [row[k.LEVEL] for row in side.desk.state.conversation] == [row[k.LEVEL] for row in desk.state.conversation]
    assert list(side.desk.tags) == list(desk.tags)
