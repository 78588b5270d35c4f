"""From a wording with slots to messages as somebody would type them.

Fills slots and shared phrases, parts bursts, and gives every customer and agent a manner: who drops full
stops, who writes one line in three messages, who ends on a tilde. Knows no time and no desk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskkit.feeds.sample.script import phrases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.feeds.sample.draw import Draw

_SLOT = re.compile(r"\{(@?[a-z][a-z0-9_]*(?:\.[23])?)\}")
_BARE = "👍🙏😂😅吗呢么？！"  # no emoji after these
_LEADING = re.compile(r"^[，、,。！~ ]+")
_DOUBLED = re.compile(r"([？！?!~。，])[，,。]")
_EMOJI = (("谢麻烦帮请", "🙏🌹"), ("不没急怎坏漏破慢等错", "😭😅"), ("", "😂😊😄"))
"""Signs in a text, and the emoji that go with the first group found."""
_SHORT = 4
_SPLIT_FROM = 9
_PLACES = 3


@dataclass(frozen=True)
class Said:
    """One message: its content type as Meiqia names it, and its content."""

    content_type: str
    content: str


@dataclass(frozen=True)
class Manner:
    """How a person types."""

    stops: float = 0.1  # share of full stops kept
    stops_en: float = 0.0  # the least share in English
    spaced: bool = False  # blanks where commas belong
    bursts: float = 0.0  # share of long lines sent in pieces
    emoji: float = 0.0
    tilde: float = 0.0
    small: bool = False  # English without capitals
    short: bool = False  # u, pls


def customer_manner(draw: Draw, lang: str) -> Manner:
    """Return the manner of a customer."""
    if lang == "en":
        return Manner(stops=draw.pick((0.0, 0.5, 1.0)), small=draw.chance(0.35), short=draw.chance(0.1))
    return Manner(
        stops=0.08,
        spaced=draw.chance(0.3),
        bursts=draw.pick((0.0, 0.15, 0.7)),
        emoji=draw.pick((0.0, 0.0, 0.03, 0.1)),
        tilde=draw.pick((0.0, 0.0, 0.0, 0.25)),
    )


class Speaker:
    """Says the wordings of one conversation; a phrase is not repeated while another is left.

    Parameters
    ----------
    lang : {"zh", "en"}
    slots : dict of str to str
        Filled as the conversation goes on; a value may hold slots itself.
    draw : Draw
    """

    def __init__(self, lang: str, slots: dict[str, str], *, draw: Draw) -> None:
        self.slots = slots
        self._lang = lang
        self._phrases = phrases(lang)
        self._draw = draw
        self._used: set[str] = set()

    def phrase(self, name: str) -> str:
        """Return one of the shared phrases called so, its slots still open."""
        if name == "hello":
            name = f"hello_{self.slots.get('persona', 'plain')}"
        found = ""
        for _ in range(_PLACES):
            found = self._draw.pick(self._phrases[name])
            if found not in self._used:
                break
        self._used.add(found)
        return found

    def fill(self, text: str) -> str:
        """Return the text with every slot filled.

        Raises
        ------
        KeyError
            If the text names a slot that this conversation does not have.
        """
        while match := _SLOT.search(text):
            name = match.group(1)
            value = self.phrase(name[1:]) if name.startswith("@") else self.slots[name]
            text = text[: match.start()] + value + text[match.end() :]
        return _DOUBLED.sub(r"\1", _LEADING.sub("", text)).strip(" ")

    def messages(self, wordings: Sequence[str], manner: Manner) -> list[Said]:
        """Return the messages of one step, typed in this manner."""
        fresh = [wording for wording in wordings if wording not in self._used] or wordings
        wording = self._draw.pick(fresh)
        self._used.add(wording)
        said: list[Said] = []
        for part in wording.split(" | "):
            text = self.fill(part)
            if text:
                said += self._typed(text, manner)
        return said

    def _typed(self, text: str, manner: Manner) -> list[Said]:
        kind, _, name = text.partition(":")
        if kind == "img":
            return [Said("image", self._picture(name))]
        if kind == "file":
            return [Said("file", name)]
        if manner.bursts and len(text) >= _SPLIT_FROM and "，" in text and self._draw.chance(manner.bursts):
            return [Said("text", self._mannered(part, manner)) for part in text.split("，") if part]
        return [Said("text", self._mannered(text, manner))]

    def _picture(self, name: str) -> str:
        number = self._draw.below(9000) + 1000
        day = self.slots.get("stamp", "20260601")
        saved = f"微信图片_{day}{number}.jpg" if self._lang == "zh" else f"image-{day}-{number}.jpeg"
        return self._draw.pick((f"IMG_{number}.jpg", saved, f"{name}-{number}.png", f"{name}.jpg"))

    def _mannered(self, text: str, manner: Manner) -> str:
        stops = manner.stops if text.endswith("。") else max(manner.stops, manner.stops_en)
        if text.endswith(("。", ".")) and not text.endswith("..") and not self._draw.chance(stops):
            text = text[:-1] + ("~" if text.endswith("。") and self._draw.chance(manner.tilde) else "")
        if manner.spaced:
            text = text.replace("，", " ")
        if manner.small and not text.isupper():
            text = text[0].lower() + text[1:].replace(" I ", " i ").replace("I'", "i'").replace(". I", ". i")
        if manner.short:
            text = text.replace(" you ", " u ").replace("please", "pls").replace(" are ", " r ")
        if (
            manner.emoji
            and len(text) > _SHORT
            and self._draw.chance(manner.emoji)
            and not (text[-1].isascii() or text[-1] in _BARE)
        ):
            text += self._draw.pick(next(faces for signs, faces in _EMOJI if not signs or set(signs) & set(text)))
        return text
