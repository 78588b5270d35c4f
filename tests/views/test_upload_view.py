"""One's own table in a notebook: guessed, previewed, imported; a workbook is written when its button is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.measures import report
from deskkit.measures.tables import tables
from deskkit.views import upload, workbook

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CALLS = """call_id,arrival,answered_at,end_time,abandoned_at,agent,priority
1,2026-06-18 10:00:00,2026-06-18 10:00:20,2026-06-18 10:05:00,,chen,high
2,2026-06-18 10:01:00,,,2026-06-18 10:03:00,,normal
3,2026-06-18 10:02:00,2026-06-18 10:02:40,2026-06-18 10:04:00,,<b>lin</b>,normal
"""


def test_a_table_is_guessed_previewed_and_imported() -> None:
    """The map is guessed, the first rows shown, and the import measured: one of three callers left."""
    view = upload(zone="Asia/Shanghai", language="en")
    assert view.bring.disabled
    view.take("calls.csv", CALLS.encode())
    assert 'id = "call_id"' in view.map.value
    assert "conversation_opened" in view.previewed.value
    assert view.log.last_seq() == 0  # a preview stores nothing
    view.bring_in()
    assert view.faults == 0
    assert "\n  known before" in view.message.value  # the import's own report, as a table
    found = report(view.log)
    assert found["abandonment"].numbers["hits"] == 1
    assert found["queue_wait"].value == 30_000
    assert len(view.result.children) == 1
    assert repr(view).startswith("UploadView(")


def test_a_wrong_map_is_refused_with_words() -> None:
    """A map that names no column is refused; the words stand under it, and nothing is stored."""
    view = upload(language="en")
    view.take("calls.csv", CALLS.encode())
    view.map.value = view.map.value.replace("call_id", "no_such_column")
    view.preview()
    assert "no_such_column" in view.message.value
    view.map.value = "rows = "
    view.preview()
    assert view.faults == 1
    view.bring_in()
    assert view.faults == 2
    assert view.log.last_seq() == 0


def test_what_is_no_table_is_refused() -> None:
    """A file of another kind is named and not read; its name is text."""
    view = upload(language="en")
    view.take("<img src=x>.exe", b"MZ")
    assert "&lt;img src=x&gt;.exe" in view.message.value
    assert view.bring.disabled
    view.take("nothing.csv", b"a,b\n1,2\n")
    assert view.faults == 1


def test_a_name_never_becomes_a_path(tmp_path: Path) -> None:
    """Of an uploaded name only the ending counts."""
    view = upload(language="en")
    view.take(f"{tmp_path}/../evil.csv", CALLS.encode())
    assert view.path is not None
    assert view.path.name == "table.csv"
    assert list(tmp_path.iterdir()) == []


def test_what_a_file_holds_is_text() -> None:
    """A hostile agent of an uploaded table stands escaped in the preview."""
    view = upload(language="en")
    view.take("calls.csv", CALLS.encode())
    assert "&lt;b&gt;lin&lt;/b&gt;" in view.previewed.value
    assert "<b>lin" not in view.previewed.value


def test_a_workbook_is_written_on_a_press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written before; then the file is there, or words say why not."""
    monkeypatch.chdir(tmp_path)
    view = upload(language="en")
    view.take("calls.csv", CALLS.encode())
    view.bring_in()
    found = report(view.log)
    saving = workbook(tables(found, other=found), "history.xlsx", language="en")
    assert list(tmp_path.iterdir()) == []
    assert saving.write() is not None
    assert "Saved: history.xlsx" in saving.message.value
    assert (tmp_path / "history.xlsx").read_bytes()[:2] == b"PK"
    saving.path.value = "no-such-folder/history.xlsx"
    assert saving.write() is None
    assert saving.faults == 1
