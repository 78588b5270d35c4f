"""``[[quick]]``: texts that agents reply with often, each under a shortcut.

They are no rule. The desk decides nothing by them, so they are no part of the schema that a fingerprint is made of: who
writes one more of them has not changed what the desk does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk.policyfile.faults import nearest
from deskkit.desk.policyfile.reading import Table
from deskkit.desk.policyfile.vocabulary import A_LANGUAGE, meant_language
from deskkit.worded import worded

if TYPE_CHECKING:
    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.schema import Schema

__all__ = ["BLANKS", "Quick", "read_quick"]

BLANKS: Final = ("customer", "agent")
"""What may stand in braces in a text: the customer's name, the name of the agent who writes."""

MOST: Final = 200
LONGEST: Final = 2_000
LONGEST_SHORT: Final = 20
_SHORT: Final = re.compile(r"/[^\s/]{1,19}")  # matched against one short word of a policy
_BLANK: Final = re.compile(r"\{([^{}]*)\}")


class Quick(msgspec.Struct, frozen=True):
    """A quick reply: its shortcut, title and text, and for which groups, language and agents (all, where empty)."""

    short: str
    title: str
    text: str
    groups: tuple[str, ...] = ()
    language: str = ""
    agents: tuple[str, ...] = ()

    def suits(self, *, agent: str, group: str, language: str) -> bool:
        """Say whether it is offered to an agent in a conversation; one of no known language may be of any.

        Examples
        --------
        >>> hello = Quick("/hi", "Greeting", "Hello", groups=("vip",), language="en")
        >>> hello.suits(agent="chen", group="vip", language=""), hello.suits(agent="chen", group="vip", language="zh")
        (True, False)
        """
        return (
            (not self.groups or group in self.groups)
            and (not self.language or not language or f"{language}-".startswith(f"{self.language}-"))
            and (not self.agents or agent in self.agents)
        )


def read_quick(data: object, book: Book, schema: Schema) -> tuple[Quick, ...]:
    """Read ``[[quick]]``.

    Parameters
    ----------
    data : object
        What `tomllib` made of the file.
    book : Book
        Takes the faults.
    schema : Schema
        Of the same file, for its groups.
    """
    root = Table(data, (), book) if isinstance(data, dict) else Table({}, (), book)
    rows = root.rows("quick")
    if len(rows) > MOST:
        problem, example = (
            worded("There are too many quick replies."),
            worded("# remove {n} of them", n=len(rows) - MOST),
        )
        book.note(("quick",), problem, value=len(rows), expected=worded("at most {n}", n=MOST), example=example)
    groups = tuple(group.name for group in schema.groups)
    found: list[Quick] = []
    for row in rows[:MOST]:
        one = _quick(row, groups)
        if one.short and any(_clash(one, other) for other in found):
            book.note(
                row.at("short"), worded("Another quick reply before has this shortcut, for the same conversations."),
                value=one.short, expected=worded("a shortcut of its own, or other groups, language or agents"),
                fix=_free(one.short, {other.short for other in found}),
            )  # fmt: skip
        found.append(one)
        row.done()
    return tuple(found)


def _quick(row: Table, groups: tuple[str, ...]) -> Quick:
    text = _text(row)
    return Quick(
        short=_short(row),
        title=row.text("title", " ".join(text.split())[:24] or "Title", example="Greeting"),
        text=text,
        groups=row.names("groups", groups, what=worded("kind: group"), required=False),
        language=_language(row),
        agents=row.words("agents"),
    )


def _short(row: Table) -> str:
    value = row.take("short")
    expected = worded("a slash and 1 to {n} characters without spaces", n=LONGEST_SHORT - 1)
    if value is None:
        row.missing("short", expected, '"/hi"')
        return ""
    if isinstance(value, str) and _SHORT.fullmatch(value) and value.isprintable():
        return value
    word = "".join(str(value).split()).replace("/", "")[: LONGEST_SHORT - 1]
    fix = f"/{word}" if word.isprintable() and word else "/hi"
    row.book.note(row.at("short"), worded("This is no shortcut."), value=value, expected=expected, fix=fix)
    return ""


def _text(row: Table) -> str:
    value = row.take("text")
    expected = worded("a text of 1 to {n} characters", n=f"{LONGEST:,}")
    if value is None:
        row.missing("text", expected, '"Hello {customer}, this is {agent}. How can I help?"')
        return ""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        fix = str(value)[:LONGEST].strip() if isinstance(value, str | int | float) else ""
        row.book.note(
            row.at("text"), worded("This is no usable text."), value=value, expected=expected, fix=fix or "Hello!"
        )
        return ""
    for blank in _BLANK.findall(value):
        if blank not in BLANKS:
            right = "{" + nearest(blank, BLANKS, otherwise=BLANKS[0]) + "}"
            problem, expected = (
                worded("Nothing is known to put here."),
                worded("{customer} or {agent} in braces, nothing else"),
            )
            fix = value.replace("{" + blank + "}", right)
            row.book.note(row.at("text"), problem, value="{" + blank + "}", expected=expected, fix=fix)
            return ""
    return value.strip()


def _language(row: Table) -> str:
    value = row.take("language")
    if value is None or (isinstance(value, str) and value == meant_language(value)):
        return str(value or "")
    fix = meant_language(value)
    row.book.note(row.at("language"), worded("This is no language code."), value=value, expected=A_LANGUAGE, fix=fix)
    return ""


def _clash(one: Quick, other: Quick) -> bool:
    """Say whether two may be offered under one shortcut in a conversation whose language is known."""
    is_apart = any(
        mine and theirs and not set(mine) & set(theirs)
        for mine, theirs in ((one.groups, other.groups), (one.agents, other.agents))
    )
    return one.short == other.short and one.language == other.language and not is_apart


def _free(short: str, taken: set[str]) -> str:
    return next(name for number in range(2, MOST + 3) if (name := f"{short[: LONGEST_SHORT - 3]}{number}") not in taken)
