"""Access logs: formats, records, buckets of columns, series of buckets, and the counts over them."""
