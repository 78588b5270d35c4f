"""Boards beside the desk, such as the queue and the team: sections of rows that a hand can act on.

A board is made anew, at most once a second, while its tab is in front; it is small, so the whole is sent. What a hand
does there goes the way of all deeds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskkit.views.desk.labels import NOT_DONE, warning
from deskkit.views.desk.shell import COMMON, MENU, MENU_LOOK, WARNING
from deskkit.views.door import Door
from deskkit.views.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Callable

    import anywidget

    from deskkit.views.words import Words

__all__ = ["LOOK", "PAGE", "Board"]

BOARD: Final = Path(__file__).parent / "board"
LOOK: Final = (WARNING, MENU_LOOK, BOARD / "board.css")
PAGE: Final = (*COMMON, *MENU, BOARD / "said.js", BOARD / "board.js")  # of whatever shows a board
FRESH_MS: Final = 1_000


class _Shell(Heard):
    _esm = "\n".join(path.read_text(encoding="utf-8") for path in (*PAGE, BOARD / "main.js"))
    _css = "\n".join(path.read_text(encoding="utf-8") for path in LOOK)

    def __repr__(self) -> str:
        return "Board"


class Board:
    """One board.

    Parameters
    ----------
    title : callable
        Says what its tab is called.
    make : callable
        Makes the sections as they are now, in the words it is given.
    hear : callable
        Told what a hand asks for.
    offer : callable, optional
        Of a row, by its id, what its choices offer that have no options of their own.
    shell : anywidget.AnyWidget, optional
        What shows it, where more stands around it.
    passes : bool, default False
        Whether the log ends with its kernel; see `deskkit.views.desk.labels`.

    Attributes
    ----------
    widget : anywidget.AnyWidget
    door : Door
    begin : int
        Where the rows begin that are shown, on a board that has too many for one look.
    """

    def __init__(
        self,
        title: Callable[[Words], str],
        make: Callable[[Words], dict[str, Any]],
        hear: Callable[[dict[str, Any]], None],
        *,
        offer: Callable[[str], list[dict[str, str]]] = lambda _name: [],
        shell: anywidget.AnyWidget | None = None,
        passes: bool = False,
    ) -> None:
        self.widget = shell or _Shell()
        self.door = Door()
        self.title = title
        self.begin = 0
        self._make, self._offer, self._passes = make, offer, passes
        self._sent: dict[str, Any] = {}
        self._sent_at = 0
        self._hears = False
        self._hear = hear
        self.widget.on_msg(lambda _widget, message, _buffers: self.hear(message))

    def hear(self, message: object) -> None:
        """Do what a browser asks for."""
        self._heard(self.door.heard(message))

    def _heard(self, message: dict[str, Any]) -> None:
        if message.get("type") == "hello":
            self._hears, self._sent, self.begin = True, {}, 0
        match message.get("type"):
            case "offer":
                self.send({"type": "offered", "act": message["act"], "options": self._offer(message["id"])})
            case "turn":
                self.begin, self._sent = message["n"], {}
            case _:
                self._hear(message)

    def draw(self, *, say: Words, at: int, speed: float, real: int, anyway: bool = False) -> None:
        """Send the board if a browser shows it and it is another than before.

        Parameters
        ----------
        say : Words
        at, real : int
            The desk's clock and the wall's, milliseconds.
        speed : float
            How fast the desk's clock runs.
        anyway : bool, default False
            Whether something was just done, so that nobody waits for the second to be over.
        """
        if not self._hears or (real - self._sent_at < FRESH_MS and self._sent and not anyway):
            return
        made = self._make(say) | {"labels": _labels(say, passes=self._passes), "language": say.language}
        self._sent_at = real
        if made != self._sent:
            self._sent = made
            self.widget.send({"type": "board", "at": at, "speed": speed} | made)

    def send(self, message: dict[str, Any]) -> None:
        """Send something else, such as what came of a deed."""
        if self._hears:
            self.widget.send(message)

    def close(self) -> None:
        """Take it off every page."""
        self.widget.close()


def _labels(say: Words, *, passes: bool) -> dict[str, str]:
    word = say.translate  # the browser fills in what stands in braces
    return warning(say, passes=passes) | {
        "actions": word("Actions"),
        "cancel": word("Cancel"),
        "left": word("{time} left"),
        "no_match": word("Nothing matches"),
        "not_done": word(NOT_DONE),
        "over": word("{time} over"),
        "undo_this": word("Undo: {what}"),
    }
