"""Bytes of whole lines in, buckets of columns out."""
