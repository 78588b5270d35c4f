"""Whom a new chat may be meant for: known customers, while their name or number is being typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import columns as k
from deskkit.desk.resting import glance
from deskkit.locale import LANGUAGES
from deskkit.text import HAN, fold_text, visible
from deskkit.views.desk.working import ALL, Work
from deskkit.views.words import Words, shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Generator

    from deskkit.desk.desk import Desk
    from deskkit.desk.finding import Index

__all__ = ["LONGEST", "Whom", "is_called", "name_shown"]

LONGEST: Final = 64  # characters of a name that is looked for
SHOWN: Final = 20
AT_ONCE: Final = 100  # looks: as much as a deed may take at once
_NAME: Final = 60  # half columns
_NUMBER: Final = 40
_SHORTEST: Final = 2  # characters, unless one of them is Chinese
_HAN: Final = re.compile(f"[{HAN}]")


class Whom:
    """What each page types into its form, until it was answered."""

    def __init__(self) -> None:
        self._asked: dict[str, dict[str, Any]] = {}
        self._answers: list[dict[str, Any]] = []
        self._work = Work[dict[str, Any]](lambda _page, answer: self._answers.append(answer))

    def ask(self, message: dict[str, Any]) -> None:
        """Take what a page typed; what it typed before is no longer wanted."""
        query = message["query"][: LONGEST + 1]  # more is no name, and is not sent back either
        query = query.encode(errors="replace").decode()  # nor is half a character, which no browser could be sent
        self._asked[message.get("page", "")] = message | {"query": query}

    def keep(self, pages: Collection[str]) -> None:
        """Forget what was typed on any other page: it is gone."""
        self._asked = {page: one for page, one in self._asked.items() if page in pages}

    def answer(self, desk: Desk, index: Index, *, say: Words, now: int, waits: bool = False) -> dict[str, Any] | None:
        """Look on; return whom a page may mean. None where none asks, it takes longer, or not all customers were read.

        Parameters
        ----------
        desk : Desk
        index : Index
            Of the desk.
        say : Words
        now : int
            Milliseconds.
        waits : bool, default False
            Whether whoever asks waits for all of it.

        Returns
        -------
        dict or None
            ``known`` customers with the number ``n`` by which a deed refers to each, as what each is shown (``text``),
            and what tells it apart (``hint``); ``more``, where not all are among them; with it what was asked:
            ``page``, ``ask``, ``query``. Asked of a number, it is that customer, if still called as the query says.
        """
        if index.has_met_all:
            for page, message in self._asked.items():
                self._work.begin(page, _answer(desk, index, message, say=say, now=now))
            self._asked.clear()
        self._work.go_on(ALL if waits else AT_ONCE)
        return self._answers.pop(0) if self._answers else None


def _answer(
    desk: Desk, index: Index, message: dict[str, Any], *, say: Words, now: int
) -> Generator[float, None, dict[str, Any]]:
    query, number, count = message["query"], message.get("n"), 0
    if number is not None:
        found = [number] if is_called(desk, number, query, say) else []
    elif _is_enough(query):
        found, count = yield from index.called(query, limit=SHOWN)
    else:
        found = []
    known = [
        {"n": number, "text": name_shown(desk, number, say), "hint": _hint(desk, number, say, now)} for number in found
    ]
    more = ""
    if count > len(found):
        told = {"n": len(found), "all": count}
        if all(_is_exactly(desk, number, query) for number in found):
            more = say("{n} of {all} · a number, or more of a longer name, finds others", **told)
        else:
            more = say("{n} of {all} · write more to find others", **told)
    page, ask = message.get("page", ""), message["ask"]
    return {"type": "whom", "page": page, "ask": ask, "query": query, "known": known, "more": more}


def _is_exactly(desk: Desk, number: int, query: str) -> bool:
    """Say whether a customer is called as was typed and nothing else, so that more of the name does not find them."""
    person = desk.people.get(desk.customers[number])
    return person is not None and fold_text(person.name) == fold_text(query)


def _is_enough(query: str) -> bool:
    """Say whether so much was typed that it tells somebody from others, and no more than a name has."""
    if len(query) > LONGEST:
        return False
    folded = fold_text(query)
    return len(folded) >= _SHORTEST or _HAN.search(folded) is not None


def name_shown(desk: Desk, number: int, say: Words) -> str:
    """Return what a customer is called where one is chosen: on one line, as a field of a browser holds it.

    Parameters
    ----------
    desk : Desk
    number : int
        Of the customer.
    say : Words
    """
    customer = desk.customers[number]
    person = desk.people.get(customer)
    named = say.named(person.name if person is not None else "", customer)
    return shortened(" ".join(named.split()), _NAME)[:LONGEST]


def is_called(desk: Desk, number: int, shown: str, say: Words) -> bool:
    """Say whether there is a customer of this number, and whether it is what `name_shown` says in one of the languages.

    Parameters
    ----------
    desk : Desk
    number : int
    shown : str
        In the language of the moment when it was chosen.
    say : Words
        Of now.
    """
    if not 0 <= number < len(desk.customers):
        return False
    spoken = (Words(language, masked=say.masked) for language in LANGUAGES)
    return any(name_shown(desk, number, one) == shown for one in spoken)


def _hint(desk: Desk, number: int, say: Words, now: int) -> str:
    """Return what tells a customer from another of the same name: the number, and what is or was last between us."""
    row, rows = desk.state.customer, desk.state.conversation
    known = shortened(visible(say.personal(desk.customers[number], 10 * _NUMBER)), _NUMBER)
    latest = row[number][k.LATEST]
    if glance(row, number, k.OPEN_NOW):
        state = say("open conversation")
    elif latest >= 0:
        state = say("last contact {time}", time=say.time(glance(rows, latest, k.TOUCHED), now=now))
    else:
        state = say("no conversation yet")
    return f"{known} · {state}"
