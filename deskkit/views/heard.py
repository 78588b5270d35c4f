"""A widget whose page is heard whatever became of the way by which it spoke last."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

import anywidget
import traitlets

__all__ = ["Heard"]


_RUN: Final = uuid4().hex


class Heard(anywidget.AnyWidget):
    """A widget that is spoken to on the kernel's main shell, one message after the other.

    ipykernel (7.4) brings what a page says to the subshell in which the widget spoke last. JupyterLab (4.6) ends
    subshells that are used still, as where the kernel was restarted from another window: from then on nothing that such
    a page said would be taken, and neither side would say so.

    Examples
    --------
    >>> Heard().comm is None, Heard().run == Heard().run
    (False, True)
    """

    run = traitlets.Unicode(_RUN, read_only=True, help="The run of the kernel that this is of.").tag(sync=True)

    def _send(self, msg: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        super()._send(msg, buffers)
        if self.comm is not None:
            self.comm._reply_subshell_id = None  # noqa: SLF001 -- ipykernel has no other name for it
