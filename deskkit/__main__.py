"""``python -m deskkit``: the command line of `deskkit.cli`."""

import sys

from deskkit.cli import main

sys.exit(main())
