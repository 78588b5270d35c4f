"""The counts of an import's report add up, and what is odd in an export is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from deskkit.desk.events import ConversationOpened, TagSet
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.meiqia import import_meiqia
from deskkit.feeds.table import import_table
from deskkit.log import MemoryLog
from tests.feeds import chatwoot_pages, meiqia_pages, zendesk_pages
from tests.feeds.meiqia_pages import facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskkit.feeds.report import ImportReport

    Imported = Callable[[Path, list[object]], ImportReport]

CALLS = ColumnMap.parse("""
rows = "conversation"
zone = "UTC"
conversation.id = "call"
conversation.language = "lang"
times = { opened = "came", left = "gone" }

[[tag]]
column = "kind"
facet = "inquiry"
values = { NE = "stock" }
""")


def meiqia(folder: Path, odd: list[object]) -> ImportReport:
    """Import ten conversations of Meiqia and odd records between them."""
    good: list[object] = [meiqia_pages.NEW | {"conv_id": number} for number in range(10)]
    path = folder / "page.json"
    path.write_text(json.dumps({"result": [*good[:5], *odd, *good[5:]]}), encoding="utf-8")
    return import_meiqia([path], MemoryLog(), zone="Asia/Shanghai", received_at=0)


def zendesk(folder: Path, odd: list[object]) -> ImportReport:
    """Import ten chats of Zendesk and odd records between them."""
    good: list[object] = [zendesk_pages.MISSED | {"id": str(number)} for number in range(10)]
    return zendesk_pages.imported(folder, *good[:5], *odd, *good[5:])[1]


def chatwoot(folder: Path, odd: list[object]) -> ImportReport:
    """Import ten conversations of Chatwoot and odd records between them."""
    good: list[object] = [chatwoot_pages.CONVERSATION | {"id": number} for number in range(1, 11)]
    return chatwoot_pages.imported(folder, [*good[:5], *odd, *good[5:]])[1]


@pytest.mark.parametrize("product", [meiqia, zendesk, chatwoot])
@pytest.mark.parametrize("odd", [None, {}, [], "text", 7])
def test_eleven_records_of_which_one_is_none_are_ten_and_one(tmp_path: Path, product: Imported, odd: object) -> None:
    """Found, imported and set aside add up, in the table too, and the odd one is named with its place."""
    report = product(tmp_path, [odd])
    assert (report.records, report.records_set_aside, report.conversations) == (11, 1, 10)
    lines = [line.split() for line in report.table().splitlines()]
    assert lines[2:5] == [["records", "11"], ["imported", "10"], ["set", "aside", "1"]]
    assert "record 6" in report.examples[0][0]
    assert report.as_dict()["records_set_aside"] == 1


@pytest.mark.parametrize("product", [meiqia, zendesk, chatwoot])
def test_ten_good_records_are_ten(tmp_path: Path, product: Imported) -> None:
    """Nothing is set aside where nothing is odd."""
    report = product(tmp_path, [])
    assert (report.records, report.records_set_aside, report.rows_set_aside) == (10, 0, 0)


def test_a_bad_message_is_a_part_of_a_record_that_counts(tmp_path: Path) -> None:
    """A message without a time is set aside, its conversation is not."""
    report = meiqia(tmp_path, [meiqia_pages.NEW | {"conv_id": 11, "conv_content": [{"from": "client"}]}])
    assert (report.records, report.records_set_aside, report.rows_set_aside) == (11, 0, 1)
    assert "parts set aside            1" in report.table()


def test_words_that_a_map_or_the_world_does_not_know_are_counted_and_named() -> None:
    """A tag that `values` does not rename and a language that is none are kept, and conflict by name."""
    rows = {"call": [1, 2, 3], "came": ["2026-06-18 10:00:00"] * 3, "gone": ["2026-06-18 10:01:00"] * 3,
            "kind": ["NE", "ZZ", None], "lang": ["zh_CN", "ZZ", None]}  # fmt: skip
    log = MemoryLog()
    report = import_table(pl.DataFrame(rows), log, map=CALLS, received_at=0)
    assert {name: report.fields[name].conflicting for name in ("kind", "lang")} == {"kind": 1, "lang": 1}
    assert {(one.place, one.field, one.value) for one in report.conflicts} == {
        ("row 2", "kind", "ZZ"), ("row 2", "lang", "ZZ"),
    }  # fmt: skip
    assert [fact.tag for fact in facts(log, TagSet)] == ["stock", "ZZ"]
    assert [fact.language for fact in facts(log, ConversationOpened)] == ["zh_CN", "ZZ", ""]
