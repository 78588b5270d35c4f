"""Laws as a scenario writes them: "20 s lognormal cv 1.2", "8 geometric", or a table with law, mean, cv, values.

The short text and the table say the same; the table is what a form fills in, the text is what people read.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from deskkit.desk.policyfile.faults import LEFT_OUT, listed, nearest
from deskkit.desk.policyfile.quantities import guess_duration
from deskkit.sim.scenario import Law
from deskkit.sim.scenariofile.amounts import read_amount, show_amount

if TYPE_CHECKING:
    from deskkit.desk.policyfile.faults import Book
    from deskkit.desk.policyfile.layout import KeyPath
    from deskkit.sim.scenario import LawKind

__all__ = ["COUNT_LAWS", "SPREAD", "TIME_LAWS", "Bounds", "law_text", "read_law"]

SPREAD: Final = ("lognormal", "gamma", "weibull")
"""The laws whose spread is a number of its own; of the others it follows from the mean or the values."""
TIME_LAWS: Final = ("constant", "exponential", *SPREAD, "empirical")
COUNT_LAWS: Final = ("constant", "geometric", *SPREAD, "empirical")
LEAST_CV: Final = 0.05
MOST_CV: Final = 10.0
_PLACES: Final = 9  # that are read
FAR: Final = 1e300  # beyond any mean or cv
MOST_VALUES: Final = 10_000
A_CV: Final = f"a number from {LEAST_CV} to {MOST_CV:g}: standard deviation divided by mean"
_TEXT: Final = re.compile(r"(?P<mean>\d[\d.]*(?: ?[^\W\d_]+)??)(?: (?P<law>[^\W\d_]+))?(?: cv (?P<cv>\S+))?")
_NUMBER: Final = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)


class Bounds(NamedTuple):
    """What a law may be: of times (milliseconds) or of counts, and between which means.

    Attributes
    ----------
    least, most : float
        Of a constant; any other law has a mean above 0 in any case.
    counts : bool
    example : str
        A law that is right in this place.
    """

    least: float
    most: float
    counts: bool
    example: str

    @property
    def laws(self) -> tuple[str, ...]:
        """The kinds of laws that fit."""
        return COUNT_LAWS if self.counts else TIME_LAWS

    def amount(self, value: object) -> float | None:
        """Return a mean: of counts a number, of times a text."""
        if not self.counts:
            return read_amount(value) if isinstance(value, str) else None
        if isinstance(value, str):
            return float(value) if _NUMBER.fullmatch(value) else None
        number = cast("float", value) if _plain(value) else math.nan
        return float(number) if abs(number) <= self.most * 1000 else None

    def show(self, mean: float) -> str | float:
        """Write a mean as this place has it."""
        if not self.counts:
            return show_amount(mean)
        return int(mean) if mean == int(mean) else mean

    def range(self) -> str:
        """Say between which means, with what a mean looks like."""
        kind = "a number" if self.counts else 'a time such as "20 s" or "5 min"'
        return f"{kind} from {self.show(self.least)} to {self.show(self.most)}"


def read_law(value: object, path: KeyPath, book: Book, *, bounds: Bounds) -> Law:
    """Read a law, or note the fault and return a harmless one.

    Parameters
    ----------
    value : object
        What TOML holds there.
    path : KeyPath
    book : Book
    bounds : Bounds

    Returns
    -------
    Law

    Examples
    --------
    >>> from deskkit.desk.policyfile.faults import Book
    >>> times = Bounds(1, 86_400_000, counts=False, example="20 s")
    >>> read_law("20 s lognormal cv 1.2", (), Book(), bounds=times)
    Law(kind='lognormal', mean=20000.0, cv=1.2, values=())
    """
    if isinstance(value, dict):
        return _table(value, path, book, bounds)
    if bounds.counts and _plain(value):
        value = str(value)
    found = _TEXT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        example = bounds.example
        guess = "" if bounds.counts else guess_duration(str(value), unit="s")
        fix = guess if guess and (read_amount(guess) or 0) >= bounds.least else example
        return _refuse(path, book, bounds, "This is no law.", value, _expected(bounds), fix)
    return _text(value, _split(found, bounds), path, book, bounds)


def law_text(law: Law | None, *, count: bool = False, off: str = "none") -> object:
    """Write a law as TOML has it; None is `off`.

    Examples
    --------
    >>> law_text(Law("lognormal", 20_000.0, 1.2)), law_text(Law("geometric", 8.0), count=True), law_text(None)
    ('20 s lognormal cv 1.2', '8 geometric', 'none')
    """
    if law is None:
        return off
    show = Bounds(0, math.inf, counts=count, example="").show
    mean = round(law.mean, _PLACES) if count else law.mean
    if law.kind == "empirical":
        return {"law": "empirical", "values": [show(one) for one in law.values]}
    is_steady = law.kind == "constant" or (law.kind in SPREAD and law.cv == 0)  # as `deskkit.sim.laws` draws it
    kind = "" if is_steady else f" {law.kind}"
    cv = round(law.cv, _PLACES)
    spread = f" cv {int(cv) if cv == int(cv) else cv!r}" if law.kind in SPREAD and not is_steady else ""
    return f"{show(mean)}{kind}{spread}"


def _expected(bounds: Bounds) -> str:
    shapes = '"8", "8 geometric"' if bounds.counts else '"20 s", "20 s exponential", "20 s lognormal cv 1.2"'
    return f"a law such as {shapes} or {{ law = ..., mean = ... }}"


def _plain(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _split(found: re.Match[str], bounds: Bounds) -> tuple[str, str, str | None]:
    """Return mean, kind and cv of a text; "5 min" has a unit and no law, "5 geometric" a law and no unit."""
    mean, law, cv = found["mean"], found["law"], found["cv"]
    number, _, unit = mean.partition(" ")
    if bounds.counts and unit and law is None:
        return number, unit, cv
    amount = f"{mean} {law}"
    if not bounds.counts and law is not None and (read_amount(amount) is not None or guess_duration(amount)):
        return amount, "constant", cv
    return mean, law or "constant", cv


def _text(value: object, parts: tuple[str, str, str | None], path: KeyPath, book: Book, bounds: Bounds) -> Law:
    """Check a law written as a text; the correction is the whole text, right in every part."""
    mean_text, kind, cv_text = parts
    mean = bounds.amount(mean_text)
    cv = float(cv_text) if cv_text and _NUMBER.fullmatch(cv_text) else None
    right = _fitting(mean, kind, bounds) if mean is not None else None
    spread = _cv_fault(kind, cv, given=cv_text is not None)
    if kind not in bounds.laws:
        problem, expected = _unfit(kind), listed(bounds.laws)
    elif kind == "empirical":
        problem, expected = "An empirical law needs values.", f"a table with values, or {_expected(bounds)}"
    elif mean is None:
        problem, expected = "This mean is none.", bounds.range()
    elif right is not None:
        problem, expected = _misfit(mean, right), bounds.range()
    elif spread is not None:
        problem, expected, _ = spread
    else:
        return Law(cast("LawKind", kind), mean, cv or 0.0)
    return _refuse(path, book, bounds, problem, value, expected, _mended(mean_text, kind, cv, bounds))


def _mended(mean_text: str, kind: str, cv: float | None, bounds: Bounds) -> str:
    """Return the law a wrong text probably means."""
    meant = kind if kind in bounds.laws else nearest(kind, bounds.laws, otherwise=bounds.laws[1])
    meant = "constant" if meant == "empirical" else meant
    mean = bounds.amount(mean_text)
    if mean is None and not bounds.counts:
        mean = read_amount(guess_duration(mean_text, unit="s"))
    mean = _harmless(bounds).mean if mean is None else mean
    right = _fitting(mean, meant, bounds)
    return cast(
        "str",
        law_text(
            Law(cast("LawKind", meant), mean if right is None else _usual(mean, right, bounds), _near(cv)),
            count=bounds.counts,
        ),
    )


def _near(cv: float | None) -> float:
    """Return the cv that is possible and nearest."""
    return 1.2 if cv is None else min(max(cv, LEAST_CV), MOST_CV)


def _table(data: dict[str, object], path: KeyPath, book: Book, bounds: Bounds) -> Law:
    """Check a law written as a table; each correction is of one value in it."""
    kind = data.get("law", "constant")
    unknown = next((key for key in data if key not in ("law", "mean", "cv", "values")), None)
    if unknown is not None:
        options = ["law", "mean", "cv", "values"]
        key = nearest(unknown, [one for one in options if one not in data])
        book.note((*path, unknown), f'The key "{unknown}" is not known in a law.', value=unknown,
                  expected=listed(options), key=key, example=f"# {unknown} = ...")  # fmt: skip
        return _harmless(bounds)
    if not isinstance(kind, str) or kind not in bounds.laws:
        meant = nearest(kind, bounds.laws, otherwise="geometric" if bounds.counts else "exponential")
        book.note((*path, "law"), _unfit(kind), value=kind, expected=listed(bounds.laws), fix=meant)
        return _harmless(bounds)
    if kind == "empirical":
        return _empirical(data, path, book, bounds)
    mean = bounds.amount(data.get("mean"))
    right = _fitting(mean, kind, bounds) if mean is not None else _harmless(bounds).mean
    if mean is None or right is not None:
        problem = "A law needs a mean." if "mean" not in data else "This mean is none."
        problem = problem if mean is None else _misfit(mean, right or 0)
        right = right if mean is None or right is None else _usual(mean, right, bounds)
        book.note(
            (*path, "mean"), problem, value=data.get("mean"), expected=bounds.range(), fix=bounds.show(right or 0)
        )
        return _harmless(bounds)
    cv = float(cast("float", data["cv"])) if _small(data.get("cv")) else None
    wrong = _cv_fault(kind, cv, given="cv" in data)
    if wrong is not None:
        problem, expected, spread = wrong
        book.note((*path, "cv"), problem, value=data.get("cv"), expected=expected, fix=spread)
        return _harmless(bounds)
    return Law(cast("LawKind", kind), mean, cv or 0.0)


def _small(value: object) -> bool:
    """Say whether a value is a number that a float can hold."""
    return _plain(value) and abs(cast("float", value)) < FAR


def _empirical(data: dict[str, object], path: KeyPath, book: Book, bounds: Bounds) -> Law:
    values = data.get("values")
    stray = next((key for key in ("mean", "cv") if key in data), "")
    if stray:
        book.note((*path, stray), f'The "{stray}" of an empirical law is that of its values.', value=data[stray],
                  expected="values alone", fix=LEFT_OUT)  # fmt: skip
        return _harmless(bounds)
    good = [bounds.show(_harmless(bounds).mean)]
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
        expected = f"a list of 1 to {MOST_VALUES:,} values, each {bounds.range()}"
        book.note((*path, "values"), "An empirical law needs values.", value=values, expected=expected, fix=good)
        return _harmless(bounds)
    numbers = [bounds.amount(one) for one in values]
    for number, (one, amount) in enumerate(zip(values, numbers, strict=True)):
        if amount is None or not bounds.least <= amount <= bounds.most:
            book.note(
                (*path, "values", number), "This value cannot be.", value=one, expected=bounds.range(), fix=good[0]
            )
            return _harmless(bounds)
    kept = tuple(one for one in numbers if one is not None)
    return Law("empirical", math.fsum(kept) / len(kept), 0.0, kept)


def _fitting(mean: float, kind: str, bounds: Bounds) -> float | None:
    """Return the nearest mean that can be, or None where the mean is fine."""
    least = bounds.least if kind == "constant" else max(bounds.least, 1.0)
    right = min(max(mean, least), bounds.most)
    if bounds.counts and kind == "constant":
        right = float(round(right))
    return None if right == mean else right


def _usual(mean: float, right: float, bounds: Bounds) -> float:
    """Return the mean to write in place of one that cannot be: no bound, but what is usual in this place."""
    if bounds.counts and mean < bounds.most:
        return right
    usual = bounds.amount(_mean_of(bounds.example))
    return right if usual is None else usual


def _mean_of(example: str) -> str:
    """Return the mean in the text of a law."""
    found = _TEXT.fullmatch(example)
    return found["mean"] if found else ""


def _misfit(mean: float, right: float) -> str:
    """Say why a mean cannot be, by the nearest that can."""
    if abs(mean - right) < 1 and round(mean) == right:
        return "A constant count is a whole number."
    return f"This mean is too {'small' if mean < right else 'large'}."


def _cv_fault(kind: str, cv: float | None, *, given: bool) -> tuple[str, str, object] | None:
    """Return problem, expectation and the right cv (or that it goes), or None where all is fine."""
    if kind not in SPREAD:
        problem = f'A law "{kind}" has no cv of its own.'
        return (problem, f"no cv; {listed(SPREAD)} have one", LEFT_OUT) if given else None
    if not given:
        return f'A law "{kind}" needs a cv.', A_CV, 1.2
    if cv is None or not LEAST_CV <= cv <= MOST_CV:
        return "This cv cannot be.", A_CV, _near(cv)
    return None


def _unfit(kind: object) -> str:
    """Say why a kind of law does not fit."""
    if kind == "geometric":
        return 'The law "geometric" is one of counts, not of times.'
    if kind == "exponential":
        return 'The law "exponential" is one of times, not of counts.'
    return "This law is not known."


def _harmless(bounds: Bounds) -> Law:
    return Law("constant", min(max(1.0 if bounds.counts else 1_000.0, bounds.least), bounds.most))


def _refuse(path: KeyPath, book: Book, bounds: Bounds, problem: str, value: object, expected: str, fix: object) -> Law:
    book.note(path, problem, value=value, expected=expected, fix=fix)
    return _harmless(bounds)
