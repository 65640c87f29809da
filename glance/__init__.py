"""glance: what is my traffic doing, and which line of code is to blame?"""

__version__ = "0.1.0"
