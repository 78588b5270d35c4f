"""Logs of earlier releases (P8): read, stored, folded and gone on with as if they had been written today."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

import deskkit
from deskkit.clock import ManualClock
from deskkit.desk import coding, events
from deskkit.desk.desk import Desk, fold
from deskkit.desk.snapshot import RETOLD, freeze, retell, thaw
from deskkit.live.driver import Driver
from deskkit.log import MemoryLog, Row, guard, open_log, sqlite
from deskkit.log.frames import from_parquet, to_parquet
from tests.desk.days import known
from tests.log.keep import ALL_KINDS, KEPT, STANDARD, kinds, summary

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = sorted(path.stem for path in KEPT.glob("*.jsonl"))
SCHEMAS = {
    1: "60aeb7f3ac3632429cb2fb42bb9e17f2b33fbb35e44f5ff63ca5ad43c682e523"
}  # user_version -> hash of its statements


def rows(version: str) -> list[Row]:
    """Return the rows of a kept log."""
    lines = (KEPT / f"{version}.jsonl").read_bytes().splitlines()
    return [Row(seq, json.loads(line)["at"], line) for seq, line in enumerate(lines, 1)]


def about(version: str) -> Any:
    """Return what was noted about a kept log."""
    return json.loads((KEPT / f"{version}.json").read_text(encoding="utf-8"))


def test_this_version_is_kept() -> None:
    """The version in the making keeps a log too, with every kind of event that it knows."""
    assert deskkit.__version__ in VERSIONS, f"python -m tests.log.keep {deskkit.__version__}"
    log = [coding.decode(row.body) for row in rows(deskkit.__version__)]
    assert kinds(log) == ALL_KINDS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_log_is_stored_as_it_was(version: str, tmp_path: Path) -> None:
    """In memory, in SQLite, by way of parquet and in one's own writing it has the digest it had."""
    noted = about(version)
    assert hashlib.sha256((KEPT / f"{version}.jsonl").read_bytes()).hexdigest() == noted["digest"]
    memory = MemoryLog()
    assert memory.restore(rows(version)) == noted["events"]
    to_parquet(memory, tmp_path / "desk.parquet")
    with open_log(f"sqlite:///{tmp_path / 'desk.db'}") as log:
        assert from_parquet(tmp_path / "desk.parquet", log) == noted["events"]
        assert log.verify().ok
        assert log.digest() == memory.digest() == noted["digest"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_log_leads_where_it_led(version: str) -> None:
    """Folded whole, the desk shows what it showed when the log was written (control: without its end it does not)."""
    log = [coding.decode(row.body) for row in rows(version)]
    assert json.loads(json.dumps(summary(fold(log, STANDARD)))) == about(version)["desk"]
    assert json.loads(json.dumps(summary(fold(log[:-40], STANDARD)))) != about(version)["desk"]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_kept_log_frozen_at_every_row(version: str) -> None:
    """Frozen and thawed before every fact of it, the desk comes to the same end."""
    log = [coding.decode(row.body) for row in rows(version)]
    whole = known(fold(log, STANDARD))
    desk, before = Desk(STANDARD), 0
    for at, event in enumerate(log):
        if not isinstance(event, events.Fact) or at == 0:
            continue
        desk.fold(log[before:at])
        before = at
        if at % 5 == 0:
            frozen = thaw(freeze(desk), STANDARD)
            retell(frozen, [past for past in log[:at] if isinstance(past, RETOLD)])
            frozen.fold(log[at:])
            assert known(frozen) == whole


@pytest.mark.parametrize("version", VERSIONS)
def test_a_driver_goes_on_with_a_kept_log(version: str) -> None:
    """A driver of today starts on it, decides and stores."""
    log = open_log("memory:")
    log.restore(rows(version))
    driver = Driver(log, STANDARD, clock=ManualClock(about(version)["desk"]["now"]))
    opened = events.ConversationOpened(
        at=driver.clock.now(), source="t", source_id="1", conversation="new", customer="u"
    )
    driver.take(opened)
    assert log.last_seq() > about(version)["events"]
    assert log.verify().ok


def test_an_old_event_is_read_with_new_fields_at_their_defaults() -> None:
    """A row that lacks what later versions added is read; what a later version wrote and we do not know is left out."""
    body = b'{"kind":"conversation_opened","at":5,"source":"a","source_id":"b","conversation":"c","customer":"u"}'
    event = coding.decode(body)
    assert event == events.ConversationOpened(at=5, source="a", source_id="b", conversation="c", customer="u")
    assert coding.decode(body[:-1] + b',"invented_later":{"x":1}}') == event


def test_a_changed_schema_has_a_number_of_its_own() -> None:
    """The tables of a released number never change: a file that says 1 is a file of these statements."""
    made = hashlib.sha256("\n".join(sqlite.SCHEMA).encode()).hexdigest()
    assert SCHEMAS[guard.SCHEMA] == made
