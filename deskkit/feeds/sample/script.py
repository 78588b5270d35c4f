"""The scripts of the sample's conversations: read from TOML, resolved into steps.

A talk is written one step per line::

    C text / other wording          the customer; " / " parts wordings, " | " parts messages of one burst
    A text                          the agent
    P text                          the agent promises something and comes back later
    T group                         handed to another group (no group: to a supervisor)
    C? text     +A text             half of the time; the + lines only if the ? line above them happened
    <  ...  or  ...  >              one of the parts

Words in braces are slots, ``{@name}`` is a phrase of the shared lists. Knows no customer, no agent and no
time of day.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskkit.feeds.sample.draw import Draw

HERE = Path(__file__).parent
THEMES = (
    "presales_zh",
    "promo_zh",
    "orders_zh",
    "refunds_zh",
    "technical_zh",
    "complaints_zh",
    "short_zh",
    "presales_en",
    "aftersales_en",
    "hostile",
)


@dataclass(frozen=True)
class Step:
    """One step of a talk: who, in which wordings; for T the group it goes to."""

    who: str
    wordings: tuple[str, ...]
    optional: bool = False
    follows: bool = False
    closing: bool = False  # nobody waits for it


@dataclass(frozen=True)
class Choice:
    """A place where the talk takes one of several ways."""

    ways: tuple[tuple[Step | Choice, ...], ...]


@dataclass(frozen=True)
class Script:
    """One kind of conversation; the keys are those of the TOML files."""

    id: str
    group: str
    inquiry: str
    weight: float
    talk: tuple[Step | Choice, ...]
    lang: str = "zh"
    who: str = "any"
    end: str = "solved"
    kind: str = ""
    note: str = ""
    name: str = ""
    since: str = ""
    until: str = ""
    goods: tuple[str, ...] = ()
    mark: tuple[str, ...] = ()
    slots: dict[str, list[str]] = field(default_factory=dict)

    def steps(self, draw: Draw) -> list[Step]:
        """Return the steps of one conversation: optional lines and ways decided."""
        return _resolve(self.talk, draw)


def _resolve(nodes: tuple[Step | Choice, ...], draw: Draw) -> list[Step]:
    steps: list[Step] = []
    happened = True
    for node in nodes:
        if isinstance(node, Choice):
            steps += _resolve(draw.pick(node.ways), draw)
            continue
        if not node.follows:
            happened = not node.optional or draw.chance(0.5)
        if happened:
            steps.append(node)
    return steps


def _step(line: str) -> Step:
    head, _, text = line.partition(" ")
    return Step(
        who=head.strip("+?"),
        wordings=tuple(part.strip() for part in text.split(" / ")),
        optional=head.endswith("?"),
        follows=head.startswith("+"),
    )


def parse(talk: str) -> tuple[Step | Choice, ...]:
    r"""Read the lines of a talk.

    Examples
    --------
    >>> [step.who for step in parse("C hello\nA hi / hey")]
    ['C', 'A']
    """
    return _parse([line.strip() for line in talk.splitlines() if line.strip()], 0)[0]


def _parse(lines: list[str], at: int) -> tuple[tuple[Step | Choice, ...], int]:
    nodes: list[Step | Choice] = []
    while at < len(lines) and lines[at] not in {"or", ">"}:
        if lines[at] == "<":
            ways = []
            while lines[at] != ">":
                way, at = _parse(lines, at + 1)
                ways.append(way)
            nodes.append(Choice(tuple(ways)))
        else:
            nodes.append(_step(lines[at]))
        at += 1
    return tuple(nodes), at


def load(name: str) -> dict[str, Any]:
    """Return one of the TOML files that stand beside the code, by name without ending."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def scripts() -> tuple[Script, ...]:
    """Return all scripts, in the order of their files."""
    return tuple(_script(entry) for theme in THEMES for entry in load(f"texts/{theme}")["script"])


def _script(entry: dict[str, Any]) -> Script:
    keys = dict(entry)
    return Script(
        talk=parse(keys.pop("talk")),
        goods=tuple(keys.pop("goods", ())),
        mark=tuple(keys.pop("mark", ())),
        since=keys.pop("from", ""),
        **keys,
    )


@cache
def phrases(lang: str) -> dict[str, list[str]]:
    """Return the shared phrases of a language."""
    return dict(load(f"texts/shared_{lang}"))
