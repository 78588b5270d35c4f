"""Broken files import their good part, hostile values never raise, and what is set aside is told."""

from __future__ import annotations

import copy
import gzip
import json
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk.events import ConversationOpened, CustomerSet, CustomerWrote, Fact, TagSet
from deskkit.errors import FeedError
from deskkit.feeds.meiqia import import_meiqia
from deskkit.log import MemoryLog
from deskkit.text import LIMIT
from tests.feeds.meiqia_pages import NEW, OLD, ZONE, facts, imported, said, saved

if TYPE_CHECKING:
    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog

SECOND = NEW | {"conv_id": 68000200}
THIRD = NEW | {"conv_id": 68000300}


def opened(log: EventLog) -> list[str]:
    """Return the conversations a log knows."""
    return sorted(fact.conversation for fact in facts(log, ConversationOpened))


def from_bytes(folder: Path, raw: bytes) -> tuple[EventLog, ImportReport]:
    """Import a file of these bytes into a new log."""
    path = folder / "page.json"
    path.write_bytes(raw)
    log = MemoryLog()
    return log, import_meiqia([path], log, zone=ZONE, received_at=0)


def dumped(value: object, **more: Any) -> bytes:
    """Return a value as JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, **more).encode()


# ---------------------------------------------------------------- shapes of files

PAGE = {"errno": 0, "errmsg": "", "result": [OLD, NEW]}
SHAPES = {
    "answer": dumped({"result": OLD}) + b"\n" + dumped({"result": NEW}),
    "page": dumped(PAGE),
    "old page": dumped({"result": [OLD, NEW], "errno": 0, "more": [{"a": [1]}]}),
    "pretty page": dumped(PAGE, indent=2),
    "escaped page": json.dumps(PAGE).encode(),
    "list": dumped([OLD, NEW]),
    "pretty list": dumped([OLD, NEW], indent=4),
    "list of pages": dumped([{"result": [OLD]}, {"result": NEW}]),
    "lines": dumped(OLD) + b"\n" + dumped(NEW) + b"\n",
    "lines of pages": dumped({"result": [OLD]}) + b"\r\n" + dumped({"result": []}) + b"\r\n\r\n" + dumped([NEW]),
    "objects in a row": dumped(OLD, indent=1) + dumped(NEW, indent=1),
    "byte order mark": b"\xef\xbb\xbf" + dumped(PAGE),
    "one element a line": b"[\n" + dumped(OLD) + b",\n" + dumped(NEW) + b"\n]",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("pack", ["plain", "gzip", "zip"])
def test_every_shape_gives_the_same_log(tmp_path: Path, shape: str, pack: str) -> None:
    """However the same two conversations were saved, the log is the same."""
    raw = SHAPES[shape]
    if pack == "gzip":
        raw = gzip.compress(raw)
    path = tmp_path / "saved"
    path.write_bytes(raw)
    if pack == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("folder/page-1.json", SHAPES[shape])
            archive.writestr("__MACOSX/folder/._page-1.json", b"\x00\x05")
            archive.writestr("readme.txt", b"not a page")
    log = MemoryLog()
    report = import_meiqia([path], log, zone=ZONE, received_at=0)
    assert report.set_aside == {}
    assert log.digest() == imported(tmp_path, OLD, NEW)[0].digest()


def test_folders_are_read_whole(tmp_path: Path) -> None:
    """All pages of a folder and the folders within are read; what is no page is not."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.json").write_bytes(dumped({"result": [NEW]}))
    (tmp_path / "1.json.gz").write_bytes(gzip.compress(dumped([OLD])))
    (tmp_path / "notes.txt").write_text("no page")
    (tmp_path / ".hidden.json").write_text("no page")
    log = MemoryLog()
    steps: list[tuple[str, int, int]] = []
    report = import_meiqia([tmp_path], log, zone=ZONE, progress=lambda *step: steps.append(step))
    assert opened(log) == ["68000008", "68000100"]
    assert report.rows_set_aside == 0
    size = (tmp_path / "b" / "2.json").stat().st_size + (tmp_path / "1.json.gz").stat().st_size
    assert [step for step in steps if step[0] == "read"][-1] == ("read", size, size)
    assert [done == total for phase, done, total in steps if phase == "store"][-1]


@pytest.mark.parametrize("name", ["folder", "packed.zip"])
def test_nothing_to_read_is_said(tmp_path: Path, name: str) -> None:
    """A folder or an archive without a page is set aside by name; beside a page it costs nothing."""
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "no page")
    log = MemoryLog()
    report = import_meiqia([path], log, zone=ZONE)
    ((place, why),) = report.examples
    assert place.endswith(name)
    assert why.startswith("nothing to read here: no file ends in .json")
    assert import_meiqia([path, saved(tmp_path, NEW)], log, zone=ZONE).conversations == 1


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """A misspelt path is wrong use, not an empty import."""
    with pytest.raises(FeedError, match="no such file or folder"):
        import_meiqia([tmp_path / "pgaes"], MemoryLog(), zone=ZONE)


# ---------------------------------------------------------------- broken files


def test_a_cut_file_gives_what_stood_before_the_cut(tmp_path: Path) -> None:
    """Wherever a page is cut, every conversation complete before the cut is imported."""
    raw = dumped({"result": [NEW, SECOND, THIRD]})
    ends = [raw.index(dumped(one)) + len(dumped(one)) for one in (NEW, SECOND, THIRD)]
    names = ["68000100", "68000200", "68000300"]
    for cut in {*range(12, len(raw) - 2, 97), *ends, ends[1] - 1}:
        log, report = from_bytes(tmp_path, raw[:cut])
        assert opened(log) == names[: sum(end <= cut for end in ends)]
        assert report.rows_set_aside == 1


def test_a_cut_gzip_gives_what_can_be_unpacked(tmp_path: Path) -> None:
    """A compressed file that ends too early loses its end alone."""
    noise = [
        NEW | {"conv_id": 10_000 + number, "conv_tags": [f"{number * 7919 % 10007:x}" * 20]} for number in range(400)
    ]
    packed = gzip.compress(dumped(noise))
    log, report = from_bytes(tmp_path, packed[: len(packed) // 2])
    assert 100 < len(opened(log)) < 400
    assert any("cut or damaged" in reason for reason in report.set_aside)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"conv_id": nonsense}', "this is no JSON"),
        (b'{"conv_id": 1, "conv_content": [}', "the brackets do not match"),
        (b"7", "this is no object"),
        (b'"a text with { in it"', "this is no object"),
        (b"null", "this is no object"),
        (b"{}", "a conversation without conv_id"),
        (b'{"conv_start_tm": "2026-06-18 10:30:00"}', "a conversation without conv_id"),
        (b'{"conv_id": true, "conv_start_tm": "2026-06-18 10:30:00"}', "a conversation without conv_id"),
        (b'{"conv_id": 9}', "a conversation without any time"),
        (b'{"conv_id": 9, "conv_start_tm": "soon"}', "conv_start_tm is no readable time"),
        (b'{"conv_id": 9, "conv_start_tm": "2026-02-30 10:00:00"}', "conv_start_tm is no readable time"),
        (b'{"conv_id": 9, "conv_start_tm": "0000-00-00 00:00:00"}', "conv_start_tm is no readable time"),
        (b'{"conv_id": 9, "conv_start_tm": "2026-06-18 10:30:60"}', "conv_start_tm is no readable time"),
        (b'{"conv_id": 9, "conv_start_tm": 1.7817e9, "conv_end_tm": []}', "conv_end_tm is no readable time"),
        (b'{"conv_id": 9, "x": ' + b"[" * 40 + b"]" * 40 + b"}", "nested deeper than 32 levels"),
        (b'{"errno": 10003, "errmsg": "token", "result": null}', "an error reply of the API"),
        (b'{"errno": 10002, "errmsg": "token invalid"}', "an error reply of the API"),
        (b'{"errno": 0, "result": null}', "an answer without a result"),
        (b'{"result": 0}', "this is no object"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["list", "lines"])
def test_one_bad_record_costs_itself_alone(tmp_path: Path, broken: bytes, reason: str, shape: str) -> None:
    """Its neighbours are imported; the report names its place, the quarantine holds its bytes."""
    good = [dumped(NEW), dumped(SECOND)]
    raw = (
        b"\n".join([good[0], broken, good[1]])
        if shape == "lines"
        else b"[" + b", ".join([good[0], broken, good[1]]) + b"]"
    )
    log, report = from_bytes(tmp_path, raw)
    assert opened(log) == ["68000100", "68000200"]
    assert report.set_aside == {reason: 1}
    ((place, why),) = report.examples
    assert "page.json:2" in place if shape == "lines" else place.endswith("page.json, record 2")
    assert why.startswith(reason)
    assert ("token invalid" in why) == (b"token invalid" in broken)
    (kept,) = log.quarantined()
    assert kept.raw == broken


def test_a_broken_file_is_set_aside_once(tmp_path: Path) -> None:
    """Importing it again sets nothing aside anew and stores nothing anew."""
    raw = b"[" + dumped(NEW) + b', {"conv_id": nonsense}]'
    log, _ = from_bytes(tmp_path, raw)
    again = import_meiqia([tmp_path / "page.json"], log, zone=ZONE, received_at=1)
    assert (again.stored, len(list(log.quarantined()))) == (0, 1)


@pytest.mark.parametrize(
    "raw",
    [b"", b" \n", b"<html>{}</html>", b"conv_id,conv_start_tm\n1,2\n", b"\xff\xfe{\x00}\x00",
     b"PK\x03\x04 no archive", b"\x1f\x8b no gzip", bytes(range(256)), b"]", b"{" * 5_000,
     b"[" * 5_000, b'{"a": "no end'],
)  # fmt: skip
def test_what_is_no_page_is_set_aside(tmp_path: Path, raw: bytes) -> None:
    """Empty, foreign and absurd files are one row set aside each; nothing is stored."""
    log, report = from_bytes(tmp_path, raw)
    assert log.last_seq() == 0
    assert report.rows_set_aside == 1


def test_bytes_that_are_no_utf8_cost_themselves_alone(tmp_path: Path) -> None:
    """The text keeps a mark in their place; nothing else is lost."""
    raw = dumped([NEW | {"conv_content": [said("client", "10:31:00", "XYZ")]}, SECOND]).replace(b"XYZ", b"a\xffb")
    log, report = from_bytes(tmp_path, raw)
    assert opened(log) == ["68000100", "68000200"]
    assert "a\ufffdb" in [wrote.text for wrote in facts(log, CustomerWrote)]
    assert report.rows_set_aside == 0


def test_half_a_surrogate_pair_is_let_through(tmp_path: Path) -> None:
    """An emoji that a product cut in two does not cost the conversation."""
    raw = json.dumps([NEW | {"conv_content": [said("client", "10:31:00", "ok \ud83d")]}]).encode()
    log, _ = from_bytes(tmp_path, raw)
    assert facts(log, CustomerWrote)[0].text == "ok \ufffd"


def test_a_bad_message_costs_itself_alone(tmp_path: Path) -> None:
    """A message without a readable time, or that is no object, is set aside; the conversation goes on."""
    content = [*NEW["conv_content"], said("client", "10:33:00", "x", timestamp="later"), "hello", None]
    log, report = imported(tmp_path, NEW | {"conv_content": content})
    assert report.messages == len(NEW["conv_content"])
    assert report.set_aside == {"a message without a readable time": 1, "a message is no object": 2}
    assert b'"later"' in next(log.quarantined()).raw


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize("length", [LIMIT - 1, LIMIT, LIMIT + 1, 10 * LIMIT])
def test_long_messages_are_cut_and_counted(tmp_path: Path, length: int) -> None:
    """32 Ki characters are kept; a longer text says how long it was."""
    log, report = imported(tmp_path, NEW | {"conv_content": [said("client", "10:31:00", "长" * length)]})
    (wrote,) = facts(log, CustomerWrote)
    assert len(wrote.text) == min(length, LIMIT)
    assert (f"{length} characters" in wrote.text) == (length > LIMIT)
    assert report.cut == (length > LIMIT)


def test_many_tags_and_fields_are_limited(tmp_path: Path) -> None:
    """200 tags and 64 own fields are kept, a name of 256 characters."""
    record = NEW | {
        "conv_tags": [f"t{number}" for number in range(300)],
        "client_info": {f"k{number}": "v" for number in range(100)} | {"name": "n" * 300},
        "conv_quality_grade": None,
        "dev_client_id": None,
    }
    log, report = imported(tmp_path, record)
    assert sum(tag.facet == "label" for tag in facts(log, TagSet)) == 200
    (customer,) = facts(log, CustomerSet)
    assert (len(customer.fields), len(customer.name)) == (64, 256)
    assert report.fields["conv_tags"].dropped == 1
    assert sum(count.dropped for name, count in report.fields.items() if name.startswith("client_info.k")) == 36


def test_texts_are_cleaned_at_the_door(tmp_path: Path) -> None:
    """Control characters go, a direction mark stays; in names, tags, keys and messages alike."""
    evil = "a\x00b\x1b[31m\u202ec"
    record = NEW | {
        "conv_content": [said("client", "10:31:00", evil), said("agent", "10:32:00", "x", agent_name=evil)],
        "client_info": {"name": evil, evil: evil},
        "agent_name": evil,
        "visitor_tags": [evil],
        "group_name": evil,
    }
    log, _ = imported(tmp_path, record)
    bodies = b"".join(row.body for row in log.rows())
    assert "ab[31m\u202ec".encode() in bodies
    assert b"\\u0000" not in bodies
    assert b"\\u001b" not in bodies


# ---------------------------------------------------------------- laws

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2026-06-18 10:31:00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def run(*records: object) -> tuple[EventLog, ImportReport]:
    """Import records into a new log, without a fixture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.json")
        path.write_text("[" + ",".join(json.dumps(record) for record in records) + "]", encoding="utf-8")
        log = MemoryLog()
        return log, import_meiqia([path], log, zone=ZONE, received_at=0)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_fields_may_be_missing(data: st.DataObject) -> None:
    """Whatever is left out, nothing raises, and the record is either imported or set aside."""
    record = copy.deepcopy(data.draw(st.sampled_from([OLD, NEW])))
    for gone in data.draw(st.sets(st.sampled_from(sorted(record)))):
        del record[gone]
    for message in record.get("conv_content", []):
        for gone in data.draw(st.sets(st.sampled_from(sorted(message)))):
            del message[gone]
    log, report = run(record)
    whole = {reason: count for reason, count in report.set_aside.items() if "message" not in reason}
    assert report.conversations + sum(whole.values()) == 1
    assert len(opened(log)) == report.conversations
    kept = sum("timestamp" in message for message in record.get("conv_content", []))
    assert report.messages == (kept if report.conversations else 0)


@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_any_field_may_hold_anything(data: st.DataObject) -> None:
    """Whatever stands in a field, nothing raises, its neighbour is whole, a second import adds nothing."""
    record = copy.deepcopy(data.draw(st.sampled_from([OLD, NEW])))
    for wrong in data.draw(st.sets(st.sampled_from(sorted(record)), min_size=1)):
        record[wrong] = data.draw(JUNK)
    if isinstance(record.get("conv_content"), list):
        for message in record["conv_content"]:
            if isinstance(message, dict) and message:
                message[data.draw(st.sampled_from(sorted(message)))] = data.draw(JUNK)
    neighbour = NEW | {"conv_id": 99}
    log, report = run(record, neighbour)
    assert "99" in opened(log)
    before = log.last_seq()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.json")
        path.write_text(f"[{json.dumps(record)},{json.dumps(neighbour)}]", encoding="utf-8")
        import_meiqia([path], log, zone=ZONE, received_at=0)
    assert log.last_seq() == before
    assert json.dumps(report.as_dict())
    assert max(map(len, report.table().splitlines())) <= 100


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=3), st.integers(0, 400))
def test_any_bytes_may_stand_between_records(rubbish: list[bytes], where: int) -> None:
    """Rubbish in a file never raises, and a good file beside it is imported whole."""
    raw = dumped([OLD])
    where = min(where, len(raw))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.json").write_bytes(raw[:where] + b"".join(rubbish) + raw[where:])
        Path(folder, "b.json").write_bytes(dumped([NEW]))
        log = MemoryLog()
        import_meiqia([folder], log, zone=ZONE, received_at=0)
    assert "68000100" in opened(log)
    assert all(isinstance(fact, Fact) for fact in facts(log))


@pytest.mark.parametrize("number", [10**400, -(10**400), 10**30, 10**4000])
def test_a_huge_number_for_a_time_costs_one_row_at_most(tmp_path: Path, number: int) -> None:
    """A time no calendar has sets its conversation aside, or its message; the rest of the file is imported."""
    bad = SECOND | {"conv_start_tm": number}
    said_then = THIRD | {"conv_content": [NEW["conv_content"][0] | {"timestamp": number}, *NEW["conv_content"][1:]]}
    log, report = from_bytes(tmp_path, dumped({"result": [NEW, bad, said_then]}))
    assert opened(log)[:1] == opened(from_bytes(tmp_path, dumped({"result": [NEW]}))[0])
    assert report.conversations >= 2
