"""Which languages customers write that nobody at work speaks, and how long a policy lets them wait for one who does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.desk.policyfile.quantities import show_duration
from deskkit.text import language as language_of
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.schema import Routing
    from deskkit.sim.scenario import Scenario, Stream

__all__ = ["unheard", "wait_for"]


def unheard(scenario: Scenario, routing: Routing) -> Iterator[str]:
    """Say which languages the streams of a scenario write that none of its agents speaks.

    An agent without languages speaks none: a desk prefers who speaks what a customer writes.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenario import Agent, Arrivals, Scenario, Stream
    >>> stream = Stream(name="s", text="Where is my order, please?", arrivals=Arrivals(instants=(0, 5)))
    >>> scenario = Scenario(name="two", streams=(stream,), agents=(Agent(name="chen", languages=("zh",)),))
    >>> next(unheard(scenario, Policy.load("data/policies/standard.toml").schema.routing))
    'Nobody at work speaks "en": customers who write it wait 1 min for one who does (language_patience).'
    """
    known = {language for agent in scenario.agents for language in agent.languages}
    wait = wait_for(routing)
    for language in dict.fromkeys(one for stream in scenario.streams for one in _languages(stream)):
        if wait and language not in known:
            yield worded(
                'Nobody at work speaks "{language}": customers who write it {wait}.', language=language, wait=wait
            )


def wait_for(routing: Routing) -> str:
    """Say how long customers wait for an agent who speaks their language; nothing where they do not wait for one."""
    if routing.language == "required":
        return worded('wait for one who does, whatever is free (language = "required")')
    if routing.language == "ignored" or not routing.language_patience_ms:
        return ""
    return worded("wait {span} for one who does (language_patience)", span=show_duration(routing.language_patience_ms))


def _languages(stream: Stream) -> Iterator[str]:
    """Yield what a desk takes for the language of the customers of a stream: what is said, or found in their words."""
    if stream.language:
        yield stream.language
        return
    lines = [line for line in stream.lines if line.share > 0]
    first = [language_of(text) for text in (stream.text, *(line.text for line in lines if line.turn == 0))]
    later = [] if all(first) else [language_of(line.text) for line in lines if line.turn != 0]
    yield from filter(None, (*first, *later))
