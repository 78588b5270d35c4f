"""E-mail addresses in the matching form of a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from deskkit.privacy.form import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["addresses"]

_AT: Final = re.compile(r"(?<=[a-z0-9._%+'\-\u200b\u00c0-\u024f ])(?:@|[(\[{【] ?at ?[)\]}】])(?=[ \u200b]?[a-z0-9])")
_LOCAL: Final = re.compile(r"[a-z0-9_\u00c0-\u024f][a-z0-9._%+'\-\u200b\u00c0-\u024f]{0,63}[ \u200b]?$")
_DOT: Final = r"(?:[.。][\u200b]?| ?[(\[{【] ?dot ?[)\]}】] ?| dot )"
_DOMAIN: Final = re.compile(rf"[ \u200b]?(?:[a-z0-9\-\u200b]{{1,63}}{_DOT}){{1,8}}([a-z][a-z\u200b]{{1,23}})")
_FILES: Final = frozenset({"png", "jpg", "jpeg", "gif", "webp", "svg", "pdf", "css", "js", "mp4", "zip"})
_REACH: Final = 72


def addresses(form: str) -> Iterator[Span]:
    """Yield e-mail addresses, also with the at sign and the points in words between brackets."""
    end = 0
    for sign in _AT.finditer(form):
        if sign.start() < end:
            continue
        begin, end = max(end, sign.start() - _REACH), sign.end()
        local = _LOCAL.search(form[begin : sign.start()])
        domain = _DOMAIN.match(form, sign.end()) if local else None
        if local is None or domain is None or domain[1] in _FILES:
            continue
        end = domain.end()
        yield Span("e-mail", begin + local.start(), end)
