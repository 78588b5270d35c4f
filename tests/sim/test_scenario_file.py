"""What a scenario file says, and that it can say everything: structs written and read back, defaults in place."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk.policyfile.layout import literal
from deskkit.sim import arrivals, defaults, scenario
from deskkit.sim.scenario import FOREVER, Arrivals, Attention, Law, Patience, Scenario, Shift, Stream
from deskkit.sim.scenariofile import expected, load_scenario, parse_scenario, problems, scenario_text
from deskkit.sim.scenariofile.consistency import paths_of
from deskkit.sim.scenariofile.counting import expected_of
from tests.sim.scenario_laws import faults_of, scenarios, streams

BASE = (Path(__file__).parent / "mistakes" / "base.toml").read_text(encoding="utf-8")
HEAD = 'version = 1\nname = "a"\n'
STREAM = '[[stream]]\nname = "s"\narrivals = { per_hour = 12 }\n'
AGENTS = '[[agents]]\nname = "b"\n'


def stream(lines: str) -> Stream:
    """Read one stream."""
    return parse_scenario(HEAD + STREAM + lines + "\n" + AGENTS).streams[0]


def attention(lines: str) -> Attention:
    """Read how agents behave."""
    return parse_scenario(HEAD + STREAM + AGENTS + lines).attention


# ---------------------------------------------------------------- everything can be said


def test_every_scenario_can_be_written_and_read() -> None:
    """What is written of a scenario reads as the same scenario, whatever its fields; and each field was tried."""
    tried: set[tuple[str, str]] = set()
    same = 0

    @given(scenarios)
    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    def written_and_read(one: Scenario) -> None:
        nonlocal same
        text = scenario_text(one)
        faults = [str(fault) for fault in problems(text)]
        senseless = ("are expected", "times the time", "No agent is there", "wave is too short")
        if any(one in fault for fault in faults for one in senseless):
            return  # too much in all, or a shift too early: each field is fine, the whole makes no sense
        assert faults == []
        assert parse_scenario(text) == one
        same += 1
        tried.update(told(one))

    written_and_read()
    structs = (Scenario, Stream, Attention, scenario.Agent, Arrivals, Patience, scenario.Channel, scenario.Line,
               scenario.Cost, scenario.Busyness, scenario.Wave, scenario.Point, scenario.Shift)  # fmt: skip
    every = {(one.__name__, field.name) for one in structs for field in msgspec.structs.fields(one)}
    assert every - tried <= {("Scenario", "begin_ms"), ("Scenario", "end_ms"), ("Scenario", "drain")}  # looked at below
    assert same > 90


def told(thing: object) -> set[tuple[str, str]]:
    """Return the fields of structs that hold something else than their default."""
    found: set[tuple[str, str]] = set()
    if isinstance(thing, msgspec.Struct):
        for field in msgspec.structs.fields(type(thing)):
            value = getattr(thing, field.name)
            if value != field.default:
                found.add((type(thing).__name__, field.name))
            found |= told(value)
    elif isinstance(thing, tuple | dict):
        for one in thing.values() if isinstance(thing, dict) else thing:
            found |= told(one)
    return found


def test_what_the_base_says() -> None:
    """Times, laws, shifts, breaks, fields and history are what the file says."""
    base = parse_scenario(BASE)
    orders, early = base.streams[0], base.agents[0]
    assert (base.begin_ms, base.end_ms, base.days, base.factors) == (8 * 3_600_000, 86_400_000, 2, {"2026-11-11": 2.5})
    assert orders.handle == Law("lognormal", 20_000.0, 1.2)
    assert orders.think == Law("lognormal", 60_000.0, 1.3)
    assert orders.words == Law("empirical", 31 / 3, 0.0, (3.0, 8.0, 20.0))
    assert orders.fields == {"orders": 3, "spend": 99.5, "last_order": 3 * 86_400_000}
    assert orders.history == {"unresolved": 1, "rating": -1}
    assert orders.tags == (("label", "urgent"),)
    assert [(line.turn, line.share) for line in orders.lines] == [(0, 0.5)]
    assert orders.rating == (0.1, 0.2, 0.3)
    assert base.streams[3].arrivals.instants == (28_800_000, 28_830_250)
    assert early.shifts == (
        Shift(28_800_000, 43_200_000, ((36_000_000, 36_900_000),)),
        Shift(46_800_000, 61_200_000),
    )
    assert base.attention.channels["sound"].latency == Law("constant", 3_000.0)
    assert base.assumptions[:2] == ("stream.orders.think", "attention.switch")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ('"20 s"', Law("constant", 20_000.0)),
        ('"1.5 min exponential"', Law("exponential", 90_000.0)),
        ('"20 s gamma cv 0.5"', Law("gamma", 20_000.0, 0.5)),
        ('{ mean = "20 s" }', Law("constant", 20_000.0)),
        ('{ law = "weibull", mean = "2 min", cv = 2 }', Law("weibull", 120_000.0, 2.0)),
        ('{ law = "empirical", values = ["1 s", "4 s"] }', Law("empirical", 2_500.0, 0.0, (1_000.0, 4_000.0))),
    ],
)
def test_a_law_is_written_short_or_as_a_table(said: str, meant: Law) -> None:
    """Both ways say the same."""
    assert stream(f"think = {said}").think == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [("4", Law("constant", 4.0)), ('"4"', Law("constant", 4.0)), ('"2.5 geometric"', Law("geometric", 2.5)),
     ('{ law = "geometric", mean = 8 }', Law("geometric", 8.0)), ('"endless"', None)],
)  # fmt: skip
def test_turns_are_counted(said: str, meant: Law | None) -> None:
    """Turns follow a law of counts, or have no end."""
    drain = "" if meant else "drain = false\n"
    assert parse_scenario(HEAD + drain + STREAM + f"turns = {said}\n" + AGENTS).streams[0].turns == meant


# ---------------------------------------------------------------- defaults


def test_a_file_that_says_nothing_has_the_sourced_defaults() -> None:
    """The numbers of the list are those in use, and every one has a source or is an assumption."""
    plain = parse_scenario(HEAD + STREAM + AGENTS)
    one = plain.streams[0]
    assert (one.turns, one.handle, one.think) == (
        Stream(name="", arrivals=Arrivals()).turns,
        Law("lognormal", 20_000.0, 1.2),
        Law("lognormal", 60_000.0, 1.3),
    )
    assert one.patience == Patience(Law("weibull", 180_000.0, 1.2), Law("exponential", 300_000.0), 0.7, 1.3)
    assert plain.attention.switch == Law("exponential", 3_800.0)
    assert sorted(plain.attention.channels) == ["desktop", "flash", "popup", "push", "sound"]
    assert plain.attention.interrupts == ("flash",)
    assert all(default.source for default in defaults.DEFAULTS)
    assert len({default.name for default in defaults.DEFAULTS}) == len(defaults.DEFAULTS) >= 30


def test_every_default_of_the_list_is_in_use() -> None:
    """Said in a file, a default changes nothing; said otherwise, it does: so each name reaches its number."""
    plain = parse_scenario(HEAD + STREAM + "[stream.patience]\n" + AGENTS)
    for one in defaults.DEFAULTS:
        if one.name != "stream.arrivals.busyness.shape":
            assert with_value(one.name, one.value) == plain, one.name
            assert with_value(one.name, other(one.value)) != plain, one.name


def with_value(name: str, value: defaults.OneDefault) -> Scenario:
    """Read a file that says a number, its assumptions aside."""
    first, *steps = name.split(".")
    table: object = value
    for step in reversed(steps):
        table = {step: table}
    said = {first: table}
    data = f"{inline(said['stream'])}\n" if first == "stream" else ""
    tail = f"[attention]\n{inline(said['attention'])}\n" if first == "attention" else ""
    found = parse_scenario(HEAD + STREAM + data + AGENTS + tail)
    return msgspec.structs.replace(found, assumptions=parse_scenario(HEAD + STREAM + AGENTS).assumptions)


def inline(table: object) -> str:
    """Write the lines of a table."""
    assert isinstance(table, dict)
    return "\n".join(f"{key} = {literal(value)}" for key, value in table.items())


def other(value: defaults.OneDefault) -> defaults.OneDefault:
    """Return another value of the same kind."""
    if isinstance(value, list):
        return ["badge"]
    if isinstance(value, str):
        return (
            value.replace("s", "min", 1)
            if value[0].isdigit() and " s" in value
            else {"level": "newest"}.get(value, "9")
        )
    return value / 2 + 0.25


def test_assumptions_in_use_are_named() -> None:
    """A default nobody measured is an assumption of the scenario, unless the file says the number."""
    plain = parse_scenario(HEAD + STREAM + AGENTS)
    assert "attention.glance" in plain.assumptions
    assert "attention.switch" not in plain.assumptions
    assert "stream.s.patience.queue" in plain.assumptions
    said = parse_scenario(
        HEAD + STREAM + 'patience = "forever"\nimpatience = 0\n' + AGENTS + '[attention]\nglance = "9 s"\n'
    )
    assert "attention.glance" not in said.assumptions
    assert not [name for name in said.assumptions if name.startswith("stream.")]


def test_everything_can_be_switched_off() -> None:
    """For exact cases attention is none, patience is for ever; or only what is named disturbs."""
    assert parse_scenario(HEAD + 'attention = "none"\n' + STREAM + AGENTS).attention == Attention()
    assert attention('[attention]\ndefaults = "none"\nswitch = "4 s exponential"\n') == Attention(
        switch=Law("exponential", 4_000.0)
    )
    assert attention('[attention]\nglance = "none"\nchannels = "none"\ninterrupts = "none"\n').channels == {}
    assert "push" not in attention('[attention]\nchannels = { push = "none" }\n').channels
    assert stream('patience = "forever"').patience == Patience()
    assert stream('patience = { queue = "forever" }').patience.queue is None
    assert stream('patience = { queue = "forever" }').patience.service == Law("exponential", 300_000.0)
    assert stream("").lines == ()
    lines = stream('line = [{ text = "a" }, { text = "b", turn = "any" }, { text = "c", turn = 3 }]').lines
    assert [line.turn for line in lines] == [FOREVER, FOREVER, 2]


# ---------------------------------------------------------------- time and numbers


def test_a_run_without_days_has_a_length() -> None:
    """It begins at 0, and shifts are counted from there."""
    found = parse_scenario(HEAD + 'length = "30 h"\n' + STREAM + AGENTS + 'shifts = ["0 s - 26 h"]\n')
    assert (found.begin_ms, found.end_ms, found.day) == (0, 30 * 3_600_000, "")
    assert found.agents[0].shifts == (Shift(0, 26 * 3_600_000),)
    assert expected(found) == {"s": 360.0}


@pytest.mark.parametrize(
    ("rate", "number"),
    [
        ("per_hour = 12", 12 * 24),
        ('per_hour = { "06:00" = 10, "12:00" = 0 }', 60),
        ('per_hour = { "06:00" = 10, "12:00" = 0 }, between = "straight"', 30),  # before its first point nobody comes
        ('per_hour = { "12:00" = 10 }, factor = 2', 240),
        ('counts = { "09:00-10:00" = 40, "20:00-24:00" = 2 }, factor = 3', 126),
        ('wave = { base = 10, amplitude = 10, period = "24 h" }', 240),
        ('wave = { base = 10, amplitude = 10, period = "48 h" }', 240 + 240 * 2 / 3.141592653589793),
    ],
)
def test_the_expected_number_is_the_area_under_the_rate(rate: str, number: float) -> None:
    """Worked out by hand, for one day and for three with a factor on the second."""
    text = STREAM.replace("per_hour = 12", rate) + AGENTS
    assert expected(parse_scenario(HEAD + text))["s"] == pytest.approx(number)
    three = 'day = "2026-11-10"\ndays = 3\nfactors = { "2026-11-11" = 2 }\n'
    assert expected(parse_scenario(HEAD + three + text))["s"] == pytest.approx(4 * number)


def test_a_trace_is_the_same_on_each_day() -> None:
    """A factor cannot change what is given to the millisecond."""
    text = STREAM.replace("per_hour = 12", 'instants = ["09:00", "09:00"]') + AGENTS
    three = 'day = "2026-11-10"\ndays = 3\nfactors = { "2026-11-11" = 2 }\n'
    assert expected(parse_scenario(HEAD + three + text)) == {"s": 6.0}


@given(streams, st.integers(0, 86_399_999), st.integers(1, 86_400_000))
@settings(max_examples=150, deadline=None)
def test_the_expected_number_is_that_of_the_sampler(one: Stream, begin: int, end: int) -> None:
    """What is refused as too many is counted as it is sampled."""
    if begin < end and (one.arrivals.wave is None or one.arrivals.wave.period_ms > 60_000):
        sampled = arrivals.expected(one.arrivals, begin=begin, end=end)
        assert expected_of(one.arrivals, begin, end) == pytest.approx(sampled, rel=1e-6, abs=1e-6)


def test_paths_name_everything() -> None:
    """Assumptions go by the names of streams and agents."""
    paths = set(paths_of(tomllib.loads(BASE)))
    assert {"stream.orders.patience.queue", "agents.early.speed", "attention.channels.sound.missed"} <= paths


def test_the_checks_see_what_is_out_of_bounds() -> None:
    """The check used on noise finds a planted fault."""
    base = parse_scenario(BASE)
    assert faults_of(base) == []
    bad = msgspec.structs.replace(base.streams[0], handle=Law("gamma", -1.0), returning=2.0)
    assert len(faults_of(msgspec.structs.replace(base, streams=(bad,), agents=()))) == 4


def test_a_file_is_loaded(tmp_path: Path) -> None:
    """A byte order mark does not matter."""
    file = tmp_path / "a.toml"
    file.write_bytes(b"\xef\xbb\xbf" + BASE.encode())
    assert load_scenario(file) == load_scenario(str(file)) == parse_scenario(BASE)
