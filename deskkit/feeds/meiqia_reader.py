"""Meiqia's fields and messages read as values, every oddity counted.

Forgiving in form (a count as text, a sender as a number), strict in meaning: what cannot be read is counted
as conflicting and not guessed. This module makes no facts and knows no file.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import unquote

import msgspec

from deskkit.errors import FactError
from deskkit.feeds import meiqia_model as model
from deskkit.feeds.values import Moment, number, whole
from deskkit.text import LIMIT, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskkit.feeds.report import ImportReport
    from deskkit.feeds.values import Times

__all__ = ["NAME", "Reader", "Said"]

NAME: Final = 256
"""Characters of a name, tag or key that are kept."""

_FIELD: Final = 1_024  # characters of a customer field
_FIELDS: Final = 64  # customer fields of its own that a company may have
_TAGS: Final = 200
_LARGEST_KEY: Final = 10**40
_INSIDE: Final = ("text", "content", "summary", "title", "name", "filename", "file_name", "url")

_Found = TypeVar("_Found")


class Said(msgspec.Struct):
    """A message of `conv_content`, read.

    Attributes
    ----------
    at, stamp : int and str
        When, see `values.Moment`.
    sender : str
        ``client``, ``agent``, ``system`` or ``bot``, or the unknown word.
    kind : str
        ``human``, ``automatic``, ``remark`` or ``action``.
    action : str
        The word for what happened, of an action.
    told : bool
        Whether the export itself told the kind.
    """

    at: int
    stamp: str
    sender: str
    name: str
    text: str
    content_type: str
    kind: str
    action: str
    told: bool
    nth: int = 0

    @property
    def replies(self) -> bool:
        """Whether an agent wrote it by hand."""
        return self.sender == "agent" and self.kind == model.HUMAN

    @property
    def asks(self) -> bool:
        """Whether the customer wrote it."""
        return self.sender == "client" and self.kind == model.HUMAN


class Reader:
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

    # ------------------------------------------------------------ single fields

    def survey(self, conversation: Mapping[str, Any]) -> None:
        """Count which fields are there; what is never stored is counted as dropped."""
        fields = self.fields
        for name in model.STORED + model.COMPARED:
            if _is_empty(conversation.get(name)):
                fields[name].absent += 1
            else:
                fields[name].present += 1
        for name in model.DROPPED:
            if _is_empty(conversation.get(name)):
                fields[name].absent += 1
            else:
                fields[name].present += 1
                fields[name].dropped += 1
        for name in conversation.keys() - _KNOWN:
            count = fields.unknown(name)
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
        self.fields[name].conflicting += 1
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
        if _is_empty(value):
            return None
        found = self.times.read(value)
        if found is None:
            self.fields[name].conflicting += 1
            raise FactError(f"{name} is no readable time")
        self.fields[name].coerced += found.coerced
        return found

    def coerced(self, value: object, name: str, read: Callable[[object], tuple[float | None, bool]]) -> float | None:
        """Read a number by `read`, None if there is none or it is none."""
        if _is_empty(value):
            return None
        found, forced = read(value)
        self.fields[name].coerced += forced
        self.fields[name].conflicting += found is None
        return found

    def rating(self, value: object, name: str) -> int | None:
        """Read an evaluation, 0 bad, 1 neutral, 2 good, as -1, 0, 1."""
        if isinstance(value, dict):
            value = value.get("level")
        if _is_empty(value):
            return None
        found = _look_up(model.RATINGS, value)
        if found is None:
            self.fields[name].conflicting += 1
        elif isinstance(value, str):
            self.fields[name].coerced += 1
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
            self.fields[name].conflicting += 1
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

    # ------------------------------------------------------------ the customer

    def customer_fields(self, info: Mapping[str, Any]) -> dict[str, str | int | float]:
        """Read the fields of `client_info` that a desk decides by; personal and nested ones are dropped."""
        fields: dict[str, str | int | float] = {}
        own = 0
        for key, value in info.items():
            count = self._info(key)
            if _is_empty(value):
                count.absent += 1
                continue
            count.present += 1
            purchase = _PURCHASES.get(key)
            if purchase is not None:
                read = self._purchase(purchase, value, f"client_info.{key}")
                if read is not None:
                    fields[key] = read
            elif key in ("name", "visitor_name"):
                continue
            elif own == _FIELDS or key in model.PERSONAL or key.startswith("_") or _is_nested(value):
                count.dropped += 1
            else:
                own += 1
                name = clean(key, limit=NAME)
                fields[name] = self._plain(value, f"client_info.{name}")
        return fields

    def _info(self, key: str) -> Any:  # noqa: ANN401 - a Count, whatever the name
        name = f"client_info.{key}"
        return self.fields[name] if key in _INFO else self.fields.unknown(name)

    def _purchase(self, kind: str, value: object, name: str) -> str | int | float | None:
        if kind == "count":
            read = self.coerced(value, name, whole)
            return None if read is None else int(read)
        if kind == "amount":
            return self.coerced(value, name, number)
        if kind == "time":
            found = self.times.read(value)
            self.fields[name].conflicting += found is None
            self.fields[name].coerced += found is not None
            return None if found is None else found.at
        return self.text(value, name, limit=NAME).strip() or None

    def _plain(self, value: object, name: str) -> str | int | float:
        if isinstance(value, bool):
            self.fields.unknown(name).coerced += 1
            return int(value)
        if isinstance(value, int | float) and number(value)[0] is not None:
            return value
        return self.text(value if isinstance(value, str) else str(value), name, limit=_FIELD)

    # ------------------------------------------------------------ messages

    def messages(self, value: object, aside: Callable[[str, bytes], None]) -> list[Said]:
        """Read `conv_content`, in order of time; `aside` takes reason and bytes of what is unreadable."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.fields["conv_content"].conflicting += 1
            return []
        said: list[Said] = []
        seen: Counter[tuple[str, str]] = Counter()
        for item in value:
            one = self._message(item, aside)
            if one is not None:
                key = (one.stamp, one.sender)
                one.nth = seen[key]
                seen[key] += 1
                said.append(one)
        if any(later.at < earlier.at for earlier, later in pairwise(said)):
            self.fields["conv_content"].conflicting += 1
            said.sort(key=lambda one: one.at)
        return said

    def _message(self, item: object, aside: Callable[[str, bytes], None]) -> Said | None:
        if not isinstance(item, dict):
            aside("a message is no object", _raw(item))
            return None
        fields = self.fields
        for field in _MESSAGE:
            if _is_empty(item.get(field)):
                fields[_MESSAGE[field]].absent += 1
            else:
                fields[_MESSAGE[field]].present += 1
        for key in item.keys() - _MESSAGE.keys():
            count = fields.unknown(f"conv_content.{key}")
            count.present += 1
            count.dropped += 1
        moment = self.times.read(item.get("timestamp"))
        if moment is None:
            fields["conv_content.timestamp"].conflicting += not _is_empty(item.get("timestamp"))
            aside("a message without a readable time", _raw(item))
            return None
        fields["conv_content.timestamp"].coerced += moment.coerced
        content_type = self._content_type(item.get("content_type"))
        text = self._content(item.get("content"), content_type)
        kind, action, told = self._kind(item.get("type"), text)
        sender = self._sender(item.get("from"))
        name = self.text(item.get("agent_name"), "conv_content.agent_name")
        return Said(moment.at, moment.stamp, sender, name, text, content_type, kind, action, told)

    def _sender(self, value: object) -> str:
        found = _look_up(model.SENDERS, value)
        if found is None:
            self.fields["conv_content.from"].conflicting += 1
            return self.text(value, "conv_content.from", limit=64).strip() or "unknown"
        self.fields["conv_content.from"].coerced += value != found
        return found

    def _kind(self, value: object, text: str) -> tuple[str, str, bool]:
        """Read the kind of a message, the action if it is one, and whether the export told it."""
        if text.strip() in model.PLACEHOLDERS:
            return model.AUTOMATIC, "", True
        if _is_empty(value):
            return model.HUMAN, "", False
        found = _look_up(model.KINDS, value)
        if found is not None:
            self.fields["conv_content.type"].coerced += not isinstance(value, str) or value.strip().isdigit()
            return found, "", True
        word = self.text(value, "conv_content.type", limit=64).strip().lower()
        if word in model.ACTIONS:
            return model.ACTION, word, True
        self.fields["conv_content.type"].conflicting += 1
        return model.HUMAN, "", False

    def _content_type(self, value: object) -> str:
        if _is_empty(value):
            return "text"
        found = _look_up(model.CONTENT, value)
        if found is None:
            return self.text(value, "conv_content.content_type", limit=64).strip() or "text"
        self.fields["conv_content.content_type"].coerced += value != found
        return found

    def _content(self, value: object, content_type: str) -> str:
        """Read the text; of an image, voice, file or video its name without the way to it."""
        if isinstance(value, list | dict):
            self.fields["conv_content.content"].coerced += 1
            value = _inside(value)
        text = self.text(value, "conv_content.content", limit=LIMIT)
        if content_type in ("image", "voice", "file", "video") and "/" in text:
            path = text.partition("?")[0].partition("#")[0].rstrip("/")
            return clean(unquote(path.rpartition("/")[2])) or text
        return text


_PURCHASES: Final = {"orders": "count", "spend": "amount", "last_order": "time", "membership": "text"}
_INFO: Final = frozenset(_PURCHASES) | model.PERSONAL | {"_m_track_id"}
_KNOWN: Final = frozenset(model.STORED + model.COMPARED + model.DROPPED)
_MESSAGE: Final = {
    field: f"conv_content.{field}" for field in ("from", "timestamp", "content", "content_type", "type", "agent_name")
}


def _is_empty(value: object) -> bool:
    return value is None or value == ""


def _is_nested(value: object) -> bool:
    return isinstance(value, list | dict)


def _look_up(words: Mapping[object, _Found], value: object) -> _Found | None:
    """Find a word of an enumeration given as text, as number, or as number in a text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    if isinstance(value, str) and value not in words:
        value = value.strip().lower()
        value = int(value) if value.isascii() and value.isdigit() and len(value) == 1 else value
    return words.get(value)


def _inside(value: object) -> str:
    """Return the text within a card or a rich text, pieces joined by line ends."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(filter(None, map(_inside, value)))
    if isinstance(value, dict):
        return next((found for key in _INSIDE if (found := _inside(value.get(key)))), "")
    return ""


def _raw(value: object) -> bytes:
    return json.dumps(value).encode()
