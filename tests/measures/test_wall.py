"""The wallboard's numbers are those of a report on the same log at the same instant, and so is what is behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
import polars as pl
import pytest

from deskkit.desk import events
from deskkit.desk.policy import Policy
from deskkit.desk.schema import WALL_NUMBERS, WALL_SHARES, WALL_TIMES
from deskkit.log import MemoryLog, UnavailableError, open_log
from deskkit.measures import MEASURES, report
from deskkit.measures.report import choices_of
from deskkit.measures.wall import AT_LEAST, GROUPS, LISTED, NOW, SLOT, SLOTS, TODAY, Wall, day_of, target_of
from deskkit.measures.walling import answer
from deskkit.sim.run import simulate
from tests.measures.lived import lived_log
from tests.sim.days import busy_day

if TYPE_CHECKING:
    from deskkit.log import EventLog

STANDARD = Policy.load("data/policies/standard.toml")
ZONE = "Asia/Shanghai"
QUIET_MS = 90_000  # since the last event


@cache
def day() -> EventLog:
    """Return the log of a busy morning that is not over: conversations wait, are late, have been missed."""
    log = open_log("memory:")
    events = [stored.event for stored in simulate(busy_day(factor=1.5), STANDARD, seed=3).log.read()]
    log.append(events[: len(events) * 4 // 5], received_at=0)
    return log


def now_of(log: EventLog) -> int:
    """Return an instant a while after the last event."""
    return max(stored.event.at for stored in log.read()) + QUIET_MS


@cache
def shown() -> tuple[Wall, dict[str, Any]]:
    """Return the wallboard of the morning, and what it shows."""
    wall = Wall(day())
    return wall, wall.board(now_of(day()))


@cache
def told(**choices: Any) -> Any:
    """Return the report of the morning at the instant of the wallboard."""
    now = now_of(day())
    return report(day(), now=now, **{"begin": day_of(now, ZONE)} | choices)


def test_the_numbers_are_those_of_the_report() -> None:
    """Each number, and how many it counts, is what `report` says of the day at that instant; most are not trivial."""
    found, tiles = told(), shown()[1]["tiles"]
    assert list(tiles) == [*NOW, *TODAY]
    for name, tile in tiles.items():
        assert (tile["value"], tile["n"]) == (found[name].value, found[name].numbers["n"]), name
    assert sum(bool(tile["value"]) for tile in tiles.values()) >= len(tiles) - 4


def test_what_lasts_lasts_up_to_the_instant() -> None:
    """Without its instant the report stands at the last event: whoever waits has waited less by just that."""
    oldest = shown()[1]["tiles"]["oldest_wait"]["value"]
    assert oldest - report(day())["oldest_wait"].value == QUIET_MS


@pytest.mark.parametrize("name", [*NOW, *TODAY])
def test_what_is_behind_is_what_the_measure_says(name: str) -> None:
    """The list of a number is the conversations of the figure, each once; of people, who is counted."""
    figure, found = told()[name], shown()[0].behind(name)
    if "conversation" in figure.rows.columns:
        expected = set(figure.conversations["conversation"].cast(pl.String))
        assert found["total"] == len(expected)
        listed = [row["conversation"] for row in found["rows"]]
        assert len(listed) == len(set(listed)) == min(len(expected), LISTED)
        assert set(listed) <= expected
    else:
        hit = figure.rows.filter("hit") if "hit" in figure.rows.columns else figure.rows
        assert found["total"] == hit["agent"].n_unique()
    waits = [row["ms"] for row in found["rows"] if row.get("ms") is not None]
    assert waits == sorted(waits, reverse=True) or "conversation" not in figure.rows.columns


def test_what_is_behind_a_group_is_a_part() -> None:
    """The lists of the groups are the whole list taken apart."""
    wall, board = shown()
    parts = [wall.behind("first_response", row["group"]) for row in board["groups"]]
    assert sum(part["total"] for part in parts) == wall.behind("first_response")["total"] > 0
    nothing = {"measure": "nonsense", "group": "", "total": 0, "each": "conversations", "rows": []}
    assert wall.behind("nonsense") == nothing
    assert Wall(day()).behind("waiting")["rows"] == []  # nothing was shown yet


@pytest.mark.parametrize("name", ["first_response", "oldest_wait", "csat"])
def test_behind_a_mean_stands_what_it_is_a_mean_of(name: str) -> None:
    """A tile that says of how many it speaks opens as many: who got no answer is in no mean of answers (issue 5)."""
    wall, board = shown()
    assert told()[name].rows.height > board["tiles"][name]["n"] or name == "oldest_wait"
    found = wall.behind(name)
    assert found["total"] == board["tiles"][name]["n"] > 0
    assert found["each"] == "conversations"


def test_a_group_stands_once_by_whatever_name_it_was_called() -> None:
    """A feed calls a group by its title or a word of it, the policy by its name: one row, its numbers (issue 5)."""
    log = open_log("memory:")
    facts: list[events.Event] = [
        events.PolicyChanged(at=0, source="t", source_id="p", text=STANDARD.text, fingerprint=STANDARD.fingerprint)
    ]
    for n, group in enumerate(("售前组", "presales", "售前组 Pre-sales", "vip")):
        about: dict[str, Any] = {"at": 1000, "source": "t", "conversation": f"c{n}"}
        facts.append(events.ConversationOpened(**about, source_id=f"o{n}", customer=f"u{n}", group=group))
        facts.append(events.CustomerWrote(**about, source_id=f"w{n}", message=f"m{n}", text="在吗"))
    log.append(facts, received_at=0)
    wall = Wall(log)
    rows = wall.board(90_000)["groups"]
    assert [row["group"] for row in rows] == [group.name for group in STANDARD.schema.groups]
    assert [row["cells"]["waiting"]["value"] for row in rows] == [3, 0, 0, 1, 0]
    assert wall.behind("waiting", "presales")["total"] == 3


@pytest.mark.parametrize("name", GROUPS)
def test_the_rows_of_groups_are_the_report_by_group(name: str) -> None:
    """Each cell is what the report says of that group."""
    rows = told()[name].broken_down("group")
    expected = dict(zip(rows["group"].cast(pl.String), rows["value"], strict=True))
    cells = {row["group"]: row["cells"][name]["value"] for row in shown()[1]["groups"]}
    assert {group: value for group, value in cells.items() if value} == {
        group: value
        for group, value in expected.items()
        if value and value == value  # noqa: PLR0124 - nan
    }


@pytest.mark.parametrize("name", TODAY)
def test_the_trend_of_the_day_is_the_report_by_half_hour(name: str) -> None:
    """Each point is what the report says of that half-hour."""
    board = shown()[1]
    first = datetime.fromtimestamp(now_of(day()) / 1000, UTC).replace(second=0, microsecond=0)
    first = first - timedelta(minutes=first.minute % 30) - (SLOTS - 1) * SLOT
    rows = told(begin=first)[name].broken_down("half_hour")
    expected = dict(zip(rows["half_hour"], rows["value"].cast(pl.Float64).fill_nan(None), strict=True))
    assert board["slots"][0] == f"{first.astimezone(ZoneInfo(ZONE)):%H:%M}"
    assert board["tiles"][name]["trend"] == [expected.get(slot) for slot in board["slots"]]


@pytest.mark.parametrize("name", NOW)
def test_the_trend_of_what_stands_is_how_it_stood(name: str) -> None:
    """Each point is what the report says of the end of that half-hour."""
    now = now_of(day())
    last = datetime.fromtimestamp(now / 1000, UTC).replace(second=0, microsecond=0)
    last -= timedelta(minutes=last.minute % 30)
    trend = shown()[1]["tiles"][name]["trend"]
    assert trend[-2] == told(begin=None, end=last)[name].value
    assert trend[-1] == told()[name].value


@pytest.mark.parametrize("seed", range(2))
def test_what_is_added_is_read_alone_and_nothing_else_changes(seed: int) -> None:
    """A wallboard that saw a log grow, with other policies and late facts on the way, shows what a new one shows."""
    whole = lived_log(STANDARD, seed, steps=60, late=True, change=(Policy.load("data/policies/peak.toml"),))
    events = [stored.event for stored in whole.read()]
    log = open_log("memory:")
    wall = Wall(log)
    for at in range(0, len(events), 1 + len(events) // 3):
        log.append(events[at : at + 1 + len(events) // 3], received_at=0)
        now = now_of(log)
        assert _rounded(wall.board(now)) == _rounded(Wall(log).board(now))
    assert log.last_seq() == len(events)


def _rounded(board: dict[str, Any]) -> Any:
    """Return a board but for the last bits of its sums, which depend on the order of rows."""
    plain = msgspec.json.decode(msgspec.json.encode(board))
    return _walk(plain, lambda one: round(one, 6) if isinstance(one, float) else one)


def _walk(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {key: _walk(one, change) for key, one in value.items()}
    return [_walk(one, change) for one in value] if isinstance(value, list) else change(value)


def test_targets_are_those_of_the_policy() -> None:
    """A number past what the policy says is missed; of shares that should be large, one below it."""
    tiles = shown()[1]["tiles"]
    for name, tile in tiles.items():
        expected = target_of(name, STANDARD, choices_of(STANDARD))
        assert tile["target"] == expected, name
        if expected is not None and tile["value"] is not None:
            assert tile["breach"] == (tile["value"] < expected if name in AT_LEAST else tile["value"] > expected), name
    assert {tile["breach"] for tile in tiles.values()} == {True, False, None}


def test_what_a_policy_can_name_is_measured() -> None:
    """Each key of [wallboard] is a measure, and shown; without the section replies and waits go by [targets]."""
    named = {*WALL_TIMES, *WALL_SHARES, *WALL_NUMBERS}
    assert named <= MEASURES.keys()
    assert named - {*NOW, *TODAY} <= {"sla_next_response"}
    text = STANDARD.text
    begin = text.index("[wallboard]")
    bare = Policy.parse(text[:begin] + text[text.index("\n\n", begin) :])
    assert bare.schema.wallboard.targets == {}
    found = {name: target_of(name, bare, choices_of(bare)) for name in (*NOW, *TODAY)}
    expected = {"oldest_wait": 300_000, "first_response": 120_000, "reply_time": 120_000, "overdue": 0}
    assert {name: target for name, target in found.items() if target is not None} == expected


class Locked(MemoryLog):
    """A log that cannot be read for a while."""

    is_locked = False

    def last_seq(self, conversation: str | None = None) -> int:
        """Refuse while it is locked."""
        if self.is_locked:
            raise UnavailableError("The log is locked.", place="test")
        return super().last_seq(conversation)


def test_a_log_that_cannot_be_read_is_an_answer() -> None:
    """A fault is said and not raised; the next question is answered again."""
    log = Locked()
    wall = Wall(log)
    log.is_locked = True
    assert answer(wall, {"do": "board", "now": 0}) == {"is": "fault", "text": "test: The log is locked."}
    log.is_locked = False
    again = answer(wall, {"do": "board", "now": 0})
    assert (again["is"], again["tiles"]["waiting"]["value"], again["groups"]) == ("board", 0, [])
