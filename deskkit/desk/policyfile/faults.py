"""The faults of a policy file, from where they are found to the words a reader sees.

Readers note faults by path in a `Book`; `error_of` adds the line, and the corrected line where a value or a
key can be put right mechanically. Nothing here knows what a policy means.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

from deskkit.desk.policyfile.layout import KeyPath, Layout, Place, literal, scan, show_path, unfinished
from deskkit.errors import FileError, PolicyError
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "LEFT_OUT",
    "Book",
    "EnoughError",
    "Fix",
    "Problem",
    "error_of",
    "first_of",
    "listed",
    "nearest",
    "syntax_error",
]

E = TypeVar("E", bound=FileError)

_UNQUOTED = re.compile(r"""(\s*[\w."'-]+\s*=\s*)([^\s"'\[{#=][^"'#=]*?)(\s*(?:#.*)?)""")
_TIME = re.compile(r"(=\s*)(\d+(?:\.\d+)? ?[a-z]+)\b")
_LIST_COMMA = re.compile(r"(?: *, *)?")
_NEW_STATEMENT = re.compile(r"[\w.\"'-]+\s*=|\[\[?[\w.\"' -]+\]\]?\s*(?:#.*)?$")
_TEXTS = re.compile(r'"[^"]*"|[^"]+')
_OPEN_TEXT = re.compile(r'("[^"#]*?)\s*(?:#[^"]*)?$')
_SIGNS = str.maketrans(
    {"，": ", ", "：": ":", "＝": "=", "“": '"', "”": '"', "【": "[", "】": "]", "｛": "{", "｝": "}"}
)
_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


_REASONS: Final[dict[str, str]] = {  # what `tomllib` says without a value in it; more it says in English only
    reason: reason
    for reason in (
        worded("Invalid value"), worded("Invalid statement"), worded("Invalid initial character for a key part"),
        worded("Expected '=' after a key in a key/value pair"), worded("Unclosed array"),
        worded("Unclosed inline table"), worded("Unterminated string"), worded("Cannot overwrite a value"),
        worded("Expected newline or end of document after a statement"), worded("Invalid date or datetime"),
        worded("Expected ']' at the end of a table declaration"), worded("Unescaped '\\' in a string"),
        worded("Expected ']]' at the end of an array declaration"), worded("Invalid hex value"),
    )
}  # fmt: skip


class Fix(NamedTuple):
    """What would be right: `value` in place of a value or as a key's name; an entry left out or put in."""

    value: object
    on: Literal["value", "key", "left out", "put in"] = "value"


MOST_PROBLEMS: Final = 300
SHOWN: Final = 8
LEFT_OUT: Final = Fix("", "left out")


class Problem(NamedTuple):
    """A fault at a path; with a `fix`, or an `example` of lines to write where none is mechanical."""

    path: KeyPath
    problem: str
    value: object
    expected: str
    fix: Fix | None
    example: str


class EnoughError(Exception):
    """So many faults were found that looking for more would only take time."""


class Book:
    """Collects what is wrong (`problems`) and what is merely odd (`warnings`)."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def note(
        self,
        path: KeyPath,
        problem: str,
        *,
        value: object = None,
        expected: str = "",
        fix: object = None,
        key: str = "",
        example: str = "",
    ) -> None:
        """Note a fault; `fix` is the right value (or `LEFT_OUT`), `key` the right key in its place.

        Parameters
        ----------
        path : KeyPath
        problem, expected, example : str
        value, fix : object, TOML values
        key : str
        """
        right = fix if fix is None or isinstance(fix, Fix) else Fix(fix)
        right = Fix(key, "key") if key else right
        self.problems.append(Problem(path, problem, value, expected, right, example))
        if len(self.problems) >= MOST_PROBLEMS:
            raise EnoughError

    def warn(
        self, path: KeyPath, problem: str, *, expected: str = "", example: str = "", fix: Fix | None = None
    ) -> None:
        """Note what is allowed but probably not meant."""
        self.warnings.append(Problem(path, problem, None, expected, fix, example))

    def clean(self, *roots: str) -> bool:
        """Say whether no fault was found in these top-level tables."""
        return not any(problem.path and problem.path[0] in roots for problem in self.problems)


def nearest(word: object, known: Iterable[str], *, otherwise: str = "") -> str:
    """Return the known word most like `word`, else `otherwise`.

    Examples
    --------
    >>> nearest("reserv", ["agent", "reserve"]), nearest("zzz", ["agent"])
    ('reserve', '')
    """
    names = list(known)
    folded = {name.casefold(): name for name in reversed(names)}
    found = get_close_matches(str(word).casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else otherwise


def listed(words: Sequence[str]) -> str:
    """Write words as a choice.

    Examples
    --------
    >>> listed(["low", "normal", "high"]), listed(["one"]), listed([])
    ('low, normal or high', 'one', 'none (there are none yet)')
    """
    if not words:
        return worded("none (there are none yet)")
    if len(words) == 1:
        return worded("{word}", word=words[0])
    return worded("{words} or {last}", words=", ".join(words[:-1]), last=words[-1])


def error_of(problem: Problem, layout: Layout, source: str) -> PolicyError:
    """Turn a fault into the error to raise: with its line, and the corrected line where there is a fix."""
    place = layout.find(problem.path)
    on_key = place.start < 0 or (problem.fix is not None and problem.fix.on == "key")
    line = layout.line(place.key_start if on_key else place.start)
    fix, example = problem.fix, problem.example
    if fix is not None and fix.on == "value" and problem.path not in layout.places:
        example = f"{literal(problem.path[-1], key=True)} = {literal(fix.value)}"
        fix = Fix(example, "put in")  # the value at fault is a default; what is needed is a line of its own
    if fix is not None and (place.start >= 0 or fix.on != "put in"):
        example = _corrected(layout, place, fix, on_key=on_key)
    where = f"{source}, line {line}" + (f", {show_path(problem.path)}" if problem.path else "")
    return PolicyError(
        problem.problem,
        place=where,
        value=problem.value,
        expected=problem.expected,
        example=example,
        line=line,
    )


def first_of(faults: Sequence[E]) -> E:
    """Return the first fault, and let it say where the others are.

    Examples
    --------
    >>> print(first_of([PolicyError("No."), PolicyError("No!", line=7), PolicyError("Oh.", line=9)]))
    No. (And 2 more faults: lines 7, 9.)
    """
    first, rest = faults[0], faults[1:]
    if rest:
        lines = ", ".join(str(fault.line) for fault in rest[:SHOWN]) + (", …" if len(rest) > SHOWN else "")
        first.args = (f"{first} (And {len(rest)} more fault{'s' if len(rest) > 1 else ''}: lines {lines}.)",)
    return first


def _corrected(layout: Layout, place: Place, fix: Fix, *, on_key: bool) -> str:
    """Return the line(s) around a place with the fix in it, without comments after it."""
    start, end = (place.key_start, place.key_end) if on_key else (place.start, place.end)
    new = "" if fix.on == "left out" else literal(fix.value, key=fix.on == "key")
    if fix.on == "left out":
        comma = _LIST_COMMA.match(layout.text, place.end)
        start, end = place.begin, comma.end() if comma else place.end
        if end == place.end:  # the last one: the comma before it goes
            start = len(layout.text[:start].rstrip(", "))
    elif fix.on == "put in":
        start = end = len(layout.text[: place.end - 1].rstrip())
        new = f", {fix.value}"
    first, _ = layout.bounds(start)
    _, last = layout.bounds(end)
    comment = [begin for begin, _ in layout.comments if end <= begin < last]
    return (layout.text[first:start] + new + layout.text[end : min([*comment, last])]).strip()


def syntax_error(text: str, error: tomllib.TOMLDecodeError, source: str) -> PolicyError:
    """Turn what `tomllib` says into an error with a line; missing quotes are put into the example."""
    message = str(error)
    found = _POSITION.search(message)
    lines = text.split("\n")
    number = int(found[1]) if found and found[1] else len(lines)
    reason = _POSITION.sub("", message)
    before = "\n".join(lines[:number])
    began = before.count("\n", 0, unfinished(before)) + 1
    if "overwrite" in reason or "twice" in reason:
        with suppress(ValueError, IndexError):  # where the second one breaks off, that is what is said below
            return _twice(before, began, source)
    if number == len(lines) or _NEW_STATEMENT.match(lines[number - 1]):
        number = began  # what began there was never closed, and only the next statement shows it
    shown = lines[number - 1].strip()
    since = worded(" in what begins in line {began}", began=began) if began < number else ""
    return PolicyError(
        worded("This is not TOML{since}: {reason}.", since=since, reason=_REASONS.get(reason, reason)),
        place=f"{source}, line {number}",
        value=shown,
        expected=worded("key = value, with texts and times in double quotes and every bracket closed"),
        example=_quoted(shown, "\n".join(lines[began - 1 : number - 1])),
        line=number,
    )


def _quoted(line: str, begun: str) -> str:
    """Return a line with quotes around its unquoted texts if it can then be read after what began, or an example."""
    times = _TIME.sub(r'\1"\2"', line)
    if times != line and _reads(f"{begun}\n{times}\n"):
        return times
    mended = _mended(line)
    if mended:
        return mended
    found = _UNQUOTED.fullmatch(line)
    return f"{found[1]}{literal(found[2].strip('“”‘’'))}" if found else 'after = "5 min"'


def _reads(text: str) -> bool:
    """Say whether a text is TOML, or breaks off in it."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _POSITION.search(str(error))
        return found is not None and found[1] is None
    return True


def _mended(line: str) -> str:
    """Return a line with its last quote closed, or with the signs of a Chinese keyboard made TOML's; "" if in vain."""
    signs = _TEXTS.sub(lambda part: part[0] if part[0][0] == '"' else part[0].translate(_SIGNS), line)
    for candidate in (signs, _OPEN_TEXT.sub(r'\1"', line), line.translate(_SIGNS)):
        try:
            tomllib.loads(candidate)
        except tomllib.TOMLDecodeError:
            continue
        if candidate != line:
            return candidate
    return ""


def _twice(before: str, line: int, source: str) -> PolicyError:
    """Say that a key or a header stands twice; `before` ends with the second one."""
    layout = scan(before)
    last = layout.statements[-1]
    first = next((item for item in layout.statements[:-1] if item.path == last.path), None)
    shown = before[last.start : last.end].splitlines()[0]
    name = show_path(tuple(step for step in last.path if isinstance(step, str)) if last.header else last.path)
    example = f"# {shown}"
    if last.header and before.startswith("[[", first.start if first else 0):
        example = f"[{shown}]"
    elif last.header:
        example = worded("# put these keys below the first [{name}]", name=name)
    return PolicyError(
        worded('"{name}" is given a second time; line {line} has it already.', name=name, line=layout.line(first.start))
        if first
        else worded('"{name}" is given a second time.', name=name),
        place=f"{source}, line {line}, {name}",
        value=before[last.start : last.end],
        expected=worded("each key and each table once; the tables of a list take two brackets, [[like.this]]"),
        example=example,
        line=line,
    )
