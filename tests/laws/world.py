"""A small world that acts on a desk, and the laws that hold after every act.

`World.act` turns four integers into one fact, so that hypothesis, a seeded loop and the compiled twin drive the desk
alike. `World.check` is the list of laws; each names itself in the assertion.
"""

from __future__ import annotations

from typing import Any

from deskkit.desk import columns as k
from deskkit.desk import events, rules
from deskkit.desk.checks import TOPICS
from deskkit.desk.desk import Desk
from deskkit.desk.state import comparable

TEXTS = (
    "你好，在吗", "马上就要出发了，快点！", "这个多少钱", "我要退款，太差了", "My order has not arrived",
    "it does not work, asap please", "我要投诉你们", "thanks!", "ok", "The app crashes when I log in", "发票怎么开",
    "再不处理我就去12315",
)  # fmt: skip
GROUPS = ("presales", "aftersales", "technical", "vip", "international")
ACTS = (
    *("come",) * 5, "open", *("write",) * 4, "reply", "reply", "view", *("wait",) * 3, *("deadline",) * 3, "leave",
    "resolve", "resolve", "reopen", "snooze", "archive", "unarchive", "tag", "priority", "owner", "queue", "group",
    "helper", "presence", "peak", "customer", "rate", "automatic", "note",
)  # fmt: skip
# What ends a breach or begins another, so that the same rungs may ring again.
NEW_BREACH = (
    events.Viewed, events.AgentWrote, events.OwnerSet, events.GroupSet, events.Snoozed, events.Resolved,
    events.Reopened, events.CustomerLeft, events.Archived, events.Unarchived, events.HelperSet, events.Assigned,
    events.Returned, events.Woken, events.Revived,
)  # fmt: skip
START = 1_781_740_000_000  # 2026-06-18 07:46 in Shanghai: opening hours begin soon


class World:
    """A desk with a few agents, and everything that happened to it."""

    def __init__(self, policy: Any, *, agents: int = 5, acts: bool = True) -> None:
        self.policy = policy
        self.acts = acts
        self.desk = Desk(policy, acts=acts)
        self.log: list[Any] = []
        self.at = START
        self.opened = 0
        self.ended: dict[tuple[str, int], int] = {}
        self.rung: set[tuple[Any, ...]] = set()
        self.paused: dict[tuple[str, int], int] = {}
        self.done: tuple[Any, ...] = ()
        self.fresh: tuple[Any, ...] = ()
        for a in range(agents):
            self.join(a)

    def join(self, a: int) -> None:
        """Let an agent become known and come online."""
        skills = {"technical": 1 + a % 5} if a % 2 else {}
        languages = ("zh", "en") if a % 3 else ("zh",)
        groups = (GROUPS[a % 5], GROUPS[(a + 2) % 5])
        role = "supervisor" if a == 4 else "agent"
        capacity = None if a % 4 else 3.0
        self.take(
            events.AgentSet,
            agent=f"a{a}",
            role=role,
            groups=groups,
            skills=skills,
            languages=languages,
            capacity=capacity,
        )
        self.take(events.PresenceSet, agent=f"a{a}", presence="online")

    def take(self, kind: Any, **fields: Any) -> tuple[Any, ...]:
        """Let one fact happen now; keep it and the decisions."""
        self.excluded = [row[k.EXCLUDED] for row in self.desk.state.conversation]
        fact = kind(at=self.at, source="world", source_id=str(len(self.log)), **fields)
        self.done = self.desk.step(fact)
        self.fresh = (fact, *self.done)
        self.log += self.fresh
        return self.done

    def pick(self, x: int) -> str:
        """Choose a conversation, rather a late one."""
        n = len(self.desk.conversations)
        return self.desk.conversations[n - 1 - x % min(n, 9)] if n else ""

    def act(self, code: int, x: int, y: int, z: int) -> tuple[Any, ...]:  # noqa: C901, PLR0911, PLR0912  one act per line
        """Do one of `ACTS`."""
        name = ACTS[code % len(ACTS)]
        agent = f"a{y % max(1, len(self.desk.agents))}"
        if name == "wait":
            self.at += (1, 400, 5_000, 20_000, 61_000, 61_000, 200_000, 200_000, 700_000, 3_600_000, 90_000_000)[x % 11]
            return self.take(events.DeadlineReached)
        if name == "deadline":
            due = self.desk.next_deadline()
            if due is None:
                return ()
            self.at = max(self.at, due)
            return self.take(events.DeadlineReached)
        if name == "presence":
            return self.take(events.PresenceSet, agent=agent, presence=("online", "offline", "away", "online")[x % 4])
        if name == "peak" and z % 2:
            return self.take(events.PeakSet, on=x % 2 == 1)
        if name == "peak":  # or the other thing a supervisor switches for the whole desk
            until = self.at + 3_600_000 if z % 3 else 0
            return self.take(events.NoticesPaused, event=TOPICS[x % k.TOPICS], level=y % k.LEVELS, until=until)
        if name == "customer":
            fields = {"spend": float(x % 9000), "orders": y % 4, "membership": ("gold", "none")[z % 2]}
            return self.take(events.CustomerSet, customer=f"u{x % 7}", fields=fields)
        if name in ("open", "come"):
            self.opened += 1
            group = GROUPS[y % 5] if z % 7 == 0 else ""
            c = f"c{self.opened}"
            made = self.take(events.ConversationOpened, conversation=c, customer=f"u{x % 7}", group=group)
            if name == "open":
                return made
            return self.take(
                events.CustomerWrote, conversation=c, message=str(len(self.log)), text=TEXTS[y % len(TEXTS)]
            )
        c = self.pick(x)
        if not c:
            return ()
        if name == "write":
            return self.take(
                events.CustomerWrote, conversation=c, message=str(len(self.log)), text=TEXTS[y % len(TEXTS)]
            )
        if name in ("reply", "automatic"):
            owner = self.desk.state.conversation[self.desk.conversation(c)][k.HELD_BY]
            who = self.desk.agents[owner] if owner >= 0 and z % 4 else agent
            return self.take(
                events.AgentWrote,
                conversation=c,
                message=str(len(self.log)),
                text="稍等",
                agent=who,
                automatic=name != "reply",
            )
        if name == "view":
            owner = self.desk.state.conversation[self.desk.conversation(c)][k.HELD_BY]
            return self.take(
                events.Viewed,
                conversation=c,
                agent=self.desk.agents[owner] if owner >= 0 and z % 3 else agent,
            )
        if name == "snooze":
            return self.take(events.Snoozed, conversation=c, until=self.at + 1 + z % 900_000)
        if name == "tag":
            facet, tag = (
                ("customer", "VIP"),
                ("inquiry", "complaint"),
                ("label", "urgent"),
                ("label", "我的"),
            )[y % 4]
            return self.take(events.TagSet, conversation=c, facet=facet, tag=tag, on=z % 3 > 0, undo=z % 5 == 4)
        if name == "priority":
            return self.take(events.PrioritySet, conversation=c, level=y % 5 - 1)
        if name in ("owner", "queue"):
            return self.take(events.OwnerSet, conversation=c, agent=agent if name == "owner" else "")
        if name == "group":
            return self.take(events.GroupSet, conversation=c, group=GROUPS[y % 5])
        if name == "helper":
            return self.take(events.HelperSet, conversation=c, agent=agent, on=z % 3 > 0)
        if name == "rate":
            return self.take(events.Rated, conversation=c, rating=y % 3 - 1)
        if name == "note":
            return self.take(events.NoteWritten, conversation=c, agent=agent, text="内部")
        if name == "reopen":
            return self.take(events.Reopened, conversation=c, undo=z % 2 == 1)
        kind = {
            "leave": events.CustomerLeft, "resolve": events.Resolved,
            "archive": events.Archived, "unarchive": events.Unarchived,
        }[name]  # fmt: skip
        return self.take(kind, conversation=c)

    # ------------------------------------------------------------ laws

    def check(self) -> None:
        """Assert every law on the state and on the decisions of the last fact."""
        self.check_owners()
        self.check_queues()
        self.check_levels()
        self.check_assignments()
        self.check_notices()
        self.check_nobody_waits_in_vain()
        self.check_times()
        self.done = self.fresh = ()  # judged once

    def check_owners(self) -> None:
        """One owner at most, in exactly one agent's hands; loads add up."""
        s, p = self.desk.state, self.desk.tables
        held: dict[int, int] = {}
        for a, one in enumerate(s.agent):
            at, load, count = one[k.FIRST_OWN], 0, 0
            while at >= 0:
                assert at not in held, "a conversation is in two hands"
                held[at] = a
                load += s.conversation[at][k.LOAD]
                count += 1
                at = s.conversation[at][k.OWN_NEXT]
            node = one[k.FIRST_HELP]
            while node >= 0:
                c, slot = divmod(node, k.HELPERS_MAX)
                assert s.conversation[c][k.HELPER0 + slot] == a, "a helper is not one"
                load += p.number[k.P_HELPER]
                node = s.conversation[c][k.HELP_NEXT0 + slot]
            assert load == one[k.HOLDS], "a load does not add up"
            assert count == one[k.OPEN], "the number in hand is wrong"
            assert one[k.HOLDS] >= 0
        for c, row in enumerate(s.conversation):
            assert row[k.HELD_BY] == held.get(c, -1), "owner and hands disagree"
            helpers = [row[k.HELPER0 + i] for i in range(k.HELPERS_MAX) if row[k.HELPER0 + i] >= 0]
            assert len(set(helpers)) == len(helpers), "one agent helps twice"
            assert row[k.HELD_BY] not in helpers, "the owner helps itself"

    def check_queues(self) -> None:
        """None is lost between queue and agent; every lane is in order and holds who belongs there."""
        s = self.desk.state
        waiting = 0
        for row in s.conversation:
            stage, lane = row[k.STAGE], row[k.LANE]
            waiting += lane >= 0
            assert (lane >= 0) == (stage == k.WAITING and row[k.QUEUED] >= 0), "queue and stage disagree"
            if stage == k.WAITING and row[k.UNANSWERED] >= 0:
                assert lane >= 0, "a waiting customer stands in no queue"
            assert (row[k.HELD_BY] >= 0) == (stage == k.ASSIGNED or (stage == k.SNOOZED and row[k.HELD_BY] >= 0)), (
                "stage and owner disagree"
            )
        assert waiting == s.desk[k.WAITING_NOW] == sum(g[k.Q_WAITING] for g in s.group), "queue lengths are wrong"
        lanes = s.active_lane[: s.desk[k.ACTIVE_LANES]]
        assert sum(s.lane[lane][k.LANE_SIZE] for lane in lanes) == waiting
        for lane in lanes:
            level = s.lane[lane][k.LANE_LEVEL]
            assert all(row[k.LEVEL] == level for row in s.conversation if row[k.LANE] == lane), "a lane of mixed levels"
            members = [(row[k.IN_LINE], c) for c, row in enumerate(s.conversation) if row[k.LANE] == lane]
            assert min(members)[1] == s.lane[lane][k.LANE_ROOT], "a lane's head is not its first"

    def check_levels(self) -> None:
        """Check that the level is the hand's or the highest reason's, and that no hand-made tag is lost to a rule."""
        s = self.desk.state
        for d in self.done:
            if isinstance(d, events.Prioritised):
                key = (d.conversation, d.rule)
                hold = self.desk.policy.schema.priority[d.rule].hold_ms
                if d.phase == 0:
                    self.ended[key] = d.at
                elif d.phase < 0 and hold > 0:
                    assert d.at - self.ended.get(key, d.at) >= hold, "a reason ran out before its time"
        for c, row in enumerate(s.conversation):
            active = [r.level for r, on in zip(self.desk.policy.schema.priority, s.reason[c], strict=True) if on]
            by_reason = max([self.desk.policy.schema.start_level, *active])
            assert row[k.LEVEL] == (row[k.HAND] if row[k.HAND] >= 0 else by_reason), "the level is nobody's"
            for facet in range(3):
                tags = (row[k.RULED0 + facet] & ~row[k.OFF0 + facet]) | row[k.HAND0 + facet]
                assert tags == row[k.TAGS0 + facet], "tags do not add up"
                assert row[k.HAND0 + facet] & ~row[k.TAGS0 + facet] == 0, "a hand-made tag is lost"
                by_hand = sum(
                    1 << self.desk.policy.schema.facets[facet].tags.index(tag)
                    for tag, how in self.desk.tags[c][facet].items()
                    if how == "hand" and tag in self.desk.policy.schema.facets[facet].tags
                )
                assert by_hand == row[k.HAND0 + facet], "names and bits of tags disagree"

    def eligible(self, c: int, a: int, holds: int) -> bool:
        """Say whether an agent holding so much may take a waiting conversation now, worked out the long way."""
        s, p = self.desk.state, self.desk.tables
        row, one = s.conversation[c], s.agent[a]
        if one[k.PRESENCE] != k.ONLINE:
            return False
        groups = row[k.GROUPS] | (p.send[row[k.LEVEL]] if s.desk[k.PEAK_ON] else 0)
        if not groups & (one[k.MEMBER] | one[k.LENT_TO]) or row[k.NEEDS] & ~one[k.SKILLS]:
            return False
        if row[k.LANGUAGE_RULE] and row[k.LANGUAGE] >= 0 and not one[k.SPEAKS] >> row[k.LANGUAGE] & 1:
            return False
        units = p.number[k.P_WEIGHT_AGENT] if row[k.UNANSWERED] >= 0 else p.number[k.P_WEIGHT_CUSTOMER]
        if row[k.COMPLEXITY] >= p.number[k.P_COMPLEX_FROM]:
            units = units * p.number[k.P_COMPLEX_FACTOR] // 1000
        return bool(holds + units <= one[k.LIMIT] - (0 if row[k.LEVEL] >= k.HIGH else p.number[k.P_RESERVE]))

    def check_assignments(self) -> None:
        """No agent past its capacity by rule; overdue before all levels; the least loaded of equals is taken."""
        s, p = self.desk.state, self.desk.tables
        made = [d for d in self.done if isinstance(d, events.Assigned)]
        guard = p.number[k.P_GUARD]
        for d in made:
            c, a = self.desk.conversation(d.conversation), self.desk.agents.find(d.agent)
            _, waited, holds, _, limit, level = d.because
            assert waited >= 0, "a negative wait"
            if any(isinstance(x, events.PeakChanged) for x in self.done):  # it turned after these were assigned
                assert holds < limit, "an agent past its capacity by rule"
                continue
            assert self.eligible(c, a, holds), "an agent who may not, or past its capacity by rule"
            for other, row in enumerate(s.conversation):
                if row[k.LANE] < 0 or row[k.EXCLUDED] == a or not self.eligible(other, a, holds):
                    continue
                if any(
                    one[k.LANE] == row[k.LANE] and (one[k.IN_LINE], n) < (row[k.IN_LINE], other)
                    for n, one in enumerate(s.conversation)
                ):
                    continue  # only the first of a lane is compared: one too heavy for the room lets nobody pass
                theirs = self.at - row[k.IN_LINE]
                credited = self.credited(c, waited)
                assert not theirs >= guard > credited, "an overdue one was passed over"
                if credited < guard and theirs < guard:
                    assert row[k.LEVEL] <= level, "a higher level was passed over"
        if len(made) == 1 and len(self.done) and self.desk.policy.schema.routing.strategy == "least_load":
            self.check_least_load(made[0])

    def credited(self, c: int, waited: int) -> int:
        """Return the wait with the credit of the conversation's tags."""
        row = self.desk.state.conversation[c]
        granted = [ms for facet, bit, ms in self.desk.tables.credit if row[k.TAGS0 + facet] & bit]
        return int(waited + max([0, *granted]))

    def check_least_load(self, d: Any) -> None:
        """Who was chosen holds no more than any other who could, unless the customer knows this one."""
        _, _, holds, known, _, _ = d.because
        if known == 1 or self.desk.conversation(d.conversation) >= len(self.excluded):
            return
        c, a = self.desk.conversation(d.conversation), self.desk.agents.find(d.agent)
        s, p = self.desk.state, self.desk.tables
        tier = rules.room_tier(holds, s.agent[a][k.LIMIT], p.number[k.P_RESERVE], p.number[k.P_WEIGHT_AGENT])
        fact = self.log[len(self.log) - len(self.done) - 1]
        moved = events.OwnerSet | events.GroupSet | events.Returned | events.Overflowed  # from whom it is kept, to whom
        if any(isinstance(x, moved | events.Lent | events.PeakChanged | events.Tidied) for x in (fact, *self.done)):
            return
        for other, one in enumerate(s.agent):
            if other in (a, self.excluded[c]) or not self.eligible(c, other, one[k.HOLDS]):
                continue
            theirs = rules.room_tier(one[k.HOLDS], one[k.LIMIT], p.number[k.P_RESERVE], p.number[k.P_WEIGHT_AGENT])
            assert (tier, holds) <= (theirs, one[k.HOLDS]), "a less loaded agent was passed over"

    def check_notices(self) -> None:
        """No rung rings twice for one breach or while paused; urgent ones are never dropped; no time is negative."""
        for d in self.fresh:
            if isinstance(d, events.NoticesPaused):
                self.paused[d.event, d.level] = d.until
            if isinstance(d, events.Notified | events.NoticeHeld):
                paused = d.at < self.paused.get((d.event, d.level), 0)
                assert not (paused and isinstance(d, events.Notified)), "a paused rule rang"
                assert paused or getattr(d, "reason", "") != "paused", "a rule was held that is not paused"
            if isinstance(d, NEW_BREACH):
                name = self.desk.conversations[self.desk.conversation(d.conversation)]  # it may go on by another
                self.rung = {key for key in self.rung if key[0] != name}
            if isinstance(d, events.Notified):
                assert d.because[1] >= 0
                key = (d.conversation, d.agent, d.event, d.level, d.rung, d.at - d.because[1])
                merged = d.merged > 0
                assert key not in self.rung or merged, "a rung rang twice in one breach"
                self.rung.add(key)
            if isinstance(d, events.NoticeHeld) and d.level == k.URGENT:
                assert d.reason not in ("limit", "quiet"), "an urgent notice was dropped"

    def check_nobody_waits_in_vain(self) -> None:
        """Check that no head of a lane waits whom an agent with room could take."""
        s, p = self.desk.state, self.desk.tables
        if self.desk.next_deadline() == self.desk.now + 1:
            return  # tidying made room at the end of the pass; the next pass, a millisecond later, uses it
        if not self.acts or not s.desk[k.CALENDAR] & p.number[k.P_OPEN_BIT]:
            return
        for c, row in enumerate(s.conversation):
            if row[k.LANE] >= 0 and s.lane[row[k.LANE]][k.LANE_ROOT] == c:
                free = [a for a, one in enumerate(s.agent) if self.eligible(c, a, one[k.HOLDS])]
                assert not free, "a customer waits though an agent has room"

    def check_times(self) -> None:
        """Check that the next deadline lies ahead and nothing is left marked."""
        due = self.desk.next_deadline()
        assert due is None or due > self.desk.now, "a deadline in the past"
        assert self.desk.state.desk[k.DIRTIED] == 0

    def check_fold(self) -> None:
        """Check that the fold of the log is the live state."""
        again = Desk(self.policy, acts=self.acts)
        again.fold(self.log)
        one, two = comparable(self.desk.state), comparable(again.state)
        for name in one:
            assert one[name] == two[name], f"fold and live state differ in {name}"
        assert list(again.tags) == list(self.desk.tags)
        assert again.next_deadline() == self.desk.next_deadline(), "fold and live desk wake at different instants"
