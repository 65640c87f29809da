"""Runs glance, as `glance` and as `python -m glance`."""

from __future__ import annotations

import gc
import sys

gc.disable()  # nothing of what is imported is garbage, and to look for some takes a tenth of the time

from glance.cli.main import main  # noqa: E402 - only now

gc.freeze()
gc.enable()

if __name__ == "__main__":
    sys.exit(main())
