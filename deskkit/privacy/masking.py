"""Typed tokens in the place of what is personal: in texts, and in fields by their name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from deskkit.arguments import TEXT, expect
from deskkit.errors import DeskkitError
from deskkit.privacy.finding import REGIONS, find
from deskkit.text import fold_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["TOKENS", "mask", "mask_field", "mask_values", "personal_field", "tokens"]

TOKENS: Final[Mapping[str, Mapping[str, str]]] = {
    "zh": {
        "phone": "[手机]",
        "landline": "[座机]",
        "id": "[证件]",
        "card": "[银行卡]",
        "e-mail": "[邮箱]",
        "qq": "[QQ]",
        "wechat": "[微信]",
        "address": "[地址]",
    },
    "en": {
        "phone": "[phone]",
        "landline": "[phone]",
        "id": "[id]",
        "card": "[card]",
        "e-mail": "[e-mail]",
        "qq": "[QQ]",
        "wechat": "[WeChat]",
        "address": "[address]",
    },
}
"""What stands in the place of each kind, by language."""

# Names of fields as products and shops write them, in their matching form. The first that fits wins.
_NAMED: Final = (
    ("e-mail", re.compile("e-?mail|(?<![a-z])mail(?![a-z])|邮箱|邮件")),
    ("phone", re.compile("(?<![a-z])(?:tel|cell)(?![a-z])|phone|mobile|whatsapp|手机|电话|座机|联系方式")),
    ("id", re.compile("id[ _-]?card|id[ _-]?(?:no|num)(?![a-z])|identity|passport|身份证|证件|护照")),
    ("card", re.compile("bank[ _-]?(?:card|account)|card[ _-]?(?:no|num)|银行卡|卡号")),
    ("qq", re.compile("(?<![a-z])qq(?![a-z])")),
    ("wechat", re.compile("weixin|wechat|wxid|openid|微信")),
    ("address", re.compile("(?<![a-z])addr|地址|住址")),
)
_ROOM: Final = 400  # characters behind a cut that are looked at too: no number or address is longer, none shows in half
_A_NUMBER: Final = 1_000_000  # what is smaller is a count, however its field is called


def tokens(language: str) -> Mapping[str, str]:
    """Return the tokens of a language.

    Raises
    ------
    DeskkitError
        There are none in this language.
    """
    if language not in TOKENS:
        raise DeskkitError(
            "There are no tokens in this language.",
            place="mask",
            value=language,
            expected=" or ".join(TOKENS),
            example='mask(text, language="zh")',
        )
    return TOKENS[language]


def mask(text: str, *, language: str = "zh", regions: Sequence[str] = REGIONS, most: int | None = None) -> str:
    """Put a token in the place of each telephone, identity card, bank card and e-mail address in a text.

    Parameters
    ----------
    text : str
        Any text; a text of 32,768 characters takes less than 50 ms.
    language : {"zh", "en"}, default "zh"
        Of the tokens.
    regions : sequence of str
        Where telephones written without a country are looked for, see `find`.
    most : int, optional
        Of a longer text only so many characters at its beginning are masked and returned, which bounds the time.

    Returns
    -------
    str; masking it again changes nothing

    Raises
    ------
    DeskkitError
        There are no tokens in this language.

    Examples
    --------
    >>> mask("手机13800138000谢谢，订单CS26061813800")
    '手机[手机]谢谢，订单CS26061813800'
    >>> mask("Mail zhang.san＠shop.example, or call +44 20 7946 0958", language="en")
    'Mail [e-mail], or call [phone]'
    >>> mask("Call 13800138000 today", language="en", most=10)
    'Call [phone]'
    """
    expect(TEXT, "mask", text=text)
    words = tokens(language)
    last = len(text) if most is None else most
    found = [span for span in find(text[: last + _ROOM], regions=regions) if span.start < last]
    parts, end = [], 0
    for span in found:
        parts += [text[end : span.start], words[span.kind]]
        end = span.end
    return "".join([*parts, text[end:last]])


def personal_field(name: str) -> str:
    """Return the kind a field holds by its name (a key of `TOKENS`), empty where the name tells of none.

    Examples
    --------
    >>> personal_field("client_info.tel"), personal_field("手机号"), personal_field("hotel")
    ('phone', 'phone', '')
    """
    folded = fold_text(name)
    return next((kind for kind, pattern in _NAMED if pattern.search(folded)), "")


def mask_field(
    name: str, value: str | float, *, language: str = "zh", regions: Sequence[str] = REGIONS, most: int | None = None
) -> str:
    """Return a field's value as text, masked whole if the field's name says that it is personal.

    Parameters
    ----------
    name : str
    value : str, int or float
        Numbers below a million are counts and stay, whatever the name.
    language, regions, most
        As for `mask`.

    Examples
    --------
    >>> mask_field("qq", "10001"), mask_field("contact", 13800138000), mask_field("phone_calls", 12)
    ('[QQ]', '[手机]', '12')
    """
    kind = personal_field(name)
    if isinstance(value, str):
        if kind and value.strip():
            return tokens(language)[kind]
    elif kind and abs(value) >= _A_NUMBER:
        return tokens(language)[kind]
    return mask(str(value), language=language, regions=regions, most=most)


def mask_values(value: Any, *, language: str = "zh", regions: Sequence[str] = REGIONS) -> Any:  # noqa: ANN401
    """Return what JSON can hold with every text in it masked, also names of fields; numbers stay.

    Parameters
    ----------
    value : dict, list, tuple, str, number or None
    language, regions
        As for `mask`.

    Returns
    -------
    The same, of new dicts and lists; field names masked alike are told apart by a number

    Examples
    --------
    >>> mask_values({"agent": "陈13800138000", "n": 3, "tags": ["13800138000"]}, language="en")
    {'agent': '陈[phone]', 'n': 3, 'tags': ['[phone]']}
    """
    known: dict[str, str] = {}

    def shown(text: str) -> str:
        if text not in known:
            known[text] = mask(text, language=language, regions=regions)
        return known[text]

    def walk(one: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        match one:
            case str():
                return shown(one)
            case dict():
                made: dict[Any, Any] = {}
                for key, held in one.items():
                    name = shown(key) if isinstance(key, str) else key
                    made[name if name not in made else f"{name} ({len(made) + 1})"] = walk(held)
                return made
            case list() | tuple():
                return [walk(held) for held in one]
        return one

    return walk(value)
