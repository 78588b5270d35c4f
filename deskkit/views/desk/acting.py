"""What hands did and what came of it: given to the driver at once, answered when it is known.

A deed has the identity that the browser gave it, so one that is sent again after a reload is done once.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk.events import Assigned, ConversationFact, ConversationOpened, Fact, PolicyChanged, Refused
from deskkit.errors import ConflictError, DeskkitError, LogError
from deskkit.live.client import Client
from deskkit.live.hearing import Hearing, set_aside
from deskkit.live.served import UNOPENED
from deskkit.log import FullError
from deskkit.text import visible
from deskkit.views.desk import wording
from deskkit.views.desk.deeds import Hand, WrongError, gone_on, is_supervisor, planned
from deskkit.views.desk.doubt import asked_first, undone_first
from deskkit.views.desk.overtaken import is_undone, next_try, overtaken
from deskkit.views.desk.painter import customer, sentences
from deskkit.views.desk.resent import became, is_waiting
from deskkit.views.desk.staying import given, possible, stays
from deskkit.views.desk.undo import UNDO, identified
from deskkit.views.desk.working import ALL, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Decision
    from deskkit.desk.finding import Index
    from deskkit.desk.policy import Policy
    from deskkit.live.driver import Driver
    from deskkit.live.writing import Written
    from deskkit.views.desk.overtaken import Left
    from deskkit.views.desk.watch import Watch
    from deskkit.views.words import Words

__all__ = ["Acting", "Answer"]

_ACT: Final = re.compile(r"[0-9A-Za-z-]{8,64}")  # matched against the browser's own identities only
_FEW: Final = 3  # sentences about what the desk decided at once; of more it is said of how many conversations
LATE_MS: Final = 3_000  # after which one is told that no driver answers yet
LONG_MS: Final = 1_000  # after which one is told that what was asked for is worked at


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a deed: done, refused, or first to be asked about; `details` say what `foot` only sums up.

    `opened` is the conversation that was begun by it; `undo` the deed itself and what it was, where it may be undone.
    """

    act: str
    ok: bool
    foot: list[dict[str, str]] = []
    details: list[dict[str, str]] = []
    ask: dict[str, str] | None = None
    opened: str = ""
    undo: dict[str, str] | None = None


class Pending(msgspec.Struct):
    """A deed that nothing has been heard of yet."""

    act: str
    facts: list[Fact]
    what: str  # in words, what was done
    since: int
    saw: int  # the last event that whoever did it had seen
    given: Written | None = None  # to the driver
    hearing: Hearing | None = None  # of many it is heard in slices
    upto: int | None = None  # event that the desk has to have seen before it is answered
    left: dict[str, Left] = {}  # the conversations an undo leaves as they are, and why
    gave: dict[str, Assigned] = {}  # what the desk gave because of the deed that is undone
    out: str = ""  # in words, what is left out as it goes on under another name


class Acting:
    """The hands of one view.

    Parameters
    ----------
    driver : Driver or Client
    watch : Watch
        Of the same view: what can be undone, and what a policy did.
    me : str
    index : callable
        Returns the index of a desk, for what other customers said.
    fault : callable
        Told of an error that is none of the hand's; returns what to say of it.
    """

    def __init__(
        self, driver: Driver | Client, watch: Watch, *, me: str, index: Callable[[Desk], Index],
        fault: Callable[[DeskkitError], str],
    ) -> None:  # fmt: skip
        self._driver, self._me, self._index, self._fault = driver, me, index, fault
        self._undo, self._levels = watch.undo, watch.levels
        self._work: Work[Answer | None] = Work(self._worked)
        self._worked_out: dict[str, Answer] = {}
        self._pending: dict[str, Pending] = {}
        self._asked_at = 0  # the latest deed, by the wall's clock, and for how many conversations
        self._asked_for = 0
        self._on_its_way: dict[str, tuple[int, int]] = {}  # sent again: the first fact that waits, the desk's time then

    @property
    def desk(self) -> Desk:
        """The desk as it stands."""
        return self._driver.desk

    def act(self, act: str, asked: dict[str, Any], *, say: Words, now: int, real: int) -> Answer | None:
        """Do what a browser asks for; the answer, or None where it comes later: see `heard`.

        What is much is done in slices where somebody comes back to hear of it, as the view of a client does.

        Parameters
        ----------
        act : str
            The identity of the deed.
        asked : dict
        say : Words
        now, real : int
            The desk's clock and the wall's, milliseconds.
        """
        if not _is_identity(act):
            return _wrong(act, say("This is no action: {problem}", problem=visible(act)[:64]))
        if act in self._pending or act in self._work:
            return None
        if (answer := self._known(act, say, now)) is not None or act in self._on_its_way:
            return answer
        if asked.get("old"):
            return _wrong(
                act, say("Not done: this is from more than ten minutes ago. Look what is so now, then repeat")
            )
        waits = bool(self._work)
        ids = asked.get("ids")
        self._asked_at, self._asked_for = real, len(ids) if isinstance(ids, list) else 0
        self._work.begin(act, self._done(Hand(self.desk, self._me, now, say, act), asked, real, self._driver.seen))
        if not isinstance(self._driver, Client):
            self._work.go_on(ALL)
        elif not waits:
            self._work.go_on()
        return self._worked_out.pop(act, None)

    def _known(self, act: str, say: Words, now: int) -> Answer | None:
        """Answer once more what came of it: a browser that was loaded anew heard nothing; note what is on its way."""
        found = became(self._driver.log, act)
        if found.waits is not None:
            self._on_its_way[act] = (found.waits, now)
        if not found or found.waits is not None:
            return None
        if found.aside is not None:
            return _wrong(act, self._fault(set_aside(self._driver.log, "deed", because=found.aside)))
        facts = [event for event in found.events if isinstance(event, Fact)]
        refused = [that for that in found.decisions if isinstance(that, Refused)]
        if not refused:
            return Answer(act=act, ok=True)
        what = wording.done(self.desk, facts[0], say=say, now=now) if facts else ""
        return self._answer(Pending(act, facts, what, 0, self._driver.seen), found.decisions, say)

    def _arrived(self, say: Words) -> Iterator[Answer]:
        """Answer what was on its way when it was asked for again."""
        for act, (number, now) in list(self._on_its_way.items()):
            try:
                if is_waiting(self._driver.log, act, number):
                    continue
                answer = self._known(act, say, now)
            except LogError:  # a log that cannot be read now is read again
                return
            if answer is not None:
                del self._on_its_way[act]
                yield answer

    def _worked(self, act: str, answer: Answer | None) -> None:
        """Keep the answer to a deed that was worked out; of None it is heard later."""
        if answer is not None:
            self._worked_out[act] = answer

    def _done(
        self, hand: Hand, asked: dict[str, Any], real: int, saw: int
    ) -> Generator[float, None, Answer | None]:  # fmt: skip
        """Do it, and say what cannot be done."""
        try:
            return (yield from self._do(hand, asked, real, saw))
        except WrongError as error:
            return _wrong(hand.act, error.problem)
        except DeskkitError as error:  # the log cannot be read
            return _wrong(hand.act, self._fault(error))

    def _do(
        self, hand: Hand, asked: dict[str, Any], real: int, saw: int
    ) -> Generator[float, None, Answer | None]:  # fmt: skip
        """Do it, unless something is to be asked first; raise WrongError where it cannot be done."""
        act, say, now = hand.act, hand.say, hand.now
        if asked.get("do") == "undo":
            return (yield from self._take_back(asked, hand, real, saw))
        plan = yield from planned(asked, hand)
        first = asked_first(plan, asked.get("saw"), hand, self._index(hand.desk))
        if not asked.get("sure") and (ask := (yield from first)):
            return Answer(act=act, ok=False, ask=ask)
        facts = identified(plan, act=act, by=self._me, at=now)
        what = wording.done(hand.desk, facts[0], say=say, now=now)
        out = wording.left_out(hand.desk, gone_on(asked, hand.desk), say=say, now=now)
        return self._give(Pending(act, facts, what, real, saw, out=out), say)

    def put_live(self, act: str, policy: Policy, *, say: Words, now: int, real: int) -> Answer | None:
        """Put a policy in force, as `act` does a deed; one that somebody else overtook is refused."""
        if not _is_identity(act):
            return _wrong(act, say("This is no action: {problem}", problem=visible(act)[:64]))
        if act in self._pending:
            return None
        if (answer := self._known(act, say, now)) is not None or act in self._on_its_way:
            return answer
        if not is_supervisor(self.desk, self._me):
            return _wrong(act, say("Only a supervisor can put a policy live"))
        self._asked_at, self._asked_for = real, 0
        fact = PolicyChanged(at=0, text=policy.text, fingerprint=policy.fingerprint)
        facts = identified([fact], act=act, by=self._me, at=now)
        what = wording.done(self.desk, facts[0], say=say, now=now)
        return self._give(Pending(act, facts, what, real, self._driver.seen), say)

    def _take_back(
        self, asked: dict[str, Any], hand: Hand, real: int, saw: int
    ) -> Generator[float, None, Answer | None]:  # fmt: skip
        act, say, now, undone = hand.act, hand.say, hand.now, asked.get("undo")
        done = self._undo.get(undone) if isinstance(undone, str) else None
        if done is None:
            if isinstance(undone, str) and is_undone(self._driver.log, undone):
                return Answer(act=act, ok=True, foot=[{"about": "", "text": say("This was undone already")}])
            raise WrongError(say("That cannot be undone any more: it is longer ago than ten minutes, or was undone"))
        left = yield from overtaken(self._driver.log, self.desk, self._undo, done, say=say, now=now)
        back = [fact for fact in done.back if getattr(fact, "conversation", "") not in left]
        if not back:
            why, goes_first = next(iter(left.values()))
            raise WrongError(say("{why}. Undo that first", why=why) if goes_first else why)
        back, out = possible(self.desk, back, say=say)
        if not asked.get("sure") and (ask := undone_first(self.desk, back, since=done.at, say=say)):
            return Answer(act=act, ok=False, ask=ask)
        facts = identified(back, act=next_try(self._driver.log, done.act), by=self._me, at=now)
        what = say("Undone: {what}", what=wording.done(self.desk, done.facts[0], say=say, now=now))
        gave = yield from given(self._driver.log, done)
        return self._give(Pending(act, facts, what, real, saw, left=left, gave=gave, out=out), say)

    def _give(self, one: Pending, say: Words) -> Answer | None:
        try:
            if isinstance(self._driver, Client):
                one.given = self._driver.give_soon(one.facts, saw=one.saw)
                self._pending[one.act] = one
                return None if one.given.error is None else self._ended(one, say)
            return self._answer(one, self._driver.act(one.facts), say)
        except ConflictError:  # the driver's desk knows by now what the others wrote
            return _wrong(one.act, _overtaken(say))
        except DeskkitError as error:
            return self._failed(one, error)

    def _failed(self, one: Pending, error: DeskkitError) -> Answer:
        return _wrong(one.act, self._fault(error))

    def heard(self, *, say: Words) -> list[Answer]:
        """Return the answers that came since the last time, and go on with what is done in slices."""
        self._work.go_on()
        answers = [*self._worked_out.values(), *self._arrived(say)]
        self._worked_out.clear()
        return answers + [one for that in list(self._pending.values()) if (one := self._ended(that, say)) is not None]

    def _ended(self, one: Pending, say: Words) -> Answer | None:
        """Return what came of a deed that was given, None while nothing is known of it."""
        if one.given is None or not one.given.is_over:
            return None
        error, decisions = one.given.error, None
        if error is None and isinstance(self._driver, Client):
            try:
                one.hearing = one.hearing or Hearing(self._driver.log, one.facts)
                decisions = self._driver.heard(one.hearing)
                if decisions is not None and not self._has_seen(one):
                    return None
            except LogError:  # a log that cannot be read now is read again
                return None
            except DeskkitError as refused:
                error = refused
        if error is None and decisions is None:
            return None
        del self._pending[one.act]
        return self._answer(one, decisions or (), say) if error is None else self._failed(one, error)

    def _has_seen(self, one: Pending) -> bool:
        """Say whether the desk has seen what came of a deed: whoever reads the answer looks there next."""
        if one.upto is None:
            one.upto = self._driver.log.last_seq()
        return self._driver.seen >= one.upto

    def _answer(self, one: Pending, decisions: Sequence[Decision], say: Words) -> Answer:
        """Say what was done, and what the desk decided about it."""
        if any(isinstance(that, Refused) and that.reason == UNOPENED for that in decisions):  # of the whole deed
            return _wrong(one.act, _unopened(say))
        if _is_policy(one) and any(isinstance(that, Refused) and that.reason == "outdated" for that in decisions):
            return _wrong(
                one.act, say("Another policy was put live meanwhile: look what it changes, then put yours live")
            )
        if len(one.facts) > 1:  # a step of several that the desk itself had just done is done
            decisions = [that for that in decisions if not (isinstance(that, Refused) and that.reason == "no change")]
        refused = Counter(that.conversation for that in decisions if isinstance(that, Refused))
        names = Counter(fact.conversation for fact in one.facts if isinstance(fact, ConversationFact))
        done = [name for name, facts in names.items() if refused[name] < facts]
        foot = []
        if not names and not refused:  # a deed about the desk
            foot.append({"about": "", "text": one.what})
        elif done:
            text = " · ".join(filter(None, (one.what, stays(self.desk, one.gave, say=say))))
            foot.append({"about": self._about(done, say), "text": text})
        if one.left:
            text = say("Left as it is: {why}", why=next(iter(one.left.values())).why)
            foot.append({"about": self._about(list(one.left), say), "text": text})
        foot += [{"about": "", "text": one.out}] if one.out else []
        moved = self._levels.moved(self.desk, one.facts[0]) if _is_policy(one) else None
        foot += wording.moved(moved, say=say)
        told = self._told(decisions, say, own=names if len(names) == 1 else ())
        undo = {"undo": one.act, "text": one.what} if self._undo.get(one.act) else None
        if names or refused or len(told) <= _FEW:
            begun = next((fact.conversation for fact in one.facts if isinstance(fact, ConversationOpened)), "")
            return Answer(act=one.act, ok=not refused, foot=foot + told, opened=begun, undo=undo)
        foot += wording.summed(decisions, without=moved, say=say)
        return Answer(act=one.act, ok=True, foot=foot, details=told, undo=undo)

    def _told(self, decisions: Sequence[Decision], say: Words, *, own: Iterable[str]) -> list[dict[str, str]]:
        """Say what the desk decided, and of all for whom a deed was refused once why."""
        others = [that for that in decisions if not isinstance(that, Refused)]
        refused: dict[str, list[str]] = {}
        for line in sentences(self.desk, [that for that in decisions if isinstance(that, Refused)], say=say):
            refused.setdefault(line["text"], []).append(line["about"])
        lines = [{"about": _and_more(about, len(more), say), "text": text} for text, (about, *more) in refused.items()]
        return sentences(self.desk, others, say=say, own=own) + lines

    def _about(self, names: Sequence[str], say: Words) -> str:
        """Return the customer of the first conversation, and how many there are besides."""
        return _and_more(customer(self.desk, names[0], say), len(names) - 1, say)

    @property
    def waits(self) -> bool:
        """Whether something is still to be heard of."""
        return bool(self._pending or self._work or self._on_its_way)

    def delay(self, *, say: Words, real: int) -> str:
        """Say, by the wall clock, what was not heard of for long, and if it outlives this kernel; or that it starts."""
        unwritten = [one.given for one in self._pending.values() if one.given is not None and not one.given.is_over]
        if any(isinstance(given.trouble, FullError) for given in unwritten):
            return say(
                "The disk is full or failing. What you did is not stored yet: make room, and keep this notebook open"
            )
        if unwritten:
            return say("The log cannot be written just now. What you did is not stored yet: keep this notebook open")
        unheard = [one for one in self._pending.values() if one.hearing is None or not one.hearing.is_taken]
        if any(real - one.since > LATE_MS for one in unheard):
            return say("No driver answers yet: what you did is kept, and will be done once")
        if isinstance(self._driver, Client) and self._driver.is_starting:
            return say("The desk is starting …")
        if isinstance(self._driver, Client) and self._driver.reads_policy:
            return say("Another policy is being read. What happens meanwhile is shown after that …")
        return self._worked_at(say, real)

    def _worked_at(self, say: Words, real: int) -> str:
        """Say that what was asked for last is worked at, if that takes long."""
        if not (self._work or self._pending) or real - self._asked_at <= LONG_MS:
            return ""
        if self._asked_for > 1:
            return say("Working at what you did for {n} conversations …", n=self._asked_for)
        return say("Working at what you did …")


def _and_more(customer: str, more: int, say: Words) -> str:
    return say("{customer} and {n} more", customer=customer, n=more) if more else customer


def _is_policy(one: Pending) -> bool:
    return any(isinstance(fact, PolicyChanged) for fact in one.facts)


def _is_identity(act: str) -> bool:
    """Say whether it is an identity that a browser can give; that of an undoing is given here alone."""
    return _ACT.fullmatch(act) is not None and not act.startswith(UNDO)


def _overtaken(say: Words) -> str:
    return say("Somebody else changed this log. What you see is new now: look, then repeat")


def _unopened(say: Words) -> str:
    return say(
        "Not begun: no connected chat system lets you begin a chat from here. "
        "Wait until the customer writes, or begin it there"
    )


def _wrong(act: str, text: str) -> Answer:
    return Answer(act=act, ok=False, foot=[{"about": "", "text": text}])
