"""The measurements behind the README's table of numbers: `make bench`, or `python -m tests.bench`."""
