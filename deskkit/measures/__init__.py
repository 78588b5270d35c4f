"""Measures: named definitions over a log, each with its formula."""
