"""What outlives the process, in SQLite through apsw; the only package that speaks SQL."""
