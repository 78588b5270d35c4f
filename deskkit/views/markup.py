"""The one reviewed place that turns text into markup. Read it line by line when it changes.

Trust is a type: only this module makes `SafeHtml`, and only `SafeHtml` is shown. A template is a literal of
our own; what is filled in is escaped, its hidden and direction-turning characters are drawn as visible marks,
and it stands isolated in a `<bdi>`: no customer's text can be read as markup or turn its neighbours around.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import ipywidgets

from deskkit.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, LiteralString

    Bundle = dict[str, Any] | tuple[dict[str, Any], dict[str, Any]]

__all__ = ["SafeHtml", "bundled", "joined", "markup", "show", "show_text", "shown", "stylesheet"]

_MADE_HERE: Final = object()
_LONGEST: Final = 4_000  # characters of one text in a page; the whole is in the log


class SafeHtml:
    """Markup that is safe to show; made by this module alone.

    Raises
    ------
    TypeError
        Anybody else tries to make one.

    Examples
    --------
    >>> SafeHtml("<b>trust me</b>")
    Traceback (most recent call last):
    TypeError: SafeHtml is made by markup(), joined() and show_text() alone
    """

    __slots__ = ("text",)

    def __init__(self, text: str, key: object = None) -> None:
        if key is not _MADE_HERE:
            raise TypeError("SafeHtml is made by markup(), joined() and show_text() alone")
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SafeHtml) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"SafeHtml({self.text!r})"


def show_text(text: str) -> SafeHtml:
    r"""Return a text from anywhere as markup that shows it and does nothing else.

    Examples
    --------
    >>> show_text("<img src=x onerror=alert(1)>")
    SafeHtml('<bdi>&lt;img src=x onerror=alert(1)&gt;</bdi>')
    >>> show_text("invoice\u202efdp.exe")
    SafeHtml('<bdi>invoice⟦U+202E⟧fdp.exe</bdi>')
    """
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return SafeHtml(f"<bdi>{escape(visible(cut), quote=True)}</bdi>", _MADE_HERE)


def markup(template: LiteralString, **values: str | int | SafeHtml) -> SafeHtml:
    """Fill a literal template; text is escaped, numbers and `SafeHtml` stand as they are.

    Parameters
    ----------
    template : str
        A literal with ``{names}``. Text may be filled in between tags only; in an attribute, numbers only.
    **values : str, int or SafeHtml

    Examples
    --------
    >>> markup('<p class="dk-level-{level}">{name}</p>', level=3, name="a<b")
    SafeHtml('<p class="dk-level-3"><bdi>a&lt;b</bdi></p>')
    """
    return SafeHtml(template.format(**{name: _filled(value) for name, value in values.items()}), _MADE_HERE)


def joined(parts: Iterable[SafeHtml]) -> SafeHtml:
    """Return markup one after the other.

    Raises
    ------
    TypeError
        A part is a plain text.
    """
    safe = list(parts)
    if not all(isinstance(part, SafeHtml) for part in safe):
        raise TypeError("joined() takes SafeHtml; give texts to markup() or show_text()")
    return SafeHtml("".join(part.text for part in safe), _MADE_HERE)


def _filled(value: str | int | SafeHtml) -> str:
    if isinstance(value, SafeHtml):
        return value.text
    return str(value) if isinstance(value, int) else show_text(value).text


# ---------------------------------------------------------------- widgets


def shown(html: SafeHtml) -> ipywidgets.Widget:
    """Return a widget that shows markup."""
    widget = ipywidgets.HTML()
    show(widget, html)
    return widget


def show(widget: ipywidgets.Widget, html: SafeHtml) -> None:
    """Let a widget made by `shown` show other markup; the same markup sends nothing to the browser.

    Raises
    ------
    TypeError
        The markup is a plain text.
    """
    if not isinstance(html, SafeHtml):
        raise TypeError("show() takes SafeHtml; give texts to markup() or show_text()")
    widget.value = html.text


def bundled(widget: ipywidgets.Widget, text: str, **kwargs: object) -> Bundle:
    """Return what a notebook shows of a view: its widget, and a text where there are no widgets."""
    bundle: Bundle = widget._repr_mimebundle_(**kwargs)
    plain = bundle[0] if isinstance(bundle, tuple) else bundle
    plain["text/plain"] = text
    return bundle


# ---------------------------------------------------------------- styles


@cache
def stylesheet() -> SafeHtml:
    """Return the styles of all views: a file of this package."""
    css = (Path(__file__).parent / "look.css").read_text(encoding="utf-8")
    return SafeHtml(f"<style>{css}</style>", _MADE_HERE)
