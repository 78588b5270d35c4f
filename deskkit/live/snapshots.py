"""Snapshots of a log: where a driver's fold may begin, if log, policy and code are still those it was folded by.

A snapshot changes speed, never results. One that was made by other code or another policy, that belongs to other rows
or was damaged is left aside, and the log is folded from its beginning.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import deskkit.desk
import deskkit.text
from deskkit.desk import snapshot
from deskkit.log.rows import Snapshot

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog

__all__ = ["Folded", "code_hash", "keep", "latest", "made", "policy_hash"]

_DIGEST: Final = 32
_LIBRARIES: Final = ("msgspec", "google-re2")


class Folded(NamedTuple):
    """A desk folded up to `seq`; `in_force` is the fingerprint of the log's last policy there, empty if it had none."""

    desk: Desk
    seq: int
    in_force: str


@lru_cache(maxsize=1)
def code_hash() -> str:
    """Return the hash of the code that folds, and of what it stands on, as it was when first asked for."""
    total = hashlib.sha256()
    folder = Path(deskkit.desk.__file__).parent
    files = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*.py"))}
    for name, file in (files | {"../text.py": Path(deskkit.text.__file__)}).items():
        total.update(f"{name}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    for name in _LIBRARIES:
        total.update(f"{name} {metadata.version(name)}\n".encode())
    return total.hexdigest()


def policy_hash(policy: Policy, *, acts: bool, notices: bool) -> str:
    """Return what tells folds apart that begin under different policies or do different things."""
    return f"{policy.fingerprint}-{int(acts)}{int(notices)}"


def latest(log: EventLog, policy: Policy, *, acts: bool, notices: bool) -> Folded | None:
    """Return the desk of the log's snapshot, or None where there is none that holds.

    Parameters
    ----------
    log : EventLog
    policy : Policy
        With which the fold would begin.
    acts, notices : bool
        As for `Desk`.
    """
    kept = log.snapshot(policy_hash(policy, acts=acts, notices=notices))
    if kept is None or kept.code_hash != code_hash() or kept.seq > log.last_seq():
        return None
    seal, body = kept.state[:_DIGEST], kept.state[_DIGEST:]
    if seal != _seal(log, kept.seq, body):
        return None
    in_force, _, frozen = body.partition(b"\n")
    desk = snapshot.thaw(frozen, policy, acts=acts, notices=notices)
    snapshot.retell(desk, (stored.event for stored in log.read(until=kept.seq, kinds=snapshot.RETOLD)))
    return Folded(desk, kept.seq, in_force.decode())


def keep(log: EventLog, folded: Folded, *, policy: Policy, acts: bool, notices: bool) -> None:
    """Keep a snapshot in place of the last; nothing is kept of an empty log.

    Parameters
    ----------
    log : EventLog
    folded : Folded
        What rows 1 to `folded.seq` of the log lead to.
    policy, acts, notices
        With which the fold began.

    Raises
    ------
    LogError
        The log could not store it.
    """
    if folded.seq:
        log.save_snapshot(made(log, folded, policy=policy, acts=acts, notices=notices))


def made(log: EventLog, folded: Folded, *, policy: Policy, acts: bool, notices: bool) -> Snapshot:
    """Return a snapshot as `keep` keeps it, of a log that is not empty; whoever has time may store it."""
    body = folded.in_force.encode() + b"\n" + snapshot.freeze(folded.desk)
    return Snapshot(
        seq=folded.seq,
        policy_hash=policy_hash(policy, acts=acts, notices=notices),
        code_hash=code_hash(),
        state=_seal(log, folded.seq, body) + body,
    )


def _seal(log: EventLog, seq: int, body: bytes) -> bytes:
    """Bind a snapshot to its bytes and to the row it ends at."""
    (row,) = log.rows(seq - 1, until=seq)
    return hashlib.sha256(hashlib.sha256(row.body).digest() + body).digest()
