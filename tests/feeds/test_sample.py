"""The sample desk: it is remade byte for byte, and holds what it promises."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from deskkit.feeds.sample import SampleCounts, make_sample
from deskkit.feeds.sample.draw import Draw
from tests.feeds.sample_files import (
    COMMITTED,
    END,
    Record,
    agents,
    is_open,
    pages,
    pages_of,
    records,
    rows,
    table_of,
    when,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleCounts]:
    """Make the sample again."""
    folder = tmp_path_factory.mktemp("sample")
    return folder, make_sample(folder)


def unanswered(record: Record) -> timedelta | None:
    """Return how long the first unanswered message of the customer has waited at the end."""
    since = None
    for message in record["conv_content"]:
        if message.get("type", 0) != 0 or message["from"] not in {"client", "agent"}:
            continue
        if message["from"] == "agent":
            since = None
        elif since is None:
            since = when(message["timestamp"])
    return None if since is None else END - since


# made again


def test_pages_are_remade(remade: tuple[Path, SampleCounts]) -> None:
    """The committed pages are what the package makes, byte for byte, in name and order too."""
    again, committed = pages_of(remade[0]), pages_of(COMMITTED)
    assert list(again) == list(committed)
    assert [name for name in again if again[name] != committed[name]] == []


def test_table_and_roster_are_remade(remade: tuple[Path, SampleCounts]) -> None:
    """The committed CSV and roster are what the package makes, byte for byte."""
    assert table_of(remade[0]) == table_of(COMMITTED)
    assert (remade[0] / "agents.toml").read_bytes() == (COMMITTED / "agents.toml").read_bytes()


def test_another_seed_is_another_sample(tmp_path: Path) -> None:
    """The seed decides: with another one neither pages nor table are the same."""
    make_sample(tmp_path, seed=7)
    assert pages_of(tmp_path) != pages_of(COMMITTED)
    assert table_of(tmp_path) != table_of(COMMITTED)


def test_draws_are_fixed() -> None:
    """A draw depends on its key alone; these numbers hold on every machine and version of Python."""
    draw = Draw(1, "example")
    assert [draw.below(1000) for _ in range(5)] == EXPECTED_DRAWS


EXPECTED_DRAWS = [686, 131, 473, 410, 973]


# how much


def test_counts(remade: tuple[Path, SampleCounts]) -> None:
    """The sample has the promised size, and the counts returned are the counts of the files."""
    counts = remade[1]
    assert counts.conversations == len(records()) >= 3200
    assert counts.messages == sum(len(record["conv_content"]) for record in records())
    assert counts.customers == len({record["client_id"] for record in records()}) >= 2200
    assert counts.open == sum(map(is_open, records()))
    assert 75 <= counts.open <= 95
    assert 5 <= counts.waiting <= 15


def test_size() -> None:
    """All files together stay below 4 MiB."""
    assert sum(path.stat().st_size for path in COMMITTED.iterdir()) <= 4 * 2**20


def test_pages_have_twenty() -> None:
    """Every page but the last has twenty conversations, in the order of their opening."""
    assert {len(page["result"]) for page in pages()[:-1]} == {20}
    opened = [record["conv_start_tm"] for page in pages() for record in page["result"]]
    assert opened == sorted(opened)
    assert len({record["conv_id"] for page in pages() for record in page["result"]}) == len(opened)


def test_ends_on_the_busiest_day() -> None:
    """Fourteen days, nothing after 10:30 of the last; no full day has a busier morning, nor a higher rate."""
    opened = [when(record["conv_start_tm"]) for record in records()]
    days = Counter(at.date() for at in opened)
    last = max(days)
    assert len(days) == 14
    assert last == END.date()
    until = Counter(at.date() for at in opened if at.time() < END.time())
    assert until[last] == max(until.values()) >= 3 * sorted(until.values())[-2]
    hours = END.hour + END.minute / 60
    assert days[last] / hours > max(count / 24 for day, count in days.items() if day != last)
    stamps = [when(m["timestamp"]) for record in records() for m in record["conv_content"]]
    assert max(stamps) < END


def test_two_evenings_with_long_waits() -> None:
    """In the two rush hours customers leave the queue; in the same hours of other days hardly any do."""
    left = Counter(
        (when(record["conv_start_tm"]).day, when(record["conv_start_tm"]).hour)
        for record in records()
        if record.get("agent_account") is None and when(record["conv_start_tm"]).hour >= 8
    )
    assert left[12, 20] >= 20
    assert left[16, 20] >= 20
    assert all(left[day, 20] <= 5 for day in range(5, 18) if day not in {12, 16})


def test_first_replies_are_slower_at_the_rush() -> None:
    """The median first reply is below 60 s in a quiet hour and more than twice that in a rush hour."""

    def median(chosen: Callable[[datetime], bool]) -> int:
        waits = sorted(
            record["conv_first_resp_wait_in_secs"]
            for record in records()
            if chosen(when(record["conv_start_tm"])) and "conv_first_resp_wait_in_secs" in record
        )
        return int(waits[len(waits) // 2])

    quiet = median(lambda at: at.hour in {12, 13, 17} and at.day < 18)
    assert quiet < 60
    assert median(lambda at: (at.day, at.hour) in {(12, 20), (16, 20)}) > 2 * quiet


# who


def test_roster() -> None:
    """Fourteen agents and two supervisors, five groups, exactly these keys; the pages name nobody else."""
    keys = {"id", "name", "nick", "role", "groups", "skills", "languages", "capacity", "shifts"}
    assert all(set(agent) == keys for agent in agents())
    assert Counter(agent["role"] for agent in agents()) == {"agent": 14, "supervisor": 2}
    groups = {group for agent in agents() for group in agent["groups"]}
    assert groups == {"presales", "aftersales", "technical", "vip", "international"}
    assert {record.get("agent_account") for record in records()} == {agent["id"] for agent in agents()} | {None}
    assert all(agent["id"].endswith("@cloudsail.example") for agent in agents())
    assert all(1 <= level <= 5 for agent in agents() for level in agent["skills"].values())


def test_groups_and_languages() -> None:
    """Each of the five groups has work; one conversation in five is in English."""
    groups = Counter(record["group_name"] for record in records() if "group_name" in record)
    assert len(groups) == 5
    assert min(groups.values()) >= 80
    said: dict[str, str] = defaultdict(str)
    for row in rows():
        if row["sender"] == "customer" and row["content_type"] == "text":
            said[row["conversation_id"]] += row["text"]
    english = sum(not re.search(r"[\u4e00-\u9fff]", text) and len(text) > 8 for text in said.values())
    assert 0.15 <= english / len(said) <= 0.25


def test_hands_at_the_end() -> None:
    """At 10:30 one agent drowns beside an idle one, and nobody has more than a dozen."""
    hands = Counter(record.get("agent_account") for record in records() if is_open(record))
    del hands[None]
    assert len(hands) >= 10
    assert max(hands.values()) in range(9, 14)
    assert min(hands.values()) in {1, 2}


def test_trouble_at_the_end() -> None:
    """At 10:30 customers wait, some for more than ten minutes, and promises are old."""
    waits = [wait for record in records() if is_open(record) and (wait := unanswered(record))]
    assert len(waits) >= 20
    assert sum(wait > timedelta(minutes=10) for wait in waits) >= 8
    promise = re.compile(
        "稍等|没有忘记|半小时内|回复|回您|告诉您|答复|联系您|结果|通知您|消息|催一?下|确认"
        "|come back|get back|let you know|tell you"
    )
    old = 0
    for record in filter(is_open, records()):
        last = [m for m in record["conv_content"] if m["from"] == "agent" and m.get("type", 0) == 0]
        open_since = END
        while last and promise.search(last[-1]["content"]):
            open_since = when(last.pop()["timestamp"])
        old += END - open_since > timedelta(minutes=15)
    assert old >= 3


def test_customers_come_back() -> None:
    """Many customers have several conversations, and some of those speak of the earlier one."""
    contacts = Counter(record["client_id"] for record in records())
    assert sum(count > 1 for count in contacts.values()) >= 500
    again = re.compile("上次说|又是我|没人联系我|third time|Nobody did|promised to check")
    assert sum(any(again.search(m["content"]) for m in r["conv_content"]) for r in records()) >= 40


def test_purchase_fields() -> None:
    """VIPs are gold with many orders; membership is one of three words; orders come as number and as text."""
    infos = [record["client_info"] for record in records() if "client_info" in record]
    known = [info for info in infos if "membership" in info]
    assert {info["membership"] for info in known} == {"gold", "silver", "none"}
    assert {type(info["orders"]) for info in known} == {int, str}
    assert {type(info["spend"]) for info in known if "spend" in info} == {float, str}
    gold = {record["client_id"] for record in records() if record.get("client_info", {}).get("membership") == "gold"}
    assert 0.04 <= len(gold) / len({record["client_id"] for record in records()}) <= 0.08
    assert all(int(info["orders"]) >= 9 for info in known if info["membership"] == "gold")


# the texts


def test_every_slot_is_filled() -> None:
    """No text shows a slot, a separator of the scripts, or an empty line."""
    left = re.compile(r"\{@?[a-z_]+|^img:|^file:| \| | / ")
    assert [row["text"] for row in rows() if left.search(row["text"])] == []
    assert all(row["text"].strip() for row in rows() if row["text"] != "\u200b" * 3)
    assert left.search("去{place}够用吗")


def test_texts_vary() -> None:
    """Longer texts of people seldom repeat: no line of eight signs or more makes up 1 % of them."""
    typed = [row["text"] for row in rows() if row["sender"] in {"customer", "agent"} and row["automatic"] == "0"]
    long = Counter(text for text in typed if len(text) >= 8)
    assert len(long) >= 5000
    assert max(long.values()) < len(typed) / 100


def test_conversations_differ() -> None:
    """Hardly two conversations in which something was said are the same."""
    talks = defaultdict(list)
    for row in rows():
        if row["sender"] in {"customer", "agent"} and row["automatic"] == "0":
            talks[row["conversation_id"]].append(row["text"])
    long = Counter(tuple(talk) for talk in talks.values() if len(talk) >= 4)
    assert sum(long.values()) >= 2500
    assert sum(count - 1 for count in long.values()) <= 5


def test_hostile_strings_are_there() -> None:
    """Markup, a formula, reversed writing and invisible signs occur, as names and as messages."""
    said = [m["content"] for record in records() for m in record["conv_content"]]
    names = [str(record.get("client_info", {}).get("name", "")) for record in records()]
    for sign in ("<", "=HYPERLINK", "\u202e", "\u200b"):
        assert any(text.startswith(sign) or sign in text[:3] for text in said), sign
        assert any(sign in name for name in names), sign


def test_nobody_real() -> None:
    """Telephone numbers, addresses and domains come from ranges that belong to nobody."""
    text = b"".join(pages_of(COMMITTED).values()).decode() + table_of(COMMITTED).decode()
    mobiles = set(re.findall(r"(?<![\d.])1[3-9]\d{9}(?!\d)", text))
    assert mobiles
    assert all(number.startswith("1380000") for number in mobiles)
    assert set(re.findall(r"\+\d[\d ]+\d", text)) <= set(re.findall(r"\+44 7700 900\d{3}", text)) | {"+1"}
    addresses = set(re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text))
    assert {address.rpartition(".")[0] for address in addresses} == {"192.0.2", "198.51.100", "203.0.113"}
    hosts = set(re.findall(r"(?:https?://|@)([a-z][\w.-]*\.[a-z]+)", text))
    assert {host.rpartition(".")[2] for host in hosts} == {"example", "invalid"}


# the table


def test_table_tells_the_same() -> None:
    """The CSV holds the conversations and messages of the pages: ids, order, senders, times, texts."""
    senders = {"customer": "client"}
    table = [
        (row["conversation_id"], senders.get(row["sender"], row["sender"]), row["sent_at"][:23], row["text"])
        for row in rows()
    ]
    told = [
        (str(record["conv_id"]), m["from"], m["timestamp"][:23].replace(" ", "T"), m["content"])
        for record in records()
        for m in record["conv_content"]
    ]
    assert table == told
    assert {row["sent_at"][23:] for row in rows()} == {"+08:00"}
    closed = {row["conversation_id"]: row["closed_at"] for row in rows()}
    assert sum(not end for end in closed.values()) == sum(map(is_open, records()))
