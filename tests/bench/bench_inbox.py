"""How many facts a second the driver moves from the inbox into the log, decided and durably stored.

Run by `make bench`. Messages of twenty conversations wait in the inbox of a SQLite log; the driver takes them, fifty in
a transaction. The figure to reach is 5,000 a second. Beside it, in the same run: the same in memory, without a disk.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from deskkit.log import open_log
from tests.live.desks import served, staffed, wrote

FACTS = 5_000
CONVERSATIONS = 20


def facts_per_second(url: str) -> tuple[float, float]:
    """Return how many facts a second are received, and how many taken."""
    with open_log(url) as log:
        desk = staffed(served(log), conversations=CONVERSATIONS)
        start = time.perf_counter()
        with log.batch():
            for n in range(FACTS):
                desk.bring(wrote(f"m{n}", conversation=f"c{1 + n % CONVERSATIONS}"), work=False)
        received = time.perf_counter()
        desk.work()
        return FACTS / (received - start), FACTS / (time.perf_counter() - received)


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        for name, url in (("memory", "memory:"), ("SQLite", f"sqlite:///{Path(folder, 'desk.db').as_posix()}")):
            received, taken = facts_per_second(url)
            print(f"{name}: {received:,.0f} received, {taken:,.0f} taken and decided a second")


if __name__ == "__main__":
    main()
