"""What a customer's message does to a conversation that was over: Chatwoot opens it again, and so does the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk.cards import conversation_card
from deskkit.desk.desk import fold
from deskkit.desk.events import AgentWrote, CustomerWrote, OwnerSet, Reopened, Resolved
from deskkit.desk.policy import Policy
from deskkit.measures import report
from tests.feeds.chatwoot_pages import ADA, BOT, CONVERSATION, WANG, hook, imported, message, page, seconds, thread
from tests.feeds.meiqia_pages import facts

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.desk.events import Event
    from deskkit.log import EventLog

STANDARD = Policy.load("data/policies/standard.toml")


def stands(clock: str, status: str, *messages: object, assignee: object = None) -> dict[str, Any]:
    """Return conversation 7 with its status, assignee and messages as of an instant."""
    meta = {"sender": WANG, "channel": "Channel::WebWidget", "assignee": assignee}
    times = dict.fromkeys(("timestamp", "last_activity_at", "updated_at"), seconds(clock))
    plain: dict[str, Any] = {"priority": None, "labels": [], "created_at": seconds("09:10:00")}
    return CONVERSATION | plain | times | {"status": status, "meta": meta, "messages": list(messages)}


def turned(clock: str, status: str, assignee: object = None) -> dict[str, Any]:
    """Return the webhook that tells of a new status."""
    changes = [{"status": {"current_value": status}}]
    return hook("conversation_status_changed", stands(clock, status, assignee=assignee), changed_attributes=changes)


def wrote(number: int, kind: int, clock: str, status: str, sender: object, assignee: object = None) -> dict[str, Any]:
    """Return the webhook of a message, with the conversation as of then around it."""
    around = stands(clock, status, assignee=assignee)
    return hook("message_created", message(number, kind, clock, "words", sender=sender), conversation=around)


HI = message(1, 0, "09:10:00", "hi", sender=WANG)
HELLO = message(2, 1, "09:10:30", "hello", sender=ADA)
AGAIN = message(3, 0, "14:00:00", "again", sender=WANG)
REOPENED_DAY = [
    hook("conversation_created", stands("09:10:00", "pending")),
    wrote(1, 0, "09:10:00", "pending", WANG),
    wrote(2, 1, "09:10:02", "pending", BOT),
    turned("09:11:00", "resolved"),
    wrote(3, 0, "14:00:00", "open", WANG),
    turned("14:00:00", "open"),
    hook("conversation_updated", stands("14:05:00", "open", assignee=ADA)),
    wrote(4, 1, "14:10:00", "open", ADA, ADA),
    turned("14:20:00", "resolved", ADA),
]


def order(log: EventLog, *kinds: type[Event]) -> list[tuple[str, int]]:
    """Return the events of some kinds with their seconds since 14:00."""
    return [(type(fact).__name__, fact.at // 1000 - seconds("14:00:00")) for fact in facts(log, *kinds)]


@pytest.mark.parametrize("late", [[], [5]])
def test_a_message_to_what_was_resolved_opens_it_again(tmp_path: Path, late: list[int]) -> None:
    """It is open just before the message, once, whether or not a webhook says so: the wait and the work count."""
    log, told = imported(tmp_path, *[one for at, one in enumerate(REOPENED_DAY) if at not in late])
    assert told.set_aside == {}
    assert [one for one in order(log, Reopened, CustomerWrote, OwnerSet, AgentWrote, Resolved) if one[1] >= 0] == [
        ("Reopened", 0), ("CustomerWrote", 0), ("OwnerSet", 300), ("AgentWrote", 600), ("Resolved", 1200),
    ]  # fmt: skip
    table = report(log, measures=["queue_wait", "handle_time", "reopen"]).frame
    assert table["value"].to_list() == [300_000, 900_000, 1.0]


@pytest.mark.parametrize(("status", "at"), [("resolved", "09:15:00"), ("snoozed", "09:15:00")])
def test_an_export_after_the_customer_wrote_again_opens_it(tmp_path: Path, status: str, at: str) -> None:
    """What the log holds as over is open and waiting after a later list; the same list again adds nothing."""
    log, _ = imported(tmp_path, page(stands(at, status, HI, HELLO, assignee=ADA)))
    later = page(stands("14:00:00", "open", HI, HELLO, AGAIN, assignee=ADA))
    imported(tmp_path, later, log=log)
    _, told = imported(tmp_path, later, log=log)
    assert told.stored == 0
    assert [one for one in order(log, Reopened, CustomerWrote) if one[1] >= 0] == [
        ("Reopened", 0),
        ("CustomerWrote", 0),
    ]
    card = conversation_card(fold([one.event for one in log.read()], STANDARD), "1:7")
    assert card.stage in {"waiting", "assigned"}
    assert card.unanswered_since == seconds("14:00:00") * 1000


def test_an_answer_before_the_next_export_hides_no_reopening(tmp_path: Path) -> None:
    """A status told only as of a later answer, or over again by then, does not hide that the customer came back."""
    answer = message(4, 1, "14:10:00", "here", sender=ADA)
    for status in ("open", "resolved"):
        log, _ = imported(tmp_path, page(stands("09:15:00", "resolved", HI, HELLO, assignee=ADA)))
        imported(tmp_path, page(stands("14:10:00", status, AGAIN, answer, assignee=ADA)), log=log)
        assert [one for one in order(log, Reopened, Resolved) if one[1] >= 0] == [
            ("Reopened", 0), *([("Resolved", 600)] if status == "resolved" else []),
        ]  # fmt: skip


def test_the_last_message_before_the_end_opens_nothing(tmp_path: Path) -> None:
    """A message as old as the end, or older, that comes in a later import is no return of the customer."""
    thanks = message(3, 0, "09:15:00", "thanks", sender=WANG)
    log, _ = imported(tmp_path, page(stands("09:15:00", "resolved", HI, assignee=ADA)))
    imported(tmp_path, thread(HELLO, thanks | {"created_at": "2026-06-18T09:15:00.700Z"}), log=log)
    assert len(facts(log, CustomerWrote)) == 2
    assert facts(log, Reopened) == []


def test_a_status_said_after_the_message_of_the_same_second_counts(tmp_path: Path) -> None:
    """Where seconds do not tell whether a message came before the end, the status told later does."""
    log, _ = imported(tmp_path, page(stands("09:15:00", "resolved", HI, assignee=ADA)))
    imported(tmp_path, thread(message(3, 0, "09:15:00", "wait", sender=WANG)), log=log)
    imported(tmp_path, turned("09:15:02", "open", ADA), log=log)
    assert [fact.at // 1000 for fact in facts(log, Reopened)] == [seconds("09:15:02")]
