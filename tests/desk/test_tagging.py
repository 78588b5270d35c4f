"""Laws of tagging: words, patterns, what cancels them, where they were found, and what is refused."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk.lexicon import Lexicon, Reading, check_word
from deskkit.desk.tagging import Signal, Tagger, check_pattern
from deskkit.errors import PolicyError
from tests.desk.labels import DEVELOPMENT, count, messages, shipped_signals

FRAGMENTS = (
    "急", "不急", "急诊", "退款", "退 款", "asap", "ASAP", "ＡＳＡＰ", "refund", "refunded", "no refund", "don't",
    "dont", "do not", "need", "I", "a", "等了", "小时", "3.5", "when", "will", "arrive", "\u200b", " ", "  ", ",",
    ".", "!",
    "?", "。", "\n", "，", "é", "e\u0301", "ﬁ", "😡", "-", "'", "\u2019", "我", "x", "1",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join)
SIGNALS = (
    Signal("urgent", words=("急", "asap"), unless=("不急", "急诊", "not asap")),
    Signal("refund", words=("退款", "refund*"), unless=("no refund*", "don't need … refund*")),
    Signal("waiting", words=("等了…小时", "when … arrive"), patterns=(r"\d+(\.\d+)?小时",)),
    Signal("angry", words=("😡", "???")),
    Signal("promise", words=("i'll", "明天"), by="agent"),
)


def names(tagger: Tagger, text: str, *, by: str = "customer") -> list[str]:
    """Name what the tagger finds."""
    mask = tagger.mask(text, by=by)
    return [name for bit, name in enumerate(tagger.names) if mask >> bit & 1]


def finds(words: tuple[str, ...], text: str, *, unless: tuple[str, ...] = ()) -> bool:
    """Tell whether a signal of these words is found."""
    return Tagger([Signal("s", words=words, unless=unless)]).mask(text) == 1


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("急", "我很急啊", True),
        ("退款", "我要 退 款", True),  # spaces mean nothing in Chinese
        ("退款", "退\u200b款", True),
        ("asap", "我要ASAP啊", True),
        ("asap", "ＡＳＡＰ！", True),
        ("asap", "asaply", False),
        ("asap", "casap", False),
        ("refund", "refunds", False),
        ("refund*", "I was refunded", True),
        ("refund*", "prerefund", False),
        ("no rush", "No   rush!", True),
        ("no rush", "no-rush", True),
        ("no rush", "no! rush", False),
        ("no rush", "norush", False),
        ("don't need", "I dont need", True),
        ("don't need", "I don\u2019t need", True),
        ("dont need", "I do not need", True),
        ("i'll", "well, ill be", False),
        ("we'll", "well done", False),
        ("12315", "打12315投诉", True),
        ("12315", "订单123156", False),
        ("when … arrive", "when will it arrive", True),
        ("when … arrive", "when? It may arrive", False),
        ("when … arrive", "arrive when", False),
        ("no … refund", "no refund", True),
        ("等了…小时", "等了3.5小时", True),
        ("等了…小时", "等了。三小时", False),
        ("等了...小时", "等了两个小时", True),
        ("app…打不开", "APP又打不开", True),
        ("café", "un CAFE\u0301 ici", True),
        ("café", "cafés", False),
        ("заказ", "мой заказ", True),
        ("заказ", "заказы", False),
        ("주문", "제주문의", True),
        ("😡", "什么😡😡", True),
        ("???", "在吗？？？", True),
        ("a.s.a.p", "A.S.A.P.", True),
    ],
)
def test_words_match_as_a_supervisor_means_them(word: str, text: str, *, expected: bool) -> None:
    """Chinese anywhere, other words whole; case, width, spacing and apostrophes make no difference."""
    assert finds((word,), text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不急", False),
        ("不急，那个很急", True),
        ("急，不急", True),
        ("去急诊", False),
        ("急不急诊", True),
        ("not asap", False),
    ],
)
def test_cancelling_phrases_are_taken_out_first(text: str, *, expected: bool) -> None:
    """A phrase under `unless` does not count, what stands beside it does."""
    assert finds(("急", "asap"), text, unless=("不急", "急诊", "not asap")) is expected


def test_cancelling_leaves_other_signals_alone() -> None:
    """What cancels one signal is still read for the others."""
    tagger = Tagger([Signal("a", words=("急",), unless=("不急",)), Signal("b", words=("不",))])
    assert names(tagger, "不急") == ["b"]


def test_taking_a_phrase_out_joins_nothing() -> None:
    """The words on both sides of a cancelled phrase do not become one, nor does a gap or a dot cross it."""
    signal = Signal("s", words=("退款", "a … b"), patterns=("x.*y",), unless=("不急",))
    tagger = Tagger([signal])
    assert tagger.mask("退不急款 a 不急 b x不急y") == 0
    assert tagger.mask("退款") == tagger.mask("a b") == tagger.mask("x?y") == 1


def test_bits_are_positions_and_authors_are_kept_apart() -> None:
    """The n-th signal is the n-th bit; a signal reads only the messages of its author."""
    tagger = Tagger(SIGNALS)
    assert tagger.names == ("urgent", "refund", "waiting", "angry", "promise")
    assert tagger.mask("急, refund 😡") == 0b01011
    assert tagger.mask("I'll call you, asap", by="agent") == 0b10000
    assert tagger.mask("I'll call you") == 0
    assert Tagger([]).mask("急") == 0


def test_sixty_two_signals_fit_and_no_more() -> None:
    """The mask holds 62 signals, so that it and its double stay within 64 bits."""
    signals = [Signal(f"s{at}", words=(f"w{at}",)) for at in range(62)]
    assert Tagger(signals).mask(" ".join(f"w{at}" for at in range(62))) == (1 << 62) - 1
    with pytest.raises(PolicyError, match="at most 62"):
        Tagger([*signals, Signal("one more", words=("x",))])


# ---------------------------------------------------------------- spans


def test_spans_point_into_what_was_sent() -> None:
    """Spans are places of the original text, in order; touching places are one."""
    text = "  很\u200b急！ Please ＲＥＦＵＮＤ  me, 等了 3.5 小时，不急"
    spans = Tagger(SIGNALS).spans(text)
    shown = [(span.signal, text[span.start : span.end]) for span in spans]
    assert shown == [("urgent", "急"), ("refund", "ＲＥＦＵＮＤ"), ("waiting", "等了 3.5 小时")]


def test_touching_places_are_one_span() -> None:
    """Words found one beside the other, or within one another, are shown as one."""
    tagger = Tagger([Signal("s", words=("急", "急用"), patterns=("用的",))])
    assert [(span.start, span.end) for span in tagger.spans("急急用的，急")] == [(0, 4), (5, 6)]


def test_patterns_ignore_case_on_both_sides() -> None:
    """A pattern in capitals finds the folded text."""
    assert Tagger([Signal("s", patterns=("ASAP[A-Z]",))]).mask("asapx") == 1


@given(TEXTS)
@settings(max_examples=500)
def test_a_signal_is_found_where_there_is_a_span_of_it(text: str) -> None:
    """Mask and spans agree; each span lies in the text, is not empty and overlaps no other of its signal."""
    tagger = Tagger(SIGNALS)
    spans = tagger.spans(text)
    assert {span.signal for span in spans} == set(names(tagger, text))
    for name in tagger.names:
        own = [(span.start, span.end) for span in spans if span.signal == name]
        assert all(0 <= start < end <= len(text) for start, end in own)
        assert all(first[1] <= second[0] for first, second in pairwise(own))


@given(TEXTS, TEXTS)
@settings(max_examples=300)
def test_folding_makes_no_difference(one: str, two: str) -> None:
    """A text has the same mask in full width and with doubled spaces."""
    tagger = Tagger(SIGNALS)
    text = f"{one} {two}"
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" and char not in "`'" else char for char in text)
    assert tagger.mask(text) == tagger.mask(wide) == tagger.mask(text.replace(" ", "  "))


@given(TEXTS)
@settings(max_examples=500)
def test_words_agree_with_a_plain_search(text: str) -> None:
    """Choosing candidates by keys loses nothing: the same is found when each word is searched by itself."""
    words = ["急", "退款", "refund*", "asap", "don't need", "when … arrive", "等了…小时", "no refund*", "i", "x 1"]
    reading = Reading(text.casefold())
    alone = sum(1 << at for at, word in enumerate(words) if Lexicon([(word, 1)]).codes(reading))
    assert Lexicon((word, 1 << at) for at, word in enumerate(words)).codes(reading) == alone


def test_of_a_very_long_message_both_ends_are_read() -> None:
    """Beyond 4,096 characters the first 3,072 and the last 1,024 are read, and spans still point right."""
    tagger = Tagger(SIGNALS)
    text = "急" + "x" * 10_000 + "refund" + "y" * 10_000 + " asap"
    assert names(tagger, text) == ["urgent"]
    assert [text[span.start : span.end] for span in tagger.spans(text)] == ["急", "asap"]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        (r"\u6025", r"no \\u escapes.*the character itself"),
        (r"\x6", "braces"),
        ("(?=急)", "look-around.*unless"),
        ("急(?!诊)", "look-around.*急诊"),
        ("(?<!不)急", "look-around.*不急"),
        (r"(急)\1", "back-references"),
        ("(?P<a>急)(?P=a)", "back-references"),
        (r"急\Z", r"\\z"),
        ("急{2000}", "too large"),
        ("(急{500}){500}", "too large"),
        ("[一-龥]{200}", "too large"),
        ("*急", "nothing to repeat"),
        ("急++", "nothing to repeat"),
        ("(急", "not closed"),
        ("急)", "never opened"),
        ("[急", "not closed"),
        ("(?#x)急", "does not know this group"),
        (r"\p{Chinese}", "RE2 refuses"),
        ("急*", "matches every message"),
        ("", "matches every message"),
        ("急！", "'！'.*'!'"),
        ("Ａ", "'a'"),
    ],
)
def test_bad_patterns_are_refused_with_a_corrected_example(
    pattern: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each refusal names the fault and an example that is itself accepted; RE2 writes nothing to stderr."""
    with pytest.raises(PolicyError, match=says) as caught:
        check_pattern(pattern)
    assert caught.value.example
    assert repr(pattern)[:40] in str(caught.value)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "pattern", ["等.{0,10}(小时|天)", r"\d+%", "(?s)a.b", r"急\z", r"\p{Han}{2}吗", r"\x{6025}", "ASAP"]
)
def test_good_patterns_are_accepted(pattern: str) -> None:
    """Positive control: what the hints advise, and RE2's own forms, pass."""
    check_pattern(pattern)


@pytest.mark.parametrize("word", ["", " ", "…", "急…", "… 急", "*", "re*", "a*b", "急*", "w" * 101, "\u200b"])
def test_bad_words_are_refused(word: str) -> None:
    """Empty, too long, a gap without two sides, a star that means nothing."""
    with pytest.raises(PolicyError, match="Hint: words"):
        check_word(word)


@pytest.mark.parametrize(
    ("signal", "place"),
    [
        (Signal("s"), "signals.s:"),
        (Signal("s", words=("急",), by="robot"), "signals.s.by"),
        (Signal("s", words=("急", "")), "signals.s.words"),
        (Signal("s", patterns=("(?=x)",)), "signals.s.patterns"),
        (Signal("s", words=("急",), unless=("*",)), "signals.s.unless"),
    ],
)
def test_a_refused_signal_is_named(signal: Signal, place: str) -> None:
    """The error says which signal and which of its lists is at fault."""
    with pytest.raises(PolicyError, match=place):
        Tagger([signal])


def test_two_signals_of_one_name_are_refused() -> None:
    """A name stands for one bit."""
    with pytest.raises(PolicyError, match="one name"):
        Tagger([Signal("s", words=("a",)), Signal("s", words=("b",))])


# ---------------------------------------------------------------- the shipped signals


def test_shipped_signals_read_the_development_messages() -> None:
    """On the messages they were written with, each signal has precision and recall of at least 0.85."""
    rows = messages(DEVELOPMENT)
    assert len(rows) >= 150
    counts = count(Tagger(shipped_signals()), rows)
    low = {name: one for name, one in counts.items() if min(one.precision, one.recall) < 0.85}
    assert not low
