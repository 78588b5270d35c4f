"""Splices of a TOML text: put a key, a block or an element in, cut a statement or an entry out.

The layout says where things stand; what is put in looks like its neighbours, and comments are never cut.
Whether the result says what was meant is checked in `edits.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from deskkit.desk.policyfile.layout import Layout, literal, scan, show_path
from deskkit.errors import PolicyError
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.policyfile.layout import KeyPath

__all__ = ["add_key", "cut", "insert", "refuse", "replace", "swap"]

_EXAMPLE: Final = 'policy.edit({"capacity.agent": 6, "priority.rule[2].level": "urgent"})'
_AFTER: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")


def refuse(problem: str, path: str, value: object = None) -> NoReturn:
    """Refuse an edit."""
    raise PolicyError(
        problem, place=path[:120], value=value, expected=worded("a path and a value of the file"), example=_EXAMPLE
    )


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def replace(text: str, path: KeyPath, value: object) -> str:
    """Put a value in the place of another; comments within the old one come after it."""
    layout = scan(text)
    place = layout.places.get(path)
    if place is None or place.start < 0:
        refuse(worded("A whole table cannot become a single value."), show_path(path), value)
    kept = _comments(layout, place.start, place.end)
    if kept and _in_braces(layout, path):
        return _above(layout, path, kept, text[: place.start] + literal(value) + text[place.end :])
    after = "".join(f" {comment}{_newline(text)}" for comment in kept)
    rest = text[place.end :]
    if kept and not rest.partition("\n")[0].strip():
        after = after.removesuffix(_newline(text))
    return text[: place.start] + literal(value) + after + rest


def _comments(layout: Layout, start: int, end: int) -> list[str]:
    """Return the comments within a span."""
    return [layout.text[begin:stop] for begin, stop in layout.comments if start <= begin < end]


def _in_braces(layout: Layout, path: KeyPath) -> bool:
    """Say whether a place lies within a table in braces, where no line may end and so no comment can stand."""
    holders = (layout.places.get(path[:size]) for size in range(len(path)))
    return any(one is not None and layout.text[one.start : one.start + 1] == "{" for one in holders)


def _above(layout: Layout, path: KeyPath, kept: Sequence[str], new: str) -> str:
    """Put comments above the statement that holds a place; `new` differs from the text only within it."""
    holds = [one.start for one in layout.statements if not one.header and one.path == path[: len(one.path)]]
    start = layout.bounds(holds[-1])[0]
    return new[:start] + "".join(f"{comment}{_newline(new)}" for comment in kept) + new[start:]


# ---------------------------------------------------------------- adding


def _line(name: str, value: object, newline: str) -> str:
    """Write ``name = value``; of several tables each on a line of its own."""
    if isinstance(value, list) and len(value) > 1 and all(isinstance(item, dict) for item in value):
        rows = newline.join(f"  {literal(item)}," for item in value)
        return f"{name} = [{newline}{rows}{newline}]"
    return f"{name} = {literal(value)}"


def _block(header: str, table: Mapping[str, object], newline: str) -> str:
    return newline.join([header, *(_line(literal(key, key=True), value, newline) for key, value in table.items())])


def _names(path: KeyPath) -> str:
    return ".".join(literal(step, key=True) for step in path if isinstance(step, str))


def _end_of(layout: Layout, path: KeyPath) -> int:
    """Return the end of the line with the last statement under `path`; without one, of the text."""
    ends = [one.end for one in layout.statements if one.path[: len(path)] == path]
    return layout.bounds(ends[-1])[1] if ends else len(layout.text.rstrip())


def _add_block(layout: Layout, at: int, block: str) -> str:
    """Put a block after the line that ends at `at`, with a blank line before it."""
    text, newline = layout.text, _newline(layout.text)
    rest = text[at:]
    return text[:at] + newline * 2 + block + (rest or newline)


def insert(text: str, path: KeyPath, number: int, value: object) -> str:
    """Add an element to a list: a block among its like, or a value between brackets."""
    layout = scan(text)
    place = layout.places.get(path)
    if place is not None and place.start >= 0:
        return _insert_inline(layout, path, number, value)
    if not isinstance(value, dict):
        refuse(worded("A list of rules takes tables only."), show_path(path), value)
    block = _block(f"[[{_names(path)}]]", value, _newline(text))
    first = layout.places.get((*path, 0))
    if number == 0 and first is not None:
        start = layout.bounds(first.begin)[0]
        return text[:start] + block + _newline(text) * 2 + text[start:]
    holder = (*path, number - 1) if first is not None else path[:-1]
    return _add_block(layout, _end_of(layout, holder), block)


def _insert_inline(layout: Layout, path: KeyPath, number: int, value: object) -> str:
    text, place, new = layout.text, layout.places[path], literal(value)
    following = layout.places.get((*path, number))
    if following is not None:
        start = layout.bounds(following.start)[0]
        indent = text[start : following.start]
        joint = f",{_newline(text)}{indent}" if not indent.strip() else ", "
        return text[: following.start] + new + joint + text[following.start :]
    before = layout.places.get((*path, number - 1))
    if before is None:
        return text[: place.start + 1] + new + text[place.start + 1 :]
    start = layout.bounds(before.start)[0]
    indent = text[start : before.start]
    comma = _comma(text, before.end)
    if indent.strip():
        return text[: before.end] + f", {new}" + text[before.end :]
    end = layout.bounds(comma if comma >= 0 else before.end)[1]
    if place.end <= end:  # the closing bracket is on the same line
        return text[: before.end] + f", {new}" + text[before.end :]
    line = f"{_newline(text)}{indent}{new},"
    return text[: before.end] + ("" if comma >= 0 else ",") + text[before.end : end] + line + text[end:]


def add_key(text: str, path: KeyPath, key: str, value: object) -> str:
    """Add a key to a table: between braces, below its header, or as a block of its own."""
    layout = scan(text)
    dotted = key
    while path and path not in layout.places and not _has_headers(layout, path):
        path, dotted = path[:-1], f"{literal(path[-1], key=True)}.{dotted}"
    name = literal(key, key=True) if dotted == key else dotted
    place = layout.places.get(path)
    if place is not None and place.start >= 0:
        return _add_inline(layout, path, f"{name} = {literal(value)}")
    own = any(one.header and one.path == path for one in layout.statements)
    if isinstance(value, dict) and dotted == key and (not own or _has_headers(layout, path)):
        header = f"[{_names((*path, key))}]"
        return _add_block(layout, _end_of(layout, path), _block(header, value, _newline(text)))
    line = _line(name, value, _newline(text))
    if path and not own:
        return _add_block(layout, _end_of(layout, path), f"[{_names(path)}]{_newline(text)}{line}")
    return _add_line(layout, path, line)


def _has_headers(layout: Layout, path: KeyPath) -> bool:
    """Say whether headers stand below a table."""
    size = len(path)
    return any(one.header and len(one.path) > size and one.path[:size] == path for one in layout.statements)


def _add_inline(layout: Layout, path: KeyPath, entry: str) -> str:
    text, place = layout.text, layout.places[path]
    size = len(path)
    ends = [one.end for where, one in layout.places.items() if len(where) > size and where[:size] == path]
    if not ends:
        return text[: place.start] + f"{{ {entry} }}" + text[place.end :]
    return text[: max(ends)] + f", {entry}" + text[max(ends) :]


def _add_line(layout: Layout, path: KeyPath, line: str) -> str:
    """Add a line after the last one of a table's own block."""
    text, newline = layout.text, _newline(layout.text)
    inside, last = not path, -1
    for one in layout.statements:
        if one.header:
            inside = one.path == path
        if inside:
            last = one.end
    if last < 0:
        return f"{line}{newline}{text}"
    end = layout.bounds(last)[1]
    return text[:end] + newline + line + text[end:]


# ---------------------------------------------------------------- removing


def _comma(text: str, at: int) -> int:
    """Return where the comma after an element stands, or -1."""
    found = _AFTER.match(text, at)
    end = found.end() if found else at
    return end if text.startswith(",", end) else -1


def cut(text: str, path: KeyPath) -> str:
    """Take out every statement below `path`, or the entries of a list or table between brackets."""
    layout = scan(text)
    found = [one for one in layout.statements if one.path[: len(path)] == path]
    for one in reversed(found):
        text = _without(text, one.start, one.end, _comments(layout, one.start, one.end))
    return text if found else _cut_entry(layout, path)


def _cut_entry(layout: Layout, path: KeyPath) -> str:
    """Take an entry out of a list or table between brackets, with one comma."""
    text = layout.text
    entries = [one for where, one in layout.places.items() if where[: len(path)] == path]
    begin, end = min(one.begin for one in entries), max(one.end for one in entries)
    kept = _comments(layout, begin, end)
    comma = _comma(text, end)
    if comma >= 0:
        text = text[:comma] + text[comma + 1 :]
        while comma == end and text[end : end + 1] in (" ", "\t"):
            text = text[:end] + text[end + 1 :]
    else:
        ends = [one.end for one in layout.places.values() if one.start >= 0 and one.end <= begin]
        before = _comma(text, max(ends)) if ends else -1
        if before >= 0 and text[before + 1 : begin].strip() == "":
            text = text[:before] + text[begin:]
            begin, end = before, end - (begin - before)
    if _in_braces(layout, path):
        return _above(layout, path, kept, _without(text, begin, end, []))
    return _without(text, begin, end, kept)


def _without(text: str, start: int, end: int, kept: Sequence[str]) -> str:
    """Delete a span; comments stay, a line that is empty then goes, and of two blank lines one."""
    newline = _newline(text)
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end + 1
    indent, right = text[line_start:start], text[end:line_end]
    if indent.strip():
        spaced = not kept and text[start - 1] in " \t" and right[:1] in (" ", "\t")
        comments = "".join(f" {comment}{newline}" for comment in kept)
        return text[:start] + comments + text[end + spaced :]
    if kept or right.strip():
        lines = [*kept, right.strip()] if right.strip() else kept
        return text[:line_start] + "".join(f"{indent}{line}{newline}" for line in lines) + text[line_end:]
    before, after = text[:line_start], text[line_end:]
    if (not before or before.endswith(("\n\n", "\r\n\r\n"))) and after.startswith(newline):
        after = after[len(newline) :]
    return before + after


# ---------------------------------------------------------------- order


def swap(text: str, path: KeyPath) -> str:
    """Put an element of a list and the next one in each other's place."""
    layout = scan(text)
    last = path[-1]
    if not isinstance(last, int):
        refuse(worded("This is no element of a list."), show_path(path))
    (start, end), (begin, stop) = _extent(layout, path), _extent(layout, (*path[:-1], last + 1))
    if end > begin:
        refuse(worded("These stand within one another; edit the text."), show_path(path))
    return text[:start] + text[begin:stop] + text[end:begin] + text[start:end] + text[stop:]


def _extent(layout: Layout, path: KeyPath) -> tuple[int, int]:
    """Return from where to where an element goes: a value, or a block with the comments right above and beside it."""
    place = layout.places[path]
    if place.start >= 0:
        return place.start, place.end
    own = [one for one in layout.statements if one.path[: len(path)] == path]
    foreign = [one for one in layout.statements if own[0].start < one.start < own[-1].start and one not in own]
    if foreign:
        refuse(worded("Something else stands between its lines; edit the text."), show_path(path))
    start, end = layout.bounds(own[0].start)[0], layout.bounds(own[-1].end)[1]
    while start and layout.text[: start - 1].rpartition("\n")[2].lstrip().startswith("#"):
        start = layout.bounds(start - 1)[0]
    return start, end
