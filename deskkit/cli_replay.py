"""The body of ``deskkit replay``: what another policy would have decided on the facts of a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.cli_zone import time_in, zone_in
from deskkit.desk.events import PolicyChanged
from deskkit.desk.policy import Policy
from deskkit.errors import FeedError
from deskkit.export import write
from deskkit.locale import chosen, translator
from deskkit.log import open_log
from deskkit.measures.summary import ROWS
from deskkit.measures.whatif import replay
from deskkit.privacy import mask, mask_values
from deskkit.text import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from deskkit.measures.replayed import Replay

__all__ = ["as_dict", "as_text", "run"]


def run(args: argparse.Namespace, progress: Callable[[int, int], None]) -> tuple[Replay, str]:
    """Go over the log and return what would have been different, and the zone of its times; write the table if asked.

    Raises
    ------
    FeedError, MeasureError
        The command is wrong: a time, a zone, a file name, or nothing to compare with.
    DeskkitError
        The log or a policy cannot be read.
    """
    if args.out is not None:
        check_suffix(args.out)
    policy = Policy.load(args.policy)
    against = Policy.load(args.against) if args.against else None
    with open_log(args.log, create=False, read_only=True) as log:
        zone = zone_in(log, args.zone, policy)
        start, until = time_in(args.start, zone, "--from"), time_in(args.end, zone, "--to")
        if against is None and not log.count(kinds=[PolicyChanged]):
            raise FeedError(
                "Nothing was decided in this log.", place="replay", value=args.log,
                expected="a policy to compare with", example="--against data/policies/standard.toml",
            )  # fmt: skip
        made = replay(log, policy, against=against, start=start, until=until, zone=zone, progress=progress)
    if args.out is not None:
        write(made.differences, args.out, zone=zone, masked=not args.unmasked)
    return made, zone


def as_dict(made: Replay, *, masked: bool = True) -> dict[str, Any]:
    """Return the summary, and ten conversations as examples, as JSON can hold them; masked unless told not to."""
    examples = made.examples(10).select("conversation", "changes").to_dicts()
    out = {**made.summary.as_dict(), "examples": examples}
    return dict(mask_values(out, language=chosen())) if masked else out


def as_text(made: Replay, *, zone: str) -> str:
    """Return the summary for a terminal; names of policies and rules in it are masked line by line."""
    say = translator(chosen())
    told = [*made.summary.table(say=say, zone=zone).splitlines(), "", say(ROWS)]
    return "\n".join(visible(mask(line, language=chosen())) for line in told)


def check_suffix(path: Path) -> None:
    """Refuse a file that no table is written to, before the work begins.

    Raises
    ------
    FeedError
        The suffix is another than .csv, .xlsx or .parquet.
    """
    if path.suffix.lower() not in {".csv", ".xlsx", ".parquet"}:
        raise FeedError(
            "Tables are not written in this form.", place="--out", value=str(path),
            expected=".csv, .xlsx or .parquet", example="--out table.xlsx",
        )  # fmt: skip
