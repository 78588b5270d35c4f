"""``python -m deskkit.live --log URL --policy FILE``: decide for a log until there is a reason to stop.

Views start it where no driver decides. It ends with status 0 and says why on standard error, with 1 after an error.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError
from deskkit.live.child import IDLE_MS
from deskkit.live.lease import take_lease
from deskkit.live.push import load_push
from deskkit.live.serve import Serving, Ways
from deskkit.log import open_log

if TYPE_CHECKING:
    from collections.abc import Sequence

IDLE_MOST_S: Final = 366 * 86_400


def main(argv: Sequence[str] | None = None) -> int:
    """Serve a log; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deskkit.live", description="Decide for a log.")
    parser.add_argument("--log", required=True, help="address of the log: sqlite:///desk.db")
    parser.add_argument("--policy", required=True, help="a policy file, where the log has none in force yet")
    parser.add_argument("--idle", type=float, default=IDLE_MS / 1000, help="stop when nobody needed it for so many s")
    parser.add_argument("--watch", action="store_true", help="advise only: assign and tidy nothing")
    parser.add_argument("--no-notices", action="store_true", help="decide no notices")
    parser.add_argument("--push", help="a file of addresses for push")
    parser.add_argument("--after", type=int, help="the epoch of the driver to follow; none that came later")
    args = parser.parse_args(argv)
    if not 0 < args.idle < IDLE_MOST_S:
        parser.error(f"--idle {args.idle}: expected seconds, more than 0 and less than {IDLE_MOST_S}, for example 600")
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        why = _serve(args, stop)
    except DeskkitError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write(f"The driver of {args.log} stopped: {why}.\n")
    return 0


def _serve(args: argparse.Namespace, stop: threading.Event) -> str:
    policy = Policy.load(args.policy)
    push = load_push(args.push) if args.push else None
    with open_log(args.log, create=False) as log:
        if args.after is not None and log.lease().epoch != args.after:
            return "another one was faster"
        holding = take_lease(log, f"process {os.getpid()}")
        if holding is None:
            return "another one decides already"
        try:
            idle_ms = round(args.idle * 1000)
            serving = Serving(
                log,
                policy,
                holding,
                ways=Ways(push=push),
                acts=not args.watch,
                idle_ms=idle_ms,
                notices=not args.no_notices,
            )
        except BaseException as error:
            holding.end(f"it could not start: {type(error).__name__}")
            raise
        return serving.run(stop)


if __name__ == "__main__":
    sys.exit(main())
