"""Where bytes come from: files that grow and rotate, archives, pipes."""
