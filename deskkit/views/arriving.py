"""A view whose results arrive from other processes: Run, Stop, what has arrived so far, and failures in words.

The thread that takes them mostly waits, so the notebook stays free. Whatever fails, the buttons work again.
"""

from __future__ import annotations

import os
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import ipywidgets

from deskkit.errors import DeskkitError
from deskkit.views.chart import draw
from deskkit.views.markup import markup, show
from deskkit.views.markup import shown as widget_of
from deskkit.views.spoken import Spoken, button

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import plotly.graph_objects as go

__all__ = ["MOST", "WORKERS", "Arriving"]

Found = TypeVar("Found")
MOST: Final = 1_000
"""Replications."""
WORKERS: Final = max(2, min(4, os.cpu_count() or 2))  # with one, the notebook's own process would be busy


class Arriving(Spoken, Generic[Found]):
    """What views share that live through a study while one looks.

    A subclass says in `begun` what is to arrive, takes it in `take`, and says in `told`, `charted` and `results` what
    is to be seen of it.
    """

    def __init__(self, *, replications: int, language: str | None, zone: str) -> None:
        self._wanted = replications
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_ending = True  # nothing is to arrive
        self._text = ""
        super().__init__(language=language, zone=zone)

    # ------------------------------------------------------------ what a subclass says

    def begun(self) -> Generator[Found, None, None]:
        """Read the form, and return what is to arrive; closed, it stops.

        Raises
        ------
        DeskkitError
            It cannot begin.
        """
        raise NotImplementedError

    def take(self, found: Found) -> None:
        """Keep what has arrived."""
        raise NotImplementedError

    def told(self) -> str:
        """Say how far it is; empty before anything has arrived."""
        raise NotImplementedError

    def charted(self) -> go.Figure | None:
        """Return what is to be drawn, if anything."""
        raise NotImplementedError

    def results(self) -> None:
        """Show what is no chart."""

    # ------------------------------------------------------------ making

    def places(self, hint: str, *, least: int) -> None:
        """Make the buttons, and the places for what is said and drawn."""
        say = self._say
        self.replications = ipywidgets.BoundedIntText(
            description=say("Replications"), min=least, max=MOST, value=self._wanted
        )
        self.run_button = button(say("Run"), self.run, icon="play", style="primary")
        self.stop_button = button(say("Stop"), self.stop, icon="stop")
        self.message = widget_of(markup(""))
        self.chart = ipywidgets.Output()
        self.chart.add_class("dk-chart")
        self._hint = hint

    def fill(self) -> None:
        """Show what there is, once all places are made."""
        self._enable(is_running=self.is_running)
        self._tell(self.told() or self._text or self._hint)
        self._draw()

    def _enable(self, *, is_running: bool) -> None:
        self.run_button.disabled, self.stop_button.disabled = is_running, not is_running

    # ------------------------------------------------------------ hands

    @property
    def is_running(self) -> bool:
        """Whether results are still to arrive."""
        return not self._is_ending

    def stop(self) -> None:
        """Let no more arrive; what did stays."""
        with self._lock:
            self._stop.set()
            if self.is_running:
                self._tell(self._say("Stopping ..."))

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until all has arrived."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def run(self) -> bool:
        """Begin; tells whether it has."""
        with self._lock:
            if self.is_running:
                return False
            self._wanted = self.replications.value
            with self._in_words():
                arriving = self.begun()
                self._stop, self._is_ending = threading.Event(), False
                self._enable(is_running=True)
                self._tell(self._say("Starting ..."))
                self._thread = threading.Thread(target=self._live, args=(arriving, self._stop), daemon=True)
                self._thread.start()
            return self.is_running

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Say in the view what failed; a fault that is not ours to explain goes on to the kernel's log as well."""
        try:
            yield
        except DeskkitError as error:
            self._tell(self._failed(error))
        except BaseException as error:
            self.faults += 1
            self._tell(self._say("It failed: {error}", error=self._say.personal(f"{type(error).__name__}: {error}")))
            raise

    def _live(self, arriving: Generator[Found, None, None], stop: threading.Event) -> None:
        """Take what arrives until all has, or it is stopped."""
        try:
            with self._in_words():
                with closing(arriving):
                    for found in arriving:
                        if stop.is_set():
                            break
                        with self._lock:
                            self.take(found)
                            self._tell(self.told())
                            self._draw()
                how = (self._say("Stopped."),) if stop.is_set() else ()
                self._tell(" ".join((*how, self.told() or self._say("Nothing has arrived."))))
        finally:
            with self._lock:
                self._is_ending = True
                self._enable(is_running=False)

    # ------------------------------------------------------------ drawing

    def _draw(self) -> None:
        if not self.told():
            return
        self.results()
        figure = self.charted()
        if figure is not None:
            draw(self.chart, figure, text=repr(self))

    def _tell(self, text: str) -> None:
        self._text = text
        show(self.message, markup("<div class='dk-caption' role='status'>{text}</div>", text=text))
