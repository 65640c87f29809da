"""Metrics: a statistic of a property, by period and segment, as a user defines it."""
