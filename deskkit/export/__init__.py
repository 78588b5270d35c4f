"""Tables for people: CSV, Excel and parquet files in which nothing is a formula and what is personal is masked.

The only place that writes a frame to a file (the log's own parquet is `deskkit.log.frames`). A file appears whole
or not at all. This module knows no measure: it writes any frame.
"""

from deskkit.export.files import file_name
from deskkit.export.tables import to_csv, to_excel, to_parquet, write

__all__ = ["file_name", "to_csv", "to_excel", "to_parquet", "write"]
