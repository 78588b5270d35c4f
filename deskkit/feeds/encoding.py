"""Which characters the bytes of a file mean: UTF-8, else GB18030, the way Chinese spreadsheets and tools save.

Nothing is guessed from frequencies. A file that is UTF-8 is read so; one that is not, but GB18030 throughout
and hardly UTF-8 anywhere, is that. Of any other file each record is asked by itself, and what is neither keeps
a mark in the place of the bytes lost. Whatever was not plain UTF-8 is said. This module knows no JSON.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["GB18030", "HALVES", "MARKED", "as_utf8", "is_gb18030", "is_utf8", "text_of"]

GB18030: Final = "its bytes are no UTF-8 and were read as GB18030"
HALVES: Final = "halves of characters (lone surrogates) were replaced by the mark U+FFFD"
MARKED: Final = "bytes that are no UTF-8 were replaced by the mark U+FFFD"

_MARK: Final = "\ufffd"


def is_utf8(chunks: Iterable[bytes]) -> bool:
    """Tell whether a file is UTF-8, as far as it goes: the end may be cut within a character."""
    return _reads("utf-8", chunks)


def is_gb18030(chunks: Iterable[bytes]) -> bool:
    r"""Tell whether a file that is no UTF-8 is GB18030, as far as it goes.

    Two bytes of one Chinese character in UTF-8 often make some character of GB18030 too, so a file of which
    more is UTF-8 than is not is none.

    Examples
    --------
    >>> is_gb18030(["你好".encode("gb18030")]), is_gb18030(["你好，".encode() + b"\xe9t"])
    (True, False)
    """
    strict = codecs.getincrementaldecoder("gb18030")()
    lax = codecs.getincrementaldecoder("utf-8")("replace")
    lost = kept = 0
    try:
        for chunk in chunks:
            strict.decode(chunk)
            bad, good = _tally(lax.decode(chunk))
            lost, kept = lost + bad, kept + good
    except UnicodeDecodeError:
        return False
    return lost > kept


def as_utf8(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Return a way to read a GB18030 file as UTF-8; it gives at least a byte until the end."""
    decoder = codecs.getincrementaldecoder("gb18030")("replace")  # only an end cut within a character is left

    def read_on(size: int) -> bytes:
        text, chunk = "", b"-"
        while chunk and not text:
            chunk = read(size)
            text = decoder.decode(chunk, final=not chunk)
        return text.encode()

    return read_on


def text_of(raw: bytes) -> tuple[str, str]:
    r"""Return the text of a record, and what had to be done for it: nothing, `GB18030` or `MARKED`.

    Examples
    --------
    >>> text_of("你好".encode()), text_of("你好".encode("gb18030"))[0], text_of(b"caf\xe9.")[0]
    (('你好', ''), '你好', 'caf�.')
    """
    try:
        return raw.decode(), ""
    except UnicodeDecodeError:
        marked = raw.decode("utf-8", "replace")
    lost, kept = _tally(marked)
    if lost > kept and _reads("gb18030", [raw]):
        return raw.decode("gb18030", "replace"), GB18030
    return marked, MARKED


def _reads(encoding: str, chunks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _tally(text: str) -> tuple[int, int]:
    """Count the marks of a text, and its other characters beyond ASCII."""
    lost = text.count(_MARK)
    return lost, len(text) - len(text.encode("ascii", "ignore")) - lost
