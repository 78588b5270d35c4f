"""What --precise, --most and their like refuse, in the words of the command line: options, and what was typed."""

from __future__ import annotations

import re

import pytest

from deskkit import cli_study
from deskkit.cli import main
from deskkit.cli_target import check_days, target
from deskkit.errors import ScenarioError
from deskkit.sim.estimates import Target

CALL = ["simulate", "data/scenarios/small.toml", "--policy", "data/policies/standard.toml", "--workers", "1", "--quiet"]


@pytest.mark.parametrize(
    ("wish", "said", "hint"),
    [
        ("reply_time=5", "A time needs a unit.", "reply_time=5s"),
        ("reply_p90=0.5", "A time needs a unit.", "reply_p90=0.5s"),
        ("reply_time=0", "A time needs a unit.", "reply_time=5s"),
        ("reply_time=soon", "a time with its unit, '5 s', or a share of the mean, 5%", "reply_time=5s"),
        ("reply_time=0 s", "no precision", "reply_time=5s"),
        ("reply_time=0%", "no precision", "reply_time=5s"),
        ("reply_time=-5%", "no precision", "reply_time=5s"),
        ("reply_time=nan", "no precision", "reply_time=5s"),
        ("reply_time", "no precision", "reply_time=5s"),
        ("abandonment=5s", "a share, no time", "abandonment=0.01"),
        ("abandonment=5 min", "a share, no time", "abandonment=0.01"),
        ("abandonment=5", "No share is so large", "abandonment=0.05"),
        ("abandonment=0", "no precision", "abandonment=0.01"),
        ("missed=5 s", "no time", "missed=2"),
        ("conversations=-1", "a plain number, 2", "conversations=2"),
        ("conversations=inf", "a plain number, 2", "conversations=2"),
        ("nonsense=5%", "such as reply_time, abandonment, service_level", "reply_time=5%"),
        ("abandon=3%", "such as abandonment", "abandonment=3%"),
        ("abandon=3 s", "such as abandonment", "abandonment=5%"),
    ],
)
def test_a_width_that_does_not_fit_is_refused(wish: str, said: str, hint: str) -> None:
    """With what was typed, and an example that is taken."""
    with pytest.raises(ScenarioError) as caught:
        target(wish)
    assert said in str(caught.value)
    assert (caught.value.place, caught.value.value) == ("--precise", wish)
    assert caught.value.example == f"--precise {hint}"
    assert target(hint)


@pytest.mark.parametrize(
    ("wish", "width"),
    [
        ("reply_time=5 s", Target(absolute=5_000)),
        ("reply_time=5s", Target(absolute=5_000)),
        ("reply_time=5%", Target(relative=0.05)),
        ("abandonment=0.01", Target(absolute=0.01)),
        ("abandonment=1%", Target(relative=0.01)),
        ("conversations=20", Target(absolute=20)),
        ("load_spread=0.1", Target(absolute=0.1)),
    ],
)
def test_a_width_that_fits_is_taken(wish: str, width: Target) -> None:
    """A time with its unit, a share below 1, a plain number, and of each a share of its mean."""
    assert target(wish)[1] == width


def without(call: list[str], option: str) -> list[str]:
    """Return a call without an option and what it is given."""
    at = call.index(option) if option in call else len(call)
    return call[:at] + call[at + 2 :]


@pytest.mark.parametrize(
    ("options", "place", "value"),
    [
        (["--most", "4"], "--most", 4),
        (["--most", "0"], "--most", 0),
        (["--most", "4", "--replications", "2"], "--most", 4),
        (["--most", "1000000"], "--most", 1_000_000),
        (["--replications", "1"], "--replications", 1),
        (["--replications", "2000"], "--most", 1_000),
        (["--workers", "0"], "--workers", 0),
        (["--level", "95"], "--level", 95.0),
    ],
)
def test_numbers_are_refused_in_options(
    options: list[str], place: str, value: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing of Python's arguments; with the hint in its place, it gets as far as the first run."""
    call = [*([*CALL[:-3], "--quiet"] if "--workers" in options else CALL), "--precise", "reply_time=5%", *options]
    assert main(call) == 2
    said = capsys.readouterr().err
    assert f"{place}: " in said
    assert f"Got {value}." in said
    assert not re.search(r"look_ahead|least|most=|targets|\w=\d", said)
    option, _, right = said.rpartition("Hint: ")[2].strip().partition(" ")
    assert option == place
    reached: list[int] = []

    def start(*_: object, most: int, **__: object) -> None:
        reached.append(most)
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_study, "precise", start)
    main([*without(call, option), option, right])
    assert len(reached) == 1


def test_what_is_refused_lies_just_beside_what_is_not() -> None:
    """So many days as it begins with are enough, and so many as it looks ahead."""
    check_days(10, 10)
    check_days(2, 5)
    for least, most in ((10, 9), (2, 4)):
        with pytest.raises(ScenarioError, match="--most"):
            check_days(least, most)
