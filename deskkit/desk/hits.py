"""Why a search found a conversation: the message or the field in which the words of the query stand.

Which conversations are found is for `finding` to say; this looks at one that was. Knows no screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk import columns as k
from deskkit.desk.because import agent_name
from deskkit.desk.events import NoteWritten
from deskkit.text import LIMIT, fold, fold_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskkit.desk.desk import Desk

__all__ = ["Hit", "around", "hits", "places"]

_PART: Final = 400  # characters that are folded at once while the first of some words is looked for
_OVERLAP: Final = 200  # so that no word, and no number before it, falls between two parts


class Hit(NamedTuple):
    """Where words of a query stand.

    Attributes
    ----------
    where : str
        ``message``, ``note``, ``customer``, ``field``, ``agent``, ``tag`` or ``id``.
    text : str
        All of it, as it was written; of a field its value.
    words : tuple of str
        The words that stand there, in their matching form.
    about : str
        The name of a field.
    """

    where: str
    text: str
    words: tuple[str, ...]
    about: str = ""


def hits(desk: Desk, name: str, query: str, *, said: str) -> tuple[Hit, ...]:
    """Return where the words of a query stand in a conversation, as few places as there need be.

    Parameters
    ----------
    desk : Desk
    name : str
    query : str
    said : str
        The folded texts of its messages, a line for each; what does not stand there is looked for in no message.

    Returns
    -------
    tuple of Hit
        A message first: the newest of those that hold the most words; then what else holds the rest.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.events import ConversationOpened, CustomerWrote
    >>> from deskkit.desk.policy import Policy
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> _ = desk.step(ConversationOpened(at=0, conversation="c1", customer="zhang"))
    >>> _ = desk.step(CustomerWrote(at=0, conversation="c1", message="m1", text="Where is order 48213377?"))
    >>> [tuple(hit) for hit in hits(desk, "c1", "zhang 2133", said="where is order 48213377?")]
    [('message', 'Where is order 48213377?', ('2133',), ''), ('customer', 'zhang', ('zhang',), '')]
    """
    number = desk.exactly(name)
    left = list(dict.fromkeys(fold_text(query).split()))
    found: list[Hit] = []
    if (hit := _message(desk, number, [word for word in left if word in said], said)) is not None:
        found.append(hit)
        left = [word for word in left if word not in hit.words]
    for where, text, about in _fields(desk, number):
        if not left:
            break
        folded = fold_text(text)
        if words := tuple(word for word in left if word in folded):
            found.append(Hit(where, text, words, about))
            left = [word for word in left if word not in words]
    return tuple(found)


def _message(desk: Desk, number: int, words: Sequence[str], said: str) -> Hit | None:
    best: tuple[str, ...] = ()
    at = 0
    lines = said.split("\n") if words else []
    for behind, line in enumerate(reversed(lines), 1):
        held = tuple(word for word in words if word in line)
        if len(held) > len(best):
            best, at = held, len(lines) - behind
        if len(held) == len(words):
            break
    if not best:
        return None
    message = desk.messages[number][at]
    return Hit("note" if isinstance(message, NoteWritten) else "message", message.text, best)


def _fields(desk: Desk, number: int) -> Iterator[tuple[str, str, str]]:
    """Yield what else is looked at: where it stands, its text, and of a field the name."""
    row = desk.state.conversation[number]
    for facet in desk.tags[number]:
        yield from (("tag", tag, "") for tag, how in facet.items() if how != "off")
    if row[k.CUSTOMER] >= 0:
        customer = desk.customers[row[k.CUSTOMER]]
        person = desk.people.get(customer)
        if person is not None:
            yield "customer", person.name, ""
            yield from (("field", value, key) for key, value in person.fields.items() if isinstance(value, str))
        yield "customer", customer, ""
    if row[k.OWNER_OF] >= 0:
        agent = desk.agents[row[k.OWNER_OF]]
        yield "agent", agent_name(desk, agent), ""
        yield "agent", agent, ""
    yield "id", desk.conversations[number], ""


def places(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return where words in their matching form stand in a text as it was written; overlapping ones as one.

    Examples
    --------
    >>> places("Order ４８２１ and order 4821", ["821", "order"])
    [(0, 5), (7, 10), (15, 20), (22, 25)]
    """
    folded = fold(text)
    found: list[tuple[int, int]] = []
    for word in words:
        at = folded.text.find(word)
        while at >= 0:
            found.append(folded.original(at, at + len(word)))
            at = folded.text.find(word, at + len(word))
    made: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def around(text: str, words: Sequence[str], *, before: int, after: int) -> str:
    """Return of a long text the part around the first of some words, or its beginning where none is seen.

    Parameters
    ----------
    text : str
    words : sequence of str
        In their matching form.
    before, after : int
        Characters on either side of where the word begins; a text that is no longer is returned whole.

    Examples
    --------
    >>> around("so " * 500 + "where is Order 4821?" + " yes" * 500, ["order"], before=9, after=11)
    'where is Order 4821?'
    """
    if len(text) <= before + after:
        return text
    for at in range(0, min(len(text), LIMIT), _PART):
        part = text[at : at + _PART + _OVERLAP]
        folded = fold_text(part)
        if any(word in folded for word in words) and (spans := places(part, words)):
            first = at + spans[0][0]
            return text[max(0, first - before) : first + after]
    return text[: before + after]
