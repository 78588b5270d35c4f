"""Write the sample: the only module of the package that touches files."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskkit.feeds.sample.arrivals import END
from deskkit.feeds.sample.floor import Floor
from deskkit.feeds.sample.meiqia_pages import pages
from deskkit.feeds.sample.script import HERE
from deskkit.feeds.sample.table import table

if TYPE_CHECKING:
    from pathlib import Path

_STAMP = (2026, 6, 18, 10, 30, 0)


@dataclass(frozen=True)
class SampleCounts:
    """What a sample holds."""

    conversations: int
    messages: int
    customers: int
    open: int
    waiting: int  # of the open ones: without an agent


def make_sample(out: Path, *, seed: int = 20260601) -> SampleCounts:
    """Write `meiqia.zip`, `messages.csv.gz` and `agents.toml` into a folder.

    Parameters
    ----------
    out : Path
        A folder; it is made if missing, and files of these names are replaced.
    seed : int, default 20260601
        The sample that ships with deskkit has the default.

    Returns
    -------
    SampleCounts

    Notes
    -----
    The same seed gives the same bytes of every page and of the CSV on every machine. The compressed files may
    differ where the zlib library differs.
    """
    conversations = Floor(seed).run()
    out.mkdir(parents=True, exist_ok=True)
    _write_zip(out / "meiqia.zip", list(pages(conversations, END)))
    _write_gzip(out / "messages.csv.gz", table(conversations, END))
    (out / "agents.toml").write_bytes((HERE / "agents.toml").read_bytes())
    still_open = [one for one in conversations if one.closed is None or one.closed >= END]
    return SampleCounts(
        conversations=len(conversations),
        messages=sum(message.at < END for one in conversations for message in one.messages),
        customers=len({one.customer.number for one in conversations}),
        open=len(still_open),
        waiting=sum(one.agent is None for one in still_open),
    )


def _write_zip(path: Path, texts: list[str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number, text in enumerate(texts, start=1):
            entry = zipfile.ZipInfo(f"page-{number:04d}.json", date_time=_STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode())


def _write_gzip(path: Path, text: str) -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as archive:
        archive.write(text.encode())
    path.write_bytes(packed.getvalue())
