"""From files to facts: one inspector a kind, each in a guarded worker."""
