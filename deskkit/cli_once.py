"""A parser of command lines that refuses an option given twice, of which only the last would hold."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Parser"]


class _Once(argparse.Action):
    """Keep what an option is given, once."""

    _is_given = False

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse's own way
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        if option_string is not None and self._is_given:
            raise argparse.ArgumentError(self, "given twice; say it once")
        self._is_given = True
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser for one command line; what may be given several times says so with ``action="append"``.

    Examples
    --------
    >>> parser = Parser(exit_on_error=False)
    >>> _ = parser.add_argument("--seed")
    >>> parser.parse_args(["--seed", "1", "--seed", "2"])
    Traceback (most recent call last):
        ...
    argparse.ArgumentError: argument --seed: given twice; say it once
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.register("action", None, _Once)
        self.register("action", "store", _Once)
