"""Whose turn it is at a text that several windows show: nobody writes over what they have not seen.

Each change of the text is a turn. A window counts the texts it sends, and says with every change which turn was the
last that it has seen: where others came since, only its own may have.
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["Turns"]

_WINDOWS: Final = 100  # of which it is known what they sent last


class Turns:
    """The order of changes to one text.

    Attributes
    ----------
    window : str
        Whose change was taken last.
    n : int
        Its count of texts at that change.

    Examples
    --------
    >>> turns = Turns()
    >>> turns.takes({"window": "a", "n": 1, "turn": 0}, 0)  # of the text as it is
    True
    >>> turns.takes({"window": "b", "n": 1, "turn": 0}, 1), turns.takes({"window": "a", "n": 2, "turn": 0}, 1)
    (False, True)
    """

    def __init__(self) -> None:
        self.window, self.n = "", 0
        self._refused = "", -1
        self._since = 0  # the turn before the first of its changes in a row
        self._arrived: dict[str, int] = {}

    @property
    def last(self) -> dict[str, Any]:
        """Whose change was taken last, as windows are told."""
        return {"window": self.window, "n": self.n}

    def arrived(self, message: dict[str, Any]) -> None:
        """Note a text as it comes in, before those that came earlier are looked at."""
        if message["window"] not in self._arrived and len(self._arrived) >= _WINDOWS:
            del self._arrived[next(iter(self._arrived))]
        self._arrived[message["window"]] = message["n"]

    def is_latest(self, message: dict[str, Any]) -> bool:
        """Return whether no later text of the same window has come in."""
        n: int = message["n"]
        return self._arrived.get(message["window"], n) == n

    def follows(self, message: dict[str, Any]) -> bool:
        """Return whether all that the text holds is of this window or was seen in it, as a field that it just left."""
        return bool(message["window"] == self.window and message["n"] == self.n and self._since <= message["turn"])

    def takes(self, message: dict[str, Any], turn: int, *, anyway: bool = False) -> bool:
        """Take a change, or say that its window has not seen the text as it is.

        Parameters
        ----------
        message : dict
            What a window sent.
        turn : int
            The last one.
        anyway : bool, optional
            Where what comes is the very text that is there.
        """
        window, saw = message["window"], message["turn"]
        if not (anyway or saw == turn or (window == self.window and self._since <= saw < turn)):
            return False
        self._begin(window, message["n"], turn)
        return True

    def refuse(self) -> None:
        """Note that the change taken last was refused, which its window is yet to see."""
        self._refused = self.window, self.n

    def is_refused(self, message: dict[str, Any]) -> bool:
        """Return whether a window asks for something before it saw that its change was refused, whatever it sent since.

        Examples
        --------
        >>> turns = Turns()
        >>> _ = turns.takes({"window": "a", "n": 1, "turn": 0}, 0)
        >>> turns.refuse()
        >>> [turns.is_refused({"window": "a", "n": 2, "seen": seen}) for seen in (0, 1)]
        [True, False]
        """
        window, n = self._refused
        return bool(message["window"] == window and message.get("seen", 0) < n)

    def take_own(self, turn: int) -> None:
        """Note that the text is about to change by no window."""
        self._begin("", 0, turn)

    def _begin(self, window: str, n: int, turn: int) -> None:
        if window != self.window:
            self._since = turn
        self.window, self.n = window, n
