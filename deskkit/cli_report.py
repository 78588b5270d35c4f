"""The body of ``deskkit report``: a log measured as asked, printed or written."""

from __future__ import annotations

import json
import os
import sys
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from deskkit.cli_replay import check_suffix
from deskkit.cli_zone import zone_in
from deskkit.desk.policy import Policy
from deskkit.export import write
from deskkit.log import open_log
from deskkit.measures.asked import Question, as_dict, as_frame, as_text, asked

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

__all__ = ["run"]


def run(args: argparse.Namespace, progress: Callable[[int, int], None]) -> str:
    """Measure a log and return what is to be printed; write the table if asked to.

    Raises
    ------
    FeedError, MeasureError
        The command is wrong: a file name, a time, a measure, a key.
    DeskkitError
        The log or a policy cannot be read.
    """
    if args.out is not None:
        check_suffix(args.out)
    with open_log(args.log, create=False, read_only=True) as log:
        zone = zone_in(log, args.zone, Policy.load(args.policy) if args.policy else None)
        question = Question(
            by=args.by, measures=args.measure, vendors=args.vendors, period=(args.start, args.end), versus=args.versus,
            zone=zone, within_s=args.within, short_s=args.short, policy=args.policy, redecide=args.redecide,
        )  # fmt: skip
        found = asked(log, question, progress=progress)
    masked = not args.unmasked
    if args.out is not None:
        write(as_frame(found), args.out, zone=found.report.choices.zone, masked=masked)
    if args.json:
        return json.dumps(as_dict(found, masked=masked), ensure_ascii=False)
    return as_text(found, definitions=args.definitions, width=_terminal())


def _terminal() -> int | None:
    """Return how wide the terminal is; what goes into a pipe or a file keeps a line per measure."""
    return get_terminal_size().columns if sys.stdout.isatty() or "COLUMNS" in os.environ else None
