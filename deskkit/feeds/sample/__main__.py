"""Write the sample into a folder: ``python -m deskkit.feeds.sample OUT_DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deskkit.feeds.sample.make import make_sample


def main() -> int:
    """Read the folder's name, write the sample, print its counts."""
    parser = argparse.ArgumentParser(prog="python -m deskkit.feeds.sample", description="Write the sample desk.")
    parser.add_argument("out", type=Path, metavar="OUT_DIR", help="folder to write into, for example data/sample")
    counts = make_sample(parser.parse_args().out)
    sys.stdout.write(f"{counts}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
