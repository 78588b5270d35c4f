"""What people look at in Jupyter: the only place that knows ipywidgets."""

from __future__ import annotations

from deskkit.views.desk import desk
from deskkit.views.desk.asking import Asking
from deskkit.views.desk.view import DeskView
from deskkit.views.headline import HEADLINE, headline, numbers, versus
from deskkit.views.report import ReportView, report
from deskkit.views.summary import decided, first, levels, loads, overview
from deskkit.views.table import TableView, table
from deskkit.views.upload import UploadView, upload
from deskkit.views.wallpage import WallView, wallboard
from deskkit.views.workbook import WorkbookView, workbook
from deskkit.views.workshop import RulesView, rules

__all__ = [
    "HEADLINE",
    "Asking",
    "DeskView",
    "ReportView",
    "RulesView",
    "TableView",
    "UploadView",
    "WallView",
    "WorkbookView",
    "decided",
    "desk",
    "first",
    "headline",
    "levels",
    "loads",
    "numbers",
    "overview",
    "report",
    "rules",
    "table",
    "upload",
    "versus",
    "wallboard",
    "workbook",
]
