"""Alert rules and their evaluation over time."""
