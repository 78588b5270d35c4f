"""The compiled engine: the whole model over integer tables, with the same log to the last byte."""
