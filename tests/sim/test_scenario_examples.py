"""The scenarios that are shipped fit the shipped policies; customers say what signals find; exact cases are exact."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from deskkit.desk.policy import Policy
from deskkit.desk.tagging import Signal, Tagger
from deskkit.errors import ScenarioError
from deskkit.sim.experiment import replicate
from deskkit.sim.printing import printed
from deskkit.sim.scenario import Attention, Law, Patience, Scenario
from deskkit.sim.scenariofile import check_against, expected, load_scenario, parse_scenario, scenario_text
from deskkit.sim.scenariofile.roster import names_of
from deskkit.worded import Worded
from tests.sim.exact import TABLE

FOLDER = Path("data/scenarios")
SHIPPED = sorted(FOLDER.glob("*.toml"))
EXACT = sorted((FOLDER / "validation").glob("*.toml"))
STANDARD = Policy.load("data/policies/standard.toml")
TAGGER = Tagger([
    Signal(name=one.name, words=one.words, patterns=one.patterns, unless=one.unless, by=one.by)
    for one in STANDARD.schema.signals
])  # fmt: skip


def shipped(name: str) -> Scenario:
    """Load one."""
    return load_scenario(FOLDER / f"{name}.toml")


def exact(name: str) -> Scenario:
    """Load one of the exact cases."""
    return load_scenario(FOLDER / "validation" / f"{name}.toml")


def signals(text: str) -> set[str]:
    """Return the signals of the standard policy in a customer's message."""
    mask = TAGGER.mask(text)
    return {name for bit, name in enumerate(TAGGER.names) if mask >> bit & 1}


# ---------------------------------------------------------------- days at the desk


def test_the_folder_holds_what_is_meant() -> None:
    """Three days at a desk, a rush of half an hour, and one file for each row of exact cases."""
    assert [path.stem for path in SHIPPED] == ["peak", "rush", "small", "weekday"]
    assert len(EXACT) >= 25


@pytest.mark.parametrize("path", [*SHIPPED, *EXACT], ids=lambda path: path.stem)
def test_it_goes_by_its_name_and_can_be_written(path: Path) -> None:
    """A file's name is the scenario's, and what is written of it reads as the same."""
    found = load_scenario(path)
    assert found.name == path.stem
    assert parse_scenario(scenario_text(found)) == found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@pytest.mark.parametrize("policy", ["standard", "peak"])
def test_it_fits_the_policies(path: Path, policy: str) -> None:
    """Everybody is served by somebody, and every notice can be noticed."""
    assert check_against(load_scenario(path), Policy.load(f"data/policies/{policy}.toml")) == ()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_first_messages_say_what_they_are_about(path: Path) -> None:
    """Every first message has a signal, and so have all other lines; what is written else has none."""
    for stream in load_scenario(path).streams:
        firsts = [line for line in stream.lines if line.turn == 0]
        assert firsts[-1].share == 1  # so that the first message is always one of them
        assert [line.text for line in stream.lines if not signals(line.text)] == []
        assert signals(stream.text) == set()


@pytest.mark.parametrize("name", ["weekday", "peak"])
def test_signals_of_all_kinds_occur(name: str) -> None:
    """In Chinese and in English, about everything the policy's rules ask for."""
    streams = shipped(name).streams
    found = {signal for stream in streams for line in stream.lines for signal in signals(line.text)}
    assert found == {"product", "order", "technical", "refund", "complaint", "dissatisfied", "urgent", "human"}
    assert {stream.language for stream in streams} == {"zh", "en"}


@pytest.mark.parametrize("name", ["weekday", "peak"])
def test_every_group_gets_conversations(name: str) -> None:
    """By the rules of the standard policy the first messages lead to each of its five groups, where somebody is."""
    reached = set()
    for stream in shipped(name).streams:
        for line in stream.lines:
            said = signals(line.text)
            if stream.fields.get("membership") == "gold":
                reached.add("vip")
            elif stream.language == "en":
                reached.add("international")
            elif "technical" in said:
                reached.add("technical")
            else:
                reached.add("aftersales" if said & {"order", "refund", "complaint"} else "presales")
    groups = {group.name for group in STANDARD.schema.groups}
    assert reached == groups == {group for agent in shipped(name).agents for group in agent.groups}


def rate(scenario: Scenario, hour: float) -> float:
    """Return how many begin in the ten minutes around an hour, per hour."""
    at = int(hour * 3_600_000)
    part = msgspec.structs.replace(scenario, begin_ms=at - 300_000, end_ms=at + 300_000)
    return sum(expected(part).values()) * 6


def present(scenario: Scenario, hour: float) -> int:
    """Return how many agents are there at an hour."""
    at = int(hour * 3_600_000)
    return sum(
        len(names_of(agent))
        for agent in scenario.agents
        for shift in agent.shifts
        if shift.begin_ms <= at < shift.end_ms and agent.role == "agent"
        if not any(begin <= at < end for begin, end in shift.breaks)
    )


def test_a_weekday_has_two_peaks_and_enough_agents() -> None:
    """More write in the late morning and in the evening than between; no agent gets more than is bearable."""
    weekday = shipped("weekday")
    assert min(rate(weekday, 10.5), rate(weekday, 20.5)) > 1.4 * rate(weekday, 13.5)
    for hour in (9, 10.5, 12.25, 14, 16, 18.5, 20.5, 22):
        assert 0 < rate(weekday, hour) / present(weekday, hour) < 14
    assert 1_500 < sum(expected(weekday).values()) < 3_500


def test_a_promotion_overloads_the_desk_three_times() -> None:
    """At three instants far more write per agent than can be answered, between them few enough to recover."""
    peak = shipped("peak")
    busy = [rate(peak, hour) / present(peak, hour) for hour in (10.25, 14.75, 20.25)]
    calm = [rate(peak, hour) / present(peak, hour) for hour in (9, 12.75, 18, 22)]
    assert min(busy) > 30  # one agent answers some twenty
    assert max(calm) < 8


def test_the_small_one_is_small() -> None:
    """It takes an hour and sixty conversations."""
    assert sum(expected(shipped("small")).values()) == 60


# ---------------------------------------------------------------- exact cases


@pytest.mark.parametrize("path", EXACT, ids=lambda path: path.stem)
def test_nothing_is_assumed_in_an_exact_case(path: Path) -> None:
    """Only the first lines of its comment know which case it is; no default nobody measured is in it."""
    found = load_scenario(path)
    assert found.assumptions == ()
    assert "case" in path.read_text(encoding="utf-8").splitlines()[0] or path.stem == "tabs-constant-think"
    assert all(stream.patience.service is None for stream in found.streams)


@pytest.mark.parametrize("case", TABLE)
def test_an_exact_case_fits_its_policy(case: str) -> None:
    """Its files are there and have nothing to say against each other; the times of its policy never step in."""
    row = TABLE[case]
    policy = Policy.load(FOLDER / "validation" / "policies" / f"{row.policy}.toml")
    assert check_against(exact(row.scenario), policy) == ()
    assert policy.name == row.policy
    assert policy.schema.routing.guard_ms > exact(row.scenario).end_ms


@pytest.mark.parametrize(
    ("name", "per_minute", "service", "agents"),
    [
        ("mm1", 0.8, Law("exponential", 60_000.0), 1),
        ("mmc", 8.0, Law("exponential", 60_000.0), 10),
        ("mmcm", 48.0, Law("exponential", 60_000.0), 50),
        ("mmck", 50 / 60, Law("exponential", 360_000.0), 4),
        ("erlang-b", 8.0, Law("exponential", 60_000.0), 10),
        ("mg1", 0.7, Law("lognormal", 60_000.0, 1.2), 1),
        ("md1", 0.7, Law("constant", 60_000.0), 1),
        ("notice", 0.6, Law("exponential", 60_000.0), 1),
        ("day-from-empty", 4.2, Law("exponential", 120_000.0), 12),
        ("open-desk", 0.6, Law("exponential", 20_000.0), 1),
        ("open-loss", 0.5, Law("exponential", 20_000.0), 1),
        ("open-queue", 0.3, Law("exponential", 20_000.0), 1),
    ],
)
def test_rates_and_laws_are_those_of_the_case(name: str, per_minute: float, service: Law, agents: int) -> None:
    """What stands in the table of exact cases stands in the file."""
    found = exact(name)
    (stream,) = found.streams
    minutes = (found.end_ms - found.begin_ms) / 60_000
    assert expected(found)[stream.name] / minutes == pytest.approx(per_minute)
    assert stream.handle == service
    assert sum(agent.count for agent in found.agents) == agents


@pytest.mark.parametrize("name", ["mm1", "mmc", "mmck", "erlang-b", "mg1", "md1", "tabs-1", "tabs-4", "overflow"])
def test_nothing_disturbs(name: str) -> None:
    """No notice, switch or patience; where nothing else is said, one reply and one tab."""
    found = exact(name)
    assert found.attention == Attention()
    assert {stream.patience for stream in found.streams} == {Patience()}
    if not name.startswith("tabs"):
        assert {stream.turns for stream in found.streams} == {Law("constant", 1.0)}
        assert {agent.capacity for agent in found.agents} == {1.0}


def test_patience_of_erlang_a() -> None:
    """Only the patience in the queue counts, and who leaves says so."""
    assert exact("mmcm").streams[0].patience == Patience(queue=Law("exponential", 120_000.0))


@pytest.mark.parametrize("tabs", [1, 2, 3, 4])
def test_tabs_without_end(tabs: int) -> None:
    """N conversations are there at once, think 60 s and are never resolved."""
    for name in [f"tabs-{tabs}", *([f"switch-{tabs}"] if tabs > 1 else [])]:
        found = exact(name)
        (stream,) = found.streams
        assert stream.arrivals.instants == (0,) * tabs
        assert (stream.turns, stream.think, found.drain) == (None, Law("exponential", 60_000.0), False)
        assert found.agents[0].capacity == tabs
        assert found.attention.switch == (Law("exponential", 4_000.0) if name.startswith("switch") else None)


def test_notices_priorities_and_waves() -> None:
    """The other rows: an idle agent's notice, levels, the highest level first, a sinusoidal rate, a busy factor."""
    assert exact("notice").attention == Attention(glance=Law("exponential", 30_000.0))
    assert exact("tabs-notice").attention.glance == Law("exponential", 6_000.0)
    assert [expected(exact("priority-mmc"))[name] / (400 * 60) for name in ("first", "second", "third")] == [
        1,
        1.5,
        1.5,
    ]
    assert [stream.handle.mean for stream in exact("priority-mg1").streams] == [60_000, 48_000, 72_000]
    assert {stream.group for stream in exact("priority-accumulating").streams} == {"fast", "slow"}
    assert exact("tabs-vip").attention.pick == "level"
    wave = exact("sinusoidal").streams[0].arrivals.wave
    assert wave is not None
    assert (wave.base, wave.amplitude, wave.period_ms) == (10, 5, 24 * 3_600_000)
    busy = exact("generators").streams[0].arrivals.busyness
    assert busy is not None
    assert busy.shape == 10
    assert expected(exact("generators")) == {"all": 1660.0}


# ---------------------------------------------------------------- against a policy

HEAD = 'version = 1\nname = "a"\n'
STREAM = '[[stream]]\nname = "s"\narrivals = { per_hour = 12 }\n'
AGENTS = """
[[agents]]
name = "b"
groups = ["presales", "aftersales", "technical", "vip", "international"]
skills = { technical = 3 }
languages = ["zh"]
[[agents]]
name = "lead"
role = "supervisor"
"""
LATE = AGENTS.replace("languages", 'shifts = ["18:00-24:00"]\nlanguages')


def check(stream: str = "", agents: str = AGENTS, head: str = "", tail: str = "") -> tuple[str, ...]:
    """Check a small scenario against the standard policy."""
    return check_against(parse_scenario(HEAD + head + STREAM + stream + agents + tail), STANDARD)


def test_a_scenario_that_fits_is_silent() -> None:
    """Each of the next ones says what it says for its own reason."""
    assert check() == ()


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"stream": 'needs = ["law"]\n'}, 'needs the skill "law", which no agent has'),
        ({"stream": 'language = "fr"\n'}, 'Nobody at work speaks "fr"'),
        ({"stream": 'history = { last_agent = "mei" }\n'}, '"mei", is none of the agents'),
        ({"agents": AGENTS.replace('"vip", ', "")}, 'to the group "vip", in which nobody is: all of it overflows'),
        ({"stream": 'group = "vip"\n', "agents": AGENTS.replace('"vip", ', "").replace('"aftersales", ', "")},
         'The stream "s" sends to the group "vip", in which nobody is.'),
        ({"stream": "transfer = { vip = 0.1 }\n", "agents": AGENTS.replace('"vip", ', "")}, 'to the group "vip"'),
        ({"agents": AGENTS.replace("skills = { technical = 3 }\n", "")}, 'needs the skill "technical"'),
        ({"agents": AGENTS.replace('role = "supervisor"', "")}, "notifies a supervisor"),
        ({"agents": AGENTS.replace('role = "supervisor"', "")}, '"lead" is in no group'),
        ({"agents": AGENTS.replace("languages", "capacity = 1.5\nlanguages")}, "no room for one conversation"),
        ({"tail": '[attention]\nchannels = { flash = "none" }\n'}, '"flash" is only seen with the next glance'),
        ({"tail": '[attention]\ninterrupts = ["badge"]\n'}, None),
        ({"head": 'day = "2026-11-26"\n'}, "480 minutes in all, from 00:00"),
        ({"head": 'day = "2026-11-26"\nhours = "08:00-24:00"\n'}, None),
        ({"stream": "turns = 300\n"}, "are all rates per hour?"),
        ({"stream": "turns = 100\n"}, None),
        ({"agents": LATE}, "Nobody is on duty from 00:00 to 18:00, when 216 conversations"),
        ({"agents": LATE, "head": 'hours = "17:56-24:00"\n'}, None),  # less than one is expected before
        ({"agents": LATE + AGENTS.replace('"b"', '"c"').replace('"lead"', '"d"')}, None),
    ],
)  # fmt: skip
def test_what_a_policy_cannot_serve_is_said(parts: dict[str, str], said: str | None) -> None:
    """One sentence, or none."""
    found = check(**parts)
    assert bool(found) == bool(said)
    assert said is None or any(said in one for one in found)
    assert all(isinstance(one, Worded) for one in found)  # so that it can be said in another language


def test_a_language_found_in_words_counts_like_one_that_is_named() -> None:
    """The desk finds English in what is written, and who speaks it is waited for, unless the policy says otherwise."""
    wait = 'Nobody at work speaks "en": customers who write it {}.'
    patient = wait.format("wait 1 min for one who does (language_patience)")
    words = 'name = "s"\ntext = "Where is my order, please?"'
    english = parse_scenario(HEAD + STREAM.replace('name = "s"', words) + AGENTS)

    def said(**routing: object) -> tuple[str, ...]:
        edited = STANDARD.edit({f"routing.{name}": value for name, value in routing.items()}) if routing else STANDARD
        return check_against(english, edited)

    assert said() == (patient,)
    assert said(language="required") == (
        wait.format('wait for one who does, whatever is free (language = "required")'),
    )
    assert said(language="ignored") == said(language_patience="0 s") == ()
    assert patient in printed(replicate(english, STANDARD, replications=1))


@pytest.mark.parametrize(
    ("stream", "agents", "example"),
    [
        ('group = "presale"\n', AGENTS, "presales"),
        ("transfer = { vips = 0.1 }\n", AGENTS, "vip"),
        ('tags = { label = ["urgnt"] }\n', AGENTS, "urgent"),
        ("", AGENTS.replace('"presales"', '"pre-sales"'), "presales"),
    ],
)
def test_a_name_the_policy_does_not_have_is_refused(stream: str, agents: str, example: str) -> None:
    """No run could begin with it."""
    with pytest.raises(ScenarioError) as caught:
        check(stream, agents)
    assert caught.value.example == example
    assert caught.value.expected
