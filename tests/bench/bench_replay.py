"""How fast a log is gone over: facts of the sample desk per second, for one policy alone and for two compared.

Run by `make bench`. Reading the log is part of it; the figure for one policy is `redecide`, that for two `replay`.
Time is the process's own: one core, whatever else runs.
"""

from __future__ import annotations

import time

from deskkit.measures.whatif import redecide, replay
from deskkit.sample import sample_log, sample_policy


def main() -> None:
    """Print facts per second, and the summary of the quiet policy against the standard one."""
    log = sample_log()
    begun = time.process_time()
    passes = sum(1 for _ in redecide(log, sample_policy()))
    spent = time.process_time() - begun
    facts = log.last_seq()
    print(f"redecide: {facts:7d} facts, {facts / spent:8,.0f} facts/s, {passes / spent:8,.0f} passes/s")
    begun = time.process_time()
    made = replay(log, sample_policy("quiet"), against=sample_policy())
    spent = time.process_time() - begun
    print(f"replay of two: {facts / spent:8,.0f} facts/s, {len(made):,} differences")
    print(made)


if __name__ == "__main__":
    main()
