"""The versions of a log's policy: who put which one in force when, and what differs between two of them."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk.events import AgentSet, PolicyChanged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.log import EventLog

__all__ = ["Version", "Versions", "difference"]

AROUND: Final = 2  # lines shown around a change
MOST: Final = 2_000  # lines shown of one difference
PAIRED: Final = 200  # lines that changed at once and are compared by their words
_WORDS: Final = re.compile(r"\w+|\s+|.", re.DOTALL)


class Version(msgspec.Struct, frozen=True):
    """A policy as it was put in force: the how manieth, where in the log, when (ms), by whom, text and fingerprint."""

    n: int
    seq: int
    at: int
    by: str
    text: str
    fingerprint: str


class Versions:
    """The versions in a log, read as far as it goes.

    Parameters
    ----------
    log : EventLog

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> Versions(open_log("memory:")).all()
    []
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._seen = 0
        self._found: list[Version] = []
        self._names: dict[str, str] = {}

    def all(self) -> list[Version]:
        """Return every version, the latest first."""
        last = self._log.last_seq()
        if last < self._seen:
            self._seen, self._found, self._names = 0, [], {}
        for stored in self._log.read(self._seen, kinds=[PolicyChanged, AgentSet]):
            one = stored.event
            if isinstance(one, PolicyChanged):
                n = len(self._found) + 1
                self._found.append(Version(n, stored.seq, one.at, one.by, one.text, one.fingerprint))
            elif isinstance(one, AgentSet):
                self._names[one.agent] = one.name
        self._seen = max(last, self._seen)
        return self._found[::-1]

    @property
    def newest(self) -> Version | None:
        """The version in force; None in a log that has none."""
        return next(iter(self.all()), None)

    def called(self, by: str) -> str:
        """Return the name of who put a version in force, as far as the log was read; else the account."""
        name = self._names.get(by, "")
        return name if name.strip() else by

    def find(self, seq: int) -> Version | None:
        """Return the version at a place of the log."""
        return next((one for one in self.all() if one.seq == seq), None)


def difference(old: str, new: str) -> list[dict[str, Any]]:
    r"""Return the lines in which two texts differ, with a few around, and in changed lines which words.

    Parameters
    ----------
    old, new : str

    Returns
    -------
    list of dict
        ``kind`` is ``same``, ``gone``, ``new`` or ``skipped``; ``n`` the number of the line in its own text; ``parts``
        its text in pieces, each with whether it differs.

    Examples
    --------
    >>> for line in difference("a = 1\nb = 2\n", "a = 1\nb = 3\n"):
    ...     print(line["kind"], line["n"], line["parts"])
    same 1 [('a = 1', False)]
    gone 2 [('b = ', False), ('2', True)]
    new 2 [('b = ', False), ('3', True)]
    """
    before, after = old.splitlines(), new.splitlines()
    made: list[dict[str, Any]] = []
    for group in SequenceMatcher(None, before, after).get_grouped_opcodes(AROUND):  # a line of many is no anchor
        if made:
            made.append({"kind": "skipped", "n": 0, "parts": []})
        for kind, a, b, c, d in group:
            if kind == "equal":
                made += [_line("same", c + n, [(line, False)]) for n, line in enumerate(after[c:d])]
            else:
                made += _changed(before[a:b], after[c:d], a, c)
    return made[:MOST]


def _line(kind: str, place: int, parts: list[tuple[str, bool]]) -> dict[str, Any]:
    return {"kind": kind, "n": place + 1, "parts": parts}


def _changed(before: list[str], after: list[str], a: int, c: int) -> Iterator[dict[str, Any]]:
    """Yield lines that went and lines that came; where as many came as went, and few, word by word."""
    paired = len(before) == len(after) <= PAIRED
    pairs = [_words(old, new) for old, new in zip(before, after, strict=True)] if paired else []
    for n, line in enumerate(before):
        yield _line("gone", a + n, pairs[n][0] if paired else [(line, True)])
    for n, line in enumerate(after):
        yield _line("new", c + n, pairs[n][1] if paired else [(line, True)])


def _words(old: str, new: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Return two lines in pieces; lines with little in common differ as a whole."""
    one, two = _WORDS.findall(old[:1_000]), _WORDS.findall(new[:1_000])
    matcher = SequenceMatcher(None, one, two)
    if matcher.ratio() < 0.3 or len(old) > 1_000 or len(new) > 1_000:  # noqa: PLR2004 -- a matter of looks
        return [(old, True)], [(new, True)]
    gone: list[tuple[str, bool]] = []
    came: list[tuple[str, bool]] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        for pieces, words in ((gone, one[a:b]), (came, two[c:d])):
            if words:
                pieces.append(("".join(words), kind != "equal"))
    return gone, came
