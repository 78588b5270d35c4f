"""Measures: spans in, numbers out, each a named definition with four explicit choices."""

from deskkit.measures.definition import Choices, Figure, Measure
from deskkit.measures.report import MEASURES, VENDORS, Report, measure, report, report_of
from deskkit.measures.wall import day_of

__all__ = ["MEASURES", "VENDORS", "Choices", "Figure", "Measure", "Report", "day_of", "measure", "report", "report_of"]
