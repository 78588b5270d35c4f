"""What was changed behind the log's back is found, and the first bad row is named."""
# ruff: noqa: S608 -- the statements are this file's own

from __future__ import annotations

import hashlib
import random
import re
from typing import TYPE_CHECKING

import msgspec
import pytest

from deskkit.desk.coding import decode, encode
from deskkit.errors import LogError
from deskkit.log import guard, open_log
from deskkit.log.chain import GENESIS, digest_of, link_of, tombstone
from deskkit.log.sqlite import SCHEMA
from tests.contract.samples import AT, every_kind, wrote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from sqlite3 import Connection

    from deskkit.log import Report

SIZE = 12


@pytest.fixture
def filled(log_url: str, log_path: Path) -> Path:
    """Return the path of a log of twelve events, closed."""
    with open_log(log_url) as log:
        log.append([wrote(n) for n in range(1, 5)], received_at=AT)
        log.append([wrote(n) for n in range(5, SIZE + 1)], received_at=AT + 1)
    return log_path


def tamper(path: Path, statements: Sequence[str]) -> Report:
    """Run statements past the triggers, and verify."""
    connection: Connection = guard.library().connect(path, isolation_level=None)
    for name in ("event_next", "event_no_update", "event_no_delete"):
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for statement in SCHEMA:
        if statement.startswith("CREATE TRIGGER"):
            connection.execute(statement)
    connection.close()
    with open_log(f"sqlite:///{path}") as log:
        return log.verify()


COLUMNS = "at, received_at, conversation, kind, source, source_id, body, salt, digest, link"
SWAP = [f"UPDATE event SET seq = {a} WHERE seq = {b}" for a, b in ((-1, 5), (5, 8), (8, -1))]
SHIFT = [f"UPDATE event SET seq = {n + 1} WHERE seq = {n}" for n in range(SIZE, 6, -1)]
NEW = COLUMNS.replace("source_id", "'new'")
COPY = f"INSERT INTO event (seq, {COLUMNS}) SELECT {{}}, {NEW} FROM event WHERE seq = {{}}"

TAMPERED = {
    "a byte of a body": (["UPDATE event SET body = replace(body, 'hello', 'hullo') WHERE seq = 7"], 7),
    "a body that is no event": (["UPDATE event SET body = '{}' WHERE seq = 7"], 7),
    "a body that is no text": (["UPDATE event SET body = CAST(x'ff00' AS TEXT) WHERE seq = 7"], 7),
    "the first body": (["UPDATE event SET body = body || ' ' WHERE seq = 1"], 1),
    "the last body": ([f"UPDATE event SET body = body || ' ' WHERE seq = {SIZE}"], SIZE),
    "a salt": (["UPDATE event SET salt = x'00' WHERE seq = 7"], 7),
    "a digest": (["UPDATE event SET digest = x'00' WHERE seq = 7"], 7),
    "a link": (["UPDATE event SET link = x'00' WHERE seq = 7"], 7),
    "the last link": ([f"UPDATE event SET link = x'00' WHERE seq = {SIZE}"], SIZE),
    "body and digest together": (
        [
            "UPDATE event SET body = '{}', salt = x'', digest = x'"
            + hashlib.sha256(b"{}").hexdigest()
            + "' WHERE seq = 7"
        ],
        7,
    ),
    "a text rewritten, without salt": (
        ["UPDATE event SET body = replace(body, 'hello', 'I never paid'), salt = NULL WHERE seq = 7"],
        7,
    ),
    "a text kept, without salt": (["UPDATE event SET salt = NULL WHERE seq = 7"], 7),
    "a tomb with more than it has": (
        ['UPDATE event SET body = replace(body, \'"hello"\', \'"","by":""\'), salt = NULL WHERE seq = 7'],
        7,
    ),
    "a tomb that is no event": (["UPDATE event SET body = '{}', salt = NULL WHERE seq = 7"], 7),
    "a time": (["UPDATE event SET at = at + 1 WHERE seq = 7"], 7),
    "a time of receipt": (["UPDATE event SET received_at = received_at + 1 WHERE seq = 7"], 7),
    "a conversation": (["UPDATE event SET conversation = 'c2' WHERE seq = 7"], 7),
    "no conversation": (["UPDATE event SET conversation = NULL WHERE seq = 7"], 7),
    "a kind": (["UPDATE event SET kind = 'agent_wrote' WHERE seq = 7"], 7),
    "a source": (["UPDATE event SET source = 'x' WHERE seq = 7"], 7),
    "an identity": (["UPDATE event SET source_id = 'x' WHERE seq = 7"], 7),
    "a row deleted": (["DELETE FROM event WHERE seq = 7"], 7),
    "the first row deleted": (["DELETE FROM event WHERE seq = 1"], 1),
    "a row deleted, the rest renumbered": (
        [
            "DELETE FROM event WHERE seq = 7",
            *(f"UPDATE event SET seq = {n - 1} WHERE seq = {n}" for n in range(8, SIZE + 1)),
        ],
        7,
    ),
    "the last row deleted": ([f"DELETE FROM event WHERE seq = {SIZE}"], SIZE),
    "half of the rows deleted": (["DELETE FROM event WHERE seq > 6"], 7),
    "all rows deleted": (["DELETE FROM event"], 1),
    "a row inserted at the end": ([COPY.format(SIZE + 1, 3)], SIZE + 1),
    "a row inserted between": ([*SHIFT, COPY.format(7, 3)], 7),
    "two rows exchanged": (SWAP, 5),
    "two bodies exchanged with salt and digest": (
        [
            "CREATE TABLE t AS SELECT * FROM event WHERE seq IN (5, 8)",
            *(
                f"UPDATE event SET (body, salt, digest, at, source_id) = "
                f"(SELECT body, salt, digest, at, source_id || '{mark}'"
                f" FROM t WHERE seq = {b}) WHERE seq = {a}"
                for a, b, mark in ((5, 8, "x"), (8, 5, "y"))
            ),
        ],
        5,
    ),
    "the head moved back": (["UPDATE head SET seq = 6"], 7),
    "the head moved on": (["UPDATE head SET seq = 20"], SIZE + 1),
    "the link of the head": (["UPDATE head SET link = x'00'"], SIZE),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_first_bad_row(filled: Path, what: str) -> None:
    """Whatever was changed, the first bad row is named."""
    statements, first_bad = TAMPERED[what]
    report = tamper(filled, statements)
    assert (report.ok, report.first_bad) == (False, first_bad), str(report)
    assert f"seq {first_bad}:" in str(report)


def test_untouched(filled: Path) -> None:
    """The log that the tests above change is sound as it is (their control)."""
    assert tamper(filled, []).ok


def test_no_head(filled: Path) -> None:
    """A log that lost the note of its end is not sound."""
    report = tamper(filled, ["DELETE FROM head"])
    assert (report.ok, report.first_bad) == (False, None)


def test_lost_index_entry(filled: Path) -> None:
    """What SQLite's own check finds is in the report."""
    connection: Connection = guard.library().connect(filled, isolation_level=None)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'event_conversation'").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    data = bytearray(filled.read_bytes())
    start = (page - 1) * size
    place = data.index(b"c1", start, start + size)
    data[place : place + 2] = b"c0"  # the index now says another conversation than the row
    filled.write_bytes(data)
    with open_log(f"sqlite:///{filled}") as log:
        report = log.verify()
    assert not report.ok
    assert "event_conversation" in str(report)


@pytest.mark.parametrize("seed", range(4))
def test_a_byte_of_the_file_flipped(filled: Path, tmp_path: Path, seed: int) -> None:
    """Any one byte changed on the disk gives a fault or a LogError, or changes nothing; never another exception."""
    connection: Connection = guard.library().connect(filled, isolation_level=None)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    sound, draw = filled.read_bytes(), random.Random(seed)
    with open_log(f"sqlite:///{filled}") as log:
        said = [row.body for row in log.rows()]
    found = 0
    names = [place for word in (b"event_", b"quarantine", b"sqlite_auto") for place in places(sound, word)]
    for place in (*names, *(draw.randrange(len(sound)) for _ in range(60))):
        path = tmp_path / f"{place}.db"
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0xC8]) + sound[place + 1 :])
        try:
            with open_log(f"sqlite:///{path}", create=False, read_only=True) as log:
                if log.verify().ok:
                    assert [row.body for row in log.rows()] == said
                else:
                    found += 1
        except LogError:
            found += 1
    assert found > len(names) // 2


def places(data: bytes, word: bytes) -> list[int]:
    """Return where a word stands."""
    return [match.start() + 2 for match in re.finditer(re.escape(word), data)]


def test_several_faults(filled: Path) -> None:
    """Each fault is named once, and the walk goes on behind it."""
    report = tamper(
        filled,
        ["UPDATE event SET body = body || ' ' WHERE seq IN (3, 9)", "DELETE FROM event WHERE seq = 6"],
    )
    assert [fault.seq for fault in report.faults] == [3, 6, 9]
    assert report.events == SIZE - 1


def test_not_endless(log_url: str, log_path: Path) -> None:
    """A log that is bad throughout gives twenty faults, not thousands."""
    with open_log(log_url) as log:
        log.append([wrote(n) for n in range(100)], received_at=AT)
    report = tamper(log_path, ["UPDATE event SET body = body || ' '"])
    assert [fault.seq for fault in report.faults] == list(range(1, 21))


def test_forgotten_text(filled: Path) -> None:
    """A row whose text and salt were removed keeps its place in the chain, and is counted."""
    tomb = msgspec.structs.replace(wrote(7), text="")
    body = encode(tomb).decode().replace("'", "''")
    report = tamper(filled, [f"UPDATE event SET body = '{body}', salt = NULL WHERE seq = 7"])
    assert (report.ok, report.forgotten) == (True, 1)
    assert "1 forgotten" in str(report)


def test_only_a_text_can_be_forgotten(log_url: str, log_path: Path) -> None:
    """A decision, or a fact without anybody's words, has no tombstone: without salt it is a fault, whatever it says."""
    with open_log(log_url) as log:
        log.append(every_kind(), received_at=AT)
    connection: Connection = guard.library().connect(log_path)
    stored = connection.execute("SELECT seq, CAST(body AS BLOB) FROM event ORDER BY seq").fetchall()
    connection.close()
    tombs = {seq: tombstone(decode(body)) for seq, body in stored}
    forgettable = [seq for seq, tomb in tombs.items() if tomb is not None]
    assert len(forgettable) == 5
    for tomb in tombs.values():
        if tomb is not None:
            assert tombstone(decode(tomb)) == tomb
            assert b"orders" not in tomb
    blank = ["UPDATE event SET salt = NULL"]
    for seq in forgettable:
        text = (tombs[seq] or b"").decode().replace("'", "''")
        blank.append(f"UPDATE event SET body = '{text}' WHERE seq = {seq}")
    report = tamper(log_path, blank)
    bad = [seq for seq in tombs if seq not in forgettable]
    assert [fault.seq for fault in report.faults] == bad[:20]


BESIDE = {
    "no trigger against changing": ("DROP TRIGGER event_no_update", "trigger event_no_update is missing"),
    "no trigger against deleting": ("DROP TRIGGER event_no_delete", "trigger event_no_delete is missing"),
    "no trigger for the order": ("DROP TRIGGER event_next", "trigger event_next is missing"),
    "a trigger of somebody's": (
        "CREATE TRIGGER mine AFTER INSERT ON event BEGIN DELETE FROM cursor; END", "trigger mine is none of deskkit's",
    ),
    "no index": ("DROP INDEX event_conversation", "index event_conversation is missing"),
    "another index of the name": (
        "DROP INDEX event_conversation; CREATE INDEX event_conversation ON event (at)",
        "index event_conversation is not as",
    ),
    "no outbox": ("DROP TABLE outbox", "table outbox is missing"),
    "nothing set aside any more": ("DROP TABLE quarantine", "table quarantine is missing"),
    "no head": ("DROP TABLE head", "table head is missing"),
    "a delivery changed": ("UPDATE quarantine SET raw = x'00' WHERE number = 1", "delivery 1 of those set aside was"),
    "its reason changed": ("UPDATE quarantine SET reason = 'x' WHERE number = 2", "delivery 2 of those set aside was"),
    "a delivery gone": ("DELETE FROM quarantine WHERE number = 1", "delivery 1 of those set aside is gone"),
    "a cursor beyond the end": ("UPDATE cursor SET seq = 13", "cursor 'ui' stands at seq 13, the log ends at 12"),
    "a cursor before the beginning": ("UPDATE cursor SET seq = -1", "cursor 'ui' stands at seq -1"),
    "a snapshot beyond the end": (
        "INSERT INTO snapshot VALUES (13, 'p', 'c', x'00')", "snapshot is of seq 13, the log ends at 12",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BESIDE)
def test_what_stands_beside_the_rows(filled: Path, what: str) -> None:
    """Tables, indexes, triggers, cursors, snapshots and deliveries set aside are looked at too."""
    with open_log(f"sqlite:///{filled}") as log:
        log.set_cursor("ui", SIZE)
        for n in (1, 2):
            log.quarantine("meiqia", "no time", raw=b"{%d}" % n, received_at=AT)
        assert log.verify().ok  # the control
    script, problem = BESIDE[what]
    connection: Connection = guard.library().connect(filled, isolation_level=None)
    connection.executescript(script)
    connection.close()
    with open_log(f"sqlite:///{filled}", read_only=True) as log:
        report = log.verify()
    assert not report.ok
    assert problem in str(report)


def test_marks_changed_under_an_open_log(filled: Path) -> None:
    """A file whose marks are wrong is refused when it is opened, and named when they change later."""
    with open_log(f"sqlite:///{filled}") as log:
        connection: Connection = guard.library().connect(filled, isolation_level=None)
        connection.execute("PRAGMA user_version = 0")
        connection.execute("PRAGMA application_id = 7")
        connection.close()
        report = log.verify()
    assert "user_version is 0, not 1" in str(report)
    assert "application_id is 7" in str(report)


@pytest.mark.parametrize("version", [0, -5])
def test_a_version_that_never_was(filled: Path, version: int) -> None:
    """A log whose version no release ever wrote is refused."""
    connection: Connection = guard.library().connect(filled, isolation_level=None)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    with pytest.raises(LogError, match="version"):
        open_log(f"sqlite:///{filled}")


def test_the_last_link_is_the_witness_of_the_end(filled: Path) -> None:
    """A log cut off together with its head looks sound; the link that verify had printed tells."""
    with open_log(f"sqlite:///{filled}") as log:
        before = log.verify()
    assert len(before.link) == 64
    assert before.link in str(before)
    assert "Note it elsewhere" in str(before)
    report = tamper(filled, [
        "DELETE FROM event WHERE seq > 10",
        "UPDATE head SET seq = 10, link = (SELECT link FROM event WHERE seq = 10)",
    ])  # fmt: skip
    assert report.ok
    assert report.link != before.link


def test_append_to_a_shortened_log(filled: Path) -> None:
    """A log that lost its last rows refuses to go on, so that no number is used twice."""
    connection: Connection = guard.library().connect(filled, isolation_level=None)
    connection.execute("DROP TRIGGER event_no_delete")
    connection.execute("DELETE FROM event WHERE seq > 10")
    connection.close()
    with open_log(f"sqlite:///{filled}") as log:
        with pytest.raises(LogError, match="damaged"):
            log.append([wrote(99)], received_at=AT)
        assert log.last_seq() == 10


def test_undecodable_row(filled: Path) -> None:
    """Reading over a row that cannot be decoded names it."""
    tamper(filled, ['UPDATE event SET body = \'{"kind":"nothing"}\' WHERE seq = 7'])
    with open_log(f"sqlite:///{filled}") as log:
        reading = log.read()
        assert [next(reading).seq for _ in range(6)] == list(range(1, 7))
        with pytest.raises(LogError, match="seq 7"):
            next(reading)


def test_the_chain_by_hand(log_url: str, log_path: Path) -> None:
    """Digests and links are what the documentation says, computed here with hashlib alone."""
    with open_log(log_url) as log:
        log.append(every_kind(), received_at=AT)
    connection: Connection = guard.library().connect(log_path)
    rows = connection.execute(
        "SELECT CAST(body AS BLOB), salt, received_at, digest, link FROM event ORDER BY seq"
    ).fetchall()
    connection.close()
    link = GENESIS
    for body, salt, received_at, digest, stored in rows:
        assert len(salt) == 16
        assert digest == hashlib.sha256(salt + body).digest() == digest_of(salt, body)
        link = hashlib.sha256(link + received_at.to_bytes(8, "big", signed=True) + digest).digest()
        assert stored == link
    assert link_of(GENESIS, -1, b"") == hashlib.sha256(GENESIS + b"\xff" * 8).digest()
    assert len({salt for _, salt, *_ in rows}) == len(rows)


SERVED = {
    "no inbox": ("DROP TABLE inbox", "table inbox is missing"),
    "another lease": (
        "DROP TABLE lease; CREATE TABLE lease (one, epoch, holder, until, wanted_at, note)", "table lease is not as",
    ),
    "no index of what waits": ("DROP INDEX inbox_waiting", "index inbox_waiting is missing"),
    "something to send beyond the end": ("INSERT INTO outbox VALUES (13, 'x', NULL)", "the outbox holds seq 13"),
}  # fmt: skip


@pytest.mark.parametrize("what", SERVED)
def test_what_a_driver_s_tables_are(filled: Path, what: str) -> None:
    """A log that a driver serves has tables of its own for it, which are looked at; one that none served has none."""
    with open_log(f"sqlite:///{filled}") as log:
        assert log.verify().ok
        assert log.take_lease("a", now=AT, until=AT + 5) == 1
        log.queue(SIZE, ["x"])
        assert log.verify().ok  # the control
    script, problem = SERVED[what]
    connection: Connection = guard.library().connect(filled, isolation_level=None)
    connection.executescript(script)
    connection.close()
    with open_log(f"sqlite:///{filled}") as log:
        assert any(problem in fault.problem for fault in log.verify().faults)
