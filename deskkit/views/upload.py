"""A table of one's own, uploaded: a guessed column map to mend, a preview of its first rows, then the import."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ipywidgets

from deskkit.errors import DeskkitError
from deskkit.feeds.columnmap import ColumnMap
from deskkit.feeds.table import import_table
from deskkit.feeds.table_preview import preview
from deskkit.feeds.table_suggestion import suggest_map
from deskkit.log import open_log
from deskkit.measures import report as measured
from deskkit.views.markup import joined, markup, show
from deskkit.views.markup import shown as widget_of
from deskkit.views.report import ReportView
from deskkit.views.spoken import Spoken, button
from deskkit.views.table import drawn_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.log import EventLog
    from deskkit.views.markup import SafeHtml

__all__ = ["UploadView", "upload"]

_SUFFIXES: Final = (".csv", ".csv.gz", ".parquet")
_ROWS: Final = 5
_NOTHING: Final = joined(())


def upload(
    log: EventLog | None = None, *, zone: str = "Asia/Shanghai", language: str | None = None, masked: bool = True
) -> UploadView:
    """Offer to upload a table and to import it into a log by a column map.

    Parameters
    ----------
    log : EventLog, optional
        By default a new one in memory.
    zone : str
        IANA zone of times without one, to begin with; a field of the view changes it.
    language : {"en", "zh"}, optional
    masked : bool, default True

    Returns
    -------
    UploadView
        A notebook shows it where a cell ends in it; its `log` has what was imported.
    """
    return UploadView(open_log("memory:") if log is None else log, zone=zone, language=language, masked=masked)


class UploadView(Spoken):
    """Uploads, maps, previews and imports a table; made by `deskkit.views.upload`.

    Attributes
    ----------
    log : EventLog
        What was imported goes here.
    """

    def __init__(self, log: EventLog, *, zone: str, language: str | None, masked: bool) -> None:
        self.log = log
        self._folder = tempfile.TemporaryDirectory(prefix="deskkit-upload-")
        self.path: Path | None = None
        self._zone = zone
        self._map = ""
        super().__init__(language=language, zone=zone, masked=masked)

    def title(self) -> str:
        """Return what the view is for."""
        return self._say("Your own table")

    def parts(self) -> Sequence[ipywidgets.Widget]:
        """Make the upload, the map, the preview and the import."""
        say = self._say
        self.file = ipywidgets.FileUpload(
            description=say("Choose a file"), accept=",".join(_SUFFIXES), multiple=False, tooltip=say("Choose a file")
        )
        self.file.observe(self._uploaded, names="value")
        self.map = ipywidgets.Textarea(
            description=say("Column map"),
            value=self._map,
            rows=14,
            placeholder=say("Choose a file: a map is guessed here"),
        )
        self.map.add_class("dk-code")
        self.zone = ipywidgets.Text(description=say("Zone"), value=self._zone)
        self.look = button(say("Preview"), self.preview, icon="eye")
        self.bring = button(say("Import"), self.bring_in, icon="download", style="primary")
        self.message, self.previewed = widget_of(markup("")), widget_of(markup(""))
        self.result = ipywidgets.VBox()
        hands = ipywidgets.HBox([self.file, self.zone, self.look, self.bring])
        hands.add_class("dk-hands")
        hint = widget_of(
            markup(
                "<div class='dk-caption'>{text}</div>",
                text=say(
                    "CSV, gzipped CSV or parquet. A map says which column means what: read it, mend it, preview it."
                ),
            )
        )
        body = ipywidgets.VBox([hint, hands, self.map, self.message, self.previewed, self.result])
        body.add_class("dk-pad")
        self._enable()
        return (body,)

    def _enable(self) -> None:
        self.look.disabled = self.bring.disabled = self.path is None

    def _uploaded(self, change: dict[str, Any]) -> None:
        """Keep the uploaded bytes in a folder of our own, under a name of our own."""
        if not change["new"]:
            return
        file = change["new"][0]
        self.take(str(file["name"]), bytes(file["content"]))

    def take(self, name: str, content: bytes) -> None:
        """Take a table and guess a map of it.

        Parameters
        ----------
        name : str
            Only its ending counts.
        content : bytes
        """
        with self._lock:
            suffix = next((one for one in reversed(_SUFFIXES) if name.lower().endswith(one)), "")
            if not suffix:
                self._tell(self._say("This is no CSV and no parquet file: {name}", name=self._say.personal(name)[:80]))
                return
            self.path = Path(self._folder.name, f"table{suffix}")
            self.path.write_bytes(content)
            self._enable()
            try:
                self.map.value = suggest_map(self.path).text
            except DeskkitError as error:
                self._tell(self._failed(error))
                return
            self.preview()

    def preview(self) -> None:
        """Show what the first rows would become, and what is wrong."""
        with self._lock:
            if self.path is None:
                return
            self._map, self._zone = self.map.value, self.zone.value
            try:
                found = preview(self.path, ColumnMap.parse(self._map), n=_ROWS, zone=self._zone.strip() or None)
            except DeskkitError as error:
                self._tell(self._failed(error))
                show(self.previewed, _NOTHING)
                return
            self._tell(*(found.problems or [self._say("The first {n} rows would become this:", n=_ROWS)]))
            show(self.previewed, drawn_table(found.facts, say=self._say))

    def bring_in(self) -> None:
        """Import the table, say what came of it, and show its report."""
        with self._lock:
            if self.path is None:
                return
            self._map, self._zone = self.map.value, self.zone.value
            try:
                made = import_table(
                    self.path, self.log, map=ColumnMap.parse(self._map), zone=self._zone.strip() or None
                )
                found = measured(self.log, zone=made.zone)
                shown = ReportView(self.log, found, language=self._say.language, masked=self._say.masked)
            except DeskkitError as error:
                self._tell(self._failed(error))
                return
            show(self.previewed, _NOTHING)
            show(self.message, markup("<pre class='dk-pre'>{text}</pre>", text=made.table()))
            self.result.children = (shown.widget,)

    def _tell(self, *sentences: str) -> None:
        lines = joined(_line(self._say.personal(sentence)) for sentence in sentences)
        show(self.message, markup("<div role='status'>{lines}</div>", lines=lines))

    def __repr__(self) -> str:
        return f"UploadView({self.log.last_seq():,} events imported)"


def _line(text: str) -> SafeHtml:
    return markup("<div class='dk-why'>{text}</div>", text=text)
