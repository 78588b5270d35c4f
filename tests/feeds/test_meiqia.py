"""Meiqia's conversations become the right facts, once, by the right hand, in order of time."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from deskkit.clock import instant
from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    CustomerLeft,
    CustomerWrote,
    Decision,
    Fact,
    NoteWritten,
    OwnerSet,
    Rated,
    Resolved,
    TagSet,
)
from deskkit.errors import FeedError
from deskkit.feeds.meiqia import import_meiqia
from deskkit.log import MemoryLog
from tests.feeds.meiqia_pages import NEW, OLD, ZONE, facts, imported, said, saved, without

if TYPE_CHECKING:
    from pathlib import Path


def beijing(clock: str) -> int:
    """Return an instant of 18 June 2026 in Beijing."""
    return instant(f"2026-06-18 {clock}", zone=ZONE)


# ---------------------------------------------------------------- times


def test_times_without_a_declared_zone_are_refused(tmp_path: Path) -> None:
    """Without a zone nothing is imported, and the error shows the corrected call."""
    log = MemoryLog()
    with pytest.raises(FeedError, match=r"carry no zone.*Beijing time.*zone='Asia/Shanghai'"):
        import_meiqia([saved(tmp_path, NEW)], log, zone=None)
    assert log.last_seq() == 0


def test_an_unknown_zone_is_refused(tmp_path: Path) -> None:
    """A zone that does not exist is named in the error."""
    for zone in ("Asia/Beijing ", "../etc", "China Standard Time", "Asia"):
        with pytest.raises(FeedError, match="no such time zone"):
            import_meiqia([saved(tmp_path, NEW)], MemoryLog(), zone=zone)


def test_naive_times_are_read_in_the_zone_and_floored(tmp_path: Path) -> None:
    """10:42:33.465659 in Beijing is 02:42:33.465 in UTC."""
    log, _ = imported(tmp_path, OLD)
    (opened,) = facts(log, ConversationOpened)
    assert opened.at == instant("2017-04-20T02:42:33.465Z")
    assert facts(log, CustomerLeft)[0].at == instant("2017-04-20T02:43:05.976Z")


def test_the_zone_is_the_one_declared(tmp_path: Path) -> None:
    """The same text read in UTC lies eight hours later than read in Beijing."""
    shanghai, utc = MemoryLog(), MemoryLog()
    import_meiqia([saved(tmp_path, OLD)], shanghai, zone=ZONE)
    import_meiqia([saved(tmp_path, OLD)], utc, zone="UTC")
    pair = zip(facts(shanghai, Fact), facts(utc, Fact), strict=True)
    assert {late.at - early.at for early, late in pair} == {8 * 3_600_000}


def test_another_zone_than_before_is_refused(tmp_path: Path) -> None:
    """In another zone everything would come twice: refused with the corrected command; another name of it is not."""
    log, _ = imported(tmp_path, NEW)
    before = log.last_seq()
    for zone in ("UTC", "Asia/Tokyo"):
        with pytest.raises(FeedError, match=r"another zone.*Got .*--log memory: --zone Asia/Shanghai"):
            import_meiqia([saved(tmp_path, OLD)], log, zone=zone)
    assert log.last_seq() == before
    assert import_meiqia([saved(tmp_path, NEW)], log, zone="Asia/Chongqing").stored == 0


def test_an_import_of_nothing_settles_no_zone(tmp_path: Path) -> None:
    """A log into which nothing came takes any zone afterwards."""
    log = MemoryLog()
    import_meiqia([saved(tmp_path, {"errno": 1, "result": None})], log, zone="UTC")
    assert imported(tmp_path, NEW, log=log)[1].stored > 0


def test_the_spelling_of_times_makes_no_second_conversation(tmp_path: Path) -> None:
    """Naive in the declared zone, with an offset or in UTC: one instant, one fact."""
    log, _ = imported(tmp_path, NEW)
    text = json.dumps(NEW, ensure_ascii=False)
    for spelt in (r"T10\1+08:00", r"T02\1Z", r" 10\1+0800", r"T10\1"):
        again = re.sub(r"(?<=2026-06-18) 10(:[\d:.]+)", spelt, text)
        assert again != text
        _, report = imported(tmp_path, json.loads(again), log=log)
        assert (report.stored, report.conversations) == (0, 1)


# ---------------------------------------------------------------- the two shapes


def test_the_shape_of_2017(tmp_path: Path) -> None:
    """Three fields per message suffice; a promotion is automatic, and who never wrote left silently."""
    log, report = imported(tmp_path, OLD)
    (promotion,) = facts(log, AgentWrote)
    assert (promotion.agent, promotion.automatic) == ("qian@shop.example", True)
    assert [left.silent for left in facts(log, CustomerLeft)] == [True]
    assert facts(log, Resolved) == []
    assert facts(log, ConversationOpened)[0].customer == "50000043"
    assert (report.conversations, report.messages, report.rows_set_aside) == (1, 1, 0)
    assert sum(count.conflicting for count in report.fields.values()) == 0


def test_the_shape_of_2026(tmp_path: Path) -> None:
    """Every part of a full record arrives, in order of time, by the right hand."""
    log, report = imported(tmp_path, NEW)
    told = [
        (
            fact.at,
            type(fact).__name__,
            getattr(fact, "text", getattr(fact, "tag", getattr(fact, "agent", ""))),
        )
        for fact in facts(log)
    ]
    assert told == [
        (beijing("10:30:00"), "CustomerSet", ""),
        (beijing("10:30:00"), "ConversationOpened", ""),
        (beijing("10:30:00"), "TagSet", "VIP"),
        (beijing("10:30:00"), "TagSet", "老客户"),
        (beijing("10:30:00"), "AgentSet", "chen@shop.example"),
        (beijing("10:30:00"), "OwnerSet", "chen@shop.example"),
        (beijing("10:30:00.100"), "SystemWrote", "欢迎"),
        (beijing("10:30:01"), "AgentWrote", "您好，请问有什么可以帮您？"),
        (beijing("10:30:10.123"), "CustomerWrote", "订单还没到"),
        (beijing("10:30:31"), "AgentWrote", "我查一下"),
        (beijing("10:31:00"), "CustomerWrote", "receipt.png"),
        (beijing("10:32:00"), "AgentWrote", "已经补发"),
        (beijing("10:39:59"), "AgentWrote", "感谢咨询"),
        (beijing("10:40:00"), "Resolved", ""),
        (beijing("10:40:00"), "TagSet", "补发"),
        (beijing("10:40:00"), "TagSet", "grade:金牌"),
        (beijing("10:40:00"), "Rated", ""),
        (beijing("10:41:00"), "NoteWritten", "包裹丢失，补发"),
    ]
    (file,) = facts(log, CustomerWrote)[1].files
    assert (file.name, file.url) == ("receipt.png", "https://img.example/a/b/receipt.png?sig=1")
    assert [wrote.automatic for wrote in facts(log, AgentWrote)] == [True, False, False, True]
    assert {tag.facet for tag in facts(log, TagSet)} == {"customer", "label"}
    (opened,) = facts(log, ConversationOpened)
    assert (opened.customer, opened.group, opened.channel) == ("50000077", "售后", "web/官网")
    assert facts(log, AgentSet)[0].groups == ("售后",)
    assert facts(log, NoteWritten)[0].agent == "chen@shop.example"
    assert facts(log, Rated)[0].rating == 1
    assert report.fields["conv_first_resp_wait_in_secs"].conflicting == 0
    assert report.assumed == {"the first owner had it from its start": 1}


def test_an_import_writes_facts_only(tmp_path: Path) -> None:
    """No decision is in the log, and every fact has an identity of Meiqia's."""
    log, report = imported(tmp_path, OLD, NEW)
    assert facts(log, Decision) == []
    assert {fact.source for fact in facts(log)} == {"meiqia"}
    assert len(facts(log)) == report.stored == report.facts - report.repeated > 0


# ---------------------------------------------------------------- identity


def test_the_same_export_twice_adds_nothing(tmp_path: Path) -> None:
    """Every fact of the second import was known, its counts are those of the first, and so is what it assumed."""
    log, first = imported(tmp_path, OLD, NEW)
    digest = log.digest()
    _, second = imported(tmp_path, OLD, NEW, log=log)
    assert log.digest() == digest
    assert (second.stored, second.duplicates, second.repeated) == (0, first.stored, first.repeated)
    assert second.facts == first.facts == first.stored + first.repeated
    assert second.assumed == first.assumed != {}


def test_part_of_an_export_again_adds_nothing(tmp_path: Path) -> None:
    """A single page of what was imported holds no news."""
    other = NEW | {"conv_id": 68000101, "group_name": "售前", "client_info": {"name": "王女士"}}
    log, _ = imported(tmp_path, NEW, other)
    for page in (NEW, other):
        assert imported(tmp_path, page, log=log)[1].stored == 0


def test_an_open_conversation_later_closed_adds_only_the_news(tmp_path: Path) -> None:
    """The later version adds its new message and the end, and nothing else."""
    still_open = without(NEW, "conv_tags", "conv_quality_grade", "comment_level", "summary_content")
    still_open |= {"conv_end_tm": None, "conv_content": NEW["conv_content"][:5], "conv_agent_msg_count": 1}
    log, _ = imported(tmp_path, still_open)
    assert facts(log, Resolved, CustomerLeft) == []
    before = log.last_seq()
    imported(tmp_path, NEW, log=log)
    news = [type(stored.event).__name__ for stored in log.read(before)]
    assert news == ["AgentWrote", "AgentWrote", "Resolved", "TagSet", "TagSet", "Rated", "NoteWritten"]


def test_an_agent_changed_between_versions_is_one_more_owner(tmp_path: Path) -> None:
    """The later version's agent owns it from the own first reply on."""
    first = NEW | {"conv_end_tm": None, "conv_content": NEW["conv_content"][:4]}
    log, _ = imported(tmp_path, first)
    content = [*NEW["conv_content"][:5], said("agent", "10:33:00", "我来处理", agent_name="林琳")]
    later = first | {"agent_account": "lin@shop.example", "agent_name": "林琳", "agent_nick_name": ""}
    # Who 陈晨 is, another conversation of the same export tells.
    another = NEW | {"conv_id": 68000102}
    imported(tmp_path, later | {"conv_content": content}, another, log=log)
    owners = [(owner.agent, owner.at) for owner in facts(log, OwnerSet) if owner.conversation == "68000100"]
    # The first owner is known under the account already; by name it is the same agent again.
    assert owners == [("chen@shop.example", beijing("10:30:00")), ("lin@shop.example", beijing("10:33:00"))]


def test_messages_without_id_are_told_apart(tmp_path: Path) -> None:
    """Equal messages of one microsecond and sender are two; the order of the list settles which is which."""
    content = [
        said("client", "10:31:00", "在吗"),
        said("client", "10:31:00", "在吗"),
        said("agent", "10:31:00", "在"),
    ]
    log, _ = imported(tmp_path, NEW | {"conv_content": content})
    wrote = facts(log, CustomerWrote, AgentWrote)
    assert [one.message for one in wrote] == [
        "68000100:1781749860000000c",
        "68000100:1781749860000000c1",
        "68000100:1781749860000000a",
    ]
    more = [*content, said("client", "10:32:00", "好的")]
    _, report = imported(tmp_path, NEW | {"conv_content": more}, log=log)
    assert report.stored == 1


def test_an_inserted_earlier_message_shifts_no_identity(tmp_path: Path) -> None:
    """A message that a later export adds in front is the only new one."""
    log, _ = imported(tmp_path, NEW)
    early = [said("client", "10:30:00.5", "喂？"), *NEW["conv_content"]]
    _, report = imported(tmp_path, NEW | {"conv_content": early}, log=log)
    assert report.stored == 1


def test_seconds_and_microseconds_of_one_time_are_the_same_message(tmp_path: Path) -> None:
    """The spelling of a time is no part of an identity."""
    log, _ = imported(tmp_path, NEW)
    content = [one | {"timestamp": one["timestamp"].replace(".000000", "")} for one in NEW["conv_content"]]
    _, report = imported(tmp_path, NEW | {"conv_content": content}, log=log)
    assert report.stored == 0


# ---------------------------------------------------------------- agents


def test_who_replied_first_under_another_name_had_it_first(tmp_path: Path) -> None:
    """Two names among the replies are a transfer; the second account owns it from the own first reply."""
    content = [
        said("client", "10:30:10", "在吗"),
        said("agent", "10:30:20", "您好", agent_name="林琳"),
        said("agent", "10:35:00", "我接手", agent_name="小晨"),
    ]
    log, _ = imported(tmp_path, NEW | {"conv_content": content})
    owners = [(owner.agent, owner.at) for owner in facts(log, OwnerSet)]
    assert owners == [("林琳", beijing("10:30:00")), ("chen@shop.example", beijing("10:35:00"))]
    assert [wrote.agent for wrote in facts(log, AgentWrote)] == ["林琳", "chen@shop.example"]


def test_a_name_is_the_account_that_bears_it_alone(tmp_path: Path) -> None:
    """A reply by name is that account's if the export has one; if two bear the name, it stays a name."""
    guest = [said("agent", "10:30:20", "您好", agent_name="林琳")]
    record = NEW | {"conv_content": guest}
    lin = NEW | {"conv_id": 2, "agent_account": "lin@shop.example", "agent_name": "林琳"}
    other = lin | {"conv_id": 3, "agent_account": "lin2@shop.example"}
    for pages, agent in (((record, lin), "lin@shop.example"), ((lin, record, other), "林琳")):
        log, _ = imported(tmp_path, *pages)
        assert {wrote.agent for wrote in facts(log, AgentWrote) if wrote.conversation == "68000100"} == {agent}


def test_a_roster_is_not_overwritten(tmp_path: Path) -> None:
    """An agent whom the log knows from elsewhere keeps skills, groups and name."""
    log = MemoryLog()
    roster = AgentSet(
        at=0, source="roster", source_id="1", agent="chen@shop.example", name="Chen", skills={"technical": 3}
    )
    log.append([roster], received_at=0)
    imported(tmp_path, NEW, log=log)
    assert facts(log, AgentSet) == [roster]


def test_groups_of_an_agent_add_up(tmp_path: Path) -> None:
    """An agent seen in two groups is in both, whichever page comes later."""
    other = NEW | {"conv_id": 2, "group_name": "售前", "conv_start_tm": "2026-06-18 10:31:00.000000"}
    log, _ = imported(tmp_path, other, NEW)
    assert [agent.groups for agent in facts(log, AgentSet)] == [("售后",), ("售后", "售前")]


def test_an_import_stores_in_order_of_time(tmp_path: Path) -> None:
    """Pages in any order, more than fit in memory: the log is sorted, and the same."""
    days = [
        json.loads(json.dumps(NEW).replace("2026-06-18", f"2026-06-{day}")) | {"conv_id": day, "client_id": day}
        for day in range(10, 30)
    ]
    first, _ = imported(tmp_path, *days)
    second, _ = imported(tmp_path, *days[::-1], hold=7)
    ats = [fact.at for fact in facts(second)]
    assert ats == sorted(ats)
    assert first.digest() == second.digest()


# ---------------------------------------------------------------- webhooks


@pytest.mark.parametrize("key", ["conversation", "data", None])
def test_webhook_envelopes_hold_a_conversation(tmp_path: Path, key: str | None) -> None:
    """The object stands under `conversation`, under `data`, or at the top; the result is the API's."""
    envelope = {"id": "sub_t_1781749860", "event": "conversation.closed", "created_at": 1781750400}
    wrapped = envelope | ({key: NEW} if key else NEW)
    log, report = imported(tmp_path, wrapped)
    assert log.digest() == imported(tmp_path, NEW)[0].digest()
    assert report.rows_set_aside == 0


def test_a_scheduled_webhook_knows_when_it_was_assigned(tmp_path: Path) -> None:
    """The instant of the first assignment is the envelope's, and a later page does not move it."""
    created = beijing("10:30:05") // 1000
    envelope = {"event": "conversation.scheduled", "created_at": created, "conversation": NEW}
    log, _ = imported(tmp_path, envelope)
    assert [owner.at for owner in facts(log, OwnerSet)] == [beijing("10:30:05")]
    assert imported(tmp_path, NEW, log=log)[1].stored == 0


def test_other_webhooks_are_set_aside(tmp_path: Path) -> None:
    """A customer's or a ticket's webhook is no conversation."""
    log, report = imported(tmp_path, {"event": "client.updated", "client": {"client_id": 1}}, NEW)
    assert report.set_aside == {"a webhook about something else": 1}
    assert report.conversations == 1
    assert len(list(log.quarantined())) == 1
