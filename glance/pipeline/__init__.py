"""Joins sources, ingest and domain into scenes; knows asyncio, not the terminal."""
