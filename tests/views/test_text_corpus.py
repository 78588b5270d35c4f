"""Texts nobody would think of (T15), through everything that keeps, reads or shows a text: none fails, none lies.

Drawn with a seed from naughty strings, every control of direction, families of emoji, heaps of combining marks,
characters without a meaning yet, halves of pairs, NUL and scripts side by side. 2,000 in `make test`, 20,000 in
`make full`; one of a million combining marks in both.
"""

from __future__ import annotations

import unicodedata
from html import unescape
from html.parser import HTMLParser
from random import Random

import pytest

from deskkit.desk import coding
from deskkit.desk.events import CustomerWrote
from deskkit.export.cells import excel_text
from deskkit.figures.template import safe
from deskkit.privacy import mask
from deskkit.text import clean, fold_text, visible
from deskkit.views.markup import show_text
from deskkit.views.words import shortened
from tests.browser.hostile.payloads import PAYLOADS

SIZES = [pytest.param(2_000, id="some"), pytest.param(20_000, id="all", marks=pytest.mark.full)]
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PIECES = (
    *PAYLOADS, *BIDI, "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f3f4\U000e0067\U000e007f", "\u2764\ufe0f",
    "\ud800", "\udfff", "\udc00\ud800", "\x00", "\u0378", "\U000e0100", "\U0010ffff", "\ufffe", "e\u0301",
    "o" + "\u0302" * 500, "\u1e9e", "Ω", "\u212b", "\r\n", "\u2028",
    "\u0e17\u0e35\u0e48", "\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd", "你好", "㍿", "ﬃ", "İ",
    "ß", "\u180e", "\u200b", "\ufeff", "\u00ad", "\u034f", "\u3164", "a", " ", "1",
    "１３８００１３８０００", "13800138000",
)  # fmt: skip
ON_A_PAGE, IN_A_CHART = 4_000, 160  # characters
LIES = {"LRE", "RLE", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI", "PDF"}


def corpus(size: int) -> list[str]:
    """Return texts of some pieces each, and each piece alone."""
    draw = Random(15)
    made = ["".join(draw.choices(PIECES, k=draw.randint(1, 6))) for _ in range(size - len(PIECES))]
    made += ["".join(map(chr, draw.choices(range(0x110000), k=8))) for _ in range(size // 20)]
    return [*PIECES, *made]


def cut(text: str, most: int) -> str:
    """Return the beginning of a text that is too long."""
    return text if len(text) <= most else f"{text[:most]}…"


class Text(HTMLParser):
    """Reads the text of markup as a browser would."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.tags = "", list[str]()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append(tag + str(attrs or ""))

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data


@pytest.mark.parametrize("size", SIZES)
def test_no_text_fails_or_lies(size: int) -> None:
    """A text is kept as it was cleaned, and shown with its signs of direction drawn; no sink makes it anything else."""
    texts = corpus(size)
    for sent in texts:
        kept = clean(sent)
        fact = CustomerWrote(at=1, source="t", source_id="1", conversation="c", message="m", text=kept)
        assert coding.decode(coding.encode(fact)) == fact
        shown = visible(kept)
        for text in (shown, visible(mask(kept)), visible(sent), shortened(shown, 28)):
            assert not [char for char in text if unicodedata.bidirectional(char) in LIES], ascii(sent)
            text.encode()
        read = Text(show_text(kept).text)
        assert read.tags == ["bdi"]
        assert read.text == visible(cut(kept, ON_A_PAGE))
        assert "<" not in safe(kept)
        assert unescape(safe(kept, masked=False)) == visible(cut(kept, IN_A_CHART)).replace("\n", " ")
        fold_text(kept)
        excel_text(kept)
    assert len(texts) >= size


def test_the_look_sees_a_lie() -> None:
    """A text shown as it was sent would turn its neighbours around, and be seen to."""
    assert [char for char in "a\u202eb" if unicodedata.bidirectional(char) in LIES]
    assert Text("<b>x</b>").tags == ["b"]


def test_a_million_marks_on_one_letter() -> None:
    """They are cut, folded, and shown as a few and their number."""
    kept = clean("o" + "\u0301" * 1_000_000)
    assert len(kept) <= 32_768
    assert "\u0301" * 5 in kept
    assert "\u0301" * 5 not in visible(kept)
    assert len(show_text(kept).text) < 10_000
    assert fold_text(kept)
