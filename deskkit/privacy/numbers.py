"""Which digits are a telephone, an identity card, a bank card: judged by shape, check digit and numbering plan.

Plain functions over ASCII digits and the sizes of the groups they were written in. They know no text.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

import phonenumbers
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

__all__ = [
    "CARD_FIRST_GROUP",
    "CARD_GROUPS",
    "CARD_LENGTHS",
    "abroad",
    "card_scheme",
    "is_card",
    "is_date",
    "is_identity",
    "is_landline",
    "is_mobile_shape",
    "is_old_identity",
    "national",
]

CARD_LENGTHS: Final = range(13, 20)
CARD_GROUPS: Final = 5
CARD_FIRST_GROUP: Final = 4

# How people part the eleven digits of a mobile. A list of quantities (150 200 300 25) is none of these.
_MOBILE_SHAPES: Final = frozenset({
    (11,), (3, 4, 4), (3, 8), (7, 4), (4, 7), (5, 6), (6, 5), (3, 3, 5), (3, 5, 3), (4, 3, 4), (4, 4, 3),
    (3, 4, 2, 2), (3, 2, 2, 2, 2), (3, 2, 2, 4), (1,) * 11,
})  # fmt: skip
_SMALLEST_GROUP: Final = 2
_FIRST_GROUP: Final = 3

# Issuers by their first digits, and the lengths they give out.
_SCHEMES: Final = (
    (re.compile("4"), (13, 16)),  # Visa
    (re.compile("5[1-5]|22[2-9]|2[3-6]|27[01]|2720"), (16,)),  # Mastercard
    (re.compile("3[47]"), (15,)),  # American Express
    (re.compile("62"), (16, 17, 18, 19)),  # UnionPay
    (re.compile("35(?:2[89]|[3-8])"), (16,)),  # JCB
    (re.compile("30[0-5]|3[689]"), (14,)),  # Diners
    (re.compile("6011|64[4-9]|65"), (16, 19)),  # Discover
    (re.compile("9558"), (19,)),  # mainland cards older than UnionPay
)
_DOUBLED: Final = str.maketrans("0123456789", "0246813579")
_LOOSE: Final = re.compile("[3-6][0-9]{15}|6[0-9]{16,18}")  # of issuers we do not know; others are orders and parcels
_DATE: Final = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_BIRTH: Final = re.compile("[1-8][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9x]")
_OLD_BIRTH: Final = re.compile(
    "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}"
)
_FIXED: Final = frozenset({phonenumbers.PhoneNumberType.FIXED_LINE})
_HOTLINES: Final = frozenset(
    {
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.UAN,
    }
)  # a company's, nobody's own


def is_mobile_shape(sizes: tuple[int, ...], *, joiner: str) -> bool:
    """Tell whether a mainland mobile may be written in groups of these sizes, parted by `joiner`.

    Examples
    --------
    >>> is_mobile_shape((3, 4, 4), joiner=" "), is_mobile_shape((3, 3, 3, 2), joiner=" ")
    (True, False)
    """
    if sizes in _MOBILE_SHAPES:
        return True
    return joiner == "-" and sizes[0] >= _FIRST_GROUP and min(sizes) >= _SMALLEST_GROUP


def is_identity(number: str) -> bool:
    """Tell whether 18 characters are a mainland identity number: a date of birth and the check digit.

    The region is not looked up: regions were merged and renamed, the numbers given out there live on.

    Examples
    --------
    >>> is_identity("11010519491231002x"), is_identity("110105194912310021")
    (True, False)
    """
    if not _BIRTH.fullmatch(number):
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return ric.calc_check_digit(number).lower() == number[-1]


def is_old_identity(number: str) -> bool:
    """Tell whether 15 digits are like an identity number of the form before 1999: a province and a date of birth.

    They have no check digit, and of random digits one in a hundred is like this: alone that is no proof.

    Examples
    --------
    >>> is_old_identity("110105491231002"), is_old_identity("860105491231002"), is_old_identity("110105490231002")
    (True, False, False)
    """
    if not _OLD_BIRTH.fullmatch(number):
        return False
    try:
        date(1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))
    except ValueError:
        return False
    return True


def card_scheme(digits: str) -> bool:
    """Tell whether an issuer we know gives out numbers that begin and are as long as this.

    Examples
    --------
    >>> card_scheme("6222020000000000"), card_scheme("1234567890123456")
    (True, False)
    """
    return any(len(digits) in lengths and begin.match(digits) for begin, lengths in _SCHEMES)


def is_card(digits: str, sizes: tuple[int, ...], *, spoken: bool, other: bool) -> bool:
    """Tell whether digits are a bank card: Luhn, issuer, and how they are grouped.

    Parameters
    ----------
    digits : str, 13 to 19
    sizes : tuple of int
        Of the groups they were written in.
    spoken, other : bool
        Whether the words before speak of a card; of an order, a parcel or another number.

    Examples
    --------
    >>> is_card("4111111111111111", (4, 4, 4, 4), spoken=False, other=False)
    True
    """
    if min(sizes[:-1], default=CARD_FIRST_GROUP) < CARD_FIRST_GROUP:
        return False
    if not _passes_luhn(digits):
        return False
    known = spoken or card_scheme(digits)
    loose = not other and _LOOSE.fullmatch(digits) and not _BIRTH.fullmatch(digits)
    return bool(known or loose)


def _passes_luhn(digits: str) -> bool:
    return (sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(_DOUBLED)))) % 10 == 0


def is_date(digits: str) -> bool:
    """Tell whether eight digits are a date, year first."""
    return _DATE.fullmatch(digits) is not None


@lru_cache(maxsize=4096)
def _parsed(number: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None


def is_landline(digits: str) -> bool:
    """Tell whether digits with area code are a fixed line of the mainland.

    Examples
    --------
    >>> is_landline("01088888888"), is_landline("00088888888")
    (True, False)
    """
    found = _parsed(digits, "CN")
    return found is not None and phonenumbers.is_valid_number(found) and _kind(found) == "landline"


def abroad(digits: str, *, given_out: bool = False) -> str:
    """Return the kind of a number written with its country, ``phone`` or ``landline``; empty if it is none.

    Numbers of a possible length that the plan does not know count unless they must be `given_out`: new blocks
    come every month.

    Examples
    --------
    >>> abroad("442079460958"), abroad("0000000")
    ('landline', '')
    """
    found = _parsed(f"+{digits}", None)
    if found is None or phonenumbers.is_possible_number_with_reason(found) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    if phonenumbers.is_valid_number(found):
        return _kind(found)
    return "" if given_out else "phone"


def national(digits: str, sizes: tuple[int, ...], *, region: str, spoken: bool) -> str:
    """Return the kind of a number written as one does within a region; empty if it is none.

    Without words that speak of a telephone the groups must be those of the region's own way of writing.

    Examples
    --------
    >>> national("02079460958", (3, 4, 4), region="GB", spoken=False)
    'landline'
    """
    found = _parsed(digits, region)
    if found is None or not phonenumbers.is_valid_number_for_region(found, region):
        return ""
    if not spoken and sizes not in {_sizes(found, style) for style in _STYLES}:
        return ""
    return _kind(found)


_STYLES: Final = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _sizes(number: phonenumbers.PhoneNumber, style: int) -> tuple[int, ...]:
    written = phonenumbers.format_number(number, style)
    groups = re.findall("[0-9]+", written)
    return tuple(map(len, groups if style == phonenumbers.PhoneNumberFormat.NATIONAL else groups[1:]))


def _kind(number: phonenumbers.PhoneNumber) -> str:
    kind = phonenumbers.number_type(number)
    if kind in _HOTLINES:
        return ""
    return "landline" if kind in _FIXED else "phone"
