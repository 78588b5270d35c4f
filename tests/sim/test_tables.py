"""A workload's tables: what no run could be made of is refused with column and row; nothing changes afterwards."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
import pytest
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.draws import Key
from deskkit.sim.run import simulate
from deskkit.sim.scenario import Agent, Arrivals, Busyness, Law, Point, Scenario, Stream
from deskkit.sim.scenariofile import expected
from deskkit.sim.workload import Workload, sample

H: Final = 3_600_000
STREAM: Final = Stream(
    name="s", group="presales", arrivals=Arrivals(counts=((0, H, 6),)), turns=Law("constant", 2.0)
)  # fmt: skip
HOUR: Final = Scenario(name="hour", end_ms=H, streams=(STREAM,), agents=(Agent(name="chen", groups=("presales",)),))
GIVEN: Final = sample(HOUR, seed=1)


def made(rows: pl.DataFrame | None = None, turns: pl.DataFrame | None = None, **ends: int) -> Workload:
    """Return a workload of tables that were changed."""
    within: dict[str, Any] = {"begin": GIVEN.begin, "end": GIVEN.end, "midnight": GIVEN.midnight} | ends
    return Workload(
        GIVEN.conversations if rows is None else rows, GIVEN.turns if turns is None else turns, key=Key(1), **within
    )  # fmt: skip


def with_(name: str, row: int, value: object) -> pl.DataFrame:
    """Return the conversations with another value in one row."""
    column = GIVEN.conversations[name]
    values = [value if n == row else old for n, old in enumerate(column.to_list())]
    return GIVEN.conversations.with_columns(pl.Series(name, values, dtype=column.dtype))


ROWS: Final = GIVEN.conversations
WRONG: Final[dict[str, tuple[pl.DataFrame, str]]] = {
    "a column is missing": (ROWS.drop("silent"), "conversations: A column is missing. Got 'silent'"),
    "a column too many": (ROWS.with_columns(mine=1), "Got 'mine'"),
    "another type": (
        ROWS.with_columns(pl.col("at").cast(pl.Float64)),
        "conversations.at: This column",
    ),
    "another order of columns": (ROWS.select(reversed(ROWS.columns)), "in another order"),
    "nothing where something must be": (with_("group", 2, None), "conversations.group: Row 2 holds nothing"),
    "not in the order of time": (ROWS.reverse(), "conversations.at: Row 1 cannot be"),
    "before the run": (with_("at", 0, -5), "conversations.at: Row 0 cannot be. Got -5"),
    "after the run": (with_("at", 5, 2 * H), "conversations.at: Row 5 cannot be"),
    "a name twice": (with_("conversation", 3, ROWS["conversation"][2]), "conversations.conversation: Row 2 cannot be"),
    "a patience below none": (with_("queue_patience_ms", 1, -2), "queue_patience_ms: Row 1 cannot be. Got -2"),
    "no turn": (with_("turns", 1, 0), "conversations.turns: Row 1 cannot be. Got 0"),
    "turns that are nowhere": (with_("first", 4, 11), "conversations.first: Row 4 cannot be. Got 11"),
    "a rating beyond all": (with_("rating", 1, 5), "conversations.rating: Row 1 cannot be. Got 5"),
    "fields of nobody": (
        ROWS.with_columns(customer=pl.lit(""), fields=pl.lit('{"orders": 1}')),
        "conversations.customer: Row 0 cannot be. Got ''. Expected a name, where fields or history are told",
    ),
    "contacts beyond all": (with_("history", 1, '{"contacts": 1000000000}'), "history: This is no number of"),
    "a past rating beyond all": (with_("history", 1, '{"rating": 5}'), "Got 5. Expected -1 to 1"),
    "a need without a name": (with_("needs", 1, [""]), "conversations.needs: Row 1 cannot be"),
    "a need too long": (with_("needs", 1, ["x" * 1_001]), "conversations.needs: Row 1 cannot be"),
    "a group too long": (with_("group", 1, "x" * 1_001), "conversations.group: Row 1 cannot be"),
    "an agent too long": (with_("history", 1, f'{{"last_agent": "{"x" * 1_001}"}}'), 'no name of "last_agent"'),
    "a tag without a name": (with_("tags", 1, '[["label", ""]]'), "conversations.tags: This is no tag"),
    "a tag of no facet": (with_("tags", 1, '[["nope", "x"]]'), "no such facet. Got 'nope'. Expected customer, inquiry"),
    "no JSON": (with_("tags", 1, "{"), "conversations.tags: This is not what it should be"),
}


@pytest.mark.parametrize("what", WRONG)
def test_tables_that_are_none_are_refused(what: str) -> None:
    """Before anything runs, with the place; as they were they are taken."""
    rows, said = WRONG[what]
    with pytest.raises(ScenarioError) as caught:
        made(rows)
    assert said in str(caught.value)
    assert made().digest == GIVEN.digest


def test_turns_ends_and_streams_are_looked_at_too() -> None:
    """A negative time, an end before the beginning, a stream that the scenario has not."""
    with pytest.raises(ScenarioError, match=r"turns\.handle_ms: Row 3 cannot be"):
        made(turns=GIVEN.turns.with_columns(handle_ms=pl.Series([-1 if n == 3 else 5 for n in range(12)])))
    with pytest.raises(ScenarioError, match="ends after that"):
        made(end=-1)
    policy = Policy.load("data/policies/standard.toml")
    with pytest.raises(ScenarioError, match="no such stream"):
        simulate(HOUR, policy, workload=made(with_("stream", 2, 7)))


def test_a_workload_does_not_change() -> None:
    """What is done to a table that it gave is not done to it, and another table is another workload."""
    rows, digest = GIVEN.conversations, GIVEN.digest
    rows.drop_in_place("group")
    rows.insert_column(0, pl.lit(1).alias("mine"))
    assert made(GIVEN.conversations).digest == digest == GIVEN.digest
    with pytest.raises(AttributeError):
        GIVEN.conversations = rows  # type: ignore[misc]
    few = made(GIVEN.conversations.filter(pl.col("conversation") != ROWS["conversation"][0]))
    assert few.digest != digest
    assert few.turn(0, 1) == GIVEN.turn(1, 1)


# ---------------------------------------------------------------- when customers come


def test_days_of_many_parts_are_not_alike() -> None:
    """288 parts a day, two days: no customer draws what another one draws; the first 256 parts draw what they drew."""
    parts = tuple((n * 300_000, (n + 1) * 300_000, 2) for n in range(288))

    def needs(count: int) -> list[tuple[int, ...]]:
        stream = structs.replace(STREAM, arrivals=Arrivals(counts=parts[:count]))
        found = sample(structs.replace(HOUR, end_ms=24 * H, days=2, streams=(stream,)), seed=5)
        return found.turns.select("handle_ms", "think_ms").rows()

    many, few = needs(288), needs(256)
    assert len(set(many)) == len(many) == 288 * 2 * 2 * 2
    assert few[: 256 * 2 * 2] == many[: 256 * 2 * 2]


@pytest.mark.parametrize("steps", [True, False])
def test_nobody_is_expected_before_the_first_rate(steps: bool) -> None:  # noqa: FBT001 - a kind of rate
    """Straight lines as steps: as many are expected as come (30 days of 72, seed 3; four standard deviations)."""
    arrivals = Arrivals(points=(Point(6 * H, 12.0), Point(12 * H, 12.0)), steps=steps, busyness=Busyness(1e6))
    scenario = structs.replace(HOUR, end_ms=12 * H, days=30, streams=(structs.replace(STREAM, arrivals=arrivals),))
    assert expected(scenario) == {"s": pytest.approx(30 * 72)}
    at = sample(scenario, seed=3).conversations["at"]
    assert abs(len(at) - 30 * 72) < 4 * (30 * 72) ** 0.5
    assert (at % (24 * H)).min() >= 6 * H  # type: ignore[operator]


@pytest.mark.parametrize("key", [None, (1, 0, False), Key(1.5), Key(-1)], ids=str)  # type: ignore[arg-type]
def test_what_is_no_key_is_refused(key: Any) -> None:
    """Before a run asks for its luck."""
    with pytest.raises(ScenarioError, match=r"This is no (key|seed)"):
        Workload(GIVEN.conversations, GIVEN.turns, key=key, begin=GIVEN.begin, end=GIVEN.end, midnight=GIVEN.midnight)
