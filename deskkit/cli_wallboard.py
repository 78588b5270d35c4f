"""``deskkit wallboard``: the wallboard of a log as a page without code, for people who only look (by Voila).

Each reader has a kernel that opens the log to read; no driver is started and nothing is written. The page asks for a
token, and nothing on it comes from elsewhere.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskkit.errors import DeskkitError
from deskkit.locale import LANGUAGES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["add", "run"]

PORT: Final = 8866
CULL_S: Final = 300  # a kernel without a reader ends after so long
TEMPLATES: Final = Path(__file__).parent / "views" / "desk" / "wall" / "jupyter"
CELL: Final = """\
import json
import os

import deskkit as dk

told = json.loads(os.environ["DESKKIT_WALLBOARD"])
log = dk.open_log(told["log"], create=False, read_only=True)
view = dk.views.wallboard(log, large=True, language=told["language"])
view
"""


def add(commands: Any, add_log: Callable[[argparse.ArgumentParser], None]) -> None:  # noqa: ANN401 - argparse does not name it
    """Add the command to a parser; `add_log` adds --log, --json and --quiet."""
    wallboard = commands.add_parser(
        "wallboard",
        help="the wallboard of a log as a page without code, for people who only look",
        epilog="Example: deskkit wallboard --log sqlite:///desk.db. Options of Voila go behind --",
    )
    wallboard.add_argument("--port", type=int, default=PORT, metavar="N", help=f"where it listens ({PORT})")
    wallboard.add_argument("--language", choices=LANGUAGES, help="by default that of DESKKIT_LANG, else English")
    wallboard.add_argument("--dark", action="store_true", help="light figures on a dark ground")
    wallboard.add_argument("--no-browser", action="store_true", help="open no browser, only print the address")
    wallboard.add_argument("options", nargs="*", help="options of voila, behind --")
    add_log(wallboard)
    wallboard.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the page until told to stop; return the exit status.

    Raises
    ------
    DeskkitError
        Voila is not installed, or the log cannot be read.
    """
    from deskkit.log import open_log  # noqa: PLC0415 - loaded when needed
    from deskkit.log.guard import absolute  # noqa: PLC0415

    if find_spec("voila") is None:
        raise DeskkitError("Voila is not installed.", place="wallboard", example="pip install 'deskkit[lab]'")
    with open_log(args.log, create=False, read_only=True):
        told = json.dumps({"log": absolute(args.log), "language": args.language})
    with tempfile.TemporaryDirectory(prefix="dk-", ignore_cleanup_errors=True) as folder:  # a short name, for sockets
        page = Path(folder, "wallboard.ipynb")
        page.write_text(json.dumps(_notebook()), encoding="utf-8")
        places = os.pathsep.join(filter(None, (str(TEMPLATES), os.environ.get("JUPYTER_PATH"))))
        environment = os.environ | {"DESKKIT_WALLBOARD": told, "JUPYTER_PATH": places, "JUPYTER_RUNTIME_DIR": folder}
        return _serve(_command(page, args), environment)


def _serve(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the server until it ends or this process is told to; return the exit status."""
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - our own command
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        with suppress(KeyboardInterrupt):  # which the server heard too
            return min(1, abs(process.wait()))
        process.wait()
        return 0


def _command(page: Path, args: argparse.Namespace) -> Sequence[str]:
    options: list[str] = args.options
    sockets = [] if os.name == "nt" else ["--VoilaKernelManager.transport=ipc"]
    return [
        sys.executable, "-m", "voila", str(page), "--Voila.ip=127.0.0.1", f"--port={args.port}",
        "--Voila.port_retries=0", "--Voila.auto_token=True", "--template=deskkit",
        f"--theme={'dark' if args.dark else 'light'}",
        f"--MappingKernelManager.cull_idle_timeout={CULL_S}", "--MappingKernelManager.cull_interval=60",
        *(["--no-browser"] if args.no_browser else []), *sockets, *options,
    ]  # fmt: skip


def _notebook() -> dict[str, Any]:
    """Return the notebook that the page runs: one cell, whose code no reader sees."""
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "wall",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": CELL,
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
