"""Runs glance as `python -m glance`."""

from __future__ import annotations

import sys

from glance.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
