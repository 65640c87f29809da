"""The pictures of the README: `make pictures`, or `python -m tests.pictures`."""
