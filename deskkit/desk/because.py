"""Decisions in words: what the desk did, and why.

A decision carries `because` = the number of a rule and up to five integers; here they become a sentence, with
the names of the policy in force. The sentences hold names of agents, groups, tags and rules, never what a
customer wrote. This module knows no catalogue: whoever wants another language hands in a translator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import columns as k
from deskkit.desk import events
from deskkit.desk.shown import rule_name, tag_name
from deskkit.errors import FactError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Decision
    from deskkit.desk.policy import Policy
    from deskkit.desk.schema import Ring

    Say = Callable[[str], str]

__all__ = ["agent_name", "explain", "group_title", "held_word", "level_word", "ring_of", "span"]


def word(text: str) -> str:
    """Mark a text as one to translate where it is shown."""
    return text


_LEVELS: Final = (word("low"), word("normal"), word("high"), word("urgent"))
_FACETS: Final = {"customer": word("customer"), "inquiry": word("inquiry"), "label": word("label")}
_EVENTS: Final = {
    "message": word("new message"),
    "assignment": word("new conversation"),
    "waiting": word("long wait"),
    "neglected": word("neglected tab"),
}
_HELD: Final = {
    "limit": word("the agent has had as many as fit in a minute"),
    "quiet": word("quiet hours"),
    "viewing": word("the agent is looking at it"),
    "offline": word("the agent is offline"),
    "nobody": word("there is nobody to tell"),
    "merged": word("merged with the urgent one just before"),
    "superseded": word("a later one takes its place"),
    "paused": word("its rule is paused"),
}
_REFUSED: Final = {
    "stage": word("the conversation's stage does not allow it"),
    "agent": word("there is no such agent"),
    "not online": word("the agent is not online"),
    "no change": word("it is so already"),
    "too many helpers": word("it has as many helpers as it may have"),
    "outdated": word("the conversation has changed since you saw it"),
    "late": word("it came late, after something newer"),
    "unopened": word("no connected chat system lets an agent begin a chat"),
}
_TIDIED: Final = {
    "resolve": word("Marked handled by rule: {rule}"),
    "archive": word("Archived by rule: {rule}"),
    "suggest": word("Suggested to archive: {rule}"),
}
_UNITS: Final = (
    (86_400_000, word("{n} d")),
    (3_600_000, word("{n} h")),
    (60_000, word("{n} min")),
    (1_000, word("{n} s")),
)


def explain(desk: Desk, decision: Decision, *, say: Say = str) -> str:
    """Say in one sentence what the desk decided and why.

    Parameters
    ----------
    desk : Desk
        Whose names are used; the decision's rule numbers are those of its policy in force.
    decision : Decision
    say : callable
        Gives a text in another language, as `deskkit.locale.translator("zh")` does; the policy's own names stay.

    Returns
    -------
    str, plain text without a full stop

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> explain(desk, events.Refused(at=0, reason="no change"))
    'Refused: it is so already'
    """
    return _EXPLAIN[type(decision)](_Speech(desk, say), decision)


def span(ms: int, *, say: Say = str) -> str:
    """Return a duration in its two largest units.

    Examples
    --------
    >>> span(95_000), span(3_600_000), span(400)
    ('1 min 35 s', '1 h', '0 s')
    """
    parts: list[str] = []
    rest = max(0, ms)
    for unit, text in _UNITS:
        count, rest = divmod(rest, unit)
        if count or (unit == _UNITS[-1][0] and not parts):
            parts.append(say(text).format(n=count))
        elif parts:
            break
    return parts[0] if len(parts) == 1 else say("{one} {two}").format(one=parts[0], two=parts[1])


def level_word(level: int, *, say: Say = str) -> str:
    """Return the word for a level 0 to 3.

    Examples
    --------
    >>> level_word(3)
    'urgent'
    """
    return say(_LEVELS[level])


def agent_name(desk: Desk, agent: str) -> str:
    """Return the name an agent goes by; the agent's own id where none was told."""
    profile = desk.profiles.get(agent)
    return profile.name if profile is not None and profile.name else agent


def group_title(desk: Desk, group: str) -> str:
    """Return the title a policy gives a group; the group's own name where it gives none."""
    titles = {one.name: one.title for one in desk.policy.schema.groups}
    return titles.get(group) or group


def held_word(reason: str, *, say: Say = str) -> str:
    """Say why a notice was held.

    Examples
    --------
    >>> held_word("quiet")
    'quiet hours'
    """
    return say(_HELD[reason])


def ring_of(policy: Policy, decision: events.Notified) -> Ring:
    """Return what a notice does: its channels, sound file, volume and icon size.

    Parameters
    ----------
    policy : Policy
        Which decided the notice; rings are numbered by each policy anew.
    decision : Notified

    Raises
    ------
    FactError
        The policy has no such ring: another one decided this notice.
    """
    rings = policy.schema.notify.rings
    number = _because(decision)[3]
    if not number < len(rings):
        raise FactError(
            "Another policy decided this notice.", value=number, expected=f"a ring below {len(rings)}",
            example="ask right after the step that decided it",
        )  # fmt: skip
    return rings[number]


class _Speech:
    """A desk's names and a language."""

    def __init__(self, desk: Desk, say: Say) -> None:
        self.desk = desk
        self.schema = desk.policy.schema
        self.say = say

    def __call__(self, text: str, **words: str | int) -> str:
        return self.say(text).format(**words)

    def span(self, ms: int) -> str:
        return span(ms, say=self.say)

    def level(self, level: int) -> str:
        return level_word(level, say=self.say)

    def agent(self, agent: str) -> str:
        return agent_name(self.desk, agent)

    def group(self, group: str) -> str:
        return group_title(self.desk, group)

    def named(self, rules: Sequence[object], number: int) -> str:
        """Return the name of a rule; its number where the policy in force has no such rule any more."""
        known = str(getattr(rules[number], "name", number)) if 0 <= number < len(rules) else f"#{number}"
        return rule_name(known, say=self.say)

    def listed(self, first: str, *more: str) -> str:
        for part in more:
            if part:
                first = self("{one}, {two}", one=first, two=part)
        return first


def _because(decision: Decision) -> tuple[int, ...]:
    """Return the rule and five integers, also of a decision that came without."""
    return (*decision.because, *(k.NOBODY, 0, 0, 0, 0, 0)[len(decision.because) :])


def _units(thousandths: int) -> str:
    return f"{thousandths / 1000:g}"


def _load(say: _Speech, held: int, limit: int) -> str:
    if limit > 0:
        return say("load {held} of {limit}", held=_units(held), limit=_units(limit))
    return say("load {held}", held=_units(held))


# ---------------------------------------------------------------- what a conversation is


def _tagged(say: _Speech, decision: events.Tagged) -> str:
    rule = say.named(say.schema.tags, _because(decision)[0])
    facet, tag = say(_FACETS[decision.facet]), tag_name(decision.tag, say=say.say)
    if decision.on:
        return say("Tag {tag} ({facet}): {rule}", tag=tag, facet=facet, rule=rule)
    return say("Tag {tag} ({facet}) taken off: {rule}", tag=tag, facet=facet, rule=rule)


def _prioritised(say: _Speech, decision: events.Prioritised) -> str:
    words = {
        "level": say.level(decision.level),
        "rule": say.named(say.schema.priority, decision.rule),
    }
    if decision.phase == 1 and decision.level != decision.old:
        return say("Priority {level}: {rule}", **words)
    if decision.phase == 1:
        return say("Priority stays {level}; one more reason: {rule}", **words)
    if decision.phase == 0:
        return say("Priority stays {level} for now; this ended: {rule}", **words)
    return say("Priority {level}; no longer: {rule}", **words)


# ---------------------------------------------------------------- queue and agents


def _queued(say: _Speech, decision: events.Queued) -> str:
    rule, waiting = _because(decision)[:2]
    group = say.group(decision.group)
    if rule < 0:
        return say("Queue {group} ({n} waiting before)", group=group, n=waiting)
    name = say.named(say.schema.routing.rules, rule)
    return say("Queue {group}: {rule} ({n} waiting before)", group=group, rule=name, n=waiting)


def _choice(say: _Speech, decision: events.Assigned | events.Advised) -> str:
    """Say what spoke for the agent."""
    _, waited, held, known, limit, _ = _because(decision)
    if limit <= 0:
        limit = say.desk.state.agent[say.desk.agent(decision.agent)][k.LIMIT]
    return say.listed(
        _load(say, held, limit),
        say("knows the customer") if known == 1 else "",
        say("waited {span}", span=say.span(waited)),
    )


def _assigned(say: _Speech, decision: events.Assigned) -> str:
    return say("Given to {agent} ({why})", agent=say.agent(decision.agent), why=_choice(say, decision))


def _advised(say: _Speech, decision: events.Advised) -> str:
    return say("Advice: {agent} ({why})", agent=say.agent(decision.agent), why=_choice(say, decision))


def _returned(say: _Speech, decision: events.Returned) -> str:
    _, since, limit, tries, held, most = _because(decision)
    agent = say.agent(decision.agent)
    if limit <= 0 and tries == 1:
        return say("Not back to {agent}: no room ({why})", agent=agent, why=_load(say, held, most))
    if limit <= 0:
        return say("Taken back from {agent}: offline", agent=agent)
    return say(
        "Taken back from {agent}: no answer for {span} (limit {limit}), time {n}",
        agent=agent,
        span=say.span(since),
        limit=say.span(limit),
        n=tries,
    )


def _overflowed(say: _Speech, decision: events.Overflowed) -> str:
    waited, limit = (say.span(ms) for ms in _because(decision)[1:3])
    if decision.step < 0:
        text = word("The language is no longer asked for: waited {span} (limit {limit})")
    else:
        text = word("Further groups may take it: waited {span} (limit {limit})")
    return say(text, span=waited, limit=limit)


def _turned_away(say: _Speech, decision: events.TurnedAway) -> str:
    _, waiting, limit = _because(decision)[:3]
    group = say.group(decision.group)
    return say("Turned away: {n} waiting in {group}, at most {limit}", n=waiting, group=group, limit=limit)


def _woken(say: _Speech, decision: events.Woken) -> str:
    if _because(decision)[1] == 1:
        return say("Snooze ended: the customer wrote")
    return say("Snooze ended: its time has come")


def _revived(say: _Speech, decision: events.Revived) -> str:
    return say("Open again: the customer wrote {span} after the end", span=say.span(_because(decision)[1]))


def _renewed(say: _Speech, decision: events.Renewed) -> str:
    closed, limit = (say.span(ms) for ms in _because(decision)[1:3])
    return say("Goes on as a new conversation: closed {span} ago (limit {limit})", span=closed, limit=limit)


def _peak(say: _Speech, decision: events.PeakChanged) -> str:
    _, waiting, longest, use = _because(decision)[:4]
    seen = say(
        "{n} waiting, the longest {span}, {use} % of capacity in use",
        n=waiting,
        span=say.span(longest),
        use=use // 10,
    )
    return say("Peak mode on: {why}", why=seen) if decision.on else say("Peak mode off: {why}", why=seen)


def _lent(say: _Speech, decision: events.Lent) -> str:
    agent, group = say.agent(decision.agent), say.group(decision.group)
    if not decision.on:
        return say("{agent} is back from {group}", agent=agent, group=group)
    _, held, limit = _because(decision)[:3]
    return say("{agent} also takes {group} ({why})", agent=agent, group=group, why=_load(say, held, limit))


# ---------------------------------------------------------------- notices, tidying, refusals


def _notified(say: _Speech, decision: events.Notified) -> str:
    agent, event, level = say.agent(decision.agent), say(_EVENTS[decision.event]), say.level(decision.level)
    after = _because(decision)[1]
    if after < _UNITS[-1][0]:
        return say("Notice to {agent}: {event} ({level}), at once", agent=agent, event=event, level=level)
    span = say.span(after)
    return say("Notice to {agent}: {event} ({level}), after {span}", agent=agent, event=event, level=level, span=span)


def _notice_held(say: _Speech, decision: events.NoticeHeld) -> str:
    event, why = say(_EVENTS[decision.event]), say(_HELD[decision.reason])
    return say("Notice held: {event} ({level}): {why}", event=event, level=say.level(decision.level), why=why)


def _digest(say: _Speech, decision: events.DigestSent) -> str:
    return say("Digest to {agent}: {n} notices held back", agent=say.agent(decision.agent), n=decision.count)


def _tidied(say: _Speech, decision: events.Tidied) -> str:
    return say(_TIDIED[decision.action], rule=say.named(say.schema.tidy, _because(decision)[0]))


def _refused(say: _Speech, decision: events.Refused) -> str:
    return say("Refused: {why}", why=say(_REFUSED[decision.reason]))


_EXPLAIN: Final[Mapping[type[Decision], Callable[[_Speech, Any], str]]] = {
    events.Tagged: _tagged,
    events.Prioritised: _prioritised,
    events.Queued: _queued,
    events.Assigned: _assigned,
    events.Advised: _advised,
    events.Returned: _returned,
    events.Overflowed: _overflowed,
    events.TurnedAway: _turned_away,
    events.Woken: _woken,
    events.Revived: _revived,
    events.Renewed: _renewed,
    events.PeakChanged: _peak,
    events.Lent: _lent,
    events.Notified: _notified,
    events.NoticeHeld: _notice_held,
    events.DigestSent: _digest,
    events.Tidied: _tidied,
    events.Refused: _refused,
}
