"""Whose a conversation is, over several records, files and imports: what is known goes before what is assumed."""

from __future__ import annotations

import tempfile
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.clock import instant
from deskkit.desk import cards
from deskkit.desk.desk import fold
from deskkit.desk.events import AgentSet, AgentWrote, ConversationOpened, GroupSet, NoteWritten, OwnerSet
from deskkit.feeds.meiqia import import_meiqia
from deskkit.log import MemoryLog
from deskkit.sample import sample_policy
from tests.feeds.meiqia_pages import NEW, ZONE, facts, imported, said, saved

if TYPE_CHECKING:
    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog

CHEN = {
    "agent_account": "chen@shop.example",
    "agent_name": "陈晨",
    "agent_nick_name": "小晨",
    "agent_ID": "100009",
}
LIN = {"agent_account": "lin@shop.example", "agent_name": "林琳", "agent_nick_name": "琳姐", "agent_ID": "100010"}
NOBODY: dict[str, Any] = dict.fromkeys(CHEN)
NO_GROUP = {"group_id": None, "group_name": None}
LATE = "an assignment became known after its conversation was imported: left out"


def beijing(clock: str) -> int:
    """Return an instant of 18 June 2026 in Beijing."""
    return instant(f"2026-06-18 {clock}", zone=ZONE)


def record(*content: dict[str, Any], end: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a conversation from 10:30 on with these messages, without counts, open or until `end`."""
    left = ("conv_agent_msg_count", "conv_visitor_msg_count", "conv_first_resp_wait_in_secs", "comment_level")
    plain = {key: value for key, value in NEW.items() if key not in left}
    plain |= {"summary_content": None, "conv_content": list(content)}
    return plain | {"conv_end_tm": end and f"2026-06-18 {end}"} | more


def webhook(kind: str, clock: str, conversation: dict[str, Any]) -> dict[str, Any]:
    """Return the envelope of Meiqia's around a conversation."""
    return {"event": f"conversation.{kind}", "created_at": beijing(clock) // 1000, "conversation": conversation}


def daily(folder: Path, *records: object) -> tuple[EventLog, list[ImportReport]]:
    """Import each record in a run of its own, one after the other, into one log."""
    log = MemoryLog()
    reports = [imported(folder, one, log=log, name=f"{number}.json")[1] for number, one in enumerate(records)]
    return log, reports


def owners(log: EventLog, conversation: str = "68000100") -> list[tuple[str, int]]:
    """Return who owned a conversation from when on, in order of the log."""
    return [(fact.agent, fact.at) for fact in facts(log, OwnerSet) if fact.conversation == conversation]


def stands(log: EventLog) -> tuple[str, str, str]:
    """Return stage, owner and group of the conversation after a fold of the whole log."""
    desk = fold((stored.event for stored in log.read()), sample_policy("standard"))
    card = cards.conversation_card(desk, "68000100")
    return card.stage, card.owner, card.group


# ---------------------------------------------------------------- from one to the other and back

FIRST = [said("client", "10:30:00", "q1"), said("agent", "10:30:10", "a1")]
SECOND = [*FIRST, said("client", "10:31:00", "q2"), said("agent", "10:31:10", "b1", agent_name="林琳")]
THIRD = [*SECOND, said("client", "10:32:00", "q3"), said("agent", "10:32:10", "a2")]
EXPORTS = (record(*FIRST, **CHEN), record(*SECOND, **LIN), record(*THIRD, **CHEN, end="10:40:00"))
BACK = [
    ("chen@shop.example", beijing("10:30:00")),
    ("lin@shop.example", beijing("10:31:10")),
    ("chen@shop.example", beijing("10:32:10")),
]


def test_from_one_to_another_and_back_are_three_owners(tmp_path: Path) -> None:
    """Three exports, each by itself or all in one run, in any order of files, end with the right owner."""
    assert owners(daily(tmp_path, *EXPORTS)[0]) == BACK
    for order in permutations(EXPORTS):
        log, report = imported(tmp_path, *order)
        assert owners(log) == BACK
        assert (report.conversations, report.records) == (1, 3)
        assert imported(tmp_path, *order, log=log)[1].stored == 0


def test_back_without_a_further_reply_is_as_of_the_last_instant(tmp_path: Path) -> None:
    """An owner who has not replied since is known as of the last message."""
    third = record(*SECOND, said("client", "10:32:00", "q3"), **CHEN)
    for log in (daily(tmp_path, *EXPORTS[:2], third)[0], imported(tmp_path, *EXPORTS[:2], third)[0]):
        assert owners(log) == [*BACK[:2], ("chen@shop.example", beijing("10:32:00"))]


def test_an_older_export_imported_late_changes_no_owner(tmp_path: Path) -> None:
    """What the log knows of later instants holds."""
    log, _ = daily(tmp_path, EXPORTS[1], EXPORTS[0])
    assert owners(log)[-1] == ("lin@shop.example", beijing("10:31:10"))


def test_who_never_replied_owns_it_after_the_reply_of_another(tmp_path: Path) -> None:
    """The only reply falls to its author, whoever owned the conversation in the end."""
    content = [said("client", "10:30:00", "q"), said("agent", "10:30:10", "a", agent_name="林琳")]
    log, _ = imported(tmp_path, record(*content, **CHEN, end="10:40:00"))
    told = [type(fact).__name__ for fact in facts(log, OwnerSet, AgentWrote)]
    assert told == ["OwnerSet", "AgentWrote", "OwnerSet"]
    assert owners(log) == [("林琳", beijing("10:30:00")), ("chen@shop.example", beijing("10:40:00"))]


# ---------------------------------------------------------------- webhooks

HELLO = said("client", "10:30:01", "hello")
CREATED = webhook("created", "10:30:00", record(HELLO, **NOBODY, **NO_GROUP))
SCHEDULED = webhook("scheduled", "10:33:00", record(HELLO, **CHEN))
CLOSED = webhook(
    "closed", "10:40:00", record(HELLO, said("agent", "10:34:00", "hi"), **CHEN, end="10:40:00")
)  # fmt: skip
ASSIGNED = [("chen@shop.example", beijing("10:33:00"))]


def test_an_assignment_is_not_moved_to_the_last_message(tmp_path: Path) -> None:
    """On an open conversation the instant of the webhook stands; only the end limits it."""
    assert owners(imported(tmp_path, SCHEDULED)[0]) == ASSIGNED
    ended = webhook("scheduled", "10:50:00", record(HELLO, **CHEN, end="10:40:00"))
    assert owners(imported(tmp_path, ended)[0]) == [("chen@shop.example", beijing("10:40:00"))]


def test_a_known_assignment_goes_before_an_assumed_one(tmp_path: Path) -> None:
    """In any order of files, in one run or a run each, the first owner is owner from the known instant on."""
    for order in permutations((CREATED, SCHEDULED, CLOSED)):
        log, report = imported(tmp_path, *order)
        assert owners(log) == ASSIGNED
        assert not any("from its start" in what for what in report.assumed)
    assert owners(daily(tmp_path, CREATED, SCHEDULED, CLOSED)[0]) == ASSIGNED


def test_an_assignment_known_too_late_is_reported(tmp_path: Path) -> None:
    """The log keeps what was assumed, and the report says that the webhook came too late; one that agrees is silent."""
    log, (_, late) = daily(tmp_path, CLOSED, SCHEDULED)
    assert owners(log) == [("chen@shop.example", beijing("10:30:00"))]
    assert late.assumed[LATE] == 1
    log, _ = imported(tmp_path, SCHEDULED, CLOSED)
    assert LATE not in imported(tmp_path, SCHEDULED, log=log)[1].assumed


def test_a_page_without_news_does_not_move_an_assignment(tmp_path: Path) -> None:
    """A page of the open conversation knows the owner, but not since when; asked in any order the webhook does."""
    page = record(HELLO, **CHEN)
    for order in permutations((page, CREATED, SCHEDULED)):
        assert owners(imported(tmp_path, *order)[0]) == ASSIGNED
    assert owners(daily(tmp_path, SCHEDULED, page)[0]) == ASSIGNED
    log, (_, late) = daily(tmp_path, page, SCHEDULED)
    assert owners(log) == [("chen@shop.example", beijing("10:30:00"))]
    assert late.assumed[LATE] == 1


def test_a_group_given_later_is_the_conversations(tmp_path: Path) -> None:
    """One run opens it in its group; in a run each the group is set, and the owner has it all the same."""
    for order in permutations((CREATED, SCHEDULED)):
        log, _ = imported(tmp_path, *order)
        assert [opened.group for opened in facts(log, ConversationOpened)] == ["售后"]
        assert facts(log, GroupSet) == []
        assert stands(log)[1:] == ("chen@shop.example", "售后")
    log, _ = daily(tmp_path, CREATED, SCHEDULED)
    assert [(group.group, group.at) for group in facts(log, GroupSet)] == [("售后", beijing("10:30:00"))]
    assert stands(log) == ("assigned", "chen@shop.example", "售后")
    assert imported(tmp_path, CREATED, SCHEDULED, log=log)[1].stored == 0


def test_a_group_given_to_an_owned_conversation_keeps_its_owner(tmp_path: Path) -> None:
    """The change of group would release the owner; who is owner again at once."""
    log, _ = daily(tmp_path, record(HELLO, **CHEN, **NO_GROUP), record(HELLO, **CHEN))
    assert len(facts(log, GroupSet)) == 1
    assert stands(log) == ("assigned", "chen@shop.example", "售后")


def test_a_group_known_after_the_end_is_reported(tmp_path: Path) -> None:
    """A conversation that is over in the log is not moved, and the report says so."""
    whole = record(HELLO, **CHEN, end="10:40:00")
    log, (_, late) = daily(tmp_path, whole | NO_GROUP, whole)
    assert facts(log, GroupSet) == []
    assert any("left out" in what for what in late.assumed)


# ---------------------------------------------------------------- names

HELPED = record(said("client", "10:30:00", "q"), said("agent", "10:30:10", "a", agent_name="林琳"), **CHEN)
OWNED = record(said("client", "10:31:00", "q"), said("agent", "10:31:10", "a", agent_name="琳姐"), **LIN, conv_id=2)


def agents(log: EventLog) -> set[str]:
    """Return every agent a log speaks of."""
    return {fact.agent for fact in facts(log, AgentSet, AgentWrote, OwnerSet, NoteWritten)}


def test_who_wrote_is_the_account_the_log_knows(tmp_path: Path) -> None:
    """An author whose account an earlier import knows, by name or nickname, is no second agent."""
    nick = record(said("agent", "10:30:10", "a", agent_name="琳姐"), **CHEN, conv_id=3)
    both = {"lin@shop.example", "chen@shop.example"}
    log, _ = daily(tmp_path, OWNED, HELPED, nick)
    assert agents(log) == both == agents(imported(tmp_path, HELPED, OWNED, nick)[0])
    assert [agent.name for agent in facts(log, AgentSet) if agent.agent == "lin@shop.example"] == ["林琳"]


@pytest.mark.parametrize("way", ["with it", "before it"])
def test_who_wrote_is_the_account_of_the_roster(tmp_path: Path, way: str) -> None:
    """A roster, in the log or beside the export, says who an author is, by name or nickname."""
    roster = tmp_path / "agents.toml"
    roster.write_text('[[agent]]\nid = "Lin@shop.example"\nname = "林琳"\nnick = "琳姐"\n', encoding="utf-8")
    log = MemoryLog()
    if way == "before it":
        import_meiqia([saved(tmp_path, NEW | {"conv_id": 9})], log, zone=ZONE, roster=roster)
    imported(tmp_path, HELPED, OWNED, log=log, roster=roster if way == "with it" else None)
    assert agents(log) == {"Lin@shop.example", "chen@shop.example"}


def test_an_author_identified_later_is_reported(tmp_path: Path) -> None:
    """What was stored by name stays so, what comes then is the account's, nothing comes twice, the report says it."""
    log, (_, named, again) = daily(tmp_path, HELPED, OWNED, HELPED)
    assert agents(log) == {"林琳", "lin@shop.example", "chen@shop.example"}
    assert not any("by name only" in what for what in named.assumed)
    assert sum(count for what, count in again.assumed.items() if "by name only" in what) == 1
    assert again.stored == 0


def test_an_account_is_one_whatever_its_letters(tmp_path: Path) -> None:
    """An e-mail address in capitals is the same agent, in one import and over two."""
    loud = EXPORTS[0] | {"agent_account": "Chen@SHOP.example", "conv_id": 2}
    for log in (imported(tmp_path, loud, EXPORTS[0])[0], daily(tmp_path, loud, EXPORTS[0])[0]):
        assert agents(log) == {"chen@shop.example"}


def test_an_owner_without_account_is_whom_the_log_knows(tmp_path: Path) -> None:
    """An owner given by name alone is the account of that name."""
    bare = OWNED | {"agent_account": None, "agent_ID": None, "conv_id": 3}
    log, _ = daily(tmp_path, OWNED, bare)
    assert agents(log) == {"lin@shop.example"}


# ---------------------------------------------------------------- contradictions


def test_records_that_contradict_one_another_are_counted(tmp_path: Path) -> None:
    """Another customer, start or end of one conversation is conflicting, in one run and over two; agreement is not."""
    one = record(HELLO, **CHEN, end="10:40:00")
    other = one | {
        "client_id": 77,
        "conv_start_tm": "2026-06-18 10:29:00.000000",
        "conv_end_tm": "2026-06-18 10:45:00.000000",
        "group_name": "售前",
    }
    names = ("client_id", "conv_start_tm", "conv_end_tm", "group_name")
    _, together = imported(tmp_path, one, other)
    _, (_, apart) = daily(tmp_path, one, other)
    for report in (together, apart):
        assert [report.fields[name].conflicting for name in names] == [1, 1, 1, 1]
    assert (together.conversations, together.records) == (1, 2)
    _, same = imported(tmp_path, one, one)
    assert [same.fields[name].conflicting for name in names] == [0, 0, 0, 0]


# ---------------------------------------------------------------- laws


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["asks", "replies", "goes to 陈晨", "goes to 林琳", "is exported"]), max_size=14))
def test_the_owner_is_the_last_exports(story: list[str]) -> None:
    """However a conversation goes and whenever it is exported, the log ends with the owner of the last export."""
    hands, owner, content, exports = {"陈晨": CHEN, "林琳": LIN}, "陈晨", [HELLO], []
    for minute, what in enumerate([*story, "is exported"], 31):
        if what == "asks":
            content = [*content, said("client", f"10:{minute}:00", "q")]
        elif what == "replies":
            content = [*content, said("agent", f"10:{minute}:00", "a", agent_name=owner)]
        elif what == "is exported":
            exports.append(record(*content, **hands[owner]))
        else:
            owner = what.removeprefix("goes to ")
    with tempfile.TemporaryDirectory() as folder:
        known = [record(HELLO, **LIN, conv_id=2), record(HELLO, **CHEN, conv_id=3)]  # both names are accounts
        together, _ = imported(Path(folder), *known, *exports)
        apart, reports = daily(Path(folder), *known, *exports, exports[-1])
    assert owners(apart)[-1][0] == hands[owner]["agent_account"]
    assert owners(together)[-1][0] == hands[owner]["agent_account"]
    assert reports[-1].stored == 0
    assert agents(apart) == agents(together)
    assert stands(apart)[1] == hands[owner]["agent_account"]
