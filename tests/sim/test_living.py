"""The living demo: a world as a feed of the driver; supervisors act on it, and it survives its driver."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from deskkit import cli_demo
from deskkit.cli import main
from deskkit.clock import ManualClock, WallClock
from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.live import lease
from deskkit.live.inbox import submit
from deskkit.live.lease import take_lease
from deskkit.live.serve import Serving, Ways
from deskkit.log import open_log
from deskkit.sim.living import Living
from deskkit.sim.workload import sample
from tests.patience import PATIENCE_S, wait_until
from tests.sim.days import HOUR, busy_day

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog

POLICY = Policy.load("data/policies/standard.toml")
TICK_MS = 500


class Demo:
    """A served desk with a world beside it, on a clock that is moved by hand."""

    def __init__(self, log: EventLog, clock: ManualClock, begin: int) -> None:
        self.log, self.clock = log, clock
        holding = take_lease(log, "demo")
        assert holding is not None
        self.holding = holding
        self.living = Living(busy_day(), sample(busy_day(), seed=3, begin=begin), POLICY)
        ways = Ways(feeds=[self.living], senders=self.living.senders)
        self.serving = Serving(log, POLICY, holding, ways=ways, clock=clock)

    def pass_by(self, ms: int) -> None:
        """Let time pass."""
        for _ in range(ms // TICK_MS):
            self.clock.advance(TICK_MS)
            self.serving.tick()

    def facts(self, kind: type[e.ConversationFact], after: int = 0) -> list[e.ConversationFact]:
        """Return the facts of a kind in the log."""
        found = (stored.event for stored in self.log.read(after, kinds=[kind]))
        return [event for event in found if isinstance(event, kind)]


def demo(log: EventLog, *, at: float = 9.5) -> Demo:
    """Return a demo that begins at an hour of a day of 1970."""
    return Demo(log, ManualClock(round(at * HOUR)), 0)


def test_the_desk_lives() -> None:
    """Within twenty minutes customers come, agents answer, conversations end; nothing fails, nothing comes twice."""
    lives = demo(open_log("memory:"))
    lives.pass_by(20 * 60_000)
    kinds = Counter(type(stored.event).__name__ for stored in lives.log.read())
    assert kinds["ConversationOpened"] > 20
    assert kinds["AgentWrote"] > 40
    assert kinds["Assigned"] > 20
    assert kinds["Resolved"] > 3
    assert lives.serving.faults == 0
    assert not kinds["Refused"]
    assert list(lives.log.outgoing()) == []  # what goes out to the people has arrived
    lives.holding.end()


def test_a_supervisor_changes_what_happens_next() -> None:
    """A conversation moved by hand goes to the one it was given to; a typed reply is answered by its customer."""
    lives = demo(open_log("memory:"))
    lives.pass_by(6 * 60_000)
    one = next(
        one for one in lives.living.world.conversations
        if one.is_open and one.asked >= 0 and one.owner is not None and not one.gone
    )  # fmt: skip
    other = next(
        person for person in lives.living.world.people if person is not one.owner and person.presence == "online"
    )
    move = e.OwnerSet(at=0, source="ui", source_id="1", conversation=one.name, agent=other.name, by="lead")
    assert submit(lives.log, move, received_at=lives.clock.now(), author="lead")
    lives.pass_by(1_000)
    assert one.owner is other
    typed = e.AgentWrote(at=0, source="ui", source_id="2", conversation=one.name, agent="lead", message="m", text="hi")
    written = sum(event.conversation == one.name for event in lives.facts(e.CustomerWrote))
    assert submit(lives.log, typed, received_at=lives.clock.now(), author="lead")
    lives.pass_by(8 * 60_000)
    after = sum(event.conversation == one.name for event in lives.facts(e.CustomerWrote))
    assert after > written or one.turn == lives.living.world.rows[one.index]["turns"]
    lives.holding.end()


def test_who_had_said_all_answers_a_supervisor() -> None:
    """A reply to a conversation that is over, or whose customer left without a word, is answered; each of them once."""
    lives = demo(open_log("memory:"))
    lives.pass_by(20 * 60_000)
    over = next(one for one in lives.living.world.conversations if one.turn > 0 and not one.is_open and not one.gone)
    left = next((one for one in lives.living.world.conversations if one.gone), over)
    for one in {over.index: over, left.index: left}.values():
        written = sum(event.conversation == one.name for event in lives.facts(e.CustomerWrote))
        for word in ("a", "b"):
            typed = e.AgentWrote(
                at=0, source="ui", source_id=one.name + word, conversation=one.name, agent="lead",
                message=one.name + word, text="hi",
            )  # fmt: skip
            assert submit(lives.log, typed, received_at=lives.clock.now(), author="lead")
        lives.pass_by(20_000)
        assert sum(event.conversation == one.name for event in lives.facts(e.CustomerWrote)) == written + 2
    assert lives.serving.faults == 0
    lives.holding.end()


def test_who_gave_up_without_a_word_answers_a_supervisor() -> None:
    """Nobody knows yet that such a customer is gone: a supervisor's reply is answered all the same, not by silence."""
    lives = demo(open_log("memory:"))
    gone = None
    while gone is None:
        lives.pass_by(10_000)
        there = (one for one in lives.living.world.conversations if one.gone and one.is_open and one.asked >= 0)
        gone = next(there, None)
    assert gone.process.is_alive
    typed = e.AgentWrote(at=0, source="ui", source_id="1", conversation=gone.name, agent="lead", message="m", text="hi")
    assert submit(lives.log, typed, received_at=lives.clock.now(), author="lead")
    back = lives.log.last_seq()
    lives.pass_by(20_000)
    assert gone.name in {event.conversation for event in lives.facts(e.CustomerWrote, back)}
    assert lives.serving.faults == 0
    lives.holding.end()


@pytest.mark.parametrize("is_archived", [True, False])
def test_who_was_put_away_and_taken_out_again_is_answered(*, is_archived: bool) -> None:
    """A supervisor archives, or marks handled, those who wait, and takes it back: each is answered, or leaves."""
    lives = demo(open_log("memory:"))
    lives.pass_by(6 * 60_000)
    world = lives.living.world
    waiting = [one for one in world.conversations if one.is_open and one.asked >= 0 and not one.gone][:8]
    asked = {one.name: one.asked for one in waiting}
    names = list(asked)
    assert len(names) > 3

    def by_hand(what: str, **more: Any) -> None:
        kind = {"archive": e.Archived, "handle": e.Resolved, "take out": e.Unarchived, "reopen": e.Reopened}[what]
        for name in names:
            fact = kind(at=0, source="view", source_id=f"{what} {name}", conversation=name, by="lead", **more)
            assert submit(lives.log, fact, received_at=lives.clock.now(), author="lead")

    by_hand("archive" if is_archived else "handle")
    lives.pass_by(30_000)
    assert not any(one.is_open for one in waiting)
    assert not any(one.process.is_alive for one in waiting)  # their customers had no word of it
    back = lives.log.last_seq()
    if is_archived:
        by_hand("take out")
    else:
        by_hand("reopen", undo=True)
    lives.serving.tick()
    assert {one.name: one.asked for one in waiting} == asked
    assert sum(one.owner is not None for one in waiting) > 3
    lives.pass_by(12 * 60_000)
    assert lives.serving.faults == 0
    answered = {event.conversation for event in lives.facts(e.AgentWrote, back)}
    left = {event.conversation for event in lives.facts(e.CustomerLeft, back)}
    assert answered | left >= set(names)
    assert len(answered & set(names)) > 1
    wrote = [event.source_id for event in lives.facts(e.CustomerWrote)]
    assert len(wrote) == len(set(wrote))
    assert {event.conversation for event in lives.facts(e.CustomerWrote, back)} & set(names)  # and they go on
    lives.holding.end()


def test_who_was_marked_handled_and_reopened_writes_again() -> None:
    """Reopened later, and not undone, nothing is owed; but the customer had not said all, and says it."""
    lives = demo(open_log("memory:"))
    lives.pass_by(6 * 60_000)
    one = next(one for one in lives.living.world.conversations if one.is_open and one.asked >= 0 and not one.gone)
    back = 0
    for number, kind in enumerate((e.Resolved, e.Reopened)):
        fact = kind(at=0, source="view", source_id=str(number), conversation=one.name, by="lead")
        assert submit(lives.log, fact, received_at=lives.clock.now(), author="lead")
        back = lives.log.last_seq()
        lives.pass_by(20_000)
    lives.pass_by(10 * 60_000)
    assert one.name in {event.conversation for event in lives.facts(e.CustomerWrote, back)}
    assert lives.serving.faults == 0
    lives.holding.end()


def test_it_goes_on_where_another_process_ended() -> None:
    """A second world on the same log goes on with who is there: no contact begins twice, open ones are answered."""
    log = open_log("memory:")
    first = demo(log)
    first.pass_by(10 * 60_000)
    there = [one.name for one in first.living.world.conversations if one.is_open and one.turn > 0 and not one.gone]
    first.holding.end()
    second = Demo(log, first.clock, 0)
    before = log.last_seq()
    second.pass_by(10 * 60_000)
    opened = [event.conversation for event in second.facts(e.ConversationOpened)]
    assert len(opened) == len(set(opened))
    answered = {event.conversation for event in second.facts(e.AgentWrote, before)}
    assert set(there) & answered
    assert second.serving.faults == 0
    second.holding.end()


def test_the_command_lives_and_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A few seconds at sixty times speed leave a sound log; a wrong speed is refused."""
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    assert main(["demo", "--log", url, "--speed", "60", "--for", "0.05", "--json", "--quiet"]) == 0
    assert '"why": "it was told to"' in capsys.readouterr().out
    with open_log(url, read_only=True) as log:
        assert log.last_seq() > 50
        assert not log.verify().faults
    assert main(["demo", "--log", url, "--speed", "0"]) in {1, 2}
    assert "no speed" in capsys.readouterr().err
    for minutes in ("0", "inf", "nan", "1e12"):
        assert main(["demo", "--log", url, "--for", minutes]) in {1, 2}
        assert "no time to live" in capsys.readouterr().err


def test_a_demo_that_ends_early_ends_the_program(tmp_path: Path) -> None:
    """What was to live for an hour and failed at once, or is told to stop, leaves no thread that keeps it alive."""
    command = [sys.executable, "-m", "deskkit", "demo", "--log", f"sqlite:///{tmp_path / 'demo.db'}", "--for", "60"]
    failed = subprocess.run(
        [*command, "--policy", "nowhere.toml"], capture_output=True, timeout=PATIENCE_S, check=False
    )
    assert failed.returncode in {1, 2}
    living = subprocess.Popen([*command, "--quiet"])
    with open_log(f"sqlite:///{tmp_path / 'demo.db'}") as log:
        wait_until(lambda: log.lease().holder.startswith("demo"))
    living.send_signal(signal.SIGINT)
    assert living.wait(PATIENCE_S) == 0


def test_the_command_takes_over_from_one_that_was_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits until the lease of a dead driver has run out, here 0.6 s; of a living one it is told."""
    for name, ms in (("LEASE_MS", 600), ("RENEW_MS", 100)):
        monkeypatch.setattr(lease, name, ms)
    monkeypatch.setattr(cli_demo, "PATIENCE_MS", 900)
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    with open_log(url) as log:
        now = WallClock().now()
        assert log.take_lease("killed", now=now, until=now + 600) is not None
    args = ["demo", "--log", url, "--speed", "60", "--for", "0.02", "--quiet"]
    assert main(args) == 0
    with open_log(url) as log:
        holding = take_lease(log, "alive")
        assert holding is not None
        assert main(args) == 1
        holding.end()
    assert "Another process decides" in capsys.readouterr().err
