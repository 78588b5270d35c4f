"""The sample desk: two weeks of an invented shop, Cloudsail Outdoor (云帆户外), from scripts and a seed.

``python -m deskkit.feeds.sample OUT_DIR`` writes what stands in ``data/sample``. The package uses the
standard library and nothing of deskkit; deskkit reads the files it writes like anybody else's.
"""

from deskkit.feeds.sample.make import SampleCounts, make_sample

__all__ = ["SampleCounts", "make_sample"]
