"""Meiqia's fields and messages read as values, every oddity counted.

Forgiving in form (a count as text, a sender as a number), strict in meaning: what cannot be read is counted
as conflicting and not guessed. This module makes no facts and knows no file.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.feeds import meiqia_model as model
from deskkit.feeds.fields import FieldReader, file_name, file_of, is_empty, look_up, raw_of
from deskkit.text import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.desk.events import File

__all__ = ["Reader", "Said"]

_INSIDE: Final = ("text", "content", "summary", "title", "name", "filename", "file_name", "url")
_FILES: Final = ("image", "voice", "file", "video")
_SIZES: Final = ("size", "file_size", "filesize")


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
        The word for what happened, of an action; ``ending`` of the text at the end.
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
    files: tuple[File, ...] = ()

    @property
    def replies(self) -> bool:
        """Whether an agent wrote it by hand."""
        return self.sender == "agent" and self.kind == model.HUMAN

    @property
    def asks(self) -> bool:
        """Whether the customer wrote it."""
        return self.sender == "client" and self.kind == model.HUMAN


class Reader(FieldReader):
    """Reads what only Meiqia sends; parameters as for `FieldReader`."""

    # ------------------------------------------------------------ single fields

    def rating(self, value: object, name: str) -> int | None:
        """Read an evaluation, 0 bad, 1 neutral, 2 good, as -1, 0, 1."""
        if isinstance(value, dict):
            value = value.get("level")
        if is_empty(value):
            return None
        found = look_up(model.RATINGS, value)
        if found is None:
            self.report.conflict(name, value)
        elif isinstance(value, str):
            self.fields[name].coerced += 1
        return found

    # ------------------------------------------------------------ messages

    def messages(self, value: object, aside: Callable[[str, bytes], None]) -> list[Said]:
        """Read `conv_content`, in order of time; `aside` takes reason and bytes of what is unreadable."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.report.conflict("conv_content", type(value).__name__)
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
            self.report.conflict("conv_content", "not in order of time")
            said.sort(key=lambda one: one.at)
        return said

    def _message(self, item: object, aside: Callable[[str, bytes], None]) -> Said | None:
        if not isinstance(item, dict):
            aside("a message is no object", raw_of(item))
            return None
        fields = self.fields
        self.survey(item, stored=_MESSAGE, prefix="conv_content.")
        moment = self.times.read(item.get("timestamp"))
        if moment is None:
            given = item.get("timestamp")
            self.report.conflict("conv_content.timestamp", given, when=not is_empty(given))
            aside("a message without a readable time", raw_of(item))
            return None
        fields["conv_content.timestamp"].coerced += moment.coerced
        content_type = self._content_type(item.get("content_type"))
        text = self._content(item.get("content"), content_type)
        kind, action, told = self._kind(item.get("type"), text)
        sender = self._sender(item.get("from"))
        name = self.text(item.get("agent_name"), "conv_content.agent_name")
        files = _files(item.get("content"), text) if content_type in _FILES else ()
        return Said(moment.at, moment.stamp, sender, name, text, content_type, kind, action, told, files=files)

    def _sender(self, value: object) -> str:
        found = look_up(model.SENDERS, value)
        if found is None:
            self.report.conflict("conv_content.from", value)
            return self.text(value, "conv_content.from", limit=64).strip() or "unknown"
        self.fields["conv_content.from"].coerced += value != found
        return found

    def _kind(self, value: object, text: str) -> tuple[str, str, bool]:
        """Read the kind of a message, the action if it is one, and whether the export told it."""
        if text.strip() in model.PLACEHOLDERS:
            return model.AUTOMATIC, "", True
        if is_empty(value):
            return model.HUMAN, "", False
        found = look_up(model.KINDS, value)
        if found is not None:
            self.fields["conv_content.type"].coerced += not isinstance(value, str) or value.strip().isdigit()
            return found, look_up(model.ENDING, value) or "", True
        word = self.text(value, "conv_content.type", limit=64).strip().lower()
        if word in model.ACTIONS:
            return model.ACTION, word, True
        self.report.conflict("conv_content.type", word)
        return model.HUMAN, "", False

    def _content_type(self, value: object) -> str:
        if is_empty(value):
            return "text"
        found = look_up(model.CONTENT, value)
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
        if content_type in _FILES and "/" in text:
            return file_name(text)
        return text


_MESSAGE: Final = ("from", "timestamp", "content", "content_type", "type", "agent_name")


def _inside(value: object) -> str:
    """Return the text within a card or a rich text, pieces joined by line ends."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(filter(None, map(_inside, value)))
    if isinstance(value, dict):
        return next((found for key in _INSIDE if (found := _inside(value.get(key)))), "")
    return ""


def _files(value: object, name: str) -> tuple[File, ...]:
    """Return the file of a message: its address is all that is said, or stands among other things."""
    inside = value if isinstance(value, dict) else {}
    address = inside.get("url") or value
    size = next((inside[key] for key in _SIZES if key in inside), None)
    return (file_of(address if isinstance(address, str) else name, name=name, size=size),) if name else ()
