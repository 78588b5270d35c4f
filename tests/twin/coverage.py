"""What acted in a run: every family of rules and every feature of a scenario, to be counted over many runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk import events as e
from deskkit.sim.said import ASTRAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskkit.sim.run import Run
    from tests.twin.corpus import Case

__all__ = ["FEATURES", "acted", "table"]

TIMED_OUT, NO_ROOM, OFFLINE = "taken back: too late", "taken back: no room", "taken back: offline"


def _returned(event: e.Returned) -> str:
    return TIMED_OUT if event.because[1] > 0 else NO_ROOM if event.because[3] else OFFLINE


_OF: Final[dict[type[e.Event], Callable[..., str]]] = {
    e.Tagged: lambda one: f"tag {'on' if one.on else 'off'}", e.Prioritised: lambda one: f"reason, phase {one.phase}",
    e.Queued: lambda one: "queue changed" if one.old else f"queued{' with needs' if one.needs else ''}",
    e.Assigned: lambda one: f"assigned{', known' if one.because[3] else ''}",
    e.Returned: _returned, e.Overflowed: lambda one: "overflow" if one.step >= 0 else "language no longer asked for",
    e.TurnedAway: lambda _: "turned away", e.Revived: lambda _: "revived", e.Renewed: lambda _: "renewed",
    e.PeakChanged: lambda one: f"peak {'on' if one.on else 'off'}",
    e.Lent: lambda one: f"loan {'on' if one.on else 'off'}",
    e.Notified: lambda one: f"notice: {one.event}{', merged' if one.merged else ''}",
    e.NoticeHeld: lambda one: f"notice held: {one.reason}", e.DigestSent: lambda _: "digest",
    e.Tidied: lambda one: f"tidied: {one.action}", e.Refused: lambda one: f"refused: {one.reason}",
    e.CustomerSet: lambda _: "fields",
    e.HistorySeeded: lambda one: f"history{', last agent' if one.last_agent else ''}",
    e.TagSet: lambda _: "tag by hand", e.CustomerLeft: lambda one: "left silently" if one.silent else "left",
    e.GroupSet: lambda _: "passed on", e.HelperSet: lambda _: "helper", e.Rated: lambda _: "rated",
    e.PresenceSet: lambda one: f"presence {one.presence}", e.Resolved: lambda _: "resolved",
    e.DeadlineReached: lambda _: "deadline",
}  # fmt: skip

FEATURES: Final = (
    "tag on", "tag off", "reason, phase 1", "reason, phase 0", "reason, phase -1", "queued", "queued with needs",
    "queue changed", "assigned", "assigned, known", TIMED_OUT, OFFLINE, "overflow", "language no longer asked for",
    "turned away", "revived", "renewed", "peak on", "peak off", "loan on", "loan off", "notice: message",
    "notice: assignment", "notice: waiting", "notice: neglected", "notice held: limit", "notice held: quiet",
    "notice held: viewing", "notice held: offline", "notice held: nobody", "notice held: merged",
    "notice held: superseded", "digest", "tidied: suggest", "tidied: archive", "tidied: resolve", "refused: stage",
    "fields", "history", "history, last agent", "tag by hand", "left", "left silently",
    "passed on", "helper", "rated", "presence online", "presence away", "presence offline", "resolved", "deadline",
    "wrong window", "reply begun twice", "two things at once", "strategy least_load", "strategy round_robin",
    "strategy longest_idle", "strategy best_skill", "language required", "language preferred", "language ignored",
    "pick oldest", "pick level", "pick newest", "interrupts", "habituation", "switching", "cost of being away",
    "attention lost per tab", "unfocused", "endless", "two days", "cut off at the end", "cut off while waiting",
    "returning customers", "impatience", "speeds", "supervisor",
)  # fmt: skip


def acted(case: Case, run: Run) -> set[str]:
    """Return what acted in a run."""
    found = {_OF[type(event)](event) for event in run.events if type(event) in _OF}
    instants = [event.at for event in run.events if isinstance(event, e.Fact)]
    attention, routing = case.scenario.attention, case.policy.schema.routing
    rows = case.workload.conversations
    said = {
        "wrong window": any(isinstance(one, e.AgentWrote) and one.message.endswith(ASTRAY) for one in run.events),
        "reply begun twice": bool(run.steps["astray"].any()),
        "two things at once": len(instants) > len(set(instants)) + len(case.scenario.agents) + 3,
        f"strategy {routing.strategy}": True, f"language {routing.language}": True, f"pick {attention.pick}": True,
        "interrupts": bool(attention.interrupts), "habituation": attention.habituation > 0,
        "switching": attention.switch is not None, "cost of being away": attention.switch_away_ms > 0,
        "attention lost per tab": attention.per_tab > 0, "unfocused": attention.unfocused > 0,
        "endless": bool((rows["turns"] < 0).any()), "two days": case.scenario.days > 1,
        "cut off at the end": not case.scenario.drain, "cut off while waiting": run.truncated,
        "returning customers": rows["customer"].n_unique() < rows.height,
        "impatience": any(one.impatience for one in case.scenario.streams),
        "speeds": any(one.speed != 1 for one in case.scenario.agents),
        "supervisor": any(one.role == "supervisor" for one in case.scenario.agents),
    }  # fmt: skip
    return found | {name for name, does in said.items() if does}


def table(counts: Mapping[str, int], runs: int) -> str:
    """Return in how many of so many runs each feature acted, as lines."""
    rows = [f"{name:32} {counts.get(name, 0):6,}" for name in FEATURES]
    more = [f"{name:32} {count:6,}  (beside the table)" for name, count in counts.items() if name not in FEATURES]
    return "\n".join([f"{'in so many runs of':32} {runs:6,}", *rows, *more])
