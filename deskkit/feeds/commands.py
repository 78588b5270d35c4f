"""What ``deskkit import`` says of Chatwoot, Zendesk and tables: their arguments, and what they run.

The command line registers these and prints the report. This module prints nothing.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from deskkit.feeds.report import ImportReport

__all__ = ["add_products"]


def add_products(products: Any, finish: Callable[[argparse.ArgumentParser, Any], None]) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the products to the subcommands of ``deskkit import``.

    Parameters
    ----------
    products : the subcommands, as argparse makes them
    finish : callable
        Adds what all share and what runs: takes the parser and a function of arguments that returns another, to
        be called with the log and the progress.
    """
    chatwoot = products.add_parser(
        "chatwoot",
        help="lists of conversations and messages from Chatwoot's API, and webhooks: JSON, JSON lines, gzip, zip",
        epilog="Example: deskkit import chatwoot saved/ --log sqlite:///desk.db",
    )
    chatwoot.add_argument("paths", nargs="+", metavar="PATH", help="files, folders or zip archives")
    chatwoot.add_argument("--account", help="the account of records that do not tell theirs")
    finish(chatwoot, _chatwoot)
    zendesk = products.add_parser(
        "zendesk",
        help="the incremental export of Zendesk Chat: JSON, JSON lines, gzip, zip",
        epilog="Example: deskkit import zendesk chats/ --log sqlite:///desk.db",
    )
    zendesk.add_argument("paths", nargs="+", metavar="PATH", help="files, folders or zip archives")
    finish(zendesk, _zendesk)
    table = products.add_parser(
        "table",
        help="any table of calls, conversations or messages, by a column map: CSV, parquet",
        epilog="Example: deskkit import table calls.csv --map data/maps/calls.toml --log sqlite:///desk.db",
    )
    table.add_argument("path", metavar="PATH", help="a CSV, perhaps gzipped, or a parquet file")
    table.add_argument("--map", required=True, metavar="FILE", help="a column map; data/maps/ has examples")
    table.add_argument("--zone", help="IANA zone of times that carry none; goes before the map's")
    finish(table, _table)


def _chatwoot(args: argparse.Namespace) -> Callable[..., ImportReport]:
    from deskkit.feeds import pages  # noqa: PLC0415 - loaded when needed
    from deskkit.feeds.chatwoot import import_chatwoot  # noqa: PLC0415

    pages.files(args.paths)
    return lambda log, progress: import_chatwoot(args.paths, log, account=args.account, progress=progress)


def _zendesk(args: argparse.Namespace) -> Callable[..., ImportReport]:
    from deskkit.feeds import pages  # noqa: PLC0415
    from deskkit.feeds.zendesk import import_zendesk  # noqa: PLC0415

    pages.files(args.paths)
    return lambda log, progress: import_zendesk(args.paths, log, progress=progress)


def _table(args: argparse.Namespace) -> Callable[..., ImportReport]:
    from deskkit.feeds.columnmap import ColumnMap  # noqa: PLC0415
    from deskkit.feeds.table import check, import_table  # noqa: PLC0415

    words = ["deskkit", "import", "table", args.path, "--map", args.map, "--log", args.log, "--zone", "Asia/Shanghai"]
    check(args.path, map=ColumnMap.load(args.map), zone=args.zone, example=shlex.join(words))
    return lambda log, progress: import_table(args.path, log, map=args.map, zone=args.zone, progress=progress)
