"""What the foot of a desk says: what came of one's own deeds, what the desk decides, what fails, what is waited for.

One thing at a time. Of what fails at every look, as a log that cannot be read, it is said once, and no more once it is
well again. Errors are counted and logged here; what they are called in the foot are words for whoever works at a desk.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from deskkit.errors import ConflictError
from deskkit.log import FullError, MovedError
from deskkit.text import visible
from deskkit.views.desk.painter import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Decision
    from deskkit.errors import DeskkitError
    from deskkit.views.words import Words

__all__ = ["Foot"]

DONE_MS: Final = 5_000  # so long it says what came of a deed before it says what the desk decides
_FEW: Final = 3  # sentences about what the desk decided
_logger = logging.getLogger(__name__)


class Foot:
    """The foot of one view.

    Attributes
    ----------
    lines : list of dict
        What it says: whom a line is about, and its text.
    faults : int
        Errors shown so far.

    Examples
    --------
    >>> foot = Foot()
    >>> foot.done([{"about": "Li", "text": "Archived"}], real=0)
    >>> foot.late("No driver answers yet")
    >>> foot.late("")
    >>> foot.lines
    []
    """

    def __init__(self) -> None:
        self.lines: list[dict[str, str]] = []
        self.faults = 0
        self._failing = ""  # what a look said that failed, until one succeeds
        self._waiting: list[dict[str, str]] = []
        self._done_at = -DONE_MS  # of one's own latest deed, by the wall's clock

    def begun(self, lines: list[dict[str, str]], *, real: int) -> None:
        """Say what is to be known of the opening itself, if anything, before what the desk decides."""
        if lines:
            self.done(lines, real=real)

    def done(self, lines: list[dict[str, str]], *, real: int) -> None:
        """Say what came of one's own deed; where that is nothing, what stood there stays."""
        self.lines = lines or self.lines
        self._done_at = real

    def decided(self, desk: Desk, decisions: Sequence[Decision], *, say: Words, real: int) -> None:
        """Say what the desk decided, unless something just came of an own deed."""
        if decisions and real - self._done_at >= DONE_MS:
            self.lines = sentences(desk, decisions[-_FEW:], say=say)

    def late(self, text: str) -> None:
        """Say what is waited for, as long as it is; an empty text: nothing is any more."""
        if text:
            self.lines = self._waiting = [{"about": "", "text": text}]
        elif self.lines is self._waiting:
            self.clear()

    def clear(self) -> None:
        """Say nothing."""
        self.lines = self._waiting = []

    def fault(self, error: DeskkitError, *, say: Words) -> str:
        """Count an error and log it; return what to say of it."""
        self.faults += 1
        _logger.warning("%s: %s", type(error).__name__, error)
        return _said(error, say)

    def failed(self, error: DeskkitError, *, say: Words) -> None:
        """Say what is wrong."""
        self.lines = [{"about": "", "text": self.fault(error, say=say)}]

    def failed_look(self, error: DeskkitError, *, say: Words) -> bool:
        """Say what is wrong whenever one looks: once, however often that is; return whether it is new."""
        if _said(error, say) == self._failing:
            return False
        self.failed(error, say=say)
        self._failing = self.lines[-1]["text"]
        return True

    def looked(self, *, say: Words, trouble: DeskkitError | None = None) -> bool:
        """Take away what failed looks said: it is well again; or say what is not, though one could look.

        Returns
        -------
        bool
            Whether either is new.
        """
        if trouble is not None:
            return self.failed_look(trouble, say=say)
        was_failing = self._failing != ""
        if was_failing and self.lines and self.lines[-1]["text"] == self._failing:
            self.lines = []
        self._failing = ""
        return was_failing


def _said(error: DeskkitError, say: Words) -> str:
    """Return an error in the words of whoever works at the desk, where it may befall anybody there."""
    match error:
        case MovedError():
            return say("The log was deleted, moved or replaced: run this cell again. Nothing more is stored there")
        case FullError():
            return say(
                "The disk is full or failing: what you see was stored before, and nothing new is stored or decided. "
                "Make room on the disk of {file}",
                file=visible(error.place),
            )
        case ConflictError():  # of what time or a look brings; a deed is refused with words of its own
            return say(
                "Another notebook runs this desk too, and was faster each time. Nothing you did is lost: "
                "open a conversation to look again"
            )
    return str(error)
