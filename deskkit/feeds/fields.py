"""Fields of a record read as values, every oddity counted.

Forgiving in form (a count as text, an identity as a number), strict in meaning: what cannot be read is counted
as conflicting and not guessed. This module makes no facts and knows no product and no file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import unquote

from deskkit.desk.events import File
from deskkit.errors import FactError
from deskkit.feeds.values import number, whole
from deskkit.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from deskkit.feeds.report import ImportReport
    from deskkit.feeds.values import Moment, Times

__all__ = ["NAME", "FieldReader", "file_name", "file_of", "is_empty", "look_up", "raw_of"]

NAME: Final = 256
"""Characters of a name, tag or key that are kept."""

_FIELD: Final = 1_024  # characters of a customer field
_ADDRESS: Final = 2_048  # characters; what is longer holds the file itself, or is none
_TAGS: Final = 200
_LARGEST_KEY: Final = 10**40

_Found = TypeVar("_Found")


class FieldReader:
    """Reads the values of one import and counts what it meets.

    Parameters
    ----------
    times : Times
    report : ImportReport
        Its fields and its number of cut texts are kept here.
    """

    def __init__(self, times: Times, report: ImportReport) -> None:
        self.times = times
        self.report = report
        self.fields = report.fields

    def survey(
        self, record: Mapping[str, Any], *, stored: Iterable[str], dropped: Iterable[str] = (), prefix: str = ""
    ) -> None:
        """Count which fields are there; what is never stored, and what nobody documented, is counted as dropped."""
        fields = self.fields
        known = set()
        for name in stored:
            known.add(name)
            if is_empty(record.get(name)):
                fields[prefix + name].absent += 1
            else:
                fields[prefix + name].present += 1
        for name in dropped:
            known.add(name)
            if is_empty(record.get(name)):
                fields[prefix + name].absent += 1
            else:
                fields[prefix + name].present += 1
                fields[prefix + name].dropped += 1
        for name in [name for name in record if name not in known]:
            count = fields.unknown(prefix + name)
            count.present += 1
            count.dropped += 1

    def text(self, value: object, name: str, *, limit: int = NAME) -> str:
        """Read a text, empty if there is none; a number is coerced."""
        if isinstance(value, str):
            cleaned = clean(value, limit=limit)
            if len(value) > limit and len(cleaned) == limit:
                self.report.cut += 1
            return cleaned
        if value is None:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.fields[name].coerced += 1
            return clean(str(value), limit=limit)
        self.report.conflict(name, type(value).__name__)
        return ""

    def key(self, value: object, name: str) -> str:
        """Read an identity: an integer, or a text of at most 256 characters; empty if it is neither."""
        if isinstance(value, float) and value.is_integer():
            self.fields[name].coerced += 1
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if abs(value) < _LARGEST_KEY else ""
        return self.text(value, name).strip() if isinstance(value, str) else ""

    def moment(self, value: object, name: str) -> Moment | None:
        """Read a time, None if there is none.

        Raises
        ------
        FactError
            There is something, and it is no time.
        """
        if is_empty(value):
            return None
        found = self.times.read(value)
        if found is None:
            self.report.conflict(name, value)
            raise FactError(f"{name} is no readable time")
        self.fields[name].coerced += self._is_forced(value, found)
        return found

    def _is_forced(self, value: object, found: Moment) -> bool:  # noqa: ARG002 - what is documented differs by product
        """Tell whether a time was not written as documented."""
        return found.coerced

    def coerced(self, value: object, name: str, read: Callable[[object], tuple[float | None, bool]]) -> float | None:
        """Read a number by `read`, None if there is none or it is none."""
        if is_empty(value):
            return None
        found, forced = read(value)
        self.fields[name].coerced += forced
        self.report.conflict(name, value, when=found is None)
        return found

    def flag(self, value: object) -> bool | None:
        """Read yes or no; None for anything else."""
        word = str(value).strip().lower()
        if word in {"true", "1", "yes", "是"}:
            return True
        return False if word in {"false", "0", "no", "否"} else None

    def tags(self, value: object, name: str) -> list[str]:
        """Read a list of tags, or one text with several."""
        if value is None:
            return []
        if isinstance(value, str):
            parts: list[object] = list(value.replace("，", ",").replace("；", ",").replace(";", ",").split(","))
            self.fields[name].coerced += bool(value.strip())
        elif isinstance(value, list):
            parts = value
        else:
            self.report.conflict(name, type(value).__name__)
            return []
        found: dict[str, None] = {}
        for part in parts:
            inside = part.get("name") if isinstance(part, dict) else part
            tag = self.text(inside, name).strip()
            if tag:
                found[tag] = None
        if len(found) > _TAGS:
            self.fields[name].dropped += 1
        return list(found)[:_TAGS]

    def plain(self, value: object, name: str) -> str | int | float:
        """Read a field of the company's own: a number stays one, anything else becomes a text."""
        if isinstance(value, bool):
            self.fields.unknown(name).coerced += 1
            return int(value)
        if isinstance(value, int | float) and number(value)[0] is not None:
            return value
        return self.text(value if isinstance(value, str) else str(value), name, limit=_FIELD)


def is_empty(value: object) -> bool:
    """Tell whether a field says nothing."""
    return value is None or value == ""


def look_up(words: Mapping[object, _Found], value: object) -> _Found | None:
    """Find a word of an enumeration given as text, as number, or as number in a text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    if isinstance(value, str) and value not in words:
        value = value.strip().lower()
        value = int(value) if value.isascii() and value.isdigit() and len(value) == 1 else value
    return words.get(value)


def raw_of(value: object) -> bytes:
    """Return a value as it goes to the quarantine."""
    return json.dumps(value).encode()


def file_name(address: str) -> str:
    """Return the name of a file without the way to it.

    Examples
    --------
    >>> file_name("https://img.example/a/receipt%201.png?sig=1")
    'receipt 1.png'
    """
    path = address.partition("?")[0].partition("#")[0].rstrip("/")
    return clean(unquote(path.rpartition("/")[2])) or address


def file_of(address: str, *, name: str = "", size: object = None) -> File:
    """Return a file by what a product says of it; whether its address may be opened is asked when somebody wants to.

    Examples
    --------
    >>> file_of("https://img.example/a/receipt%201.png?sig=1", size="2048")
    File(name='receipt 1.png', url='https://img.example/a/receipt%201.png?sig=1', size=2048)
    >>> file_of("receipt.png")
    File(name='receipt.png', url='', size=0)
    """
    is_address = ":" in address[:12] and len(address) <= _ADDRESS
    bytes_, _ = whole(size)
    return File(
        name=clean(name) or file_name(address),
        url=clean(address).strip() if is_address else "",
        size=bytes_ if bytes_ is not None and bytes_ > 0 else 0,
    )
