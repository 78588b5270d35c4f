"""Laws of `deskkit.text`: what is stored, matched and shown of a hostile text."""

from __future__ import annotations

import sys
import time
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit import text as module
from deskkit.errors import DeskkitError
from deskkit.text import LIMIT, clean, fold, fold_text, language, visible, words

if TYPE_CHECKING:
    from collections.abc import Callable

ODDITIES = (
    "\u0345\u0301\u0323\u034f\u0300\u0308\u3099\u309a\uff9e\uff9f\u1100\u1161\u11a8\u3131\u314f\u0130I\u0390"
    "\u1f80\u0149\u200b\u200d\u200c\u202e\u2066\ufeff\u00ad\ufe0f\ufdfa\u33af\u00b4\u2033\u0661\u0967\ud800"
    "\udc00\x00\t\n\r\x85 \u3000"
    "\u09c7\u09be\U0001d400\U000e0041\u13a0\uab70\u1e9e\u00df急\uff21\u2026\u2019"
)
TEXTS = st.text(st.one_of(st.sampled_from(ODDITIES), st.characters(codec=None)), max_size=40)
EVERY_CHARACTER = [
    char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) not in ("Cn", "Co")
]
OVERRIDES = ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")


def test_clean_orders_its_steps() -> None:
    """Controls go, line ends become newlines, surrogates and broken bytes become U+FFFD, the rest is NFC."""
    assert clean("a\x00b\x07\x85\x7fc\td\r\ne\rf") == "abc\td\ne\nf"
    assert clean("x\ud800y") == "x\ufffdy"
    assert clean("\ud83d\ude00") == "\U0001f600", "a pair that was torn apart by JSON is one emoji"
    assert clean(b"caf\xff \xe6\x80\xa5") == "caf\ufffd 急"
    assert clean("e\u0301") == "\u00e9"


def test_clean_keeps_what_languages_need() -> None:
    """Direction marks, zero-width joiners and non-joiners are stored as sent."""
    faithful = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u202a1\u202c \U0001f468\u200d\U0001f469"
    assert clean(faithful) == faithful


@pytest.mark.parametrize("length", [LIMIT, LIMIT + 1, 10 * LIMIT])
def test_clean_cuts_at_the_limit(length: int) -> None:
    """A text at the limit is whole; above it a marker says how long it was, and nothing exceeds the limit."""
    kept = clean("急" * length)
    assert len(kept) == LIMIT
    assert ("characters, SHA-256" in kept) == (length > LIMIT)
    assert (f"[… {length} characters" in kept) == (length > LIMIT)


def test_cut_texts_of_equal_length_stay_apart() -> None:
    """Two long texts that differ only beyond the cut are stored differently."""
    assert clean("a" * 500 + "b", limit=64) != clean("a" * 500 + "c", limit=64)


def test_clean_refuses_a_limit_without_room() -> None:
    """A limit too small for the marker is refused with a corrected call."""
    with pytest.raises(DeskkitError, match="limit=256"):
        clean("a", limit=63)


@given(TEXTS)
@settings(max_examples=400)
def test_clean_is_idempotent_and_storable(sent: str) -> None:
    """Cleaning twice is cleaning once; the result is UTF-8, NFC and free of controls."""
    kept = clean(sent)
    assert clean(kept) == kept
    assert clean(kept.encode()) == kept
    assert not [char for char in kept if unicodedata.category(char) == "Cc" and char not in "\n\t"]
    assert unicodedata.is_normalized("NFC", kept)


@given(TEXTS)
@settings(max_examples=600)
def test_fold_is_idempotent_monotone_and_the_same_on_both_paths(sent: str) -> None:
    """Folding twice is folding once; the map never goes back; the hot path gives the same text."""
    folded = fold(sent)
    assert folded.text == fold_text(sent)
    assert fold_text(folded.text) == folded.text
    index = list(folded.index)
    assert len(index) == len(folded.text) + 1
    assert index == sorted(index)
    assert index[-1] <= len(sent)


@given(TEXTS)
@settings(max_examples=300)
def test_folded_spans_come_from_the_original_they_point_to(sent: str) -> None:
    """The original behind a folded character folds to something that holds this character."""
    folded = fold(sent)
    for at, char in enumerate(folded.text):
        start, end = folded.original(at, at + 1)
        assert 0 <= start < end <= len(sent)
        assert char.isspace() or char in fold_text(sent[start:end])


def test_every_character_folds_once_and_for_all() -> None:
    """For every character of Unicode: idempotent, no Cf, no foreign digit, both paths equal."""
    for char in EVERY_CHARACTER:
        folded = fold_text(char)
        assert fold(char).text == folded, hex(ord(char))
        assert fold_text(folded) == folded, hex(ord(char))
        kinds = {unicodedata.category(one) for one in folded if not one.isascii()}
        assert not kinds & {"Cf", "Nd"}, hex(ord(char))


def test_fast_path_is_only_for_characters_that_fold_alone() -> None:
    """A character of the fast path joins with no neighbour and hides nothing; most of chat is on it."""
    plain = [char for char in EVERY_CHARACTER if module._ODD.search(char) is None]  # noqa: SLF001
    assert len(plain) > 25_000
    for char in plain:
        assert not module._joins(char) or char == "\ufe0f", hex(ord(char))  # noqa: SLF001
        assert unicodedata.category(char) not in ("Cf", "Cs"), hex(ord(char))
        folded = fold_text(char)
        assert not (folded and unicodedata.combining(folded[0])), hex(ord(char))
        assert unicodedata.normalize("NFKC", f"a{folded}a{folded}") == f"a{folded}a{folded}", hex(ord(char))


@pytest.mark.parametrize(
    ("sent", "folded"),
    [
        ("ＡＳＡＰ！", "asap!"),
        ("急\u200b急", "急急"),
        ("Don\u2019t  WAIT", "don't wait"),
        ("don\u00b4t don`t", "don't don't"),
        ("  a\n\n\u3000b\t", "a b"),
        ("\u0661\u0662\u0969", "123"),
        ("STRASSE straße", "strasse strasse"),
        ("cafe\u0301", "caf\u00e9"),
        ("\uff76\uff9e", "\u30ac"),
        ("①②", "12"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_fold_removes_what_makes_no_difference(sent: str, folded: str) -> None:
    """Width, case, spacing, invisible characters and kinds of digits make no difference when matching."""
    assert fold_text(sent) == fold(sent).text == folded


def test_fold_points_back_over_collapsed_and_invisible_characters() -> None:
    """A span found in the folded text is shown at its place in what the customer sent."""
    sent = "  很\u200b急！  ＡＳＡＰ"
    folded = fold(sent)
    start = folded.text.index("asap")
    assert folded.text == "很急! asap"
    assert sent[slice(*folded.original(start, start + 4))] == "ＡＳＡＰ"
    assert sent[slice(*folded.original(0, 2))] == "很\u200b急"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("invoice\u202efdp.exe", "invoice⟦U+202E⟧fdp.exe"),
        ("a\u200bb", "a⟦U+200B⟧b"),
        ("a\u200db", "a⟦U+200D⟧b"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 2,
        ("hi\U000e0041", "hi⟦U+E0041⟧"),
        ("o" + "\u0301" * 4, "o" + "\u0301" * 4),
        ("o" + "\u0301" * 100 + "k", "o" + "\u0301" * 4 + "⟦+96⟧k"),
        ("\u3164\u2028\x07\ud800", "⟦U+3164⟧⟦U+2028⟧⟦U+0007⟧⟦U+D800⟧"),
        ("急！ 12315\n<b>", "急！ 12315\n<b>"),
        ("\u0e17\u0e35\u0e48", "\u0e17\u0e35\u0e48"),
    ],
)
def test_visible_draws_what_hides(sent: str, shown: str) -> None:
    """Bidi controls, zero-width and tag characters are drawn; emoji sequences and real scripts stay."""
    assert visible(sent) == shown


@given(TEXTS)
@settings(max_examples=300)
def test_visible_text_hides_nothing(sent: str) -> None:
    """What is shown can be encoded, and holds no bidi control and no format character outside an emoji."""
    shown = visible(sent)
    shown.encode()
    assert visible(shown) == shown
    assert not [char for char in shown if unicodedata.bidirectional(char) in OVERRIDES]


@pytest.mark.parametrize(
    ("sent", "count"),
    [
        ("", 0),
        ("急", 1),
        ("我的订单呢", 5),
        ("我的 iPhone 15 don't work", 6),
        ("hello, world!", 2),
        ("订单号A123未到", 6),
        ("！！！", 0),
        ("it’s 3.5", 3),
    ],
)
def test_words_count_characters_in_chinese_and_runs_elsewhere(sent: str, count: int) -> None:
    """Each ideograph counts one, each run of other letters or digits one."""
    assert words(sent) == count


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("在吗", "zh"),
        ("iPhone 15 Pro Max 有货吗", "zh"),
        ("ok的", "zh"),
        ("app 报错 connection refused", "zh"),
        ("看下这个 https://item.example.com/detail/abc/def/ghi?jk=lm&no=pq", "zh"),
        ("where is my order", "en"),
        ("I want to buy the 红茶 one please", "en"),
        ("", ""),
        ("12345 ???", ""),
        ("\U0001f621\U0001f621", ""),
        ("Где мой заказ", ""),
        ("注文はまだ届きませんか", ""),
        ("주문 어디예요", ""),
    ],
)
def test_language_of_a_message(sent: str, expected: str) -> None:
    """A Chinese message that quotes English stays Chinese; what is neither is unknown."""
    assert language(sent) == expected


HOSTILE = {
    "alternating marks": "a" + "\u0301\u0323" * 16_000,
    "sorted backwards": "a" + "\u0301" * 16_000 + "\u0323" * 16_000,
    "marks between joiners": ("a" + "\u0301" * 30 + "\u200d") * 1024,
    "swelling": "\ufdfa" * LIMIT,
    "all of Unicode": "".join(chr(0x1100 + (at * 7919) % 0x9000) for at in range(LIMIT)),
    "spaces": " " * LIMIT,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("function", [clean, fold_text, fold, visible, words, language])
def test_hostile_texts_take_linear_time(name: str, function: Callable[[str], object]) -> None:
    """No function takes half a second for a hostile text of full length; most take a few milliseconds."""
    best = min(_seconds(function, HOSTILE[name]) for _ in range(2))
    assert best < 0.5


def test_plain_normalisation_would_be_slow() -> None:
    """Positive control: the marks that `clean` handles in milliseconds cost plain NFC many times more."""
    hostile = HOSTILE["sorted backwards"]
    assert _seconds(lambda one: unicodedata.normalize("NFC", one), hostile) > 5 * _seconds(clean, hostile)


def _seconds(function: Callable[[str], object], sent: str) -> float:
    begin = time.perf_counter()
    function(sent)
    return time.perf_counter() - begin
