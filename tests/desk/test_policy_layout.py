"""The scanner finds every key, value and comment of any TOML text where it stands."""

from __future__ import annotations

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk.policyfile.layout import read_path, scan, show_path
from tests.desk.toml_text import leaves, names, tables, written


@settings(deadline=None)
@given(data=tables, draw=st.data())
def test_every_value_is_found_where_it_stands(data: dict[str, object], draw: st.DataObject) -> None:
    """The text between a value's offsets reads as that value, and a key's as that key."""
    text = written(data, draw)
    parsed = tomllib.loads(text)
    assert parsed == data
    found = scan(text)
    for path, value in leaves(parsed):
        place = found.places.get(path)
        if place is None:
            assert isinstance(value, list)  # of tables under headers; its elements have places
            continue
        if place.start >= 0:
            assert tomllib.loads(f"x = {text[place.start : place.end]}") == {"x": value}
        if isinstance(path[-1], str):
            key = text[place.key_start : place.key_end]
            assert list(tomllib.loads(f"{key} = 1")) == [path[-1]]


@settings(deadline=None)
@given(data=tables, draw=st.data())
def test_every_comment_is_found(data: dict[str, object], draw: st.DataObject) -> None:
    """Comments are told from `#` inside texts: without them the text says the same, and none is left."""
    text = written(data, draw)
    bare = text
    for start, end in reversed(scan(text).comments):
        assert text[start] == "#"
        bare = bare[:start] + bare[end:]
    assert tomllib.loads(bare) == data
    assert scan(bare).comments == []


@settings(deadline=None)
@given(st.lists(st.integers(0, 99) | names, min_size=1, max_size=4))
def test_paths_read_as_they_are_written(path: list[str | int]) -> None:
    """`read_path` undoes `show_path`."""
    assert read_path(show_path(tuple(path))) == tuple(path)
