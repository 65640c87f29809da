"""Profiles: where a program spends its time and memory."""
