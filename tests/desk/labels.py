"""Signals of a policy file, messages with labels, and how the two agree; shared by the tests of tagging."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from deskkit.desk.tagging import Signal, Tagger

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "data" / "policies" / "standard.toml"
LABELLED = ROOT / "data" / "labelled" / "messages.csv"
DEVELOPMENT = Path(__file__).with_name("development_messages.csv")


class Message(NamedTuple):
    """A message and the signals it was given by hand."""

    language: str
    author: str
    text: str
    signals: frozenset[str]


class Counts(NamedTuple):
    """Messages in which a signal was rightly found, wrongly found, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the found that is right; 1 where nothing was found."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the labelled that was found; 1 where nothing was labelled."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / both if both else 1.0


def shipped_signals(path: Path = POLICY) -> list[Signal]:
    """Read the signals of a policy file."""
    with path.open("rb") as file:
        tables = tomllib.load(file)["signals"]
    return [
        Signal(
            name=name,
            words=tuple(table.get("words", ())),
            patterns=tuple(table.get("patterns", ())),
            unless=tuple(table.get("unless", ())),
            by=table.get("by", "customer"),
        )
        for name, table in tables.items()
    ]


def messages(path: Path) -> list[Message]:
    """Read labelled messages; several signals are parted by semicolons."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Message(row["language"], row["author"], row["text"], frozenset(filter(None, row["signals"].split(";"))))
            for row in csv.DictReader(file)
        ]


def found(tagger: Tagger, message: Message) -> set[str]:
    """Name the signals that the tagger finds in a message."""
    mask = tagger.mask(message.text, by=message.author)
    return {name for bit, name in enumerate(tagger.names) if mask >> bit & 1}


def count(tagger: Tagger, rows: list[Message]) -> dict[str, Counts]:
    """Compare what the tagger finds with the labels, per signal."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for row in rows:
        names = found(tagger, row)
        right.update(names & row.signals)
        wrong.update(names - row.signals)
        missed.update(row.signals - names)
    return {name: Counts(right[name], wrong[name], missed[name]) for name in tagger.names}


def together(counts: dict[str, Counts]) -> Counts:
    """Add up all signals."""
    return Counts(*(sum(column) for column in zip(*counts.values(), strict=True)))
