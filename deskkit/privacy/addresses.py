"""E-mail addresses in the matching form of a text.

Names and hosts may be written in any script. Where letters run on without blanks, as in Chinese, nothing says where a
name begins: of such a name the last sixteen letters are masked, from behind the last word that speaks of an address;
of a name that ends in Latin letters (``李娜88@...``) those alone, for before them mostly stands ``邮箱`` or the like.
A host that is not in Latin letters must end in a domain people use, or every sentence behind an at sign would be one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from deskkit.privacy.form import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["addresses"]

_LATIN: Final = r"a-z0-9\u00c0-\u024f"
_AT: Final = re.compile(r"(?<=[\w.%+'\-\u200b ])(?:@|[(\[{【] ?at ?[)\]}】])(?=[ \u200b]?[^\W_])")
_LOCAL: Final = re.compile(rf"[{_LATIN}_][{_LATIN}._%+'\-\u200b]{{0,63}}[ \u200b]?$")
_ANY_LOCAL: Final = re.compile(r"\w[\w.%+'\-\u200b]{0,15}[ \u200b]?$")
_SPEAKS: Final = re.compile("(?:邮箱|邮件|邮址|电邮|mail|地址|发给|发到|发送|联系|我|是|为|到|给|أو|هو)+(?=.)")
_DOT: Final = r"(?:[.。][\u200b]?| ?[(\[{【] ?dot ?[)\]}】] ?| dot )"
_DOMAIN: Final = re.compile(rf"[ \u200b]?(?:[{_LATIN}\-\u200b]{{1,63}}{_DOT}){{1,8}}([a-z][a-z\u200b]{{1,23}})")
_TOP: Final = (
    r"com|net|org|edu|gov|info|biz|cn|hk|tw|mo|jp|kr|ru|ua|kz|sa|ae|eg|ir|in|th|gr|de|fr|eu|io|cc|top|xyz|shop|vip|club"
    "|中国|中國|公司|网络|網絡|在线|商城|网址|网店|集团|香港|台湾|台灣|рф|рус|укр|қаз|السعودية|امارات|مصر|ایران|भारत|ไทย|한국|みんな"
)
_ANY_DOMAIN: Final = re.compile(rf"[ \u200b]?(?:[\w\-\u200b]{{1,63}}{_DOT}){{1,8}}({_TOP})(?![a-z0-9])")
_FILES: Final = frozenset({"png", "jpg", "jpeg", "gif", "webp", "svg", "pdf", "css", "js", "mp4", "zip"})
_REACH: Final = 72


def addresses(form: str) -> Iterator[Span]:
    """Yield e-mail addresses, also with the at sign and the points in words between brackets.

    Examples
    --------
    >>> list(addresses("user@münchen.de"))
    [Span(kind='e-mail', start=0, end=15)]
    """
    end = 0
    for sign in _AT.finditer(form):
        if sign.start() < end:
            continue
        begin, end = max(end, sign.start() - _REACH), sign.end()
        local = _LOCAL.search(form[begin : sign.start()]) or _ANY_LOCAL.search(form[begin : sign.start()])
        domain = (_DOMAIN.match(form, sign.end()) or _ANY_DOMAIN.match(form, sign.end())) if local else None
        if local is None or domain is None or domain[1] in _FILES:
            continue
        end = domain.end()
        yield Span("e-mail", begin + local.start() + _spoken(local.group()), end)


def _spoken(local: str) -> int:
    """Return how many characters before a name only speak of an address."""
    if local.isascii():
        return 0
    return max((found.end() for found in _SPEAKS.finditer(local.rstrip(" \u200b"))), default=0)
