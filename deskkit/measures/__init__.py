"""Measures: spans in, numbers out, each a named definition with four explicit choices."""

from deskkit.measures.definition import Choices, Figure, Measure
from deskkit.measures.report import MEASURES, VENDORS, Report, measure, report, report_of

__all__ = ["MEASURES", "VENDORS", "Choices", "Figure", "Measure", "Report", "measure", "report", "report_of"]
