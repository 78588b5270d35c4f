"""What a file seems to be, so that an error says what to do instead: a first import is often of another kind.

It looks at the beginning of a file and is never believed: nothing is imported by a guess.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskkit.feeds import encoding

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["instead", "kind_of"]

_HEAD: Final = 64 << 10
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_KEYS: Final = (  # what only this product's exports have, the surest first
    ("meiqia", (b'"conv_id"',)),
    ("zendesk", (b'"chats"', b'"history"', b'"offline_msg"')),
    ("chatwoot", (b'"message_type"', b'"meta"', b'"inbox_id"')),
)


def kind_of(path: str | Path) -> str:
    """Return what a path seems to be.

    Returns
    -------
    str
        ``folder``, ``empty``, ``archive``, ``packed`` (gzip), ``utf-16``, ``binary``, ``meiqia``, ``zendesk``,
        ``chatwoot``, ``json``, ``gb18030`` (a text in that encoding) or ``text``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     _ = file.write(b'{"chats": []}')
    ...     file.flush()
    ...     kind_of(file.name)
    'zendesk'
    """
    if Path(path).is_dir():
        return "folder"
    with Path(path).open("rb") as file:
        head = file.read(_HEAD)
    for kind, begins in (("archive", (b"PK\x03\x04",)), ("utf-16", _UTF16), ("packed", (b"\x1f\x8b",))):
        if head.startswith(begins):
            return kind
    if not head.strip():
        return "empty"
    if b"\0" in head.partition(b"\n")[0] or head.startswith((b"\x89PNG", b"%PDF", b"\xd0\xcf")):
        return "binary"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return next((product for product, keys in _KEYS if any(key in head for key in keys)), "json")
    return "text" if encoding.is_utf8([head]) or not encoding.is_gb18030([head]) else "gb18030"


def instead(paths: Sequence[str | Path], product: str) -> str:
    """Return what to do where an import found nothing that it could take; empty where nothing is known better."""
    for path in paths:
        said = _said(path, kind_of(path), product) if os.access(path, os.R_OK) else ""
        if said:
            return said
    return ""


def _said(path: str | Path, kind: str, product: str) -> str:
    name = shlex.quote(str(path))
    if kind == product:
        return ""
    table = product == "table"
    found = {
        "folder": f"{name} is a folder without an export in it; those end in .json, .jsonl, .ndjson, .gz or .zip.",
        "empty": f"{name} is empty: export it again.",
        "archive": f"{name} is an archive without what {product} exports: unpack it, and look what is in it.",
        "utf-16": f"{name} is UTF-16: save it as UTF-8.",
        "binary": f"{name} is no text: export it as JSON.",
        "gb18030": f'{name} seems to be GB18030 (GBK): put encoding = "gb18030" at the top of the map.',
        "text": f"{name} seems to be a table: deskkit import table {name} --map data/maps/messages.toml --log URL.",
    }
    if table and kind != "gb18030":
        return ""  # a table that is none was refused by name
    if kind == "gb18030" and not table:
        kind = "text"
    if kind in found:
        return found[kind]
    if kind in ("json", "packed"):
        return ""
    return f"{name} seems to come from another product: deskkit import {kind} {name} --log URL."
