"""Who works for a command: --workers on this machine, or --cluster on others."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Final

from deskkit.errors import ScenarioError

if TYPE_CHECKING:
    from deskkit.sim.processes import Workers

__all__ = ["add_workers", "workers_of"]

_CLUSTER: Final = (
    "in place of --workers: a Dask cluster by address, tls://host:port, or on this machine tcp://127.0.0.1:port; it "
    "is sent policies and seeds, never customers of a log"
)


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add --workers and --cluster, of which a command is given one."""
    either = parser.add_mutually_exclusive_group()
    # No default here: with 2 as one, argparse takes --workers 2 for not given, and lets --cluster stand beside it.
    either.add_argument(
        "--workers", type=int, metavar="N",
        help=f"processes ({_usual()} on this machine); the result is the same for any number",
    )  # fmt: skip
    either.add_argument("--cluster", type=_address, metavar="ADDRESS", help=_CLUSTER)


def workers_of(args: argparse.Namespace) -> Workers:
    """Return who works.

    Examples
    --------
    >>> workers_of(argparse.Namespace(workers=2, cluster=None))
    2
    """
    if args.cluster is not None:
        return str(args.cluster)
    return _usual() if args.workers is None else int(args.workers)


def _usual() -> int:
    return min(4, os.cpu_count() or 1)


def _address(text: str) -> str:
    from deskkit.sim.processes import check_workers  # noqa: PLC0415 - loaded when needed

    try:
        check_workers(text, "--cluster")
    except ScenarioError as error:
        said = f"{text!r} is no address of a cluster. Hint: tls://desk.example:8786"
        raise argparse.ArgumentTypeError(said) from error
    return text
