"""Records are found whole whatever the chunks, and a record too long is passed over in bounded memory."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.feeds import splitter
from deskkit.feeds.splitter import split

TEXT = st.text(alphabet='ab"\\{}[]中,: \n', max_size=6)
VALUE = st.recursive(
    st.none() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(TEXT, VALUE, max_size=4), max_size=5)


def pieces(raw: bytes, *, chunk: int = 7) -> list[splitter.Piece]:
    """Split a text that comes in chunks."""
    stream = io.BytesIO(raw)
    return list(split("p", stream.read(chunk), lambda _: stream.read(chunk), lists=frozenset({b"result"})))


@given(RECORDS, st.sampled_from(["list", "page", "row"]), st.integers(1, 40), st.sampled_from([None, 1]))
def test_records_come_out_as_they_went_in(
    records: list[dict[str, Any]], shape: str, chunk: int, indent: int | None
) -> None:
    """Elements of a list, of a page, and objects in a row, cut into chunks of any size."""
    if shape == "row":
        raw = "\n".join(json.dumps(record, ensure_ascii=False, indent=indent) for record in records)
    else:
        whole = records if shape == "list" else {"errno": 0, "result": records, "after": [{"x": 1}]}
        raw = json.dumps(whole, ensure_ascii=False, indent=indent)
    found = pieces(raw.encode(), chunk=chunk)
    assert [piece.problem for piece in found] == [""] * len(records)
    assert [json.loads(piece.raw) for piece in found] == records


def test_a_record_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its neighbours come out, and what is held stays near the limit."""
    monkeypatch.setattr(splitter, "LONGEST", 1_000)
    held = 0

    class Watched(splitter._Splitter):  # noqa: SLF001 - what it holds is the point
        def _more(self) -> bool:
            nonlocal held
            held = max(held, len(self._held))
            return super()._more()

    long = {"a": [f"{number:050}" for number in range(2_000)]}
    stream = io.BytesIO(json.dumps([{"b": 1}, long, {"b": 2}]).encode())
    found = list(Watched("p", b"", lambda _: stream.read(64), frozenset()).pieces())
    assert [piece.problem for piece in found] == ["", "longer than 1000 bytes", ""]
    assert [piece.raw for piece in found if not piece.problem] == [b'{"b": 1}', b'{"b": 2}']
    assert held < 1_500


@pytest.mark.parametrize(
    ("raw", "good"),
    [
        (b'[{"a": 1}, {"b": [{"c": 1}, {"d": 2}]', [b'{"a": 1}']),
        (b'[{"a": 1}, {"b": {"c": [1}}, {"d": 2}]', [b'{"a": 1}', b'{"d": 2}']),
        (b'[{"a": 1}]]{"d": 2}', [b'{"a": 1}']),
    ],
)
def test_brackets_that_do_not_match(raw: bytes, good: list[bytes]) -> None:
    """What can be told from the brackets that do is given; the rest is one problem."""
    found = pieces(raw)
    assert [piece.raw for piece in found if not piece.problem][: len(good)] == good
    assert sum(bool(piece.problem) for piece in found) >= 1


@given(RECORDS, st.integers(1, 40), st.sampled_from([None, 1]), st.integers(0, 1))
def test_records_of_a_list_one_object_deeper(
    records: list[dict[str, Any]], chunk: int, indent: int | None, behind: int
) -> None:
    """A page as ``{"data": {"meta": {}, "payload": [...]}}`` is read record by record, wherever its meta stands."""
    meta = {"meta": {"payload": [{"no": "record"}], "count": 1}}
    inner = {"payload": records, **meta} if behind else {**meta, "payload": records}
    raw = json.dumps({"data": inner, "after": {"payload": [1]}}, ensure_ascii=False, indent=indent).encode()
    stream = io.BytesIO(raw)
    lists = frozenset({b"payload", b"data.payload"})
    found = list(split("p", stream.read(chunk), lambda _: stream.read(chunk), lists=lists))
    assert [piece.problem for piece in found] == [""] * len(records)
    assert [json.loads(piece.raw) for piece in found] == records


def test_what_stands_between_records_is_set_aside_one_by_one() -> None:
    """Numbers, null and texts with commas in them are a row each; neighbours are whole."""
    text = b'[{"a": 1}, 42, null, "a, {b}", -1.5e3 , {"a": 2}, x y]'
    pieces = list(split("p", text, lambda _: b"", lists=frozenset()))
    assert [piece.raw for piece in pieces if not piece.problem] == [b'{"a": 1}', b'{"a": 2}']
    assert [piece.raw for piece in pieces if piece.problem] == [b"42", b"null", b'"a, {b}"', b"-1.5e3", b"x y"]
    assert [piece.place for piece in pieces] == [f"p, record {number}" for number in range(1, 8)]
