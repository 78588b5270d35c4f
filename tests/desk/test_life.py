"""The life of a conversation: which fact leads from which stage to which, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.desk import columns as k
from deskkit.desk import core, events
from deskkit.desk.desk import Desk
from deskkit.desk.state import comparable
from tests.desk.scene import BARE, DAY, HOUR, MINUTE, START, Scene, kinds, of, policy

STAGES = ("waiting", "assigned", "snoozed", "resolved", "abandoned", "archived")
INITIALS = dict(zip("WASRBX", STAGES, strict=True))
# For each fact the stage after it, for the six stages in order; a point: refused.
TABLE = {
    "customer": "WASRBX",
    "agent": "AASRBX",
    "automatic": "WASRBX",
    "system": "WASRBX",
    "note": "WASRBX",
    "viewed": "WASRBX",
    "left": "BBB...",
    "resolved": "RRR.R.",
    "reopened": "..AAAA",
    "snoozed": "SSS...",
    "archived": "XXXXX.",
    "unarchived": ".....A",
    "tag": "WASRBX",
    "priority": "WASRBX",
    "owner": "AAA...",
    "to the queue": ".WW...",
    "group": "WWW...",
    "helper": "WAS...",
    "rated": "WASRBX",
}
AUTOMATIC = {"agent": "chen", "message": "m", "text": "Welcome!", "automatic": True}
FACTS: dict[str, tuple[type[events.Fact], dict[str, Any]]] = {
    "customer": (events.CustomerWrote, {"message": "m", "text": "and now?"}),
    "agent": (events.AgentWrote, {"agent": "chen", "message": "m", "text": "yes"}),
    "automatic": (events.AgentWrote, AUTOMATIC),
    "system": (events.SystemWrote, {"message": "m", "text": "bot"}),
    "note": (events.NoteWritten, {"agent": "chen", "text": "mind the tone"}),
    "viewed": (events.Viewed, {"agent": "chen"}),
    "left": (events.CustomerLeft, {}),
    "resolved": (events.Resolved, {}),
    "reopened": (events.Reopened, {}),
    "snoozed": (events.Snoozed, {"until": START + DAY}),
    "archived": (events.Archived, {}),
    "unarchived": (events.Unarchived, {}),
    "tag": (events.TagSet, {"facet": "label", "tag": "hurry"}),
    "priority": (events.PrioritySet, {"level": 3}),
    "owner": (events.OwnerSet, {"agent": "wang"}),
    "to the queue": (events.OwnerSet, {"agent": ""}),
    "group": (events.GroupSet, {"group": "other"}),
    "helper": (events.HelperSet, {"agent": "wang"}),
    "rated": (events.Rated, {"rating": 1}),
}
CELLS = [(fact, stage) for fact in TABLE for stage in STAGES]


def quiet_scene(**more: Any) -> Scene:
    """Return a scene of two agents who are away: nothing is assigned unless a hand does it."""
    scene = Scene(agents=("chen", "wang"), **more)
    for agent in ("chen", "wang"):
        scene.take(events.PresenceSet, agent=agent, presence="away")
    return scene


def bring(scene: Scene, stage: str) -> None:
    """Bring the conversation c1 to a stage; unless waiting, chen is or was its owner."""
    scene.open()
    if stage == "waiting":
        return
    scene.do(events.OwnerSet, agent="chen")
    leads: dict[str, tuple[type[events.Fact], dict[str, Any]]] = {
        "snoozed": (events.Snoozed, {"until": scene.at + HOUR}),
        "resolved": (events.Resolved, {}),
        "abandoned": (events.CustomerLeft, {}),
        "archived": (events.Archived, {}),
    }
    if stage in leads:
        kind, fields = leads[stage]
        scene.do(kind, **fields)
    assert scene.stage() == stage


@pytest.mark.parametrize(("fact", "stage"), CELLS)
def test_each_fact_leads_from_each_stage_where_the_table_says(fact: str, stage: str) -> None:
    """Every cell of the life cycle: the stage after the fact alone, before any rule; or it is refused."""
    scene = quiet_scene()
    bring(scene, stage)
    kind, fields = FACTS[fact]
    folding = Desk(BARE)
    folding.fold([*scene.log, kind(at=scene.at, conversation="c1", **fields)])  # type: ignore[call-arg]
    after = TABLE[fact][STAGES.index(stage)]
    found = STAGES[folding.state.conversation[0][k.STAGE]]
    assert found == (stage if after == "." else INITIALS[after])


@pytest.mark.parametrize(("fact", "stage"), [cell for cell in CELLS if TABLE[cell[0]][STAGES.index(cell[1])] == "."])
def test_a_refused_fact_changes_nothing(fact: str, stage: str) -> None:
    """What a stage does not allow is refused with its reason, and the desk stays as it was to the last integer."""
    scene = quiet_scene()
    bring(scene, stage)
    before, card, due = comparable(scene.desk.state), scene.card(), scene.desk.next_deadline()
    kind, fields = FACTS[fact]
    done = scene.do(kind, **fields)
    assert kinds(done) == ["Refused"]
    idle = (fact, stage) == ("to the queue", "waiting")
    assert of(done, events.Refused)[0].reason == ("no change" if idle else "stage")
    assert comparable(scene.desk.state) == before
    assert (scene.card(), scene.desk.next_deadline()) == (card, due)
    assert scene.do(events.PrioritySet, level=3) == ()
    assert comparable(scene.desk.state) != before  # what is allowed does change it


def test_the_table_above_is_the_whole_table_of_the_model() -> None:
    """Every fact about a conversation and every stage stands in the table: no cell is left untested."""
    assert len(core.LIFE) == len(STAGES)
    about = {kind for kind in events.FACTS if issubclass(kind, events.ConversationFact)}
    assert {kind for kind, _ in FACTS.values()} == about - {events.ConversationOpened}
    assert {len(row) for row in core.LIFE} == {len(about)}


@pytest.mark.parametrize("stage", ["snoozed", "resolved", "abandoned", "archived"])
def test_reopened_by_hand_it_is_with_its_owner_again_unless_offline(stage: str) -> None:
    """Reopening gives a conversation back to its owner, even one who is away; to the queue if the owner is offline."""
    for presence, expected in (("online", "assigned"), ("away", "assigned"), ("offline", "waiting")):
        scene = quiet_scene()
        bring(scene, stage)
        scene.take(events.PresenceSet, agent="chen", presence=presence)
        scene.at += MINUTE
        scene.do(events.Reopened)
        card = scene.card()
        assert (card.stage, card.owner) == (expected, "chen" if expected == "assigned" else "")
        assert card.closed_at is None


def test_reopened_without_an_owner_it_waits() -> None:
    """A customer who left the queue unserved and is reopened stands in the queue, for whoever has room."""
    scene = quiet_scene()
    scene.open()
    scene.do(events.CustomerLeft)
    scene.at += HOUR
    assert scene.do(events.Reopened) == ()
    assert (scene.stage(), scene.card().waiting_since) == ("waiting", scene.at)
    done = scene.take(events.PresenceSet, agent="wang", presence="online")
    assert [d.agent for d in of(done, events.Assigned)] == ["wang"]


# ---------------------------------------------------------------- handled, and what it frees


def test_handling_frees_owner_and_helpers() -> None:
    """Resolved, abandoned or archived, a conversation weighs on nobody and its helpers leave."""
    for kind in (events.Resolved, events.CustomerLeft, events.Archived):
        scene = Scene(agents=("chen", "wang"))
        scene.open()
        owner = scene.card().owner
        helper = "wang" if owner == "chen" else "chen"
        scene.do(events.HelperSet, agent=helper)
        assert (scene.load(owner), scene.load(helper)) == (1.0, 0.3)
        scene.do(kind)
        assert (scene.load(owner), scene.load(helper)) == (0.0, 0.0)
        assert scene.card().helpers == ()
        assert scene.card().owner == owner  # who had it last stays known


def test_a_late_fact_does_not_turn_the_clock_back() -> None:
    """A fact that comes with an older time is folded now: nothing ever lasts a negative time."""
    scene = Scene()
    scene.open()
    scene.at += MINUTE
    scene.reply()
    scene.at -= 30_000
    scene.say("one more thing")
    assert scene.desk.now == START + MINUTE
    assert scene.card().unanswered_since == START + MINUTE


# ---------------------------------------------------------------- abandon


def test_a_customer_leaves_the_queue_the_service_or_silently() -> None:
    """In queue, in service and silent are told apart by the stage before and by the fact; each counts as unresolved."""
    scene = quiet_scene()
    for name in ("c1", "c2", "c3"):
        scene.open(name)
    scene.do(events.OwnerSet, "c2", agent="chen")
    scene.do(events.OwnerSet, "c3", agent="chen")
    assert scene.customer().unresolved == 0
    for count, (name, silent) in enumerate((("c1", False), ("c2", False), ("c3", True)), 1):
        scene.do(events.CustomerLeft, name, silent=silent)
        assert (scene.stage(name), scene.customer().unresolved) == ("abandoned", count)
    assert [scene.row(name)[k.STAGE_BEFORE] for name in ("c1", "c2", "c3")] == [k.WAITING, k.ASSIGNED, k.ASSIGNED]
    assert [fact.silent for fact in scene.log if isinstance(fact, events.CustomerLeft)] == [False, False, True]
    assert scene.load() == 0.0
    assert scene.desk.state.desk[k.WAITING_NOW] == 0


def test_leaving_while_snoozed_ends_the_snooze() -> None:
    """Who leaves is not woken any more."""
    scene = Scene()
    scene.open()
    scene.do(events.Snoozed, until=scene.at + HOUR)
    scene.do(events.CustomerLeft)
    assert scene.stage() == "abandoned"
    assert scene.wait(2 * HOUR) == ()


def test_an_abandoned_conversation_marked_handled_is_resolved_for_the_customer() -> None:
    """Once somebody has dealt with who left, nothing is unresolved; the instant it closed stays the first."""
    scene = Scene()
    scene.open()
    scene.at += MINUTE
    scene.do(events.CustomerLeft)
    scene.at += HOUR
    scene.do(events.Resolved)
    assert (scene.stage(), scene.customer().unresolved) == ("resolved", 0)
    assert scene.card().closed_at == START + MINUTE


# ---------------------------------------------------------------- a message to a closed conversation


@pytest.mark.parametrize("kind", [events.Resolved, events.CustomerLeft, events.Archived])
def test_a_message_within_the_time_reopens(kind: type[events.Fact]) -> None:
    """Up to and at 24 hours after the end a message reopens the same conversation, back with the agent it had."""
    scene = Scene()
    scene.open()
    scene.reply()
    scene.do(kind)
    scene.wait(DAY)
    done = scene.say("it broke again")
    assert kinds(done)[:2] == ["Revived", "Queued"]
    assert of(done, events.Revived)[0].because[1:3] == (DAY, DAY)
    assert [d.agent for d in of(done, events.Assigned)] == ["chen"]
    card = scene.card()
    assert (card.stage, card.turns, card.closed_at) == ("assigned", 2, None)
    assert card.unanswered_since == START + DAY


@pytest.mark.parametrize("kind", [events.Resolved, events.CustomerLeft, events.Archived])
def test_a_message_too_late_begins_a_new_conversation(kind: type[events.Fact]) -> None:
    """A millisecond after 24 hours the contact goes on as c1~2; the old conversation stays as it was."""
    scene = Scene()
    scene.open()
    scene.reply()
    scene.do(kind)
    old = scene.row()
    scene.wait(DAY + 1)
    done = scene.say("it broke again")
    renewed = of(done, events.Renewed)[0]
    assert (renewed.conversation, renewed.renewed, renewed.because[1:3]) == ("c1", "c1~2", (DAY + 1, DAY))
    assert [d.conversation for d in of(done, events.Assigned)] == ["c1~2"]
    assert scene.desk.state.conversation[0] == old
    assert [len(messages) for messages in scene.desk.messages] == [2, 1]
    card = scene.card("c1~2")
    assert (card.stage, card.customer, card.opened, card.turns) == ("assigned", "zhang", scene.at, 1)
    assert scene.row("c1~2")[k.RETURNING] == 1


def test_a_contact_goes_on_under_ever_new_names() -> None:
    """A product knows its conversation by one name for ever; each new contact gets the next: c1~2, c1~3, c1~4."""
    scene = Scene()
    scene.open()
    for renewed in ("c1~2", "c1~3", "c1~4"):
        scene.reply()
        scene.do(events.Resolved)
        scene.wait(DAY + 1)
        assert of(scene.say("again"), events.Renewed)[0].renewed == renewed
    assert list(scene.desk.conversations) == ["c1", "c1~2", "c1~3", "c1~4"]
    scene.say("more", "c1~2")  # by an older name as well
    assert [len(messages) for messages in scene.desk.messages] == [2, 2, 2, 2]


def test_a_new_name_never_takes_one_that_is_there() -> None:
    """A product may itself have called a conversation c1~2: then the contact goes on as c1~3."""
    scene = Scene()
    scene.open()
    scene.open("c1~2", customer="li")
    scene.do(events.Resolved)
    scene.wait(DAY + 1)
    assert of(scene.say("again"), events.Renewed)[0].renewed == "c1~3"
    assert [scene.card(name).customer for name in ("c1~2", "c1~3")] == ["li", "zhang"]


def test_what_befalls_the_old_conversation_does_not_befall_the_new() -> None:
    """A decision about c1 is about c1, also in a fold, though messages to c1 go on as c1~2."""
    scene = Scene(policy(tidy=({"name": "old", "do": "archive", "when": {"stage": "resolved", "idle": ">= 3 days"}},)))
    scene.open()
    scene.do(events.Resolved)
    scene.wait(2 * DAY)
    scene.say("again")
    done = scene.wait(DAY)
    assert [(d.conversation, d.at) for d in of(done, events.Tidied)] == [("c1", START + 3 * DAY)]
    assert [row[k.STAGE] for row in scene.desk.state.conversation] == [k.ARCHIVED, k.ASSIGNED]


def test_a_transfer_counts_once_in_the_customers_history() -> None:
    """However often a conversation is handled and reopened, its one change of owner stays one in the past."""
    scene = Scene(policy(levels=({"name": "moved", "level": "high", "when": {"past_transfers": ">= 2"}},)),
                  agents=("chen", "wang"))  # fmt: skip
    scene.open()
    scene.do(events.OwnerSet, agent="wang" if scene.card().owner == "chen" else "chen")
    for _ in range(3):
        scene.do(events.Resolved)
        assert scene.desk.state.customer[0][k.PAST_TRANSFERS] == 1
        scene.say("again")
        assert scene.desk.state.customer[0][k.PAST_TRANSFERS] == 0
    assert (scene.row()[k.TRANSFERS], scene.level()) == (1, 1)
