"""Groups and tags that a scenario names and a policy does not have: no run could begin with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk.policyfile.faults import Fix, Problem, error_of, listed, nearest
from deskkit.desk.policyfile.layout import scan
from deskkit.desk.policyfile.parsing import decoded
from deskkit.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.desk.schema import Schema
    from deskkit.sim.scenario import Scenario

__all__ = ["refuse_unknown"]

GROUP: Final = "group"


class Name(NamedTuple):
    """A name that a scenario uses: where in the file, whose, what it is, and which there are."""

    at: KeyPath
    whose: str
    name: str
    what: str
    known: Sequence[str]


def refuse_unknown(scenario: Scenario, schema: Schema, path: str | Path = "") -> None:
    """Raise at the first group or tag the policy does not have.

    Parameters
    ----------
    scenario : Scenario
    schema : Schema
    path : str or Path
        The scenario's file, where it came from one.

    Raises
    ------
    ScenarioError

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> refuse_unknown(load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/quiet.toml").schema)
    """
    for one in _names(scenario, schema):
        if one.name not in one.known:
            raise _in_file(one, Path(path)) if path else _refusal(one)


def _names(scenario: Scenario, schema: Schema) -> Iterator[Name]:
    """Yield every group and tag that a scenario names."""
    groups = [group.name for group in schema.groups]
    tags = {facet.name: facet.tags for facet in schema.facets}
    for number, stream in enumerate(scenario.streams):
        at, whose = ("stream", number), f'the stream "{stream.name}"'
        if stream.group:
            yield Name((*at, "group"), whose, stream.group, GROUP, groups)
        for to, _ in stream.transfer:
            yield Name((*at, "transfer", to), whose, to, GROUP, groups)
        for facet in dict.fromkeys(facet for facet, _ in stream.tags):
            for place, tag in enumerate(tag for of, tag in stream.tags if of == facet):
                what = f"tag of the facet {facet}"
                yield Name((*at, "tags", facet, place), whose, tag, what, tags.get(facet, ()))
    for number, agent in enumerate(scenario.agents):
        for place, group in enumerate(agent.groups):
            yield Name(("agents", number, "groups", place), f'the agent "{agent.name}"', group, GROUP, groups)


def _refusal(one: Name) -> ScenarioError:
    return ScenarioError(
        f"The policy has no such {one.what}.", place=one.whose, value=one.name, expected=listed(one.known),
        example=_right(one),
    )  # fmt: skip


def _right(one: Name) -> str:
    return nearest(one.name, one.known, otherwise=(*one.known, "")[0])


def _in_file(one: Name, path: Path) -> ScenarioError:
    """Return the refusal with the line of the file, and that line put right."""
    layout = scan(decoded(path.read_bytes(), str(path)))
    at = one.at if one.at in layout.places else one.at[:-1]  # a list of one may be written without brackets
    fix = Fix(_right(one), "key" if "transfer" in at else "value")
    problem = Problem(at, f"The policy has no such {one.what}.", one.name, listed(one.known), fix, "")
    error = error_of(problem, layout, path.name)
    return ScenarioError(
        error.problem, place=error.place, value=error.value, expected=error.expected, example=error.example,
        line=error.line,
    )  # fmt: skip
