"""Arrangements of widgets, with the state of what is being looked at."""
