"""Whatever a scenario's text is, the answer is a scenario within bounds or a `ScenarioError` that helps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deskkit.errors import DeskkitError, PolicyError, ScenarioError
from deskkit.sim.scenariofile import load_scenario, parse_scenario, problems
from tests.sim.scenario_laws import faults_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.sim.scenario import Scenario

HERE = Path(__file__).parent
BASE = (HERE / "mistakes" / "base.toml").read_bytes()
TEXT = BASE.decode()
TOKENS = [found.span() for found in re.finditer(r'"[^"\n]*"|[\w.]+|[\[\]{}=,]', TEXT)]
NASTY = (
    '""', '" "', "0", "-1", "1e400", "-inf", "nan", "9" * 30, "9" * 5_000, "true", "[]", "{}", "[[]]", "[{}]",
    "2026-11-11", "07:00:00", '"0 s"', '"1e9 s"', '"999999999 days"', '"24:00-00:00"', '"24:01"', '"-"', '"20 s cv"',
    '"20 s lognormal cv nan"', '"\\u0000"', '"\\uD800"', '"none"', '"forever"', '"endless"', "0.0000001", "[1, [2]]",
    '{ law = "empirical", values = [{}] }', "{ mean = [] }", '"急"', "1979-05-27T07:32:00Z", "'''a\nb'''", "0x10",
)  # fmt: skip


def answered(read: Callable[[], Scenario]) -> ScenarioError | None:
    """Read a text; a refusal says everything an error says, a scenario is within bounds."""
    try:
        scenario = read()
    except ScenarioError as error:
        refused = error
    else:
        assert faults_of(scenario) == []
        return None
    assert refused.place
    assert refused.expected
    assert refused.example
    return refused


def test_the_base_is_answered_with_a_scenario() -> None:
    """Without noise nothing is refused."""
    assert answered(lambda: parse_scenario(TEXT)) is None
    assert len(TOKENS) > 200


@given(st.integers(0, len(TOKENS) - 1), st.sampled_from(NASTY))
@settings(max_examples=600, deadline=None)
@example(0, "9" * 5_000)
def test_any_value_in_place_of_any_other(token: int, value: str) -> None:
    """A number, text, list, date or name where another stands is read or refused, never worse."""
    begin, end = TOKENS[token]
    error = answered(lambda: parse_scenario(TEXT[:begin] + value + TEXT[end:]))
    assert error is None or error.line > 0


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_noise_in_the_bytes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Bytes changed, left out or put in anywhere give a scenario or a `ScenarioError`."""
    raw = bytearray(BASE)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        length = data.draw(st.integers(0, 6))
        raw[at : at + length] = data.draw(st.binary(max_size=4) | st.sampled_from([b'"', b"\n", b"[", b"=", b"9"]))
    file = tmp_path_factory.getbasetemp() / "noise.toml"
    file.write_bytes(bytes(raw))
    answered(lambda: load_scenario(file))


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
@example("\ud800")
@example("stream = 3")
@example("[[stream]]\n[[stream.line]]\n")
def test_any_text(text: str) -> None:
    """A text that is no scenario is refused."""
    assert answered(lambda: parse_scenario(text)) is not None


REFUSED: dict[str, Callable[[], object]] = {
    "no text": lambda: parse_scenario(None),  # type: ignore[arg-type] # what a notebook may pass
    "bytes": lambda: parse_scenario(b"version = 1"),  # type: ignore[arg-type]
    "a path with NUL": lambda: load_scenario("a\0b"),
    "a path too long": lambda: load_scenario("a" * 300),
    "a folder": lambda: load_scenario("data"),
    "no path": lambda: load_scenario(None),  # type: ignore[arg-type]
    "no such file": lambda: load_scenario("data/scenarios/no-such.toml"),
    "too long a text": lambda: parse_scenario("#" * 1_000_001),
    "too deep a text": lambda: parse_scenario("a = " + "[" * 5_000 + "]" * 5_000),
    "too long a list": lambda: parse_scenario("a = [" + "1," * 50_001 + "]"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_a_notebook_may_pass_is_answered(what: str) -> None:
    """Odd values, paths and files each give an error of ours, which speaks of scenarios."""
    with pytest.raises(ScenarioError) as caught:
        REFUSED[what]()
    assert caught.value.expected
    assert caught.value.example
    assert "olicy" not in str(caught.value)


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    """It is refused with the line of the first byte that is no UTF-8."""
    file = tmp_path / "gbk.toml"
    file.write_bytes('version = 1\nname = "周末"\n'.encode("gbk"))
    with pytest.raises(ScenarioError, match="UTF-8") as caught:
        load_scenario(file)
    assert caught.value.line == 2


def test_more_faults_than_anyone_reads() -> None:
    """A file of nothing but faults is answered soon, with some of them."""
    many = TEXT + '[[agents]]\nname = ""\ncount = -1\n' * 400
    assert 100 < len(problems(many)) <= 300


def test_our_errors_are_told_apart() -> None:
    """A scenario's error is no policy's, and both are the desk's."""
    assert not issubclass(ScenarioError, PolicyError)
    assert issubclass(ScenarioError, DeskkitError)
