"""A roster becomes agents and their comings and goings, and a wrong one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.clock import instant, moment
from deskkit.desk.events import AgentSet, ConversationOpened, PresenceSet
from deskkit.errors import FeedError
from deskkit.feeds.meiqia import import_meiqia
from deskkit.feeds.roster import Agent, Shift, agent_facts, load_roster, presence_facts, weekdays
from deskkit.log import MemoryLog
from tests.feeds.meiqia_pages import NEW, ZONE, facts, saved

if TYPE_CHECKING:
    from pathlib import Path

ROSTER = """
[[agent]]
id = "chen@shop.example"
name = "陈晨"
nick = "小晨"
groups = ["aftersales"]
skills = { order = 5 }
languages = ["zh", "en"]
capacity = 6
shifts = [{ days = "mon-fri", from = "08:00", to = "16:00" }]

[[agent]]
id = "wu@shop.example"
role = "supervisor"
"""


def written(folder: Path, text: str = ROSTER) -> Path:
    """Write a roster file."""
    path = folder / "agents.toml"
    path.write_text(text, encoding="utf-8")
    return path


def hours(*shifts: Shift, days: int = 2) -> list[tuple[str, str]]:
    """Return the comings and goings of one agent from Thursday 18 June on, local time."""
    start = instant("2026-06-18", zone=ZONE)
    found = presence_facts([Agent("a", shifts=shifts)], start=start, end=start + days * 86_400_000, zone=ZONE)
    return [(moment(fact.at, zone=ZONE)[8:16], fact.presence) for fact in found]


def test_a_roster_says_who_agents_are(tmp_path: Path) -> None:
    """Groups, skills, languages, capacity and role arrive as written."""
    chen, wu = agent_facts(load_roster(written(tmp_path)), at=5)
    assert (chen.at, chen.agent, chen.name, chen.groups) == (5, "chen@shop.example", "陈晨", ("aftersales",))
    assert (chen.skills, chen.languages, chen.capacity) == ({"order": 5}, ("zh", "en"), 6)
    assert (chen.role, wu.role, wu.capacity) == ("agent", "supervisor", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[agent]]\nname = 'x'", "line 1, agent[0]: Something is missing."),
        ("[[agent]]\nid = 'x'\nskils = {}", 'line 3, agent[0]: The key "skils" is not known.'),
        (
            "[[agent]]\nid = 'x'\nskills = { order = 6 }",
            "Got 'skills = { order = 6 }'. Expected skills with levels 1 to 5",
        ),
        ("[[agent]]\nid = 'x'\n\n[[agent]]\nid = 'y'\ncapacity = 'six'", "line 6, agent[1].capacity: "),
        (
            "[[agent]]\nid = 'x'\nshifts = [{ day = 'mon', from = '08:00', to = '16:00' }]",
            'line 3, agent[0].shifts: The key "day"',
        ),
        ("[[agent]]\nid = 'x'\nrole = 'boss'", "boss"),
        ("[[agent]]\nid = 'x'\n[[agent]]\nid = 'x'", "twice"),
        ("[[agent]]\nid = 'x'\nshifts = [{ days = 'mon-fry', from = '08:00', to = '16:00' }]", "no such day"),
        ("[[agent]]\nid = 'x'\nshifts = [{ days = 'mon', from = '8:00', to = '16:00' }]", "shifts"),
        ("[[agent]]\nid = chen", "line 2: This is not TOML: Invalid value. Got 'id = chen'."),
        ("", "Hint: [[agent]]"),
    ],
)
def test_a_wrong_roster_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The error names the file, the line, the value and what would be right."""
    with pytest.raises(FeedError, match=r"agents\.toml") as error:
        load_roster(written(tmp_path, text))
    assert said in str(error.value)


def test_shifts_are_local_hours() -> None:
    """Working days only, on the wall clock of the zone."""
    assert hours(Shift("mon-fri", "08:00", "16:00"), days=3) == [
        ("18 08:00", "online"), ("18 16:00", "offline"), ("19 08:00", "online"), ("19 16:00", "offline"),
    ]  # fmt: skip


def test_night_shifts_and_those_that_meet() -> None:
    """A shift over midnight is one stretch, and so are two that meet or overlap."""
    assert hours(Shift("thu", "22:00", "06:00")) == [("18 22:00", "online"), ("19 06:00", "offline")]
    assert hours(Shift("thu", "16:00", "24:00"), Shift("fri", "00:00", "02:00")) == [
        ("18 16:00", "online"), ("19 02:00", "offline"),
    ]  # fmt: skip
    assert hours(Shift("thu", "08:00", "12:00"), Shift("thu", "10:00", "14:00")) == [
        ("18 08:00", "online"), ("18 14:00", "offline"),
    ]  # fmt: skip


def test_who_works_when_the_period_begins_comes_then() -> None:
    """A shift already running begins with the period; one still running at its end is left open."""
    assert hours(Shift("wed-thu", "22:00", "06:00"), days=1) == [
        ("18 00:00", "online"), ("18 06:00", "offline"), ("18 22:00", "online"),
    ]  # fmt: skip


def test_shifts_follow_the_clocks_of_the_zone() -> None:
    """On the night the clocks go forward, eight hours on the wall are seven."""
    shift = Shift("sat", "22:00", "06:00")
    begin = instant("2026-03-07", zone="America/New_York")
    come, go = presence_facts(
        [Agent("a", shifts=(shift,))], start=begin, end=begin + 2 * 86_400_000, zone="America/New_York"
    )
    assert go.at - come.at == 7 * 3_600_000


@given(
    st.lists(
        st.tuples(st.sampled_from(["mon", "tue-sat", "fri-mon"]), st.integers(0, 23), st.integers(0, 23)),
        max_size=4,
    )
)
def test_comings_and_goings_alternate(shifts: list[tuple[str, int, int]]) -> None:
    """Nobody comes twice without leaving, whatever the shifts."""
    found = hours(*(Shift(days, f"{begin:02}:00", f"{end:02}:00") for days, begin, end in shifts), days=10)
    assert [presence for _, presence in found] == (["online", "offline"] * len(found))[: len(found)]
    assert found == sorted(found)


def test_ranges_of_days_wrap() -> None:
    """A range may run over the end of the week; an unknown day is refused."""
    assert weekdays("Sat-Mon, wed") == {5, 6, 0, 2}
    for wrong in ("mon-", "-mon", "", "mon-fri-sun", "monday"):
        with pytest.raises(FeedError, match="no such day"):
            weekdays(wrong)


def test_an_import_lays_a_roster_out_with_its_facts(tmp_path: Path) -> None:
    """Agents are known before the first conversation, their shifts stand among it, and again adds nothing."""
    log = MemoryLog()
    page, roster = saved(tmp_path, NEW), written(tmp_path)
    import_meiqia([page], log, zone=ZONE, roster=roster, received_at=0)
    ats = [fact.at for fact in facts(log)]
    assert ats == sorted(ats)
    order = [type(fact) for fact in facts(log, AgentSet, PresenceSet, ConversationOpened)]
    assert order == [AgentSet, AgentSet, PresenceSet, ConversationOpened]
    assert facts(log, AgentSet)[0].skills == {"order": 5}
    again = import_meiqia([page], log, zone=ZONE, roster=roster, received_at=0)
    assert again.stored == 0
