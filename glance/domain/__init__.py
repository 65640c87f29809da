"""The pure heart: no I/O, no clock, no asyncio, no terminal. Time comes in as an argument."""
