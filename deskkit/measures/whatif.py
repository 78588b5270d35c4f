"""What another policy would have decided on the facts of a log.

Facts and owners stay what they were; tags, priorities, notices and tidying are decided anew, and at each assignment
the agent whom the policy would have chosen is written down as advice. These effects are *direct*: what would have
followed from them, a sooner answer or another owner, no log can tell. `redecide` gives the decisions, `replay` the
differences to what was decided, or to what another policy would have decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deskkit.arguments import POLICY, expect
from deskkit.desk.events import (
    Assigned,
    DeadlineReached,
    Lent,
    Overflowed,
    PeakChanged,
    PolicyChanged,
    Renewed,
    Returned,
    Revived,
    Tidied,
    TurnedAway,
)
from deskkit.desk.retrace import HISTORY, Choice, Retraced, Retracer
from deskkit.errors import LogError
from deskkit.measures.contrast import Contrast
from deskkit.measures.grouped import grouped
from deskkit.measures.notes import unended_notes
from deskkit.measures.period import check_asked, refuse_span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskkit.desk.events import Decision, Fact
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.measures.grouped import Group
    from deskkit.measures.replayed import Replay

    Progress = Callable[[int, int], None]

__all__ = ["Redecided", "redecide", "replay"]

_ACTING = (Assigned, Returned, Overflowed, TurnedAway, Revived, PeakChanged, Lent)
_STRIDE = 500  # facts between two words of progress


class Redecided(NamedTuple):
    """What a policy decides about one fact, a deadline of its own among them.

    Attributes
    ----------
    fact : Fact
    decisions : tuple of Decision
        Those of the policy, in order.
    choices : tuple of Choice
        Whom the policy would have chosen, at each assignment of a waiting conversation.
    history : tuple of Decision
        Those of the log that are kept, whatever the policy: who got it, what was put away.
    """

    fact: Fact
    decisions: tuple[Decision, ...]
    choices: tuple[Choice, ...]
    history: tuple[Decision, ...] = ()


class Redecider:
    """A policy that goes over the groups of a log; time wakes it between them."""

    recorded = False

    def __init__(self, policy: Policy, *, acts: bool) -> None:
        self.policy = policy
        self.desk = Retracer(policy, acts=acts)

    @property
    def name(self) -> str:
        """What this side is called."""
        return self.policy.name

    @property
    def in_force(self) -> Policy:
        """The policy by which it decides."""
        return self.policy

    def begin(self, at: int, *, changes: bool, decided: bool) -> list[Redecided]:
        """Put the policy in force after what was followed; unless it was so already, everything open is looked at."""
        self.desk.fold(())
        if changes or (decided and self.desk.policy.fingerprint == self.policy.fingerprint):
            return []
        fact = self._changed(at, "replay", f"{self.policy.fingerprint}@{at}")
        return [self._step(fact, (), life=True, wakes=not decided)]

    def _changed(self, at: int, source: str, source_id: str) -> PolicyChanged:
        return PolicyChanged(
            at=at, source=source, source_id=source_id, text=self.policy.text, fingerprint=self.policy.fingerprint
        )

    def take(self, fact: Fact, kept: tuple[Decision, ...], *, life: bool, wakes: bool) -> Redecided:
        """Decide about a fact anew; the policy stays in force whatever the log changed to."""
        if isinstance(fact, PolicyChanged):
            fact = self._changed(fact.at, fact.source, fact.source_id)
        return self._step(fact, kept, life=life, wakes=wakes)

    def wake(self, at: int, *, wakes: bool) -> Redecided:
        """Let time come to an instant."""
        return self._step(DeadlineReached(at=at, source="clock", source_id=str(at)), (), life=True, wakes=wakes)

    def _step(self, fact: Fact, kept: tuple[Decision, ...], *, life: bool, wakes: bool) -> Redecided:
        done: Retraced = self.desk.retrace(fact, kept, life=life, wakes=wakes)
        history = (one for one in kept if isinstance(one, HISTORY))
        put = tuple(one for one in history if not isinstance(one, Tidied) or one.action != "suggest")
        return Redecided(fact, done.decisions, done.choices, put)


class Recorded:
    """The log's own decisions, as they stand in it."""

    recorded = True

    def __init__(self, policy: Policy, *, last_change: int) -> None:
        self.desk = Retracer(policy)
        self._last_change = last_change

    @property
    def name(self) -> str:
        """What this side is called."""
        return f"the log ({self.desk.policy.name})"

    @property
    def in_force(self) -> Policy:
        """The policy by which it decides."""
        return self.desk.policy

    def take(self, group: Group) -> Redecided:
        """Follow a group of the log."""
        self.desk.follow([group.fact, *group.decisions])
        if group.seq > self._last_change:  # until then another policy may read old messages again
            self.desk.forget_texts(group.fact)
        return Redecided(group.fact, group.decisions, ())


# ---------------------------------------------------------------- the verbs


def redecide(
    log: EventLog,
    policy: Policy,
    *,
    start: int | None = None,
    until: int | None = None,
    whole: bool = False,
    progress: Progress | None = None,
) -> Iterator[Redecided]:
    """Decide a log's facts anew by a policy, and yield the decisions fact by fact.

    Parameters
    ----------
    log : EventLog
    policy : Policy
        In force from `start` on, whatever policies the log changes to later.
    start : int, optional
        Milliseconds since the UTC epoch; by default where the log was first decided, or where it begins.
    until : int, optional
        Facts after this instant are left out.
    whole : bool
        Begin where the log begins, also if it was decided only later.
    progress : callable, optional
        Called with the events done and their total.

    Yields
    ------
    Redecided
        `Assigned`, `Returned` and all else in `deskkit.desk.retrace.HISTORY` is never decided anew; whom the policy
        would have chosen is an `Advised` among the choices.

    Raises
    ------
    LogError
        The log cannot be read.

    Examples
    --------
    >>> from deskkit.desk.events import ConversationOpened, CustomerWrote
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> opened = ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang")
    >>> wrote = CustomerWrote(at=9, source="doc", source_id="2", conversation="c1", message="1", text="多少钱")
    >>> _ = log.append([opened, wrote], received_at=9)
    >>> anew = list(redecide(log, Policy.load("data/policies/standard.toml")))
    >>> [decision.tag for decision in anew[-1].decisions if type(decision).__name__ == "Tagged"]
    ['product']
    """
    check_asked("redecide", log, policy, start=start, until=until)
    side = Redecider(policy, acts=_acts(log))
    for (made,) in _Walk(log, [side], start=start, until=until, whole=whole, progress=progress):
        yield from made


def replay(
    log: EventLog,
    policy: Policy,
    *,
    against: Policy | None = None,
    start: int | None = None,
    until: int | None = None,
    zone: str = "UTC",
    progress: Progress | None = None,
) -> Replay:
    """Return what a policy would have decided otherwise on the facts of a log.

    Parameters
    ----------
    log : EventLog
    policy : Policy
        In force from `start` on.
    against : Policy, optional
        Another policy, which decides the same facts anew; by default the decisions that stand in the log.
    start, until : int, optional
        The span, milliseconds since the UTC epoch: by default from where the log was first decided (with `against`,
        from its beginning) to its end.
    zone : str
        IANA zone in which a refusal names instants.
    progress : callable, optional
        Called with the events done and their total.

    Returns
    -------
    Replay

    Raises
    ------
    LogError
        Nothing was decided in this log, and there is no `against`; or the log cannot be read.
    MeasureError
        The log holds nothing of the span, or decided nothing in it.

    Examples
    --------
    >>> from deskkit.desk.events import ConversationOpened, CustomerWrote
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> opened = ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang")
    >>> wrote = CustomerWrote(at=9, source="doc", source_id="2", conversation="c1", message="1", text="多少钱")
    >>> _ = log.append([opened, wrote], received_at=9)
    >>> standard = Policy.load("data/policies/standard.toml")
    >>> rule = {"name": "First words", "facet": "label", "tag": "important", "when": {"turns": ">= 1"}}
    >>> other = standard.add("tag", rule)
    >>> replay(log, other, against=standard).differences.select("conversation", "what", "because_after").rows()
    [('c1', 'label: important', 'Tag important (label): First words')]
    """
    check_asked("replay", log, policy, start=start, until=until)
    if against is not None:
        expect(POLICY, "replay", against=against)
    acts = _acts(log)
    after = Redecider(policy, acts=acts)
    before: Recorded | Redecider
    if against is None:
        last = max((stored.seq for stored in log.read(kinds=[PolicyChanged])), default=0)
        if not last:
            raise LogError(
                "Nothing was decided in this log.", place=log.url, expected="a policy to compare with",
                example="replay(log, policy, against=other); deskkit replay --against OTHER.toml",
            )  # fmt: skip
        before = Recorded(policy, last_change=last)
    else:
        before = Redecider(against, acts=acts)
    contrast = Contrast(before, after)
    contrast.totals.notes = unended_notes(log)
    # Two policies are compared from the beginning; one against the log where the log was decided.
    walk = _Walk(log, [before, after], start=start, until=until, whole=against is not None, progress=progress)
    for made_before, made_after in walk:
        contrast.take(made_before, made_after, start=walk.start)
    if not walk.begun and log.last_seq():
        refuse_span(log, start, until, zone=zone, decided=against is None)
    return contrast.finish(start=walk.start, end=walk.end, facts=walk.facts)


def _acts(log: EventLog) -> bool:
    """Say whether the desk that decided this log acted, or only watched; where none decided, as one that acts."""
    if not log.count(kinds=[PolicyChanged]) or log.count(kinds=_ACTING):
        return True
    return any(isinstance(one.event, Tidied) and one.event.action != "suggest" for one in log.read(kinds=[Tidied]))


# ---------------------------------------------------------------- the walk through a log


class _Walk:
    """Lead one or two sides through a log in step; give for each instant what each of them decided."""

    def __init__(
        self,
        log: EventLog,
        sides: list[Recorded | Redecider],
        *,
        start: int | None,
        until: int | None,
        whole: bool,
        progress: Progress | None,
    ) -> None:
        self._log, self._sides, self._from, self._until = log, sides, start, until
        self._progress = progress
        self._early = whole or log.count(kinds=[PolicyChanged]) == 0
        self._decided = False
        self.begun = False
        self.start = self.end = self.facts = 0

    def __iter__(self) -> Iterator[list[list[Redecided]]]:
        total = self._log.last_seq()
        whole, done = True, 0
        for count, group in enumerate(grouped(self._log, until=total)):
            if self._until is not None and group.fact.at > self._until:
                whole = False
                break
            self._decided = self._decided or isinstance(group.fact, PolicyChanged)
            if not self.begun and self._begins(group):
                yield self._begin(group)
            if self.begun:
                yield from self._deadlines(group.at, before=isinstance(group.fact, DeadlineReached))
                yield self._take(group)
            else:
                for side in self._sides:
                    side.desk.follow([group.fact, *group.decisions])
            done += 1 + len(group.decisions)
            if self._progress and count % _STRIDE == 0:
                self._progress(done, total)
        if self.begun and self._until is not None and not whole:
            yield from self._deadlines(self._until, before=False)
            self.end = self._until
        if self._progress:
            self._progress(total, total)

    def _begins(self, group: Group) -> bool:
        return (self._decided or self._early) and (self._from is None or group.at >= self._from)

    def _begin(self, group: Group) -> list[list[Redecided]]:
        self.begun = True
        self.start = self.end = group.at if self._from is None else self._from
        changes = isinstance(group.fact, PolicyChanged)
        return [
            side.begin(self.start, changes=changes, decided=self._decided) if isinstance(side, Redecider) else []
            for side in self._sides
        ]

    def _take(self, group: Group) -> list[list[Redecided]]:
        self.facts += 1
        self.end = max(self.end, group.at)
        made: list[list[Redecided]] = []
        kept, life = group.decisions, self._decided
        for side in self._sides:
            if isinstance(side, Recorded):
                made.append([side.take(group)])
                continue
            done = side.take(group.fact, kept, life=life, wakes=not self._decided)
            made.append([done])
            if not life:  # what the first side lets go on as a new conversation is the history of the second
                kept, life = tuple(one for one in done.decisions if isinstance(one, Renewed)), True
        return made

    def _deadlines(self, until: int, *, before: bool) -> Iterator[list[list[Redecided]]]:
        """Wake whoever has something to decide up to an instant (or before it), in order of time."""
        while True:
            due = [side.desk.next_deadline() if isinstance(side, Redecider) else None for side in self._sides]
            at = min((one for one in due if one is not None), default=None)
            if at is None or at > until or (before and at == until):
                return
            yield [
                [side.wake(at, wakes=not self._decided)] if isinstance(side, Redecider) and one == at else []
                for side, one in zip(self._sides, due, strict=True)
            ]
