"""An import that was cut off is not taken for a whole: the log says so until the same import ends."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from deskkit import cli
from deskkit.desk.policy import Policy
from deskkit.feeds import intake
from deskkit.feeds.chatwoot import import_chatwoot
from deskkit.feeds.meiqia import import_meiqia
from deskkit.feeds.table import import_table
from deskkit.feeds.zendesk import import_zendesk
from deskkit.log import MemoryLog, UnavailableError, open_log, sqlite
from deskkit.log.unended import unended
from deskkit.measures import report
from deskkit.measures.asked import Question, as_dict, as_text, asked
from deskkit.measures.notes import unended_notes
from deskkit.measures.redecided import redecided
from deskkit.measures.whatif import replay
from tests.feeds import chatwoot_pages, meiqia_pages, zendesk_pages
from tests.feeds.meiqia_pages import saved
from tests.feeds.test_message_table import MESSAGES, TALK, messages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskkit.log import EventLog

    Import = Callable[..., Any]

STANDARD = Policy.load("data/policies/standard.toml")
WHOLE = 900  # messages of the table, and as many facts


def talk(number: int, chat: str = "c") -> tuple[tuple[Any, ...], ...]:
    """Return a number of messages of one chat, one a second."""
    return tuple((chat, f"10:{n // 60:02}:{n % 60:02}", "in", None, f"hello {n}") for n in range(number))


def feeds(folder: Path) -> dict[str, Import]:
    """Return an import of each feed, to be called with the log and the progress."""
    meiqia = saved(folder, meiqia_pages.OLD, meiqia_pages.NEW, name="meiqia.json")
    chatwoot = saved(folder, chatwoot_pages.page(chatwoot_pages.CONVERSATION), name="chatwoot.json")
    zendesk = saved(folder, {"chats": [zendesk_pages.CHAT, zendesk_pages.MISSED]}, name="zendesk.json")
    return {
        "meiqia": partial(import_meiqia, [meiqia], zone=meiqia_pages.ZONE, received_at=0),
        "chatwoot": partial(import_chatwoot, [chatwoot], received_at=0),
        "zendesk": partial(import_zendesk, [zendesk], received_at=0),
        "table": partial(import_table, messages(*TALK), map=MESSAGES, received_at=0),
    }


def cut_off(run: Import, log: EventLog, *, after: int) -> None:
    """Run an import and interrupt it when it went over so many facts."""

    def show(phase: str, done: int, total: int) -> None:
        if phase == "store" and after <= done < total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(log=log, progress=show)


@pytest.mark.parametrize("feed", ["meiqia", "chatwoot", "zendesk", "table"])
@pytest.mark.parametrize("after", [1, 4])
def test_an_import_cut_off_is_noted_until_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, feed: str, after: int
) -> None:
    """Cut off, cut off again, ended: two notes, the second of more facts, then none, and the log of a whole import."""
    monkeypatch.setattr(intake, "_BATCH", 1)
    run, log, whole = feeds(tmp_path)[feed], MemoryLog(), MemoryLog()
    run(log=whole)
    assert unended(whole) == []
    for far in (after, after + 2):
        cut_off(run, log, after=far)
        (cut,) = unended(log)
        assert 0 < cut.stored == log.last_seq() < whole.last_seq()
        (note,) = (note for note in report(log).notes if "did not end" in note)
        assert f"An import of {cut.source} did not end: {log.last_seq()} of its facts are stored" in note
        assert log.verify().ok
    run(log=log)
    assert not any("did not end" in note for note in report(log).notes)
    assert [one.event for one in log.read()] == [one.event for one in whole.read()]
    run(log=log)
    assert unended(log) == []
    assert log.last_seq() == whole.last_seq()


def test_only_an_import_that_holds_the_same_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither another export nor a smaller one; a grown one does."""
    monkeypatch.setattr(intake, "_BATCH", 10)
    log = MemoryLog()
    load = partial(import_table, map=MESSAGES, received_at=0)
    cut_off(partial(load, messages(*talk(90))), log, after=20)
    for other in (talk(200, chat="other"), talk(60)):
        load(messages(*other), log)
        assert len(unended(log)) == 1
    load(messages(*talk(95)), log)
    assert unended(log) == []


def test_what_fits_one_transaction_leaves_no_mark() -> None:
    """It is stored wholly or not at all: imports every minute leave no row each."""
    log = MemoryLog()
    import_table(messages(*TALK), log, map=MESSAGES, received_at=0)
    assert log.cursors("import under way of ") == {}


def test_every_form_of_an_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report as text and JSON, also decided anew, and a replay."""
    monkeypatch.setattr(intake, "_BATCH", 10)
    log = MemoryLog()
    cut_off(partial(import_table, messages(*talk(90)), map=MESSAGES, received_at=0), log, after=20)
    (note,) = unended_notes(log)
    answer = asked(log, Question())
    assert f"Note: {note}" in as_text(answer)
    assert note in as_dict(answer)["notes"]
    assert unended_notes(redecided(log, STANDARD)) == (note,)
    summary = replay(log, STANDARD, against=STANDARD).summary
    assert note in summary.as_dict()["notes"]
    assert f"Note: {note}" in str(summary)


def test_a_full_disk_in_an_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error says how much was stored and to run the import again; the report says it did not end until it did."""
    monkeypatch.setattr(intake, "_BATCH", 50)
    table, columns, url = tmp_path / "talk.csv", tmp_path / "map.toml", f"sqlite:///{tmp_path / 'desk.db'}"
    messages(*talk(WHOLE)).write_csv(table)
    columns.write_text(MESSAGES.text, encoding="utf-8")
    command = ["import", "table", str(table), "--map", str(columns), "--log", url, "--quiet"]
    open_log(url).close()
    with monkeypatch.context() as full:
        full.setattr(sqlite, "WRITER", (*sqlite.WRITER, "PRAGMA max_page_count = 48"))
        assert cli.main(command) == cli.FAILED
    with open_log(url) as log:
        (cut,) = unended(log)
        stored = log.last_seq()
    assert 0 < stored == cut.stored < WHOLE
    said = capsys.readouterr().err
    assert f"{stored} facts of this import were stored before" in said
    assert "run the same import again: what is stored already is not stored twice" in said
    assert "nothing was stored" not in said
    assert "do the same again" not in said
    assert f"{stored} of its facts are stored" in reported(url, capsys)
    assert cli.main(["verify", "--log", url]) == cli.DONE
    assert cli.main(command) == cli.DONE
    assert "did not end" not in reported(url, capsys)


def reported(url: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the notes of ``deskkit report --json``."""
    capsys.readouterr()
    assert cli.main(["report", "--log", url, "--json", "--quiet"]) == cli.DONE
    return " ".join(json.loads(capsys.readouterr().out)["notes"])


def test_a_disk_full_from_the_first_says_that_nothing_was_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then there is no part, and no note."""
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    open_log(url).close()
    monkeypatch.setattr(sqlite, "WRITER", (*sqlite.WRITER, "PRAGMA max_page_count = 20"))
    with open_log(url) as log:
        with pytest.raises(UnavailableError, match=r"nothing of this import was stored before.*the same import again"):
            import_table(messages(*talk(WHOLE)), log, map=MESSAGES, received_at=0)
        assert unended(log) == []
