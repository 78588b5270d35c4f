"""Standard output and error as a command finds them: closed, full, or a pipe whose reader has seen enough."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["UndeliveredError", "delivered", "show"]

FAILED: Final = 1


class UndeliveredError(Exception):
    """Standard output did not take a result; the text says why, and is empty where its reader has seen enough."""


def show(result: object) -> None:
    """Print a result on standard output.

    Raises
    ------
    UndeliveredError
        It did not take it.

    Examples
    --------
    >>> show("2 agents")
    2 agents
    """
    try:
        sys.stdout.write(f"{result}\n")
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise UndeliveredError from error
    except OSError as error:
        raise UndeliveredError(error.strerror or str(error)) from error


def delivered(work: Callable[[], int]) -> int:
    """Do what prints results; return its exit status, or 1 where standard output did not take all of them.

    Parameters
    ----------
    work : callable
        Its result is the exit status.

    Examples
    --------
    >>> delivered(lambda: 0)
    0
    """
    if sys.stderr is None:  # closed: nobody is to be told
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    if sys.stdout is None:  # whatever is opened next would have its number, and a log must not
        return _fail("it is closed")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return work()
    except UndeliveredError as error:
        _let_go()
        return _fail(str(error)) if str(error) else FAILED
    except BrokenPipeError:  # errors and progress went into the same pipe
        _let_go()
        return FAILED


def _let_go() -> None:
    """Let what is held go nowhere, or the interpreter would complain of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(why: str) -> int:
    sys.stderr.write(f"deskkit: The result cannot be written to standard output: {why}. Hint: deskkit ... > file\n")
    return FAILED
