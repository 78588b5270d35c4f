"""The streams of a scenario, read: who writes, what they say, and how long everything takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from deskkit.desk.events import FACETS
from deskkit.desk.policyfile.faults import listed, nearest
from deskkit.desk.policyfile.vocabulary import RATINGS
from deskkit.sim.defaults import value_of
from deskkit.sim.scenario import FOREVER, Line, Patience, Stream
from deskkit.sim.scenariofile.arrivals import read_arrivals
from deskkit.sim.scenariofile.reading import COUNTS, PATIENCES, PAUSES, WORK

if TYPE_CHECKING:
    from deskkit.sim.scenario import Arrivals
    from deskkit.sim.scenariofile.arrivals import Hours
    from deskkit.sim.scenariofile.reading import Sheet

__all__ = ["ENDLESS", "NO_END", "read_stream"]

ENDLESS: Final = "endless"
NO_END: Final = "forever"
MOST: Final = 1_000_000
MOST_MONEY: Final = 1e12


def read_stream(table: Sheet, hours: Hours) -> Stream:
    """Read one stream.

    Parameters
    ----------
    table : Sheet
    hours : Hours
        When customers may begin.

    Returns
    -------
    Stream

    Examples
    --------
    >>> from deskkit.desk.policyfile.faults import Book
    >>> from deskkit.sim.scenariofile.arrivals import Hours
    >>> from deskkit.sim.scenariofile.reading import Sheet
    >>> sheet = Sheet({"name": "presales", "arrivals": {"per_hour": 12}}, (), Book())
    >>> read_stream(sheet, Hours(0, 86_400_000)).turns
    Law(kind='geometric', mean=8.0, cv=0.0, values=())
    """
    if "arrivals" not in table:
        table.missing("arrivals", "when conversations begin", "{ per_hour = 12 }")
    found = Stream(
        name=table.text("name", example="presales"),
        arrivals=read_arrivals(table.table("arrivals"), hours) if "arrivals" in table else _nothing(table, hours),
        group=table.text("group", "") if "group" in table else "",
        language=table.language(table.take("language"), table.at("language")) if "language" in table else "",
        needs=table.words("needs"),
        fields=_fields(table.table("fields")),
        history=_history(table.table("history")),
        returning=table.share("returning"),
        tags=_tags(table.table("tags")),
        text=table.saying("text", "…"),
        lines=tuple(_line(row) for row in table.rows("line")),
        turns=table.law_or("turns", ENDLESS, value_of("stream.turns"), bounds=COUNTS),
        handle=table.law("handle", value_of("stream.handle"), bounds=WORK),
        words=table.law_or("words", "none", bounds=COUNTS),
        think=table.law("think", value_of("stream.think"), bounds=PAUSES),
        impatience=table.real("impatience", _default("impatience"), least=0, most=100),
        patience=_patience(table),
        transfer=tuple(table.shares("transfer").items()),
        help=table.share("help"),
        rating=_rating(table),
    )
    table.done()
    return found


def _default(name: str) -> float:
    return float(cast("float", value_of(f"stream.{name}")))


def _nothing(table: Sheet, hours: Hours) -> Arrivals:
    """Stand in for arrivals that are missing, which is noted already."""
    return read_arrivals(type(table)({"per_hour": 0}, table.at("arrivals"), table.book), hours)


def _patience(table: Sheet) -> Patience:
    """Read the patience; "forever" is that of who never leaves."""
    if table.data.get("patience") == NO_END:
        table.take("patience")
        return Patience()
    given = table.table("patience")
    found = Patience(
        queue=given.law_or("queue", NO_END, value_of("stream.patience.queue"), bounds=PATIENCES),
        service=given.law_or("service", NO_END, value_of("stream.patience.service"), bounds=PATIENCES),
        silent=given.share("silent", _default("patience.silent")),
        writing=given.real("writing", _default("patience.writing"), least=0.01, most=100),
    )
    given.done()
    return found


def _line(table: Sheet) -> Line:
    turn = FOREVER
    if table.data.get("turn") == "any":
        table.take("turn")
    elif "turn" in table:
        turn = table.number("turn", 1, least=1, most=1_000) - 1
    found = Line(text=table.saying("text"), turn=turn, share=table.share("share", 1.0))
    table.done()
    return found


def _tags(table: Sheet) -> tuple[tuple[str, str], ...]:
    """Read tags put on by hand, by facet."""
    return tuple((facet, tag) for facet in table.keyed(FACETS, what="facet") for tag in table.words(facet))


def _rating(table: Sheet) -> tuple[float, float, float]:
    shares = table.shares("rating", RATINGS)
    bad, neutral, good = (shares.get(one, 0.0) for one in RATINGS)
    return bad, neutral, good


def _fields(table: Sheet) -> dict[str, str | int | float]:
    """Read the purchase fields: orders, spend, last_order (how long before), membership, and own ones."""
    found: dict[str, str | int | float] = {}
    for name in table.entries():
        if name == "last_order":
            found[name] = table.span(name)
        elif name == "orders":
            found[name] = table.number(name, least=0, most=MOST)
        elif name == "membership" or isinstance(table.data[name], str):
            found[name] = table.text(name, example="gold")
        else:
            least = 0 if name == "spend" else -MOST_MONEY
            number = table.real(name, 0.0, least=least, most=MOST_MONEY)
            found[name] = int(number) if number == int(number) else number
    return found


def _history(table: Sheet) -> dict[str, int | str]:
    """Read what the desk knows of the customer from before."""
    found: dict[str, int | str] = {}
    for key in ("unresolved", "contacts", "transfers"):
        if key in table:
            found[key] = table.number(key, least=0, most=1_000)
        table.take(key)
    rated = table.take("rating")
    if isinstance(rated, str) and rated in RATINGS:
        found["rating"] = RATINGS.index(rated) - 1
    elif rated is not None:
        fix = nearest(rated, RATINGS, otherwise="bad")
        table.book.note(table.at("rating"), "This is no rating.", value=rated, expected=listed(RATINGS), fix=fix)
    if "last_agent" in table:
        found["last_agent"] = table.text("last_agent", example="mei")
    table.take("last_agent")
    table.done()
    return found
