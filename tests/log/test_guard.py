"""What must be true before a file is touched: the library, the disk, the process (T27, P5)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from deskkit.errors import LogError
from deskkit.log import guard, open_log, sqlite
from tests.contract.samples import AT, wrote
from tests.patience import PATIENCE_S

# What reliability.md 4.1 says, version by version: every one that SQLite released from 3.36 to 3.54.
SOLO = {(3, minor, patch) for minor in range(37, 51) for patch in range(10)} | {(3, 51, n) for n in range(3)}
SAFE = {(3, 44, n) for n in range(6, 10)} | {(3, 50, n) for n in range(7, 10)}
SAFE |= {(3, 51, n) for n in range(3, 10)} | {(3, minor, n) for minor in (53, 54) for n in range(5)} | {(4, 0, 0)}
REFUSED = {(3, 36, 0), (3, 7, 17), (3, 52, 0), (3, 52, 1)}


def pretend(monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]) -> None:
    """Let the driver say that its library has another version."""
    real = guard.library()
    fake = ModuleType(real.__name__)
    fake.__dict__.update(vars(real))
    fake.__dict__["sqlite_version_info"] = version
    fake.__dict__["sqlite_version"] = ".".join(map(str, version))
    monkeypatch.setattr(guard, "library", lambda: fake)


def test_versions() -> None:
    """Each library version is judged exactly as the table says."""
    for version in SAFE | SOLO | REFUSED:
        expected = "safe" if version in SAFE else "solo" if version in SOLO else "refused"
        assert guard.judge(version) == expected, version


def test_the_library_in_use_is_safe() -> None:
    """The driver that the package asks for brings a fixed library."""
    pytest.importorskip("pysqlite3")
    assert guard.library().__name__ == "pysqlite3.dbapi2"
    assert guard.judge(guard.library().sqlite_version_info) == "safe"


def test_without_pysqlite3(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pysqlite3 has no wheel, Python's own driver is used and judged."""
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    assert guard.library().__name__ == "sqlite3"


def test_python_s_own_library_keeps_a_log(monkeypatch: pytest.MonkeyPatch, log_url: str) -> None:
    """The standard driver works too, alone if it must."""
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    if guard.judge(guard.library().sqlite_version_info) == "refused":
        pytest.skip("this Python's SQLite must not keep a log at all")
    with open_log(log_url) as log:
        log.append([wrote(1)], received_at=AT)
        assert log.verify().ok


@pytest.mark.parametrize("version", sorted(REFUSED))
def test_refused_library(
    monkeypatch: pytest.MonkeyPatch, log_url: str, log_path: Path, version: tuple[int, ...]
) -> None:
    """With a refused library nothing is made, and the error names what to install."""
    pretend(monkeypatch, version)
    with pytest.raises(LogError, match=r"must not keep a log.*Hint: pip install"):
        open_log(log_url)
    assert list(log_path.parent.iterdir()) == []


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 44, 5), (3, 50, 6), (3, 51, 2)])
def test_solo(monkeypatch: pytest.MonkeyPatch, log_url: str, version: tuple[int, ...]) -> None:
    """With a vulnerable library a second handle is refused until the first is closed."""
    pretend(monkeypatch, version)
    with open_log(log_url) as log:
        log.append([wrote(1)], received_at=AT)
        for read_only in (False, True):
            with pytest.raises(LogError, match="open elsewhere"):
                open_log(log_url, read_only=read_only)
        assert [stored.seq for stored in log.read()] == [1]
    with open_log(log_url) as log:
        assert log.last_seq() == 1


def test_safe_and_solo_do_not_mix(monkeypatch: pytest.MonkeyPatch, log_url: str) -> None:
    """A vulnerable library is kept out while a safe one has the log open, and the other way round."""
    with open_log(log_url), open_log(log_url), monkeypatch.context() as context:
        pretend(context, (3, 40, 1))
        with pytest.raises(LogError, match="open elsewhere"):
            open_log(log_url)
    with monkeypatch.context() as context:
        pretend(context, (3, 40, 1))
        solo = open_log(log_url)
    with solo, pytest.raises(LogError, match="open elsewhere"):
        open_log(log_url)
    open_log(log_url).close()


PROBE = """
import sys
from deskkit.errors import LogError
from deskkit.log import guard, open_log, sqlite
real = guard.library()
class Fake: pass
if sys.argv[2] == "solo":
    import types
    fake = types.ModuleType("fake"); fake.__dict__.update(vars(real)); fake.sqlite_version_info = (3, 40, 1)
    guard.library = lambda: fake
try:
    open_log(sys.argv[1]).close()
except LogError as error:
    print("refused" if "open elsewhere" in str(error) else error)
else:
    print("opened")
"""


@pytest.mark.parametrize(("ours", "theirs", "said"), [
    ("solo", "safe", "refused"), ("safe", "solo", "refused"), ("solo", "solo", "refused"),
    ("safe", "safe", "opened"),
])  # fmt: skip
def test_other_processes(monkeypatch: pytest.MonkeyPatch, log_url: str, ours: str, theirs: str, said: str) -> None:
    """Solo mode holds between processes."""
    with monkeypatch.context() as context:
        if ours == "solo":
            pretend(context, (3, 40, 1))
        log = open_log(log_url)
    command = [sys.executable, "-c", PROBE, log_url, theirs]
    root = Path(__file__).parents[2]
    with log:
        result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    assert result.stdout.strip() == said


def test_a_failed_setting_lets_go(monkeypatch: pytest.MonkeyPatch, log_url: str) -> None:
    """If a setting is refused when the log opens, the lock is free again and no connection stays."""
    open_log(log_url).close()
    with monkeypatch.context() as context:
        context.setattr(sqlite, "WRITER", ("PRAGMA no such setting",))
        with pytest.raises(LogError, match="SQLite refused"):
            open_log(log_url)
    pretend(monkeypatch, (3, 40, 1))
    open_log(log_url).close()


def test_a_failed_opening_lets_go(monkeypatch: pytest.MonkeyPatch, log_url: str, log_path: Path) -> None:
    """After a refused opening the lock is free again."""
    log_path.write_bytes(b"no database at all" * 100)
    pretend(monkeypatch, (3, 40, 1))
    with pytest.raises(LogError):
        open_log(log_url)
    log_path.unlink()
    open_log(log_url).close()


@pytest.mark.parametrize(
    ("kind", "path", "found"),
    [
        ("nfs4", "/srv/logs/desk.db", "nfs4"),
        ("ext4", "/srv/logs/desk.db", None),
        ("9p", "/srv/logs/deep/er/desk.db", "9p"),
        ("cifs", "/srv/logs-local/desk.db", None),
        ("fuse.sshfs", "/srv/logs", "fuse.sshfs"),
    ],
)
def test_network_file_systems(kind: str, path: str, found: str | None) -> None:
    """The innermost mount that holds the path decides."""
    mounts = f"/dev/sda1 / ext4 rw 0 0\nnas:/x /srv/logs {kind} rw 0 0\nproc /proc proc rw 0 0\n"
    assert guard.network_filesystem(Path(path), mounts=mounts) == found


def test_mount_over_mount() -> None:
    """The last mount on a point is the one in use, and spaces in its name are understood."""
    mounts = "a / ext4 rw 0 0\nnas:/x /my\\040logs nfs rw 0 0\nb /my\\040logs ext4 rw 0 0\n"
    assert guard.network_filesystem(Path("/my logs/desk.db"), mounts=mounts) is None
    assert guard.network_filesystem(Path("/my logs/desk.db"), mounts=mounts[: mounts.rindex("b ")]) == "nfs"


def test_log_on_a_network_file_system(monkeypatch: pytest.MonkeyPatch, log_url: str, log_path: Path) -> None:
    """A log on a network file system is refused before anything is made."""
    monkeypatch.setattr(guard, "network_filesystem", lambda path: "nfs4")
    with pytest.raises(LogError, match=r"network file system.*nfs4"):
        open_log(log_url)
    assert list(log_path.parent.iterdir()) == []


def test_unc_path() -> None:
    """A path on another Windows machine is on a network file system."""
    assert guard.network_filesystem(Path("//server/share/desk.db"), mounts="") == "UNC path"


def test_lock_file_in_the_way(log_url: str, log_path: Path) -> None:
    """A lock file that cannot be opened is named."""
    log_path.with_name("desk.db.lock").mkdir()
    with pytest.raises(LogError, match=r"desk\.db\.lock: The lock file cannot be opened"):
        open_log(log_url)


def test_lock_is_released_once(log_path: Path) -> None:
    """Releasing a lock again does nothing."""
    lock = guard.ProcessLock(log_path, exclusive=True)
    lock.release()
    lock.release()
    guard.ProcessLock(log_path, exclusive=True).release()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///desk.db", "desk.db"),
        ("sqlite:////srv/my desk.db", "/srv/my desk.db"),
        ("sqlite+pysqlite:///a/desk.db", "a/desk.db"),
        ("sqlite:///C:/desk.db", "C:/desk.db"),
    ],
)
def test_addresses(url: str, path: str) -> None:
    """Three slashes lead to a relative path, four to an absolute one."""
    assert guard.path_of(url).as_posix() == path


@pytest.mark.parametrize(
    "url",
    [
        "", "desk.db", "sqlite:", "sqlite://", "sqlite:///", "sqlite://host/desk.db", "sqlite:///:memory:",
        "sqlite:///file:desk.db", "sqlite:///desk.db?mode=ro", "mysql://host/x",
        "postgresql+psycopg://host/desk",
    ],
)  # fmt: skip
def test_other_addresses(url: str) -> None:
    """Anything else is refused with an address that would do."""
    with pytest.raises(LogError, match="Hint: open_log"):
        open_log(url)


def test_postgresql_hides_the_password() -> None:
    """The error about PostgreSQL says that it is not in this release, and no password."""
    with pytest.raises(LogError, match="not in this release") as error:
        open_log("postgresql+psycopg://me:secret@host/desk")
    assert "secret" not in str(error.value)
