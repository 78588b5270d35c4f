"""Decisions as integer rows and back: the other half of the border between names and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.desk import columns as k
from deskkit.desk import events, facts, rows, turn
from deskkit.desk.events import FACETS
from deskkit.desk.labels import current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Decision, Event, Fact

__all__ = ["decided", "event_of", "of_decision", "read", "renewal"]

Row = list[int]


def _tag(desk: Desk, d: Row) -> str:
    return desk.policy.schema.facets[d[k.Y0]].tags[d[k.Y1].bit_length() - 1]


def _tagged(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    tag, on = _tag(desk, d), d[k.Y2] == 1
    _keep_tag(desk, d[k.OF], d[k.Y0], tag, on=on)
    return events.Tagged(conversation=desk.conversations[d[k.OF]], facet=FACETS[d[k.Y0]], tag=tag, on=on, **common)


def _keep_tag(desk: Desk, c: int, facet: int, tag: str, *, on: bool) -> None:
    """Let the named tags follow a rule's; a hand's word stands."""
    tags = desk.tags[c][facet]
    if on and tag not in tags:
        desk.tags.put(c, facet, {**tags, tag: "rule"})
    elif not on and tags.get(tag) == "rule":
        desk.tags.put(c, facet, {had: how for had, how in tags.items() if had != tag})


def _prioritised(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.Prioritised(
        conversation=desk.conversations[d[k.OF]],
        rule=d[k.Y0],
        phase=d[k.Y1],
        level=d[k.Y2],
        old=d[k.Y3],
        **common,
    )


def _queued(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.Queued(
        conversation=desk.conversations[d[k.OF]],
        group=desk.names.groups[d[k.Y0]],
        needs=desk.names.skills.named(d[k.Y1]),
        old=desk.names.groups[d[k.Y2]] if d[k.Y3] == 1 else "",
        **common,
    )


def _with_agent(kind: Callable[..., Decision]) -> Callable[[Desk, Row, dict[str, Any]], Decision]:
    def read(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
        return kind(conversation=desk.conversations[d[k.OF]], agent=desk.agents[d[k.ON]], **common)

    return read


def _bare(kind: Callable[..., Decision]) -> Callable[[Desk, Row, dict[str, Any]], Decision]:
    def read(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
        return kind(conversation=desk.conversations[d[k.OF]], **common)

    return read


def _overflowed(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.Overflowed(conversation=desk.conversations[d[k.OF]], step=d[k.Y0], **common)


def _turned_away(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.TurnedAway(conversation=desk.conversations[d[k.OF]], group=desk.names.groups[d[k.Y0]], **common)


def _renewed(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    name = desk.conversations[d[k.OF]]
    return events.Renewed(conversation=name, renewed=rows.next_name(desk, name), **common)


def _peak_changed(_desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.PeakChanged(on=d[k.Y0] == 1, **common)


def _lent(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.Lent(agent=desk.agents[d[k.ON]], group=desk.names.groups[d[k.Y0]], on=d[k.Y1] == 1, **common)


def _notified(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.Notified(
        conversation=desk.conversations[d[k.OF]], agent=desk.agents[d[k.ON]], event=rows.TOPICS[d[k.Y0]],
        level=d[k.Y1], rung=d[k.Y2], merged=d[k.Y3], **common,
    )  # fmt: skip


def _notice_held(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.NoticeHeld(
        conversation=desk.conversations[d[k.OF]], agent=desk.agents[d[k.ON]] if d[k.ON] >= 0 else "",
        event=rows.TOPICS[d[k.Y0]], level=d[k.Y1], rung=d[k.Y2], reason=rows.HELD[d[k.Y3]], **common,
    )  # fmt: skip


def _digest_sent(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.DigestSent(agent=desk.agents[d[k.ON]], count=d[k.Y0], **common)


def _tidied(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    return events.Tidied(conversation=desk.conversations[d[k.OF]], action=rows.DOES[d[k.Y0]], **common)


def _refused(desk: Desk, d: Row, common: dict[str, Any]) -> Decision:
    name = desk.conversations[d[k.OF]] if d[k.OF] >= 0 else ""
    return events.Refused(reason=rows.REFUSED[d[k.Y0]], conversation=name, **common)


_READ: dict[int, Callable[[Desk, Row, dict[str, Any]], Decision]] = {
    k.D_TAGGED: _tagged,
    k.D_PRIORITISED: _prioritised,
    k.D_QUEUED: _queued,
    k.D_ASSIGNED: _with_agent(events.Assigned),
    k.D_ADVISED: _with_agent(events.Advised),
    k.D_RETURNED: _with_agent(events.Returned),
    k.D_OVERFLOWED: _overflowed,
    k.D_TURNED_AWAY: _turned_away,
    k.D_WOKEN: _bare(events.Woken),
    k.D_REVIVED: _bare(events.Revived),
    k.D_RENEWED: _renewed,
    k.D_PEAK: _peak_changed,
    k.D_LENT: _lent,
    k.D_NOTIFIED: _notified,
    k.D_HELD: _notice_held,
    k.D_DIGEST: _digest_sent,
    k.D_TIDIED: _tidied,
    k.D_REFUSED: _refused,
}


def decided(desk: Desk, fact: Fact, made: int) -> tuple[Decision, ...]:
    """Read the rows of a pass as decisions about `fact`, identified by it and their place."""
    if made == 0:
        return ()
    out = read(desk, fact, made)
    renewed = renewal(out)
    if renewed:  # open the conversation that goes on, give it the message, and decide about that one
        turn.step(desk.state, desk.tables, rows.renew(desk, fact, renewed))
        out += read(desk, fact, desk.state.desk[k.DECIDED], place=len(out))
    return tuple(out)


def read(desk: Desk, fact: Fact, made: int, *, place: int = 0) -> list[Decision]:
    """Read the first `made` rows of a pass as decisions; `place` is that of the first among all about the fact."""
    return [event_of(desk, fact, desk.state.decision[i], place + i, at=desk.now) for i in range(made)]


def event_of(desk: Desk, fact: Fact, d: Row, place: int, *, at: int) -> Decision:
    """Read one row as the decision at this place about `fact`; `at`: one that comes late is decided when it comes."""
    return _READ[d[k.KIND]](desk, d, _common(fact, d, place, at))


def renewal(made: Iterable[Event]) -> str:
    """Return the name under which the conversation goes on, empty where it does not."""
    return next((decision.renewed for decision in made if isinstance(decision, events.Renewed)), "")


def _common(fact: Fact, d: Row, place: int, at: int) -> dict[str, Any]:
    source = fact.source.replace("%", "%25").replace(":", "%3A")  # so that the first colon ends it
    return {
        "at": at,
        "source": "desk",
        "source_id": f"{source}:{fact.source_id}#{place}",
        "because": tuple(d[k.RULE :]),
    }


# ---------------------------------------------------------------- decisions of a log, to be folded


def of_decision(desk: Desk, event: Event, fact: Fact | None) -> Row | None:
    """Write a decision of a log as the row the model folds; None for one that changes no state."""
    write = _WRITE.get(type(event))
    if isinstance(event, events.Renewed) and fact is not None:
        facts.fold_fact(desk.state, desk.tables, rows.renew(desk, fact, event.renewed))
    return None if write is None else write(desk, event)


def _about(kind: int, *fields: Callable[[Desk, Any], int]) -> Callable[[Desk, Any], Row]:
    def write(desk: Desk, event: Any) -> Row:
        name = getattr(event, "conversation", "")
        agent = getattr(event, "agent", "")
        row = [0] * k.DECISION_WIDTH
        row[k.KIND] = kind
        row[k.OF] = desk.exactly(name) if name else k.NOBODY
        row[k.ON] = desk.agent(agent) if agent else k.NOBODY
        for i, field in enumerate(fields):
            row[k.Y0 + i] = field(desk, event)
        row[k.RULE] = event.because[0] if event.because else k.NOBODY
        return row

    return write


def _write_tagged(desk: Desk, event: Any) -> Row:
    row = _about(k.D_TAGGED)(desk, event)
    facet = FACETS.index(event.facet)
    tag = current(desk.policy.schema.facets[facet], event.tag)
    row[k.Y0], row[k.Y1], row[k.Y2] = facet, rows.bit(desk, facet, tag), int(event.on)
    _keep_tag(desk, row[k.OF], facet, tag, on=event.on)
    return row


def _topic(_desk: Desk, event: Any) -> int:
    return rows.TOPICS.index(event.event)


def _level(_desk: Desk, event: Any) -> int:
    return int(event.level)


def _rung(_desk: Desk, event: Any) -> int:
    return int(event.rung)


_WRITE: dict[type[Event], Callable[[Desk, Any], Row]] = {
    events.Tagged: _write_tagged,
    events.Prioritised: _about(
        k.D_PRIORITISED, lambda _d, e: e.rule, lambda _d, e: e.phase, _level, lambda _d, e: e.old
    ),
    events.Queued: _about(k.D_QUEUED, lambda d, e: d.group(e.group), lambda d, e: d.names.skills.mask(e.needs)),
    events.Assigned: _about(k.D_ASSIGNED),
    events.Advised: _about(k.D_ADVISED),
    events.Returned: _about(k.D_RETURNED, lambda _d, e: int(e.because[1] > 0)),
    events.Overflowed: _about(k.D_OVERFLOWED, lambda _d, e: e.step),
    events.TurnedAway: _about(k.D_TURNED_AWAY, lambda d, e: d.group(e.group)),
    events.Woken: _about(k.D_WOKEN),
    events.Revived: _about(k.D_REVIVED),
    events.PeakChanged: _about(k.D_PEAK, lambda _d, e: int(e.on)),
    events.Lent: _about(k.D_LENT, lambda d, e: d.group(e.group), lambda _d, e: int(e.on)),
    events.Notified: _about(k.D_NOTIFIED, _topic, _level, _rung, lambda _d, e: e.merged),
    events.NoticeHeld: _about(k.D_HELD, _topic, _level, _rung, lambda _d, e: rows.HELD.index(e.reason)),
    events.DigestSent: _about(k.D_DIGEST, lambda _d, e: e.count),
    events.Tidied: _about(k.D_TIDIED, lambda _d, e: rows.DOES.index(e.action), lambda _d, e: e.because[0]),
}
