"""No declared number reaches a view, a log line, a traceback, a report or an export unless asked for by name (T20)."""

from __future__ import annotations

import logging
import re
import traceback
from random import Random
from typing import TYPE_CHECKING
from zipfile import ZipFile

import msgspec
import polars as pl
import pytest

from deskkit import views
from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.desk.events import CustomerSet, NoteWritten, TagSet
from deskkit.errors import DeskkitError, FactError, LogError
from deskkit.export import to_csv, to_excel, to_parquet
from deskkit.feeds.report import ImportReport
from deskkit.log import MemoryLog
from deskkit.text import fold_text
from deskkit.views.desk.boards import Board
from tests.privacy.corpus import AROUND, SPELLINGS
from tests.views.browser import Browser
from tests.views.little import MINUTE, NOW, STANDARD, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from deskkit.desk.events import Event, Fact
    from deskkit.log import Appended, EventLog
    from deskkit.views import DeskView

RNG = Random(22)
DRAWN = re.compile(r"⟦U\+[0-9A-F]+⟧|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[nrt]")
INVENTED = {name: spell(RNG) for name, spell in SPELLINGS.items()}
FIELDS: dict[str, str | int | float] = {
    "tel": "call me", "email": "no address", "qq": "10001 22", "weixin": "wxid_zz", "address": "Road 1",
    "contact": 13_800_138_000, "spend": 20.5,
}  # fmt: skip
BY_NAME = ("call me", "no address", "10001 22", "wxid_zz", "Road 1", "13800138000", "13,800,138,000")


def plain(text: str) -> str:
    """Return a text as one who looks for numbers would: width, signs between digits and drawn ones aside."""
    return "".join(char for char in fold_text(DRAWN.sub("", text)) if char.isalnum() or char == "@")


def leaks(shown: str) -> list[str]:
    """Return the invented numbers that stand in what is shown."""
    seen = plain(shown)
    found = [name for name, number in INVENTED.items() if plain(number) in seen]
    return found + [value for value in BY_NAME if value in shown]


class FailingLog(MemoryLog):
    """A log that refuses with a message of its own when told so."""

    says = ""

    def append(
        self,
        events: Sequence[Event],
        *,
        received_at: int,
        expect: Mapping[str, int] | None = None,
        last_seq: int | None = None,
        together: bool = False,
    ) -> Appended:
        """Refuse where there is something to say."""
        if self.says:
            raise LogError(self.says, place=self.says, value=(self.says, [self.says]))
        return super().append(events, received_at=received_at, expect=expect, last_seq=last_seq, together=together)


def filled(log: EventLog) -> EventLog:
    """Fill a log in which every text a customer controls holds numbers: messages, name, id, fields, tags, notes."""
    numbers = list(INVENTED.values())
    everything = "\n".join(AROUND["zh"][1].format(number) for number in numbers)
    facts: list[Fact] = [
        events.AgentSet(at=NOW - 9 * MINUTE, agent="qin", name="秦岚", role="supervisor", groups=("vip",)),
        events.PresenceSet(at=NOW - 9 * MINUTE, agent="qin", presence="online"),
    ]
    for n, number in enumerate(numbers):
        fields = FIELDS | {f"own {number}": AROUND["en"][1].format(number)}
        facts += [
            CustomerSet(at=NOW - 8 * MINUTE, customer=number, name=f"李{number}" if n % 2 else "", fields=fields),
            *spoken(f"c{n}", number, NOW - 7 * MINUTE, everything, agent="qin", answer=f"稍后回复您 {number}"),
            TagSet(at=NOW - 6 * MINUTE, conversation=f"c{n}", facet="label", tag=number),
            NoteWritten(at=NOW - 5 * MINUTE, conversation=f"c{n}", agent="qin", text=everything, pinned=True),
            events.CustomerWrote(at=NOW - 4 * MINUTE, conversation=f"c{n}", message=f"m{n}", text=everything),
        ]
    facts.sort(key=lambda fact: fact.at)
    made = [msgspec.structs.replace(fact, source="test", source_id=str(n)) for n, fact in enumerate(facts)]
    log.append(made, received_at=NOW)
    return log


def walked(view: DeskView) -> str:
    """Return all that a view sends while somebody opens tabs, tags, takes back, and looks at the boards."""
    browser = Browser(view)
    for n, number in list(enumerate(INVENTED.values()))[::6]:
        name = f"c{n}"
        browser.open(name)
        browser.do("tag", name, facet="label", tag=f"x {number}")
        browser.take_back()
        browser.search(name)
    boards = [browser.show(name) for name, side in view.sides.items() if isinstance(side, Board)]
    return "\n".join([repr(view), *browser.sent, repr(boards)])


def opened(*, language: str = "en", masked: bool = True) -> DeskView:
    """Open the view of the filled log."""
    view = filled(MemoryLog())
    return views.desk(view, STANDARD, me="qin", clock=ManualClock(NOW), language=language, masked=masked)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_view_shows_a_number(language: str) -> None:
    """Rows, tabs, messages, recaps, cards, tags, notes and what just happened show tokens only."""
    assert leaks(walked(opened(language=language))) == []


def test_who_asks_by_name_sees_every_number() -> None:
    """With `masked=False` the numbers stand there as written: the search for leaks finds every one."""
    found = leaks(walked(opened(masked=False)))
    assert set(INVENTED) <= set(found)
    assert {"call me", "wxid_zz", "13,800,138,000"} <= set(found)


def test_the_search_finds_what_is_masked() -> None:
    """A number the customer wrote finds the conversation; the line that counts what was found shows a token."""
    view = opened()
    browser = Browser(view)
    assert len(browser.search(INVENTED["plain"])) == len(INVENTED)
    caption = browser.found["text"]
    assert "[phone]" in caption
    assert leaks(caption) == []


@pytest.mark.parametrize("name", INVENTED)
def test_tracebacks_show_no_number(name: str) -> None:
    """An error with a number in problem, place or value is masked in its text and in a traceback."""
    number = INVENTED[name]
    with pytest.raises(DeskkitError) as caught:
        refuse(number)
    assert leaks("".join(traceback.format_exception(caught.value))) == []
    assert leaks(repr(caught.value.value)) == [name], "the search for leaks finds nothing"


def refuse(number: str) -> None:
    """Raise an error about a number."""
    raise FactError(f"Refused {number}.", place=f"customer {number}", value=number)


def test_log_lines_and_the_foot_of_a_view_show_no_number(caplog: pytest.LogCaptureFixture) -> None:
    """An error that a view shows and logs is masked in both places."""
    log = FailingLog()
    view = views.desk(filled(log), STANDARD, me="qin", clock=ManualClock(NOW))
    browser = Browser(view)
    numbers = list(INVENTED.values())[::4]
    for faults, number in enumerate(numbers, 1):
        log.says = f"手机{number}"
        with caplog.at_level(logging.WARNING):
            assert not browser.do("archive", "c0")["ok"]
        assert view.faults == faults
        assert leaks(browser.said) == []
    assert caplog.text.count("LogError") == len(numbers)
    assert leaks(caplog.text) == []


def test_an_error_keeps_the_value_for_programs() -> None:
    """What is masked is the message; `value` is what it was."""
    error = FactError("No such customer.", value="13800138000")
    assert error.value == "13800138000"
    assert str(error) == "No such customer. Got '[phone]'."


def test_reports_of_imports_show_no_number() -> None:
    """Places, reasons and names of unknown fields are masked in a report, as a table and as JSON."""
    report = ImportReport("test", "UTC")
    for number in list(INVENTED.values())[:20]:
        report.aside(f"file {number}.json", "no JSON", detail=f"手机{number}")
        report.fields.unknown(f"own {number}").present += 1
    assert leaks(report.table() + str(report.as_dict())) == []


def test_exports_show_no_number_unless_asked(tmp_path: Path) -> None:
    """CSV, Excel and parquet hold no number in cells, names of columns and sheets; with `masked=False` all of them."""
    assert [leaks(text) for text in exported(tmp_path, masked=True)] == [[], [], []]
    assert all(set(INVENTED) <= set(leaks(text)) for text in exported(tmp_path, masked=False))


def exported(folder: Path, *, masked: bool) -> list[str]:
    """Return what stands in exports of a frame full of numbers, one text per form."""
    numbers = list(INVENTED.values())
    frame = pl.DataFrame({
        "text": [AROUND["ar"][1].format(number) for number in numbers],
        "tel": ["call me" for _ in numbers],
        "parts": [[number, "x"] for number in numbers],
        **{f"own {number}": [1] * len(numbers) for number in numbers[:5]},
    })  # fmt: skip
    to_csv(frame, folder / "a.csv", masked=masked)
    to_excel(dict.fromkeys(numbers[:3], frame), folder / "a.xlsx", masked=masked)
    to_parquet(frame, folder / "a.parquet", masked=masked)
    with ZipFile(folder / "a.xlsx") as book:
        inside = "\n".join(book.read(name).decode() for name in book.namelist())
    parquet = pl.read_parquet(folder / "a.parquet")
    return [(folder / "a.csv").read_text("utf-8"), inside, f"{parquet.columns} {parquet.rows()}"]
