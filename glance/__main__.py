"""Runs glance, as `glance` and as `python -m glance`."""

from __future__ import annotations

import gc
import os
import sys

from glance.cli import head_start

gc.disable()  # nothing of what is imported is garbage, and to look for some takes a tenth of the time
# numpy's threads for matrices, of which there are none here, would spin while it is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
head_start.begin(sys.argv[1:])

from glance.cli.main import main  # noqa: E402 - only now

gc.freeze()
gc.enable()

if __name__ == "__main__":
    sys.exit(main())
