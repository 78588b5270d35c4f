"""The command line: ``deskkit import``, ``report``, ``replay``, ``simulate``, ``demo``, ``wallboard`` and others.

Results go to standard output (with ``--json`` one JSON object and nothing else), progress and errors to
standard error. Exit status: 0 done, 1 the work failed, 2 wrong use. Commands load what they need when they
run. This module knows no rule and no measure; it calls the functions a notebook would call.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from contextlib import contextmanager
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskkit import cli_sim, cli_tuning, cli_wallboard
from deskkit.cli_once import Parser
from deskkit.cli_output import delivered, show
from deskkit.errors import DeskkitError, FeedError, MeasureError
from deskkit.feeds.commands import add_products
from deskkit.text import clean, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskkit.feeds.report import ImportReport

__all__ = ["main"]

DONE, FAILED, WRONG_USE = 0, 1, 2
TAIL: Final = 20_000  # events looked through for the last one that is not of a roster

_BY_HELP: Final = "break down by hour, half_hour, day, agent, group, tag, priority or language; may be given twice"
_MEASURE_HELP: Final = "only this one, with its definition and the conversations behind it; may be given twice"
_UNMASKED_HELP: Final = "leave telephones, cards and e-mail addresses in the JSON and the file as they are"
_REDECIDE_HELP: Final = (
    "first let the policy decide about every fact of the log: priorities and tags for history that has none"
)
_ZONE_RULE: Final = "an IANA zone; by default that of --policy, else the import's, the log's policy's, else UTC"
_ZONE_HELP: Final = "IANA zone of times that carry none; Meiqia's are Beijing time: Asia/Shanghai"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default those of the process.
    """
    return delivered(lambda: _run(_parser().parse_args(argv)))


def _run(args: argparse.Namespace) -> int:
    run: Callable[[argparse.Namespace], int] = args.run
    try:
        return run(args)
    except (DeskkitError, OSError) as error:
        return _fail(args, error, WRONG_USE if _is_of_use(error) else FAILED)
    except KeyboardInterrupt:
        said = getattr(args, "interrupted", "Interrupted; what was stored stays. Run it again to go on.")
        return _fail(args, DeskkitError(said), FAILED)


def _is_of_use(error: Exception) -> bool:
    """Tell whether what was typed is at fault: a feed or measure asked for wrongly, or an option, its place."""
    return isinstance(error, FeedError | MeasureError) or getattr(error, "place", "").startswith("--")


def _fail(args: argparse.Namespace, error: Exception, status: int) -> int:
    """Say in one line what is wrong, and with --json as one object too."""
    from deskkit.privacy import mask  # noqa: PLC0415 - the numbering plans load when needed

    said = visible(clean(mask(" ".join(str(error).split()), language="en")))
    print(f"deskkit {args.command}: {said}", file=sys.stderr)
    if getattr(args, "json", False):
        _print_json({"error": said, "kind": type(error).__name__})
    return status


def _print_json(value: dict[str, Any]) -> None:
    show(json.dumps(value, ensure_ascii=False))


# ---------------------------------------------------------------- what can be said


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="deskkit", description="A live-chat desk: log, import, notebooks.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"deskkit {_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    feed = commands.add_parser(
        "import",
        help="bring conversations saved from a product into a log",
        epilog="What one of them takes: deskkit import meiqia --help. Worked examples: data/examples/README.md",
    )
    products = feed.add_subparsers(dest="product", required=True, metavar="PRODUCT")
    meiqia = products.add_parser(
        "meiqia",
        help="answers of Meiqia's API V2.0 and webhooks: JSON, JSON lines, gzip, zip",
        epilog="Example: deskkit import meiqia pages/ --log sqlite:///desk.db --zone Asia/Shanghai",
    )
    meiqia.add_argument("paths", nargs="+", metavar="PATH", help="files, folders or zip archives")
    meiqia.add_argument("--zone", help=_ZONE_HELP)
    meiqia.add_argument("--roster", metavar="FILE", help="a roster: agents, and their shifts in the same zone")
    _add_import(meiqia, _meiqia)
    add_products(products, _add_import)

    roster = commands.add_parser(
        "roster",
        help="make the agents of a roster known, and their shifts over some days",
        epilog="Example: deskkit roster agents.toml --log sqlite:///desk.db "
        "--from 2026-06-15 --to 2026-06-22 --zone Asia/Shanghai",
    )
    roster.add_argument("file", metavar="FILE", help="a TOML file with one [[agent]] each")
    roster.add_argument("--from", dest="start", metavar="TIME", help="they work by their shifts from here")
    roster.add_argument("--to", dest="end", metavar="TIME", help="to here")
    roster.add_argument("--zone", help="IANA zone of the shifts, --from and --to; by default the import's")
    _add_log(roster)
    roster.set_defaults(run=_roster)

    _add_report(commands)
    _add_replay(commands)
    cli_sim.add(commands, _add_log, _address)
    cli_tuning.add(commands)
    cli_wallboard.add(commands, _add_log)

    verify = commands.add_parser("verify", help="check that a log is whole")
    _add_log(verify)
    verify.set_defaults(run=_verify)

    backup = commands.add_parser("backup", help="copy a log while it is in use, checked, to a new file")
    backup.add_argument("file", metavar="FILE", help="of a name not taken yet; it is a log itself")
    _add_log(backup)
    backup.set_defaults(run=_backup)

    lab = commands.add_parser("lab", help="open JupyterLab at the notebooks")
    lab.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="the notebooks; by default notebooks/")
    lab.add_argument("options", nargs="*", help="options of jupyter lab, behind --")
    lab.set_defaults(run=_lab)
    return parser


def _add_report(commands: Any) -> None:  # noqa: ANN401 - argparse names no public type
    report = commands.add_parser(
        "report",
        help="measure a log: waits, replies, abandonment, occupancy, missed messages, ...",
        epilog="Example: deskkit report --log sqlite:///desk.db --by hour --from 2026-06-15 --to 2026-06-22",
    )
    report.add_argument("--by", action="append", default=[], metavar="KEY", help=_BY_HELP)
    report.add_argument("--measure", action="append", default=[], metavar="NAME", help=_MEASURE_HELP)
    report.add_argument("--vendors", action="store_true", help="add what other products call by the same names")
    report.add_argument("--from", dest="start", metavar="TIME", help="what began from here")
    report.add_argument("--to", dest="end", metavar="TIME", help="and before here")
    report.add_argument("--versus", nargs=2, metavar=("FROM", "TO"), help="compare with this period")
    report.add_argument("--zone", help=f"of hours, days, --from and --to: {_ZONE_RULE}")
    report.add_argument("--within", type=float, metavar="SECONDS", help="X of answered within X (30)")
    report.add_argument("--short", type=float, metavar="SECONDS", help="who leaves sooner has not waited (0)")
    report.add_argument("--policy", metavar="FILE", help="its targets, zone and courtesies hold; by default the log's")
    report.add_argument("--definitions", action="store_true", help="say below the numbers how each is defined")
    report.add_argument("--redecide", action="store_true", help=_REDECIDE_HELP)
    report.add_argument(
        "--out", metavar="FILE", type=Path, help="write the numbers to this .csv, .xlsx or .parquet file"
    )
    report.add_argument("--unmasked", action="store_true", help=_UNMASKED_HELP)
    _add_log(report)
    report.set_defaults(run=_report)


def _add_replay(commands: Any) -> None:  # noqa: ANN401 - likewise
    replay = commands.add_parser(
        "replay",
        help="what another policy would have decided on the facts of a log",
        epilog="Example: deskkit replay --log sqlite:///desk.db --policy mine.toml --against standard.toml "
        "--from 2026-06-15 --to 2026-06-16",
    )
    replay.add_argument("--policy", required=True, metavar="FILE", help="the policy to try")
    replay.add_argument("--against", metavar="FILE", help="compare with this policy, not with what the log decided")
    replay.add_argument("--from", dest="start", metavar="TIME", help="the policy comes in force here")
    replay.add_argument("--to", dest="end", metavar="TIME", help="facts after this are left out")
    replay.add_argument("--zone", help=f"of --from, --to and the times shown: {_ZONE_RULE}")
    replay.add_argument(
        "--out", metavar="FILE", type=Path, help="write every difference to this .csv, .xlsx or .parquet file"
    )
    replay.add_argument("--unmasked", action="store_true", help=_UNMASKED_HELP)
    _add_log(replay)
    replay.set_defaults(run=_replay)


def _add_log(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--log", required=True, type=_address, metavar="URL", help="for example sqlite:///desk.db")
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def _add_import(parser: argparse.ArgumentParser, prepare: Callable[..., Any]) -> None:
    _add_log(parser)
    parser.set_defaults(run=_import, prepare=prepare)


def _address(url: str) -> str:
    if url.startswith(("sqlite:///", "postgresql")):
        return url
    raise argparse.ArgumentTypeError(f"{url!r} is no address of a log. Hint: sqlite:///desk.db")


def _version() -> str:
    try:
        return metadata.version("deskkit")
    except metadata.PackageNotFoundError:
        return "(not installed)"


# ---------------------------------------------------------------- commands


def _meiqia(args: argparse.Namespace) -> Callable[..., ImportReport]:
    from deskkit.feeds.meiqia import check, import_meiqia  # noqa: PLC0415 - loaded when needed

    example = shlex.join(["deskkit", "import", "meiqia", *args.paths, "--log", args.log, "--zone", "Asia/Shanghai"])
    check(args.paths, zone=args.zone, roster=args.roster, example=example)
    return lambda log, progress: import_meiqia(args.paths, log, zone=args.zone, roster=args.roster, progress=progress)


def _import(args: argparse.Namespace) -> int:
    from deskkit.feeds.guess import instead  # noqa: PLC0415
    from deskkit.log import open_log  # noqa: PLC0415

    run: Callable[..., ImportReport] = args.prepare(args)  # what is wrong use is refused before a log is made
    with open_log(args.log) as log, _bars(quiet=args.quiet) as progress:
        report = run(log, progress)
    if args.json:
        _print_json(report.as_dict())
    else:
        show(report.table())
    if not report.rows_set_aside or report.conversations:
        return DONE
    said = instead(getattr(args, "paths", None) or [args.path], args.product)
    print(visible(f"deskkit import: Nothing was imported. {said}".rstrip()), file=sys.stderr)
    return FAILED


@contextmanager
def _bars(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show one progress bar per phase on standard error."""
    from tqdm import tqdm  # noqa: PLC0415

    bars: dict[str, Any] = {}

    def show(phase: str, done: int, total: int) -> None:
        if phase not in bars:
            for bar in bars.values():
                bar.close()
            bars[phase] = tqdm(
                desc=phase, total=total, file=sys.stderr, disable=quiet or None,  # None: where nobody looks
                unit={"read": "B", "store": " facts"}.get(phase, " events"), unit_scale=True,
            )  # fmt: skip
        bars[phase].update(done - bars[phase].n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()


def _roster(args: argparse.Namespace) -> int:
    from deskkit.cli_zone import declared_in  # noqa: PLC0415
    from deskkit.clock import SystemClock, instant, moment  # noqa: PLC0415
    from deskkit.feeds.roster import (  # noqa: PLC0415
        SOURCE,
        agent_facts,
        known_agents,
        load_roster,
        presence_facts,
        says_the_same,
    )
    from deskkit.log import open_log  # noqa: PLC0415

    roster = load_roster(args.file)
    now = SystemClock().now()
    zone = args.zone or declared_in(args.log)
    if (args.start is None) != (args.end is None) or (args.start and not zone):
        raise FeedError(
            "Shifts need a beginning, an end and a zone.",
            place="roster",
            example=f"deskkit roster {args.file} --from 2026-06-15 --to 2026-06-22 --zone Asia/Shanghai ...",
        )
    start, end = now, now
    if args.start:
        try:
            start, end = instant(args.start, zone=zone), instant(args.end, zone=zone)
        except DeskkitError as error:
            raise FeedError(error.problem, place="roster", value=error.value, example="2026-06-15") from error
    if end > now:
        raise FeedError(
            "A log holds what has happened, and its desk takes the latest of it for now: no shifts to come.",
            place="roster", value=args.end, expected="a time that has passed",
            example=f"--to {moment(now, zone=zone or 'UTC')[:16].replace(' ', 'T')}",
        )  # fmt: skip
    with open_log(args.log) as log:
        # What a log is measured up to is its latest event: a roster must not move that.
        tail = log.read(max(0, log.last_seq() - TAIL))
        last = max((stored.event.at for stored in tail if stored.event.source != SOURCE), default=now)
        start, end = min(start, last), min(end, last)
        agents = agent_facts(roster, at=start)
        presences = presence_facts(roster, start=start, end=end, zone=zone) if args.start and zone else []
        known = known_agents(log)
        news = [fact for fact in agents if fact.agent not in known or not says_the_same(fact, known[fact.agent])]
        stored = log.append([*news, *presences], received_at=now).stored
    if args.json:
        _print_json({"agents": len(agents), "presences": len(presences), "stored": stored})
    else:
        show(f"{len(agents)} agents, {len(presences)} comings and goings; {stored} facts were new.")
    return DONE


def _report(args: argparse.Namespace) -> int:
    from deskkit.cli_report import run  # noqa: PLC0415

    with _bars(quiet=args.quiet) as progress:
        said = run(args, lambda done, total: progress("redecide", done, total))
    show(said)
    return DONE


def _replay(args: argparse.Namespace) -> int:
    from deskkit.cli_replay import as_dict, as_text, run  # noqa: PLC0415

    with _bars(quiet=args.quiet) as progress:
        made, zone = run(args, lambda done, total: progress("replay", done, total))
    if args.json:
        _print_json(as_dict(made, masked=not args.unmasked))
    else:
        show(as_text(made, zone=zone))
    return DONE


def _verify(args: argparse.Namespace) -> int:
    from deskkit.log import open_log  # noqa: PLC0415

    with open_log(args.log, create=False, read_only=True) as log:
        report = log.verify()
    if args.json:
        faults = [{"seq": fault.seq, "problem": fault.problem} for fault in report.faults]
        _print_json({
            "url": report.url, "ok": report.ok, "events": report.events, "forgotten": report.forgotten,
            "faults": faults, "link": report.link,
        })  # fmt: skip
    else:
        show(report)
    return DONE if report.ok else FAILED


def _backup(args: argparse.Namespace) -> int:
    from deskkit.log import open_log  # noqa: PLC0415
    from deskkit.log.backup import backup  # noqa: PLC0415

    with open_log(args.log, create=False, read_only=True) as log:
        report = backup(log, args.file)
    if args.json:
        _print_json({"url": report.url, "file": args.file, "events": report.events, "forgotten": report.forgotten})
    else:
        show(f"{args.file}: a sound copy ({report.events:,} events)")
    return DONE


def _lab(args: argparse.Namespace) -> int:
    if find_spec("jupyterlab") is None:
        raise DeskkitError("JupyterLab is not installed.", place="lab", example="pip install 'deskkit[lab]'")
    options: list[str] = args.options
    folder: Path = args.folder or Path("notebooks")
    if str(folder).startswith("-"):  # options behind -- and no folder
        options, folder = [str(folder), *options], Path("notebooks")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options = ["--allow-root", *options]
    if not folder.is_dir():
        raise FeedError(
            "There are no notebooks here.",
            place="lab",
            value=str(folder),
            example="deskkit lab path/to/notebooks",
        )
    first = folder / "01_desk.ipynb"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ip=127.0.0.1",
        *options,
        str(first if first.exists() else folder),
    ]
    return DONE if subprocess.run(command, check=False).returncode == 0 else FAILED  # noqa: S603 - our own command
