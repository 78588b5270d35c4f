"""A real Dask cluster of processes of this machine for a test, and decisions that hold its workers up or end them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from distributed import Client

from deskkit.sim.picks import oldest_first
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = "DESKKIT_TEST_CLUSTER"


class Somewhere:
    """A scheduler and its workers, each a process; Dask's own commands began them.

    Parameters
    ----------
    folder : Path
        Where they keep what they need, and where `held_up` leaves its marks.
    options : sequence of str
        Of the scheduler and of each worker.
    scheme : str
    retries : int
        Of a job whose worker was lost.
    """

    def __init__(self, folder: Path, options: Sequence[str] = (), *, scheme: str = "tcp", retries: int = 3) -> None:
        self.folder, self._options, self._scheme, self._retries = folder, options, scheme, retries
        self.workers: list[subprocess.Popen[bytes]] = []
        self._about = folder / "scheduler.json"
        self.scheduler = self._begun("scheduler", "--port", "0", "--scheduler-file", str(self._about))
        wait_until(self._is_told)
        self.address: str = json.loads(self._about.read_text(encoding="utf-8"))["address"]

    def _is_told(self) -> bool:
        assert self.scheduler.poll() is None, (self.folder / "said").read_text(encoding="utf-8")
        return self._about.exists() and self._about.read_text(encoding="utf-8").endswith("}")

    def _begun(self, what: str, *words: str) -> subprocess.Popen[bytes]:
        about = {
            FOLDER: str(self.folder), "PYTHONPATH": str(ROOT),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(self._retries),
        }  # fmt: skip
        with (self.folder / "said").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", what, "--no-dashboard", "--host", f"{self._scheme}://127.0.0.1",
                 *words, *self._options],
                env=os.environ | about, cwd=ROOT, stdout=said, stderr=said,
            )  # fmt: skip

    def add_worker(self, threads: int = 1) -> None:
        """Begin another worker."""
        place = str(self.folder / "work")
        words = [self.address, "--nthreads", str(threads), "--no-nanny", "--local-directory", place]
        self.workers.append(self._begun("worker", *words))

    def marks(self) -> set[int]:
        """Return the processes that `held_up` holds up."""
        return {int(path.name.partition("-")[0]) for path in self.folder.glob("[0-9]*")}

    def let_go(self) -> None:
        """Let go on who is held up, from now on at once; who saw it too late would wait for the next time."""
        (self.folder / "go").touch()
        wait_until(lambda: not self.marks())

    def hold_up(self) -> None:
        """Hold up again."""
        for path in (*self.folder.glob("[0-9]*"), self.folder / "go"):
            path.unlink(missing_ok=True)

    def kill(self, process: int) -> None:
        """End a worker outright."""
        os.kill(process, signal.SIGKILL)
        for one in self.workers:
            if one.pid == process:
                one.wait(PATIENCE_S)
        for path in self.folder.glob(f"{process}-*"):
            path.unlink()

    def tasks(self) -> int:
        """Return how many jobs the scheduler knows of."""
        with Client(self.address, set_as_default=False) as client:
            found: int = client.run_on_scheduler(_count_tasks)
            return found

    def have(self, workers: int) -> None:
        """Begin workers until there are so many, and wait for them; nobody is held up any longer."""
        self.let_go()
        self.workers = [one for one in self.workers if one.poll() is None]
        while len(self.workers) < workers:
            self.add_worker(threads=1 + len(self.workers) % 2)
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=PATIENCE_S)

    def end(self) -> None:
        """End all of them."""
        for one in (*self.workers, self.scheduler):
            one.kill()
            one.wait(PATIENCE_S)


def _count_tasks(dask_scheduler: Any) -> int:
    return len(dask_scheduler.tasks)


def held_up(agent: Any, unread: Any, now: int) -> Any:
    """Turn to who asked first; on a worker of `Somewhere`, leave a mark and wait until it is let go."""
    folder = os.environ.get(FOLDER)
    if folder is not None and not (Path(folder) / "go").exists():
        mark = Path(folder) / f"{os.getpid()}-{threading.get_ident()}"
        mark.touch()
        wait_until((Path(folder) / "go").exists)
        mark.unlink(missing_ok=True)
    return oldest_first(agent, unread, now)


def deadly(agent: Any, unread: Any, now: int) -> Any:
    """Turn to who asked first; on a worker of `Somewhere`, end its process as a lack of memory does."""
    if FOLDER in os.environ:
        os._exit(1)
    return oldest_first(agent, unread, now)
