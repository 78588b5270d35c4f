"""The messages and notes of a tab, each drawn once: what was said does not change, however often a page is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.desk import cards
from deskkit.text import visible
from deskkit.views.desk.files import files
from deskkit.views.words import LONGEST_LINE

if TYPE_CHECKING:
    from deskkit.desk.cards import Said
    from deskkit.desk.desk import Desk
    from deskkit.desk.messages import Written
    from deskkit.views.words import Words

__all__ = ["Lines"]


class Lines:
    """The lines of one conversation, as they were drawn.

    Parameters
    ----------
    desk : Desk
    name : str
    say : Words

    Attributes
    ----------
    pinned : list of str
        The texts of pinned notes, as of the last look.
    """

    def __init__(self, desk: Desk, name: str, say: Words) -> None:
        self._desk, self._name, self._say = desk, name, say
        self._seen = 0
        self._last: Written | None = None
        self._begin()

    def _begin(self) -> None:
        """Begin anew."""
        self._drawn: dict[int, tuple[str, dict[str, Any]]] = {}  # by its number, with its day
        self.pinned: list[str] = []
        self._seen = 0

    def latest(self, most: int) -> tuple[list[dict[str, Any]], bool]:
        """Return the latest lines in the order they came, each day under its date; and whether there are more.

        Parameters
        ----------
        most : int
            Lines; of those before, what was drawn is let go of.
        """
        written = self._desk.messages[self._desk.conversation(self._name)]
        if self._seen > len(written) or (self._seen and written[self._seen - 1] != self._last):
            self._begin()  # some came late, or were forgotten
        self.pinned += [self._text(line.text) for line in map(cards.line, written[self._seen :]) if line.pinned]
        self._seen, self._last = len(written), written[-1] if written else None
        first = max(0, len(written) - most)
        for number in [number for number in self._drawn if number < first]:
            del self._drawn[number]
        found: list[dict[str, Any]] = []
        day = ""
        for number in range(first, len(written)):
            if number not in self._drawn:
                line = cards.line(written[number])
                self._drawn[number] = self._say.day(line.at), _line(self._desk, line, self._say, number)
            date, drawn = self._drawn[number]
            if date != day:
                day = date
                found.append({"id": f"day-{date}", "k": "day", "m": date, "x": ""})
            found.append(drawn)
        return found, first > 0

    def _text(self, text: str) -> str:
        return _shown(text, self._say)


def _shown(text: str, say: Words) -> str:
    return visible(say.personal(text, LONGEST_LINE))[:LONGEST_LINE]


def _line(desk: Desk, line: Said, say: Words, number: int) -> dict[str, Any]:
    author = say.agent(desk, line.author) if line.who in {"agent", "note"} else ""
    meta = [say.clock(line.at)[11:16], author]
    if line.who == "note":
        to = say("to {agent}", agent=say.agent(desk, line.to)) if line.to else ""
        meta += [say("pinned note") if line.pinned else say("whisper") if line.to else say("note"), to]
    meta += [say("automatic")] if line.automatic else []
    kind = "whisper" if line.to else line.who
    found: dict[str, Any] = {"id": str(number), "k": kind, "m": " · ".join(part for part in meta if part)}
    text = line.text
    if came := files(line, say=say):
        found["files"] = came
        names = "\n".join(one.name for one in line.files) or text  # the text ends in the names of the files
        text = text.removesuffix(names).rstrip()
    return found | {"x": _shown(text, say)}
