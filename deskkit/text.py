"""What deskkit does to a text before it stores, matches or shows it.

`clean` once at the door (what is stored), `fold` for matching only, `visible` for showing, `words` and
`language` for counting and routing. Every text is hostile: no function here takes more than linear time, and
none raises on any string. This module knows no signal, no event and no screen; it needs the standard library
alone.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Final, Literal
from unicodedata import category, combining, is_normalized, normalize

from deskkit.errors import DeskkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["LIMIT", "Folded", "clean", "fold", "fold_text", "language", "visible", "words"]

LIMIT: Final = 32_768
"""Characters of a message that are kept."""

_SMALLEST_LIMIT: Final = 64  # room for the marker that says what was cut
_MARKS_IN_A_ROW: Final = 30  # UAX #15, stream-safe text: no writing system needs more
_MARKS_SHOWN: Final = 4
_CGJ: Final = "\u034f"  # combining grapheme joiner: invisible, and ends a run of marks

_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3005\u3007"
# What chat is made of. Each of these folds by itself, joins with no neighbour and is visible; a text of
# nothing else takes the fast path. The tests check this for every character.
_ODD: Final = re.compile(
    "[^\t\n -~\u00a1-\u00a7\u00a9-\u00ac\u00ae\u00b0-\u00b3\u00b5-\u00b7\u00b9-\u00ff"
    "\u2010-\u2016\u2018-\u2027\u2030-\u203b\u20ac\u2190-\u21ff\u2460-\u2473\u2500-\u27bf"
    "\u3000-\u3029\u3030-\u303f\u3041-\u3096\u30a0-\u30fe\u3400-\u4dbf\u4e00-\u9fff"
    "\ufe0f\uff01-\uff5e\uffe5\U0001f300-\U0001faff]"
)
_RARE: Final = re.compile("[^\t\n -_a-~\u4e00-\u9fff]+")  # in most texts few are left to be looked up one by one
_APOSTROPHES: Final = frozenset("\u2018\u2019\u201b\u02bc\u00b4`\u2032")
_TABLE_SIZE: Final = 65_536
_LONG: Final = 2048
_ROUNDS: Final = 8  # never reached; a loop over hostile text has an end


# ---------------------------------------------------------------- at the door


def clean(text: str | bytes, *, limit: int = LIMIT) -> str:
    r"""Make a text from outside fit to be stored; done once, at the door.

    In this order: decode UTF-8 (what is no UTF-8 becomes U+FFFD), line ends to newline, drop control
    characters but newline and tab, lone surrogates to U+FFFD, NFC, cut. Direction marks and zero-width
    characters stay: Arabic, Persian and emoji need them.

    Parameters
    ----------
    text : str or bytes
    limit : int, characters, >= 64
        A longer text is cut so that it fits *with* a marker that holds its whole length and the beginning of
        its SHA-256.

    Returns
    -------
    str, at most `limit` characters; `clean` of it is itself

    Raises
    ------
    DeskkitError
        The limit leaves no room for the marker.

    Notes
    -----
    More than 30 combining marks in a row are parted by U+034F, as UAX #15 advises: sorting them takes
    quadratic time.

    Examples
    --------
    >>> clean(b"where is\x00 my order?\r\n")
    'where is my order?\n'
    >>> clean("a" * 100, limit=64)
    'aaaaaaaaaaaaaaaaaaaa[… 100 characters, SHA-256 2816597888e4a0d3]'
    """
    if limit < _SMALLEST_LIMIT:
        raise DeskkitError(
            "The limit leaves no room for the mark of a cut.",
            value=limit,
            expected=f"limit >= {_SMALLEST_LIMIT}",
            example="clean(text, limit=256)",
        )
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROLS.sub("", text)
    if not text.isascii():
        if _SURROGATES.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        text = _normalize("NFC", text)
    return text if len(text) <= limit else _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    marker = f"[… {len(text)} characters, SHA-256 {digest}]"
    return text[: limit - len(marker)] + marker


def _normalize(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Normalise in linear time."""
    if is_normalized(form, text):
        return text
    return normalize(form, _part_marks(text))


def _part_marks(text: str) -> str:
    """Put U+034F after every 30 combining marks in a row."""
    out: list[str] = []
    run = 0
    for char in text:
        if not combining(char):
            run = 0
        elif run == _MARKS_IN_A_ROW:
            out.append(_CGJ)
            run = 1
        else:
            run += 1
        out.append(char)
    return "".join(out)


# ---------------------------------------------------------------- for matching


@dataclass(frozen=True, slots=True)
class Folded:
    """The matching form of a text and the way back.

    Attributes
    ----------
    text : str
    index : sequence of int, ``len(text) + 1`` long, never decreasing
        For each folded character the position of its origin; last, where the last origin ends.
    """

    text: str
    index: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text behind the folded span ``start:end`` (not empty).

        Examples
        --------
        >>> folded = fold("\uff21\uff33\uff21\uff30  please")
        >>> folded.text, folded.original(5, 11)
        ('asap please', (6, 12))
        """
        index = self.index
        first = index[start]
        while end < len(index) - 1 and index[end] == index[end - 1]:
            end += 1
        return first, index[end]


class _Table(dict[int, str]):
    """What becomes of each single character, worked out once; for `str.translate`."""

    def __init__(self, become: Callable[[str], str]) -> None:
        super().__init__()
        self._become = become

    def __missing__(self, code: int) -> str:
        if len(self) >= _TABLE_SIZE:  # somebody sends all of Unicode
            self.clear()
        self[code] = become = self._become(chr(code))
        return become


def fold_text(text: str) -> str:
    """Return the matching form of a text: the hot path, without the way back.

    Compatibility forms, case, kinds of apostrophes and digits, invisible characters (category Cf) and runs of
    white space make no difference in it; it neither begins nor ends with a space. Folding twice is
    folding once.

    Examples
    --------
    >>> fold_text("Don\u2019t  \uff37\uff21\uff29\uff34 \u0661\u200b\u0662")
    "don't wait 12"
    """
    if text.isascii():
        if "`" in text:
            text = text.replace("`", "'")
        return " ".join(text.lower().split())
    odd = _ODD.search(text) is not None
    if not odd or len(text) <= _LONG:
        mapped = text.translate(_table) if odd else _RARE.sub(lambda found: found[0].translate(_table), text.lower())
        if not odd or is_normalized("NFKC", mapped):
            return " ".join(mapped.split())
    return " ".join(_settle(text).split())


def fold(text: str) -> Folded:
    """Return the matching form of a text and the map back to the original.

    Examples
    --------
    >>> folded = fold("\uff32\uff25\uff26\uff35\uff2e\uff24!")
    >>> folded.text, list(folded.index)
    ('refund!', [0, 1, 2, 3, 4, 5, 6, 7])
    """
    if text.isascii():
        plain = fold_text(text)
        if len(plain) == len(text):  # nothing was collapsed
            return Folded(plain, range(len(text) + 1))
    out: list[str] = []
    index: list[int] = []
    end, blank = 0, True  # so that leading white space goes
    is_plain = _ODD.search(text) is None and "\ufe0f" not in text
    for start, stop, piece in zip(count(), count(1), text) if is_plain else _pieces(text):
        for char in _table[ord(piece)] if is_plain else _settle(piece):
            space = char.isspace()
            if space and blank:
                continue
            out.append(" " if space else char)
            index.append(start)
            blank = space
            if not space:
                end = stop
    if out and blank:
        del out[-1], index[-1]
    index.append(end)
    return Folded("".join(out), index)


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, characters): a character with the marks that may melt into it; Cf left out."""
    start = 0
    held: list[str] = []
    stop = 0
    for at, char in enumerate(text):
        if category(char) == "Cf":
            continue
        if held and not _joins(char):
            yield start, stop, "".join(held)
            held = []
        if not held:
            start = at
        held.append(char)
        stop = at + 1
    if held:
        yield start, stop, "".join(held)


@lru_cache(maxsize=4096)
def _joins(char: str) -> bool:
    """Tell whether a character may melt into the one before it: marks, vowel signs, inner Hangul letters."""
    first = normalize("NFKC", char)[:1]
    return category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


def _settle(piece: str) -> str:
    """Fold until nothing changes; two or three rounds."""
    for _ in range(_ROUNDS):
        before = piece
        piece = _normalize("NFKC", piece.translate(_signs)).casefold()
        piece = _normalize("NFKC", piece).translate(_signs)
        if piece == before or (piece.casefold() == piece and is_normalized("NFKC", piece)):
            break
    return piece


def _sign(char: str) -> str:
    """Drop what is invisible, write digits and apostrophes the plain way."""
    if char in _APOSTROPHES:
        return "'"
    if char in "\ufdfa\ufdfb":  # NFKC makes 18 and 8 letters of these: a lever to slow the desk down
        return "\u0635"
    kind = category(char)
    if kind == "Nd":
        return str(int(char))
    return "" if kind == "Cf" else char


_signs: Final = _Table(_sign)
_table: Final = _Table(_settle)


# ---------------------------------------------------------------- for showing

_FLAGS: Final = re.compile("(\U0001f3f4[\U000e0030-\U000e007a]{3,6}\U000e007f)")  # England, Scotland, Wales
_INKED: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_INKLESS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2800\u3164\uffa0\u180b\u180c\u180d")


def visible(text: str) -> str:
    r"""Return plain text for showing in which nothing hides and nothing turns the reading direction.

    Bidirectional controls, zero-width and other inkless characters are drawn as ``⟦U+202E⟧``; a zero-width
    joiner within an emoji stays. Of a run of combining marks four are kept, the rest is counted: ``⟦+96⟧``.
    The result is still plain text: whoever puts it into HTML escapes it.

    Examples
    --------
    >>> visible("invoice\u202efdp.exe")
    'invoice⟦U+202E⟧fdp.exe'
    """
    if _ODD.search(text) is None and "\ufe0f" not in text:
        return text
    parts = _FLAGS.split(text)  # every second part is a flag, whose tag characters are its spelling
    return "".join([part if at % 2 else _draw(part) for at, part in enumerate(parts)])


def _draw(text: str) -> str:
    out: list[str] = []
    run = 0
    for at, char in enumerate(text):
        kind = category(char)
        if kind in ("Mn", "Me") and char not in _INKLESS:
            run += 1
            if run <= _MARKS_SHOWN:
                out.append(char)
            continue
        if run > _MARKS_SHOWN:
            out.append(f"⟦+{run - _MARKS_SHOWN}⟧")
        run = 0
        out.append(f"⟦U+{ord(char):04X}⟧" if _hides(text, at, kind) else char)
    if run > _MARKS_SHOWN:
        out.append(f"⟦+{run - _MARKS_SHOWN}⟧")
    return "".join(out)


def _hides(text: str, at: int, kind: str) -> bool:
    char = text[at]
    if char == "\u200d":
        return not (_emoji_before(text, at) and _is_emoji(text[at + 1 : at + 2]))
    if kind == "Cf":
        return char not in _INKED
    return char in _INKLESS or kind == "Cs" or (kind == "Cc" and char not in "\n\t")


def _emoji_before(text: str, at: int) -> bool:
    """Tell whether an emoji, with or without variation selector, stands before `at`."""
    before = text[max(0, at - 2) : at].removesuffix("\ufe0f")
    return _is_emoji(before[-1:])


def _is_emoji(char: str) -> bool:
    return "\U0001f000" <= char <= "\U0001faff" or "\u2190" <= char <= "\u2bff"


# ---------------------------------------------------------------- for counting and routing

_IDEOGRAPH: Final = re.compile(f"[{HAN}]")
_RUN: Final = re.compile(f"[^\\W_{HAN}]+(?:['\u2019][^\\W_{HAN}]+)*")
_KANA_HANGUL: Final = re.compile("[\u3041-\u3096\u30a1-\u30fa\u1100-\u11ff\uac00-\ud7a3]")
_LATIN_WORD: Final = re.compile("[A-Za-z\u00c0-\u024f]+(?:['\u2019][A-Za-z]+)*")
_OTHER_LETTER: Final = re.compile(f"[^\\W\\d_A-Za-z\u00aa-\u024f{HAN}]+")
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|(?<!\S)\S+@\S+")  # a word is tried from its beginning alone


def words(text: str) -> int:
    """Count words: each Chinese character is one, each run of other letters and digits is one.

    Examples
    --------
    >>> words("我的 iPhone 15 don't work")
    6
    """
    return len(_IDEOGRAPH.findall(text)) + len(_RUN.findall(text))


def language(text: str) -> str:
    """Guess the language a message is written in: ``"zh"``, ``"en"``, or ``""`` where it cannot be told.

    Two Chinese characters weigh as much as four Latin words, for Chinese messages quote product names and
    error texts; links and mail addresses do not count. Any other language in Latin letters is ``"en"``.

    Examples
    --------
    >>> language("我的 iPhone 15 Pro 登录不了"), language("where is my order"), language("???")
    ('zh', 'en', '')
    """
    if "." in text:
        text = _ADDRESS.sub(" ", text)
    latin = len(_LATIN_WORD.findall(text))
    if text.isascii():
        return "en" if latin else ""
    han = len(_IDEOGRAPH.findall(text))
    other = len(_KANA_HANGUL.findall(text))
    if han and 2 * han >= latin:
        return "zh" if han > other else ""
    return "en" if latin > len(_OTHER_LETTER.findall(text)) else ""
