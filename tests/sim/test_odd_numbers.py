"""Whatever number a scenario made in Python holds: it is refused with a clear error, or both engines write one log."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim import scenario as parts
from deskkit.sim.run import ENGINES, simulate
from deskkit.sim.scenario import (
    Agent,
    Arrivals,
    Attention,
    Busyness,
    Channel,
    Cost,
    Law,
    Line,
    Patience,
    Point,
    Scenario,
    Shift,
    Stream,
    Wave,
)
from deskkit.sim.scenariofile import load_scenario, parse_scenario, scenario_text
from deskkit.sim.scenariofile.made import check_made

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD: Final = Policy.load("data/policies/standard.toml")
MINUTE: Final = 60_000
LATER: Final = Law("lognormal", 5_000.0, 1.2)
COMMON: Final[dict[str, Any]] = {
    "group": "presales", "language": "zh", "returning": 0.2, "turns": Law("geometric", 2.0),
    "words": Law("geometric", 9.0), "think": Law("gamma", 20_000.0, 0.8), "impatience": 0.5, "help": 0.1,
    "rating": (0.2, 0.2, 0.5), "transfer": (("aftersales", 0.2),), "lines": (Line("退款", 0, 0.5),),
    "patience": Patience(Law("exponential", 90_000.0), Law("weibull", 200_000.0, 1.1), 0.5, 1.5),
    "fields": {"orders": 3, "spend": 20.5, "last_order": 86_400_000},
    "history": {"unresolved": 1, "rating": -1, "contacts": 2, "transfers": 1},
}  # fmt: skip
RATES: Final = Arrivals(points=(Point(32_400_000, 30.0), Point(32_700_000, 60.0)), steps=False, factor=1.5)
WAVE: Final = Arrivals(wave=Wave(20.0, 10.0, 5 * MINUTE, MINUTE), busyness=Busyness(20.0, 0.5, MINUTE))
SEEN: Final = Law("empirical", 15_000.0, 0.0, (10_000.0, 20_000.0))
FULL: Final = Scenario(
    name="full", day="2026-11-26", begin_ms=540 * MINUTE, end_ms=550 * MINUTE, warm_up_ms=MINUTE,
    factors={"2026-11-26": 1.1},
    streams=(
        Stream(name="rates", arrivals=RATES, **COMMON),
        Stream(name="wave", arrivals=WAVE, **COMMON),
        Stream(name="counts", arrivals=Arrivals(counts=((32_400_000, 32_700_000, 3),)), **COMMON),
        Stream(name="trace", arrivals=Arrivals(instants=(32_400_500, 32_500_000)), handle=SEEN, **COMMON),
    ),
    agents=(
        Agent(
            name="mei", count=2, groups=("presales", "aftersales"), skills={"refund": 3}, languages=("zh",),
            capacity=3.0, speed=1.2, shifts=(Shift(32_000_000, 36_000_000, ((33_500_000, 33_600_000),)),), cost=30.0,
        ),
        Agent(name="jo", groups=("presales",), role="supervisor"),
    ),
    attention=Attention(
        glance=LATER, channels={"popup": Channel(LATER, 0.1), "sound": Channel(LATER, 0.2)}, unfocused=0.1,
        unfocused_latency=LATER, habituation=0.02, switch=LATER, switch_away_ms=5_000.0, per_tab=0.02,
        interrupts=("sound",), resume=LATER, wrong_window=0.05, wrong_after_interruption=2.0, repair=LATER,
    ),
    cost=Cost("CNY", 30.0),
)  # fmt: skip
ODD: Final = (
    math.nan, math.inf, -math.inf, 1e300, 1e-300, -1, 0, 0.5, 1, 10**9, 2**63, 2**70, None, "7",
)  # fmt: skip
Path = tuple[str | int, ...]


def numbers(one: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every number with its path, and of structs each optional part that is one."""
    if isinstance(one, msgspec.Struct):
        for name in one.__struct_fields__:
            yield from numbers(getattr(one, name), (*path, name))
    elif isinstance(one, dict):
        for key, value in one.items():
            yield from numbers(value, (*path, key))
    elif isinstance(one, tuple):
        for place, value in enumerate(one):
            yield from numbers(value, (*path, place))
    elif isinstance(one, int | float) and not isinstance(one, bool):
        yield path, one


def put(one: Any, path: Path, value: object) -> Any:
    """Return the same with another value at a path, whatever its type."""
    if not path:
        return value
    step, *rest = path
    if isinstance(one, msgspec.Struct):
        return structs.replace(one, **{str(step): put(getattr(one, str(step)), tuple(rest), value)})
    if isinstance(one, dict):
        return one | {step: put(one[step], tuple(rest), value)}
    return tuple(put(inner, tuple(rest), value) if place == step else inner for place, inner in enumerate(one))


def of_classes(kind: Any, seen: dict[str, set[str]]) -> bool:
    """Note the numeric fields of all structs a type leads to; say whether the type itself takes a number."""
    if isinstance(kind, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        return True
    if isinstance(kind, msgspec.inspect.StructType):
        mine = seen.setdefault(kind.cls.__name__, set())
        for field in kind.fields:
            if of_classes(field.type, seen):
                mine.add(field.name)
        return False
    inner = [getattr(kind, name) for name in ("item_type", "value_type") if hasattr(kind, name)]
    inner += [*getattr(kind, "item_types", ()), *getattr(kind, "types", ())]
    return any(of_classes(one, seen) for one in inner)


def test_no_numeric_field_is_left_out() -> None:
    """The full scenario holds a number in each field of each class that takes one."""
    declared: dict[str, set[str]] = {}
    of_classes(msgspec.inspect.type_info(Scenario), declared)
    assert set(declared) == {name for name in parts.__all__ if isinstance(getattr(parts, name), type)}
    held: dict[str, set[str]] = {}
    for path, _ in numbers(FULL):
        one: Any = FULL
        for step in path:
            if isinstance(one, msgspec.Struct):
                held.setdefault(type(one).__name__, set()).add(str(step))
            one = getattr(one, str(step)) if isinstance(one, msgspec.Struct) else one[step]
    missing = {(name, field) for name, fields in declared.items() for field in fields - held.get(name, set())}
    assert not missing


def test_the_full_scenario_is_one() -> None:
    """The control: as it is, it is refused by nobody, goes through a file, and both engines agree on it."""
    check_made(FULL)
    assert parse_scenario(scenario_text(FULL)).streams == FULL.streams
    assert both(FULL)


def both(scenario: Scenario) -> bool:
    """Say whether both engines write the same log."""
    first, second = (simulate(scenario, STANDARD, seed=3, engine=engine) for engine in ENGINES)
    return first.digest == second.digest


def is_of(path: Path, part: str) -> bool:
    """Say whether a path is of a part; what streams have in common is of the first one."""
    if path[0] != "streams":
        return path[0] == part or (not part and path[0] not in {"agents", "attention"})
    return part == "streams" and (path[1] == 0 or path[2] in {"arrivals", "handle"})


def is_refused(scenario: Scenario) -> bool:
    """Say whether a scenario is refused, with place, what is expected and an example."""
    try:
        check_made(scenario)
    except ScenarioError as error:
        return all((error.place, error.problem, error.expected, error.example))
    return False


@pytest.mark.parametrize("part", ["agents", "attention", "streams", ""])
def test_odd_numbers_are_refused_or_agreed_on(part: str) -> None:
    """Each number of the scenario in turn is each odd value: refused with what is right, or the same log of both."""
    of = [path for path, _ in numbers(FULL) if is_of(path, part)]
    refused = agreed = 0
    for path in of:
        for value in ODD:
            odd = put(FULL, path, value)
            if is_refused(odd):
                refused += 1
                continue
            assert both(odd), (path, value)
            agreed += 1
    assert refused > 5 * len(of)
    assert agreed


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("agents", 0, "speed"), 1e-300, r"agents\[0\].speed: .* too small. Got 1e-300. Expected a number from 0.1 to"),
        (("agents", 0, "speed"), math.nan, r"agents\[0\].speed: This is no number. Got nan"),
        (("streams", 0, "history", "contacts"), 10**9, r"stream\[0\].history.contacts: .*1000000000.*Expected .*1,000"),
        (("streams", 0, "patience", "queue", "mean"), math.inf, r"streams\[0\].patience.queue.mean: This is no number"),
        (("days",), 1.5, "days: This is no scenario: Expected `int`, got `float`"),
        (("streams", 0, "handle", "mean"), 1e-300, r"stream\[0\].handle: "),
        (("streams", 0, "fields", "last_order"), "3 days", r"streams\[0\].fields.last_order: This is no number"),
        (("streams", 0, "history", "rating"), "bad", r"streams\[0\].history.rating: This is no number. Got 'bad'"),
    ],
)  # fmt: skip
def test_what_is_said(path: Path, value: object, said: str, engine: Any) -> None:
    """Either engine refuses a scenario before it begins, in the same words."""
    with pytest.raises(ScenarioError, match=said):
        simulate(put(FULL, path, value), STANDARD, engine=engine)


def test_a_scenario_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says the same as one that was looked at is not read again, whoever made it."""
    weekday = load_scenario("data/scenarios/weekday.toml")
    check_made(weekday)
    monkeypatch.delattr("deskkit.sim.scenariofile.made.read_scenario")
    check_made(structs.replace(weekday))
    with pytest.raises(NameError):  # the control
        check_made(structs.replace(weekday, name="another"))


def test_a_steady_law_and_long_decimals_can_be_written() -> None:
    """What Python may say its file says too: a spread of none, more decimals than a file reads, that nobody comes."""
    steady, fine = Law("lognormal", 8_000.0), Law("weibull", 8_000.0, 1 / 3)
    stream = structs.replace(FULL.streams[0], think=steady, handle=fine, turns=Law("geometric", 10 / 3))
    nobody = structs.replace(stream, name="nobody", arrivals=Arrivals())
    read, silent = parse_scenario(scenario_text(structs.replace(FULL, streams=(stream, nobody)))).streams
    assert silent.arrivals == Arrivals(points=(Point(FULL.begin_ms, 0.0),))
    assert read.think == Law("constant", 8_000.0)
    assert read.handle.cv == pytest.approx(1 / 3)
    assert read.turns is not None
    assert read.turns.mean == pytest.approx(10 / 3)


def test_a_day_may_be_cut_short_though_its_rates_go_on() -> None:
    """As the notebook of the peak day does: rates after the end bring nobody, and are no fault."""
    day = load_scenario("data/scenarios/peak.toml")
    short = structs.replace(day, begin_ms=540 * MINUTE, end_ms=600 * MINUTE)
    runs = [simulate(short, STANDARD, seed=3, engine=engine) for engine in ENGINES]
    assert len({run.digest for run in runs}) == 1


@pytest.mark.parametrize(("rate", "said"), [(-1_000.0, "Got -495"), (1e9, "Got 500000005")])
def test_a_line_that_leads_beyond_the_hours_is_looked_at_up_to_their_end(rate: float, said: str) -> None:
    """Where it is by then, somebody may come or nobody can: it is no rate after the end, which does nothing."""
    beyond = (Point(FULL.begin_ms, 10.0), Point(FULL.end_ms + FULL.end_ms - FULL.begin_ms, rate))
    line = structs.replace(FULL.streams[0], arrivals=Arrivals(points=beyond, steps=False))
    with pytest.raises(ScenarioError, match=said):
        check_made(structs.replace(FULL, streams=(line,)))
    steps = structs.replace(line, arrivals=Arrivals(points=beyond, steps=True))
    check_made(structs.replace(FULL, streams=(steps,)))


def test_a_constant_law_has_parts_of_milliseconds() -> None:
    """As every other law has."""
    odd = structs.replace(FULL.streams[0], handle=Law("constant", 500.5))
    found = parse_scenario(scenario_text(structs.replace(FULL, streams=(odd,)))).streams[0].handle
    assert found == Law("constant", 500.5)


def test_a_group_to_pass_to_stands_once() -> None:
    """A file cannot say it twice, and would drop one of two."""
    twice = structs.replace(FULL.streams[0], transfer=(("aftersales", 0.9), ("aftersales", 0.9)))
    with pytest.raises(ScenarioError, match=r"streams\[0\].transfer: This group stands there twice"):
        check_made(structs.replace(FULL, streams=(twice,)))
