"""What a newcomer gets wrong first is refused in words that say what to do instead."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from deskkit import cli
from tests.feeds import chatwoot_pages, meiqia_pages, zendesk_pages

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "call,came,answered,gone,agent,how\n"
ROWS = (
    "1,2026-06-18 10:00:00,2026-06-18 10:00:40,2026-06-18 10:03:00,陈,接通\n"
    "2,2026-06-18 10:01:00,,2026-06-18 10:02:00,,挂断\n"
)
MAP = """
rows = "conversation"
source = "calls"
conversation.id = "call"
times = { opened = "came", answered = "answered", left = "gone", ended = "gone" }
agent.id = "agent"
outcome = { column = "how", answered = ["接通"], left = ["挂断"] }
"""
FILES = {
    "good.csv": (HEAD + ROWS).encode(),
    "semicolons.csv": (HEAD + ROWS).replace(",", ";").encode(),
    "gbk.csv": (HEAD + ROWS).encode("gbk"),
    "utf16.csv": (HEAD + ROWS).encode("utf-16"),
    "renamed.csv": (HEAD.replace("came", "arrived") + ROWS).encode(),
    "half.csv": (HEAD + ROWS).encode()[:-25],
    "empty.csv": b"",
    "picture.csv": b"\x89PNG\r\n\x1a\n\x00\x00",
    "meiqia.json": json.dumps({"result": [meiqia_pages.NEW]}).encode(),
    "zendesk.json": json.dumps({"chats": [zendesk_pages.CHAT]}).encode(),
    "chatwoot.json": json.dumps(chatwoot_pages.page(chatwoot_pages.CONVERSATION)).encode(),
    "half.json": json.dumps({"result": [meiqia_pages.NEW] * 2}).encode()[:-40],
    "utf16.json": json.dumps({"result": []}).encode("utf-16"),
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder full of files, where the command line stands."""
    for name, held in FILES.items():
        (tmp_path / name).write_bytes(held)
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "gbk.toml").write_text('encoding = "gb18030"\n' + MAP, encoding="utf-8")
    (tmp_path / "utf16.toml").write_text('encoding = "utf-16"\n' + MAP, encoding="utf-8")
    (tmp_path / "nothing").mkdir()
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("good.csv", FILES["good.csv"])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], words: str) -> tuple[int, str, str]:
    """Run ``deskkit import``; return its status, and what it said on both streams."""
    try:
        status = cli.main(["import", *words.split(), "--log", "sqlite:///desk.db", "--quiet"])
    except SystemExit as stop:
        status = int(stop.code or 0)
    return status, *capsys.readouterr()


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("words", "status", "says"), [
    ("meiqa meiqia.json", 2, "choose from 'meiqia', 'chatwoot', 'zendesk', 'table'"),
    ("meiqia gone.json --zone Asia/Shanghai", 2, "There is no such file or folder"),
    ("meiqia meiqia.json", 2, "--zone Asia/Shanghai"),
    ("meiqia meiqia.json --zone Beijing", 2, "--zone Asia/Shanghai"),
    ("meiqia zendesk.json --zone Asia/Shanghai", 1, "deskkit import zendesk zendesk.json"),
    ("zendesk chatwoot.json", 1, "deskkit import chatwoot chatwoot.json"),
    ("chatwoot meiqia.json", 1, "deskkit import meiqia meiqia.json"),
    ("zendesk good.csv", 1, "deskkit import table good.csv --map"),
    ("zendesk nothing", 1, "a folder without an export in it"),
    ("zendesk packed.zip", 1, "unpack it"),
    ("zendesk empty.csv", 1, "is empty: export it again"),
    ("meiqia utf16.json --zone Asia/Shanghai", 1, "save it as UTF-8"),
    ("zendesk picture.csv", 1, "is no text"),
    ("table nothing --map map.toml --zone Asia/Shanghai", 2, "name one file in the folder"),
    ("table packed.zip --map map.toml --zone Asia/Shanghai", 2, "unpack an archive"),
    ("table empty.csv --map map.toml --zone Asia/Shanghai", 2, "export it again"),
    ("table picture.csv --map map.toml --zone Asia/Shanghai", 2, "save the table as CSV"),
    ("table utf16.csv --map map.toml --zone Asia/Shanghai", 2, 'encoding = "utf-16"'),
    ("table gbk.csv --map map.toml --zone Asia/Shanghai", 1, 'encoding = "gb18030"'),
    ("table renamed.csv --map map.toml --zone Asia/Shanghai", 2, "Got 'came'. Expected one of call, arrived"),
    ("table zendesk.json --map map.toml --zone Asia/Shanghai", 2, "This is JSON and no table"),
    ("table good.csv --map map.toml --zone Shanghai", 2, "--zone Asia/Shanghai"),
    ("table good.csv --map good.csv --zone Asia/Shanghai", 2, "This is not TOML"),
])  # fmt: skip
def test_a_mistake_says_what_to_do_instead(
    capsys: pytest.CaptureFixture[str], words: str, status: int, says: str
) -> None:
    """In the last line on standard error, and nothing odd of the file itself in it."""
    found, _, errors = said(capsys, words)
    assert found == status
    assert says in errors.splitlines()[-1]
    assert errors.isprintable() or errors.replace("\n", "").isprintable()


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("words", [
    "table good.csv --map map.toml", "table semicolons.csv --map map.toml", "table gbk.csv --map gbk.toml",
    "table utf16.csv --map utf16.toml",
])  # fmt: skip
def test_what_is_right_has_two_calls(capsys: pytest.CaptureFixture[str], words: str) -> None:
    """Also with semicolons, and in the encodings that the hints of the mistakes above name."""
    status, output, errors = said(capsys, words + " --zone Asia/Shanghai")
    assert (status, errors) == (0, "")
    assert ["conversations", "2"] in [line.split() for line in output.splitlines()]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("words", "names"), [
    ("table half.csv --map map.toml", "half.csv:3"), ("meiqia half.json", "half.json, record 2"),
])  # fmt: skip
def test_half_a_file_gives_its_half_and_names_the_rest(
    capsys: pytest.CaptureFixture[str], words: str, names: str
) -> None:
    """One conversation is there, the other is named with its place."""
    status, output, _ = said(capsys, words + " --zone Asia/Shanghai")
    lines = [line.split() for line in output.splitlines()]
    assert status == 0
    assert ["conversations", "1"] in lines
    assert ["set", "aside", "1"] in lines
    assert names in output
