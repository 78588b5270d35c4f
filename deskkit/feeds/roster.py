"""Who works at the desk, and when: a roster file as facts.

A TOML file with one ``[[agent]]`` each::

    [[agent]]
    id = "chen@shop.example"     # the account at the provider
    name = "陈晨"
    nick = "小晨"                # what customers see
    role = "agent"               # or "supervisor"
    groups = ["aftersales"]
    skills = { order = 5 }       # 1 to 5
    languages = ["zh", "en"]
    capacity = 6                 # units
    shifts = [{ days = "mon-fri", from = "08:00", to = "16:00" }]

A shift that ends at or before its beginning ends on the next day; "24:00" is the end of the day. This module
knows no product and no policy.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from deskkit.clock import instant, moment
from deskkit.desk.events import AgentSet, PresenceSet
from deskkit.errors import FeedError
from deskkit.feeds.roster_faults import syntax_error, value_error
from deskkit.smallfile import content

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from deskkit.log import EventLog

__all__ = ["Agent", "Shift", "agent_facts", "known_agents", "load_roster", "presence_facts", "says_the_same"]

SOURCE: Final = "roster"
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MS: Final = 86_400_000

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Level = Annotated[int, msgspec.Meta(ge=1, le=5)]
Clock = Annotated[str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]


class Shift(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}):
    """Working hours on some days of the week, local time.

    Attributes
    ----------
    days : str
        A day, a range, or several with commas: ``mon``, ``mon-fri``, ``mon,wed,sat-sun``.
    begin, end : str
        ``HH:MM`` (in the file `from` and `to`).
    """

    days: str
    begin: Clock
    end: Clock


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One agent of a roster; `nick` is what customers see."""

    id: Name
    name: str = ""
    nick: str = ""
    role: Literal["agent", "supervisor"] = "agent"
    groups: tuple[Name, ...] = ()
    skills: dict[Name, Level] = {}
    languages: tuple[Name, ...] = ()
    capacity: Annotated[float, msgspec.Meta(ge=0, le=1000)] | None = None
    shifts: tuple[Shift, ...] = ()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    agent: tuple[Agent, ...]


def load_roster(path: str | Path) -> tuple[Agent, ...]:
    """Read a roster file.

    Raises
    ------
    FeedError
        The file cannot be read, a value is wrong, or an agent stands in it twice.
    """
    text = ""
    try:
        text = content(path).decode("utf-8")
        roster = msgspec.convert(tomllib.loads(text), _File).agent
    except OSError as error:
        raise FeedError("The roster cannot be read.", place=str(path), value=error.strerror) from error
    except UnicodeDecodeError as error:
        raise FeedError("The roster is no text in UTF-8.", place=str(path), example="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise syntax_error(str(error), text, place=str(path)) from error
    except msgspec.ValidationError as error:
        raise value_error(str(error), text, place=str(path)) from error
    twice = [name for name, count in Counter(agent.id for agent in roster).items() if count > 1]
    if twice:
        raise FeedError("An agent stands in the roster twice.", place=str(path), value=twice[0], expected="one entry")
    for agent in roster:
        for shift in agent.shifts:
            weekdays(shift.days, place=f"{path}, agent {agent.id}")
    return roster


def weekdays(text: str, *, place: str = "roster") -> frozenset[int]:
    """Read days of the week, Monday 0.

    Raises
    ------
    FeedError
        There is no such day.

    Examples
    --------
    >>> sorted(weekdays("fri-mon")), sorted(weekdays("tue, thu"))
    ([0, 4, 5, 6], [1, 3])
    """
    found: set[int] = set()
    for part in text.lower().split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            raise FeedError(
                "There is no such day.", place=place, value=part, expected=", ".join(_DAYS), example="mon-fri"
            )
        begin = _DAYS.index(first)
        count = (_DAYS.index(last or first) - begin) % 7 + 1
        found.update((begin + day) % 7 for day in range(count))
    return frozenset(found)


def agent_facts(roster: Sequence[Agent], *, at: int) -> list[AgentSet]:
    """Return what the roster says of each agent, as known from `at` (milliseconds UTC) on."""
    facts = []
    for agent in roster:
        content = msgspec.json.encode((agent, at), order="deterministic")
        facts.append(
            AgentSet(
                at=at,
                source=SOURCE,
                source_id=f"agent:{agent.id}:{hashlib.blake2b(content, digest_size=8).hexdigest()}",
                agent=agent.id,
                name=agent.name or agent.nick,
                role=agent.role,
                groups=agent.groups,
                skills=dict(agent.skills),
                languages=agent.languages,
                capacity=agent.capacity,
                nick=agent.nick,
            )
        )
    return facts


def known_agents(log: EventLog) -> dict[str, AgentSet]:
    """Return what a log last said of each agent."""
    events = (stored.event for stored in log.read(kinds=[AgentSet]))
    return {event.agent: event for event in events if isinstance(event, AgentSet)}


def says_the_same(one: AgentSet, other: AgentSet) -> bool:
    """Tell whether two facts say the same of an agent, whoever said it and when."""
    return msgspec.structs.replace(one, at=other.at, source=other.source, source_id=other.source_id) == other


def presence_facts(roster: Sequence[Agent], *, start: int, end: int, zone: str) -> list[PresenceSet]:
    """Return when agents came and went by their shifts, in order of time.

    Parameters
    ----------
    roster : sequence of Agent
    start, end : int
        The period, milliseconds UTC. Who is on shift at `start` comes then; who is at `end` stays.
    zone : str
        IANA zone of the shifts.

    Examples
    --------
    >>> roster = [Agent(id="chen", shifts=(Shift("thu", "08:00", "16:00"),))]
    >>> day = instant("2026-06-18", zone="Asia/Shanghai")
    >>> [(moment(fact.at, zone="Asia/Shanghai")[11:16], fact.presence)
    ...  for fact in presence_facts(roster, start=day, end=day + 86_400_000, zone="Asia/Shanghai")]
    [('08:00', 'online'), ('16:00', 'offline')]
    """
    facts = []
    for agent in roster:
        for begin, stop in _on_shift(agent, start, end, zone):
            facts.append(_presence(agent.id, max(begin, start), "online"))
            if stop < end:
                facts.append(_presence(agent.id, stop, "offline"))
    return sorted(facts, key=lambda fact: fact.at)


def _presence(agent: str, at: int, presence: str) -> PresenceSet:
    return PresenceSet(
        at=at, source=SOURCE, source_id=f"presence:{agent}:{at}:{presence}", agent=agent, presence=presence
    )


def _on_shift(agent: Agent, start: int, end: int, zone: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of work that touch the period, those that meet or overlap as one."""
    stretches = sorted(
        (begin, stop)
        for shift in agent.shifts
        for begin, stop in _shifts(shift, start, end, zone)
        if begin < end and stop > start
    )
    held: tuple[int, int] | None = None
    for begin, stop in stretches:
        if held is not None and begin <= held[1]:
            held = held[0], max(held[1], stop)
            continue
        if held is not None:
            yield held
        held = begin, stop
    if held is not None:
        yield held


def _shifts(shift: Shift, start: int, end: int, zone: str) -> Iterator[tuple[int, int]]:
    days = weekdays(shift.days)
    day = date.fromisoformat(moment(start - _DAY_MS, zone=zone)[:10])
    last = date.fromisoformat(moment(end, zone=zone)[:10])
    while day <= last:
        if day.weekday() in days:
            overnight = shift.end <= shift.begin or shift.end == "24:00"
            closing = "00:00" if shift.end == "24:00" else shift.end
            after = day + timedelta(days=1) if overnight else day
            yield instant(f"{day}T{shift.begin}", zone=zone), instant(f"{after}T{closing}", zone=zone)
        day += timedelta(days=1)
