"""``python -m deskkit.measures.walling --log URL``: a wallboard worked out in a process of its own.

It is asked on standard input and answers on standard output, one JSON object a line, and ends when nobody is left to
ask. So a notebook's kernel never waits for measures. A log that cannot be read now is an answer too. What is behind a
number names the board it stood on, ``now`` and ``zone``: meanwhile another view may have asked for another board.

======================================  ==============================================================================
asked                                   answered
======================================  ==============================================================================
``{"do": "board", "now": 5, "zone": …}`` ``{"is": "board", "took_ms": ...}`` and what `Wall.board` returns
``{"do": "behind", "measure": ...}``    ``{"is": "behind"}`` and what `Wall.behind` returns
either                                  ``{"is": "fault", "text": ...}``
======================================  ==============================================================================
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from deskkit.errors import DeskkitError
from deskkit.log import open_log
from deskkit.measures.wall import Wall

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["answer", "main"]


def answer(wall: Wall, asked: dict[str, Any]) -> dict[str, Any]:
    """Answer one question.

    Examples
    --------
    >>> answer(Wall(open_log("memory:")), {"do": "behind", "measure": "waiting"})["total"]
    0
    """
    begun = time.perf_counter()
    try:
        if asked["do"] == "behind":
            if "now" in asked and (asked["now"], asked["zone"]) != wall.shown:
                wall.board(int(asked["now"]), zone=str(asked["zone"]))
            return {"is": "behind"} | wall.behind(str(asked.get("measure")), str(asked.get("group") or ""))
        found = wall.board(int(asked["now"]), zone=asked.get("zone"))
    except DeskkitError as error:
        return {"is": "fault", "text": str(error)}
    return {"is": "board", "took_ms": round((time.perf_counter() - begun) * 1000)} | found


def main(argv: Sequence[str] | None = None) -> int:
    """Answer until standard input ends; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deskkit.measures.walling", description="Work out a wallboard.")
    parser.add_argument("--log", required=True, help="address of the log: sqlite:///desk.db")
    args = parser.parse_args(argv)
    try:
        log = open_log(args.log, create=False, read_only=True)
    except DeskkitError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with log, suppress(KeyboardInterrupt, BrokenPipeError):
        wall = Wall(log)
        for line in sys.stdin:
            sys.stdout.write(msgspec.json.encode(answer(wall, msgspec.json.decode(line))).decode() + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
