"""Thin shells over pure drawing: what a part of the screen looks like."""
