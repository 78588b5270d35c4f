"""What a product knows of a customer, read into the fields that a desk decides by.

Orders, spend, last order and membership are read as count, amount, instant and word under their own names; a
company's own fields stay what they are; personal and nested ones are dropped and counted. This module knows no
product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.feeds.fields import NAME, FieldReader, is_empty
from deskkit.feeds.values import number, whole
from deskkit.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["PURCHASES", "customer_fields"]

PURCHASES: Final = {"orders": "count", "spend": "amount", "last_order": "time", "membership": "text"}
"""Fields with a meaning of their own, and how they are read."""

_FIELDS: Final = 64  # fields of its own that a company may have


def customer_fields(
    info: Mapping[str, object],
    reader: FieldReader,
    *,
    prefix: str,
    personal: Collection[str],
    names: Collection[str] = (),
) -> dict[str, str | int | float]:
    """Read the fields of a customer.

    Parameters
    ----------
    info : mapping
        What the product sent.
    reader : FieldReader
        Reads and counts.
    prefix : str
        Of the names in the report, ``client_info.``.
    personal : collection of str
        Keys that are not stored.
    names : collection of str
        Keys that hold the customer's name, which is stored as such.
    """
    fields: dict[str, str | int | float] = {}
    own = 0
    known = {*PURCHASES, *personal, *names}
    for key, value in info.items():
        count = reader.fields[prefix + key] if key in known else reader.fields.unknown(prefix + key)
        if is_empty(value):
            count.absent += 1
            continue
        count.present += 1
        if key in PURCHASES:
            read = _purchase(PURCHASES[key], value, reader, prefix + key)
            if read is not None:
                fields[key] = read
        elif key in names:
            continue
        elif own == _FIELDS or key in personal or key.startswith("_") or isinstance(value, list | dict):
            count.dropped += 1
        else:
            own += 1
            name = clean(key, limit=NAME)
            fields[name] = reader.plain(value, prefix + name)
    return fields


def _purchase(kind: str, value: object, reader: FieldReader, name: str) -> str | int | float | None:
    if kind == "count":
        read = reader.coerced(value, name, whole)
        return None if read is None else int(read)
    if kind == "amount":
        return reader.coerced(value, name, number)
    if kind == "time":
        found = reader.times.read(value)
        reader.report.conflict(name, value, when=found is None)
        reader.fields[name].coerced += found is not None
        return None if found is None else found.at
    return reader.text(value, name, limit=NAME).strip() or None
