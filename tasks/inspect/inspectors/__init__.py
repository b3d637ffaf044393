"""One inspector a kind of file; each runs in a guarded worker."""
