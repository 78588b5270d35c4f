r"""Where in a text something personal stands: telephones, identity cards, bank cards, e-mail addresses.

The search runs on a matching form that has one character for each of the text, so that every place is the place
in the text itself: `text.fold_text` character by character, with one sign for whatever is invisible, one kind of
dash, one of point. Digits are read in the groups they were written in, and each group is looked at a bounded number
of times: the search is linear whatever the text.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskkit.privacy import numbers
from deskkit.privacy.addresses import addresses
from deskkit.privacy.form import COULD, HIDDEN, Span, matching_form
from deskkit.privacy.scattered import scattered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["REGIONS", "Span", "find"]

REGIONS: Final = ("CN", "HK", "MO", "TW", "US", "GB")
"""Where telephones written without a country are looked for by default."""

_CHECKS: Final = 60  # costly look-ups per text; past them a number that looks like one is taken for one


def find(text: str, *, regions: Sequence[str] = REGIONS) -> tuple[Span, ...]:
    """Return what is personal in a text, in the order it stands there, without overlaps.

    Parameters
    ----------
    text : str
    regions : sequence of str, two-letter codes
        Where telephones written without a country are looked for. The mainland is always among them.

    Returns
    -------
    tuple of Span

    Notes
    -----
    Mainland mobiles are found in any grouping people use, and in groups of 3, 4 and 4 digits with whatever signs,
    lines or pictures between them; also several in a row without a sign. Other telephones are found with ``+`` and
    country, in the grouping of their region, or after a word that speaks of a telephone. Eight digits without such a
    word are no telephone. Identity numbers must have a date of birth and the right check digit, those of fifteen
    digits, which have none, a word before that speaks of them; bank cards the right check digit and an issuer.

    Numbers glued to a short code of two to four letters (``SF1234567890123``, ``CS-13800138000``) are parcels and
    orders. One letter (``T13800138000``), words that speak of a person (``user_13800138000``) and longer words make
    no code, but behind a word for an order one letter does. Hotlines (400, 800) are nobody's own. Digits written as
    Chinese words are not read.

    Examples
    --------
    >>> find("我的号码是138-0013-8000")
    (Span(kind='phone', start=5, end=18),)
    >>> find("订单202606181030, 2026-06-18, ¥1,299.00")
    ()
    """
    if COULD.search(text) is None:
        return ()
    form = matching_form(text)
    search = _Search(form, tuple(region for region in regions if region != "CN"))
    found = list(addresses(form))
    for more in (search.numbers(), scattered(form)):
        found = _joined(found, more)
    return tuple(found)


def _joined(found: list[Span], more: Iterable[Span]) -> list[Span]:
    """Return spans in order; of `more`, which come in order too, those that overlap none found before."""
    taken = deque(found)
    apart = list(found)
    for span in more:
        while taken and taken[0].end <= span.start:
            taken.popleft()
        if not taken or taken[0].start >= span.end:
            apart.append(span)
    return sorted(apart, key=lambda span: span.start)


# ---------------------------------------------------------------- digits

_RUN: Final = re.compile(r"[0-9](?:[ \-._()+/\u200b]*+[0-9])*+")
_GROUP: Final = re.compile(r"[0-9](?:\u200b*+[0-9])*+")
_GAP: Final = 3  # signs between two groups of one number
_BACK: Final = 24  # characters before a number in which a word may speak of it
_LINK: Final = r"(?:[ :：#=\u200b(（\[【]|号码?|码|是|为|numbers?|no\.?|is|at|me|on|to|us){0,5}$"
_PHONE_WORDS: Final = re.compile(
    "(?:电话|座机|固话|手机|联系方式|致电|拨打|传真"
    "|(?<![a-z])(?:tel|telephone|phone|mobile|cell|call|fax|whatsapp|ring|text)"
    "|هاتف|هاتفي|جوال|جوالي|موبايل|تلفون|اتصل|واتساب)" + _LINK
)
_IDENTITY_WORDS: Final = re.compile(r"(?:身份证|证件|(?<![a-z])(?:id(?: ?card)?|identity(?: card)?))" + _LINK)
_CARD_WORDS: Final = re.compile("(?:银行卡|卡号|储蓄卡|信用卡|打到|card|بطاقة|بطاقتي)" + _LINK)
_OTHER_WORDS: Final = re.compile(
    "(?:订单|单号|运单|快递|物流|流水|编号|编码|条码|发票|税号|交易|序列号"
    "|order|tracking|parcel|invoice|ref|sku|serial|imei|transaction|طلب|الطلب|شحنة|الشحنة|فاتورة)" + _LINK
)
_GLUED: Final = re.compile(r"([a-z]+)[-_]?\u200b*$")
_CODE: Final = 4  # letters of a carrier's or an order's code at most
_SPOKEN: Final = frozenset({
    "tel", "ph", "mob", "cell", "call", "num", "no", "nr", "is", "at", "to", "on", "me", "my", "or", "and", "hp", "wx",
    "vx", "v", "wa", "qq", "dh", "sj", "hao", "fax", "text", "ring", "sms", "id", "card", "acct", "bank", "pls", "hi",
    "ok", "was", "user", "usr", "uid", "name", "nick", "cust", "acc", "yh", "kh", "zh", "dd", "zfb",
})  # fmt: skip
_MOBILE: Final = re.compile("((?:(?:00)?86)?0?)1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile("((?:00)?86)?(0?(?:10|2[0-57-9]|[3-9][0-9]{2}))[2-8][0-9]{6,7}")
_SHORT: Final = re.compile("[2-8][0-9]{6,7}")
_REPEATED: Final = re.compile(r"(1[3-9][0-9]{9})\1+[0-9]{0,10}|(?:1[3-9][0-9]{9})+")
_IDENTITY, _WITHOUT_CHECK, _OLD_IDENTITY = 18, 17, 15
_CHECK_SIGN: Final = re.compile(r"[ \-\u200b]{0,2}[x\u00d7](?![a-z0-9])")
_FEWEST: Final = 7
_ABROAD: Final = range(15, 7, -1)
_NATIONAL: Final = range(11, 7, -1)
_LOCAL_LENGTH: Final = 8
_AMERICAN: Final = (3, 3, 4)
_AMERICA: Final = frozenset({"US", "CA"})
_COORDINATE: Final = 3


@dataclass(slots=True)
class _Groups:
    """Groups of digits that may make up one number: where each stands, and all digits in a row."""

    starts: list[int]
    ends: list[int]
    digits: str
    offsets: list[int]
    at: dict[int, int]  # from a number of digits to the group that begins there

    def sizes(self, first: int, behind: int) -> tuple[int, ...]:
        return tuple(self.offsets[n + 1] - self.offsets[n] for n in range(first, behind))


class _Search:
    """The search for numbers in one text."""

    def __init__(self, form: str, regions: tuple[str, ...]) -> None:
        self.form = form
        self.regions = regions
        self.left = _CHECKS

    def numbers(self) -> Iterator[Span]:
        """Yield the numbers in the order they stand in the text."""
        for run in _RUN.finditer(self.form):
            if run.end() - run.start() < _FEWEST:
                continue
            for groups in self._split(run.start(), run.end()):
                yield from self._in(groups)

    def _split(self, start: int, end: int) -> Iterator[_Groups]:
        """Part a run of groups where the gap is too wide, or another number begins with a plus."""
        held: list[re.Match[str]] = []
        for group in _GROUP.finditer(self.form, start, end):
            if held:
                gap = self.form[held[-1].end() : group.start()].replace(HIDDEN, "")
                if len(gap) > _GAP or "+" in gap:
                    yield _grouped(held)
                    held = []
            held.append(group)
        yield _grouped(held)

    def _in(self, groups: _Groups) -> Iterator[Span]:
        first, last = 0, len(groups.digits) - _FEWEST
        while groups.offsets[first] <= last:
            kind, behind, end = self._match(groups, first)
            if not kind:
                first += 1
                continue
            yield Span(kind, self._begin(groups, first, end), end)
            first = behind

    def _match(self, groups: _Groups, first: int) -> tuple[str, int, int]:
        """Return kind, the group behind, and the end of the number that begins with a group; or no kind.

        A plus or a word stands before the first group only; later ones are judged by their first digit.
        """
        for look in _WITHIN[groups.digits[groups.offsets[first]]] if first else _LOOKS:
            kind, behind, end = look(self, groups, first)
            if kind:
                return kind, behind, end or groups.ends[behind - 1]
        return "", 0, 0

    # ------------------------------------------------------------ one kind each

    def identity(self, groups: _Groups, first: int) -> tuple[str, int, int]:
        begin = groups.offsets[first]
        digits = groups.digits[begin : begin + _IDENTITY]
        if first == 0 and self._says(_IDENTITY_WORDS, groups, first):
            behind = groups.at.get(_OLD_IDENTITY)
            if behind is not None and numbers.is_old_identity(digits[:_OLD_IDENTITY]):
                return "id", behind, 0
        if digits[6:8] not in {"18", "19", "20"}:
            return "", 0, 0
        behind = groups.at.get(begin + _IDENTITY)
        if behind is not None and numbers.is_identity(digits):
            return "id", behind, 0
        behind = groups.at.get(begin + _WITHOUT_CHECK)
        if behind is None:
            return "", 0, 0
        sign = _CHECK_SIGN.match(self.form, groups.ends[behind - 1])
        if sign and numbers.is_identity(f"{digits[:_WITHOUT_CHECK]}x"):
            return "id", behind, sign.end()
        return "", 0, 0

    def mobile(self, groups: _Groups, first: int) -> tuple[str, int, int]:
        begin = groups.offsets[first]
        found = _MOBILE.match(groups.digits, begin)
        behind = groups.at.get(found.end()) if found else None
        if found is None or self._is_no_telephone(groups, first):
            return "", 0, 0
        if behind is None:  # several in a row, without a sign between them
            repeated = _REPEATED.fullmatch(groups.digits, begin, groups.offsets[first + 1])
            return ("phone", first + 1, 0) if repeated else ("", 0, 0)
        head = groups.at.get(found.end(1))
        if found[1] and head is None:  # the country glued to the number
            return "phone", behind, 0
        inner = first if head is None else head
        if inner > first and self._is_fraction(groups, inner):
            return "", 0, 0
        joiners = {self._gap(groups, n) for n in range(inner + 1, behind)}
        joiner = joiners.pop() if len(joiners) == 1 else ""
        plus = first == 0 and self._before(groups, first) == "+"
        if plus or numbers.is_mobile_shape(groups.sizes(inner, behind), joiner=joiner):
            return "phone", behind, 0
        return "", 0, 0

    def card(self, groups: _Groups, first: int) -> tuple[str, int, int]:
        begin = groups.offsets[first]
        if groups.offsets[first + 1] - begin < numbers.CARD_FIRST_GROUP or self._is_code(groups, first):
            return "", 0, 0
        spoken, other = self._says(_CARD_WORDS, groups, first), self._says(_OTHER_WORDS, groups, first)
        for behind in range(min(first + numbers.CARD_GROUPS, len(groups.starts)), first, -1):
            digits = groups.digits[begin : groups.offsets[behind]]
            if len(digits) not in numbers.CARD_LENGTHS:
                continue
            if numbers.is_card(digits, groups.sizes(first, behind), spoken=spoken, other=other):
                return "card", behind, 0
        return "", 0, 0

    def far(self, groups: _Groups, first: int) -> tuple[str, int, int]:
        """Look for a telephone with its country: behind a plus, or 00."""
        begin = groups.offsets[first]
        plus = first == 0 and self._before(groups, first) == "+"
        if not plus and (not groups.digits.startswith("00", begin) or self._is_no_telephone(groups, first)):
            return "", 0, 0
        skip = 0 if plus else 2
        possible = ("", 0)
        for length in _ABROAD:
            behind = groups.at.get(begin + skip + length)
            if behind is None:
                continue
            digits = groups.digits[begin + skip : begin + skip + length]
            kind = numbers.abroad(digits, given_out=True) if self._may_check() else "phone"
            if kind:
                return kind, behind, 0
            if plus and not possible[0]:
                possible = (numbers.abroad(digits), behind)
        return (*possible, 0)

    def landline(self, groups: _Groups, first: int) -> tuple[str, int, int]:
        begin = groups.offsets[first]
        found = _LANDLINE.match(groups.digits, begin)
        if found is None or not (found[1] or found[2].startswith("0")) or self._is_no_telephone(groups, first):
            return "", 0, 0
        for end in (found.end(), found.end() - 1):
            behind = groups.at.get(end)
            area = groups.at.get(found.end(2))
            if behind is None or (area is None and self._says(_OTHER_WORDS, groups, first)):
                continue
            digits = groups.digits[found.start(2) : end]
            if not self._may_check() or numbers.is_landline(digits if digits[0] == "0" else f"0{digits}"):
                return "landline", behind, 0
        return "", 0, 0

    def near_by(self, groups: _Groups, first: int) -> tuple[str, int, int]:
        """Look for a telephone of another region without its country, or of a town without its area code."""
        begin = groups.offsets[first]
        spoken = self._says(_PHONE_WORDS, groups, first)
        american = self._is_american(groups, first)
        if not (spoken or american or groups.digits[begin] == "0") or self._is_no_telephone(groups, first):
            return "", 0, 0
        for length in _NATIONAL:
            behind = groups.at.get(begin + length)
            if behind is None or (not spoken and (length == _LOCAL_LENGTH or behind == first + 1)):
                continue
            digits, sizes = groups.digits[begin : begin + length], groups.sizes(first, behind)
            for region in self.regions if spoken or not american else _AMERICA & set(self.regions):
                if not self._may_check():
                    return "phone", behind, 0
                if kind := numbers.national(digits, sizes, region=region, spoken=spoken):
                    return kind, behind, 0
        return self._short(groups, first) if spoken else ("", 0, 0)

    def _short(self, groups: _Groups, first: int) -> tuple[str, int, int]:
        begin = groups.offsets[first]
        found = _SHORT.match(groups.digits, begin)
        if found is None or numbers.is_date(found.group()):
            return "", 0, 0
        for end in (found.end(), found.end() - 1):
            behind = groups.at.get(end)
            if behind is not None and end - begin >= _LOCAL_LENGTH - 1 and behind - first <= len((4, 4)):
                return "landline", behind, 0
        return "", 0, 0

    # ------------------------------------------------------------ what stands around

    def _may_check(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def _gap(self, groups: _Groups, n: int) -> str:
        """Return what stands between a group and the one before it."""
        return self.form[groups.ends[n - 1] : groups.starts[n]].replace(HIDDEN, "")

    def _before(self, groups: _Groups, first: int) -> str:
        """Return the sign before a group, invisible ones and blanks aside."""
        return self.form[max(0, groups.starts[first] - 8) : groups.starts[first]].replace(HIDDEN, "").rstrip(" ")[-1:]

    def _says(self, words: re.Pattern[str], groups: _Groups, first: int) -> bool:
        """Tell whether the words before speak of something; between two groups stand no words."""
        if first:
            return False
        start = groups.starts[first]
        return words.search(self.form, max(0, start - _BACK), start) is not None

    def _is_code(self, groups: _Groups, first: int) -> bool:
        """Tell whether a number is glued to a short code of letters, as orders and parcels are."""
        if first:
            return False
        start = groups.starts[first]
        found = _GLUED.search(self.form, max(0, start - _BACK), start)
        if found is None or len(found[1]) > _CODE or found[1] in _SPOKEN:
            return False
        return (
            len(found[1]) > 1
            or _OTHER_WORDS.search(self.form, max(0, found.start() - _BACK), found.start()) is not None
        )

    def _is_no_telephone(self, groups: _Groups, first: int) -> bool:
        return self._is_code(groups, first) or self._is_fraction(groups, first)

    def _is_fraction(self, groups: _Groups, first: int) -> bool:
        """Tell whether a group stands behind the point of a share or a coordinate: 0.138..., 116.138..."""
        if first == 0 or self._gap(groups, first) != ".":
            return False
        (size,) = groups.sizes(first - 1, first)
        return size >= _COORDINATE or groups.digits[groups.offsets[first - 1] : groups.offsets[first]] == "0"

    def _is_american(self, groups: _Groups, first: int) -> bool:
        """Tell whether three groups are written as in America: with brackets, dashes or points, not blanks alone."""
        behind = first + len(_AMERICAN)
        if groups.at.get(groups.offsets[first] + 10) != behind or groups.sizes(first, behind) != _AMERICAN:
            return False
        return self._before(groups, first) == "(" or self._gap(groups, first + 1) != " "

    def _begin(self, groups: _Groups, first: int, end: int) -> int:
        """Return where a number begins: with its plus, and with a bracket that closes within it."""
        start = groups.starts[first]
        while start > 0:
            char = self.form[start - 1]
            if char == "+" or (char == "(" and ")" in self.form[start:end]):
                start -= 1
            elif char in f" {HIDDEN}" and self.form[max(0, start - 2)] == "+":
                start -= 2
            else:
                break
        return start


def _grouped(held: list[re.Match[str]]) -> _Groups:
    parts = [group.group().replace(HIDDEN, "") for group in held]
    offsets = [0]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    at = {offset: n for n, offset in enumerate(offsets)}
    return _Groups([g.start() for g in held], [g.end() for g in held], "".join(parts), offsets, at)


_LOOKS: Final = (_Search.identity, _Search.mobile, _Search.card, _Search.far, _Search.landline, _Search.near_by)
_LEADS: Final = {"0": (1, 3, 4, 5), "1": (0, 1), "2": (0, 2, 5), "8": (0, 1, 4, 5), "9": (2, 5)}
_WITHIN: Final = {digit: tuple(_LOOKS[n] for n in _LEADS.get(digit, (0, 2, 5))) for digit in "0123456789"}
