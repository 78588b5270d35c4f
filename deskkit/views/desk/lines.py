"""The messages and notes of a tab, each drawn once: what was said does not change, however often a page is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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

AT_ONCE: Final = 60_000  # characters drawn at once, some twenty milliseconds; the lines above follow with the next look
LINE: Final = 40  # characters that a line costs besides its text
_SPELT: Final = 8  # characters, as which a hidden one is drawn
_BEHIND: Final = 64  # characters behind a cut that may change what stands before it: marks, parts of an emoji


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
    is_whole : bool
        Whether the last look drew all lines it was asked for.
    """

    def __init__(self, desk: Desk, name: str, say: Words) -> None:
        self._desk, self._name, self._say = desk, name, say
        self.is_whole = True
        self._last: Written | None = None
        self._begin()

    def _begin(self) -> None:
        """Begin anew."""
        self._drawn: dict[int, tuple[str, dict[str, Any]]] = {}  # by its number, with its day
        self.pinned: list[str] = []
        self._seen = 0

    def latest(self, most: int) -> tuple[list[dict[str, Any]], bool]:
        """Return the latest lines in the order they came, each day under its date; and whether there are more.

        Where there is very much to draw for the first time, it is the latest of them; the others come with later looks.

        Parameters
        ----------
        most : int
            Lines; of those before, what was drawn is let go of.
        """
        written = self._desk.messages[self._desk.exactly(self._name)]
        if self._seen > len(written) or (self._seen and written[self._seen - 1] != self._last):
            self._begin()  # some came late, or were forgotten
        new = map(cards.line, written[self._seen :])
        self.pinned = [*self.pinned, *(_shown(line.text, self._say) for line in new if line.pinned)]
        self._seen, self._last = len(written), written[-1] if written else None
        first = max(0, len(written) - most)
        for number in [number for number in self._drawn if number < first]:
            del self._drawn[number]
        upto, left = len(written), AT_ONCE
        while upto > first and (upto - 1 in self._drawn or left > 0):
            upto -= 1
            if upto not in self._drawn:
                line = cards.line(written[upto])
                left -= min(len(line.text), LONGEST_LINE) + LINE
                self._drawn[upto] = self._say.day(line.at), _line(self._desk, line, self._say, upto)
        self.is_whole = upto == first
        return self._dated(upto, len(written)), upto > 0

    def _dated(self, begin: int, end: int) -> list[dict[str, Any]]:
        """Return drawn lines, each day under its date; where lines came late a day begins more than once."""
        found: list[dict[str, Any]] = []
        begun: set[str] = set()
        day = ""
        for number in range(begin, end):
            date, drawn = self._drawn[number]
            if date != day:
                day = date
                name = f"day-{date}-{number}" if date in begun else f"day-{date}"
                begun.add(date)
                found.append({"id": name, "k": "day", "m": date, "x": ""})
            found.append(drawn)
        return found


def _shown(text: str, say: Words) -> str:
    """Return the beginning of a text; where hidden signs are spelt out, no more of it is looked at than is shown."""
    text = say.personal(text, LONGEST_LINE)
    most = LONGEST_LINE // _SPELT + _BEHIND
    while most < len(text):
        if len(shown := visible(text[:most])) > LONGEST_LINE + _BEHIND:
            return shown[:LONGEST_LINE]
        most *= 2
    return visible(text)[:LONGEST_LINE]


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
