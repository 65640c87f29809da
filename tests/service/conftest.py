"""The report that other tests print, for those that send it."""

from tests.cli.conftest import summary

__all__ = ["summary"]
