"""Snapshots change speed, never results (P9): at every row, after other code, policy, rows or damage."""

from __future__ import annotations

import random
import shutil
import zlib
from typing import TYPE_CHECKING, Any

import pytest

import deskkit.desk
from deskkit.clock import ManualClock
from deskkit.desk import desk as desks
from deskkit.desk import events, snapshot
from deskkit.desk.desk import Desk, fold
from deskkit.desk.messages import Messages
from deskkit.desk.policy import Policy
from deskkit.desk.snapshot import RETOLD, freeze, retell, thaw
from deskkit.live import follower as following
from deskkit.live import snapshots
from deskkit.live.driver import Driver
from deskkit.live.snapshots import Folded
from deskkit.log import MemoryLog, Snapshot, UnavailableError, open_log
from tests.desk.days import facts_with_decisions, known, world
from tests.laws.world import START

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog

STANDARD = Policy.load("data/policies/standard.toml")
PEAK = Policy.load("data/policies/peak.toml")
ROOMIER = STANDARD.edit({"routing.strategy": "round_robin", "notify.per_minute": 2})
LATER = START + 40 * 86_400_000
TEXTS = ("马上就要出发了，快点！", "王小明")


def everything(desk: Desk) -> dict[str, Any]:
    """Return all a desk knows, and the tables it decides by."""
    return known(desk) | {"tables": desk.tables._asdict(), "aliases": desk.names.aliases, "start": desk.start}


def thawed(desk: Desk, before: list[events.Event], *, acts: bool = True) -> Desk:
    """Freeze a desk and return what the bytes and the log make of it."""
    made = thaw(freeze(desk), STANDARD, acts=acts)
    retell(made, [event for event in before if isinstance(event, RETOLD)])
    return made


# ---------------------------------------------------------------- freeze, thaw, retell


@pytest.mark.parametrize("acts", [True, False])
def test_a_snapshot_at_every_fact_leads_where_the_whole_leads(*, acts: bool) -> None:
    """Wherever the log is cut: the fold so far, frozen and thawed, knows the same; the rest leads to the same end."""
    parts = facts_with_decisions(world(4, 60, acts=acts).log)
    whole = everything(fold([event for part in parts for event in part], STANDARD, acts=acts))
    desk = Desk(STANDARD, acts=acts)
    before: list[events.Event] = []
    for at, part in enumerate(parts):
        made = thawed(desk, before, acts=acts)
        assert everything(made) == everything(desk)
        made.fold([event for later in parts[at:] for event in later])
        assert everything(made) == whole
        desk.fold(part)
        before += part


@pytest.mark.parametrize("live", [True, False])
def test_a_thawed_desk_decides_like_the_one_that_was_frozen(*, live: bool) -> None:
    """Thawed from the fold, or from the desk that lived the day, it makes the same decisions and wakes as early."""
    made, went_on = world(12, 150), world(12, 300)
    desk = thawed(made.desk if live else fold(made.log, STANDARD), made.log)
    facts = [event for event in went_on.log[len(made.log) :] if isinstance(event, events.Fact)]
    assert len(facts) > 50
    for fact in facts:
        assert desk.step(fact) == made.desk.step(fact)
        assert desk.next_deadline() == made.desk.next_deadline()
    assert known(desk) == known(made.desk)


def test_a_snapshot_follows_the_log_s_policy_and_calendar() -> None:
    """After a change of policy, and where the calendar ran out and was begun anew, a thawed desk goes on alike."""
    made = world(3, 60)
    made.take(events.PolicyChanged, text=PEAK.text, fingerprint=PEAK.fingerprint)
    made.at += 500 * 86_400_000
    made.take(events.ConversationOpened, conversation="late", customer="u1", group="a group of its own")
    folded = fold(made.log, STANDARD)
    again = thawed(folded, made.log)
    assert again.policy.fingerprint == PEAK.fingerprint
    assert everything(again) == everything(folded)


def test_a_snapshot_holds_no_text() -> None:
    """What customers write, their names and fields are not in a snapshot (control: a state with them would)."""
    desk = Desk(STANDARD)
    desk.fold([
        events.CustomerSet(at=START, customer="u1", name=TEXTS[1], fields={"city": TEXTS[1]}),
        events.ConversationOpened(at=START, conversation="c1", customer="u1"),
        events.CustomerWrote(at=START, conversation="c1", message="m", text=TEXTS[0]),
    ])  # fmt: skip
    held = zlib.decompress(freeze(desk))
    assert b"c1" in held
    for text in TEXTS:
        assert text.encode() not in held
        assert text in str(known(desk))


@pytest.mark.parametrize("after", [3, 10_000])
def test_a_long_log_never_lies_in_memory_as_a_whole(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folded, and thawed again, what was said is put away on the way; of little it is not. Both know the same."""
    made = world(4, 150)
    log = MemoryLog()
    log.append(made.log, received_at=LATER)
    plain = [list(said) for said in fold(made.log, STANDARD).messages]
    many = sum(map(len, plain))
    packed: list[int] = []
    pack = Messages.pack

    def noted(said: Messages, _rests: object) -> None:
        packed.append(said.loose)
        pack(said, lambda _: True)

    monkeypatch.setattr(Messages, "pack", noted)
    monkeypatch.setattr(desks, "PACK_AFTER", after)
    folded = following.Follower(log, STANDARD, clock=ManualClock(LATER)).desk
    on_the_way, packed[:] = list(packed), []
    again = thawed(folded, made.log)
    assert many > 40
    assert on_the_way == [after] * (many // after)
    assert packed == [after * snapshot.TOGETHER] * (many // (after * snapshot.TOGETHER))
    assert bool(packed) == bool(on_the_way) == (after == 3)
    assert [list(said) for said in folded.messages] == [list(said) for said in again.messages] == plain


# ---------------------------------------------------------------- the driver


def logged(url: str, *, seed: int = 6, steps: int = 200) -> EventLog:
    """Return a log that a driver wrote under the standard policy, on a random day."""
    log = open_log(url)
    driver = Driver(log, STANDARD, clock=ManualClock(START))
    for event in world(seed, steps).log:
        if isinstance(event, events.Fact) and not isinstance(event, events.DeadlineReached):
            driver.take(event)
    return log


def started(log: EventLog, policy: Policy = STANDARD, **how: Any) -> Driver:
    """Start a driver that has nothing to write."""
    return Driver(log, policy, clock=ManualClock(START), **how)


@pytest.fixture(params=["memory:", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a new log of each kind."""
    return "memory:" if request.param == "memory:" else f"sqlite:///{tmp_path / 'desk.db'}"


class Counting:
    """Counts the events a log gives to be folded: all that are read without asking for kinds."""

    def __init__(self, log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        read = log.read

        def counted(*args: Any, **how: Any) -> Any:
            for stored in read(*args, **how):
                self.count += how.get("kinds") is None
                yield stored

        monkeypatch.setattr(log, "read", counted)


def test_a_start_folds_only_what_came_after_the_snapshot(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a snapshot a driver reads only the rest, and knows what it would know without."""
    with logged(url) as log:
        driver = started(log)
        plain = everything(driver.desk)
        driver.keep_snapshot()
        driver.take(events.ConversationOpened(at=LATER, source="t", source_id="1", conversation="x", customer="u"))
        reads = Counting(log, monkeypatch)
        again = started(log)
        assert 0 < reads.count < 5
        assert everything(again.desk) == everything(driver.desk) != plain
        assert everything(fold((each.event for each in log.read()), STANDARD)) == everything(again.desk)


def test_a_long_start_keeps_a_snapshot_by_itself(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that folded much keeps a snapshot; one that folded little does not."""
    with logged(url) as log:
        key = snapshots.policy_hash(STANDARD, acts=True, notices=True)
        started(log)
        assert log.snapshot(key) is None
        monkeypatch.setattr(following, "WORTH_KEEPING", 100)
        started(log)
        kept = log.snapshot(key)
        assert kept is not None
        assert kept.seq == log.last_seq()


def spoil_code(log: MemoryLog, kept: Snapshot) -> None:
    """Let the snapshot be of other code."""
    log.save_snapshot(kept._replace(code_hash="0" * 64))


def spoil_bit(log: MemoryLog, kept: Snapshot) -> None:
    """Let one bit of it be another."""
    log.save_snapshot(kept._replace(state=kept.state[:-9] + bytes([kept.state[-9] ^ 1]) + kept.state[-8:]))


def spoil_half(log: MemoryLog, kept: Snapshot) -> None:
    """Let half of it be missing."""
    log.save_snapshot(kept._replace(state=kept.state[: len(kept.state) // 2]))


def spoil_empty(log: MemoryLog, kept: Snapshot) -> None:
    """Let it be empty."""
    log.save_snapshot(kept._replace(state=b""))


def spoil_seq(log: MemoryLog, kept: Snapshot) -> None:
    """Let it say that it is of an earlier row."""
    log.save_snapshot(kept._replace(seq=kept.seq - 1))


def spoil_future(log: MemoryLog, kept: Snapshot) -> None:
    """Let it be of a row that is not there."""
    log.save_snapshot(kept._replace(seq=kept.seq + 1))


def spoil_row(log: MemoryLog, kept: Snapshot) -> None:
    """Let the row it ends at be another."""
    log._rows[kept.seq - 1] = log._rows[kept.seq - 1]._replace(body=log._rows[kept.seq - 2].body)  # noqa: SLF001


@pytest.mark.parametrize("spoil", [spoil_code, spoil_bit, spoil_half, spoil_empty, spoil_seq, spoil_future, spoil_row])
def test_a_snapshot_that_does_not_hold_is_left_aside(spoil: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of other code, damaged, of other rows: ignored; the log is folded from its beginning and a new one kept."""
    log = logged("memory:")
    assert isinstance(log, MemoryLog)
    started(log).keep_snapshot()
    key = snapshots.policy_hash(STANDARD, acts=True, notices=True)
    kept = log.snapshot(key)
    assert kept is not None
    assert snapshots.latest(log, STANDARD, acts=True, notices=True) is not None  # the control
    spoil(log, kept)
    assert snapshots.latest(log, STANDARD, acts=True, notices=True) is None
    if spoil is spoil_row:
        return  # such a log cannot be folded well
    monkeypatch.setattr(following, "WORTH_KEEPING", 100)
    again = started(log)
    assert everything(again.desk) == everything(fold((each.event for each in log.read()), STANDARD))
    assert log.snapshot(key) == kept


def test_another_policy_or_another_way_of_acting_has_its_own_snapshot() -> None:
    """A fold that begins under another policy, or only watches, never uses what this one left."""
    log = logged("memory:")
    started(log).keep_snapshot()
    for policy, how in ((ROOMIER, {}), (STANDARD, {"acts": False}), (STANDARD, {"notices": False})):
        plain = MemoryLog()
        plain.restore(log.rows())
        assert everything(started(log, policy, **how).desk) == everything(started(plain, policy, **how).desk)


def test_a_changed_policy_stands_in_the_snapshot() -> None:
    """A policy changed while the driver ran is in force when the next one starts from the snapshot."""
    log = logged("memory:")
    driver = started(log)
    driver.change_policy(ROOMIER)
    driver.keep_snapshot()
    before = log.last_seq()
    folded = snapshots.latest(log, STANDARD, acts=True, notices=True)
    assert folded is not None
    assert folded.in_force == ROOMIER.fingerprint == folded.desk.policy.fingerprint
    started(log, ROOMIER)
    assert log.last_seq() == before


def test_no_room_for_a_snapshot_does_not_stop_the_desk(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A driver starts without the snapshot it could not keep, and says so."""
    log = logged("memory:")

    def full(_: Snapshot) -> None:
        raise UnavailableError("The disk is full.")

    monkeypatch.setattr(log, "save_snapshot", full)
    monkeypatch.setattr(following, "WORTH_KEEPING", 100)
    driver = started(log)
    assert "No snapshot was kept: The disk is full." in caplog.text
    with pytest.raises(UnavailableError):
        driver.keep_snapshot()


def test_the_hash_is_of_the_code_that_folds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One character in any file of the model makes another hash; the same files make the same."""
    copy = tmp_path / "desk"
    shutil.copytree(deskkit.desk.__path__[0], copy, ignore=shutil.ignore_patterns("__pycache__"))
    now = snapshots.code_hash()
    monkeypatch.setattr(deskkit.desk, "__file__", str(copy / "__init__.py"))
    seen = {now}
    for file in ("rules.py", "policyfile/layout.py"):
        (copy / file).write_text((copy / file).read_text(encoding="utf-8") + "#", encoding="utf-8")
        snapshots.code_hash.cache_clear()
        seen.add(snapshots.code_hash())
    snapshots.code_hash.cache_clear()
    assert len(seen) == 3
    monkeypatch.undo()
    assert snapshots.code_hash() == now


def test_nothing_is_kept_of_an_empty_log() -> None:
    """A log without rows has no snapshot."""
    log = open_log("memory:")
    snapshots.keep(log, Folded(Desk(STANDARD), 0, ""), policy=STANDARD, acts=True, notices=True)
    assert log.snapshot(snapshots.policy_hash(STANDARD, acts=True, notices=True)) is None


# ---------------------------------------------------------------- many logs


@pytest.mark.parametrize("number", [20, pytest.param(10_000, marks=pytest.mark.full)])
def test_fold_laws_on_generated_logs(number: int) -> None:
    """On each of so many generated logs: the fold in parts, some of them frozen between, is the fold of the whole."""
    policies = (STANDARD, PEAK, ROOMIER)
    for seed in range(number):
        draw = random.Random(seed)
        acts, policy = seed % 4 > 0, policies[seed % 3]
        parts = facts_with_decisions(world(seed, 40 + seed % 60, acts=acts, policy=policy).log)
        log = [event for part in parts for event in part]
        desk, at = Desk(policy, acts=acts), 0
        while at < len(parts):
            end = at + draw.randrange(1, 30)
            desk.fold([event for part in parts[at:end] for event in part])
            at = end
            if draw.random() < 0.5:
                frozen = freeze(desk)
                desk = thaw(frozen, policy, acts=acts)
                retell(desk, [event for part in parts[:at] for event in part if isinstance(event, RETOLD)])
        assert everything(desk) == everything(fold(log, policy, acts=acts)), f"seed {seed}"
