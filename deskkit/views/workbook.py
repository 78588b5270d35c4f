"""Tables saved as a workbook by a press of a button: nothing is written before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from deskkit.errors import DeskkitError
from deskkit.export import to_excel
from deskkit.views.markup import markup, show
from deskkit.views.markup import shown as widget_of
from deskkit.views.spoken import Spoken, button
from deskkit.views.terms import sheet_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import polars as pl

__all__ = ["WorkbookView", "workbook"]


def workbook(
    tables: Mapping[str, pl.DataFrame],
    path: str = "history.xlsx",
    *,
    zone: str = "UTC",
    language: str | None = None,
    masked: bool = True,
) -> WorkbookView:
    """Offer to save tables as the sheets of an Excel workbook.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By title, as `deskkit.measures.tables.tables` gives them.
    path : str
        Where to save it; a field of the view changes it.
    zone : str
        IANA zone of the instants.
    language : {"en", "zh"}, optional
    masked : bool, default True

    Returns
    -------
    WorkbookView
    """
    return WorkbookView(tables, path, zone=zone, language=language, masked=masked)


class WorkbookView(Spoken):
    """A button that writes a workbook; made by `deskkit.views.workbook`."""

    def __init__(
        self, tables: Mapping[str, pl.DataFrame], path: str, *, zone: str, language: str | None, masked: bool
    ) -> None:
        self._tables = dict(tables)
        self._path = path
        super().__init__(language=language, zone=zone, masked=masked)

    def title(self) -> str:
        """Return what the view is for."""
        return self._say("Every table as a workbook")

    def parts(self) -> Sequence[ipywidgets.Widget]:
        """Make the field, the button and the line that says where it is."""
        say = self._say
        self.path = ipywidgets.Text(description=say("File"), value=self._path)
        self.save = button(say("Save"), self.write, icon="save", style="primary")
        sheets = " · ".join(f"{sheet_title(name, say)} ({table.height:,})" for name, table in self._tables.items())
        self.message = widget_of(markup("<div class='dk-caption'>{text}</div>", text=sheets))
        row = ipywidgets.HBox([self.path, self.save])
        row.add_class("dk-hands")
        body = ipywidgets.VBox([row, self.message])
        body.add_class("dk-pad")
        return (body,)

    def write(self) -> Path | None:
        """Write the workbook; say where it is, or why not. Returns the file, or None."""
        with self._lock:
            say = self._say
            self._path = self.path.value
            sheets = {sheet_title(name, say): table for name, table in self._tables.items()}
            try:
                written = to_excel(sheets, self._path, masked=say.masked, zone=say.zone, language=say.language)
            except DeskkitError as error:
                self._tell(self._failed(error))
                return None
            self._tell(say("Saved: {path}", path=str(written)))
            return written

    def _tell(self, text: str) -> None:
        show(self.message, markup("<div class='dk-caption' role='status'>{text}</div>", text=text))

    def __repr__(self) -> str:
        return f"WorkbookView({len(self._tables)} tables)"
